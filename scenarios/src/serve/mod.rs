//! The reference broker as a server: RESP over TCP, for applications and clients in any language.
//!
//! What is answered is decided by the desk and the broker behind it, which are values; here are sockets and threads. Read
//! next: `desk`, what is answered; `gate`, where threads meet; `worker`, a thread and its connections.

mod connection;
mod desk;
mod gate;
mod sync;
mod worker;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use mio::{Poll, Waker};
use redelivery_engine::cluster::NodeIndex;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

pub use desk::{Arrival, Chosen, Desk, Letter, Limit, Limits, Options, Then, What};
#[cfg(loom)]
pub use gate::mistaken::Mistake;
pub use gate::{Behind, Bell, Gate, THREADS_MAX};
use worker::{BELL, Shared, SocketBell, Worker};

/// A server that listens.
pub struct Listening {
    shared: Arc<Shared>,
    workers: Vec<Worker>,
    addresses: Vec<SocketAddr>,
}

impl Listening {
    /// Listens at the addresses of the options; port 0 is any free one.
    ///
    /// # Errors
    /// When an address cannot be listened at.
    pub fn new(mut options: Options, threads: usize) -> io::Result<Self> {
        allow_files(options.clients_max);
        let listeners: Vec<TcpListener> = options
            .addresses
            .iter()
            .map(TcpListener::bind)
            .collect::<Result<_, _>>()?;
        listeners
            .iter()
            .try_for_each(|listener| listener.set_nonblocking(true))?;
        options.addresses = listeners
            .iter()
            .map(TcpListener::local_addr)
            .collect::<Result<_, _>>()?;
        let addresses = options.addresses.clone();
        let polls: Vec<Poll> = (0..threads.clamp(1, THREADS_MAX))
            .map(|_| Poll::new())
            .collect::<Result<_, _>>()?;
        let bells = polls
            .iter()
            .map(|poll| Waker::new(poll.registry(), BELL).map(SocketBell));
        let gate = Gate::new(Desk::new(options), bells.collect::<Result<_, _>>()?);
        let shared = Arc::new(Shared {
            gate,
            is_ending: AtomicBool::new(false),
        });
        let workers = polls.into_iter().enumerate();
        let mut workers: Vec<Worker> = workers
            .map(|(number, poll)| Worker::new(number, poll, shared.clone()))
            .collect();
        for worker in &mut workers {
            for (node, listener) in (0..).zip(&listeners) {
                worker.listen(NodeIndex(node), mio::net::TcpListener::from_std(listener.try_clone()?))?;
            }
        }
        Ok(Self {
            shared,
            workers,
            addresses,
        })
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Ends what is served, from any thread.
    pub fn ender(&self) -> Ender {
        Ender(self.shared.clone())
    }

    /// Serves until the process is interrupted or terminated.
    ///
    /// # Errors
    /// When the system refuses to say what has come.
    pub fn run_until_interrupted(self) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let (handle, ender) = (signals.handle(), self.ender());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if signals.forever().next().is_some() {
                    ender.end();
                }
            });
            let ended = self.run();
            handle.close();
            ended
        })
    }

    /// Serves until somebody ends it, with this thread as the first.
    ///
    /// # Errors
    /// When the system refuses to say what has come.
    pub fn run(self) -> io::Result<()> {
        let mut workers = self.workers.into_iter();
        let own = workers.next().expect("there is one at least");
        std::thread::scope(|scope| {
            let others: Vec<_> = workers.map(|worker| scope.spawn(|| worker.run())).collect();
            let ended = own.run();
            self.shared.end();
            for other in others {
                other.join().expect("a thread does not panic")?;
            }
            ended
        })
    }
}

/// Ends a server.
#[derive(Clone, Debug)]
pub struct Ender(Arc<Shared>);

impl Ender {
    /// All threads end when they have served what they are serving; connections are closed.
    pub fn end(&self) {
        self.0.end();
    }
}

/// Each connection is an open file: as many are allowed as the system grants.
fn allow_files(clients: usize) {
    /// For all else.
    const FURTHER: u64 = 64;
    let wanted = clients as u64 + FURTHER;
    let limits = getrlimit(Resource::Nofile);
    if limits.current.is_some_and(|current| current < wanted) {
        let granted = limits.maximum.map_or(wanted, |maximum| maximum.min(wanted));
        // With fewer files there are fewer connections: the others wait.
        let _ = setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(granted),
                ..limits
            },
        );
    }
}
