// A service's day with ioredis: streams, queues on connections of their own, pub/sub, pipelines. Prints what it sees.
"use strict";
const Redis = require("ioredis");

const port = Number(process.argv[2]);
const tell = (what, ...seen) => console.log(what, JSON.stringify(seen));

async function streams(redis) {
  await redis.xgroup("CREATE", "orders", "billing", "0", "MKSTREAM");
  for (let n = 1; n <= 4; n++) await redis.xadd("orders", `${n}-0`, "item", `book ${n}`);
  tell("read", await redis.xreadgroup("GROUP", "billing", "anna", "COUNT", 3, "STREAMS", "orders", ">"));
  tell("acked", await redis.xack("orders", "billing", "1-0", "9-0"));
  tell("pending", await redis.xpending("orders", "billing"));
  tell("claimed", await redis.xclaim("orders", "billing", "ben", 0, "2-0", "JUSTID"));
  tell("autoclaimed", await redis.xautoclaim("orders", "billing", "carl", 0, "0-0", "COUNT", 1));
  tell("groups", await redis.xinfo("GROUPS", "orders"));
  tell("none", await redis.xread("BLOCK", 20, "STREAMS", "orders", "$"));
  tell("error", await redis.xadd("orders", "1-0", "item", "late").catch((error) => error.message));
}

async function waiting(redis) {
  const reader = redis.duplicate();
  const served = reader.xreadgroup("GROUP", "billing", "anna", "BLOCK", 20000, "STREAMS", "orders", ">");
  tell("waited for", await served);
  const again = reader.xreadgroup("GROUP", "billing", "anna", "BLOCK", 20000, "STREAMS", "orders", ">");
  while (!(await redis.client("LIST")).includes("cmd=xreadgroup")) await new Promise((go) => setTimeout(go, 10));
  await redis.xadd("orders", "7-0", "item", "late");
  tell("served", await again);
  const popped = reader.blpop("jobs", "urgent", 20);
  while (!(await redis.client("LIST")).includes("cmd=blpop")) await new Promise((go) => setTimeout(go, 10));
  await redis.rpush("urgent", "now", "then");
  tell("popped", await popped, await redis.rpoplpush("urgent", "working"), await redis.lrange("working", 0, -1));
  reader.disconnect();
}

async function pipelines(redis) {
  tell("pipeline", await redis.pipeline().set("a", 1).incr("a").get("a").exec());
  const failing = await redis.pipeline().lpush("a", "x").get("a").exec();
  tell("failing", failing.map(([error, reply]) => [error && error.message, reply]));
  tell("multi", await redis.multi().sadd("seen", "m1").sadd("seen", "m1").xlen("orders").exec());
  const other = redis.duplicate();
  await redis.watch("a");
  await other.set("a", 5);
  tell("watched", await redis.multi().incr("a").exec(), await redis.get("a"));
  other.disconnect();
}

async function messages(redis) {
  const subscriber = redis.duplicate();
  const heard = [];
  const all = new Promise((done) => {
    const hear = (...message) => heard.push(message) === 2 && done();
    subscriber.on("message", hear);
    subscriber.on("pmessage", hear);
  });
  tell("subscribed", await subscriber.subscribe("news", "weather"), await subscriber.psubscribe("n*"));
  tell("refused", await subscriber.get("a").catch((error) => error.message));
  tell("reached", await redis.publish("news", "extra"));
  await all;
  tell("heard", heard);
  tell("left", await subscriber.unsubscribe("news", "weather"), await subscriber.punsubscribe());
  tell("itself again", await subscriber.get("a"));
  subscriber.disconnect();
}

async function main() {
  const redis = new Redis({ port, host: "127.0.0.1", connectionName: "worker" });
  await redis.flushall();
  tell("connected", (await redis.info("server")).match(/redis_version:\S+/)[0], await redis.client("GETNAME"));
  await streams(redis);
  await waiting(redis);
  await pipelines(redis);
  await messages(redis);
  const keys = [];
  for await (const some of redis.scanStream({ count: 2 })) keys.push(...some);
  tell("keys", keys.sort());
  await redis.flushall();
  await redis.quit();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
