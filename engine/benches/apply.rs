//! What a command costs: `Broker::apply` on streams of real size, and the copy and hash that a model checker pays.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use redelivery_engine::{Broker, Bytes, ClientId, Command};

const CLIENT: ClientId = ClientId(0);

fn command(line: &str) -> Command {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    Command::parse(&argv).expect("a command")
}

fn apply(broker: &mut Broker, command: &Command) {
    black_box(broker.apply(CLIENT, command, 1_000));
}

/// A stream of so many entries, all pending with one consumer of one group.
fn with_pending(entries: usize) -> Broker {
    let mut broker = Broker::new();
    apply(&mut broker, &command("XGROUP CREATE s g 0 MKSTREAM"));
    let add = command("XADD s * field value");
    for _ in 0..entries {
        apply(&mut broker, &add);
    }
    apply(&mut broker, &command("XREADGROUP GROUP g anna STREAMS s >"));
    broker
}

fn large(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply");
    group.throughput(Throughput::Elements(1));
    let add = command("XADD s * field value");
    group.bench_function("XADD", |bencher| {
        let mut broker = Broker::new();
        bencher.iter(|| apply(&mut broker, &add));
    });
    let trimming = command("XADD s MAXLEN 10000 * field value");
    group.bench_function("XADD, 10,000 kept", |bencher| {
        let mut broker = Broker::new();
        bencher.iter(|| apply(&mut broker, &trimming));
    });
    let read = command("XREADGROUP GROUP g anna COUNT 1 STREAMS s >");
    for pending in [0, 10_000] {
        group.bench_function(format!("XREADGROUP COUNT 1 + XACK, {pending} pending"), |bencher| {
            let broker = RefCell::new(with_pending(pending));
            let added = || {
                let broker = &mut broker.borrow_mut();
                apply(broker, &trimming);
                let last = broker.stream(b"s").expect("a stream").last_id();
                command(&format!("XACK s g {last}"))
            };
            let read_and_acknowledged = |acknowledge: &mut Command| {
                let broker = &mut broker.borrow_mut();
                apply(broker, &read);
                apply(broker, acknowledge);
            };
            bencher.iter_batched_ref(added, read_and_acknowledged, BatchSize::NumIterations(1_000));
        });
    }
    group.bench_function("XCLAIM, 10,000 pending", |bencher| {
        let mut broker = with_pending(10_000);
        let claims: Vec<Command> = ["ben", "anna"]
            .into_iter()
            .flat_map(|to| {
                (0..10_000)
                    .step_by(97)
                    .map(move |seq| command(&format!("XCLAIM s g {to} 0 1000-{seq}")))
            })
            .collect();
        let mut turn = claims.iter().cycle();
        bencher.iter(|| apply(&mut broker, turn.next().expect("endless")));
    });
    group.finish();
}

/// The broker of a small world: 4 entries, 1 group, 3 consumers, each with one entry.
fn of_small_world() -> Broker {
    let mut broker = Broker::new();
    apply(&mut broker, &command("XGROUP CREATE s g 0 MKSTREAM"));
    (0..4).for_each(|_| apply(&mut broker, &command("XADD s * field value")));
    for name in ["anna", "ben", "cleo"] {
        apply(
            &mut broker,
            &command(&format!("XREADGROUP GROUP g {name} COUNT 1 STREAMS s >")),
        );
    }
    broker
}

fn hash(broker: &Broker) -> u64 {
    let mut state = DefaultHasher::new();
    broker.hash(&mut state);
    state.finish()
}

fn small(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("value");
    let broker = of_small_world();
    let read = command("XREADGROUP GROUP g ben STREAMS s >");
    group.bench_function("copy, 4 entries, 3 consumers", |bencher| {
        bencher.iter(|| black_box(&broker).clone())
    });
    group.bench_function("hash, 4 entries, 3 consumers", |bencher| {
        bencher.iter(|| hash(black_box(&broker)))
    });
    group.bench_function("copy + hash, 4 entries, 3 consumers", |bencher| {
        bencher.iter(|| hash(&black_box(&broker).clone()));
    });
    group.bench_function("copy and apply XREADGROUP, 4 entries, 3 consumers", |bencher| {
        bencher.iter_batched(
            || broker.clone(),
            |mut copy| apply(&mut copy, &read),
            BatchSize::SmallInput,
        );
    });
    let large = with_pending(100_000);
    group.bench_function("copy and apply XADD, 100,000 entries", |bencher| {
        let add = command("XADD s * field value");
        bencher.iter_batched(
            || large.clone(),
            |mut copy| apply(&mut copy, &add),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, large, small);
criterion_main!(benches);
