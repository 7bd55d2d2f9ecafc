//! Scripts, and consumers that take any turn: what goes with them and what does not.

use std::ops::Range;

use redelivery_model::setup::Setup;
use redelivery_model::setup::policy::{Effect, Finish, Mark, Reads, ReclaimBy, Role, RouteOrder, Start, Tries, Turns};

use super::cast::Cast;
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Consumer, File, Worker};
use crate::language::located::Located;
use crate::language::value::Begin;

/// Words that contradict each other.
pub(super) fn check(file: &File, mistakes: &mut Mistakes) {
    for (_, table) in file.consumer.iter() {
        check_known(file, table, mistakes);
        check_marks(table, mistakes);
        check_reclaim(table, mistakes);
        check_turns(table, mistakes);
    }
    for (_, table) in file.worker.iter() {
        check_worker(table, mistakes);
    }
    if file.cluster.is_some() {
        for span in file.consumer.iter().flat_map(|(_, table)| one_broker(table)) {
            alone(span, mistakes);
        }
        for (_, table) in file.worker.iter() {
            let marks = table.dedup.as_ref().filter(|dedup| dedup.mark == Mark::Script);
            marks.iter().for_each(|dedup| alone(&dedup.span, mistakes));
        }
    }
}

/// Whoever may take several turns has no one request that could be on its way when it is lost.
pub(super) fn check_faults(file: &File, setup: &Setup, cast: &Cast, mistakes: &mut Mistakes) {
    let faults = &setup.faults;
    for client in setup.client_ixs() {
        let Role::Consumer(policy) = &setup.client(client).role else {
            continue;
        };
        let table = file.consumer.get(&cast.members[usize::from(client.0)].table);
        let Some(turns) = table.and_then(|table| table.turns.as_ref()) else {
            continue;
        };
        if policy.turns != Turns::Any {
            continue;
        }
        if faults.crash.allows(0, client) && !faults.crash_sends_nothing {
            mistakes.add(
                Mistake::at(&turns.span, "its next request cannot be on its way when it crashes")
                    .label("it is yet to choose one")
                    .help("write `crash = { …, while-sending = false }`, or name other clients there".to_owned()),
            );
        }
        if faults.cut.allows(0, client) {
            mistakes.add(
                Mistake::at(
                    &turns.span,
                    "its next request cannot be on its way when its connection is cut",
                )
                .label("it is yet to choose one")
                .help("name other clients in `cut`".to_owned()),
            );
        }
    }
}

fn check_known(file: &File, table: &Consumer, mistakes: &mut Mistakes) {
    let groups = file.stream.get(&table.stream).map(|stream| &stream.groups);
    let begin = groups.and_then(|groups| groups.get(&table.group));
    if let Some(known) = table.known.as_ref().filter(|known| known.value)
        && begin.is_some_and(|begin| begin.value != Begin::Beginning)
    {
        mistakes.add(
            Mistake::at(&known.span, "a group that is not there yet knows nobody")
                .help("let the group be there: `groups = { … = \"0\" }`".to_owned()),
        );
    }
}

fn check_marks(table: &Consumer, mistakes: &mut Mistakes) {
    let Some(dedup) = table.dedup.as_ref().filter(|dedup| dedup.mark == Mark::Script) else {
        return;
    };
    all_in_the_broker(&dedup.span, table.effect, &table.fails_on, mistakes);
    if table.acknowledge.value.asks_first() {
        mistakes.add(
            Mistake::at(
                &table.acknowledge.span,
                "the script has had its effect before anybody could ask",
            )
            .and(&dedup.span, "the script")
            .help("write `acknowledge = \"after-work\"`".to_owned()),
        );
    }
}

fn check_worker(table: &Worker, mistakes: &mut Mistakes) {
    let Some(dedup) = table.dedup.as_ref().filter(|dedup| dedup.mark == Mark::Script) else {
        return;
    };
    all_in_the_broker(&dedup.span, table.effect, &table.fails_on, mistakes);
    if let Some(finish) = table
        .finish
        .as_ref()
        .filter(|finish| finish.value != Finish::StepByStep)
    {
        mistakes.add(
            Mistake::at(&finish.span, "the script has had its effect before")
                .and(&dedup.span, "the script")
                .help("leave `finish` out".to_owned()),
        );
    }
}

fn all_in_the_broker(marks: &Range<usize>, effect: Effect, fails_on: &[Located<String>], mistakes: &mut Mistakes) {
    if effect != Effect::Broker {
        mistakes.add(
            Mistake::at(marks, "a script has no effect outside the broker")
                .help("write `effect = \"broker\"`".to_owned()),
        );
    }
    if let Some(key) = fails_on.first() {
        mistakes.add(
            Mistake::at(&key.span, "the work is all in a script, which does not fail")
                .and(marks, "the script")
                .help("leave `fails-on` out".to_owned()),
        );
    }
}

fn check_reclaim(table: &Consumer, mistakes: &mut Mistakes) {
    let Some(reclaim) = table.reclaim.as_ref().filter(|reclaim| reclaim.by == ReclaimBy::Script) else {
        return;
    };
    if reclaim.follow_cursor.is_some() || reclaim.count.is_some() {
        mistakes.add(
            Mistake::at(&reclaim.span, "a script takes over one entry and has no cursor")
                .help("`count` and `follow-cursor` belong to the other ways".to_owned()),
        );
    }
    let Some(letter) = &table.dead_letter else { return };
    if letter.counts == Tries::Failures {
        mistakes.add(
            Mistake::at(&letter.span, "the script that reclaims reads the broker's counter")
                .help("write `counts = \"deliveries\"`".to_owned()),
        );
    }
    if letter.order.value != RouteOrder::default() {
        mistakes.add(
            Mistake::at(&letter.order.span, "the script that reclaims does both in one step")
                .help("leave `order` out".to_owned()),
        );
    }
}

fn check_turns(table: &Consumer, mistakes: &mut Mistakes) {
    let Some(turns) = table.turns.as_ref().filter(|turns| turns.value == Turns::Any) else {
        return;
    };
    let mut refuse = |message: &str, help: &str| mistakes.add(Mistake::at(&turns.span, message).help(help.to_owned()));
    if table.block.is_none_or(|block| block.0.is_some()) {
        refuse(
            "who waits for new entries takes no other turn",
            "write `block = \"none\"`",
        );
    }
    if table.start.value != Start::New {
        refuse("what it left pending it finds by reclaiming", "leave `start` out");
    }
    if table.reads.as_ref().is_some_and(|reads| reads.value == Reads::Nothing) {
        refuse("it has one turn only", "leave `turns` out, or `reads`");
    }
    if table.reclaim.as_ref().is_some_and(|reclaim| reclaim.lock.is_some()) {
        refuse(
            "who needs a lock to reclaim has an order",
            "leave `turns` out, or `lock`",
        );
    }
}

/// What is played out at one broker only, by place.
fn one_broker(table: &Consumer) -> impl Iterator<Item = &Range<usize>> {
    let marks = table.dedup.as_ref().filter(|dedup| dedup.mark == Mark::Script);
    let reclaim = table.reclaim.as_ref().filter(|reclaim| reclaim.by == ReclaimBy::Script);
    let turns = table.turns.as_ref().filter(|turns| turns.value == Turns::Any);
    let marks = marks.map(|dedup| &dedup.span);
    marks
        .into_iter()
        .chain(reclaim.map(|reclaim| &reclaim.span))
        .chain(turns.map(|turns| &turns.span))
}

fn alone(span: &Range<usize>, mistakes: &mut Mistakes) {
    mistakes.add(
        Mistake::at(span, "scripts and free turns are played out at one broker").help("leave `cluster` out".to_owned()),
    );
}
