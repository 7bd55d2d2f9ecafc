//! The engine and a naive model of lists answer every sequence of commands alike, those who wait included. The model
//! shares the engine's parsed commands and replies, and none of its code.

use std::collections::{BTreeMap, VecDeque};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use redelivery_engine::command::{LInsert, LMPop, LMove, LPos, ListEnd, Push, Side};
use redelivery_engine::{Broker, Bytes, ClientId, Command, Reply};

fn key() -> impl Strategy<Value = Bytes> + Clone {
    proptest::sample::select(&["l", "l", "m", "n"][..]).prop_map(Bytes::from)
}

fn element() -> impl Strategy<Value = Bytes> + Clone {
    proptest::sample::select(&["a", "b", "c"][..]).prop_map(Bytes::from)
}

fn end() -> impl Strategy<Value = ListEnd> + Clone {
    prop_oneof![Just(ListEnd::Left), Just(ListEnd::Right)]
}

fn push() -> impl Strategy<Value = Command> {
    let parts = (key(), vec(element(), 1..4), end(), proptest::bool::weighted(0.2));
    parts.prop_map(|(key, elements, end, if_present)| {
        Command::Push(Push {
            key,
            elements,
            end,
            if_present,
        })
    })
}

fn lmove() -> impl Strategy<Value = LMove> {
    (key(), key(), end(), end()).prop_map(|(source, destination, from, to)| LMove {
        source,
        destination,
        from,
        to,
    })
}

fn lmpop() -> impl Strategy<Value = LMPop> {
    (vec(key(), 1..3), end(), 1u64..4).prop_map(|(keys, end, count)| LMPop { keys, end, count })
}

fn inside() -> impl Strategy<Value = Command> {
    let index = || -4i64..5;
    let rank = (1i64..4).prop_flat_map(|rank| prop_oneof![Just(rank), Just(-rank)]);
    let position = (key(), element(), rank, option::of(0u64..3), 0u64..4);
    let side = prop_oneof![Just(Side::Before), Just(Side::After)];
    prop_oneof![
        key().prop_map(|key| Command::LLen { key }),
        (key(), index(), index()).prop_map(|(key, start, stop)| Command::LRange { key, start, stop }),
        (key(), index()).prop_map(|(key, index)| Command::LIndex { key, index }),
        (key(), index(), element()).prop_map(|(key, index, element)| Command::LSet { key, index, element }),
        (key(), -2i64..3, element()).prop_map(|(key, count, element)| Command::LRem { key, count, element }),
        (key(), index(), index()).prop_map(|(key, start, stop)| Command::LTrim { key, start, stop }),
        (key(), side, element(), element()).prop_map(|(key, side, pivot, element)| Command::LInsert(LInsert {
            key,
            side,
            pivot,
            element,
        })),
        position.prop_map(|(key, element, rank, count, max_len)| Command::LPos(LPos {
            key,
            element,
            rank,
            count,
            max_len,
        })),
    ]
}

/// Commands of lists; those that wait do so for ever.
pub(crate) fn command() -> impl Strategy<Value = Command> {
    let timeout_ms = 0;
    let two = || (key(), key());
    prop_oneof![
        8 => push(),
        4 => (key(), end(), option::of(0u64..4)).prop_map(|(key, end, count)| Command::Pop { key, end, count }),
        6 => inside(),
        2 => two().prop_map(|(source, destination)| Command::RPopLPush { source, destination }),
        2 => lmove().prop_map(Command::LMove),
        2 => lmpop().prop_map(Command::LMPop),
        3 => (vec(key(), 1..3), end()).prop_map(move |(keys, end)| Command::BPop { keys, end, timeout_ms }),
        2 => lmove().prop_map(move |lmove| Command::BLMove { lmove, timeout_ms }),
        1 => two().prop_map(move |(source, destination)| Command::BRPopLPush { source, destination, timeout_ms }),
        2 => lmpop().prop_map(move |lmpop| Command::BLMPop { lmpop, timeout_ms }),
    ]
}

#[derive(Default)]
struct Naive {
    lists: BTreeMap<Bytes, Vec<Bytes>>,
    waiters: Vec<(ClientId, Command)>,
    /// Keys that came to be.
    created: VecDeque<Bytes>,
}

fn number(count: usize) -> Reply {
    Reply::Integer(i64::try_from(count).unwrap())
}

fn bulks(elements: &[Bytes]) -> Reply {
    Reply::Array(elements.iter().cloned().map(Reply::Bulk).collect())
}

/// An index from the head.
fn from_head(index: i64, length: usize) -> i64 {
    let length = i64::try_from(length).unwrap();
    if index < 0 { length + index } else { index }
}

impl Naive {
    /// The answer, if any, and what those who waited receive.
    fn apply(&mut self, client: ClientId, command: &Command) -> (Option<Reply>, Vec<(ClientId, Reply)>) {
        let reply = self.execute(command);
        if reply.is_none() {
            self.waiters.push((client, command.clone()));
        }
        let mut served = Vec::new();
        while let Some(key) = self.created.pop_front() {
            for (client, command) in self.waiters.clone() {
                if self.lists.contains_key(&key) && awaited(&command).contains(&key) {
                    let reply = self.execute(&command).expect("there is an element");
                    self.waiters.retain(|(waiter, _)| *waiter != client);
                    served.push((client, reply));
                }
            }
        }
        (reply, served)
    }

    fn list(&self, key: &Bytes) -> Vec<Bytes> {
        self.lists.get(key).cloned().unwrap_or_default()
    }

    fn put(&mut self, key: &Bytes, list: Vec<Bytes>) {
        if list.is_empty() {
            self.lists.remove(key);
        } else if self.lists.insert(key.clone(), list).is_none() {
            self.created.push_back(key.clone());
        }
    }

    fn pop(&mut self, key: &Bytes, end: ListEnd, count: u64) -> Vec<Bytes> {
        let mut list = self.list(key);
        let mut taken = Vec::new();
        for _ in 0..count {
            if list.is_empty() {
                break;
            }
            let at = if end == ListEnd::Left { 0 } else { list.len() - 1 };
            taken.push(list.remove(at));
        }
        self.put(key, list);
        taken
    }

    fn push(&mut self, key: &Bytes, end: ListEnd, element: &Bytes) {
        let mut list = self.list(key);
        let at = if end == ListEnd::Left { 0 } else { list.len() };
        list.insert(at, element.clone());
        self.put(key, list);
    }

    fn move_one(&mut self, source: &Bytes, destination: &Bytes, from: ListEnd, to: ListEnd) -> Option<Reply> {
        let mut list = self.list(source);
        if source == destination && !list.is_empty() {
            let moved = list.remove(if from == ListEnd::Left { 0 } else { list.len() - 1 });
            list.insert(if to == ListEnd::Left { 0 } else { list.len() }, moved.clone());
            self.put(source, list);
            return Some(Reply::Bulk(moved));
        }
        let moved = self.pop(source, from, 1).pop()?;
        self.push(destination, to, &moved);
        Some(Reply::Bulk(moved))
    }

    fn pop_first(&mut self, pop: &LMPop) -> Option<Reply> {
        let key = pop.keys.iter().find(|key| self.lists.contains_key(*key))?;
        let taken = self.pop(key, pop.end, pop.count);
        Some(Reply::Array(vec![Reply::Bulk(key.clone()), bulks(&taken)]))
    }

    /// None: it waits.
    fn execute(&mut self, command: &Command) -> Option<Reply> {
        let (right, left) = (ListEnd::Right, ListEnd::Left);
        Some(match command {
            Command::BPop { keys, end, .. } => {
                let key = keys.iter().find(|key| self.lists.contains_key(*key))?;
                let taken = self.pop(key, *end, 1);
                bulks(&[key.clone(), taken[0].clone()])
            }
            Command::BLMPop { lmpop, .. } => self.pop_first(lmpop)?,
            Command::BLMove { lmove, .. } => self.move_one(&lmove.source, &lmove.destination, lmove.from, lmove.to)?,
            Command::BRPopLPush {
                source, destination, ..
            } => self.move_one(source, destination, right, left)?,
            Command::LMPop(pop) => self.pop_first(pop).unwrap_or(Reply::NullArray),
            Command::LMove(it) => {
                let moved = self.move_one(&it.source, &it.destination, it.from, it.to);
                moved.unwrap_or(Reply::Null)
            }
            Command::RPopLPush { source, destination } => {
                let moved = self.move_one(source, destination, right, left);
                moved.unwrap_or(Reply::Null)
            }
            Command::Push(push) => {
                if !push.if_present || self.lists.contains_key(&push.key) {
                    for element in &push.elements {
                        self.push(&push.key, push.end, element);
                    }
                }
                number(self.list(&push.key).len())
            }
            Command::Pop { key, end, count: None } => match self.pop(key, *end, 1).pop() {
                Some(element) => Reply::Bulk(element),
                None => Reply::Null,
            },
            Command::Pop {
                key,
                end,
                count: Some(count),
            } => {
                if self.lists.contains_key(key) {
                    bulks(&self.pop(key, *end, *count))
                } else {
                    Reply::NullArray
                }
            }
            other => self.inside(other),
        })
    }

    fn inside(&mut self, command: &Command) -> Reply {
        match command {
            Command::LLen { key } => number(self.list(key).len()),
            Command::LRange { key, start, stop } => bulks(&self.range(key, *start, *stop)),
            Command::LTrim { key, start, stop } => {
                let kept = self.range(key, *start, *stop);
                self.put(key, kept);
                Reply::OK
            }
            Command::LIndex { key, index } => {
                let list = self.list(key);
                let at = usize::try_from(from_head(*index, list.len()));
                let element = at.ok().and_then(|at| list.get(at).cloned());
                element.map_or(Reply::Null, Reply::Bulk)
            }
            Command::LSet { key, index, element } => {
                let mut list = self.list(key);
                if list.is_empty() {
                    return Reply::Error("ERR no such key".into());
                }
                let at = usize::try_from(from_head(*index, list.len()));
                match at.ok().and_then(|at| list.get_mut(at)) {
                    Some(place) => *place = element.clone(),
                    None => return Reply::Error("ERR index out of range".into()),
                }
                self.put(key, list);
                Reply::OK
            }
            Command::LRem { key, count, element } => {
                let mut list = self.list(key);
                let before = list.len();
                for _ in 0..if *count == 0 {
                    before as u64
                } else {
                    count.unsigned_abs()
                } {
                    let is_it = |it: &Bytes| it == element;
                    let found = if *count < 0 {
                        list.iter().rposition(is_it)
                    } else {
                        list.iter().position(is_it)
                    };
                    found.map(|at| list.remove(at));
                }
                let removed = before - list.len();
                self.put(key, list);
                number(removed)
            }
            Command::LInsert(insert) => {
                let mut list = self.list(&insert.key);
                if list.is_empty() {
                    return Reply::Integer(0);
                }
                let Some(at) = list.iter().position(|it| *it == insert.pivot) else {
                    return Reply::Integer(-1);
                };
                list.insert(at + usize::from(insert.side == Side::After), insert.element.clone());
                let length = list.len();
                self.put(&insert.key, list);
                number(length)
            }
            Command::LPos(position) => self.position(position),
            other => panic!("the naive model does not know {other:?}"),
        }
    }

    fn range(&self, key: &Bytes, start: i64, stop: i64) -> Vec<Bytes> {
        let list = self.list(key);
        let (start, stop) = (from_head(start, list.len()), from_head(stop, list.len()));
        let numbered = (0i64..).zip(list);
        numbered
            .filter(|(at, _)| (start..=stop).contains(at))
            .map(|(_, it)| it)
            .collect()
    }

    fn position(&self, position: &LPos) -> Reply {
        let mut numbered: Vec<(usize, Bytes)> = self.list(&position.key).into_iter().enumerate().collect();
        if position.rank < 0 {
            numbered.reverse();
        }
        if position.max_len > 0 {
            numbered.truncate(usize::try_from(position.max_len).unwrap());
        }
        numbered.retain(|(_, it)| *it == position.element);
        let skipped = usize::try_from(position.rank.unsigned_abs() - 1)
            .unwrap()
            .min(numbered.len());
        numbered.drain(..skipped);
        let mut found: Vec<Reply> = numbered.into_iter().map(|(at, _)| number(at)).collect();
        match position.count {
            None => found.into_iter().next().unwrap_or(Reply::Null),
            Some(count) => {
                if count > 0 {
                    found.truncate(usize::try_from(count).unwrap());
                }
                Reply::Array(found)
            }
        }
    }
}

fn awaited(command: &Command) -> Vec<Bytes> {
    match command {
        Command::BPop { keys, .. } => keys.clone(),
        Command::BLMPop { lmpop, .. } => lmpop.keys.clone(),
        Command::BLMove { lmove, .. } => vec![lmove.source.clone()],
        Command::BRPopLPush { source, .. } => vec![source.clone()],
        other => panic!("{other:?} waits for nothing"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_engine_keeps_lists_as_the_naive_model(steps in vec((0u64..5, command()), 1..80)) {
        let (mut broker, mut naive) = (Broker::new(), Naive::default());
        for (at, (client, command)) in steps.iter().enumerate() {
            let client = ClientId(*client);
            if broker.is_blocked(client) {
                continue;
            }
            let answer = (broker.apply(client, command, 0), broker.take_outbox());
            prop_assert_eq!(answer, naive.apply(client, command), "step {} of {:?}: {:?}", at, client, command);
        }
        broker.assert_invariants();
    }
}
