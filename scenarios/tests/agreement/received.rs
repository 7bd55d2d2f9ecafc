//! The order in which a subscriber receives what has no order in Redis: the patterns that match one message, and the
//! names that UNSUBSCRIBE without any ends. Both are sorted here; all else stays as it came.

use std::collections::VecDeque;

use redelivery_engine::Bytes;
use redelivery_engine::resp::Frame;

use crate::side::Outcome;

/// What a step of `actor` brought about, in an order that does not depend on the server's tables.
pub(crate) fn in_order(actor: usize, outcome: Outcome) -> Outcome {
    let Outcome { reply, delivered } = outcome;
    let (own, others): (Vec<_>, Vec<_>) = delivered.into_iter().partition(|(client, _)| *client == actor);
    let own = own.into_iter().map(|(_, frame)| frame);
    // The answers of a transaction are one array, which the last of them may follow.
    let answers = match reply {
        Some(Frame::Array(parts)) if parts.iter().any(is_confirmation) => Err(parts),
        reply => Ok(reply),
    };
    let len = answers.as_ref().map_or_else(Vec::len, |reply| reply.iter().len());
    let is_array = answers.is_err();
    let answers = answers.map_or_else(|parts| parts, |reply| reply.into_iter().collect());
    let mut frames: Vec<Frame> = answers.into_iter().chain(own).collect();
    sort_runs(&mut frames);
    let mut frames = frames.into_iter();
    let mut answers: Vec<Frame> = frames.by_ref().take(len).collect();
    let reply = if is_array {
        Some(Frame::Array(answers))
    } else {
        answers.pop()
    };
    let mut delivered: Vec<_> = frames.map(|frame| (actor, frame)).collect();
    delivered.extend(sorted_by_client(others));
    delivered.sort_by_key(|(client, _)| *client);
    Outcome { reply, delivered }
}

fn sorted_by_client(delivered: Vec<(usize, Frame)>) -> Vec<(usize, Frame)> {
    let mut sorted = Vec::new();
    for same in delivered.chunk_by(|(client, _), (next, _)| client == next) {
        let mut frames: Vec<Frame> = same.iter().map(|(_, frame)| frame.clone()).collect();
        sort_runs(&mut frames);
        sorted.extend(frames.into_iter().map(|frame| (same[0].0, frame)));
    }
    sorted
}

/// Sorts, in runs of frames of one kind, the part that has no order.
fn sort_runs(frames: &mut [Frame]) {
    for run in frames.chunk_by_mut(|frame, next| kind(frame).is_some() && kind(frame) == kind(next)) {
        let mut names: Vec<Frame> = run.iter_mut().filter_map(|frame| Some(name(frame)?.clone())).collect();
        names.sort();
        run.iter_mut()
            .filter_map(name)
            .zip(names)
            .for_each(|(name, sorted)| *name = sorted);
    }
}

/// What the frames of a run have in common: the kind of answer, or of a pattern's message the channel and the message.
fn kind(frame: &Frame) -> Option<(Vec<u8>, &[Frame])> {
    let (Frame::Array(parts) | Frame::Push(parts)) = frame else {
        return None;
    };
    match parts.as_slice() {
        [Frame::Bulk(kind), _, rest @ ..] if &kind[..] == b"pmessage" => Some((kind.to_vec(), rest)),
        [Frame::Bulk(kind), _, _] if kind.ends_with(b"unsubscribe") => Some((kind.to_vec(), &[])),
        _ => None,
    }
}

fn is_confirmation(frame: &Frame) -> bool {
    confirmed(frame).is_some()
}

/// The command that a confirmation answers, in lower case.
pub(crate) fn confirmed(frame: &Frame) -> Option<&Bytes> {
    match frame {
        Frame::Array(parts) | Frame::Push(parts) => match parts.as_slice() {
            [Frame::Bulk(kind), _, _] if kind.ends_with(b"subscribe") => Some(kind),
            _ => None,
        },
        _ => None,
    }
}

/// Of the commands of a transaction whose answers are still to come, the one that this frame answers: SUBSCRIBE and its
/// like give a frame for each name, or for each that there was.
pub(crate) fn next_answered(executed: &mut VecDeque<Vec<Bytes>>, frame: &Frame) -> Vec<Bytes> {
    while let Some(argv) = executed.front_mut() {
        let is_its = confirmed(frame).is_some_and(|command| argv[0].eq_ignore_ascii_case(command));
        match argv.len() {
            1 if is_its => return argv.clone(),
            // It has had all its answers, be it that they were taken for those of the one before.
            _ if !is_its && argv[0].to_ascii_lowercase().ends_with(b"unsubscribe") => drop(executed.pop_front()),
            3.. if is_its => {
                argv.pop();
                return argv.clone();
            }
            _ => return executed.pop_front().unwrap_or_default(),
        }
    }
    Vec::new()
}

/// The part that is sorted.
fn name(frame: &mut Frame) -> Option<&mut Frame> {
    match frame {
        Frame::Array(parts) | Frame::Push(parts) => parts.get_mut(1),
        _ => None,
    }
}
