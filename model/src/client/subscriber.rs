//! A subscriber: subscribes to channels and patterns, and works on what it hears, one message after the other.
//!
//! While it works it reads nothing: what comes meanwhile waits on its connection. When it has lost that, it notices once
//! its work is done, and subscribes again. One that catches up reads a stream once it has subscribed, from the last entry
//! that it knows; what it hears before it has done so waits, and comes after what it missed. Of sharded channels it is told
//! when the slot moves, and its subscriptions with it end.
//!
//! One that leaves unsubscribes when it has enough, works on what came until then, and wants nothing more until its
//! process starts again.

use redelivery_engine::command::{Bound, Subscription, XRange};
use redelivery_engine::{Bytes, Command, Push, Reply, StreamId};

use super::{Held, Intent, Me, Observation, Request};
use crate::defect::Defect;
use crate::event::Event;
use crate::replies;
use crate::setup::Message;
use crate::setup::policy::{AwaitReply, Effect, OnSlotMoved, Resubscribes, Subscriber, Subscribes};

/// A set of a subscriber's names, one bit for the place of each.
type Names = u64;

/// A subscriber has no more names than that.
pub const NAMES_MAX: usize = Names::BITS as usize;

/// What the subscriber knows and holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    wanted: Names,
    /// What was confirmed on this connection; where it does not wait for that, what it asked for.
    subscribed: Names,
    /// Whether it has read what it missed before this connection.
    caught_up: bool,
    /// The last entry that it read while catching up.
    last: StreamId,
    /// What it heard before it had caught up.
    held: Vec<Message>,
    /// What it is to work on, the first one now if it works.
    queue: Vec<Message>,
    works: bool,
    /// How many messages it has accepted, where it leaves after some.
    accepted: u32,
    /// What it has received, where it drops duplicates; sorted.
    seen: Vec<Message>,
}

impl Memory {
    pub(super) fn at_start(policy: &Subscriber) -> Self {
        Self {
            wanted: all(policy),
            subscribed: 0,
            caught_up: false,
            last: StreamId::MIN,
            held: Vec::new(),
            queue: Vec::new(),
            works: false,
            accepted: 0,
            seen: Vec::new(),
        }
    }

    pub(super) fn intent(&self, policy: &Subscriber) -> Intent {
        if self.works {
            return Intent::Work(self.queue[0]);
        }
        if let Some(command) = self.change(policy) {
            let request = Request::One(command);
            return match policy.confirmation {
                AwaitReply::Wait => Intent::Send(request),
                AwaitReply::Ignore => Intent::SendOnly(request),
            };
        }
        match &policy.catches_up {
            _ if self.leaves(policy) => Intent::Stop,
            Some(stream) if !self.caught_up => Intent::Send(Request::One(Command::XRange(XRange {
                key: stream.clone(),
                start: Bound::Excluded(self.last),
                end: Bound::Included(StreamId::MAX),
                count: None,
                reverse: false,
            }))),
            _ => Intent::Listen,
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Subscriber,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match observation {
            Observation::Push(push) => self.hear(me, policy, push, tell),
            Observation::Sent => self.subscribed ^= self.next_names(policy),
            // It goes on without what it is refused.
            Observation::Reply(reply) if reply.is_error() && self.next_names(policy) != 0 => {
                let refused = self.next_names(policy);
                self.wanted &= !refused;
                self.subscribed &= !refused;
            }
            Observation::Reply(Reply::Pushes(confirmations)) => self.confirmed(policy, confirmations),
            Observation::Reply(reply) => self.catch_up(me, policy, reply, tell),
            Observation::Done => self.worked(me, policy, tell),
            Observation::Lost => self.lost(me, policy),
        }
        self.begin(me, policy, tell);
    }

    pub(super) fn believes_subscribed(&self) -> bool {
        self.subscribed != 0
    }

    pub(super) fn works_on(&self) -> Option<Message> {
        self.works.then(|| self.queue[0])
    }

    pub(super) fn holds(&self) -> Vec<Held> {
        let in_hand = self.queue.iter().map(|&message| Held::Message {
            message,
            id: None,
            tries: None,
        });
        let early = self.held.iter().copied().map(Held::HeardEarly);
        let known = self.seen.iter().copied().map(Held::Known);
        let read = (self.last != StreamId::MIN).then_some(Held::ReadUpTo(self.last));
        in_hand.chain(early).chain(known).chain(read).collect()
    }

    /// What its next command is about, to which it is not subscribed but wants to be, or the other way round: channels or
    /// patterns, never both.
    fn next_names(&self, policy: &Subscriber) -> Names {
        let other = self.subscribed ^ if self.leaves(policy) { 0 } else { self.wanted };
        match policy.subscribes {
            Subscribes::OneByOne => other & other.wrapping_neg(),
            Subscribes::AllAtOnce => {
                let channels = other & of_kind(policy, Subscription::Channel);
                if channels == 0 { other } else { channels }
            }
        }
    }

    /// The command that brings it nearer to what it wants; it leaves everything or nothing.
    fn change(&self, policy: &Subscriber) -> Option<Command> {
        let names = self.next_names(policy);
        let kind = policy.names.get(names.trailing_zeros() as usize)?.0;
        let named = policy.names.iter().enumerate();
        let asked = named.filter(|(place, _)| names & 1 << place != 0);
        let names = asked.map(|(_, (_, name))| name.clone()).collect();
        Some(match self.leaves(policy) {
            true => Command::Unsubscribe { kind, names },
            false => Command::Subscribe { kind, names },
        })
    }

    /// Whether it has had enough.
    fn leaves(&self, policy: &Subscriber) -> bool {
        policy.leaves_after.is_some_and(|enough| self.accepted >= enough)
    }

    fn confirmed(&mut self, policy: &Subscriber, confirmations: &[Push]) {
        let place = |kind: Subscription, name: &Bytes| {
            places(policy, |(known, wanted): &(Subscription, Bytes)| {
                *known == kind && wanted == name
            })
        };
        for confirmation in confirmations {
            match confirmation {
                Push::Subscribed { kind, name, .. } => self.subscribed |= place(*kind, name),
                Push::Unsubscribed {
                    kind, name: Some(name), ..
                } => self.subscribed &= !place(*kind, name),
                _ => {}
            }
        }
    }

    fn hear(&mut self, me: Me<'_>, policy: &Subscriber, push: &Push, tell: &mut dyn FnMut(Event)) {
        if let Push::Unsubscribed {
            kind, name: Some(name), ..
        } = push
            && policy.on_slot_moved == OnSlotMoved::Resubscribe
        {
            let is_meant = |(known, wanted): &(Subscription, Bytes)| known == kind && wanted == name;
            self.subscribed &= !places(policy, is_meant);
            self.caught_up = false;
        }
        let Some((channel, pattern, message)) = me.setup.published_by(push) else {
            return;
        };
        let kept = !policy.drops_duplicates || self.seen.binary_search(&message).is_err();
        tell(Event::Heard {
            client: me.client,
            group: policy.group,
            message,
            from: me.setup.publisher_of(message),
            channel: channel.clone(),
            kept,
            pattern: pattern.cloned(),
        });
        if policy.catches_up.is_some() && !self.caught_up {
            self.held.push(message);
        } else {
            self.accept(me, policy, message, tell);
        }
    }

    fn catch_up(&mut self, me: Me<'_>, policy: &Subscriber, reply: &Reply, tell: &mut dyn FnMut(Event)) {
        for entry in replies::entries(reply) {
            self.last = entry.id;
            let carried = entry.fields.as_deref().and_then(|fields| me.setup.message_of(fields));
            if let Some(message) = carried {
                let (client, group) = (me.client, policy.group);
                tell(Event::CaughtUp { client, group, message });
                self.accept(me, policy, message, tell);
            }
        }
        self.caught_up = true;
        for message in std::mem::take(&mut self.held) {
            self.accept(me, policy, message, tell);
        }
    }

    fn accept(&mut self, me: Me<'_>, policy: &Subscriber, message: Message, tell: &mut dyn FnMut(Event)) {
        if policy.drops_duplicates {
            match self.seen.binary_search(&message) {
                Ok(_) => {
                    let client = me.client;
                    return tell(Event::DuplicateSkipped { client, message });
                }
                Err(place) => self.seen.insert(place, message),
            }
        }
        self.queue.push(message);
        // Without a limit, or beyond it, it does not count: worlds would differ in nothing else.
        if policy.leaves_after.is_some() && !self.leaves(policy) {
            self.accepted += 1;
            if self.leaves(policy) {
                let (client, group) = (me.client, policy.group);
                tell(Event::Left { client, group });
            }
        }
    }

    fn lost(&mut self, me: Me<'_>, policy: &Subscriber) {
        self.wanted = match policy.resubscribes {
            Resubscribes::Nothing => return,
            Resubscribes::Everything => all(policy),
            Resubscribes::WhatWasConfirmed => self.subscribed,
        };
        if me.setup.defect == Some(Defect::SubscriberForgetsOne) {
            self.wanted &= self.wanted >> 1;
        }
        self.subscribed = 0;
        self.caught_up = false;
    }

    /// Begins to work, once it is subscribed and has caught up.
    fn begin(&mut self, me: Me<'_>, policy: &Subscriber, tell: &mut dyn FnMut(Event)) {
        let Some(&message) = self.queue.first().filter(|_| !self.works) else {
            return;
        };
        if matches!(self.intent(policy), Intent::Listen | Intent::Stop) {
            self.works = true;
            let (client, group) = (me.client, policy.group);
            tell(Event::WorkStarted { client, group, message });
        }
    }

    fn worked(&mut self, me: Me<'_>, policy: &Subscriber, tell: &mut dyn FnMut(Event)) {
        let message = self.queue.remove(0);
        self.works = false;
        let (client, group) = (me.client, policy.group);
        tell(Event::WorkEnded {
            client,
            group,
            message,
            failed: false,
        });
        let place = Effect::Outside;
        tell(Event::Effect { group, message, place });
    }
}

fn all(policy: &Subscriber) -> Names {
    places(policy, |_| true)
}

fn of_kind(policy: &Subscriber, kind: Subscription) -> Names {
    places(policy, |(known, _)| *known == kind)
}

fn places(policy: &Subscriber, is_meant: impl Fn(&(Subscription, Bytes)) -> bool) -> Names {
    let meant = policy.names.iter().take(NAMES_MAX).enumerate();
    let bit = |(place, name)| Names::from(is_meant(name)) << place;
    meant.map(bit).fold(0, |names, bit| names | bit)
}
