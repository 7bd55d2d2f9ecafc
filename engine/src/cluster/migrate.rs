//! MIGRATE: keys go from one node to another.
//!
//! It is the one command that needs two nodes at once, be it within EXEC. The nodes have no passwords and no user but the
//! default one. Source: <https://redis.io/docs/latest/commands/migrate/>.

use alloc::vec::Vec;
use core::mem;

use super::{Cluster, NodeIndex};
use crate::broker::Carriage;
use crate::command::{Auth, Migrate};
use crate::errors::{fixed, quoting};
use crate::{Broker, Bytes, ClientId, Command, Millis, Reply};

/// Nobody listens there.
pub(crate) const UNREACHABLE: Reply = fixed("IOERR error or timeout writing to target instance");
const OTHER_DATABASE: Reply = fixed("ERR SELECT is not allowed in cluster mode");
const NO_PASSWORD: Reply = fixed(
    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is \
     correct?",
);
const NO_USER: Reply = fixed("WRONGPASS invalid username-password pair or user is disabled.");
/// A node cannot serve itself while it waits.
const NO_ANSWER: Reply = fixed("IOERR error or timeout reading to target instance");

impl Cluster {
    /// A command that may carry keys to another node.
    pub(super) fn apply_carrying(
        &mut self,
        from: NodeIndex,
        client: ClientId,
        command: &Command,
        now: Millis,
    ) -> Option<Reply> {
        let mut source = mem::take(&mut self.nodes[from.at()]);
        let reply = source.apply_carrying(client, command, now, &mut |source, carriage| {
            self.carry(from, source, carriage)
        });
        self.nodes[from.at()] = source;
        self.send_off(from);
        reply
    }

    /// `source` is taken out of the cluster meanwhile.
    fn carry(&mut self, from: NodeIndex, source: &mut Broker, carriage: Carriage<'_>) -> Reply {
        let Carriage {
            command,
            keys,
            ready,
            now,
        } = carriage;
        let address = [&*command.host, b":", &*command.port].concat();
        let to = match source.membership().and_then(|known| known.node_at(&address)) {
            Some(to) if to == from => return NO_ANSWER,
            Some(to) => to,
            None => return UNREACHABLE,
        };
        let refusal = refusal(command);
        let mut refused = None;
        let mut moved: Vec<Bytes> = Vec::new();
        for key in keys {
            let Some(value) = source.value_to_migrate(&key, now) else {
                continue;
            };
            let arrival = self.at(to, |broker| broker.restore(&key, value, command.replace, now));
            // It takes the key although it has refused what came before.
            match refusal.clone().map_or(arrival, Err) {
                Ok(()) => moved.push(key),
                Err(Reply::Error(text)) => {
                    let told = quoting(&[b"ERR Target instance replied with error: ", text.as_bytes()]);
                    refused.get_or_insert(told);
                }
                Err(_) => {}
            }
        }
        if !command.copy {
            source.drop_migrated(&moved, ready, now);
        }
        refused.unwrap_or(Reply::OK)
    }
}

/// The first error that the other node answers to what comes before the keys. It has one database.
fn refusal(command: &Migrate) -> Option<Reply> {
    match &command.auth {
        Some(Auth { user: None, .. }) => Some(NO_PASSWORD),
        Some(Auth { user: Some(user), .. }) if **user != *b"default" => Some(NO_USER),
        _ if command.database != 0 => Some(OTHER_DATABASE),
        _ => None,
    }
}
