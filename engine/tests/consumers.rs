//! When consumers were last heard of, and when they last got something. Source:
//! <https://redis.io/docs/latest/commands/xinfo-consumers/>.

use redelivery_engine::{Broker, Bytes, ClientId, Reply};

fn say(broker: &mut Broker, line: &str, now_ms: u64) -> Reply {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    broker.apply_argv(ClientId(1), &argv, now_ms).expect("it is answered")
}

/// Idle and inactive of the only consumer, in milliseconds.
fn times(broker: &mut Broker, now_ms: u64) -> (Reply, Reply) {
    let Reply::Array(rows) = say(broker, "XINFO CONSUMERS orders workers", now_ms) else {
        panic!("a row for each consumer");
    };
    let [Reply::Map(fields)] = rows.as_slice() else {
        panic!("one consumer: {rows:?}");
    };
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| *field == Reply::Bulk(name.into()));
        found.expect("such a field").1.clone()
    };
    (field("idle"), field("inactive"))
}

#[test]
fn a_consumer_is_heard_of_by_each_call_and_active_by_what_it_gets() {
    let mut broker = Broker::new();
    let read = "XREADGROUP GROUP workers ann STREAMS orders >";
    say(&mut broker, "XGROUP CREATE orders workers 0 MKSTREAM", 1_000);
    say(&mut broker, read, 1_000);
    assert_eq!(times(&mut broker, 1_100), (Reply::Integer(100), Reply::Integer(-1)));
    say(&mut broker, "XADD orders 1-0 key value", 1_150);
    say(&mut broker, read, 1_200);
    assert_eq!(times(&mut broker, 1_250), (Reply::Integer(50), Reply::Integer(50)));
    say(&mut broker, read, 1_300);
    assert_eq!(times(&mut broker, 1_310), (Reply::Integer(10), Reply::Integer(110)));
    say(&mut broker, "XCLAIM orders workers ann 0 1-0", 1_400);
    assert_eq!(times(&mut broker, 1_410), (Reply::Integer(10), Reply::Integer(10)));
}

#[test]
fn explorers_let_consumers_be_heard_of_when_they_say() {
    let mut broker = Broker::new();
    say(&mut broker, "XGROUP CREATE orders workers 0 MKSTREAM", 1_000);
    say(&mut broker, "XADD orders 1-0 key value", 1_000);
    say(&mut broker, "XREADGROUP GROUP workers ann STREAMS orders >", 1_000);
    broker.map_seen(&mut |seen_ms| seen_ms - 400);
    assert_eq!(times(&mut broker, 1_000), (Reply::Integer(400), Reply::Integer(-1)));
}
