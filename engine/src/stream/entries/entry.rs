//! One entry, as it lies packed in its node. Its bytes are copied when somebody asks for them, not before.

use alloc::vec::Vec;
use core::fmt;

use super::node::Node;
use super::varint;
use crate::{Bytes, StreamId};

/// An entry of a stream. Source: <https://redis.io/docs/latest/develop/data-types/streams/>.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Its ID.
    pub id: StreamId,
    pub(super) node: &'a Node,
    /// Where in the node's bytes its fields begin.
    pub(super) fields_at: usize,
}

impl Entry<'_> {
    /// Its fields and values in turn.
    pub fn fields(&self) -> Vec<Bytes> {
        let (packed, mut at) = (&self.node.packed[..], self.fields_at);
        let names = &self.node.names;
        match varint::read_len(packed, &mut at) {
            0 => {
                let mut fields = Vec::with_capacity(2 * names.len());
                for name in names.iter() {
                    fields.push(name.clone());
                    fields.push(varint::read_bytes(packed, &mut at).into());
                }
                fields
            }
            count => (1..count).map(|_| varint::read_bytes(packed, &mut at).into()).collect(),
        }
    }
}

impl PartialEq for Entry<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.fields() == other.fields()
    }
}

impl Eq for Entry<'_> {}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.id, self.fields())
    }
}
