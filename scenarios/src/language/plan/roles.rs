//! Tables of clients become the model's policies.

use redelivery_engine::Bytes;
use redelivery_model::setup::policy::{self, Role};
use redelivery_model::setup::{ClientSetup, GroupIx};

use super::cast::{Cast, Member};
use super::{Common, Way, argv, names};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Administrator, Consumer, DeadLetter, Producer, Reclaim};
use crate::language::located::Located;

/// One setup for each member of the cast.
pub(super) fn clients(common: &Common<'_>, way: &Way<'_>, cast: &Cast, mistakes: &mut Mistakes) -> Vec<ClientSetup> {
    let file = common.file;
    let mut clients = Vec::new();
    for member in &cast.members {
        let role = if let Some(table) = file.producer.get(&member.table) {
            Role::Producer(producer(common, table, member, mistakes))
        } else if let Some(table) = file.consumer.get(&member.table) {
            Role::Consumer(Box::new(consumer(common, way, cast, table, mistakes)))
        } else if let Some(table) = file.administrator.get(&member.table) {
            Role::Administrator(administrator(table, mistakes))
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
    policy::Producer {
        stream: stream(common, &table.stream, mistakes),
        messages: member.messages.clone(),
        when: table.when,
        reply: table.reply,
        on_unknown: table.on_unknown,
    }
}

fn consumer(
    common: &Common<'_>,
    way: &Way<'_>,
    cast: &Cast,
    table: &Consumer,
    mistakes: &mut Mistakes,
) -> policy::Consumer {
    stream(common, &table.stream, mistakes);
    let block = table.block.map_or(Some(5_000), |block| block.0);
    let message = |key: &Located<String>| cast.messages.find(key.as_bytes());
    policy::Consumer {
        group: group(common, table, mistakes),
        start: table.start,
        batch: table.batch.map_or(1, |batch| batch.0),
        block_ms: block.map(|ms| way.scaled(ms)),
        poll_ms: way.scaled(table.poll.map_or(1_000, |poll| poll.0)),
        acknowledge: table.acknowledge,
        fails_on: table.fails_on.iter().filter_map(message).collect(),
        dedup: table.dedup.as_ref().map(|dedup| policy::Dedup {
            mark: dedup.mark,
            by: dedup.by,
        }),
        effect: table.effect,
        reclaim: table.reclaim.as_ref().map(|table| reclaim(way, table, mistakes)),
        dead_letter: table
            .dead_letter
            .as_ref()
            .map(|letter| dead_letter(common, &table.stream, letter, mistakes)),
        restart: table.restart,
    }
}

fn reclaim(way: &Way<'_>, table: &Reclaim, mistakes: &mut Mistakes) -> policy::Reclaim {
    if let (policy::ReclaimBy::Xclaim, Some(follow)) = (table.by, &table.follow_cursor) {
        mistakes.add(
            Mistake::at(&follow.span, "XCLAIM has no cursor")
                .help("`follow-cursor` belongs to `by = \"xautoclaim\"`".to_owned()),
        );
    }
    policy::Reclaim {
        by: table.by,
        min_idle_ms: way.scaled(table.min_idle_time.0),
        count: table.count.map_or(1, |count| count.0),
        follow_cursor: table.follow_cursor.as_ref().is_none_or(|follow| follow.value),
    }
}

fn dead_letter(
    common: &Common<'_>,
    source: &Located<String>,
    table: &DeadLetter,
    mistakes: &mut Mistakes,
) -> policy::DeadLetter {
    if table.stream.value == source.value {
        mistakes.add(
            Mistake::at(&table.stream.span, "the dead-letter stream is the stream that is read")
                .label("a dead letter would come back as a new entry")
                .and(&source.span, "read here")
                .help("describe a stream of its own, such as `[stream.dead]`".to_owned()),
        );
    }
    policy::DeadLetter {
        stream: stream(common, &table.stream, mistakes),
        limit: table.limit.0,
        order: table.order,
    }
}

fn administrator(table: &Administrator, mistakes: &mut Mistakes) -> policy::Administrator {
    if table.commands.is_empty() {
        mistakes.add(Mistake::at(&table.commands.span, "there is no command"));
    }
    let mut commands = Vec::new();
    for line in table.commands.iter() {
        match argv::command(line) {
            Ok(command) => commands.push(command),
            Err(message) => mistakes.add(Mistake::at(&line.span, message)),
        }
    }
    policy::Administrator { commands }
}

fn stream(common: &Common<'_>, name: &Located<String>, mistakes: &mut Mistakes) -> Bytes {
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

fn group(common: &Common<'_>, table: &Consumer, mistakes: &mut Mistakes) -> GroupIx {
    if let Some(group) = common.group(&table.stream, &table.group) {
        return group;
    }
    if let Some(stream) = common.file.stream.get(&table.stream) {
        let mistake = names::unknown("group", &table.group, stream.groups.names());
        mistakes.add(match stream.groups.0.is_empty() {
            true => mistake.help(format!(
                "give `[stream.{}]` the line `groups = {{ {} = \"0\" }}`",
                table.stream.value, table.group.value
            )),
            false => mistake,
        });
    }
    GroupIx(0)
}
