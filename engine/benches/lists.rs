//! What a list costs: both ends of short and of long lists, the circular queue, and the copy that an explorer pays.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use redelivery_engine::{Broker, Bytes, ClientId, Command};

fn command(line: &str) -> Command {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    Command::parse(&argv).expect("a command")
}

fn apply(broker: &mut Broker, command: &Command) {
    black_box(broker.apply(ClientId(0), command, 0));
}

/// A broker with a list of so many elements.
fn with_elements(count: usize) -> Broker {
    let mut broker = Broker::new();
    let push = command("LPUSH l element");
    (0..count).for_each(|_| apply(&mut broker, &push));
    broker
}

const LENGTHS: [usize; 4] = [1, 100, 10_000, 1_000_000];

fn ends(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lists");
    let (push, pop) = (command("LPUSH l element"), command("RPOP l"));
    let (turn, moves) = (command("RPOPLPUSH l l"), command("RPOPLPUSH l busy"));
    let back = command("RPOPLPUSH busy l");
    for length in LENGTHS {
        group.bench_with_input(BenchmarkId::new("LPUSH + RPOP", length), &length, |bencher, &length| {
            let mut broker = with_elements(length);
            bencher.iter(|| {
                apply(&mut broker, &push);
                apply(&mut broker, &pop);
            });
        });
        group.bench_with_input(
            BenchmarkId::new("RPOPLPUSH l l", length),
            &length,
            |bencher, &length| {
                let mut broker = with_elements(length);
                bencher.iter(|| apply(&mut broker, &turn));
            },
        );
    }
    // Two at a time: to the other list and back.
    group.bench_function("RPOPLPUSH l busy + RPOPLPUSH busy l", |bencher| {
        let mut broker = with_elements(100);
        apply(&mut broker, &command("LPUSH busy element"));
        bencher.iter(|| {
            apply(&mut broker, &moves);
            apply(&mut broker, &back);
        });
    });
    group.bench_function("LPUSH + RPOP of a new list", |bencher| {
        let mut broker = Broker::new();
        bencher.iter(|| {
            apply(&mut broker, &push);
            apply(&mut broker, &pop);
        });
    });
    group.finish();
}

fn value(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lists, copied");
    let push = command("LPUSH l element");
    for length in [4, 100, 10_000] {
        let broker = with_elements(length);
        group.bench_with_input(BenchmarkId::new("copy + LPUSH", length), &broker, |bencher, broker| {
            bencher.iter_batched(
                || broker.clone(),
                |mut copy| {
                    apply(&mut copy, &push);
                    copy
                },
                BatchSize::SmallInput,
            );
        });
    }
    let broker = with_elements(4);
    group.bench_function("hash, 4 elements", |bencher| {
        bencher.iter(|| {
            let mut state = DefaultHasher::new();
            black_box(&broker).hash(&mut state);
            state.finish()
        });
    });
    group.finish();
}

criterion_group!(benches, ends, value);
criterion_main!(benches);
