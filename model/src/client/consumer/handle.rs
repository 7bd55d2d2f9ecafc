//! Handling the entry at hand: deduplication, work, effect, acknowledgement, routing.

use redelivery_engine::command::{Bound, PendingRange, XPending};
use redelivery_engine::{Bytes, Command, Reply};

use super::super::{Intent, Me, Observation, Request, producer};
use super::{Item, Memory, Step};
use crate::defect::Defect;
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{Acknowledge, Consumer, DeadLetter, DedupBy, Effect, Mark, RouteOrder};
use crate::setup::{GROUP_FIELD, keys};

impl Step {
    /// What is done again, or instead, when the reply to a step's request was lost.
    pub(super) fn after_lost_reply(self, policy: &Consumer) -> Self {
        match self {
            // The new connection watches nothing.
            Self::Look if watches(policy) => Self::Watch,
            Self::Commit => Self::Watch,
            step => step,
        }
    }
}

impl Memory {
    /// Begins with what was just fetched.
    pub(super) fn begin(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        if policy.acknowledge == Acknowledge::OnReceipt && !self.queue.is_empty() {
            self.step = Some(Step::AckOnReceipt);
        } else {
            self.begin_item(me, policy, tell);
        }
    }

    fn begin_item(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        let Some(item) = self.queue.first() else {
            self.step = None;
            return;
        };
        match (&policy.dead_letter, item.deliveries) {
            (Some(_), None) => self.step = Some(Step::Inspect),
            (Some(dead_letter), Some(deliveries)) if deliveries > limit(me, dead_letter) => {
                self.step = Some(match dead_letter.order {
                    RouteOrder::AddThenAck => Step::RouteAdd,
                    RouteOrder::AckThenAdd => Step::RouteAck,
                    RouteOrder::Transaction => Step::RouteBoth,
                });
            }
            _ => self.open_item(me, policy, tell),
        }
    }

    fn open_item(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.dedup.map(|dedup| dedup.mark) {
            Some(Mark::Before) => self.step = Some(Step::MarkBefore),
            Some(Mark::After) => self.step = Some(Step::Look),
            Some(Mark::Atomic) => self.step = Some(Step::Watch),
            None => self.start_work(me, policy, tell),
        }
    }

    fn start_work(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        let message = self.queue[0].message;
        let client = me.client;
        let group = policy.group;
        tell(Event::WorkStarted { client, group, message });
        self.step = Some(Step::Work);
    }

    fn next_item(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        self.queue.remove(0);
        self.begin_item(me, policy, tell);
    }

    pub(super) fn step_intent(&self, step: Step, me: Me<'_>, policy: &Consumer) -> Intent {
        let item = &self.queue[0];
        let one = |command| Intent::Send(Request::One(command));
        match step {
            Step::Work => Intent::Work(item.message),
            Step::AckOnReceipt => one(acknowledge(me, policy, &self.queue)),
            Step::Ack | Step::RouteAck => one(acknowledge(me, policy, &self.queue[..1])),
            Step::Inspect => one(inspect(me, policy, item)),
            Step::Watch => one(Command::Watch {
                keys: vec![keys::marks(me.setup, policy.group)],
            }),
            Step::Unwatch => one(Command::Unwatch),
            Step::Look => one(Command::SIsMember {
                key: keys::marks(me.setup, policy.group),
                member: mark(me, policy, item),
            }),
            Step::MarkBefore | Step::MarkAfter => one(set_mark(me, policy, item)),
            Step::Apply => one(apply(me, policy, item)),
            Step::Commit => Intent::Send(Request::Transaction(commit(me, policy, item))),
            Step::RouteAdd => one(route(me, policy, item)),
            Step::RouteBoth => Intent::Send(Request::Transaction(vec![
                route(me, policy, item),
                acknowledge(me, policy, &self.queue[..1]),
            ])),
        }
    }

    pub(super) fn stepped(
        &mut self,
        step: Step,
        me: Me<'_>,
        policy: &Consumer,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        let reply = match observation {
            Observation::Reply(reply) if reply.is_error() => return self.give_up(),
            Observation::Reply(reply) => reply,
            _ => return self.worked(me, policy, tell),
        };
        let message = self.queue[0].message;
        let client = me.client;
        let seen_before = |tell: &mut dyn FnMut(Event)| tell(Event::DuplicateSkipped { client, message });
        match step {
            Step::Work => unreachable!("work has no reply"),
            Step::AckOnReceipt => self.begin_item(me, policy, tell),
            Step::Inspect => match replies::pending_rows(reply).first() {
                Some(row) => {
                    self.queue[0].deliveries = Some(row.deliveries);
                    self.begin_item(me, policy, tell);
                }
                // Somebody has acknowledged it in the meantime.
                None => self.next_item(me, policy, tell),
            },
            Step::Watch => self.step = Some(Step::Look),
            Step::Unwatch => self.close_item(me, policy, tell),
            Step::Look if *reply == Reply::Integer(0) => self.start_work(me, policy, tell),
            Step::Look => {
                seen_before(tell);
                if watches(policy) {
                    self.step = Some(Step::Unwatch);
                } else {
                    self.close_item(me, policy, tell);
                }
            }
            Step::MarkBefore if *reply == Reply::Integer(1) => self.start_work(me, policy, tell),
            Step::MarkBefore => {
                seen_before(tell);
                self.close_item(me, policy, tell);
            }
            Step::Apply => self.after_effect(me, policy, tell),
            Step::MarkAfter => self.close_item(me, policy, tell),
            Step::Commit if matches!(reply, Reply::Null | Reply::NullArray) => {
                tell(Event::TransactionRefused { client });
                self.step = Some(Step::Watch);
            }
            Step::RouteAdd if route_order(policy) == RouteOrder::AddThenAck => self.step = Some(Step::RouteAck),
            Step::RouteAck if route_order(policy) == RouteOrder::AckThenAdd => self.step = Some(Step::RouteAdd),
            Step::RouteAdd | Step::RouteAck | Step::RouteBoth => {
                if me.setup.defect == Some(Defect::WorksAfterRouting) {
                    self.open_item(me, policy, tell);
                } else {
                    self.next_item(me, policy, tell);
                }
            }
            Step::Commit | Step::Ack => self.next_item(me, policy, tell),
        }
    }

    fn worked(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        let message = self.queue[0].message;
        let client = me.client;
        let failed = policy.fails_on.contains(&message);
        let group = policy.group;
        tell(Event::WorkEnded {
            client,
            group,
            message,
            failed,
        });
        if failed {
            return self.next_item(me, policy, tell);
        }
        match policy.effect {
            Effect::Broker if watches(policy) => self.step = Some(Step::Commit),
            Effect::Broker => self.step = Some(Step::Apply),
            place => {
                tell(Event::Effect { group, message, place });
                self.after_effect(me, policy, tell);
            }
        }
    }

    fn after_effect(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.dedup.map(|dedup| dedup.mark) {
            Some(Mark::Atomic) => self.step = Some(Step::Commit),
            Some(Mark::After) => self.step = Some(Step::MarkAfter),
            Some(Mark::Before) | None => self.close_item(me, policy, tell),
        }
    }

    fn close_item(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.acknowledge {
            Acknowledge::AfterWork => self.step = Some(Step::Ack),
            _ => self.next_item(me, policy, tell),
        }
    }
}

fn watches(policy: &Consumer) -> bool {
    policy.dedup.is_some_and(|dedup| dedup.mark == Mark::Atomic)
}

fn dead_letter(policy: &Consumer) -> &DeadLetter {
    policy
        .dead_letter
        .as_ref()
        .expect("only a policy with a dead-letter stream routes")
}

fn route_order(policy: &Consumer) -> RouteOrder {
    dead_letter(policy).order
}

fn limit(me: Me<'_>, dead_letter: &DeadLetter) -> u64 {
    let late = me.setup.defect == Some(Defect::DeadLetterLimitOffByOne);
    dead_letter.limit + u64::from(late)
}

fn acknowledge(me: Me<'_>, policy: &Consumer, items: &[Item]) -> Command {
    let group = me.setup.group(policy.group);
    Command::XAck {
        key: group.stream.clone(),
        group: group.name.clone(),
        ids: items.iter().map(|item| item.id).collect(),
    }
}

fn inspect(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    let group = me.setup.group(policy.group);
    Command::XPending(XPending {
        key: group.stream.clone(),
        group: group.name.clone(),
        range: Some(PendingRange {
            min_idle_ms: 0,
            start: Bound::Included(item.id),
            end: Bound::Included(item.id),
            count: 1,
            consumer: None,
        }),
    })
}

fn mark(me: Me<'_>, policy: &Consumer, item: &Item) -> Bytes {
    match policy.dedup.expect("only a policy with marks sets one").by {
        DedupBy::MessageKey => me.setup.messages.key(item.message).clone(),
        DedupBy::EntryId => Bytes::from(item.id.to_string()),
    }
}

fn set_mark(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    Command::SAdd {
        key: keys::marks(me.setup, policy.group),
        members: vec![mark(me, policy, item)],
    }
}

fn apply(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    Command::Incr {
        key: keys::effect(me.setup, policy.group, item.message),
    }
}

fn commit(me: Me<'_>, policy: &Consumer, item: &Item) -> Vec<Command> {
    let mut commands = vec![set_mark(me, policy, item)];
    if policy.effect == Effect::Broker {
        commands.push(apply(me, policy, item));
    }
    if policy.acknowledge == Acknowledge::AfterWork {
        commands.push(acknowledge(me, policy, std::slice::from_ref(item)));
    }
    commands
}

fn route(me: Me<'_>, policy: &Consumer, item: &Item) -> Command {
    let mut add = producer::add(me.setup, &dead_letter(policy).stream, item.message);
    add.fields.push(Bytes::from(GROUP_FIELD));
    add.fields.push(me.setup.group(policy.group).name.clone());
    Command::XAdd(add)
}
