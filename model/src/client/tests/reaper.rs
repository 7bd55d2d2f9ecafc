//! Reapers: where they look, and how often.

use super::*;
use crate::setup::policy::*;

#[track_caller]
fn reaps(policy: Reaper, script: &str) {
    plays(Role::Reaper(policy), script);
}

#[test]
fn all_lists_of_workers_in_their_order() {
    reaps(
        Reaper::plain(LIST, Keeps::Own, RestoreBy::Lmove),
        "wait 10000 -> done
         KEYS jobs:processing:* -> [jobs:processing:ben jobs:processing:anna]
         LMOVE jobs:processing:anna jobs LEFT RIGHT -> m1 => Restored
         LMOVE jobs:processing:anna jobs LEFT RIGHT -> nil
         LMOVE jobs:processing:ben jobs LEFT RIGHT -> -WRONGTYPE Operation against a key
         wait 10000",
    );
}

#[test]
fn the_list_that_workers_share() {
    let shared = Reaper::plain(LIST, Keeps::Shared, RestoreBy::Lmove);
    let script = "wait 10000 -> done\nLMOVE jobs:processing jobs LEFT RIGHT -> nil\nwait 10000";
    reaps(shared, script);
}

#[test]
fn nothing_to_look_at() {
    let seldom = Reaper {
        every_ms: 60_000,
        ..Reaper::plain(LIST, Keeps::Own, RestoreBy::Watched)
    };
    reaps(seldom, "wait 60000 -> done\nKEYS jobs:processing:* -> []\nwait 60000");
    reaps(
        seldom,
        "wait 60000 -> done\nKEYS jobs:processing:* -> lost\nKEYS jobs:processing:*",
    );
    reaps(
        seldom,
        "wait 60000 -> done\nKEYS jobs:processing:* -> -ERR unknown command\nwait 60000",
    );
}

#[test]
fn it_spares_what_is_locked() {
    let mut sparing = Reaper::plain(LIST, Keeps::Shared, RestoreBy::Transaction);
    sparing.restore.unless_locked = true;
    reaps(
        sparing,
        "wait 10000 -> done
         LRANGE jobs:processing 0 -1 -> [m1 m2]
         EXISTS lock:jobs:m1 -> :1
         EXISTS lock:jobs:m2 -> :0
         {RPUSH jobs m2; LREM jobs:processing 1 m2} -> lost
         LRANGE jobs:processing 0 -1 -> [m1]
         EXISTS lock:jobs:m1 -> :1
         wait 10000",
    );
}
