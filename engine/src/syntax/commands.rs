//! The table of commands: name, arity, how the arguments are read, and how each command is written.
//!
//! An arity counts the command's name; a negative one is a minimum. Source: <https://redis.io/docs/latest/commands/>.

use super::argv::Argv;
use super::spec::{Spec, container, spec};
use super::{
    claim, cluster, databases, delete, group, ids, info, inspect, keys, list, messaging, numbers, read, scan, set_id,
    sets, stream, strings,
};
use crate::command::{Known, ListEnd, PubSub, Since, Subscription, TimeUnit, XGroup, XInfo};
use crate::{Bytes, Command};

/// All commands, as COMMAND tells of them.
pub(crate) fn known() -> impl Iterator<Item = Known> {
    COMMANDS.iter().map(Spec::known)
}

#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|spec| spec.name)
}

pub(super) const COMMANDS: &[Spec] = &[
    spec("set", -3, keys::set),
    spec("get", 2, |args| Ok(Command::Get { key: key(args) })),
    spec("del", -2, |args| Ok(Command::Del { keys: args.to_vec() })),
    spec("exists", -2, |args| Ok(Command::Exists { keys: args.to_vec() })),
    spec("incr", 2, |args| Ok(Command::Incr { key: key(args) })),
    spec("unlink", -2, |args| Ok(Command::Unlink { keys: args.to_vec() })),
    spec("rename", 3, |args| {
        let (key, new_key) = keys::two(args);
        Ok(Command::Rename { key, new_key })
    }),
    spec("renamenx", 3, |args| {
        let (key, new_key) = keys::two(args);
        Ok(Command::RenameNx { key, new_key })
    }),
    spec("flushall", -1, |args| keys::flush(args, Command::FlushAll)),
    spec("flushdb", -1, |args| keys::flush(args, Command::FlushDb)),
    spec("decr", 2, |args| Ok(Command::Decr { key: key(args) })),
    spec("incrby", 3, |args| {
        let (key, by) = (key(args), numbers::integer(&args[1])?);
        Ok(Command::IncrBy { key, by })
    }),
    spec("decrby", 3, |args| {
        let (key, by) = (key(args), numbers::integer(&args[1])?);
        Ok(Command::DecrBy { key, by })
    }),
    spec("mset", -3, strings::mset),
    spec("mget", -2, |args| Ok(Command::MGet { keys: args.to_vec() })),
    spec("getset", 3, |args| {
        let (key, value) = keys::two(args);
        Ok(Command::GetSet { key, value })
    }),
    spec("getdel", 2, |args| Ok(Command::GetDel { key: key(args) })),
    spec("getex", -2, strings::getex),
    spec("setex", 4, |args| strings::setex(TimeUnit::Seconds, args)),
    spec("psetex", 4, |args| strings::setex(TimeUnit::Milliseconds, args)),
    spec("setnx", 3, |args| {
        let (key, value) = keys::two(args);
        Ok(Command::SetNx { key, value })
    }),
    spec("expire", -3, |args| keys::expire(Since::Now, TimeUnit::Seconds, args)),
    spec("pexpire", -3, |args| {
        keys::expire(Since::Now, TimeUnit::Milliseconds, args)
    }),
    spec("expireat", -3, |args| {
        keys::expire(Since::Epoch, TimeUnit::Seconds, args)
    }),
    spec("pexpireat", -3, |args| {
        keys::expire(Since::Epoch, TimeUnit::Milliseconds, args)
    }),
    spec("persist", 2, |args| Ok(Command::Persist { key: key(args) })),
    spec("ttl", 2, |args| Ok(Command::Ttl { key: key(args) })),
    spec("expiretime", 2, |args| Ok(Command::ExpireTime { key: key(args) })),
    spec("pexpiretime", 2, |args| Ok(Command::PExpireTime { key: key(args) })),
    spec("keys", 2, |args| Ok(Command::Keys { pattern: key(args) })),
    spec("scan", -2, scan::scan),
    spec("dbsize", 1, |_| Ok(Command::DbSize)),
    spec("select", 2, databases::select),
    spec("swapdb", 3, databases::swapdb),
    spec("pttl", 2, |args| Ok(Command::PTtl { key: key(args) })),
    spec("type", 2, |args| Ok(Command::Type { key: key(args) })),
    container("object", inspect::OBJECT),
    container("memory", inspect::MEMORY),
    spec("sadd", -3, |args| {
        let (key, members) = (key(args), args[1..].to_vec());
        Ok(Command::SAdd { key, members })
    }),
    spec("srem", -3, |args| {
        let (key, members) = (key(args), args[1..].to_vec());
        Ok(Command::SRem { key, members })
    }),
    spec("sismember", 3, |args| {
        let (key, member) = (key(args), args[1].clone());
        Ok(Command::SIsMember { key, member })
    }),
    spec("smismember", -3, |args| {
        let (key, members) = (key(args), args[1..].to_vec());
        Ok(Command::SMIsMember { key, members })
    }),
    spec("smove", 4, |args| {
        let ((from, to), member) = (keys::two(args), args[2].clone());
        Ok(Command::SMove { from, to, member })
    }),
    spec("spop", -2, sets::spop),
    spec("scard", 2, |args| Ok(Command::SCard { key: key(args) })),
    spec("smembers", 2, |args| Ok(Command::SMembers { key: key(args) })),
    spec("lpush", -3, |args| list::push(args, ListEnd::Left, false)),
    spec("rpush", -3, |args| list::push(args, ListEnd::Right, false)),
    spec("lpushx", -3, |args| list::push(args, ListEnd::Left, true)),
    spec("rpushx", -3, |args| list::push(args, ListEnd::Right, true)),
    spec("lpop", -2, |args| list::pop(args, ListEnd::Left)),
    spec("rpop", -2, |args| list::pop(args, ListEnd::Right)),
    spec("blpop", -3, |args| list::bpop(args, ListEnd::Left)),
    spec("brpop", -3, |args| list::bpop(args, ListEnd::Right)),
    spec("llen", 2, |args| Ok(Command::LLen { key: key(args) })),
    spec("lrange", 4, |args| {
        let (key, start, stop) = list::range(args)?;
        Ok(Command::LRange { key, start, stop })
    }),
    spec("lindex", 3, |args| {
        let (key, index) = (key(args), numbers::integer(&args[1])?);
        Ok(Command::LIndex { key, index })
    }),
    spec("lset", 4, list::set),
    spec("lrem", 4, list::remove),
    spec("ltrim", 4, |args| {
        let (key, start, stop) = list::range(args)?;
        Ok(Command::LTrim { key, start, stop })
    }),
    spec("linsert", 5, list::insert),
    spec("lpos", -3, list::position),
    spec("rpoplpush", 3, |args| {
        let (source, destination) = keys::two(args);
        Ok(Command::RPopLPush { source, destination })
    }),
    spec("brpoplpush", 4, list::brpoplpush),
    spec("lmove", 5, |args| list::lmove(args).map(Command::LMove)),
    spec("blmove", 6, list::blmove),
    spec("lmpop", -4, |args| list::lmpop(args).map(Command::LMPop)),
    spec("blmpop", -5, list::blmpop),
    spec("xadd", -5, stream::xadd),
    spec("xlen", 2, |args| Ok(Command::XLen { key: key(args) })),
    spec("xrange", -4, stream::xrange),
    spec("xrevrange", -4, stream::xrevrange),
    spec("xdel", -3, |args| {
        let (key, ids) = (key(args), ids::list(&args[1..])?);
        Ok(Command::XDel { key, ids })
    }),
    spec("xdelex", -5, delete::xdelex),
    spec("xackdel", -6, delete::xackdel),
    spec("xtrim", -4, stream::xtrim),
    spec("xsetid", -3, set_id::xsetid),
    spec("xread", -4, read::xread),
    spec("xreadgroup", -7, read::xreadgroup),
    spec("xack", -4, |args| {
        let (key, group, ids) = (key(args), args[1].clone(), ids::list(&args[2..])?);
        Ok(Command::XAck { key, group, ids })
    }),
    spec("xpending", -3, group::xpending),
    spec("xclaim", -6, claim::xclaim),
    spec("xautoclaim", -6, claim::xautoclaim),
    container(
        "xgroup",
        &[
            spec("xgroup|create", -5, group::create),
            spec("xgroup|setid", -5, group::setid),
            spec("xgroup|destroy", 4, group::destroy),
            spec("xgroup|createconsumer", 5, group::create_consumer),
            spec("xgroup|delconsumer", 5, group::del_consumer),
            spec("xgroup|help", 2, |_| Ok(Command::XGroup(XGroup::Help))),
        ],
    ),
    container(
        "xinfo",
        &[
            spec("xinfo|stream", -3, info::stream),
            spec("xinfo|groups", 3, info::groups),
            spec("xinfo|consumers", 4, info::consumers),
            spec("xinfo|help", 2, |_| Ok(Command::XInfo(XInfo::Help))),
        ],
    ),
    spec("multi", 1, |_| Ok(Command::Multi)),
    spec("exec", 1, |_| Ok(Command::Exec)),
    spec("discard", 1, |_| Ok(Command::Discard)),
    spec("watch", -2, |args| Ok(Command::Watch { keys: args.to_vec() })),
    spec("unwatch", 1, |_| Ok(Command::Unwatch)),
    spec("subscribe", -2, |args| {
        messaging::subscribe(Subscription::Channel, args)
    }),
    spec("psubscribe", -2, |args| {
        messaging::subscribe(Subscription::Pattern, args)
    }),
    spec("ssubscribe", -2, |args| {
        messaging::subscribe(Subscription::ShardChannel, args)
    }),
    spec("unsubscribe", -1, |args| {
        messaging::unsubscribe(Subscription::Channel, args)
    }),
    spec("punsubscribe", -1, |args| {
        messaging::unsubscribe(Subscription::Pattern, args)
    }),
    spec("sunsubscribe", -1, |args| {
        messaging::unsubscribe(Subscription::ShardChannel, args)
    }),
    spec("publish", 3, |args| messaging::publish(false, args)),
    spec("spublish", 3, |args| messaging::publish(true, args)),
    container(
        "pubsub",
        &[
            spec("pubsub|channels", -2, |args| messaging::channels(false, args)),
            spec("pubsub|numsub", -2, |args| messaging::num_sub(false, args)),
            spec("pubsub|numpat", 2, |_| Ok(Command::PubSub(PubSub::NumPat))),
            spec("pubsub|shardchannels", -2, |args| messaging::channels(true, args)),
            spec("pubsub|shardnumsub", -2, |args| messaging::num_sub(true, args)),
            spec("pubsub|help", 2, |_| Ok(Command::PubSub(PubSub::Help))),
        ],
    ),
    container("cluster", cluster::SUBCOMMANDS),
    spec("migrate", -6, cluster::migrate),
    spec("asking", 1, |_| Ok(Command::Asking)),
    spec("readonly", 1, |_| Ok(Command::ReadOnly)),
    spec("readwrite", 1, |_| Ok(Command::ReadWrite)),
    spec("wait", 3, |args| {
        let (replicas, timeout_ms) = (numbers::integer(&args[0])?, numbers::timeout(&args[1])?);
        Ok(Command::Wait { replicas, timeout_ms })
    }),
    spec("ping", -1, messaging::ping),
    spec("reset", 1, |_| Ok(Command::Reset)),
    spec("quit", -1, |_| Ok(Command::Quit)),
];

fn key(args: &[Bytes]) -> Bytes {
    args[0].clone()
}

/// Writes a command as `COMMANDS` reads it.
pub(super) fn write(command: &Command, argv: &mut Argv) {
    match command {
        Command::Set(set) => keys::write_set(set, argv),
        Command::Get { key } => {
            argv.word("GET").arg(key);
        }
        Command::Del { keys } => {
            argv.word("DEL").args(keys);
        }
        Command::Exists { keys } => {
            argv.word("EXISTS").args(keys);
        }
        Command::Incr { key } => {
            argv.word("INCR").arg(key);
        }
        Command::Unlink { keys } => {
            argv.word("UNLINK").args(keys);
        }
        Command::Rename { key, new_key } => {
            argv.word("RENAME").arg(key).arg(new_key);
        }
        Command::RenameNx { key, new_key } => {
            argv.word("RENAMENX").arg(key).arg(new_key);
        }
        Command::FlushAll => {
            argv.word("FLUSHALL");
        }
        Command::FlushDb => {
            argv.word("FLUSHDB");
        }
        Command::Decr { key } => {
            argv.word("DECR").arg(key);
        }
        Command::IncrBy { key, by } => {
            argv.word("INCRBY").arg(key).shown(by);
        }
        Command::DecrBy { key, by } => {
            argv.word("DECRBY").arg(key).shown(by);
        }
        Command::MSet { pairs } => strings::write_mset(pairs, argv),
        Command::MGet { keys } => {
            argv.word("MGET").args(keys);
        }
        Command::GetSet { key, value } => {
            argv.word("GETSET").arg(key).arg(value);
        }
        Command::GetDel { key } => {
            argv.word("GETDEL").arg(key);
        }
        Command::GetEx { key, lifetime } => strings::write_getex(key, *lifetime, argv),
        Command::SetEx(set) => strings::write_setex(set, argv),
        Command::SetNx { key, value } => {
            argv.word("SETNX").arg(key).arg(value);
        }
        Command::Expire(expire) => keys::write_expire(expire, argv),
        Command::Persist { key } => {
            argv.word("PERSIST").arg(key);
        }
        Command::Ttl { key } => {
            argv.word("TTL").arg(key);
        }
        Command::ExpireTime { key } => {
            argv.word("EXPIRETIME").arg(key);
        }
        Command::PExpireTime { key } => {
            argv.word("PEXPIRETIME").arg(key);
        }
        Command::Keys { pattern } => {
            argv.word("KEYS").arg(pattern);
        }
        Command::Scan(scan) => scan::write_scan(scan, argv),
        Command::DbSize => {
            argv.word("DBSIZE");
        }
        Command::Select { database } => {
            argv.word("SELECT").shown(database.index());
        }
        Command::SwapDb { first, second } => {
            argv.word("SWAPDB").shown(first.index()).shown(second.index());
        }
        Command::PTtl { key } => {
            argv.word("PTTL").arg(key);
        }
        Command::Type { key } => {
            argv.word("TYPE").arg(key);
        }
        Command::Object(object) => inspect::write_object(object, argv),
        Command::Memory(memory) => inspect::write_memory(memory, argv),
        Command::SAdd { key, members } => {
            argv.word("SADD").arg(key).args(members);
        }
        Command::SRem { key, members } => {
            argv.word("SREM").arg(key).args(members);
        }
        Command::SIsMember { key, member } => {
            argv.word("SISMEMBER").arg(key).arg(member);
        }
        Command::SMIsMember { key, members } => {
            argv.word("SMISMEMBER").arg(key).args(members);
        }
        Command::SMove { from, to, member } => {
            argv.word("SMOVE").arg(from).arg(to).arg(member);
        }
        Command::SPop { key, count } => sets::write_spop(key, *count, argv),
        Command::SCard { key } => {
            argv.word("SCARD").arg(key);
        }
        Command::SMembers { key } => {
            argv.word("SMEMBERS").arg(key);
        }
        Command::Push(push) => list::write_push(push, argv),
        Command::Pop { key, end, count } => list::write_pop(key, *end, *count, argv),
        Command::BPop { keys, end, timeout_ms } => list::write_bpop(keys, *end, *timeout_ms, argv),
        Command::LLen { key } => {
            argv.word("LLEN").arg(key);
        }
        Command::LRange { key, start, stop } => {
            argv.word("LRANGE").arg(key).shown(start).shown(stop);
        }
        Command::LIndex { key, index } => {
            argv.word("LINDEX").arg(key).shown(index);
        }
        Command::LSet { key, index, element } => {
            argv.word("LSET").arg(key).shown(index).arg(element);
        }
        Command::LRem { key, count, element } => {
            argv.word("LREM").arg(key).shown(count).arg(element);
        }
        Command::LTrim { key, start, stop } => {
            argv.word("LTRIM").arg(key).shown(start).shown(stop);
        }
        Command::LInsert(insert) => list::write_insert(insert, argv),
        Command::LPos(position) => list::write_position(position, argv),
        Command::RPopLPush { source, destination } => list::write_rpoplpush(source, destination, None, argv),
        Command::BRPopLPush {
            source,
            destination,
            timeout_ms,
        } => list::write_rpoplpush(source, destination, Some(*timeout_ms), argv),
        Command::LMove(lmove) => list::write_lmove(lmove, None, argv),
        Command::BLMove { lmove, timeout_ms } => list::write_lmove(lmove, Some(*timeout_ms), argv),
        Command::LMPop(lmpop) => list::write_lmpop(lmpop, None, argv),
        Command::BLMPop { lmpop, timeout_ms } => list::write_lmpop(lmpop, Some(*timeout_ms), argv),
        Command::XAdd(add) => stream::write_xadd(add, argv),
        Command::XLen { key } => {
            argv.word("XLEN").arg(key);
        }
        Command::XRange(range) => stream::write_xrange(range, argv),
        Command::XDel { key, ids } => ids::write_list(ids, argv.word("XDEL").arg(key)),
        Command::XDelEx(delete) => delete::write_xdelex(delete, argv),
        Command::XAckDel(delete) => delete::write_xackdel(delete, argv),
        Command::XSetId(set_id) => set_id::write_xsetid(set_id, argv),
        Command::XTrim { key, trim } => stream::write_xtrim(key, *trim, argv),
        Command::XRead(read) => read::write_xread(read, argv),
        Command::XReadGroup(read) => read::write_xreadgroup(read, argv),
        Command::XAck { key, group, ids } => ids::write_list(ids, argv.word("XACK").arg(key).arg(group)),
        Command::XPending(pending) => group::write_xpending(pending, argv),
        Command::XClaim(claim) => claim::write_xclaim(claim, argv),
        Command::XAutoClaim(claim) => claim::write_xautoclaim(claim, argv),
        Command::XGroup(xgroup) => group::write_xgroup(xgroup, argv),
        Command::XInfo(info) => info::write(info, argv),
        Command::Multi => {
            argv.word("MULTI");
        }
        Command::Exec => {
            argv.word("EXEC");
        }
        Command::Discard => {
            argv.word("DISCARD");
        }
        Command::Watch { keys } => {
            argv.word("WATCH").args(keys);
        }
        Command::Unwatch => {
            argv.word("UNWATCH");
        }
        Command::Subscribe { kind, names } => messaging::write_subscribe(*kind, names, argv),
        Command::Unsubscribe { kind, names } => messaging::write_unsubscribe(*kind, names, argv),
        Command::Publish {
            sharded,
            channel,
            message,
        } => {
            let name = if *sharded { "SPUBLISH" } else { "PUBLISH" };
            argv.word(name).arg(channel).arg(message);
        }
        Command::PubSub(subcommand) => messaging::write_pubsub(subcommand, argv),
        Command::Cluster(command) => cluster::write(command, argv),
        Command::Migrate(migrate) => cluster::write_migrate(migrate, argv),
        Command::Asking => {
            argv.word("ASKING");
        }
        Command::ReadOnly => {
            argv.word("READONLY");
        }
        Command::ReadWrite => {
            argv.word("READWRITE");
        }
        Command::Wait { replicas, timeout_ms } => {
            argv.word("WAIT").shown(replicas).shown(timeout_ms);
        }
        Command::Ping { message } => {
            argv.word("PING").args(message.as_slice());
        }
        Command::Reset => {
            argv.word("RESET");
        }
        Command::Quit => {
            argv.word("QUIT");
        }
    }
}
