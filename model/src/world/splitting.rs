//! Split brain: the replica has taken over, and the old primary goes on for those who still talk to it.
//!
//! Nobody's connection closes at first. Each client turns to the new primary in its own time, or when the old one refuses to
//! write; whoever connects anew connects to the new one. At last the old primary is told to follow the new one: it throws
//! away what it has, and closes all connections, as Sentinel has it do. Until then nothing else fails. Sources:
//! <https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#example-2-basic-setup-with-three-boxes>,
//! <https://redis.io/docs/latest/operate/oss_and_stack/management/replication/>.

use redelivery_engine::Reply;
use redelivery_engine::cluster::NodeIndex;

use super::{Action, ConnectionIx, Observer, World};
use crate::client::{Observation, Request};
use crate::defect::Defect;
use crate::event::Event;
use crate::setup::policy::{Otherwise, Role};
use crate::setup::{ClientIx, Mishap, Setup};

/// Where the old primary stands among nodes, as long as it goes on.
pub const FORMER: NodeIndex = NodeIndex(1);

impl World {
    /// What the old primary may do next, if there is one.
    pub fn enabled_of_former(&self, setup: &Setup, actions: &mut Vec<Action>) {
        let Some(former) = self.site.former() else { return };
        let min_replicas = setup.keeping.and_then(|keeping| keeping.min_replicas_lag_ms);
        let may_refuse = min_replicas.is_some() && setup.defect != Some(Defect::OldPrimaryNeverRefuses);
        if may_refuse && !former.lacks_replicas() {
            actions.push(Action::Refuse);
        }
        actions.push(Action::StepDown);
    }

    /// Whether a client talks to the old primary still.
    pub(crate) fn may_turn(&self, client: ClientIx) -> bool {
        let connection = self.client(client).connection.and_then(|ix| self.connection(ix));
        let is_there = connection.is_some_and(|connection| connection.node() == FORMER);
        // In a cluster that is a node as any other.
        is_there && self.site.former().is_some()
    }

    /// The replica takes over.
    pub(super) fn split(&mut self, setup: &Setup, lost: u16, observer: &mut dyn Observer) {
        self.spent.fail(Mishap::Split);
        self.tell(setup, Event::BrokerFailed { how: Mishap::Split }, observer);
        self.kept_mut().split(lost);
        self.fail_defective(setup, Mishap::Split);
        self.retire(setup);
        let all: Vec<ConnectionIx> = self.connection_ixs().collect();
        for connection in all {
            observer.stirred(connection);
            self.connection_mut(connection).node = FORMER;
        }
        if lost > 0 {
            self.tell(setup, Event::WritesLost { writes: Some(lost) }, observer);
        }
        self.tell_what_is_kept(setup, observer);
    }

    /// A client hears of the new primary, and connects to it.
    pub(super) fn turn(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        self.abandon(setup, client, observer);
        self.connect(setup, client);
        self.hear(setup, client, Observation::Lost, observer);
    }

    /// The old primary notices that it has no replica any more.
    pub(super) fn refuse(&mut self) {
        self.kept_mut().refuse();
    }

    /// The old primary becomes the replica of the new one.
    pub(super) fn step_down(&mut self, setup: &Setup, observer: &mut dyn Observer) {
        let up: Vec<ClientIx> = setup.client_ixs().filter(|client| self.may_turn(*client)).collect();
        for &client in &up {
            self.abandon(setup, client, observer);
        }
        let at_former = |ix: &ConnectionIx| self.connection(*ix).is_some_and(|state| state.node() == FORMER);
        let left: Vec<ConnectionIx> = self.connection_ixs().filter(at_former).collect();
        for connection in left {
            self.close(setup, connection, observer);
        }
        let discards = self.kept_mut().step_down();
        self.tell(setup, Event::SteppedDown { discards }, observer);
        self.forget_lost(setup);
        for client in up {
            self.connect(setup, client);
            self.hear(setup, client, Observation::Lost, observer);
        }
    }

    /// Whether the old primary has refused a client's request: the client then asks who is the primary now.
    pub(super) fn is_refused(&self, client: ClientIx, reply: &Reply) -> bool {
        let Reply::Error(text) = reply else { return false };
        let text = text.as_bytes();
        (text.starts_with(b"NOREPLICAS") || text.starts_with(b"EXECABORT")) && self.may_turn(client)
    }

    /// Who is told that no replica has what it wrote, and minds, asks who is the primary now.
    pub(super) fn turn_if_short(
        &mut self,
        setup: &Setup,
        (client, request): (ClientIx, &Request),
        observer: &mut dyn Observer,
    ) {
        let wait = match &setup.client(client).role {
            Role::Producer(policy) => policy.wait,
            Role::Consumer(policy) => policy.wait,
            _ => None,
        };
        let minds = wait.is_some_and(|wait| wait.otherwise == Otherwise::Retry);
        if minds && request.asks_replicas() && self.may_turn(client) {
            self.turn(setup, client, observer);
        }
    }
}
