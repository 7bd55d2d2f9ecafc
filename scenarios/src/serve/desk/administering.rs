//! What administrators and the tests of clients send: ROLE, LASTSAVE, WAITAOF, FUNCTION, SCRIPT.
//!
//! There are no replicas, no files and no scripts: it is answered as by a server that has none. Sources:
//! <https://redis.io/docs/latest/commands/role/>, <https://redis.io/docs/latest/commands/waitaof/>,
//! <https://redis.io/docs/latest/commands/function-flush/>, <https://redis.io/docs/latest/commands/script-flush/>.

use redelivery_engine::errors::{NOT_AN_INTEGER, fixed, quoting};
use redelivery_engine::{Bytes, ClientId, Command, Millis, Reply};

use super::{Desk, number};

const NO_LOCAL: Reply = fixed("ERR value is out of range, value must between 0 and 1");
const NO_REPLICAS: Reply = fixed("ERR value is out of range, must be positive");
const NO_TIME: Reply = fixed("ERR timeout is not an integer or out of range");
const NEGATIVE_TIME: Reply = fixed("ERR timeout is negative");
const NO_FILE: Reply = fixed("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
const NO_WAY_TO_FLUSH_FUNCTIONS: Reply = fixed("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
const NO_WAY_TO_FLUSH_SCRIPTS: Reply = fixed("ERR SCRIPT FLUSH only support SYNC|ASYNC option");

/// `ROLE`: a master that has written nothing for replicas, and has none.
pub(super) fn role(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(vec![
        Reply::Bulk("master".into()),
        Reply::Integer(0),
        Reply::Array(Vec::new()),
    ])
}

/// `LASTSAVE`: when the server was started.
pub(super) fn last_save(desk: &mut Desk, _client: ClientId, _argv: &[Bytes], now: Millis) -> Reply {
    let started_at = desk.statistics.started_at.unwrap_or(now);
    Reply::Integer(i64::try_from(started_at / 1000).unwrap_or(i64::MAX))
}

/// `WAITAOF numlocal numreplicas timeout`, which waits as WAIT does; within a transaction it does not.
pub(super) fn wait_aof(desk: &mut Desk, client: ClientId, argv: &[Bytes], now: Millis) -> Option<Reply> {
    let (replicas, timeout_ms) = match wait(argv) {
        Ok(wait) => wait,
        Err(refusal) => return Some(refusal),
    };
    let node = desk.client(client).node;
    let command = Command::Wait { replicas, timeout_ms };
    let reply = desk.nodes.at(node, |broker| broker.apply(client, &command, now));
    if reply.is_none() {
        desk.client_mut(client).waits_for_files = true;
    }
    reply.map(files)
}

/// WAITAOF within a transaction.
pub(super) fn wait_aof_at_once(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    wait(argv).map_or_else(|refusal| refusal, |_| files(Reply::Integer(0)))
}

/// What WAIT answers, as WAITAOF does: nothing is written here.
pub(super) fn files(replicas: Reply) -> Reply {
    match replicas {
        Reply::Integer(_) => Reply::Array(vec![Reply::Integer(0), replicas]),
        other => other,
    }
}

/// For how many replicas it waits, and for how long.
fn wait(argv: &[Bytes]) -> Result<(i64, Millis), Reply> {
    let local = number(&argv[1]).ok_or(NOT_AN_INTEGER)?;
    if !(0..=1).contains(&local) {
        return Err(NO_LOCAL);
    }
    let replicas = number(&argv[2]).filter(|&replicas| replicas >= 0).ok_or(NO_REPLICAS)?;
    let ms = number(&argv[3]).ok_or(NO_TIME)?;
    let ms = Millis::try_from(ms).map_err(|_| NEGATIVE_TIME)?;
    match local {
        1 => Err(NO_FILE),
        _ => Ok((replicas, ms)),
    }
}

/// `FUNCTION FLUSH [ASYNC | SYNC]`.
pub(super) fn flush_functions(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    match &argv[2..] {
        [] => Reply::OK,
        [way] if is_way(way) => Reply::OK,
        [_] => NO_WAY_TO_FLUSH_FUNCTIONS,
        _ => quoting(&[
            b"ERR unknown subcommand or wrong number of arguments for '",
            &argv[1],
            b"'. Try FUNCTION HELP.",
        ]),
    }
}

/// `SCRIPT FLUSH [ASYNC | SYNC]`.
pub(super) fn flush_scripts(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    match &argv[2..] {
        [] => Reply::OK,
        [way] if is_way(way) => Reply::OK,
        _ => NO_WAY_TO_FLUSH_SCRIPTS,
    }
}

fn is_way(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"async") || word.eq_ignore_ascii_case(b"sync")
}

/// `FUNCTION LIST`: none.
pub(super) fn functions(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(Vec::new())
}

/// `SCRIPT EXISTS sha1 …`: none does.
pub(super) fn scripts_exist(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(argv[2..].iter().map(|_| Reply::Integer(0)).collect())
}
