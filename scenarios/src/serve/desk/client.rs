//! What is known of a connection beside what its broker knows.

use std::net::SocketAddr;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::resp::Version;
use redelivery_engine::{Bytes, Millis};

use super::route::Route;

/// One connection.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) node: NodeIndex,
    /// The thread that serves it.
    pub(super) thread: usize,
    pub(super) peer: SocketAddr,
    /// The number of its socket.
    pub(super) socket: i64,
    pub(super) connected_at: Millis,
    pub(super) last_request: Millis,
    /// The name of its last command, its first argument, …
    pub(super) last_command: (Bytes, Option<Bytes>),
    /// … and where it went, if all of this name go there.
    pub(super) last_route: Option<Route>,
    pub(super) commands: u64,
    /// So many bytes it has sent, and was sent.
    pub(super) traffic: (u64, u64),
    pub(super) version: Version,
    /// By CLIENT SETNAME or HELLO.
    pub(super) name: Bytes,
    /// By CLIENT SETINFO: the library, and its version.
    pub(super) library: (Bytes, Bytes),
    /// Whether it has said the password, or none is needed.
    pub(super) is_admitted: bool,
    /// It closes after the reply.
    pub(super) is_leaving: bool,
    pub(super) replies: Replies,
    /// Where it waits: whether it will not be told what it waits for.
    pub(super) waits_in_silence: bool,
    /// Whether it waits for files to be written, too.
    pub(super) waits_for_files: bool,
    /// Whether it waits for an answer.
    pub(super) is_blocked: bool,
    /// Where among the letters its last one is, if that has messages and has not been taken yet.
    pub(super) messages_at: Option<usize>,
    /// Whether it hears of all commands.
    pub(super) is_monitor: bool,
    /// In its transaction: which of the commands are the desk's.
    pub(super) queue: Vec<(usize, Vec<Bytes>)>,
    /// … and how many may change what is kept.
    pub(super) queued_writes: u64,
}

/// Somebody connects.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// To which node.
    pub node: NodeIndex,
    /// Served by which thread.
    pub thread: usize,
    /// From where.
    pub peer: SocketAddr,
    /// The number of the socket.
    pub socket: i64,
}

/// CLIENT REPLY.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Replies {
    #[default]
    On,
    Off,
    /// This reply, and that to the next command, are left out, …
    Skip,
    /// … and now it is the next.
    Skipping,
}

impl Replies {
    /// Whether the reply to the command is given that found it so `before`.
    pub(super) fn take_turn(&mut self, before: Self) -> bool {
        match (before, *self) {
            (_, Self::Off) => false,
            (_, Self::Skip) => {
                *self = Self::Skipping;
                false
            }
            (Self::Skipping, Self::Skipping) => {
                *self = Self::On;
                false
            }
            _ => true,
        }
    }
}

impl Client {
    pub(super) fn new(arrival: Arrival, now: Millis, is_admitted: bool) -> Self {
        Self {
            node: arrival.node,
            thread: arrival.thread,
            peer: arrival.peer,
            socket: arrival.socket,
            last_command: (Bytes::from(""), None),
            last_route: None,
            commands: 0,
            traffic: (0, 0),
            connected_at: now,
            last_request: now,
            version: Version::Resp2,
            name: Bytes::from(""),
            library: (Bytes::from(""), Bytes::from("")),
            is_admitted,
            is_leaving: false,
            replies: Replies::default(),
            waits_in_silence: false,
            waits_for_files: false,
            is_blocked: false,
            messages_at: None,
            is_monitor: false,
            queue: Vec::new(),
            queued_writes: 0,
        }
    }
}

impl Client {
    /// The name of the last command, as errors show it.
    pub(super) fn last_command(&self) -> String {
        let (name, argument) = &self.last_command;
        let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
        let name = lower(name);
        match argument {
            _ if name.is_empty() => "NULL".into(),
            Some(word) if CONTAINERS.contains(&name.as_str()) => format!("{name}|{}", lower(word)),
            _ => name,
        }
    }
}

/// Commands that have subcommands.
const CONTAINERS: &[&str] = &[
    "client", "cluster", "command", "config", "function", "memory", "object", "pubsub", "script", "xgroup", "xinfo",
];

#[cfg(test)]
mod tests {
    use super::Replies;

    #[test]
    fn skip_leaves_out_two_replies() {
        let mut replies = Replies::On;
        let mut told = Vec::new();
        for (command, after) in [
            ("get", None),
            ("skip", Some(Replies::Skip)),
            ("get", None),
            ("get", None),
        ] {
            let before = replies;
            replies = after.unwrap_or(replies);
            told.push((command, replies.take_turn(before)));
        }
        assert_eq!(told, [("get", true), ("skip", false), ("get", false), ("get", true)]);
    }
}
