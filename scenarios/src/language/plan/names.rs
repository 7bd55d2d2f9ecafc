//! Names: that they can be names, that nothing has the name of another thing, that what is named exists.

use std::collections::BTreeMap;
use std::ops::Range;

use redelivery_model::setup::Message;

use super::cast::Cast;
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Fault, Faults, File, Time};
use crate::language::located::Located;
use crate::language::nearest;
use crate::language::value::Block;

/// Longer names would fill a line of a report.
const MAX_NAME: usize = 40;

/// A name that nothing has.
pub(super) fn unknown<'a>(what: &str, name: &Located<String>, known: impl IntoIterator<Item = &'a str>) -> Mistake {
    Mistake::at(&name.span, format!("unknown {what} `{}`", name.value)).help(nearest::help(name, known))
}

/// Checks what needs no expansion.
pub(super) fn check(file: &File, mistakes: &mut Mistakes) {
    if file.story.trim().is_empty() {
        mistakes
            .add(Mistake::at(&file.story.span, "the story is empty").help(help("say in plain words what happened")));
    }
    for source in file.sources.iter().filter(|source| source.trim().is_empty()) {
        mistakes.add(Mistake::at(&source.span, "the source is empty").help(help("say where it was reported")));
    }
    let groups = file.stream.iter().flat_map(|(_, stream)| stream.groups.iter());
    let lists = file.list.iter().map(|(name, _)| name).collect();
    let names = [file.stream.iter().map(|(name, _)| name).collect(), lists, clients(file)];
    for name in names.iter().flatten().copied().chain(groups.map(|(name, _)| name)) {
        check_name(name, mistakes);
    }
    check_groups(file, mistakes);
    let nobody = file.tables_with_messages().next().is_none();
    if nobody && file.consumer.0.is_empty() && file.worker.0.is_empty() {
        let place = file.singles().next().map_or(0..0, |name| name.span.clone());
        mistakes.add(
            Mistake::at(&place, "there is no client").help(help("describe a `[producer.…]` and a `[consumer.…]`")),
        );
    }
    let producers = || file.tables_with_messages();
    let workers = || file.consumer.names().chain(file.worker.names());
    let messages = [&file.explore.messages, &file.simulate.messages, &file.live.messages];
    for (name, _) in messages.into_iter().flat_map(|named| named.iter()) {
        if !producers().any(|known| known == name.as_str()) {
            mistakes.add(unknown("producer", name, producers()));
        }
    }
    let count = [&file.explore.count, &file.simulate.count, &file.live.count];
    for (name, _) in count.into_iter().flat_map(|named| named.iter()) {
        if !producers().chain(workers()).any(|known| known == name.as_str()) {
            mistakes.add(unknown(
                "producer, consumer or worker",
                name,
                producers().chain(workers()),
            ));
        }
    }
}

/// The keys of marks, locks and effects are made of the name of a group or list alone.
fn check_groups(file: &File, mistakes: &mut Mistakes) {
    let mut seen: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    let groups = file.stream.iter().flat_map(|(_, stream)| stream.groups.iter());
    let lists = file.list.iter().map(|(name, _)| name);
    for name in groups.map(|(name, _)| name).chain(lists) {
        if let Some(other) = seen.insert(name.as_str(), name) {
            mistakes.add(
                Mistake::at(&name.span, format!("two groups or lists are called `{}`", name.value))
                    .label("one here")
                    .and(&other.span, "the other here")
                    .help(help(
                        "the keys of marks, locks and effects are made of that name: give each its own",
                    )),
            );
        }
    }
}

/// Checks names of clients and messages, which must exist in some way of running.
pub(super) fn check_members(file: &File, casts: &[Cast], mistakes: &mut Mistakes) {
    let mut members: Vec<&str> = Vec::new();
    for cast in casts {
        let mut seen = BTreeMap::new();
        for member in &cast.members {
            if let Some(other) = seen.insert(member.name.as_str(), member.table.as_str()) {
                mistakes.add(duplicate(file, &member.name, [other, member.table.as_str()]));
            }
        }
        members.extend(
            cast.members
                .iter()
                .flat_map(|member| [member.table.as_str(), member.name.as_str()]),
        );
    }
    members.sort_unstable();
    members.dedup();
    let faults = [
        Some(&file.faults),
        file.simulate.faults.as_ref(),
        file.live.faults.as_ref(),
    ];
    for faults in faults.into_iter().flatten() {
        check_faults(faults, &members, mistakes);
        if let Some(forget) = &faults.forget {
            check_forget(file, faults, forget, mistakes);
        }
        if let (Some(partition), Some(_)) = (&faults.partition, &file.cluster) {
            mistakes.add(
                Mistake::at(&partition.span, "in a cluster nobody is parted from one broker")
                    .help(help("leave it out")),
            );
        }
    }
    let consumers = file.consumer.iter().map(|(_, consumer)| &consumer.fails_on);
    let workers = file.worker.iter().map(|(_, worker)| &worker.fails_on);
    for fails_on in consumers.chain(workers) {
        for key in fails_on {
            if !casts.iter().any(|cast| cast.messages.find(key.as_bytes()).is_some()) {
                let mut known = casts.iter().filter(|cast| !cast.messages.is_empty());
                let example = known.next().map(|cast| cast.messages.key(Message(0)));
                mistakes.add(
                    Mistake::at(&key.span, format!("unknown message `{}`", key.value)).help(
                        example.map(|key| format!("messages are called by producer and number, such as `{key}`")),
                    ),
                );
            }
        }
    }
}

fn check_forget(file: &File, faults: &Faults, forget: &Located<Fault>, mistakes: &mut Mistakes) {
    let parts = faults.partition.as_ref();
    if !parts.is_some_and(|parts| parts.stops.replies()) {
        mistakes.add(
            Mistake::at(&forget.span, "who hears the broker is told that it closes a connection")
                .help(help("add `partition` with `stops = \"both\"` or `stops = \"replies\"`")),
        );
    }
    if !waits_for_messages(file) {
        mistakes.add(
            Mistake::at(
                &forget.span,
                "nobody waits for messages on a connection that the broker may close",
            )
            .help(help("add a `[subscriber.…]`, or somebody who blocks")),
        );
    }
    let time = file.explore.time.as_ref();
    if time.is_some_and(|time| time.value == Time::Bounded) {
        mistakes.add(
            Mistake::at(
                &forget.span,
                "exploring with a clock lets the broker close no connections",
            )
            .help(help("leave out `time` of `[explore]`")),
        );
    }
}

/// Whether somebody listens, or waits in a blocking call.
fn waits_for_messages(file: &File) -> bool {
    let blocks = |block: Option<Block>| block.is_none_or(|block| block.0.is_some());
    file.subscriber.iter().next().is_some()
        || file.reader.iter().next().is_some()
        || file.consumer.iter().any(|(_, consumer)| blocks(consumer.block))
        || file.worker.iter().any(|(_, worker)| worker.take.value.blocks())
}

fn check_faults(faults: &Faults, members: &[&str], mistakes: &mut Mistakes) {
    let of = |fault: &Option<Fault>| fault.as_ref().and_then(|fault| fault.clients.clone());
    let cut = faults.cut.as_ref();
    let crash = faults.crash.as_ref();
    let named = [
        crash.and_then(|crash| crash.clients.clone()),
        of(&faults.pause),
        cut.and_then(|cut| cut.clients.clone()),
        faults.partition.as_ref().and_then(|parts| parts.clients.clone()),
        faults.forget.as_ref().and_then(|forget| forget.clients.clone()),
    ];
    for clients in named.iter().flatten() {
        if clients.is_empty() {
            mistakes
                .add(Mistake::at(&clients.span, "no client is named").help(help("leave `clients` out to mean any")));
        }
        for client in clients.iter().filter(|client| !members.contains(&client.as_str())) {
            mistakes.add(unknown("client", client, members.iter().copied()));
        }
    }
    if let Some(jump) = &faults.clock_jump {
        let jumps = [jump.forward, jump.back];
        if jumps.iter().flatten().all(|ms| ms.0 == 0) {
            mistakes.add(
                Mistake::at(&jump.span, "the clock jumps nowhere")
                    .help(help("say how far: `forward = \"1h\"`, `back = \"1h\"`, or both")),
            );
        }
    }
    if let Some(fates) = cut.and_then(|cut| cut.fates.as_ref()).filter(|fates| fates.is_empty()) {
        mistakes.add(Mistake::at(&fates.span, "no fate is named").help(help("leave `fates` out to mean any")));
    }
}

fn duplicate(file: &File, name: &str, tables: [&str; 2]) -> Mistake {
    let place = |wanted: &str, skip: usize| {
        let mut places = clients(file)
            .into_iter()
            .filter(|name| name.as_str() == wanted)
            .skip(skip);
        places.next().map_or(0..0, |name| name.span.clone())
    };
    let (first, second): (Range<usize>, Range<usize>) = (
        place(tables[0], 0),
        place(tables[1], usize::from(tables[0] == tables[1])),
    );
    Mistake::at(&second, format!("two clients are called `{name}`"))
        .label("one comes from here")
        .and(&first, "the other from here")
}

/// The names of all tables of clients.
pub(super) fn clients(file: &File) -> Vec<&Located<String>> {
    let mut names: Vec<_> = file.producer.iter().map(|(name, _)| name).collect();
    names.extend(file.consumer.iter().map(|(name, _)| name));
    names.extend(file.worker.iter().map(|(name, _)| name));
    names.extend(file.publisher.iter().map(|(name, _)| name));
    names.extend(file.singles());
    names
}

fn check_name(name: &Located<String>, mistakes: &mut Mistakes) {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.:{}".contains(c);
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(fits) {
        mistakes.add(Mistake::at(&name.span, "this cannot be a name").help(format!(
            "a name has 1 to {MAX_NAME} letters a to z, digits, and `_`, `-`, `.`, `:`, `{{`, `}}`"
        )));
    }
}

fn help(text: &str) -> Option<String> {
    Some(text.to_owned())
}
