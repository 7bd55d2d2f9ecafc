//! What single commands propagate, and that a follower does the same.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::format;

use crate::{Broker, Bytes, ClientId, Millis};

const AT: Millis = 1_000;

fn argv(line: &str) -> Vec<Bytes> {
    line.split(' ').map(Bytes::from).collect()
}

/// A broker, and one that follows it.
struct Pair(Broker, Broker);

impl Pair {
    fn after(lines: &[&str]) -> Self {
        let mut pair = Self(Broker::new().propagating(), Broker::new());
        lines.iter().for_each(|line| drop(pair.propagated(line)));
        pair
    }

    /// What a client's command propagates: units apart by `|`, commands of one by `;`.
    fn propagated(&mut self, line: &str) -> String {
        let client = ClientId(u64::from(line.starts_with('B')));
        self.0.apply_argv(client, &argv(line.trim_start_matches("B> ")), AT);
        let units = self.0.take_propagated();
        units.iter().for_each(|unit| self.1.follow(unit));
        let words = |argv: Vec<Bytes>| argv.iter().map(Bytes::to_string).collect::<Vec<_>>().join(" ");
        let commands = units.iter().map(|unit| {
            let commands = unit.commands.iter().map(|(_, command)| words(command.to_argv()));
            commands.collect::<Vec<_>>().join("; ")
        });
        commands.collect::<Vec<_>>().join(" | ")
    }
}

fn propagated(before: &[&str], line: &str) -> String {
    Pair::after(before).propagated(line)
}

const PENDING: [&str; 3] = [
    "XADD s 1-0 f v",
    "XGROUP CREATE s g 0",
    "XREADGROUP GROUP g a STREAMS s >",
];

#[test]
fn clocks_and_choices_are_written_out() {
    for (before, line, told) in [
        (&[][..], "XADD s * f v", "XADD s 1000-0 f v"),
        (&[], "SET k v EX 5 NX", "SET k v PXAT 6000"),
        (&["SET k v"], "SET k w NX", ""),
        (&["SET k v"], "EXPIRE k 5", "PEXPIREAT k 6000"),
        (&["SET k v"], "EXPIRE k -1", "DEL k"),
        (&["SET k v EX 5"], "GETEX k PERSIST", "PERSIST k"),
        (&["SADD m x y"], "SPOP m", "SREM m x"),
        (&["RPUSH l x"], "BLPOP j l 0", "LPOP l"),
        (&["RPUSH l x y"], "LMPOP 2 j l RIGHT COUNT 9", "RPOP l 2"),
        (&["RPUSH l x"], "BRPOPLPUSH l m 0", "LMOVE l m RIGHT LEFT"),
        (&["RPUSH l x"], "LRANGE l 0 -1", ""),
        (&["SADD m x"], "SADD m x", ""),
    ] {
        assert_eq!(propagated(before, line), told, "{line}");
    }
}

#[test]
fn reads_of_a_group_become_claims() {
    let mut pair = Pair::after(&PENDING[..2]);
    assert_eq!(
        pair.propagated(PENDING[2]),
        "XCLAIM s g a 0 1-0 TIME 1000 RETRYCOUNT 1 FORCE JUSTID LASTID 1-0; \
         XGROUP SETID s g 1-0 ENTRIESREAD 1"
    );
    assert_eq!(pair.0.stream(b"s"), pair.1.stream(b"s"));
}

#[test]
fn a_read_of_ones_own_history_is_not_told() {
    let mut pair = Pair::after(&PENDING);
    assert_eq!(pair.propagated("XREADGROUP GROUP g a STREAMS s 0"), "");
    let deliveries = |broker: &Broker| {
        let group = broker.stream(b"s").and_then(|stream| stream.group(b"g"));
        group.and_then(|group| Some(group.pending().next()?.1.deliveries))
    };
    assert_eq!((deliveries(&pair.0), deliveries(&pair.1)), (Some(2), Some(1)));
    assert_eq!(
        pair.propagated("XCLAIM s g b 0 1-0"),
        "XCLAIM s g b 0 1-0 TIME 1000 RETRYCOUNT 3 FORCE JUSTID LASTID 1-0",
        "a claim tells the counter that it has reached"
    );
    assert_eq!((deliveries(&pair.0), deliveries(&pair.1)), (Some(3), Some(3)));
}

#[test]
fn of_a_request_that_reads_new_entries_and_its_history_only_the_former_is_told() {
    let mut pair = Pair::after(&PENDING);
    pair.propagated("XADD s 2-0 f v");
    assert_eq!(
        pair.propagated("XREADGROUP GROUP g a STREAMS s s > 0"),
        "XCLAIM s g a 0 2-0 TIME 1000 RETRYCOUNT 1 FORCE JUSTID LASTID 2-0; \
         XGROUP SETID s g 2-0 ENTRIESREAD 2"
    );
}

#[test]
fn what_is_claimed_though_it_is_gone_leaves_the_list() {
    for line in ["XCLAIM s g a 0 1-0", "XAUTOCLAIM s g a 0 0"] {
        let mut pair = Pair::after(&PENDING);
        pair.propagated("XDEL s 1-0");
        pair.propagated(line);
        let group = pair.1.stream(b"s").and_then(|stream| stream.group(b"g"));
        assert_eq!(group.map(crate::Group::pending_len), Some(0), "{line}");
    }
}

#[test]
fn a_consumer_that_got_nothing_is_known_to_the_broker_alone() {
    let before = ["XGROUP CREATE s g 0 MKSTREAM"];
    for line in [
        "XREADGROUP GROUP g a STREAMS s >",
        "XREADGROUP GROUP g a STREAMS s 0",
        "XCLAIM s g a 0 1-0",
        "XAUTOCLAIM s g a 0 0",
    ] {
        assert_eq!(propagated(&before, line), "", "{line}");
    }
    let noack = "XREADGROUP GROUP g a NOACK STREAMS s >";
    assert_eq!(propagated(&before, noack), "XGROUP CREATECONSUMER s g a");
}

#[test]
fn who_was_blocked_is_a_unit_of_its_own_and_a_transaction_is_one() {
    let mut pair = Pair::after(&["B> BLPOP l 0"]);
    assert_eq!(pair.propagated("RPUSH l x"), "RPUSH l x | LPOP l");
    for line in ["MULTI", "SET k v", "GET k", "SET j w"] {
        assert_eq!(pair.propagated(line), "");
    }
    assert_eq!(pair.propagated("EXEC"), "SET k v; SET j w");
}

#[test]
fn a_key_whose_time_is_over_is_deleted_for_all() {
    let mut pair = Pair::after(&["SET k v PX 5"]);
    pair.0.advance(AT + 5);
    let units = pair.0.take_propagated();
    let told = units.iter().map(|unit| format!("{:?}", unit.commands));
    assert_eq!(told.collect::<Vec<_>>().len(), 1);
    units.iter().for_each(|unit| pair.1.follow(unit));
    assert_eq!(pair.1.keys().count(), 0);
}

#[test]
fn a_broker_without_followers_notes_nothing() {
    let mut broker = Broker::new();
    broker.apply_argv(ClientId(1), &argv("SET k v"), AT);
    assert_eq!(broker.take_propagated(), []);
}
