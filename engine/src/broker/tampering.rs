//! What a deliberate bug around a broker may change that no command can: whoever shows that a check bites needs it.
//!
//! Nothing here happens in a real broker. It knows the first database only, tells nobody, and leaves the invariants of
//! the broker whole: what a bug makes of it shows in replies and in what follows. Next: `waiting.rs`, `pending/list.rs`.

use alloc::vec::Vec;
use core::mem;

use super::Broker;
use super::waiting::Waiter;
use crate::{PendingEntry, StreamId};

/// Those who waited for a key, in the order in which they began; they wait for nothing meanwhile.
#[derive(Debug)]
#[must_use = "who waits would wait for ever"]
pub struct SetAside(Vec<Waiter>);

impl Broker {
    /// An entry is pending like this from now on, whether or not it is in the stream; with nothing it is pending no more.
    /// An owner that is unknown becomes a consumer. Where there is no such group nothing happens.
    pub fn set_pending(&mut self, key: &[u8], group: &[u8], id: StreamId, pending: Option<PendingEntry>) {
        let stream = self.databases.first_mut().stream_mut(key);
        let Some(group) = stream.and_then(|stream| stream.group_mut(group)) else {
            return;
        };
        group.list.remove(id);
        if let Some(pending) = pending {
            let (owner, at) = (&pending.consumer, pending.delivered_at);
            group.list.create_consumer(owner, at);
            group.list.assign_if(id, owner, at, at, |_| Some(pending.deliveries));
        }
    }

    /// The last ID of a stream becomes that of its last entry, as if what came after it had never been.
    pub fn forget_last_id(&mut self, key: &[u8]) {
        if let Some(stream) = self.databases.first_mut().stream_mut(key) {
            stream.last_id = stream.entries.last().map_or(StreamId::MIN, |entry| entry.id);
            stream.max_deleted = StreamId::MIN;
        }
    }

    /// Nobody waits any more, until [`Broker::put_back`].
    pub fn set_waiters_aside(&mut self) -> SetAside {
        SetAside(mem::take(&mut self.waiters))
    }

    /// Those who were set aside wait again, before those who began meanwhile.
    pub fn put_back(&mut self, SetAside(mut waiters): SetAside) {
        waiters.append(&mut self.waiters);
        self.waiters = waiters;
    }

    /// Who began to wait last is the first from now on.
    pub fn reverse_waiters(&mut self) {
        self.waiters.reverse();
    }
}
