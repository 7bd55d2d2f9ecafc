//! What messages cost on the bus of clusters of several sizes: what each node says that it has sent and received there,
//! beside what the engine says. PUBLISH costs a message for each other node, SPUBLISH none.

use redelivery_engine::cluster::{Cluster, NodeIndex};
use redelivery_engine::resp::Frame;
use redelivery_engine::{Bytes, ClientId};
use redelivery_scenarios::live::{Connection, argv};

use super::names::published;
use super::servers::Servers;
use super::theirs::{TIMEOUT, wait_until};

/// The sizes.
pub(super) const NODES: [usize; 3] = [3, 6, 12];
/// To each node in turn.
const MESSAGES: usize = 24;
const CHANNEL: &str = "news";

/// Whether both count alike, for each node, after PUBLISH and after SPUBLISH.
pub(super) fn agrees(servers: &Servers) -> Result<String, String> {
    let connect =
        |server: &redelivery_scenarios::live::Server| server.connect(TIMEOUT).map_err(|error| error.to_string());
    let mut nodes: Vec<Connection> = servers.iter().map(connect).collect::<Result<_, _>>()?;
    let mut ours = Cluster::with_slots_divided(servers.names().0.clone());
    let counted = |ours: &Cluster| ours.bus_counts().collect::<Vec<_>>();
    let before = counts(&mut nodes)?;
    if counted(&ours) != before {
        return Err(format!("a new cluster has counted {before:?}"));
    }
    let mut both = |nodes: &mut [Connection], node: usize, words: &str| {
        let argv: Vec<Bytes> = argv(words);
        let at = NodeIndex(u16::try_from(node).map_err(|error| error.to_string())?);
        let our_reply = ours.apply_argv(at, ClientId(1), &argv, 0);
        ours.deliver_all(0);
        let their_reply = nodes[node].request(&argv).map_err(|error| error.to_string())?;
        match (
            our_reply.map(|reply| reply.to_frames(redelivery_engine::resp::Version::Resp2)),
            their_reply,
        ) {
            (Some(frames), reply) if frames == [reply.clone()] && !reply.is_error() => Ok(counted(&ours)),
            (ours, theirs) => Err(format!("{words} at node {}: {theirs:?}, not {ours:?}", node + 1)),
        }
    };
    let count = nodes.len();
    let mut expected = before;
    for nth in 0..MESSAGES {
        expected = both(&mut nodes, nth % count, &format!("PUBLISH {CHANNEL} {nth}"))?;
    }
    let total: u64 = expected.iter().map(|(sent, _)| sent).sum();
    is_counted(&mut nodes, &expected)?;
    let owner = ours_owner(servers);
    for nth in 0..MESSAGES {
        expected = both(&mut nodes, owner, &format!("SPUBLISH {CHANNEL} {nth}"))?;
    }
    is_counted(&mut nodes, &expected)?;
    let sharded: u64 = expected.iter().map(|(sent, _)| sent).sum::<u64>() - total;
    let each = total / MESSAGES as u64;
    if (each, sharded) != (count as u64 - 1, 0) {
        return Err(format!("a message costs {each}, all sharded ones {sharded}"));
    }
    Ok(format!("a message costs {each}, a sharded one {sharded}"))
}

fn ours_owner(servers: &Servers) -> usize {
    let cluster = Cluster::with_slots_divided(servers.names().0.clone());
    let owner = cluster.node(NodeIndex(0)).owner_of(CHANNEL.as_bytes());
    owner.map_or(0, |owner| usize::from(owner.0))
}

/// The servers count the same once all has arrived.
fn is_counted(nodes: &mut [Connection], expected: &[(u64, u64)]) -> Result<(), String> {
    let mut last = Ok(Vec::new());
    let is_so = wait_until(TIMEOUT, || {
        last = counts(nodes);
        last.as_ref().map_or(true, |counts| counts == expected)
    });
    match (is_so, last?) {
        (true, _) => Ok(()),
        (false, counts) => Err(format!("sent and received: {counts:?}, not {expected:?}")),
    }
}

/// What each node has sent and received. Of sharded messages there is none to a node of another shard.
fn counts(nodes: &mut [Connection]) -> Result<Vec<(u64, u64)>, String> {
    let mut all = Vec::new();
    for node in nodes {
        let info = node.request(&argv("CLUSTER INFO")).map_err(|error| error.to_string())?;
        if let Frame::Bulk(text) = &info
            && text.to_string().contains("publishshard")
        {
            return Err(format!("a sharded message goes over the bus: {text}"));
        }
        all.push(published(&info));
    }
    Ok(all)
}
