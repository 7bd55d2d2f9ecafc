//! A client's process as its parent sees it: started, ordered about, killed.
//!
//! Dropped, it is killed; and it ends by itself when the parent is gone, since its pipes close.

use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use redelivery_engine::Millis;
use redelivery_model::setup::ClientIx;

use super::protocol::{Announcement, Job, Order, hear, say};
use super::proxy::{Came, Proxy, Wire};

/// How a client's process is started: whatever it is, it must call [`client`](super::client()).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launcher {
    /// The executable.
    pub executable: PathBuf,
    /// What makes it be a client.
    pub arguments: Vec<String>,
}

/// One life of a client: it has another one after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) client: ClientIx,
    pub(super) generation: usize,
}

/// What reaches the parent.
#[derive(Debug)]
pub(super) enum News {
    /// A process says what it intends.
    Announced(Life, String),
    /// A process ended.
    Ended(Life),
    /// Something came over a wire; no later than at this moment.
    Came(Wire, Came, Millis),
}

/// A process that runs.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    _proxy: Proxy,
}

impl Process {
    /// Starts it and tells it its job; what it says comes as news.
    #[expect(clippy::disallowed_methods, reason = "a process is heard whenever it says something")]
    pub(super) fn start(
        launcher: &Launcher,
        life: Life,
        job: &Job,
        proxy: Proxy,
        news: Sender<News>,
    ) -> io::Result<Self> {
        let mut child = Command::new(&launcher.executable)
            .args(&launcher.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().expect("it was piped");
        let mut output = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut process = Self {
            child,
            input,
            _proxy: proxy,
        };
        thread::spawn(move || {
            while let Ok(Some(Announcement { intent })) = hear(&mut output) {
                if news.send(News::Announced(life, intent)).is_err() {
                    return;
                }
            }
            let _ = news.send(News::Ended(life));
        });
        say(&mut process.input, job)?;
        Ok(process)
    }

    /// Tells it what to do.
    pub(super) fn order(&mut self, order: Order) -> io::Result<()> {
        say(&mut self.input, &order)
    }
}

impl Drop for Process {
    /// SIGKILL: a crash is nothing else.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
