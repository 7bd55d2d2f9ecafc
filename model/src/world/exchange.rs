//! Requests at the broker: executed, answered, held back.
//!
//! A fault-free exchange (request, execution, reply) is one step: the broker executes one request at a time and the
//! client waits, so that only the order of executions matters. Commands of a transaction are queued by the broker until
//! EXEC and nothing of them shows before, so that sending them is part of the same step.

use std::collections::VecDeque;

use redelivery_engine::{Bytes, Command, Reply};

use super::connection::broker_side;
use super::{ConnectionIx, Observer, Place, World, tell};
use crate::check::CheckSpec;
use crate::client::{Observation, Request};
use crate::event::{Event, PendingRow, Sight};
use crate::observe;
use crate::setup::{ClientIx, GroupIx, GroupKind, Setup, keys};

impl World {
    /// A client's request is executed and its reply observed; or the broker holds it back.
    pub(super) fn exchange(&mut self, setup: &Setup, client: ClientIx, request: Request, observer: &mut dyn Observer) {
        if !self.reach(setup, client, &request, observer) {
            return;
        }
        let touches_items = Self::touches_items(setup, &request);
        let connection = self.connection_of(client);
        let held = setup.cluster.is_some() && self.holds_something(connection);
        if let Some(reply) = self.execute_or_hold(setup, connection, request, observer) {
            self.listen_to_all(setup, client, observer);
            self.answer(setup, client, &reply, held, observer);
        }
        self.hand_out(setup, touches_items, observer);
    }

    /// Executes a request; without a reply the broker holds it back.
    pub(super) fn execute_or_hold(
        &mut self,
        setup: &Setup,
        connection: ConnectionIx,
        request: Request,
        observer: &mut dyn Observer,
    ) -> Option<Reply> {
        let reply = self.execute(setup, connection, &request, observer);
        if reply.is_none() {
            if request.asks_replicas() {
                observer.stirred(connection);
            }
            self.hold_back(connection, Some(request));
        }
        reply
    }

    /// Executes a request; without a reply the caller must see that it is held back.
    pub(super) fn execute(
        &mut self,
        setup: &Setup,
        connection: ConnectionIx,
        request: &Request,
        observer: &mut dyn Observer,
    ) -> Option<Reply> {
        if let Request::Script(script) = request {
            return Some(self.run_script(setup, connection, (request, script), observer));
        }
        let who = broker_side(connection);
        let at = self.connection_mut(connection).take_place();
        let telling = self.naming_pending_only(request);
        let sent = setup.cluster.is_some().then(|| self.site.sent(at.node));
        if at.asking {
            let broker_ms = self.broker_ms();
            self.site.ask(at.node, who, broker_ms);
        }
        let reply = match setup.defect {
            Some(defect) => self.apply_defective(defect, at, who, request),
            None => {
                let broker_ms = self.broker_ms();
                self.site.apply(at.node, who, request, broker_ms)
            }
        };
        observer.executed(at, request, reply.as_ref());
        match &reply {
            Some(reply) => {
                let told = telling.as_ref().unwrap_or(request);
                self.tell_executed(setup, at, told, reply, observer);
                if let Some(sent) = sent {
                    self.tell_bus(setup, at.node, &sent, observer);
                    self.tell_not_sent(setup, told, observer);
                }
                self.tell_subscriptions(setup, connection, reply, observer);
            }
            None => self.tell_pending(setup, request, observer),
        }
        reply
    }

    /// An XACK of several entries as it is told: its reply counts those that were pending, only the broker knows which.
    fn naming_pending_only(&self, request: &Request) -> Option<Request> {
        let Request::One(Command::XAck { key, group, ids }) = request else {
            return None;
        };
        if ids.len() < 2 {
            return None;
        }
        let state = self.site.stream(key)?.group(group)?;
        let pending = ids.iter().copied().filter(|id| state.pending_entry(*id).is_some());
        Some(Request::One(Command::XAck {
            key: key.clone(),
            group: group.clone(),
            ids: pending.collect(),
        }))
    }

    /// Whether executing this may have changed what lies in lists, where somebody asks for that.
    pub(super) fn touches_items(setup: &Setup, request: &Request) -> bool {
        let has_lists = setup.groups.iter().any(|group| group.kind == GroupKind::List);
        has_lists && setup.checks.iter().any(CheckSpec::counts_items) && observe::touches_items(request)
    }

    /// Hands out what the broker answers to requests that it had held back, perhaps since another was executed, and what
    /// it has for subscribers. `touched`: that other one touched what lies in lists.
    pub(super) fn hand_out(&mut self, setup: &Setup, mut touched: bool, observer: &mut dyn Observer) {
        // A defect's own command may wake more of them.
        let mut served = VecDeque::from(self.take_outbox(setup));
        while let Some((who, mut reply)) = served.pop_front() {
            let connection = ConnectionIx(who.0 as u16);
            if let Reply::Pushes(pushes) = &reply {
                self.hand_pushes(setup, connection, pushes, observer);
                continue;
            }
            let Some(request) = self.hold_back(connection, None) else {
                unreachable!("the broker answers only what it held back");
            };
            if request.asks_replicas() {
                observer.stirred(connection);
            }
            touched |= Self::touches_items(setup, &request);
            let mut at = self.connection_mut(connection).take_place();
            let waiting = at.client;
            at.client = waiting.filter(|client| !self.is_deaf(setup, *client));
            if let Some(defect) = setup.defect {
                self.serve_defective(defect, at, who, &request, &mut reply);
            }
            served.extend(self.site.take_outbox());
            observer.executed(at, &request, Some(&reply));
            self.tell_executed(setup, at, &request, &reply, observer);
            match (at.client, waiting) {
                (Some(client), _) => {
                    self.answer(setup, client, &reply, false, observer);
                    self.turn_if_short(setup, (client, &request), observer);
                }
                // Nobody reads it: what it carried is lost on the way.
                (None, None) => self.close(setup, connection, observer),
                (None, Some(client)) => {
                    self.abandon(setup, client, observer);
                    self.come_back(setup, client, observer);
                }
            }
        }
        // The broker has served those who waited in one go: only now does what is told agree with how lists stand.
        if touched {
            self.tell_items(setup, observer);
        }
        self.disconnect_the_slow(setup, observer);
    }

    /// A client observes something.
    pub(super) fn hear(
        &mut self,
        setup: &Setup,
        client: ClientIx,
        observation: Observation<'_>,
        observer: &mut dyn Observer,
    ) {
        let me = self.me(setup, client);
        let lost = matches!(observation, Observation::Lost);
        let before = lost.then(|| self.client(client).memory.clone());
        let Self {
            now_ms,
            clients,
            monitors,
            ..
        } = self;
        let memory = &mut clients[usize::from(client.0)].memory;
        let tell = &mut |event| tell(setup, (now_ms, monitors), &event, observer);
        memory.observe(me, observation, tell);
        // Work goes on, whatever becomes of a connection.
        if before.is_none_or(|before| before != self.client(client).memory) {
            self.begins(setup, client);
        }
    }

    fn tell_executed(
        &mut self,
        setup: &Setup,
        at: Place,
        request: &Request,
        reply: &Reply,
        observer: &mut dyn Observer,
    ) {
        let Self {
            now_ms,
            ledger,
            monitors,
            ..
        } = self;
        let tell = &mut |event| tell(setup, (now_ms, monitors), &event, observer);
        observe::executed(setup, ledger, at, request, reply, tell);
        self.tell_pending(setup, request, observer);
        self.tell_lengths(setup, request, observer);
    }

    /// Tells how long streams and lists are, where somebody asks for it and the request may have changed it.
    fn tell_lengths(&mut self, setup: &Setup, request: &Request, observer: &mut dyn Observer) {
        for check in &setup.checks {
            if let CheckSpec::Bounded { stream, .. } = check
                && observe::touches_length(request)
            {
                let length = self.length(stream);
                let stream = stream.clone();
                self.tell(setup, Event::Length { stream, length }, observer);
            }
        }
    }

    /// How long a stream or list is.
    fn length(&self, key: &[u8]) -> u64 {
        let stream = self.site.stream(key).map(|stream| stream.len());
        let mut nodes = self.site.nodes();
        let length = stream.or_else(|| nodes.find_map(|(_, broker)| Some(broker.list(key)?.len())));
        length.unwrap_or(0) as u64
    }

    /// Tells what lies in lists: for those who ask for it.
    fn tell_items(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        for group in setup.group_ixs() {
            if let Some(event) = self.items(setup, group) {
                self.tell(setup, event, observer);
            }
        }
    }

    /// What lies in a list, and in those in which its workers keep what they work on.
    pub fn items(&self, setup: &Setup, group: GroupIx) -> Option<Event> {
        if setup.group(group).kind != GroupKind::List {
            return None;
        }
        let message = |value: &Bytes| setup.messages.find(value);
        let lists = self.site.nodes().flat_map(|(_, broker)| {
            let kept = broker.keys().filter(|key| keys::kept_for(setup, key) == Some(group));
            kept.filter_map(move |key| Some((key.clone(), broker.list(key)?.filter_map(message).collect())))
        });
        let lists = lists.collect();
        Some(Event::Items { group, lists })
    }

    /// Tells how the pending lists stand, where somebody asks for it and the request may have touched one.
    fn tell_pending(&mut self, setup: &Setup, request: &Request, observer: &mut dyn Observer) {
        let asked = setup.checks.iter().any(|check| check.sight() == Sight::Broker);
        if asked && observe::touches_group(request) {
            for group in setup.group_ixs() {
                if let Some(event) = self.pending(setup, group) {
                    self.tell(setup, event, observer);
                }
            }
        }
    }

    /// A group's pending list as it stands.
    pub fn pending(&self, setup: &Setup, group: GroupIx) -> Option<Event> {
        let names = setup.group(group);
        if names.kind != GroupKind::Group {
            return None;
        }
        let state = self.site.stream(&names.key)?.group(&names.name)?;
        let mut rows = Vec::with_capacity(state.pending_len());
        rows.extend(state.pending().map(|(id, entry)| PendingRow {
            id,
            consumer: entry.consumer.clone(),
            deliveries: entry.deliveries,
        }));
        let mut consumers = Vec::with_capacity(rows.len());
        for (name, consumer) in state.consumers() {
            consumers.extend(consumer.pending().map(|id| (name.clone(), id)));
        }
        if setup.defect.is_some() {
            self.consumers_as_seen(names, &mut consumers);
        }
        Some(Event::Pending { group, rows, consumers })
    }
}
