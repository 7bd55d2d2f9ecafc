//! Doing one action: deterministic, and reading nothing but the world and the setup.

use redelivery_engine::Millis;

use super::connection::broker_side;
use super::{Action, Connection, ConnectionIx, Observer, World};
use crate::client::{Intent, Memory, Observation, Route};
use crate::event::Event;
use crate::setup::{ClientIx, Fate, Setup};

impl World {
    /// Does an action that is enabled.
    ///
    /// # Panics
    /// If it is not: a schedule for another world is a bug of the caller, who checks schedules that come from files.
    pub fn step(&mut self, setup: &Setup, action: Action, observer: &mut dyn Observer) {
        match action {
            Action::Step(client) => self.step_client(setup, client, observer),
            Action::Choose(client, turn) => {
                let me = self.me(setup, client);
                self.client_mut(client).memory.choose(me, turn);
                self.step_client(setup, client, observer);
            }
            Action::Deviate(client, choice) => {
                let intent = self.deviating(setup, client, choice);
                let intent = intent.expect("the client asks something that it may ask otherwise");
                self.step_intending(setup, client, intent, observer);
            }
            Action::TimeOut(client) => {
                let connection = self.connection_of(client);
                self.note_short_wait(setup, client);
                let node = self.connection_mut(connection).node();
                self.site.at(node, |broker| broker.time_out(broker_side(connection)));
                self.hand_out(setup, false, observer);
            }
            Action::Restart(client) => self.restart(setup, client, observer),
            Action::Execute(connection) => self.execute_in_flight(setup, connection, observer),
            Action::Notice(connection) => self.close(setup, connection, observer),
            Action::Bus(from, to) => self.carry(setup, from, to, observer),
            Action::Age(last) => self.age(setup, last.into()),
            Action::Expire(place) => self.expire(setup, place.into(), observer),
            Action::Tick(now_ms) => self.tick(setup, now_ms, observer),
            Action::ClockForward(ms) => self.jump(setup, ms, false, observer),
            Action::ClockBack(ms) => self.jump(setup, ms, true, observer),
            Action::Pause(client) => self.pause(setup, client, observer),
            Action::Crash(client) => {
                self.abandon(setup, client, observer);
                self.crashed(setup, client, observer);
            }
            Action::CrashSending(client) => {
                self.send_and_abandon(setup, client, observer);
                self.crashed(setup, client, observer);
            }
            Action::Cut(client, fate) => self.cut(setup, client, fate, observer),
            Action::Fail(failure) => self.fail(setup, failure, observer),
            Action::Turn(client) => self.turn(setup, client, observer),
            Action::Refuse => self.refuse(),
            Action::Rewrite => self.rewrite(setup),
            Action::Rewritten => self.rewritten(setup, observer),
            Action::StepDown => self.step_down(setup, observer),
            Action::Missed => self.miss_node(setup, observer),
            Action::CameBack => self.call_node_back(setup, observer),
            Action::Covered => self.cover(setup),
            Action::Serves => self.serve_again(setup),
            Action::Replicate(client) => self.replicate(setup, client, observer),
            Action::Part => self.part(setup, observer),
            Action::Heal => self.heal(setup, observer),
            Action::Forget(client) => self.forget(setup, client, observer),
        }
    }

    fn step_client(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        let intent = self.intent(setup, client).expect("the client is up and not blocked");
        self.step_intending(setup, client, intent, observer);
    }

    /// The step of a client by one who knows already what it intends.
    pub(crate) fn step_intending(
        &mut self,
        setup: &Setup,
        client: ClientIx,
        intent: Intent,
        observer: &mut dyn Observer,
    ) {
        self.goes_on(setup, client);
        match intent {
            Intent::Send(_) if self.is_forgotten(client) => self.give_up(setup, client, observer),
            Intent::Send(request) if self.is_parted(setup, client) => {
                self.send_in_vain(setup, client, request, observer);
            }
            Intent::Send(request) => self.exchange(setup, client, request, observer),
            Intent::SendOnly(request) => {
                if self.reach(setup, client, &request, observer) {
                    self.push_in_flight(self.connection_of(client), request, observer);
                    self.hear(setup, client, Observation::Sent, observer);
                }
            }
            Intent::Listen if self.may_read(setup, client) => self.listen(setup, client, observer),
            Intent::Listen => self.give_up(setup, client, observer),
            Intent::Work(_) | Intent::Wait(_) => self.hear(setup, client, Observation::Done, observer),
            Intent::Choose | Intent::Stop => panic!("a client that has stopped, or has a choice, takes no step"),
        }
    }

    fn pause(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        if setup.bounds.is_some() {
            self.spent.pauses += 1;
            self.client_mut(client).is_paused = true;
        }
        self.tell(setup, Event::Paused { client }, observer);
    }

    /// What the process remembered is gone.
    fn crashed(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        self.spent.crashes += 1;
        self.process_defective(setup, client, false);
        let me = self.me(setup, client);
        self.client_mut(client).memory = Memory::at_start(me);
        self.goes_on(setup, client);
        if let Some(route) = self.site.route_mut(client) {
            *route = Route::default();
        }
        self.tell(setup, Event::Crashed { client }, observer);
    }

    fn restart(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        self.process_defective(setup, client, true);
        // Whoever comes back under its own name is not told from one that never went.
        if setup.client(client).role.is_renamed() {
            self.client_mut(client).restarts += 1;
            let me = self.me(setup, client);
            self.client_mut(client).memory = Memory::at_start(me);
        }
        if self.is_unreachable(setup, client) {
            self.client_mut(client).is_cut_off = true;
        } else {
            self.connect(setup, client);
        }
        self.begins(setup, client);
        self.tell(setup, Event::Restarted { client }, observer);
    }

    pub(super) fn execute_in_flight(&mut self, setup: &Setup, connection: ConnectionIx, observer: &mut dyn Observer) {
        let request = self
            .pop_in_flight(connection, observer)
            .expect("something is in flight");
        let touches_items = Self::touches_items(setup, &request);
        let orphan = self.connection_mut(connection).client().is_none();
        let reply = self.execute_or_hold(setup, connection, request, observer);
        if orphan {
            self.tell(setup, Event::ExecutedLate, observer);
            let rest = self.connection_mut(connection).in_flight().len();
            if reply.is_some() && rest == 0 && !self.is_subscribed(connection) {
                self.close(setup, connection, observer);
            }
        }
        self.hand_out(setup, touches_items, observer);
    }

    fn cut(&mut self, setup: &Setup, client: ClientIx, fate: Fate, observer: &mut dyn Observer) {
        self.spent.cuts += 1;
        self.tell(setup, Event::Cut { client, fate }, observer);
        match fate {
            Fate::Never => {
                let connection = self.abandon(setup, client, observer);
                if self.connection(connection).is_some() {
                    self.close(setup, connection, observer);
                }
            }
            Fate::Late => {
                self.send_and_abandon(setup, client, observer);
            }
            Fate::ReplyLost => self.send_unanswered(setup, client, observer),
        }
        self.come_back(setup, client, observer);
    }

    /// What the client sends is executed; it is gone before the reply comes.
    pub(super) fn send_unanswered(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        let connection = self.send_and_abandon(setup, client, observer);
        self.execute_all_in_flight(setup, connection, observer);
        if self.connection(connection).is_some() {
            self.close(setup, connection, observer);
        }
    }

    /// All that is on its way over a connection is executed.
    pub(super) fn execute_all_in_flight(
        &mut self,
        setup: &Setup,
        connection: ConnectionIx,
        observer: &mut dyn Observer,
    ) {
        let has_more = |state: &Connection| !state.in_flight().is_empty();
        while self.connection(connection).is_some_and(has_more) {
            self.execute_in_flight(setup, connection, observer);
        }
    }

    /// The client's next request, if it sends one, is on its way; then the client is gone from the connection.
    fn send_and_abandon(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) -> ConnectionIx {
        if let Some(intent @ (Intent::Send(_) | Intent::SendOnly(_))) = self.intent(setup, client)
            && !self.must_drain(setup, client, &intent)
            && let Intent::Send(request) | Intent::SendOnly(request) = intent
            && !self.needs_lost_node(setup, client, &request)
            && self.reach(setup, client, &request, observer)
        {
            self.push_in_flight(self.connection_of(client), request, observer);
        }
        self.abandon(setup, client, observer)
    }

    fn expire(&mut self, setup: &Setup, place: usize, observer: &mut dyn Observer) {
        let place = self.site.keys_that_expire().nth(place);
        let (node, key) = place
            .map(|(node, key)| (node, key.clone()))
            .expect("so many keys have a time to live");
        self.site.at(node, |broker| broker.expire(&key));
        self.hand_out(setup, false, observer);
    }

    fn tick(&mut self, setup: &Setup, now_ms: Millis, observer: &mut dyn Observer) {
        *self.now_ms = now_ms;
        let broker_ms = self.broker_ms();
        self.site.each(|broker| broker.advance(broker_ms));
        if let Some(kept) = self.site.kept_mut() {
            kept.settle(now_ms);
        }
        self.hand_out(setup, false, observer);
    }
}
