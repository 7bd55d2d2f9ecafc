//! The actions of a run in a form that outlives a change of its setup: each with its moment, and with a connection by whose
//! it is or was, since places of connections depend on how many clients there are.

use redelivery_engine::Millis;
use redelivery_engine::cluster::NodeIndex;
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::world::{Action, ConnectionIx, Failure, Ignore, START_MS, World};

/// Something that is done at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    /// From the beginning of the run.
    pub(super) at_ms: Millis,
    pub(super) what: What,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Something that happens to a client.
    Client(Action),
    /// Something that happens on a connection.
    Connection {
        of: Line,
        /// A request is executed there; otherwise the broker notices that it was closed.
        executes: bool,
    },
    /// The bus delivers.
    Bus(NodeIndex, NodeIndex),
    /// Time passes, and nothing else is done.
    Time,
    /// Some other action, which depends on nobody's place.
    Other(Action),
}

/// A connection: the n-th of those that are this client's, or were when it left them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) client: ClientIx,
    pub(super) is_left: bool,
    pub(super) nth: usize,
}

/// Whose each connection of a world is, or was.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Vec<Option<ClientIx>>);

impl Lines {
    /// Notes what a step has changed.
    pub(super) fn note(&mut self, world: &World) {
        for connection in world.connection_ixs() {
            let place = usize::from(connection.0);
            if place >= self.0.len() {
                self.0.resize(place + 1, None);
            }
            if let Some(client) = world.connection(connection).and_then(|state| state.client()) {
                self.0[place] = Some(client);
            }
        }
    }

    fn of<'a>(&'a self, world: &'a World, client: ClientIx, is_left: bool) -> impl Iterator<Item = ConnectionIx> + 'a {
        world.connection_ixs().filter(move |&connection| {
            let owner = self.0.get(usize::from(connection.0)).copied().flatten();
            let left = world
                .connection(connection)
                .is_some_and(|state| state.client().is_none());
            owner == Some(client) && left == is_left
        })
    }

    fn line(&self, world: &World, connection: ConnectionIx) -> Option<Line> {
        let client = self.0.get(usize::from(connection.0)).copied().flatten()?;
        let is_left = world.connection(connection)?.client().is_none();
        let nth = self.of(world, client, is_left).position(|other| other == connection)?;
        Some(Line { client, is_left, nth })
    }

    fn find(&self, world: &World, line: Line) -> Option<ConnectionIx> {
        self.of(world, line.client, line.is_left).nth(line.nth)
    }

    /// What an action is, in a world in which it is possible.
    pub(super) fn what(&self, world: &World, action: Action) -> Option<What> {
        Some(match action {
            Action::Execute(connection) => What::Connection {
                of: self.line(world, connection)?,
                executes: true,
            },
            Action::Notice(connection) => What::Connection {
                of: self.line(world, connection)?,
                executes: false,
            },
            Action::Bus(from, to) => What::Bus(from, to),
            Action::Tick(_) => What::Time,
            action if action.client().is_some() => What::Client(action),
            action => What::Other(action),
        })
    }

    /// The action that it is in this world, if there is one.
    pub(super) fn action(&self, world: &World, what: What) -> Option<Action> {
        match what {
            What::Client(action) | What::Other(action) => Some(action),
            What::Connection { of, executes: true } => self.find(world, of).map(Action::Execute),
            What::Connection { of, executes: false } => self.find(world, of).map(Action::Notice),
            What::Bus(from, to) => Some(Action::Bus(from, to)),
            What::Time => None,
        }
    }
}

/// The deeds of a schedule that is possible.
pub(super) fn deeds(setup: &Setup, schedule: &[Action]) -> Vec<Deed> {
    let mut world = World::initial(setup, &mut Ignore);
    let mut lines = Lines::default();
    lines.note(&world);
    let mut deeds = Vec::new();
    for &action in schedule {
        if let Some(what) = lines.what(&world, action) {
            let after_ms = match action {
                Action::Tick(to_ms) => to_ms,
                _ => world.now_ms(),
            };
            let at_ms = after_ms - START_MS;
            deeds.push(Deed { at_ms, what });
        }
        world.step(setup, action, &mut Ignore);
        lines.note(&world);
    }
    without_idle_time(deeds)
}

/// Time that passes up to the next deed is that deed's.
pub(super) fn without_idle_time(deeds: Vec<Deed>) -> Vec<Deed> {
    let mut kept: Vec<Deed> = Vec::new();
    for deed in deeds {
        if kept.last().is_some_and(|last| last.what == What::Time) {
            kept.pop();
        }
        kept.push(deed);
    }
    kept
}

impl What {
    /// The same after clients have got other places; none where its client is gone.
    pub(super) fn moved(self, to: &dyn Fn(ClientIx) -> Option<ClientIx>) -> Option<Self> {
        Some(match self {
            Self::Client(action) => Self::Client(of_client(action, to)?),
            Self::Connection { of, executes } => Self::Connection {
                of: Line {
                    client: to(of.client)?,
                    ..of
                },
                executes,
            },
            Self::Other(Action::Fail(failure)) => {
                let unanswered = match failure.unanswered {
                    Some(client) => Some(to(client)?),
                    None => None,
                };
                Self::Other(Action::Fail(Failure { unanswered, ..failure }))
            }
            Self::Bus(..) | Self::Time | Self::Other(_) => self,
        })
    }
}

fn of_client(action: Action, to: &dyn Fn(ClientIx) -> Option<ClientIx>) -> Option<Action> {
    Some(match action {
        Action::Step(client) => Action::Step(to(client)?),
        Action::Choose(client, turn) => Action::Choose(to(client)?, turn),
        Action::Deviate(client, choice) => Action::Deviate(to(client)?, choice),
        Action::TimeOut(client) => Action::TimeOut(to(client)?),
        Action::Restart(client) => Action::Restart(to(client)?),
        Action::Pause(client) => Action::Pause(to(client)?),
        Action::Forget(client) => Action::Forget(to(client)?),
        Action::Crash(client) => Action::Crash(to(client)?),
        Action::CrashSending(client) => Action::CrashSending(to(client)?),
        Action::Cut(client, fate) => Action::Cut(to(client)?, fate),
        Action::Replicate(client) => Action::Replicate(to(client)?),
        Action::Turn(client) => Action::Turn(to(client)?),
        Action::Execute(_)
        | Action::Notice(_)
        | Action::Bus(..)
        | Action::Age(_)
        | Action::Expire(_)
        | Action::Tick(_)
        | Action::ClockForward(_)
        | Action::ClockBack(_)
        | Action::Fail(_)
        | Action::Refuse
        | Action::StepDown
        | Action::Part
        | Action::Heal
        | Action::Rewrite
        | Action::Rewritten
        | Action::Missed
        | Action::CameBack
        | Action::Covered
        | Action::Serves => unreachable!("it happens to no client"),
    })
}
