//! Deliberate bugs in a world: what they change about requests at the broker, about processes that end or start, and about
//! how pending lists look.
//!
//! Without a defect nothing of this runs. What each changes is the business of `defect`.

use redelivery_engine::{Bytes, ClientId, Reply, StreamId};

use super::{Place, World};
use crate::client::{Request, consumer_name};
use crate::defect::{self, Asked, Defect};
use crate::setup::{ClientIx, Failback, GroupSetup, Mishap, Setup};

impl World {
    /// A broker with a bug executes a request.
    pub(super) fn apply_defective(
        &mut self,
        defect: Defect,
        at: Place,
        who: ClientId,
        request: &Request,
    ) -> Option<Reply> {
        let asked = self.asked(at, who, request);
        let before = self.site.at(at.node, |broker| defect::before(defect, broker, asked));
        let executed = defect::substitute(defect, &before, asked);
        let broker_ms = self.broker_ms();
        let mut reply = self.site.apply(at.node, who, &executed, broker_ms);
        self.site.at(at.node, |broker| {
            defect::afterwards(defect, broker, asked, before, reply.as_mut())
        });
        reply
    }

    /// It answers a request that it had held back.
    pub(super) fn serve_defective(
        &mut self,
        defect: Defect,
        at: Place,
        who: ClientId,
        request: &Request,
        reply: &mut Reply,
    ) {
        let asked = self.asked(at, who, request);
        self.site
            .at(at.node, |broker| defect::served(defect, broker, asked, reply));
    }

    /// A client's process has ended, or is about to start again.
    pub(super) fn process_defective(&mut self, setup: &Setup, client: ClientIx, starts: bool) {
        let Some(defect) = setup.defect else { return };
        let name = consumer_name(self.me(setup, client));
        let now_ms = self.broker_ms();
        self.site.each(|broker| match starts {
            true => defect::restarted(defect, broker),
            false => defect::crashed(defect, broker, &name, now_ms),
        });
    }

    /// The network is about to be whole again.
    pub(super) fn heal_defective(&mut self, setup: &Setup) {
        let Some(defect) = setup.defect else { return };
        let now_ms = self.broker_ms();
        let parted = setup.client_ixs().filter(|client| self.is_parted(setup, *client));
        let names: Vec<Bytes> = parted.map(|client| consumer_name(self.me(setup, client))).collect();
        for name in names {
            self.site.each(|broker| defect::healed(defect, broker, &name, now_ms));
        }
    }

    /// What was kept has taken the place of a broker that failed.
    pub(super) fn fail_defective(&mut self, setup: &Setup, how: Mishap) {
        let Some(defect) = setup.defect else { return };
        let now_ms = *self.now_ms;
        self.site.each(|broker| defect::failed(defect, how, broker, now_ms));
    }

    /// What an old primary comes back with.
    pub(super) fn failback(&self, setup: &Setup) -> Failback {
        match setup.defect {
            Some(Defect::ReplicaNeverResyncs) => Failback::OwnData,
            _ => setup.keeping.map(|keeping| keeping.failback).unwrap_or_default(),
        }
    }

    /// Whether an old primary takes the replica for its own that has taken over.
    pub(super) fn former_counts(&self, setup: &Setup) -> bool {
        setup.defect == Some(Defect::OldPrimaryCountsReplica)
    }

    /// The consumers' own lists of a group, as a broker with a bug has them.
    pub(super) fn consumers_as_seen(&self, group: &GroupSetup, consumers: &mut Vec<(Bytes, StreamId)>) {
        for (_, broker) in self.site.nodes() {
            defect::pending_as_seen(broker, &group.key, &group.name, consumers);
        }
    }

    fn asked<'a>(&self, at: Place, who: ClientId, request: &'a Request) -> Asked<'a> {
        Asked {
            who,
            request,
            is_heard: at.client.is_some(),
            now_ms: self.broker_ms(),
        }
    }
}
