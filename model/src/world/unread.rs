//! Dead-letter streams that nobody reads: while exploring, what lies in them is forgotten.
//!
//! Such a stream is only ever added to; that it is there is kept. What it holds decides no reply but the ID that XADD answers, and no client, event
//! or check reads that ID: a routing is told by its message and its group. So two worlds that differ in nothing but what
//! was routed, in which order, behave alike from there on; which messages were routed, checks remember that ask for it.

use redelivery_engine::Bytes;

use super::World;
use crate::check::CheckSpec;
use crate::setup::Setup;
use crate::setup::policy::{Producer, Publisher, Role, Subscriber};

impl World {
    /// Forgets what nobody reads.
    pub(super) fn forget_unread(&mut self, setup: &Setup) {
        let letters = setup.clients.iter().filter_map(|client| match &client.role {
            Role::Consumer(policy) => policy.dead_letter.as_ref(),
            _ => None,
        });
        for letter in letters {
            // As long as it does not change nothing lies in it that was not forgotten.
            if self.site.unnoted().is_changed(&letter.stream) && is_unread(setup, &letter.stream) {
                self.site.each(|broker| broker.forget_entries(&letter.stream));
            }
        }
    }
}

/// Whether nobody but those who route into it ever names a stream. What an administrator types may name anything; who
/// moves a slot of a cluster moves what lies in it.
fn is_unread(setup: &Setup, key: &Bytes) -> bool {
    let is_row = setup.groups.iter().any(|group| group.key == *key);
    let is_measured = setup
        .checks
        .iter()
        .any(|check| matches!(check, CheckSpec::Bounded { stream, .. } if stream == key));
    let names = |role: &Role| match role {
        Role::Administrator(_) | Role::Mover(_) => true,
        Role::Repairer(policy) => policy.stream == *key,
        Role::Producer(Producer { key: named, .. }) => named == key,
        Role::Publisher(Publisher {
            stores: Some(named), ..
        }) => named == key,
        Role::Subscriber(Subscriber {
            catches_up: Some(named),
            ..
        }) => named == key,
        // These name rows of the setup.
        Role::Consumer(_) | Role::Reader(_) | Role::Watcher(_) | Role::Worker(_) | Role::Reaper(_) => false,
        Role::Publisher(_) | Role::Subscriber(_) => false,
    };
    let is_named = || setup.clients.iter().any(|client| names(&client.role));
    !is_row && !is_measured && !is_named()
}
