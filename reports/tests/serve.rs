//! `redelivery serve` from outside: it says where it listens, answers, and ends when it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redelivery"));
    command
        .arg("serve")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

struct Server {
    process: Child,
    addresses: Vec<String>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut process = serve(&[&["--port", "0", "--json"], arguments].concat())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let addresses = said["addresses"].as_array().unwrap();
        Self {
            addresses: addresses
                .iter()
                .map(|address| address.as_str().unwrap().into())
                .collect(),
            process,
        }
    }

    fn ask(&self, node: usize, line: &str) -> String {
        let mut stream = TcpStream::connect(&self.addresses[node]).unwrap();
        stream.write_all(format!("{line}\r\nQUIT\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends it as `kill` does; answers its exit code.
    fn end(mut self) -> Option<i32> {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

#[test]
fn it_answers_until_it_is_ended() {
    let server = Server::start(&[]);
    assert_eq!(server.ask(0, "SET k v"), "+OK\r\n+OK\r\n");
    assert_eq!(server.ask(0, "GET k"), "$1\r\nv\r\n+OK\r\n");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn nodes_have_the_ids_of_their_seed() {
    let ids = |seed: &str| {
        let server = Server::start(&["--cluster-nodes", "2", "--seed", seed]);
        let ids: Vec<String> = (0..2).map(|node| server.ask(node, "CLUSTER MYID")).collect();
        assert_eq!(server.end(), Some(0));
        ids
    };
    let first = ids("1");
    assert_ne!(first[0], first[1]);
    assert_eq!(ids("1"), first);
    assert_ne!(ids("2"), first);
}

#[test]
fn who_would_be_open_to_all_is_told_so() {
    let output = serve(&["--bind", "0.0.0.0", "--port", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("--requirepass") && said.contains("--unprotected"),
        "{said}"
    );
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let server = Server::start(&[]);
    let (_, port) = server.addresses[0].rsplit_once(':').unwrap();
    let output = serve(&["--port", port]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&server.addresses[0]), "{said}");
    assert_eq!(server.end(), Some(0));
    let output = serve(&["--port", "65535", "--cluster-nodes", "3"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
