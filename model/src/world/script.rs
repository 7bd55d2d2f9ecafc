//! Scripts at the broker: each command of one is executed like any other, and nothing happens between them.

use redelivery_engine::Reply;

use super::{ConnectionIx, Observer, World};
use crate::check::Violation;
use crate::client::{Request, Script};
use crate::event::{Event, Moment};
use crate::setup::Setup;

/// Hears what the commands of a script bring about; not of the commands, which are nobody's requests.
struct Within<'a>(&'a mut dyn Observer);

impl Observer for Within<'_> {
    fn event(&mut self, moment: Moment, event: &Event) {
        self.0.event(moment, event);
    }

    fn violation(&mut self, violation: Violation) {
        self.0.violation(violation);
    }

    fn stirred(&mut self, connection: ConnectionIx) {
        self.0.stirred(connection);
    }

    fn tells_untimed(&self) -> bool {
        self.0.tells_untimed()
    }
}

impl World {
    /// Executes a script. Who waits for what it brings is served by the caller, once it is over.
    pub(super) fn run_script(
        &mut self,
        setup: &Setup,
        connection: ConnectionIx,
        (request, script): (&Request, &Script),
        observer: &mut dyn Observer,
    ) -> Reply {
        let at = self.connection_mut(connection).take_place();
        let reply = script.run(&mut |command| {
            let one = Request::One(command);
            let reply = self.execute(setup, connection, &one, &mut Within(observer));
            reply.expect("no command of a script waits")
        });
        observer.executed(at, request, Some(&reply));
        reply
    }
}
