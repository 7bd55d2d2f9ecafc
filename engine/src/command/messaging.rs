//! Channels: payloads of SUBSCRIBE, PUBLISH, PUBSUB and their like.

use alloc::vec::Vec;

use crate::Bytes;

/// What a subscription names. The kinds know nothing of each other's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subscription {
    /// SUBSCRIBE: a channel.
    Channel,
    /// PSUBSCRIBE: all channels that a pattern matches.
    Pattern,
    /// SSUBSCRIBE: a channel that stays with its slot's shard.
    ShardChannel,
}

/// PUBSUB's subcommands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PubSub {
    /// <https://redis.io/docs/latest/commands/pubsub-channels/> and SHARDCHANNELS
    Channels {
        /// Those of SSUBSCRIBE.
        sharded: bool,
        /// Only those that it matches.
        pattern: Option<Bytes>,
    },
    /// <https://redis.io/docs/latest/commands/pubsub-numsub/> and SHARDNUMSUB
    NumSub {
        /// Those of SSUBSCRIBE.
        sharded: bool,
        /// Of these.
        channels: Vec<Bytes>,
    },
    /// <https://redis.io/docs/latest/commands/pubsub-numpat/>
    NumPat,
    /// <https://redis.io/docs/latest/commands/pubsub-help/>
    Help,
}
