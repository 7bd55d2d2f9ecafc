//! `[cluster]`, `[mover.…]`, and what makes sense in a cluster only; and keys that can never be in one request.

use std::ops::Range;

use redelivery_engine::Bytes;
use redelivery_engine::cluster::{NodeAddress, NodeIndex, slot_of};
use redelivery_model::setup::policy::{self, Role};
use redelivery_model::setup::{ClientSetup, ClusterSetup, Loss, Member as InCluster, Redirects, Setup, Span};

use super::cast::{Cast, Member};
use super::{Common, names};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Cluster, Faults, File, Flag, LoseNode, NodeNumber, Subscriber};
use crate::language::located::Located;

/// How long a node is gone where nobody says it.
const AWAY: Span = Span {
    min_ms: 5_000,
    max_ms: 60_000,
};

/// What makes sense in a cluster only.
pub(super) fn none(span: &Range<usize>, message: &str) -> Mistake {
    Mistake::at(span, message).help("describe a cluster: `cluster = { nodes = 3 }`".to_owned())
}

/// Checks what needs no expansion.
pub(super) fn check(file: &File, mistakes: &mut Mistakes) {
    let Some(cluster) = &file.cluster else {
        if let Some((name, _)) = file.mover.iter().next() {
            mistakes.add(none(&name.span, "there is no cluster whose slots could be moved"));
        }
        if let Some(bus) = &file.simulate.bus {
            mistakes.add(none(&bus.span, "there is no bus between nodes"));
        }
        for loss in losses(file) {
            mistakes.add(none(&loss.span, "there is no node that could be lost"));
        }
        return;
    };
    check_losses(file, cluster, mistakes);
    let known: Vec<&str> = names::clients(file).into_iter().map(|name| name.as_str()).collect();
    let homes = cluster.home.iter().map(|(name, _)| name);
    for name in homes.chain(&cluster.ignore_redirects) {
        if !known.contains(&name.as_str()) {
            mistakes.add(names::unknown("client", name, known.iter().copied()));
        }
    }
    let nodes = cluster.home.iter().map(|(_, node)| node);
    for node in nodes.chain(file.mover.iter().map(|(_, mover)| &mover.to)) {
        check_node(cluster, node, mistakes);
    }
    let mut moved: Vec<&Located<String>> = Vec::new();
    for (_, mover) in file.mover.iter() {
        check_moved(file, &mover.key, mistakes);
        let same = |other: &&&Located<String>| slot_of(other.as_bytes()) == slot_of(mover.key.as_bytes());
        if let Some(first) = moved.iter().find(same) {
            mistakes.add(
                Mistake::at(&mover.key.span, "this slot is moved already")
                    .and(&first.span, "by this one")
                    .help("two at once would undo each other's steps".to_owned()),
            );
        }
        moved.push(&mover.key);
    }
}

/// Where it is written that a node is lost.
fn losses(file: &File) -> impl Iterator<Item = &Located<LoseNode>> {
    let ways = [
        Some(&file.faults),
        file.simulate.faults.as_ref(),
        file.live.faults.as_ref(),
    ];
    ways.into_iter()
        .flatten()
        .filter_map(|faults| faults.lose_node.as_ref())
}

/// Checks what goes together with a node that is lost.
fn check_losses(file: &File, cluster: &Cluster, mistakes: &mut Mistakes) {
    if let (None, Some(flag)) = (losses(file).next(), &cluster.full_coverage) {
        let help = "let a node be lost: `[faults] lose-node = { times = 1, node = 2 }`, or leave this out".to_owned();
        mistakes.add(Mistake::at(&flag.span, "all slots are covered where no node is ever gone").help(help));
    }
    for loss in losses(file) {
        check_node(cluster, &loss.value.node, mistakes);
        if cluster.nodes.0 < 3 {
            mistakes.add(
                Mistake::at(
                    &loss.span,
                    "of so few nodes those that are left are no majority, and miss nobody",
                )
                .and(&cluster.nodes.span, "let there be three"),
            );
        }
        if let Some((name, _)) = file.mover.iter().next() {
            mistakes.add(
                Mistake::at(&loss.span, "no slot moves in a cluster that loses a node")
                    .and(&name.span, "one is moved here")
                    .help("leave one of the two out".to_owned()),
            );
        }
    }
}

fn check_node(cluster: &Cluster, node: &NodeNumber, mistakes: &mut Mistakes) {
    if node.0 > cluster.nodes.0 {
        let message = format!("there is no node {}", node.0);
        let label = format!("there are {}", cluster.nodes.0);
        mistakes.add(Mistake::at(&node.span, message).and(&cluster.nodes.span, label));
    }
}

/// Where a slot with nothing in it goes nobody would see.
fn check_moved(file: &File, key: &Located<String>, mistakes: &mut Mistakes) {
    let channels = file.publisher.iter().flat_map(|(_, table)| table.channels.iter());
    let channels = channels.map(|channel| channel.as_str());
    let keys: Vec<&str> = file.stream.names().chain(file.list.names()).chain(channels).collect();
    if !keys.contains(&key.as_str()) {
        mistakes.add(names::unknown("stream, list or channel", key, keys));
    }
}

/// Whether it is by SPUBLISH and SSUBSCRIBE.
pub(super) fn is_sharded(file: &File, flag: &Flag, mistakes: &mut Mistakes) -> bool {
    let Some(flag) = flag.as_ref().filter(|flag| flag.value) else {
        return false;
    };
    if file.cluster.is_none() {
        mistakes.add(none(&flag.span, "without a cluster there are no shards"));
    }
    true
}

/// Checks what goes with sharded channels, and what does not.
pub(super) fn check_subscriber(file: &File, table: &Subscriber, mistakes: &mut Mistakes) {
    let sharded = table.sharded.as_ref().filter(|flag| flag.value);
    if let (Some(sharded), Some(pattern)) = (sharded, table.patterns.first()) {
        mistakes.add(
            Mistake::at(&pattern.span, "there are no patterns of sharded channels")
                .and(&sharded.span, "sharded here")
                .help("name the channels, or give the patterns to a subscriber of its own".to_owned()),
        );
    }
    if let (None, Some(word)) = (sharded, &table.on_slot_moved) {
        mistakes.add(
            Mistake::at(
                &word.span,
                "only subscriptions to sharded channels end when a slot moves",
            )
            .help("write `sharded = true`, or leave it out".to_owned()),
        );
    }
    let other = |channel: &&Located<String>| {
        let mut publishers = file.publisher.iter().filter(|(_, it)| {
            let names = |known: &Located<String>| known.value == channel.value;
            it.channels.iter().any(names)
        });
        let is_sharded = |flag: &Flag| flag.as_ref().is_some_and(|flag| flag.value);
        let mut kinds = publishers.by_ref().map(|(_, it)| is_sharded(&it.sharded)).peekable();
        kinds.peek().is_some() && kinds.all(|kind| kind != sharded.is_some())
    };
    for channel in table.channels.iter().filter(other) {
        let (message, help) = match sharded {
            Some(_) => (
                "nobody publishes to this channel by SPUBLISH",
                "give its publisher `sharded = true`",
            ),
            None => (
                "nobody publishes to this channel by PUBLISH",
                "give this subscriber `sharded = true`",
            ),
        };
        mistakes.add(Mistake::at(&channel.span, message).help(help.to_owned()));
    }
}

/// The role of a client of one of these tables.
pub(super) fn role(common: &Common<'_>, member: &Member, mistakes: &mut Mistakes) -> Option<Role> {
    let file = common.file;
    let (_, table) = file.mover.iter().find(|(known, _)| known.value == member.table)?;
    let mover = policy::Mover {
        key: Bytes::from(table.key.as_str()),
        to: index(&table.to),
    };
    let from = file
        .cluster
        .as_ref()
        .and_then(|cluster| nodes(cluster).owner_of(&mover.key));
    if from == Some(mover.to) {
        let message = format!("the slot of `{}` is at node {} already", table.key.value, table.to.0);
        mistakes.add(Mistake::at(&table.to.span, message));
    }
    Some(Role::Mover(mover))
}

/// The cluster in which these clients run.
pub(super) fn cluster(
    common: &Common<'_>,
    faults: &Faults,
    cast: &Cast,
    clients: &[ClientSetup],
) -> Option<ClusterSetup> {
    let table = common.file.cluster.as_ref()?;
    let mut cluster = nodes(table);
    cluster.full_coverage = table.full_coverage.as_ref().is_none_or(|flag| flag.value);
    cluster.loss = faults.lose_node.as_ref().map(|loss| Loss {
        node: index(&loss.value.node),
        has_file: common.file.broker.appendonly.as_ref().is_some_and(|flag| flag.value),
        away: loss.value.away.map_or(AWAY, |away| away.0),
    });
    let member = |member: &Member, client: &ClientSetup| {
        let ignores = table.ignore_redirects.iter().any(|name| name.value == member.table);
        let home = table.home.get(&member.table).map(index);
        InCluster {
            home: home
                .or_else(|| own_home(common, &cluster, &client.role))
                .unwrap_or_default(),
            redirects: match ignores {
                true => Redirects::Ignore,
                false => Redirects::Follow,
            },
        }
    };
    let members = cast.members.iter().zip(clients);
    cluster.clients = members.map(|(table, client)| member(table, client)).collect();
    Some(cluster)
}

/// Where a client looks that would miss something elsewhere.
fn own_home(common: &Common<'_>, cluster: &ClusterSetup, role: &Role) -> Option<NodeIndex> {
    match role {
        Role::Subscriber(policy) => cluster.owner_of(policy.catches_up.as_ref()?),
        // It looks for lists by KEYS, which knows those of its own node.
        Role::Reaper(policy) => cluster.owner_of(&common.groups.get(usize::from(policy.group.0))?.key),
        _ => None,
    }
}

fn nodes(table: &Cluster) -> ClusterSetup {
    let nodes = u16::try_from(table.nodes.0).unwrap_or(1);
    ClusterSetup::new((0..nodes).map(NodeAddress::example).collect())
}

fn index(number: &NodeNumber) -> NodeIndex {
    NodeIndex(u16::try_from(number.0.saturating_sub(1)).unwrap_or(0))
}

/// Checks that keys which a client names in one request are of one slot.
pub(super) fn check_slots(file: &File, setup: &Setup, cast: &Cast, mistakes: &mut Mistakes) {
    if setup.cluster.is_none() || setup.messages.is_empty() || cast.members.len() != setup.clients.len() {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for (client, member) in setup.client_ixs().zip(&cast.members) {
        if seen.contains(&member.table.as_str()) {
            continue;
        }
        seen.push(&member.table);
        for keys in setup.keys_together(client) {
            let Some(other) = keys.iter().find(|key| slot_of(key) != slot_of(&keys[0])) else {
                continue;
            };
            let slot = |key: &Bytes| format!("`{key}` is of slot {}", slot_of(key));
            let place = place_of(file, &member.table);
            mistakes.add(
                Mistake::at(
                    &place,
                    "CROSSSLOT: one request, or one connection, needs keys of different slots here",
                )
                .label(format!("{}, {}", slot(&keys[0]), slot(other)))
                .help(
                    "give their names one hash tag, also the name of a group or list from which keys of marks, locks \
                         and effects are made: `{orders}`, `{orders}dead`, group `{orders}workers`"
                        .to_owned(),
                ),
            );
            break;
        }
    }
}

/// Where a table of clients stands.
fn place_of(file: &File, table: &str) -> Range<usize> {
    let mut all = names::clients(file).into_iter();
    all.find(|name| name.as_str() == table)
        .map_or(0..0, |name| name.span.clone())
}
