//! madsim: nodes on a runtime of its own, messages with latencies on a simulated network.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use madsim::net::Endpoint;
use madsim::runtime::{Handle, Runtime};

use crate::CONSUMERS;
use crate::toy::{Broker, Command, END};

const BROKER: &str = "10.0.0.1:1";
const REQUEST: u64 = 0;
const REPLY: u64 = 1;

/// Runs a seed; answers how many messages were settled. Latencies of 1 to 10 ms are the library's own default.
pub fn run(messages: u64, seed: u64) -> u64 {
    let settled = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&settled);
    Runtime::with_seed_and_config(seed, madsim::Config::default()).block_on(async move {
        let node = |place: usize| {
            let ip = format!("10.0.0.{}", place + 1).parse().expect("an address");
            Handle::current().create_node().ip(ip).build()
        };
        let broker = node(0);
        broker.spawn(async move { serve(messages, &seen).await.expect("nothing fails") });
        let shop = node(1);
        let mut clients = vec![shop.spawn(async move {
            let endpoint = Endpoint::bind("0.0.0.0:1").await?;
            for _ in 0..messages {
                ask(&endpoint, Command::Add).await?;
            }
            io::Result::Ok(())
        })];
        for consumer in 1..=CONSUMERS {
            clients.push(node(1 + consumer).spawn(async {
                let endpoint = Endpoint::bind("0.0.0.0:1").await?;
                loop {
                    match ask(&endpoint, Command::Read).await? {
                        END => return io::Result::Ok(()),
                        id => ask(&endpoint, Command::Ack(id)).await?,
                    };
                }
            }));
        }
        for client in clients {
            client.await.expect("nobody panics").expect("nothing fails");
        }
    });
    settled.load(Ordering::Relaxed)
}

async fn serve(messages: u64, seen: &AtomicU64) -> io::Result<()> {
    let endpoint = Endpoint::bind(BROKER).await?;
    let mut broker = Broker::new(messages);
    let mut answers = Vec::new();
    loop {
        let mut bytes = [0; 8];
        let (_, from) = endpoint.recv_from(REQUEST, &mut bytes).await?;
        broker.apply(from, Command::from_wire(bytes), &mut |to, answer| {
            answers.push((to, answer))
        });
        seen.store(broker.settled(), Ordering::Relaxed);
        for (to, answer) in answers.drain(..) {
            endpoint.send_to(to, REPLY, &u64::to_le_bytes(answer)).await?;
        }
    }
}

async fn ask(endpoint: &Endpoint, command: Command) -> io::Result<u64> {
    endpoint.send_to(BROKER, REQUEST, &command.to_wire()).await?;
    let mut bytes = [0; 8];
    endpoint.recv_from(REPLY, &mut bytes).await?;
    Ok(u64::from_le_bytes(bytes))
}
