//! Bytes in pieces, read by a decoder: the tests and the fuzz targets of both decoders read so.

use std::vec::Vec;

/// All that comes out, and what ended it.
pub(crate) fn read<'a, D, T, E>(
    mut decoder: D,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    feed: impl Fn(&mut D, &[u8]),
    next: impl Fn(&mut D) -> Result<Option<T>, E>,
) -> (Vec<T>, Option<E>) {
    let mut all = Vec::new();
    for piece in pieces {
        feed(&mut decoder, piece);
        loop {
            match next(&mut decoder) {
                Ok(Some(one)) => all.push(one),
                Ok(None) => break,
                Err(error) => return (all, Some(error)),
            }
        }
    }
    (all, None)
}
