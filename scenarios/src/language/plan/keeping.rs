//! What is kept of a broker that may fail, and what nobody could see then.

use std::ops::Range;

use redelivery_engine::Millis;
use redelivery_model::setup::policy::{Effect, Role};
use redelivery_model::setup::{BrokerFaults, Failback, Fsync, Keeping, Persistence, Rewrites, Setup, Span};

use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{self, File};
use crate::language::located::Located;
use crate::language::value::{Duration, Stretch};

/// With a slow disk the next sync waits for the last, and after two seconds the writes do.
const SLOW_DISK_MS: Millis = 2_000;

/// As in `redis.conf`.
const MIN_REPLICAS_MAX_LAG_MS: Millis = 10_000;

/// A file that grows by some megabytes a second is rewritten as often, and as fast, where nothing else is said.
const REWRITES_WITHIN_MS: Millis = 10_000;
const REWRITTEN_WITHIN_MS: Millis = 5_000;

/// Checks what goes together and what does not.
pub(super) fn check(file: &File, mistakes: &mut Mistakes) {
    let broker = &file.broker;
    let appends = broker.appendonly.as_ref().is_some_and(|flag| flag.value);
    let fsync = broker.appendfsync.as_ref().map(|fsync| &fsync.span);
    let slow = broker.slow_disk.as_ref().map(|flag| &flag.span);
    let rewrites = broker.rewrite.as_ref().map(|rewrite| &rewrite.span);
    let unsynced = broker.no_appendfsync_on_rewrite.as_ref().map(|flag| &flag.span);
    if let (None, Some(span)) = (rewrites, unsynced) {
        let help = "write `rewrite = { times = 1 }`, or leave it out".to_owned();
        mistakes.add(Mistake::at(span, "the file is never rewritten").help(help));
    }
    if let Some(span) = rewrites.filter(|_| !appends) {
        let help = "write `appendonly = true`, or leave it out".to_owned();
        mistakes.add(Mistake::at(span, "there is no append-only file to rewrite").help(help));
    }
    for span in fsync.into_iter().chain(slow).filter(|_| !appends) {
        let help = "write `appendonly = true`, or leave it out".to_owned();
        mistakes.add(Mistake::at(span, "without an append-only file nothing is synced").help(help));
    }
    if let (true, Some(save)) = (appends, &broker.save) {
        let help = "leave out `save`, or `appendonly`".to_owned();
        mistakes.add(Mistake::at(&save.span, "with an append-only file no snapshot is read at the start").help(help));
    }
    let ways = [
        Some(&file.faults),
        file.simulate.faults.as_ref(),
        file.live.faults.as_ref(),
    ];
    let failures: Vec<&Range<usize>> = ways
        .into_iter()
        .flatten()
        .flat_map(grammar::Faults::of_broker)
        .collect();
    for failover in ways.into_iter().flatten().filter_map(|faults| faults.failover.as_ref()) {
        if broker.replica_lag.is_none() {
            let help = "write how long a write may be on its way to it: `[broker] replica-lag = \"100ms\"`".to_owned();
            mistakes.add(Mistake::at(&failover.times.span, "there is no replica that could take over").help(help));
        }
    }
    let lag = broker.replica_lag.as_ref().map(|lag| &lag.span);
    if lag.is_none()
        && let Some(wait) = waits(file).next()
    {
        let help = "write how long a write may be on its way to it: `[broker] replica-lag = \"100ms\"`".to_owned();
        mistakes.add(Mistake::at(wait, "there is no replica that could confirm").help(help));
    }
    let split = ways.into_iter().flatten().find_map(split_brain);
    check_split_brain(file, split, mistakes);
    for faults in ways.into_iter().flatten() {
        check_failback(file, faults, mistakes);
    }
    let parted = ways.iter().flatten().any(|faults| faults.partition.is_some());
    for wait in waits(file).filter(|_| parted) {
        let help = "leave out one of the two".to_owned();
        mistakes.add(Mistake::at(wait, "nobody is parted from a broker whose replica is asked for").help(help));
    }
    let Some(failure) = failures.first() else {
        let keeps_a_node = ways.iter().flatten().any(|faults| faults.lose_node.is_some());
        let written = [
            broker
                .appendonly
                .as_ref()
                .map(|flag| &flag.span)
                .filter(|_| !keeps_a_node),
            broker.save.as_ref().map(|save| &save.span),
            lag.filter(|_| waits(file).next().is_none()),
        ];
        for span in written.into_iter().flatten() {
            let help = "let it fail: `[faults] kill-broker = { times = 1 }`, or leave this out".to_owned();
            mistakes.add(Mistake::at(span, "nothing comes of it where the broker never fails").help(help));
        }
        return;
    };
    let refused = [
        file.cluster.is_some().then_some("the nodes of a cluster do not fail"),
        file.explore
            .time
            .is_some()
            .then_some("with a clock the broker does not fail"),
        ways.iter()
            .flatten()
            .any(|faults| faults.clock_jump.is_some())
            .then_some("a broker whose clock jumps does not fail"),
        parted.then_some("a broker from which somebody is parted does not fail"),
    ];
    for why in refused.into_iter().flatten() {
        mistakes.add(Mistake::at(failure, why).help("leave out one of the two".to_owned()));
    }
}

/// How long an old primary goes on, where it does.
fn split_brain(faults: &grammar::Faults) -> Option<&Located<Duration>> {
    faults.failover.as_ref()?.split_brain.as_ref()
}

/// What an old primary comes back with.
fn failback(faults: &grammar::Faults) -> Option<&Located<Failback>> {
    faults.failover.as_ref()?.failback.as_ref()
}

/// What goes together with an old primary that comes back.
fn check_failback(file: &File, faults: &grammar::Faults, mistakes: &mut Mistakes) {
    let (Some(failover), Some(failback)) = (&faults.failover, failback(faults)) else {
        return;
    };
    if failover.times.value.0 < 2 || failover.split_brain.is_some() {
        let help =
            "let it take over again: `failover = { times = 2 }`, without `split-brain`; or leave this out".to_owned();
        mistakes.add(Mistake::at(&failback.span, "the old primary does not take over again").help(help));
    }
    if let (Failback::OwnData, Some(wait)) = (failback.value, waits(file).next()) {
        let help = "leave one of the two out".to_owned();
        mistakes.add(Mistake::at(wait, "who comes back with its own data confirms nothing").help(help));
    }
}

/// What goes together with an old primary that goes on.
fn check_split_brain(file: &File, split: Option<&Located<Duration>>, mistakes: &mut Mistakes) {
    let broker = &file.broker;
    let (least, lag) = (&broker.min_replicas_to_write, &broker.min_replicas_max_lag);
    let spans = least
        .iter()
        .map(|least| &least.span)
        .chain(lag.iter().map(|lag| &lag.span));
    for span in spans.filter(|_| split.is_none()) {
        let help = "let the old primary go on: `failover = { times = 1, split-brain = \"10s\" }`, or leave this out";
        mistakes.add(Mistake::at(span, "a primary that is gone refuses nothing").help(help.to_owned()));
    }
    if let (Some(_), None, Some(lag)) = (split, least, lag) {
        let help = "write `min-replicas-to-write = 1`, or leave this out".to_owned();
        mistakes.add(Mistake::at(&lag.span, "nobody asks how far the replica is behind").help(help));
    }
    if let (Some(split), Some(what)) = (split, no_stream(file)) {
        let what = format!("an old primary goes on for streams alone, not for {what}");
        mistakes.add(Mistake::at(&split.span, what).help("leave one of the two out".to_owned()));
    }
}

/// What is no stream.
fn no_stream(file: &File) -> Option<&'static str> {
    [
        (file.list.iter().next().is_some(), "lists"),
        (file.publisher.iter().next().is_some(), "publishers"),
        (file.subscriber.iter().next().is_some(), "subscribers"),
    ]
    .into_iter()
    .find_map(|(is_there, what)| is_there.then_some(what))
}

/// Where clients ask what the replica has.
fn waits(file: &File) -> impl Iterator<Item = &Range<usize>> {
    let producers = file.producer.iter().filter_map(|(_, producer)| producer.wait.as_ref());
    let consumers = file.consumer.iter().filter_map(|(_, consumer)| consumer.wait.as_ref());
    producers.chain(consumers).map(|wait| &wait.span)
}

/// How often WAIT may run out of time while exploring.
pub(super) fn short_waits(file: &File) -> u8 {
    let times = file.explore.short_waits.as_ref().map_or(1, |times| times.value.0);
    u8::try_from(times).unwrap_or(u8::MAX)
}

/// What is kept; nothing where the broker does not fail, and nobody asks for its replica.
pub(super) fn keeping(file: &File, faults: &grammar::Faults) -> Option<Keeping> {
    faults.of_broker().next().or(waits(file).next())?;
    let broker = &file.broker;
    let appends = broker.appendonly.as_ref().is_some_and(|flag| flag.value);
    let fsync = broker.appendfsync.as_ref().map(|fsync| fsync.value).unwrap_or_default();
    let is_slow = broker.slow_disk.as_ref().is_some_and(|flag| flag.value);
    let persistence = match (appends, fsync, &broker.save) {
        (true, Fsync::Everysec, _) if is_slow => Persistence::AppendOnly(SLOW_DISK_MS),
        (true, fsync, _) => Persistence::AppendOnly(fsync.window_ms()),
        (false, _, Some(every)) => Persistence::Snapshots(every.value.0),
        (false, _, None) => Persistence::Nothing,
    };
    Some(Keeping {
        persistence,
        replica_lag_ms: broker.replica_lag.as_ref().map(|lag| lag.value.0),
        rewrites: rewrites(broker),
        failback: failback(faults).map(|failback| failback.value).unwrap_or_default(),
        split_brain_ms: split_brain(faults).map(|split| split.value.0),
        min_replicas_lag_ms: broker.min_replicas_to_write.as_ref().map(|_| {
            let max_lag = broker.min_replicas_max_lag.as_ref();
            max_lag.map_or(MIN_REPLICAS_MAX_LAG_MS, |lag| lag.value.0)
        }),
    })
}

fn rewrites(broker: &grammar::Broker) -> Rewrites {
    let Some(rewrite) = &broker.rewrite else {
        return Rewrites::NONE;
    };
    let up_to = |stretch: Option<Stretch>, max_ms| stretch.map_or(Span { min_ms: 0, max_ms }, |stretch| stretch.0);
    let unsynced = broker.no_appendfsync_on_rewrite.as_ref().is_some_and(|flag| flag.value);
    Rewrites {
        times: u8::try_from(rewrite.value.times.0).unwrap_or(u8::MAX),
        after: up_to(rewrite.value.after, REWRITES_WITHIN_MS),
        takes: up_to(rewrite.value.takes, REWRITTEN_WITHIN_MS),
        syncs: !unsynced,
    }
}

/// Whether something that was answered may be lost.
fn loses(keeping: &Keeping, faults: &BrokerFaults) -> bool {
    let is_kept_when_killed = matches!(keeping.persistence, Persistence::AppendOnly(_));
    let is_kept_without_power = keeping.persistence == Persistence::AppendOnly(0) && keeping.rewrites.syncs;
    faults.kills > 0 && !is_kept_when_killed
        || faults.power_failures > 0 && !is_kept_without_power
        || faults.failovers > 0
}

/// What was done in the broker, and lies in no stream that a group reads, could be lost without anybody seeing it.
pub(super) fn check_seen(file: &File, setup: &Setup, mistakes: &mut Mistakes) {
    if !setup
        .keeping
        .as_ref()
        .is_some_and(|keeping| loses(keeping, &setup.faults.broker))
    {
        return;
    }
    let unseen = setup.clients.iter().find_map(|client| match &client.role {
        Role::Consumer(policy) if policy.effect == Effect::Broker => Some("an effect in the broker"),
        Role::Worker(policy) if policy.effect == Effect::Broker => Some("an effect in the broker"),
        Role::Consumer(policy) if policy.dead_letter.is_some() => Some("a dead letter"),
        _ => None,
    });
    let failure = file.faults.of_broker().next();
    if let (Some(what), Some(failure)) = (unseen, failure) {
        let help = "no check would see that; let the broker keep what it was told, or leave this out".to_owned();
        mistakes.add(Mistake::at(failure, format!("{what} may be lost here")).help(help));
    }
}
