//! Subscriptions with other names for the clients. Read first: `renaming.rs`.

use super::{PubSub, Subscriber};
use crate::renaming::{Renaming, by_client, by_text};

impl PubSub {
    /// The same with other names.
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { subscribers, by_name } = self;
        Self {
            subscribers: by_client(subscribers, renaming, |subscriber| subscriber.renamed(renaming)),
            by_name: by_name
                .each_ref()
                .map(|index| by_text(index, renaming, |clients| by_client(clients, renaming, |()| ()))),
        }
    }
}

impl Subscriber {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { version, names } = self;
        Self {
            version: *version,
            names: names.each_ref().map(|names| by_text(names, renaming, |()| ())),
        }
    }
}
