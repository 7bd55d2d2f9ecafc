//! Laws of lists. Sources: <https://redis.io/docs/latest/commands/rpop/>, <https://redis.io/docs/latest/commands/rpoplpush/>.

use redelivery_engine::command::ListEnd;
use redelivery_engine::{Broker, Bytes, Command, Reply};

use super::Law;

pub(super) const POP: Law = Law {
    name: "a-pop-takes-what-it-answers",
    claim: "RPOP answers the last item of its list and takes it off; where there is none it answers nothing.",
    keeps: |look| {
        let (
            Command::Pop {
                key,
                end: ListEnd::Right,
                count: None,
            },
            Some(reply),
        ) = (look.command, look.reply)
        else {
            return true;
        };
        let mut left = items(look.before, key);
        *reply == answer(left.pop()) && items(look.after, key) == left
    },
};

pub(super) const MOVE: Law = Law {
    name: "a-move-reaches-its-list",
    claim: "RPOPLPUSH answers the last item of its list and takes it to the head of the other.",
    keeps: |look| {
        let (Command::RPopLPush { source, destination }, Some(reply)) = (look.command, look.reply) else {
            return true;
        };
        let mut left = items(look.before, source);
        let moved = left.pop();
        let mut reached = items(look.before, destination);
        reached.splice(0..0, moved.clone());
        *reply == answer(moved) && items(look.after, source) == left && items(look.after, destination) == reached
    },
};

fn items(broker: &Broker, key: &[u8]) -> Vec<Bytes> {
    broker.list(key).into_iter().flatten().cloned().collect()
}

fn answer(item: Option<Bytes>) -> Reply {
    item.map_or(Reply::Null, Reply::Bulk)
}
