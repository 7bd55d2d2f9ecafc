//! `[consumer.…]` becomes a policy.

use redelivery_engine::Millis;
use redelivery_model::setup::policy;

use super::Common;
use super::cast::Cast;
use super::roles::{asks, group, stream};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Consumer, DeadLetter, Dedup, Reclaim};
use crate::language::located::Located;
use crate::language::value::Duration;

/// One consumer's policy.
pub(super) fn consumer(
    common: &Common<'_>,
    cast: &Cast,
    table: &Consumer,
    mistakes: &mut Mistakes,
) -> policy::Consumer {
    stream(common, &table.stream, mistakes);
    check(table, mistakes);
    let block = table.block.map_or(Some(5_000), |block| block.0);
    let message = |key: &Located<String>| cast.messages.find(key.as_bytes());
    policy::Consumer {
        group: group(common, &table.stream, &table.group, mistakes),
        known: table.known.as_ref().is_some_and(|known| known.value),
        creates_group: table.creates_group,
        on_no_group: table.on_no_group.as_ref().map(|word| word.value).unwrap_or_default(),
        reads: reads(table),
        turns: table.turns.as_ref().map(|turns| turns.value).unwrap_or_default(),
        start: table.start.value,
        batch: table.batch.map_or(1, |batch| batch.0),
        block_ms: block,
        poll_ms: table.poll.map_or(1_000, |poll| poll.0),
        acknowledge: table.acknowledge.value,
        wait: table.wait.as_ref().map(|wait| asks(&wait.value)),
        delete: table.delete.as_ref().map(|delete| delete.value),
        fails_on: table.fails_on.iter().filter_map(message).collect(),
        dedup: table.dedup.as_ref().map(|table| dedup(table, mistakes)),
        effect: table.effect,
        reclaim: table.reclaim.as_ref().map(|table| reclaim(table, mistakes)),
        dead_letter: table
            .dead_letter
            .as_ref()
            .map(|letter| dead_letter(common, &table.stream, letter, mistakes)),
        restart: table.restart,
    }
}

fn reads(table: &Consumer) -> policy::Reads {
    table.reads.as_ref().map(|reads| reads.value).unwrap_or_default()
}

/// Words that contradict each other.
fn check(table: &Consumer, mistakes: &mut Mistakes) {
    let nothing = reads(table) == policy::Reads::Nothing;
    if let Some(reads) = table.reads.as_ref().filter(|_| nothing && table.reclaim.is_none()) {
        mistakes.add(
            Mistake::at(&reads.span, "this consumer would do nothing")
                .help("let it reclaim: `reclaim = { by = \"xautoclaim\", min-idle-time = \"30s\" }`".to_owned()),
        );
    }
    if let Some(every) = table
        .reclaim
        .as_ref()
        .and_then(|reclaim| reclaim.every.as_ref())
        .filter(|_| !nothing)
    {
        mistakes.add(
            Mistake::at(&every.span, "who reads new entries reclaims before each read")
                .help("`every` belongs to `reads = \"nothing\"`".to_owned()),
        );
    }
    let again = table
        .on_no_group
        .as_ref()
        .filter(|word| word.value == policy::OnNoGroup::CreateAgain);
    if let Some(again) = again.filter(|_| table.creates_group.is_none()) {
        mistakes.add(
            Mistake::at(&again.span, "this consumer does not create its group")
                .help("say where the group begins: `creates-group = \"0\"` or `\"$\"`".to_owned()),
        );
    }
    check_acknowledge(table, mistakes);
}

/// When it acknowledges, against what depends on that.
fn check_acknowledge(table: &Consumer, mistakes: &mut Mistakes) {
    let acknowledge = table.acknowledge.value;
    let afterwards = acknowledge == policy::Acknowledge::AfterWork || acknowledge.asks_first();
    if let Some(delete) = table.delete.as_ref().filter(|_| !afterwards) {
        mistakes.add(
            Mistake::at(&delete.span, "there is no acknowledgement to go with the XDEL")
                .help("`delete` belongs to `acknowledge = \"after-work\"` or `\"if-owner\"`".to_owned()),
        );
    }
    let on_receipt = matches!(
        acknowledge,
        policy::Acknowledge::OnReceipt | policy::Acknowledge::OnReceiptIfFirst
    );
    if let Some(wait) = table.wait.as_ref().filter(|_| !on_receipt) {
        let help =
            "let it acknowledge before the work: `acknowledge = \"on-receipt-if-first\"`, or leave this out".to_owned();
        mistakes.add(Mistake::at(&wait.span, "the work is done by then, whatever WAIT says").help(help));
    }
    if let Some(letter) = table.dead_letter.as_ref().filter(|_| on_receipt) {
        mistakes.add(
            Mistake::at(
                &letter.span,
                "nobody counts deliveries of what is acknowledged on receipt",
            )
            .label("this limit would never be reached")
            .help("`dead-letter` belongs to `acknowledge = \"after-work\"` or `\"if-owner\"`".to_owned()),
        );
    }
    let drops = matches!(
        acknowledge,
        policy::Acknowledge::EvenIfNotOwner | policy::Acknowledge::IfOwnerWatched
    );
    if drops && table.effect != policy::Effect::Broker {
        mistakes.add(
            Mistake::at(
                &table.acknowledge.span,
                "an effect outside the broker cannot be dropped",
            )
            .help("write `effect = \"broker\"`".to_owned()),
        );
    }
    if let Some(dedup) = table
        .dedup
        .as_ref()
        .filter(|_| acknowledge == policy::Acknowledge::IfOwnerWatched)
    {
        mistakes.add(
            Mistake::at(&table.acknowledge.span, "who has marks watches those, not the stream")
                .and(&dedup.span, "the marks")
                .help("write `acknowledge = \"if-pending\"`, or leave `dedup` out".to_owned()),
        );
    }
    let marks = table.dedup.as_ref().map(|dedup| dedup.mark);
    if let Some(letter) = &table.dead_letter
        && letter.order.value == policy::RouteOrder::Guarded
        && marks != Some(policy::Mark::Atomic)
    {
        mistakes.add(
            Mistake::at(&letter.order.span, "there is no mark that could guard the routing")
                .help("write `dedup = { mark = \"atomic\" }`".to_owned()),
        );
    }
}

/// Marks in the broker.
pub(super) fn dedup(table: &Dedup, mistakes: &mut Mistakes) -> policy::Dedup {
    policy::Dedup {
        mark: table.mark,
        by: table.by,
        ttl_ms: table.ttl.as_ref().map(|ttl| life(ttl, FOR_EVER, mistakes)),
    }
}

/// Said of no time where there need not be any.
const FOR_EVER: &str = "leave `ttl` out to let it live for ever";

/// How long a key lives; `help` says what may be meant by no time.
pub(super) fn life(ttl: &Located<Duration>, help: &str, mistakes: &mut Mistakes) -> Millis {
    if ttl.value.0 == 0 {
        mistakes.add(Mistake::at(&ttl.span, "a key cannot live for no time").help(help.to_owned()));
    }
    ttl.value.0
}

fn reclaim(table: &Reclaim, mistakes: &mut Mistakes) -> policy::Reclaim {
    if let (policy::ReclaimBy::Xclaim, Some(follow)) = (table.by, &table.follow_cursor) {
        mistakes.add(
            Mistake::at(&follow.span, "XCLAIM has no cursor")
                .help("`follow-cursor` belongs to `by = \"xautoclaim\"`".to_owned()),
        );
    }
    policy::Reclaim {
        by: table.by,
        min_idle_ms: table.min_idle_time.0,
        count: table.count.map_or(1, |count| count.0),
        follow_cursor: table
            .follow_cursor
            .as_ref()
            .map(|follow| follow.value.0)
            .unwrap_or_default(),
        every_ms: table.every.as_ref().map(|every| every.0),
        lock: table.lock.as_ref().map(|lock| policy::Lock {
            ttl_ms: lock.ttl.as_ref().map(|ttl| life(ttl, FOR_EVER, mistakes)),
        }),
    }
}

fn dead_letter(
    common: &Common<'_>,
    source: &Located<String>,
    table: &DeadLetter,
    mistakes: &mut Mistakes,
) -> policy::DeadLetter {
    if table.stream.value == source.value {
        mistakes.add(
            Mistake::at(&table.stream.span, "the dead-letter stream is the stream that is read")
                .label("a dead letter would come back as a new entry")
                .and(&source.span, "read here")
                .help("describe a stream of its own, such as `[stream.dead]`".to_owned()),
        );
    }
    policy::DeadLetter {
        stream: stream(common, &table.stream, mistakes),
        limit: table.limit.0,
        counts: table.counts,
        order: table.order.value,
    }
}
