//! One step of a run in words: who does what, what the broker answers, what follows from it.

use redelivery_model::client::Intent;
use redelivery_model::duration;
use redelivery_model::event::Event;
use redelivery_model::history::{Executed, Step};
use redelivery_model::setup::{Fate, Mishap, Setup};
use redelivery_model::world::{Action, FORMER};

use super::timeline::Line;
use super::{events, failures, request, words};

/// Who acts where no client does.
const NETWORK: &str = "network";
const BUS: &str = "bus";
const TIME: &str = "time";
const BROKER: &str = "broker";
/// Who goes on though its replica has taken over.
const OLD_PRIMARY: &str = "old primary";

/// Whether what is said of this one goes on from its name; of time and of the network it is a sentence by itself.
pub(super) fn is_sentence_of(who: &str) -> bool {
    who != NETWORK && who != TIME
}

/// A step taken apart: its line so far, and what follows from it.
pub(super) struct Told<'a> {
    /// Who does what; nothing of what follows yet.
    pub(super) line: Line,
    /// The execution that belongs to the line.
    pub(super) mine: Option<&'a Executed>,
    /// Those of others.
    pub(super) others: &'a [Executed],
    /// What the line does not say already.
    pub(super) events: Vec<&'a Event>,
}

/// The line of a step; none when nothing is to be seen in it. `aged` is what time does in it.
pub(super) fn line(setup: &Setup, number: usize, step: &Step, aged: Option<String>) -> Option<Line> {
    let Told {
        mut line,
        others,
        events,
        ..
    } = told(setup, number, step, aged);
    if step.action.is_none() {
        return (!line.what.is_empty()).then_some(line);
    }
    line.notes.extend(others.iter().map(|executed| served(setup, executed)));
    let notes = events.into_iter().filter_map(|event| events::note(setup, event));
    line.notes.extend(notes);
    line.pending = lists(setup, step);
    let silent = line.what.is_empty() && line.notes.is_empty() && line.pending.is_empty();
    (!silent).then_some(line)
}

/// Takes a step apart.
pub(super) fn told<'a>(setup: &Setup, number: usize, step: &'a Step, aged: Option<String>) -> Told<'a> {
    let mut line = Line {
        number,
        at_ms: step.at_ms,
        who: String::new(),
        what: String::new(),
        reply: None,
        notes: Vec::new(),
        pending: Vec::new(),
    };
    let Some(action) = step.action else {
        line.who = "before".into();
        line.what = before(setup, step).unwrap_or_default();
        return Told {
            line,
            mine: None,
            others: &[],
            events: Vec::new(),
        };
    };
    let (mine, others) = act(setup, step, action, aged, &mut line);
    line.reply = mine.map(|executed| answer(setup, executed));
    // That its client has gone is what the line of a closed connection says.
    let said = |event: &&Event| {
        let is_line = matches!(
            action,
            Action::Cut(..) | Action::Step(_) | Action::Choose(..) | Action::Deviate(..)
        );
        is_line && matches!(event, Event::ExecutedLate)
    };
    let listens = step.intent == Some(Intent::Listen) && matches!(action, Action::Step(_));
    let is_line = |event: &&Event| listens && matches!(event, Event::Heard { .. });
    // Work that is over within the step did not last.
    let is_at_once = |event: &Event, following: &[Event]| {
        let ended = |event: &Event| matches!(event, Event::WorkEnded { .. });
        matches!(event, Event::WorkStarted { .. }) && following.iter().any(ended)
    };
    let following = (1..).map(|next| &step.events[next..]);
    let events = step.events.iter().zip(following);
    let events = events.filter(|(event, following)| !is_at_once(event, following));
    let events = events.map(|(event, _)| event);
    let events = events.filter(|event| !said(event) && !is_line(event));
    Told {
        line,
        mine,
        others,
        events: events.collect(),
    }
}

/// The pending lists and lists that changed in a step, a line each.
pub(super) fn lists(setup: &Setup, step: &Step) -> Vec<String> {
    let pending = step.pending.iter();
    let pending = pending.map(|(group, rows)| events::pending(setup, *group, rows));
    let items = step.items.iter().map(|items| events::items(setup, items));
    pending.chain(items).collect()
}

/// Fills in who does what; answers the execution that belongs to it and those of others.
fn act<'a>(
    setup: &Setup,
    step: &'a Step,
    action: Action,
    aged: Option<String>,
    line: &mut Line,
) -> (Option<&'a Executed>, &'a [Executed]) {
    let executed = step.executed.split_first();
    let (first, rest) = executed.map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
    let nothing_is_mine = (None, step.executed.as_slice());
    line.who = who(setup, action);
    let intended = step.intent.as_ref().and_then(|intent| match intent {
        Intent::Send(asked) | Intent::SendOnly(asked) => Some(request::request(asked)),
        Intent::Listen | Intent::Work(_) | Intent::Wait(_) | Intent::Choose | Intent::Stop => None,
    });
    match action {
        Action::Step(_) | Action::Choose(..) | Action::Deviate(..) => match &step.intent {
            Some(Intent::SendOnly(asked)) => {
                line.what = format!("sends {} and goes on", request::request(asked));
                nothing_is_mine
            }
            Some(Intent::Work(message)) => {
                let failed = step
                    .events
                    .iter()
                    .any(|event| matches!(event, Event::WorkEnded { failed: true, .. }));
                let how = if failed { "fails on" } else { "finishes" };
                line.what = format!("{how} {}", setup.messages.key(*message));
                nothing_is_mine
            }
            Some(Intent::Listen) => {
                line.what = step
                    .events
                    .iter()
                    .find_map(|event| events::heard(setup, event))
                    .unwrap_or_else(|| match setup.faults.partition.budget.times {
                        0 => String::new(),
                        _ => "sends a PING in vain and gives its connection up".into(),
                    });
                nothing_is_mine
            }
            Some(Intent::Wait(ms)) => {
                line.what = format!("has waited {}", duration(*ms));
                nothing_is_mine
            }
            Some(Intent::Send(asked)) if step.in_vain => {
                line.what = format!(
                    "waits for the answer to {} in vain and gives its connection up",
                    request::request(asked)
                );
                nothing_is_mine
            }
            Some(Intent::Send(asked)) if first.is_none() && setup.cluster.is_none() => {
                line.what = format!("sends {} in vain and gives its connection up", request::request(asked));
                nothing_is_mine
            }
            Some(Intent::Send(asked)) if first.is_some_and(|executed| executed.at.client.is_none()) => {
                line.what = format!(
                    "sends {}, hears nothing and gives its connection up",
                    request::request(asked)
                );
                (first, rest)
            }
            Some(Intent::Send(_)) if first.is_none() => {
                line.what = "goes to another node, and loses what the one that it was at kept for it".into();
                nothing_is_mine
            }
            _ => {
                line.what = match first {
                    Some(executed) => asked(setup, executed),
                    None => intended.unwrap_or_else(|| "does nothing".into()),
                };
                (first, rest)
            }
        },
        Action::TimeOut(_) => {
            line.what = match first {
                Some(executed) => format!("{} runs out of time", asked(setup, executed)),
                None => "runs out of time".into(),
            };
            (first, rest)
        }
        Action::Turn(_) => {
            line.what = "turns to the new primary".into();
            nothing_is_mine
        }
        Action::Refuse => {
            line.what = "has no replica any more, and refuses to write".into();
            nothing_is_mine
        }
        Action::Rewrite => {
            line.what = "begins to rewrite its append-only file".into();
            nothing_is_mine
        }
        Action::Rewritten => {
            line.what = "has rewritten its append-only file".into();
            nothing_is_mine
        }
        Action::StepDown => {
            line.what = failures::stepped_down(step);
            nothing_is_mine
        }
        Action::Missed => {
            line.what = format!("miss {}, and serve no key any more", failures::lost_node(setup));
            nothing_is_mine
        }
        Action::CameBack => {
            line.what = "is back, and serves no key yet".into();
            nothing_is_mine
        }
        Action::Covered => {
            line.what = format!("trust {} again, and serve their slots", failures::lost_node(setup));
            nothing_is_mine
        }
        Action::Serves => {
            line.what = "serves its slots again".into();
            nothing_is_mine
        }
        Action::Replicate(_) => {
            line.what = match first {
                Some(executed) => format!("{}, once the replica has everything", asked(setup, executed)),
                None => "hears that the replica has everything".into(),
            };
            (first, rest)
        }
        Action::Restart(_) => {
            line.what = "starts again".into();
            nothing_is_mine
        }
        Action::Execute(_) => {
            if let Some(executed) = first {
                line.what = asked(setup, executed);
                if let Some(client) = executed.at.client {
                    line.who = setup.client(client).name.to_string();
                }
            }
            (first, rest)
        }
        Action::Bus(..) => {
            let mut carried = step.events.iter().filter_map(|event| events::carried(setup, event));
            line.what = carried.next().unwrap_or_default();
            nothing_is_mine
        }
        Action::Fail(failure) => {
            line.what = failures::failed(setup, failure, step);
            nothing_is_mine
        }
        Action::Notice(connection) => {
            line.what = format!("the broker notices that connection {} was closed", connection.0);
            nothing_is_mine
        }
        Action::Expire(_) => {
            line.what = "a key's time to live is over".into();
            nothing_is_mine
        }
        Action::Age(_) | Action::Tick(_) => {
            line.what = aged.unwrap_or_default();
            nothing_is_mine
        }
        Action::Part => {
            line.what = words::parts(setup);
            nothing_is_mine
        }
        Action::Heal => {
            line.what = "the network is whole again".into();
            nothing_is_mine
        }
        Action::ClockForward(ms) => {
            line.what = format!("the broker's clock jumps {} forward", duration(ms));
            nothing_is_mine
        }
        Action::ClockBack(ms) => {
            line.what = format!("the broker's clock jumps {} back", duration(ms));
            nothing_is_mine
        }
        Action::Forget(_) => {
            line.what = "loses its connection at the broker, and is not told".into();
            nothing_is_mine
        }
        Action::Pause(_) => {
            line.what = "stands still".into();
            nothing_is_mine
        }
        Action::Crash(_) => {
            line.what = match (&step.intent, intended) {
                (_, Some(asked)) => format!("crashes before {asked}"),
                (Some(Intent::Work(message)), _) => {
                    format!("crashes while it works on {}", setup.messages.key(*message))
                }
                _ => "crashes".into(),
            };
            nothing_is_mine
        }
        Action::CrashSending(_) => {
            line.what = format!("crashes with {} on its way", intended.unwrap_or_default());
            nothing_is_mine
        }
        Action::Cut(_, fate) => {
            let what = intended.unwrap_or_else(|| "it waits".into());
            line.what = match (fate, &step.intent) {
                (_, None) => "loses its connection while it waits for a reply".into(),
                (Fate::Never, Some(Intent::Listen | Intent::Work(_))) => "loses its connection".into(),
                (Fate::Late, Some(Intent::Listen | Intent::Work(_))) => {
                    "loses its connection, and the broker has not noticed".into()
                }
                (Fate::Never, _) => format!("loses its connection: {what} never arrives"),
                (Fate::Late, _) => format!("loses its connection with {what} on its way"),
                (Fate::ReplyLost, _) => format!("loses its connection and with it the reply to {what}"),
            };
            match fate {
                Fate::ReplyLost => (first, rest),
                Fate::Never | Fate::Late => nothing_is_mine,
            }
        }
    }
}

/// Who does it: a client, or whoever else there is.
fn who(setup: &Setup, action: Action) -> String {
    match (action.client(), action) {
        (Some(client), _) => setup.client(client).name.to_string(),
        (None, Action::Refuse | Action::StepDown) => OLD_PRIMARY.into(),
        (None, Action::CameBack | Action::Serves) => failures::lost_node(setup),
        (None, Action::Fail(failure)) if failure.how == Mishap::NodeLost => failures::lost_node(setup),
        (None, Action::Missed | Action::Covered) => "the others".into(),
        (None, Action::Rewrite | Action::Rewritten | Action::Fail(_)) => BROKER.into(),
        (None, Action::Expire(_) | Action::Age(_) | Action::Tick(_)) => TIME.into(),
        (None, Action::ClockForward(_) | Action::ClockBack(_)) => TIME.into(),
        (None, Action::Bus(..)) => BUS.into(),
        (None, _) => NETWORK.into(),
    }
}

/// What was asked, in a cluster where.
fn asked(setup: &Setup, executed: &Executed) -> String {
    let request = request::request(&executed.request);
    let Some(cluster) = &setup.cluster else {
        return match executed.at.node {
            FORMER => format!("{OLD_PRIMARY}: {request}"),
            _ => request,
        };
    };
    let node = events::node(executed.at.node);
    let asking = if executed.at.asking { "ASKING | " } else { "" };
    let named = cluster.nodes().fold(request, |request, node| {
        request.replace(
            &cluster.address(node).id.to_string(),
            &format!("<{}>", events::node(node)),
        )
    });
    format!("{node}: {asking}{named}")
}

fn answer(setup: &Setup, executed: &Executed) -> String {
    match &executed.reply {
        Some(reply) => request::reply(setup, &executed.request, reply),
        None => "waits".into(),
    }
}

/// A request of somebody else that was answered in this step: it had been held back.
pub(super) fn served(setup: &Setup, executed: &Executed) -> String {
    let asked = executed
        .request
        .commands()
        .first()
        .and_then(|command| command.to_argv().first().cloned());
    let asked = asked.map_or_else(|| "request".into(), |name| name.to_string());
    let answer = answer(setup, executed);
    match executed.at.client {
        Some(client) => format!("{}'s {asked} returns {answer}", setup.client(client).name),
        None => {
            let why = match setup.faults.partition.budget.times {
                0 => "has gone",
                _ => "is out of reach",
            };
            format!("a {asked} of a client that {why} returns {answer}, and nobody reads it")
        }
    }
}

/// What stands in the streams and lists before the first step.
fn before(setup: &Setup, step: &Step) -> Option<String> {
    let mut streams: Vec<(String, Vec<String>)> = Vec::new();
    for event in &step.events {
        if let Event::Added {
            message,
            key,
            id: Some(id),
            ..
        } = event
        {
            let entry = format!("{id} {}", setup.messages.key(*message));
            let key = key.to_string();
            match streams.iter_mut().find(|(name, _)| *name == key) {
                Some((_, entries)) => entries.push(entry),
                None => streams.push((key, vec![entry])),
            }
        }
    }
    let holds = |(stream, entries): &(String, Vec<String>)| format!("{stream} holds {}", words::at_most(6, entries));
    let lists = step.items.iter().map(|items| events::items(setup, items));
    let all: Vec<String> = streams.iter().map(holds).chain(lists).collect();
    (!all.is_empty()).then(|| all.join("; "))
}
