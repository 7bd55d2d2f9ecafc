//! How the cost of a command grows with the length of the pending entries list, from a thousand entries to a million:
//! a read with its acknowledgement, XCLAIM of one entry, XPENDING of ten (of all, of one consumer), what watchers ask,
//! XAUTOCLAIM of ten.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use redelivery_engine::{Broker, Bytes, ClientId, Command};

const LENGTHS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// How many commands are prepared, to be sent in turn.
const COMMANDS: u64 = 1_000;

fn command(line: &str) -> Command {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    Command::parse(&argv).expect("a command")
}

fn apply(broker: &mut Broker, command: &Command) {
    black_box(broker.apply(ClientId(0), command, 1_000));
}

/// So many entries, 1000-0, 1000-1 and so on, all pending with `anna` in the group `g`.
fn with_pending(length: u64) -> Broker {
    let (mut broker, add) = (Broker::new(), command("XADD s * field value"));
    (0..length).for_each(|_| apply(&mut broker, &add));
    apply(&mut broker, &command("XGROUP CREATE s g 0 MKSTREAM"));
    apply(&mut broker, &command("XREADGROUP GROUP g anna STREAMS s >"));
    broker
}

/// Commands about entries all over the list, in an order that no cache foresees, but the same each time round.
fn all_over(length: u64, line: impl Fn(u64) -> String) -> Vec<Command> {
    let seq = |nth: u64| nth * 7_919 * (length / COMMANDS) % length;
    (0..COMMANDS).map(|nth| command(&line(seq(nth)))).collect()
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pending");
    for length in LENGTHS {
        let original = with_pending(length);
        let mut in_turn = |name: &str, commands: Vec<Command>| {
            group.bench_function(BenchmarkId::new(name, length), |bencher| {
                let mut broker = original.clone();
                // What the copy shares is copied now.
                apply(&mut broker, &command("XCLAIM s g anna 0 1000-0"));
                let mut turn = commands.iter().cycle();
                bencher.iter(|| apply(&mut broker, turn.next().expect("endless")));
            });
        };
        let claims = ["ben", "anna"].map(|to| all_over(length, |seq| format!("XCLAIM s g {to} 0 1000-{seq}")));
        in_turn("XCLAIM", claims.concat());
        in_turn(
            "XPENDING",
            all_over(length, |seq| format!("XPENDING s g 1000-{seq} + 10")),
        );
        in_turn(
            "XPENDING of a consumer",
            all_over(length, |seq| format!("XPENDING s g 1000-{seq} + 10 anna")),
        );
        let watching = ["XPENDING s g", "XINFO GROUPS s", "XINFO CONSUMERS s g"];
        in_turn("XPENDING, XINFO GROUPS or CONSUMERS", watching.map(command).to_vec());
        let page = |to, seq| format!("XAUTOCLAIM s g {to} 0 1000-{seq} COUNT 10");
        let pages = ["ben", "anna"].map(|to| all_over(length, |seq| page(to, seq)));
        in_turn("XAUTOCLAIM COUNT 10", pages.concat());
        // An acknowledged entry becomes pending again at once.
        let acks = all_over(length, |seq| format!("XACK s g 1000-{seq}"));
        let forced = all_over(length, |seq| format!("XCLAIM s g anna 0 1000-{seq} FORCE"));
        let pairs = acks.into_iter().zip(forced);
        in_turn(
            "XACK or XCLAIM FORCE",
            pairs.flat_map(|(ack, force)| [ack, force]).collect(),
        );
    }
    group.finish();
}

/// A group that reads an entry and acknowledges it, while so many others are pending. After the last entry it begins
/// anew; the stream is long enough that this does not count.
fn consume(criterion: &mut Criterion) {
    const FRESH: u64 = 100_000;
    let mut group = criterion.benchmark_group("consume");
    let read = command("XREADGROUP GROUP g ben COUNT 1 STREAMS s >");
    for pending in [0, 10_000, 1_000_000] {
        let (mut broker, add) = (with_pending(pending), command("XADD s * field value"));
        (0..FRESH).for_each(|_| apply(&mut broker, &add));
        let acks: Vec<Command> = (pending..pending + FRESH)
            .map(|seq| command(&format!("XACK s g 1000-{seq}")))
            .collect();
        let again = match pending {
            0 => command("XGROUP SETID s g 0"),
            pending => command(&format!("XGROUP SETID s g 1000-{}", pending - 1)),
        };
        group.bench_function(BenchmarkId::new("XREADGROUP COUNT 1 + XACK", pending), |bencher| {
            apply(&mut broker, &again);
            let mut turn = acks.iter();
            bencher.iter(|| {
                let ack = turn.next().unwrap_or_else(|| {
                    apply(&mut broker, &again);
                    turn = acks.iter();
                    turn.next().expect("many")
                });
                apply(&mut broker, &read);
                apply(&mut broker, ack);
            });
            let group = broker.stream(b"s").and_then(|stream| stream.group(b"g"));
            assert_eq!(group.map(|group| group.pending_len() as u64), Some(pending));
        });
    }
    group.finish();
}

criterion_group!(benches, consume, growth);
criterion_main!(benches);
