//! What an administrator tells the nodes about a slot, the same on both sides; and what is looked at.

use redelivery_engine::cluster::slot_of;

use super::names::NODES;
use crate::golden::{numbers, parse_step};
use crate::step::{Stage, Step};

/// The commands for a key's slot, each with its node, in parts: those of one part may be sent at once. `owner` is who
/// has it, as `to` believes.
pub(crate) fn changes(key: &[u8], owner: Option<usize>, to: usize, stage: Stage) -> Vec<Vec<(usize, String)>> {
    let slot = slot_of(key);
    let set = |node: usize, what: &str| (node, format!("CLUSTER SETSLOT {slot} {what}"));
    let node = |index: usize| format!("<node{}>", index + 1);
    let others = || (0..NODES).filter(|other| *other != to);
    let closed = |node| set(node, "STABLE");
    match (stage, owner) {
        (Stage::Close, _) => vec![(0..NODES).map(closed).collect()],
        (_, None) => Vec::new(),
        (_, Some(owner)) if owner == to => Vec::new(),
        (Stage::Open, Some(owner)) => vec![vec![
            set(to, &format!("IMPORTING {}", node(owner))),
            set(owner, &format!("MIGRATING {}", node(to))),
        ]],
        // The new owner first: the others hear of it from the bus, and are told so that nobody waits for it.
        (Stage::Give, Some(owner)) => {
            let give = format!("NODE {}", node(to));
            let taken = vec![set(to, &format!("IMPORTING {}", node(owner))), set(to, &give)];
            let told = others().map(|other| set(other, &give));
            vec![others().map(closed).collect(), taken, told.collect()]
        }
    }
}

const SINCE_7_0: &[&str] = &["CLUSTER SLOTS", "CLUSTER INFO", "PUBSUB SHARDCHANNELS"];

/// What tells what has become of the keys, by the clients that are never blocked: after a command that failed, and at
/// the end.
pub(crate) fn looks(version: &str) -> (Vec<Step>, Vec<Step>) {
    // What older ones tell otherwise, or do not know: a comparison would end there.
    let is_told_alike = |words: &&&str| numbers(version) >= numbers("7.0") || !SINCE_7_0.contains(*words);
    let on_all = |words: &[&str]| -> Vec<Step> {
        let lines = words
            .iter()
            .filter(is_told_alike)
            .flat_map(|words| ["D", "E", "F"].map(|client| format!("{client}> {words}")));
        lines.filter_map(|line| parse_step(&line)).collect()
    };
    let brief = on_all(&["KEYS *"]);
    let full = on_all(&[
        "CLUSTER NODES",
        "CLUSTER SLOTS",
        "CLUSTER INFO",
        "KEYS *",
        "PUBSUB SHARDCHANNELS",
        "PUBSUB CHANNELS",
        "TYPE {s}s",
        "LRANGE {s}s 0 -1",
        "XRANGE {s}s - +",
        "XPENDING {s}s g - + 1000",
        "XINFO GROUPS {s}s",
        "PTTL {s}s",
        "LRANGE {s}t 0 -1",
        "GET {s}k",
        "PTTL {s}k",
        "SMEMBERS {s}m",
        "TYPE s",
        "TYPE t",
        "GET k",
        "SMEMBERS m",
    ]);
    (brief, full)
}
