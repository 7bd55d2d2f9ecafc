//! The command line: one file per subcommand, each a struct of arguments with a `run` that answers an [`Exit`].
//!
//! Results go to stdout, progress and errors to stderr. Nothing here decides a verdict. Next: `run`, the default.

mod browse;
mod completions;
mod coverage;
mod defects;
mod exit;
mod explore;
mod list;
mod live;
mod live_client;
mod man;
mod merge;
mod output;
mod policy;
mod progress;
mod replay;
mod run;
mod save;
mod schema;
mod seeds;
mod select;
mod serve;
mod shrink;
mod simulate;
mod sweep;
mod tune;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::Exit;
use output::Output;

/// What Redis-based messaging designs deliver when things fail.
///
/// Scenario files are explored exhaustively, simulated by seeds, and compared with what they expect. Without a command,
/// all scenarios of the corpus are run.
#[derive(Debug, Parser)]
#[command(name = "redelivery", version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    shared: Shared,
}

const AFTER_HELP: &str = "\
Examples:
  redelivery                                        run the whole corpus
  redelivery list                                   what there is, with its stories
  redelivery run streams/dedup-atomic mine.toml     some of it, and a file of your own
  redelivery explore lists                          a family, in every order of events
  redelivery explore mine.toml --browse             step by step, in a browser
  redelivery simulate mine.toml --seeds 0..10000    larger worlds, in virtual time
  redelivery sweep mine.toml --seeds 0..1000000     many seeds, on one machine or several
  redelivery tune mine.toml --vary min-idle-time=1s..1m   other values, side by side
  redelivery live mine.toml                         the same on a real redis-server
  redelivery serve --port 6380                      for applications in any language
  redelivery replay mine.toml --check at-most-once  the shortest way to a violation
  redelivery replay mine.toml --seed 7              one simulated run, step by step
  redelivery shrink mine.toml --seed 7              the smallest run that fails as it does

Exit codes: 0 as expected, 1 an expectation failed, 2 usage or file error, 3 unknown.";

/// What every command takes.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Shared {
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Print no timelines and no progress.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Explore(explore::Explore),
    Simulate(simulate::Simulate),
    Sweep(sweep::Sweep),
    Tune(tune::Tune),
    Merge(merge::Merge),
    Live(live::Live),
    #[command(hide = true)]
    LiveClient(live_client::LiveClient),
    Serve(serve::Serve),
    Replay(replay::Replay),
    Shrink(shrink::Shrink),
    List(list::List),
    Defects(defects::Defects),
    Schema(schema::Schema),
    Coverage(coverage::Coverage),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Reads the command line, does what it says, and answers with the code of its outcome.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is no reason to panic, nor to say more.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut output = Output::new(arguments.shared);
    let command = arguments.command.unwrap_or_else(|| Command::Run(run::Run::default()));
    let exit = match command {
        Command::Run(command) => command.run(&mut output),
        Command::Explore(command) => command.run(&mut output),
        Command::Simulate(command) => command.run(&mut output),
        Command::Sweep(command) => command.run(&mut output),
        Command::Tune(command) => command.run(&mut output),
        Command::Merge(command) => command.run(&mut output),
        Command::Live(command) => command.run(&mut output),
        Command::LiveClient(command) => command.run(&mut output),
        Command::Serve(command) => command.run(&mut output),
        Command::Replay(command) => command.run(&mut output),
        Command::Shrink(command) => command.run(&mut output),
        Command::List(command) => command.run(&mut output),
        Command::Defects(command) => command.run(&mut output),
        Command::Schema(command) => command.run(&mut output),
        Command::Coverage(command) => command.run(&mut output),
        Command::Completions(command) => command.run(&mut output),
        Command::Man(command) => command.run(&mut output),
    };
    exit.worst(output.exit()).into()
}

/// How this program was called, to print commands that can be pasted.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    match called.to_str() {
        Some(path) if path.contains(std::path::MAIN_SEPARATOR) => crate::report::words::quoted(path),
        _ => "redelivery".into(),
    }
}
