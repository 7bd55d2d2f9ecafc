//! `[worker.…]`, `[reaper.…]` become policies.

use std::ops::Range;

use redelivery_engine::Bytes;
use redelivery_model::setup::policy::{
    self, DedupBy, Effect, Finish, Keeps, Mark, Remove, RestoreBy, RestoreWhen, Role,
};
use redelivery_model::setup::{GroupIx, GroupKind, GroupSetup};

use super::cast::{Cast, Member};
use super::{Common, consumers, names};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{File, Reaper, Worker};
use crate::language::located::Located;

/// The role of a client of one of these tables.
pub(super) fn role(common: &Common<'_>, cast: &Cast, member: &Member, mistakes: &mut Mistakes) -> Option<Role> {
    let (workers, reapers) = (&common.file.worker, &common.file.reaper);
    let worker = workers.get(&member.table).map(|table| {
        check(table, mistakes);
        Role::Worker(Box::new(worker(common, cast, table, mistakes)))
    });
    worker.or_else(|| {
        let table = reapers.get(&member.table)?;
        Some(Role::Reaper(reaper(common, table, mistakes)))
    })
}

fn worker(common: &Common<'_>, cast: &Cast, table: &Worker, mistakes: &mut Mistakes) -> policy::Worker {
    let message = |key: &Located<String>| cast.messages.find(key.as_bytes());
    policy::Worker {
        group: list(common, &table.list, mistakes),
        take: table.take.value,
        block_ms: table.block.as_ref().map_or(5_000, |block| block.0),
        poll_ms: table.poll.map_or(1_000, |poll| poll.0),
        keeps: keeps(table),
        remove: remove(table),
        lock_ttl_ms: table.lock.as_ref().map(|lock| {
            consumers::life(
                &lock.ttl,
                "a lock needs a time after which it is free again: such as `ttl = \"30s\"`",
                mistakes,
            )
        }),
        finish: finish(table),
        dedup: table.dedup.as_ref().map(|dedup| consumers::dedup(dedup, mistakes)),
        effect: table.effect,
        fails_on: table.fails_on.iter().filter_map(message).collect(),
        restore: table.restore.as_ref().map(|restore| policy::Restore {
            when: restore.when,
            by: restore.by.value,
            unless_locked: table.lock.is_some(),
        }),
        restart: table.restart,
    }
}

fn keeps(table: &Worker) -> Keeps {
    table.keeps.as_ref().map(|keeps| keeps.value).unwrap_or_default()
}

fn remove(table: &Worker) -> Remove {
    table.remove.as_ref().map(|remove| remove.value).unwrap_or_default()
}

fn finish(table: &Worker) -> Finish {
    table.finish.as_ref().map(|finish| finish.value).unwrap_or_default()
}

/// Words that contradict each other.
fn check(table: &Worker, mistakes: &mut Mistakes) {
    let take = table.take.value;
    if let Some(block) = table.block.as_ref().filter(|_| !take.blocks()) {
        mistakes.add(
            Mistake::at(&block.span, "this command does not block")
                .and(&table.take.span, "")
                .help("`block` belongs to commands such as `brpop` and `blmove`; others `poll`".to_owned()),
        );
    }
    let spans = [
        table.keeps.as_ref().map(|it| &it.span),
        table.remove.as_ref().map(|it| &it.span),
        table.restore.as_ref().map(|it| &it.span),
    ];
    for span in spans.into_iter().flatten().filter(|_| !take.moves()) {
        mistakes.add(
            Mistake::at(
                span,
                "this worker keeps its items nowhere: a pop hands them out for good",
            )
            .and(&table.take.span, "")
            .help("take by `lmove`, `blmove`, `rpoplpush` or `brpoplpush`".to_owned()),
        );
    }
    if let Some(restore) = table.restore.as_ref().filter(|_| keeps(table) == Keeps::Circle) {
        mistakes.add(
            Mistake::at(&restore.span, "in a circle there is nothing to put back")
                .label("the item has not left its list")
                .help("leave `restore` out".to_owned()),
        );
    }
    if let (Some(restore), Some(lock)) = (&table.restore, &table.lock)
        && restore.by.value == RestoreBy::Lmove
    {
        mistakes.add(lmove_looks_at_no_lock(&restore.by, &restore.span).and(&lock.span, "the locks"));
    }
    if let Some(dedup) = table.dedup.as_ref().filter(|dedup| dedup.by == DedupBy::EntryId) {
        mistakes.add(
            Mistake::at(&dedup.span, "an item of a list has no ID")
                .help("leave `by` out: marks are by the message's key".to_owned()),
        );
    }
    check_finish(table, mistakes);
}

/// Checks that no two things lie under one key.
pub(super) fn check_keys(file: &File, mistakes: &mut Mistakes) {
    for (name, _) in file.list.iter() {
        if let Some((stream, _)) = file.stream.iter().find(|(stream, _)| stream.value == name.value) {
            mistakes.add(
                Mistake::at(&name.span, format!("`{}` is a stream and a list", name.value))
                    .and(&stream.span, "")
                    .help("a key holds one of them: give each its own".to_owned()),
            );
        }
        let within = |list: &str| {
            name.strip_prefix(list)
                .is_some_and(|rest| rest.starts_with(":processing"))
        };
        if let Some((list, _)) = file.list.iter().find(|(list, _)| within(list)) {
            mistakes.add(
                Mistake::at(
                    &name.span,
                    format!("here the workers of `{}` keep their items", list.value),
                )
                .and(&list.span, "")
                .help("give it another name".to_owned()),
            );
        }
    }
}

fn check_finish(table: &Worker, mistakes: &mut Mistakes) {
    let Some(written) = &table.finish else { return };
    let finish = written.value;
    if let Some(dedup) = &table.dedup
        && dedup.mark == Mark::Atomic
        && finish != Finish::StepByStep
    {
        mistakes.add(
            Mistake::at(
                &written.span,
                "who has atomic marks watches those, and finishes with them",
            )
            .and(&dedup.span, "the marks")
            .help("leave `finish` out, or `dedup`".to_owned()),
        );
    }
    let (needs, has) = match finish {
        Finish::IfLocked => ("a lock: `lock = { ttl = \"30s\" }`", table.lock.is_some()),
        Finish::IfKept => (
            "to keep its item: take by `lmove` or `blmove`",
            table.take.value.moves(),
        ),
        Finish::StepByStep | Finish::Transaction => return,
    };
    if !has {
        mistakes.add(Mistake::at(&written.span, format!("this worker needs {needs}")));
    }
    if table.effect != Effect::Broker {
        mistakes.add(
            Mistake::at(&written.span, "an effect outside the broker cannot be dropped")
                .help("write `effect = \"broker\"`".to_owned()),
        );
    }
}

/// Where nothing is written, LMOVE is the default.
fn lmove_looks_at_no_lock(by: &Located<RestoreBy>, around: &Range<usize>) -> Mistake {
    let place = if by.span.is_empty() { around } else { &by.span };
    Mistake::at(place, "LMOVE moves whatever is at the end of the list, locked or not")
        .help("write `by = \"watched\"`, or another that looks at each item".to_owned())
}

fn reaper(common: &Common<'_>, table: &Reaper, mistakes: &mut Mistakes) -> policy::Reaper {
    let workers = common.file.worker.iter().map(|(_, worker)| worker);
    let mut keepers = workers.filter(|worker| {
        worker.list.value == table.list.value && worker.take.value.moves() && keeps(worker) != Keeps::Circle
    });
    let keeper = keepers.next();
    let group = list(common, &table.list, mistakes);
    let Some(keeper) = keeper else {
        let known = common.file.list.get(&table.list).is_some();
        let mistake = known.then(|| {
            Mistake::at(
                &table.list.span,
                format!("no worker of `{}` keeps its items", table.list.value),
            )
            .help("give one `take = \"lmove\"`".to_owned())
        });
        mistake.into_iter().for_each(|mistake| mistakes.add(mistake));
        return reaping(group, Keeps::Own, table, false);
    };
    if let Some(other) =
        keepers.find(|other| keeps(other) != keeps(keeper) || other.lock.is_some() != keeper.lock.is_some())
    {
        mistakes.add(
            Mistake::at(
                &table.list.span,
                "the workers of this list do not agree on how they keep their items",
            )
            .and(&keeper.list.span, "")
            .and(&other.list.span, "")
            .help("give them the same `keeps`, and all a `lock` or none".to_owned()),
        );
    }
    if keeper.lock.is_some() && table.by.value == RestoreBy::Lmove {
        mistakes.add(lmove_looks_at_no_lock(&table.by, &table.list.span));
    }
    reaping(group, keeps(keeper), table, keeper.lock.is_some())
}

fn reaping(group: GroupIx, keeps: Keeps, table: &Reaper, unless_locked: bool) -> policy::Reaper {
    policy::Reaper {
        group,
        keeps,
        every_ms: table.every.map_or(10_000, |every| every.0),
        restore: policy::Restore {
            when: RestoreWhen::EachRound,
            by: table.by.value,
            unless_locked,
        },
    }
}

/// The row of a list.
fn list(common: &Common<'_>, name: &Located<String>, mistakes: &mut Mistakes) -> GroupIx {
    key(common, name, mistakes);
    let mut rows = (0..).map(GroupIx).zip(&common.groups);
    let is_it = |row: &GroupSetup| row.kind == GroupKind::List && *row.key == *name.as_bytes();
    rows.find(|(_, row)| is_it(row)).map_or(GroupIx(0), |(place, _)| place)
}

/// The key of a list that is described.
pub(super) fn key(common: &Common<'_>, name: &Located<String>, mistakes: &mut Mistakes) -> Bytes {
    let lists = &common.file.list;
    if lists.get(name).is_none() {
        let mistake = names::unknown("list", name, lists.names());
        mistakes.add(match lists.0.is_empty() {
            true => mistake.help(format!("describe it: `[list.{}]`", name.value)),
            false => mistake,
        });
    }
    Bytes::from(name.as_str())
}
