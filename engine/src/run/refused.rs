//! Arguments that are wrong in themselves, when their turn comes: the lookups that a server makes first, then the error.

use super::block_fits;
use super::misses::notify_if_missing;
use crate::Reply;
use crate::errors::WRONG_TYPE;
use crate::keyspace::{Access, Value};
use crate::syntax::{Failure, Kind, Lookup};

/// The answer to arguments that are no command.
pub(crate) fn refused(db: &mut Access<'_>, failure: &Failure) -> Reply {
    if let Err(error) = block_fits(failure.block_ms, db.now) {
        return error;
    }
    let looked_up = failure.lookups.iter().try_for_each(|lookup| {
        if failure.reads {
            notify_if_missing(db, &lookup.key);
        }
        look_up(db, lookup)
    });
    looked_up.err().unwrap_or_else(|| failure.error.clone())
}

fn look_up(db: &mut Access<'_>, lookup: &Lookup) -> Result<(), Reply> {
    let Some(value) = db.value(&lookup.key) else {
        return lookup.no_key.clone().map_or(Ok(()), Err);
    };
    match (lookup.kind, value) {
        (Kind::Any, _) | (Kind::String, Value::String(_)) | (Kind::List, Value::List(_)) => Ok(()),
        (Kind::Stream, Value::Stream(stream)) => match &lookup.group {
            Some((group, no_group)) if stream.group(group).is_none() => Err(no_group.clone()),
            _ => Ok(()),
        },
        _ => Err(WRONG_TYPE),
    }
}
