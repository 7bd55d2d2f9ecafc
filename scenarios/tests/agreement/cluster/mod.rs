//! The agreement of our clusters with real ones: three servers that form a cluster, and clients at each of them.
//!
//! The scripts are `scenarios/golden/cluster` and those of `generate/cluster.rs`. Clients A, D and G are at node 1, B and E
//! at node 2, C and F at node 3; D, E and F are never blocked. A script writes `<node2>` for the ID of a node and `<port2>` for
//! its port.
//!
//! What is not compared, since the engine leaves it out or a server takes its time: FORGET of a node, MEET of anybody,
//! REPLICATE by a node without slots, RESET of a node without keys, CLUSTER SLOT-STATS. Read next: `names.rs`, what two clusters may differ in.

mod cost;
pub(crate) mod coverage;
pub(crate) mod known;
mod loss;
mod names;
mod ours;
mod servers;
mod slot;
mod theirs;

use redelivery_engine::cluster::NodeAddress;
use redelivery_engine::resp::Version;

use crate::compare::{Compared, compare};
use crate::golden::{Golden, REFERENCE, numbers};
use crate::hunt::hunt;
use crate::trial::{Run, Trial};
use crate::{Length, PROTOCOLS, effort};

use crate::generate::Family;
pub(crate) use names::NODES;
use names::Names;
use ours::OurCluster;
pub(crate) use servers::Servers;
use theirs::TheirCluster;

/// The servers that are asked, the reference first.
pub(crate) const VERSIONS: [&str; 3] = [REFERENCE, "7.0.15", "6.2.14"];

/// A test that needs a cluster.
type Check<'a> = Box<dyn FnOnce(&Servers) -> Result<String, String> + Send + 'a>;

/// The scripts on our side alone.
pub(crate) fn golden_on_engine() -> Vec<Trial<'static>> {
    let trial = |golden: Golden| {
        let name = format!("golden::cluster::{}::engine", golden.name());
        let test = move || {
            let names = Names((0..NODES).zip(0..).map(|(_, nth)| NodeAddress::example(nth)).collect());
            let steps = golden.check(&mut OurCluster::new(golden.version, names), REFERENCE)?;
            Ok(format!("{steps} steps"))
        };
        Trial {
            name,
            run: Run::Test(Box::new(test)),
        }
    };
    Golden::all_of_cluster().into_iter().map(trial).collect()
}

/// All that needs a cluster of this version. What is short takes turns on it, what is long starts one of its own.
pub(crate) fn with_servers<'a>(version: &'a str, servers: &'a Result<Servers, String>) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    let mut add = |length: Length, name: String, test: Check<'a>| {
        let run = match (servers, length) {
            (Ok(servers), Length::Short) => Run::Test(Box::new(move || {
                let _turn = servers.turn();
                test(servers)
            })),
            (Ok(servers), Length::Long) => Run::Test(Box::new(move || test(servers))),
            (Err(reason), _) => Run::Missing(reason.clone()),
        };
        trials.push(Trial { name, run });
    };
    for (protocol, label) in PROTOCOLS {
        add(
            Length::Short,
            format!("agreement::golden::cluster::{version}::{label}"),
            Box::new(move |servers| golden_agree(servers, version, protocol)),
        );
        add(
            Length::Long,
            format!("agreement::random::{version}::cluster::{label}"),
            Box::new(move |servers| {
                let own = servers.another(NODES)?;
                let (mut ours, mut theirs) = sides(&own, protocol);
                hunt(&mut ours, &mut theirs, version, effort(Family::Cluster, version))
            }),
        );
    }
    let all = Golden::all_of_cluster().into_iter();
    for golden in all.filter(|golden| golden.is_for(version)) {
        add(
            Length::Short,
            format!("golden::cluster::{}::{version}", golden.name()),
            Box::new(move |servers| {
                let steps = golden.check(&mut TheirCluster::new(servers, golden.version), version)?;
                Ok(format!("{steps} steps"))
            }),
        );
    }
    // Sharded channels are since 7.0.
    for nodes in cost::NODES.into_iter().filter(|_| numbers(version) >= numbers("7.0")) {
        add(
            Length::Long,
            format!("agreement::cost::cluster::{version}::{nodes}-nodes"),
            Box::new(move |servers| cost::agrees(&servers.another(nodes)?)),
        );
    }
    for (full_coverage, name) in [(true, "all-slots"), (false, "the-others")] {
        add(
            Length::Long,
            format!("agreement::loss::cluster::{version}::{name}"),
            Box::new(move |servers| loss::agrees(servers, full_coverage)),
        );
    }
    let rows = known::TABLES.iter().filter(|(until, _)| *until == version);
    for (index, row) in rows.flat_map(|(_, rows)| *rows).enumerate() {
        add(
            Length::Short,
            format!("known::cluster::{version}::{index}"),
            Box::new(move |servers| {
                let (mut ours, mut theirs) = sides(servers, Version::Resp2);
                row.is_shown_by_its_example(&mut ours, &mut theirs, version)
            }),
        );
    }
    trials
}

fn sides(servers: &Servers, protocol: Version) -> (OurCluster, TheirCluster<'_>) {
    let ours = OurCluster::new(protocol, servers.names().clone());
    (ours, TheirCluster::new(servers, protocol))
}

fn golden_agree(servers: &Servers, version: &str, protocol: Version) -> Result<String, String> {
    let (mut ours, mut theirs) = sides(servers, protocol);
    let (mut agreed, mut known) = (0, 0);
    for golden in Golden::all_of_cluster()
        .into_iter()
        .filter(|golden| golden.is_for(version))
    {
        match compare(&golden.steps(), &mut ours, &mut theirs, version) {
            Compared::Disagree(disagreement) => return Err(format!("{}\n{}", golden.name(), disagreement.to_golden())),
            Compared::Known(..) => known += 1,
            Compared::Agree(_) => agreed += 1,
        }
    }
    Ok(format!("{agreed} scripts, {known} ended at a known difference"))
}

/// Writes what the servers answer into the scripts.
pub(crate) fn bless(started: &[(&str, Result<Servers, String>)]) {
    for mut golden in Golden::all_of_cluster() {
        for (version, servers) in started {
            if !golden.is_for(version) {
                continue;
            }
            let servers = servers.as_ref().expect("blessing needs all servers");
            golden.bless(&mut TheirCluster::new(servers, golden.version), version);
        }
        golden.save();
    }
}
