//! `[repairer.…]`, `[reader.…]`, `[watcher.…]`.

use redelivery_model::setup::policy::{PutBack, ReaderFrom, Trims};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::language::located::Located;
use crate::language::value::{Duration, Number, Stretch};

/// A dead-letter administrator: repairs the message of the oldest dead letter and puts it back where it came from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Repairer {
    /// The dead-letter stream.
    pub(in crate::language) stream: Located<String>,
    /// In which steps it puts a message back; `transaction` by default.
    #[serde(default)]
    pub(in crate::language) order: PutBack,
    /// How long it waits when there is no dead letter; `1s` by default.
    pub(in crate::language) poll: Option<Duration>,
}

/// A reader without a group. Checks count its effects by itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Reader {
    /// The stream it reads.
    pub(in crate::language) stream: Located<String>,
    /// Where it reads from: `"$"` in each call; `"last-id"`, which is `$` until something came, then from there on (of
    /// both the first call comes before anything that is not produced beforehand); `"0"`; or `"stored"`, the ID that it
    /// keeps in the broker and sets in one transaction with its effect.
    pub(in crate::language) from: Located<ReaderFrom>,
    /// COUNT of its reads; 1 by default.
    pub(in crate::language) batch: Option<Number<1, 10_000>>,
    /// BLOCK of its reads; `5s` by default, `0s` to block for ever.
    pub(in crate::language) block: Option<Duration>,
    /// How long one piece of work takes in simulated and live runs, `10ms..50ms` by default; and while exploring with
    /// `time = "bounded"`.
    pub(in crate::language) work: Option<Stretch>,
}

/// Looks at a group's figures now and then, and acts on them: `trims`, `deletes` or `alarms`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Watcher {
    /// The stream.
    pub(in crate::language) stream: Located<String>,
    /// One of that stream's groups.
    pub(in crate::language) group: Located<String>,
    /// How long it waits between two looks; `10s` by default.
    pub(in crate::language) every: Option<Duration>,
    /// What it trims.
    pub(in crate::language) trims: Option<Located<Trims>>,
    /// Which consumers it deletes.
    pub(in crate::language) deletes: Option<Located<Deletes>>,
    /// What raises its alarm.
    pub(in crate::language) alarms: Option<Located<Alarm>>,
}

/// Consumers that seem to be gone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Deletes {
    /// Idle for so long, by XINFO CONSUMERS.
    pub(in crate::language) idle: Located<Duration>,
    /// Only those that have nothing pending; so by default.
    pub(in crate::language) unless_pending: Option<bool>,
}

/// The figure that raises an alarm.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(in crate::language) enum Alarm {
    /// XINFO GROUPS: so many entries are not delivered yet.
    Lag {
        /// So many or more; 1 by default.
        at_least: Option<Number<1, 1_000_000>>,
        /// Whether a lag that the broker does not know raises it too; not by default.
        #[serde(default)]
        or_unknown: bool,
    },
    /// XPENDING with IDLE: an entry has been pending and untouched for so long.
    Pending {
        /// Idle for so long.
        idle: Located<Duration>,
    },
    /// XINFO CONSUMERS: a consumer with something pending has not been heard of for so long.
    Consumer {
        /// Idle for so long.
        idle: Located<Duration>,
    },
    /// XPENDING: an entry was delivered so often.
    Deliveries {
        /// So often or more.
        at_least: Number<1, 1_000_000>,
    },
}
