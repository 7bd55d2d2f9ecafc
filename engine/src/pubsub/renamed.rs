//! Subscriptions with other names for the clients. Read first: `renaming.rs`.

use super::{PubSub, Subscriber};
use crate::renaming::{Renaming, named_anew};

impl PubSub {
    /// The same with other names.
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { subscribers, by_name } = self;
        Self {
            subscribers: named_anew(subscribers, renaming, |subscriber| subscriber.renamed(renaming)),
            by_name: by_name
                .each_ref()
                .map(|index| named_anew(index, renaming, |clients| named_anew(clients, renaming, |()| ()))),
        }
    }
}

impl Subscriber {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { version, names } = self;
        Self {
            version: *version,
            names: names.each_ref().map(|names| named_anew(names, renaming, |()| ())),
        }
    }
}
