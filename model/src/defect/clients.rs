//! Defects of clients: another request than the one that the client intends, another reply than the one that came.

use redelivery_engine::{Command, Reply};

use super::Defect;
use crate::client::{Intent, Me, Request};
use crate::setup::policy::Role;
use crate::setup::{Setup, Span};

/// What a client sends in place of what it intends.
pub(crate) fn intended(me: Me<'_>, intent: Intent) -> Intent {
    match (me.setup.defect, intent) {
        (Some(defect), Intent::Send(Request::Transaction(commands))) => {
            Intent::Send(Request::Transaction(transaction(defect, me, commands)))
        }
        (_, intent) => intent,
    }
}

fn transaction(defect: Defect, me: Me<'_>, mut commands: Vec<Command>) -> Vec<Command> {
    let is_routing = |command: &Command| match command {
        Command::XAdd(add) => me.setup.is_dead_letter_stream(&add.key),
        _ => false,
    };
    let Some(place) = commands.iter().position(is_routing) else {
        return commands;
    };
    match defect {
        Defect::DeadLetteredTwice => commands.insert(place, commands[place].clone()),
        Defect::DeadLetteredWithoutAck => commands.retain(|command| !matches!(command, Command::XAck { .. })),
        _ => {}
    }
    commands
}

/// What a client hears in place of a reply; none where it hears the reply itself.
pub(crate) fn heard(me: Me<'_>, reply: &Reply) -> Option<Reply> {
    let is_consumer = matches!(me.setup.client(me.client).role, Role::Consumer(_));
    match (me.setup.defect, reply) {
        (Some(Defect::ClaimerForgets), Reply::Entries(_)) if is_consumer => Some(Reply::Entries(Vec::new())),
        (Some(Defect::ClaimerForgets), Reply::Array(parts)) if is_consumer => match parts.as_slice() {
            [cursor @ Reply::Bulk(_), Reply::Entries(_), rest @ ..] => {
                let nothing = [cursor.clone(), Reply::Entries(Vec::new())];
                Some(Reply::Array(nothing.into_iter().chain(rest.iter().cloned()).collect()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The dead-letter limit that a consumer goes by.
pub(crate) fn dead_letter_limit(me: Me<'_>, limit: u64) -> u64 {
    match me.setup.defect {
        Some(Defect::DeadLetterOneLate) => limit.saturating_add(1),
        Some(Defect::DeadLetterOneEarly) => limit.saturating_sub(1),
        _ => limit,
    }
}

/// How long a client's work takes, where it has bounds: in simulated runs, and where exploring has a clock.
pub(crate) fn working_time(setup: &Setup, work: Span) -> Span {
    match setup.defect {
        Some(Defect::WorksOvertime) => Span {
            max_ms: work.max_ms.saturating_mul(2),
            ..work
        },
        _ => work,
    }
}
