//! What the parent asks the server itself, over a connection of its own: how things stand there, which no client sees.
//!
//! Nothing that it asks changes anything. Between two questions something may happen, so that it asks while nothing is
//! on its way.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use redelivery_engine::Bytes;
use redelivery_engine::resp::Frame;
use redelivery_model::check::CheckSpec;
use redelivery_model::event::{Event, PendingRow};
use redelivery_model::setup::{GroupIx, GroupKind, GroupSetup, Message, Setup, keys};

use super::Connection;
use super::connection::TIMEOUT;
use super::replica::{Replica, info};
use super::reply::whole_id;
use super::stage::Stage;

/// More entries are in no pending list of a live run.
const ROWS_MAX: &str = "1000000";

/// How often a server is asked, every millisecond, whether its file has everything, before that is a failure.
const ASKED_MAX: usize = 20_000;

/// The parent's own connection.
#[derive(Debug)]
pub(super) struct Ask {
    connection: Connection,
}

impl Ask {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let connection = Connection::open(address, TIMEOUT)?;
        Ok(Self { connection })
    }

    /// The flags of the client that has this address, as CLIENT LIST shows them; none when the server knows of none.
    pub(super) fn flags(&mut self, address: SocketAddr) -> io::Result<Option<String>> {
        let list = match self.ask(&["CLIENT", "LIST"])? {
            Frame::Bulk(list) => String::from_utf8_lossy(&list).into_owned(),
            other => return Err(io::Error::other(format!("CLIENT LIST: {other:?}"))),
        };
        let wanted = format!("addr={address}");
        let line = list.lines().find(|line| line.split(' ').any(|field| field == wanted));
        let flags = line.and_then(|line| line.split(' ').find_map(|field| field.strip_prefix("flags=")));
        Ok(flags.map(str::to_owned))
    }

    /// Sets how much the server keeps for subscribers that do not read: `client-output-buffer-limit`.
    pub(super) fn limit_output_buffer(&mut self, limit: &str) -> io::Result<()> {
        match self.ask(&["CONFIG", "SET", "client-output-buffer-limit", limit])? {
            refused if refused.is_error() => Err(io::Error::other(format!("CONFIG SET: {refused:?}"))),
            _ => Ok(()),
        }
    }

    /// Tells the history how pending lists, lists and streams stand, as far as that may be news.
    pub(super) fn tell(&mut self, stage: &mut Stage<'_>, pending: bool, items: bool, lengths: bool) -> io::Result<()> {
        let setup = stage.setup;
        for group in setup.group_ixs().filter(|_| items) {
            if let Some(event) = self.items(setup, group)? {
                let moment = stage.now();
                stage.history.items(moment, event);
            }
        }
        for group in setup.group_ixs().filter(|_| pending) {
            if let Some(event) = self.pending(group, setup.group(group))? {
                let moment = stage.now();
                stage.history.pending(moment, group, event);
            }
        }
        for check in setup.checks.iter().filter(|_| lengths) {
            if let CheckSpec::Bounded { stream, .. } = check {
                let length = self.length(setup, stream)?;
                let stream = stream.clone();
                stage.happens(Event::Length { stream, length });
            }
        }
        Ok(())
    }

    /// A group's pending list, and those of its consumers; none where there is no such group.
    pub(super) fn pending(&mut self, group: GroupIx, names: &GroupSetup) -> io::Result<Option<Event>> {
        if names.kind != GroupKind::Group {
            return Ok(None);
        }
        let (stream, name) = (&names.key, &names.name);
        let Some(rows) = self.rows(stream, name, None)? else {
            return Ok(None);
        };
        let mut consumers = Vec::new();
        for consumer in self.consumers(stream, name)? {
            let own = self.rows(stream, name, Some(&consumer))?.unwrap_or_default();
            consumers.extend(own.into_iter().map(|row| (consumer.clone(), row.id)));
        }
        Ok(Some(Event::Pending { group, rows, consumers }))
    }

    fn rows(&mut self, stream: &Bytes, group: &Bytes, consumer: Option<&Bytes>) -> io::Result<Option<Vec<PendingRow>>> {
        let mut argv: Vec<Bytes> = vec!["XPENDING".into(), stream.clone(), group.clone()];
        argv.extend(["-", "+", ROWS_MAX].map(Bytes::from));
        argv.extend(consumer.cloned());
        match self.connection.request(&argv)? {
            Frame::Array(rows) => {
                let rows: Option<Vec<PendingRow>> = rows.iter().map(row).collect();
                rows.map(Some)
                    .ok_or_else(|| io::Error::other("XPENDING: rows of another kind"))
            }
            // The group or its stream is not there.
            Frame::Error(_) => Ok(None),
            other => Err(io::Error::other(format!("XPENDING: {other:?}"))),
        }
    }

    fn consumers(&mut self, stream: &Bytes, group: &Bytes) -> io::Result<Vec<Bytes>> {
        let argv = ["XINFO".into(), "CONSUMERS".into(), stream.clone(), group.clone()];
        let name = |row: &Frame| match row {
            Frame::Array(fields) => match fields.get(1) {
                Some(Frame::Bulk(name)) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        match self.connection.request(&argv)? {
            Frame::Array(rows) => Ok(rows.iter().filter_map(name).collect()),
            other => Err(io::Error::other(format!("XINFO CONSUMERS: {other:?}"))),
        }
    }

    /// What lies in a list, and where its workers keep their items; none where the group is no list's.
    pub(super) fn items(&mut self, setup: &Setup, group: GroupIx) -> io::Result<Option<Event>> {
        if setup.group(group).kind != GroupKind::List {
            return Ok(None);
        }
        let mut kept = vec![setup.group(group).key.clone(), keys::processing(setup, group)];
        let pattern = Bytes::from([&*kept[1], b":*"].concat());
        kept.extend(self.values(&["KEYS".into(), pattern])?);
        kept.sort();
        let mut lists = Vec::new();
        for key in kept {
            let values = self.values(&["LRANGE".into(), key.clone(), "0".into(), "-1".into()])?;
            if !values.is_empty() {
                let messages = values.iter().filter_map(|value| setup.messages.find(value));
                lists.push((key, messages.collect()));
            }
        }
        Ok(Some(Event::Items { group, lists }))
    }

    /// The messages that lie in streams and lists, each with the key.
    pub(super) fn messages(&mut self, setup: &Setup) -> io::Result<BTreeSet<(Bytes, Message)>> {
        let mut messages = BTreeSet::new();
        for key in self.values(&["KEYS".into(), "*".into()])? {
            let range = ["XRANGE".into(), key.clone(), "-".into(), "+".into()];
            let found: Vec<Message> = match self.connection.request(&range)? {
                Frame::Array(entries) => entries.iter().filter_map(|entry| message(setup, entry)).collect(),
                // No stream: whatever is no list either holds no messages.
                _ => {
                    let items = self.values(&["LRANGE".into(), key.clone(), "0".into(), "-1".into()])?;
                    items.iter().filter_map(|item| setup.messages.find(item)).collect()
                }
            };
            messages.extend(found.into_iter().map(|message| (key.clone(), message)));
        }
        Ok(messages)
    }

    /// Waits until a replica has everything that the server has sent.
    pub(super) fn catch_up(&mut self, replica: &mut Replica) -> io::Result<()> {
        replica.catch_up(&mut self.connection)
    }

    /// Takes a snapshot.
    pub(super) fn save(&mut self) -> io::Result<()> {
        match self.ask(&["SAVE"])? {
            refused if refused.is_error() => Err(io::Error::other(format!("SAVE: {refused:?}"))),
            _ => Ok(()),
        }
    }

    /// Waits until the append-only file has everything that was executed. Under `everysec` a server that still syncs keeps
    /// what it executes to itself, for up to two seconds, and answers all the same.
    pub(super) fn until_written(&mut self) -> io::Result<()> {
        for _ in 0..ASKED_MAX {
            match info(&mut self.connection, "persistence", "aof_buffer_length")?.as_deref() {
                // No such field: no such file.
                None | Some("0") => return Ok(()),
                Some(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
        Err(io::Error::other("the server never writes its append-only file"))
    }

    fn values(&mut self, argv: &[Bytes]) -> io::Result<Vec<Bytes>> {
        let value = |frame: Frame| match frame {
            Frame::Bulk(value) => Some(value),
            _ => None,
        };
        match self.connection.request(argv)? {
            Frame::Array(values) => Ok(values.into_iter().filter_map(value).collect()),
            // Another type than a list's: no item lies there.
            Frame::Error(_) => Ok(Vec::new()),
            other => Err(io::Error::other(format!("{argv:?}: {other:?}"))),
        }
    }

    fn length(&mut self, setup: &Setup, key: &Bytes) -> io::Result<u64> {
        let command = if setup.find_list(key).is_some() { "LLEN" } else { "XLEN" };
        match self.connection.request(&[command.into(), key.clone()])? {
            Frame::Integer(length) => Ok(u64::try_from(length).unwrap_or(0)),
            other => Err(io::Error::other(format!("{command}: {other:?}"))),
        }
    }

    fn ask(&mut self, words: &[&str]) -> io::Result<Frame> {
        let argv: Vec<Bytes> = words.iter().map(|&word| Bytes::from(word)).collect();
        self.connection.request(&argv)
    }
}

/// The message of an entry, as XRANGE shows it.
fn message(setup: &Setup, entry: &Frame) -> Option<Message> {
    let Frame::Array(parts) = entry else { return None };
    let [_, Frame::Array(fields)] = parts.as_slice() else {
        return None;
    };
    let bytes = |field: &Frame| match field {
        Frame::Bulk(bytes) => Some(bytes.clone()),
        _ => None,
    };
    let fields: Option<Vec<Bytes>> = fields.iter().map(bytes).collect();
    setup.message_of(&fields?)
}

fn row(frame: &Frame) -> Option<PendingRow> {
    let Frame::Array(fields) = frame else { return None };
    let [Frame::Bulk(id), Frame::Bulk(consumer), _, Frame::Integer(deliveries)] = fields.as_slice() else {
        return None;
    };
    Some(PendingRow {
        id: whole_id(id)?,
        consumer: consumer.clone(),
        deliveries: u64::try_from(*deliveries).ok()?,
    })
}
