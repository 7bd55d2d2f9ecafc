//! A real replica: a server that follows another, and takes its place.

use std::thread;
use std::time::Duration;

use redelivery_engine::resp::Frame;
use redelivery_scenarios::live::{Connection, Server, argv};

use crate::theirs::TIMEOUT;

/// How often a replica is asked how far it is, before that is a failure.
const ASKED_MAX: usize = 20_000;

/// A server that follows another.
pub(crate) struct Replica {
    server: Server,
    control: Connection,
}

impl Replica {
    /// It becomes the replica of a server, and has a copy of its memory.
    pub(crate) fn of(primary: &Server, server: Server) -> Self {
        let mut control = server.connect(TIMEOUT).expect("the replica takes connections");
        let to = format!("REPLICAOF {} {}", primary.address().ip(), primary.address().port());
        let answer = control.request(&argv(&to)).expect("the replica answers");
        assert_eq!(answer, Frame::Simple("OK".into()));
        let mut replica = Self { server, control };
        replica.until(|replica| field(&mut replica.control, "master_link_status").as_deref() == Some("up"));
        replica
    }

    /// Waits until it has everything that its primary has sent.
    pub(crate) fn catch_up(&self, primary: &mut Connection) {
        let mut own = self.server.connect(TIMEOUT).expect("the replica takes connections");
        for _ in 0..ASKED_MAX {
            let sent = field(primary, "master_repl_offset");
            if sent.is_some() && sent == field(&mut own, "slave_repl_offset") {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("the replica never has everything");
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> Connection {
        self.server.connect(TIMEOUT).expect("the replica takes connections")
    }

    /// It follows nobody any more.
    pub(crate) fn promoted(mut self) -> Server {
        let answer = self
            .control
            .request(&argv("REPLICAOF NO ONE"))
            .expect("the replica answers");
        assert_eq!(answer, Frame::Simple("OK".into()));
        self.server
    }

    fn until(&mut self, mut is_so: impl FnMut(&mut Self) -> bool) {
        for _ in 0..ASKED_MAX {
            if is_so(self) {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("the replica never follows");
    }
}

/// A field of INFO replication.
fn field(control: &mut Connection, name: &str) -> Option<String> {
    let Ok(Frame::Bulk(info)) = control.request(&argv("INFO replication")) else {
        return None;
    };
    let info = String::from_utf8_lossy(&info).into_owned();
    let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.map(|value| value.trim().to_owned())
}
