//! The server over real sockets: what is sent comes as a server would send it, byte for byte, on one thread and on two.

mod administering;
mod server;

use std::io::Read;
use std::net::Shutdown;

use server::{Client, Server};

#[test]
fn requests_come_in_any_pieces_and_many_at_once() {
    for threads in [1, 2] {
        let server = Server::new(threads);
        let mut client = server.connect();
        client.send(b"PING\r\n*1\r\n$4\r\nPI");
        client.expect("+PONG\r\n");
        client.send(b"NG\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nSET k \"a b\"\r\n\r\nGET k\r\n");
        client.expect("+PONG\r\n$2\r\nhi\r\n+OK\r\n$3\r\na b\r\n");
        let many = "INCR n\r\n".repeat(10_000);
        client.send(many.as_bytes());
        let wanted: String = (1..=10_000).map(|number| format!(":{number}\r\n")).collect();
        client.expect(&wanted);
    }
}

#[test]
fn what_is_no_request_is_answered_as_by_a_server_and_ends_the_connection() {
    let server = Server::new(1);
    for (sent, wanted) in [
        ("*a\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
        ("*2147483648\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
        ("*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        ("*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'\r\n"),
        ("GET \"a\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"),
        (
            "PING\r\n*1\r\n$x\r\nPING\r\n",
            "+PONG\r\n-ERR Protocol error: invalid bulk length\r\n",
        ),
    ] {
        let mut client = server.connect();
        client.send(sent.as_bytes());
        assert_eq!(client.rest(), wanted, "{sent:?}");
    }
    let mut client = server.connect();
    client.send(&[b'x'; 70_000]);
    assert_eq!(client.rest(), "-ERR Protocol error: too big inline request\r\n");
}

#[test]
fn those_who_wait_are_served_across_threads() {
    for threads in [1, 2] {
        let server = Server::new(threads);
        let mut clients: Vec<Client> = (0..4).map(|_| server.connect()).collect();
        let mut pusher = server.connect();
        for (nth, client) in clients.iter_mut().enumerate() {
            client.ask("CLIENT ID", &format!(":{}\r\n", nth + 1));
            // What is sent behind waits, too.
            client.send(b"BLPOP jobs 0\r\nPING\r\n");
            while !pusher.is_blocked(&(nth + 1).to_string()) {}
        }
        pusher.ask("RPUSH jobs a b c d", ":4\r\n");
        for (client, job) in clients.iter_mut().zip(["a", "b", "c", "d"]) {
            client.expect(&format!("*2\r\n$4\r\njobs\r\n$1\r\n{job}\r\n+PONG\r\n"));
        }
        pusher.ask("LLEN jobs", ":0\r\n");
    }
}

#[test]
fn waiting_ends_in_time_and_by_leaving() {
    let server = Server::new(2);
    let (mut waiting, mut other) = (server.connect(), server.connect());
    waiting.ask("BLPOP jobs 0.02", "*-1\r\n");
    waiting.ask("CLIENT ID", ":1\r\n");
    waiting.send(b"BLPOP jobs 0\r\n");
    while !other.is_blocked("1") {}
    waiting.0.shutdown(Shutdown::Both).unwrap();
    while other.is_blocked("1") {}
    other.ask("RPUSH jobs a", ":1\r\n");
    other.ask("LPOP jobs", "$1\r\na\r\n");
}

/// What HELLO 3 answers.
fn greeting(id: u64) -> String {
    format!(
        "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n8.2.3\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:{id}\r\n$4\r\n\
         mode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"
    )
}

#[test]
fn messages_and_answers_come_in_their_order() {
    for threads in [1, 2] {
        let server = Server::new(threads);
        let (mut waiting, mut pusher) = (server.connect(), server.connect());
        waiting.ask("CLIENT ID", ":1\r\n");
        waiting.send(b"HELLO 3\r\n");
        waiting.expect(&greeting(1));
        waiting.ask("SUBSCRIBE news", ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
        waiting.send(b"BLPOP jobs 0\r\n");
        while !pusher.is_blocked("1") {}
        pusher.ask(
            "PUBLISH news 1\r\nPUBLISH news 2\r\nRPUSH jobs a\r\nPUBLISH news 3",
            ":1\r\n:1\r\n:1\r\n:1\r\n",
        );
        let message = |text: &str| format!(">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n{text}\r\n");
        let answer = "*2\r\n$4\r\njobs\r\n$1\r\na\r\n";
        waiting.expect(&[&message("1"), &message("2"), answer, &message("3")].concat());
    }
}

#[test]
fn messages_reach_subscribers_of_both_versions() {
    for threads in [1, 2] {
        let server = Server::new(threads);
        let (mut old, mut new, mut publisher) = (server.connect(), server.connect(), server.connect());
        old.ask("SUBSCRIBE news", "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
        old.ask(
            "CLIENT ID",
            "-ERR Can't execute 'client|id': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in \
             this context\r\n",
        );
        new.send(b"HELLO 3 SETNAME reader\r\n");
        new.expect(&greeting(2));
        new.ask("SUBSCRIBE news", ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
        publisher.ask("PUBLISH news hello", ":2\r\n");
        old.expect("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
        new.expect(">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
        new.ask("CLIENT GETNAME", "$6\r\nreader\r\n");
        new.ask("RESET", "+RESET\r\n");
        new.ask("CLIENT GETNAME", "$-1\r\n");
    }
}

#[test]
fn the_password_is_asked_for() {
    let server = Server::with(1, |options| options.password = Some("secret".into()));
    let mut client = server.connect();
    client.ask("GET k", "-NOAUTH Authentication required.\r\n");
    client.ask(
        "AUTH wrong",
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
    );
    client.ask("AUTH secret", "+OK\r\n");
    client.ask("GET k", "$-1\r\n");
    client.ask("RESET", "+RESET\r\n");
    client.ask("GET k", "-NOAUTH Authentication required.\r\n");
    client.ask("QUIT", "+OK\r\n");
    assert_eq!(client.rest(), "");
}

#[test]
fn who_has_not_said_the_password_may_send_little() {
    let server = Server::with(1, |options| options.password = Some("secret".into()));
    for (sent, answer) in [
        ("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n"),
        (
            "*1\r\n$16385\r\n",
            "-ERR Protocol error: unauthenticated bulk length\r\n",
        ),
        ("*3000000000\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
    ] {
        let mut client = server.connect();
        client.send(sent.as_bytes());
        assert_eq!(client.rest(), answer, "{sent}");
    }
    // Whoever says it in the same breath may send more.
    let mut client = server.connect();
    let long = "x".repeat(20_000);
    client.send(format!("AUTH secret\r\n*2\r\n$4\r\nECHO\r\n$20000\r\n{long}\r\n").as_bytes());
    client.expect(&format!("+OK\r\n$20000\r\n{long}\r\n"));
}

#[test]
fn nodes_of_a_cluster_send_clients_on() {
    let server = Server::with(1, |options| {
        options.is_cluster = true;
        options.addresses = vec!["127.0.0.1:0".parse().unwrap(); 3];
    });
    let mut client = server.connect_to(0);
    client.ask("SET apple 1", &format!("-MOVED 7092 {}\r\n", server.addresses[1]));
    let mut owner = server.connect_to(1);
    owner.ask("SET apple 1", "+OK\r\n");
    owner.ask("SUBSCRIBE news", "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
    client.ask("PUBLISH news hello", ":0\r\n");
    owner.expect("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
}

#[test]
fn only_so_many_may_connect() {
    let server = Server::with(1, |options| options.clients_max = 2);
    let (mut first, mut second) = (server.connect(), server.connect());
    first.ask("PING", "+PONG\r\n");
    second.ask("PING", "+PONG\r\n");
    assert_eq!(server.connect().rest(), "-ERR max number of clients reached\r\n");
    second.ask("QUIT", "+OK\r\n");
    assert_eq!(second.rest(), "");
    server.connect().ask("PING", "+PONG\r\n");
}

#[test]
fn administrators_pause_unblock_and_kill() {
    let server = Server::new(2);
    let (mut admin, mut client) = (server.connect(), server.connect());
    admin.ask("CLIENT ID", ":1\r\n");
    client.ask("CLIENT ID", ":2\r\n");
    admin.ask("CLIENT PAUSE 60000 WRITE", "+OK\r\n");
    client.send(b"SET k v\r\nGET k\r\n");
    admin.ask("GET k", "$-1\r\n");
    admin.ask("CLIENT UNPAUSE", "+OK\r\n");
    client.expect("+OK\r\n$1\r\nv\r\n");
    client.send(b"BLPOP jobs 0\r\n");
    while !admin.is_blocked("2") {}
    admin.ask("CLIENT UNBLOCK 2 ERROR", ":1\r\n");
    client.expect("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    client.ask("MULTI", "+OK\r\n");
    client.ask("CLIENT ID", "+QUEUED\r\n");
    client.ask("INCR n", "+QUEUED\r\n");
    client.ask("ECHO x", "+QUEUED\r\n");
    client.ask("EXEC", "*3\r\n:2\r\n:1\r\n$1\r\nx\r\n");
    client.ask("CLIENT REPLY SKIP\r\nINCR n\r\nINCR n", ":3\r\n");
    admin.ask("CLIENT KILL ID 2", ":1\r\n");
    assert_eq!(client.rest(), "");
}

#[test]
fn settings_have_their_effect() {
    let server = Server::new(1);
    let (mut admin, mut other) = (server.connect(), server.connect());
    admin.ask("CONFIG GET MAXMEMOR?", "*2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n");
    admin.ask("CONFIG SET notify-keyspace-events KEA maxclients 2", "+OK\r\n");
    admin.ask(
        "CONFIG GET notify-keyspace-events",
        "*2\r\n$22\r\nnotify-keyspace-events\r\n$3\r\nAKE\r\n",
    );
    assert_eq!(server.connect().rest(), "-ERR max number of clients reached\r\n");
    admin.ask(
        "SUBSCRIBE __keyevent@0__:lpush",
        "*3\r\n$9\r\nsubscribe\r\n$20\r\n__keyevent@0__:lpush\r\n:1\r\n",
    );
    other.ask("LPUSH jobs a", ":1\r\n");
    admin.expect("*3\r\n$7\r\nmessage\r\n$20\r\n__keyevent@0__:lpush\r\n$4\r\njobs\r\n");
    other.ask(
        "CONFIG SET maxclients 9 hz x",
        "-ERR CONFIG SET failed (possibly related to argument 'hz') - argument couldn't be parsed into an integer\r\n",
    );
    other.ask("CONFIG GET maxclients", "*2\r\n$10\r\nmaxclients\r\n$1\r\n2\r\n");
    other.ask("CONFIG SET stream-node-max-entries 2 requirepass secret", "+OK\r\n");
    for number in 0..5 {
        other.ask("XADD s 1-* f v", &format!("$3\r\n1-{number}\r\n"));
    }
    other.ask("XTRIM s MAXLEN ~ 1", ":4\r\n");
    other.ask("CONFIG SET proto-max-bulk-len 1mb", "+OK\r\n");
    other.ask("*1\r\n$1048577", "-ERR Protocol error: invalid bulk length\r\n");
    admin.ask("RESET", "+RESET\r\n");
    admin.ask("GET k", "-NOAUTH Authentication required.\r\n");
}

#[test]
fn a_monitor_hears_what_is_served() {
    let server = Server::new(2);
    let (mut monitor, mut client) = (server.connect(), server.connect());
    monitor.ask("MONITOR", "+OK\r\n");
    client.ask("SET k \"a\\n\"", "+OK\r\n");
    client.ask(
        "NOSUCH k",
        "-ERR unknown command 'NOSUCH', with args beginning with: 'k' \r\n",
    );
    client.ask("AUTH secret", "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n");
    let mut heard = String::new();
    while heard.lines().count() < 2 {
        let mut read = [0; 4096];
        let count = monitor.0.read(&mut read).unwrap();
        heard.push_str(&String::from_utf8_lossy(&read[..count]));
    }
    let commands: Vec<&str> = heard
        .lines()
        .filter_map(|line| Some(line.split_once("] ")?.1))
        .collect();
    assert_eq!(commands, [r#""SET" "k" "a\n""#, r#""AUTH" "(redacted)""#]);
    monitor.ask("GET k", "-ERR Replica can't interact with the keyspace\r\n");
}

#[test]
fn a_subscriber_that_does_not_read_is_left() {
    let server = Server::new(1);
    let (mut slow, mut publisher) = (server.connect(), server.connect());
    slow.ask("SUBSCRIBE news", "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
    let message = "x".repeat(1 << 20);
    let mut heard = 1;
    let mut published = 0;
    while heard == 1 && published < 200 {
        publisher.send(
            format!("PUBLISH news {message}\r\n")
                .replace("PUBLISH news ", "*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$1048576\r\n")
                .as_bytes(),
        );
        let mut reply = [0; 4];
        publisher.0.read_exact(&mut reply).unwrap();
        heard = u32::from(reply[1] - b'0');
        published += 1;
    }
    assert!((32..200).contains(&published), "left after {published} megabytes");
}
