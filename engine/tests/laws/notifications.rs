//! Notifications change nothing, and who hears them all knows at any time which keys there are.

use std::collections::BTreeSet;

use crate::generate;
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::command::Subscription;
use redelivery_engine::resp::Version;
use redelivery_engine::{Broker, Bytes, ClientId, Command, Notifications, Push, Reply};

const LISTENER: ClientId = ClientId(9);

/// A broker that tells what the setting says to one who listens to it all.
fn broker(setting: &str) -> Broker {
    let setting: Notifications = setting.parse().expect("letters of the setting");
    let mut broker = Broker::new().with_notifications(setting);
    for client in 0..3 {
        broker.set_version(ClientId(client), Version::Resp3);
    }
    let subscribe = Command::Subscribe {
        kind: Subscription::Pattern,
        names: vec!["__key*".into()],
    };
    broker.apply(LISTENER, &subscribe, 0);
    broker
}

/// What a step brings about: the answers to clients, and what the listener hears.
fn step(broker: &mut Broker, client: ClientId, command: &Command, now: u64) -> (Vec<(ClientId, Reply)>, Vec<Push>) {
    broker.advance(now);
    let mut replies = broker.take_outbox();
    if broker.is_blocked(client) {
        broker.time_out(client);
    } else {
        replies.extend(broker.apply(client, command, now).map(|reply| (client, reply)));
    }
    replies.append(&mut broker.take_outbox());
    let mut heard = Vec::new();
    replies.retain(|(client, reply)| match reply {
        Reply::Pushes(pushes) if *client == LISTENER => {
            heard.extend(pushes.iter().cloned());
            false
        }
        _ => true,
    });
    (replies, heard)
}

/// Which keys there are, as told.
fn learn(keys: &mut BTreeSet<Bytes>, push: &Push) {
    let Push::PatternMessage { channel, message, .. } = push else {
        return;
    };
    let Some(key) = channel.strip_prefix(b"__keyspace@0__:") else {
        return;
    };
    match &message[..] {
        b"new" => drop(keys.insert(key.into())),
        b"del" | b"expired" | b"rename_from" => drop(keys.remove(key)),
        _ => {}
    }
}

/// What takes keys away without a word, or is of another database.
fn is_silent(command: &Command) -> bool {
    matches!(
        command,
        Command::FlushAll | Command::FlushDb | Command::Select { .. } | Command::SwapDb { .. }
    )
}

proptest! {
    #[test]
    fn notifications_change_nothing(steps in vec((0_u64..3, generate::command()), 1..60)) {
        let (mut silent, mut telling) = (broker(""), broker("KEAnmoc"));
        for (now, (client, command)) in (1..).zip(&steps) {
            let (answers, heard) = step(&mut silent, ClientId(*client), command, now);
            prop_assert_eq!(heard, vec![]);
            prop_assert_eq!(step(&mut telling, ClientId(*client), command, now).0, answers);
        }
        let told = telling.with_notifications(Notifications::default());
        prop_assert_eq!(told, silent);
    }

    #[test]
    fn who_listens_knows_the_keys(steps in vec((0_u64..3, generate::command()), 1..60)) {
        let (mut broker, mut keys) = (broker("KAn"), BTreeSet::new());
        for (now, (client, command)) in (1..).zip(&steps).filter(|(_, (_, command))| !is_silent(command)) {
            let (_, heard) = step(&mut broker, ClientId(*client), command, now);
            heard.iter().for_each(|push| learn(&mut keys, push));
            prop_assert!(broker.keys().eq(&keys), "{:?} after {:?}, but told {:?}", broker, command, keys);
        }
    }
}
