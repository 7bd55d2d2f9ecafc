//! What a message costs: PUBLISH to many subscribers and against many patterns, and patterns made to be slow.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use redelivery_engine::{Broker, Bytes, ClientId, Command};

fn command(line: &str) -> Command {
    let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
    Command::parse(&argv).expect("a command")
}

/// A broker with so many subscribers, each of whom sends what `line` says of its number.
fn with_subscribers(count: u64, line: impl Fn(u64) -> String) -> Broker {
    let mut broker = Broker::new();
    for nth in 0..count {
        let reply = broker.apply(ClientId(nth + 1), &command(&line(nth)), 0);
        assert!(reply.is_some_and(|reply| !reply.is_error()));
    }
    broker
}

fn publish(broker: &mut Broker, message: &Command) {
    black_box(broker.apply(ClientId(0), message, 0));
    black_box(broker.take_outbox());
}

fn subscribers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("PUBLISH to subscribers");
    let message = command("PUBLISH news.sport hello");
    for count in [0, 1, 10, 100, 1_000] {
        group.bench_with_input(BenchmarkId::from_parameter(count), &count, |bencher, &count| {
            let mut broker = with_subscribers(count, |_| "SUBSCRIBE news.sport".to_owned());
            bencher.iter(|| publish(&mut broker, &message));
        });
    }
    group.finish();
}

fn patterns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("PUBLISH against patterns");
    let message = command("PUBLISH news.77.sport hello");
    for count in [10, 100, 1_000, 10_000] {
        group.bench_with_input(BenchmarkId::new("one matches", count), &count, |bencher, &count| {
            let mut broker = with_subscribers(count, |nth| format!("PSUBSCRIBE news.{}.*", nth + 68));
            bencher.iter(|| publish(&mut broker, &message));
        });
    }
    let channel = "a".repeat(1_000);
    let message = command(&format!("PUBLISH {channel} hello"));
    for stars in [1, 10, 100, 400] {
        group.bench_with_input(
            BenchmarkId::new("*a…*b against 1,000 a", stars),
            &stars,
            |bencher, &stars| {
                let pattern = "*a".repeat(stars) + "*b";
                let mut broker = with_subscribers(1, |_| format!("PSUBSCRIBE {pattern}"));
                bencher.iter(|| publish(&mut broker, &message));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, subscribers, patterns);
criterion_main!(benches);
