//! CLUSTER's subcommands about replicas, failures and nodes that join or leave.

use super::argv::Argv;
use super::{is, numbers, subcommand_syntax};
use crate::command::{ClusterCommand, MembersCommand};
use crate::decimal::parse_i64;
use crate::errors::{SYNTAX, quoting};
use crate::{Bytes, Command, Reply};

fn command(command: MembersCommand) -> Result<Command, Reply> {
    Ok(Command::Cluster(ClusterCommand::Members(command)))
}

/// `CLUSTER REPLICAS node`
pub(super) fn replicas(args: &[Bytes]) -> Result<Command, Reply> {
    command(MembersCommand::Replicas { node: args[1].clone() })
}

/// `CLUSTER SLAVES node`
pub(super) fn slaves(args: &[Bytes]) -> Result<Command, Reply> {
    command(MembersCommand::Slaves { node: args[1].clone() })
}

/// `CLUSTER COUNT-FAILURE-REPORTS node`
pub(super) fn count_failure_reports(args: &[Bytes]) -> Result<Command, Reply> {
    command(MembersCommand::CountFailureReports { node: args[1].clone() })
}

pub(super) fn save_config(_: &[Bytes]) -> Result<Command, Reply> {
    command(MembersCommand::SaveConfig)
}

/// `CLUSTER SET-CONFIG-EPOCH epoch`
pub(super) fn set_config_epoch(args: &[Bytes]) -> Result<Command, Reply> {
    match numbers::integer(&args[1])? {
        epoch @ 0.. => command(MembersCommand::SetConfigEpoch { epoch }),
        _ => Err(quoting(&[b"ERR Invalid config epoch specified: ", &args[1]])),
    }
}

/// `CLUSTER MEET host port [bus-port]`
pub(super) fn meet(args: &[Bytes]) -> Result<Command, Reply> {
    let port = |text: &Bytes, error: &[u8]| parse_i64(text).ok_or_else(|| quoting(&[error, text]));
    let base = |text| port(text, b"ERR Invalid base port specified: ");
    let bus = |text| port(text, b"ERR Invalid bus port specified: ");
    let (host, port, bus_port) = match args {
        [_, host, port] => (host, base(port)?, None),
        [_, host, port, bus_port] => (host, base(port)?, Some(bus(bus_port)?)),
        _ => return Err(subcommand_syntax("CLUSTER", &args[0])),
    };
    let host = host.clone();
    command(MembersCommand::Meet { host, port, bus_port })
}

/// `CLUSTER FORGET node`
pub(super) fn forget(args: &[Bytes]) -> Result<Command, Reply> {
    command(MembersCommand::Forget { node: args[1].clone() })
}

/// `CLUSTER REPLICATE node`
pub(super) fn replicate(args: &[Bytes]) -> Result<Command, Reply> {
    command(MembersCommand::Replicate { node: args[1].clone() })
}

/// `CLUSTER FAILOVER [FORCE | TAKEOVER]`
pub(super) fn failover(args: &[Bytes]) -> Result<Command, Reply> {
    match args {
        [_] => command(MembersCommand::Failover),
        [_, option] if is(option, "FORCE") || is(option, "TAKEOVER") => command(MembersCommand::Failover),
        [_, _] => Err(SYNTAX),
        _ => Err(subcommand_syntax("CLUSTER", &args[0])),
    }
}

/// `CLUSTER RESET [HARD | SOFT]`
pub(super) fn reset(args: &[Bytes]) -> Result<Command, Reply> {
    let hard = match args {
        [_] => false,
        [_, option] if is(option, "SOFT") => false,
        [_, option] if is(option, "HARD") => true,
        [_, _] => return Err(SYNTAX),
        _ => return Err(subcommand_syntax("CLUSTER", &args[0])),
    };
    command(MembersCommand::Reset { hard })
}

pub(super) fn write(command: &MembersCommand, argv: &mut Argv) {
    match command {
        MembersCommand::Replicas { node } => {
            argv.word("REPLICAS").arg(node);
        }
        MembersCommand::Slaves { node } => {
            argv.word("SLAVES").arg(node);
        }
        MembersCommand::CountFailureReports { node } => {
            argv.word("COUNT-FAILURE-REPORTS").arg(node);
        }
        MembersCommand::SaveConfig => {
            argv.word("SAVECONFIG");
        }
        MembersCommand::SetConfigEpoch { epoch } => {
            argv.word("SET-CONFIG-EPOCH").shown(epoch);
        }
        MembersCommand::Meet { host, port, bus_port } => {
            argv.word("MEET").arg(host).shown(port);
            if let Some(bus_port) = bus_port {
                argv.shown(bus_port);
            }
        }
        MembersCommand::Forget { node } => {
            argv.word("FORGET").arg(node);
        }
        MembersCommand::Replicate { node } => {
            argv.word("REPLICATE").arg(node);
        }
        MembersCommand::Failover => {
            argv.word("FAILOVER");
        }
        MembersCommand::Reset { hard } => {
            argv.word("RESET").word(if *hard { "HARD" } else { "SOFT" });
        }
    }
}
