//! The commands of those who work on a list, and the names of the keys that they agree on.

use redelivery_engine::command::{LMPop, LMove, LPos, ListEnd, Push};
use redelivery_engine::{Bytes, Command, Millis};

use super::{Me, consumer_name, marks};
use crate::setup::policy::{Keeps, Take, Worker};
use crate::setup::{GroupIx, Message, keys};

/// Where a worker keeps what it has moved.
pub(super) fn place(me: Me<'_>, group: GroupIx, keeps: Keeps) -> Bytes {
    match keeps {
        Keeps::Own => keys::own_processing(me.setup, group, &consumer_name(me)),
        Keeps::Shared => keys::processing(me.setup, group),
        Keeps::Circle => me.setup.group(group).key.clone(),
    }
}

/// The command that takes an item.
pub(super) fn take(me: Me<'_>, policy: &Worker) -> Command {
    let key = me.setup.group(policy.group).key.clone();
    let timeout_ms = policy.block_ms;
    let pop = |end| Command::Pop {
        key: key.clone(),
        end,
        count: None,
    };
    let bpop = |end| Command::BPop {
        keys: vec![key.clone()],
        end,
        timeout_ms,
    };
    let destination = || place(me, policy.group, policy.keeps);
    let lmove = || move_item(key.clone(), destination(), ListEnd::Right, ListEnd::Left);
    match policy.take {
        Take::Lpop => pop(ListEnd::Left),
        Take::Rpop => pop(ListEnd::Right),
        Take::Blpop => bpop(ListEnd::Left),
        Take::Brpop => bpop(ListEnd::Right),
        Take::Blmpop => Command::BLMPop {
            lmpop: LMPop {
                keys: vec![key.clone()],
                end: ListEnd::Right,
                count: 1,
            },
            timeout_ms,
        },
        Take::Rpoplpush => Command::RPopLPush {
            source: key.clone(),
            destination: destination(),
        },
        Take::Brpoplpush => Command::BRPopLPush {
            source: key.clone(),
            destination: destination(),
            timeout_ms,
        },
        Take::Lmove => Command::LMove(lmove()),
        Take::Blmove => Command::BLMove {
            lmove: lmove(),
            timeout_ms,
        },
    }
}

/// From one list to another.
pub(super) fn move_item(source: Bytes, destination: Bytes, from: ListEnd, to: ListEnd) -> LMove {
    LMove {
        source,
        destination,
        from,
        to,
    }
}

/// RPUSH: what is put back is taken next.
pub(super) fn put_back(me: Me<'_>, group: GroupIx, messages: &[Message]) -> Command {
    let value = |message: &Message| me.setup.messages.key(*message).clone();
    Command::Push(Push {
        key: me.setup.group(group).key.clone(),
        elements: messages.iter().map(value).collect(),
        end: ListEnd::Right,
        if_present: false,
    })
}

/// LREM of one item.
pub(super) fn remove(me: Me<'_>, place: Bytes, message: Message) -> Command {
    Command::LRem {
        key: place,
        count: 1,
        element: me.setup.messages.key(message).clone(),
    }
}

/// LPOS: whether the item lies there.
pub(super) fn find(me: Me<'_>, place: Bytes, message: Message) -> Command {
    Command::LPos(LPos {
        key: place,
        element: me.setup.messages.key(message).clone(),
        rank: 1,
        count: None,
        max_len: 0,
    })
}

/// SET … NX of the lock on an item; the value says whose it is.
pub(super) fn lock(me: Me<'_>, group: GroupIx, message: Message, ttl_ms: Millis) -> Command {
    marks::set_if_absent(keys::lock(me.setup, group, message), consumer_name(me), Some(ttl_ms))
}

/// DEL of it.
pub(super) fn unlock(me: Me<'_>, group: GroupIx, message: Message) -> Command {
    Command::Del {
        keys: vec![keys::lock(me.setup, group, message)],
    }
}
