//! The same setup with every duration divided: for runs in real time, where nobody wants to wait for half a minute.
//!
//! What does not divide evenly is rounded up, so that only nothing becomes nothing. Moments (EXAT, TIME) are no
//! durations and stay.

use redelivery_engine::command::{Expire, Idle, Lifetime, Set, TimeUnit};
use redelivery_engine::{Command, Millis};

use super::policy::{Alarm, Consumer, Duty, Role, Worker};
use super::{Setup, Span};
use crate::check::CheckSpec;
use crate::world::thresholds;

impl Setup {
    /// With durations of clients, administrators' commands and checks divided by `speed`, which is not 0.
    #[must_use]
    pub fn faster(&self, speed: u64) -> Self {
        let mut setup = self.clone();
        // Whoever runs in real time is not explored.
        setup.bounds = None;
        for client in &mut setup.clients {
            each(&mut client.role, &mut |ms| *ms = ms.div_ceil(speed));
        }
        for check in &mut setup.checks {
            if let CheckSpec::SingleOwner { within_ms } = check {
                *within_ms = within_ms.div_ceil(speed);
            }
        }
        setup
    }

    /// The shortest time that somebody compares with on the broker's clock: an idle time, a time to live, a blocked call.
    /// What is not shorter than another can be told apart from it, however fast one runs. None when there is none.
    pub fn shortest_ms(&self) -> Option<Millis> {
        let of_consumer = |policy: &Consumer| {
            let lock = policy.reclaim.and_then(|reclaim| reclaim.lock);
            [
                policy.block_ms,
                policy.dedup.and_then(|dedup| dedup.ttl_ms),
                lock.and_then(|lock| lock.ttl_ms),
                policy.wait.map(|wait| wait.timeout_ms),
            ]
        };
        let of_worker = |policy: &Worker| {
            let blocks = policy.take.blocks().then_some(policy.block_ms);
            [
                blocks,
                policy.dedup.and_then(|dedup| dedup.ttl_ms),
                policy.lock_ttl_ms,
                None,
            ]
        };
        let of_clients = self.clients.iter().flat_map(|client| match &client.role {
            Role::Consumer(policy) => of_consumer(policy),
            Role::Reader(policy) => [Some(policy.block_ms), None, None, None],
            Role::Producer(policy) => [policy.wait.map(|wait| wait.timeout_ms), None, None, None],
            Role::Worker(policy) => of_worker(policy),
            _ => [None; 4],
        });
        let measured = of_clients.flatten().chain(thresholds(self));
        measured.filter(|&ms| ms > 0).min()
    }
}

impl Span {
    /// Both ends divided by `speed`, which is not 0.
    #[must_use]
    pub fn faster(self, speed: u64) -> Self {
        Self {
            min_ms: self.min_ms.div_ceil(speed),
            max_ms: self.max_ms.div_ceil(speed),
        }
    }
}

/// Visits each duration of a role.
pub(super) fn each(role: &mut Role, visit: &mut dyn FnMut(&mut Millis)) {
    match role {
        Role::Subscriber(_) | Role::Mover(_) => {}
        Role::Producer(policy) => {
            policy.wait.iter_mut().for_each(|wait| visit(&mut wait.timeout_ms));
            if let Some(after) = &mut policy.after {
                [&mut after.min_ms, &mut after.max_ms].into_iter().for_each(visit);
            }
        }
        Role::Publisher(policy) => visit(&mut policy.poll_ms),
        Role::Consumer(policy) => of_consumer(policy, visit),
        Role::Administrator(policy) => {
            if let Some(after) = &mut policy.after {
                [&mut after.min_ms, &mut after.max_ms].into_iter().for_each(&mut *visit);
            }
            let commands = policy.commands.iter_mut();
            commands.for_each(|command| of_command(command, visit));
        }
        Role::Repairer(policy) => visit(&mut policy.poll_ms),
        Role::Reader(policy) => visit(&mut policy.block_ms),
        Role::Worker(policy) => {
            visit(&mut policy.block_ms);
            visit(&mut policy.poll_ms);
            policy.lock_ttl_ms.iter_mut().for_each(&mut *visit);
            if let Some(dedup) = &mut policy.dedup {
                dedup.ttl_ms.iter_mut().for_each(visit);
            }
        }
        Role::Reaper(policy) => visit(&mut policy.every_ms),
        Role::Watcher(policy) => {
            visit(&mut policy.every_ms);
            if let Duty::DeletesConsumers { idle_ms, .. }
            | Duty::Alarms(Alarm::PendingIdle(idle_ms) | Alarm::ConsumerIdle(idle_ms)) = &mut policy.duty
            {
                visit(idle_ms);
            }
        }
    }
}

fn of_consumer(policy: &mut Consumer, visit: &mut dyn FnMut(&mut Millis)) {
    policy.block_ms.iter_mut().for_each(&mut *visit);
    visit(&mut policy.poll_ms);
    policy.wait.iter_mut().for_each(|wait| visit(&mut wait.timeout_ms));
    if let Some(dedup) = &mut policy.dedup {
        dedup.ttl_ms.iter_mut().for_each(&mut *visit);
    }
    if let Some(reclaim) = &mut policy.reclaim {
        visit(&mut reclaim.min_idle_ms);
        reclaim.every_ms.iter_mut().for_each(&mut *visit);
        if let Some(lock) = &mut reclaim.lock {
            lock.ttl_ms.iter_mut().for_each(&mut *visit);
        }
    }
}

fn of_command(command: &mut Command, visit: &mut dyn FnMut(&mut Millis)) {
    match command {
        Command::Set(Set {
            lifetime: Lifetime::For(ms),
            ..
        }) => visit(ms),
        Command::Expire(expire) => of_expire(expire, visit),
        Command::XClaim(claim) => {
            visit(&mut claim.min_idle_ms);
            if let Idle::For(idle) = &mut claim.idle
                && let Ok(mut ms) = Millis::try_from(*idle)
            {
                visit(&mut ms);
                *idle = i64::try_from(ms).unwrap_or(*idle);
            }
        }
        Command::XAutoClaim(claim) => visit(&mut claim.min_idle_ms),
        Command::XPending(pending) => {
            if let Some(range) = &mut pending.range {
                visit(&mut range.min_idle_ms);
            }
        }
        Command::XRead(read) => read.block.iter_mut().for_each(visit),
        Command::XReadGroup(read) => read.block.iter_mut().for_each(visit),
        Command::BPop { timeout_ms, .. }
        | Command::BRPopLPush { timeout_ms, .. }
        | Command::BLMove { timeout_ms, .. }
        | Command::BLMPop { timeout_ms, .. } => visit(timeout_ms),
        _ => {}
    }
}

/// EXPIRE becomes PEXPIRE: a part of a second is none.
fn of_expire(expire: &mut Expire, visit: &mut dyn FnMut(&mut Millis)) {
    let unit = match expire.unit {
        TimeUnit::Seconds => 1_000,
        TimeUnit::Milliseconds => 1,
    };
    let whole = expire.time.checked_mul(unit);
    if let Some(mut ms) = whole.and_then(|ms| Millis::try_from(ms).ok()) {
        visit(&mut ms);
        if let Ok(time) = i64::try_from(ms) {
            (expire.time, expire.unit) = (time, TimeUnit::Milliseconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faster(line: &str, speed: u64) -> String {
        let argv: Vec<_> = line.split_whitespace().map(redelivery_engine::Bytes::from).collect();
        let mut command = Command::parse(&argv).expect(line);
        of_command(&mut command, &mut |ms| *ms = ms.div_ceil(speed));
        let words: Vec<String> = command.to_argv().iter().map(ToString::to_string).collect();
        words.join(" ")
    }

    #[test]
    fn what_an_administrator_types_runs_faster_too() {
        assert_eq!(faster("SET k v EX 30", 100), "SET k v PX 300");
        assert_eq!(faster("EXPIRE k 30", 100), "PEXPIRE k 300");
        assert_eq!(faster("XAUTOCLAIM s g a 30000 0", 100), "XAUTOCLAIM s g a 300 -");
        assert_eq!(
            faster("XPENDING s g IDLE 30000 - + 1", 100),
            "XPENDING s g IDLE 300 - + 1"
        );
        assert_eq!(faster("XREAD BLOCK 0 STREAMS s 0", 100), "XREAD BLOCK 0 STREAMS s 0-0");
    }

    #[test]
    fn only_nothing_becomes_nothing() {
        assert_eq!(faster("SET k v PX 1", 1_000), "SET k v PX 1");
        let span = Span { min_ms: 0, max_ms: 5 };
        assert_eq!(span.faster(10), Span { min_ms: 0, max_ms: 1 });
    }
}
