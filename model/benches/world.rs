//! What a state costs: copying, hashing, stepping and canonicalising a `World`; and what explorations and simulated runs
//! make of it. The world is a small, typical one: four entries, one group, three consumers that reclaim.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use redelivery_model::client::Intent;
use redelivery_model::explore::{Exploration, Settings, explore};
use redelivery_model::setup::policy::{Consumer, ReclaimBy, When};
use redelivery_model::setup::{ClientIx, GroupIx, Setup};
use redelivery_model::simulate::{Policy, Simulation, simulate};
use redelivery_model::world::{Action, Ignore, World};

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/timing.rs"]
mod timing;

const STATES_MAX: usize = 1_000_000;
const SEED: u64 = 1;

/// So many messages, two consumers, one crash.
fn small(messages: u32) -> Setup {
    let consumer = Consumer {
        reclaim: common::reclaim(ReclaimBy::Xautoclaim),
        ..Consumer::plain(GroupIx(0))
    };
    common::setup(messages, When::Beforehand, &consumer)
}

/// Four messages, three consumers, one crash.
fn typical() -> Setup {
    let mut setup = small(4);
    let mut third = setup.clients[2].clone();
    third.name = "worker-3".into();
    setup.clients.push(third);
    setup.faults.crash.clients.push(ClientIx(3));
    setup
}

/// One consumer has worked and acknowledges next, one works, one has found nothing to reclaim and reads next.
fn midway(exploration: &Exploration) -> World {
    let path = [1, 1, 1, 2, 2, 3].map(|client| Action::Step(ClientIx(client)));
    exploration.follow(&path, &mut Ignore)
}

fn fingerprint(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

fn world(criterion: &mut Criterion) {
    let exploration = Exploration::new(Arc::new(typical()));
    let setup = exploration.setup();
    let world = midway(&exploration);
    let mut group = criterion.benchmark_group("world");
    group.bench_function("copy", |bencher| bencher.iter(|| black_box(&world).clone()));
    group.bench_function("hash", |bencher| bencher.iter(|| fingerprint(black_box(&world))));
    group.bench_function("list actions", |bencher| {
        let mut actions = Vec::new();
        bencher.iter(|| {
            actions.clear();
            black_box(&world).enabled(setup, &mut actions);
        });
    });
    for (name, client) in [("XREADGROUP", ClientIx(3)), ("XACK", ClientIx(1))] {
        assert!(matches!(world.intent(setup, client), Some(Intent::Send(_))));
        let action = Action::Step(client);
        group.bench_function(format!("exchange {name}"), |bencher| {
            bencher.iter_batched_ref(
                || world.clone(),
                |copy| copy.step(setup, action, &mut Ignore),
                BatchSize::SmallInput,
            );
        });
        group.bench_function(format!("copy, exchange {name}, canonicalise, hash"), |bencher| {
            bencher.iter(|| {
                let mut next = black_box(&world).clone();
                exploration.step(&mut next, action, &mut Ignore);
                fingerprint(&next)
            });
        });
    }
    let mut stepped = world.clone();
    stepped.step(setup, Action::Step(ClientIx(3)), &mut Ignore);
    group.bench_function("canonicalise", |bencher| {
        bencher.iter_batched_ref(
            || stepped.clone(),
            |copy| copy.canonicalise(setup),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn runs(criterion: &mut Criterion) {
    let exploration = Exploration::new(Arc::new(small(2)));
    let explored = explore(&exploration, &Settings::new(STATES_MAX), &|_| ());
    assert!(explored.complete);
    let mut group = criterion.benchmark_group("explore");
    group.sample_size(10);
    group.throughput(Throughput::Elements(explored.states as u64));
    group.bench_function("2 entries, 2 consumers", |bencher| {
        bencher.iter(|| explore(&exploration, &Settings::new(STATES_MAX), &|_| ()));
    });
    group.finish();

    let setup = typical();
    let timing = timing::timing(&setup);
    let simulation = Simulation {
        setup: &setup,
        timing: &timing,
        policy: Policy::Uniform,
        counts: false,
    };
    let requests = simulate(simulation, SEED).requests;
    let mut group = criterion.benchmark_group("simulate");
    group.throughput(Throughput::Elements(requests));
    group.bench_function("4 entries, 3 consumers", |bencher| {
        bencher.iter(|| simulate(simulation, black_box(SEED)));
    });
    group.finish();
}

criterion_group!(benches, world, runs);
criterion_main!(benches);
