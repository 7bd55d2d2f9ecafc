//! A server on a thread of its own, and who connects to it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use redelivery_scenarios::serve::{Ender, Listening, Options};

pub(crate) struct Server {
    pub(crate) addresses: Vec<SocketAddr>,
    ender: Ender,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl Server {
    pub(crate) fn with(threads: usize, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            addresses: vec!["127.0.0.1:0".parse().unwrap()],
            is_cluster: false,
            password: None,
            clients_max: 100,
            settings: Vec::new(),
            seed: 0,
        };
        change(&mut options);
        let listening = Listening::new(options, threads).unwrap();
        let (addresses, ender) = (listening.addresses().to_vec(), listening.ender());
        #[expect(clippy::disallowed_methods, reason = "a server is a thread here")]
        let thread = Some(thread::spawn(|| listening.run()));
        Self {
            addresses,
            ender,
            thread,
        }
    }

    pub(crate) fn new(threads: usize) -> Self {
        Self::with(threads, |_| ())
    }

    pub(crate) fn connect(&self) -> Client {
        self.connect_to(0)
    }

    pub(crate) fn connect_to(&self, node: usize) -> Client {
        let stream = TcpStream::connect(self.addresses[node]).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Client(stream)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ender.end();
        let ended = self.thread.take().unwrap().join();
        if !thread::panicking() {
            ended.unwrap().unwrap();
        }
    }
}

pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads as many bytes as there should be.
    pub(crate) fn expect(&mut self, wanted: &str) {
        let mut read = vec![0; wanted.len()];
        let mut count = 0;
        while count < read.len() {
            match self.0.read(&mut read[count..]) {
                Ok(0) | Err(_) => break,
                Ok(more) => count += more,
            }
        }
        assert_eq!(String::from_utf8_lossy(&read[..count]), wanted);
    }

    pub(crate) fn ask(&mut self, line: &str, wanted: &str) {
        self.send(format!("{line}\r\n").as_bytes());
        self.expect(wanted);
    }

    /// Whether nothing comes for so long.
    pub(crate) fn hears_nothing_for(&mut self, ms: u64) -> bool {
        let before = self.0.read_timeout().unwrap();
        self.0.set_read_timeout(Some(Duration::from_millis(ms))).unwrap();
        let read = self.0.read(&mut [0]);
        self.0.set_read_timeout(before).unwrap();
        read.is_err()
    }

    /// The text of a bulk string.
    pub(crate) fn bulk(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes());
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let len: usize = head.trim().strip_prefix('$').unwrap().parse().unwrap();
        let mut text = vec![0; len + 2];
        self.0.read_exact(&mut text).unwrap();
        text.truncate(len);
        String::from_utf8(text).unwrap()
    }

    /// All until the other side closes.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        // Closed with requests unread is closed, too.
        let _ = self.0.read_to_end(&mut rest);
        String::from_utf8_lossy(&rest).into_owned()
    }

    /// Waits until the server says of this client that it waits.
    pub(crate) fn is_blocked(&mut self, id: &str) -> bool {
        self.send(format!("CLIENT LIST ID {id}\r\n").as_bytes());
        let mut read = [0; 4096];
        let count = self.0.read(&mut read).unwrap();
        let list = String::from_utf8_lossy(&read[..count]);
        let flags = list.split(' ').find_map(|field| field.strip_prefix("flags="));
        flags.is_some_and(|flags| flags.contains('b'))
    }
}
