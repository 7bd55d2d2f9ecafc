//! XTRIM, and XADD's trimming.

use super::integer;
use crate::command::{Precision, References, Trim, TrimBy};
use crate::keyspace::Access;
use crate::notifications::Class;
use crate::stream::{Cut, Keep, NodeLimits};
use crate::{Reply, Stream};

/// <https://redis.io/docs/latest/commands/xtrim/>
pub(super) fn xtrim(db: &mut Access<'_>, key: &[u8], by: Trim) -> Result<Reply, Reply> {
    let limits = db.node_limits;
    // What there is to remove first, so that a trim that removes nothing copies nothing.
    if db
        .stream(key)?
        .is_none_or(|stream| cut(stream, by, limits).is_nothing())
    {
        return Ok(Reply::Integer(0));
    }
    let removed = db.stream_mut(key)?.map_or(0, |stream| trim(stream, by, limits));
    if removed > 0 {
        db.notify(Class::Stream, "xtrim", key);
        db.modified(key);
    }
    Ok(integer(removed))
}

/// Trims, and answers how many entries went.
pub(super) fn trim(stream: &mut Stream, by: Trim, limits: NodeLimits) -> usize {
    match (by.references, by.precision) {
        (References::Keep, _) => {
            let cut = cut(stream, by, limits);
            stream.entries.remove_first(cut);
            cut.entries
        }
        // To remove a node as a whole is not to look at its entries, so a server leaves it.
        (_, Precision::Nodes { .. }) => 0,
        (References::Delete, Precision::Exact) => stream.trim_each(kept(by), false),
        (References::Acked, Precision::Exact) => stream.trim_each(kept(by), true),
    }
}

fn kept(by: Trim) -> Keep {
    match by.by {
        TrimBy::MaxLen(length) => Keep::Newest(usize::try_from(length).unwrap_or(usize::MAX)),
        TrimBy::MinId(id) => Keep::From(id),
    }
}

/// What a trim removes that asks no group.
fn cut(stream: &Stream, by: Trim, limits: NodeLimits) -> Cut {
    let limit = match by.precision {
        Precision::Exact => return stream.entries.exact_cut(kept(by)),
        Precision::Nodes { limit: None } => limits.trimmed_at_once(),
        Precision::Nodes { limit: Some(0) } => usize::MAX,
        Precision::Nodes { limit: Some(limit) } => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    stream.entries.cut_of_nodes(kept(by), limit)
}
