//! Deleting with an eye on the groups: payloads of XDELEX and XACKDEL, and the option that trims share with them.

use alloc::vec::Vec;

use crate::{Bytes, StreamId};

/// What becomes of the groups' references to an entry that is deleted: the pending entries, and for [`Self::Acked`]
/// also the groups that it has not been delivered to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum References {
    /// KEEPREF: it stays in the pending entries lists.
    #[default]
    Keep,
    /// DELREF: it leaves every pending entries list.
    Delete,
    /// ACKED: it is deleted only when each group has got and acknowledged it.
    Acked,
}

/// `XDELEX key [KEEPREF | DELREF | ACKED] IDS n id …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XDelEx {
    /// The stream.
    pub key: Bytes,
    /// What becomes of references.
    pub references: References,
    /// Which entries.
    pub ids: Vec<StreamId>,
}

/// `XACKDEL key group [KEEPREF | DELREF | ACKED] IDS n id …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XAckDel {
    /// The stream.
    pub key: Bytes,
    /// The group that acknowledges.
    pub group: Bytes,
    /// What becomes of the other groups' references.
    pub references: References,
    /// Which entries.
    pub ids: Vec<StreamId>,
}
