//! What may happen next in a world.

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Bytes, Millis};

use super::{ConnectionIx, Failure};
use crate::client::Choice;
use crate::setup::{ClientIx, Fate};

/// One thing that happens. Kinds keep their places, and new ones come last: seeds are read by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr, strum::VariantNames)]
pub enum Action {
    /// A client does what it intends: an exchange with the broker, the end of its work or of its wait.
    Step(ClientIx),
    /// A client that may do several things does this one ([`super::World::turns`]).
    Choose(ClientIx, u16),
    /// A blocked call of a client runs out of time.
    TimeOut(ClientIx),
    /// A crashed client starts again.
    Restart(ClientIx),
    /// The broker executes the oldest request in flight on a connection.
    Execute(ConnectionIx),
    /// The broker notices that a connection was closed; what was in flight is gone.
    Notice(ConnectionIx),
    /// In a cluster: the oldest message from one node to another arrives.
    Bus(NodeIndex, NodeIndex),
    /// Time passes: the deliveries up to this one, in order of delivery, reach the next idle threshold.
    Age(u16),
    /// Time passes: the n-th key with a time to live, in the order of keys, expires.
    Expire(u16),
    /// The clock moves to this moment: time-outs that are due happen. Where exploring has a clock, each canonical world
    /// stands at its beginning again.
    Tick(Millis),
    /// Fault: a client stands still. Who schedules lets the client wait; where exploring has a clock, it may take any
    /// time from now until it does the next thing.
    Pause(ClientIx),
    /// Fault: a client's process ends.
    Crash(ClientIx),
    /// Fault: a client's process ends with its next request already sent.
    CrashSending(ClientIx),
    /// Fault: a client's connection closes with its next request in flight.
    Cut(ClientIx, Fate),
    /// Fault: the broker's clock jumps forward by so many milliseconds.
    ClockForward(Millis),
    /// Fault: the broker's clock jumps back by so many milliseconds.
    ClockBack(Millis),
    /// Fault: the broker fails, and what was kept takes its place.
    Fail(Failure),
    /// The replica has everything, and the broker answers a client's WAIT.
    Replicate(ClientIx),
    /// A client turns from the old primary to the new one.
    Turn(ClientIx),
    /// The old primary notices that it has no replica, and writes no more.
    Refuse,
    /// The old primary becomes a replica of the new one, and throws away what it has.
    StepDown,
    /// Fault: the network parts clients from the broker.
    Part,
    /// The network is whole again.
    Heal,
    /// A client asks otherwise than it intends, as it may ([`Choice`]). Exploring never does this.
    Deviate(ClientIx, Choice),
    /// Fault: the broker closes the connection of a subscriber from which it is parted, and the subscriber is not told.
    Forget(ClientIx),
    /// The broker begins to rewrite its append-only file.
    Rewrite,
    /// The new file takes the place of the old one.
    Rewritten,
    /// The other nodes of a cluster miss the one that is gone, and serve no key any more.
    Missed,
    /// The node that was gone is back, and serves no key yet.
    CameBack,
    /// The other nodes, which have missed it, serve their slots again.
    Covered,
    /// The node that is back serves its slots again.
    Serves,
}

/// Who brings an action about that is no fault. Fairness is owed to each of them for itself: to time for each class of
/// idle times, since nothing that grows old elsewhere keeps the oldest delivery of a class from growing older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A client.
    Client(ClientIx),
    /// The network between a client and the broker.
    Connection(ConnectionIx),
    /// The bus from one node to another.
    Bus(NodeIndex, NodeIndex),
    /// Time, for deliveries that have reached so many idle thresholds.
    Ageing(usize),
    /// Time, for a key with a time to live.
    Expiry(Bytes),
    /// The clock, where exploring has one.
    Clock,
    /// The old primary, as long as it goes on.
    Former,
    /// The network, which does not stay parted.
    Network,
    /// What the broker's process does with its file.
    File,
    /// The nodes of a cluster one of which is gone.
    Nodes,
}

impl Action {
    /// The client that it happens to.
    pub fn client(self) -> Option<ClientIx> {
        match self {
            Self::Step(client)
            | Self::Choose(client, _)
            | Self::Deviate(client, _)
            | Self::TimeOut(client)
            | Self::Restart(client)
            | Self::Replicate(client)
            | Self::Turn(client)
            | Self::Pause(client)
            | Self::Crash(client)
            | Self::CrashSending(client)
            | Self::Cut(client, _)
            | Self::Forget(client) => Some(client),
            Self::Execute(_) | Self::Notice(_) | Self::Bus(..) | Self::Fail(_) | Self::Part | Self::Heal => None,
            Self::Refuse | Self::StepDown | Self::Rewrite | Self::Rewritten => None,
            Self::Missed | Self::CameBack | Self::Covered | Self::Serves => None,
            Self::Age(_) | Self::Expire(_) | Self::Tick(_) | Self::ClockForward(_) | Self::ClockBack(_) => None,
        }
    }

    /// Whether something fails.
    pub fn is_fault(self) -> bool {
        matches!(
            self,
            Self::Pause(_)
                | Self::Crash(_)
                | Self::CrashSending(_)
                | Self::Cut(..)
                | Self::Fail(_)
                | Self::Part
                | Self::Forget(_)
                | Self::ClockForward(_)
                | Self::ClockBack(_)
        )
    }

    /// Whether a clock brings it about: where there is one, it is no action of its own.
    pub fn is_by_clock(self) -> bool {
        matches!(self, Self::Age(_) | Self::Expire(_) | Self::TimeOut(_))
    }

    /// Whether time passes.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Age(_) | Self::Expire(_) | Self::Tick(_))
    }
}
