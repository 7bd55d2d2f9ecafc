//! A real replica: a server that follows another, and takes its place.

use std::net::SocketAddr;
use std::time::Duration;
use std::{io, thread};

use redelivery_engine::resp::Frame;

use super::connection::TIMEOUT;
use super::{Connection, Server, argv};

/// How often a replica is asked how far it is, before that is a failure.
const ASKED_MAX: usize = 20_000;

/// A server that follows another.
#[derive(Debug)]
pub struct Replica {
    server: Server,
    control: Connection,
}

impl Replica {
    /// It becomes the replica of the server at this address, and has a copy of its memory.
    ///
    /// # Errors
    /// When it cannot be reached, or refuses, or never follows.
    pub fn of(primary: SocketAddr, server: Server) -> io::Result<Self> {
        let mut replica = Self {
            control: server.connect(TIMEOUT)?,
            server,
        };
        replica.follow(primary)?;
        Ok(replica)
    }

    /// It follows the server at this address, whomever it has followed before, and has a copy of its memory.
    ///
    /// # Errors
    /// When it cannot be reached, or refuses, or never follows.
    pub fn follow(&mut self, primary: SocketAddr) -> io::Result<()> {
        self.promote()?;
        self.is_to_follow(&format!("{} {}", primary.ip(), primary.port()))?;
        self.until("never follows", |replica| {
            Ok(info(&mut replica.control, "replication", "master_link_status")?.as_deref() == Some("up"))
        })
    }

    /// Waits until it has everything that its primary, at the end of this connection, has sent.
    ///
    /// # Errors
    /// When one of them cannot be reached, or it never has.
    pub fn catch_up(&mut self, primary: &mut Connection) -> io::Result<()> {
        self.until("never has everything", |replica| {
            let sent = info(primary, "replication", "master_repl_offset")?;
            Ok(sent.is_some() && sent == info(&mut replica.control, "replication", "slave_repl_offset")?)
        })
    }

    /// It follows nobody any more.
    ///
    /// # Errors
    /// When it cannot be reached, or refuses.
    pub fn promote(&mut self) -> io::Result<()> {
        self.is_to_follow("NO ONE")
    }

    /// Its process.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The same, of one that was promoted.
    pub fn into_server(self) -> Server {
        self.server
    }

    fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> io::Result<bool>) -> io::Result<()> {
        for _ in 0..ASKED_MAX {
            if is_so(self)? {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Err(io::Error::other(format!("the replica {what}")))
    }

    fn is_to_follow(&mut self, whom: &str) -> io::Result<()> {
        match self.control.request(&argv(&format!("REPLICAOF {whom}")))? {
            Frame::Simple(_) => Ok(()),
            refused => Err(io::Error::other(format!("REPLICAOF {whom}: {refused:?}"))),
        }
    }
}

/// What a section of INFO has in a field.
pub fn info(control: &mut Connection, section: &str, name: &str) -> io::Result<Option<String>> {
    let Frame::Bulk(info) = control.request(&argv(&format!("INFO {section}")))? else {
        return Ok(None);
    };
    let info = String::from_utf8_lossy(&info).into_owned();
    let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    Ok(value.map(|value| value.trim().to_owned()))
}
