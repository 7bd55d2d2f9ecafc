//! Argument vectors: what is written is read again, and nothing that is read makes the engine fail.

use crate::generate;
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::{Broker, Bytes, ClientId, Command};

/// Words that parsers look for, and numbers at their limits.
const WORDS: &[&str] = &[
    "SET",
    "XADD",
    "XREADGROUP",
    "XREAD",
    "XCLAIM",
    "XAUTOCLAIM",
    "XGROUP",
    "CREATE",
    "SETID",
    "XDELEX",
    "XACKDEL",
    "XSETID",
    "IDS",
    "KEEPREF",
    "DELREF",
    "ACKED",
    "FULL",
    "HELP",
    "ENTRIESADDED",
    "MAXDELETEDID",
    "XPENDING",
    "XINFO",
    "STREAM",
    "XTRIM",
    "XRANGE",
    "XDEL",
    "GROUP",
    "STREAMS",
    "BLOCK",
    "COUNT",
    "MINID",
    "LIMIT",
    "=",
    "~",
    "IDLE",
    "TIME",
    "FORCE",
    "JUSTID",
    "RETRYCOUNT",
    "LASTID",
    "EX",
    "PX",
    "NX",
    "PEXPIRE",
    "EXPIRE",
    "GT",
    "LT",
    "XX",
    "EXAT",
    "PXAT",
    "KEEPTTL",
    "RENAME",
    "FLUSHALL",
    "UNLINK",
    "MSET",
    "GETEX",
    "PERSIST",
    "SETEX",
    "DECRBY",
    "EXPIREAT",
    "SCAN",
    "MATCH",
    "TYPE",
    "KEYS",
    "[a",
    "SPOP",
    "RPUSH",
    "LPOP",
    "BLPOP",
    "LPOS",
    "RANK",
    "MAXLEN",
    "LMOVE",
    "BLMOVE",
    "LEFT",
    "BLMPOP",
    "1",
    "0x1p-9",
    "LREM",
    "LINSERT",
    "BEFORE",
    "SMOVE",
    "MULTI",
    "EXEC",
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "UNSUBSCRIBE",
    "PUBLISH",
    "PUBSUB",
    "CHANNELS",
    "NUMSUB",
    "PING",
    "RESET",
    "CLUSTER",
    "SETSLOT",
    "ADDSLOTSRANGE",
    "MIGRATE",
    "ASKING",
    "s",
    "g",
    "0",
    "1-1",
    "-1",
    "*",
    "$",
    ">",
    "+",
    "-",
    "(",
    "(1",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551615-18446744073709551615",
    "1-*",
    "",
];

fn argument() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        9 => proptest::sample::select(WORDS).prop_map(Bytes::from),
        1 => vec(any::<u8>(), 0..6).prop_map(Bytes::from),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(command in generate::command()) {
        prop_assert_eq!(Command::parse(&command.to_argv()), Ok(command));
    }

    #[test]
    fn no_arguments_make_the_engine_fail(vectors in vec(vec(argument(), 0..9), 1..20)) {
        let mut broker = Broker::new();
        for argv in vectors {
            if let Ok(command) = Command::parse(&argv) {
                prop_assert_eq!(Command::parse(&command.to_argv()), Ok(command));
            }
            broker.apply_argv(ClientId(0), &argv, 1_000);
            broker.time_out(ClientId(0));
        }
    }
}
