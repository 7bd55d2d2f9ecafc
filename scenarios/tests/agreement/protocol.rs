//! Requests as bytes: what our decoder reads and refuses, a real server reads and refuses, in the same words.
//!
//! ECHO tells what a server made of an argument. Random lines of quotes and escapes, and a table of what is no request.

use std::io;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use redelivery_engine::resp::{Frame, LINE_BYTES_MAX, RequestDecoder, Version};
use redelivery_engine::{Bytes, Reply};
use redelivery_scenarios::live::Server;

const LINES: usize = 400;
const TIMEOUT: Duration = Duration::from_secs(10);

/// What begins like a request and is none.
const REFUSED: &[&str] = &[
    "*x\r\n",
    "*01\r\n",
    "*+1\r\n",
    "* 1\r\n",
    "*2147483648\r\n",
    "*9223372036854775808\r\n",
    "*1\r\nx4\r\nPING\r\n",
    "*1\r\n\r\n",
    "*1\r\n:1\r\n",
    "*1\r\n$-1\r\n",
    "*1\r\n$x\r\n",
    "*1\r\n$+4\r\n",
    "*1\r\n$536870913\r\n",
    "*0\r\n*-1\r\n\r\nECHO 'a\r\n",
    "ECHO \"a\"b\r\n",
];

/// Compares a server's answers to raw bytes with our reading of them.
pub(crate) fn agree(server: &Server, seed: u64) -> Result<String, String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut requests: Vec<Vec<u8>> = REFUSED.iter().map(|request| request.as_bytes().to_vec()).collect();
    requests.push([b"ECHO ", "a".repeat(LINE_BYTES_MAX - 6).as_bytes(), b"\r\n"].concat());
    // A line that is too long is refused before its end has come.
    let too_long = "1".repeat(LINE_BYTES_MAX + 1);
    for begin in ["", "*", "*1\r\n$"] {
        requests.push([begin, &too_long].concat().into_bytes());
    }
    for _ in 0..LINES {
        requests.push(line().new_tree(&mut runner).expect("nothing is rejected").current());
    }
    for request in &requests {
        let (ours, theirs) = (ours(request), theirs(server, request));
        if theirs.as_ref().ok() != Some(&ours) {
            let request = Bytes::from(request.as_slice());
            return Err(format!(
                "{:.99}\nours: {:.99}\ntheirs: {:.99}",
                request.to_string(),
                format!("{ours:?}"),
                format!("{theirs:?}")
            ));
        }
    }
    Ok(format!("{} requests", requests.len()))
}

/// An ECHO whose argument is full of quotes. A zero byte would make the server wait for ever.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "\"", "\"", "'", "'", "\\", "\\x", "\\n", "41", "f", "G", "a", " ", "\t", "\x0b",
    ]);
    vec(piece, 0..8).prop_map(|pieces| format!("ECHO {}\r\n", pieces.concat()).into_bytes())
}

fn ours(request: &[u8]) -> Frame {
    let mut decoder = RequestDecoder::default();
    decoder.feed(request);
    match decoder.next() {
        Ok(Some(argv)) if argv.len() == 2 => Frame::Bulk(argv[1].clone()),
        Ok(Some(_)) => Frame::Error("ERR wrong number of arguments for 'echo' command".into()),
        Ok(None) => Frame::Null,
        Err(error) => Reply::from(error).to_frames(Version::Resp2).remove(0),
    }
}

fn theirs(server: &Server, request: &[u8]) -> io::Result<Frame> {
    let mut connection = server.connect(TIMEOUT)?;
    connection.send_bytes(request)?;
    connection.receive()
}
