//! Work that is shared among threads: cut by position, and its results kept in order.

use std::thread;

/// With fewer states a thread costs more than it brings, …
pub(super) const STATES: usize = 512;

/// … or with fewer steps to be done.
pub(super) const DEEDS: usize = 16;

/// Cuts a list into consecutive parts, at most so many, of so many things at least.
pub(super) fn split<T>(things: &[T], parts: usize, least: usize) -> Vec<&[T]> {
    let parts = parts.min(things.len() / least).max(1);
    things.chunks(things.len().div_ceil(parts).max(1)).collect()
}

/// The same of things that are given away, however few.
pub(super) fn group<T>(things: Vec<T>, parts: usize) -> Vec<Vec<T>> {
    let size = things.len().div_ceil(parts.max(1)).max(1);
    let mut groups = Vec::new();
    let mut things = things.into_iter().peekable();
    while things.peek().is_some() {
        groups.push(things.by_ref().take(size).collect());
    }
    groups
}

/// Does the work on each part, the first on this thread; results come in the order of the parts.
pub(super) fn all<I: Send, O: Send>(parts: Vec<I>, work: impl Fn(I) -> O + Sync) -> Vec<O> {
    let mut parts = parts.into_iter();
    let Some(own) = parts.next() else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut done = vec![work(own)];
        for other in others {
            match other.join() {
                Ok(result) => done.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}
