//! A real Redis server for the time of a test: its own process, port and folder.
//!
//! It never touches a server that it did not start, and leaves nothing behind. The binaries come from `.ci/servers`.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use redelivery_engine::resp::Frame;
use tempfile::TempDir;

use super::watchdog::Watchdog;
use super::{Connection, argv};
use crate::scenario::Version;

const START_TIMEOUT: Duration = Duration::from_secs(20);
/// Another process may take a port between our look and the server's start.
const START_ATTEMPTS: usize = 5;

/// The ports of servers lie below those that a system gives to whoever asks for any (from 32768 on): a proxy of another
/// run that got the port first would be asked in place of the server, and take that for what its client sends.
const PORTS: Range<u16> = 10_000..30_000;
static TURN: AtomicU16 = AtomicU16::new(0);

/// A running server. Dropped, it is killed and its folder removed; so it is when our own process is killed.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Ends with the server; otherwise when we do.
    watchdog: Watchdog,
    address: SocketAddr,
    binary: PathBuf,
    options: Vec<(String, String)>,
    folder: TempDir,
    /// What its folder held when that was put aside.
    aside: Option<TempDir>,
}

impl Server {
    /// Starts `binary` on a free port of 127.0.0.1 with these configuration options (`("appendonly", "yes")`) and
    /// waits until it answers. Unless an option says otherwise it persists nothing.
    pub fn start(binary: &Path, options: &[(&str, &str)]) -> io::Result<Self> {
        // It is started in another folder.
        let binary = &std::path::absolute(binary)?;
        let folder = tempfile::Builder::new().prefix("redelivery-server-").tempdir()?;
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let options: Vec<_> = options.iter().map(owned).collect();
        let mut attempt = 1;
        loop {
            let address = free_address()?;
            match launch(binary, address, folder.path(), &options) {
                Ok((child, watchdog)) => {
                    return Ok(Self {
                        child,
                        watchdog,
                        address,
                        binary: binary.to_owned(),
                        options,
                        folder,
                        aside: None,
                    });
                }
                Err(_) if attempt < START_ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was started.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Its working folder, with its log and what it persists.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new connection, each of whose replies may take at most `timeout`.
    pub fn connect(&self, timeout: Duration) -> io::Result<Connection> {
        Connection::open(self.address, timeout)
    }

    /// SIGKILL, as a crash of the process would be; its folder stays.
    pub fn kill(&mut self) -> io::Result<()> {
        self.watchdog.dismiss();
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Kills it and starts it again, on the same port and from what its folder holds.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill()?;
        (self.child, self.watchdog) = launch(&self.binary, self.address, self.folder.path(), &self.options)?;
        Ok(())
    }
}

/// What a failure leaves of what was written.
impl Server {
    /// Puts a copy of its files aside, as they are now.
    pub fn put_aside(&mut self) -> io::Result<()> {
        let aside = tempfile::Builder::new().prefix("redelivery-aside-").tempdir()?;
        copy_files(self.folder.path(), aside.path())?;
        self.aside = Some(aside);
        Ok(())
    }

    /// Kills it and starts it again from the files that were put aside: what was written since is gone, as if it had never
    /// reached the disk.
    pub fn restart_from_aside(&mut self) -> io::Result<()> {
        let Some(aside) = self.aside.take() else {
            return Err(io::Error::other("nothing was put aside"));
        };
        self.kill()?;
        for entry in std::fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            match path.is_dir() {
                true => std::fs::remove_dir_all(path)?,
                false => std::fs::remove_file(path)?,
            }
        }
        copy_files(aside.path(), self.folder.path())?;
        (self.child, self.watchdog) = launch(&self.binary, self.address, self.folder.path(), &self.options)?;
        Ok(())
    }
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&to)?;
            copy_files(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to do.
        let _ = self.kill();
    }
}

/// The versions that can be started, in order, with their binaries: those of `$REDELIVERY_SERVERS`, else of
/// `target/servers`, each as `<version>/redis-server`.
pub fn servers() -> Vec<(String, PathBuf)> {
    let folder = std::env::var_os("REDELIVERY_SERVERS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/servers"),
        PathBuf::from,
    );
    let versions = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut servers: Vec<_> = versions
        .map(|version| {
            (
                version.file_name().to_string_lossy().into_owned(),
                version.path().join("redis-server"),
            )
        })
        .filter(|(_, binary)| binary.exists())
        .collect();
    servers.sort();
    servers
}

/// The version of the server at an address.
///
/// # Errors
/// When it cannot be reached or does not say.
pub fn version(address: SocketAddr) -> io::Result<Version> {
    let info = Connection::open(address, START_TIMEOUT)?.request(&argv("INFO server"))?;
    let Frame::Bulk(info) = info else {
        return Err(io::Error::other(format!("INFO: {info:?}")));
    };
    let info = String::from_utf8_lossy(&info).into_owned();
    let said = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
    let version = said.and_then(|said| said.trim().parse().ok());
    version.ok_or_else(|| io::Error::other("INFO: no redis_version"))
}

/// An address of 127.0.0.1 on which nobody listens, another one each time, and none that a system gives to whoever asks for
/// any: for what a server listens on besides the port that it is started with.
pub fn free_address() -> io::Result<SocketAddr> {
    let count = PORTS.end - PORTS.start;
    // Whoever starts servers at the same time begins elsewhere.
    let begin = (std::process::id() % u32::from(count)) as u16 / 100 * 100;
    for _ in 0..count {
        let turn = TURN.fetch_add(1, Ordering::Relaxed) % count;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORTS.start + (begin + turn) % count));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free for a server"))
}

/// Starts the process and waits until it, and no other, answers at the address.
fn launch(
    binary: &Path,
    address: SocketAddr,
    folder: &Path,
    options: &[(String, String)],
) -> io::Result<(Child, Watchdog)> {
    let log = std::fs::File::create(folder.join("log"))?;
    let mut command = Command::new(binary);
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let port = address.port().to_string();
    let own = [
        ("port", port.as_str()),
        ("bind", "127.0.0.1"),
        ("save", ""),
        ("appendonly", "no"),
    ];
    let given = options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().chain(given) {
        command.args([OsStr::new(&format!("--{name}")), OsStr::new(value)]);
    }
    let mut child = command.spawn()?;
    let ready = Watchdog::over(&child, folder).and_then(|watchdog| {
        wait_until_ready(&mut child, address)?;
        Ok(watchdog)
    });
    match ready {
        Ok(watchdog) => Ok((child, watchdog)),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            Err(io::Error::new(
                error.kind(),
                format!("{}: {error}\n{log}", binary.display()),
            ))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a real process takes real time")]
fn wait_until_ready(child: &mut Child, address: SocketAddr) -> io::Result<()> {
    let deadline = Instant::now() + START_TIMEOUT;
    let own_id = format!("process_id:{}\r\n", child.id());
    loop {
        if let Some(status) = child.try_wait()? {
            return Err(io::Error::other(format!("ended at once: {status}")));
        }
        let info = Connection::open(address, START_TIMEOUT).and_then(|mut it| it.request(&argv("INFO server")));
        match info {
            Ok(Frame::Bulk(info)) if String::from_utf8_lossy(&info).contains(&own_id) => break,
            Ok(Frame::Bulk(_)) => return Err(io::Error::other("another server has the port")),
            // Not yet listening, or still loading.
            _ if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
            Ok(frame) => return Err(io::Error::other(format!("not ready: {frame:?}"))),
            Err(error) => return Err(error),
        }
    }
    // It answers INFO while it still loads its files, and nothing that asks for what is in them.
    let mut connection = Connection::open(address, START_TIMEOUT)?;
    while connection.request(&argv("PING"))?.is_error() {
        if Instant::now() > deadline {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "it loads its files for too long",
            ));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_server_gets_a_port_that_is_given_to_whoever_asks() {
        let given = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap();
        assert!(!PORTS.contains(&given.port()), "{given}");
        let mut taken = Vec::new();
        for _ in 0..300 {
            let address = free_address().unwrap();
            assert!(PORTS.contains(&address.port()), "{address}");
            // It would not be found free again, nor is it offered again at once.
            taken.push(TcpListener::bind(address).expect("nobody listens there"));
        }
    }
}
