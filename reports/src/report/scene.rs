//! A world in words: what lies at the broker, what each client is about to do and what it holds, what is on its way,
//! what is broken.
//!
//! It only looks. What happened on the way to it is `timeline`'s.

use std::fmt::Write as _;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Broker, Bytes, ClientId, Command, Reply, Stream};
use redelivery_model::check::CheckIx;
use redelivery_model::client::Intent;
use redelivery_model::duration;
use redelivery_model::history;
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::world::{Action, World};

use super::step::{self, Told};
use super::{ageing, events, holds, request};

/// Nobody connects by this name.
const ONLOOKER: ClientId = ClientId(u64::MAX);

/// An action that is possible in a world, on one line.
pub fn choice(setup: &Setup, world: &World, action: Action) -> String {
    let step = history::take(setup, &mut world.clone(), action);
    let aged = ageing::of_action(setup, world, action);
    let Told { line, .. } = step::told(setup, 0, &step, aged);
    let reply = line.reply.map_or_else(String::new, |reply| format!(" -> {reply}"));
    match step::is_sentence_of(&line.who) {
        true => format!("{} {}{reply}", line.who, line.what),
        false => line.what + &reply,
    }
}

/// What an action does in a world, and how things stand afterwards.
pub fn step(setup: &Setup, world: &World, action: Action) -> String {
    let mut after = world.clone();
    let step = history::take(setup, &mut after, action);
    let mut text = choice(setup, world, action);
    text.push('\n');
    let aged = ageing::of_action(setup, world, action);
    let notes = step::line(setup, 0, &step, aged).map_or_else(Vec::new, |line| line.notes);
    for note in notes {
        let _ = writeln!(text, "  {note}");
    }
    for violation in &step.violations {
        let _ = writeln!(text, "  => {} is violated", check(setup, violation.check));
    }
    text.push('\n');
    text + &scene(setup, &after)
}

/// How things stand in a world.
pub fn scene(setup: &Setup, world: &World) -> String {
    let mut text = String::new();
    let nodes: Vec<NodeIndex> = match &setup.cluster {
        Some(cluster) => cluster.nodes().collect(),
        None => vec![NodeIndex(0)],
    };
    for node in nodes {
        let name = match setup.cluster {
            Some(_) => events::node(node),
            None => "broker".into(),
        };
        let lines = at_broker(setup, world, world.broker(node));
        section(&mut text, &name, lines);
    }
    let clients = setup.client_ixs().flat_map(|client| of_client(setup, world, client));
    section(&mut text, "clients", clients.collect());
    section(&mut text, "on its way", in_flight(setup, world));
    section(&mut text, "violated", violated(setup, world));
    text
}

fn section(text: &mut String, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}");
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

fn at_broker(setup: &Setup, world: &World, broker: &Broker) -> Vec<String> {
    let mut lines = Vec::new();
    for key in broker.keys() {
        match broker.stream(key) {
            Some(stream) => {
                lines.push(format!("{key}: {}", entries(setup, stream)));
                for (name, group) in stream.groups() {
                    lines.push(format!("  {name} has read up to {}", group.last_delivered()));
                    if let Some(group) = setup.find_group(key, name) {
                        let pending = history::pending(setup, world, group);
                        lines.push(format!("  {}", events::pending(setup, group, &pending)));
                    }
                }
            }
            None => lines.push(format!("{key}: {}", value(broker, world, key))),
        }
    }
    if lines.is_empty() {
        lines.push("empty".into());
    }
    lines
}

fn entries(setup: &Setup, stream: &Stream) -> String {
    let entries = stream.entries().map(|entry| match setup.message_of(&entry.fields()) {
        Some(message) => format!("{} {}", entry.id, setup.messages.key(message)),
        None => entry.id.to_string(),
    });
    let entries: Vec<String> = entries.collect();
    match entries.is_empty() {
        true => "no entries".into(),
        false => entries.join(", "),
    }
}

/// What lies at a key that is no stream, as somebody is answered who asks.
fn value(broker: &Broker, world: &World, key: &Bytes) -> String {
    let ask = |words: &[&str]| {
        let argv: Vec<Bytes> = words.iter().map(|word| Bytes::from(*word)).collect();
        let (first, rest) = argv.split_first()?;
        let argv = [&[first.clone(), key.clone()], rest].concat();
        let command = Command::parse(&argv).ok()?;
        broker.clone().apply(ONLOOKER, &command, world.now_ms())
    };
    let looks: [&[&str]; 3] = [&["GET"], &["LRANGE", "0", "-1"], &["SMEMBERS"]];
    let answers = looks.iter().filter_map(|look| ask(look));
    let mut answers = answers.filter(|reply| !matches!(reply, Reply::Error(_)));
    answers
        .next()
        .map_or_else(|| "is there".into(), |reply| request::plain(&reply))
}

/// What a client is about to do, and below that what it holds.
fn of_client(setup: &Setup, world: &World, client: ClientIx) -> Vec<String> {
    let doing = match world.intent(setup, client) {
        _ if world.is_cut_off(client) => "is cut off from the broker".into(),
        _ if world.awaits_in_vain(setup, client) => {
            "waits for a reply on a connection that the broker has closed".into()
        }
        _ if world.is_forgotten(client) => "listens on a connection that the broker has closed".into(),
        _ if world.is_down(client) && world.starts_again(setup, client) => "is down, and may start again".into(),
        _ if world.is_down(client) => "is down for good".into(),
        None => "waits for a reply that the broker holds back".into(),
        Some(Intent::Send(asked)) => format!("is about to send {}", request::request(&asked)),
        Some(Intent::SendOnly(asked)) => {
            format!("is about to send {} and go on", request::request(&asked))
        }
        Some(Intent::Listen) => "listens".into(),
        Some(Intent::Work(message)) => format!("works on {}", setup.messages.key(message)),
        Some(Intent::Wait(ms)) => format!("waits {}", duration(ms)),
        Some(Intent::Choose) => "may take any turn".into(),
        Some(Intent::Stop) => "has nothing more to do".into(),
    };
    let mut lines = vec![format!("{} {doing}", setup.client(client).name)];
    if !world.is_down(client) {
        let held = holds::lines(setup, &world.memory(client).holds());
        lines.extend(held.into_iter().map(|line| format!("  {line}")));
    }
    lines
}

/// What was sent and not executed, what the broker holds back, and what a subscriber has not read.
fn in_flight(setup: &Setup, world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    for connection in world.connection_ixs() {
        let Some(state) = world.connection(connection) else {
            continue;
        };
        let whose = match state.client() {
            Some(client) => setup.client(client).name.to_string(),
            None => format!("connection {}, whose client has gone", connection.0),
        };
        let sent = state.in_flight().iter();
        let sent = sent.map(|asked| format!("{whose}: {} is not executed yet", request::request(asked)));
        lines.extend(sent);
        if let Some(asked) = state.blocked_on() {
            lines.push(format!("{whose}: {} is held back", request::request(asked)));
        }
        let unread = state.unread().iter();
        lines.extend(unread.map(|push| format!("{whose} has not read {}", request::push(push))));
    }
    lines
}

/// The checks that the way to a world has broken, and those that it would break if the run stayed there.
fn violated(setup: &Setup, world: &World) -> Vec<String> {
    let monitors = world.monitors();
    let broken = (0..setup.checks.len() as u16).map(CheckIx);
    let broken = broken.filter(|&ix| monitors.is_violated(ix));
    let mut lines: Vec<String> = broken.map(|ix| check(setup, ix)).collect();
    let mut owed = Vec::new();
    monitors.at_end(setup, &mut |violation| {
        let line = format!("{}, if the run stayed like this", check(setup, violation.check));
        if !owed.contains(&line) {
            owed.push(line);
        }
    });
    lines.extend(owed);
    lines
}

fn check(setup: &Setup, check: CheckIx) -> String {
    redelivery_scenarios::scenario::name_of(&setup.checks[usize::from(check.0)])
}
