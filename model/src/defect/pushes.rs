//! Defects of what subscribers receive.

use redelivery_engine::{ClientId, Push, Reply};

use super::Defect;

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
