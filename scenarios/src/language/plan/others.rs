//! `[repairer.…]`, `[reader.…]`, `[watcher.…]` become policies.

use redelivery_model::setup::policy::{self, Duty, Role};
use redelivery_model::setup::{GroupIx, GroupKind, GroupSetup};

use super::Common;
use super::cast::Member;
use super::roles::{group, stream};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Alarm, Deletes, Reader, Repairer, Watcher};
use crate::language::located::Located;

/// The role of a client of one of these tables.
pub(super) fn role(common: &Common<'_>, member: &Member, mistakes: &mut Mistakes) -> Option<Role> {
    let file = common.file;
    let name = &member.table;
    let repairer = file.repairer.get(name).map(|table| repairer(common, table, mistakes));
    let reader = || file.reader.get(name).map(|table| reader(common, name, table, mistakes));
    repairer.or_else(reader).or_else(|| {
        let mut watchers = file.watcher.iter();
        let (name, table) = watchers.find(|(known, _)| known.value == *name)?;
        watcher(common, name, table, mistakes)
    })
}

fn repairer(common: &Common<'_>, table: &Repairer, mistakes: &mut Mistakes) -> Role {
    Role::Repairer(policy::Repairer {
        stream: stream(common, &table.stream, mistakes),
        poll_ms: table.poll.map_or(1_000, |poll| poll.0),
        order: table.order,
    })
}

fn reader(common: &Common<'_>, name: &str, table: &Reader, mistakes: &mut Mistakes) -> Role {
    stream(common, &table.stream, mistakes);
    let own = |row: &GroupSetup| row.kind == GroupKind::Reader && *row.name == *name.as_bytes();
    let place = common.groups.iter().position(own);
    Role::Reader(policy::Reader {
        group: place
            .and_then(|place| u16::try_from(place).ok())
            .map_or(GroupIx(0), GroupIx),
        from: table.from.value,
        batch: table.batch.map_or(1, |batch| batch.0),
        block_ms: table.block.map_or(5_000, |block| block.0),
    })
}

fn watcher(common: &Common<'_>, name: &Located<String>, table: &Watcher, mistakes: &mut Mistakes) -> Option<Role> {
    stream(common, &table.stream, mistakes);
    let trims = |trims: &Located<_>| (Duty::Trims(trims.value), trims.span.clone());
    let deletes = |deletes: &Located<Deletes>| {
        let duty = Duty::DeletesConsumers {
            idle_ms: deletes.idle.0,
            unless_pending: deletes.unless_pending.unwrap_or(true),
        };
        (duty, deletes.span.clone())
    };
    let alarms = |figure: &Located<Alarm>| (Duty::Alarms(alarm(figure)), figure.span.clone());
    let duties = [
        table.trims.as_ref().map(trims),
        table.deletes.as_ref().map(deletes),
        table.alarms.as_ref().map(alarms),
    ];
    let mut duties: Vec<_> = duties.into_iter().flatten().collect();
    duties.sort_by_key(|(_, span)| span.start);
    let duty = match duties.as_slice() {
        [(duty, _)] => *duty,
        [] => {
            mistakes.add(Mistake::at(&name.span, "this watcher has nothing to do").help(one_duty()));
            return None;
        }
        [(_, first), (_, second), ..] => {
            let mistake = Mistake::at(second, "this watcher has several duties").and(first, "one is here");
            mistakes.add(mistake.help(one_duty()));
            return None;
        }
    };
    Some(Role::Watcher(policy::Watcher {
        group: group(common, &table.stream, &table.group, mistakes),
        every_ms: table.every.map_or(10_000, |every| every.0),
        duty,
    }))
}

fn alarm(figure: &Alarm) -> policy::Alarm {
    match figure {
        Alarm::Lag { at_least, or_unknown } => policy::Alarm::Lag {
            at_least: at_least.map_or(1, |at_least| at_least.0),
            or_unknown: *or_unknown,
        },
        Alarm::Pending { idle } => policy::Alarm::PendingIdle(idle.0),
        Alarm::Consumer { idle } => policy::Alarm::ConsumerIdle(idle.0),
        Alarm::Deliveries { at_least } => policy::Alarm::Deliveries(at_least.0),
    }
}

fn one_duty() -> String {
    "a watcher has one of `trims = \"acknowledged\"`, `deletes = { idle = \"1m\" }` and `alarms = { lag = {} }`"
        .to_owned()
}
