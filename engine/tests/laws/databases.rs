//! Each database is as good as a broker of its own, and those that nobody uses leave no trace.

use crate::generate;
use crate::generate::stream_command;
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::{Broker, ClientId, Command, Database, Reply};

const DATABASES: u8 = 3;

fn database(index: u8) -> Database {
    Database::new(index.into()).expect("there are so many databases")
}

/// What is about databases as a whole.
pub(crate) fn command() -> impl Strategy<Value = Command> {
    let any = || (0..DATABASES).prop_map(database);
    prop_oneof![
        2 => any().prop_map(|database| Command::Select { database }),
        1 => (any(), any()).prop_map(|(first, second)| Command::SwapDb { first, second }),
    ]
}

/// A client in each database, which sends commands and lets the time of those that wait run out; what each received.
fn play(brokers: &mut [Broker], steps: &[(u8, Command)]) -> Vec<(ClientId, Reply)> {
    let mut replies = Vec::new();
    for (now, (index, command)) in (1_u64..).zip(steps) {
        for broker in &mut *brokers {
            broker.advance(now);
            replies.append(&mut broker.take_outbox());
        }
        let broker = usize::from(*index) % brokers.len();
        let (broker, client) = (&mut brokers[broker], ClientId((*index).into()));
        if broker.is_blocked(client) {
            broker.time_out(client);
        } else {
            replies.extend(broker.apply(client, command, now).map(|reply| (client, reply)));
        }
        replies.append(&mut broker.take_outbox());
    }
    replies.sort_by_key(|(client, _)| *client);
    replies
}

/// What neither leaves the client's database nor reaches those of others.
fn is_at_home(command: &Command) -> bool {
    let leaves = matches!(
        command,
        Command::Select { .. } | Command::SwapDb { .. } | Command::FlushAll
    );
    let reaches = matches!(
        command,
        Command::Reset | Command::Quit | Command::Subscribe { .. } | Command::Publish { .. } | Command::PubSub(_)
    );
    !leaves && !reaches
}

proptest! {
    #[test]
    fn databases_share_nothing(steps in vec((0..DATABASES, generate::command().prop_filter("stays", is_at_home)), 1..60)) {
        let mut shared = Broker::new();
        for index in 0..DATABASES {
            let select = Command::Select { database: database(index) };
            shared.apply(ClientId(index.into()), &select, 0);
        }
        let alone = play(&mut [Broker::new(), Broker::new(), Broker::new()], &steps);
        prop_assert_eq!(play(&mut [shared], &steps), alone);
    }

    #[test]
    fn swapping_twice_is_nothing(steps in vec((0..DATABASES, generate::command()), 1..60), first in 0..DATABASES, second in 0..DATABASES) {
        let mut broker = [Broker::new()];
        play(&mut broker, &steps);
        let [mut broker] = broker;
        // Whoever waits or watches would notice.
        (0..DATABASES).for_each(|client| broker.disconnect(ClientId(client.into())));
        let before = broker.clone();
        let swap = Command::SwapDb { first: database(first), second: database(second) };
        for _ in 0..2 {
            broker.apply(ClientId(0), &swap, 0);
        }
        prop_assert_eq!(broker, before);
    }

    #[test]
    fn what_is_empty_leaves_no_trace(commands in vec(prop_oneof![stream_command(), command()], 1..40)) {
        let mut broker = Broker::new();
        for command in &commands {
            broker.apply(ClientId(0), command, 0);
        }
        broker.apply(ClientId(0), &Command::FlushAll, 0);
        broker.disconnect(ClientId(0));
        prop_assert_eq!(broker, Broker::new());
    }
}
