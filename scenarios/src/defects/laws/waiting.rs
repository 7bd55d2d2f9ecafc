//! The law of waiting. Source:
//! <https://redis.io/docs/latest/commands/xread/#how-multiple-clients-blocked-on-a-single-stream-are-served>.

use redelivery_engine::{Command, Reply};

use super::Law;

pub(super) const FIRST_COME: Law = Law {
    name: "first-come-first-served",
    claim: "Of those who wait in a group for an entry and have not gone, the one who came first gets it, at once.",
    keeps: |look| {
        let (Command::XAdd(_), Some(Reply::Bulk(_))) = (look.command, look.reply) else {
            return true;
        };
        let first_of_group = |place: usize| {
            let (_, group) = &look.waiting[place];
            look.waiting[..place].iter().all(|(_, other)| other != group)
        };
        let due = (0..look.waiting.len()).filter(|&place| first_of_group(place));
        due.map(|place| &look.waiting[place].0).eq(look.served)
    },
};
