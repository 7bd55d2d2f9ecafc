//! DEBUG: what the tests of clients do to a server. It must be allowed when the server is started: `enable-debug-command`.
//!
//! DEBUG SLEEP lets nobody be served for a while. Nothing sleeps here: requests are held up until that time is over, and so is
//! whatever time would bring about. Sources: <https://redis.io/docs/latest/commands/debug/>, redis-server 8.2.3.

use redelivery_engine::errors::{fixed, quoting};
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::Desk;
use super::letter::What;

const NOT_ALLOWED: Reply = fixed(
    "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a local \
     connection, otherwise you need to set this option in the configuration file, and then restart the server.",
);

/// Nobody is served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sleep {
    pub(super) until: Millis,
    /// Who is told when it is over.
    by: Option<ClientId>,
}

/// `DEBUG …`.
pub(super) fn debug(desk: &mut Desk, client: ClientId, argv: &[Bytes], now: Millis) -> Option<Reply> {
    let known = desk.client(client);
    let is_allowed = match desk.settings.text("enable-debug-command") {
        "yes" => true,
        "local" => known.peer.ip().is_loopback(),
        _ => false,
    };
    if !is_allowed {
        return Some(NOT_ALLOWED);
    }
    let word = argv[1].to_ascii_lowercase();
    match (&*word, &argv[2..]) {
        (b"sleep", [seconds]) => match milliseconds(seconds) {
            0 => Some(Reply::OK),
            ms => {
                let until = now.saturating_add(ms);
                let by = Some(client);
                desk.sleep = Some(Sleep { until, by });
                None
            }
        },
        (b"set-active-expire", [choice]) => {
            desk.expires_actively = leading_number(choice) != 0;
            Some(Reply::OK)
        }
        _ => Some(quoting(&[
            b"ERR unknown subcommand or wrong number of arguments for '",
            &argv[1],
            b"'. Try DEBUG HELP.",
        ])),
    }
}

/// DEBUG within a transaction: whoever sleeps is told at once, and all others wait.
pub(super) fn debug_at_once(desk: &mut Desk, client: ClientId, argv: &[Bytes], now: Millis) -> Reply {
    debug(desk, client, argv, now).unwrap_or_else(|| {
        if let Some(sleep) = &mut desk.sleep {
            sleep.by = None;
        }
        Reply::OK
    })
}

/// Seconds with a fraction, as far as they can be read; what is negative is nothing.
fn milliseconds(seconds: &[u8]) -> Millis {
    let text = str::from_utf8(seconds).unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: Option<Millis> = if whole.is_empty() { Some(0) } else { whole.parse().ok() };
    let parts = whole.zip(digits.parse::<Millis>().ok());
    parts.map_or(0, |(seconds, ms)| seconds.saturating_mul(1000).saturating_add(ms))
}

/// The number that a text begins with, as C reads it; 0 without one.
fn leading_number(text: &[u8]) -> u64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| {
        number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    })
}

impl Desk {
    /// Whether nobody is served, now that it is `now`; whoever has waited for that to end goes on.
    pub(super) fn sleeps(&mut self, now: Millis) -> bool {
        let Some(sleep) = self.sleep else {
            return false;
        };
        if now < sleep.until {
            return true;
        }
        self.sleep = None;
        if let Some(client) = sleep.by
            && let Some(known) = self.clients.get_mut(&client)
        {
            known.is_blocked = false;
            let answer = Some(Reply::OK).filter(|_| !known.waits_in_silence);
            let what = What::Answer(answer, known.version);
            self.post(client, what);
        }
        self.let_go();
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_far_as_they_can_be() {
        let read = ["1", "0.01", "1.5", ".25", "0.0004", "-1", "x", "2.x"].map(|text| milliseconds(text.as_bytes()));
        assert_eq!(read, [1000, 10, 1500, 250, 0, 0, 0, 0]);
        assert_eq!(
            ["1", "0", "x", "12x"].map(|text| leading_number(text.as_bytes())),
            [1, 0, 0, 12]
        );
    }
}
