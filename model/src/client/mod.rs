//! Clients: small state machines that say what they do next and observe what came of it.
//!
//! A client never knows whether it is explored, simulated or live, and never sees the broker: only the replies to its
//! own requests. One file per role; `consumer` is the large one.

mod administrator;
pub mod branch;
mod choice;
pub mod consumer;
mod holds;
mod items;
mod marks;
mod mover;
pub mod producer;
mod publisher;
mod reader;
mod reaper;
mod repairer;
mod restore;
mod route;
mod script;
pub mod subscriber;
mod watcher;
mod worker;

#[cfg(test)]
mod tests;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Bytes, Command, Millis, Push, Reply};

use crate::defect;
use crate::event::Event;
use crate::setup::policy::Role;
use crate::setup::{ClientIx, Message, Setup, Span};
use crate::symmetry::Renaming;

pub use choice::Choice;
pub use holds::Held;
pub use route::{Redirection, Route};
pub use script::{Claim, Script, Work};

/// What a client does next.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantNames)]
pub enum Intent {
    /// Sends a request and waits for its reply.
    Send(Request),
    /// Sends a request and goes on at once.
    SendOnly(Request),
    /// Reads the next message that comes to it as a subscriber.
    Listen,
    /// Works on a message.
    Work(Message),
    /// Waits for so many milliseconds.
    Wait(Millis),
    /// Any of what it may do next: whoever schedules chooses, by [`Memory::choose`].
    Choose,
    /// Nothing any more.
    Stop,
}

/// What is sent in one go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// One command.
    One(Command),
    /// MULTI, these commands, EXEC; the reply is EXEC's.
    Transaction(Vec<Command>),
    /// EVAL: all of a script.
    Script(Script),
}

impl Request {
    /// The commands as they go over the wire; of a script, which goes as one, those that it may call.
    pub fn commands(&self) -> Vec<Command> {
        match self {
            Self::One(command) => vec![command.clone()],
            Self::Transaction(commands) => {
                let framed = [&[Command::Multi], commands.as_slice(), &[Command::Exec]];
                framed.concat()
            }
            Self::Script(script) => script.commands(),
        }
    }

    /// Whether this is true of one of its commands.
    pub fn any(&self, is_so: impl Fn(&Command) -> bool) -> bool {
        match self {
            Self::One(command) => is_so(command),
            Self::Transaction(commands) => commands.iter().any(is_so),
            Self::Script(script) => script.commands().iter().any(is_so),
        }
    }

    /// BLOCK of a call that may block, in milliseconds; 0 never ends by itself.
    pub fn block_ms(&self) -> Option<Millis> {
        match self {
            Self::One(Command::XRead(read)) => read.block,
            Self::One(Command::XReadGroup(read)) => read.block,
            Self::One(
                Command::BPop { timeout_ms, .. }
                | Command::BRPopLPush { timeout_ms, .. }
                | Command::BLMove { timeout_ms, .. }
                | Command::BLMPop { timeout_ms, .. }
                | Command::Wait { timeout_ms, .. },
            ) => Some(*timeout_ms),
            _ => None,
        }
    }

    /// Whether it asks what a replica has.
    pub fn asks_replicas(&self) -> bool {
        matches!(self, Self::One(Command::Wait { .. }))
    }

    /// The same of others in their place.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::One(command) => Self::One(command.renamed(renaming)),
            Self::Transaction(commands) => {
                Self::Transaction(commands.iter().map(|command| command.renamed(renaming)).collect())
            }
            Self::Script(script) => Self::Script(script.renamed(renaming)),
        }
    }

    /// Whether a blocked call ends by itself.
    pub fn may_time_out(&self) -> bool {
        self.block_ms() != Some(0)
    }
}

/// What a client observes after it did what it intended.
#[derive(Clone, Copy, Debug)]
pub enum Observation<'a> {
    /// The reply to its request.
    Reply(&'a Reply),
    /// A message, as a subscriber.
    Push(&'a Push),
    /// The request was handed to the connection ([`Intent::SendOnly`]).
    Sent,
    /// The connection closed before the reply came; a new one stands. What became of the request is unknown.
    Lost,
    /// The work or the wait is over.
    Done,
}

/// What a client remembers: all that a crash takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// A producer's.
    Producer(producer::Memory),
    /// A consumer's.
    Consumer(consumer::Memory),
    /// An administrator's.
    Administrator(administrator::Memory),
    /// A dead-letter administrator's.
    Repairer(repairer::Memory),
    /// A reader's.
    Reader(reader::Memory),
    /// A watcher's.
    Watcher(watcher::Memory),
    /// A worker's.
    Worker(worker::Memory),
    /// A reaper's.
    Reaper(reaper::Memory),
    /// A publisher's.
    Publisher(publisher::Memory),
    /// A subscriber's.
    Subscriber(subscriber::Memory),
    /// Of one who moves a slot.
    Mover(mover::Memory),
}

/// A client's view of the fixed part of a run.
#[derive(Clone, Copy, Debug)]
pub struct Me<'a> {
    /// What was set up.
    pub setup: &'a Setup,
    /// Which client this is.
    pub client: ClientIx,
    /// How often its process started before.
    pub restarts: u8,
}

impl Memory {
    /// What a process knows when it starts.
    pub fn at_start(me: Me<'_>) -> Self {
        match &me.setup.client(me.client).role {
            Role::Producer(policy) => Self::Producer(producer::Memory::at_start(policy)),
            Role::Consumer(policy) => Self::Consumer(consumer::Memory::at_start(policy)),
            Role::Administrator(_) => Self::Administrator(administrator::Memory::default()),
            Role::Repairer(_) => Self::Repairer(repairer::Memory::default()),
            Role::Reader(policy) => Self::Reader(reader::Memory::at_start(policy)),
            Role::Watcher(_) => Self::Watcher(watcher::Memory::default()),
            Role::Worker(policy) => Self::Worker(worker::Memory::at_start(me, policy)),
            Role::Reaper(_) => Self::Reaper(reaper::Memory::default()),
            Role::Publisher(_) => Self::Publisher(publisher::Memory::default()),
            Role::Subscriber(policy) => Self::Subscriber(subscriber::Memory::at_start(policy)),
            Role::Mover(_) => Self::Mover(mover::Memory::default()),
        }
    }

    /// What the client does next.
    pub fn intent(&self, me: Me<'_>) -> Intent {
        let intent = match (self, &me.setup.client(me.client).role) {
            (Self::Producer(memory), Role::Producer(policy)) => memory.intent(me, policy),
            (Self::Consumer(memory), Role::Consumer(policy)) => memory.intent(me, policy),
            (Self::Administrator(memory), Role::Administrator(policy)) => memory.intent(policy),
            (Self::Repairer(memory), Role::Repairer(policy)) => memory.intent(me, policy),
            (Self::Reader(memory), Role::Reader(policy)) => memory.intent(me, policy),
            (Self::Watcher(memory), Role::Watcher(policy)) => memory.intent(me, policy),
            (Self::Worker(memory), Role::Worker(policy)) => memory.intent(me, policy),
            (Self::Reaper(memory), Role::Reaper(policy)) => memory.intent(me, policy),
            (Self::Publisher(memory), Role::Publisher(policy)) => memory.intent(me, policy),
            (Self::Subscriber(memory), Role::Subscriber(policy)) => memory.intent(policy),
            (Self::Mover(memory), Role::Mover(policy)) => memory.intent(me, policy),
            _ => unreachable!("a client's memory is of its role"),
        };
        defect::intended(me, intent)
    }

    /// How long the client waits before the first thing that it does, if it is to wait and has not done it.
    pub fn begins_after(&self, me: Me<'_>) -> Option<Span> {
        match (self, &me.setup.client(me.client).role) {
            (Self::Administrator(memory), Role::Administrator(policy)) if memory.is_at_start() => policy.after,
            (Self::Producer(memory), Role::Producer(policy)) if memory.is_to_wait() => policy.after,
            _ => None,
        }
    }

    /// Chooses this turn, of a client that may take several ([`Intent::Choose`]): 0 reads what is new, n takes over the n-th
    /// entry that has been idle for long enough. What it then intends is a request.
    pub fn choose(&mut self, me: Me<'_>, turn: u16) {
        if let (Self::Consumer(memory), Role::Consumer(policy)) = (self, &me.setup.client(me.client).role) {
            memory.choose(policy, turn);
        }
    }

    /// Takes note of what came of it; `tell` receives the events that the client itself causes.
    pub fn observe(&mut self, me: Me<'_>, observation: Observation<'_>, tell: &mut dyn FnMut(Event)) {
        let other = match observation {
            Observation::Reply(reply) => defect::heard(me, reply),
            _ => None,
        };
        let observation = other.as_ref().map_or(observation, Observation::Reply);
        match (self, &me.setup.client(me.client).role) {
            (Self::Producer(memory), Role::Producer(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Consumer(memory), Role::Consumer(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Administrator(memory), Role::Administrator(policy)) => memory.observe(policy, observation),
            (Self::Repairer(memory), Role::Repairer(policy)) => memory.observe(me, policy, observation),
            (Self::Reader(memory), Role::Reader(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Watcher(memory), Role::Watcher(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Worker(memory), Role::Worker(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Reaper(memory), Role::Reaper(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Publisher(memory), Role::Publisher(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Subscriber(memory), Role::Subscriber(policy)) => memory.observe(me, policy, observation, tell),
            (Self::Mover(memory), Role::Mover(policy)) => memory.observe(me, policy, observation, tell),
            _ => unreachable!("a client's memory is of its role"),
        }
    }

    /// Keeps the delivery counters that it remembers at this or below: explorers do the same to the broker's.
    pub fn cap_deliveries(&mut self, cap: u64) {
        if let Self::Consumer(memory) = self {
            memory.cap_deliveries(cap);
        }
    }

    /// The same of others in their place: few remember names.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::Worker(memory) => Self::Worker(memory.renamed(renaming)),
            // A consumer is asked for its own name and compares it, but keeps none. The others name entries, messages,
            // keys of slots, and what watchers and reapers find where nobody is taken for interchangeable.
            Self::Consumer(_) | Self::Producer(_) | Self::Administrator(_) | Self::Repairer(_) => self.clone(),
            Self::Reader(_) | Self::Watcher(_) | Self::Reaper(_) => self.clone(),
            Self::Publisher(_) | Self::Subscriber(_) | Self::Mover(_) => self.clone(),
        }
    }

    /// The node to which its next request goes, where that is not for the keys to say.
    pub fn node(&self, me: Me<'_>) -> Option<NodeIndex> {
        match (self, &me.setup.client(me.client).role) {
            (Self::Mover(memory), Role::Mover(policy)) => memory.node(me, policy),
            _ => None,
        }
    }

    /// Whether the client believes that it is subscribed to something on its connection.
    pub fn believes_subscribed(&self) -> bool {
        matches!(self, Self::Subscriber(memory) if memory.believes_subscribed())
    }

    /// The message that the client works on, if it does.
    pub fn works_on(&self) -> Option<Message> {
        match self {
            Self::Consumer(memory) => memory.works_on(),
            Self::Reader(memory) => memory.works_on(),
            Self::Worker(memory) => memory.works_on(),
            Self::Subscriber(memory) => memory.works_on(),
            _ => None,
        }
    }
}

/// The name under which a consumer is known to its group, or a worker to those of its list.
pub fn consumer_name(me: Me<'_>) -> Bytes {
    let setup = me.setup.client(me.client);
    match me.restarts {
        1.. if setup.role.is_renamed() => Bytes::from(format!("{}.{}", setup.name, me.restarts)),
        _ => setup.name.clone(),
    }
}
