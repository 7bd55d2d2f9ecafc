//! Scripts of commands with the replies that redis-server 8.2.3 gave: they read as documentation of each family.
//!
//! `1> GET k` is a command of client 1; the next line is its reply, or `(waits)`. `1< …` is a reply to a client that
//! waited. To record a script, send its commands to a server and write down what comes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Broker, Bytes, ClientId, Reply, StreamId};

#[test]
fn the_engine_answers_as_the_server_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let script = fs::read_to_string(&path).unwrap();
        let played = play(&script);
        for (number, (played, recorded)) in played.lines().zip(script.lines()).enumerate() {
            assert_eq!(played, recorded, "{}:{}", path.display(), number + 1);
        }
        assert_eq!(played.lines().count(), script.lines().count(), "{}", path.display());
        count += 1;
    }
    assert!(count > 0, "no scripts");
}

/// The script with the engine's replies.
fn play(script: &str) -> String {
    let (mut broker, mut played) = (Broker::new(), String::new());
    for line in script.lines() {
        let Some((client, command)) = line
            .split_once("> ")
            .filter(|(client, _)| client.parse::<u64>().is_ok())
        else {
            if line.starts_with('#') {
                played += &format!("{line}\n");
            }
            continue;
        };
        let client = ClientId(client.parse().unwrap());
        let reply = broker.apply_argv(client, &arguments(command), 1_000);
        let reply = reply.map_or("(waits)".into(), |reply| show(&reply));
        writeln!(played, "{line}\n{reply}").unwrap();
        let mut served = broker.take_outbox();
        served.sort_by_key(|(client, _)| *client);
        for (client, reply) in served {
            writeln!(played, "{}< {}", client.0, show(&reply)).unwrap();
        }
    }
    played
}

/// Arguments between blanks; quotes keep blanks.
fn arguments(command: &str) -> Vec<Bytes> {
    let quoted = command.split('"').enumerate();
    let parts = quoted.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    parts.map(Bytes::from).collect()
}

fn show(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) => text.to_string(),
        Reply::Error(text) => format!("(error) {text}"),
        Reply::Integer(value) => value.to_string(),
        Reply::Bulk(bytes) | Reply::Verbatim(bytes) => format!("\"{bytes}\""),
        Reply::Null => "nil".into(),
        Reply::NullArray => "nil[]".into(),
        Reply::Array(items) | Reply::Set(items) => list(items.iter().map(show)),
        Reply::Map(pairs) => list(pairs.iter().flat_map(|(name, value)| [show(name), show(value)])),
        Reply::Streams(streams) => list(
            streams
                .iter()
                .map(|(key, entries)| format!("[\"{key}\", {}]", list(entries.iter().map(entry)))),
        ),
        Reply::Entries(entries) => list(entries.iter().map(entry)),
        Reply::Pushes(pushes) => list(pushes.iter().map(|push| format!("{push:?}"))),
    }
}

fn entry(entry: &EntryReply) -> String {
    let id: StreamId = entry.id;
    let fields = entry.fields.as_ref();
    let fields = fields.map_or("nil[]".into(), |fields| {
        list(fields.iter().map(|field| format!("\"{field}\"")))
    });
    format!("[\"{id}\", {fields}]")
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}
