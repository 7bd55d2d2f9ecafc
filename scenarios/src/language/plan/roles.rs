//! Tables of clients become the model's policies.

use redelivery_engine::command::{AddId, Bound, GroupStart, Precision, ReadFrom, TrimBy, XGroup};
use redelivery_engine::{Bytes, Command, StreamId};
use redelivery_model::check::CheckSpec;
use redelivery_model::setup::policy::{self, AddBy, AwaitReply, Role, When};
use redelivery_model::setup::{ClientSetup, GroupIx};

use super::cast::{Cast, Member};
use super::{Common, argv, cluster, consumers, lists, names, others, pubsub};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Administrator, Producer, Trim, Wait};
use crate::language::located::Located;

/// One setup for each member of the cast.
pub(super) fn clients(common: &Common<'_>, cast: &Cast, mistakes: &mut Mistakes) -> Vec<ClientSetup> {
    let file = common.file;
    let mut clients = Vec::new();
    for member in &cast.members {
        let role = if let Some(table) = file.producer.get(&member.table) {
            Role::Producer(producer(common, table, member, mistakes))
        } else if let Some(table) = file.consumer.get(&member.table) {
            Role::Consumer(Box::new(consumers::consumer(common, cast, table, mistakes)))
        } else if let Some(table) = file.administrator.get(&member.table) {
            Role::Administrator(administrator(common, table, mistakes))
        } else if let Some(role) = others::role(common, member, mistakes) {
            role
        } else if let Some(role) = lists::role(common, cast, member, mistakes) {
            role
        } else if let Some(role) = pubsub::role(common, member, mistakes) {
            role
        } else if let Some(role) = cluster::role(common, member, mistakes) {
            role
        } else {
            continue;
        };
        clients.push(ClientSetup {
            name: Bytes::from(member.name.as_str()),
            role,
        });
    }
    clients
}

fn producer(common: &Common<'_>, table: &Producer, member: &Member, mistakes: &mut Mistakes) -> policy::Producer {
    let retention = table.trim.as_ref().and_then(|trim| retention(trim, mistakes));
    let (key, by) = match (&table.stream, &table.list) {
        (Some(name), None) => {
            if let Some(push) = &table.push {
                mistakes.add(
                    Mistake::at(&push.span, "a stream is not pushed to").help("`push` belongs to `list`".to_owned()),
                );
            }
            (stream(common, name, mistakes), AddBy::XAdd(retention))
        }
        (None, Some(name)) => {
            if let Some(trim) = &table.trim {
                mistakes
                    .add(Mistake::at(&trim.span, "a push trims nothing").help("`trim` belongs to `stream`".to_owned()));
            }
            let push = table.push.as_ref().map(|push| push.value).unwrap_or_default();
            (lists::key(common, name, mistakes), AddBy::Push(push))
        }
        (stream, list) => {
            let place = list
                .as_ref()
                .or(stream.as_ref())
                .map_or(&table.messages.span, |name| &name.span);
            mistakes.add(
                Mistake::at(place, "a producer adds to one stream or pushes to one list")
                    .help("write `stream = \"orders\"` or `list = \"jobs\"`".to_owned()),
            );
            (Bytes::from(""), AddBy::XAdd(retention))
        }
    };
    if let Some(wait) = &table.wait
        && (table.reply == AwaitReply::Ignore || table.when == When::Beforehand)
    {
        let help = "let it wait for replies, and add `meanwhile`".to_owned();
        mistakes.add(Mistake::at(&wait.span, "WAIT speaks of what was added before it").help(help));
    }
    if let Some(after) = table.after.as_ref().filter(|_| table.when == When::Beforehand) {
        let help = "let it add `meanwhile`, or leave this out".to_owned();
        mistakes.add(Mistake::at(&after.span, "all is added before anybody waits").help(help));
    }
    policy::Producer {
        key,
        by,
        messages: member.messages.clone(),
        when: table.when,
        reply: table.reply,
        on_unknown: table.on_unknown,
        wait: table.wait.as_ref().map(|wait| asks(&wait.value)),
        after: table.after.as_ref().map(|after| after.value.0),
    }
}

/// WAIT, and what comes of its answer.
pub(super) fn asks(wait: &Wait) -> policy::Wait {
    policy::Wait {
        timeout_ms: wait.timeout.value.0,
        otherwise: wait.otherwise,
    }
}

fn retention(trim: &Located<Trim>, mistakes: &mut Mistakes) -> Option<policy::Retention> {
    match (&trim.max_len, &trim.own_last) {
        (Some(length), None) => Some(policy::Retention::MaxLen(length.0)),
        (None, Some(keeps)) => Some(policy::Retention::OwnLast(keeps.0)),
        _ => {
            mistakes.add(
                Mistake::at(&trim.span, "an XADD trims by one thing")
                    .help("write `{ max-len = 1000 }` or `{ own-last = 1000 }`".to_owned()),
            );
            None
        }
    }
}

fn administrator(common: &Common<'_>, table: &Administrator, mistakes: &mut Mistakes) -> policy::Administrator {
    if table.commands.is_empty() {
        mistakes.add(Mistake::at(&table.commands.span, "there is no command"));
    }
    let mut commands = Vec::new();
    let mut added = None;
    for line in table.commands.iter() {
        match argv::command(line) {
            Ok(command) => {
                if let Some((message, help)) = refused(common, &command) {
                    mistakes.add(Mistake::at(&line.span, message).help(help.to_owned()));
                }
                match &command {
                    Command::XAdd(add) if !table.transaction => added = Some(add.key.clone()),
                    Command::XDel { key, ids } if ids.contains(&policy::ADDED) && added.as_ref() != Some(key) => {
                        let message = format!("nothing was added to `{key}` that `{}` could name", argv::ADDED);
                        mistakes.add(Mistake::at(&line.span, message).help(
                            "add it by an XADD before, the last one, and not in the same transaction".to_owned(),
                        ));
                    }
                    _ => {}
                }
                commands.push(command);
            }
            Err(message) => mistakes.add(Mistake::at(&line.span, message)),
        }
    }
    policy::Administrator {
        commands,
        transaction: table.transaction,
        after: table.after.map(|after| after.0),
    }
}

/// Why an administrator may not send a command that Redis knows, and what would be right.
fn refused(common: &Common<'_>, command: &Command) -> Option<(&'static str, &'static str)> {
    if names_a_position(command) {
        return Some((
            "an ID means another place in each way of running",
            "exploring counts IDs from 1-0, a real server takes the time: write `0` (everything), `$` (what comes from \
             now on), `*` in XADD, or in XDEL `<added>`, the entry that this administrator has added last",
        ));
    }
    let trim = match command {
        Command::Multi | Command::Exec | Command::Discard | Command::Watch { .. } | Command::Unwatch => {
            return Some((
                "an administrator does not write out its transaction",
                "write `transaction = true` to send all of its commands as one",
            ));
        }
        Command::Subscribe { .. } | Command::Unsubscribe { .. } => {
            return Some((
                "an administrator hears answers only, not what subscribers receive",
                "leave it out",
            ));
        }
        Command::Select { .. } | Command::SwapDb { .. } => {
            return Some((
                "a scenario has one database",
                "leave it out, and give keys that must not meet different names",
            ));
        }
        Command::Reset | Command::Quit => {
            return Some((
                "an administrator does not end its connection",
                "leave it out: a connection ends by the faults that the scenario names",
            ));
        }
        Command::XAdd(add) => add.trim.as_ref(),
        Command::XTrim { trim, .. } => Some(trim),
        _ => None,
    };
    if trim.is_some_and(|trim| trim.precision != Precision::Exact) {
        return Some((
            "a trim with `~` goes by how entries are packed, and exploring forgets that",
            "trim exactly, without `~`",
        ));
    }
    let needs_grants =
        |check: &CheckSpec| matches!(check, CheckSpec::DeadLetter { .. } | CheckSpec::SingleOwner { .. });
    let hides_grants = match command {
        Command::XAutoClaim(claim) => claim.just_id,
        _ => false,
    };
    let mut expected = common.claims.expect.iter();
    (hides_grants && expected.any(|it| needs_grants(&it.check))).then_some((
        "the reply to this claim does not show what `dead-letter` and `single-owner` need",
        "leave JUSTID out, or do not expect those checks",
    ))
}

/// Whether a command names an entry, or moves a group or an end of the stream, by an ID that is neither `0` nor `$`.
fn names_a_position(command: &Command) -> bool {
    let is_literal = |id: &StreamId| *id != policy::ADDED;
    let trim = match command {
        Command::XDel { ids, .. } => return ids.iter().any(is_literal),
        Command::XAck { .. } | Command::XDelEx(_) | Command::XAckDel(_) | Command::XClaim(_) => return true,
        Command::XAutoClaim(claim) => return claim.start != Bound::Included(StreamId::MIN),
        Command::XAdd(add) if add.id != AddId::Auto => return true,
        Command::XGroup(XGroup::Create { start, .. } | XGroup::SetId { start, .. }) => {
            return !matches!(start, GroupStart::Last | GroupStart::After(StreamId::MIN));
        }
        Command::XReadGroup(read) => {
            let elsewhere = |from: &ReadFrom| matches!(from, ReadFrom::After(id) if *id != StreamId::MIN);
            return read.streams.iter().any(|(_, from)| elsewhere(from));
        }
        Command::XSetId(_) => return true,
        Command::XAdd(add) => add.trim.as_ref(),
        Command::XTrim { trim, .. } => Some(trim),
        _ => None,
    };
    trim.is_some_and(|trim| matches!(trim.by, TrimBy::MinId(id) if id != StreamId::MIN))
}

pub(super) fn stream(common: &Common<'_>, name: &Located<String>, mistakes: &mut Mistakes) -> Bytes {
    let streams = &common.file.stream;
    if streams.get(name).is_none() {
        let mistake = names::unknown("stream", name, streams.names());
        mistakes.add(match streams.0.is_empty() {
            true => mistake.help(format!("describe it: `[stream.{}]`", name.value)),
            false => mistake,
        });
    }
    Bytes::from(name.as_str())
}

/// A stream's group.
pub(super) fn group(
    common: &Common<'_>,
    stream: &Located<String>,
    group: &Located<String>,
    mistakes: &mut Mistakes,
) -> GroupIx {
    if let Some(known) = common.group(stream, group) {
        return known;
    }
    if let Some(table) = common.file.stream.get(stream) {
        let mistake = names::unknown("group", group, table.groups.names());
        mistakes.add(match table.groups.0.is_empty() {
            true => mistake.help(format!(
                "give `[stream.{}]` the line `groups = {{ {} = \"0\" }}`",
                stream.value, group.value
            )),
            false => mistake,
        });
    }
    GroupIx(0)
}
