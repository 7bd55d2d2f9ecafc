//! What administrators see and do.

use redelivery_scenarios::serve::Chosen;

use crate::server::{Client, Server};

/// The lines of a section of INFO.
fn info(client: &mut Client, section: &str) -> Vec<String> {
    let text = client.bulk(&format!("INFO {section}"));
    text.split("\r\n").map(str::to_owned).collect()
}

fn value(lines: &[String], name: &str) -> String {
    let line = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name} in {lines:?}")).to_owned()
}

#[test]
fn info_counts_what_there_is() {
    for threads in [1, 2] {
        let server = Server::new(threads);
        let (mut client, mut waits, mut hears) = (server.connect(), server.connect(), server.connect());
        hears.ask("SUBSCRIBE c", "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
        client.ask("CLIENT ID", ":1\r\n");
        waits.send(b"CLIENT ID\r\nBLPOP none other 0\r\n");
        waits.expect(":2\r\n");
        while !client.is_blocked("2") {}
        client.ask("SET k v", "+OK\r\n");
        client.ask("SET short v EX 100", "+OK\r\n");
        client.ask("GET nosuch", "$-1\r\n");
        client.ask(
            "LPUSH k a",
            "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
        );
        client.ask("LPUSH k", "-ERR wrong number of arguments for 'lpush' command\r\n");
        client.ask("MULTI", "+OK\r\n");
        client.ask("SET left v", "+QUEUED\r\n");
        client.ask("DISCARD", "+OK\r\n");
        client.send(b"MULTI\r\nINCR n\r\nDEL n\r\nGET n\r\nEXEC\r\n");
        client.expect("+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n:1\r\n:1\r\n$-1\r\n");
        client.ask("WATCH k", "+OK\r\n");

        let clients = info(&mut client, "clients");
        let told = [
            "connected_clients",
            "blocked_clients",
            "pubsub_clients",
            "watching_clients",
        ]
        .map(|name| value(&clients, name));
        assert_eq!(told, ["3", "1", "1", "1"]);
        assert_eq!(value(&clients, "total_blocking_keys"), "2");
        assert_eq!(value(&clients, "total_watched_keys"), "1");
        let keyspace = info(&mut client, "keyspace");
        let (before, left) = keyspace[1].rsplit_once("avg_ttl=").unwrap();
        assert_eq!(before, "db0:keys=2,expires=1,");
        let left: u64 = left.trim_end_matches(",subexpiry=0").parse().unwrap();
        assert!((90_000..=100_000).contains(&left), "{left}");
        let stats = info(&mut client, "stats");
        assert_eq!(value(&stats, "total_connections_received"), "3");
        assert_eq!(value(&stats, "total_error_replies"), "2");
        assert_eq!(value(&stats, "pubsub_channels"), "1");
        let commands = info(&mut client, "commandstats");
        let counted =
            |name: &str| value(&commands, &format!("cmdstat_{name}")).replace(",usec=0,usec_per_call=0.00", "");
        assert_eq!(counted("set"), "calls=3,rejected_calls=0,failed_calls=0");
        assert_eq!(counted("lpush"), "calls=1,rejected_calls=1,failed_calls=1");
        assert_eq!(counted("client|id"), "calls=2,rejected_calls=0,failed_calls=0");
        let errors = info(&mut client, "errorstats");
        assert_eq!(errors[1..3], ["errorstat_ERR:count=1", "errorstat_WRONGTYPE:count=1"]);
        let persistence = info(&mut client, "persistence");
        assert_eq!(value(&persistence, "rdb_changes_since_last_save"), "4");

        client.ask("CONFIG RESETSTAT", "+OK\r\n");
        assert_eq!(info(&mut client, "errorstats"), ["# Errorstats", ""]);
        let default = client.bulk("INFO");
        let sections: Vec<&str> = default
            .split("\r\n")
            .filter_map(|line| line.strip_prefix("# "))
            .collect();
        let expected = [
            "Server",
            "Clients",
            "Memory",
            "Persistence",
            "Stats",
            "Replication",
            "Modules",
            "Errorstats",
            "Cluster",
            "Keyspace",
        ];
        assert_eq!(sections, expected);
        assert!(client.bulk("INFO all").contains("# Commandstats\r\n"));
    }
}

fn with_debug(threads: usize) -> Server {
    Server::with(threads, |options| {
        options.settings = vec![Chosen::new("enable-debug-command", "local").unwrap()];
    })
}

#[test]
fn while_the_server_sleeps_nobody_is_served() {
    for threads in [1, 2] {
        let server = with_debug(threads);
        let (mut sleeper, mut other) = (server.connect(), server.connect());
        sleeper.ask("SET k v PX 1", "+OK\r\n");
        other.ask("PING", "+PONG\r\n");
        sleeper.send(b"DEBUG SLEEP 0.3\r\nPING\r\n");
        // By then it has come.
        assert!(sleeper.hears_nothing_for(50));
        other.send(b"ECHO late\r\n");
        assert!(other.hears_nothing_for(50));
        sleeper.expect("+OK\r\n+PONG\r\n");
        other.expect("$4\r\nlate\r\n");
    }
}

#[test]
fn keys_stay_until_somebody_looks_when_they_do_not_expire_actively() {
    let server = with_debug(1);
    let (mut client, mut hears) = (server.connect(), server.connect());
    client.ask("CONFIG SET notify-keyspace-events Ex", "+OK\r\n");
    hears.ask(
        "SUBSCRIBE __keyevent@0__:expired",
        "*3\r\n$9\r\nsubscribe\r\n$22\r\n__keyevent@0__:expired\r\n:1\r\n",
    );
    client.ask("DEBUG SET-ACTIVE-EXPIRE 0", "+OK\r\n");
    client.ask("SET k v PX 1", "+OK\r\n");
    assert!(hears.hears_nothing_for(100));
    client.ask("GET k", "$-1\r\n");
    let message = "*3\r\n$7\r\nmessage\r\n$22\r\n__keyevent@0__:expired\r\n$1\r\nk\r\n";
    hears.expect(message);
    client.ask("DEBUG SET-ACTIVE-EXPIRE 1", "+OK\r\n");
    client.ask("SET k v PX 1", "+OK\r\n");
    hears.expect(message);
}

#[test]
fn debugging_is_allowed_to_nobody_by_default() {
    let server = Server::new(1);
    let mut client = server.connect();
    client.send(b"DEBUG SLEEP 1\r\n");
    client.expect("-ERR DEBUG command not allowed.");
}

#[test]
fn whoever_is_idle_for_too_long_is_left_but_for_those_who_listen_or_wait() {
    for threads in [1, 2] {
        let server = Server::new(threads);
        let (mut idle, mut hears, mut waits) = (server.connect(), server.connect(), server.connect());
        hears.ask("SUBSCRIBE c", "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
        waits.send(b"BLPOP list 0\r\n");
        idle.ask("CONFIG SET timeout 1", "+OK\r\n");
        assert_eq!(idle.rest(), "");
        let mut other = server.connect();
        other.ask("LPUSH list a", ":1\r\n");
        other.ask("PUBLISH c m", ":1\r\n");
        waits.expect("*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
        hears.expect("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n");
    }
}

#[test]
fn settings_are_chosen_when_the_server_starts() {
    let server = Server::with(1, |options| {
        options.settings = vec![Chosen::new("stream-node-max-entries", "7").unwrap()];
    });
    let mut client = server.connect();
    client.ask(
        "CONFIG GET stream-node-max-entries",
        "*2\r\n$23\r\nstream-node-max-entries\r\n$1\r\n7\r\n",
    );
    for (name, value, why) in [
        ("nosuch", "1", "there is no setting \"nosuch\""),
        ("port", "1", "port: can't set immutable config"),
        (
            "enable-debug-command",
            "maybe",
            "enable-debug-command: argument(s) must be one of the following: no, yes, local",
        ),
    ] {
        assert_eq!(Chosen::new(name, value).unwrap_err(), why);
    }
}
