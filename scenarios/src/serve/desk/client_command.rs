//! CLIENT, as far as it is about the connection itself. Source: <https://redis.io/docs/latest/commands/client/>.

use redelivery_engine::errors::{SYNTAX, fixed, quoting};
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::Desk;
use super::client::Replies;

const BAD_NAME: Reply = fixed("ERR Client names cannot contain spaces, newlines or special characters.");
const NO_TRACKING: Reply = fixed("ERR Client tracking is not supported by the reference broker");

const HELP: &[&str] = &[
    "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "GETNAME",
    "    The name of this connection.",
    "GETREDIR",
    "    -1: tracking is off.",
    "HELP",
    "    This text.",
    "ID",
    "    The number of this connection.",
    "INFO",
    "    What is known of this connection.",
    "KILL <ip:port>",
    "    Close the connection from there.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Close connections by ADDR, LADDR, ID, TYPE, USER and MAXAGE; SKIPME no: this one too.",
    "LIST [TYPE <type> | ID <id> [<id> ...]]",
    "    What is known of all connections, or of some.",
    "NO-EVICT (ON|OFF)",
    "    Accepted; nobody is evicted.",
    "NO-TOUCH (ON|OFF)",
    "    Accepted; nothing is evicted.",
    "PAUSE <milliseconds> [WRITE|ALL]",
    "    Let requests wait, or only those that write.",
    "REPLY (ON|OFF|SKIP)",
    "    Whether this connection is told replies.",
    "SETINFO (LIB-NAME|LIB-VER) <value>",
    "    Say which library this is.",
    "SETNAME <name>",
    "    Name this connection.",
    "TRACKING OFF",
    "    Accepted; ON is an error.",
    "UNBLOCK <id> [TIMEOUT|ERROR]",
    "    Answer a client that waits.",
    "UNPAUSE",
    "    End the pause.",
];

/// What is wrong with a name: a server takes printable characters without spaces.
pub(super) fn refused_name(name: &[u8]) -> Option<Reply> {
    (!is_plain(name)).then_some(BAD_NAME)
}

fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| (b'!'..=b'~').contains(byte))
}

/// `CLIENT ID`.
pub(super) fn id(_desk: &mut Desk, client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Integer(client.0.cast_signed())
}

/// `CLIENT GETNAME`.
pub(super) fn get_name(desk: &mut Desk, client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    match &desk.client(client).name {
        name if name.is_empty() => Reply::Null,
        name => Reply::Bulk(name.clone()),
    }
}

/// `CLIENT SETNAME name`.
pub(super) fn set_name(desk: &mut Desk, client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    if let Some(refusal) = refused_name(&argv[2]) {
        return refusal;
    }
    desk.client_mut(client).name = argv[2].clone();
    Reply::OK
}

/// `CLIENT SETINFO LIB-NAME | LIB-VER value`.
pub(super) fn set_info(desk: &mut Desk, client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let known = desk.client_mut(client);
    let (attribute, value) = (&argv[2], &argv[3]);
    let (place, shown) = if attribute.eq_ignore_ascii_case(b"lib-name") {
        (&mut known.library.0, "lib-name")
    } else if attribute.eq_ignore_ascii_case(b"lib-ver") {
        (&mut known.library.1, "lib-ver")
    } else {
        return quoting(&[b"ERR Unrecognized option '", attribute, b"'"]);
    };
    if !is_plain(value) {
        let text = format!("ERR {shown} cannot contain spaces, newlines or special characters.");
        return Reply::Error(text.into());
    }
    *place = value.clone();
    Reply::OK
}

/// `CLIENT REPLY ON | OFF | SKIP`.
pub(super) fn reply(desk: &mut Desk, client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let known = desk.client_mut(client);
    known.replies = match &*argv[2].to_ascii_lowercase() {
        b"on" => Replies::On,
        b"off" => Replies::Off,
        b"skip" if known.replies == Replies::Off => Replies::Off,
        b"skip" => Replies::Skip,
        _ => return SYNTAX,
    };
    Reply::OK
}

/// `CLIENT NO-EVICT ON | OFF`: nobody is evicted here.
pub(super) fn no_evict(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    on_or_off(&argv[2]).map_or(SYNTAX, |_| Reply::OK)
}

/// `CLIENT NO-TOUCH ON | OFF`: nothing is evicted here.
pub(super) fn no_touch(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    on_or_off(&argv[2]).map_or(SYNTAX, |_| Reply::OK)
}

fn on_or_off(word: &[u8]) -> Option<bool> {
    match &*word.to_ascii_lowercase() {
        b"on" => Some(true),
        b"off" => Some(false),
        _ => None,
    }
}

/// `CLIENT TRACKING ON | OFF`: nobody is told what to forget, and so nobody may rely on it.
pub(super) fn tracking(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    match on_or_off(&argv[2]) {
        Some(true) => NO_TRACKING,
        Some(false) => Reply::OK,
        None => SYNTAX,
    }
}

/// `CLIENT GETREDIR`: tracking is off.
pub(super) fn get_redirection(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Integer(-1)
}

/// `CLIENT HELP`.
pub(super) fn help(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(HELP.iter().map(|line| Reply::Status((*line).into())).collect())
}
