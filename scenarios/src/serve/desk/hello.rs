//! How a connection begins: HELLO, AUTH, and what asks for nothing: ECHO, TIME.
//!
//! Sources: <https://redis.io/docs/latest/commands/hello/>, <https://redis.io/docs/latest/commands/auth/>.

use redelivery_engine::errors::{SYNTAX, fixed, quoting};
use redelivery_engine::resp::Version;
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::{Desk, client_command};

/// The version that is told wherever a server tells its own.
pub(super) const REDIS_VERSION: &str = "8.2.3";

pub(super) const NO_AUTH: Reply = fixed("NOAUTH Authentication required.");
const WRONG_PASSWORD: Reply = fixed("WRONGPASS invalid username-password pair or user is disabled.");
const NO_PASSWORD_SET: Reply = fixed(
    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration \
     is correct?",
);
const NO_SUCH_VERSION: Reply = fixed("NOPROTO unsupported protocol version");
const NO_NUMBER: Reply = fixed("ERR Protocol version is not an integer or out of range");
const NOT_WITHOUT_AUTH: Reply = fixed(
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> \
     option can be used to authenticate the client and select the RESP protocol version at the same time",
);
const DEFAULT_USER: &[u8] = b"default";

/// `HELLO [version [AUTH user password] [SETNAME name]]`.
pub(super) fn hello(desk: &mut Desk, client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let mut version = None;
    if let Some(number) = argv.get(1) {
        version = match &**number {
            b"2" => Some(Version::Resp2),
            b"3" => Some(Version::Resp3),
            other => {
                let is_number = std::str::from_utf8(other).is_ok_and(|text| text.parse::<i64>().is_ok());
                return if is_number { NO_SUCH_VERSION } else { NO_NUMBER };
            }
        };
    }
    let (mut name, mut rest) = (None, argv.get(2..).unwrap_or(&[]));
    while let Some((option, values)) = rest.split_first() {
        rest = match values {
            [user, password, rest @ ..] if option.eq_ignore_ascii_case(b"auth") => {
                if !desk.admits(user, password) {
                    return WRONG_PASSWORD;
                }
                desk.client_mut(client).is_admitted = true;
                rest
            }
            [given, rest @ ..] if option.eq_ignore_ascii_case(b"setname") => {
                if let Some(refusal) = client_command::refused_name(given) {
                    return refusal;
                }
                name = Some(given.clone());
                rest
            }
            _ => return quoting(&[b"ERR Syntax error in HELLO option '", option, b"'"]),
        };
    }
    if !desk.client(client).is_admitted {
        return NOT_WITHOUT_AUTH;
    }
    if let Some(name) = name {
        desk.client_mut(client).name = name;
    }
    if let Some(version) = version {
        desk.speak(client, version);
    }
    greeting(desk, client)
}

fn greeting(desk: &Desk, client: ClientId) -> Reply {
    let known = desk.client(client);
    let proto = match known.version {
        Version::Resp2 => 2,
        Version::Resp3 => 3,
    };
    let mode = if desk.nodes.is_cluster() {
        "cluster"
    } else {
        "standalone"
    };
    let text = |text: &str| Reply::Bulk(text.into());
    let fields = [
        ("server", text("redis")),
        ("version", text(REDIS_VERSION)),
        ("proto", Reply::Integer(proto)),
        ("id", Reply::Integer(client.0.cast_signed())),
        ("mode", text(mode)),
        ("role", text("master")),
        ("modules", Reply::Array(Vec::new())),
    ];
    Reply::Map(fields.into_iter().map(|(name, value)| (text(name), value)).collect())
}

/// `AUTH [user] password`.
pub(super) fn auth(desk: &mut Desk, client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let is_right = match argv {
        [_, _] if desk.options.password.is_none() => return NO_PASSWORD_SET,
        [_, password] => desk.admits(DEFAULT_USER, password),
        [_, user, password] => desk.admits(user, password),
        _ => return SYNTAX,
    };
    if is_right {
        desk.client_mut(client).is_admitted = true;
        Reply::OK
    } else {
        WRONG_PASSWORD
    }
}

/// `ECHO message`.
pub(super) fn echo(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Bulk(argv[1].clone())
}

/// `TIME`: seconds and microseconds; the desk's clock has milliseconds.
pub(super) fn time(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], now: Millis) -> Reply {
    let part = |number: u64| Reply::Bulk(number.to_string().into());
    Reply::Array(vec![part(now / 1000), part(now % 1000 * 1000)])
}

impl Desk {
    /// Whether somebody may come in who says so. Without a password the default user may say anything.
    fn admits(&self, user: &[u8], password: &[u8]) -> bool {
        let is_right = self
            .options
            .password
            .as_ref()
            .is_none_or(|wanted| **wanted == *password);
        user == DEFAULT_USER && is_right
    }

    /// A client speaks this version from now on.
    pub(super) fn speak(&mut self, client: ClientId, version: Version) {
        let known = self.client_mut(client);
        known.version = version;
        let node = known.node;
        self.nodes.at(node, |broker| broker.set_version(client, version));
    }

    /// After RESET: as when it had just connected.
    pub(super) fn begin_anew(&mut self, client: ClientId) {
        let is_admitted = self.options.password.is_none();
        let known = self.client_mut(client);
        known.name = Bytes::from("");
        known.is_admitted = is_admitted;
        known.replies = Default::default();
        known.is_monitor = false;
        known.queue.clear();
        self.monitors.retain(|&monitor| monitor != client);
        self.speak(client, Version::Resp2);
    }
}
