//! The size of the tree in which a server keeps its nodes by their IDs: XINFO STREAM tells it.
//!
//! The tree branches by the bytes of the IDs, sixteen of them, the highest first, and what does not branch is one
//! step. Source: <https://redis.io/docs/latest/commands/xinfo-stream/>. There is no such tree here.

use alloc::vec::Vec;

use crate::StreamId;

type Key = [u8; 16];

/// How many nodes a radix tree of these ascending IDs has.
pub(super) fn nodes(ids: impl Iterator<Item = StreamId>) -> usize {
    let key = |id: StreamId| ((u128::from(id.ms) << 64) | u128::from(id.seq)).to_be_bytes();
    match ids.map(key).collect::<Vec<Key>>().as_slice() {
        [] => 1,
        keys => below(keys, 0),
    }
}

/// The nodes of the subtree in which these keys differ at `depth` at the earliest.
fn below(keys: &[Key], depth: usize) -> usize {
    let (first, last) = (&keys[0], &keys[keys.len() - 1]);
    let common = (depth..first.len())
        .find(|&at| first[at] != last[at])
        .unwrap_or(first.len());
    let itself = 1 + usize::from(common > depth);
    if common == first.len() {
        return itself;
    }
    let branches = keys.chunk_by(|a, b| a[common] == b[common]);
    itself + branches.map(|branch| below(branch, common + 1)).sum::<usize>()
}
