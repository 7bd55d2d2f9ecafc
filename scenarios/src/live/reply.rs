//! From what a server sent (RESP2) to the reply that clients and observers read: typed by the request, since RESP2
//! keeps neither maps nor entries apart from arrays.
//!
//! What has another shape than its command's replies stays as it came, and reads as empty, as in a world.

use redelivery_engine::command::XInfo;
use redelivery_engine::reply::EntryReply;
use redelivery_engine::resp::Frame;
use redelivery_engine::{Bytes, Command, Reply, StreamId};
use redelivery_model::client::Request;

/// The reply to a request, made of its last frame: that of its command, or that of EXEC.
pub fn reply(request: &Request, frame: &Frame) -> Reply {
    match (request, frame) {
        (Request::One(command), frame) => typed(command, frame),
        (Request::Transaction(commands), Frame::Array(frames)) => {
            let replies = commands.iter().zip(frames);
            Reply::Array(replies.map(|(command, frame)| typed(command, frame)).collect())
        }
        (Request::Transaction(_) | Request::Script(_), frame) => plain(frame),
    }
}

fn typed(command: &Command, frame: &Frame) -> Reply {
    let shaped = match (command, frame) {
        (Command::XRead(_) | Command::XReadGroup(_), Frame::Array(streams)) => {
            let streams: Option<_> = streams.iter().map(stream).collect();
            streams.map(Reply::Streams)
        }
        (Command::XRange(_), frame) => entries(frame),
        (Command::XClaim(claim), frame) if !claim.just_id => entries(frame),
        (Command::XAutoClaim(claim), Frame::Array(parts)) if !claim.just_id => match parts.as_slice() {
            [cursor, claimed, rest @ ..] => entries(claimed).map(|claimed| {
                let rest = rest.iter().map(plain);
                Reply::Array([plain(cursor), claimed].into_iter().chain(rest).collect())
            }),
            _ => None,
        },
        (Command::SMembers { .. }, Frame::Array(members)) => Some(Reply::Set(members.iter().map(plain).collect())),
        (Command::XInfo(XInfo::Stream { .. }), frame) => pairs(frame),
        (Command::XInfo(XInfo::Groups { .. } | XInfo::Consumers { .. }), Frame::Array(rows)) => {
            let rows: Option<_> = rows.iter().map(pairs).collect();
            rows.map(Reply::Array)
        }
        _ => None,
    };
    shaped.unwrap_or_else(|| plain(frame))
}

fn plain(frame: &Frame) -> Reply {
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned().into();
    match frame {
        Frame::Simple(status) => Reply::Status(text(status)),
        Frame::Error(error) => Reply::Error(error.to_vec().into()),
        Frame::Integer(number) => Reply::Integer(*number),
        Frame::Boolean(yes) => Reply::Integer((*yes).into()),
        Frame::Bulk(bytes) | Frame::Double(bytes) | Frame::BigNumber(bytes) | Frame::Verbatim(_, bytes) => {
            Reply::Bulk(bytes.clone())
        }
        Frame::Null => Reply::Null,
        Frame::NullArray => Reply::NullArray,
        Frame::Array(frames) | Frame::Push(frames) => Reply::Array(frames.iter().map(plain).collect()),
        Frame::Set(frames) => Reply::Set(frames.iter().map(plain).collect()),
        Frame::Map(pairs) => Reply::Map(pairs.iter().map(|(key, value)| (plain(key), plain(value))).collect()),
    }
}

fn pairs(frame: &Frame) -> Option<Reply> {
    let Frame::Array(flat) = frame else { return None };
    let (pairs, []) = flat.as_chunks::<2>() else {
        return None;
    };
    let pair = |[key, value]: &[Frame; 2]| (plain(key), plain(value));
    Some(Reply::Map(pairs.iter().map(pair).collect()))
}

fn stream(frame: &Frame) -> Option<(Bytes, Vec<EntryReply>)> {
    match frame {
        Frame::Array(pair) => match pair.as_slice() {
            [Frame::Bulk(key), Frame::Array(read)] => {
                Some((key.clone(), read.iter().map(entry).collect::<Option<_>>()?))
            }
            _ => None,
        },
        _ => None,
    }
}

fn entries(frame: &Frame) -> Option<Reply> {
    match frame {
        Frame::Array(read) => Some(Reply::Entries(read.iter().map(entry).collect::<Option<_>>()?)),
        _ => None,
    }
}

fn entry(frame: &Frame) -> Option<EntryReply> {
    let Frame::Array(pair) = frame else { return None };
    let [Frame::Bulk(id), fields] = pair.as_slice() else {
        return None;
    };
    let fields = match fields {
        Frame::Array(fields) => Some(fields.iter().map(bulk).collect::<Option<_>>()?),
        _ => None,
    };
    let id = whole_id(id)?;
    Some(EntryReply { id, fields })
}

/// An ID with both its numbers.
pub(super) fn whole_id(text: &[u8]) -> Option<StreamId> {
    let (ms, seq) = std::str::from_utf8(text).ok()?.split_once('-')?;
    Some(StreamId::new(ms.parse().ok()?, seq.parse().ok()?))
}

fn bulk(frame: &Frame) -> Option<Bytes> {
    match frame {
        Frame::Bulk(bytes) => Some(bytes.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::resp::Version;
    use redelivery_engine::{Broker, ClientId};

    use super::*;
    use crate::live::argv;

    /// Played on the engine, whose replies must come back as they went.
    const SCRIPT: &str = "
        XGROUP CREATE s g 0 MKSTREAM
        XADD s 1-1 key a
        XADD s 2-1 key b
        XREAD STREAMS s 0
        XRANGE s - +
        XREADGROUP GROUP g anna STREAMS s >
        XREADGROUP GROUP g anna STREAMS s >
        XDEL s 1-1
        XREADGROUP GROUP g anna STREAMS s 0
        XPENDING s g
        XPENDING s g - + 10
        XINFO GROUPS s
        XINFO CONSUMERS s g
        XCLAIM s g ben 0 2-1
        XCLAIM s g ben 0 2-1 JUSTID
        XCLAIM s g ben 1000 2-1
        XAUTOCLAIM s g carl 0 0 JUSTID
        XAUTOCLAIM s g carl 0 0
        XACK s g 2-1
        XACK s nobody 2-1
        SADD marks a b
        SMEMBERS marks
        SISMEMBER marks a
        INCR marks
        INCR effect
        GET effect
        GET nothing
        SET k v
        XINFO STREAM s
        TYPE s";

    #[test]
    fn replies_come_back_as_they_went() {
        let mut broker = Broker::new();
        for line in SCRIPT.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let command = Command::parse(&argv(line)).expect(line);
            let sent = broker.apply(ClientId(1), &command, 5_000).expect("nothing blocks");
            let received = reply(&Request::One(command), &sent.to_frames(Version::Resp2)[0]);
            assert_eq!(received, sent, "{line}");
        }
    }

    #[test]
    fn a_transaction_is_typed_command_by_command() {
        let commands: Vec<Command> = ["SADD marks a", "SMEMBERS marks"]
            .map(|line| Command::parse(&argv(line)).expect(line))
            .into();
        let request = Request::Transaction(commands);
        let members = Frame::Array(vec![Frame::Bulk("a".into())]);
        let frame = Frame::Array(vec![Frame::Integer(1), members]);
        let expected = Reply::Array(vec![Reply::Integer(1), Reply::Set(vec![Reply::Bulk("a".into())])]);
        assert_eq!(reply(&request, &frame), expected);
        assert_eq!(reply(&request, &Frame::NullArray), Reply::NullArray, "refused");
    }
}
