"""A service's day with redis-py's asyncio: consumers as tasks, queues, pub/sub. Prints what it sees."""

import asyncio
import sys

import redis.asyncio as redis

PORT = int(sys.argv[1])


def taken(reply):
    """The entries of one stream: RESP2 gives pairs, RESP3 a map of lists of lists."""
    if isinstance(reply, dict):
        return [entry for entries in reply.get("jobs", []) for entry in entries]
    return [entry for _, entries in reply or [] for entry in entries]


async def consumers(r):
    """Three tasks share a group until all is acknowledged; each entry is done once."""
    await r.xgroup_create("jobs", "workers", id="0", mkstream=True)
    done = []

    async def work(name):
        own = redis.Redis(connection_pool=r.connection_pool)
        while len(done) < 30:
            for entry, fields in taken(await own.xreadgroup("workers", name, {"jobs": ">"}, count=2, block=20)):
                await own.xack("jobs", "workers", entry)
                done.append((entry, fields["n"]))

    tasks = [asyncio.create_task(work(name)) for name in ("anna", "ben", "carl")]
    for n in range(30):
        await r.xadd("jobs", {"n": n}, id=f"{n + 1}-0")
    await asyncio.gather(*tasks)
    print("done", sorted(done, key=lambda job: int(job[1])))
    print("pending", (await r.xpending("jobs", "workers"))["pending"])


async def reclaim(r):
    """A consumer that has gone is replaced."""
    await r.xadd("jobs", {"n": "left"}, id="100-0")
    print("taken", await r.xreadgroup("workers", "gone", {"jobs": ">"}))
    cursor, entries, deleted = await r.xautoclaim("jobs", "workers", "anna", min_idle_time=0)
    print("reclaimed", cursor, entries, deleted)
    print("counted", [(e["consumer"], e["times_delivered"]) for e in await r.xpending_range("jobs", "workers", "-", "+", 5)])


async def queue(r):
    waits = asyncio.create_task(r.blpop(["low", "high"], timeout=20))
    while not any(client["cmd"] == "blpop" for client in await r.client_list()):
        await asyncio.sleep(0.01)
    await r.rpush("high", "a", "b")
    print("popped", await waits, await r.lmove("high", "working", "LEFT", "RIGHT"), await r.lrange("working", 0, -1))
    async with r.pipeline(transaction=True) as pipe:
        print("transaction", await pipe.lrem("working", 1, "b").sadd("done", "b").sadd("done", "b").execute())


async def messages(r):
    async with r.pubsub() as pubsub:
        await pubsub.subscribe("news")
        await pubsub.psubscribe("n?ws")
        print("subscribed", [await pubsub.get_message(timeout=5) for _ in range(2)])
        print("reached", await r.publish("news", "extra"))
        print("heard", [await pubsub.get_message(timeout=5) for _ in range(2)])
        await pubsub.unsubscribe("news")
        print("left", await pubsub.get_message(timeout=5))


async def main():
    for protocol in (2, 3):
        print(f"RESP{protocol}")
        r = redis.Redis(port=PORT, protocol=protocol, decode_responses=True)
        await r.flushall()
        for job in (consumers, reclaim, queue, messages):
            await job(r)
        await r.flushall()
        await r.aclose()


asyncio.run(main())
