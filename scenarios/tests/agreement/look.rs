//! What tells, beside the answers, what a script has done to the keys: a command that failed must have changed nothing
//! but what the server changes, and two sides whose answers agree must agree in all that no answer has shown yet.
//!
//! Looks are commands of the client that is never blocked; they change nothing themselves.

use crate::golden::{REFERENCE, numbers, parse_step};
use crate::step::{Step, Word};

/// After a command that failed: the streams and the lists.
pub(crate) fn brief(version: &str) -> Vec<Step> {
    steps(if version == REFERENCE {
        "XINFO STREAM s FULL COUNT 0
         XINFO STREAM t FULL COUNT 0
         LRANGE s 0 -1
         LRANGE t 0 -1"
    } else {
        // What XINFO tells is full of known differences, at which a comparison would end.
        "XRANGE s - +
         XPENDING s g - + 1000
         LRANGE s 0 -1
         LRANGE t 0 -1"
    })
}

/// At a script's end: all keys, of several databases if the script knows of them.
pub(crate) fn full(version: &str, script: &[Step]) -> Vec<Step> {
    let mut looks = steps(
        "SELECT 0
         EXISTS s t k m none
         TYPE s
         TYPE t
         TYPE k
         TYPE m
         PTTL s
         PTTL t
         PTTL k
         PTTL m
         GET k
         SMEMBERS m
         XRANGE s - +
         XRANGE t - +
         XPENDING s g - + 1000
         XPENDING s h - + 1000
         XPENDING t g - + 1000
         XPENDING s g
         XINFO CONSUMERS s g
         XINFO CONSUMERS t g
         KEYS *
         PUBSUB CHANNELS
         PUBSUB NUMPAT
         PUBSUB NUMSUB a b ab",
    );
    if numbers(version) >= numbers("7.0") {
        // What XINFO GROUPS tells of older ones is a known difference, at which a comparison would end.
        looks.extend(steps(
            "XINFO GROUPS s
             XINFO GROUPS t
             PUBSUB SHARDNUMSUB a b ab",
        ));
    }
    looks.extend(brief(version));
    if script.iter().any(names_databases) {
        looks.extend(
            ["1", "2", "15"]
                .into_iter()
                .flat_map(|database| other(database, version)),
        );
    }
    looks
}

/// In another database.
fn other(database: &str, version: &str) -> Vec<Step> {
    let mut looks = steps(&format!("SELECT {database}"));
    looks.extend(steps(
        "KEYS *
         TYPE s
         TYPE t
         PTTL s
         GET k
         SMEMBERS m",
    ));
    looks.extend(brief(version));
    looks
}

fn names_databases(step: &Step) -> bool {
    let is_name = |word: &Word| matches!(word, Word::Text(text) if text.eq_ignore_ascii_case(b"SELECT") || text.eq_ignore_ascii_case(b"SWAPDB"));
    matches!(step, Step::Command { words, .. } if words.first().is_some_and(is_name))
}

fn steps(commands: &str) -> Vec<Step> {
    let look = |command: &str| parse_step(&format!("D> {}", command.trim())).expect("a command");
    commands.lines().map(look).collect()
}
