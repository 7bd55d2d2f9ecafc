//! A command as its parsed form: what the client asks, free of spelling.
//!
//! One file per family defines the families' payloads. [`Command::parse`] reads an argument vector as a server does
//! and [`Command::to_argv`] writes it again, so that `parse(to_argv(c)) == c`.

mod claim;
mod cluster;
mod delete;
mod group;
mod inspect;
mod keys;
mod list;
mod messaging;
mod read;
mod stream;

use alloc::vec::Vec;

pub use claim::{Idle, XAutoClaim, XClaim};
pub use cluster::{Auth, ClusterCommand, MembersCommand, Migrate, SlotState};
pub use delete::{References, XAckDel, XDelEx};
pub use group::{GroupStart, PendingRange, XGroup, XInfo, XPending};
pub use inspect::{Memory, Object};
pub use keys::{Condition, Expire, ExpireIf, Lifetime, Scan, Set, SetEx, Since, TimeUnit};
pub use list::{LInsert, LMPop, LMove, LPos, ListEnd, Push, Side};
pub use messaging::{PubSub, Subscription};
pub use read::{ReadFrom, XRead, XReadGroup};
pub use stream::{AddId, Bound, Precision, Trim, TrimBy, XAdd, XRange, XSetId};

use crate::{Bytes, Database, Millis, StreamId};

/// A command that can be read, as COMMAND tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// In lower case; a subcommand's is `container|subcommand`.
    pub name: &'static str,
    /// How many arguments it takes, its name included; a negative one is a minimum.
    pub arity: i32,
    /// Of containers.
    pub subcommands: Vec<Known>,
}

/// All commands that can be read.
pub fn known() -> impl Iterator<Item = Known> {
    crate::syntax::known()
}

/// A parsed command.
#[expect(
    missing_docs,
    reason = "the fields are the arguments, named as on the command's page"
)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// <https://redis.io/docs/latest/commands/set/>
    Set(Set),
    /// <https://redis.io/docs/latest/commands/get/>
    Get { key: Bytes },
    /// <https://redis.io/docs/latest/commands/mset/>
    MSet { pairs: Vec<(Bytes, Bytes)> },
    /// <https://redis.io/docs/latest/commands/mget/>
    MGet { keys: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/getset/>
    GetSet { key: Bytes, value: Bytes },
    /// <https://redis.io/docs/latest/commands/getdel/>
    GetDel { key: Bytes },
    /// <https://redis.io/docs/latest/commands/getex/>; unlimited means PERSIST
    GetEx { key: Bytes, lifetime: Lifetime },
    /// <https://redis.io/docs/latest/commands/setex/> and PSETEX
    SetEx(SetEx),
    /// <https://redis.io/docs/latest/commands/setnx/>
    SetNx { key: Bytes, value: Bytes },
    /// <https://redis.io/docs/latest/commands/del/>
    Del { keys: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/unlink/>
    Unlink { keys: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/rename/>
    Rename { key: Bytes, new_key: Bytes },
    /// <https://redis.io/docs/latest/commands/renamenx/>
    RenameNx { key: Bytes, new_key: Bytes },
    /// <https://redis.io/docs/latest/commands/flushall/>, at once with ASYNC too
    FlushAll,
    /// <https://redis.io/docs/latest/commands/flushdb/>
    FlushDb,
    /// <https://redis.io/docs/latest/commands/exists/>
    Exists { keys: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/incr/>
    Incr { key: Bytes },
    /// <https://redis.io/docs/latest/commands/decr/>
    Decr { key: Bytes },
    /// <https://redis.io/docs/latest/commands/incrby/>
    IncrBy { key: Bytes, by: i64 },
    /// <https://redis.io/docs/latest/commands/decrby/>
    DecrBy { key: Bytes, by: i64 },
    /// <https://redis.io/docs/latest/commands/expire/>, PEXPIRE, EXPIREAT and PEXPIREAT
    Expire(Expire),
    /// <https://redis.io/docs/latest/commands/persist/>
    Persist { key: Bytes },
    /// <https://redis.io/docs/latest/commands/ttl/>
    Ttl { key: Bytes },
    /// <https://redis.io/docs/latest/commands/pttl/>
    PTtl { key: Bytes },
    /// <https://redis.io/docs/latest/commands/expiretime/>
    ExpireTime { key: Bytes },
    /// <https://redis.io/docs/latest/commands/pexpiretime/>
    PExpireTime { key: Bytes },
    /// <https://redis.io/docs/latest/commands/type/>
    Type { key: Bytes },
    /// <https://redis.io/docs/latest/commands/object/>
    Object(Object),
    /// <https://redis.io/docs/latest/commands/memory-usage/>
    Memory(Memory),
    /// <https://redis.io/docs/latest/commands/keys/>
    Keys { pattern: Bytes },
    /// <https://redis.io/docs/latest/commands/scan/>
    Scan(Scan),
    /// <https://redis.io/docs/latest/commands/dbsize/>
    DbSize,
    /// <https://redis.io/docs/latest/commands/select/>
    Select { database: Database },
    /// <https://redis.io/docs/latest/commands/swapdb/>
    SwapDb { first: Database, second: Database },

    /// <https://redis.io/docs/latest/commands/sadd/>
    SAdd { key: Bytes, members: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/srem/>
    SRem { key: Bytes, members: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/sismember/>
    SIsMember { key: Bytes, member: Bytes },
    /// <https://redis.io/docs/latest/commands/smismember/>
    SMIsMember { key: Bytes, members: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/smove/>
    SMove { from: Bytes, to: Bytes, member: Bytes },
    /// <https://redis.io/docs/latest/commands/spop/>
    SPop { key: Bytes, count: Option<u64> },
    /// <https://redis.io/docs/latest/commands/scard/>
    SCard { key: Bytes },
    /// <https://redis.io/docs/latest/commands/smembers/>
    SMembers { key: Bytes },

    /// <https://redis.io/docs/latest/commands/lpush/>, RPUSH, LPUSHX and RPUSHX
    Push(Push),
    /// <https://redis.io/docs/latest/commands/lpop/> and RPOP
    Pop {
        key: Bytes,
        end: ListEnd,
        count: Option<u64>,
    },
    /// <https://redis.io/docs/latest/commands/blpop/> and BRPOP; 0 ms means for ever
    BPop {
        keys: Vec<Bytes>,
        end: ListEnd,
        timeout_ms: Millis,
    },
    /// <https://redis.io/docs/latest/commands/llen/>
    LLen { key: Bytes },
    /// <https://redis.io/docs/latest/commands/lrange/>
    LRange { key: Bytes, start: i64, stop: i64 },
    /// <https://redis.io/docs/latest/commands/lindex/>
    LIndex { key: Bytes, index: i64 },
    /// <https://redis.io/docs/latest/commands/lset/>
    LSet { key: Bytes, index: i64, element: Bytes },
    /// <https://redis.io/docs/latest/commands/lrem/>
    LRem { key: Bytes, count: i64, element: Bytes },
    /// <https://redis.io/docs/latest/commands/ltrim/>
    LTrim { key: Bytes, start: i64, stop: i64 },
    /// <https://redis.io/docs/latest/commands/linsert/>
    LInsert(LInsert),
    /// <https://redis.io/docs/latest/commands/lpos/>
    LPos(LPos),
    /// <https://redis.io/docs/latest/commands/rpoplpush/>
    RPopLPush { source: Bytes, destination: Bytes },
    /// <https://redis.io/docs/latest/commands/brpoplpush/>; 0 ms means for ever
    BRPopLPush {
        source: Bytes,
        destination: Bytes,
        timeout_ms: Millis,
    },
    /// <https://redis.io/docs/latest/commands/lmove/>
    LMove(LMove),
    /// <https://redis.io/docs/latest/commands/blmove/>; 0 ms means for ever
    BLMove { lmove: LMove, timeout_ms: Millis },
    /// <https://redis.io/docs/latest/commands/lmpop/>
    LMPop(LMPop),
    /// <https://redis.io/docs/latest/commands/blmpop/>; 0 ms means for ever
    BLMPop { lmpop: LMPop, timeout_ms: Millis },

    /// <https://redis.io/docs/latest/commands/xadd/>
    XAdd(XAdd),
    /// <https://redis.io/docs/latest/commands/xlen/>
    XLen { key: Bytes },
    /// <https://redis.io/docs/latest/commands/xrange/> and XREVRANGE
    XRange(XRange),
    /// <https://redis.io/docs/latest/commands/xdel/>
    XDel { key: Bytes, ids: Vec<StreamId> },
    /// <https://redis.io/docs/latest/commands/xdelex/>
    XDelEx(XDelEx),
    /// <https://redis.io/docs/latest/commands/xackdel/>
    XAckDel(XAckDel),
    /// <https://redis.io/docs/latest/commands/xtrim/>
    XTrim { key: Bytes, trim: Trim },
    /// <https://redis.io/docs/latest/commands/xsetid/>
    XSetId(XSetId),
    /// <https://redis.io/docs/latest/commands/xread/>
    XRead(XRead),
    /// <https://redis.io/docs/latest/commands/xreadgroup/>
    XReadGroup(XReadGroup),
    /// <https://redis.io/docs/latest/commands/xack/>
    XAck {
        key: Bytes,
        group: Bytes,
        ids: Vec<StreamId>,
    },
    /// <https://redis.io/docs/latest/commands/xpending/>
    XPending(XPending),
    /// <https://redis.io/docs/latest/commands/xclaim/>
    XClaim(XClaim),
    /// <https://redis.io/docs/latest/commands/xautoclaim/>
    XAutoClaim(XAutoClaim),
    /// <https://redis.io/docs/latest/commands/xgroup/>
    XGroup(XGroup),
    /// <https://redis.io/docs/latest/commands/xinfo/>
    XInfo(XInfo),

    /// <https://redis.io/docs/latest/commands/multi/>
    Multi,
    /// <https://redis.io/docs/latest/commands/exec/>
    Exec,
    /// <https://redis.io/docs/latest/commands/discard/>
    Discard,
    /// <https://redis.io/docs/latest/commands/watch/>
    Watch { keys: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/unwatch/>
    Unwatch,

    /// <https://redis.io/docs/latest/commands/subscribe/>, PSUBSCRIBE and SSUBSCRIBE
    Subscribe { kind: Subscription, names: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/unsubscribe/>, PUNSUBSCRIBE and SUNSUBSCRIBE; no name means all
    Unsubscribe { kind: Subscription, names: Vec<Bytes> },
    /// <https://redis.io/docs/latest/commands/publish/> and SPUBLISH
    Publish {
        sharded: bool,
        channel: Bytes,
        message: Bytes,
    },
    /// <https://redis.io/docs/latest/commands/pubsub/>
    PubSub(PubSub),

    /// <https://redis.io/docs/latest/commands/cluster/>
    Cluster(ClusterCommand),
    /// <https://redis.io/docs/latest/commands/migrate/>
    Migrate(Migrate),
    /// <https://redis.io/docs/latest/commands/asking/>
    Asking,
    /// <https://redis.io/docs/latest/commands/readonly/>
    ReadOnly,
    /// <https://redis.io/docs/latest/commands/readwrite/>
    ReadWrite,
    /// <https://redis.io/docs/latest/commands/wait/>; 0 ms means for ever
    Wait { replicas: i64, timeout_ms: Millis },

    /// <https://redis.io/docs/latest/commands/ping/>
    Ping { message: Option<Bytes> },
    /// <https://redis.io/docs/latest/commands/reset/>
    Reset,
    /// <https://redis.io/docs/latest/commands/quit/>
    Quit,
}
