//! A service's day with the `redis` crate: streams, queues, pub/sub, transactions. Prints what it sees.

use std::thread;
use std::time::Duration;

use redis::streams::{StreamAutoClaimOptions, StreamReadOptions, StreamReadReply};
use redis::{Commands, Connection, RedisResult, Value};

fn groups(redis: &mut Connection) -> RedisResult<()> {
    let _: () = redis.xgroup_create_mkstream("orders", "billing", "0")?;
    for n in 1..=4 {
        let _: String = redis.xadd("orders", format!("{n}-0"), &[("item", format!("book {n}"))])?;
    }
    let new = StreamReadOptions::default().group("billing", "anna").count(3);
    let reply: StreamReadReply = redis.xread_options(&["orders"], &[">"], &new)?;
    println!("read {:?}", ids(&reply));
    let acked: usize = redis.xack("orders", "billing", &["1-0", "9-0"])?;
    println!("acked {acked}");
    let pending: Value = redis.xpending("orders", "billing")?;
    println!("pending {pending:?}");
    let claimed: Value = redis.xclaim("orders", "billing", "ben", 0, &["2-0"])?;
    println!("claimed {claimed:?}");
    let options = StreamAutoClaimOptions::default().count(1);
    let claimed: Value = redis.xautoclaim_options("orders", "billing", "carl", 0, "0-0", options)?;
    println!("autoclaimed {claimed:?}");
    let late: RedisResult<String> = redis.xadd("orders", "1-0", &[("item", "late")]);
    println!("late {}", late.expect_err("its ID is too small"));
    let len: usize = redis.xlen("orders")?;
    println!("length {len}");
    Ok(())
}

fn ids(reply: &StreamReadReply) -> Vec<&str> {
    let entries = reply.keys.iter().flat_map(|key| &key.ids);
    entries.map(|entry| entry.id.as_str()).collect()
}

/// Another connection waits until somebody pushes.
fn waiting(client: &redis::Client, redis: &mut Connection) -> RedisResult<()> {
    let mut other = client.get_connection()?;
    let waits = thread::spawn(move || -> RedisResult<Value> { other.blpop(&["jobs", "urgent"], 20.0) });
    loop {
        let clients: String = redis::cmd("CLIENT").arg("LIST").query(redis)?;
        if clients.contains("cmd=blpop") {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _: usize = redis.rpush("urgent", &["now", "then"])?;
    println!("popped {:?}", waits.join().expect("it does not panic")?);
    let moved: String = redis.rpoplpush("urgent", "working")?;
    let left: Vec<String> = redis.lrange("working", 0, -1)?;
    println!("moved {moved} {left:?}");
    Ok(())
}

fn transactions(redis: &mut Connection) -> RedisResult<()> {
    let reply: (bool, bool, usize) = redis::pipe()
        .atomic()
        .sadd("seen", "m1")
        .sadd("seen", "m1")
        .xlen("orders")
        .query(redis)?;
    println!("transaction {reply:?}");
    let new: usize = redis::transaction(redis, &["counter"], |redis, pipe| {
        let before: Option<usize> = redis.get("counter")?;
        pipe.set("counter", before.unwrap_or(0) + 1).ignore().get("counter").query(redis)
    })
    .map(|(new,): (usize,)| new)?;
    println!("counted {new}");
    let wrong: RedisResult<usize> = redis.llen("counter");
    println!("wrong {}", wrong.expect_err("it is no list"));
    Ok(())
}

fn messages(client: &redis::Client, redis: &mut Connection) -> RedisResult<()> {
    let mut hears = client.get_connection()?;
    let mut pubsub = hears.as_pubsub();
    pubsub.set_read_timeout(Some(Duration::from_secs(20)))?;
    pubsub.subscribe(&["news", "weather"])?;
    pubsub.psubscribe("n*")?;
    let reached: usize = redis.publish("news", "extra")?;
    println!("reached {reached}");
    for _ in 0..2 {
        let message = pubsub.get_message()?;
        let payload: String = message.get_payload()?;
        let pattern: Option<String> = message.get_pattern()?;
        println!("heard {} {payload} {pattern:?}", message.get_channel_name());
    }
    pubsub.unsubscribe(&["news", "weather"])?;
    Ok(())
}

fn main() -> RedisResult<()> {
    let port = std::env::args().nth(1).expect("a port");
    for protocol in ["resp2", "resp3"] {
        println!("{protocol}");
        let client = redis::Client::open(format!("redis://127.0.0.1:{port}/?protocol={protocol}"))?;
        let mut redis = client.get_connection()?;
        let _: () = redis.flushall()?;
        groups(&mut redis)?;
        waiting(&client, &mut redis)?;
        transactions(&mut redis)?;
        messages(&client, &mut redis)?;
        let _: () = redis.flushall()?;
    }
    Ok(())
}
