//! The names of a cluster's nodes in scripts and answers, and what of an answer is pings' business.
//!
//! | what | becomes | why |
//! |---|---|---|
//! | a node's ID and its shard's, `host:port`, port | `<node1>`, `<shard1>`, `<address1>`, `<port1>` | each run has others |
//! | CLUSTER NODES: moments of pings, epochs; order of the lines | `.`; sorted | pings; unordered in Redis |
//! | CLUSTER INFO: epochs, messages on the bus except PUBLISH's | left out | pings |
//! | its messages of PUBLISH | since the script began | scripts share the servers |
//! | CLUSTER BUMPEPOCH: the epoch | `.` | pings |
//! | CLUSTER LINKS: age, events, buffers; order | `.`; sorted | the bus' own business |
//! | CLUSTER SHARDS: order of the shards | sorted | unordered in Redis |

use redelivery_engine::Bytes;
use redelivery_engine::cluster::NodeAddress;
use redelivery_engine::resp::Frame;

use crate::side::Outcome;

/// How many nodes there are.
pub(crate) const NODES: usize = 3;

/// The nodes by number, from 1.
#[derive(Clone)]
pub(crate) struct Names(pub(crate) Vec<NodeAddress>);

impl Names {
    /// Arguments on this side.
    pub(crate) fn resolve(&self, argv: &[Bytes]) -> Vec<Bytes> {
        argv.iter()
            .map(|word| self.resolved(word).unwrap_or(word.clone()))
            .collect()
    }

    fn resolved(&self, word: &Bytes) -> Option<Bytes> {
        let word = std::str::from_utf8(word).ok()?;
        self.numbered().find_map(|(number, node)| match word {
            _ if word == format!("<node{number}>") => Some(node.id.clone()),
            _ if word == format!("<port{number}>") => Some(node.port.to_string().into()),
            _ => None,
        })
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &NodeAddress)> {
        (1..).zip(&self.0)
    }

    /// What came of something, without what differs between two clusters; `counted` is the messages that the node of
    /// the client who is answered had sent and received before.
    pub(crate) fn mask(&self, outcome: Outcome, counted: (u64, u64)) -> Outcome {
        let masked = |(client, frame)| (client, self.frame(frame, counted));
        Outcome {
            reply: outcome.reply.map(|frame| self.frame(frame, counted)),
            delivered: outcome.delivered.into_iter().map(masked).collect(),
        }
    }

    /// The same of an answer that counts no messages.
    pub(crate) fn masked(&self, reply: Option<Frame>) -> Option<Frame> {
        reply.map(|frame| self.frame(frame, (0, 0)))
    }

    fn frame(&self, frame: Frame, counted: (u64, u64)) -> Frame {
        match frame {
            Frame::Bulk(text) => Frame::Bulk(self.text(text, counted)),
            Frame::Error(text) => Frame::Error(self.text(text, counted)),
            Frame::Simple(text) => Frame::Simple(epoch(text)),
            Frame::Verbatim(kind, text) => Frame::Verbatim(kind, self.text(text, counted)),
            Frame::Integer(number) => self
                .numbered()
                .find(|(_, node)| i64::from(node.port) == number)
                .map_or(Frame::Integer(number), |(nth, _)| {
                    Frame::Simple(format!("<port{nth}>").into())
                }),
            Frame::Array(frames) => {
                let mut frames: Vec<_> = frames.into_iter().map(|frame| self.frame(frame, counted)).collect();
                if begins(&Frame::Array(frames.clone()), "direction") {
                    let values = frames.iter_mut().skip(1).step_by(2);
                    values.skip(2).for_each(hide);
                }
                let is_unordered = |frame: &Frame| begins(frame, "slots") || begins(frame, "direction");
                if !frames.is_empty() && frames.iter().all(is_unordered) {
                    frames.sort();
                }
                Frame::Array(frames)
            }
            Frame::Map(pairs) => {
                let named = |(key, value)| (key, self.frame(value, counted));
                let mut pairs: Vec<_> = pairs.into_iter().map(named).collect();
                if begins(&Frame::Map(pairs.clone()), "direction") {
                    pairs.iter_mut().skip(2).for_each(|(_, value)| hide(value));
                }
                Frame::Map(pairs)
            }
            frame => frame,
        }
    }

    fn text(&self, bytes: Bytes, counted: (u64, u64)) -> Bytes {
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return bytes;
        };
        let text = if text.starts_with("cluster_state:") {
            info(text, counted)
        } else if text.contains("myself,master") {
            nodes(text)
        } else {
            text.to_owned()
        };
        let named = self.numbered().fold(text, |text, (number, node)| {
            let NodeAddress {
                id,
                host,
                port,
                bus_port,
                shard_id,
            } = node;
            text.replace(&id.to_string(), &format!("<node{number}>"))
                .replace(&shard_id.to_string(), &format!("<shard{number}>"))
                .replace(&format!("{host}:{port}@{bus_port}"), &format!("<address{number}>"))
                .replace(&format!("{host}:{port}"), &format!("<address{number}>"))
        });
        named.into()
    }
}

fn info(text: &str, (sent, received): (u64, u64)) -> String {
    let line = |line: &str| match line.split_once(':')? {
        ("cluster_stats_messages_publish_sent", count) => since("sent", count, sent),
        ("cluster_stats_messages_publish_received", count) => since("received", count, received),
        (name, _) if name.starts_with("cluster_stats_messages") || name.ends_with("_epoch") => None,
        _ => Some(line.to_owned()),
    };
    let lines: Vec<String> = text.lines().filter_map(line).collect();
    lines.join("\n")
}

fn since(direction: &str, count: &str, before: u64) -> Option<String> {
    let count = count.parse::<u64>().ok()?.checked_sub(before)?;
    (count > 0).then(|| format!("cluster_stats_messages_publish_{direction}:{count}"))
}

fn nodes(text: &str) -> String {
    let line = |line: &str| {
        let mut fields: Vec<&str> = line.split(' ').collect();
        if let Some(pings) = fields.get_mut(4..7) {
            pings.fill(".");
        }
        fields.join(" ")
    };
    let mut lines: Vec<String> = text.lines().map(line).collect();
    // By the first slot, so that the order does not depend on the IDs.
    lines.sort_by_key(|line| {
        let first = line.split(' ').nth(8).and_then(|slots| slots.split('-').next());
        first.and_then(|slot| slot.parse::<u16>().ok()).unwrap_or(u16::MAX)
    });
    lines.join("\n")
}

/// The answer of BUMPEPOCH.
fn epoch(text: Bytes) -> Bytes {
    let line = std::str::from_utf8(&text).ok();
    match line.and_then(|line| line.split_once(' ')) {
        Some((word @ ("BUMPED" | "STILL"), _)) => format!("{word} .").into(),
        _ => text,
    }
}

fn hide(value: &mut Frame) {
    *value = Frame::Simple(".".into());
}

/// Whether it is a map whose first key this is.
fn begins(frame: &Frame, key: &str) -> bool {
    let first = match frame {
        Frame::Array(fields) => fields.first(),
        Frame::Map(pairs) => pairs.first().map(|(key, _)| key),
        _ => None,
    };
    first.is_some_and(|first| *first == Frame::Bulk(key.into()))
}

/// How many messages of PUBLISH a node says that it has sent and received.
pub(crate) fn published(info: &Frame) -> (u64, u64) {
    let (Frame::Bulk(text) | Frame::Verbatim(_, text)) = info else {
        panic!("CLUSTER INFO answers {info:?}");
    };
    let text = String::from_utf8_lossy(text).into_owned();
    let count = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    };
    (
        count("cluster_stats_messages_publish_sent:"),
        count("cluster_stats_messages_publish_received:"),
    )
}
