//! A script: what the clients of one run do, in the order in which it happens.
//!
//! It never holds a real automatic ID or a moment in time: those differ from run to run, so a word may name the n-th
//! automatic ID that the script has seen. Read `side` next.

use std::fmt;

use redelivery_engine::Bytes;

/// The clients of a cluster: of one broker, and one more that a script moves and two that are never blocked.
pub(crate) const CLIENTS: usize = 7;
/// The clients of one broker: three that a script moves, and one that is never blocked and never in a transaction.
pub(crate) const CLIENTS_OF_ONE: usize = 4;
/// The one that makes keys expire and streams grow.
pub(crate) const EXPIRER: usize = 3;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A client sends a command. Nothing happens if it is blocked.
    Command { client: usize, words: Vec<Word> },
    /// A key gets 1 ms to live, and is looked at when that is over.
    Expire { key: Bytes },
    /// The streams' nodes take from now on so many entries, and so many bytes.
    Nodes { entries: u32, bytes: u32 },
    /// What is told about keys, as letters of `notify-keyspace-events`.
    Notify { letters: String },
    /// Time passes.
    Wait { ms: u64 },
    /// A blocked client's wait ends, as after its BLOCK time.
    TimeOut { client: usize },
    /// The server learns that a client is gone; another takes its place.
    Disconnect { client: usize },
    /// The server is killed, and started again from what its append-only file holds: every client is new.
    Restart,
    /// The server begins to rewrite its append-only file, and has done so when it is killed next.
    Rewrite,
    /// The server begins likewise, and is killed before it has done so.
    RewriteCutShort,
    /// The server is killed once its replica has everything, and the replica takes its place: every client is new.
    FailOver,
    /// An administrator does something to the slot of a key.
    Slot { key: Bytes, to: usize, stage: Stage },
}

/// What an administrator does to a slot; `to` is the node, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It is on its way there: both nodes are told.
    Open,
    /// It is there: all nodes are told.
    Give,
    /// It is on no way: all nodes are told.
    Close,
}

impl Stage {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Open, Self::Give, Self::Close];

    /// As in a script.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Give => "give",
            Self::Close => "close",
        }
    }
}

/// An argument of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// As it is.
    Text(Bytes),
    /// The n-th automatic ID that appeared, from 1. Written `<auto1>`.
    Auto(usize),
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        let auto = text
            .strip_prefix("<auto")
            .and_then(|rest| rest.strip_suffix('>')?.parse().ok());
        auto.map_or_else(|| Self::Text(text.into()), Self::Auto)
    }
}

/// The name of a client in a script: `A`, `B`, …
pub(crate) fn client_name(client: usize) -> char {
    char::from(b'A' + u8::try_from(client).expect("few clients"))
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto(nth) => write!(f, "<auto{nth}>"),
            Self::Text(text)
                if !text.is_empty()
                    && text
                        .iter()
                        .all(|byte| byte.is_ascii_graphic() && !b"\"'\\".contains(byte)) =>
            {
                write!(f, "{text}")
            }
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

/// As a line of a golden script.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { client, words } => {
                write!(f, "{}>", client_name(*client))?;
                words.iter().try_for_each(|word| write!(f, " {word}"))
            }
            Self::Expire { key } => write!(f, "@ expire {key}"),
            Self::Nodes { entries, bytes } => write!(f, "@ nodes {entries} {bytes}"),
            Self::Notify { letters } => write!(f, "@ notify {letters}"),
            Self::Wait { ms } => write!(f, "@ wait {ms}"),
            Self::TimeOut { client } => write!(f, "@ time-out {}", client_name(*client)),
            Self::Disconnect { client } => write!(f, "@ disconnect {}", client_name(*client)),
            Self::Restart => write!(f, "@ restart"),
            Self::Rewrite => write!(f, "@ rewrite"),
            Self::RewriteCutShort => write!(f, "@ rewrite-cut-short"),
            Self::FailOver => write!(f, "@ fail-over"),
            Self::Slot { key, to, stage } => write!(f, "@ {} {key} {}", stage.name(), to + 1),
        }
    }
}

impl Step {
    /// Whether it always has an answer, be it that the client is blocked.
    pub(crate) fn answers(&self) -> bool {
        matches!(self, Self::Command { .. } | Self::Expire { .. })
    }
}
