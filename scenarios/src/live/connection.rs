//! A blocking connection to a server, over our codec.
//!
//! It never reconnects and never retries: a lost connection is what scenarios are about. A request and its reply are
//! two calls, so that a caller may stay without the reply.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use redelivery_engine::Bytes;
use redelivery_engine::resp::{Frame, FrameDecoder, encode_request};

/// A server that works answers within this time whatever is not meant to wait there.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// One TCP connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    decoder: FrameDecoder,
}

impl Connection {
    /// Connects; opening, each write and each wait for a reply take at most `timeout`.
    pub fn open(address: SocketAddr, timeout: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, timeout)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(timeout))?;
        stream.set_write_timeout(Some(timeout))?;
        Ok(Self {
            stream,
            decoder: FrameDecoder::default(),
        })
    }

    /// Sends a request and does not wait.
    pub fn send(&mut self, argv: &[Bytes]) -> io::Result<()> {
        let mut out = Vec::new();
        encode_request(argv, &mut out);
        self.send_bytes(&out)
    }

    /// Sends bytes as they are, be they a request or not.
    pub fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Waits for the next frame. `WouldBlock` or `TimedOut`: none came in time; the connection can still be used.
    pub fn receive(&mut self) -> io::Result<Frame> {
        loop {
            if let Some(frame) = self.next()? {
                return Ok(frame);
            }
            self.read()?;
        }
    }

    /// The next frame if it has already come.
    pub fn poll(&mut self) -> io::Result<Option<Frame>> {
        self.stream.set_nonblocking(true)?;
        let polled = loop {
            match self.next() {
                Ok(None) => {}
                decoded => break decoded,
            }
            match self.read() {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(None),
                Err(error) => break Err(error),
            }
        };
        self.stream.set_nonblocking(false)?;
        polled
    }

    /// Sends a request and waits for its reply.
    pub fn request(&mut self, argv: &[Bytes]) -> io::Result<Frame> {
        self.send(argv)?;
        self.receive()
    }

    /// Sends all requests in one write, then waits for their replies.
    pub fn pipeline(&mut self, requests: &[Vec<Bytes>]) -> io::Result<Vec<Frame>> {
        self.send_all(requests)?;
        requests.iter().map(|_| self.receive()).collect()
    }

    /// Sends all requests in one write and does not wait.
    pub fn send_all(&mut self, requests: &[Vec<Bytes>]) -> io::Result<()> {
        let mut out = Vec::new();
        for argv in requests {
            encode_request(argv, &mut out);
        }
        self.send_bytes(&out)
    }

    /// From now on each wait for a reply takes at most so long.
    pub fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(timeout))
    }

    fn next(&mut self) -> io::Result<Option<Frame>> {
        self.decoder
            .next()
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
    }

    fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            count => {
                self.decoder.feed(&chunk[..count]);
                Ok(())
            }
        }
    }
}

/// An argument vector from words without spaces: `argv("GET k")`.
pub fn argv(words: &str) -> Vec<Bytes> {
    words.split_whitespace().map(Bytes::from).collect()
}
