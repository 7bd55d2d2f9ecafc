//! Random commands over few keys, groups, consumers and IDs, so that they meet.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use redelivery_engine::command::*;
use redelivery_engine::{Bytes, Command, StreamId};

fn one_of(names: &'static [&'static str]) -> impl Strategy<Value = Bytes> + Clone {
    proptest::sample::select(names).prop_map(Bytes::from)
}

pub(crate) fn key() -> impl Strategy<Value = Bytes> + Clone {
    one_of(&["s", "s", "s", "t"])
}

fn group() -> impl Strategy<Value = Bytes> + Clone {
    one_of(&["g", "g", "h"])
}

fn consumer() -> impl Strategy<Value = Bytes> + Clone {
    one_of(&["anna", "ben", "cleo"])
}

fn id() -> impl Strategy<Value = StreamId> + Clone {
    (0u64..9, 0u64..3).prop_map(|(ms, seq)| StreamId::new(ms, seq))
}

fn ids() -> impl Strategy<Value = Vec<StreamId>> {
    vec(id(), 1..4)
}

fn start() -> impl Strategy<Value = Bound> {
    prop_oneof![
        Just(Bound::Included(StreamId::MIN)),
        id().prop_map(Bound::Included),
        id().prop_map(Bound::Excluded)
    ]
}

/// `(0-0` is no upper end.
fn end() -> impl Strategy<Value = Bound> {
    let excluded = id().prop_filter("an end", |id| *id != StreamId::MIN);
    prop_oneof![
        Just(Bound::Included(StreamId::MAX)),
        id().prop_map(Bound::Included),
        excluded.prop_map(Bound::Excluded)
    ]
}

fn references() -> impl Strategy<Value = References> + Clone {
    prop_oneof![
        3 => Just(References::Keep),
        1 => Just(References::Delete),
        1 => Just(References::Acked)
    ]
}

fn trim() -> impl Strategy<Value = Trim> {
    let by = prop_oneof![(0u64..6).prop_map(TrimBy::MaxLen), id().prop_map(TrimBy::MinId)];
    let limit = option::weighted(0.3, 0u64..6);
    let precision = prop_oneof![
        Just(Precision::Exact),
        limit.prop_map(|limit| Precision::Nodes { limit })
    ];
    (by, precision, references()).prop_map(|(by, precision, references)| Trim {
        by,
        precision,
        references,
    })
}

fn min_idle() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 0u64..30]
}

fn add() -> impl Strategy<Value = Command> {
    let new = prop_oneof![
        4 => Just(AddId::Auto),
        2 => (0u64..9).prop_map(AddId::AutoSeq),
        1 => id().prop_map(AddId::Explicit)
    ];
    let fields = vec(one_of(&["f", "v", "w"]), 1..3).prop_map(|half| [half.clone(), half].concat());
    let parts = (key(), any::<bool>(), option::weighted(0.1, trim()), new, fields);
    parts.prop_map(|(key, create, trim, id, fields)| {
        Command::XAdd(XAdd {
            key,
            create,
            trim,
            id,
            fields,
        })
    })
}

fn read_group() -> impl Strategy<Value = Command> {
    let from = prop_oneof![2 => Just(ReadFrom::New), 1 => id().prop_map(ReadFrom::After)];
    let streams = vec((key(), from), 1..3);
    let parts = (
        group(),
        consumer(),
        option::of(0u64..4),
        proptest::bool::weighted(0.2),
        streams,
    );
    parts.prop_map(|(group, consumer, count, noack, streams)| {
        Command::XReadGroup(XReadGroup {
            group,
            consumer,
            count,
            block: None,
            noack,
            streams,
        })
    })
}

fn read() -> impl Strategy<Value = Command> {
    let from = prop_oneof![
        Just(ReadFrom::Last),
        Just(ReadFrom::Newest),
        id().prop_map(ReadFrom::After)
    ];
    let parts = (option::of(0u64..4), vec((key(), from), 1..3));
    parts.prop_map(|(count, streams)| {
        Command::XRead(XRead {
            count,
            block: None,
            streams,
        })
    })
}

fn claim() -> impl Strategy<Value = Command> {
    let idle = prop_oneof![
        3 => Just(Idle::Reset),
        1 => (0i64..50).prop_map(Idle::For),
        1 => (0i64..50).prop_map(Idle::Since)
    ];
    let options = (
        option::weighted(0.3, 0u64..5),
        any::<bool>(),
        any::<bool>(),
        option::weighted(0.1, id()),
    );
    let parts = ((key(), group(), consumer()), min_idle(), ids(), idle, options);
    parts.prop_map(|((key, group, consumer), min_idle_ms, ids, idle, options)| {
        let (retry_count, force, just_id, last_id) = options;
        Command::XClaim(XClaim {
            key,
            group,
            consumer,
            min_idle_ms,
            ids,
            idle,
            retry_count,
            force,
            just_id,
            last_id,
        })
    })
}

fn auto_claim() -> impl Strategy<Value = Command> {
    let parts = (
        (key(), group(), consumer()),
        min_idle(),
        start(),
        option::of(1u64..4),
        any::<bool>(),
    );
    parts.prop_map(|((key, group, consumer), min_idle_ms, start, count, just_id)| {
        Command::XAutoClaim(XAutoClaim {
            key,
            group,
            consumer,
            min_idle_ms,
            start,
            count,
            just_id,
        })
    })
}

fn range() -> impl Strategy<Value = Command> {
    let parts = (key(), start(), end(), option::of(-1i64..4), any::<bool>());
    parts.prop_map(|(key, start, end, count, reverse)| {
        Command::XRange(XRange {
            key,
            start,
            end,
            count,
            reverse,
        })
    })
}

fn pending() -> impl Strategy<Value = Command> {
    let range = (min_idle(), start(), end(), -1i64..6, option::of(consumer()));
    let range = range.prop_map(|(min_idle_ms, start, end, count, consumer)| PendingRange {
        min_idle_ms,
        start,
        end,
        count,
        consumer,
    });
    let parts = (key(), group(), option::of(range));
    parts.prop_map(|(key, group, range)| Command::XPending(XPending { key, group, range }))
}

fn xgroup() -> impl Strategy<Value = Command> {
    let from = prop_oneof![Just(GroupStart::Last), id().prop_map(GroupStart::After)];
    let read = option::weighted(0.2, -1i64..9);
    let create = (key(), group(), from.clone(), any::<bool>(), read.clone());
    let create = create.prop_map(|(key, group, start, make_stream, entries_read)| XGroup::Create {
        key,
        group,
        start,
        make_stream,
        entries_read,
    });
    let set_id = (key(), group(), from, read).prop_map(|(key, group, start, entries_read)| XGroup::SetId {
        key,
        group,
        start,
        entries_read,
    });
    let destroy = (key(), group()).prop_map(|(key, group)| XGroup::Destroy { key, group });
    let names = (key(), group(), consumer());
    let new = names
        .clone()
        .prop_map(|(key, group, consumer)| XGroup::CreateConsumer { key, group, consumer });
    let old = names.prop_map(|(key, group, consumer)| XGroup::DelConsumer { key, group, consumer });
    prop_oneof![4 => create, 2 => set_id, 1 => destroy, 1 => new, 1 => old].prop_map(Command::XGroup)
}

/// Commands of streams and groups that do not wait.
pub(crate) fn stream_command() -> impl Strategy<Value = Command> {
    let delete = (key(), ids()).prop_map(|(key, ids)| Command::XDel { key, ids });
    let ack = (key(), group(), ids()).prop_map(|(key, group, ids)| Command::XAck { key, group, ids });
    let delete_ex = (key(), references(), ids())
        .prop_map(|(key, references, ids)| Command::XDelEx(XDelEx { key, references, ids }));
    let ack_delete = (key(), group(), references(), ids()).prop_map(|(key, group, references, ids)| {
        Command::XAckDel(XAckDel {
            key,
            group,
            references,
            ids,
        })
    });
    let trims = (key(), trim()).prop_map(|(key, trim)| Command::XTrim { key, trim });
    prop_oneof![
        6 => add(),
        6 => read_group(),
        1 => read(),
        3 => claim(),
        3 => auto_claim(),
        1 => range(),
        3 => pending(),
        3 => xgroup(),
        1 => delete,
        2 => ack,
        1 => trims,
        2 => delete_ex,
        2 => ack_delete,
        1 => key().prop_map(|key| Command::XLen { key }),
    ]
}

fn waiting(command: Command, ms: u64) -> Command {
    match command {
        Command::XRead(read) => Command::XRead(XRead {
            block: Some(ms),
            ..read
        }),
        Command::XReadGroup(read) => Command::XReadGroup(XReadGroup {
            block: Some(ms),
            ..read
        }),
        other => other,
    }
}

fn set() -> impl Strategy<Value = Command> {
    let condition = prop_oneof![
        Just(Condition::Always),
        Just(Condition::IfAbsent),
        Just(Condition::IfPresent)
    ];
    let lifetime = prop_oneof![
        2 => Just(Lifetime::Unlimited),
        2 => (1u64..40).prop_map(Lifetime::For),
        1 => (1u64..200).prop_map(Lifetime::Until),
        1 => Just(Lifetime::Kept)
    ];
    let parts = (
        one_of(&["k", "k", "t"]),
        one_of(&["1", "x"]),
        condition,
        any::<bool>(),
        lifetime,
    );
    parts.prop_map(|(key, value, condition, get, lifetime)| {
        Command::Set(Set {
            key,
            value,
            condition,
            get,
            lifetime,
        })
    })
}

fn expire(key: BoxedStrategy<Bytes>) -> impl Strategy<Value = Command> {
    let unit = prop_oneof![Just(TimeUnit::Seconds), Just(TimeUnit::Milliseconds)];
    let condition = proptest::sample::select(
        &[
            ExpireIf::Always,
            ExpireIf::Absent,
            ExpireIf::Present,
            ExpireIf::Longer,
            ExpireIf::Shorter,
            ExpireIf::PresentAndShorter,
        ][..],
    );
    let since = proptest::sample::select(&[Since::Now, Since::Epoch][..]);
    (key, -1i64..40, since, unit, condition).prop_map(|(key, time, since, unit, condition)| {
        Command::Expire(Expire {
            key,
            time,
            since,
            unit,
            condition,
        })
    })
}

/// Every kind of command.
pub(crate) fn command() -> impl Strategy<Value = Command> {
    let any_key = one_of(&["s", "t", "k", "d"]);
    let keys = vec(any_key.clone(), 1..3);
    let members = vec(one_of(&["x", "y", "z"]), 1..3);
    let set_key = one_of(&["d", "d", "d", "t"]);
    let (added, removed) = ((set_key.clone(), members.clone()), (set_key.clone(), members));
    let strings = prop_oneof![
        set(),
        any_key.clone().prop_map(|key| Command::Get { key }),
        any_key.clone().prop_map(|key| Command::Incr { key }),
        keys.clone().prop_map(|keys| Command::Del { keys }),
        keys.clone().prop_map(|keys| Command::Exists { keys }),
        expire(any_key.clone().boxed()),
        keys.clone().prop_map(|keys| Command::Unlink { keys }),
        (any_key.clone(), any_key.clone()).prop_map(|(key, new_key)| Command::Rename { key, new_key }),
        (any_key.clone(), any_key.clone()).prop_map(|(key, new_key)| Command::RenameNx { key, new_key }),
        prop_oneof![Just(Command::FlushAll), Just(Command::FlushDb)],
        any_key.clone().prop_map(|key| Command::PTtl { key }),
        any_key.clone().prop_map(|key| Command::Type { key }),
        any_key
            .clone()
            .prop_map(|key| Command::Object(Object::Encoding { key })),
        any_key
            .clone()
            .prop_map(|key| Command::Object(Object::RefCount { key })),
        any_key.clone().prop_map(|key| Command::Object(Object::Freq { key })),
        any_key.clone().prop_map(|key| Command::Memory(Memory::Usage { key })),
        Just(Command::Object(Object::Help)),
        Just(Command::Memory(Memory::Help)),
    ];
    let sets = prop_oneof![
        added.prop_map(|(key, members)| Command::SAdd { key, members }),
        removed.prop_map(|(key, members)| Command::SRem { key, members }),
        (set_key.clone(), one_of(&["x", "y"])).prop_map(|(key, member)| Command::SIsMember { key, member }),
        set_key.clone().prop_map(|key| Command::SCard { key }),
        set_key.prop_map(|key| Command::SMembers { key }),
    ];
    let transactions = prop_oneof![
        2 => Just(Command::Multi),
        2 => Just(Command::Exec),
        1 => Just(Command::Discard),
        2 => keys.prop_map(|keys| Command::Watch { keys }),
        1 => Just(Command::Unwatch),
    ];
    let info = prop_oneof![
        key().prop_map(|key| XInfo::Stream { key }),
        (key(), option::of(0u64..3)).prop_map(|(key, count)| XInfo::StreamFull { key, count }),
        key().prop_map(|key| XInfo::Groups { key }),
        Just(XInfo::Help),
        (key(), group()).prop_map(|(key, group)| XInfo::Consumers { key, group }),
    ];
    let set_id = (key(), id(), option::of(0u64..9), option::of(id()));
    let set_id = set_id.prop_map(|(key, last_id, entries_added, max_deleted)| {
        // A larger deleted ID than the last one is refused where the arguments are read.
        let max_deleted = max_deleted.map(|id| id.min(last_id));
        Command::XSetId(XSetId {
            key,
            last_id,
            entries_added,
            max_deleted,
        })
    });
    prop_oneof![
        12 => stream_command(),
        1 => set_id,
        1 => Just(Command::XGroup(XGroup::Help)),
        4 => (prop_oneof![read(), read_group()], 0u64..40).prop_map(|(command, ms)| waiting(command, ms)),
        2 => strings,
        1 => sets,
        2 => transactions,
        1 => info.prop_map(Command::XInfo),
        2 => messaging(),
        1 => (-1..3_i64, 0..3_u64).prop_map(|(replicas, timeout_ms)| Command::Wait { replicas, timeout_ms }),
        2 => values(),
        3 => crate::lists::command(),
        1 => crate::databases::command(),
    ]
}

/// Strings, sets and keys beyond what marks and counters need.
fn values() -> impl Strategy<Value = Command> {
    let key = || one_of(&["k", "k", "d", "t"]);
    let value = || one_of(&["1", "x"]);
    let unit = proptest::sample::select(&[TimeUnit::Seconds, TimeUnit::Milliseconds][..]);
    let lifetime = prop_oneof![
        Just(Lifetime::Unlimited),
        Just(Lifetime::Kept),
        (1u64..40).prop_map(Lifetime::For),
        (1u64..200).prop_map(Lifetime::Until)
    ];
    let set_ex =
        (key(), -1i64..40, unit, value()).prop_map(|(key, time, unit, value)| SetEx { key, time, unit, value });
    let scan = (
        prop_oneof![Just(0), any::<u64>()],
        option::of(one_of(&["*", "?", "[a-k]"])),
        option::of(1u64..4),
        option::of(one_of(&["string", "set"])),
    );
    let scan = scan.prop_map(|(cursor, pattern, count, type_name)| Scan {
        cursor,
        pattern,
        count,
        type_name,
    });
    let counters = (key(), prop_oneof![4 => -2i64..3, 1 => any::<i64>()]);
    let strings = prop_oneof![
        vec((key(), value()), 1..3).prop_map(|pairs| Command::MSet { pairs }),
        vec(key(), 1..3).prop_map(|keys| Command::MGet { keys }),
        (key(), value()).prop_map(|(key, value)| Command::GetSet { key, value }),
        key().prop_map(|key| Command::GetDel { key }),
        (key(), lifetime).prop_map(|(key, lifetime)| Command::GetEx { key, lifetime }),
        set_ex.prop_map(Command::SetEx),
        (key(), value()).prop_map(|(key, value)| Command::SetNx { key, value }),
        key().prop_map(|key| Command::Decr { key }),
        counters.clone().prop_map(|(key, by)| Command::IncrBy { key, by }),
        counters.prop_map(|(key, by)| Command::DecrBy { key, by }),
    ];
    let keys = prop_oneof![
        key().prop_map(|key| Command::Persist { key }),
        key().prop_map(|key| Command::Ttl { key }),
        key().prop_map(|key| Command::ExpireTime { key }),
        key().prop_map(|key| Command::PExpireTime { key }),
        one_of(&["*", "?", "[a-k]"]).prop_map(|pattern| Command::Keys { pattern }),
        scan.prop_map(Command::Scan),
        Just(Command::DbSize),
    ];
    let set = || one_of(&["d", "d", "e", "k"]);
    let member = || one_of(&["x", "y", "z"]);
    let sets = prop_oneof![
        (set(), vec(member(), 1..3)).prop_map(|(key, members)| Command::SMIsMember { key, members }),
        (set(), set(), member()).prop_map(|(from, to, member)| Command::SMove { from, to, member }),
        (set(), option::of(0u64..3)).prop_map(|(key, count)| Command::SPop { key, count }),
    ];
    prop_oneof![2 => strings, 1 => keys, 1 => sets]
}

/// Subscribers, messages and connections.
pub(crate) fn messaging() -> impl Strategy<Value = Command> {
    let kind =
        proptest::sample::select(&[Subscription::Channel, Subscription::Pattern, Subscription::ShardChannel][..]);
    let name = || one_of(&["a", "ab", "a*", "?b"]);
    let names = |range| vec(name(), range);
    let pub_sub = prop_oneof![
        (any::<bool>(), option::of(name())).prop_map(|(sharded, pattern)| PubSub::Channels { sharded, pattern }),
        (any::<bool>(), names(0..3)).prop_map(|(sharded, channels)| PubSub::NumSub { sharded, channels }),
        Just(PubSub::NumPat),
        Just(PubSub::Help),
    ];
    prop_oneof![
        4 => (kind.clone(), names(1..3)).prop_map(|(kind, names)| Command::Subscribe { kind, names }),
        2 => (kind, names(0..3)).prop_map(|(kind, names)| Command::Unsubscribe { kind, names }),
        4 => (any::<bool>(), name(), one_of(&["x", ""])).prop_map(|(sharded, channel, message)| Command::Publish {
            sharded,
            channel,
            message,
        }),
        1 => pub_sub.prop_map(Command::PubSub),
        1 => option::of(name()).prop_map(|message| Command::Ping { message }),
        1 => prop_oneof![Just(Command::Reset), Just(Command::Quit)],
    ]
}
