//! The differences between clusters of 8.2.3 and of older servers, beside those that single servers have (`known.rs`).

use redelivery_engine::resp::Frame;

use crate::exchange::BLOCKED;
use crate::known::Difference;

/// By the newest version that has them.
pub(crate) const TABLES: &[(&str, &[Difference])] = &[("6.2.14", UNTIL_6_2), ("7.0.15", UNTIL_7_0)];

const UNTIL_6_2: &[Difference] = &[
    Difference {
        reason: "CLUSTER SLOTS tells of host names beside each node since 7.0",
        example: "> CLUSTER SLOTS",
        matches: |it| it.is("CLUSTER SLOTS"),
    },
    Difference {
        reason: "CLUSTER INFO tells of links since 7.0",
        example: "> CLUSTER INFO",
        matches: |it| it.is("CLUSTER INFO"),
    },
    Difference {
        reason: "CLUSTER SHARDS, LINKS and the ranges of ADDSLOTSRANGE and DELSLOTSRANGE are known since 7.0",
        example: "> CLUSTER LINKS",
        matches: |it| {
            ["SHARDS", "LINKS", "ADDSLOTSRANGE", "DELSLOTSRANGE"]
                .iter()
                .any(|name| it.is(&format!("CLUSTER {name}")))
        },
    },
    Difference {
        reason: "of several keys of which some are here, all are to be asked for again since 7.0; before, any missing one sent the client on",
        example: "> SET {s}k 1
                  @ open s 2
                  > MGET {s}k {s}none",
        matches: |it| it.errors("TRYAGAIN", "ASK "),
    },
    Difference {
        reason: "CLUSTER HELP is longer since 7.0",
        example: "> CLUSTER HELP",
        matches: |it| it.is("CLUSTER HELP"),
    },
    Difference {
        reason: "a client that waits on a group is told that its key is gone since 7.0",
        example: "> XGROUP CREATE {s}t g 0 MKSTREAM
                  A> XREADGROUP GROUP g b BLOCK 0 STREAMS {s}t >
                  @ open s 2
                  D> MIGRATE 127.0.0.1 <port2> {s}t 0 1000",
        matches: |it| it.is("XREADGROUP") && it.ours.is_error() && it.theirs == Frame::Simple(BLOCKED.into()),
    },
];

const UNTIL_7_0: &[Difference] = &[
    Difference {
        reason: "CLUSTER MYSHARDID is since 7.2",
        example: "> CLUSTER MYSHARDID",
        matches: |it| it.is("CLUSTER MYSHARDID"),
    },
    Difference {
        reason: "the ports of CLUSTER MEET were called TCP ports",
        example: "> CLUSTER MEET 127.0.0.1 x",
        matches: |it| {
            it.errors("ERR Invalid base port", "ERR Invalid TCP")
                || it.errors("ERR Invalid bus port", "ERR Invalid TCP")
        },
    },
    Difference {
        reason: "SUNSUBSCRIBE of a channel whose slot is on its way is redirected, for no key has its name; before, it was served",
        example: "> SSUBSCRIBE s
                  @ open s 2
                  > SUNSUBSCRIBE s
                  @ close s 2",
        matches: |it| it.is("SUNSUBSCRIBE") && begins(&it.ours, "ASK ") && !it.theirs.is_error(),
    },
    Difference {
        reason: "keys that come after a channel in a transaction are not looked for; before, they were",
        example: "> MULTI
                  > PUBLISH a x
                  > GET {s}none
                  @ open s 2
                  > EXEC
                  @ close s 2",
        matches: |it| {
            it.is("EXEC") && !it.ours.is_error() && (begins(&it.theirs, "ASK ") || begins(&it.theirs, "TRYAGAIN"))
        },
    },
    Difference {
        reason: "a client that waits on a group is answered as if it asked again since 7.2; before, the key's end had an error of its own",
        example: "> XGROUP CREATE {s}t g 0 MKSTREAM
                  A> XREADGROUP GROUP g b BLOCK 0 STREAMS {s}t >
                  @ open s 2
                  D> MIGRATE 127.0.0.1 <port2> {s}t 0 1000",
        matches: |it| {
            let gone = "UNBLOCKED the stream key no longer exists";
            it.errors("ASK ", gone) || it.errors("MOVED ", gone) || it.errors("TRYAGAIN", gone)
        },
    },
    Difference {
        reason: "a node that takes a slot over ends the subscriptions to its channels, also those after ASKING; before, it kept them",
        example: "@ open s 2
                  B> ASKING
                  B> SSUBSCRIBE s
                  @ give s 2",
        matches: |it| is_ended(&it.ours) && it.theirs == Frame::Simple(BLOCKED.into()),
    },
];

fn is_ended(frame: &Frame) -> bool {
    let (Frame::Array(parts) | Frame::Push(parts)) = frame else {
        return false;
    };
    parts.first() == Some(&Frame::Bulk("sunsubscribe".into()))
}

fn begins(frame: &Frame, text: &str) -> bool {
    matches!(frame, Frame::Error(error) if error.starts_with(text.as_bytes()))
}
