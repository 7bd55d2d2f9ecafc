//! What CLUSTER says about replicas, failures and nodes that join or leave, where there are none of these.
//!
//! What a server would refuse is refused alike, and what it would do without any effect is done. What would change who
//! is a member (FORGET, MEET of a stranger, RESET) or a replica (REPLICATE) is left out on purpose: it is answered with
//! an error that says so. That is a difference from a server, as BUMPEPOCH is one: the others hear of it at once, not
//! with the next ping. Read next: `membership.rs`.

use core::net::IpAddr;

use super::NodeAddress;
use super::membership::Membership;
use crate::command::MembersCommand;
use crate::errors::{fixed, quoting};
use crate::{Bytes, Reply};

const LEFT_OUT: Reply = fixed("ERR nodes of this cluster neither join nor leave, and all are masters");

impl Membership {
    /// `has_keys`: this node has any key.
    pub(crate) fn about_members(&self, command: &MembersCommand, has_keys: bool) -> Reply {
        let answer = match command {
            MembersCommand::Replicas { node } | MembersCommand::Slaves { node } => {
                self.known_node(node).map(|_| Reply::Array(Default::default()))
            }
            MembersCommand::CountFailureReports { node } => self.known_node(node).map(|_| Reply::Integer(0)),
            MembersCommand::SaveConfig => Ok(Reply::OK),
            MembersCommand::SetConfigEpoch { .. } if self.nodes.len() > 1 => Err(fixed(
                "ERR The user can assign a config epoch only when the node does not know any other node.",
            )),
            MembersCommand::SetConfigEpoch { .. } => Err(fixed("ERR Node config epoch is already non-zero")),
            MembersCommand::Meet { host, port, bus_port } => self.meet(host, *port, *bus_port),
            MembersCommand::Forget { node } => self.known_node(node).and_then(|is_own| match is_own {
                true => Err(fixed("ERR I tried hard but I can't forget myself...")),
                false => Err(LEFT_OUT),
            }),
            MembersCommand::Replicate { node } => self.known_node(node).and_then(|is_own| match is_own {
                true => Err(fixed("ERR Can't replicate myself")),
                false if has_keys || self.slots.of(self.own).next().is_some() => Err(fixed(
                    "ERR To set a master the node must be empty and without assigned slots.",
                )),
                false => Err(LEFT_OUT),
            }),
            MembersCommand::Failover => Err(fixed("ERR You should send CLUSTER FAILOVER to a replica")),
            MembersCommand::Reset { .. } if has_keys => Err(fixed(
                "ERR CLUSTER RESET can't be called with master nodes containing keys",
            )),
            MembersCommand::Reset { .. } => Err(LEFT_OUT),
        };
        answer.unwrap_or_else(|error| error)
    }

    /// Whether the node of this ID is this one.
    fn known_node(&self, id: &Bytes) -> Result<bool, Reply> {
        let node = self.find(id).ok_or_else(|| quoting(&[b"ERR Unknown node ", id]))?;
        Ok(node == self.own)
    }

    /// Whom it knows it may meet again.
    fn meet(&self, host: &Bytes, port: i64, bus_port: Option<i64>) -> Result<Reply, Reply> {
        let is_port = |port: i64| (1..=65_535).contains(&port);
        let ports = [port, bus_port.unwrap_or(port.saturating_add(10_000))];
        let is_address = core::str::from_utf8(host).is_ok_and(|host| host.parse::<IpAddr>().is_ok());
        if !is_address || !ports.into_iter().all(is_port) {
            let port = alloc::format!(":{port}");
            return Err(quoting(&[
                b"ERR Invalid node address specified: ",
                host,
                port.as_bytes(),
            ]));
        }
        let is_it = |node: &NodeAddress| node.host == *host && [node.port, node.bus_port].map(i64::from) == ports;
        if self.nodes.iter().any(is_it) {
            Ok(Reply::OK)
        } else {
            Err(LEFT_OUT)
        }
    }
}
