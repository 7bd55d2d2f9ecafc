//! MONITOR: who hears of every command that is served. Source: <https://redis.io/docs/latest/commands/monitor/>.

use redelivery_engine::cluster::named_keys;
use redelivery_engine::errors::fixed;
use redelivery_engine::{Bytes, ClientId, Command, Millis, Reply};

use super::{Desk, table};

/// What is told to nobody: commands of administrators.
const UNTOLD: &[&str] = &[
    "config",
    "debug",
    "monitor",
    "client|list",
    "client|kill",
    "client|pause",
    "client|unpause",
    "client|unblock",
];
/// What is told without its arguments.
const SECRET: &[&str] = &["auth"];

/// What a monitor is answered that asks for keys: a server takes it for a replica.
pub(super) const NO_KEYS: Reply = fixed("ERR Replica can't interact with the keyspace");

/// Whether a command is about keys.
pub(super) fn touches_keys(argv: &[Bytes]) -> bool {
    Command::parse(argv).is_ok_and(|command| !named_keys(&command).is_empty())
}

/// Whether there is such a command, with so many arguments: of others nobody is told.
fn is_known(argv: &[Bytes]) -> bool {
    if let Some(own) = argv.first().and_then(|name| table::find(name)) {
        return own.chosen(argv).is_ok();
    }
    let refusal = match Command::parse(argv) {
        Err(Reply::Error(text)) => text,
        _ => return true,
    };
    let is = |begin: &[u8]| refusal.as_bytes().starts_with(begin);
    !is(b"ERR unknown ") && !is(b"ERR wrong number of arguments")
}

/// `MONITOR`.
pub(super) fn monitor(desk: &mut Desk, client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    let known = desk.client_mut(client);
    if !known.is_monitor {
        known.is_monitor = true;
        desk.monitors.push(client);
    }
    Reply::OK
}

impl Desk {
    /// Tells all who listen what a client sends.
    pub(super) fn tell_monitors(&mut self, client: ClientId, argv: &[Bytes], now: Millis) {
        let Some(name) = argv
            .first()
            .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase())
        else {
            return;
        };
        let sub = argv
            .get(1)
            .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase());
        let whole = format!("{name}|{}", sub.unwrap_or_default());
        if !is_known(argv) {
            return;
        }
        if UNTOLD.contains(&name.as_str()) || UNTOLD.contains(&whole.as_str()) {
            return;
        }
        let known = self.client(client);
        let database = self.nodes.of(known.node).database(client);
        let mut line = format!(
            "{}.{:06} [{} {}]",
            now / 1000,
            now % 1000 * 1000,
            database.index(),
            known.peer
        );
        for (nth, argument) in argv.iter().enumerate() {
            line.push(' ');
            match nth > 0 && SECRET.contains(&name.as_str()) {
                true => line.push_str("\"(redacted)\""),
                false => quote(argument, &mut line),
            }
        }
        let reply = Reply::Status(line.into());
        for monitor in self.monitors.clone() {
            self.tell(monitor, &reply);
        }
    }
}

/// As `sdscatrepr` writes it.
fn quote(bytes: &[u8], line: &mut String) {
    line.push('"');
    for &byte in bytes {
        match byte {
            b'\\' | b'"' => line.extend(['\\', char::from(byte)]),
            b'\n' => line.push_str("\\n"),
            b'\r' => line.push_str("\\r"),
            b'\t' => line.push_str("\\t"),
            0x07 => line.push_str("\\a"),
            0x08 => line.push_str("\\b"),
            b' '..=b'~' => line.push(char::from(byte)),
            byte => line.push_str(&format!("\\x{byte:02x}")),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn arguments_are_quoted_as_in_c() {
        let mut line = String::new();
        quote(b"x y\n\x01\\\"\xff", &mut line);
        assert_eq!(line, r#""x y\n\x01\\\"\xff""#);
    }
}
