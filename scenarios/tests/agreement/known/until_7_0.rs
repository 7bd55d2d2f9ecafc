//! Where 7.0.15 and older servers differ.

use redelivery_engine::resp::Frame;

use super::Difference;
use crate::exchange::{BLOCKED, Exchange};

/// All rows.
pub(super) const ROWS: &[Difference] = &[
    Difference {
        reason: "KEEPREF, DELREF and ACKED are options since 8.2",
        example: "> XTRIM s MAXLEN 1 KEEPREF",
        matches: |it| (it.is("XADD") || it.is("XTRIM")) && it.says_one_of(&["KEEPREF", "DELREF", "ACKED"]),
    },
    Difference {
        reason: "XDELEX and XACKDEL are commands since 8.2",
        example: "> XDELEX s IDS 1 1-0",
        matches: |it| {
            let unknown =
                |frame: &Frame| matches!(frame, Frame::Error(text) if text.starts_with(b"ERR unknown command"));
            (it.is("XDELEX") || it.is("XACKDEL")) && unknown(&it.theirs)
        },
    },
    Difference {
        reason: "XINFO STREAM FULL tells when a consumer was active since 7.2; consumers at their first mention and ENTRIESREAD show here too",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  > XGROUP CREATECONSUMER s g a
                  > XINFO STREAM s FULL",
        matches: |it| it.says_one_of(&["FULL"]) && it.is_field("XINFO STREAM", "groups"),
    },
    Difference {
        reason: "a read of a group propagates how many entries the group has read since 7.2: before, only with NOACK",
        example: "> XADD s 1-0 f v
                  > XGROUP CREATE s g 0
                  > XREADGROUP GROUP g a STREAMS s >
                  @ restart
                  > XINFO GROUPS s",
        matches: |it| {
            it.restarted && (it.is_field("XINFO GROUPS", "entries-read") || it.is_field("XINFO GROUPS", "lag"))
        },
    },
    Difference {
        reason: "XSETID refuses to go back below a deleted ID, though not yet in this version",
        example: "> XADD s 3-0 f v
                  > XDEL s 3-0
                  > XSETID s 2-0",
        matches: |it| {
            let refused =
                Frame::Error("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id".into());
            it.is("XSETID") && it.ours == refused
        },
    },
    Difference {
        reason: "BLOCK refuses a time beyond what the clock can tell, though not yet in this version",
        example: "> XREAD BLOCK 9223372036854775807 STREAMS s 0",
        matches: |it| {
            (it.is("XREAD") || it.is("XREADGROUP")) && it.ours == Frame::Error("ERR timeout is out of range".into())
        },
    },
    Difference {
        reason: "`+` is an ID for XREAD, and for XREADGROUP an error of its own, since 7.4",
        example: "> XREAD STREAMS s +",
        matches: |it| {
            let invalid = Frame::Error("ERR Invalid stream ID specified as stream command argument".into());
            (it.is("XREAD") || it.is("XREADGROUP")) && it.argv.iter().any(|word| word == "+") && it.theirs == invalid
        },
    },
    Difference {
        reason: "the error names the command, XREAD or XREADGROUP, since 7.2",
        example: "> XREAD STREAMS s t 0",
        matches: |it| it.errors("ERR Unbalanced 'xread", "ERR Unbalanced XREAD list"),
    },
    Difference {
        reason: "a list's time to wait beyond what the clock can tell is refused, with an error of its own, since 7.2; before, it counted as negative or was taken",
        example: "> BLPOP l inf",
        matches: |it| waits_for_list(it) && it.ours == Frame::Error("ERR timeout is out of range".into()),
    },
    Difference {
        reason: "LSET cuts the index to 32 bits since 7.2",
        example: "> RPUSH l a
                  > LSET l 4294967296 b",
        matches: |it| {
            let index = it.argv.get(2).and_then(|index| index.parse::<i64>().ok());
            it.is("LSET") && index.is_some_and(|index| i32::try_from(index).is_err()) && !it.ours.is_error()
        },
    },
    Difference {
        reason: "LREM and LPOS RANK refuse the smallest integer since 7.2",
        example: "> LREM l -9223372036854775808 a",
        matches: |it| {
            let is_refused =
                matches!(&it.ours, Frame::Error(text) if text.starts_with(b"ERR value is out of range, value must"));
            (it.is("LREM") || it.is("LPOS")) && is_refused
        },
    },
    Difference {
        reason: "a client that waits for lists is answered as if it asked again since 7.2; before, by the key that received something first, so that others who wait were served otherwise, too",
        example: "B> BLPOP l m 0
                  > MULTI
                  > RPUSH m 1
                  > RPUSH l 2
                  > EXEC",
        matches: |it| {
            let several_keys =
                |argv: &Vec<String>| argv[0].to_ascii_uppercase().starts_with('B') && key_count(argv) > 1;
            let is_served = !it.ours.is_error() && !it.theirs.is_error();
            waits_for_list(it) && is_served && it.history.iter().any(several_keys)
        },
    },
    Difference {
        reason: "a client that waits for lists is answered as if it asked again since 7.2; before, it did not matter what its other keys had become",
        example: "B> BLPOP l m 0
                  > SET l v
                  > RPUSH m 1",
        matches: |it| {
            let is_wrong_type = matches!(&it.ours, Frame::Error(text) if text.starts_with(b"WRONGTYPE"));
            waits_for_list(it) && is_wrong_type && key_count(&it.argv) > 1 && !it.theirs.is_error()
        },
    },
    Difference {
        reason: "a client that waits on a group is answered as if it asked again since 7.2; before, the group's end had an error of its own",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  B> XREADGROUP GROUP g b BLOCK 0 STREAMS s >
                  > XGROUP DESTROY s g",
        matches: |it| {
            it.errors(
                "NOGROUP No such key",
                "NOGROUP the consumer group this client was blocked on",
            )
        },
    },
    Difference {
        reason: "a client that waits on a group is answered as if it asked again since 7.2; before, the key's end had an error of its own",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  B> XREADGROUP GROUP g b BLOCK 0 STREAMS s >
                  > DEL s",
        matches: |it| it.errors("NOGROUP No such key", "UNBLOCKED the stream key no longer exists"),
    },
    Difference {
        reason: "a client that waits on a group is answered as if it asked again since 7.2; before, a key of another type ended its wait as the key's end did",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  B> XREADGROUP GROUP g b BLOCK 0 STREAMS s >
                  > SET s v",
        matches: |it| it.errors("WRONGTYPE", "UNBLOCKED the stream key no longer exists"),
    },
    Difference {
        reason: "`inactive` is told since 7.2",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  > XGROUP CREATECONSUMER s g a
                  > XINFO CONSUMERS s g",
        matches: |it| it.is_field("XINFO CONSUMERS", "inactive") && it.theirs == Frame::Null,
    },
    Difference {
        reason: "ENTRIESREAD is clamped to the number of entries that were added since 7.2",
        example: "> XGROUP CREATE s g 0 MKSTREAM ENTRIESREAD 5
                  > XINFO GROUPS s",
        matches: |it| it.is_field("XINFO GROUPS", "entries-read") && it.comes_after(&["ENTRIESREAD"]),
    },
    Difference {
        reason: "a read that passes over entries that are gone finds its position anew since 7.2; before, it counted on",
        example: "> XADD s 1-0 f v
                  > XADD s 2-0 f v
                  > XADD s 3-0 f v
                  > XGROUP CREATE s g 0
                  > XREADGROUP GROUP g a COUNT 1 STREAMS s >
                  > XDEL s 2-0
                  > XREADGROUP GROUP g a STREAMS s >
                  > XINFO GROUPS s",
        matches: |it| {
            it.is_field("XINFO GROUPS", "entries-read") && it.comes_after(&["XDEL", "MAXDELETEDID", "MAXLEN", "MINID"])
        },
    },
    Difference {
        reason: "`lag` takes into account since 7.2 that a stream is empty or was trimmed beyond the group's position",
        example: "> XADD s 3-0 f v
                  > XDEL s 3-0
                  > XGROUP CREATE s g 3-1
                  > XINFO GROUPS s",
        matches: |it| it.is_field("XINFO GROUPS", "lag"),
    },
    Difference {
        reason: "a client that waits is answered as if it asked again since 7.2; before, by the first key alone that received something",
        example: "> XREAD BLOCK 0 STREAMS s s 0 0
                  B> XADD s 1-0 f v",
        matches: |it| {
            let waited = it.argv.iter().any(|word| word.eq_ignore_ascii_case("BLOCK"));
            waited && (it.is("XREAD") || it.is("XREADGROUP")) && are_among(&it.theirs, &it.ours)
        },
    },
    Difference {
        reason: "a client that waits is answered as if it asked again since 7.2; before, an entry that was trimmed at once ended its wait with nothing",
        example: "B> XREAD BLOCK 0 STREAMS s 0
                  > XADD s MAXLEN 0 1-0 f v",
        matches: |it| {
            let is_read = it.is("XREAD") && it.says_one_of(&["BLOCK"]);
            (is_read || it.ours == blocked()) && has_empty_stream(&it.theirs)
        },
    },
    Difference {
        reason: "a client that waits is answered as if it asked again since 7.2; before, of a key named twice its first ID was kept",
        example: "B> XREAD BLOCK 0 STREAMS s s 9 0
                  > XADD s 1-0 f v",
        matches: |it| it.theirs == blocked() && it.is("XREAD") && names_a_key_twice(&it.argv),
    },
    Difference {
        reason: "a client that waits is answered as if it asked again since 7.2; before, it did not matter what its other keys had become",
        example: "B> XREAD BLOCK 0 STREAMS s t $ $
                  > SET s v
                  > XADD t 1-0 f v",
        matches: |it| {
            let begins = |begin: &str| matches!(&it.ours, Frame::Error(text) if text.starts_with(begin.as_bytes()));
            let is_read = it.is("XREAD") || it.is("XREADGROUP");
            (begins("WRONGTYPE") || begins("NOGROUP")) && is_read && it.says_one_of(&["BLOCK"]) && !it.theirs.is_error()
        },
    },
    Difference {
        reason: "a consumer is created at its first mention since 7.2, also if it gets nothing",
        example: "> XGROUP CREATE s g 0 MKSTREAM
                  > XREADGROUP GROUP g a STREAMS s >
                  > XINFO GROUPS s",
        matches: |it| {
            let is_mentioned = it.comes_after(&["XREADGROUP", "XCLAIM", "XAUTOCLAIM"]);
            is_mentioned
                && match (&it.ours, &it.theirs) {
                    (Frame::Array(ours), Frame::Array(theirs)) => {
                        it.is("XINFO CONSUMERS")
                            && ours.len() > theirs.len()
                            && names(theirs).all(|name| names(ours).any(|ours| ours == name))
                    }
                    (Frame::Integer(ours), Frame::Integer(theirs)) => {
                        let is_created = it.is("XGROUP CREATECONSUMER") && (*ours, *theirs) == (0, 1);
                        is_created || it.is_field("XINFO GROUPS", "consumers") && ours > theirs
                    }
                    _ => false,
                }
        },
    },
    Difference {
        reason: "a consumer is created at its first mention since 7.2, also if it gets nothing, and that is told",
        example: "@ notify KA
                  B> SUBSCRIBE __keyspace@0__:s
                  > XGROUP CREATE s g 0 MKSTREAM
                  > XREADGROUP GROUP g a STREAMS s >",
        matches: |it| tells(&it.ours, "xgroup-createconsumer") && !tells(&it.theirs, "xgroup-createconsumer"),
    },
    Difference {
        reason: "what a client publishes to itself follows the answer since 7.2; before, it came first, or in the middle",
        example: "> MULTI
                  > SUBSCRIBE a
                  > PUBLISH a own
                  > EXEC",
        matches: |it| {
            let is_told = it.comes_after(&["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"]);
            is_told && has_message(&it.theirs) && !has_message(&it.ours)
        },
    },
    Difference {
        reason: "a client that waits is answered as if it asked again since 7.2, so that keys are missed again",
        example: "@ notify Km
                  B> SUBSCRIBE __keyspace@0__:t
                  C> XREAD BLOCK 0 STREAMS s t $ $
                  > XADD s 1-0 f v",
        matches: |it| tells(&it.ours, "keymiss") && !tells(&it.theirs, "keymiss") && it.comes_after(&["BLOCK"]),
    },
    Difference {
        reason: "NOVALUES is an option of HSCAN since 7.4, and SCAN has an error of its own for it",
        example: "> SCAN 0 NOVALUES",
        matches: |it| it.is("SCAN") && it.says_one_of(&["NOVALUES"]),
    },
    Difference {
        reason: "a cursor that is empty or negative is refused, though not yet in this version",
        example: "> SCAN -1",
        matches: |it| it.is("SCAN") && it.ours == Frame::Error("ERR invalid cursor".into()),
    },
    Difference {
        reason: "HELP prints another last line since 7.2",
        example: "> PUBSUB HELP",
        matches: |it| it.is("PUBSUB HELP"),
    },
];

/// Whether a message is in it.
fn has_message(frame: &Frame) -> bool {
    match frame {
        Frame::Array(parts) | Frame::Push(parts) => {
            let kind = parts.first();
            let is_message = matches!(kind, Some(Frame::Bulk(kind)) if kind.ends_with(b"message"));
            is_message || parts.iter().any(has_message)
        }
        Frame::Map(pairs) => pairs.iter().any(|(key, value)| has_message(key) || has_message(value)),
        _ => false,
    }
}

/// Whether it is a message that tells of this event.
fn tells(frame: &Frame, event: &str) -> bool {
    let (Frame::Array(parts) | Frame::Push(parts)) = frame else {
        return false;
    };
    let mut texts = parts.iter().filter_map(|part| match part {
        Frame::Bulk(text) => Some(text.to_string()),
        _ => None,
    });
    let kind = texts.next().unwrap_or_default();
    kind.ends_with("message") && texts.any(|text| text == event || text.ends_with(&format!("__:{event}")))
}

fn waits_for_list(it: &Exchange) -> bool {
    let names = ["BLPOP", "BRPOP", "BLMPOP", "BLMOVE", "BRPOPLPUSH"];
    names.iter().any(|name| it.is(name))
}

/// How many keys BLPOP, BRPOP or BLMPOP names.
fn key_count(argv: &[String]) -> usize {
    match argv[0].to_ascii_uppercase().as_str() {
        "BLMPOP" => argv.get(2).and_then(|count| count.parse().ok()).unwrap_or(0),
        _ => argv.len().saturating_sub(2),
    }
}

/// The names in rows of maps, which come first.
fn names(rows: &[Frame]) -> impl Iterator<Item = &Frame> {
    rows.iter().filter_map(|row| match row {
        Frame::Map(pairs) => pairs.first().map(|(_, name)| name),
        Frame::Array(flat) => flat.get(1),
        _ => None,
    })
}

fn blocked() -> Frame {
    Frame::Simple(BLOCKED.into())
}

/// Whether a read answers with a stream and none of its entries.
fn has_empty_stream(read: &Frame) -> bool {
    let is_empty = |entries: &Frame| *entries == Frame::Array(Vec::new());
    match read {
        Frame::Array(streams) => streams
            .iter()
            .any(|stream| matches!(stream, Frame::Array(pair) if is_empty(&pair[1]))),
        Frame::Map(streams) => streams.iter().any(|(_, entries)| is_empty(entries)),
        _ => false,
    }
}

fn names_a_key_twice(read: &[String]) -> bool {
    let streams = read
        .iter()
        .position(|word| word.eq_ignore_ascii_case("STREAMS"))
        .map_or(&[][..], |at| &read[at + 1..]);
    let keys = &streams[..streams.len() / 2];
    keys.iter().enumerate().any(|(index, key)| keys[..index].contains(key))
}

/// Whether every row or pair of `few` is one of `many`.
fn are_among(few: &Frame, many: &Frame) -> bool {
    match (few, many) {
        (Frame::Array(few), Frame::Array(many)) => few.iter().all(|row| many.contains(row)),
        (Frame::Map(few), Frame::Map(many)) => few.iter().all(|pair| many.contains(pair)),
        _ => false,
    }
}
