//! CLUSTER's subcommands about slots and the node itself, and MIGRATE. Read next: `members.rs`, the others.

use alloc::format;
use alloc::vec::Vec;

use super::argv::Argv;
use super::spec::{Spec, spec};
use super::{is, members, numbers};
use crate::cluster::{SLOTS, Slot, SlotRange};
use crate::command::{Auth, ClusterCommand, Migrate, SlotState};
use crate::decimal::parse_i64;
use crate::errors::{SYNTAX, fixed, formatted, wrong_arity};
use crate::{Bytes, Command, Reply};

/// Of CLUSTER.
pub(super) const SUBCOMMANDS: &[Spec] = &[
    spec("cluster|addslots", -3, |args| {
        slots(args, |slots| ClusterCommand::AddSlots { slots })
    }),
    spec("cluster|addslotsrange", -4, |args| {
        ranges(args, "cluster|addslotsrange", |ranges| ClusterCommand::AddSlotsRange {
            ranges,
        })
    }),
    spec("cluster|delslots", -3, |args| {
        slots(args, |slots| ClusterCommand::DelSlots { slots })
    }),
    spec("cluster|delslotsrange", -4, |args| {
        ranges(args, "cluster|delslotsrange", |ranges| ClusterCommand::DelSlotsRange {
            ranges,
        })
    }),
    spec("cluster|setslot", -4, set_slot),
    spec("cluster|countkeysinslot", 3, count_keys),
    spec("cluster|getkeysinslot", 4, get_keys),
    spec("cluster|keyslot", 3, |args| {
        let key = args[1].clone();
        Ok(Command::Cluster(ClusterCommand::KeySlot { key }))
    }),
    spec("cluster|info", 2, |_| Ok(Command::Cluster(ClusterCommand::Info))),
    spec("cluster|myid", 2, |_| Ok(Command::Cluster(ClusterCommand::MyId))),
    spec("cluster|myshardid", 2, |_| {
        Ok(Command::Cluster(ClusterCommand::MyShardId))
    }),
    spec("cluster|links", 2, |_| Ok(Command::Cluster(ClusterCommand::Links))),
    spec("cluster|flushslots", 2, |_| {
        Ok(Command::Cluster(ClusterCommand::FlushSlots))
    }),
    spec("cluster|bumpepoch", 2, |_| {
        Ok(Command::Cluster(ClusterCommand::BumpEpoch))
    }),
    spec("cluster|nodes", 2, |_| Ok(Command::Cluster(ClusterCommand::Nodes))),
    spec("cluster|slots", 2, |_| Ok(Command::Cluster(ClusterCommand::Slots))),
    spec("cluster|shards", 2, |_| Ok(Command::Cluster(ClusterCommand::Shards))),
    spec("cluster|help", 2, |_| Ok(Command::Cluster(ClusterCommand::Help))),
    spec("cluster|replicas", 3, members::replicas),
    spec("cluster|slaves", 3, members::slaves),
    spec("cluster|count-failure-reports", 3, members::count_failure_reports),
    spec("cluster|saveconfig", 2, members::save_config),
    spec("cluster|set-config-epoch", 3, members::set_config_epoch),
    spec("cluster|meet", -4, members::meet),
    spec("cluster|forget", 3, members::forget),
    spec("cluster|replicate", 3, members::replicate),
    spec("cluster|failover", -2, members::failover),
    spec("cluster|reset", -2, members::reset),
];

/// `CLUSTER ADDSLOTS slot …`, DELSLOTS.
fn slots(args: &[Bytes], command: fn(Vec<Slot>) -> ClusterCommand) -> Result<Command, Reply> {
    let slots: Result<_, _> = args[1..].iter().map(|arg| slot(arg)).collect();
    slots.map(|slots| Command::Cluster(command(slots)))
}

/// `CLUSTER ADDSLOTSRANGE first last …`, DELSLOTSRANGE.
fn ranges(args: &[Bytes], name: &str, command: fn(Vec<SlotRange>) -> ClusterCommand) -> Result<Command, Reply> {
    let args = &args[1..];
    if !args.len().is_multiple_of(2) {
        return Err(wrong_arity(name));
    }
    let range = |ends: &[Bytes]| {
        let (first, last) = (slot(&ends[0])?, slot(&ends[1])?);
        if first > last {
            let text = format!("ERR start slot number {first} is greater than end slot number {last}");
            return Err(formatted(text));
        }
        Ok(SlotRange { first, last })
    };
    let ranges: Result<_, _> = args.chunks(2).map(range).collect();
    ranges.map(|ranges| Command::Cluster(command(ranges)))
}

/// `CLUSTER SETSLOT slot IMPORTING | MIGRATING | NODE node`, `CLUSTER SETSLOT slot STABLE`.
fn set_slot(args: &[Bytes]) -> Result<Command, Reply> {
    let slot = slot(&args[1])?;
    let to = match &args[2..] {
        [action] if is(action, "STABLE") => SlotState::Stable,
        [action, node] if is(action, "IMPORTING") => SlotState::Importing(node.clone()),
        [action, node] if is(action, "MIGRATING") => SlotState::Migrating(node.clone()),
        [action, node] if is(action, "NODE") => SlotState::Node(node.clone()),
        _ => {
            return Err(fixed(
                "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP",
            ));
        }
    };
    Ok(Command::Cluster(ClusterCommand::SetSlot { slot, to }))
}

/// `CLUSTER COUNTKEYSINSLOT slot`.
fn count_keys(args: &[Bytes]) -> Result<Command, Reply> {
    let slot = numbers::integer(&args[1])?;
    Ok(Command::Cluster(ClusterCommand::CountKeysInSlot { slot }))
}

/// `CLUSTER GETKEYSINSLOT slot count`.
fn get_keys(args: &[Bytes]) -> Result<Command, Reply> {
    let (slot, count) = (numbers::integer(&args[1])?, numbers::integer(&args[2])?);
    Ok(Command::Cluster(ClusterCommand::GetKeysInSlot { slot, count }))
}

fn slot(arg: &[u8]) -> Result<Slot, Reply> {
    let slot = parse_i64(arg).and_then(|slot| Slot::try_from(slot).ok());
    slot.filter(|slot| *slot < SLOTS)
        .ok_or(fixed("ERR Invalid or out of range slot"))
}

/// The options are read before the numbers.
pub(super) fn migrate(args: &[Bytes]) -> Result<Command, Reply> {
    let mut command = Migrate {
        host: args[0].clone(),
        port: args[1].clone(),
        keys: args[2..3].to_vec(),
        is_list: false,
        database: 0,
        timeout_ms: 0,
        copy: false,
        replace: false,
        auth: None,
    };
    let mut at = 5;
    while let Some(option) = args.get(at) {
        if is(option, "COPY") {
            command.copy = true;
        } else if is(option, "REPLACE") {
            command.replace = true;
        } else if is(option, "AUTH") {
            at += 1;
            let password = args.get(at).ok_or(SYNTAX)?.clone();
            // A user that was named before stays.
            let user = command.auth.take().and_then(|auth| auth.user);
            command.auth = Some(Auth { user, password });
        } else if is(option, "AUTH2") {
            at += 2;
            let password = args.get(at).ok_or(SYNTAX)?.clone();
            let user = Some(args[at - 1].clone());
            command.auth = Some(Auth { user, password });
        } else if is(option, "KEYS") {
            if !args[2].is_empty() {
                return Err(fixed(
                    "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string",
                ));
            }
            command.keys = args[at + 1..].to_vec();
            command.is_list = true;
            break;
        } else {
            return Err(SYNTAX);
        }
        at += 1;
    }
    command.timeout_ms = numbers::integer(&args[4])?;
    command.database = numbers::integer(&args[3])?;
    Ok(Command::Migrate(command))
}

pub(super) fn write(command: &ClusterCommand, argv: &mut Argv) {
    argv.word("CLUSTER");
    let write_all = |argv: &mut Argv, slots: &[Slot]| {
        for slot in slots {
            argv.shown(slot);
        }
    };
    let write_ranges = |argv: &mut Argv, ranges: &[SlotRange]| {
        for range in ranges {
            argv.shown(range.first).shown(range.last);
        }
    };
    match command {
        ClusterCommand::AddSlots { slots } => write_all(argv.word("ADDSLOTS"), slots),
        ClusterCommand::DelSlots { slots } => write_all(argv.word("DELSLOTS"), slots),
        ClusterCommand::AddSlotsRange { ranges } => write_ranges(argv.word("ADDSLOTSRANGE"), ranges),
        ClusterCommand::DelSlotsRange { ranges } => write_ranges(argv.word("DELSLOTSRANGE"), ranges),
        ClusterCommand::SetSlot { slot, to } => {
            argv.word("SETSLOT").shown(slot);
            match to {
                SlotState::Importing(node) => argv.word("IMPORTING").arg(node),
                SlotState::Migrating(node) => argv.word("MIGRATING").arg(node),
                SlotState::Node(node) => argv.word("NODE").arg(node),
                SlotState::Stable => argv.word("STABLE"),
            };
        }
        ClusterCommand::CountKeysInSlot { slot } => {
            argv.word("COUNTKEYSINSLOT").shown(slot);
        }
        ClusterCommand::GetKeysInSlot { slot, count } => {
            argv.word("GETKEYSINSLOT").shown(slot).shown(count);
        }
        ClusterCommand::KeySlot { key } => {
            argv.word("KEYSLOT").arg(key);
        }
        ClusterCommand::Info => {
            argv.word("INFO");
        }
        ClusterCommand::MyId => {
            argv.word("MYID");
        }
        ClusterCommand::Nodes => {
            argv.word("NODES");
        }
        ClusterCommand::Slots => {
            argv.word("SLOTS");
        }
        ClusterCommand::Shards => {
            argv.word("SHARDS");
        }
        ClusterCommand::Help => {
            argv.word("HELP");
        }
        ClusterCommand::MyShardId => {
            argv.word("MYSHARDID");
        }
        ClusterCommand::Links => {
            argv.word("LINKS");
        }
        ClusterCommand::FlushSlots => {
            argv.word("FLUSHSLOTS");
        }
        ClusterCommand::BumpEpoch => {
            argv.word("BUMPEPOCH");
        }
        ClusterCommand::Members(command) => members::write(command, argv),
    }
}

pub(super) fn write_migrate(command: &Migrate, argv: &mut Argv) {
    argv.word("MIGRATE").arg(&command.host).arg(&command.port);
    match command.keys.as_slice() {
        [key] if !command.is_list => argv.arg(key),
        _ => argv.word(""),
    };
    argv.shown(command.database).shown(command.timeout_ms);
    if command.copy {
        argv.word("COPY");
    }
    if command.replace {
        argv.word("REPLACE");
    }
    match &command.auth {
        None => {}
        Some(Auth { user: None, password }) => {
            argv.word("AUTH").arg(password);
        }
        Some(Auth {
            user: Some(user),
            password,
        }) => {
            argv.word("AUTH2").arg(user).arg(password);
        }
    }
    if command.is_list {
        argv.word("KEYS").args(&command.keys);
    }
}
