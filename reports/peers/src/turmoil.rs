//! turmoil: hosts on tokio, datagrams with latencies on a simulated network.

use std::cell::Cell;
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use turmoil::Builder;
use turmoil::net::UdpSocket;

use crate::CONSUMERS;
use crate::toy::{Broker, Command, END};

const PORT: u16 = 1_738;
const ANYWHERE: (IpAddr, u16) = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT);

/// Runs a seed; answers how many messages were settled.
pub fn run(messages: u64, seed: u64) -> u64 {
    let mut sim = Builder::new()
        .rng_seed(seed)
        .simulation_duration(Duration::from_secs(3_600))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(10))
        .build();
    let settled = Rc::new(Cell::new(0));
    let seen = Rc::clone(&settled);
    sim.host("broker", move || {
        let seen = Rc::clone(&seen);
        async move {
            let socket = UdpSocket::bind(ANYWHERE).await?;
            let mut broker = Broker::new(messages);
            let mut answers = Vec::new();
            loop {
                let mut bytes = [0; 8];
                let (_, from) = socket.recv_from(&mut bytes).await?;
                broker.apply(from, Command::from_wire(bytes), &mut |to, answer| {
                    answers.push((to, answer));
                });
                seen.set(broker.settled());
                for (to, answer) in answers.drain(..) {
                    socket.send_to(&u64::to_le_bytes(answer), to).await?;
                }
            }
        }
    });
    sim.client("shop", async move {
        let socket = UdpSocket::bind(ANYWHERE).await?;
        for _ in 0..messages {
            ask(&socket, Command::Add).await?;
        }
        Ok(())
    });
    for consumer in 1..=CONSUMERS {
        sim.client(format!("worker-{consumer}"), async move {
            let socket = UdpSocket::bind(ANYWHERE).await?;
            loop {
                match ask(&socket, Command::Read).await? {
                    END => return Ok(()),
                    id => ask(&socket, Command::Ack(id)).await?,
                };
            }
        });
    }
    sim.run().expect("nothing fails");
    settled.get()
}

async fn ask(socket: &UdpSocket, command: Command) -> Result<u64, Box<dyn Error>> {
    socket.send_to(&command.to_wire(), ("broker", PORT)).await?;
    let mut bytes = [0; 8];
    socket.recv_from(&mut bytes).await?;
    Ok(u64::from_le_bytes(bytes))
}
