//! A primary and its replica, both real: WAIT, what a primary without replicas refuses, and what becomes of what was written to an
//! old primary once it follows the new one; beside our engine, whom its keeper tells of replicas.

use std::path::Path;

use redelivery_engine::resp::{Frame, Version};
use redelivery_engine::{Broker, Bytes, ClientId, Millis};
use redelivery_scenarios::live::{Connection, Replica, Server, argv};

use crate::ours::BEGIN_MS;
use crate::theirs::{self, TIMEOUT};

const CLIENT: ClientId = ClientId(1);
const REFUSAL: &str = "NOREPLICAS Not enough good replicas to write.";

/// A real server and our broker in its place.
struct Pair {
    theirs: Connection,
    ours: Broker,
    now_ms: Millis,
}

/// How a request ends that our broker holds back.
#[derive(Clone, Copy)]
enum Held {
    /// The replica confirms.
    Confirmed,
    /// Nobody does in time.
    OutOfTime,
}

impl Pair {
    fn of(server: &Server, ours: Broker) -> Self {
        Self {
            theirs: server.connect(TIMEOUT).expect("the server takes connections"),
            ours,
            now_ms: BEGIN_MS,
        }
    }

    /// Both answer the same.
    fn ask(&mut self, line: &str, held: Held) -> Result<(), String> {
        let words = argv(line);
        let theirs = self.theirs.request(&words).map_err(|error| error.to_string())?;
        let ours = self.apply(&words, held);
        match ours == theirs {
            true => Ok(()),
            false => Err(format!("> {line}\n--- server\n{theirs:?}\n--- engine\n{ours:?}")),
        }
    }

    fn apply(&mut self, words: &[Bytes], held: Held) -> Frame {
        self.now_ms += 1;
        let reply = self.ours.apply_argv(CLIENT, words, self.now_ms).unwrap_or_else(|| {
            match held {
                Held::Confirmed => self.ours.replicated(CLIENT, 1),
                Held::OutOfTime => self.ours.time_out(CLIENT),
            }
            self.ours.take_outbox().remove(0).1
        });
        reply.to_frames(Version::Resp2).remove(0)
    }
}

/// Plays one story on two real servers and on ours.
pub(crate) fn agree(binary: &Path) -> Result<String, String> {
    let mut options = theirs::options(binary);
    options.push(("repl-diskless-sync-delay", "0"));
    let start = || Server::start(binary, &options).map_err(|error| error.to_string());
    let (first, second) = (start()?, start()?);
    let mut replica = Replica::of(first.address(), second).map_err(|error| error.to_string())?;
    let mut old = Pair::of(&first, Broker::new().propagating());
    old.ask("WAIT 1 5000", Held::Confirmed)?;
    for line in [
        "XADD s 1-0 f kept",
        "XGROUP CREATE s g 0",
        "XREADGROUP GROUP g a COUNT 1 STREAMS s >",
    ] {
        old.ask(line, Held::Confirmed)?;
        old.ask("WAIT 1 5000", Held::Confirmed)?;
    }
    let mut follower = Broker::new();
    old.ours.take_propagated().iter().for_each(|unit| follower.follow(unit));
    replica.promote().map_err(|error| error.to_string())?;
    let second = replica.into_server();
    let mut new = Pair::of(&second, follower);
    // Both take writes.
    old.ask("XADD s 2-0 f thrown-away", Held::OutOfTime)?;
    old.ask("WAIT 1 50", Held::OutOfTime)?;
    old.ask("XACK s g 1-0", Held::OutOfTime)?;
    new.ask("XADD s 2-0 f other", Held::OutOfTime)?;
    new.ask("XPENDING s g", Held::OutOfTime)?;
    let refused = refusals(&mut old)?;
    // The old one follows the new one, as a copy.
    let followed = Replica::of(second.address(), first).map_err(|error| error.to_string())?;
    let mut copy = followed.server().connect(TIMEOUT).map_err(|error| error.to_string())?;
    for look in ["XRANGE s - +", "XPENDING s g"] {
        new.ask(look, Held::OutOfTime)?;
        let (theirs, copied) = (new.theirs.request(&argv(look)), copy.request(&argv(look)));
        if theirs.as_ref().ok() != copied.as_ref().ok() {
            return Err(format!(
                "> {look}\n--- new primary\n{theirs:?}\n--- what followed it\n{copied:?}"
            ));
        }
    }
    Ok(format!("{refused} commands refused by a primary without replicas"))
}

/// The old one lacks replicas: it and ours refuse the same commands.
fn refusals(old: &mut Pair) -> Result<usize, String> {
    let request = |theirs: &mut Connection, line: &str| theirs.request(&argv(line)).map_err(|error| error.to_string());
    request(&mut old.theirs, "CONFIG SET min-replicas-to-write 1")?;
    old.ours = std::mem::take(&mut old.ours).lacking_replicas();
    let Frame::Array(all) = request(&mut old.theirs, "COMMAND LIST")? else {
        return Err("COMMAND LIST gives a list".into());
    };
    let mut refused = 0;
    for name in all.iter().filter_map(text) {
        let Frame::Array(infos) = request(&mut old.theirs, &format!("COMMAND INFO {name}"))? else {
            continue;
        };
        let Some(Frame::Array(info)) = infos.first() else {
            continue;
        };
        let (Some(Frame::Integer(arity)), Some(flags)) = (info.get(1), info.get(2)) else {
            continue;
        };
        let writes = format!("{flags:?}").contains("\"write\"");
        let line = format!("{name}{}", " 1".repeat(arity.unsigned_abs() as usize - 1));
        let ours = old.clone_apply(&line);
        if ours.starts_with("ERR unknown command") {
            continue;
        }
        let is_container = line.to_ascii_lowercase().starts_with("xgroup");
        if writes != (ours == REFUSAL) && !is_container {
            return Err(format!(
                "> {line}\n--- server has it as a write: {writes}\n--- engine\n{ours}"
            ));
        }
        refused += usize::from(writes);
    }
    let subcommands = [
        "XGROUP CREATE s h 0",
        "XGROUP SETID s g 0",
        "XGROUP DESTROY s g",
        "XGROUP CREATECONSUMER s g b",
        "XGROUP DELCONSUMER s g a",
        "XADD s bad f v",
        "XADD s",
        "XLEN s",
        "GET none",
        "MULTI",
        "SET a 1",
        "EXEC",
        "MULTI",
        "GET a",
        "EXEC",
        "SWAPDB 0 1",
        "WAIT 0 0",
    ];
    for line in subcommands {
        old.ask(line, Held::OutOfTime)?;
    }
    request(&mut old.theirs, "CONFIG SET min-replicas-to-write 0")?;
    Ok(refused)
}

impl Pair {
    /// The text of the error with which a copy of our broker answers, if it does.
    fn clone_apply(&self, line: &str) -> String {
        let mut copy = self.ours.clone();
        match copy.apply_argv(CLIENT, &argv(line), self.now_ms) {
            Some(reply) => match reply.to_frames(Version::Resp2).first() {
                Some(Frame::Error(text)) => String::from_utf8_lossy(text).into_owned(),
                _ => String::new(),
            },
            None => String::new(),
        }
    }
}

fn text(frame: &Frame) -> Option<String> {
    match frame {
        Frame::Bulk(text) => Some(String::from_utf8_lossy(text).into_owned()),
        Frame::Simple(text) => Some(text.to_string()),
        _ => None,
    }
}
