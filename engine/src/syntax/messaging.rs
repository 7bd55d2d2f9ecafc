//! SUBSCRIBE, UNSUBSCRIBE, PUBLISH and their like, PUBSUB, PING.

use super::argv::Argv;
use super::subcommand_syntax;
use crate::command::{PubSub, Subscription};
use crate::errors::wrong_arity;
use crate::{Bytes, Command, Reply};

/// `SUBSCRIBE channel …`, `PSUBSCRIBE pattern …`, `SSUBSCRIBE shardchannel …`.
pub(super) fn subscribe(kind: Subscription, names: &[Bytes]) -> Result<Command, Reply> {
    let names = names.to_vec();
    Ok(Command::Subscribe { kind, names })
}

/// `UNSUBSCRIBE [channel …]` and the like.
pub(super) fn unsubscribe(kind: Subscription, names: &[Bytes]) -> Result<Command, Reply> {
    let names = names.to_vec();
    Ok(Command::Unsubscribe { kind, names })
}

/// `PUBLISH channel message`, `SPUBLISH shardchannel message`.
pub(super) fn publish(sharded: bool, args: &[Bytes]) -> Result<Command, Reply> {
    Ok(Command::Publish {
        sharded,
        channel: args[0].clone(),
        message: args[1].clone(),
    })
}

/// `PUBSUB CHANNELS [pattern]`, `PUBSUB SHARDCHANNELS [pattern]`.
pub(super) fn channels(sharded: bool, args: &[Bytes]) -> Result<Command, Reply> {
    let pattern = match &args[1..] {
        [] => None,
        [pattern] => Some(pattern.clone()),
        _ => return Err(subcommand_syntax("PUBSUB", &args[0])),
    };
    Ok(Command::PubSub(PubSub::Channels { sharded, pattern }))
}

fn channels_word(sharded: bool) -> &'static str {
    if sharded { "SHARDCHANNELS" } else { "CHANNELS" }
}

/// `PUBSUB NUMSUB [channel …]`, `PUBSUB SHARDNUMSUB [shardchannel …]`.
pub(super) fn num_sub(sharded: bool, args: &[Bytes]) -> Result<Command, Reply> {
    let channels = args[1..].to_vec();
    Ok(Command::PubSub(PubSub::NumSub { sharded, channels }))
}

/// `PING [message]`.
pub(super) fn ping(args: &[Bytes]) -> Result<Command, Reply> {
    match args {
        [] => Ok(Command::Ping { message: None }),
        [message] => Ok(Command::Ping {
            message: Some(message.clone()),
        }),
        _ => Err(wrong_arity("ping")),
    }
}

pub(super) fn write_subscribe(kind: Subscription, names: &[Bytes], argv: &mut Argv) {
    let name = match kind {
        Subscription::Channel => "SUBSCRIBE",
        Subscription::Pattern => "PSUBSCRIBE",
        Subscription::ShardChannel => "SSUBSCRIBE",
    };
    argv.word(name).args(names);
}

pub(super) fn write_unsubscribe(kind: Subscription, names: &[Bytes], argv: &mut Argv) {
    let name = match kind {
        Subscription::Channel => "UNSUBSCRIBE",
        Subscription::Pattern => "PUNSUBSCRIBE",
        Subscription::ShardChannel => "SUNSUBSCRIBE",
    };
    argv.word(name).args(names);
}

pub(super) fn write_pubsub(subcommand: &PubSub, argv: &mut Argv) {
    argv.word("PUBSUB");
    match subcommand {
        PubSub::Channels { sharded, pattern } => {
            argv.word(channels_word(*sharded)).args(pattern.as_slice());
        }
        PubSub::NumSub { sharded, channels } => {
            argv.word(if *sharded { "SHARDNUMSUB" } else { "NUMSUB" })
                .args(channels);
        }
        PubSub::NumPat => {
            argv.word("NUMPAT");
        }
        PubSub::Help => {
            argv.word("HELP");
        }
    }
}
