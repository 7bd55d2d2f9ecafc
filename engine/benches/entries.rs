//! How the cost of a command grows with the length of the stream, from a thousand entries to a million: XADD, XRANGE
//! of one entry by its ID, XDEL of one entry (with an XADD, so that the length stays).

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use redelivery_engine::{Broker, Bytes, ClientId, Command};

const LENGTHS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ADD: &str = "XADD s * field value";

fn command(line: &str) -> Command {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    Command::parse(&argv).expect("a command")
}

fn apply(broker: &mut Broker, command: &Command) {
    black_box(broker.apply(ClientId(0), command, 1_000));
}

/// A stream of so many entries: 1000-0, 1000-1 and so on.
fn of_length(length: u64) -> Broker {
    let (mut broker, add) = (Broker::new(), command(ADD));
    (0..length).for_each(|_| apply(&mut broker, &add));
    broker
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("entries");
    for length in LENGTHS {
        let broker = of_length(length);
        let add = command(ADD);
        let trimming = command(&format!("XADD s MAXLEN {length} * field value"));
        group.bench_function(BenchmarkId::new("XADD MAXLEN", length), |bencher| {
            let mut broker = broker.clone();
            bencher.iter(|| apply(&mut broker, &trimming));
        });
        // IDs all over the stream, in an order that no cache foresees.
        let reads = (0..1_000).map(|nth| {
            let seq = nth * 7_919 * (length / 1_000) % length;
            command(&format!("XRANGE s 1000-{seq} 1000-{seq}"))
        });
        let reads: Vec<Command> = reads.collect();
        group.bench_function(BenchmarkId::new("XRANGE by ID", length), |bencher| {
            let mut broker = broker.clone();
            let mut turn = reads.iter().cycle();
            bencher.iter(|| apply(&mut broker, turn.next().expect("endless")));
        });
        group.bench_function(BenchmarkId::new("XADD + XDEL", length), |bencher| {
            let (mut broker, mut nth) = (broker.clone(), 0_u64);
            bencher.iter_batched(
                || {
                    // From the middle on, each of 64 entries once, the later ones first.
                    let seq = length / 2 + (nth ^ 63);
                    nth += 1;
                    command(&format!("XDEL s 1000-{seq}"))
                },
                |delete| {
                    apply(&mut broker, &add);
                    apply(&mut broker, &delete);
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, growth);
criterion_main!(benches);
