//! What a server is told so that it keeps what a scenario's broker keeps, and which brokers can be made to fail for real.

use std::collections::BTreeSet;

use redelivery_model::setup::policy::Role;
use redelivery_model::setup::{BrokerFaults, Mishap, Persistence, Setup};
use redelivery_model::world::{Action, Failure, Ignore, World};

/// What a server is started with, by name and value.
pub type StartOptions = Vec<(&'static str, &'static str)>;

/// What a server is started with to keep what a broker of this setup keeps, if that is ever asked for. Snapshots are taken when
/// they are wanted, and never else.
pub fn start_options(setup: &Setup) -> StartOptions {
    let broker = &setup.faults.broker;
    if wants_replica(setup) {
        // A replica gets its copy at once.
        return vec![("repl-diskless-sync-delay", "0")];
    }
    let appendfsync = match setup.keeping.map(|keeping| keeping.persistence) {
        Some(Persistence::AppendOnly(ms)) if broker.kills + broker.power_failures > 0 => match ms {
            0 => "always",
            1..=2_000 => "everysec",
            _ => "no",
        },
        _ => return Vec::new(),
    };
    vec![("appendonly", "yes"), ("appendfsync", appendfsync)]
}

/// Whether a replica follows the server, and takes its place.
pub fn wants_replica(setup: &Setup) -> bool {
    setup.faults.broker.failovers > 0
}

/// Whether the broker fails only as real servers can be made to: it is killed, again and again, or once a replica takes its
/// place; and clients lose no more than a connection by that.
pub fn can_be_made_to_fail(setup: &Setup) -> bool {
    if setup.faults.broker.node_losses > 0 {
        return false;
    }
    let Some(keeping) = setup.keeping else { return true };
    let BrokerFaults {
        kills,
        power_failures,
        failovers,
        splits,
        node_losses: _,
        file_lacks: _,
        replica_lacks: _,
    } = setup.faults.broker;
    let is_left_out = |client| match &setup.client(client).role {
        Role::Subscriber(_) => true,
        Role::Producer(policy) => policy.wait.is_some(),
        Role::Consumer(policy) => policy.wait.is_some(),
        _ => false,
    };
    let is_replaced_once = failovers == 1 && kills + power_failures == 0;
    (failovers == 0 || is_replaced_once)
        && !splits
        && keeping.min_replicas_lag_ms.is_none()
        // Nobody decides when a server has rewritten its file.
        && keeping.rewrites.times == 0
        && !setup.client_ixs().any(is_left_out)
}

/// After how many actions of a path what the server has is put aside, for failures to come back to. None where a failure
/// loses a part of what one action wrote: that cannot be brought about.
pub fn put_aside_after(setup: &Setup, path: &[Action]) -> Option<BTreeSet<usize>> {
    // All that was written is counted.
    let mut setup = setup.clone();
    (setup.faults.broker.file_lacks, setup.faults.broker.replica_lacks) = (None, None);
    let mut world = World::initial(&setup, &mut Ignore);
    world.forget_durations(&setup);
    let (mut after, mut begin) = (BTreeSet::new(), 0);
    let mut before: Vec<World> = Vec::with_capacity(path.len());
    for (at, &action) in path.iter().enumerate() {
        before.push(world.clone());
        if let Action::Fail(failure) = action {
            if comes_back_to_a_copy(&setup, failure) {
                let written = |world: &World| world.writes_in_danger(failure.how);
                let kept = written(&world)?.checked_sub(failure.lost)?;
                let place = before[begin..].iter().rposition(|world| written(world) == Some(kept))?;
                after.insert(begin + place);
            }
            begin = at + 1;
        }
        world.step(&setup, action, &mut Ignore);
        world.forget_durations(&setup);
    }
    Some(after)
}

/// Whether what a server comes back with after this failure was put aside before.
pub(super) fn comes_back_to_a_copy(setup: &Setup, failure: Failure) -> bool {
    let keeps_nothing = setup
        .keeping
        .is_none_or(|keeping| keeping.persistence == Persistence::Nothing);
    failure.lost > 0 && (failure.how == Mishap::FailedOver || !keeps_nothing)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use redelivery_model::setup::{ClientIx, Mishap, Setup};
    use redelivery_model::world::{Action, Failure};

    use super::{can_be_made_to_fail, put_aside_after, start_options};
    use crate::language;

    fn of(broker: &str, faults: &str) -> (Vec<(&'static str, &'static str)>, bool) {
        let setup = setup(broker, faults);
        (start_options(&setup), can_be_made_to_fail(&setup))
    }

    fn setup(broker: &str, faults: &str) -> Setup {
        let text = format!(
            "story = \"The broker fails.\"\n[stream.orders]\ngroups = {{ workers = \"0\" }}\n\
             [producer.shop]\nstream = \"orders\"\nmessages = 3\n\
             [consumer.worker]\nstream = \"orders\"\ngroup = \"workers\"\n\
             [broker]\n{broker}\n[faults]\n{faults}\n[expect]\nholds = [\"pending-list\"]\n"
        );
        let scenario = language::parse(Path::new("own/here.toml"), text.as_bytes()).expect("it is a scenario");
        scenario.explore.setup
    }

    #[test]
    fn a_server_that_is_killed_keeps_what_the_broker_keeps() {
        let killed = "kill-broker = { times = 1 }";
        assert_eq!(of("", killed), (vec![], true));
        for (written, fsync) in [
            ("\"always\"", "always"),
            ("\"everysec\"", "everysec"),
            ("\"everysec\"\nslow-disk = true", "everysec"),
            ("\"no\"", "no"),
        ] {
            let broker = format!("appendonly = true\nappendfsync = {written}");
            assert_eq!(
                of(&broker, killed),
                (vec![("appendonly", "yes"), ("appendfsync", fsync)], true)
            );
        }
    }

    #[test]
    fn brokers_that_fail_otherwise_are_left_out() {
        assert!(of("appendonly = true", "power-failure = { times = 1 }").1);
        let replica = "replica-lag = \"1s\"";
        assert!(of(replica, "failover = { times = 1 }").1);
        assert!(
            !of(replica, "failover = { times = 2 }").1,
            "who takes over once has no replica"
        );
        assert!(!of(replica, "failover = { times = 1, split-brain = \"10s\" }").1);
        let rewrite = "appendonly = true\nrewrite = { times = 1 }";
        assert!(!of(rewrite, "kill-broker = { times = 1 }").1);
        assert_eq!(of("save = \"60s\"", "kill-broker = { times = 1 }"), (vec![], true));
    }

    /// The producer adds a message, the worker waits for one, the power fails, in this order.
    fn put_aside(path: &str, setup: &Setup) -> Option<Vec<usize>> {
        let action = |step: char| match step {
            'p' => Action::Step(ClientIx(0)),
            'w' => Action::Step(ClientIx(1)),
            lost => Action::Fail(Failure {
                how: Mishap::PowerFailed,
                lost: lost.to_digit(10).expect("a number") as u16,
                unanswered: None,
            }),
        };
        let path: Vec<Action> = path.chars().map(action).collect();
        Some(put_aside_after(setup, &path)?.into_iter().collect())
    }

    #[test]
    fn what_a_failure_comes_back_to_is_put_aside_before_what_it_loses() {
        let setup = setup("appendonly = true", "power-failure = { times = 2, writes = 1 }");
        assert_eq!(put_aside("ppp0", &setup), Some(vec![]), "nothing is lost");
        assert_eq!(put_aside("ppp1", &setup), Some(vec![2]));
        assert_eq!(put_aside("ppp3", &setup), Some(vec![0]));
        assert_eq!(put_aside("pp1p1", &setup), Some(vec![1, 3]), "one after the other");
        assert_eq!(put_aside("pp1p2", &setup), None, "what was lost cannot be lost again");
        // Who waits is handed what is added: two writes in one step.
        assert_eq!(put_aside("wp2", &setup), Some(vec![1]));
        assert_eq!(put_aside("wp1", &setup), None, "only one of them is lost");
    }
}
