//! Our answers as frames: what each version makes of a [`Reply`].
//!
//! It never loses more than the version does: RESP2 has no maps and no sets, RESP3 has but one null.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::{Frame, Version, encode_frame};
use crate::reply::EntryReply;
use crate::{Bytes, Reply, StreamId};

impl Reply {
    /// This answer as a connection of that version reads it.
    pub fn to_frame(&self, version: Version) -> Frame {
        let frames = |replies: &[Self]| replies.iter().map(|reply| reply.to_frame(version)).collect();
        match (self, version) {
            (Self::Status(text), _) => Frame::Simple(text.as_bytes().into()),
            (Self::Error(text), _) => Frame::Error(text.as_bytes().into()),
            (Self::Integer(number), _) => Frame::Integer(*number),
            (Self::Bulk(bytes), _) => Frame::Bulk(bytes.clone()),
            (Self::NullArray, Version::Resp2) => Frame::NullArray,
            (Self::Null, _) | (Self::NullArray, Version::Resp3) => Frame::Null,
            (Self::Array(replies), _) | (Self::Set(replies), Version::Resp2) => Frame::Array(frames(replies)),
            (Self::Set(replies), Version::Resp3) => Frame::Set(frames(replies)),
            (Self::Map(pairs), Version::Resp2) => {
                let flat = pairs.iter().flat_map(|(key, value)| [key, value]);
                Frame::Array(flat.map(|reply| reply.to_frame(version)).collect())
            }
            (Self::Map(pairs), Version::Resp3) => {
                let pair = |(key, value): &(Self, Self)| (key.to_frame(version), value.to_frame(version));
                Frame::Map(pairs.iter().map(pair).collect())
            }
            (Self::Streams(streams), Version::Resp2) => {
                let pair = |(key, read): &(Bytes, Vec<EntryReply>)| {
                    Frame::Array(vec![Frame::Bulk(key.clone()), entries(read, version)])
                };
                Frame::Array(streams.iter().map(pair).collect())
            }
            (Self::Streams(streams), Version::Resp3) => {
                let pair = |(key, read): &(Bytes, Vec<EntryReply>)| (Frame::Bulk(key.clone()), entries(read, version));
                Frame::Map(streams.iter().map(pair).collect())
            }
            (Self::Entries(read), _) => entries(read, version),
        }
    }

    /// Appends this answer as a connection of that version reads it.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        encode_frame(&self.to_frame(version), version, out);
    }
}

fn entries(entries: &[EntryReply], version: Version) -> Frame {
    Frame::Array(entries.iter().map(|entry| one_entry(entry, version)).collect())
}

fn one_entry(entry: &EntryReply, version: Version) -> Frame {
    let fields = match (&entry.fields, version) {
        (Some(fields), _) => Frame::Array(fields.iter().cloned().map(Frame::Bulk).collect()),
        (None, Version::Resp2) => Frame::NullArray,
        (None, Version::Resp3) => Frame::Null,
    };
    Frame::Array(vec![id(entry.id), fields])
}

fn id(id: StreamId) -> Frame {
    Frame::Bulk(format!("{id}").into())
}
