//! MIGRATE: keys go from one node to another.
//!
//! It is the one command that needs two nodes at once. Inside a transaction a node answers as if it could not reach the
//! other. Source: <https://redis.io/docs/latest/commands/migrate/>.

use alloc::vec::Vec;

use super::{Cluster, NodeIndex};
use crate::command::Migrate;
use crate::errors::{fixed, quoting};
use crate::{Bytes, ClientId, Millis, Reply};

/// Nobody listens there.
pub(crate) const UNREACHABLE: Reply = fixed("IOERR error or timeout writing to target instance");
const OTHER_DATABASE: Reply = fixed("ERR SELECT is not allowed in cluster mode");
/// A node cannot serve itself while it waits.
const NO_ANSWER: Reply = fixed("IOERR error or timeout reading to target instance");

impl Cluster {
    pub(super) fn migrate(&mut self, from: NodeIndex, client: ClientId, command: &Migrate, now: Millis) -> Reply {
        let keys = match self.at(from, |broker| broker.keys_to_migrate(client, command, now)) {
            Ok(keys) => keys,
            Err(reply) => return reply,
        };
        let address = [&*command.host, b":", &*command.port].concat();
        let to = match self.node_at(&address) {
            Some(to) if to == from => return NO_ANSWER,
            Some(to) => to,
            None => return UNREACHABLE,
        };
        let mut refused = None;
        let mut moved: Vec<Bytes> = Vec::new();
        for key in keys {
            let Some(value) = self.nodes[from.at()].value_to_migrate(&key, now) else {
                continue;
            };
            let arrival = self.at(to, |broker| broker.restore(&key, value, command.replace, now));
            // The other node has one database: it refuses to select another, and then takes the key all the same.
            let arrival = if command.database == 0 {
                arrival
            } else {
                Err(OTHER_DATABASE)
            };
            match arrival {
                Ok(()) => moved.push(key),
                Err(Reply::Error(text)) => {
                    let told = quoting(&[b"ERR Target instance replied with error: ", text.as_bytes()]);
                    refused.get_or_insert(told);
                }
                Err(_) => {}
            }
        }
        if !command.copy {
            self.at(from, |broker| broker.drop_keys(&moved, now));
        }
        refused.unwrap_or(Reply::OK)
    }
}
