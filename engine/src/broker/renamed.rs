//! A broker with other names for its clients. Read first: `renaming.rs`.

use super::Broker;
use super::waiting::Waiter;
use crate::renaming::{Renaming, named_anew};
use alloc::sync::Arc;

impl Broker {
    /// The same broker with other names, without a witness. Of the nodes of a cluster, what they know of each other stays.
    pub fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self {
            databases,
            sessions,
            waiters,
            pubsub,
            outbox,
            membership,
            auto_ids,
            node_limits,
            notifications,
            log,
        } = self;
        Self {
            databases: databases.renamed(renaming),
            sessions: named_anew(sessions, renaming, |session| session.renamed(renaming)),
            waiters: waiters.iter().map(|waiter| waiter.renamed(renaming)).collect(),
            pubsub: pubsub.as_ref().map(|pubsub| pubsub.renamed(renaming).into()),
            // Taken after each command: what is in it names nobody any more.
            outbox: outbox
                .iter()
                .map(|(client, reply)| (renaming.client(*client), reply.clone()))
                .collect(),
            membership: membership.clone(),
            auto_ids: *auto_ids,
            node_limits: *node_limits,
            notifications: *notifications,
            // Taken after each command, as the outbox is.
            log: log.clone(),
        }
    }
}

impl Waiter {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self {
            client,
            command,
            deadline,
        } = self;
        Self {
            client: renaming.client(*client),
            command: Arc::new(command.renamed(renaming)),
            deadline: *deadline,
        }
    }
}
