//! Clients in each other's place, with all that names them.

use redelivery_engine::{Bytes, ClientId};

use crate::setup::{ClientIx, GroupKind, Setup, keys};
use crate::world::{Action, Actor, ConnectionIx, Failure};

/// A permutation of clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// By client: who stands in its place.
    clients: Vec<ClientIx>,
    /// Of those who move: how a name of theirs begins, and with what it begins instead.
    names: Vec<(Bytes, Bytes)>,
}

impl Renaming {
    /// By client: who stands in its place.
    pub(super) fn new(setup: &Setup, clients: Vec<ClientIx>) -> Self {
        let lists = || {
            let rows = setup.group_ixs();
            rows.filter(|&row| setup.group(row).kind == GroupKind::List)
        };
        let mut names = Vec::new();
        for (client, &other) in (0..).map(ClientIx).zip(&clients) {
            if client != other {
                let (name, other) = (&setup.client(client).name, &setup.client(other).name);
                names.push((name.clone(), other.clone()));
                let own = |list, name| keys::own_processing(setup, list, name);
                names.extend(lists().map(|list| (own(list, name), own(list, other))));
            }
        }
        Self { clients, names }
    }

    /// How many stand elsewhere.
    pub(super) fn moved(&self) -> usize {
        let clients = (0..).map(ClientIx).zip(&self.clients);
        clients.filter(|(client, other)| client != *other).count()
    }

    /// Who stands in a client's place.
    pub fn client(&self, client: ClientIx) -> ClientIx {
        self.clients[usize::from(client.0)]
    }

    /// What stands in the place of a connection: each client has places of its own in the row.
    pub fn connection(&self, connection: ConnectionIx) -> ConnectionIx {
        let count = self.clients.len() as u16;
        let Some(client) = connection.0.checked_rem(count) else {
            return connection;
        };
        ConnectionIx(connection.0 - client + self.client(ClientIx(client)).0)
    }

    /// What stands in the place of a text: another name, if it is one of those who move, be it of a later life.
    pub fn text(&self, text: &Bytes) -> Bytes {
        let renamed = self.names.iter().find_map(|(name, other)| {
            let rest = text.strip_prefix(&**name)?;
            let is_name = rest.is_empty() || rest.starts_with(b".");
            is_name.then(|| Bytes::from([&**other, rest].concat()))
        });
        renamed.unwrap_or_else(|| text.clone())
    }

    /// The action of others in their place.
    pub fn action(&self, action: Action) -> Action {
        match action {
            Action::Step(client) => Action::Step(self.client(client)),
            Action::Choose(client, turn) => Action::Choose(self.client(client), turn),
            Action::Deviate(client, choice) => Action::Deviate(self.client(client), choice),
            Action::TimeOut(client) => Action::TimeOut(self.client(client)),
            Action::Restart(client) => Action::Restart(self.client(client)),
            Action::Pause(client) => Action::Pause(self.client(client)),
            Action::Forget(client) => Action::Forget(self.client(client)),
            Action::Crash(client) => Action::Crash(self.client(client)),
            Action::CrashSending(client) => Action::CrashSending(self.client(client)),
            Action::Cut(client, fate) => Action::Cut(self.client(client), fate),
            Action::Execute(connection) => Action::Execute(self.connection(connection)),
            Action::Notice(connection) => Action::Notice(self.connection(connection)),
            Action::Turn(client) => Action::Turn(self.client(client)),
            Action::Refuse | Action::StepDown | Action::Rewrite | Action::Rewritten => action,
            Action::Missed | Action::CameBack | Action::Covered | Action::Serves => action,
            Action::Replicate(client) => Action::Replicate(self.client(client)),
            // Deliveries come in the order of their times, keys with a time to live are nobody's own.
            Action::Bus(..) | Action::Age(_) | Action::Expire(_) | Action::Tick(_) => action,
            Action::ClockForward(_) | Action::ClockBack(_) | Action::Part | Action::Heal => action,
            Action::Fail(failure) => Action::Fail(Failure {
                unanswered: failure.unanswered.map(|client| self.client(client)),
                ..failure
            }),
        }
    }

    /// Who brings about what others brought about.
    pub fn actor(&self, actor: &Actor) -> Actor {
        match actor {
            Actor::Client(client) => Actor::Client(self.client(*client)),
            Actor::Connection(connection) => Actor::Connection(self.connection(*connection)),
            Actor::Bus(..) | Actor::Ageing(_) | Actor::Expiry(_) | Actor::Clock => actor.clone(),
            Actor::Former | Actor::Network | Actor::File | Actor::Nodes => actor.clone(),
        }
    }
}

impl redelivery_engine::Renaming for Renaming {
    fn client(&self, client: ClientId) -> ClientId {
        match u16::try_from(client.0) {
            Ok(place) => ClientId(self.connection(ConnectionIx(place)).0.into()),
            Err(_) => client,
        }
    }

    fn text(&self, text: &Bytes) -> Bytes {
        self.text(text)
    }
}
