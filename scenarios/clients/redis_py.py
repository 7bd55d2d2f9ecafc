"""A worker's day with redis-py: consumer groups, queues, pub/sub, pipelines. Prints what it sees."""

import sys
import threading
import time

import redis

PORT = int(sys.argv[1])


def groups(r):
    r.xgroup_create("orders", "billing", id="0", mkstream=True)
    for n in range(1, 6):
        r.xadd("orders", {"item": f"book {n}"}, id=f"{n}-0")
    print("read", r.xreadgroup("billing", "anna", {"orders": ">"}, count=2))
    print("acked", r.xack("orders", "billing", "1-0"))
    print("rest", r.xreadgroup("billing", "ben", {"orders": ">"}, count=10, block=50))
    print("none", r.xreadgroup("billing", "ben", {"orders": ">"}, block=10))
    pending = r.xpending("orders", "billing")
    print("pending", pending["pending"], pending["min"], pending["max"], pending["consumers"])
    for entry in r.xpending_range("orders", "billing", min="-", max="+", count=10):
        print("entry", entry["message_id"], entry["consumer"], entry["times_delivered"])
    print("claimed", r.xclaim("orders", "billing", "carl", min_idle_time=0, message_ids=["2-0", "9-0"]))
    print("autoclaimed", r.xautoclaim("orders", "billing", "dora", min_idle_time=0, start_id="0-0", count=2))
    print("only ids", r.xautoclaim("orders", "billing", "dora", min_idle_time=0, justid=True))
    print("history", r.xreadgroup("billing", "dora", {"orders": "0"}))
    info = r.xinfo_groups("orders")[0]
    print("info", info["name"], info["consumers"], info["pending"], info["last-delivered-id"], info["lag"])
    print("consumers", sorted((c["name"], c["pending"]) for c in r.xinfo_consumers("orders", "billing")))
    print("trimmed", r.xtrim("orders", maxlen=3, approximate=False), r.xlen("orders"))
    print("range", r.xrange("orders"), r.xrevrange("orders", count=1))
    try:
        r.xgroup_create("orders", "billing")
    except redis.ResponseError as error:
        print("error", error)
    print("destroyed", r.xgroup_destroy("orders", "billing"))


def waiting(r, other):
    """A consumer that waits is served by another's XADD; one that waits for a list by another's push."""
    r.xgroup_create("later", "g", id="$", mkstream=True)
    served = []
    thread = threading.Thread(target=lambda: served.append(other.xreadgroup("g", "c", {"later": ">"}, block=20_000)))
    thread.start()
    while not any(client["cmd"] == "xreadgroup" for client in r.client_list()):
        time.sleep(0.01)
    r.xadd("later", {"n": "1"}, id="7-7")
    thread.join()
    print("served", served)
    thread = threading.Thread(target=lambda: served.append(other.blmove("jobs", "working", timeout=20)))
    thread.start()
    while not any(client["cmd"] == "blmove" for client in r.client_list()):
        time.sleep(0.01)
    r.rpush("jobs", "first")
    thread.join()
    print("moved", served[-1], r.lrange("working", 0, -1), r.brpop(["jobs", "working"], timeout=1))
    print("nothing", r.blpop("jobs", timeout=0.05))


def pipelines(r):
    with r.pipeline(transaction=True) as pipe:
        print("transaction", pipe.set("a", 1).incr("a").sadd("seen", "x", "y").sadd("seen", "x").execute())
    with r.pipeline(transaction=False) as pipe:
        pipe.get("a").lpush("a", "wrong").get("a")
        print("pipeline", pipe.execute(raise_on_error=False))
    with r.pipeline() as pipe:
        pipe.watch("a")
        r.set("a", 10)
        pipe.multi()
        pipe.incr("a")
        try:
            print(pipe.execute())
        except redis.WatchError:
            print("watched", r.get("a"))


def messages(r):
    pubsub = r.pubsub()
    pubsub.subscribe("news")
    pubsub.psubscribe("n*")
    pubsub.ssubscribe("shard")
    for _ in range(3):
        print("subscribed", pubsub.get_message(timeout=5))
    print("reached", r.publish("news", "extra"), r.spublish("shard", "part"))
    heard = [pubsub.get_message(timeout=5) for _ in range(2)]
    print("heard", heard, pubsub.get_sharded_message(timeout=5))
    print("channels", r.pubsub_channels(), r.pubsub_numsub("news"), r.pubsub_numpat())
    pubsub.unsubscribe()
    pubsub.punsubscribe()
    print("left", [pubsub.get_message(timeout=5) for _ in range(2)])
    pubsub.close()

    heard, done = [], threading.Event()

    def hear(message):
        heard.append(message["data"])
        done.set()

    pubsub = r.pubsub(ignore_subscribe_messages=True)
    pubsub.subscribe(**{"handled": hear})
    thread = pubsub.run_in_thread(sleep_time=0.01)
    while r.publish("handled", "by a thread") == 0:
        time.sleep(0.01)
    done.wait(10)
    thread.stop()
    thread.join()
    print("handled", heard[:1])


def administration(r):
    print("name", r.client_setname("worker"), r.client_getname())
    print("info", r.info()["redis_version"], r.info("server")["redis_mode"], r.info("cluster"))
    print("config", sorted(r.config_get("stream-node-max-*").items()), r.config_set("stream-node-max-entries", "100"))
    print("ping", r.ping(), r.echo("here"), isinstance(r.time(), tuple), r.role()[0], r.wait(0, 10))
    print("encoding", r.object("encoding", "a"), r.memory_usage("a") > 0, r.memory_usage("nosuch"))
    print("keys", sorted(r.scan_iter(match="*", count=2)), r.dbsize(), r.type("seen"))
    print("library", r.client_info()["lib-name"])


for protocol in (2, 3):
    for decodes in (True, False):
        print(f"RESP{protocol}, decoded: {decodes}")
        r = redis.Redis(port=PORT, protocol=protocol, decode_responses=decodes)
        other = redis.Redis(port=PORT, protocol=protocol, decode_responses=decodes)
        r.flushall()
        groups(r)
        waiting(r, other)
        pipelines(r)
        if decodes:
            messages(r)
            administration(r)
        r.flushall()
        other.close()
        r.close()
