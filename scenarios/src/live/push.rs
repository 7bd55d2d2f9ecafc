//! What subscribers receive, as it comes over a wire: arrays in RESP2, pushes in RESP3, alike but for that.
//!
//! Only a subscriber's connection is read this way: elsewhere an array is an answer, whatever it begins with.

use redelivery_engine::command::Subscription;
use redelivery_engine::resp::Frame;
use redelivery_engine::{Bytes, Command, Push, Reply};
use redelivery_model::client::Request;

use super::reply;

/// Longer than what a server keeps of answers outside of its output buffer's list: 16 KiB.
static PADDING: [u8; 32 * 1024] = [0; 32 * 1024];

/// A PUBLISH with a long message: zeros follow it, which no message of ours ends in.
pub(super) fn padded(command: Command) -> Command {
    match command {
        Command::Publish {
            sharded,
            channel,
            message,
        } => Command::Publish {
            sharded,
            channel,
            message: Bytes::from([&*message, &PADDING].concat()),
        },
        other => other,
    }
}

fn without_padding(message: &Bytes) -> Bytes {
    let end = message.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    Bytes::from(message[..end].to_vec())
}

/// How many frames answer a request.
pub(super) fn frames_of(request: &Request) -> usize {
    let of_command = |command: &Command| match command {
        Command::Subscribe { names, .. } | Command::Unsubscribe { names, .. } => names.len(),
        _ => 1,
    };
    request.commands().iter().map(of_command).sum()
}

/// The reply to a request, made of all frames that answer it.
pub(super) fn answer(request: &Request, frames: &[Frame]) -> Reply {
    match (request, frames) {
        (
            Request::One(Command::Subscribe { .. } | Command::Unsubscribe { .. }),
            [Frame::Array(_) | Frame::Push(_), ..],
        ) => {
            let confirmations: Vec<Push> = frames.iter().filter_map(confirmation).collect();
            Reply::Pushes(confirmations.into())
        }
        (request, [.., last]) => reply(request, last),
        (_, []) => Reply::Null,
    }
}

/// A published message; none if the frame is something else.
pub(super) fn message(frame: &Frame) -> Option<Push> {
    let [Frame::Bulk(kind), rest @ ..] = parts(frame)? else {
        return None;
    };
    match (&**kind, rest) {
        (b"message", [Frame::Bulk(channel), Frame::Bulk(message)]) => Some(Push::Message {
            sharded: false,
            channel: channel.clone(),
            message: without_padding(message),
        }),
        (b"pmessage", [Frame::Bulk(pattern), Frame::Bulk(channel), Frame::Bulk(message)]) => {
            Some(Push::PatternMessage {
                pattern: pattern.clone(),
                channel: channel.clone(),
                message: without_padding(message),
            })
        }
        _ => None,
    }
}

fn confirmation(frame: &Frame) -> Option<Push> {
    let [Frame::Bulk(kind), Frame::Bulk(name), Frame::Integer(count)] = parts(frame)? else {
        return None;
    };
    let (name, count) = (name.clone(), usize::try_from(*count).ok()?);
    let subscribed = |kind, name| Push::Subscribed { kind, name, count };
    let unsubscribed = |kind, name| {
        let name = Some(name);
        Push::Unsubscribed { kind, name, count }
    };
    Some(match &**kind {
        b"subscribe" => subscribed(Subscription::Channel, name),
        b"psubscribe" => subscribed(Subscription::Pattern, name),
        b"unsubscribe" => unsubscribed(Subscription::Channel, name),
        b"punsubscribe" => unsubscribed(Subscription::Pattern, name),
        _ => return None,
    })
}

fn parts(frame: &Frame) -> Option<&[Frame]> {
    match frame {
        Frame::Array(parts) | Frame::Push(parts) => Some(parts),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::resp::Version;
    use redelivery_engine::{Broker, ClientId};

    use super::*;
    use crate::live::argv;

    fn request(line: &str) -> Request {
        Request::One(Command::parse(&argv(line)).expect(line))
    }

    fn played(version: Version) -> (Vec<Frame>, Reply, Vec<Push>) {
        let mut broker = Broker::new();
        broker.set_version(ClientId(1), version);
        let mut apply = |client, line: &str| {
            let command = Command::parse(&argv(line)).expect(line);
            broker.apply(ClientId(client), &command, 0).expect("nothing blocks")
        };
        let confirmed = apply(1, "SUBSCRIBE mail-track mail");
        apply(1, "PSUBSCRIBE mail-*");
        apply(2, "PUBLISH mail-track a");
        let frames = broker
            .take_outbox()
            .into_iter()
            .flat_map(|(_, reply)| reply.to_frames(version));
        let messages = frames.filter_map(|frame| message(&frame)).collect();
        (confirmed.to_frames(version), confirmed, messages)
    }

    #[test]
    fn what_subscribers_receive_comes_back_as_it_went() {
        for version in [Version::Resp2, Version::Resp3] {
            let (frames, confirmed, messages) = played(version);
            let subscribe = request("SUBSCRIBE mail-track mail");
            assert_eq!(frames_of(&subscribe), frames.len());
            assert_eq!(answer(&subscribe, &frames), confirmed);
            assert!(frames.iter().all(|frame| message(frame).is_none()));
            let (channel, message) = (Bytes::from("mail-track"), Bytes::from("a"));
            let by_pattern = Push::PatternMessage {
                pattern: "mail-*".into(),
                channel: channel.clone(),
                message: message.clone(),
            };
            let by_channel = Push::Message {
                sharded: false,
                channel,
                message,
            };
            assert_eq!(messages, [by_channel, by_pattern]);
        }
    }

    #[test]
    fn a_refusal_stays_one() {
        let refused = Frame::Error("ERR no".into());
        assert_eq!(
            answer(&request("SUBSCRIBE a b"), &[refused]),
            Reply::Error("ERR no".into())
        );
    }
}
