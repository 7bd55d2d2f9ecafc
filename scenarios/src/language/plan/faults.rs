//! Budgets of faults, with the clients they may befall.

use redelivery_model::setup::{BrokerFaults, ClientIx, ClockJumps, Fate, FaultBudget, Faults, Partition, Span};

use super::cast::Cast;
use crate::language::grammar;
use crate::language::located::Located;

/// The budgets of one way.
pub(super) fn faults(written: &grammar::Faults, cast: &Cast) -> Faults {
    let one = |fault: &Option<grammar::Fault>| match fault {
        Some(fault) => budget(fault.times.0, fault.clients.as_ref(), cast),
        None => FaultBudget::default(),
    };
    let cut = written.cut.as_ref();
    let all = || vec![Fate::Never, Fate::ReplyLost, Fate::Late];
    let fates = cut.map(|cut| cut.fates.as_ref().map_or_else(all, |fates| fates.value.clone()));
    let mut fates = fates.unwrap_or_default();
    fates.sort();
    fates.dedup();
    let crash = written.crash.as_ref();
    Faults {
        crash: crash.map_or_else(FaultBudget::default, |crash| {
            budget(crash.times.0, crash.clients.as_ref(), cast)
        }),
        crash_sends_nothing: crash.is_some_and(|crash| crash.while_sending == Some(false)),
        pause: one(&written.pause),
        cut: cut.map_or_else(FaultBudget::default, |cut| {
            budget(cut.times.0, cut.clients.as_ref(), cast)
        }),
        clock_jump: written
            .clock_jump
            .as_ref()
            .map_or_else(ClockJumps::default, |jump| ClockJumps {
                times: u8::try_from(jump.times.0).unwrap_or(u8::MAX),
                forward_ms: jump.forward.map(|ms| ms.0),
                back_ms: jump.back.map(|ms| ms.0),
            }),
        fates,
        broker: of_broker(written),
        forget: written.forget.as_ref().map_or_else(FaultBudget::default, |fault| {
            budget(fault.times.0, fault.clients.as_ref(), cast)
        }),
        partition: written
            .partition
            .as_ref()
            .map_or_else(Partition::default, |parts| Partition {
                budget: budget(parts.times.0, parts.clients.as_ref(), cast),
                stops: parts.stops,
                lasts: parts.lasts.map_or(PARTED, |lasts| lasts.0),
            }),
    }
}

/// How long a partition lasts where nobody says it.
const PARTED: Span = Span {
    min_ms: 1_000,
    max_ms: 10_000,
};

/// How often the broker fails.
fn of_broker(written: &grammar::Faults) -> BrokerFaults {
    let times = |failure: &Option<grammar::Failure>| {
        let times = failure.as_ref().map_or(0, |failure| failure.times.value.0);
        u8::try_from(times).unwrap_or(u8::MAX)
    };
    let lacks = |failure: &Option<grammar::Failure>| {
        let writes = failure.as_ref()?.writes?;
        u16::try_from(writes.0).ok()
    };
    let failover = written.failover.as_ref();
    let file = [&written.kill_broker, &written.power_failure];
    // A limit of one kind is none where another has none.
    let limits = file.into_iter().filter(|failure| failure.is_some()).map(lacks);
    let file_lacks = limits
        .collect::<Option<Vec<u16>>>()
        .and_then(|limits| limits.into_iter().max());
    BrokerFaults {
        kills: times(&written.kill_broker),
        power_failures: times(&written.power_failure),
        failovers: failover.map_or(0, |failover| u8::try_from(failover.times.value.0).unwrap_or(u8::MAX)),
        splits: failover.is_some_and(|failover| failover.split_brain.is_some()),
        file_lacks,
        node_losses: written
            .lose_node
            .as_ref()
            .map_or(0, |loss| u8::try_from(loss.times.value.0).unwrap_or(u8::MAX)),
        replica_lacks: failover.and_then(|failover| u16::try_from(failover.writes?.0).ok()),
    }
}

/// A fault whose clients all stay away in this way cannot happen; no client at all would mean any.
fn budget(times: u64, clients: Option<&Located<Vec<Located<String>>>>, cast: &Cast) -> FaultBudget {
    let times = u8::try_from(times).unwrap_or(u8::MAX);
    let Some(named) = clients else {
        return FaultBudget {
            times,
            clients: Vec::new(),
        };
    };
    let is_named = |name: &str| named.iter().any(|wanted| wanted.as_str() == name);
    let clients: Vec<ClientIx> = (0_u16..)
        .zip(&cast.members)
        .filter(|(_, member)| is_named(&member.table) || is_named(&member.name))
        .map(|(place, _)| ClientIx(place))
        .collect();
    FaultBudget {
        times: if clients.is_empty() { 0 } else { times },
        clients,
    }
}
