//! What has happened since the start, or since CONFIG RESETSTAT: INFO tells it.

use std::collections::BTreeMap;

use redelivery_engine::command::{Known, known};
use redelivery_engine::{Bytes, Millis, Reply};

use super::{command, table};

/// Counted of all clients.
#[derive(Debug)]
pub(super) struct Statistics {
    /// When somebody first came.
    pub(super) started_at: Option<Millis>,
    pub(super) commands: u64,
    pub(super) connections: u64,
    /// Who came when there were too many already.
    pub(super) refused: u64,
    /// So many bytes were read, and sent.
    pub(super) traffic: (u64, u64),
    /// Requests that may have changed what is kept; CONFIG RESETSTAT lets them stand.
    pub(super) writes: u64,
    /// In the order of the names; a subcommand's is `container|subcommand`.
    calls: Vec<(&'static str, Calls)>,
    /// By the first word of the error.
    errors: BTreeMap<Vec<u8>, u64>,
}

/// Where a command is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(usize);

/// Of one command.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Calls {
    is_container: bool,
    /// Whether it may change what is kept.
    writes: bool,
    pub(super) made: u64,
    /// Not even begun.
    pub(super) rejected: u64,
    /// Answered with an error.
    pub(super) failed: u64,
}

/// No command has a longer name.
const NAME_MAX: usize = 40;

impl Statistics {
    pub(super) fn new() -> Self {
        let entry = |known: &Known| {
            let is_container = !known.subcommands.is_empty();
            let calls = Calls {
                is_container,
                writes: command::writes(known.name),
                ..Calls::default()
            };
            (known.name, calls)
        };
        let all: Vec<Known> = known().chain(table::known()).collect();
        let mut calls: Vec<_> = all
            .iter()
            .flat_map(|known| std::iter::once(known).chain(&known.subcommands))
            .map(entry)
            .collect();
        calls.sort_unstable_by_key(|&(name, _)| name);
        Self {
            started_at: None,
            commands: 0,
            connections: 0,
            refused: 0,
            traffic: (0, 0),
            writes: 0,
            calls,
            errors: BTreeMap::new(),
        }
    }

    /// CONFIG RESETSTAT.
    pub(super) fn reset(&mut self) {
        *self = Self {
            started_at: self.started_at,
            writes: self.writes,
            ..Self::new()
        };
    }

    /// Where a request is counted, and whether all of this name are counted there; none if there is no such command.
    pub(super) fn place(&self, argv: &[Bytes]) -> Option<(Place, bool)> {
        let mut room = [0; NAME_MAX];
        let name = argv.first()?;
        let place = self.find(lower(&[name], &mut room)?)?;
        match argv.get(1).filter(|_| self.calls[place.0].1.is_container) {
            None => Some((place, !self.calls[place.0].1.is_container)),
            Some(word) => Some((self.find(lower(&[name, b"|", word], &mut room)?)?, false)),
        }
    }

    fn find(&self, name: &[u8]) -> Option<Place> {
        let found = self.calls.binary_search_by_key(&name, |(name, _)| name.as_bytes());
        found.ok().map(Place)
    }

    /// A request was answered; not yet, if there is no reply. Whether it may have changed what is kept.
    pub(super) fn note(&mut self, place: Option<Place>, reply: Option<&Reply>) -> bool {
        self.commands += 1;
        let error = reply.and_then(error);
        if let Some(error) = error {
            self.note_error(error);
        }
        let Some(Place(place)) = place else { return false };
        let calls = &mut self.calls[place].1;
        match error {
            Some(error) if is_rejection(error) => calls.rejected += 1,
            Some(_) => {
                calls.made += 1;
                calls.failed += 1;
            }
            None => calls.made += 1,
        }
        calls.writes && error.is_none() && reply.is_some()
    }

    /// Counts a request that may have changed what is kept; those of a transaction, of which so many are `queued`, when it
    /// is executed.
    pub(super) fn note_write(&mut self, writes: bool, queued: &mut u64, is_queued: bool, reply: Option<&Reply>) {
        if is_queued {
            *queued += u64::from(writes);
            return;
        }
        self.writes += u64::from(writes);
        let queued = std::mem::take(queued);
        if matches!(reply, Some(Reply::Array(_))) {
            self.writes += queued;
        }
    }

    /// Somebody was answered with an error.
    pub(super) fn note_error(&mut self, error: &[u8]) {
        let word = error.split(|&byte| byte == b' ').next().unwrap_or_default();
        *self.errors.entry(word.to_vec()).or_default() += 1;
    }

    /// The commands that were called, or tried to.
    pub(super) fn calls(&self) -> impl Iterator<Item = (&str, &Calls)> {
        let called = self.calls.iter().filter(|(_, calls)| calls.made + calls.rejected > 0);
        called.map(|(name, calls)| (*name, calls))
    }

    /// The errors that were answered, and how often.
    pub(super) fn errors(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.errors.iter().map(|(word, &count)| (&**word, count))
    }
}

/// The parts in turn, in lower case; none if there is no room for them.
fn lower<'a>(parts: &[&[u8]], room: &'a mut [u8; NAME_MAX]) -> Option<&'a [u8]> {
    let mut end = 0;
    for part in parts {
        let place = room.get_mut(end..end + part.len())?;
        place.copy_from_slice(part);
        end += part.len();
    }
    room[..end].make_ascii_lowercase();
    Some(&room[..end])
}

/// The text of an error.
pub(super) fn error(reply: &Reply) -> Option<&[u8]> {
    match reply {
        Reply::Error(text) => Some(text.as_bytes()),
        _ => None,
    }
}

/// Whether a server says so before it begins with a command.
fn is_rejection(error: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"ERR wrong number of arguments",
        b"NOAUTH ",
        b"NOREPLICAS ",
        b"MOVED ",
        b"ASK ",
        b"CROSSSLOT ",
        b"CLUSTERDOWN ",
        b"TRYAGAIN ",
    ];
    BEGINNINGS.iter().any(|beginning| error.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argv(line: &str) -> Vec<Bytes> {
        line.split(' ').map(Bytes::from).collect()
    }

    #[test]
    fn what_is_counted_of_commands() {
        let mut statistics = Statistics::new();
        let error = |text: &'static str| Reply::Error(text.to_owned().into());
        let mut note = |line: &str, reply: Option<&Reply>| {
            let place = statistics.place(&argv(line)).map(|(place, _)| place);
            statistics.note(place, reply);
        };
        note("xAdd s * f v", Some(&Reply::OK));
        note("XADD k * f v", Some(&error("WRONGTYPE Operation")));
        note("XADD k", Some(&error("ERR wrong number of arguments")));
        note("BLPOP l 0", None);
        note("Client ID", Some(&Reply::OK));
        note("CLIENT NOSUCH", Some(&error("ERR unknown subcommand")));
        note(&"X".repeat(100), Some(&error("ERR unknown command")));
        let called: Vec<_> = statistics
            .calls()
            .map(|(name, calls)| (name, calls.made, calls.rejected, calls.failed))
            .collect();
        let expected = [("blpop", 1, 0, 0), ("client|id", 1, 0, 0), ("xadd", 2, 1, 1)];
        assert_eq!(called, expected);
        let errors: Vec<_> = statistics.errors().collect();
        assert_eq!(errors, [(&b"ERR"[..], 3), (b"WRONGTYPE", 1)]);
        assert_eq!(statistics.commands, 7);
        statistics.reset();
        assert_eq!((statistics.calls().count(), statistics.errors().count()), (0, 0));
    }
}
