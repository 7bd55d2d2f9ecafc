//! Which clients are interchangeable: where in doubt, nobody.

use redelivery_engine::{Bytes, Command};

use crate::check::CheckSpec;
use crate::setup::policy::{Duty, Role};
use crate::setup::{ClientIx, Faults, GROUP_FIELD, KEY_FIELD, REPAIRED_FIELD, Setup};

/// The classes of interchangeable clients, of two or more each: consumers, or workers of a list.
///
/// Nobody is where there is a cluster, in which clients stand at places of their own; where the broker may fail; with a deliberate defect, which may
/// have its favourites; where somebody acts on a list of consumers or keys in the order of names; or where something else
/// has a member's name, so that a text would not say what it means.
pub fn interchangeable(setup: &Setup) -> Vec<Vec<ClientIx>> {
    if setup.cluster.is_some() || setup.keeping.is_some() || setup.defect.is_some() {
        return Vec::new();
    }
    let Some(texts) = texts(setup) else {
        return Vec::new();
    };
    let mut classes: Vec<Vec<ClientIx>> = Vec::new();
    for client in setup.client_ixs().filter(|&client| has_own_name(setup, client, &texts)) {
        let alike = |class: &&mut Vec<ClientIx>| is_alike(setup, class[0], client);
        match classes.iter_mut().find(alike) {
            Some(class) => class.push(client),
            None => classes.push(vec![client]),
        }
    }
    classes.retain(|class| class.len() > 1);
    classes
}

/// Whether two do the same and may meet the same.
fn is_alike(setup: &Setup, one: ClientIx, other: ClientIx) -> bool {
    let Faults {
        crash,
        crash_sends_nothing: _,
        pause,
        clock_jump: _,
        cut,
        fates: _,
        broker: _,
        partition,
        forget,
    } = &setup.faults;
    let mut budgets = [crash, pause, cut, &partition.budget, forget].into_iter();
    let meets_the_same = budgets.all(|budget| budget.allows(0, one) == budget.allows(0, other));
    let bounds = setup.bounds.as_ref();
    let works_as_long = bounds.is_none_or(|bounds| bounds.work(one) == bounds.work(other));
    meets_the_same && works_as_long && setup.client(one).role == setup.client(other).role
}

/// Whether it is a consumer or worker whose name means nothing else, at any place of a command.
fn has_own_name(setup: &Setup, client: ClientIx, texts: &[Bytes]) -> bool {
    let name = &setup.client(client).name;
    let moves = matches!(setup.client(client).role, Role::Consumer(_) | Role::Worker(_));
    // Keywords and numbers have no small letters.
    let is_word = name.iter().any(u8::is_ascii_lowercase);
    let is_named = |text: &Bytes| {
        let rest = text.strip_prefix(&**name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    };
    let others = setup.client_ixs().filter(|other| *other != client);
    let mut others = others.map(|other| &setup.client(other).name);
    let of_fields = [KEY_FIELD, GROUP_FIELD, REPAIRED_FIELD].map(Bytes::from);
    moves && is_word && !others.any(is_named) && !texts.iter().chain(&of_fields).any(is_named)
}

/// What keys, groups and messages are called, and what else is said; nothing where somebody acts on an order of names.
fn texts(setup: &Setup) -> Option<Vec<Bytes>> {
    let mut texts: Vec<Bytes> = Vec::new();
    for group in &setup.groups {
        texts.extend([group.key.clone(), group.name.clone()]);
    }
    texts.extend(
        (0..setup.messages.len() as u32).map(|message| setup.messages.key(crate::setup::Message(message)).clone()),
    );
    for check in &setup.checks {
        if let CheckSpec::Bounded { stream, .. } = check {
            texts.push(stream.clone());
        }
    }
    for client in &setup.clients {
        match &client.role {
            Role::Producer(policy) => texts.push(policy.key.clone()),
            Role::Consumer(policy) => texts.extend(policy.dead_letter.iter().map(|letter| letter.stream.clone())),
            Role::Repairer(policy) => texts.push(policy.stream.clone()),
            Role::Administrator(policy) => texts.extend(policy.commands.iter().flat_map(Command::to_argv)),
            Role::Watcher(policy) => match policy.duty {
                // The first of several, in the order of names.
                Duty::DeletesConsumers { .. } => return None,
                Duty::Trims(_) | Duty::Alarms(_) => {}
            },
            Role::Reader(_) | Role::Worker(_) => {}
            // A reaper goes through lists in the order of their workers' names; the others stand at connections.
            Role::Reaper(_) | Role::Publisher(_) | Role::Subscriber(_) | Role::Mover(_) => return None,
        }
    }
    Some(texts)
}
