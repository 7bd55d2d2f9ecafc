//! A cluster: its commands are spelled as they are read, one node serves each command with keys, and nothing that clients
//! or the bus do makes it fail.

use crate::generate;
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::cluster::{Cluster, NodeAddress, NodeIndex, SLOTS, SlotRange};
use redelivery_engine::command::{Auth, ClusterCommand, MembersCommand, Migrate, SlotState};
use redelivery_engine::{Bytes, ClientId, Command, Reply};

const NODES: u16 = 3;

fn three() -> Cluster {
    Cluster::with_slots_divided((0..NODES).map(NodeAddress::example).collect())
}

fn node() -> impl Strategy<Value = NodeIndex> {
    (0..NODES).prop_map(NodeIndex)
}

fn key() -> impl Strategy<Value = Bytes> {
    proptest::sample::select(&["s", "{s}t", "t", "k", "", "{"][..]).prop_map(Bytes::from)
}

/// Few slots, so that everything meets.
fn slot() -> impl Strategy<Value = u16> {
    proptest::sample::select(&[0, 1, 3828, 7629, SLOTS - 1][..])
}

fn command() -> impl Strategy<Value = Command> {
    let slots = || vec(slot(), 1..3);
    let ranges = || {
        let range = (slot(), slot()).prop_map(|(one, other)| SlotRange {
            first: one.min(other),
            last: one.max(other),
        });
        vec(range, 1..3)
    };
    let id = || node().prop_map(|node| NodeAddress::example(node.0).id);
    let state = prop_oneof![
        3 => id().prop_map(SlotState::Importing),
        3 => id().prop_map(SlotState::Migrating),
        3 => id().prop_map(SlotState::Node),
        1 => Just(SlotState::Stable),
    ];
    let cluster = prop_oneof![
        1 => slots().prop_map(|slots| ClusterCommand::AddSlots { slots }),
        1 => ranges().prop_map(|ranges| ClusterCommand::AddSlotsRange { ranges }),
        1 => slots().prop_map(|slots| ClusterCommand::DelSlots { slots }),
        1 => ranges().prop_map(|ranges| ClusterCommand::DelSlotsRange { ranges }),
        6 => (slot(), state).prop_map(|(slot, to)| ClusterCommand::SetSlot { slot, to }),
        1 => (-1..20_000i64).prop_map(|slot| ClusterCommand::CountKeysInSlot { slot }),
        1 => (-1..20_000i64, -1..9i64).prop_map(|(slot, count)| ClusterCommand::GetKeysInSlot { slot, count }),
        1 => key().prop_map(|key| ClusterCommand::KeySlot { key }),
        1 => proptest::sample::select(&[
            ClusterCommand::Info,
            ClusterCommand::MyId,
            ClusterCommand::Nodes,
            ClusterCommand::Slots,
            ClusterCommand::Shards,
            ClusterCommand::Help,
            ClusterCommand::MyShardId,
            ClusterCommand::Links,
            ClusterCommand::FlushSlots,
            ClusterCommand::BumpEpoch,
        ][..]),
        1 => members().prop_map(ClusterCommand::Members),
    ];
    let auth = (proptest::option::of(prop_oneof![Just("default"), Just("user")]), key());
    let auth = proptest::option::of(auth.prop_map(|(user, password)| Auth {
        user: user.map(Bytes::from),
        password,
    }));
    let migrate = (node(), vec(key(), 1..3), 0..2i64, any::<(bool, bool, bool)>(), auth);
    let migrate = migrate.prop_map(|(to, keys, database, (copy, replace, is_list), auth)| Migrate {
        host: "127.0.0.1".into(),
        port: NodeAddress::example(to.0).port.to_string().into(),
        is_list: is_list || keys.len() > 1,
        keys,
        database,
        timeout_ms: 100,
        copy,
        replace,
        auth,
    });
    prop_oneof![
        6 => cluster.prop_map(Command::Cluster),
        3 => migrate.prop_map(Command::Migrate),
        2 => Just(Command::Asking),
        1 => Just(Command::ReadOnly),
        1 => Just(Command::ReadWrite),
    ]
}

fn members() -> impl Strategy<Value = MembersCommand> {
    let id = || prop_oneof![node().prop_map(|node| NodeAddress::example(node.0).id), key()];
    let port = || prop_oneof![(7_000..7_003i64), any::<i64>()];
    prop_oneof![
        id().prop_map(|node| MembersCommand::Replicas { node }),
        id().prop_map(|node| MembersCommand::Slaves { node }),
        id().prop_map(|node| MembersCommand::CountFailureReports { node }),
        id().prop_map(|node| MembersCommand::Forget { node }),
        id().prop_map(|node| MembersCommand::Replicate { node }),
        (port(), proptest::option::of(port())).prop_map(|(port, bus_port)| MembersCommand::Meet {
            host: "127.0.0.1".into(),
            port,
            bus_port
        }),
        (0..9i64).prop_map(|epoch| MembersCommand::SetConfigEpoch { epoch }),
        any::<bool>().prop_map(|hard| MembersCommand::Reset { hard }),
        Just(MembersCommand::SaveConfig),
        Just(MembersCommand::Failover),
    ]
}

/// What happens: a client of a node sends something, or a message between two nodes arrives.
#[derive(Clone, Debug)]
enum Step {
    Send(NodeIndex, ClientId, Command),
    Deliver(NodeIndex, NodeIndex),
}

fn step() -> impl Strategy<Value = Step> {
    let command = prop_oneof![1 => command(), 1 => generate::command()];
    prop_oneof![
        5 => (node(), 0..2u64, command).prop_map(|(node, client, command)| Step::Send(node, ClientId(client), command)),
        1 => (node(), node()).prop_map(|(from, to)| Step::Deliver(from, to)),
    ]
}

fn is_moved(reply: Option<&Reply>) -> bool {
    matches!(reply, Some(Reply::Error(text)) if text.starts_with("MOVED"))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(command in command()) {
        prop_assert_eq!(Command::parse(&command.to_argv()), Ok(command));
    }

    #[test]
    fn one_node_serves_each_key(command in generate::command()) {
        let replies: Vec<Option<Reply>> = (0..NODES)
            .map(|node| three().apply(NodeIndex(node), ClientId(0), &command, 1_000))
            .collect();
        let moved = replies.iter().filter(|reply| is_moved(reply.as_ref())).count();
        prop_assert!([0, usize::from(NODES) - 1].contains(&moved), "{:?}: {:?}", command, replies);
    }

    #[test]
    fn nothing_makes_a_cluster_fail(steps in vec(step(), 1..60)) {
        let mut cluster = three();
        for (now, step) in (1_000..).zip(steps) {
            let before = cluster.clone();
            let mut again = before.clone();
            match step {
                Step::Send(node, client, command) => {
                    let reply = cluster.apply(node, client, &command, now);
                    prop_assert_eq!(again.apply(node, client, &command, now), reply);
                    if !cluster.node(node).is_blocked(client) {
                        continue;
                    }
                    cluster.at(node, |broker| broker.time_out(client));
                }
                Step::Deliver(from, to) => {
                    let arrived = cluster.deliver(from, to, now);
                    prop_assert_eq!(arrived.is_some(), cluster != before);
                }
            }
        }
        cluster.deliver_all(2_000);
        prop_assert_eq!(cluster.on_the_bus().count(), 0);
    }
}
