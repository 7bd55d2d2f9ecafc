//! The binary `redelivery`. Everything is in the library; next: `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    redelivery_reports::cli::main()
}
