//! What connections and administrators are answered: our server over TCP beside a real one, frame by frame.
//!
//! What is told of a connection itself (numbers, addresses, buffers) is not compared, and of COMMAND neither tips nor key
//! specifications: ours has none.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;
use std::time::Duration;

use redelivery_engine::Bytes;
use redelivery_engine::resp::{Frame, split_words};
use redelivery_scenarios::live::{Connection, Server};
use redelivery_scenarios::serve::{Chosen, Listening, Options};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asked one after the other, of a connection of RESP2 and of one of RESP3.
const SCRIPT: &str = r#"
PING
ECHO hello
HELLO 4
HELLO x
HELLO 2 foo
HELLO 2 AUTH default
AUTH a
AUTH a b
AUTH default b
AUTH a b c
CLIENT GETNAME
CLIENT SETNAME worker-1
CLIENT GETNAME
CLIENT SETNAME "a b"
CLIENT SETNAME ""
CLIENT GETNAME
CLIENT SETINFO LIB-NAME lib
CLIENT SETINFO lib-ver 1.0
CLIENT SETINFO lib-ver "1 0"
CLIENT SETINFO foo b
CLIENT REPLY FOO
CLIENT REPLY ON
CLIENT
CLIENT FOO
CLIENT ID x
CLIENT LIST TYPE x
CLIENT LIST ID
CLIENT LIST ID a
CLIENT LIST ID 9999
CLIENT LIST FOO
CLIENT KILL
CLIENT KILL 1.2.3.4:1
CLIENT KILL ID 9999
CLIENT KILL ID x
CLIENT KILL ID 0
CLIENT KILL TYPE x
CLIENT KILL TYPE replica
CLIENT KILL FOO bar
CLIENT KILL SKIPME maybe
CLIENT KILL MAXAGE x
CLIENT KILL ADDR 1.2.3.4:1
CLIENT KILL LADDR 1.2.3.4:1
CLIENT KILL USER nobody
CLIENT UNBLOCK 9999
CLIENT UNBLOCK x
CLIENT UNBLOCK 9 foo
CLIENT PAUSE x
CLIENT PAUSE -1
CLIENT PAUSE 1 FOO
CLIENT PAUSE 1
CLIENT UNPAUSE
CLIENT NO-EVICT on
CLIENT NO-EVICT x
CLIENT NO-TOUCH off
CLIENT TRACKING off
CLIENT GETREDIR
CONFIG GET maxmemory
CONFIG GET nosuch
CONFIG GET
CONFIG FOO
CONFIG SET maxmemory x
CONFIG SET nosuch 1
CONFIG SET maxmemory 1 nosuch 2
CONFIG SET maxmemory
CONFIG SET maxmemory 0 maxmemory 0
CONFIG SET notify-keyspace-events Q
CONFIG SET notify-keyspace-events mEn$lt
CONFIG GET notify-keyspace-events
CONFIG SET notify-keyspace-events ""
CONFIG SET stream-node-max-entries -1
CONFIG SET stream-node-max-entries x
CONFIG SET stream-node-max-bytes -1
CONFIG SET stream-node-max-bytes 1kb
CONFIG GET stream-node-max-*
CONFIG SET list-compress-depth -1
CONFIG SET databases 3
CONFIG SET dir /nowhere
CONFIG SET appendonly maybe
CONFIG SET maxmemory-policy foo
CONFIG SET client-output-buffer-limit foo
CONFIG SET client-output-buffer-limit "foo 1 2 3"
CONFIG SET client-output-buffer-limit "normal x 1 1"
CONFIG SET client-output-buffer-limit "pubsub 1mb 2 3"
CONFIG GET client-output-buffer-limit
CONFIG SET proto-max-bulk-len 1
CONFIG SET client-query-buffer-limit 1
CONFIG SET maxclients 0
CONFIG SET timeout -1
CONFIG SET save "60 1 5"
CONFIG REWRITE
CONFIG RESETSTAT
COMMAND FOO
COMMAND INFO nosuch
COMMAND GETKEYS GET k
COMMAND GETKEYS MSET a 1 b 2
COMMAND GETKEYS XREADGROUP GROUP g c COUNT 1 STREAMS a b > >
COMMAND GETKEYS XADD s * f v
COMMAND GETKEYS PING
COMMAND GETKEYS NOSUCH x
COMMAND GETKEYS GET
COMMAND LIST FILTERBY MODULE nosuch
COMMAND LIST FILTERBY FOO x
COMMAND LIST FOO
COMMAND DOCS nosuch
MONITOR foo
ECHO
TIME x
ROLE x
LASTSAVE x
WAITAOF 0 0 0
WAITAOF 1 0 0
WAITAOF 1 0 x
WAITAOF 1 0 -1
WAITAOF 2 0 0
WAITAOF 2 x x
WAITAOF x 0 0
WAITAOF 0 -1 0
WAITAOF 0 x 0
WAITAOF 0 0 -1
WAITAOF 0 0 x
WAITAOF 0
DEBUG SLEEP 0
DEBUG SLEEP 0.01
DEBUG SLEEP x
DEBUG SLEEP -1
DEBUG SLEEP
DEBUG SLEEP 0 0
DEBUG SET-ACTIVE-EXPIRE 0
DEBUG SET-ACTIVE-EXPIRE 1
DEBUG SET-ACTIVE-EXPIRE
DEBUG FOO
DEBUG
FUNCTION
FUNCTION FLUSH
FUNCTION FLUSH ASYNC
FUNCTION FLUSH sync
FUNCTION FLUSH now
FUNCTION FLUSH SYNC x
FUNCTION LIST
FUNCTION FOO
SCRIPT
SCRIPT FLUSH
SCRIPT FLUSH sync
SCRIPT FLUSH now
SCRIPT FLUSH SYNC x
SCRIPT EXISTS a b
SCRIPT EXISTS
SCRIPT FOO
SET obj 1
OBJECT ENCODING obj
OBJECT REFCOUNT obj
OBJECT FREQ obj
OBJECT FREQ nosuch
OBJECT ENCODING nosuch
OBJECT ENCODING
OBJECT ENCODING a b
OBJECT FOO a
SET obj 9223372036854775808
OBJECT ENCODING obj
SET obj 12345678901234567890123456789012345678
OBJECT ENCODING obj
SET obj 123456789012345678901234567890123456789
OBJECT ENCODING obj
SET obj 123456789012345678901234567890 EX 100
OBJECT ENCODING obj
SET obj 1234567890123456789012345678901 EX 100
OBJECT ENCODING obj
DEL obj
LPUSH obj a
OBJECT ENCODING obj
DEL obj
SADD obj 1
OBJECT ENCODING obj
SADD obj a
OBJECT ENCODING obj
OBJECT REFCOUNT obj
DEL obj
XADD obj 1-1 f v
OBJECT ENCODING obj
DEL obj
MULTI
WAITAOF 0 1 10
DEBUG SLEEP 0.001
OBJECT ENCODING nosuch
EXEC
MEMORY
MEMORY FOO
MEMORY USAGE
MEMORY USAGE nosuch
MEMORY USAGE nosuch SAMPLES 0
MEMORY USAGE nosuch SAMPLES x
MEMORY USAGE nosuch SAMPLES -1
MEMORY USAGE nosuch SAMPLES
MEMORY USAGE nosuch FOO 1
INFO nosuch
INFO cluster
INFO modules2 nosuch
MULTI
ECHO queued
CLIENT GETNAME
SET k v
CONFIG GET maxmemory
EXEC
MULTI
CLIENT FOO
EXEC
MULTI
CLIENT GETNAME
DISCARD
RESET
"#;

/// Asked last: a server counts a request for acknowledgements as written for replicas, though it has none.
const LAST: &str = r#"
ROLE
WAITAOF 0 1 10
WAITAOF 0 2 1
"#;

/// Compares our server with a real one of its own.
pub(crate) fn agree(server: &Server) -> Result<String, String> {
    while_served(|address| {
        let mut ours = Connection::open(address, TIMEOUT).map_err(|error| error.to_string())?;
        let mut theirs = server.connect(TIMEOUT).map_err(|error| error.to_string())?;
        let count = script(&mut ours, &mut theirs)? + commands(&mut ours, &mut theirs)?;
        Ok(format!("{count} answers"))
    })
}

/// Our server serves at an address as long as this takes.
pub(crate) fn while_served<T>(ask: impl FnOnce(SocketAddr) -> Result<T, String>) -> Result<T, String> {
    let options = Options {
        addresses: vec!["127.0.0.1:0".parse().expect("an address")],
        is_cluster: false,
        password: None,
        clients_max: 10_000,
        settings: vec![Chosen::new("enable-debug-command", "yes")?],
        seed: 0,
    };
    let ours = Listening::new(options, 1).map_err(|error| error.to_string())?;
    let (address, ender) = (ours.addresses()[0], ours.ender());
    thread::scope(|scope| {
        let serving = scope.spawn(|| ours.run());
        // It is to end, whatever happens.
        let asked = catch_unwind(AssertUnwindSafe(|| ask(address)));
        ender.end();
        let served = serving.join().expect("it does not panic");
        served.map_err(|error| error.to_string())?;
        asked.unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn ask(connection: &mut Connection, line: &str) -> Result<Frame, String> {
    let argv = split_words(line.as_bytes()).map_err(|error| error.to_string())?;
    connection.request(&argv).map_err(|error| format!("{line}: {error}"))
}

fn script(ours: &mut Connection, theirs: &mut Connection) -> Result<usize, String> {
    let mut count = 0;
    let mut differences = Vec::new();
    for (greeting, asked) in [("HELLO 2", SCRIPT), ("HELLO 3", SCRIPT), ("HELLO 2", LAST)] {
        ask(ours, greeting)?;
        ask(theirs, greeting)?;
        for line in asked.lines().filter(|line| !line.is_empty()) {
            let (own, real) = (ask(ours, line)?, ask(theirs, line)?);
            if sorted(own.clone()) != sorted(real.clone()) {
                differences.push(format!("after {greeting}: {line}\n  ours   {own:?}\n  theirs {real:?}"));
            }
            count += 1;
        }
    }
    none_of(differences).map(|()| count)
}

/// CONFIG GET tells settings in any order.
fn sorted(frame: Frame) -> Frame {
    match frame {
        Frame::Map(mut pairs) => {
            pairs.sort_by_key(|pair| format!("{pair:?}"));
            Frame::Map(pairs)
        }
        Frame::Array(frames) if frames.len().is_multiple_of(2) && frames.len() > 2 => {
            let (pairs, _) = frames.as_chunks::<2>();
            let mut pairs = pairs.to_vec();
            pairs.sort_by_key(|pair| format!("{pair:?}"));
            Frame::Array(pairs.concat())
        }
        frame => frame,
    }
}

/// What is told of each command that we have.
fn commands(ours: &mut Connection, theirs: &mut Connection) -> Result<usize, String> {
    ask(ours, "HELLO 3")?;
    ask(theirs, "HELLO 3")?;
    let all = match ask(ours, "COMMAND LIST FILTERBY PATTERN *")? {
        Frame::Array(names) => names,
        other => return Err(format!("COMMAND LIST answers {other:?}")),
    };
    if all.len() < 100 {
        return Err(format!("only {} commands are listed", all.len()));
    }
    let mut differences = Vec::new();
    for name in &all {
        let Frame::Bulk(name) = name else {
            return Err(format!("{name:?} is no name"));
        };
        let argv = ["COMMAND".into(), "INFO".into(), name.clone()];
        let told = |connection: &mut Connection, argv: &[Bytes]| {
            let frame = connection.request(argv).map_err(|error| error.to_string())?;
            described(frame).ok_or_else(|| format!("of {name:?} nothing is told"))
        };
        let (own, real) = (told(ours, &argv)?, told(theirs, &argv)?);
        if own != real {
            differences.push(format!("COMMAND INFO {name:?}\n  ours   {own:?}\n  theirs {real:?}"));
        }
    }
    none_of(differences).map(|()| all.len())
}

fn none_of(differences: Vec<String>) -> Result<(), String> {
    match differences.is_empty() {
        true => Ok(()),
        false => Err(differences.join("\n")),
    }
}

/// Name, arity, flags, first key, last key, step, categories.
fn described(frame: Frame) -> Option<Vec<Frame>> {
    let Frame::Array(commands) = frame else {
        return None;
    };
    let Some(Frame::Array(fields)) = commands.into_iter().next() else {
        return None;
    };
    let unordered = |field: Frame| match field {
        Frame::Set(mut words) => {
            words.sort_by_key(|word| format!("{word:?}"));
            Frame::Set(words)
        }
        field => field,
    };
    Some(fields.into_iter().take(7).map(unordered).collect())
}
