//! `redelivery merge`: the files of a sweep's shards put together, and what they come to.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use redelivery_scenarios::sweep::{Content, Merged, Summary, merge};

use super::sweep::{create, show};
use super::{Exit, Output};

/// Put the files of a sweep's shards together, and say what they come to
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Merge {
    /// Files that `sweep` wrote, of one version, with the same scenarios and seeds, in any order
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Write all records into this new file, and to stdout what they come to
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  redelivery merge shard-*.jsonl --out all.jsonl
  redelivery merge night.jsonl --json --out all.jsonl

The records are those of one sweep that was not split, to the byte. Runs that no
file has are unknown (exit code 3).";

impl Merge {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        match self.merged(output) {
            Ok(merged) => {
                if self.out.is_none() {
                    output.raw(&merged.bytes);
                }
                let summaries = Summary::of(&merged.header, &merged.tallies);
                show(&summaries, self.out.is_some(), output)
            }
            Err(message) => {
                output.error(&message);
                Exit::Error
            }
        }
    }

    fn merged(&self, output: &mut Output) -> Result<Merged, String> {
        let mut files = Vec::new();
        for path in &self.files {
            let name = path.display().to_string();
            let bytes = fs::read(path).map_err(|error| format!("cannot read {name}: {error}"))?;
            match Content::read(&bytes).map_err(|error| format!("{name}: {error}"))? {
                Some(content) => files.push((name, content)),
                None => output.note(&format!("{name} ends before its first record: nothing of it is known")),
            }
        }
        let merged = merge(files)?;
        if let Some(path) = &self.out {
            let written = create(path)?.write_all(&merged.bytes);
            written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
        Ok(merged)
    }
}
