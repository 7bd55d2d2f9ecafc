//! One side of the agreement: something that executes commands, ours or a real server.
//!
//! A side never compares and never hides anything; it answers with frames as they came.

use redelivery_engine::resp::Frame;
use redelivery_engine::{Bytes, NodeLimits};

use crate::look;
use crate::step::{Stage, Step};

/// What one command, time-out or other event brought about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The answer to the command; none if its client is now blocked. Of several frames the first.
    pub(crate) reply: Option<Frame>,
    /// What else clients receive, be it that they had been blocked or have subscribed: by client, each in the order in
    /// which it came.
    pub(crate) delivered: Vec<(usize, Frame)>,
}

impl Outcome {
    /// Whether the command, or one of a transaction, was answered with an error.
    pub(crate) fn failed(&self) -> bool {
        match &self.reply {
            Some(Frame::Array(frames)) => frames.iter().any(Frame::is_error),
            Some(frame) => frame.is_error(),
            None => false,
        }
    }
}

/// Whether it is what a subscriber receives, and no answer to a client that is blocked.
pub(crate) fn is_push(frame: &Frame) -> bool {
    matches!(frame, Frame::Push(_))
}

/// Whether it is a client's last command: a new client takes its place.
pub(crate) fn is_quit(argv: &[Bytes]) -> bool {
    argv[0].eq_ignore_ascii_case(b"QUIT")
}

/// Something that executes commands.
pub(crate) trait Side {
    /// Empties the keyspace; every client is new, nodes are as large as a server has them by default, and nothing is told
    /// about keys.
    fn reset(&mut self);
    /// A client, which is not blocked, sends a command.
    fn command(&mut self, client: usize, argv: &[Bytes]) -> Outcome;
    /// Clients that are neither blocked nor subscribed, nor in a transaction, ask what changes nothing: all at once where
    /// that is faster.
    fn look(&mut self, questions: &[(usize, Vec<Bytes>)]) -> Vec<Outcome> {
        let ask = |(client, argv): &(usize, Vec<Bytes>)| self.command(*client, argv);
        questions.iter().map(ask).collect()
    }
    /// The streams' nodes are from now on filled within these limits.
    fn limit_nodes(&mut self, limits: NodeLimits);
    /// What is told about keys from now on.
    fn notify(&mut self, letters: &str);
    /// Time passes.
    fn wait(&mut self, ms: u64);
    /// An administrator does something to the slot of a key. One broker alone has no slots.
    fn slot(&mut self, _key: &[u8], _to: usize, _stage: Stage) -> Outcome {
        Outcome::default()
    }
    /// What tells what has become of the keys: after a command that failed, and at the end of this script.
    fn looks(&self, version: &str, script: &[Step]) -> (Vec<Step>, Vec<Step>) {
        (look::brief(version), look::full(version, script))
    }
    /// The server is killed, and started again from its append-only file. Only of one broker that has one.
    fn restart(&mut self) {
        unreachable!("no script of others restarts");
    }
    /// The server begins to rewrite its append-only file, and has done so before it is killed, unless it `ends` not. Nothing
    /// happens while it does. Only of one broker that has such a file.
    fn rewrite(&mut self, _ends: bool) {
        unreachable!("no script of others has a file");
    }
    /// The server is killed, and its replica, which has everything, takes its place. Only of one that has a replica.
    fn fail_over(&mut self) {
        unreachable!("no script of others fails over");
    }
    /// The wait of a blocked client ends.
    fn time_out(&mut self, client: usize) -> Outcome;
    /// A client goes, blocked or not, and a new one takes its place.
    fn disconnect(&mut self, client: usize) -> Outcome;
}
