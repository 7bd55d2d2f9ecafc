//! A scenario file as it is written: one type per table. The docs of the fields are the descriptions in the JSON schema.
//!
//! Nothing here is resolved: a group is still a name. [`plan`](super::plan) makes a model's setup of it.

mod broker;
mod claims;
mod clients;
mod cluster;
mod consumers;
mod failures;
mod faults;
mod lists;
mod others;
mod pubsub;
mod schedule;
mod ways;

use redelivery_model::setup::policy::{Mark, ReaderFrom, ReclaimBy, Take};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use broker::Broker;
pub(super) use claims::{Check, Claim, Expect};
pub(super) use clients::{Administrator, Producer, Trim, Wait};
pub(super) use cluster::{Cluster, LoseNode, Mover, NodeNumber};
pub(super) use consumers::{Consumer, DeadLetter, Dedup, Reclaim};
pub(super) use failures::{Failover, Failure};
pub(super) use faults::{Fault, Faults};
pub(super) use lists::{List, Reaper, Worker};
pub(super) use others::{Alarm, Deletes, Reader, Repairer, Watcher};
pub(super) use pubsub::{Flag, Protocol, Publisher, Subscriber};
pub(super) use schedule::Schedule;
pub(super) use ways::{Counts, Explore, Live, Messages, Simulate, Time};

use super::located::Located;
use super::named::Named;
use super::tree::words;
use super::value::Begin;

/// A scenario: clients around one Redis broker or a cluster, what may fail, and what is expected of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "redelivery scenario")]
pub(super) struct File {
    /// What happened, why, and what the smallest repair is, in plain words.
    pub(super) story: Located<String>,
    /// Where it was reported or documented; in the shipped corpus `owner/repository#number`, or an address.
    #[serde(default)]
    pub(super) sources: Vec<Located<String>>,
    /// Scenarios of the same folder, by name, whose design this one repairs by a small change: what is violated there
    /// holds here.
    #[serde(default)]
    pub(super) repairs: Vec<Located<String>>,
    /// Why no other scenario repairs what is violated here.
    pub(super) unrepaired: Option<Located<String>>,
    /// The streams, by key.
    #[serde(default)]
    pub(super) stream: Named<Stream>,
    /// The lists, by key.
    #[serde(default)]
    pub(super) list: Named<List>,
    /// Clients that add messages, by name.
    #[serde(default)]
    pub(super) producer: Named<Producer>,
    /// Clients that read a group's entries and work on them, by name.
    #[serde(default)]
    pub(super) consumer: Named<Consumer>,
    /// Clients that send fixed commands, once, by name.
    #[serde(default)]
    pub(super) administrator: Named<Administrator>,
    /// Clients that repair dead letters and put them back, by name.
    #[serde(default)]
    pub(super) repairer: Named<Repairer>,
    /// Clients that read a stream without a group, by name.
    #[serde(default)]
    pub(super) reader: Named<Reader>,
    /// Clients that act on a group's figures, by name.
    #[serde(default)]
    pub(super) watcher: Named<Watcher>,
    /// Clients that take a list's items and work on them, by name.
    #[serde(default)]
    pub(super) worker: Named<Worker>,
    /// Clients that put items of a list back that its workers left, by name.
    #[serde(default)]
    pub(super) reaper: Named<Reaper>,
    /// Clients that publish messages to channels, by name.
    #[serde(default)]
    pub(super) publisher: Named<Publisher>,
    /// Clients that subscribe to channels and work on what they hear, by name.
    #[serde(default)]
    pub(super) subscriber: Named<Subscriber>,
    /// Clients that move a slot of a cluster to another node, by name.
    #[serde(default)]
    pub(super) mover: Named<Mover>,
    /// A cluster in place of one broker; none by default.
    pub(super) cluster: Option<Cluster>,
    /// What the broker is configured to.
    #[serde(default)]
    pub(super) broker: Broker,
    /// What may fail, and how often in one run.
    #[serde(default)]
    pub(super) faults: Faults,
    /// Bounds of the exhaustive exploration.
    #[serde(default)]
    pub(super) explore: Explore,
    /// Seeds and durations of the simulated runs.
    #[serde(default)]
    pub(super) simulate: Simulate,
    /// The runs against a real server.
    #[serde(default)]
    pub(super) live: Live,
    /// What is expected.
    #[serde(default)]
    pub(super) expect: Expect,
    /// One run, which is done in place of the seeds when the scenario is simulated.
    pub(super) schedule: Option<Schedule>,
}

impl File {
    /// The names of clients of which there is one each.
    pub(super) fn singles(&self) -> impl Iterator<Item = &Located<String>> {
        let administrators = self.administrator.iter().map(|(name, _)| name);
        let repairers = self.repairer.iter().map(|(name, _)| name);
        let readers = self.reader.iter().map(|(name, _)| name);
        let watchers = self.watcher.iter().map(|(name, _)| name);
        let reapers = self.reaper.iter().map(|(name, _)| name);
        let subscribers = self.subscriber.iter().map(|(name, _)| name);
        let others = administrators.chain(repairers).chain(readers);
        let movers = self.mover.iter().map(|(name, _)| name);
        others.chain(watchers).chain(reapers).chain(subscribers).chain(movers)
    }

    /// The names of the tables of clients that have messages of their own.
    pub(super) fn tables_with_messages(&self) -> impl Iterator<Item = &str> {
        self.producer.names().chain(self.publisher.names())
    }
}

/// The words of the fields that must be there and take words.
pub(super) fn choices(field: &str) -> &'static [&'static str] {
    match field {
        "by" => words::<ReclaimBy>(),
        "from" => words::<ReaderFrom>(),
        "mark" => words::<Mark>(),
        "take" => words::<Take>(),
        _ => &[],
    }
}

/// A stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Stream {
    /// Its consumer groups: `"0"` for one that is there and gets everything; `"absent"` for one that some client creates.
    #[serde(default)]
    pub(super) groups: Named<Located<Begin>>,
}
