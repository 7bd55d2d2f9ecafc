//! XGROUP and XPENDING.

use super::argv::Argv;
use super::{ids, is, numbers, subcommand_syntax};
use crate::command::{GroupStart, PendingRange, XGroup, XPending};
use crate::errors::{SYNTAX, fixed};
use crate::{Bytes, Command, Reply, StreamId};

const ENTRIES_READ_RANGE: Reply = fixed("ERR value for ENTRIESREAD must be positive or -1");

/// `CREATE | SETID key group id [MKSTREAM] [ENTRIESREAD n]`: the options, each as often as one likes; MKSTREAM is
/// CREATE's alone.
pub(super) fn options(args: &[Bytes]) -> Result<(bool, Option<i64>), Reply> {
    let (mut make_stream, mut entries_read) = (false, None);
    let mut rest = &args[4..];
    loop {
        rest = match rest {
            [] => return Ok((make_stream, entries_read)),
            [option, rest @ ..] if is_create(args) && is(option, "MKSTREAM") => {
                make_stream = true;
                rest
            }
            [option, value, rest @ ..] if is(option, "ENTRIESREAD") => {
                let count = numbers::integer(value)?;
                if count < -1 {
                    return Err(ENTRIES_READ_RANGE);
                }
                entries_read = Some(count);
                rest
            }
            _ => return Err(subcommand_syntax("XGROUP", &args[0])),
        };
    }
}

fn is_create(args: &[Bytes]) -> bool {
    is(&args[0], "CREATE")
}

/// The start and the options.
fn positioned(args: &[Bytes]) -> Result<(GroupStart, bool, Option<i64>), Reply> {
    let (make_stream, entries_read) = options(args)?;
    let is_create = is_create(args);
    if args.len() > if is_create { 7 } else { 6 } {
        return Err(subcommand_syntax("XGROUP", &args[0]));
    }
    let start = match &*args[3] {
        b"$" => GroupStart::Last,
        // SETID takes the ends of a range, CREATE does not.
        b"-" if !is_create => GroupStart::After(StreamId::MIN),
        b"+" if !is_create => GroupStart::After(StreamId::MAX),
        id => GroupStart::After(ids::strict(id, 0)?),
    };
    Ok((start, make_stream, entries_read))
}

pub(super) fn create(args: &[Bytes]) -> Result<Command, Reply> {
    let (start, make_stream, entries_read) = positioned(args)?;
    Ok(Command::XGroup(XGroup::Create {
        key: args[1].clone(),
        group: args[2].clone(),
        start,
        make_stream,
        entries_read,
    }))
}

pub(super) fn setid(args: &[Bytes]) -> Result<Command, Reply> {
    let (start, _, entries_read) = positioned(args)?;
    Ok(Command::XGroup(XGroup::SetId {
        key: args[1].clone(),
        group: args[2].clone(),
        start,
        entries_read,
    }))
}

pub(super) fn destroy(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, group) = (args[1].clone(), args[2].clone());
    Ok(Command::XGroup(XGroup::Destroy { key, group }))
}

pub(super) fn create_consumer(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, group, consumer) = (args[1].clone(), args[2].clone(), args[3].clone());
    Ok(Command::XGroup(XGroup::CreateConsumer { key, group, consumer }))
}

pub(super) fn del_consumer(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, group, consumer) = (args[1].clone(), args[2].clone(), args[3].clone());
    Ok(Command::XGroup(XGroup::DelConsumer { key, group, consumer }))
}

pub(super) fn write_xgroup(xgroup: &XGroup, argv: &mut Argv) {
    argv.word("XGROUP");
    match xgroup {
        XGroup::Help => {
            argv.word("HELP");
        }
        XGroup::Create {
            key,
            group,
            start,
            make_stream,
            entries_read,
        } => {
            argv.word("CREATE").arg(key).arg(group);
            write_start(*start, argv);
            if *make_stream {
                argv.word("MKSTREAM");
            }
            write_entries_read(*entries_read, argv);
        }
        XGroup::SetId {
            key,
            group,
            start,
            entries_read,
        } => {
            argv.word("SETID").arg(key).arg(group);
            write_start(*start, argv);
            write_entries_read(*entries_read, argv);
        }
        XGroup::Destroy { key, group } => {
            argv.word("DESTROY").arg(key).arg(group);
        }
        XGroup::CreateConsumer { key, group, consumer } => {
            argv.word("CREATECONSUMER").arg(key).arg(group).arg(consumer);
        }
        XGroup::DelConsumer { key, group, consumer } => {
            argv.word("DELCONSUMER").arg(key).arg(group).arg(consumer);
        }
    }
}

fn write_start(start: GroupStart, argv: &mut Argv) {
    match start {
        GroupStart::After(id) => argv.shown(id),
        GroupStart::Last => argv.word("$"),
    };
}

fn write_entries_read(entries_read: Option<i64>, argv: &mut Argv) {
    if let Some(count) = entries_read {
        argv.word("ENTRIESREAD").shown(count);
    }
}

/// `XPENDING key group [[IDLE ms] start end count [consumer]]`.
pub(super) fn xpending(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, group) = (args[0].clone(), args[1].clone());
    let range = match &args[2..] {
        [] => None,
        // The server takes up to seven arguments here and ignores those after the consumer.
        rest if !(3..=6).contains(&rest.len()) => return Err(SYNTAX),
        [word, ms, rest @ ..] if is(word, "IDLE") => {
            let min_idle_ms = numbers::not_negative(numbers::integer(ms)?);
            Some(pending_range(min_idle_ms, rest)?)
        }
        rest => Some(pending_range(0, rest)?),
    };
    Ok(Command::XPending(XPending { key, group, range }))
}

fn pending_range(min_idle_ms: u64, args: &[Bytes]) -> Result<PendingRange, Reply> {
    let [start, end, count, rest @ ..] = args else {
        return Err(SYNTAX);
    };
    let count = numbers::integer(count)?;
    Ok(PendingRange {
        min_idle_ms,
        start: ids::start(start)?,
        end: ids::end(end)?,
        count,
        consumer: rest.first().cloned(),
    })
}

pub(super) fn write_xpending(pending: &XPending, argv: &mut Argv) {
    argv.word("XPENDING").arg(&pending.key).arg(&pending.group);
    let Some(range) = &pending.range else {
        return;
    };
    if range.min_idle_ms > 0 {
        argv.word("IDLE").shown(range.min_idle_ms);
    }
    ids::write_bound(range.start, argv);
    ids::write_bound(range.end, argv);
    argv.shown(range.count);
    if let Some(consumer) = &range.consumer {
        argv.arg(consumer);
    }
}
