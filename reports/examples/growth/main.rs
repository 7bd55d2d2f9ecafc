//! Explores the standard protocol in growing sizes, and prints states, seconds and memory.
//!
//! ```text
//! cargo run --release -p redelivery-reports --example growth -- [--plot FILE.svg]    each axis around a base
//! cargo run --release -p redelivery-reports --example growth -- 5-3-2-2 5-4-2-2      sizes that are named
//! cargo run --release -p redelivery-reports --example growth -- --largest            the largest within the limits
//! ```
//!
//! Each size is explored by the binary `redelivery` of the same build, in a process of its own. Which sizes come next and
//! what is predicted of them is in `redelivery_reports::growth`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum as _};
use redelivery_reports::apart::{Explorer, Limits, Space};
use redelivery_reports::growth::{self, Axis, Counts, Form, Growth, RowJson, Told};
use redelivery_reports::report::words;
use redelivery_scenarios::standard::Size;

/// Explore the standard protocol in growing sizes
#[derive(Parser)]
struct Arguments {
    /// Explore these sizes, M-C-K-D each, in place of what lies around the base
    #[arg(value_name = "SIZE", conflicts_with = "largest")]
    sizes: Vec<Size>,
    /// Grow on one axis at a time around this size
    #[arg(long, default_value = "4-3-2-2")]
    base: Size,
    /// Look for the largest size within the limits: on each axis within a hundredth of the time, which shows how states grow,
    /// and then the size next up until a limit is reached
    #[arg(long)]
    largest: bool,
    /// One form in place of both
    #[arg(long)]
    form: Option<Form>,
    /// End an exploration after so long; 60 seconds for axes, 600 for named sizes and the largest
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
    /// End an exploration that holds more memory
    #[arg(long, value_name = "BYTES", default_value_t = 20_000_000_000)]
    memory_limit: u64,
    /// Threads of each exploration
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: u16,
    /// Draw states against M, C and K into this file. The counts are kept beside it, in a file that ends in `.json`, and those
    /// that it has already are drawn as well, known to predictions, and compared
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Print JSON, a line for each size
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let program = Explorer::beside_example()?;
    let mut counts = known_counts(arguments)?;
    let folder = tempfile::tempdir()?;
    let explorer = Explorer {
        program,
        threads: arguments.threads,
        folder: folder.path().to_owned(),
    };
    let mut explore = |size: Size, form, limits| {
        let scenario = folder.path().join(size.file_name());
        fs::write(&scenario, size.scenario())?;
        explorer.explore(&scenario, form == Form::Interchangeable, limits)
    };
    for form in Form::value_variants() {
        if arguments.form.is_some_and(|wanted| wanted != *form) {
            continue;
        }
        let known = counts.known(*form);
        let mut growth = Growth::new(*form, arguments.base, arguments.limits(), known, &mut explore);
        let grown = grow(arguments, *form, &mut growth);
        // What was counted before something went wrong was counted.
        for (size, space) in growth.explored() {
            counts.add(*form, size, space).map_err(io::Error::other)?;
        }
        if let Some(file) = &arguments.plot {
            fs::write(beside(file), counts.written())?;
            fs::write(file, growth::plot(&counts))?;
        }
        grown?;
    }
    Ok(())
}

fn grow(arguments: &Arguments, form: Form, growth: &mut Growth<'_>) -> io::Result<()> {
    let json = arguments.json;
    let head = |what: &str| {
        if !json {
            println!("\n{}, {what}\n{}", form.name(), growth::HEAD);
        }
    };
    if !arguments.sizes.is_empty() {
        head("by name");
        return growth.sizes(&arguments.sizes, &mut |told| tell(told, json, true));
    }
    let limits = arguments.limits();
    if arguments.largest {
        growth.limit(Limits {
            milliseconds: limits.milliseconds / 100,
            ..limits
        });
    }
    for axis in Axis::ALL {
        head(axis.name());
        growth.along(axis, &mut |told| tell(told, json, false))?;
    }
    if arguments.largest {
        growth.limit(limits);
        head("the size next up");
        let largest = growth.climb(&mut |told| tell(told, json, true))?;
        if json {
            print_json(&serde_json::json!({
                "form": form,
                "largest": largest.map(|(size, _)| size.to_string()),
                "states": largest.map(|(_, space)| space.states),
            }));
        } else {
            println!("{}", of_largest(form, largest));
        }
    }
    Ok(())
}

/// Prints a row; and before it what is tried, where that takes long.
fn tell(told: Told<'_>, json: bool, takes_long: bool) {
    match told {
        Told::Row(row) if json => print_json(&RowJson::of(row)),
        Told::Row(row) => println!("{}", growth::line(row)),
        Told::Trying(size, predicted) if takes_long && !json => {
            println!("  next is {}", growth::trial(size, predicted));
        }
        Told::Trying(..) => {}
    }
}

fn of_largest(form: Form, largest: Option<(Size, Space)>) -> String {
    match largest {
        Some((size, space)) => {
            let states = words::count(space.states, "state");
            format!("{}: the largest that finished is {size}, with {states}", form.name())
        }
        None => format!("{}: none finished", form.name()),
    }
}

fn print_json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(value).expect("all keys are strings"));
}

impl Arguments {
    fn is_along_axes(&self) -> bool {
        self.sizes.is_empty() && !self.largest
    }

    fn limits(&self) -> Limits {
        let seconds = self.time_limit.unwrap_or(if self.is_along_axes() { 60 } else { 600 });
        Limits {
            milliseconds: seconds.saturating_mul(1_000),
            memory_bytes: self.memory_limit,
        }
    }
}

/// The file of counts beside a plot.
fn beside(plot: &Path) -> PathBuf {
    plot.with_extension("json")
}

/// What was counted before; nothing where there is no plot yet.
fn known_counts(arguments: &Arguments) -> io::Result<Counts> {
    let none = Counts::new(arguments.base);
    let Some(file) = arguments.plot.as_deref().map(beside) else {
        return Ok(none);
    };
    if !file.exists() {
        return Ok(none);
    }
    let wrong = |error: String| io::Error::other(format!("{}: {error}", file.display()));
    let counts = Counts::read(&fs::read_to_string(&file)?).map_err(wrong)?;
    match counts.base == arguments.base {
        true => Ok(counts),
        false => Err(wrong(format!("its base is {}", counts.base))),
    }
}
