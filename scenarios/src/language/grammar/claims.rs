//! `[expect]`: what holds, what is violated, what occurs. A check is a word, or a table of one key with its parameters.

use std::borrow::Cow;

use redelivery_model::check::Deliveries;
use redelivery_model::occurrence::Occurrence;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::language::located::Located;
use crate::language::value::{Duration, Number};

/// What is expected, in every way and further in one of them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Expect {
    /// Checks that hold.
    #[serde(default)]
    pub(in crate::language) holds: Vec<Claim>,
    /// Checks that are violated: a counterexample must be found.
    #[serde(default)]
    pub(in crate::language) violated: Vec<Claim>,
    /// What must occur, so that nothing holds because nothing happened.
    #[serde(default)]
    pub(in crate::language) occurs: Vec<Located<Occurrence>>,
    /// Further expectations of the exploration, and of live runs, which follow its paths.
    #[serde(default)]
    pub(in crate::language) explore: Outlook,
    /// Further expectations of the simulated runs alone.
    #[serde(default)]
    pub(in crate::language) simulate: Outlook,
    /// Further expectations of the live runs alone.
    #[serde(default)]
    pub(in crate::language) live: Outlook,
}

/// What is expected in one way alone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Outlook {
    /// Checks that hold.
    #[serde(default)]
    pub(in crate::language) holds: Vec<Claim>,
    /// Checks that are violated: a counterexample must be found.
    #[serde(default)]
    pub(in crate::language) violated: Vec<Claim>,
    /// What must occur, so that nothing holds because nothing happened.
    #[serde(default)]
    pub(in crate::language) occurs: Vec<Located<Occurrence>>,
}

/// A check, wherever it stands.
#[derive(Debug)]
pub(in crate::language) struct Claim(pub(in crate::language) Located<Check>);

/// A check with its parameters.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(in crate::language) enum Check {
    /// A message has at most one effect.
    AtMostOnce,
    /// In the end every message whose producer got its ID has an effect, or is dead-lettered.
    AtLeastOnce {
        /// Whether lying in the dead-letter stream is enough; so by default.
        dead_letter_counts: Option<bool>,
    },
    /// Both of the above.
    ExactlyOnce {
        /// Whether lying in the dead-letter stream is enough; so by default.
        dead_letter_counts: Option<bool>,
    },
    /// No two grants of one entry to different consumers within this time of each other, unless acknowledged between.
    SingleOwner {
        /// The largest min-idle-time in use by default.
        within: Option<Located<Duration>>,
    },
    /// No two consumers work on one message at the same time.
    NoOverlappingWork,
    /// No entry is claimed while it waits in the hands of a consumer that has not begun to work on it.
    NoClaimBeforeWork,
    /// Routed to the dead-letter stream after so many deliveries: not before, not later, not twice.
    DeadLetter {
        /// Deliveries that are tried; the consumers' limit by default.
        limit: Option<Number<1, 1_000_000>>,
        /// What counts as a delivery; `counter` by default.
        counts: Option<Deliveries>,
    },
    /// No message is worked on more often than that.
    RunLimit {
        /// Runs of the work; the consumers' dead-letter limit by default.
        limit: Option<Number<1, 1_000_000>>,
    },
    /// In the end, as long as a message has no effect and is not dead-lettered, a watcher's alarm is on.
    Noticed,
    /// No effect of a message after it was routed to the dead-letter stream.
    NothingAfterDeadLetter,
    /// A group's list is the disjoint union of its consumers'; nothing acknowledged is in it; counters only grow.
    PendingList,
    /// Entries reach each consumer in the stream's order; items are taken from a list in the order of their pushes.
    Order,
    /// Every group gets every entry.
    FanOut,
    /// Who is subscribed when a message is published is handed it, once for each subscription, and nobody else.
    Delivery,
    /// In the end every subscriber is subscribed to all that it has ever subscribed to.
    Subscribed,
    /// A published message costs at most so many messages on the bus of the cluster.
    BusLimit {
        /// Messages from one node to another.
        at_most: Number<0, 10_000>,
    },
    /// When faults are over, everything ends acknowledged, dead-lettered or consumed, and nothing is left in a list.
    Settles,
    /// From its push until its work is done a list's item lies in exactly one list, or a living client has it.
    Conservation,
    /// In the end a stream or a list holds at most so many entries.
    Bounded {
        /// The stream; or `list`.
        stream: Option<Located<String>>,
        /// The list.
        list: Option<Located<String>>,
        /// The number of entries; 0 by default.
        length: Option<Number<0, 1_000_000>>,
    },
}

impl Check {
    /// Those that need no parameter, as they are written.
    pub(in crate::language) const WORDS: [&str; 17] = [
        "at-most-once",
        "at-least-once",
        "exactly-once",
        "single-owner",
        "no-overlapping-work",
        "no-claim-before-work",
        "dead-letter",
        "run-limit",
        "noticed",
        "nothing-after-dead-letter",
        "pending-list",
        "order",
        "fan-out",
        "settles",
        "conservation",
        "delivery",
        "subscribed",
    ];
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Located::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Claim {
    fn schema_name() -> Cow<'static, str> {
        "Claim".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let with_parameters = generator.subschema_for::<Check>();
        json_schema!({ "anyOf": [{ "type": "string", "enum": Check::WORDS }, with_parameters] })
    }
}
