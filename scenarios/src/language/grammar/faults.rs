//! `[faults]`: each kind with its budget for one run.

use redelivery_model::setup::{Fate, Stops};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Failover, Failure, LoseNode};
use crate::language::located::Located;
use crate::language::value::{Duration, Number, Stretch};

/// How often a kind of fault may happen in one run.
type Times = Number<1, 255>;

/// What may fail.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Faults {
    /// A process ends and takes what it remembers with it. Producers, publishers and administrators do not come back:
    /// what they had not sent yet is never sent.
    pub(in crate::language) crash: Option<Crash>,
    /// A process stands still for a while.
    pub(in crate::language) pause: Option<Fault>,
    /// The broker's clock jumps, and with it idle times, times to live, blocked calls and automatic IDs. Simulated, and
    /// explored with `time = "bounded"`: for any durations nobody has a clock that could jump. Live it is unknown.
    pub(in crate::language) clock_jump: Option<Located<ClockJump>>,
    /// A connection closes with the request in flight. A consumer that has begun with a message sends the request of the
    /// step at which it stands again, until it is answered.
    pub(in crate::language) cut: Option<Cut>,
    /// The network parts clients from the broker, all of them at once, and is whole again later. Whoever sends meanwhile hears
    /// no answer, gives its connection up and has none before that; what it sent arrives afterwards or never. Whoever waits or
    /// listens believes in its connection, and so does the broker, which hands out over it what nobody reads. Not in a
    /// cluster; live it is unknown.
    pub(in crate::language) partition: Option<Located<Partition>>,
    /// While a client is parted from the broker, so that it hears nothing, the broker closes its connection (its
    /// `tcp-keepalive`, CLIENT KILL), and the client is not told. A subscriber waits for messages that nobody sends, unless
    /// it has `ping`. Who waits in a blocking call gives up when its `block` is over: with `0s`, never.
    pub(in crate::language) forget: Option<Located<Fault>>,
    /// The broker's process is killed and starts again, from its files: all connections close. Of one client the request may
    /// have been executed and kept, only that nobody answered. What was in flight of the others never arrives.
    pub(in crate::language) kill_broker: Option<Failure>,
    /// The broker's power fails and comes back: likewise, and of the file only what was synced is there, and any beginning of
    /// the rest.
    pub(in crate::language) power_failure: Option<Failure>,
    /// The broker is gone, and its replica takes its place with what had arrived there.
    pub(in crate::language) failover: Option<Failover>,
    /// A node of the cluster is gone, and comes back with its slots: with all that it had written if there is `[broker]
    /// appendonly`, with nothing otherwise. All connections to it close, and what is on its way over the bus from it or to
    /// it is lost. Of one client the request may have been executed, only that nobody answered. Live it is unknown.
    pub(in crate::language) lose_node: Option<Located<LoseNode>>,
}

/// A kind of fault.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Fault {
    /// At most so often in one run.
    pub(in crate::language) times: Times,
    /// To these clients only, by table (`worker`) or one by one (`worker-2`); by default to any.
    pub(in crate::language) clients: Option<Located<Vec<Located<String>>>>,
}

/// A partition.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Partition {
    /// At most so often in one run, one after the other.
    pub(in crate::language) times: Times,
    /// From these clients, by table (`worker`) or one by one (`worker-2`); by default from all.
    pub(in crate::language) clients: Option<Located<Vec<Located<String>>>>,
    /// What does not get through; `both` by default.
    #[serde(default)]
    pub(in crate::language) stops: Stops,
    /// How long it lasts in simulated runs, and while exploring with `time = "bounded"`; `1s..10s` by default.
    pub(in crate::language) lasts: Option<Stretch>,
}

/// A clock that is set: by hand, by NTP after a while without it, or since its machine was resumed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct ClockJump {
    /// At most so often in one run.
    pub(in crate::language) times: Times,
    /// Forward by so much.
    pub(in crate::language) forward: Option<Duration>,
    /// Back by so much.
    pub(in crate::language) back: Option<Duration>,
}

/// Processes that end.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Crash {
    /// At most so often in one run.
    pub(in crate::language) times: Times,
    /// To these clients only, by table (`worker`) or one by one (`worker-2`); by default to any.
    pub(in crate::language) clients: Option<Located<Vec<Located<String>>>>,
    /// Whether a process may also end with its next request already sent, which is executed at any later time or never; so
    /// by default.
    pub(in crate::language) while_sending: Option<bool>,
}

/// Connections that close.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Cut {
    /// At most so often in one run.
    pub(in crate::language) times: Times,
    /// To these clients only, by table (`worker`) or one by one (`worker-2`); by default to any.
    pub(in crate::language) clients: Option<Located<Vec<Located<String>>>>,
    /// What may become of the request; anything by default.
    pub(in crate::language) fates: Option<Located<Vec<Fate>>>,
}
