//! What a run starts from: streams, clients and their policies, faults, checks.
//!
//! A [`Setup`] never changes during a run and never knows which file it came from. Next: [`policy`] for what a client
//! may be told, `world` for what changes.

mod bounds;
mod cluster;
mod faster;
mod keeping;
pub mod keys;
mod messages;
pub mod policy;
mod pubsub;
mod slots;

use redelivery_engine::command::{GroupStart, XGroup};
use redelivery_engine::{Bytes, Command, Millis, StreamId};
use serde::{Deserialize, Serialize};

use crate::check::CheckSpec;
use crate::client::Choice;
use crate::defect::Defect;
pub use bounds::Bounds;
pub use cluster::{ClusterSetup, Loss, Member, Redirects};
pub use keeping::{BrokerFaults, Failback, Fsync, Keeping, Mishap, Persistence, Rewrites};
pub use messages::Messages;
use policy::{Alarm, Dedup, Duty, Mark, ReclaimBy, Role, Turns, When};

/// The field of an entry that carries its message's key.
pub const KEY_FIELD: &str = "key";

/// The field of a dead letter that names the group it comes from.
pub const GROUP_FIELD: &str = "group";

/// The field of an entry that a dead-letter administrator has repaired.
pub const REPAIRED_FIELD: &str = "repaired";

/// A message, as its place in [`Setup::messages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Message(pub u32);

/// A client, as its place in [`Setup::clients`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ClientIx(pub u16);

/// A consumer group, as its place in [`Setup::groups`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct GroupIx(pub u16);

/// Everything that is fixed before the first step.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The consumer groups, and a row for each that is like one: see [`GroupKind`].
    pub groups: Vec<GroupSetup>,
    /// The clients, in the order in which actions are listed.
    pub clients: Vec<ClientSetup>,
    /// The keys of all messages; a [`Message`] is an index into this.
    pub messages: Messages,
    /// Which faults may happen, and how often.
    pub faults: Faults,
    /// What clients may rarely do otherwise, when they are simulated.
    pub choices: Vec<Choice>,
    /// What is checked.
    pub checks: Vec<CheckSpec>,
    /// A deliberate bug, to prove that a check catches it.
    pub defect: Option<Defect>,
    /// How deliveries age while exploring.
    pub ageing: Ageing,
    /// How long things take while exploring; without it, any time.
    pub bounds: Option<Bounds>,
    /// How many messages a subscriber may leave unread before the broker disconnects it; without it, any number.
    pub output_buffer: Option<u16>,
    /// The nodes, where there is more than one broker.
    pub cluster: Option<ClusterSetup>,
    /// What is kept of the broker, where it may fail.
    pub keeping: Option<Keeping>,
    /// How often WAIT may run out of time in one run though there is a replica, where exploring has no clock.
    pub short_waits: u8,
    /// Exploring draws automatic IDs from a counter, so that time shows in idle ages only.
    pub counter_ids: bool,
}

impl Setup {
    /// The commands that create the groups that exist from the beginning, their streams, and the consumers that they know.
    pub fn preparation(&self) -> impl Iterator<Item = Command> {
        let groups = self.groups.iter().filter(|group| group.exists).map(|group| {
            Command::XGroup(XGroup::Create {
                key: group.key.clone(),
                group: group.name.clone(),
                start: GroupStart::After(group.start),
                make_stream: true,
                entries_read: None,
            })
        });
        let consumers = self.clients.iter().filter_map(|client| match &client.role {
            Role::Consumer(policy) if policy.known => {
                let group = self.group(policy.group);
                Some(Command::XGroup(XGroup::CreateConsumer {
                    key: group.key.clone(),
                    group: group.name.clone(),
                    consumer: client.name.clone(),
                }))
            }
            _ => None,
        });
        groups.chain(consumers)
    }

    /// Whether there is a replica.
    pub fn has_replica(&self) -> bool {
        self.keeping
            .as_ref()
            .is_some_and(|keeping| keeping.replica_lag_ms.is_some())
    }

    /// For how long a write may be on its way to the replica.
    pub fn replica_lag(&self) -> Span {
        let lag_ms = self.keeping.as_ref().and_then(|keeping| keeping.replica_lag_ms);
        Span {
            min_ms: 0,
            max_ms: lag_ms.unwrap_or(0),
        }
    }

    /// How long after its replica has taken over an old primary goes on.
    pub fn split_brain(&self) -> Span {
        let split_ms = self.keeping.as_ref().and_then(|keeping| keeping.split_brain_ms);
        Span {
            min_ms: 0,
            max_ms: split_ms.unwrap_or(0),
        }
    }

    /// How long it takes an old primary to refuse writes: it looks once a second.
    pub fn until_refusal(&self) -> Span {
        let lag_ms = self.keeping.as_ref().and_then(|keeping| keeping.min_replicas_lag_ms);
        let min_ms = lag_ms.unwrap_or(0);
        Span {
            min_ms,
            max_ms: min_ms.saturating_add(1_000),
        }
    }

    /// How the append-only file is rewritten.
    pub fn rewrites(&self) -> Rewrites {
        self.keeping.map_or(Rewrites::NONE, |keeping| keeping.rewrites)
    }

    /// A client's setup.
    pub fn client(&self, client: ClientIx) -> &ClientSetup {
        &self.clients[usize::from(client.0)]
    }

    /// A group's setup.
    pub fn group(&self, group: GroupIx) -> &GroupSetup {
        &self.groups[usize::from(group.0)]
    }

    /// Every client.
    pub fn client_ixs(&self) -> impl Iterator<Item = ClientIx> + use<> {
        (0..self.clients.len() as u16).map(ClientIx)
    }

    /// Every group.
    pub fn group_ixs(&self) -> impl Iterator<Item = GroupIx> + use<> {
        (0..self.groups.len() as u16).map(GroupIx)
    }

    /// The groups that should get an entry of this key: what lies at or before a group's start is none of the group's.
    /// Nor is what was there before the first call of a reader that asks for what comes from then on.
    pub fn groups_that_get(
        &self,
        key: &Bytes,
        id: Option<StreamId>,
        message: Message,
    ) -> impl Iterator<Item = GroupIx> {
        let after = move |group: &GroupSetup| id.is_none_or(|id| id > group.start);
        self.group_ixs()
            .filter(move |&ix| self.group(ix).key == *key && after(self.group(ix)) && self.is_due(ix, message))
    }

    /// The group of this name on this stream.
    pub fn find_group(&self, stream: &Bytes, name: &Bytes) -> Option<GroupIx> {
        self.group_ixs().find(|&ix| self.group(ix).is_named(stream, name))
    }

    /// The workers of this list.
    pub fn find_list(&self, key: &[u8]) -> Option<GroupIx> {
        self.group_ixs()
            .find(|&ix| self.group(ix).kind == GroupKind::List && *self.group(ix).key == *key)
    }

    /// The message that an entry with these fields carries.
    pub fn message_of(&self, fields: &[Bytes]) -> Option<Message> {
        match fields {
            [field, key, ..] if **field == *KEY_FIELD.as_bytes() => self.messages.find(key),
            _ => None,
        }
    }

    /// Whether an entry with these fields was repaired.
    pub fn is_repaired(&self, fields: &[Bytes]) -> bool {
        fields
            .chunks(2)
            .any(|pair| pair.first().is_some_and(|field| **field == *REPAIRED_FIELD.as_bytes()))
    }

    /// Whether somebody asks how long consumers have been idle.
    pub fn asks_for_idle_consumers(&self) -> bool {
        self.clients.iter().any(|client| match &client.role {
            Role::Watcher(policy) => matches!(
                policy.duty,
                Duty::DeletesConsumers { .. } | Duty::Alarms(Alarm::ConsumerIdle(_))
            ),
            _ => false,
        })
    }

    /// Whether some client sends scripts, or takes any turn.
    pub fn sends_scripts(&self) -> bool {
        let marks = |dedup: &Option<Dedup>| dedup.is_some_and(|dedup| dedup.mark == Mark::Script);
        self.clients.iter().any(|client| match &client.role {
            Role::Consumer(policy) => {
                let reclaims = policy.reclaim.is_some_and(|reclaim| reclaim.by == ReclaimBy::Script);
                marks(&policy.dedup) || reclaims || policy.turns == Turns::Any
            }
            Role::Worker(policy) => marks(&policy.dedup),
            _ => false,
        })
    }

    /// The group that a dead letter with these fields comes from.
    pub fn group_of_dead_letter(&self, fields: &[Bytes]) -> Option<GroupIx> {
        match fields {
            [_, _, field, name, ..] if **field == *GROUP_FIELD.as_bytes() => {
                self.group_ixs().find(|&group| self.group(group).name == *name)
            }
            _ => None,
        }
    }

    /// The name of the producer of a message.
    pub fn producer_of(&self, message: Message) -> Option<&Bytes> {
        self.clients.iter().find_map(|client| match &client.role {
            Role::Producer(policy) => policy.messages.contains(&message).then_some(&client.name),
            _ => None,
        })
    }

    fn is_due(&self, group: GroupIx, message: Message) -> bool {
        let policies = || self.clients.iter().map(|client| &client.role);
        let waits = policies()
            .any(|role| matches!(role, Role::Reader(policy) if policy.group == group) && role.waits_for_what_comes());
        let was_there = |role: &Role| match role {
            Role::Producer(policy) => {
                policy.when == When::Beforehand && policy.messages.binary_search(&message).is_ok()
            }
            _ => false,
        };
        !(waits && policies().any(was_there))
    }

    /// Whether some consumer routes its dead letters into this stream.
    pub fn is_dead_letter_stream(&self, stream: &Bytes) -> bool {
        self.clients.iter().any(|client| match &client.role {
            Role::Consumer(policy) => policy.dead_letter.as_ref().is_some_and(|dead| dead.stream == *stream),
            _ => false,
        })
    }
}

/// Those to whom each message is due once: a consumer group, or what is like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSetup {
    /// What it is.
    pub kind: GroupKind,
    /// The key of the stream or list that it takes messages from.
    pub key: Bytes,
    /// Its name.
    pub name: Bytes,
    /// Entries after this ID are the group's to deliver.
    pub start: StreamId,
    /// Whether it exists before the clients start; otherwise one of them may create it.
    pub exists: bool,
}

/// What a row of [`Setup::groups`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A consumer group of a stream.
    Group,
    /// A reader of a stream without a group, in whose name its effects are counted: no such group is in the broker.
    Reader,
    /// The workers of a list, which takes each item out for one of them. An item has no ID: it is known by its value,
    /// the key of its message.
    List,
    /// A subscriber, under which its effects are counted. It takes nothing from a key.
    Subscriber,
}

impl GroupSetup {
    /// Whether it is the consumer group of this name on this stream.
    pub fn is_named(&self, stream: &[u8], name: &[u8]) -> bool {
        self.kind == GroupKind::Group && *self.key == *stream && *self.name == *name
    }
}

/// One client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSetup {
    /// Its name in reports; a consumer's name in its group begins with it.
    pub name: Bytes,
    /// What it does.
    pub role: Role,
}

/// The faults that may happen: each kind with a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The process ends and takes what it remembers with it.
    pub crash: FaultBudget,
    /// Whether a process never ends with its next request on its way.
    pub crash_sends_nothing: bool,
    /// The process stands still for a while. While exploring any client may be slow at any time, so that only where time
    /// is bounded exploring spends this, as simulated and live runs do.
    pub pause: FaultBudget,
    /// The broker's clock jumps. Where time is abstract there is no clock that could: exploring spends this only where time
    /// is bounded.
    pub clock_jump: ClockJumps,
    /// The connection closes with the request in flight.
    pub cut: FaultBudget,
    /// What may become of the request of a connection that closed.
    pub fates: Vec<Fate>,
    /// The broker itself fails.
    pub broker: BrokerFaults,
    /// The network parts clients from the broker, all that are named at once.
    pub partition: Partition,
    /// Meanwhile the broker closes the connection of a client that waits for messages, and the client is not told.
    pub forget: FaultBudget,
}

impl Faults {
    /// Whether any may happen.
    pub fn may_happen(&self) -> bool {
        self.budgets().into_iter().any(|times| times > 0)
    }

    /// How often each kind may happen.
    pub fn budgets(&self) -> [u8; 10] {
        let Self {
            crash,
            crash_sends_nothing: _,
            pause,
            clock_jump,
            cut,
            fates: _,
            broker,
            partition,
            forget,
        } = self;
        let BrokerFaults {
            kills,
            power_failures,
            failovers,
            node_losses,
            ..
        } = *broker;
        let of_clients = [crash, pause, cut, &partition.budget, forget].map(|budget| budget.times);
        let [crash, pause, cut, partition, forget] = of_clients;
        [
            crash,
            pause,
            cut,
            partition,
            forget,
            clock_jump.times,
            kills,
            power_failures,
            failovers,
            node_losses,
        ]
    }
}

/// How often the network parts clients from the broker, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partition {
    /// How often, and whom.
    pub budget: FaultBudget,
    /// What does not get through meanwhile.
    pub stops: Stops,
    /// For how long, in simulated runs and where exploring has a clock.
    pub lasts: Span,
}

/// What a partition does not let through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stops {
    /// Nothing of the clients reaches the broker, and nothing of the broker reaches them.
    #[default]
    Both,
    /// Nothing of the clients reaches the broker; they hear what it answers to what it has.
    Requests,
    /// Nothing of the broker reaches the clients: what they send is executed, and nobody hears the answer.
    Replies,
}

impl Stops {
    /// Whether nothing reaches the broker.
    pub fn requests(self) -> bool {
        self != Self::Replies
    }

    /// Whether nothing reaches the clients.
    pub fn replies(self) -> bool {
        self != Self::Requests
    }
}

/// How often the broker's clock may jump, and how far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockJumps {
    /// At most so often in one run.
    pub times: u8,
    /// Forward by so many milliseconds.
    pub forward_ms: Option<Millis>,
    /// Back by so many milliseconds.
    pub back_ms: Option<Millis>,
}

/// How often a kind of fault may happen, and to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultBudget {
    /// At most so often in one run.
    pub times: u8,
    /// To these clients only; to every client when empty.
    pub clients: Vec<ClientIx>,
}

impl FaultBudget {
    /// Whether the fault may happen to this client after it has happened `spent` times.
    pub fn allows(&self, spent: u8, client: ClientIx) -> bool {
        spent < self.times && self.concerns(client)
    }

    /// Whether it is a fault of this client, too.
    pub fn concerns(&self, client: ClientIx) -> bool {
        self.clients.is_empty() || self.clients.contains(&client)
    }
}

/// What becomes of a request in flight when its connection closes.
#[derive(
    strum::IntoStaticStr,
    strum::VariantNames,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It never reaches the broker.
    Never,
    /// It is executed at once; only the reply is lost.
    ReplyLost,
    /// It is executed at any later time before the broker notices the closed connection, or never.
    Late,
}

/// How time passes for pending entries while exploring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ageing {
    /// The oldest deliveries first, any number of them.
    #[default]
    OldestFirst,
    /// All at once: fewer states, fewer orders of events.
    AllAtOnce,
}

/// A stretch of time, both ends included, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The shortest.
    pub min_ms: Millis,
    /// The longest.
    pub max_ms: Millis,
}
