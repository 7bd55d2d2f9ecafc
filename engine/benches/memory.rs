//! What entries and pending entries take in memory, beside a real server in the same run.
//!
//! `cargo bench -p redelivery-engine --bench memory` adds a million entries of one 16-byte value, reads them in a
//! group, and prints the bytes that each took: ours counted by the allocator, the server's as its `used_memory` grew.
//! The server is `target/servers/8.2.3/redis-server` (`.ci/servers` puts it there), or what `REDELIVERY_SERVER` names.

use std::alloc::{GlobalAlloc, Layout, System};
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redelivery_engine::{Broker, Bytes, ClientId, Command};

const ENTRIES: u64 = 1_000_000;
/// How many commands are sent before their replies are read, or entries read at once.
const BATCH: u64 = 1_000;
const ADD: &str = "XADD s * field 0123456789abcdef";
const READ: &str = "XREADGROUP GROUP g anna COUNT 1000 STREAMS s >";

/// What we may take, of what a server takes.
const PERCENT_MAX: usize = 200;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which counts the bytes that are in use.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is handed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as for this call.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as for this call.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Bytes for a million entries, and once all of them are pending.
struct Growth {
    entries: usize,
    pending: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let ours = ours();
    row("engine", &ours);
    let binary = std::env::var_os("REDELIVERY_SERVER").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/servers/8.2.3/redis-server"),
        PathBuf::from,
    );
    if !binary.exists() {
        println!("no server to compare with: {}", binary.display());
        return Ok(());
    }
    let theirs = Server::start(&binary)?.growth()?;
    row("redis-server", &theirs);
    let percent = |ours: usize, theirs: usize| ours * 100 / theirs.max(1);
    let (entries, pending) = (
        percent(ours.entries, theirs.entries),
        percent(ours.pending, theirs.pending),
    );
    println!("{:<13} {entries:>8} %        {pending:>8} %", "engine/server");
    if entries > PERCENT_MAX || pending > PERCENT_MAX {
        return Err(format!("more than {PERCENT_MAX} % of what a server takes").into());
    }
    Ok(())
}

fn row(name: &str, growth: &Growth) {
    let each = |bytes: usize| {
        let tenths = bytes * 10 / ENTRIES as usize;
        format!("{:>4}.{} bytes", tenths / 10, tenths % 10)
    };
    println!(
        "{name:<13} {} an entry, {} a pending entry",
        each(growth.entries),
        each(growth.pending)
    );
}

fn ours() -> Growth {
    let command = |line: &str| {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        Command::parse(&argv).expect("a command")
    };
    let (add, read, mut broker) = (command(ADD), command(READ), Broker::new());
    let mut apply = |command: &Command, now| drop(broker.apply(ClientId(0), command, now));
    apply(&command("XGROUP CREATE s g 0 MKSTREAM"), 0);
    let empty = ALLOCATED.load(Ordering::Relaxed);
    // As many in a millisecond as a server adds.
    (0..ENTRIES).for_each(|nth| apply(&add, 1_700_000_000_000 + nth / 200));
    let full = ALLOCATED.load(Ordering::Relaxed);
    (0..ENTRIES / BATCH).for_each(|_| apply(&read, 1_700_000_010_000));
    Growth {
        entries: full - empty,
        pending: ALLOCATED.load(Ordering::Relaxed) - full,
    }
}

/// A server of its own; dropped, it is killed.
struct Server {
    child: Child,
    reader: BufReader<TcpStream>,
}

impl Server {
    fn start(binary: &Path) -> Result<Self, Box<dyn Error>> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut server = std::process::Command::new(binary);
        server.args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--port",
            &port.to_string(),
        ]);
        let mut child = server.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        for _ in 0..500 {
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
                let reader = BufReader::new(stream);
                return Ok(Self { child, reader });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        child.kill()?;
        Err("the server does not answer".into())
    }

    fn growth(&mut self) -> Result<Growth, Box<dyn Error>> {
        self.many("XGROUP CREATE s g 0 MKSTREAM", 1)?;
        let empty = self.used_memory()?;
        for _ in 0..ENTRIES / BATCH {
            self.many(ADD, BATCH)?;
        }
        let full = self.used_memory()?;
        for _ in 0..ENTRIES / BATCH {
            self.many(READ, 1)?;
        }
        let pending = self.used_memory()? - full;
        Ok(Growth {
            entries: full - empty,
            pending,
        })
    }

    fn used_memory(&mut self) -> Result<usize, Box<dyn Error>> {
        let info = self.many("INFO memory", 1)?;
        let line = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
        Ok(line.ok_or("INFO without used_memory")?.trim().parse()?)
    }

    /// Sends a line so many times and reads until all is answered.
    fn many(&mut self, line: &str, times: u64) -> Result<String, Box<dyn Error>> {
        let end = "end of the batch";
        let sent = format!("{line}\r\n").repeat(times as usize) + &format!("ECHO \"{end}\"\r\n");
        self.reader.get_mut().write_all(sent.as_bytes())?;
        let mut answers = String::new();
        while !answers.ends_with(&format!("{end}\r\n")) {
            if self.reader.read_line(&mut answers)? == 0 || answers.starts_with('-') {
                return Err(answers.into());
            }
        }
        Ok(answers)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
