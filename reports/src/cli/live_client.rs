//! `redelivery live-client`: the process of one client of a live run. The parent starts it; nobody else needs it.

use std::io;

use redelivery_scenarios::live::client;

use super::{Exit, Output};

/// Be one client of a live run, as told by stdin
#[derive(Debug, clap::Args)]
pub(super) struct LiveClient {}

impl LiveClient {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        match client(io::stdin().lock(), io::stdout().lock()) {
            Ok(()) => Exit::AsExpected,
            Err(error) => {
                output.error(&format!("live-client: {error}"));
                Exit::Error
            }
        }
    }
}
