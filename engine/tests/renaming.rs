//! A broker with other names does with commands of other names what it did before.

use redelivery_engine::{Broker, Bytes, ClientId, Command, Renaming, Reply};

/// Swaps clients 1 and 2, who are called ann and bob.
struct Swap;

impl Renaming for Swap {
    fn client(&self, client: ClientId) -> ClientId {
        ClientId(match client.0 {
            1 => 2,
            2 => 1,
            other => other,
        })
    }

    fn text(&self, text: &Bytes) -> Bytes {
        match &**text {
            b"ann" => "bob".into(),
            b"bob" => "ann".into(),
            _ => text.clone(),
        }
    }
}

/// What two clients and a third say, so that each place which may hold a name holds one.
const SAID: [(u64, &str); 16] = [
    (3, "XGROUP CREATE orders workers 0 MKSTREAM"),
    (3, "XADD orders 1-0 key a"),
    (3, "XADD orders 2-0 key b"),
    (1, "XREADGROUP GROUP workers ann COUNT 1 STREAMS orders >"),
    (2, "XREADGROUP GROUP workers bob COUNT 1 STREAMS orders >"),
    (2, "XCLAIM orders workers bob 0 1-0"),
    (1, "SET lock ann NX PX 500"),
    (1, "SADD seen ann x"),
    (1, "LPUSH kept ann y"),
    (2, "SUBSCRIBE news ann"),
    (3, "SELECT 3"),
    (3, "SET lock bob"),
    (4, "WATCH bob lock"),
    (4, "MULTI"),
    (4, "SET ann bob"),
    (1, "XREADGROUP GROUP workers ann BLOCK 0 STREAMS orders >"),
];

/// And what follows, which each of these places decides.
const SAID_THEN: [(u64, &str); 8] = [
    (2, "UNSUBSCRIBE"),
    (3, "SELECT 0"),
    (3, "SET bob touched"),
    (4, "EXEC"),
    (2, "XREADGROUP GROUP workers bob STREAMS orders 0"),
    (2, "XACK orders workers 1-0 2-0"),
    (3, "PUBLISH news hello"),
    (3, "XADD orders 3-0 key c"),
];

fn command(line: &str) -> Command {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    Command::parse(&argv).expect("a command")
}

#[test]
fn names_may_be_changed_before_or_after() {
    let mut broker = Broker::new();
    let mut other = Broker::new();
    for (now, (client, line)) in (1_000..).zip(SAID.into_iter().chain(SAID_THEN)) {
        let command = command(line);
        let reply = broker.apply(ClientId(client), &command, now);
        let other_reply = other.apply(Swap.client(ClientId(client)), &command.renamed(&Swap), now);
        assert_eq!(
            reply.as_ref().map(Reply::is_error),
            other_reply.as_ref().map(Reply::is_error),
            "{line}"
        );
        let served: Vec<ClientId> = broker.take_outbox().iter().map(|(who, _)| Swap.client(*who)).collect();
        let other_served: Vec<ClientId> = other.take_outbox().iter().map(|(who, _)| *who).collect();
        assert_eq!(served, other_served, "{line}");
        assert_eq!(broker.renamed(&Swap), other, "{line}");
        assert_eq!(other.renamed(&Swap), broker, "{line}");
        other.assert_invariants();
        broker.renamed(&Swap).assert_invariants();
    }
}

#[test]
fn what_lies_at_a_key_is_renamed_alike() {
    let mut broker = Broker::new();
    for (client, line) in SAID {
        broker.apply(ClientId(client), &command(line), 1_000);
    }
    let renamed = broker.renamed(&Swap);
    for key in ["orders", "lock", "seen", "kept"] {
        let part = broker.key_part(key.as_bytes()).expect("it is there");
        assert_eq!(Some(part.renamed(&Swap)), renamed.key_part(key.as_bytes()), "{key}");
        assert_ne!(part.renamed(&Swap), part, "{key}");
    }
}
