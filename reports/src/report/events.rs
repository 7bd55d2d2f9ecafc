//! Events in words, and as named JSON for machines.

use redelivery_engine::cluster::NodeIndex;
use redelivery_model::duration;
use redelivery_model::event::Event;
use redelivery_model::history::{Items, Pending, Step};
use redelivery_model::setup::policy::Effect;
use redelivery_model::setup::{ClientIx, GroupIx, Message, Setup};
use serde_json::{Value, json};

use super::request;

/// An event in words; none where the line of the step says it already.
pub(super) fn note(setup: &Setup, event: &Event) -> Option<String> {
    let name = |client: &ClientIx| &setup.client(*client).name;
    let key = |message: &Message| setup.messages.key(*message);
    Some(match event {
        Event::Added {
            message,
            key: place,
            again: true,
            ..
        } => format!("{} is now in {place} twice", key(message)),
        Event::OutcomeUnknown { client, message } => {
            format!("{} never learns what became of {}", name(client), key(message))
        }
        Event::DeadLettered { message, .. } => format!("{} is dead-lettered", key(message)),
        Event::WorkStarted { client, message, .. } => format!("{} starts work on {}", name(client), key(message)),
        Event::Effect { message, place, .. } => {
            let place = if *place == Effect::Broker { " in the broker" } else { "" };
            format!("{} has an effect{place}", key(message))
        }
        Event::DuplicateSkipped { client, message } => {
            format!("{} knows {} by its mark and skips it", name(client), key(message))
        }
        Event::Alarm {
            client, raised: true, ..
        } => format!("{} raises an alarm", name(client)),
        Event::Alarm { client, .. } => format!("{} sees nothing that is wrong", name(client)),
        Event::Restored { client, message, .. } => format!("{} has put {} back", name(client), key(message)),
        Event::LockHeld { client, message } => {
            format!("{} leaves {} alone: its lock is held", name(client), key(message))
        }
        Event::Dispossessed { client, message } => {
            format!(
                "{} finds that {} is its own no more, and drops it",
                name(client),
                key(message)
            )
        }
        Event::PushRefused { client, message } => {
            format!("{} learns that there is no list for {}", name(client), key(message))
        }
        Event::Heard { client, .. } => format!("{} {}", name(client), heard(setup, event)?),
        Event::CaughtUp { client, message, .. } => format!("{} finds {}", name(client), key(message)),
        Event::Left { client, .. } => format!("{} has had enough", name(client)),
        Event::LostUnread { client, unread } => {
            let messages = super::words::count(*unread as u64, "message");
            format!("{} loses {messages} that it had not read", name(client))
        }
        Event::Overflowed { client: Some(client) } => {
            format!(
                "the broker disconnects {}, which has left too much unread",
                name(client)
            )
        }
        Event::Overflowed { client: None } => {
            "the broker disconnects a client that has gone, and has left too much unread".into()
        }
        Event::Redirected { client, to, asking } => {
            let how = if *asking { " for this request" } else { "" };
            format!("{} is sent to {}{how}", name(client), node(*to))
        }
        Event::BusSent { message, copies } => {
            let nodes = super::words::count((*copies).into(), "other node");
            format!("the bus takes {} to {nodes}", key(message))
        }
        Event::BusLost { message, to } => format!("the bus loses {} on its way to {}", key(message), node(*to)),
        Event::ShardUnsubscribed { group, name, .. } => {
            format!("the node ends {}'s subscription to {name}", group_name(setup, *group))
        }
        Event::SlotMoved { client, key, to } => format!("{} has moved {key} to {}", name(client), node(*to)),
        Event::TurnedAway { client } => format!("{} is told that the cluster is down", name(client)),
        Event::WriteRefused { client } => format!("{} asks who is the primary, and turns to the new one", name(client)),
        Event::NotReplicated { client, message } => {
            format!("no replica has confirmed {} to {}", key(message), name(client))
        }
        Event::ExecutedLate => "executed after its client had gone".into(),
        Event::Added { .. }
        | Event::Produced { .. }
        | Event::Granted { .. }
        | Event::Removed { .. }
        | Event::Items { .. }
        | Event::ClaimedNothing { .. }
        | Event::Acknowledged { .. }
        | Event::WorkEnded { .. }
        | Event::TransactionRefused { .. }
        | Event::Crashed { .. }
        | Event::Restarted { .. }
        | Event::Paused { .. }
        | Event::ClockJumped { .. }
        | Event::Cut { .. }
        | Event::BrokerFailed { .. }
        | Event::Parted
        | Event::Forgotten { .. }
        | Event::WritesLost { .. }
        | Event::SteppedDown { .. }
        | Event::FileRewritten
        | Event::RewriteCutShort
        | Event::Length { .. }
        | Event::Published { .. }
        | Event::PublishAnswered { .. }
        | Event::Subscribed { .. }
        | Event::Unsubscribed { .. }
        | Event::Handed { .. }
        | Event::Disconnected { .. }
        | Event::BusArrived { .. }
        | Event::SlotsClaimed { .. }
        | Event::Pending { .. } => return None,
    })
}

/// A node as people count.
pub(super) fn node(node: NodeIndex) -> String {
    format!("node {}", u32::from(node.0) + 1)
}

/// What the bus brings, in words; none if it brings nothing that is known.
pub(super) fn carried(setup: &Setup, event: &Event) -> Option<String> {
    match event {
        Event::BusArrived { message, from, to, .. } => {
            let message = setup.messages.key(*message);
            Some(format!("carries {message} from {} to {}", node(*from), node(*to)))
        }
        Event::SlotsClaimed { from, to } => Some(format!("tells {} which slots are {}'s", node(*to), node(*from))),
        _ => None,
    }
}

/// What a subscriber reads, in words; none if it reads nothing.
pub(super) fn heard(setup: &Setup, event: &Event) -> Option<String> {
    let Event::Heard {
        message,
        channel,
        pattern,
        ..
    } = event
    else {
        return None;
    };
    let by = pattern
        .as_ref()
        .map_or_else(String::new, |pattern| format!(" by {pattern}"));
    Some(format!("reads {} on {channel}{by}", setup.messages.key(*message)))
}

/// A group's name; with its stream where two groups have the same.
pub(super) fn group_name(setup: &Setup, group: GroupIx) -> String {
    let group = setup.group(group);
    let namesakes = setup.groups.iter().filter(|other| other.name == group.name);
    match namesakes.count() {
        1 => group.name.to_string(),
        _ => format!("{}/{}", group.key, group.name),
    }
}

/// A pending list on one line: entry, owner, delivery counter, and the idle time that it has reached.
pub(super) fn pending(setup: &Setup, group: GroupIx, entries: &[Pending]) -> String {
    let entry = |Pending { row, idle_ms }: &Pending| {
        let idle = idle_ms.map_or_else(String::new, |idle_ms| format!(" idle {}", duration(idle_ms)));
        format!("{} {} ×{}{idle}", row.id, row.consumer, row.deliveries)
    };
    let rows: Vec<String> = entries.iter().map(entry).collect();
    let list = match rows.is_empty() {
        true => "nothing".into(),
        false => super::words::at_most(8, &rows),
    };
    format!("pending {}: {list}", group_name(setup, group))
}

/// A list on one line, from the head to the tail.
pub(super) fn items(setup: &Setup, (key, messages): &Items) -> String {
    let messages: Vec<String> = messages
        .iter()
        .map(|message| setup.messages.key(*message).to_string())
        .collect();
    match messages.is_empty() {
        true => format!("{key} is empty"),
        false => format!("{key} holds {}", super::words::at_most(8, &messages)),
    }
}

/// What happened in a step, for machines: requests, events, pending lists and lists, each with its name and its step.
pub(super) fn records(setup: &Setup, number: usize, step: &Step) -> Vec<Value> {
    let mut records = Vec::new();
    for executed in &step.executed {
        let mut record = json!({
            "event": "executed",
            "client": executed.at.client.map(|client| setup.client(client).name.to_string()),
            "command": request::request(&executed.request),
            "reply": executed.reply.as_ref().map(|reply| request::reply(setup, &executed.request, reply)),
        });
        if setup.cluster.is_some() {
            record["node"] = (u32::from(executed.at.node.0) + 1).into();
            record["asking"] = executed.at.asking.into();
        }
        records.push(record);
    }
    for event in &step.events {
        if !matches!(event, Event::Pending { .. } | Event::Items { .. }) {
            let mut record = serde_json::to_value(event).unwrap_or_default();
            name_places(setup, &mut record);
            records.push(record);
        }
    }
    for (group, entries) in &step.pending {
        let row = |Pending { row, idle_ms }: &Pending| {
            let mut record = serde_json::to_value(row).unwrap_or_default();
            if let Some(idle_ms) = idle_ms {
                record["idle-ms"] = (*idle_ms).into();
            }
            record
        };
        let rows: Vec<Value> = entries.iter().map(row).collect();
        let mut record = json!({ "event": "pending", "group": group, "rows": rows });
        name_places(setup, &mut record);
        records.push(record);
    }
    for (key, messages) in &step.items {
        let messages: Vec<String> = messages
            .iter()
            .map(|message| setup.messages.key(*message).to_string())
            .collect();
        records.push(json!({ "event": "items", "key": key.to_string(), "messages": messages }));
    }
    for record in &mut records {
        record["step"] = number.into();
        if let Some(at_ms) = step.at_ms {
            record["at-ms"] = at_ms.into();
        }
    }
    records
}

/// Places in the setup mean nothing outside: their names take their place.
fn name_places(setup: &Setup, record: &mut Value) {
    let place = |record: &Value, field: &str| record.get(field)?.as_u64();
    if let Some(client) = place(record, "client") {
        record["client"] = setup.clients[client as usize].name.to_string().into();
    }
    if let Some(message) = place(record, "message") {
        record["message"] = setup.messages.key(Message(message as u32)).to_string().into();
    }
    if let Some(group) = place(record, "group") {
        record["group"] = group_name(setup, GroupIx(group as u16)).into();
    }
}
