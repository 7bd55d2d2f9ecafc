//! CLIENT PAUSE, UNPAUSE and UNBLOCK: who waits by an administrator's will, and who waits no more.
//!
//! A request that comes during a pause is not served before it is over. Sources:
//! <https://redis.io/docs/latest/commands/client-pause/>, <https://redis.io/docs/latest/commands/client-unblock/>.

use redelivery_engine::errors::{NOT_AN_INTEGER, fixed};
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::letter::What;
use super::{Desk, number};

const NO_TIME: Reply = fixed("ERR timeout is not an integer or out of range");
const NEGATIVE_TIME: Reply = fixed("ERR timeout is negative");
const NO_MODE: Reply = fixed("ERR CLIENT PAUSE mode must be WRITE or ALL");
const NO_REASON: Reply = fixed("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
const UNBLOCKED: Reply = fixed("UNBLOCKED client unblocked via CLIENT UNBLOCK");

/// Clients are held up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) until: Millis,
    /// Only those who would write.
    writes_only: bool,
}

/// `CLIENT PAUSE milliseconds [WRITE | ALL]`.
pub(super) fn pause(desk: &mut Desk, _client: ClientId, argv: &[Bytes], now: Millis) -> Reply {
    let writes_only = match argv.get(3).map(|mode| mode.to_ascii_lowercase()).as_deref() {
        None | Some(b"all") => false,
        Some(b"write") => true,
        _ => return NO_MODE,
    };
    let Some(ms) = number(&argv[2]) else {
        return NO_TIME;
    };
    let Ok(ms) = Millis::try_from(ms) else {
        return NEGATIVE_TIME;
    };
    // A pause is never made shorter by another.
    let until = desk.pause.map_or(0, |pause| pause.until).max(now.saturating_add(ms));
    desk.pause = Some(Pause { until, writes_only });
    Reply::OK
}

/// `CLIENT UNPAUSE`.
pub(super) fn unpause(desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    desk.pause = None;
    desk.let_go();
    Reply::OK
}

/// `CLIENT UNBLOCK id [TIMEOUT | ERROR]`.
pub(super) fn unblock(desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let with_error = match argv.get(3).map(|reason| reason.to_ascii_lowercase()).as_deref() {
        None | Some(b"timeout") => false,
        Some(b"error") => true,
        _ => return NO_REASON,
    };
    let Some(id) = number(&argv[2]) else {
        return NOT_AN_INTEGER;
    };
    let waits = ClientId(id.cast_unsigned());
    let node = desk.clients.get(&waits).map(|known| known.node);
    let Some(node) = node.filter(|&node| desk.nodes.of(node).is_blocked(waits)) else {
        return Reply::Integer(0);
    };
    desk.nodes.at(node, |broker| match with_error {
        true => broker.end_wait(waits, UNBLOCKED),
        false => broker.time_out(waits),
    });
    Reply::Integer(1)
}

impl Desk {
    /// Whether a request must wait for the end of the pause.
    pub(super) fn is_held(&mut self, client: ClientId, argv: &[Bytes], now: Millis) -> bool {
        if self.sleeps(now) {
            return true;
        }
        self.end_pause(now);
        let Some(pause) = self.pause else {
            return false;
        };
        let broker = self.nodes.of(self.client(client).node);
        let name = argv
            .first()
            .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase());
        !pause.writes_only || name.is_some_and(|name| broker.may_write(client, &name))
    }

    pub(super) fn end_pause(&mut self, now: Millis) {
        if self.pause.is_some_and(|pause| pause.until <= now) {
            self.pause = None;
            self.let_go();
        }
    }

    pub(super) fn let_go(&mut self) {
        for client in std::mem::take(&mut self.held) {
            self.post(client, What::GoOn);
        }
    }
}
