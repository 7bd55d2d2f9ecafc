//! How a claim was broken, in words: read off the violation and the events that led to it. Nothing is judged again.

use redelivery_engine::Bytes;
use redelivery_model::check::{CheckSpec, Deliveries, Violation};
use redelivery_model::duration;
use redelivery_model::event::Event;
use redelivery_model::history::{Items, Step};
use redelivery_model::setup::{GroupIx, GroupKind, Message, Setup};

use super::events::group_name;
use super::words;

/// What is wrong. The last of `steps` is the one that broke the claim.
pub(super) fn broken(setup: &Setup, violation: &Violation, at_end: bool, steps: &[Step]) -> String {
    let events = || steps.iter().flat_map(|step| &step.events);
    let latest = || steps.last().into_iter().flat_map(|step| &step.events);
    let key = violation.message.map(|message| setup.messages.key(message).to_string());
    let id = violation.id.map(|id| id.to_string());
    // `shop-1`, `1-0` or `1-0 (shop-1)`.
    let what = match (&id, &key) {
        (Some(id), Some(key)) => format!("{id} ({key})"),
        (one, other) => one
            .clone()
            .or_else(|| other.clone())
            .unwrap_or_else(|| "an entry".into()),
    };
    let key = key.unwrap_or_else(|| what.clone());
    let group = violation
        .group
        .map_or_else(|| "the group".into(), |group| group_name(setup, group));
    let kind = violation.group.map(|group| setup.group(group).kind);
    let of_list = kind == Some(GroupKind::List);
    // Groups work on a message each for itself.
    let here = if setup.groups.len() > 1 {
        format!(" in {group}")
    } else {
        String::new()
    };
    let no_effect = |dead_letter_counts: bool| match dead_letter_counts {
        true => format!("{key} never has an effect{here} and is not dead-lettered"),
        false => format!("{key} never has an effect{here}"),
    };
    match &setup.checks[usize::from(violation.check.0)] {
        CheckSpec::AtLeastOnce { dead_letter_counts } => no_effect(*dead_letter_counts),
        CheckSpec::ExactlyOnce { dead_letter_counts } if at_end => no_effect(*dead_letter_counts),
        CheckSpec::AtMostOnce | CheckSpec::ExactlyOnce { .. } => format!("{key} has a second effect{here}"),
        CheckSpec::SingleOwner { within_ms } => {
            let owners = owners(violation, events());
            let within = duration(*within_ms);
            match owners.as_slice() {
                [.., one, other] => {
                    format!("{what} went from {one} to {other} within {within}, not acknowledged between")
                }
                _ => format!("{what} went to two consumers within {within}, not acknowledged between"),
            }
        }
        CheckSpec::NoOverlappingWork => match overlapping(setup, violation, events()).as_slice() {
            [one, other, ..] => format!("{one} and {other} work on {key} at the same time"),
            _ => format!("two consumers work on {key} at the same time"),
        },
        CheckSpec::NoClaimBeforeWork => {
            let owners = owners(violation, events());
            match owners.as_slice() {
                [.., one, other] => format!("{other} claimed {what} from {one}, which had not begun to work on it"),
                _ => format!("{what} was claimed before the work on it began"),
            }
        }
        CheckSpec::DeadLetter { limit, counts } => {
            let tries = match counts {
                Deliveries::Counter => words::deliveries(*limit),
                Deliveries::Runs => words::count(*limit, "run"),
            };
            let routed = |event: &&Event| match event {
                Event::DeadLettered { group, message } => about(violation, *group, *message),
                _ => false,
            };
            match (
                at_end,
                latest().any(|event| routed(&event)),
                events().filter(routed).count(),
            ) {
                (true, ..) => format!("{what} has had {tries} and is neither acknowledged nor dead-lettered"),
                (_, true, 2..) => format!("{key} is dead-lettered twice"),
                (_, true, _) => format!("{key} is dead-lettered before it has had {tries}"),
                _ => format!("{key} is worked on although it has had {tries}"),
            }
        }
        CheckSpec::RunLimit { limit } => {
            format!("{key} is worked on although that was done {}", words::times(*limit))
        }
        CheckSpec::Noticed => format!("{}, and no alarm is on", no_effect(true)),
        CheckSpec::NothingAfterDeadLetter => format!("{key} has an effect after it was dead-lettered"),
        CheckSpec::PendingList => {
            let acknowledged =
                |event: &Event| matches!(event, Event::Acknowledged { id, .. } if violation.id == Some(*id));
            match (events().any(acknowledged), counters(violation, steps).as_slice()) {
                (true, _) => format!("{what} is pending in {group} although it was acknowledged"),
                (false, [.., before, now]) if now < before => {
                    format!("the delivery counter of {what} in {group} fell from {before} to {now}")
                }
                _ => format!("{what} is not in the lists of {group} and of exactly one consumer, its owner"),
            }
        }
        CheckSpec::Order if of_list => format!("an item of {group} was taken after one that was pushed later"),
        CheckSpec::Order if violation.id.is_none() => format!("a message reached {group} after a later one"),
        CheckSpec::Order => format!("{what} reached its consumer in {group} after a later entry"),
        CheckSpec::FanOut => format!("{group} never got {what}"),
        CheckSpec::Bounded { stream, length } => {
            format!("{stream} still holds more than {length} entries")
        }
        CheckSpec::Settles if of_list => format!("{what} stays in a list for ever"),
        CheckSpec::Delivery => format!("what {group} was handed is not what it was subscribed to"),
        CheckSpec::BusLimit { at_most } => {
            let costs = |event: &Event| match event {
                Event::BusSent { message, copies } if violation.message == Some(*message) => u64::from(*copies),
                _ => 0,
            };
            let costs = words::count(events().map(costs).sum(), "message");
            format!("{key} costs {costs} on the bus, more than {at_most}")
        }
        CheckSpec::Subscribed => format!("{group} is no longer subscribed to all that it was"),
        CheckSpec::Settles => format!("{what} is never acknowledged in {group}"),
        CheckSpec::Conservation => match places(violation, steps) {
            0 => format!("{what} is in no list, and nobody has it"),
            _ => format!("{what} lies in two places"),
        },
    }
}

/// The consumers that the entry, or the message, went to, in turn.
fn owners<'a>(violation: &Violation, events: impl Iterator<Item = &'a Event>) -> Vec<&'a Bytes> {
    events
        .filter_map(|event| match event {
            Event::Granted {
                id, consumer, message, ..
            } if violation.id == *id && id.is_some()
                || (violation.id.is_none() && violation.message == Some(*message)) =>
            {
                Some(consumer)
            }
            _ => None,
        })
        .collect()
}

/// In how many places of its list and of the lists of its workers an item lies after these steps.
fn places(violation: &Violation, steps: &[Step]) -> usize {
    let mut places: Vec<&Items> = Vec::new();
    for list in steps.iter().flat_map(|step| &step.items) {
        places.retain(|(key, _)| *key != list.0);
        places.push(list);
    }
    let items = places.iter().flat_map(|(_, items)| items);
    items.filter(|item| violation.message == Some(**item)).count()
}

/// The delivery counters that the entry has had.
fn counters(violation: &Violation, steps: &[Step]) -> Vec<u64> {
    let lists = steps.iter().flat_map(|step| &step.pending);
    let lists = lists.filter(|(group, _)| violation.group.is_none_or(|wanted| wanted == *group));
    let rows = lists
        .flat_map(|(_, entries)| entries)
        .map(|entry| &entry.row)
        .filter(|row| violation.id == Some(row.id));
    rows.map(|row| row.deliveries).collect()
}

/// Whether an event of this group and message is what the violation is about.
fn about(violation: &Violation, group: GroupIx, message: Message) -> bool {
    violation.message == Some(message) && violation.group.is_none_or(|wanted| wanted == group)
}

/// Who works on the message now.
fn overlapping<'a>(setup: &Setup, violation: &Violation, events: impl Iterator<Item = &'a Event>) -> Vec<String> {
    let mut working = Vec::new();
    for event in events {
        match event {
            Event::WorkStarted { client, message, group } if about(violation, *group, *message) => {
                working.push(*client)
            }
            Event::WorkEnded {
                client, message, group, ..
            } if about(violation, *group, *message) => {
                working.retain(|other| other != client);
            }
            Event::Crashed { client } => working.retain(|other| other != client),
            _ => {}
        }
    }
    working
        .iter()
        .map(|&client| setup.client(client).name.to_string())
        .collect()
}
