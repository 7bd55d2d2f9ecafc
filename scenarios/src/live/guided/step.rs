//! One action of a route on the real server, and the comparison with what it came to in the world.

use redelivery_engine::Command;
use redelivery_model::client::{Intent, Observation, Request};
use redelivery_model::event::{Event, Moment};
use redelivery_model::history::Executed;
use redelivery_model::observe;
use redelivery_model::setup::policy::Role;
use redelivery_model::setup::{ClientIx, Fate};
use redelivery_model::world::{Action, ConnectionIx, Failure};

use super::expected::{Expected, compared};
use super::{Conductor, Stop, words};
use crate::live::actor::{Doing, Reader};
use crate::live::ask::Ask;
use crate::live::protocol::Order;
use crate::live::proxy::Wire;
use crate::live::stage::Answer;

/// An action as it begins: what the client intends, and how many requests it sets going.
#[derive(Default)]
struct Begun {
    /// Requests that the server executes because of the action itself, not because they had waited.
    direct: usize,
    /// Whether the client of these hears the replies.
    heard: bool,
    /// The connection that they came over.
    wire: Option<Wire>,
}

impl Conductor<'_> {
    pub(super) fn step(&mut self, action: Action) -> Result<(), Stop> {
        let intent = action
            .client()
            .filter(|client| self.world.intent(self.in_world, *client).is_some())
            .map(|client| self.stage.intent(client));
        let mut expected = Expected::default();
        if !self.world.allows(self.in_world, action) {
            return Err(self.diverged(format!("{action:?}"), "the world cannot do that".into()));
        }
        self.stage
            .history
            .step(self.stage.clock.floor_ms(), Some(action), intent.clone());
        let begun = self.act(action, intent.as_ref())?;
        self.world.step(self.in_world, action, &mut expected);
        self.world.forget_durations(self.in_world);
        self.finish(action, &begun, &expected)?;
        if let Action::Fail(failure) = action {
            self.kill_server(failure)?;
        }
        self.settle()?;
        let told = compared(&self.stage.history.last().events);
        self.compare_events(&expected.events, &told)?;
        self.follow_connections()?;
        self.look(&expected, matches!(action, Action::Fail(_)))?;
        self.compare_intents()
    }

    /// Sets the action going.
    fn act(&mut self, action: Action, intent: Option<&Intent>) -> Result<Begun, Stop> {
        let mut begun = Begun::default();
        match action {
            Action::Step(client) => {
                let wire = self.stage.actor(client).wire();
                self.order(client, Order::Go, intent)?;
                match intent {
                    Some(Intent::Send(_)) => {
                        self.stage.forward(wire, Reader::Client)?;
                        begun = Begun {
                            direct: 1,
                            heard: true,
                            wire: Some(wire),
                        };
                    }
                    Some(Intent::SendOnly(_)) => self.observe(client, Observation::Sent),
                    Some(Intent::Listen) => self.listen(client)?,
                    _ => self.observe(client, Observation::Done),
                }
            }
            Action::Restart(client) => {
                self.stage.happens(Event::Restarted { client });
                self.stage.restart(client)?;
            }
            Action::Execute(connection) => {
                begun.wire = self.wire(connection);
                begun.direct = 1;
                self.forward(begun.wire)?;
            }
            Action::Crash(client) => {
                self.stage.kill(client);
                self.stage.happens(Event::Crashed { client });
            }
            Action::CrashSending(client) => {
                self.order(client, Order::Go, intent)?;
                self.stage.kill(client);
                self.stage.happens(Event::Crashed { client });
            }
            Action::Cut(client, fate) => begun = self.cut(client, fate, intent)?,
            Action::Fail(failure) => begun = self.fail(failure)?,
            // Time does it, or the server, or nobody.
            Action::TimeOut(_) | Action::Notice(_) | Action::Age(_) | Action::Expire(_) => {}
            Action::Choose(..)
            | Action::Deviate(..)
            | Action::Bus(..)
            | Action::Tick(_)
            | Action::Pause(_)
            | Action::Replicate(_)
            | Action::Turn(_)
            | Action::Refuse
            | Action::StepDown
            | Action::Part
            | Action::Heal
            | Action::Forget(_)
            | Action::Rewrite
            | Action::Rewritten
            | Action::Missed
            | Action::CameBack
            | Action::Covered
            | Action::Serves
            | Action::ClockForward(_)
            | Action::ClockBack(_) => {
                return Err(self.diverged("an action of exploring".into(), format!("{action:?}")));
            }
        }
        Ok(begun)
    }

    fn cut(&mut self, client: ClientIx, fate: Fate, intent: Option<&Intent>) -> Result<Begun, Stop> {
        if intent.is_some() {
            self.order(client, Order::Lose, intent)?;
        }
        let wire = self.stage.actor(client).wire();
        self.stage.happens(Event::Cut { client, fate });
        let direct = match fate {
            Fate::ReplyLost => self.forward_in_vain(wire)?,
            Fate::Never | Fate::Late => 0,
        };
        Ok(Begun {
            direct,
            heard: false,
            wire: Some(wire),
        })
    }

    /// Forwards all that is held on a connection, whose replies get lost; answers how many requests there were.
    fn forward_in_vain(&mut self, wire: Wire) -> Result<usize, Stop> {
        if let Some(line) = self.stage.line(wire) {
            line.swallows = true;
        }
        let mut forwarded = 0;
        while self.stage.forward(wire, Reader::Nobody)? {
            forwarded += 1;
        }
        Ok(forwarded)
    }

    /// Whoever shall get no answer sends its request, and reads until its connection is gone.
    fn fail(&mut self, failure: Failure) -> Result<Begun, Stop> {
        let Some(client) = failure.unanswered else {
            return Ok(Begun::default());
        };
        let (wire, intent) = (self.stage.actor(client).wire(), self.stage.intent(client));
        self.order(client, Order::Lose, Some(&intent))?;
        Ok(Begun {
            direct: self.forward_in_vain(wire)?,
            heard: false,
            wire: Some(wire),
        })
    }

    /// The server is killed and started again, and whoever is up sees it; what they sent lies in our hands.
    fn kill_server(&mut self, failure: Failure) -> Result<(), Stop> {
        self.settle()?;
        let up: Vec<ClientIx> = self.stage.up().collect();
        for &client in up.iter().filter(|client| failure.unanswered != Some(**client)) {
            if self.stage.actor(client).doing == Doing::Nothing {
                let intent = self.stage.intent(client);
                self.order(client, Order::Lose, Some(&intent))?;
            }
        }
        self.stage.kill_server(failure)?;
        self.ask = Ask::open(self.stage.address())?;
        up.into_iter().for_each(|client| self.stage.lose_to_failure(client));
        Ok(())
    }

    /// Tells a client to go on and waits until its request, if it sends one, lies in our hands.
    fn order(&mut self, client: ClientIx, order: Order, intent: Option<&Intent>) -> Result<(), Stop> {
        let typed = match intent {
            Some(Intent::Send(request)) if self.types_ids(client) => self.alike.typed(request),
            _ => None,
        };
        let words = |command: Command| command.to_argv().iter().map(ToString::to_string).collect();
        let order = match (order, typed) {
            (Order::Go, Some(command)) => Order::Type(words(command)),
            (order, _) => order,
        };
        self.stage.order(client, order)?;
        if matches!(intent, Some(Intent::Send(_) | Intent::SendOnly(_))) {
            self.wait_for("the client's request", |conductor| {
                Ok(conductor.stage.actor(client).ordered.is_none())
            })?;
        }
        Ok(())
    }

    /// Whether a client sends IDs that nobody told it.
    fn types_ids(&self, client: ClientIx) -> bool {
        matches!(self.in_world.client(client).role, Role::Administrator(_))
    }

    /// What the world answered must be answered, and what it held back must be held back.
    fn finish(&mut self, action: Action, begun: &Begun, expected: &Expected) -> Result<(), Stop> {
        for (place, executed) in expected.executed.iter().enumerate() {
            let direct = place < begun.direct;
            match &executed.reply {
                Some(_) => {
                    let answer = self.answer(executed, direct.then_some(begun.wire).flatten())?;
                    self.executed(executed, &answer)?;
                    let heard = if direct { begun.heard } else { true };
                    if let Some(client) = executed.at.client.filter(|_| heard) {
                        self.stage.observe_answer(client, &answer);
                    }
                }
                None => self.is_held_back(executed, begun.wire)?,
            }
            let orphan = executed.at.client.is_none();
            if direct && orphan && matches!(action, Action::Execute(_) | Action::Cut(..) | Action::Fail(_)) {
                self.stage.happens(Event::ExecutedLate);
            }
        }
        if let Action::Cut(client, fate) = action {
            let reader = match fate {
                Fate::Late => Reader::Gone,
                Fate::Never | Fate::ReplyLost => Reader::Nobody,
            };
            self.stage.lose(client, reader);
            self.observe(client, Observation::Lost);
        }
        Ok(())
    }

    /// Waits for the answer to a request.
    fn answer(&mut self, executed: &Executed, wire: Option<Wire>) -> Result<Answer, Stop> {
        let mut found = None;
        let expected = format!("an answer to {}: {:?}", text(&executed.request), executed.reply);
        let mut held_back = false;
        let may_wait = executed.request.block_ms().is_some();
        self.wait_for(&expected, |conductor| {
            let alike = |answer: &Answer| {
                let theirs = executed.at.client.is_none_or(|client| client == answer.client);
                theirs && conductor.alike.request(&executed.request, &answer.sent.request)
            };
            found = conductor.early.iter().position(alike);
            // Who waits at the server will not be answered for a while.
            if found.is_none() && may_wait {
                held_back = wire.map_or(Ok(false), |wire| conductor.is_blocked(wire))?;
            }
            Ok(found.is_some() || held_back)
        })?;
        match found {
            Some(place) => Ok(self.early.remove(place)),
            None => Err(self.diverged(expected, "it is held back".into())),
        }
    }

    fn executed(&mut self, executed: &Executed, answer: &Answer) -> Result<(), Stop> {
        if let Some(in_world) = &executed.reply {
            self.alike.learn(&executed.request, in_world, &answer.reply);
        }
        Ok(self.stage.executed(answer, executed.at.client)?)
    }

    /// A subscriber reads the message that the world has for it.
    fn listen(&mut self, client: ClientIx) -> Result<(), Stop> {
        self.wait_for("a message for a subscriber", |conductor| {
            Ok(conductor.stage.actor(client).has_unread())
        })?;
        if let Some(push) = self.stage.actor(client).read_message() {
            self.observe(client, Observation::Push(&push));
        }
        Ok(())
    }

    /// Waits until the server holds a request back, or answers it after all.
    fn is_held_back(&mut self, executed: &Executed, wire: Option<Wire>) -> Result<(), Stop> {
        let expected = format!("{} is held back", text(&executed.request));
        let Some(wire) = wire else {
            return Err(self.diverged(expected, "no connection".into()));
        };
        let mut blocked = false;
        self.wait_for(&expected, |conductor| {
            blocked = conductor.is_blocked(wire)?;
            Ok(blocked || conductor.early.iter().any(|answer| answer.sent.wire == wire))
        })?;
        let request = match self.early.iter().find(|answer| answer.sent.wire == wire) {
            Some(answer) if !blocked => {
                let got = format!("{:?}", answer.reply);
                return Err(self.diverged(expected, got));
            }
            _ => executed.request.clone(),
        };
        let moment = self.stage.now();
        self.stage.history.executed(moment, executed.at.client, &request, None);
        Ok(())
    }

    fn is_blocked(&mut self, wire: Wire) -> Result<bool, Stop> {
        let Some(address) = self.stage.line(wire).map(|line| line.address) else {
            return Ok(false);
        };
        Ok(self.ask.flags(address)?.is_some_and(|flags| flags.contains('b')))
    }

    /// Looks at the pending lists, at lists, and at the lengths that somebody asks for: those that may have changed, or all.
    fn look(&mut self, expected: &Expected, all: bool) -> Result<(), Stop> {
        let touches = |touches: fn(&Request) -> bool| all || expected.executed.iter().any(|it| touches(&it.request));
        let lists = touches(observe::touches_group);
        let items = touches(observe::touches_items);
        self.ask
            .tell(&mut self.stage, lists, items, touches(observe::touches_length))?;
        for group in self.in_world.group_ixs().filter(|_| items) {
            let in_world = self.world.items(self.in_world, group);
            let on_server = self.ask.items(self.in_world, group)?;
            if in_world != on_server {
                let (expected, got) = (format!("{in_world:?}"), format!("{on_server:?}"));
                return Err(self.diverged(expected, got));
            }
        }
        for group in self.in_world.group_ixs().filter(|_| lists) {
            let in_world = self.world.pending(self.in_world, group);
            let on_server = self.ask.pending(group, self.in_world.group(group))?;
            let same = match (&in_world, &on_server) {
                (Some(one), Some(other)) => self.alike.event(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            if !same {
                let (expected, got) = (format!("{in_world:?}"), format!("{on_server:?}"));
                return Err(self.diverged(expected, got));
            }
        }
        Ok(())
    }

    /// The same happened in both.
    pub(super) fn compare_events(&self, in_world: &[Event], on_server: &[Event]) -> Result<(), Stop> {
        let same = |(one, other): (&Event, &Event)| self.alike.event(one, other);
        if in_world.len() == on_server.len() && in_world.iter().zip(on_server).all(same) {
            return Ok(());
        }
        Err(self.diverged(format!("{in_world:?}"), format!("{on_server:?}")))
    }

    /// All clients intend the same in both.
    pub(super) fn compare_intents(&mut self) -> Result<(), Stop> {
        for client in self.in_world.client_ixs() {
            let Some(in_world) = self.world.intent(self.in_world, client) else {
                continue;
            };
            let real = self.stage.intent(client);
            if !self.alike.intent(&in_world, &real) {
                let name = &self.in_world.client(client).name;
                return Err(self.diverged(
                    format!("{name} intends {}", words(&in_world)),
                    format!("{name} intends {}", words(&real)),
                ));
            }
        }
        Ok(())
    }

    fn observe(&mut self, client: ClientIx, observation: Observation<'_>) {
        let moment: Moment = self.stage.now();
        self.stage.observe(client, moment, observation);
    }

    fn wire(&self, connection: ConnectionIx) -> Option<Wire> {
        self.wires.get(usize::from(connection.0)).copied().flatten()
    }

    fn forward(&mut self, wire: Option<Wire>) -> Result<(), Stop> {
        match wire {
            Some(wire) if self.stage.forward(wire, Reader::Gone)? => Ok(()),
            _ => Err(self.diverged("a request in flight".into(), "none".into())),
        }
    }
}

fn text(request: &Request) -> String {
    words(&Intent::Send(request.clone()))
}
