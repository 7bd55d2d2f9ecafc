//! A node of a cluster, a master without a replica, is gone for a while.
//!
//! All connections to it close, of one client perhaps with a request that it had executed and did not answer; what was
//! on its way over the bus from it or to it is lost, and so is what others publish meanwhile for who had subscribed
//! there. Who needs one of its slots finds nobody and tries until it is back; who needs none connects to another node.
//!
//! The other nodes miss it after a while. Then they serve no key any more if the cluster wants all slots covered, and
//! clients that follow redirections try again later; those that do not take CLUSTERDOWN for an error like any other. A
//! node that is back serves no key at first, in any cluster; and the others, if they have missed it, serve none for
//! some time yet: they trust it no sooner than twice `cluster-node-timeout` after they missed it. Channels are served
//! all the while.
//!
//! The others miss it, and trust it, all at the same moment: the first that is sure tells the rest. Never is more than
//! one node gone, most are there, and no slot moves meanwhile: the scenario language sees to that. Sources:
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#failure-detection>, and what real nodes
//! answer (`scenarios/tests/agreement/cluster/loss.rs`). Read next: `site/lost.rs`.

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Bytes, Command, Reply};

use super::{Action, ConnectionIx, Observer, World};
use crate::client::{Intent, Observation, Request};
use crate::defect::Defect;
use crate::event::Event;
use crate::setup::{ClientIx, Mishap, Redirects, Setup};

impl World {
    /// What the nodes may do next, if one of them is gone.
    pub fn enabled_of_nodes(&self, setup: &Setup, actions: &mut Vec<Action>) {
        let Some(lost) = self.site.lost() else { return };
        if lost.is_back {
            let serves = (!lost.serves).then_some(Action::Serves);
            return actions.extend(serves.into_iter().chain(lost.is_missed.then_some(Action::Covered)));
        }
        let want_all = setup.cluster.as_ref().is_some_and(|cluster| cluster.full_coverage);
        if !lost.is_missed && (want_all || setup.defect == Some(Defect::OneNodeStopsAll)) {
            actions.push(Action::Missed);
        }
        actions.push(Action::CameBack);
    }

    /// Whether a node is gone.
    pub(super) fn is_gone(&self, node: NodeIndex) -> bool {
        self.site.lost().is_some_and(|lost| lost.node == node && !lost.is_back)
    }

    /// This node, or while it is gone the first that is not.
    pub(super) fn there(&self, setup: &Setup, node: NodeIndex) -> NodeIndex {
        let mut nodes = setup.cluster.iter().flat_map(|cluster| cluster.nodes());
        match self.is_gone(node) {
            true => nodes.find(|other| *other != node).unwrap_or(node),
            false => node,
        }
    }

    /// Whether a client's next request needs the node that is gone.
    pub(super) fn needs_lost_node(&self, setup: &Setup, client: ClientIx, request: &Request) -> bool {
        self.destination(setup, client, request)
            .is_some_and(|node| self.is_gone(node))
    }

    /// Whether a client that has no connection would find nobody where it connects.
    pub(super) fn is_unreachable(&self, setup: &Setup, client: ClientIx) -> bool {
        self.site.lost().is_some() && self.is_gone(self.node_to_connect(setup, client))
    }

    /// Whether a client has been told that the cluster is down, and nothing has changed since.
    pub(crate) fn is_turned_away(&self, client: ClientIx) -> bool {
        self.client(client).is_turned_away
    }

    /// Whose request the lost node may have executed without an answer; first of all nobody's.
    pub(super) fn perhaps_unanswered(&self, setup: &Setup) -> impl Iterator<Item = Option<ClientIx>> {
        let node = setup
            .may_lose()
            .filter(|_| self.site.lost().is_none())
            .map(|loss| loss.node);
        let sends = move |node: NodeIndex, client: ClientIx| {
            let Some(Intent::Send(request)) = self.intent(setup, client) else {
                return false;
            };
            let home = self.client(client).connection.and_then(|ix| self.node_of(ix));
            let to = self.destination(setup, client, &request).or(home);
            to == Some(node) && home.is_some() && !self.has_in_flight(client) && !self.is_turned_away(client)
        };
        let clients = node.into_iter().flat_map(move |node| {
            let sending = setup.client_ixs().filter(move |client| sends(node, *client));
            std::iter::once(None).chain(sending.map(Some))
        });
        clients.collect::<Vec<_>>().into_iter()
    }

    /// The node is gone, and with it all connections to it.
    pub(super) fn lose_node(&mut self, setup: &Setup, unanswered: Option<ClientIx>, observer: &mut dyn Observer) {
        let loss = setup.may_lose().expect("only a node that the setup names is lost");
        if let Some(client) = unanswered {
            self.send_unanswered(setup, client, observer);
        }
        let how = Mishap::NodeLost;
        self.spent.fail(how);
        self.tell(setup, Event::BrokerFailed { how }, observer);
        let is_there = |ix: &ConnectionIx| self.node_of(*ix) == Some(loss.node);
        let left: Vec<ConnectionIx> = self.connection_ixs().filter(is_there).collect();
        let mut closed: Vec<ClientIx> = unanswered.into_iter().collect();
        for connection in left {
            if let Some(client) = self.connection(connection).and_then(|state| state.client()) {
                closed.push(client);
                self.abandon(setup, client, observer);
            }
            if self.connection(connection).is_some() {
                self.close(setup, connection, observer);
            }
        }
        for (message, to) in self.site.on_links_of(loss.node) {
            self.tell_bus_lost(setup, &message, to, observer);
        }
        self.site.lose(loss.node, setup.faults.broker.allows(how, *self.spent));
        self.fail_defective(setup, how);
        if !loss.has_file {
            self.tell(setup, Event::WritesLost { writes: None }, observer);
            self.forget_lost(setup);
        }
        self.tell_what_is_kept(setup, observer);
        closed.sort_unstable();
        for client in closed {
            self.come_back(setup, client, observer);
        }
    }

    fn tell_bus_lost(&mut self, setup: &Setup, message: &Bytes, to: NodeIndex, observer: &mut dyn Observer) {
        if let Some(message) = setup.messages.find(message) {
            self.tell(setup, Event::BusLost { message, to }, observer);
        }
    }

    /// What is published while a node is gone does not come there.
    pub(super) fn tell_not_sent(&mut self, setup: &Setup, request: &Request, observer: &mut dyn Observer) {
        let Some(lost) = self.site.lost().filter(|lost| !lost.is_back) else {
            return;
        };
        for command in request.commands() {
            if let Command::Publish {
                sharded: false,
                message,
                ..
            } = &command
            {
                self.tell_bus_lost(setup, message, lost.node, observer);
            }
        }
    }

    /// A client's request needs the node that is gone: it tries until that is back.
    pub(super) fn find_nobody(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        let old = self.abandon(setup, client, observer);
        // It says goodbye where it was.
        if self.connection(old).is_some() {
            self.close(setup, old, observer);
        }
        self.client_mut(client).is_cut_off = true;
    }

    /// The other nodes are sure that it is gone.
    pub(super) fn miss_node(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        self.site.miss();
        self.hand_out(setup, false, observer);
    }

    /// The node is there again: who has tried to connect succeeds.
    pub(super) fn call_node_back(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        self.site.call_back();
        for client in setup.client_ixs() {
            if self.is_cut_off(client) {
                self.client_mut(client).is_cut_off = false;
                self.come_back(setup, client, observer);
            }
        }
    }

    /// The other nodes serve their slots again.
    pub(super) fn cover(&mut self, setup: &Setup) {
        self.site.cover();
        self.call_who_was_turned_away(setup);
    }

    /// The node that is back serves its slots again.
    pub(super) fn serve_again(&mut self, setup: &Setup) {
        self.site.serve_again();
        self.call_who_was_turned_away(setup);
    }

    /// Some nodes serve again: whoever was turned away, be it by others, tries again.
    fn call_who_was_turned_away(&mut self, setup: &Setup) {
        for client in setup.client_ixs() {
            if self.is_turned_away(client) {
                self.client_mut(client).is_turned_away = false;
                self.begins(setup, client);
            }
        }
    }

    /// Whether a node has told a client that the cluster is down, and the client tries again later. `held`: what it had
    /// with its connection may be void now, so that it begins there anew.
    pub(super) fn is_turned_away_by(
        &mut self,
        setup: &Setup,
        client: ClientIx,
        reply: &Reply,
        held: bool,
        observer: &mut dyn Observer,
    ) -> bool {
        let Some(cluster) = setup.cluster.as_ref().filter(|_| self.site.lost().is_some()) else {
            return false;
        };
        if !matches!(reply, Reply::Error(text) if text.as_bytes().starts_with(b"CLUSTERDOWN ")) {
            return false;
        }
        self.tell(setup, Event::TurnedAway { client }, observer);
        if cluster.member(client).redirects == Redirects::Ignore {
            return false;
        }
        if held {
            self.abandon(setup, client, observer);
            self.connect(setup, client);
            self.hear(setup, client, Observation::Lost, observer);
        }
        self.client_mut(client).is_turned_away = true;
        true
    }
}
