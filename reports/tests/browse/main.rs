//! `redelivery explore --browse` from outside: what the Explorer serves (`served`), and what one sees of it in a browser
//! that clicks through it (`clicks`).
//!
//! Without a Chromium `clicks` says that it did not run; where `REDELIVERY_REQUIRE_BROWSER` is set, it fails.

mod chromium;
mod clicks;
mod served;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// An Explorer that runs until it is dropped.
struct Explorer {
    child: Child,
    /// `127.0.0.1:1234`.
    address: String,
    /// By check: where its counterexample ends, as `0/2/1`.
    violations: Vec<(String, String)>,
}

impl Explorer {
    fn of(scenario: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_redelivery"))
            .args(["explore", scenario, "--quiet", "--browse", "--port", "0"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut violations = Vec::new();
        let mut address = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((check, place)) = line.split_once(" is violated at ") {
                let (_, place) = place.split_once("/#/steps/").unwrap();
                violations.push((check.to_owned(), place.to_owned()));
            }
            if let Some(rest) = line.strip_prefix("browse http://") {
                address = rest.split('/').next().map(str::to_owned);
                break;
            }
        }
        let explorer = Self {
            child,
            address: address.expect("it says where it is"),
            violations,
        };
        drop(explorer.connect());
        explorer
    }

    /// The status and the content of a page.
    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, content) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, content.to_owned())
    }

    /// It says where it is a moment before it is there.
    fn connect(&self) -> TcpStream {
        let mut tries = (0..200).map(|_| {
            let tried = TcpStream::connect(&self.address);
            if tried.is_err() {
                sleep(Duration::from_millis(50));
            }
            tried
        });
        tries.find_map(Result::ok).expect("it listens soon")
    }

    /// Where the counterexample of a check ends.
    fn violation(&self, check: &str) -> &str {
        let found = self.violations.iter().find(|(name, _)| name == check);
        &found.expect("it is violated").1
    }
}

impl Drop for Explorer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
