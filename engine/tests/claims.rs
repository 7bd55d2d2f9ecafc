//! What a claim makes of the idle time, and how far XAUTOCLAIM looks. Sources:
//! <https://redis.io/docs/latest/commands/xclaim/>, <https://redis.io/docs/latest/commands/xautoclaim/>.

use redelivery_engine::{Broker, Bytes, ClientId, Reply, StreamId};

fn say(broker: &mut Broker, line: &str, now_ms: u64) -> Reply {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    broker.apply_argv(ClientId(1), &argv, now_ms).expect("it is answered")
}

/// So many entries, all of them read by ann at this moment.
fn read_by_ann(entries: u64, now_ms: u64) -> Broker {
    let mut broker = Broker::new();
    say(&mut broker, "XGROUP CREATE orders workers 0 MKSTREAM", now_ms);
    for entry in 1..=entries {
        say(&mut broker, &format!("XADD orders {entry}-0 key value"), now_ms);
    }
    say(&mut broker, "XREADGROUP GROUP workers ann STREAMS orders >", now_ms);
    broker
}

#[test]
fn a_claim_says_how_long_the_entry_has_been_idle() {
    let mut broker = read_by_ann(1, 1_000);
    for (option, idle_ms) in [("IDLE 100", 100), ("TIME 700", 300), ("TIME 1001", 0), ("IDLE 1001", 0)] {
        say(&mut broker, &format!("XCLAIM orders workers ben 0 1-0 {option}"), 1_000);
        let Reply::Array(rows) = say(&mut broker, "XPENDING orders workers - + 9", 1_000) else {
            panic!("a row for each entry");
        };
        let [Reply::Array(row)] = rows.as_slice() else {
            panic!("one entry: {rows:?}");
        };
        assert_eq!(row[2], Reply::Integer(idle_ms), "{option}");
    }
}

#[test]
fn a_page_ends_after_ten_times_as_many_entries_as_it_may_hold() {
    let mut broker = read_by_ann(12, 1_000);
    let Reply::Array(page) = say(&mut broker, "XAUTOCLAIM orders workers ben 60000 - COUNT 1", 1_000) else {
        panic!("a page");
    };
    let eleventh = StreamId { ms: 11, seq: 0 };
    assert_eq!(page[0], Reply::Bulk(eleventh.to_string().into()), "the next to look at");
}
