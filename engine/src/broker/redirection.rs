//! A broker that is a node of a cluster: which commands it executes, and which it sends elsewhere.
//!
//! The decision is `cluster/route.rs`; here is when it is taken: before a command is executed or queued, before EXEC for
//! all that it executes, and again when a blocked command is tried anew. A broker of no cluster never looks. Read next:
//! `node.rs`.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Broker;
use crate::cluster::{Membership, Named, NodeIndex};
use crate::syntax::Failure;
use crate::{ClientId, Command, Millis, Reply};

impl Broker {
    /// The error that answers a command which belongs to another node; it makes EXEC abort, and EXEC itself is over.
    pub(super) fn redirect(&mut self, client: ClientId, command: &Command, now: Millis) -> Option<Reply> {
        self.membership.as_ref()?;
        let named = match command {
            Command::Exec => self.named_by_transaction(client),
            command => Named::by(&command.to_argv()),
        };
        let error = self.look_up_redirection(client, &named, now);
        if error.is_some() {
            match command {
                Command::Exec => drop(self.sessions.remove(&client)),
                _ => self.abort_transaction(client),
            }
        }
        error
    }

    /// The same for arguments that are wrong in themselves.
    pub(super) fn redirect_failure(&mut self, client: ClientId, failure: &Failure, now: Millis) -> Option<Reply> {
        self.membership.as_ref()?;
        let error = self.look_up_redirection(client, &Named::by(&failure.argv), now);
        if error.is_some() {
            self.abort_transaction(client);
        }
        error
    }

    /// The same for a blocked command that would be tried again.
    pub(super) fn redirect_waiter(&self, client: ClientId, command: &Command, now: Millis) -> Option<Reply> {
        self.membership.as_ref()?;
        self.look_up_redirection(client, &Named::by(&command.to_argv()), now)
    }

    /// A key whose time is over counts as gone, but is left for whoever uses it.
    fn look_up_redirection(&self, client: ClientId, named: &Named, now: Millis) -> Option<Reply> {
        let membership = self.membership()?;
        let keyspace = self.databases.first();
        let is_over = |key: &[u8]| keyspace.expires_at(key).is_some_and(|at| at <= now);
        membership.redirect(named, membership.is_asking(client), |key| {
            keyspace.contains(key) && !is_over(key)
        })
    }

    /// ASKING is good for one command.
    pub(super) fn use_up_asking(&mut self, client: ClientId) {
        let uses_up = |known: &Membership| {
            let goes_on = self.in_transaction(client) || self.is_blocked(client);
            known.uses_up(client, goes_on)
        };
        if self.membership().is_some_and(uses_up) {
            self.change_membership(|known| known.use_up(client));
        }
    }

    /// Clients that wait for keys of slots which this node does not serve are told where these are. A server looks once
    /// a second.
    pub(super) fn redirect_waiters(&mut self) {
        let Some(membership) = self.membership.clone() else {
            return;
        };
        let ended = |command: &Command| {
            let named = Named::by(&command.to_argv());
            membership.ends_waiting(&named.keys.first()?.0)
        };
        let ended: Vec<(ClientId, Reply)> = self
            .waiters
            .iter()
            .filter_map(|waiter| Some((waiter.client, ended(&waiter.command)?)))
            .collect();
        for (client, error) in ended {
            self.waiters.retain(|waiter| waiter.client != client);
            self.use_up_asking(client);
            self.outbox.push((client, error));
        }
    }

    /// Whose the slot of a key is, as this node of a cluster believes.
    pub fn owner_of(&self, key: &[u8]) -> Option<NodeIndex> {
        self.membership()?.owner_of(key)
    }

    pub(crate) fn membership(&self) -> Option<&Membership> {
        self.membership.as_deref()
    }

    pub(super) fn change_membership<T>(&mut self, change: impl FnOnce(&mut Membership) -> T) -> Option<T> {
        self.membership.as_mut().map(|known| change(Arc::make_mut(known)))
    }
}
