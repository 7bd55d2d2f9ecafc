//! A bare event loop: a queue of moments, a switch, no tasks. About the limit of what any simulator can reach.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::CONSUMERS;
use crate::toy::{Broker, Command, END};

/// Runs a seed; answers how many messages were settled.
pub fn run(messages: u64, seed: u64) -> u64 {
    let mut random = seed;
    let mut latency = || {
        // Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
        random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (random ^ random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        1 + (mixed ^ mixed >> 27) % 10
    };
    let mut broker = Broker::new(messages);
    let (mut queue, mut order, mut produced) = (BinaryHeap::new(), 0, 0);
    let mut send = |queue: &mut BinaryHeap<_>, at_ms: u64, client: usize, command: [u8; 8]| {
        order += 1;
        queue.push(Reverse((at_ms + latency(), order, client, command)));
    };
    if messages > 0 {
        send(&mut queue, 0, 0, Command::Add.to_wire());
    }
    for consumer in 1..=CONSUMERS {
        send(&mut queue, 0, consumer, Command::Read.to_wire());
    }
    while let Some(Reverse((now_ms, _, client, command))) = queue.pop() {
        let command = Command::from_wire(command);
        broker.apply(client, command, &mut |to, answer| {
            let next = match (to, answer) {
                (0, _) => {
                    produced += 1;
                    (produced < messages).then_some(Command::Add)
                }
                (_, END) => None,
                // Only who asked can have been acknowledged something.
                (to, _) if to == client && matches!(command, Command::Ack(_)) => Some(Command::Read),
                (_, id) => Some(Command::Ack(id)),
            };
            if let Some(next) = next {
                send(&mut queue, now_ms, to, next.to_wire());
            }
        });
    }
    broker.settled()
}
