//! The keys and sharded channels that a command names, which decide the node that may execute it.
//!
//! They are taken from the arguments as they came: a server looks at them before it reads anything else, so that an
//! argument vector which is wrong in itself is redirected too. Where it finds no keys, for their number is no number or there
//! are not so many, the command is executed, and refused, wherever it was sent. Source:
//! <https://redis.io/docs/latest/develop/reference/key-specs/>. Read next: `route.rs`.

use alloc::vec::Vec;

use crate::{Bytes, Command};

/// The keys and sharded channels that a command names, in the order of its arguments.
///
/// ```
/// use redelivery_engine::cluster::named_keys;
/// use redelivery_engine::{Bytes, Command};
///
/// let command = Command::parse(&["RPOPLPUSH", "jobs", "done"].map(Bytes::from)).unwrap();
/// assert_eq!(named_keys(&command), ["jobs", "done"].map(Bytes::from));
/// ```
pub fn named_keys(command: &Command) -> Vec<Bytes> {
    let argv = command.to_argv();
    at(place(&argv), &argv)
}

/// Where the keys of a command are; the command's name is argument 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    /// It has none.
    None,
    /// Argument 1.
    First,
    /// Arguments 1 and 2.
    Two,
    /// Argument 2, after a subcommand.
    Second,
    /// All arguments.
    All,
    /// All but the last, which is a time.
    AllButLast,
    /// Every other one from 1.
    Pairs,
    /// Their number is this argument, and they follow it.
    Counted(usize),
    /// The first half of what follows STREAMS.
    Streams,
    /// Argument 3, or what follows KEYS.
    Migrate,
    /// Argument 1, a sharded channel that is published to.
    Channel,
    /// All arguments, sharded channels that are subscribed to.
    Channels,
    /// It has none, but channels of every node.
    ChannelsOfAll,
}

/// Every command has its line.
const TABLE: &[(Keys, &[&str])] = &[
    (
        Keys::First,
        &[
            "set",
            "get",
            "incr",
            "decr",
            "incrby",
            "decrby",
            "getset",
            "getdel",
            "getex",
            "setex",
            "psetex",
            "setnx",
            "expire",
            "pexpire",
            "expireat",
            "pexpireat",
            "persist",
            "ttl",
            "pttl",
            "expiretime",
            "pexpiretime",
            "type",
            "sadd",
            "srem",
            "sismember",
            "smismember",
            "spop",
            "scard",
            "smembers",
            "lpush",
            "rpush",
            "lpushx",
            "rpushx",
            "lpop",
            "rpop",
            "llen",
            "lrange",
            "lindex",
            "lset",
            "lrem",
            "ltrim",
            "linsert",
            "lpos",
            "xadd",
            "xlen",
            "xrange",
            "xrevrange",
            "xdel",
            "xdelex",
            "xackdel",
            "xtrim",
            "xsetid",
            "xack",
            "xpending",
            "xclaim",
            "xautoclaim",
        ],
    ),
    (
        Keys::Two,
        &[
            "rename",
            "renamenx",
            "smove",
            "rpoplpush",
            "brpoplpush",
            "lmove",
            "blmove",
        ],
    ),
    (Keys::Second, &["xgroup", "xinfo", "object", "memory"]),
    (Keys::All, &["del", "unlink", "exists", "mget", "watch", "sunsubscribe"]),
    (Keys::AllButLast, &["blpop", "brpop"]),
    (Keys::Pairs, &["mset"]),
    (Keys::Counted(1), &["lmpop"]),
    (Keys::Counted(2), &["blmpop"]),
    (Keys::Streams, &["xread", "xreadgroup"]),
    (Keys::Migrate, &["migrate"]),
    (Keys::Channel, &["spublish"]),
    (Keys::Channels, &["ssubscribe"]),
    (Keys::ChannelsOfAll, &["subscribe", "psubscribe", "publish"]),
    (
        Keys::None,
        &[
            "select",
            "swapdb",
            "keys",
            "scan",
            "dbsize",
            "flushall",
            "flushdb",
            "multi",
            "exec",
            "discard",
            "unwatch",
            "unsubscribe",
            "punsubscribe",
            "pubsub",
            "ping",
            "reset",
            "quit",
            "cluster",
            "asking",
            "readonly",
            "readwrite",
            "wait",
        ],
    ),
];

/// What a command, or the commands of a transaction, name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// In the order of the arguments, and whether a slot on its way elsewhere must hold it: so must keys, but not what
    /// comes with or after a channel.
    pub(crate) keys: Vec<(Bytes, bool)>,
    /// Whether there is a channel, which is served also where a part of the slots has no owner.
    pub(crate) has_channels: bool,
    /// MIGRATE, which moves keys wherever their slot is on its way.
    pub(crate) is_migrate: bool,
}

impl Named {
    /// What one command names.
    pub(crate) fn by(argv: &[Bytes]) -> Self {
        let mut named = Self::default();
        named.add(argv);
        named.is_migrate = place(argv) == Keys::Migrate;
        named
    }

    /// What a further command of a transaction names.
    pub(crate) fn add(&mut self, argv: &[Bytes]) {
        let place = place(argv);
        self.has_channels |= matches!(place, Keys::Channel | Keys::Channels | Keys::ChannelsOfAll);
        let counts = !self.has_channels;
        self.keys
            .extend(at(place, argv).iter().map(|key| (key.clone(), counts)));
    }
}

fn place(argv: &[Bytes]) -> Keys {
    let Some(name) = argv.first() else {
        return Keys::None;
    };
    let is_named = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    let line = TABLE.iter().find(|(_, names)| is_named(names));
    line.map_or(Keys::None, |(keys, _)| *keys)
}

fn at(place: Keys, argv: &[Bytes]) -> Vec<Bytes> {
    let from = |first: usize| argv.get(first..).unwrap_or_default();
    match place {
        Keys::None | Keys::ChannelsOfAll => Vec::new(),
        Keys::First | Keys::Channel => from(1).iter().take(1).cloned().collect(),
        Keys::Two => from(1).iter().take(2).cloned().collect(),
        Keys::Second => from(2).iter().take(1).cloned().collect(),
        Keys::All | Keys::Channels => from(1).to_vec(),
        Keys::AllButLast => from(1).split_last().map_or(Vec::new(), |(_, keys)| keys.to_vec()),
        Keys::Pairs => from(1).iter().step_by(2).cloned().collect(),
        Keys::Counted(count) => counted(argv.get(count), from(count + 1)).to_vec(),
        Keys::Streams => streams(from(1)).to_vec(),
        Keys::Migrate => migrated(argv).to_vec(),
    }
}

/// As many as the number says, which is read as C's `atoi` does; none if there are not so many.
fn counted<'a>(count: Option<&Bytes>, rest: &'a [Bytes]) -> &'a [Bytes] {
    let digits = count.map_or(&[][..], |count| count.as_slice());
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let count = core::str::from_utf8(&digits[..len])
        .ok()
        .and_then(|digits| digits.parse().ok());
    rest.get(..count.unwrap_or(0)).unwrap_or_default()
}

/// The options before STREAMS are skipped as XREAD and XREADGROUP read them; an unknown one ends the search.
fn streams(mut args: &[Bytes]) -> &[Bytes] {
    loop {
        let is = |word: &str| {
            args.first()
                .is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()))
        };
        let skipped = match () {
            () if is("STREAMS") => break,
            () if is("BLOCK") || is("COUNT") => 2,
            () if is("GROUP") => 3,
            () if is("NOACK") => 1,
            () => return &[],
        };
        args = args.get(skipped..).unwrap_or_default();
    }
    let rest = &args[1..];
    if rest.len().is_multiple_of(2) {
        &rest[..rest.len() / 2]
    } else {
        &[]
    }
}

fn migrated(argv: &[Bytes]) -> &[Bytes] {
    let one = argv.get(3..4).unwrap_or_default();
    let mut options = argv.get(6..).unwrap_or_default();
    loop {
        let Some((option, rest)) = options.split_first() else {
            return one;
        };
        let is = |word: &str| option.eq_ignore_ascii_case(word.as_bytes());
        let skipped = match () {
            () if is("KEYS") && one.iter().any(|key| !key.is_empty()) => return &[],
            () if is("KEYS") => return rest,
            () if is("AUTH") => 1,
            () if is("AUTH2") => 2,
            () => 0,
        };
        options = rest.get(skipped..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;
    use alloc::string::String;

    fn keys(line: &str) -> Vec<String> {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        let named = Named::by(&argv);
        named.keys.iter().map(|(key, _)| alloc::format!("{key}")).collect()
    }

    #[test]
    fn every_command_has_one_line() {
        for name in syntax::names() {
            let lines = TABLE
                .iter()
                .flat_map(|(_, names)| *names)
                .filter(|known| **known == name);
            assert_eq!(lines.count(), 1, "{name}");
        }
    }

    #[test]
    fn keys_are_where_a_server_looks_for_them() {
        for (line, expected) in [
            ("SET k v", &["k"][..]),
            ("del a b", &["a", "b"]),
            ("MSET a 1 b", &["a", "b"]),
            ("BLPOP a b 0", &["a", "b"]),
            ("LMPOP 2 a b LEFT", &["a", "b"]),
            ("LMPOP 1x a LEFT", &["a"]),
            ("LMPOP x a LEFT", &[]),
            ("LMPOP 5 a LEFT", &[]),
            ("BLMPOP 0 1 a LEFT", &["a"]),
            ("XREAD BLOCK 0 COUNT 1 STREAMS a b 0 0", &["a", "b"]),
            ("XREAD STREAMS a b 0", &[]),
            ("XREAD COUNT STREAMS a 0", &[]),
            ("XREADGROUP GROUP STREAMS c NOACK STREAMS a >", &["a"]),
            ("XREAD", &[]),
            ("XINFO HELP", &[]),
            ("XGROUP CREATE a g $", &["a"]),
            ("RPOPLPUSH a b", &["a", "b"]),
            ("PUBLISH a m", &[]),
            ("SPUBLISH a m", &["a"]),
            ("MIGRATE h 1 k 0 5", &["k"]),
            ("MIGRATE h 1 k 0 5 KEYS a", &[]),
            ("NOPE a", &[]),
        ] {
            assert_eq!(keys(line), expected, "{line}");
        }
        let user = ["MIGRATE", "h", "1", "", "0", "5", "AUTH2", "KEYS", "b"].map(Bytes::from);
        assert_eq!(Named::by(&user).keys.len(), 1, "it is called KEYS");
        let several = ["MIGRATE", "h", "1", "", "0", "5", "COPY", "KEYS", "a", "b"].map(Bytes::from);
        assert_eq!(Named::by(&several).keys.len(), 2);
    }
}
