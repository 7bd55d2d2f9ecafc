//! Scripts with a server that is killed in between and at the end, and starts again from its append-only file, or whose
//! replica takes its place.
//!
//! How streams fill their nodes, and what is told about keys, is no part of the file: no such script sets them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{databases, lists, messaging, stream_script};
use crate::step::Step;

/// A script.
pub(super) fn script(end: Step) -> BoxedStrategy<Vec<Step>> {
    let script = prop_oneof![
        4 => stream_script().boxed(),
        1 => lists::script(),
        1 => messaging::script(),
        1 => databases::script(),
    ];
    let ends = move |(script, between)| with_ends(script, between, &end);
    (script, vec(any::<Index>(), 0..3)).prop_map(ends).boxed()
}

fn with_ends(mut script: Vec<Step>, between: Vec<Index>, end: &Step) -> Vec<Step> {
    script.retain(|step| !matches!(step, Step::Nodes { .. } | Step::Notify { .. }));
    for index in between {
        let place = index.index(script.len() + 1);
        script.insert(place, end.clone());
    }
    script.push(end.clone());
    script
}
