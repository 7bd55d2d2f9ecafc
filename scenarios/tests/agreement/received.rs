//! The order in which a subscriber receives what has no order in Redis: the patterns that match one message, and the
//! names that UNSUBSCRIBE without any ends. Both are sorted here; all else stays as it came.

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
    matches!(frame, Frame::Array(parts) | Frame::Push(parts)
        if matches!(parts.first(), Some(Frame::Bulk(kind)) if kind.ends_with(b"subscribe")))
}

/// The part that is sorted.
fn name(frame: &mut Frame) -> Option<&mut Frame> {
    match frame {
        Frame::Array(parts) | Frame::Push(parts) => parts.get_mut(1),
        _ => None,
    }
}
