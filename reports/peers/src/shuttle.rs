//! shuttle: threads whose every switch is chosen; it has no virtual time and no network, so latencies are left out.

use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::scheduler::RandomScheduler;
use shuttle::sync::{Arc, Condvar, Mutex};
use shuttle::{Config, Runner, thread};

use crate::CONSUMERS;
use crate::toy::{Broker, Command, END};

/// The broker with the answers that nobody has fetched yet, by client.
type Shared = (Mutex<(Broker<usize>, Vec<Option<u64>>)>, Condvar);

/// Runs a seed; answers how many messages were settled.
pub fn run(messages: u64, seed: u64) -> u64 {
    let settled = std::sync::Arc::new(AtomicU64::new(0));
    let seen = std::sync::Arc::clone(&settled);
    Runner::new(RandomScheduler::new_from_seed(seed, 1), Config::new()).run(move || {
        let answers = vec![None; 1 + CONSUMERS];
        let shared: Arc<Shared> = Arc::new((Mutex::new((Broker::new(messages), answers)), Condvar::new()));
        let mut clients = Vec::new();
        let own = Arc::clone(&shared);
        clients.push(thread::spawn(move || {
            for _ in 0..messages {
                ask(&own, 0, Command::Add);
            }
        }));
        for consumer in 1..=CONSUMERS {
            let own = Arc::clone(&shared);
            clients.push(thread::spawn(move || {
                loop {
                    match ask(&own, consumer, Command::Read) {
                        END => return,
                        id => ask(&own, consumer, Command::Ack(id)),
                    };
                }
            }));
        }
        for client in clients {
            client.join().expect("nobody panics");
        }
        let state = shared.0.lock().expect("nobody panics");
        seen.store(state.0.settled(), Ordering::Relaxed);
    });
    settled.load(Ordering::Relaxed)
}

fn ask((shared, answered): &Shared, client: usize, command: Command) -> u64 {
    let mut state = shared.lock().expect("nobody panics");
    let (broker, answers) = &mut *state;
    let mut others = false;
    broker.apply(client, command, &mut |to, answer| {
        answers[to] = Some(answer);
        others |= to != client;
    });
    if others {
        answered.notify_all();
    }
    loop {
        if let Some(answer) = state.1[client].take() {
            return answer;
        }
        state = answered.wait(state).expect("nobody panics");
    }
}
