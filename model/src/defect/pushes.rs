//! Defects of what subscribers receive.

use redelivery_engine::{Broker, ClientId, Command, Push, Reply};

use super::Defect;
use super::around::{Done, SABOTEUR};

pub(super) fn after_one(defect: Defect, broker: &mut Broker, done: Done<'_>, command: &Command, reply: &Reply) {
    match (defect, command) {
        // Its own confirmation goes nowhere: UNSUBSCRIBE has confirmed already.
        (Defect::UnsubscribeKeeps, Command::Unsubscribe { kind, names }) => {
            let (kind, names) = (*kind, names.clone());
            broker.apply(done.who, &Command::Subscribe { kind, names }, done.now_ms);
        }
        (
            Defect::ShardLeaks,
            Command::Publish {
                sharded: true,
                channel,
                message,
            },
        ) if !reply.is_error() => {
            let leak = Command::Publish {
                sharded: false,
                channel: channel.clone(),
                message: message.clone(),
            };
            broker.apply(SABOTEUR, &leak, done.now_ms);
        }
        _ => {}
    }
}

/// What the outbox becomes; `subscribed` are those with any subscription.
pub(crate) fn outbox(defect: Defect, subscribed: &[ClientId], outbox: &mut Vec<(ClientId, Reply)>) {
    let is_message = |reply: &Reply| match reply {
        Reply::Pushes(pushes) => pushes
            .iter()
            .all(|push| matches!(push, Push::Message { .. } | Push::PatternMessage { .. })),
        _ => false,
    };
    let messages: Vec<_> = outbox.iter().filter(|(_, reply)| is_message(reply)).cloned().collect();
    let Some((_, first)) = messages.first() else { return };
    match defect {
        Defect::PublishReachesTwice => outbox.extend(messages),
        Defect::PublishReachesOthers => {
            let receives = |who: &ClientId| messages.iter().any(|(receiver, _)| receiver == who);
            let others = subscribed.iter().filter(|who| !receives(who));
            outbox.extend(others.map(|who| (*who, first.clone())));
        }
        Defect::PublishSkipsOne => {
            if let Some(last) = outbox.iter().rposition(|(_, reply)| is_message(reply)) {
                outbox.remove(last);
            }
        }
        _ => {}
    }
}
