//! In what a repair has it easier than the design that failed.
//!
//! All that may fail and all that has to be done must be there again: streams with their groups, clients by table with
//! their number, messages and which of them fail, each budget of faults with whom it may befall. More of it is no flaw.
//! Policies are the repair's to change, and so are durations; but what is explored for bounded durations repairs nothing that was
//! explored for any. Runs by seed are compared as what is
//! explored is, since a reader takes both for the same design; live runs repeat the two.

use redelivery_engine::Millis;
use redelivery_model::setup::{Ageing, Fate, FaultBudget, GroupKind, Setup};

use super::table::{Table, tables};
use crate::scenario::Scenario;

/// Each shortfall in words; none where the repair stands and does as much.
pub(super) fn shortfalls(repair: &Scenario, failing: &Scenario) -> Vec<String> {
    let mut found = explored(&repair.explore.setup, &failing.explore.setup);
    for shortfall in simulated(&repair.simulate.setup, &failing.simulate.setup) {
        if !found.contains(&shortfall) {
            found.push(format!("when simulated, {shortfall}"));
        }
    }
    found
}

fn explored(ours: &Setup, theirs: &Setup) -> Vec<String> {
    let mut found = common(ours, theirs);
    if ours.ageing == Ageing::AllAtOnce && theirs.ageing != Ageing::AllAtOnce {
        found.push("deliveries age all at once".into());
    }
    match (&ours.bounds, &theirs.bounds) {
        (Some(_), None) => found.push("durations are bounded".into()),
        (Some(_), Some(_)) => by_the_clock(ours, theirs, &mut found),
        (None, _) => {}
    }
    found
}

/// While exploring for any durations any client may be slow at any time: pauses are of runs with a clock.
/// Nor does a clock jump elsewhere.
fn by_the_clock(ours: &Setup, theirs: &Setup, found: &mut Vec<String>) {
    budget(
        "pause",
        (ours, &ours.faults.pause),
        (theirs, &theirs.faults.pause),
        found,
    );
    let (ours, theirs) = (&ours.faults.clock_jump, &theirs.faults.clock_jump);
    let is_less = |ours: Option<Millis>, theirs: Option<Millis>| ours.unwrap_or(0) < theirs.unwrap_or(0);
    if ours.times < theirs.times || is_less(ours.forward_ms, theirs.forward_ms) || is_less(ours.back_ms, theirs.back_ms)
    {
        found.push("the broker's clock jumps less".into());
    }
}

fn simulated(ours: &Setup, theirs: &Setup) -> Vec<String> {
    let mut found = common(ours, theirs);
    by_the_clock(ours, theirs, &mut found);
    found
}

fn common(ours: &Setup, theirs: &Setup) -> Vec<String> {
    let mut found = Vec::new();
    groups(ours, theirs, &mut found);
    if let Some(limit) = theirs.output_buffer
        && ours.output_buffer.is_none_or(|ours| ours > limit)
    {
        found.push(format!("a subscriber may leave more than {limit} unread"));
    }
    let nodes = |setup: &Setup| setup.cluster.as_ref().map_or(1, |cluster| cluster.nodes().count());
    if nodes(ours) < nodes(theirs) {
        found.push("there are fewer nodes".into());
    }
    let our_tables = tables(ours);
    for theirs in tables(theirs) {
        let same = |ours: &&Table<'_>| ours.kind == theirs.kind && ours.name == theirs.name;
        match our_tables.iter().find(same) {
            Some(ours) => table(ours, &theirs, &mut found),
            None => found.push(format!("there is no {}", theirs.title())),
        }
    }
    budget(
        "crash",
        (ours, &ours.faults.crash),
        (theirs, &theirs.faults.crash),
        &mut found,
    );
    if ours.faults.crash_sends_nothing && !theirs.faults.crash_sends_nothing && theirs.faults.crash.times > 0 {
        found.push("no process ends with its next request on its way".into());
    }
    budget(
        "cut",
        (ours, &ours.faults.cut),
        (theirs, &theirs.faults.cut),
        &mut found,
    );
    partitions(ours, theirs, &mut found);
    if theirs.faults.cut.times > 0 {
        let missing = theirs
            .faults
            .fates
            .iter()
            .filter(|fate| !ours.faults.fates.contains(fate));
        found.extend(missing.map(|fate| {
            let fate = match fate {
                Fate::Never => "lost before it reaches the broker",
                Fate::ReplyLost => "executed with its reply lost",
                Fate::Late => "executed late",
            };
            format!("no request of a cut connection is {fate}")
        }));
    }
    found
}

fn partitions(ours: &Setup, theirs: &Setup, found: &mut Vec<String>) {
    let (our, their) = (&ours.faults.partition, &theirs.faults.partition);
    budget("partition", (ours, &our.budget), (theirs, &their.budget), found);
    budget(
        "forget",
        (ours, &ours.faults.forget),
        (theirs, &theirs.faults.forget),
        found,
    );
    if their.budget.times == 0 {
        return;
    }
    if their.stops.requests() && !our.stops.requests() || their.stops.replies() && !our.stops.replies() {
        found.push("a partition lets more through".into());
    }
    if our.lasts.max_ms < their.lasts.max_ms {
        found.push("a partition is over sooner".into());
    }
}

/// Readers and those who share a list are told by their clients.
fn groups(ours: &Setup, theirs: &Setup, found: &mut Vec<String>) {
    for group in theirs.groups.iter().filter(|group| group.kind == GroupKind::Group) {
        match ours.find_group(&group.key, &group.name) {
            None => found.push(format!("there is no group `{}` of stream `{}`", group.name, group.key)),
            Some(same) if ours.group(same).exists && !group.exists => {
                found.push(format!("group `{}` is there from the beginning", group.name));
            }
            Some(_) => {}
        }
    }
}

fn table(ours: &Table<'_>, theirs: &Table<'_>, found: &mut Vec<String>) {
    let title = ours.title();
    if ours.clients.len() < theirs.clients.len() {
        let (ours, theirs) = (ours.clients.len(), theirs.clients.len());
        found.push(format!("{title} has a count of {ours}, not {theirs}"));
    }
    for place in theirs.places().difference(&ours.places()) {
        found.push(format!("{title} has nothing to do with {place}"));
    }
    if ours.messages() < theirs.messages() {
        let (ours, theirs) = (ours.messages(), theirs.messages());
        found.push(format!("the messages of {title} are {ours}, not {theirs}"));
    }
    if ours.is_beforehand() && !theirs.is_beforehand() {
        let what = if ours.kind == "subscriber" {
            "subscribes"
        } else {
            "adds everything"
        };
        found.push(format!("{title} {what} beforehand"));
    }
    for message in theirs.poison().difference(&ours.poison()) {
        found.push(format!("the work of {title} does not fail on {message}"));
    }
    if ours.is_idempotent() && !theirs.is_idempotent() {
        found.push(format!("the effects of {title} may be repeated"));
    }
    if ours.starts_again() != theirs.starts_again() {
        found.push(match theirs.starts_again() {
            true => format!("{title} stays away after a crash"),
            false => format!("{title} starts again after a crash"),
        });
    }
}

fn budget(what: &str, ours: (&Setup, &FaultBudget), theirs: (&Setup, &FaultBudget), found: &mut Vec<String>) {
    let ((our_setup, ours), (their_setup, theirs)) = (ours, theirs);
    if theirs.times == 0 {
        return;
    }
    if ours.times < theirs.times {
        found.push(format!(
            "the budget of `{what}` is {}, not {}",
            ours.times, theirs.times
        ));
        if ours.times == 0 {
            return;
        }
    }
    let our_tables = tables(our_setup);
    for table in tables(their_setup) {
        let same = |ours: &&Table<'_>| ours.kind == table.kind && ours.name == table.name;
        let Some(our_table) = our_tables.iter().find(same) else {
            continue;
        };
        let (hit, spared) = (table.within_reach(theirs), our_table.within_reach(ours));
        // Where it may befall each client of a table, it must befall each of the repair's; otherwise those of that name.
        let asked: Vec<_> = match hit.len() == table.clients.len() {
            true => our_table.clients.clone(),
            false => hit
                .iter()
                .filter_map(|&client| our_table.called(&their_setup.client(client).name))
                .collect(),
        };
        for client in asked.into_iter().filter(|client| !spared.contains(client)) {
            found.push(format!("no {what} befalls {}", our_setup.client(client).name));
        }
    }
}
