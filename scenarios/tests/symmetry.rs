//! Interchangeable clients of shipped scenarios: nothing but names changes when they change places.

use std::collections::BTreeSet;
use std::sync::Arc;

use redelivery_model::explore::{Exploration, Settings, explore};
use redelivery_model::symmetry::Symmetry;
use redelivery_scenarios::{corpus, language};

#[path = "../../model/tests/common/alike.rs"]
mod alike;

use alike::{difference, seen, walk};

/// So many worlds of each scenario are looked at.
const WORLDS_MAX: usize = 40;

/// Scenarios with more states are not searched here.
const STATES_MAX: usize = 40_000;

/// The shipped scenarios that have interchangeable clients.
fn explorations() -> Vec<(String, Exploration, Symmetry)> {
    let files = corpus::all(&corpus::shipped()).expect("they are there");
    let explorations = files.iter().filter_map(|file| {
        let scenario = language::load(file).expect("it has no mistakes");
        let symmetry = Symmetry::of(&scenario.explore.setup);
        let exploration = Exploration::new(Arc::new(scenario.explore.setup));
        (!symmetry.classes().is_empty()).then_some((scenario.name, exploration, symmetry))
    });
    explorations.collect()
}

#[test]
fn others_in_the_place_of_some_do_what_these_did() {
    let explorations = explorations();
    assert!(explorations.len() >= 40, "{}", explorations.len());
    for (name, exploration, symmetry) in explorations {
        walk(&exploration, WORLDS_MAX, &mut |world| {
            for renaming in symmetry.renamings() {
                let difference = difference(&exploration, world, renaming);
                assert_eq!(difference, None, "{name}: {renaming:?} of {world:#?}");
            }
        });
    }
}

#[test]
fn one_world_of_each_orbit_shows_what_all_show() {
    let mut searched = BTreeSet::new();
    for (name, exploration, symmetry) in explorations() {
        let all = explore(&exploration, &Settings::new(STATES_MAX), &|_| ());
        if !all.complete {
            continue;
        }
        let settings = Settings {
            symmetry: true,
            ..Settings::new(STATES_MAX)
        };
        let some = explore(&exploration, &settings, &|_| ());
        assert!(
            some.states < all.states && symmetry.renamings().len() * some.states >= all.states,
            "{name}: {} of {}",
            some.states,
            all.states
        );
        assert_eq!(seen(&exploration, some), seen(&exploration, all), "{name}");
        searched.insert(name);
    }
    assert!(searched.len() >= 40, "{searched:?}");
}
