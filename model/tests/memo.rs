//! The search that looks steps up against the one that does each: the same states, the same verdicts, paths as short.

use std::sync::Arc;

use redelivery_model::explore::{Exploration, Explored, Settings, explore, explore_plainly};
use redelivery_model::symmetry::Symmetry;
use redelivery_model::world::Ignore;

mod common;
#[path = "common/setups.rs"]
mod setups;

const MAX_STATES: usize = 1_000_000;

fn searched(exploration: &Exploration, threads: usize, exact: bool) -> Explored {
    let settings = Settings {
        threads,
        exact,
        ..Settings::new(MAX_STATES)
    };
    explore(exploration, &settings, &|_| ())
}

#[test]
fn looking_steps_up_finds_what_doing_them_finds() {
    for (name, setup) in setups::setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let plain = explore_plainly(&exploration, &Symmetry::none(exploration.setup()), MAX_STATES);
        let ours = searched(&exploration, 1, false);
        assert_eq!(
            (ours.states, ours.transitions, ours.depth, ours.complete),
            (plain.states, plain.transitions, plain.depth, plain.complete),
            "{name}"
        );
        assert_eq!(ours.occurred, plain.occurred, "{name}");
        for check in &exploration.setup().checks {
            let unmet = |explored: &Explored| explored.premises.unmet(exploration.setup(), check);
            assert_eq!(unmet(&ours), unmet(&plain), "{name}: {}", check.name());
        }
        assert_eq!(ours.found, plain.found, "{name}");
        let shown = |explored: &Explored| -> Vec<_> {
            let mut shown: Vec<_> = explored.shown.iter().map(|(what, path)| (*what, path.len())).collect();
            shown.sort_unstable();
            shown
        };
        assert_eq!(shown(&ours), shown(&plain), "{name}");
        for (found, check) in ours.found.iter().zip(&exploration.setup().checks) {
            let Some(found) = found.as_ref().filter(|found| !found.at_end) else {
                continue;
            };
            let world = exploration.follow(&found.path, &mut Ignore);
            assert!(
                world.monitors().is_violated(found.violation.check),
                "{name}: {}",
                check.name()
            );
        }
    }
}

#[test]
fn threads_and_whole_rows_change_nothing() {
    for (name, setup) in setups::setups() {
        let exploration = Exploration::new(Arc::new(setup));
        let one = searched(&exploration, 1, false);
        assert_eq!(searched(&exploration, 2, false), one, "{name}: two threads");
        assert_eq!(
            searched(&exploration, 3, true),
            one,
            "{name}: three threads, whole rows"
        );
    }
}
