//! XREAD and XREADGROUP.

use alloc::vec::Vec;

use super::argv::Argv;
use super::{ids, is, numbers};
use crate::command::{ReadFrom, XRead, XReadGroup};
use crate::errors::{SYNTAX, TIMEOUT_RANGE, fixed};
use crate::{Bytes, Command, Millis, Reply, StreamId};

const UNBALANCED: Reply =
    fixed("ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified.");
const UNBALANCED_GROUP: Reply =
    fixed("ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified.");
const GROUP_IN_XREAD: Reply = fixed("ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
const NOACK_IN_XREAD: Reply = fixed("ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
const NO_GROUP: Reply = fixed("ERR Missing GROUP option for XREADGROUP");
const LAST_IN_GROUP: Reply = fixed(
    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by \
     specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
);
const NEWEST_IN_GROUP: Reply = fixed(
    "ERR The + ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by \
     specifying a proper ID, or use the > ID to get new messages. The + ID would just return an empty result set.",
);
const NEW_IN_XREAD: Reply =
    fixed("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.");

const MS_MAX: Millis = i64::MAX.unsigned_abs();

#[derive(Default)]
struct Options<'a> {
    count: Option<u64>,
    block: Option<Millis>,
    noack: bool,
    group: Option<(&'a Bytes, &'a Bytes)>,
    streams: &'a [Bytes],
}

fn options(args: &[Bytes], in_group: bool) -> Result<Options<'_>, Reply> {
    let mut options = Options::default();
    read_options(args, in_group, &mut options)?;
    Ok(options)
}

fn read_options<'a>(mut args: &'a [Bytes], in_group: bool, options: &mut Options<'a>) -> Result<(), Reply> {
    loop {
        args = match args {
            [word, value, rest @ ..] if is(word, "BLOCK") => {
                let ms = numbers::timeout(value)?;
                // Whether a time goes beyond what clocks can tell depends on the clock; of two, the last is kept, so
                // the first is judged here.
                if options.block.replace(ms).is_some_and(|earlier| earlier > MS_MAX / 2) {
                    return Err(TIMEOUT_RANGE);
                }
                rest
            }
            [word, value, rest @ ..] if is(word, "COUNT") => {
                options.count = Some(numbers::not_negative(numbers::integer(value)?));
                rest
            }
            [word, rest @ ..] if is(word, "STREAMS") && !rest.is_empty() => {
                if !rest.len().is_multiple_of(2) {
                    return Err(if in_group { UNBALANCED_GROUP } else { UNBALANCED });
                }
                options.streams = rest;
                return Ok(());
            }
            [word, group, consumer, rest @ ..] if is(word, "GROUP") => {
                if !in_group {
                    return Err(GROUP_IN_XREAD);
                }
                options.group = Some((group, consumer));
                rest
            }
            [word, rest @ ..] if is(word, "NOACK") => {
                if !in_group {
                    return Err(NOACK_IN_XREAD);
                }
                options.noack = true;
                rest
            }
            _ => return Err(SYNTAX),
        };
    }
}

/// Of XREAD or XREADGROUP arguments that are wrong: BLOCK's time, if it comes before the fault.
pub(super) fn block_until_error(args: &[Bytes], in_group: bool) -> Option<Millis> {
    let mut options = Options::default();
    // The fault is known.
    let _ = read_options(args, in_group, &mut options);
    options.block
}

fn streams(args: &[Bytes], from: fn(&[u8]) -> Result<ReadFrom, Reply>) -> Result<Vec<(Bytes, ReadFrom)>, Reply> {
    let (keys, ids) = args.split_at(args.len() / 2);
    keys.iter()
        .zip(ids)
        .map(|(key, id)| Ok((key.clone(), from(id)?)))
        .collect()
}

/// `XREAD [COUNT n] [BLOCK ms] STREAMS key … id …`.
pub(super) fn xread(args: &[Bytes]) -> Result<Command, Reply> {
    let options = options(args, false)?;
    let streams = streams(options.streams, from)?;
    Ok(Command::XRead(XRead {
        count: options.count,
        block: options.block,
        streams,
    }))
}

fn from(id: &[u8]) -> Result<ReadFrom, Reply> {
    match id {
        b"$" => Ok(ReadFrom::Last),
        b"+" => Ok(ReadFrom::Newest),
        b">" => Err(NEW_IN_XREAD),
        id => ids::strict(id, 0).map(ReadFrom::After),
    }
}

/// Of XREAD arguments whose only fault is an ID: the keys up to that of the ID.
pub(super) fn keys_until_error(args: &[Bytes]) -> &[Bytes] {
    options(args, false).map_or(&[], |options| until_error(options.streams, from).unwrap_or_default())
}

fn until_error(streams: &[Bytes], from: fn(&[u8]) -> Result<ReadFrom, Reply>) -> Option<&[Bytes]> {
    let (keys, ids) = streams.split_at(streams.len() / 2);
    let wrong = ids.iter().position(|id| from(id).is_err())?;
    Some(&keys[..=wrong])
}

/// `XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS key … id …`.
pub(super) fn xreadgroup(args: &[Bytes]) -> Result<Command, Reply> {
    let options = options(args, true)?;
    let (group, consumer) = options.group.ok_or(NO_GROUP)?;
    let streams = streams(options.streams, from_in_group)?;
    Ok(Command::XReadGroup(XReadGroup {
        group: group.clone(),
        consumer: consumer.clone(),
        count: options.count,
        block: options.block,
        noack: options.noack,
        streams,
    }))
}

fn from_in_group(id: &[u8]) -> Result<ReadFrom, Reply> {
    match id {
        b"$" => Err(LAST_IN_GROUP),
        b"+" => Err(NEWEST_IN_GROUP),
        b">" => Ok(ReadFrom::New),
        // The server's own form of `>` is the largest ID.
        id => ids::strict(id, 0).map(|id| {
            if id == StreamId::MAX {
                ReadFrom::New
            } else {
                ReadFrom::After(id)
            }
        }),
    }
}

/// Of XREADGROUP arguments whose only fault is an ID: the group, and the keys up to that of the ID.
pub(super) fn streams_until_error(args: &[Bytes]) -> Option<(&Bytes, &[Bytes])> {
    let options = options(args, true).ok()?;
    Some((options.group?.0, until_error(options.streams, from_in_group)?))
}

pub(super) fn write_xread(read: &XRead, argv: &mut Argv) {
    argv.word("XREAD");
    write_options(read.count, read.block, argv);
    write_streams(&read.streams, argv);
}

pub(super) fn write_xreadgroup(read: &XReadGroup, argv: &mut Argv) {
    argv.word("XREADGROUP")
        .word("GROUP")
        .arg(&read.group)
        .arg(&read.consumer);
    write_options(read.count, read.block, argv);
    if read.noack {
        argv.word("NOACK");
    }
    write_streams(&read.streams, argv);
}

fn write_options(count: Option<u64>, block: Option<Millis>, argv: &mut Argv) {
    if let Some(count) = count {
        argv.word("COUNT").shown(count);
    }
    if let Some(ms) = block {
        argv.word("BLOCK").shown(ms);
    }
}

fn write_streams(streams: &[(Bytes, ReadFrom)], argv: &mut Argv) {
    argv.word("STREAMS");
    for (key, _) in streams {
        argv.arg(key);
    }
    for (_, from) in streams {
        match from {
            ReadFrom::After(id) => argv.shown(id),
            ReadFrom::Last => argv.word("$"),
            ReadFrom::Newest => argv.word("+"),
            ReadFrom::New => argv.word(">"),
        };
    }
}
