//! The law of XACK. Source: <https://redis.io/docs/latest/commands/xack/>.

use redelivery_engine::{Command, Reply, StreamId};

use super::Law;

pub(super) const COUNTS: Law = Law {
    name: "xack-counts-what-it-removes",
    claim: "XACK removes what was pending in its group and nothing else, and answers how much that was.",
    keeps: |look| {
        let (Command::XAck { key, group, ids }, Some(reply)) = (look.command, look.reply) else {
            return true;
        };
        let (Some(before), Some(after)) = (look.before.stream(key), look.after.stream(key)) else {
            return true;
        };
        let removed = |name: &[u8], id: StreamId| *name == **group && ids.contains(&id);
        let count = before
            .group(group)
            .map_or(0, |it| it.pending().filter(|(id, _)| ids.contains(id)).count());
        let same = before.groups().zip(after.groups()).all(|((name, was), (_, is))| {
            let kept = was.pending().filter(|(id, _)| !removed(name, *id));
            kept.eq(is.pending())
        });
        same && *reply == Reply::Integer(count as i64)
    },
};
