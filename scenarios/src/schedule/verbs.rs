//! What clients do as steps of a schedule: `worker-1 loses its connection, late`.

use redelivery_model::client::Choice;
use redelivery_model::setup::{ClientIx, Fate};
use redelivery_model::world::Action;

/// All of them, for whoever wrote another.
pub(super) const ALL: &str = "steps, steps, one-at-a-time | scan-anew | no-wait, takes turn N, times out, restarts, \
     is replicated, turns, pauses, is forgotten, crashes, crashes while sending, loses its connection, never | reply-lost | late";

/// Before what a client does otherwise than it intends.
pub(super) const DEVIATES: &str = "steps, ";

/// Before the number of a turn.
const TURN: &str = "takes turn ";

/// What this client does.
pub(super) fn read(client: ClientIx, verb: &str) -> Option<Action> {
    Some(match verb {
        "steps" => Action::Step(client),
        "times out" => Action::TimeOut(client),
        "restarts" => Action::Restart(client),
        "is replicated" => Action::Replicate(client),
        "turns" => Action::Turn(client),
        "pauses" => Action::Pause(client),
        "is forgotten" => Action::Forget(client),
        "crashes" => Action::Crash(client),
        "crashes while sending" => Action::CrashSending(client),
        _ if verb.starts_with(DEVIATES) => Action::Deviate(client, Choice::named(verb.strip_prefix(DEVIATES)?)?),
        _ if verb.starts_with(TURN) => {
            let digits = verb.strip_prefix(TURN)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
            let turn = digits.parse::<u32>().ok()?.checked_sub(1)?;
            Action::Choose(client, u16::try_from(turn).ok()?)
        }
        _ => {
            let lost = verb.strip_prefix("loses its connection, ")?;
            let fates = [Fate::Never, Fate::ReplyLost, Fate::Late];
            Action::Cut(client, fates.into_iter().find(|&known| fate(known) == lost)?)
        }
    })
}

/// What becomes of a request.
pub(super) fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Never => "never",
        Fate::ReplyLost => "reply-lost",
        Fate::Late => "late",
    }
}
