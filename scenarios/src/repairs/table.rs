//! The clients of one table of a setup: `worker`, or `worker-1` and so on.
//!
//! Two scenarios are compared table by table: clients that do the same have the same name in both.

use std::collections::BTreeSet;

use redelivery_engine::Bytes;
use redelivery_model::setup::policy::{AddBy, Consumer, Effect, Role, When, Worker};
use redelivery_model::setup::{ClientIx, FaultBudget, GroupKind, Setup};

/// Clients of one kind that are told apart by a number only.
pub(super) struct Table<'a> {
    pub(super) setup: &'a Setup,
    /// `consumer`.
    pub(super) kind: &'static str,
    /// `worker`.
    pub(super) name: String,
    pub(super) clients: Vec<ClientIx>,
}

/// The tables of a setup, in its order.
pub(super) fn tables(setup: &Setup) -> Vec<Table<'_>> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    for client in setup.client_ixs() {
        let (kind, name) = (kind(&setup.client(client).role), stem(&setup.client(client).name));
        match tables.iter_mut().find(|table| table.kind == kind && table.name == name) {
            Some(table) => table.clients.push(client),
            None => tables.push(Table {
                setup,
                kind,
                name,
                clients: vec![client],
            }),
        }
    }
    tables
}

impl Table<'_> {
    /// Kind and name: consumer `worker`.
    pub(super) fn title(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }

    /// Those whom a fault may befall.
    pub(super) fn within_reach(&self, budget: &FaultBudget) -> Vec<ClientIx> {
        let clients = self.clients.iter().copied();
        clients.filter(|&client| budget.allows(0, client)).collect()
    }

    pub(super) fn called(&self, name: &Bytes) -> Option<ClientIx> {
        let mut clients = self.clients.iter().copied();
        clients.find(|&client| self.setup.client(client).name == *name)
    }

    fn roles(&self) -> impl Iterator<Item = &Role> {
        self.clients.iter().map(|&client| &self.setup.client(client).role)
    }

    fn consumers(&self) -> impl Iterator<Item = &Consumer> {
        self.roles().filter_map(|role| match role {
            Role::Consumer(policy) => Some(&**policy),
            _ => None,
        })
    }

    fn workers(&self) -> impl Iterator<Item = &Worker> {
        self.roles().filter_map(|role| match role {
            Role::Worker(policy) => Some(&**policy),
            _ => None,
        })
    }

    /// Where its clients read or write: the stream, and the group if there is one.
    pub(super) fn places(&self) -> BTreeSet<String> {
        let places = self.roles().filter_map(|role| {
            let of_group = |group| {
                let group = self.setup.group(group);
                match group.kind {
                    GroupKind::Group => format!("group `{}` of stream `{}`", group.name, group.key),
                    GroupKind::Reader => format!("stream `{}`", group.key),
                    GroupKind::List => format!("list `{}`", group.key),
                    GroupKind::Subscriber => format!("the channels of `{}`", group.name),
                }
            };
            Some(match role {
                Role::Producer(policy) => match policy.by {
                    AddBy::XAdd(_) => format!("stream `{}`", policy.key),
                    AddBy::Push(_) => format!("list `{}`", policy.key),
                },
                Role::Consumer(policy) => of_group(policy.group),
                Role::Reader(policy) => of_group(policy.group),
                Role::Watcher(policy) => of_group(policy.group),
                Role::Worker(policy) => of_group(policy.group),
                Role::Reaper(policy) => of_group(policy.group),
                Role::Repairer(policy) => format!("stream `{}`", policy.stream),
                Role::Publisher(policy) => {
                    let names: Vec<String> = policy.channels.iter().map(|name| format!("`{name}`")).collect();
                    format!("the channels {}", names.join(", "))
                }
                _ => return None,
            })
        });
        places.collect()
    }

    /// How many messages its producers add, or its publishers publish.
    pub(super) fn messages(&self) -> usize {
        let of_role = |role: &Role| match role {
            Role::Producer(policy) => policy.messages.len(),
            Role::Publisher(policy) => policy.messages.len(),
            _ => 0,
        };
        self.roles().map(of_role).sum()
    }

    /// Whether all of its producers are done, or its subscribers subscribed, before anybody else begins.
    pub(super) fn is_beforehand(&self) -> bool {
        let begins = self.roles().filter_map(|role| match role {
            Role::Producer(policy) => Some(policy.when),
            Role::Subscriber(policy) => Some(policy.when),
            _ => None,
        });
        let begins: Vec<When> = begins.collect();
        !begins.is_empty() && begins.iter().all(|when| *when == When::Beforehand)
    }

    /// The messages on which the work of its consumers fails.
    pub(super) fn poison(&self) -> BTreeSet<&Bytes> {
        let of_consumers = self.consumers().flat_map(|policy| &policy.fails_on);
        let failing = of_consumers.chain(self.workers().flat_map(|policy| &policy.fails_on));
        failing.map(|&message| self.setup.messages.key(message)).collect()
    }

    /// Whether some of its work may be repeated without harm.
    pub(super) fn is_idempotent(&self) -> bool {
        let of_consumers = self.consumers().map(|policy| policy.effect);
        let mut effects = of_consumers.chain(self.workers().map(|policy| policy.effect));
        effects.any(|effect| effect == Effect::Idempotent)
    }

    /// Whether its processes start again after a crash.
    pub(super) fn starts_again(&self) -> bool {
        self.roles().all(Role::starts_again)
    }
}

fn kind(role: &Role) -> &'static str {
    match role {
        Role::Producer(_) => "producer",
        Role::Consumer(_) => "consumer",
        Role::Administrator(_) => "administrator",
        Role::Repairer(_) => "repairer",
        Role::Reader(_) => "reader",
        Role::Watcher(_) => "watcher",
        Role::Worker(_) => "worker",
        Role::Reaper(_) => "reaper",
        Role::Publisher(_) => "publisher",
        Role::Subscriber(_) => "subscriber",
        Role::Mover(_) => "mover",
    }
}

/// A client's name without its number.
fn stem(name: &Bytes) -> String {
    let name = name.to_string();
    match name.rsplit_once('-') {
        Some((stem, number)) if !stem.is_empty() && number.parse::<u32>().is_ok() => stem.to_owned(),
        _ => name,
    }
}
