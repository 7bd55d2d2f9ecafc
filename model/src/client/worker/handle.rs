//! Handling the item at hand: its lock, marks, work, effect, removal.

use redelivery_engine::{Bytes, Command, Reply};

use super::super::{Intent, Me, Observation, Request, Script, Work, consumer_name, items, marks, script};
use super::{Handling, Memory};
use crate::event::Event;
use crate::setup::policy::{Dedup, DedupBy, Effect, Finish, Mark, Remove, Worker};
use crate::setup::{Message, keys};

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
pub(super) enum Step {
    /// SET … NX of the item's lock.
    Lock,
    /// WATCH of the mark.
    Watch,
    /// SISMEMBER or EXISTS: worked on before?
    Look,
    /// UNWATCH, since it was.
    Unwatch,
    /// SADD or SET before the work.
    MarkBefore,
    /// LREM before the work, and for the right to do it.
    RemoveFirst,
    /// The work itself.
    Work,
    /// WATCH of where the item lies, and of its lock.
    WatchOwn,
    /// GET of the lock.
    AskLock,
    /// LPOS of the item.
    AskPlace,
    /// UNWATCH, since neither is its own any more.
    Drop,
    /// The mark and all of the work in one script.
    MarkAndWork,
    /// INCR: the effect in the broker.
    Apply,
    /// SADD or SET after the work.
    MarkAfter,
    /// LREM after the work.
    Remove,
    /// DEL of the lock.
    Unlock,
    /// The mark, the effect, the removal and the lock in one transaction.
    Commit,
}

impl Handling {
    /// Begins with an item that was just taken.
    pub(super) fn begin(me: Me<'_>, policy: &Worker, message: Message, tell: &mut dyn FnMut(Event)) -> Memory {
        let handling = Self {
            message,
            step: Step::Lock,
        };
        match policy.lock_ttl_ms {
            Some(_) => Memory::Handling(handling),
            None => handling.open(me, policy, tell),
        }
    }

    fn to(self, step: Step) -> Memory {
        Memory::Handling(Self { step, ..self })
    }

    fn open(self, me: Me<'_>, policy: &Worker, tell: &mut dyn FnMut(Event)) -> Memory {
        match policy.dedup.map(|dedup| dedup.mark) {
            Some(Mark::Before) => self.to(Step::MarkBefore),
            Some(Mark::After) => self.to(Step::Look),
            Some(Mark::Atomic) => self.to(Step::Watch),
            Some(Mark::Script) => self.to(Step::MarkAndWork),
            None => self.claim(me, policy, tell),
        }
    }

    fn claim(self, me: Me<'_>, policy: &Worker, tell: &mut dyn FnMut(Event)) -> Memory {
        match policy.remove {
            Remove::BeforeWork if policy.keeps_items() => self.to(Step::RemoveFirst),
            _ => self.start(me, policy, tell),
        }
    }

    fn start(self, me: Me<'_>, policy: &Worker, tell: &mut dyn FnMut(Event)) -> Memory {
        tell(Event::WorkStarted {
            client: me.client,
            group: policy.group,
            message: self.message,
        });
        self.to(Step::Work)
    }

    pub(super) fn intent(self, me: Me<'_>, policy: &Worker) -> Intent {
        let (group, message) = (policy.group, self.message);
        let place = || items::place(me, group, policy.keeps);
        let command = match self.step {
            Step::Work => return Intent::Work(message),
            Step::Commit => return Intent::Send(Request::Transaction(self.commit(me, policy))),
            Step::MarkAndWork => {
                return Intent::Send(Request::Script(Script::Work(Box::new(Work {
                    mark: self.set_mark(me, policy),
                    apply: self.apply(me, policy),
                }))));
            }
            Step::Lock => items::lock(me, group, message, policy.lock_ttl_ms.unwrap_or(0)),
            Step::Watch => marks::watch(me.setup, group, dedup(policy), &self.mark(me, policy)),
            Step::Look => marks::look(me.setup, group, dedup(policy), &self.mark(me, policy)),
            Step::MarkBefore | Step::MarkAfter => self.set_mark(me, policy),
            Step::Unwatch | Step::Drop => Command::Unwatch,
            Step::RemoveFirst | Step::Remove => items::remove(me, place(), message),
            Step::WatchOwn => Command::Watch {
                keys: match policy.finish {
                    Finish::IfLocked => vec![place(), keys::lock(me.setup, group, message)],
                    _ => vec![place()],
                },
            },
            Step::AskLock => Command::Get {
                key: keys::lock(me.setup, group, message),
            },
            Step::AskPlace => items::find(me, place(), message),
            Step::Apply => self.apply(me, policy),
            Step::Unlock => items::unlock(me, group, message),
        };
        Intent::Send(Request::One(command))
    }

    pub(super) fn observe(
        self,
        me: Me<'_>,
        policy: &Worker,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) -> Memory {
        match observation {
            Observation::Lost => self.to(self.step.after_lost_reply(policy)),
            Observation::Reply(reply) if reply.is_error() => Memory::Resting,
            Observation::Reply(reply) => self.answered(me, policy, reply, tell),
            Observation::Done | Observation::Sent => self.worked(me, policy, tell),
            Observation::Push(_) => unreachable!("a worker subscribes to nothing"),
        }
    }

    fn answered(self, me: Me<'_>, policy: &Worker, reply: &Reply, tell: &mut dyn FnMut(Event)) -> Memory {
        let (client, message) = (me.client, self.message);
        let nothing = matches!(reply, Reply::Null | Reply::NullArray);
        match self.step {
            Step::Work => unreachable!("work has no reply"),
            Step::Lock if nothing => {
                tell(Event::LockHeld { client, message });
                Memory::Resting
            }
            Step::Lock => self.open(me, policy, tell),
            Step::Watch => self.to(Step::Look),
            Step::Look if !marks::is_found(reply) => self.claim(me, policy, tell),
            Step::Look | Step::MarkBefore | Step::MarkAndWork if self.step == Step::Look || !marks::is_new(reply) => {
                tell(Event::DuplicateSkipped { client, message });
                match policy.marks_atomically() {
                    true => self.to(Step::Unwatch),
                    false => self.close(me, policy),
                }
            }
            Step::MarkBefore => self.claim(me, policy, tell),
            Step::MarkAndWork => {
                script::tell_work(client, policy.group, message, tell);
                self.close(me, policy)
            }
            Step::Unwatch => self.close(me, policy),
            Step::RemoveFirst if *reply == Reply::Integer(0) => Memory::of_round(me, policy),
            Step::RemoveFirst => self.start(me, policy, tell),
            Step::WatchOwn => self.to(match policy.finish {
                Finish::IfLocked => Step::AskLock,
                _ => Step::AskPlace,
            }),
            Step::AskLock if *reply == Reply::Bulk(consumer_name(me)) => self.to(Step::AskPlace),
            Step::AskPlace if matches!(reply, Reply::Integer(_)) => self.to(Step::Commit),
            Step::AskLock | Step::AskPlace => {
                tell(Event::Dispossessed { client, message });
                self.to(Step::Drop)
            }
            Step::Drop => Memory::of_round(me, policy),
            Step::Apply => self.after_effect(me, policy),
            Step::MarkAfter => self.close(me, policy),
            Step::Remove => self.unlock(me, policy),
            Step::Unlock => Memory::of_round(me, policy),
            Step::Commit if nothing => {
                tell(Event::TransactionRefused { client });
                self.to(Step::Commit.after_lost_reply(policy))
            }
            Step::Commit => Memory::of_round(me, policy),
            Step::Look => unreachable!("a look finds a mark or none"),
        }
    }

    fn worked(self, me: Me<'_>, policy: &Worker, tell: &mut dyn FnMut(Event)) -> Memory {
        let (client, group, message) = (me.client, policy.group, self.message);
        let failed = policy.fails_on.contains(&message);
        tell(Event::WorkEnded {
            client,
            group,
            message,
            failed,
        });
        if failed {
            return Memory::of_round(me, policy);
        }
        if policy.effect != Effect::Broker {
            let place = policy.effect;
            tell(Event::Effect { group, message, place });
        }
        match policy.finish {
            _ if policy.marks_atomically() => self.to(Step::Commit),
            Finish::Transaction => self.to(Step::Commit),
            Finish::IfLocked | Finish::IfKept => self.to(Step::WatchOwn),
            Finish::StepByStep if policy.effect == Effect::Broker => self.to(Step::Apply),
            Finish::StepByStep => self.after_effect(me, policy),
        }
    }

    fn after_effect(self, me: Me<'_>, policy: &Worker) -> Memory {
        match policy.dedup.map(|dedup| dedup.mark) {
            Some(Mark::After) => self.to(Step::MarkAfter),
            _ => self.close(me, policy),
        }
    }

    fn close(self, me: Me<'_>, policy: &Worker) -> Memory {
        match policy.remove {
            Remove::AfterWork if policy.keeps_items() => self.to(Step::Remove),
            _ => self.unlock(me, policy),
        }
    }

    fn unlock(self, me: Me<'_>, policy: &Worker) -> Memory {
        match policy.lock_ttl_ms {
            Some(_) => self.to(Step::Unlock),
            None => Memory::of_round(me, policy),
        }
    }

    fn commit(self, me: Me<'_>, policy: &Worker) -> Vec<Command> {
        let (group, message) = (policy.group, self.message);
        let mut commands = Vec::new();
        if policy.marks_atomically() {
            commands.push(self.set_mark(me, policy));
        }
        if policy.effect == Effect::Broker {
            commands.push(self.apply(me, policy));
        }
        if policy.keeps_items() && policy.remove == Remove::AfterWork {
            commands.push(items::remove(me, items::place(me, group, policy.keeps), message));
        }
        if policy.lock_ttl_ms.is_some() {
            commands.push(items::unlock(me, group, message));
        }
        commands
    }

    fn apply(self, me: Me<'_>, policy: &Worker) -> Command {
        Command::Incr {
            key: keys::effect(me.setup, policy.group, self.message),
        }
    }

    fn set_mark(self, me: Me<'_>, policy: &Worker) -> Command {
        marks::set(me.setup, policy.group, dedup(policy), &self.mark(me, policy))
    }

    /// What is marked.
    fn mark(self, me: Me<'_>, policy: &Worker) -> Bytes {
        let key = || me.setup.messages.key(self.message).clone();
        match dedup(policy).by {
            DedupBy::MessageKey | DedupBy::EntryId => key(),
            DedupBy::Producer => me.setup.producer_of(self.message).cloned().unwrap_or_else(key),
        }
    }
}

impl Step {
    /// What is done again, or instead, when the reply to a step's request was lost: a new connection watches nothing.
    fn after_lost_reply(self, policy: &Worker) -> Self {
        match self {
            Self::Look | Self::Commit if policy.marks_atomically() => Self::Watch,
            Self::AskLock | Self::AskPlace => Self::WatchOwn,
            Self::Commit if matches!(policy.finish, Finish::IfLocked | Finish::IfKept) => Self::WatchOwn,
            step => step,
        }
    }
}

fn dedup(policy: &Worker) -> Dedup {
    policy.dedup.expect("only a policy with marks looks for one")
}
