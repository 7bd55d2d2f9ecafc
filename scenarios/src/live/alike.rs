//! Whether what happens on a real server is what happens in a world, whose entries have other IDs.
//!
//! A world counts its entries, a server names them after its clock. Which of them are the same entries is learnt from
//! the replies to XADD; from then on each ID must stand where the other stands.

use std::collections::BTreeSet;

use redelivery_engine::{Bytes, Command, Reply, StreamId};
use redelivery_model::client::{Intent, Request};
use redelivery_model::event::Event;
use serde_json::Value;

use super::reply::whole_id;

/// Pairs of IDs, of a world and of a server, that are the same entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Alike {
    pairs: BTreeSet<(StreamId, StreamId)>,
}

impl Alike {
    /// Notes the IDs that XADD answered to a request of a world and to the same request at the server.
    pub(super) fn learn(&mut self, request: &Request, in_world: &Reply, on_server: &Reply) {
        match (request, in_world, on_server) {
            (Request::One(command), in_world, on_server) => self.learn_one(command, in_world, on_server),
            (Request::Transaction(commands), Reply::Array(in_world), Reply::Array(on_server)) => {
                for ((command, in_world), on_server) in commands.iter().zip(in_world).zip(on_server) {
                    self.learn_one(command, in_world, on_server);
                }
            }
            _ => {}
        }
    }

    fn learn_one(&mut self, command: &Command, in_world: &Reply, on_server: &Reply) {
        if let (Command::XAdd(_), Reply::Bulk(in_world), Reply::Bulk(on_server)) = (command, in_world, on_server)
            && let (Some(in_world), Some(on_server)) = (id(in_world), id(on_server))
        {
            self.pairs.insert((in_world, on_server));
        }
    }

    /// What somebody who types IDs of the world would type at this server; none if it is the same.
    pub(super) fn typed(&self, request: &Request) -> Option<Command> {
        let Request::One(command) = request else { return None };
        let argv = command.to_argv();
        let typed: Vec<Bytes> = argv.iter().map(|word| self.typed_word(word)).collect();
        match typed == argv {
            true => None,
            false => Command::parse(&typed).ok(),
        }
    }

    fn typed_word(&self, word: &Bytes) -> Bytes {
        let of = |in_world: StreamId| {
            let same = |pair: &&(StreamId, StreamId)| pair.0 == in_world;
            let before = |pair: &&(StreamId, StreamId)| pair.0.ms == in_world.ms && pair.0.seq < in_world.seq;
            let behind = |pair: &(StreamId, StreamId)| {
                let distance = in_world.seq - pair.0.seq;
                StreamId::new(pair.1.ms, pair.1.seq.saturating_add(distance))
            };
            let known = self.pairs.iter().find(same).map(|pair| pair.1);
            known.or_else(|| self.pairs.iter().rfind(before).map(behind))
        };
        match id(word).and_then(of) {
            Some(on_server) if word.first() == Some(&b'(') => Bytes::from(format!("({on_server}")),
            Some(on_server) => Bytes::from(on_server.to_string()),
            None => word.clone(),
        }
    }

    /// Whether a client intends the same in both.
    pub(super) fn intent(&self, in_world: &Intent, on_server: &Intent) -> bool {
        match (in_world, on_server) {
            (Intent::Send(one), Intent::Send(other)) | (Intent::SendOnly(one), Intent::SendOnly(other)) => {
                self.request(one, other)
            }
            (one, other) => one == other,
        }
    }

    /// Whether two requests are the same.
    pub(super) fn request(&self, in_world: &Request, on_server: &Request) -> bool {
        let (one, other) = (in_world.commands(), on_server.commands());
        let argv = |(one, other): (&Command, &Command)| {
            let (one, other) = (one.to_argv(), other.to_argv());
            one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| self.word(one, other))
        };
        one.len() == other.len() && one.iter().zip(&other).all(argv)
    }

    /// Whether the same happened.
    pub(super) fn event(&self, in_world: &Event, on_server: &Event) -> bool {
        match (serde_json::to_value(in_world), serde_json::to_value(on_server)) {
            (Ok(one), Ok(other)) => self.value(&one, &other),
            _ => false,
        }
    }

    fn value(&self, one: &Value, other: &Value) -> bool {
        match (one, other) {
            (Value::String(one), Value::String(other)) => self.word(one.as_bytes(), other.as_bytes()),
            (Value::Array(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.value(one, other))
            }
            (Value::Object(one), Value::Object(other)) => {
                let same = |(name, one): (&String, &Value)| other.get(name).is_some_and(|other| self.value(one, other));
                one.len() == other.len() && one.iter().all(same)
            }
            (one, other) => one == other,
        }
    }

    fn word(&self, one: &[u8], other: &[u8]) -> bool {
        let exclusive = |word: &[u8]| word.first() == Some(&b'(');
        match (id(one), id(other)) {
            (Some(in_world), Some(on_server)) => exclusive(one) == exclusive(other) && self.id(in_world, on_server),
            _ => one == other,
        }
    }

    /// The same entry, the place right behind the same entry, or an ID that is no entry's: 0-0.
    fn id(&self, in_world: StreamId, on_server: StreamId) -> bool {
        let before = |id: StreamId| id.seq.checked_sub(1).map(|seq| StreamId::new(id.ms, seq));
        let behind = match (before(in_world), before(on_server)) {
            (Some(in_world), Some(on_server)) => self.pairs.contains(&(in_world, on_server)),
            _ => false,
        };
        in_world == on_server || behind || self.pairs.contains(&(in_world, on_server))
    }
}

/// A whole ID, with or without a parenthesis before it.
fn id(word: &[u8]) -> Option<StreamId> {
    whole_id(word.strip_prefix(b"(").unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::argv;

    fn request(line: &str) -> Request {
        Request::One(Command::parse(&argv(line)).expect(line))
    }

    fn knowing() -> Alike {
        let mut alike = Alike::default();
        let reply = |id: &str| Reply::Bulk(Bytes::from(id));
        alike.learn(&request("XADD s * key a"), &reply("1-0"), &reply("1700-0"));
        alike.learn(&request("XADD s * key b"), &reply("2-0"), &reply("1700-1"));
        alike
    }

    #[test]
    fn ids_stand_for_each_other() {
        let alike = knowing();
        let same = |one: &str, other: &str| alike.request(&request(one), &request(other));
        assert!(same("XACK s g 1-0 2-0", "XACK s g 1700-0 1700-1"));
        assert!(!same("XACK s g 1-0", "XACK s g 1700-1"), "another entry");
        assert!(!same("XACK s g 1-0", "XACK s g 1800-0"), "an entry that nobody added");
        assert!(!same("XACK s g 1-0", "XACK s g 1700-0 1700-1"));
        assert!(same("XTRIM s MINID = 2-1", "XTRIM s MINID = 1700-2"), "right behind it");
        assert!(same("SADD marks 1-0", "SADD marks 1700-0"));
        assert!(same("XAUTOCLAIM s g a 30 0-0", "XAUTOCLAIM s g a 30 0-0"));
        assert!(!same("SADD marks a", "SADD marks b"));
    }

    #[test]
    fn ids_that_somebody_types_are_those_of_the_server() {
        let alike = knowing();
        let typed = |line: &str| alike.typed(&request(line)).map(Request::One);
        assert_eq!(typed("XDEL s 2-0"), Some(request("XDEL s 1700-1")));
        assert_eq!(
            typed("XADD s 2-1 note test"),
            Some(request("XADD s 1700-2 note test")),
            "right behind it"
        );
        assert_eq!(typed("XGROUP SETID s g 0"), None);
        assert_eq!(typed("XDEL s 9-0"), None, "nobody added it");
    }
}
