//! Runs along paths that a real server cannot go: each must be seen to diverge, where it does.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redelivery_model::defect::Defect;
use redelivery_model::durations::moments;
use redelivery_model::explore::{Exploration, Settings, explore};
use redelivery_model::setup::Setup;
use redelivery_model::world::Action;
use redelivery_scenarios::Scenario;
use redelivery_scenarios::live::{Driven, End, Live, Route, Server, guided, start_options};
use redelivery_scenarios::scenario::Scope;

use crate::{launcher, shipped};

/// Bugs of a broker, each with a scenario and the check that catches it there.
const DEFECTS: [(Defect, &str, &str); 5] = [
    (
        Defect::ClaimIgnoresMinIdle,
        "streams/crash-then-reclaim",
        "single-owner",
    ),
    (Defect::XackLeavesEntry, "streams/crash-then-reclaim", "pending-list"),
    (Defect::AutoclaimFindsNothing, "streams/crash-then-reclaim", "settles"),
    (
        Defect::ReadgroupHandsOutTwice,
        "streams/fire-and-forget",
        "at-most-once",
    ),
    (Defect::DedupSetForgets, "streams/dedup-atomic", "exactly-once"),
];

/// The paths of brokers with a bug: the server, which has none, goes another way.
pub(crate) fn another_broker(binary: PathBuf) -> Result<String, String> {
    for (defect, name, check) in DEFECTS {
        let scenario = shipped(name);
        let speed = scenario.live.speed;
        let defective = Setup {
            defect: Some(defect),
            ..scenario.explore.setup.faster(speed)
        };
        let route = route(&defective, check)?;
        let driven = drive(&scenario, speed, &defective, &route, &binary)?;
        diverged(&driven).map_err(|text| format!("{defect:?}: {text}"))?;
    }
    Ok(String::new())
}

/// The right path, but nobody waits until anything is old enough to be claimed.
pub(crate) fn no_time(binary: PathBuf) -> Result<String, String> {
    let scenario = shipped("streams/dedup-mark-before");
    let speed = scenario.live.speed;
    let setup = scenario.explore.setup.faster(speed);
    let route = route(&setup, "at-least-once")?;
    diverged(&drive(&scenario, speed, &setup, &route, &binary)?)
}

/// The path of a broker that forgets how often it has delivered when it is killed: the server, which is killed there, does not.
pub(crate) fn a_killed_broker(binary: PathBuf) -> Result<String, String> {
    let scenario = shipped("durable/claims-are-counted-in-the-file");
    let speed = scenario.live.speed / 4;
    let defective = Setup {
        defect: Some(Defect::KillResetsCounters),
        ..scenario.explore.setup.faster(speed)
    };
    let route = route(&defective, "dead-letter")?;
    let is_kill = |action: &Action| matches!(action, Action::Fail(_));
    let kill = route.path.iter().position(is_kill).ok_or("nobody is killed")?;
    let moments_ms = moments(&defective, &route.path, 20).ok_or("no moments")?.at_ms;
    let driven = drive(&scenario, speed, &defective, &Route { moments_ms, ..route }, &binary)?;
    match &driven.diverged {
        Some(diverged) if diverged.step == kill + 1 => Ok(diverged.got.clone()),
        other => Err(format!("not where it was killed, in step {}: {other:?}", kill + 1)),
    }
}

fn diverged(driven: &Driven) -> Result<String, String> {
    match &driven.diverged {
        Some(diverged) => Ok(format!("at step {}: {}", diverged.step, diverged.got)),
        None => Err(format!("it went all the way: {driven:#?}")),
    }
}

/// The shortest path to a violation, one action right after the other.
fn route(setup: &Setup, check: &str) -> Result<Route, String> {
    let place = setup.checks.iter().position(|known| known.name() == check);
    let explored = explore(
        &Exploration::new(Arc::new(setup.clone())),
        &Settings::new(100_000),
        &|_| (),
    );
    let found = explored.found[place.ok_or("no such check")?].as_ref();
    let found = found.ok_or("it is not violated")?;
    Ok(Route {
        path: found.path.clone(),
        moments_ms: vec![0; found.path.len()],
        put_aside_after: BTreeSet::new(),
        end: if found.at_end { End::Stays } else { End::Open },
    })
}

fn drive(scenario: &Scenario, speed: u64, in_world: &Setup, route: &Route, binary: &Path) -> Result<Driven, String> {
    let setup = scenario.setup_of(Scope::Explored).faster(speed);
    let server = Server::start(binary, &start_options(&setup)).map_err(|error| error.to_string())?;
    let address = server.address();
    let server = RefCell::new(server);
    let live = Live {
        path: &scenario.path,
        scope: Scope::Explored,
        speed,
        setup: &setup,
        launcher: &launcher(),
        address,
        server: Some(&server),
        replica: None,
    };
    let timing = scenario.timing_of(Scope::Explored).faster(speed);
    guided(live, in_world, &timing, route).map_err(|error| error.to_string())
}
