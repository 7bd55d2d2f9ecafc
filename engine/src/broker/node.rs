//! A broker that is a node of a cluster: CLUSTER, ASKING, what the bus brings, and slots that go away.
//!
//! It knows of other nodes what `cluster/membership.rs` says, and never reaches into one. Outside a cluster these commands
//! are refused. Read next: `redirection.rs`.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Broker, Ready};
use crate::cluster::{Changes, Membership, Message, NodeIndex, SLOTS, Slot, SlotRange, slot_of};
use crate::command::{ClusterCommand, Migrate};
use crate::databases::Database;
use crate::errors::fixed;
use crate::keyspace::Value;
use crate::notifications::Class;
use crate::run::{self, integer};
use crate::syntax::{Failure, OUT_OF_RANGE};
use crate::{AutoIds, Bytes, ClientId, Command, Millis, Reply};

const NO_CLUSTER: Reply = fixed("ERR This instance has cluster support disabled");
const NO_SELECTING: Reply = fixed("ERR SELECT is not allowed in cluster mode");
const NO_SWAPPING: Reply = fixed("ERR SWAPDB is not allowed in cluster mode");
const NO_KEY: Reply = Reply::Status(alloc::borrow::Cow::Borrowed("NOKEY"));

/// What MIGRATE carries: a value, and when its time to live ends.
pub(crate) type Carried = (Value, Option<Millis>);

/// How keys that are here get to another node: with the answer of MIGRATE.
pub(crate) type Carry<'a> = dyn FnMut(&mut Broker, Carriage<'_>) -> Reply + 'a;

/// What MIGRATE has to carry.
pub(crate) struct Carriage<'a> {
    pub(crate) command: &'a Migrate,
    /// Those that there are.
    pub(crate) keys: Vec<Bytes>,
    /// Waiters of these keys must try again once the command or transaction has ended.
    pub(crate) ready: &'a mut Ready,
    pub(crate) now: Millis,
}

impl Broker {
    pub(crate) fn of_cluster(membership: Membership) -> Self {
        Self {
            membership: Some(Arc::new(membership)),
            ..Self::default()
        }
    }

    pub(crate) fn and_auto_ids(self, auto_ids: AutoIds) -> Self {
        Self { auto_ids, ..self }
    }

    /// The answer of a node of a cluster, which has one database.
    pub(super) fn refuse_databases(&self, command: &Command) -> Option<Reply> {
        self.membership.as_ref()?;
        match command {
            Command::Select {
                database: Database::FIRST,
            } => None,
            Command::Select { .. } => Some(NO_SELECTING),
            Command::SwapDb { .. } => Some(NO_SWAPPING),
            _ => None,
        }
    }

    /// The same for arguments that are wrong in themselves.
    pub(super) fn refuse_databases_by_name(&self, failure: &Failure) -> Option<Reply> {
        self.membership.as_ref()?;
        let is = |known: &[u8]| {
            failure
                .argv
                .first()
                .is_some_and(|name| name.eq_ignore_ascii_case(known))
        };
        match () {
            // Before they are read.
            () if is(b"SWAPDB") => Some(NO_SWAPPING),
            () if is(b"SELECT") && failure.error == OUT_OF_RANGE => Some(NO_SELECTING),
            () => None,
        }
    }

    /// Executes a command that is about the node; none for any other.
    pub(super) fn apply_to_node(&mut self, client: ClientId, command: &Command, now: Millis) -> Option<Reply> {
        Some(match command {
            Command::Cluster(_) | Command::Asking | Command::ReadOnly | Command::ReadWrite
                if self.membership.is_none() =>
            {
                NO_CLUSTER
            }
            Command::Asking => {
                self.change_membership(|known| known.ask_once(client));
                Reply::OK
            }
            // A master serves its slots in either mode.
            Command::ReadOnly | Command::ReadWrite => Reply::OK,
            Command::Cluster(command) => self.cluster(command, now).unwrap_or_else(|error| error),
            _ => return None,
        })
    }

    fn cluster(&mut self, command: &ClusterCommand, now: Millis) -> Result<Reply, Reply> {
        let ones = |slots: &[Slot]| slots.iter().map(|slot| SlotRange::one(*slot)).collect::<Vec<_>>();
        match command {
            ClusterCommand::AddSlots { slots } => self.add_slots(&ones(slots)),
            ClusterCommand::AddSlotsRange { ranges } => self.add_slots(ranges),
            ClusterCommand::DelSlots { slots } => self.del_slots(&ones(slots), now),
            ClusterCommand::DelSlotsRange { ranges } => self.del_slots(ranges, now),
            ClusterCommand::SetSlot { slot, to } => {
                let has_keys = !self.keys_of(&[SlotRange::one(*slot)], now).is_empty();
                let changes = self.change_membership(|known| known.set_slot(*slot, to, has_keys));
                self.take(changes.unwrap_or(Err(NO_CLUSTER))?, now);
                Ok(Reply::OK)
            }
            ClusterCommand::CountKeysInSlot { slot } => {
                let slot = valid(*slot).ok_or(fixed("ERR Invalid slot"))?;
                Ok(integer(self.keys_of(&[SlotRange::one(slot)], now).len()))
            }
            ClusterCommand::GetKeysInSlot { slot, count } => {
                let both = valid(*slot).zip(usize::try_from(*count).ok());
                let (slot, count) = both.ok_or(fixed("ERR Invalid slot or number of keys"))?;
                let keys = self.keys_of(&[SlotRange::one(slot)], now).into_iter().take(count);
                Ok(Reply::Array(keys.map(Reply::Bulk).collect()))
            }
            ClusterCommand::KeySlot { key } => Ok(Reply::Integer(slot_of(key).into())),
            ClusterCommand::Help => Ok(run::help_of_cluster()),
            ClusterCommand::Info => self.describe(Membership::describe_state),
            ClusterCommand::MyId => self.describe(Membership::own_id),
            ClusterCommand::MyShardId => self.describe(Membership::own_shard_id),
            ClusterCommand::Links => self.describe(Membership::describe_links),
            ClusterCommand::FlushSlots if self.has_keys() => {
                Err(fixed("ERR DB must be empty to perform CLUSTER FLUSHSLOTS."))
            }
            ClusterCommand::FlushSlots => {
                let changes = self.change_membership(Membership::flush_slots);
                self.take(changes.unwrap_or(Err(NO_CLUSTER))?, now);
                Ok(Reply::OK)
            }
            ClusterCommand::BumpEpoch => self.change_membership(Membership::bump_epoch).ok_or(NO_CLUSTER),
            ClusterCommand::Members(command) => {
                let has_keys = self.has_keys();
                let answer = self.membership().map(|known| known.about_members(command, has_keys));
                answer.ok_or(NO_CLUSTER)
            }
            ClusterCommand::Nodes => self.describe(Membership::describe_nodes),
            ClusterCommand::Slots => self.describe(Membership::describe_slots),
            ClusterCommand::Shards => self.describe(Membership::describe_shards),
        }
    }

    fn describe(&self, describe: fn(&Membership) -> Reply) -> Result<Reply, Reply> {
        self.membership().map(describe).ok_or(NO_CLUSTER)
    }

    fn add_slots(&mut self, ranges: &[SlotRange]) -> Result<Reply, Reply> {
        let added = self.change_membership(|known| known.add_slots(ranges));
        added.unwrap_or(Err(NO_CLUSTER)).map(|()| Reply::OK)
    }

    fn del_slots(&mut self, ranges: &[SlotRange], now: Millis) -> Result<Reply, Reply> {
        let changes = self.change_membership(|known| known.del_slots(ranges));
        self.take(changes.unwrap_or(Err(NO_CLUSTER))?, now);
        Ok(Reply::OK)
    }

    /// What another node has told arrives.
    pub(crate) fn hear(&mut self, from: NodeIndex, message: &Message, now: Millis) {
        match message {
            Message::Publish { channel, message } => {
                self.change_membership(Membership::count_received);
                self.deliver(false, channel, message);
            }
            Message::Claim { epoch, slots } => {
                let changes = self.change_membership(|known| known.hear(from, *epoch, slots));
                self.take(changes.unwrap_or_default(), now);
            }
        }
        self.debug_assert_invariants();
    }

    /// What was kept of a node that is no more takes its place, with what it knew of its cluster.
    pub(crate) fn in_place_of(self, before: &Self) -> Self {
        let node = Self {
            membership: before.membership().map(|known| Arc::new(known.started_again())),
            ..self.going_on_from(before)
        };
        match before.log {
            Some(_) => node.propagating(),
            None => node,
        }
    }

    /// It serves no key from now on, or does again.
    pub(crate) fn set_down(&mut self, is_down: bool) {
        if self.membership().is_some_and(|known| known.is_down() != is_down) {
            self.change_membership(|known| known.set_down(is_down));
            self.redirect_waiters();
        }
        self.debug_assert_invariants();
    }

    /// Draws the consequences of slots that have another owner now.
    fn take(&mut self, changes: Changes, now: Millis) {
        if !changes.reassigned.is_empty() {
            self.end_shard_subscriptions(|channel| Membership::is_of(&changes.reassigned, channel));
        }
        let lost = self.keys_of(&changes.lost, now);
        if !lost.is_empty() {
            // No event tells of them.
            let ((), ready) = self.with_keys(Database::FIRST, now, |db| {
                for key in &lost {
                    db.discard(key);
                }
            });
            self.serve(ready, now);
        }
        self.redirect_waiters();
    }

    pub(crate) fn claim_slots(&mut self) {
        self.change_membership(Membership::claim);
    }

    pub(crate) fn take_outgoing(&mut self) -> Vec<Message> {
        if self.membership().is_some_and(Membership::has_outgoing) {
            self.change_membership(Membership::take_outgoing).unwrap_or_default()
        } else {
            Vec::new()
        }
    }

    pub(crate) fn forget_bus_counts(&mut self) {
        // Where nothing changes, what is shared with other copies stays shared.
        if self.membership().is_some_and(Membership::has_counted) {
            self.change_membership(Membership::forget_counts);
        }
    }

    /// The keys of these slots that are here, whether or not the slots are.
    fn keys_of(&mut self, ranges: &[SlotRange], now: Millis) -> Vec<Bytes> {
        if ranges.is_empty() {
            return Vec::new();
        }
        let (keys, ready) = self.with_keys(Database::FIRST, now, |db| {
            let keys = db.keys().map(|(key, _)| key);
            keys.filter(|key| Membership::is_of(ranges, key)).cloned().collect()
        });
        self.serve(ready, now);
        keys
    }

    /// <https://redis.io/docs/latest/commands/migrate/>
    pub(super) fn migrate(
        &mut self,
        command: &Migrate,
        ready: &mut Ready,
        now: Millis,
        carry: &mut Carry<'_>,
    ) -> Reply {
        let keys: Vec<Bytes> = self.with_keys_and(ready, Database::FIRST, now, |db| {
            let present = command.keys.iter().filter(|key| db.contains(key));
            present.cloned().collect()
        });
        if keys.is_empty() {
            return NO_KEY;
        }
        carry(
            self,
            Carriage {
                command,
                keys,
                ready,
                now,
            },
        )
    }

    /// A value as MIGRATE sends it.
    pub(crate) fn value_to_migrate(&mut self, key: &[u8], now: Millis) -> Option<Carried> {
        let (carried, _) = self.with_keys(Database::FIRST, now, |db| {
            Some((db.value(key)?.clone(), db.expires_at(key)))
        });
        carried
    }

    /// A key arrives by MIGRATE, as by a client that has sent ASKING.
    ///
    /// # Errors
    /// With the answer of this node when it does not take it.
    pub(crate) fn restore(&mut self, key: &Bytes, carried: Carried, replace: bool, now: Millis) -> Result<(), Reply> {
        let named = crate::cluster::Named::by(&[Bytes::from("SET"), key.clone()]);
        let membership = self.membership.clone();
        let (value, expires_at) = carried;
        let (result, ready) = self.with_keys(Database::FIRST, now, |db| {
            let elsewhere = membership.and_then(|known| known.redirect(&named, true, |key| db.contains(key)));
            if let Some(error) = elsewhere {
                return Err(error);
            }
            if db.contains(key) && !replace {
                return Err(fixed("BUSYKEY Target key name already exists."));
            }
            db.discard(key);
            db.insert(key, value);
            db.set_expires_at(key, expires_at);
            db.notify(Class::Generic, "restore", key);
            Ok(())
        });
        self.serve(ready, now);
        result
    }

    /// Keys that MIGRATE has carried away are no more here.
    pub(crate) fn drop_migrated(&mut self, keys: &[Bytes], ready: &mut Ready, now: Millis) {
        self.with_keys_and(ready, Database::FIRST, now, |db| {
            for key in keys {
                db.discard(key);
                // Also of one that was named twice.
                db.notify(Class::Generic, "del", key);
            }
        });
    }

    fn has_keys(&self) -> bool {
        !self.databases.first().is_empty()
    }
}

fn valid(slot: i64) -> Option<Slot> {
    Slot::try_from(slot).ok().filter(|slot| *slot < SLOTS)
}
