//! The plainest policy of each role: what a client does that is told nothing but where it belongs, as in the language's
//! defaults. Tests and benches say what differs from it.

use redelivery_engine::Bytes;
use redelivery_engine::command::Subscription;

use super::*;
use crate::setup::GroupIx;

impl Producer {
    /// Adds its messages while the others run, waits for each reply, and sends again what is unknown.
    pub fn plain(key: impl Into<Bytes>, by: AddBy, messages: Vec<Message>) -> Self {
        Self {
            key: key.into(),
            by,
            messages,
            when: When::Meanwhile,
            reply: AwaitReply::Wait,
            on_unknown: OnUnknown::Retry,
            wait: None,
            after: None,
        }
    }
}

impl Consumer {
    /// Reads new entries one by one, works, acknowledges, and starts again under its name.
    pub fn plain(group: GroupIx) -> Self {
        Self {
            group,
            known: false,
            creates_group: None,
            on_no_group: OnNoGroup::Loop,
            reads: Reads::New,
            turns: Turns::InOrder,
            start: Start::New,
            batch: 1,
            block_ms: Some(5_000),
            poll_ms: 1_000,
            acknowledge: Acknowledge::AfterWork,
            wait: None,
            delete: None,
            fails_on: Vec::new(),
            dedup: None,
            effect: Effect::Outside,
            reclaim: None,
            dead_letter: None,
            restart: Restart::SameName,
        }
    }
}

impl Worker {
    /// Takes items, keeps what it moves in a list of its own, works, removes, and starts again under its name.
    pub fn plain(group: GroupIx, take: Take) -> Self {
        Self {
            group,
            take,
            block_ms: 5_000,
            poll_ms: 1_000,
            keeps: Keeps::Own,
            remove: Remove::AfterWork,
            lock_ttl_ms: None,
            finish: Finish::StepByStep,
            dedup: None,
            effect: Effect::Outside,
            fails_on: Vec::new(),
            restore: None,
            restart: Restart::SameName,
        }
    }
}

impl Reaper {
    /// Looks every ten seconds where workers of this kind keep their items, and puts back whatever lies there.
    pub fn plain(group: GroupIx, keeps: Keeps, by: RestoreBy) -> Self {
        Self {
            group,
            keeps,
            every_ms: 10_000,
            restore: Restore {
                when: RestoreWhen::EachRound,
                by,
                unless_locked: false,
            },
        }
    }
}

impl Publisher {
    /// Publishes its messages, waits for each reply, and publishes again what is unknown.
    pub fn plain(channels: Vec<Bytes>, messages: Vec<Message>) -> Self {
        Self {
            channels,
            sharded: false,
            messages,
            reply: AwaitReply::Wait,
            on_unknown: OnUnknown::Retry,
            on_nobody: OnNobody::GoOn,
            poll_ms: 1_000,
            stores: None,
        }
    }
}

impl Subscriber {
    /// Speaks RESP2, has subscribed before anything else happens, and after a loss subscribes to everything again.
    pub fn plain(group: GroupIx, names: Vec<(Subscription, Bytes)>) -> Self {
        Self {
            group,
            names,
            when: When::Beforehand,
            resp3: false,
            confirmation: AwaitReply::Wait,
            subscribes: Subscribes::AllAtOnce,
            resubscribes: Resubscribes::Everything,
            on_slot_moved: OnSlotMoved::Resubscribe,
            catches_up: None,
            drops_duplicates: false,
            leaves_after: None,
            ping_ms: None,
        }
    }
}
