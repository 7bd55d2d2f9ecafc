//! What was seen in a run, for a search that goes where something new was: which kind of event followed which, of the
//! same message and of the same client, and about how often.
//!
//! Source of the counts in powers of two: Zalewski, "american fuzzy lop", technical details, 2013.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::setup::{ClientIx, Message};

/// Two kinds of events of one message, or of one client, the one after the other.
type Pair = (bool, &'static str, &'static str);

/// What was seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::simulate) struct Covered {
    /// The last kind of event of each.
    messages: BTreeMap<Message, &'static str>,
    clients: BTreeMap<ClientIx, &'static str>,
    pairs: BTreeMap<Pair, u64>,
}

/// A pair, and how often it was seen in one run: the power of two.
pub(super) type Feature = (Pair, u32);

impl Covered {
    pub(in crate::simulate) fn note(&mut self, event: &Event) {
        // How things stand at the broker is told again and again, and follows from the rest.
        if !event.is_news() {
            return;
        }
        let kind: &'static str = event.into();
        if let Some(message) = event.message() {
            let before = self.messages.insert(message, kind).unwrap_or_default();
            *self.pairs.entry((true, before, kind)).or_default() += 1;
        }
        if let Some(client) = event.client() {
            let before = self.clients.insert(client, kind).unwrap_or_default();
            *self.pairs.entry((false, before, kind)).or_default() += 1;
        }
    }

    pub(super) fn features(&self) -> impl Iterator<Item = Feature> {
        self.pairs.iter().map(|(&pair, &times)| (pair, times.ilog2()))
    }
}
