//! Reading replies: what clients and events need of them. A reply of another shape reads as empty.

use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Bytes, Command, Reply, StreamId};

/// One row of XPENDING's extended form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PendingRow {
    /// The entry.
    pub(crate) id: StreamId,
    /// Its owner.
    pub(crate) consumer: Bytes,
    /// Its delivery counter.
    pub(crate) deliveries: u64,
}

/// The entries of an XREADGROUP of one stream.
pub(crate) fn read_entries(reply: &Reply) -> &[EntryReply] {
    match reply {
        Reply::Streams(streams) => streams.first().map_or(&[], |(_, entries)| entries),
        _ => &[],
    }
}

/// The entries of an XCLAIM.
pub(crate) fn entries(reply: &Reply) -> &[EntryReply] {
    match reply {
        Reply::Entries(entries) => entries,
        _ => &[],
    }
}

/// The cursor and the entries of an XAUTOCLAIM.
pub(crate) fn auto_claimed(reply: &Reply) -> (StreamId, &[EntryReply]) {
    match reply {
        Reply::Array(parts) => match parts.as_slice() {
            [cursor, claimed, ..] => (id(cursor).unwrap_or_default(), entries(claimed)),
            _ => (StreamId::MIN, &[]),
        },
        _ => (StreamId::MIN, &[]),
    }
}

/// The rows of an XPENDING in its extended form.
pub(crate) fn pending_rows(reply: &Reply) -> Vec<PendingRow> {
    let Reply::Array(rows) = reply else {
        return Vec::new();
    };
    rows.iter()
        .filter_map(|row| match row {
            Reply::Array(columns) => match columns.as_slice() {
                [entry, Reply::Bulk(consumer), _, Reply::Integer(deliveries)] => Some(PendingRow {
                    id: id(entry)?,
                    consumer: consumer.clone(),
                    deliveries: u64::try_from(*deliveries).ok()?,
                }),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// A row of XINFO: names and values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InfoRow<'a>(&'a [(Reply, Reply)]);

impl<'a> InfoRow<'a> {
    /// What it is about.
    pub(crate) fn name(self) -> Option<&'a Bytes> {
        match self.value("name") {
            Some(Reply::Bulk(name)) => Some(name),
            _ => None,
        }
    }

    /// A number of it; none where the broker does not know.
    pub(crate) fn number(self, field: &str) -> Option<i64> {
        match self.value(field) {
            Some(Reply::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// An ID of it.
    pub(crate) fn id(self, field: &str) -> Option<StreamId> {
        self.value(field).and_then(id)
    }

    fn value(self, field: &str) -> Option<&'a Reply> {
        let named = |name: &Reply| matches!(name, Reply::Bulk(name) if **name == *field.as_bytes());
        self.0.iter().find_map(|(name, value)| named(name).then_some(value))
    }
}

/// The rows of an XINFO GROUPS or XINFO CONSUMERS.
pub(crate) fn info_rows(reply: &Reply) -> Vec<InfoRow<'_>> {
    let Reply::Array(rows) = reply else {
        return Vec::new();
    };
    rows.iter()
        .filter_map(|row| match row {
            Reply::Map(pairs) => Some(InfoRow(pairs)),
            _ => None,
        })
        .collect()
}

/// The smallest ID in the summary of an XPENDING; none where nothing is pending.
pub(crate) fn oldest_pending(reply: &Reply) -> Option<StreamId> {
    match reply {
        Reply::Array(parts) => parts.get(1).and_then(id),
        _ => None,
    }
}

/// Whether the group, or its stream, does not exist.
pub(crate) fn is_no_group(reply: &Reply) -> bool {
    matches!(reply, Reply::Error(text) if text.starts_with("NOGROUP"))
}

/// Whether the group exists already.
pub(crate) fn is_busy_group(reply: &Reply) -> bool {
    matches!(reply, Reply::Error(text) if text.starts_with("BUSYGROUP"))
}

/// How many of something: an integer that is not negative.
pub(crate) fn count(reply: &Reply) -> Option<u64> {
    match reply {
        Reply::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

/// A number that came as a byte string.
pub(crate) fn number(reply: &Reply) -> Option<u64> {
    let Reply::Bulk(text) = reply else {
        return None;
    };
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// An ID that came as a byte string.
pub(crate) fn id(reply: &Reply) -> Option<StreamId> {
    let Reply::Bulk(text) = reply else {
        return None;
    };
    parse_id(text)
}

fn parse_id(text: &Bytes) -> Option<StreamId> {
    let line = text.iter().position(|byte| *byte == b'-')?;
    Some(StreamId::new(digits(&text[..line])?, digits(&text[line + 1..])?))
}

/// A number of digits alone: read by hand, since each reply to XADD has two.
fn digits(text: &[u8]) -> Option<u64> {
    // Numbers so short fit.
    if (1..=19).contains(&text.len()) {
        let mut number = 0;
        for byte in text {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            number = 10 * number + u64::from(digit);
        }
        return Some(number);
    }
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

/// The byte strings of an array, or the one byte string that a reply is.
pub(crate) fn values(reply: &Reply) -> impl Iterator<Item = &Bytes> {
    let parts = match reply {
        Reply::Array(parts) => parts.as_slice(),
        reply => std::slice::from_ref(reply),
    };
    parts.iter().filter_map(|part| match part {
        Reply::Bulk(value) => Some(value),
        _ => None,
    })
}

/// The items that a command took from an end of a list.
pub(crate) fn taken<'a>(command: &Command, reply: &'a Reply) -> Vec<&'a Bytes> {
    match (command, reply) {
        (Command::BPop { .. }, Reply::Array(_)) => values(reply).skip(1).collect(),
        (Command::LMPop(_) | Command::BLMPop { .. }, Reply::Array(parts)) => match parts.as_slice() {
            [_, items] => values(items).collect(),
            _ => Vec::new(),
        },
        (
            Command::Pop { .. }
            | Command::RPopLPush { .. }
            | Command::BRPopLPush { .. }
            | Command::LMove(_)
            | Command::BLMove { .. },
            reply,
        ) => values(reply).collect(),
        _ => Vec::new(),
    }
}

/// The list to which a command moves an item.
pub(crate) fn destination(command: &Command) -> Option<&Bytes> {
    match command {
        Command::RPopLPush { destination, .. } | Command::BRPopLPush { destination, .. } => Some(destination),
        Command::LMove(lmove) | Command::BLMove { lmove, .. } => Some(&lmove.destination),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_nothing_else() {
        let read = |text: &str| id(&Reply::Bulk(text.into()));
        for id in [StreamId::MIN, StreamId::new(1_700_000_000_000, 12), StreamId::MAX] {
            assert_eq!(read(&id.to_string()), Some(id));
        }
        for text in [
            "",
            "-",
            "1",
            "1-",
            "-1",
            "1-2-3",
            "1-+2",
            "a-1",
            "18446744073709551616-0",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
