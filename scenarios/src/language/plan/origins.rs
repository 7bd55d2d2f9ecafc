//! That what clients wait for can come from somebody: a group that is absent at first, dead letters.
//!
//! Nothing is wrong with a file that gets this wrong but its meaning: everything would hold, since nothing happens.

use redelivery_engine::Command;
use redelivery_engine::command::XGroup;
use redelivery_model::setup::policy::{ReaderFrom, When};

use super::argv;
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::File;
use crate::language::value::Begin;

/// Checks that somebody creates each absent group, and that somebody routes to where a repairer looks.
pub(super) fn check(file: &File, mistakes: &mut Mistakes) {
    for (stream, table) in file.stream.iter() {
        let absent = table.groups.iter().filter(|(_, begin)| begin.value == Begin::Absent);
        for (group, begin) in absent.filter(|(group, _)| !creates(file, stream, group)) {
            mistakes.add(
                Mistake::at(&begin.span, format!("nobody creates the group `{}`", group.value))
                    .help("write `\"0\"`, or give one of its consumers `creates-group = \"0\"` or `\"$\"`".to_owned()),
            );
        }
    }
    for (_, reader) in file.reader.iter() {
        let asks = matches!(reader.from.value, ReaderFrom::Tail | ReaderFrom::LastId);
        let producers = file.producer.iter().map(|(_, producer)| producer);
        let there: Vec<_> = producers
            .filter(|producer| {
                producer
                    .stream
                    .as_ref()
                    .is_some_and(|stream| stream.value == reader.stream.value)
            })
            .collect();
        if asks && !there.is_empty() && there.iter().all(|producer| producer.when == When::Beforehand) {
            mistakes.add(
                Mistake::at(&reader.from.span, "nothing comes after this reader's first call")
                    .help("read from `0`, or give a producer of this stream `when = \"meanwhile\"`".to_owned()),
            );
        }
    }
    for (_, repairer) in file.repairer.iter() {
        let mut letters = file
            .consumer
            .iter()
            .filter_map(|(_, consumer)| consumer.dead_letter.as_ref());
        let known = file.stream.get(&repairer.stream).is_some();
        if known && !letters.any(|letter| letter.stream.value == repairer.stream.value) {
            let stream = &repairer.stream;
            mistakes.add(
                Mistake::at(
                    &stream.span,
                    format!("nobody routes dead letters to `{}`", stream.value),
                )
                .help(format!(
                    "give a consumer `dead-letter = {{ stream = \"{}\", limit = 3 }}`",
                    stream.value
                )),
            );
        }
    }
}

fn creates(file: &File, stream: &str, group: &str) -> bool {
    let mut consumers = file.consumer.iter();
    let mut lines = file.administrator.iter().flat_map(|(_, table)| table.commands.iter());
    consumers
        .any(|(_, consumer)| consumer.creates_group.is_some() && *consumer.stream == stream && *consumer.group == group)
        || lines.any(|line| match argv::command(line) {
            Ok(Command::XGroup(XGroup::Create { key, group: name, .. })) => {
                *key == *stream.as_bytes() && *name == *group.as_bytes()
            }
            _ => false,
        })
}
