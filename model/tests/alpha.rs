//! A simulated run is an explored run, and an explored run that was simulated has durations: beside each simulated world walks an explored one that looks the same through α,
//! which forgets everything about time but the classes of idle times and the order of deliveries.
//!
//! Deliveries of one millisecond have no order in the simulated world. The explored one gives them an order; whatever
//! happens to both at once there can happen to both at once here.

use std::thread;

use redelivery_engine::{Millis, StreamId};
use redelivery_model::durations::in_possible_order;
use redelivery_model::setup::{Ageing, Setup};
use redelivery_model::simulate::{Policy, Simulation, simulate};
use redelivery_model::world::{Action, Ignore, World};

mod common;
#[path = "common/setups.rs"]
mod setups;
#[path = "common/timing.rs"]
mod timing;

const SEEDS: u64 = 40;
/// So many passages of time lie between two moments at which something is due, at the most.
const PASSAGES_MAX: usize = 8;
/// Durations are looked for of so many actions, at the most.
const TIMED_MAX: usize = 100;

#[test]
fn each_simulated_step_is_an_explored_one() {
    // Where all deliveries age at once, exploring covers fewer orders than there are, and says so.
    let setups = setups::setups().into_iter();
    let ordered = setups.filter(|(_, setup)| setup.ageing != Ageing::AllAtOnce);
    let counts: Vec<(usize, usize)> = thread::scope(|scope| {
        let running: Vec<_> = ordered
            .map(|(name, setup)| scope.spawn(move || walk_beside(name, &setup)))
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let exchanges: usize = counts.iter().map(|(exchanges, _)| exchanges).sum();
    let passages: usize = counts.iter().map(|(_, passages)| passages).sum();
    assert!(
        exchanges > 5_000 && passages > 500,
        "{exchanges} exchanges, {passages} passages"
    );
}

/// Simulates a setup with each seed; gives how many exchanges and passages of time the explored worlds made.
fn walk_beside(name: &str, setup: &Setup) -> (usize, usize) {
    let (mut exchanges, mut passages) = (0, 0);
    let timing = timing::timing(setup);
    let simulation = Simulation {
        setup,
        timing: &timing,
        policy: Policy::Uniform,
        counts: false,
    };
    for seed in 0..SEEDS {
        let run = simulate(simulation, seed);
        let mut simulated = World::initial(setup, &mut Ignore);
        let mut explored = simulated.clone();
        explored.canonicalise(setup);
        let (mut path, mut timed) = (Vec::new(), 0);
        for (at, &action) in run.schedule.iter().enumerate() {
            simulated.step(setup, action, &mut Ignore);
            let context = || format!("{name}, seed {seed}, action {at}: {action:?}\n{simulated:#?}\n");
            explored = match action {
                Action::Tick(_) => {
                    let Some((world, taken)) = time_leads(setup, &explored, &simulated, PASSAGES_MAX) else {
                        panic!("no passage of time leads there: {} from {explored:#?}", context());
                    };
                    passages += taken.len();
                    path.extend(taken.into_iter().rev());
                    world
                }
                Action::Pause(_) => explored,
                action => {
                    exchanges += 1;
                    path.push(action);
                    assert!(explored.allows(setup, action), "not enabled: {}", context());
                    step(setup, &explored, action)
                }
            };
            assert!(
                looks_the_same(setup, &explored, &simulated),
                "{} {explored:#?}",
                context()
            );
            // A path is not cut between two things that time does at one moment.
            if matches!(action, Action::Tick(_)) && path.len() <= TIMED_MAX {
                timed = path.len();
            }
        }
        let possible = in_possible_order(setup, &path[..timed]);
        assert!(
            possible.is_some(),
            "{name}, seed {seed}: no durations of {:?}",
            &path[..timed]
        );
    }
    (exchanges, passages)
}

fn step(setup: &Setup, world: &World, action: Action) -> World {
    let mut world = world.clone();
    world.step(setup, action, &mut Ignore);
    world.canonicalise(setup);
    world
}

/// Where so many passages of time and ends of blocked calls, or fewer, make the explored world look like the simulated
/// one, and which, the last one first. Of a call that nobody waits for any more the end shows as the end of its connection.
fn time_leads(setup: &Setup, explored: &World, simulated: &World, actions_max: usize) -> Option<(World, Vec<Action>)> {
    if looks_the_same(setup, explored, simulated) {
        return Some((explored.clone(), Vec::new()));
    }
    let fewer = actions_max.checked_sub(1)?;
    let mut actions = Vec::new();
    explored.enabled(setup, &mut actions);
    let by_time = |action: &Action| {
        matches!(action, Action::TimeOut(_) | Action::Notice(_) | Action::Expire(_)) || action.is_time()
    };
    // Deepening step by step finds the few that are needed first.
    (0..=fewer).find_map(|depth| {
        actions.iter().copied().filter(by_time).find_map(|action| {
            let next = step(setup, explored, action);
            let (world, mut taken) = time_leads(setup, &next, simulated, depth)?;
            taken.push(action);
            Some((world, taken))
        })
    })
}

fn looks_the_same(setup: &Setup, explored: &World, simulated: &World) -> bool {
    alpha(explored, setup) == alpha(simulated, setup) && orders_agree(setup, explored, simulated)
}

/// Everything but the order of deliveries within a class.
fn alpha(world: &World, setup: &Setup) -> World {
    let unordered = Setup {
        ageing: Ageing::AllAtOnce,
        ..setup.clone()
    };
    let mut world = world.clone();
    world.canonicalise(&unordered);
    world
}

/// What was delivered earlier in the simulated world was so in the explored one, as long as that can matter.
fn orders_agree(setup: &Setup, explored: &World, simulated: &World) -> bool {
    let (explored, simulated) = (deliveries(explored, setup), deliveries(simulated, setup));
    let saturated = explored.iter().map(|row| row.1).min().unwrap_or(0);
    explored.iter().zip(&simulated).all(|(a, b)| a.0 == b.0)
        && (0..explored.len()).all(|i| {
            (0..explored.len()).all(|j| {
                simulated[i].1 >= simulated[j].1 || explored[i].1 < explored[j].1 || explored[i].1 == saturated
            })
        })
}

fn deliveries(world: &World, setup: &Setup) -> Vec<(StreamId, Millis)> {
    let names = setup.groups.iter();
    let groups = names.filter_map(|names| world.stream(&names.key)?.group(&names.name));
    groups
        .flat_map(|group| group.pending().map(|(id, entry)| (id, entry.delivered_at)))
        .collect()
}
