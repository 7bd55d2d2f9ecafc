//! Events of executed commands of lists. An item is known by its value, the key of its message.

use redelivery_engine::{Bytes, Command, Reply};

use super::Ledger;
use crate::client::Request;
use crate::event::{Event, Grant};
use crate::replies;
use crate::setup::{ClientIx, Setup, keys};

/// Tells the events of a command that the broker executed; none where it is none of lists.
pub(super) fn one(
    setup: &Setup,
    ledger: &mut Ledger,
    command: &Command,
    reply: &Reply,
    client: Option<ClientIx>,
    tell: &mut dyn FnMut(Event),
) {
    match command {
        Command::Push(push) => {
            if setup.find_list(&push.key).is_some() && matches!(reply, Reply::Integer(1..)) {
                for message in push.elements.iter().filter_map(|value| setup.messages.find(value)) {
                    let again = ledger.note_added(&push.key, message);
                    let key = push.key.clone();
                    let id = None;
                    tell(Event::Added {
                        message,
                        key,
                        id,
                        again,
                    });
                }
            }
        }
        Command::LRem { key, element, .. } if matches!(reply, Reply::Integer(1..)) => {
            removed(setup, ledger, key, element, client, tell);
        }
        Command::Del { keys } => keys.iter().for_each(|key| ledger.forget(key)),
        command => taken(setup, ledger, command, reply, client, tell),
    }
}

/// A command that takes items from an end of a list, perhaps to another one.
fn taken(
    setup: &Setup,
    ledger: &mut Ledger,
    command: &Command,
    reply: &Reply,
    client: Option<ClientIx>,
    tell: &mut dyn FnMut(Event),
) {
    let destination = replies::destination(command);
    for value in replies::taken(command, reply) {
        let (Some(source), Some(message)) = (source(command, reply), setup.messages.find(value)) else {
            continue;
        };
        let Some(group) = setup.find_list(source) else {
            if destination.is_none() {
                removed(setup, ledger, source, value, client, tell);
            }
            if let Some(list) = destination.filter(|list| setup.find_list(list).is_some()) {
                ledger.note_added(list, message);
            }
            continue;
        };
        if destination != Some(source) {
            ledger.note_taken(source, message);
        }
        tell(Event::Granted {
            group,
            message,
            id: None,
            // Of who has gone, the name does not matter any more.
            consumer: client.map_or_else(|| Bytes::from(""), |client| setup.client(client).name.clone()),
            how: Grant::Taken,
            noack: destination.is_none(),
            heard: client.is_some(),
        });
    }
}

fn removed(
    setup: &Setup,
    ledger: &mut Ledger,
    list: &Bytes,
    value: &Bytes,
    client: Option<ClientIx>,
    tell: &mut dyn FnMut(Event),
) {
    if let (Some(group), Some(message)) = (keys::kept_for(setup, list), setup.messages.find(value)) {
        if setup.group(group).key == *list {
            ledger.note_taken(list, message);
        }
        tell(Event::Removed { group, message, client });
    }
}

fn source<'a>(command: &'a Command, reply: &'a Reply) -> Option<&'a Bytes> {
    match (command, reply) {
        (Command::Pop { key, .. }, _) => Some(key),
        (Command::BPop { .. } | Command::LMPop(_) | Command::BLMPop { .. }, Reply::Array(parts)) => match parts.first()
        {
            Some(Reply::Bulk(key)) => Some(key),
            _ => None,
        },
        (Command::RPopLPush { source, .. } | Command::BRPopLPush { source, .. }, _) => Some(source),
        (Command::LMove(lmove) | Command::BLMove { lmove, .. }, _) => Some(&lmove.source),
        _ => None,
    }
}

/// Whether executing this may have changed a list.
pub fn touches_items(request: &Request) -> bool {
    let touches = |command: &Command| {
        matches!(
            command,
            Command::Push(_)
                | Command::Pop { .. }
                | Command::BPop { .. }
                | Command::LMPop(_)
                | Command::BLMPop { .. }
                | Command::RPopLPush { .. }
                | Command::BRPopLPush { .. }
                | Command::LMove(_)
                | Command::BLMove { .. }
                | Command::LRem { .. }
                | Command::LSet { .. }
                | Command::LTrim { .. }
                | Command::LInsert(_)
                | Command::Del { .. }
                | Command::Set(_)
        )
    };
    request.any(touches)
}
