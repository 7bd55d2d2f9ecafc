//! Handling the entry at hand: deduplication, work, effect, acknowledgement, routing.

use redelivery_engine::{Command, Reply};

use super::super::{Intent, Me, Observation, Request, Script, Work, consumer_name, script};
use super::requests::{acknowledge, apply, count_failure, delete, inspect, recall_failures, route};
use super::{Item, Memory, Step, marks};
use crate::defect::{self, Defect};
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{Acknowledge, Consumer, DeadLetter, Delete, Effect, Mark, Otherwise, RouteOrder, Tries};

impl Step {
    /// What is done again, or instead, when the reply to a step's request was lost.
    pub(super) fn after_lost_reply(self, policy: &Consumer) -> Self {
        match self {
            // The new connection watches nothing.
            Self::AskOwner | Self::Commit if watches_stream(policy) => Self::WatchStream,
            Self::Look | Self::AskOwner | Self::Commit if watches(policy) => Self::Watch,
            Self::RouteBoth if route_order(policy) == RouteOrder::Guarded => Self::Watch,
            // On another connection WAIT would not speak of the acknowledgement.
            Self::Confirm if policy.acknowledge == Acknowledge::OnReceipt => Self::AckOnReceipt,
            Self::Confirm => Self::AckFirst,
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
        match policy.routes() {
            Some(dead_letter) if item.tries.is_none() => {
                self.step = Some(match dead_letter.counts {
                    Tries::Deliveries => Step::Inspect,
                    Tries::Failures => Step::RecallFailures,
                });
            }
            Some(dead_letter) if is_over(me, dead_letter, item) => {
                self.step = Some(match dead_letter.order {
                    RouteOrder::AddThenAck => Step::RouteAdd,
                    RouteOrder::AckThenAdd => Step::RouteAck,
                    RouteOrder::Transaction => Step::RouteBoth,
                    RouteOrder::Guarded => Step::Watch,
                });
            }
            _ if policy.acknowledge == Acknowledge::OnReceiptIfFirst => self.step = Some(Step::AckFirst),
            _ => self.open_item(me, policy, tell),
        }
    }

    fn open_item(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.dedup.map(|dedup| dedup.mark) {
            Some(Mark::Before) => self.step = Some(Step::MarkBefore),
            Some(Mark::After) => self.step = Some(Step::Look),
            Some(Mark::Atomic) => self.step = Some(Step::Watch),
            Some(Mark::Script) => self.step = Some(Step::MarkAndWork),
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
            Step::AckFirst | Step::Ack | Step::RouteAck => one(acknowledge(me, policy, &self.queue[..1])),
            Step::Inspect | Step::AskOwner => one(inspect(me, policy, item)),
            Step::Watch => one(marks::watch(me, policy, item)),
            Step::WatchStream => one(Command::Watch {
                keys: vec![me.setup.group(policy.group).key.clone()],
            }),
            Step::RecallFailures => one(recall_failures(me, policy, item)),
            Step::CountFailure => one(count_failure(me, policy, item)),
            Step::Unwatch | Step::UnwatchDropped => one(Command::Unwatch),
            Step::Look => one(marks::look(me, policy, item)),
            Step::MarkBefore | Step::MarkAfter => one(marks::set(me, policy, item)),
            Step::MarkAndWork => Intent::Send(Request::Script(Script::Work(Box::new(Work {
                mark: marks::set(me, policy, item),
                apply: apply(me, policy, item),
            })))),
            Step::Apply => one(apply(me, policy, item)),
            Step::Commit => Intent::Send(Request::Transaction(commit(me, policy, item))),
            Step::Delete => one(delete(me, policy, item)),
            Step::AckAndDelete => Intent::Send(Request::Transaction(vec![
                acknowledge(me, policy, &self.queue[..1]),
                delete(me, policy, item),
            ])),
            Step::RouteAdd => one(route(me, policy, dead_letter(policy), item)),
            Step::RouteBoth => Intent::Send(Request::Transaction(self.routing(me, policy))),
            Step::Confirm => one(Command::Wait {
                replicas: 1,
                timeout_ms: policy.wait.map_or(0, |wait| wait.timeout_ms),
            }),
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
            Observation::Reply(reply) if reply.is_error() => return self.refused(policy, reply),
            Observation::Reply(reply) => reply,
            _ => return self.worked(me, policy, tell),
        };
        let message = self.queue[0].message;
        let client = me.client;
        let seen_before = |tell: &mut dyn FnMut(Event)| tell(Event::DuplicateSkipped { client, message });
        match step {
            Step::Work => unreachable!("work has no reply"),
            Step::AckOnReceipt => self.acknowledged(me, policy, tell),
            Step::AckFirst if *reply == Reply::Integer(1) => self.acknowledged(me, policy, tell),
            Step::Confirm if matches!(reply, Reply::Integer(1..)) => self.confirmed(me, policy, tell),
            Step::Confirm => {
                tell(Event::NotReplicated { client, message });
                match policy.wait.map(|wait| wait.otherwise).unwrap_or_default() {
                    Otherwise::Retry => {}
                    Otherwise::GoOn => self.confirmed(me, policy, tell),
                    Otherwise::GiveUp => self.give_up(me, policy, tell),
                }
            }
            Step::AckFirst | Step::UnwatchDropped | Step::CountFailure => self.next_item(me, policy, tell),
            Step::RecallFailures => {
                self.queue[0].tries = Some(replies::number(reply).unwrap_or(0) + 1);
                self.begin_item(me, policy, tell);
            }
            Step::Inspect => match replies::pending_rows(reply).first() {
                Some(row) => {
                    self.queue[0].tries = Some(row.deliveries);
                    self.begin_item(me, policy, tell);
                }
                // Somebody has acknowledged it in the meantime.
                None => self.next_item(me, policy, tell),
            },
            Step::Watch => self.step = Some(Step::Look),
            Step::WatchStream => self.step = Some(Step::AskOwner),
            Step::Unwatch => self.close_item(me, policy, tell),
            Step::Look if !marks::is_found(reply) => match &policy.dead_letter {
                Some(dead_letter) if is_over(me, dead_letter, &self.queue[0]) => self.step = Some(Step::RouteBoth),
                _ => self.start_work(me, policy, tell),
            },
            Step::Look => {
                seen_before(tell);
                if watches(policy) {
                    self.step = Some(Step::Unwatch);
                } else {
                    self.close_item(me, policy, tell);
                }
            }
            Step::MarkBefore if marks::is_new(reply) => self.start_work(me, policy, tell),
            Step::MarkAndWork if marks::is_new(reply) => {
                script::tell_work(client, policy.group, message, tell);
                self.close_item(me, policy, tell);
            }
            Step::MarkBefore | Step::MarkAndWork => {
                seen_before(tell);
                self.close_item(me, policy, tell);
            }
            Step::AskOwner => {
                let rows = replies::pending_rows(reply);
                let row = rows.first();
                let is_mine = row.is_some_and(|row| row.consumer == consumer_name(me));
                match policy.acknowledge {
                    Acknowledge::IfPending if row.is_some() => self.apply_effect(me, policy, tell),
                    _ if is_mine => self.apply_effect(me, policy, tell),
                    Acknowledge::EvenIfNotOwner => self.close_item(me, policy, tell),
                    // A sibling has it now, or somebody has acknowledged it.
                    _ if watches(policy) || watches_stream(policy) => self.step = Some(Step::UnwatchDropped),
                    _ => self.next_item(me, policy, tell),
                }
            }
            Step::Apply => self.after_effect(me, policy, tell),
            Step::MarkAfter => self.close_item(me, policy, tell),
            Step::Commit | Step::RouteBoth if matches!(reply, Reply::Null | Reply::NullArray) => {
                tell(Event::TransactionRefused { client });
                self.step = Some(match watches_stream(policy) {
                    true => Step::WatchStream,
                    false => Step::Watch,
                });
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
            Step::Commit | Step::Ack if policy.delete == Some(Delete::AfterAck) => self.step = Some(Step::Delete),
            Step::Delete if policy.delete == Some(Delete::BeforeAck) => self.step = Some(Step::Ack),
            Step::Commit | Step::Ack | Step::Delete | Step::AckAndDelete => self.next_item(me, policy, tell),
        }
    }

    /// What is to be worked on has been acknowledged.
    fn acknowledged(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.wait {
            Some(_) => self.step = Some(Step::Confirm),
            None => self.confirmed(me, policy, tell),
        }
    }

    /// It has, as far as the consumer cares.
    fn confirmed(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.acknowledge {
            Acknowledge::OnReceipt => self.begin_item(me, policy, tell),
            _ => self.open_item(me, policy, tell),
        }
    }

    /// It does not work on what it has acknowledged.
    fn give_up(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        let acknowledged = match policy.acknowledge {
            Acknowledge::OnReceipt => self.queue.len(),
            _ => 1,
        };
        self.queue.drain(..acknowledged);
        self.begin_item(me, policy, tell);
    }

    fn worked(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        let message = self.queue[0].message;
        let client = me.client;
        let failed = policy.fails_on.contains(&message) && !self.queue[0].repaired;
        let group = policy.group;
        tell(Event::WorkEnded {
            client,
            group,
            message,
            failed,
        });
        if failed {
            let counted = policy.dead_letter.as_ref().map(|dead_letter| dead_letter.counts);
            match counted {
                Some(Tries::Failures) => self.step = Some(Step::CountFailure),
                Some(Tries::Deliveries) | None => self.next_item(me, policy, tell),
            }
            return;
        }
        if policy.effect != Effect::Broker {
            let place = policy.effect;
            tell(Event::Effect { group, message, place });
        }
        if watches_stream(policy) {
            self.step = Some(Step::WatchStream);
        } else if policy.acknowledge.asks_first() {
            self.step = Some(Step::AskOwner);
        } else {
            self.apply_effect(me, policy, tell);
        }
    }

    /// XADD and XACK, in a guarded routing with the mark of the work.
    fn routing(&self, me: Me<'_>, policy: &Consumer) -> Vec<Command> {
        let mut commands = Vec::new();
        if route_order(policy) == RouteOrder::Guarded {
            commands.push(marks::set(me, policy, &self.queue[0]));
        }
        commands.push(route(me, policy, dead_letter(policy), &self.queue[0]));
        commands.push(acknowledge(me, policy, &self.queue[..1]));
        commands
    }

    /// The effect, if it goes to the broker.
    fn apply_effect(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.effect {
            Effect::Broker if watches(policy) || watches_stream(policy) => self.step = Some(Step::Commit),
            Effect::Broker => self.step = Some(Step::Apply),
            Effect::Outside | Effect::Idempotent => self.after_effect(me, policy, tell),
        }
    }

    fn after_effect(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        match policy.dedup.map(|dedup| dedup.mark) {
            Some(Mark::Atomic) => self.step = Some(Step::Commit),
            Some(Mark::After) => self.step = Some(Step::MarkAfter),
            Some(Mark::Before | Mark::Script) | None => self.close_item(me, policy, tell),
        }
    }

    fn close_item(&mut self, me: Me<'_>, policy: &Consumer, tell: &mut dyn FnMut(Event)) {
        if !policy.acknowledges_after_work() {
            return self.next_item(me, policy, tell);
        }
        self.step = Some(match policy.delete {
            None | Some(Delete::AfterAck) => Step::Ack,
            Some(Delete::BeforeAck) => Step::Delete,
            Some(Delete::Transaction) => Step::AckAndDelete,
        });
    }
}

/// Whether an entry was tried as often as it may be.
fn is_over(me: Me<'_>, dead_letter: &DeadLetter, item: &Item) -> bool {
    item.tries > Some(defect::dead_letter_limit(me, dead_letter.limit))
}

fn watches(policy: &Consumer) -> bool {
    policy.dedup.is_some_and(|dedup| dedup.mark == Mark::Atomic)
}

/// Whether it watches the stream in place of marks.
fn watches_stream(policy: &Consumer) -> bool {
    policy.acknowledge == Acknowledge::IfOwnerWatched
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

fn commit(me: Me<'_>, policy: &Consumer, item: &Item) -> Vec<Command> {
    let mark = watches(policy).then(|| marks::set(me, policy, item));
    let mut commands: Vec<Command> = mark.into_iter().collect();
    if policy.effect == Effect::Broker {
        commands.push(apply(me, policy, item));
    }
    if policy.acknowledges_after_work() {
        commands.push(acknowledge(me, policy, std::slice::from_ref(item)));
    }
    // Within a transaction the order of the two shows to nobody.
    if matches!(policy.delete, Some(Delete::BeforeAck | Delete::Transaction)) {
        commands.push(delete(me, policy, item));
    }
    commands
}
