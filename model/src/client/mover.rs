//! Moves a slot from the node that owns it to another, as `redis-cli --cluster reshard` does.
//!
//! Each command is a step of its own: IMPORTING at the one node, MIGRATING at the other, the keys one by one, then
//! SETSLOT NODE at both, the new owner first. It follows no redirection: it says to which node each command goes. One
//! that comes back after a crash begins again; what is done already answers so, and does no harm. Source:
//! <https://redis.io/docs/latest/commands/cluster-setslot/>.

use redelivery_engine::cluster::{NodeAddress, NodeIndex, Slot, slot_of};
use redelivery_engine::command::{ClusterCommand, Migrate, SlotState};
use redelivery_engine::{Bytes, Command, Reply};
use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::{Intent, Me, Observation, Request};
use crate::event::Event;
use crate::replies;
use crate::setup::ClusterSetup;
use crate::setup::policy::Mover;

/// So many keys are asked for at once.
const KEYS_MAX: i64 = 10;
/// How long a node waits for the other while it sends a key, in milliseconds.
const MIGRATE_TIMEOUT_MS: i64 = 5_000;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
pub enum Memory {
    /// The new owner awaits the slot.
    #[default]
    Import,
    /// The old owner sends clients on.
    Export,
    /// Which keys are there yet?
    Look,
    /// They go, one by one.
    Send(Vec<Bytes>),
    /// The slot is the new owner's: it learns so itself.
    Take,
    /// And the old owner.
    Give,
    /// The others hear of it from the bus.
    Done,
}

/// Its steps, for coverage.
pub(super) const PROGRAM: Program = ("mover", Memory::VARIANTS);

impl Memory {
    pub(super) fn branch(&self) -> Branch {
        (PROGRAM.0, self.into())
    }

    pub(super) fn intent(&self, me: Me<'_>, policy: &Mover) -> Intent {
        let Some((cluster, from)) = place(me, policy) else {
            return Intent::Stop;
        };
        let slot = slot_of(&policy.key);
        let (old, new) = (cluster.address(from), cluster.address(policy.to));
        let set = |to| Command::Cluster(ClusterCommand::SetSlot { slot, to });
        let command = match self {
            Self::Import => set(SlotState::Importing(old.id.clone())),
            Self::Export => set(SlotState::Migrating(new.id.clone())),
            Self::Look => look(slot),
            Self::Send(keys) => match keys.first() {
                Some(key) => migrate(key, new),
                None => look(slot),
            },
            Self::Take | Self::Give => set(SlotState::Node(new.id.clone())),
            Self::Done => return Intent::Stop,
        };
        Intent::Send(Request::One(command))
    }

    /// Where its next command goes.
    pub(super) fn node(&self, me: Me<'_>, policy: &Mover) -> Option<NodeIndex> {
        match self {
            Self::Import | Self::Take => Some(policy.to),
            Self::Export | Self::Look | Self::Send(_) | Self::Give => place(me, policy).map(|(_, from)| from),
            Self::Done => None,
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Mover,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        // What had no reply is sent again.
        let Observation::Reply(reply) = observation else {
            return;
        };
        let refused = reply.is_error();
        *self = match std::mem::take(self) {
            // The slot is there already.
            Self::Import if refused => Self::Give,
            Self::Import => Self::Export,
            // It is gone already.
            Self::Export if refused => Self::Take,
            Self::Export => Self::Look,
            Self::Look => Self::found(reply),
            Self::Send(_) if refused => Self::Look,
            Self::Send(mut keys) => {
                keys.remove(0);
                match keys.is_empty() {
                    true => Self::Look,
                    false => Self::Send(keys),
                }
            }
            Self::Take => Self::Give,
            // Keys have come in the meantime.
            Self::Give if refused => Self::Look,
            Self::Give => {
                tell(Event::SlotMoved {
                    client: me.client,
                    key: policy.key.clone(),
                    to: policy.to,
                });
                Self::Done
            }
            Self::Done => Self::Done,
        };
    }

    fn found(reply: &Reply) -> Self {
        let keys: Vec<Bytes> = match reply {
            Reply::Array(_) => replies::values(reply).cloned().collect(),
            _ => Vec::new(),
        };
        match keys.is_empty() {
            true => Self::Take,
            false => Self::Send(keys),
        }
    }
}

/// The cluster, and the node that owns the slot in the beginning.
fn place<'a>(me: Me<'a>, policy: &Mover) -> Option<(&'a ClusterSetup, NodeIndex)> {
    let cluster = me.setup.cluster.as_ref()?;
    Some((cluster, cluster.owner_of(&policy.key)?))
}

fn look(slot: Slot) -> Command {
    Command::Cluster(ClusterCommand::GetKeysInSlot {
        slot: slot.into(),
        count: KEYS_MAX,
    })
}

fn migrate(key: &Bytes, to: &NodeAddress) -> Command {
    Command::Migrate(Migrate {
        host: to.host.clone(),
        port: to.port.to_string().into(),
        keys: vec![key.clone()],
        is_list: false,
        database: 0,
        timeout_ms: MIGRATE_TIMEOUT_MS,
        copy: false,
        auth: None,
        replace: false,
    })
}
