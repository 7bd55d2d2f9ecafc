//! Bounds on durations, for exploring with a clock: how long work takes, and in which steps the clock moves.
//!
//! Without them a verdict of exploring holds for any durations. With them it holds for these: work takes any time between
//! its shortest and its longest, and every other duration (a min-idle-time, a block, a rest, a time to live) is what the
//! setup says. What happens next: `world::bounded`.

use redelivery_engine::Millis;

use super::policy::{OnNobody, Reads, Role};
use super::{ClientIx, GroupKind, Setup, Span, faster};
use crate::world::thresholds;

/// How long things take while exploring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// One piece of work, by client; of those that never work it says nothing.
    pub work: Vec<Span>,
    /// The clock moves by this, in milliseconds, where something may happen at any time: every duration is a multiple of
    /// it.
    pub step_ms: Millis,
    /// How many steps the longest duration has.
    pub steps: u64,
}

impl Bounds {
    /// With work that takes so long, by client. The step is the greatest common divisor of all durations that matter; none
    /// where no duration matters, since then nothing takes time.
    pub fn new(setup: &Setup, work: Vec<Span>) -> Option<Self> {
        let working = setup.client_ixs().zip(&work);
        let working = working.filter(|(client, _)| setup.client(*client).role.works());
        let spans = working.flat_map(|(_, span)| [span.min_ms, span.max_ms]);
        let timers = setup.client_ixs().flat_map(|client| timers(setup, client));
        let jumps = &setup.faults.clock_jump;
        let jumps = [jumps.forward_ms, jumps.back_ms].into_iter().flatten();
        let partition = &setup.faults.partition;
        let partition = (partition.budget.times > 0).then_some([partition.lasts.min_ms, partition.lasts.max_ms]);
        let all = spans.chain(timers).chain(thresholds(setup)).chain(jumps);
        let all = all.chain(partition.into_iter().flatten());
        let all: Vec<Millis> = all.filter(|&ms| ms > 0).collect();
        let step_ms = all.iter().copied().reduce(common_divisor)?;
        let longest = all.iter().max().copied().unwrap_or(step_ms);
        Some(Self {
            work,
            step_ms,
            steps: longest / step_ms,
        })
    }

    /// How long a client's work takes.
    pub fn work(&self, client: ClientIx) -> Span {
        self.work[usize::from(client.0)]
    }
}

/// The durations of a client that run, beside those of idle times: a consumer that blocks never rests.
fn timers(setup: &Setup, client: ClientIx) -> Vec<Millis> {
    let role = &setup.client(client).role;
    match role {
        Role::Consumer(policy) => {
            let lock = policy.reclaim.and_then(|reclaim| reclaim.lock);
            let every = policy.reclaim.and_then(|reclaim| reclaim.every_ms);
            let waits = match (policy.reads, policy.block_ms) {
                (Reads::Nothing, _) => every.or(Some(policy.poll_ms)),
                (_, None) => Some(policy.poll_ms),
                (_, block) => block,
            };
            // Who is refused rests as well.
            let refused = may_be_refused(setup).then_some(policy.poll_ms);
            let ends = [
                policy.dedup.and_then(|dedup| dedup.ttl_ms),
                lock.and_then(|lock| lock.ttl_ms),
            ];
            waits
                .into_iter()
                .chain(refused)
                .chain(ends.into_iter().flatten())
                .collect()
        }
        Role::Worker(policy) => {
            let waits = match policy.take.blocks() {
                true => policy.block_ms,
                false => policy.poll_ms,
            };
            let ends = [policy.lock_ttl_ms, policy.dedup.and_then(|dedup| dedup.ttl_ms)];
            [waits].into_iter().chain(ends.into_iter().flatten()).collect()
        }
        Role::Publisher(policy) if policy.on_nobody != OnNobody::Retry => Vec::new(),
        _ => {
            let mut all = Vec::new();
            faster::each(&mut role.clone(), &mut |ms| all.push(*ms));
            all
        }
    }
}

/// Whether a stream or a group may not be there when a consumer asks for it.
fn may_be_refused(setup: &Setup) -> bool {
    let absent = |group: &super::GroupSetup| group.kind == GroupKind::Group && !group.exists;
    let types = |role: &Role| matches!(role, Role::Administrator(_));
    setup.groups.iter().any(absent) || setup.clients.iter().any(|client| types(&client.role))
}

/// Euclid's.
fn common_divisor(one: Millis, other: Millis) -> Millis {
    match one % other {
        0 => other,
        rest => common_divisor(other, rest),
    }
}
