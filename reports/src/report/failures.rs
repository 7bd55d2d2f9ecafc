//! Failures of the broker in words.

use redelivery_model::event::Event;
use redelivery_model::history::Step;
use redelivery_model::setup::{Mishap, Setup};
use redelivery_model::world::Failure;

/// What an old primary does that steps down.
pub(super) fn stepped_down(step: &Step) -> String {
    let discards = |event: &Event| matches!(event, Event::SteppedDown { discards: true });
    let text = "becomes a replica of the new one";
    match step.events.iter().any(discards) {
        true => format!("{text}, and throws away what was written there since"),
        false => text.into(),
    }
}

/// What happened, what is lost, and whose request was executed.
pub(super) fn failed(setup: &Setup, failure: Failure, step: &Step) -> String {
    let discards = |event: &Event| matches!(event, Event::SteppedDown { discards: true });
    let mut text = match failure.how {
        Mishap::FailedOver if step.events.iter().any(discards) => {
            "is gone, and the one before it takes its place again with its own old data"
        }
        Mishap::Killed => "is killed and starts again",
        Mishap::PowerFailed => "loses power and starts again",
        Mishap::FailedOver => "is gone, and its replica takes over",
        Mishap::Split => "is cut off from its replica, which takes over",
        Mishap::NodeLost => "is gone",
    }
    .to_owned();
    if step.events.contains(&Event::RewriteCutShort) {
        text += " with the old file, for the new one is not whole";
    }
    if let Some(client) = failure.unanswered {
        text += &format!(", before it answers {}", setup.client(client).name);
    }
    let lost = step.events.iter().find_map(|event| match event {
        Event::WritesLost { writes } => Some(*writes),
        _ => None,
    });
    match lost {
        None => {}
        Some(None) if setup.has_replica() => {
            text += ", and holds nothing any more, and neither does its replica, which copies it"
        }
        Some(None) if failure.how == Mishap::NodeLost => text += ", and nothing is kept of it",
        Some(None) => text += ", and holds nothing any more",
        Some(Some(1)) => text += ", without the last write",
        Some(Some(writes)) => text += &format!(", without the last {writes} writes"),
    }
    text
}

/// The node that may be gone, as people count.
pub(super) fn lost_node(setup: &Setup) -> String {
    setup
        .may_lose()
        .map_or_else(|| "a node".into(), |loss| super::events::node(loss.node))
}
