//! Requests and replies, short: the command as one would type it, of the reply what a reader needs.

use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Bytes, Command, Push, Reply};
use redelivery_model::client::Request;
use redelivery_model::setup::Setup;

/// Longer replies are cut.
const MAX_SHOWN: usize = 6;

/// A request as typed into `redis-cli`; the commands of a transaction behind each other.
pub(super) fn request(request: &Request) -> String {
    if let Request::Script(script) = request {
        return format!("EVAL {}", line(&script.words()));
    }
    let lines: Vec<String> = request
        .commands()
        .iter()
        .map(|command| line(&command.to_argv()))
        .collect();
    lines.join(" | ")
}

fn line(argv: &[Bytes]) -> String {
    let words: Vec<String> = argv.iter().map(word).collect();
    words.join(" ")
}

fn word(word: &Bytes) -> String {
    let text = word.to_string();
    match text.is_empty() || text.contains(char::is_whitespace) {
        true => format!("{text:?}"),
        false => text,
    }
}

/// What a request was answered.
pub(super) fn reply(setup: &Setup, request: &Request, reply: &Reply) -> String {
    match (request, reply) {
        (Request::One(command), reply) => one(setup, command, reply),
        (Request::Transaction(commands), Reply::Array(replies)) => {
            let replies = commands
                .iter()
                .zip(replies)
                .map(|(command, reply)| one(setup, command, reply));
            replies.collect::<Vec<_>>().join(" | ")
        }
        (Request::Transaction(_), Reply::NullArray | Reply::Null) => "nothing: a watched key has changed".into(),
        (Request::Transaction(_), reply) => plain(reply),
        (Request::Script(_), Reply::Entries(all)) => entries(setup, all),
        (Request::Script(_), reply) => plain(reply),
    }
}

fn one(setup: &Setup, command: &Command, reply: &Reply) -> String {
    match (command, reply) {
        (Command::XAutoClaim(_), Reply::Array(parts)) => match parts.as_slice() {
            [cursor, Reply::Entries(claimed), ..] => {
                format!("{}, cursor {}", entries(setup, claimed), plain(cursor))
            }
            _ => plain(reply),
        },
        (Command::XPending(_), Reply::Array(rows)) => list(rows.iter().map(pending_row)),
        (_, Reply::Streams(streams)) => {
            let all: Vec<EntryReply> = streams.iter().flat_map(|(_, entries)| entries.clone()).collect();
            entries(setup, &all)
        }
        (_, Reply::Entries(all)) => entries(setup, all),
        _ => plain(reply),
    }
}

fn entries(setup: &Setup, entries: &[EntryReply]) -> String {
    list(entries.iter().map(|entry| match &entry.fields {
        None => format!("{} (deleted)", entry.id),
        Some(fields) => match setup.message_of(fields) {
            Some(message) => format!("{} {}", entry.id, setup.messages.key(message)),
            None => entry.id.to_string(),
        },
    }))
}

/// The idle time is left out: while exploring it says nothing but which thresholds it has reached.
fn pending_row(row: &Reply) -> String {
    match row {
        Reply::Array(columns) => match columns.as_slice() {
            [id, consumer, _, Reply::Integer(deliveries)] => {
                format!("{} {} ×{deliveries}", plain(id), plain(consumer))
            }
            _ => plain(row),
        },
        _ => plain(row),
    }
}

/// A reply of which nothing more is known.
pub(super) fn plain(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) => text.to_string(),
        Reply::Error(text) => text.to_string(),
        Reply::Integer(number) => number.to_string(),
        Reply::Bulk(text) | Reply::Verbatim(text) => text.to_string(),
        Reply::Null | Reply::NullArray => "nothing".into(),
        Reply::Array(parts) | Reply::Set(parts) => list(parts.iter().map(plain)),
        Reply::Map(pairs) => list(
            pairs
                .iter()
                .map(|(key, value)| format!("{} {}", plain(key), plain(value))),
        ),
        Reply::Streams(streams) => list(streams.iter().map(|(stream, _)| stream.to_string())),
        Reply::Entries(entries) => list(entries.iter().map(|entry| entry.id.to_string())),
        Reply::Pushes(pushes) => list(pushes.iter().map(push)),
    }
}

/// What was pushed to a subscriber.
pub(super) fn push(push: &Push) -> String {
    match push {
        Push::Message { channel, message, .. } => format!("{message} on {channel}"),
        Push::PatternMessage {
            pattern,
            channel,
            message,
        } => format!("{message} on {channel} by {pattern}"),
        Push::Subscribed { name, .. } => format!("subscribed to {name}"),
        Push::Unsubscribed { name: Some(name), .. } => format!("unsubscribed from {name}"),
        Push::Unsubscribed { name: None, .. } => "nothing to unsubscribe from".into(),
    }
}

fn list(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.is_empty() {
        true => "nothing".into(),
        false => super::words::at_most(MAX_SHOWN, &parts),
    }
}
