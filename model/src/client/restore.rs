//! Putting items back into their list: what a worker does about its own leavings, and a reaper about everybody's.
//!
//! List by list: either LMOVE until nothing is left, or a look (LRANGE, and at each item's lock where there are locks) and
//! then a push and a removal in one order or another. What becomes of an item between the two is what scenarios are
//! about. Removing without locks is LPOP, item by item, or DEL of the whole list, as it stands then.

use redelivery_engine::command::ListEnd;
use redelivery_engine::{Bytes, Command, Reply};
use strum::VariantNames as _;

use super::branch::{Branch, Program};
use super::{Held, Intent, Me, Observation, Request, items};
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{Restore, RestoreBy};
use crate::setup::{GroupIx, Message, keys};
use crate::symmetry::Renaming;

/// What is put back, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    /// Into which list.
    pub(super) group: GroupIx,
    /// How.
    pub(super) restore: Restore,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Restoring {
    /// The lists that are yet to be looked at, the one at hand first.
    lists: Vec<Bytes>,
    /// What was found there, as far as its locks are not looked at yet.
    found: Vec<Message>,
    /// What is to be put back.
    chosen: Vec<Message>,
    /// Of these the next to be removed.
    next: usize,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
enum Step {
    /// KEYS: where workers keep items.
    Find,
    /// LMOVE of one item.
    Move,
    /// WATCH of the list.
    Watch,
    /// LRANGE.
    Range,
    /// WATCH of the locks.
    WatchLocks,
    /// EXISTS of a lock.
    Look,
    /// RPUSH of what was chosen.
    Push,
    /// LPOP, LREM or DEL.
    Remove,
    /// Both in MULTI.
    Both,
    /// UNWATCH, since nothing is put back.
    Unwatch,
    /// Nothing is left to do.
    Over,
}

/// Its steps, for coverage.
pub(super) const PROGRAM: Program = ("putting back", Step::VARIANTS);

impl Restoring {
    pub(super) fn branch(&self) -> Branch {
        (PROGRAM.0, self.step.into())
    }

    /// What it has found in the list at hand.
    pub(super) fn holds(&self) -> Vec<Held> {
        self.chosen
            .iter()
            .chain(&self.found)
            .copied()
            .map(Held::Found)
            .collect()
    }

    /// Of these lists.
    pub(super) fn of(task: Task, lists: Vec<Bytes>) -> Self {
        let mut restoring = Self {
            lists,
            found: Vec::new(),
            chosen: Vec::new(),
            next: 0,
            step: Step::Over,
        };
        restoring.begin_list(task);
        restoring
    }

    /// Of whatever list some worker keeps its items in.
    pub(super) fn of_all() -> Self {
        Self {
            lists: Vec::new(),
            found: Vec::new(),
            chosen: Vec::new(),
            next: 0,
            step: Step::Find,
        }
    }

    /// The same of others in their place.
    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        let Self {
            lists,
            found,
            chosen,
            next,
            step,
        } = self;
        Self {
            lists: lists.iter().map(|list| renaming.text(list)).collect(),
            found: found.clone(),
            chosen: chosen.clone(),
            next: *next,
            step: *step,
        }
    }

    /// Whether there is nothing left to do.
    pub(super) fn is_over(&self) -> bool {
        self.step == Step::Over
    }

    pub(super) fn intent(&self, me: Me<'_>, task: Task) -> Intent {
        let list = || self.lists[0].clone();
        let command = match self.step {
            Step::Find => Command::Keys {
                pattern: Bytes::from([&*keys::processing(me.setup, task.group), b":*"].concat()),
            },
            Step::Move => {
                let queue = me.setup.group(task.group).key.clone();
                Command::LMove(items::move_item(list(), queue, ListEnd::Left, ListEnd::Right))
            }
            Step::Watch => Command::Watch { keys: vec![list()] },
            Step::Range => Command::LRange {
                key: list(),
                start: 0,
                stop: -1,
            },
            Step::WatchLocks => Command::Watch {
                keys: self
                    .found
                    .iter()
                    .map(|&item| keys::lock(me.setup, task.group, item))
                    .collect(),
            },
            Step::Look => Command::Exists {
                keys: vec![keys::lock(me.setup, task.group, self.found[0])],
            },
            Step::Push => items::put_back(me, task.group, &self.chosen),
            Step::Remove => self.removal(me, task),
            Step::Both => return Intent::Send(Request::Transaction(self.both(me, task))),
            Step::Unwatch => Command::Unwatch,
            Step::Over => unreachable!("who is done does something else"),
        };
        Intent::Send(Request::One(command))
    }

    /// What is removed next where the removal is a request of its own.
    fn removal(&self, me: Me<'_>, task: Task) -> Command {
        let key = self.lists[0].clone();
        match (task.restore.unless_locked, task.restore.by) {
            (true, _) => items::remove(me, key, self.chosen[self.next]),
            (false, RestoreBy::DeleteThenPush) => Command::Pop {
                key,
                end: ListEnd::Left,
                count: None,
            },
            (false, _) => Command::Del { keys: vec![key] },
        }
    }

    fn both(&self, me: Me<'_>, task: Task) -> Vec<Command> {
        let list = || self.lists[0].clone();
        let mut commands = vec![items::put_back(me, task.group, &self.chosen)];
        match task.restore.unless_locked {
            true => commands.extend(self.chosen.iter().map(|&message| items::remove(me, list(), message))),
            false => commands.push(Command::Del { keys: vec![list()] }),
        }
        commands
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        task: Task,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        match observation {
            // The new connection watches nothing, and what a transaction did shows in the list.
            Observation::Lost if matches!(task.restore.by, RestoreBy::Watched | RestoreBy::Transaction) => {
                if self.step != Step::Find {
                    self.begin_list(task);
                }
            }
            Observation::Reply(reply) if reply.is_error() => self.next_list(task),
            Observation::Reply(reply) => self.answered(me, task, reply, tell),
            Observation::Lost | Observation::Sent | Observation::Done | Observation::Push(_) => {}
        }
    }

    fn answered(&mut self, me: Me<'_>, task: Task, reply: &Reply, tell: &mut dyn FnMut(Event)) {
        let message = |value: &Bytes| me.setup.messages.find(value);
        match self.step {
            Step::Find => {
                self.lists = replies::values(reply).cloned().collect();
                // A server answers in any order.
                self.lists.sort();
                self.begin_list(task);
            }
            Step::Move => match replies::values(reply).next().and_then(message) {
                Some(message) => restored(me, task, &[message], tell),
                None => self.next_list(task),
            },
            Step::Watch => self.step = Step::Range,
            Step::Range => {
                let found = replies::values(reply).filter_map(message).collect();
                match task.restore.unless_locked {
                    true => self.found = found,
                    false => self.chosen = found,
                }
                match task.restore.by == RestoreBy::Watched && !self.found.is_empty() {
                    true => self.step = Step::WatchLocks,
                    false => self.choose(task),
                }
            }
            Step::WatchLocks => self.choose(task),
            Step::Look => {
                let looked_at = self.found.remove(0);
                if *reply == Reply::Integer(0) {
                    self.chosen.push(looked_at);
                }
                self.choose(task);
            }
            Step::Push if task.restore.by == RestoreBy::PushThenDelete => self.step = Step::Remove,
            Step::Push => {
                restored(me, task, &self.chosen, tell);
                match task.restore.unless_locked {
                    true => self.next_list(task),
                    false => self.begin_list(task),
                }
            }
            Step::Remove => self.removed(me, task, reply, tell),
            Step::Both if matches!(reply, Reply::Null | Reply::NullArray) => {
                tell(Event::TransactionRefused { client: me.client });
                self.begin_list(task);
            }
            Step::Both => {
                restored(me, task, &self.chosen, tell);
                self.next_list(task);
            }
            Step::Unwatch => self.next_list(task),
            Step::Over => unreachable!("who is done asks nothing"),
        }
    }

    fn removed(&mut self, me: Me<'_>, task: Task, reply: &Reply, tell: &mut dyn FnMut(Event)) {
        match (task.restore.by, task.restore.unless_locked) {
            (RestoreBy::DeleteThenPush, false) => {
                let popped = replies::values(reply).next();
                match popped.and_then(|value| me.setup.messages.find(value)) {
                    Some(message) => (self.chosen, self.step) = (vec![message], Step::Push),
                    None => self.next_list(task),
                }
            }
            (RestoreBy::DeleteThenPush, true) => {
                // Of what somebody else has removed it knows nothing.
                match *reply == Reply::Integer(0) {
                    true => drop(self.chosen.remove(self.next)),
                    false => self.next += 1,
                }
                match self.chosen.len() {
                    0 => self.next_list(task),
                    chosen if self.next >= chosen => self.step = Step::Push,
                    _ => {}
                }
            }
            (_, unless_locked) => {
                self.next += 1;
                if !unless_locked || self.next >= self.chosen.len() {
                    restored(me, task, &self.chosen, tell);
                    self.next_list(task);
                }
            }
        }
    }

    /// Goes on to the next lock, or to putting back what was chosen.
    fn choose(&mut self, task: Task) {
        self.step = match (self.found.is_empty(), self.chosen.is_empty()) {
            (false, _) => Step::Look,
            (true, true) if task.restore.by == RestoreBy::Watched => Step::Unwatch,
            (true, true) => return self.next_list(task),
            (true, false) => match task.restore.by {
                RestoreBy::PushThenDelete => Step::Push,
                RestoreBy::DeleteThenPush => Step::Remove,
                RestoreBy::Lmove | RestoreBy::Transaction | RestoreBy::Watched => Step::Both,
            },
        };
    }

    fn next_list(&mut self, task: Task) {
        if !self.lists.is_empty() {
            self.lists.remove(0);
        }
        self.begin_list(task);
    }

    fn begin_list(&mut self, task: Task) {
        self.found.clear();
        self.chosen.clear();
        self.next = 0;
        self.step = match task.restore.by {
            _ if self.lists.is_empty() => Step::Over,
            RestoreBy::Lmove => Step::Move,
            RestoreBy::Watched => Step::Watch,
            RestoreBy::DeleteThenPush if !task.restore.unless_locked => Step::Remove,
            RestoreBy::PushThenDelete | RestoreBy::DeleteThenPush | RestoreBy::Transaction => Step::Range,
        };
    }
}

fn restored(me: Me<'_>, task: Task, messages: &[Message], tell: &mut dyn FnMut(Event)) {
    for &message in messages {
        tell(Event::Restored {
            client: me.client,
            group: task.group,
            message,
        });
    }
}
