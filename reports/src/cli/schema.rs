//! `redelivery schema`: the JSON schema of scenario files.

use super::{Exit, Output};

/// Print the JSON schema of scenario files
#[derive(Debug, clap::Args)]
pub(super) struct Schema;

impl Schema {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        output.raw(redelivery_scenarios::language::schema().as_bytes());
        Exit::AsExpected
    }
}
