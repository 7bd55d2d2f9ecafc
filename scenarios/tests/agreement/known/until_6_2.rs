//! Where 6.2.14 and older servers differ, beside all that is in `until_7_0`.

use redelivery_engine::resp::Frame;

use super::Difference;
use crate::exchange::Exchange;

/// All rows.
pub(super) const ROWS: &[Difference] = &[
    Difference {
        reason: "LMPOP, EXPIRETIME, sharded channels and their like are commands since 7.0",
        example: "> LMPOP 1 l LEFT",
        matches: |it| SINCE_7_0.iter().any(|name| it.is(name)) && begins(&it.theirs, "ERR unknown command"),
    },
    Difference {
        reason: "sharded channels are known since 7.0",
        example: "> PUBSUB SHARDCHANNELS",
        matches: |it| it.is("PUBSUB SHARDCHANNELS") || it.is("PUBSUB SHARDNUMSUB"),
    },
    Difference {
        reason: "the name of an unknown command is quoted otherwise since 7.0",
        example: "> BOGUS",
        matches: |it| it.errors("ERR unknown command '", "ERR unknown command `"),
    },
    Difference {
        reason: "an unknown subcommand has an error of its own since 7.0, as has its number of arguments",
        example: "> XGROUP BOGUS s",
        matches: |it| is_container(it) && it.ours.is_error() && it.theirs.is_error(),
    },
    Difference {
        reason: "a subcommand is looked at before it is queued since 7.0",
        example: "> MULTI
                  > XGROUP BOGUS s",
        matches: |it| is_container(it) && it.ours.is_error() && it.theirs == Frame::Simple("QUEUED".into()),
    },
    Difference {
        reason: "EXPIRE and its like have conditions since 7.0",
        example: "> EXPIRE k 100 NX",
        matches: |it| {
            let names = ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"];
            names.iter().any(|name| it.is(name)) && begins(&it.theirs, "ERR wrong number of arguments")
        },
    },
    Difference {
        reason: "an invalid time to live is told otherwise since 7.0",
        example: "> SET k v EX 0",
        matches: |it| it.errors("ERR invalid expire time in '", "ERR invalid expire time in "),
    },
    Difference {
        reason: "SET takes NX and GET together since 7.0",
        example: "> SET k v NX GET",
        matches: |it| {
            it.is("SET")
                && it.says_one_of(&["NX"])
                && it.says_one_of(&["GET"])
                && begins(&it.theirs, "ERR syntax error")
        },
    },
    Difference {
        reason: "XADD generates the second half of an ID since 7.0",
        example: "> XADD s 5-* f v",
        matches: |it| {
            let invalid = "ERR Invalid stream ID specified as stream command argument";
            it.is("XADD") && it.argv.iter().any(|word| word.ends_with("-*")) && begins(&it.theirs, invalid)
        },
    },
    Difference {
        reason: "what a stream and a group have counted is known, and can be set, since 7.0",
        example: "> XADD s 1-0 f v
                  > XINFO STREAM s",
        matches: |it| {
            let is_counter = it.field.as_deref().is_some_and(|field| {
                [
                    "max-deleted-entry-id",
                    "entries-added",
                    "recorded-first-entry-id",
                    "entries-read",
                    "lag",
                ]
                .contains(&field)
            });
            is_counter && it.theirs == Frame::Null
                || it.says_one_of(&["ENTRIESREAD", "ENTRIESADDED", "MAXDELETEDID"])
                || it.is("XSETID") && begins(&it.theirs, "ERR wrong number of arguments")
        },
    },
    Difference {
        reason: "XAUTOCLAIM tells of deleted entries since 7.0",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  > XAUTOCLAIM s g a 0 0",
        matches: |it| match (&it.ours, &it.theirs) {
            (Frame::Array(ours), Frame::Array(theirs)) => it.is("XAUTOCLAIM") && (ours.len(), theirs.len()) == (3, 2),
            _ => false,
        },
    },
    Difference {
        reason: "a claim drops entries that are no longer in the stream since 7.0",
        example: "> XADD s 1-0 f v
                  > XGROUP CREATE s g 0
                  > XREADGROUP GROUP g a STREAMS s >
                  > XDEL s 1-0
                  > XCLAIM s g a 0 1-0",
        matches: |it| {
            let is_claim = it.is("XCLAIM") || it.is("XAUTOCLAIM");
            let shows_pending = ["XPENDING", "XACK", "XINFO", "XREADGROUP", "XGROUP DELCONSUMER"];
            let is_later = it.comes_after(&["XCLAIM", "XAUTOCLAIM"]) && shows_pending.iter().any(|name| it.is(name));
            (is_claim || is_later) && it.comes_after(&["XDEL", "XTRIM", "MAXLEN", "MINID"])
        },
    },
    Difference {
        reason: "XSETID reads the ID before it looks for the key since 7.0",
        example: "> XSETID s x",
        matches: |it| it.is("XSETID") && it.ours.is_error() && it.theirs == Frame::Error("ERR no such key".into()),
    },
    Difference {
        reason: "XAUTOCLAIM refuses a COUNT that is too large to be multiplied since 7.0",
        example: "> XAUTOCLAIM s g a 0 0 COUNT 9223372036854775807",
        matches: |it| it.is("XAUTOCLAIM") && it.ours == Frame::Error("ERR COUNT must be > 0".into()),
    },
    Difference {
        reason: "DECRBY refuses the smallest integer, before all else, since 7.0",
        example: "> DECRBY n -9223372036854775808",
        matches: |it| it.is("DECRBY") && begins(&it.ours, "ERR decrement would overflow"),
    },
    Difference {
        reason: "LPOS explains RANK better since 7.0",
        example: "> LPOS l a RANK 0",
        matches: |it| it.is("LPOS") && it.errors("ERR RANK can't be zero", "ERR RANK can't be zero"),
    },
    Difference {
        reason: "XADD and MSET tell of a missing value as of any wrong number of arguments since 7.0",
        example: "> XADD s MAXLEN 1 1-0 f",
        matches: |it| {
            let is_unquoted = it.errors(
                "ERR wrong number of arguments for '",
                "ERR wrong number of arguments for ",
            );
            is_unquoted && !begins(&it.theirs, "ERR wrong number of arguments for '")
        },
    },
    Difference {
        reason: "subscribers of RESP2 may also send SSUBSCRIBE and its like since 7.0, and are told so",
        example: "> SUBSCRIBE a
                  > GET k",
        matches: |it| {
            let is_refused =
                |frame: &Frame| matches!(frame, Frame::Error(text) if text.to_string().contains("Can't execute '"));
            is_refused(&it.ours) && is_refused(&it.theirs)
        },
    },
];

/// Commands that came with 7.0.
const SINCE_7_0: &[&str] = &[
    "LMPOP",
    "BLMPOP",
    "EXPIRETIME",
    "PEXPIRETIME",
    "SSUBSCRIBE",
    "SUNSUBSCRIBE",
    "SPUBLISH",
];

fn is_container(it: &Exchange) -> bool {
    ["XGROUP", "XINFO", "PUBSUB", "CLUSTER"].iter().any(|name| it.is(name))
}

fn begins(frame: &Frame, text: &str) -> bool {
    matches!(frame, Frame::Error(error) if error.starts_with(text.as_bytes()))
}
