//! From the file as written to the scenario as run: names resolved, clients and messages expanded, for each way.

mod argv;
mod bounds;
mod cast;
mod claims;
mod cluster;
mod consumers;
mod faults;
mod keeping;
mod lists;
mod names;
mod origins;
mod others;
mod pubsub;
mod repairs;
mod roles;
mod schedule;
mod scripts;
mod timing;

use std::path::Path;

use redelivery_engine::{Bytes, StreamId};
use redelivery_model::setup::{Ageing, GroupIx, GroupKind, GroupSetup, Setup};

use super::Reading;
use super::diagnostic::Mistakes;
use super::grammar::{Counts, Faults, File, Messages};
use super::named::Named;
use super::value::Begin;
use crate::scenario::{Exploring, Living, Scenario, Simulating};
use cast::Cast;

/// One of the three ways of judging a scenario, with what it changes.
struct Way<'a> {
    doing: &'static str,
    messages: &'a Named<Messages>,
    count: &'a Named<Counts>,
    faults: &'a Faults,
    max_messages: u64,
    ageing: Ageing,
    counter_ids: bool,
}

/// What all ways have in common.
struct Common<'a> {
    file: &'a File,
    groups: Vec<GroupSetup>,
    claims: claims::Claims,
}

impl Common<'_> {
    fn group(&self, stream: &str, group: &str) -> Option<GroupIx> {
        let is_it = |known: &GroupSetup| known.is_named(stream.as_bytes(), group.as_bytes());
        let place = self.groups.iter().position(is_it)?;
        u16::try_from(place).ok().map(GroupIx)
    }
}

/// Makes the scenario; nothing when there was a mistake.
///
/// `neighbours` are the names of the scenarios in the same folder, if it is known.
pub(super) fn plan(
    path: &Path,
    (neighbours, reading): (Option<&[String]>, Reading),
    file: &File,
    mistakes: &mut Mistakes,
) -> Option<Scenario> {
    names::check(file, mistakes);
    origins::check(file, mistakes);
    lists::check_keys(file, mistakes);
    cluster::check(file, mistakes);
    scripts::check(file, mistakes);
    bounds::check(file, mistakes);
    keeping::check(file, mistakes);
    repairs::check(path, neighbours, file, mistakes);
    let ways = ways(file);
    // What is too much in one way is said once.
    let casts = ways.iter().map(|way| Cast::new(file, way, mistakes));
    let casts: Vec<Cast> = casts.collect::<Option<_>>()?;
    names::check_members(file, &casts, mistakes);
    let claims = claims::Claims::new(file, mistakes);
    timing::check_limit(file, mistakes);
    timing::check_thresholds(file, &claims, reading, mistakes);
    let mut common = Common {
        file,
        groups: groups(file),
        claims,
    };
    let mut setups: Vec<Setup> = ways
        .iter()
        .zip(&casts)
        .map(|(way, cast)| setup(&common, way, cast, mistakes))
        .collect();
    let explored = mistakes.is_empty() && reading == Reading::AllWays;
    if let (true, Some(setup), Some(cast)) = (explored, setups.first_mut(), casts.first()) {
        setup.bounds = bounds::bounds(file, cast, setup, mistakes);
    }
    // What is of several slots in one way is said once. It is read off policies that have no mistakes.
    if let (true, Some(setup), Some(cast)) = (mistakes.is_empty(), setups.first(), casts.first()) {
        cluster::check_slots(file, setup, cast, mistakes);
    }
    for (setup, cast) in setups.iter().zip(&casts) {
        if mistakes.is_empty() {
            scripts::check_faults(file, setup, cast, mistakes);
            keeping::check_seen(file, setup, mistakes);
        }
    }
    if let Some(setup) = setups.get_mut(1) {
        setup.choices = timing::rare_choices(file, mistakes);
    }
    if let Some(defect) = schedule::defect(file, mistakes) {
        setups.iter_mut().take(2).for_each(|setup| setup.defect = Some(defect));
        common.claims.leave_live_out();
    }
    let scheduled = match setups.get(1).filter(|_| mistakes.is_empty()) {
        Some(setup) => schedule::schedule(file, setup, mistakes),
        None => None,
    };
    if !mistakes.is_empty() {
        return None;
    }
    let timing = |place: usize| timing::timing(file, &casts[place]);
    let setup = setups.pop()?;
    let live = Living {
        speed: match &file.live.speed {
            Some(speed) => speed.0,
            None => timing::speed(&setup),
        },
        since: file.live.since.map(|since| since.0),
        setup,
        timing: timing(2),
        timing_explored: timing(0),
        seeds: 0..file.live.seeds.map_or(2, |seeds| seeds.0),
    };
    let simulate = Simulating {
        setup: setups.pop()?,
        timing: timing(1),
        seeds: 0..file.simulate.seeds.map_or(1_000, |seeds| seeds.0),
        policy: file.simulate.policy.unwrap_or_default(),
        schedule: scheduled,
    };
    let explore = Exploring {
        setup: setups.pop()?,
        max_states: file.explore.max_states.map_or(1_000_000, |states| states.0),
    };
    let (family, name) = family_and_name(path);
    Some(Scenario {
        path: path.to_owned(),
        family,
        name,
        story: file.story.trim().to_owned(),
        sources: file.sources.iter().map(|source| source.value.clone()).collect(),
        repairs: file.repairs.iter().map(|name| name.value.clone()).collect(),
        unrepaired: file.unrepaired.as_ref().map(|why| why.trim().to_owned()),
        explore,
        simulate,
        live,
        expect: common.claims.expect,
        occurs: common.claims.occurs,
    })
}

/// A file's folder, and its own name without `.toml`.
pub(super) fn family_and_name(path: &Path) -> (String, String) {
    let word = |part: Option<&std::ffi::OsStr>| part.map_or_else(String::new, |part| part.to_string_lossy().into());
    (word(path.parent().and_then(Path::file_name)), word(path.file_stem()))
}

fn ways(file: &File) -> [Way<'_>; 3] {
    [
        Way {
            doing: "exploring",
            messages: &file.explore.messages,
            count: &file.explore.count,
            faults: &file.faults,
            max_messages: 64,
            ageing: file.explore.ageing,
            counter_ids: true,
        },
        Way {
            doing: "simulating",
            messages: &file.simulate.messages,
            count: &file.simulate.count,
            faults: file.simulate.faults.as_ref().unwrap_or(&file.faults),
            // About 600 MB: a message keeps some 600 bytes.
            max_messages: 1_000_000,
            ageing: Ageing::default(),
            counter_ids: false,
        },
        Way {
            doing: "running live",
            // What is small enough to be explored is small enough for real time.
            messages: match file.live.messages.0.is_empty() {
                true => &file.explore.messages,
                false => &file.live.messages,
            },
            count: match file.live.count.0.is_empty() {
                true => &file.explore.count,
                false => &file.live.count,
            },
            faults: file.live.faults.as_ref().unwrap_or(&file.faults),
            max_messages: 100_000,
            ageing: Ageing::default(),
            counter_ids: false,
        },
    ]
}

fn groups(file: &File) -> Vec<GroupSetup> {
    let mut groups = Vec::new();
    for (stream, table) in file.stream.iter() {
        for (group, begin) in table.groups.iter() {
            groups.push(GroupSetup {
                kind: GroupKind::Group,
                key: Bytes::from(stream.as_str()),
                name: Bytes::from(group.as_str()),
                // Whatever lies in the stream is for a group that somebody creates later, too.
                start: StreamId::MIN,
                exists: begin.value == Begin::Beginning,
            });
        }
    }
    for (name, table) in file.reader.iter() {
        groups.push(GroupSetup {
            kind: GroupKind::Reader,
            key: Bytes::from(table.stream.as_str()),
            name: Bytes::from(name.as_str()),
            start: StreamId::MIN,
            exists: false,
        });
    }
    for (list, _) in file.list.iter() {
        groups.push(GroupSetup {
            kind: GroupKind::List,
            key: Bytes::from(list.as_str()),
            name: Bytes::from(list.as_str()),
            start: StreamId::MIN,
            exists: false,
        });
    }
    for (name, _) in file.subscriber.iter() {
        groups.push(GroupSetup {
            kind: GroupKind::Subscriber,
            key: Bytes::from(""),
            name: Bytes::from(name.as_str()),
            start: StreamId::MIN,
            exists: false,
        });
    }
    groups
}

fn output_buffer(file: &File) -> Option<u16> {
    let limit = file.broker.output_buffer.as_ref()?;
    u16::try_from(limit.0).ok()
}

fn setup(common: &Common<'_>, way: &Way<'_>, cast: &Cast, mistakes: &mut Mistakes) -> Setup {
    let clients = roles::clients(common, cast, mistakes);
    Setup {
        // Simulated runs alone have any.
        choices: Vec::new(),
        cluster: cluster::cluster(common, way.faults, cast, &clients),
        groups: common.groups.clone(),
        clients,
        messages: cast.messages.clone(),
        faults: faults::faults(way.faults, cast),
        checks: common.claims.checks(),
        defect: None,
        ageing: way.ageing,
        bounds: None,
        output_buffer: output_buffer(common.file),
        keeping: keeping::keeping(common.file, way.faults),
        short_waits: keeping::short_waits(common.file),
        counter_ids: way.counter_ids,
    }
}
