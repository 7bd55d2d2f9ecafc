//! Scripts with a server that is killed in between and at the end, and starts again from its append-only file, which it rewrites
//! before or while it is killed, or whose replica takes its place.
//!
//! How streams fill their nodes, and what is told about keys, is no part of the file: no such script sets them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{databases, lists, messaging, stream_script};
use crate::golden::parse_step;
use crate::step::Step;

/// A counter that only a file that was rewritten has.
const COUNTED: &str = "A> XREADGROUP GROUP g a STREAMS s 0";

/// Scripts of a server that fails over.
pub(super) fn failing_over() -> BoxedStrategy<Vec<Step>> {
    script(Step::FailOver, Just(Vec::new()))
}

/// Scripts of a server that starts again.
pub(super) fn restarting() -> BoxedStrategy<Vec<Step>> {
    let rewriting = select(&[Step::Rewrite, Step::RewriteCutShort][..]);
    let counted = parse_step(COUNTED).expect("a step");
    let rewritings = vec((any::<Index>(), rewriting), 0..4);
    let all = move |places: Vec<(Index, Step)>| {
        let both = |(index, step)| [(index, step), (index, counted.clone())];
        places.into_iter().flat_map(both).collect()
    };
    script(Step::Restart, rewritings.prop_map(all))
}

fn script(end: Step, others: impl Strategy<Value = Vec<(Index, Step)>> + 'static) -> BoxedStrategy<Vec<Step>> {
    let script = prop_oneof![
        4 => stream_script().boxed(),
        1 => lists::script(),
        1 => messaging::script(),
        1 => databases::script(),
    ];
    let ends = move |(script, between, others)| with_ends(script, between, others, &end);
    (script, vec(any::<Index>(), 0..3), others).prop_map(ends).boxed()
}

fn with_ends(mut script: Vec<Step>, between: Vec<Index>, others: Vec<(Index, Step)>, end: &Step) -> Vec<Step> {
    script.retain(|step| !matches!(step, Step::Nodes { .. } | Step::Notify { .. }));
    let ends = between.into_iter().map(|index| (index, end.clone()));
    for (index, step) in ends.chain(others) {
        let place = index.index(script.len() + 1);
        script.insert(place, step);
    }
    script.push(end.clone());
    script
}
