//! CLUSTER SLOTS, SHARDS, NODES, LINKS and INFO: the cluster as one node sees it.
//!
//! Where a server tells what its pings found out, a fixed value stands: every node is connected and online, be it gone, no
//! ping has been sent, no byte replicated, every link as old as time. The nodes come in the order of their numbers; a
//! server's order is its own.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;

use super::membership::Membership;
use super::{NodeAddress, NodeIndex, SlotRange};
use crate::{Bytes, Reply};

impl Membership {
    /// <https://redis.io/docs/latest/commands/cluster-myid/>
    pub(crate) fn own_id(&self) -> Reply {
        Reply::Bulk(self.address(self.own).id.clone())
    }

    /// <https://redis.io/docs/latest/commands/cluster-myshardid/>
    pub(crate) fn own_shard_id(&self) -> Reply {
        Reply::Bulk(self.address(self.own).shard_id.clone())
    }

    /// <https://redis.io/docs/latest/commands/cluster-links/>: to and from each other node.
    pub(crate) fn describe_links(&self) -> Reply {
        let link = |direction: &str, node: NodeIndex| {
            map(vec![
                ("direction", Reply::Bulk(direction.into())),
                ("node", Reply::Bulk(self.address(node).id.clone())),
                ("create-time", Reply::Integer(0)),
                ("events", Reply::Bulk("r".into())),
                ("send-buffer-allocated", Reply::Integer(0)),
                ("send-buffer-used", Reply::Integer(0)),
            ])
        };
        let others = self.indexes().filter(|node| *node != self.own);
        let both = others.flat_map(|node| [link("to", node), link("from", node)]);
        Reply::Array(both.collect())
    }

    /// <https://redis.io/docs/latest/commands/cluster-slots/>
    pub(crate) fn describe_slots(&self) -> Reply {
        let row = |(range, owner): (SlotRange, NodeIndex)| {
            let NodeAddress { id, host, port, .. } = self.address(owner);
            let node = vec![
                Reply::Bulk(host.clone()),
                Reply::Integer((*port).into()),
                Reply::Bulk(id.clone()),
                Reply::Map(Vec::new()),
            ];
            Reply::Array(vec![
                Reply::Integer(range.first.into()),
                Reply::Integer(range.last.into()),
                Reply::Array(node),
            ])
        };
        Reply::Array(self.slots.iter().map(row).collect())
    }

    /// <https://redis.io/docs/latest/commands/cluster-shards/>
    pub(crate) fn describe_shards(&self) -> Reply {
        let shard = |node: NodeIndex| {
            let ends = |range: SlotRange| [range.first, range.last].map(|slot| Reply::Integer(slot.into()));
            let NodeAddress { id, host, port, .. } = self.address(node);
            let node_row = map(vec![
                ("id", Reply::Bulk(id.clone())),
                ("port", Reply::Integer((*port).into())),
                ("ip", Reply::Bulk(host.clone())),
                ("endpoint", Reply::Bulk(host.clone())),
                ("role", Reply::Bulk("master".into())),
                ("replication-offset", Reply::Integer(0)),
                ("health", Reply::Bulk("online".into())),
            ]);
            map(vec![
                ("slots", Reply::Array(self.slots.of(node).flat_map(ends).collect())),
                ("nodes", Reply::Array(vec![node_row])),
            ])
        };
        Reply::Array(self.indexes().map(shard).collect())
    }

    /// <https://redis.io/docs/latest/commands/cluster-nodes/>
    pub(crate) fn describe_nodes(&self) -> Reply {
        let mut text = String::new();
        for node in self.indexes() {
            let NodeAddress {
                id,
                host,
                port,
                bus_port,
                ..
            } = self.address(node);
            let flags = if node == self.own { "myself,master" } else { "master" };
            let epoch = self.epochs[node.at()];
            // Writing to a string cannot fail, here and below.
            let _ = write!(text, "{id} {host}:{port}@{bus_port} {flags} - 0 0 {epoch} connected");
            for range in self.slots.of(node) {
                let _ = match range {
                    SlotRange { first, last } if first == last => write!(text, " {first}"),
                    SlotRange { first, last } => write!(text, " {first}-{last}"),
                };
            }
            if node == self.own {
                self.describe_moves(&mut text);
            }
            text.push('\n');
        }
        Reply::Verbatim(text.into())
    }

    fn describe_moves(&self, text: &mut String) {
        let mut moves: Vec<(u16, &str, &Bytes)> = Vec::new();
        moves.extend(
            self.migrating
                .iter()
                .map(|(slot, to)| (*slot, "->-", &self.address(*to).id)),
        );
        moves.extend(
            self.importing
                .iter()
                .map(|(slot, from)| (*slot, "-<-", &self.address(*from).id)),
        );
        moves.sort_unstable();
        for (slot, arrow, id) in moves {
            let _ = write!(text, " [{slot}{arrow}{id}]");
        }
    }

    /// <https://redis.io/docs/latest/commands/cluster-info/>: of the messages on the bus those of PUBLISH are counted. There
    /// are none of SPUBLISH, which goes to the replicas of its shard.
    pub(crate) fn describe_state(&self) -> Reply {
        let state = if self.fails() { "fail" } else { "ok" };
        let assigned = self.slots.assigned();
        let size = self
            .indexes()
            .filter(|node| self.slots.of(*node).next().is_some())
            .count();
        let lines = [
            format!("cluster_state:{state}"),
            format!("cluster_slots_assigned:{assigned}"),
            format!("cluster_slots_ok:{assigned}"),
            "cluster_slots_pfail:0".into(),
            "cluster_slots_fail:0".into(),
            format!("cluster_known_nodes:{}", self.nodes.len()),
            format!("cluster_size:{size}"),
            format!("cluster_current_epoch:{}", self.epochs.iter().max().unwrap_or(&0)),
            format!("cluster_my_epoch:{}", self.epochs[self.own.at()]),
        ];
        let mut text = String::new();
        lines.iter().for_each(|line| {
            let _ = write!(text, "{line}\r\n");
        });
        for (count, direction) in [(self.published, "sent"), (self.received, "received")] {
            if count > 0 {
                let _ = write!(text, "cluster_stats_messages_publish_{direction}:{count}\r\n");
            }
            let _ = write!(text, "cluster_stats_messages_{direction}:{count}\r\n");
        }
        text.push_str("total_cluster_links_buffer_limit_exceeded:0\r\n");
        Reply::Verbatim(text.into())
    }

    fn indexes(&self) -> impl Iterator<Item = NodeIndex> {
        (0..self.nodes.len()).map(NodeIndex::of)
    }
}

fn map(pairs: Vec<(&str, Reply)>) -> Reply {
    let pair = |(name, value): (&str, Reply)| (Reply::Bulk(name.into()), value);
    Reply::Map(pairs.into_iter().map(pair).collect())
}
