//! What subscribers receive, as frames and as bytes: a message may go to thousands.

use alloc::vec::Vec;

use super::encode::{header, null, string};
use super::{Frame, Version};
use crate::command::Subscription;
use crate::{Bytes, Push};

/// One element.
enum Part<'a> {
    Word(&'static str),
    Bytes(&'a Bytes),
    Count(usize),
    Null,
}

impl Push {
    fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let (first, others) = match self {
            Self::Message {
                sharded,
                channel,
                message,
            } => {
                let name = if *sharded { "smessage" } else { "message" };
                (name, [Some(Part::Bytes(channel)), Some(Part::Bytes(message)), None])
            }
            Self::PatternMessage {
                pattern,
                channel,
                message,
            } => (
                "pmessage",
                [pattern, channel, message].map(|bytes| Some(Part::Bytes(bytes))),
            ),
            Self::Subscribed { kind, name, count } => {
                let name = Some(Part::Bytes(name));
                (subscribed(*kind), [name, Some(Part::Count(*count)), None])
            }
            Self::Unsubscribed { kind, name, count } => {
                let name = Some(name.as_ref().map_or(Part::Null, Part::Bytes));
                (unsubscribed(*kind), [name, Some(Part::Count(*count)), None])
            }
        };
        core::iter::once(Part::Word(first)).chain(others.into_iter().flatten())
    }

    pub(super) fn to_frame(&self, version: Version) -> Frame {
        let frames = self.parts().map(|part| match part {
            Part::Word(word) => Frame::Bulk(word.into()),
            Part::Bytes(bytes) => Frame::Bulk(bytes.clone()),
            Part::Count(count) => Frame::Integer(i64::try_from(count).unwrap_or(i64::MAX)),
            Part::Null => Frame::Null,
        });
        match version {
            Version::Resp2 => Frame::Array(frames.collect()),
            Version::Resp3 => Frame::Push(frames.collect()),
        }
    }

    /// Appends what its frame would be.
    pub(super) fn encode(&self, version: Version, out: &mut Vec<u8>) {
        let kind = if version == Version::Resp3 { b'>' } else { b'*' };
        header(kind, self.parts().count(), out);
        for part in self.parts() {
            match part {
                Part::Word(word) => string(b'$', word.as_bytes(), out),
                Part::Bytes(bytes) => string(b'$', bytes, out),
                Part::Count(count) => header(b':', count, out),
                Part::Null => null(version, out),
            }
        }
    }
}

fn subscribed(kind: Subscription) -> &'static str {
    match kind {
        Subscription::Channel => "subscribe",
        Subscription::Pattern => "psubscribe",
        Subscription::ShardChannel => "ssubscribe",
    }
}

fn unsubscribed(kind: Subscription) -> &'static str {
    match kind {
        Subscription::Channel => "unsubscribe",
        Subscription::Pattern => "punsubscribe",
        Subscription::ShardChannel => "sunsubscribe",
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::resp::encode_frame;

    #[test]
    fn bytes_are_those_of_the_frame() {
        let [name, channel, message] = ["n*", "news", "hello"].map(Bytes::from);
        let mut pushes = vec![Push::PatternMessage {
            pattern: name.clone(),
            channel: channel.clone(),
            message: message.clone(),
        }];
        pushes.extend([false, true].map(|sharded| Push::Message {
            sharded,
            channel: channel.clone(),
            message: message.clone(),
        }));
        for kind in [Subscription::Channel, Subscription::Pattern, Subscription::ShardChannel] {
            let (name, count) = (name.clone(), 12);
            pushes.push(Push::Unsubscribed {
                kind,
                name: None,
                count,
            });
            pushes.push(Push::Unsubscribed {
                kind,
                name: Some(name.clone()),
                count,
            });
            pushes.push(Push::Subscribed { kind, name, count });
        }
        for version in [Version::Resp2, Version::Resp3] {
            for push in &pushes {
                let (mut bytes, mut of_frame) = (Vec::new(), Vec::new());
                push.encode(version, &mut bytes);
                encode_frame(&push.to_frame(version), version, &mut of_frame);
                assert_eq!(bytes, of_frame, "{push:?}");
            }
        }
    }
}
