//! Failures of the broker and of the network as steps of a schedule: `broker loses power, 2 writes lost`, `network parts`.

use redelivery_model::setup::{Mishap, Setup};
use redelivery_model::world::{Action, Failure};

/// What happens, and how it is written.
const WORDS: [(Mishap, &str); 5] = [
    (Mishap::Killed, "broker is killed"),
    (Mishap::PowerFailed, "broker loses power"),
    (Mishap::FailedOver, "broker fails over"),
    (Mishap::Split, "broker is split"),
    (Mishap::NodeLost, "node is lost"),
];

/// In words.
pub(super) fn write(setup: &Setup, failure: Failure) -> String {
    let Failure { how, lost, unanswered } = failure;
    let words = WORDS.iter().find(|(known, _)| *known == how);
    let mut text = words.map_or("", |(_, words)| *words).to_owned();
    if lost > 0 {
        text += &format!(", {lost} writes lost");
    }
    if let Some(client) = unanswered {
        text += &format!(", {} unanswered", setup.client(client).name);
    }
    text
}

/// From its words.
pub(super) fn read(setup: &Setup, text: &str) -> Option<Failure> {
    let (how, mut rest) = WORDS
        .iter()
        .find_map(|(how, words)| Some((*how, text.strip_prefix(words)?)))?;
    let mut failure = Failure {
        how,
        lost: 0,
        unanswered: None,
    };
    if let Some((lost, after)) = rest.strip_prefix(", ").and_then(|it| it.split_once(" writes lost"))
        && lost.bytes().all(|byte| byte.is_ascii_digit())
    {
        failure.lost = lost.parse().ok().filter(|lost| *lost > 0)?;
        rest = after;
    }
    if let Some(name) = rest.strip_prefix(", ").and_then(|it| it.strip_suffix(" unanswered")) {
        let is_it = |client: &_| *setup.client(*client).name == *name.as_bytes();
        failure.unanswered = Some(setup.client_ixs().find(is_it)?);
        rest = "";
    }
    rest.is_empty().then_some(failure)
}

/// How a partition begins, and ends.
pub(super) const PARTS: &str = "network parts";
pub(super) const HEALS: &str = "network heals";

/// How a rewrite of the append-only file begins, and ends.
pub(super) const REWRITES: &str = "file is being rewritten";
pub(super) const REWRITTEN: &str = "file is rewritten";

/// What follows once a node of a cluster is lost.
pub(super) const MISSED: &str = "node is missed";
pub(super) const CAME_BACK: &str = "node is back";
pub(super) const COVERED: &str = "others serve again";
pub(super) const SERVES: &str = "node serves again";

/// Reads the beginning or the end of a partition, or of a rewrite, or what follows a lost node.
pub(super) fn read_word_for_word(text: &str) -> Option<Action> {
    match text {
        PARTS => Some(Action::Part),
        HEALS => Some(Action::Heal),
        REWRITES => Some(Action::Rewrite),
        REWRITTEN => Some(Action::Rewritten),
        MISSED => Some(Action::Missed),
        CAME_BACK => Some(Action::CameBack),
        COVERED => Some(Action::Covered),
        SERVES => Some(Action::Serves),
        _ => None,
    }
}

/// For tests.
#[cfg(test)]
pub(super) fn any_failure() -> impl proptest::prelude::Strategy<Value = Failure> {
    use proptest::prelude::*;
    use redelivery_model::setup::ClientIx;

    let unanswered = proptest::option::of((0u16..6).prop_map(ClientIx));
    (prop::sample::select(&Mishap::ALL[..]), any::<u16>(), unanswered).prop_map(|(how, lost, unanswered)| Failure {
        how,
        lost,
        unanswered,
    })
}
