//! `redelivery sweep`: many seeds of many scenarios, in shards, into a file that can be gone on with.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redelivery_model::simulate::Policy;
use redelivery_scenarios::language;
use redelivery_scenarios::shrink::text_of;
use redelivery_scenarios::sweep::{Content, Found, Limits, Plan, Shard, Sink, Source, Summary, auto, sweep, trust};

use super::progress::Progress;
use super::{Exit, Output, policy, seeds, select};
use crate::{measure, render};

/// Simulate scenarios under many seeds, on all cores, in shards
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Sweep {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
    #[arg(value_name = "FILE|FAMILY")]
    scenarios: Vec<String>,
    /// The seeds of each scenario
    #[arg(long, value_name = "A..B", value_parser = seeds::parse)]
    seeds: Range<u64>,
    /// How seeds are searched, in place of the scenarios' own policies
    #[arg(long, value_name = "POLICY", value_parser = policy::parser())]
    policy: Option<Policy>,
    /// The part to do, `1/3` to `3/3`; or `auto`, as GitLab, Kubernetes or Slurm says
    #[arg(long, value_name = "K/N|auto", default_value = "1/1")]
    shard: String,
    /// Begin no run after this time
    #[arg(long, value_name = "DURATION", value_parser = language::duration)]
    time_limit: Option<u64>,
    /// Stop after so many failures that differ
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_failures: Option<u64>,
    /// Write the records into this file; where it is there already, do only what it has not
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    resume: Option<PathBuf>,
    /// Write the records into this new file, and to stdout what they come to
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the scenario files that failures shrink to into this folder
    #[arg(long, value_name = "FOLDER")]
    found: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  redelivery sweep --seeds 0..1000 --out sweep.jsonl
  redelivery sweep mine.toml --seeds 0..1000000 --time-limit 8h --resume night.jsonl
  redelivery sweep streams --seeds 0..10000 --shard 2/4 --out 2.jsonl
  redelivery merge 1.jsonl 2.jsonl 3.jsonl 4.jsonl --out all.jsonl

Exit codes are those of the other commands. Of a shard only failures (1) and runs
that were left out (3) are judged: what must occur or be violated may be so in
another one, and `merge` says whether it was.";

impl Sweep {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let shard = match self.shard.as_str() {
            "auto" => auto(&|name| std::env::var(name).ok()).map(|(shard, understood)| {
                // Said even where little is wanted: whoever reads the log of a machine looks for it.
                let _ = writeln!(anstream::stderr(), "{understood}");
                shard
            }),
            text => text.parse(),
        };
        let mut scenarios = select::select(&self.scenarios, output);
        policy::set(self.policy, &mut scenarios);
        if output.exit() == Exit::Error {
            return Exit::Error;
        }
        let swept = shard.and_then(|shard| {
            let sources = scenarios.into_iter().map(|scenario| {
                let text = text_of(&scenario.path)?;
                Ok(Source { scenario, text })
            });
            let plan = Plan::new(sources.collect::<Result<_, String>>()?, self.seeds.clone())?;
            trust(&plan, shard)?;
            self.write(&plan, shard, output)
        });
        match swept {
            Ok(Some(summaries)) => show(&summaries, self.out.is_some() || self.resume.is_some(), output),
            // Whoever reads has enough, as with the other commands.
            Ok(None) => Exit::AsExpected,
            Err(message) => {
                output.error(&message);
                Exit::Error
            }
        }
    }

    /// Writes the records, and says what they come to unless nobody reads on.
    fn write(&self, plan: &Plan, shard: Shard, output: &Output) -> Result<Option<Vec<Summary>>, String> {
        let mut content = None;
        let (mut sink, name): (Box<dyn Write + Send>, String) = match (&self.resume, &self.out) {
            (Some(path), _) => {
                let (file, found) = go_on(path)?;
                content = found;
                (Box::new(file), path.display().to_string())
            }
            (None, Some(path)) => (Box::new(create(path)?), path.display().to_string()),
            (None, None) => (Box::new(io::stdout()), "stdout".into()),
        };
        let limit = self.time_limit.map(Duration::from_millis);
        let limits = Limits {
            max_failures: self.max_failures,
            out_of_time: &measure::passed(limit),
        };
        let progress = Progress::of(plan.header.of_shard(shard).count(), "runs", output);
        let mut keep = self.found.as_deref().map(keep_in).transpose()?;
        let sink = Sink {
            records: &mut *sink,
            found: keep.as_mut().map(|keep| keep as _),
        };
        let swept = sweep(plan, shard, content, &limits, sink, &|written| progress.done(written));
        match swept {
            Ok(swept) => Ok(Some(Summary::of(&swept.header, &swept.tallies))),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(None),
            Err(error) => Err(format!("{name}: {error}")),
        }
    }
}

/// Writes what was found into a folder, which is made if it is not there.
fn keep_in(folder: &Path) -> Result<impl FnMut(&Found) -> io::Result<()> + Send + use<>, String> {
    let folder = folder.to_owned();
    fs::create_dir_all(&folder).map_err(|error| format!("cannot write into {}: {error}", folder.display()))?;
    Ok(move |found: &Found| fs::write(folder.join(&found.name), &found.text))
}

/// Says what records come to: on stdout, unless the records themselves went there.
pub(super) fn show(summaries: &[Summary], to_stdout: bool, output: &mut Output) -> Exit {
    let text = render::sweep(summaries);
    match (to_stdout, output.json()) {
        (true, true) => output.pretty(&summaries),
        (true, false) => output.text(&text),
        (false, _) => output.note(text.plain().trim_end()),
    }
    let each = summaries.iter().map(|summary| Exit::of(summary.as_expected));
    each.max().unwrap_or(Exit::AsExpected)
}

/// Makes a file that was not there: nobody loses a night's work.
pub(super) fn create(path: &Path) -> Result<File, String> {
    let refuse = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already: move it away, or name another", path.display()),
        _ => format!("cannot write {}: {error}", path.display()),
    };
    File::create_new(path).map_err(refuse)
}

/// Opens a file to go on with, at the end of its last whole line.
fn go_on(path: &Path) -> Result<(File, Option<Content>), String> {
    let refuse = |error: io::Error| format!("cannot write {}: {error}", path.display());
    let options = || {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
    };
    let mut file = options().map_err(refuse)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(format!("{} is being written by somebody else", path.display()));
    }
    let bytes = fs::read(path).map_err(refuse)?;
    let content = Content::read(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    let whole = content.as_ref().map_or(0, |content| content.whole_bytes as u64);
    file.set_len(whole).map_err(refuse)?;
    file.seek(SeekFrom::End(0)).map_err(refuse)?;
    Ok((file, content))
}
