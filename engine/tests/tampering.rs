//! What wrappers with a deliberate bug may change: each change is there, and the broker's invariants are still whole.

use redelivery_engine::command::{AddId, GroupStart, ReadFrom, XAdd, XGroup, XReadGroup};
use redelivery_engine::{AutoIds, Broker, ClientId, Command, PendingEntry, Reply, StreamId};

const NOW_MS: u64 = 1_000;

fn broker() -> Broker {
    let mut broker = Broker::with_auto_ids(AutoIds::Counter);
    let create = XGroup::Create {
        key: "orders".into(),
        group: "workers".into(),
        start: GroupStart::After(StreamId::MIN),
        make_stream: true,
        entries_read: None,
    };
    broker.apply(ClientId(0), &Command::XGroup(create), NOW_MS);
    broker
}

fn add(broker: &mut Broker) -> Option<Reply> {
    let add = XAdd {
        key: "orders".into(),
        create: true,
        trim: None,
        id: AddId::Auto,
        fields: vec!["key".into(), "value".into()],
    };
    broker.apply(ClientId(0), &Command::XAdd(add), NOW_MS)
}

fn wait(broker: &mut Broker, who: u64) {
    let read = XReadGroup {
        group: "workers".into(),
        consumer: "ann".into(),
        count: Some(1),
        block: Some(0),
        noack: false,
        streams: vec![("orders".into(), ReadFrom::New)],
    };
    let reply = broker.apply(ClientId(who), &Command::XReadGroup(read), NOW_MS);
    assert_eq!(reply, None, "it waits");
}

fn served(broker: &mut Broker) -> Vec<u64> {
    broker.take_outbox().into_iter().map(|(who, _)| who.0).collect()
}

#[test]
fn an_entry_is_pending_as_wanted_whether_it_is_there_or_not() {
    let mut broker = broker();
    let id = StreamId::new(7, 0);
    let of = |consumer: &str, deliveries| PendingEntry {
        consumer: consumer.into(),
        delivered_at: 10,
        deliveries,
    };
    for wanted in [Some(of("ann", 3)), Some(of("bob", 1)), None] {
        broker.set_pending(b"orders", b"workers", id, wanted.clone());
        broker.assert_invariants();
        let group = broker.stream(b"orders").and_then(|stream| stream.group(b"workers"));
        let group = group.expect("it was created");
        assert_eq!(group.pending_entry(id), wanted.as_ref());
        let owner = |name: &[u8]| group.consumer(name).map_or(0, |consumer| consumer.pending_len());
        let is = |name: &str| usize::from(wanted.as_ref().is_some_and(|it| *it.consumer == *name.as_bytes()));
        assert_eq!((owner(b"ann"), owner(b"bob")), (is("ann"), is("bob")));
    }
    let before = broker.clone();
    broker.set_pending(b"orders", b"nobody", id, Some(of("ann", 1)));
    broker.set_pending(b"nothing", b"workers", id, Some(of("ann", 1)));
    assert_eq!(broker, before, "there is no such group");
}

#[test]
fn an_id_that_was_forgotten_is_given_again() {
    let mut broker = broker();
    add(&mut broker);
    let second = add(&mut broker);
    let (key, ids) = ("orders".into(), vec![StreamId::new(2, 0)]);
    broker.apply(ClientId(0), &Command::XDel { key, ids }, NOW_MS);
    assert_ne!(add(&mut broker.clone()), second);
    broker.forget_last_id(b"orders");
    broker.assert_invariants();
    assert_eq!(add(&mut broker), second);
    broker.forget_last_id(b"nothing");
}

#[test]
fn those_who_wait_are_passed_over_or_come_in_reverse() {
    let mut broker = broker();
    wait(&mut broker, 1);
    let aside = broker.set_waiters_aside();
    add(&mut broker);
    assert!(served(&mut broker).is_empty() && !broker.is_blocked(ClientId(1)));
    broker.put_back(aside);
    assert!(broker.is_blocked(ClientId(1)));
    broker.assert_invariants();
    // It tries again with the next.
    add(&mut broker);
    assert_eq!(served(&mut broker), [1]);

    let mut broker = self::broker();
    (1..=3).for_each(|who| wait(&mut broker, who));
    broker.reverse_waiters();
    (1..=3).for_each(|_| drop(add(&mut broker)));
    assert_eq!(served(&mut broker), [3, 2, 1]);
}
