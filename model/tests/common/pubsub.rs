//! Setups of publishers and subscribers.

use redelivery_engine::command::Subscription::{Channel, Pattern};

use super::*;

/// Each with something that the others lack.
pub(super) fn setups() -> Vec<(&'static str, Setup)> {
    vec![
        ("channels and patterns", channels_and_patterns()),
        ("subscribers that lose their connections", lost_connections()),
        ("a slow subscriber", slow()),
        ("a subscriber that catches up", catching_up()),
        ("a publisher that wants receivers", wanting_receivers()),
        ("a subscriber that leaves", leaving()),
    ]
}

fn publisher(messages: u32) -> Publisher {
    let channels = vec!["mail-track".into(), "mail".into()];
    Publisher::plain(channels, (0..messages).map(Message).collect())
}

fn subscriber() -> Subscriber {
    let names = vec![(Channel, "mail-track".into()), (Channel, "mail".into())];
    Subscriber::plain(GroupIx(0), names)
}

/// These subscribers, each with a row of its own; faults befall them only.
fn setup_of(publisher: Publisher, subscribers: Vec<Subscriber>) -> Setup {
    let clients = (1..).map(ClientIx).take(subscribers.len()).collect();
    let mut setup = Setup {
        messages: (1..=publisher.messages.len())
            .map(|n| Bytes::from(format!("shop-{n}")))
            .collect(),
        clients: vec![ClientSetup {
            name: "shop".into(),
            role: Role::Publisher(publisher),
        }],
        faults: Faults {
            cut: FaultBudget { times: 1, clients },
            fates: vec![Fate::Never, Fate::ReplyLost, Fate::Late],
            ..Faults::default()
        },
        checks: vec![
            CheckSpec::AtMostOnce,
            CheckSpec::AtLeastOnce {
                dead_letter_counts: true,
            },
            CheckSpec::Order,
            CheckSpec::FanOut,
            CheckSpec::Delivery,
            CheckSpec::Subscribed,
        ],
        counter_ids: true,
        ..Setup::default()
    };
    for (place, policy) in (0..).zip(subscribers) {
        let name = Bytes::from(format!("desk-{}", place + 1));
        setup.groups.push(GroupSetup {
            kind: GroupKind::Subscriber,
            key: Bytes::from(""),
            name: name.clone(),
            start: StreamId::MIN,
            exists: false,
        });
        setup.clients.push(ClientSetup {
            name,
            role: Role::Subscriber(Subscriber {
                group: GroupIx(place),
                ..policy
            }),
        });
    }
    setup
}

fn channels_and_patterns() -> Setup {
    let both = Subscriber {
        names: vec![(Channel, "mail-track".into()), (Pattern, "mail-*".into())],
        when: When::Meanwhile,
        subscribes: Subscribes::OneByOne,
        ..subscriber()
    };
    let hasty = Subscriber {
        confirmation: AwaitReply::Ignore,
        ..both.clone()
    };
    setup_of(publisher(2), vec![both, hasty])
}

fn lost_connections() -> Setup {
    let partly = Subscriber {
        subscribes: Subscribes::OneByOne,
        resubscribes: Resubscribes::WhatWasConfirmed,
        ..subscriber()
    };
    let mut setup = setup_of(publisher(2), vec![partly]);
    setup.faults.cut.times = 2;
    setup.faults.crash = FaultBudget {
        times: 1,
        clients: vec![ClientIx(1)],
    };
    setup
}

fn slow() -> Setup {
    let careless = Publisher {
        reply: AwaitReply::Ignore,
        ..publisher(3)
    };
    let never_again = Subscriber {
        resubscribes: Resubscribes::Nothing,
        ..subscriber()
    };
    let mut setup = setup_of(careless, vec![subscriber(), never_again]);
    setup.output_buffer = Some(1);
    setup
}

fn catching_up() -> Setup {
    let storing = Publisher {
        stores: Some("events".into()),
        ..publisher(2)
    };
    let catching_up = Subscriber {
        resp3: true,
        catches_up: Some("events".into()),
        drops_duplicates: true,
        ..subscriber()
    };
    setup_of(storing, vec![catching_up])
}

fn wanting_receivers() -> Setup {
    let wanting = Publisher {
        on_nobody: OnNobody::Retry,
        ..publisher(1)
    };
    let late = Subscriber {
        when: When::Meanwhile,
        ..subscriber()
    };
    setup_of(wanting, vec![late])
}

fn leaving() -> Setup {
    let leaving = Subscriber {
        names: vec![(Channel, "mail-track".into()), (Pattern, "mail*".into())],
        leaves_after: Some(2),
        ..subscriber()
    };
    setup_of(publisher(2), vec![leaving])
}
