//! `redelivery defects`: deliberate bugs of broker and clients, and what catches each of them.

use redelivery_scenarios::defects::table;

use super::{Exit, Output};
use crate::render;
use crate::report::defects;

/// Run each deliberate defect and show which check catches it, where and how
#[derive(Debug, clap::Args)]
pub(super) struct Defects;

impl Defects {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let rows = match table() {
            Ok(rows) => rows,
            Err(diagnostics) => {
                output.diagnostics(&diagnostics);
                return Exit::Error;
            }
        };
        let table = defects::Defects::of(&rows);
        if output.json() {
            output.pretty(&table);
        } else {
            output.text(&render::defects(&table));
        }
        match table.escaped().next() {
            Some(_) => Exit::Failed,
            None => Exit::AsExpected,
        }
    }
}
