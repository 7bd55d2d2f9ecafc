//! `[explore]`, `[simulate]`, `[live]`: the three ways in which a scenario is judged, and what each changes.

use redelivery_model::client::Choice;
use redelivery_model::setup::Ageing;
use redelivery_model::simulate::Policy;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Faults;
use crate::language::located::Located;
use crate::language::named::Named;
use crate::language::value::{Duration, Number, Stretch, Version};

/// How many clients a table stands for.
pub(in crate::language) type Counts = Located<Number<1, 64>>;

/// How many messages a producer adds.
pub(in crate::language) type Messages = Located<Number<1, 1_000_000>>;

/// The exhaustive exploration.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Explore {
    /// Beyond so many states the verdict is unknown; 1,000,000 by default.
    pub(in crate::language) max_states: Option<Number<1, 10_000_000_000>>,
    /// How deliveries age; `oldest-first` by default.
    #[serde(default)]
    pub(in crate::language) ageing: Ageing,
    /// How often WAIT may run out of time in one run though there is a replica; once by default. Simulated runs have a clock.
    pub(in crate::language) short_waits: Option<Located<Number<0, 100>>>,
    /// For which durations; for `any` by default.
    pub(in crate::language) time: Option<Located<Time>>,
    /// Producers that add another number of messages here.
    #[serde(default)]
    pub(in crate::language) messages: Named<Messages>,
    /// Clients of which there is another number here.
    #[serde(default)]
    pub(in crate::language) count: Named<Counts>,
}

/// For which durations a scenario is explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::language) enum Time {
    /// For any: work, pauses and delays may take any time, and everybody may be slow at any time.
    Any,
    /// For those of the file, with a clock: work takes what `work` says, which every client that works then has to say;
    /// idle times, blocks, rests and times to live are what they are; requests and replies take no time. A client is slower only
    /// where `[faults]` let it pause, crash or lose its connection. The clock moves in steps of the longest
    /// duration of which all of them are multiples.
    Bounded,
}

/// The simulated runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Simulate {
    /// How many seeds are run, from 0; 1,000 by default.
    pub(in crate::language) seeds: Option<Number<1, 1_000_000_000>>,
    /// Producers that add another number of messages here.
    #[serde(default)]
    pub(in crate::language) messages: Named<Messages>,
    /// Clients of which there is another number here.
    #[serde(default)]
    pub(in crate::language) count: Named<Counts>,
    /// From a client's decision to send until its command is executed; `0ms..2ms` by default.
    pub(in crate::language) latency: Option<Stretch>,
    /// From a crash to the restart; `100ms..2s` by default.
    pub(in crate::language) restart_after: Option<Stretch>,
    /// How long a pause lasts; `1s..60s` by default.
    pub(in crate::language) pause: Option<Stretch>,
    /// How long a late request may lie before it is executed; `0ms..5s` by default.
    pub(in crate::language) late: Option<Stretch>,
    /// What a message takes from one node of a cluster to another; `1ms..5ms` by default.
    pub(in crate::language) bus: Option<Located<Stretch>>,
    /// What clients may rarely do otherwise than they intend, though nothing fails; nothing by default. Each seed draws which
    /// of these it has, and when.
    #[serde(default)]
    pub(in crate::language) rare_choices: Vec<Located<Choice>>,
    /// How runs are searched; `uniform` by default. `--policy` takes another.
    pub(in crate::language) policy: Option<Policy>,
    /// Faults happen within this time from the beginning of a run; as long as their budgets last by default. After the
    /// last of them everything has to settle.
    pub(in crate::language) faults_for: Option<Duration>,
    /// A run that has not ended by then is cut off; `1h` by default.
    pub(in crate::language) time_limit: Option<Located<Duration>>,
    /// Other budgets than those of `[faults]`, all of them.
    pub(in crate::language) faults: Option<Faults>,
}

/// The runs against a real server: some along the paths of the explorer, some by seed. `speed` and `since` are of both;
/// the rest is of the runs by seed, which are otherwise as small as what is explored.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Live {
    /// All durations are divided by this; none may become less than 20 ms. By default the shortest takes about 60 ms. A
    /// path whose moments cannot be kept is tried more slowly.
    pub(in crate::language) speed: Option<Located<Number<1, 1_000>>>,
    /// The first version of Redis, such as `"7.2"`, that does what is explored; on an older server the scenario is left
    /// out, and said to be. Without it the scenario is run on any.
    pub(in crate::language) since: Option<Version>,
    /// How many seeds are run, from 0, where something is expected to hold or has no path; 2 by default.
    pub(in crate::language) seeds: Option<Number<1, 100_000>>,
    /// Producers that add another number of messages here.
    #[serde(default)]
    pub(in crate::language) messages: Named<Messages>,
    /// Clients of which there is another number here.
    #[serde(default)]
    pub(in crate::language) count: Named<Counts>,
    /// Other budgets than those of `[faults]`, all of them.
    pub(in crate::language) faults: Option<Faults>,
}
