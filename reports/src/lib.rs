//! What came out: reports as plain data, renderers, and the binary `redelivery`.
//!
//! A report is made of a scenario and its outcome; it has no clock and no colours, and nothing here decides a verdict.
//! The same outcome gives the same bytes on every machine, which is what the committed snapshots compare.
//!
//! ```
//! use std::path::Path;
//! use redelivery_reports::{render, report::Report};
//! use redelivery_scenarios::{language, run};
//!
//! let path = Path::new("../scenarios/corpus/streams/crash-then-reclaim.toml");
//! let scenario = language::load(path).expect("the file is right");
//! let options = run::Options { simulate: false, ..run::Options::default() };
//! let outcome = run::run(&scenario, &options, &|_, _| {});
//! let report = Report::new(&scenario, &outcome, "redelivery");
//! println!("{}", render::document(&report).plain());
//! ```
//!
//! # Map
//!
//! | module | what it holds |
//! |---|---|
//! | [`report`] | the data: expectations, what was found of them, timelines; all that is said in words |
//! | [`render`] | from data to text: table, timeline, whole documents, JSON |
//! | [`browse`] | stateright's Explorer, with our words and pictures |
//! | [`growth`] | how the standard protocol grows: sizes in turn, what the next is predicted to take, table and plot |
//! | [`tune`] | what a scenario comes to with other values: table and plot |
//! | [`apart`] | an exploration in a process of its own, within limits |
//! | [`decimal`] | decimal numbers without floats |
//! | [`text`] | text whose pieces have a meaning, shown with colours or without |
//! | [`cli`] | the command line, one file per subcommand |
#![forbid(unsafe_code)]

pub mod apart;
pub mod browse;
pub mod cli;
pub mod decimal;
pub mod growth;
mod measure;
mod plot;
pub mod render;
pub mod report;
pub mod text;
pub mod tune;
