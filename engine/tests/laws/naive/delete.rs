//! Trims, XDELEX and XACKDEL of the naive model.

use redelivery_engine::command::*;
use redelivery_engine::{Reply, StreamId};

use super::{Group, Naive, Stream};

impl Stream {
    /// With DELREF and ACKED: entry by entry of one node after the other, as long as a whole node could go.
    pub(super) fn trim_each(&mut self, trim: Trim) -> usize {
        let before = self.entries.len();
        if trim.precision != Precision::Exact {
            return 0;
        }
        for node in self.nodes.clone() {
            let inside = node.iter().filter(|id| self.has(**id)).count();
            let is_whole = match trim.by {
                TrimBy::MaxLen(length) => (self.entries.len() - inside) as u64 >= length,
                TrimBy::MinId(first) => *node.last().unwrap() < first,
            };
            for id in node {
                let goes = match trim.by {
                    TrimBy::MaxLen(length) => self.entries.len() as u64 > length,
                    TrimBy::MinId(first) => id < first,
                };
                if self.has(id) && (is_whole || goes) {
                    self.delete_one(id, trim.references);
                }
            }
            if !is_whole {
                break;
            }
        }
        before - self.entries.len()
    }

    fn is_needed(&mut self, id: StreamId) -> bool {
        if self.groups.is_empty() {
            return false;
        }
        // What was the lowest once is believed until `moved` says otherwise.
        let lowest = self.groups.iter().map(|group| group.last).min();
        self.lowest = self.lowest.or(lowest);
        let is_unread = self.lowest.is_some_and(|lowest| lowest < id);
        let is_pending = |group: &Group| group.pending.iter().any(|pending| pending.id == id);
        is_unread || self.groups.iter().any(is_pending)
    }

    /// A group stood at `from`, if it is not new, and stands at `to` now.
    pub(super) fn moved(&mut self, from: Option<StreamId>, to: StreamId) {
        if self.lowest.is_some() && (from == self.lowest || Some(to) < self.lowest) {
            self.lowest = None;
        }
    }

    fn delete_one(&mut self, id: StreamId, references: References) -> i64 {
        if references == References::Acked && self.is_needed(id) {
            return 2;
        }
        if references == References::Delete {
            for group in &mut self.groups {
                group.pending.retain(|pending| pending.id != id);
            }
        }
        if self.delete(&[id]) > 0 { 1 } else { -1 }
    }
}

impl Naive {
    pub(super) fn delete_ex(&mut self, command: &XDelEx) -> Reply {
        let each = command.ids.iter().map(|id| {
            let stream = self.stream(&command.key);
            Reply::Integer(stream.map_or(-1, |stream| stream.delete_one(*id, command.references)))
        });
        Reply::Array(each.collect())
    }

    pub(super) fn acknowledge_and_delete(&mut self, command: &XAckDel) -> Reply {
        let each = command.ids.iter().map(|id| {
            let Some(group) = self.group(&command.key, &command.group) else {
                return Reply::Integer(-1);
            };
            let before = group.pending.len();
            group.pending.retain(|pending| pending.id != *id);
            if group.pending.len() == before {
                return Reply::Integer(-1);
            }
            let stream = self.stream(&command.key).unwrap();
            Reply::Integer(stream.delete_one(*id, command.references).max(1))
        });
        Reply::Array(each.collect())
    }
}
