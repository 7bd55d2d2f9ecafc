//! What a server is told so that it keeps what a scenario's broker keeps, and which brokers can be made to fail for real.

use redelivery_model::setup::{BrokerFaults, Keeping, Persistence, Setup};

/// What a server is started with, by name and value.
pub type StartOptions = Vec<(&'static str, &'static str)>;

/// What a server is started with to keep what a broker of this setup keeps, if that is ever asked for.
pub fn start_options(setup: &Setup) -> StartOptions {
    let Some(Keeping { persistence, .. }) = setup.keeping.filter(|_| setup.faults.broker.kills > 0) else {
        return Vec::new();
    };
    let appendfsync = match persistence {
        Persistence::Nothing | Persistence::Snapshots(_) => return Vec::new(),
        Persistence::AppendOnly(0) => "always",
        Persistence::AppendOnly(1..=2_000) => "everysec",
        Persistence::AppendOnly(_) => "no",
    };
    vec![("appendonly", "yes"), ("appendfsync", appendfsync)]
}

/// Whether the broker fails in no other way than a process that is killed: it has its file, or nothing. Where snapshots are
/// taken is not ours to say, and subscribers have more to lose than a connection.
pub fn is_only_killed(setup: &Setup) -> bool {
    let Some(keeping) = setup.keeping else { return true };
    let BrokerFaults {
        kills: _,
        power_failures,
        failovers,
        splits: _,
        file_lacks: _,
        replica_lacks: _,
    } = setup.faults.broker;
    let has_subscribers = setup
        .client_ixs()
        .any(|client| setup.client(client).role.subscriber().is_some());
    power_failures == 0
        && failovers == 0
        && keeping.replica_lag_ms.is_none()
        && !matches!(keeping.persistence, Persistence::Snapshots(_))
        && !has_subscribers
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_only_killed, start_options};
    use crate::language;

    fn of(broker: &str, faults: &str) -> (Vec<(&'static str, &'static str)>, bool) {
        let text = format!(
            "story = \"The broker fails.\"\n[stream.orders]\ngroups = {{ workers = \"0\" }}\n\
             [producer.shop]\nstream = \"orders\"\nmessages = 1\n\
             [consumer.worker]\nstream = \"orders\"\ngroup = \"workers\"\n\
             [broker]\n{broker}\n[faults]\n{faults}\n[expect]\nholds = [\"pending-list\"]\n"
        );
        let scenario = language::parse(Path::new("own/here.toml"), text.as_bytes()).expect("it is a scenario");
        let setup = scenario.live.setup;
        (start_options(&setup), is_only_killed(&setup))
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
        assert!(!of("appendonly = true", "power-failure = { times = 1 }").1);
        assert!(!of("replica-lag = \"1s\"", "failover = { times = 1 }").1);
        assert!(!of("save = \"60s\"", "kill-broker = { times = 1 }").1);
        assert!(of("", "crash = { times = 1 }").1, "there is nothing to kill");
    }
}
