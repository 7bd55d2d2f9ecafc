//! Which failures, and the run: scenario files, their language, and the three ways of judging them.
//!
//! A scenario file tells a story and says what is expected of it. [`language`] reads it, [`run`] explores and simulates
//! it, or runs it against a real server by means of [`live`]; what came of it is an [`outcome`], plain data. Nothing here renders.
//!
//! ```
//! use redelivery_scenarios::{corpus, language, run};
//!
//! let files = corpus::find(&corpus::shipped(), "streams/racing-xclaim".as_ref()).expect("it is shipped");
//! let scenario = language::load(&files[0]).expect("it has no mistakes");
//! let options = run::Options { seeds: Some(0..100), ..run::Options::default() };
//! let outcome = run::run(&scenario, &options, &|_, _| ());
//! assert_eq!(outcome.as_expected(), Some(true));
//! ```
//!
//! # Map
//!
//! | module | what it holds |
//! |---|---|
//! | [`corpus`] | where scenario files are found; `corpus/` holds the shipped ones |
//! | [`language`] | from a file to a [`Scenario`], or to errors that point at the line |
//! | [`repairs`] | which scenario repairs which |
//! | [`scenario`] | a scenario: story, setups, expectations |
//! | [`run`] | exploring and simulating it, running it live; what that says of its expectations |
//! | [`live`] | real servers, clients as processes, one live run |
//! | [`serve`] | the reference broker as a server |
//! | [`defects`] | deliberate defects, and what catches them |
//! | [`coverage`] | what scenarios take of all that may be taken, and why not the rest |
//! | [`sweep`] | many scenarios under many seeds, in shards that are merged |
//! | [`tune`] | one scenario with other values: what each comes to when it is simulated |
//! | [`shrink`] | of a run that violates a check, the smallest that still does |
//! | [`standard`] | the standard protocol, which is measured, in any size |
//! | [`outcome`] | what was found, for reports to show |
#![forbid(unsafe_code)]

pub mod corpus;
pub mod coverage;
pub mod defects;
pub mod language;
pub mod live;
pub mod outcome;
pub mod repairs;
pub mod run;
pub mod scenario;
pub mod schedule;
pub mod serve;
pub mod shrink;
pub mod standard;
pub mod sweep;
pub mod tune;

pub use scenario::Scenario;
