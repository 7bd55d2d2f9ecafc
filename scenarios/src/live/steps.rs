//! What clients of a live run do, and what befalls them: started, told to go on, answered, cut off, killed.
//!
//! Each step is done for real by the client's process and once more by the parent on its own copy of the client, from
//! which all events come.

use std::time::Duration;
use std::{io, thread};

use redelivery_engine::Millis;
use redelivery_engine::resp::Frame;
use redelivery_model::client::{Intent, Memory, Observation};
use redelivery_model::event::{Event, Moment};
use redelivery_model::setup::{ClientIx, Fate, Span};
use redelivery_model::simulate::Hit;
use redelivery_model::world::{Action, ConnectionIx};

use super::actor::{Doing, Next, Reader, Sent};
use super::process::Process;
use super::protocol::{Job, Order};
use super::reply;
use super::run::Runner;
use super::tap::Tap;

/// A process that is killed while it sends lives for so long after the order: the request is on its way, executed, or
/// answered, or none of these.
const LAST_MOMENTS: Span = Span { min_ms: 0, max_ms: 3 };

impl Runner<'_> {
    /// Starts a client's process.
    pub(super) fn start(&mut self, client: ClientIx) -> io::Result<()> {
        let setup = self.setup;
        let actor = self.actor(client);
        actor.generation += 1;
        actor.connection = 0;
        actor.memory = Memory::at_start(actor.me(setup));
        actor.doing = Doing::Deciding;
        let (life, restarts) = (actor.life(), actor.restarts);
        let tap = Tap::open(self.live.address, life, self.clock, self.sender.clone())?;
        let job = Job {
            scenario: self.live.path.to_owned(),
            client: client.0,
            restarts,
            address: tap.address(),
        };
        let process = Process::start(self.live.launcher, life, &job, tap, self.sender.clone())?;
        self.actor(client).process = Some(process);
        Ok(())
    }

    pub(super) fn restart(&mut self, client: ClientIx) -> io::Result<()> {
        if self.setup.client(client).role.is_renamed() {
            self.actor(client).restarts += 1;
        }
        self.happens(Action::Restart(client), None, Event::Restarted { client });
        self.start(client)
    }

    /// A client's process says what it intends: it must be what the client intends here.
    pub(super) fn announced(&mut self, client: ClientIx, announced: &str) {
        let intent = self.actors[usize::from(client.0)].intent(self.setup);
        assert_eq!(announced, format!("{intent:?}"), "{client:?} has gone astray");
        let after_ms = self.timing.before(client, &intent, &mut self.durations);
        let now_ms = self.clock.floor_ms();
        let actor = self.actor(client);
        assert_eq!(actor.doing, Doing::Deciding, "{client:?} has nothing to say now");
        actor.doing = Doing::Nothing;
        actor.due = after_ms.map(|ms| (now_ms.saturating_add(ms), Next::Step));
    }

    /// A client does what it intends, unless a fault comes in its place. Who waits for a reply may be killed as well.
    pub(super) fn step_or_fail(&mut self, client: ClientIx) -> io::Result<()> {
        let (setup, spent, actors) = (self.setup, self.spent, &self.actors);
        let hit = self.faults.hit(setup, self.timing, client, |actions| {
            for exposed in setup.client_ixs() {
                let actor = &actors[usize::from(exposed.0)];
                if exposed == client {
                    spent.possible(setup, exposed, Some(&actor.intent(setup)), false, actions);
                } else if actor.doing == Doing::Waiting && setup.faults.crash.allows(spent.crashes, exposed) {
                    actions.push(Action::Crash(exposed));
                }
            }
        });
        let intent = self.actor(client).intent(setup);
        match hit {
            None => return self.step(client, intent),
            Some(Hit::Pause(client, ms)) => {
                self.happens(Action::Pause(client), None, Event::Paused { client });
                let until_ms = self.clock.floor_ms().saturating_add(ms);
                self.actor(client).due = Some((until_ms, Next::Step));
            }
            Some(Hit::Action(Action::Cut(_, fate))) => self.cut(client, intent, fate)?,
            Some(Hit::Action(action @ Action::CrashSending(_))) => {
                self.go(client, &intent)?;
                let last_ms = self.durations.within(LAST_MOMENTS);
                thread::sleep(Duration::from_millis(last_ms));
                self.crash(client, action);
            }
            Some(Hit::Action(action)) => {
                let hit = action.client().expect("a crash is somebody's");
                self.crash(hit, action);
                if hit != client {
                    // Who was due still is, and may be hit in turn.
                    self.actor(client).due = Some((self.clock.floor_ms(), Next::Step));
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, client: ClientIx, intent: Intent) -> io::Result<()> {
        self.go(client, &intent)?;
        let observation = match intent {
            Intent::Send(_) => {
                self.actor(client).doing = Doing::Waiting;
                return Ok(());
            }
            Intent::SendOnly(_) => Observation::Sent,
            Intent::Work(_) | Intent::Wait(_) => Observation::Done,
            Intent::Stop => unreachable!("a client that has stopped is never due"),
        };
        let moment = self.now();
        self.history
            .step(moment.latest_ms, Some(Action::Step(client)), Some(intent));
        self.observe(client, moment, observation);
        Ok(())
    }

    /// Orders a client's process to go on.
    fn go(&mut self, client: ClientIx, intent: &Intent) -> io::Result<()> {
        let now_ms = self.clock.floor_ms();
        let actor = self.actor(client);
        match intent {
            Intent::Send(request) => actor.send(request.clone(), now_ms, Reader::Client),
            Intent::SendOnly(request) => actor.send(request.clone(), now_ms, Reader::Nobody),
            _ => {}
        }
        self.order(client, Order::Go)
    }

    fn order(&mut self, client: ClientIx, order: Order) -> io::Result<()> {
        let process = self.actor(client).process.as_mut();
        process.expect("a client that is due is up").order(order)
    }

    /// A request was answered.
    pub(super) fn answered(&mut self, client: ClientIx, sent: &Sent, frame: &Frame, latest_ms: Millis) {
        let moment = Moment {
            earliest_ms: sent.earliest_ms,
            latest_ms,
        };
        let reply = reply(&sent.request, frame);
        let (action, reader) = match sent.reader {
            Reader::Client => (Action::Step(client), Some(client)),
            Reader::Nobody | Reader::Gone => (Action::Execute(ConnectionIx(client.0)), None),
        };
        let intent = reader.map(|_| Intent::Send(sent.request.clone()));
        self.history.step(latest_ms, Some(action), intent);
        self.history.executed(moment, reader, &sent.request, &reply);
        match sent.reader {
            Reader::Client => self.observe(client, moment, Observation::Reply(&reply)),
            Reader::Gone => self.history.tell(moment, Event::ExecutedLate),
            Reader::Nobody => {}
        }
    }

    /// A client's process is killed.
    fn crash(&mut self, client: ClientIx, action: Action) {
        self.spent.crashes += 1;
        let restart_after_ms = self.durations.within(self.timing.restart_after);
        let setup = self.setup;
        let actor = self.actor(client);
        // Who waits for a reply is past its intent.
        let intent = (actor.doing != Doing::Waiting).then(|| actor.intent(setup));
        actor.process = None;
        actor.let_go(Reader::Gone);
        actor.doing = Doing::Nothing;
        actor.due = None;
        self.happens(action, intent, Event::Crashed { client });
        if setup.client(client).role.starts_again() {
            let at_ms = self.clock.floor_ms().saturating_add(restart_after_ms);
            self.actor(client).due = Some((at_ms, Next::Restart));
        }
    }

    /// A client loses its connection over its request.
    fn cut(&mut self, client: ClientIx, intent: Intent, fate: Fate) -> io::Result<()> {
        self.spent.cuts += 1;
        let now_ms = self.clock.floor_ms();
        if let (Intent::Send(request) | Intent::SendOnly(request), Fate::Late | Fate::ReplyLost) = (&intent, fate) {
            self.actor(client).send(request.clone(), now_ms, Reader::Nobody);
        }
        self.order(client, Order::Cut(fate))?;
        let actor = self.actor(client);
        actor.let_go(match fate {
            Fate::Late => Reader::Gone,
            Fate::Never | Fate::ReplyLost => Reader::Nobody,
        });
        actor.connection += 1;
        self.happens(Action::Cut(client, fate), Some(intent), Event::Cut { client, fate });
        let moment = self.now();
        self.observe(client, moment, Observation::Lost);
        Ok(())
    }

    /// A client observes something, here as in its process, and decides what to do next.
    fn observe(&mut self, client: ClientIx, moment: Moment, observation: Observation<'_>) {
        let setup = self.setup;
        let actor = self.actor(client);
        let me = actor.me(setup);
        let mut told = Vec::new();
        actor.memory.observe(me, observation, &mut |event| told.push(event));
        actor.doing = Doing::Deciding;
        for event in told {
            self.history.tell(moment, event);
        }
    }

    fn happens(&mut self, action: Action, intent: Option<Intent>, event: Event) {
        let moment = self.now();
        self.history.step(moment.latest_ms, Some(action), intent);
        self.history.tell(moment, event);
    }

    fn now(&self) -> Moment {
        Moment {
            earliest_ms: self.clock.floor_ms(),
            latest_ms: self.clock.ceil_ms(),
        }
    }
}
