//! Failures of the broker in words.

use redelivery_model::event::Event;
use redelivery_model::history::Step;
use redelivery_model::setup::{Mishap, Setup};
use redelivery_model::world::Failure;

/// What happened, what is lost, and whose request was executed.
pub(super) fn failed(setup: &Setup, failure: Failure, step: &Step) -> String {
    let mut text = match failure.how {
        Mishap::Killed => "is killed and starts again",
        Mishap::PowerFailed => "loses power and starts again",
        Mishap::FailedOver => "is gone, and its replica takes over",
    }
    .to_owned();
    if let Some(client) = failure.unanswered {
        text += &format!(", before it answers {}", setup.client(client).name);
    }
    let lost = step.events.iter().find_map(|event| match event {
        Event::WritesLost { writes } => Some(*writes),
        _ => None,
    });
    match lost {
        None => {}
        Some(None) => text += ", and holds nothing any more",
        Some(Some(1)) => text += ", without the last write",
        Some(Some(writes)) => text += &format!(", without the last {writes} writes"),
    }
    text
}
