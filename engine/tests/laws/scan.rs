//! SCAN gives every key that is there from the first call to the last, exactly once, whatever comes and goes meanwhile.

use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::{Broker, Bytes, ClientId, Reply};

fn apply(broker: &mut Broker, line: &str) -> Reply {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    broker.apply_argv(ClientId(0), &argv, 0).expect("nothing waits")
}

proptest! {
    #[test]
    fn a_scan_gives_what_stays(count in 1u64..5, stays in 0u64..30, goes in vec((0u64..20, any::<bool>()), 0..40)) {
        let mut broker = Broker::new();
        for nth in 0..stays {
            apply(&mut broker, &format!("SET stays{nth} v"));
        }
        let (mut given, mut cursor, mut goes) = (Vec::new(), Bytes::from("0"), goes.into_iter());
        loop {
            let Reply::Array(page) = apply(&mut broker, &format!("SCAN {cursor} COUNT {count}")) else {
                panic!("no page");
            };
            let [Reply::Bulk(next), Reply::Array(keys)] = page.as_slice() else {
                panic!("no page: {page:?}");
            };
            given.extend(keys.iter().map(|key| format!("{key:?}")).filter(|key| key.contains("stays")));
            if let Some((nth, comes)) = goes.next() {
                let name = if comes { "SET" } else { "DEL" };
                apply(&mut broker, &format!("{name} goes{nth}{}", if comes { " v" } else { "" }));
            }
            cursor = next.clone();
            if *cursor == *b"0" {
                break;
            }
        }
        let all = given.len();
        given.sort();
        given.dedup();
        prop_assert_eq!((given.len() as u64, all as u64), (stays, stays));
    }
}
