//! The broker fails: its process, its power, or its whole machine so that the replica takes over.
//!
//! All connections close. What was in flight is gone; of one client, whichever it is, the request may have been executed
//! and kept, only that nobody answered. How long the broker is away is nobody's business here: clients come back to what
//! was kept. Read next: `site/kept.rs`, `splitting.rs`, where the old primary goes on, and `losing.rs`, where
//! a node of a cluster is gone for a while.

use redelivery_engine::{Broker, Millis};

use super::site::Kept;
use super::{Action, ConnectionIx, Observer, World};
use crate::client::Intent;
use crate::event::{Event, Sight};
use crate::setup::{ClientIx, Mishap, Setup};

/// How the broker fails in one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Failure {
    /// What happens.
    pub how: Mishap,
    /// So many of the last writes are not there afterwards.
    pub lost: u16,
    /// Whose request was executed, and kept, but not answered.
    pub unanswered: Option<ClientIx>,
}

impl World {
    /// The failures of the broker that the budget still allows.
    pub(super) fn enabled_failures(&self, setup: &Setup, actions: &mut Vec<Action>) {
        if self.site.former().is_some() {
            return;
        }
        let possible = Mishap::ALL.into_iter();
        for how in possible.filter(|how| setup.faults.broker.allows(*how, *self.spent)) {
            let failure = |lost, unanswered| Action::Fail(Failure { how, lost, unanswered });
            if how == Mishap::NodeLost {
                let unanswered = self.perhaps_unanswered(setup).map(|whose| failure(0, whose));
                actions.extend(unanswered);
                continue;
            }
            let Some(in_danger) = self.writes_in_danger(how) else {
                actions.push(failure(0, None));
                continue;
            };
            actions.extend((0..=in_danger).map(|lost| failure(lost, None)));
            if how == Mishap::Split {
                continue;
            }
            let sends = |client: &ClientIx| {
                matches!(self.intent(setup, *client), Some(Intent::Send(_)))
                    && !self.has_in_flight(*client)
                    && !self.is_parted(setup, *client)
            };
            actions.extend(setup.client_ixs().filter(sends).map(|client| failure(0, Some(client))));
        }
    }

    /// How many writes a failure may lose now; none if it loses all, or cannot happen.
    pub fn writes_in_danger(&self, how: Mishap) -> Option<u16> {
        self.site.kept().and_then(|kept| kept.in_danger(how))
    }

    /// All that may be there after such a failure, the least first: one broker more for each write that is in danger.
    pub(crate) fn perhaps_kept(&self, how: Mishap) -> Vec<Broker> {
        self.site.kept().map(|kept| kept.perhaps_kept(how)).unwrap_or_default()
    }

    /// The broker fails.
    pub(super) fn fail(&mut self, setup: &Setup, failure: Failure, observer: &mut dyn Observer) {
        let Failure { how, lost, unanswered } = failure;
        match how {
            Mishap::Split => return self.split(setup, lost, observer),
            Mishap::NodeLost => return self.lose_node(setup, unanswered, observer),
            Mishap::Killed | Mishap::PowerFailed | Mishap::FailedOver => {}
        }
        let up: Vec<ClientIx> = setup.client_ixs().filter(|client| self.is_connected(*client)).collect();
        if let Some(client) = unanswered {
            self.send_unanswered(setup, client, observer);
        }
        self.spent.fail(how);
        self.tell(setup, Event::BrokerFailed { how }, observer);
        for &client in up.iter().filter(|client| Some(**client) != unanswered) {
            self.abandon(setup, client, observer);
        }
        let left: Vec<ConnectionIx> = self.connection_ixs().collect();
        for connection in left {
            self.close(setup, connection, observer);
        }
        let failback = self.failback(setup);
        let kept = self.kept_mut();
        let is_empty = kept.in_danger(how).is_none();
        let discards = how == Mishap::FailedOver && kept.has_own_data();
        if kept.is_rewriting() {
            self.tell(setup, Event::RewriteCutShort, observer);
        }
        self.kept_mut().fail(how, lost, failback);
        self.fail_defective(setup, how);
        self.retire(setup);
        if is_empty || lost > 0 {
            let writes = (!is_empty).then_some(lost);
            self.tell(setup, Event::WritesLost { writes }, observer);
            self.forget_lost(setup);
        }
        if discards {
            self.tell(setup, Event::SteppedDown { discards }, observer);
            self.forget_lost(setup);
        }
        self.tell_what_is_kept(setup, observer);
        for client in up {
            self.come_back(setup, client, observer);
        }
    }

    /// For how long what was written is in danger of such a failure, by a clock; none if nothing keeps it.
    pub(crate) fn in_danger_for_ms(&self, how: Mishap) -> Option<Millis> {
        self.site.kept().and_then(|kept| kept.in_danger_for_ms(how))
    }

    /// The broker that may fail.
    pub(super) fn kept_mut(&mut self) -> &mut Kept {
        self.site.kept_mut().expect("only a broker that is kept fails")
    }

    /// What no failure can come back to any more is not kept.
    pub(super) fn retire(&mut self, setup: &Setup) {
        let spent = *self.spent;
        self.kept_mut().retire(setup, spent);
    }

    /// A message that was added to a stream and lies there no more may be added again.
    pub(super) fn forget_lost(&mut self, setup: &Setup) {
        let Self { ledger, site, .. } = self;
        ledger.keep_added(|key, message| {
            let stream = site.stream(key);
            let mut messages = stream.into_iter().flat_map(|stream| stream.entries());
            let list = || {
                site.nodes().any(|(_, broker)| {
                    let mut items = broker.list(key).into_iter().flatten();
                    items.any(|item| setup.messages.find(item) == Some(message))
                })
            };
            messages.any(|entry| setup.message_of(&entry.fields()) == Some(message)) || list()
        });
    }

    /// Tells how pending lists and lists stand, to those who ask.
    pub(super) fn tell_what_is_kept(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        if setup.checks.iter().any(|check| check.sight() == Sight::Broker) {
            for group in setup.group_ixs() {
                let told = self.pending(setup, group).into_iter().chain(self.items(setup, group));
                told.collect::<Vec<_>>()
                    .into_iter()
                    .for_each(|event| self.tell(setup, event, observer));
            }
        }
    }
}
