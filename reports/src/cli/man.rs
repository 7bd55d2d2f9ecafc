//! `redelivery man`: the manual page.

use clap::CommandFactory as _;
use clap_mangen::Man as Page;

use super::{Arguments, Exit, Output};

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(super) struct Man;

impl Man {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let mut page = Vec::new();
        match Page::new(Arguments::command()).render(&mut page) {
            Ok(()) => output.raw(&page),
            Err(error) => output.error(&format!("cannot make the manual page: {error}")),
        }
        Exit::AsExpected
    }
}
