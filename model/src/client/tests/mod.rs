//! Clients by themselves: scripts of what one sends, what comes back, and which events it tells.
//!
//! A line reads `request -> answer => events`. The request is as it goes over the wire, in braces if it is a
//! transaction, or `work m1`, `wait 1000`, `listen`, `stop`; one that is not waited for begins with `!`. What comes back
//! is a reply (`nil`, `OK`, `:1`, `m1`, `[jobs m1]`, `-WRONGTYPE`), or `lost`, `sent`, `done`, or what a subscriber
//! receives. A line without an answer ends a script.

mod consumer;
mod publisher;
mod reaper;
mod restore;
mod subscriber;
mod worker;

use redelivery_engine::command::Subscription;
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Bytes, Push, Reply, StreamId};

use super::{ClientIx, Intent, Me, Memory, Observation, Request};
use crate::event::Event;
use crate::setup::policy::{AddBy, Producer, PushBy, Role};
use crate::setup::{ClientSetup, GroupIx, GroupKind, GroupSetup, Message, Setup};

const LIST: GroupIx = GroupIx(0);
const ANNA: GroupIx = GroupIx(1);

/// A client `anna`, messages `m1`, `m2` and `m3`, a list `jobs` that a shop pushes them to, and a subscriber's row.
fn setup(role: Role) -> Setup {
    let row = |kind, name: &str| GroupSetup {
        kind,
        key: name.into(),
        name: name.into(),
        start: StreamId::MIN,
        exists: false,
    };
    let shop = Producer::plain("jobs", AddBy::Push(PushBy::Lpush), (0..3).map(Message).collect());
    let client = |name: &str, role| ClientSetup {
        name: name.into(),
        role,
    };
    Setup {
        groups: vec![row(GroupKind::List, "jobs"), row(GroupKind::Subscriber, "anna")],
        clients: vec![client("anna", role), client("shop", Role::Producer(shop))],
        messages: ["m1", "m2", "m3"].map(Bytes::from).into_iter().collect(),
        ..Setup::default()
    }
}

/// Plays a script with a process that starts.
#[track_caller]
fn plays(role: Role, script: &str) {
    plays_again(role, 0, script);
}

/// The same with one that has started so often before.
#[track_caller]
fn plays_again(role: Role, restarts: u8, script: &str) {
    let setup = setup(role);
    let me = Me {
        setup: &setup,
        client: ClientIx(0),
        restarts,
    };
    let mut memory = Memory::at_start(me);
    let mut lines = script.lines().map(str::trim).filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        let (intended, rest) = match line.split_once(" -> ") {
            Some((intended, rest)) => (intended, Some(rest)),
            None => (line, None),
        };
        assert_eq!(spell(&setup, &memory.intent(me)), intended, "before: {line}");
        let Some(rest) = rest else {
            return assert_eq!(lines.next(), None, "the script ended before");
        };
        let (answer, expected) = rest.split_once(" => ").unwrap_or((rest, ""));
        let mut told = Vec::new();
        observe(&mut memory, me, answer, &mut |event| told.push(event));
        let names: Vec<String> = told.iter().map(name).collect();
        assert_eq!(names.join(" "), expected, "after: {line}");
    }
    panic!("the script does not end");
}

fn observe(memory: &mut Memory, me: Me<'_>, answer: &str, tell: &mut dyn FnMut(Event)) {
    let words: Vec<&str> = answer.split_whitespace().collect();
    let observation = match words.as_slice() {
        ["lost"] => Observation::Lost,
        ["sent"] => Observation::Sent,
        ["done"] => Observation::Done,
        ["message", channel, message] => {
            let push = Push::Message {
                sharded: false,
                channel: (*channel).into(),
                message: (*message).into(),
            };
            return memory.observe(me, Observation::Push(&push), tell);
        }
        ["pmessage", pattern, channel, message] => {
            let push = Push::PatternMessage {
                pattern: (*pattern).into(),
                channel: (*channel).into(),
                message: (*message).into(),
            };
            return memory.observe(me, Observation::Push(&push), tell);
        }
        _ => return memory.observe(me, Observation::Reply(&reply(answer)), tell),
    };
    memory.observe(me, observation, tell);
}

fn reply(text: &str) -> Reply {
    if let Some(error) = text.strip_prefix('-') {
        return Reply::Error(error.to_owned().into());
    }
    if let Some(parts) = text.strip_prefix('[') {
        let parts = parts.trim_end_matches(']').split_whitespace();
        return Reply::Array(parts.map(reply).collect());
    }
    if let Some(number) = text.strip_prefix(':') {
        return Reply::Integer(number.parse().expect(text));
    }
    match *text.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["nil"] => Reply::Null,
        ["nothing"] => Reply::NullArray,
        ["OK"] => Reply::Status("OK".into()),
        ["subscribe", ref names @ ..] => confirmations(names, Subscription::Channel, true),
        ["psubscribe", ref names @ ..] => confirmations(names, Subscription::Pattern, true),
        ["unsubscribe", ref names @ ..] => confirmations(names, Subscription::Channel, false),
        ["punsubscribe", ref names @ ..] => confirmations(names, Subscription::Pattern, false),
        ["read", ref messages @ ..] => {
            let entries = (1..).zip(messages).map(entry).collect();
            Reply::Streams(vec![("jobs".into(), entries)])
        }
        ["entries", ref messages @ ..] => Reply::Entries((1..).zip(messages).map(entry).collect()),
        _ => Reply::Bulk(text.into()),
    }
}

fn confirmations(names: &[&str], kind: Subscription, subscribed: bool) -> Reply {
    let confirmation = |(count, name): (usize, &&str)| match subscribed {
        true => Push::Subscribed {
            kind,
            name: (*name).into(),
            count,
        },
        false => Push::Unsubscribed {
            kind,
            name: Some((*name).into()),
            count,
        },
    };
    let pushes: Vec<Push> = (1..).zip(names).map(confirmation).collect();
    Reply::Pushes(pushes.into())
}

fn entry((ms, message): (u64, &&str)) -> EntryReply {
    EntryReply {
        id: StreamId::new(ms, 0),
        fields: Some(["key", *message].map(Bytes::from).into_iter().collect()),
    }
}

fn spell(setup: &Setup, intent: &Intent) -> String {
    let line = |command: &redelivery_engine::Command| {
        let words: Vec<String> = command.to_argv().iter().map(ToString::to_string).collect();
        words.join(" ")
    };
    let request = |request: &Request| match request {
        Request::One(command) => line(command),
        Request::Transaction(commands) => {
            let lines: Vec<String> = commands.iter().map(line).collect();
            format!("{{{}}}", lines.join("; "))
        }
        Request::Script(script) => {
            let words: Vec<String> = script.words().iter().map(ToString::to_string).collect();
            format!("EVAL {}", words.join(" "))
        }
    };
    match intent {
        Intent::Send(sent) => request(sent),
        Intent::SendOnly(sent) => format!("! {}", request(sent)),
        Intent::Listen => "listen".into(),
        Intent::Work(message) => format!("work {}", setup.messages.key(*message)),
        Intent::Wait(ms) => format!("wait {ms}"),
        Intent::Choose => "choose".into(),
        Intent::Stop => "stop".into(),
    }
}

/// An event's name.
fn name(event: &Event) -> String {
    let shown = format!("{event:?}");
    let end = shown.find(' ').unwrap_or(shown.len());
    shown[..end].to_owned()
}
