//! What may happen: clients, faults and checks around the broker, explored exhaustively or simulated by seed.
//!
//! A [`Setup`](setup::Setup) says who takes part and what may fail. A [`World`](world::World) is the state of a run:
//! it lists what may happen next and does it. [`explore`] does everything that may happen, in small scope;
//! [`simulate`] does one thing after the other, drawn by seed, in large scope. Both feed the same monitors
//! ([`check`]). Nothing here knows files, terminals, sockets or the time of day.
//!
//! ```
//! use std::sync::Arc;
//! use redelivery_engine::StreamId;
//! use redelivery_model::check::CheckSpec;
//! use redelivery_model::explore::{Exploration, Settings, explore};
//! use redelivery_model::setup::{GroupKind, GroupSetup, Setup};
//!
//! let (kind, key, name) = (GroupKind::Group, "orders".into(), "workers".into());
//! let group = GroupSetup { kind, key, name, start: StreamId::MIN, exists: true };
//! let setup = Setup { groups: vec![group], checks: vec![CheckSpec::Settles], ..Setup::default() };
//! let explored = explore(&Exploration::new(Arc::new(setup)), &Settings::new(1_000), &|_| ());
//! assert!(explored.complete && explored.found[0].is_none());
//! assert_eq!(explored.states, 1, "where nobody acts, nothing happens");
//! ```
//!
//! # Map, in reading order
//!
//! | module | what it holds |
//! |---|---|
//! | [`setup`] | what is fixed before the first step: streams, clients' policies, fault budgets, checks |
//! | [`client`] | what clients do next and what they make of replies |
//! | [`event`], [`observe`] | what happened, as checks read it; how executed commands become events |
//! | [`check`] | the claims, one small automaton each |
//! | [`world`] | the state of a run: what may happen, and its happening |
//! | [`explore`] | all of it, with the shortest counterexamples; how runs end |
//! | [`symmetry`] | clients that are interchangeable, and worlds that differ in nothing else |
//! | [`durations`] | when the actions of an explored path happen, so that clocks agree with it |
//! | [`simulate`] | one run a seed, in virtual time |
//! | [`history`] | a schedule done again, step by step, to be shown |
//! | [`occurrence`] | what must have occurred for a verdict to mean something |
//! | [`coverage`] | which actions, steps, events were taken, of all that there are |
//! | [`defect`] | deliberate bugs, to show that the checks bite |
#![forbid(unsafe_code)]

pub mod check;
pub mod client;
pub mod coverage;
pub mod defect;
mod duration;
pub mod durations;
pub mod event;
pub mod explore;
pub mod history;
pub mod observe;
pub mod occurrence;
mod replies;
pub mod setup;
pub mod simulate;
pub mod symmetry;
pub mod world;

pub use duration::duration;
