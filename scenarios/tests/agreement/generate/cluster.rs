//! Scripts of a cluster: keys of several slots at several nodes, a slot on its way, messages across the bus.

use proptest::collection::vec;
use proptest::prelude::*;

use super::notifications::ends_at_once;
use super::{Words, groups, keys, line, lists, mangle, messaging, of_parts, one_of, some, sometimes, streams};
use crate::step::{EXPIRER, Stage, Step, Word};

/// Where most interesting scripts begin: keys of one slot at node 1, of others at the others.
const BEGINNING: &str = "\
A> RPUSH {s}s a b c
A> XADD {s}t 1-0 f v
A> XGROUP CREATE {s}t g 0
A> SET {s}k v
A> SADD {s}m x
B> SET k 1
C> XADD t 1-0 f v
B> SUBSCRIBE a ab";

/// Commands of a server, not of the engine, that are left of CLUSTER's when its name is gone.
const UNKNOWN: [&str; 2] = ["INFO", "FAILOVER"];

/// The clients that a script moves.
const CLIENTS: [usize; 4] = [0, 1, 2, 6];
/// One of each node that is never blocked.
const QUIET: [usize; 3] = [3, 4, 5];

/// A script.
pub(super) fn script() -> BoxedStrategy<Vec<Step>> {
    let part = prop_oneof![
        16 => step().prop_map(|step| vec![step]),
        3 => asked(),
        2 => transaction(),
        1 => carrying(),
        1 => listening(),
        4 => way(),
    ];
    of_parts(BEGINNING, part).prop_map(told_alike).boxed()
}

/// The engine tells of keys whose time is over sooner than a server that nobody asks for them, or that redirects who does.
fn told_alike(mut script: Vec<Step>) -> Vec<Step> {
    if script.iter().any(|step| matches!(step, Step::Notify { .. })) {
        script.retain(|step| !ends_at_once(step) && !matches!(step, Step::Expire { .. }));
    }
    script
}

fn step() -> impl Strategy<Value = Step> {
    let sent = |(client, words)| Step::Command { client, words };
    let quiet = prop::sample::select(&QUIET[..]);
    prop_oneof![
        20 => (client(), command()).prop_map(sent),
        5 => (client(), tagged(lists::waiting())).prop_map(sent),
        2 => (client(), tagged(streams::waiting())).prop_map(sent),
        1 => (client(), tagged(groups::waiting())).prop_map(sent),
        5 => (quiet.clone(), messaging::publishing()).prop_map(sent),
        5 => (quiet.clone(), tagged(lists::growth())).prop_map(sent),
        2 => (quiet.clone(), tagged(streams::growth())).prop_map(sent),
        2 => (quiet, telling()).prop_map(sent),
        2 => migration(),
        2 => slot(),
        1 => Just(Step::Expire { key: "{s}s".into() }),
        1 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
    ]
}

/// Mostly at node 1, which has most of the keys.
fn client() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 3 => prop::sample::select(&CLIENTS[..])]
}

/// Any command, some of them spoilt.
fn command() -> Words {
    let of_keys = prop_oneof![
        4 => lists::command(),
        2 => streams::command(),
        2 => groups::command(),
        3 => keys::command(),
        1 => keys::ending(),
    ];
    let command = prop_oneof![
        10 => tagged(of_keys.boxed()),
        3 => messaging::subscriptions(),
        2 => messaging::publishing(),
        1 => messaging::asking(),
        1 => messaging::connection(),
        3 => telling(),
    ]
    .boxed();
    let is_known = |words: &Vec<Word>| !UNKNOWN.iter().any(|name| words.first() == Some(&Word::from(*name)));
    let mangled = mangle::mangled(command.clone()).prop_filter("a server's own command", is_known);
    prop_oneof![14 => command, 1 => mangled].boxed()
}

/// What tells of the cluster and changes nothing.
fn telling() -> Words {
    let asked = one_of(&[
        "CLUSTER SLOTS",
        "CLUSTER SHARDS",
        "CLUSTER NODES",
        "CLUSTER INFO",
        "CLUSTER MYID",
        "CLUSTER MYSHARDID",
        "CLUSTER LINKS",
        "CLUSTER REPLICAS <node1>",
        "CLUSTER SLAVES <node3>",
        "CLUSTER COUNT-FAILURE-REPORTS <node2>",
        "CLUSTER SAVECONFIG",
        "CLUSTER HELP",
        "CLUSTER KEYSLOT {s}s",
        "CLUSTER COUNTKEYSINSLOT 3828",
        "CLUSTER GETKEYSINSLOT 3828 100",
        "ASKING",
        "READONLY",
        "READWRITE",
        "SELECT 0",
    ]);
    let refused = one_of(&[
        "CLUSTER ADDSLOTS 3828",
        "CLUSTER ADDSLOTSRANGE 5 1",
        "CLUSTER SETSLOT 3828 NODE nobody",
        "CLUSTER SETSLOT 20000 STABLE",
        "CLUSTER COUNTKEYSINSLOT 16384",
        "CLUSTER GETKEYSINSLOT 1 -1",
        "CLUSTER NOPE",
        "CLUSTER REPLICAS nobody",
        "CLUSTER COUNT-FAILURE-REPORTS nobody",
        "CLUSTER SET-CONFIG-EPOCH 9",
        "CLUSTER SET-CONFIG-EPOCH -9",
        "CLUSTER MEET nowhere 1",
        "CLUSTER MEET 127.0.0.1 99999",
        "CLUSTER FORGET nobody",
        "CLUSTER REPLICATE nobody",
        "CLUSTER REPLICATE <node1>",
        "CLUSTER FAILOVER",
        "CLUSTER FAILOVER SOON",
        "CLUSTER RESET SOON",
        "SELECT 99",
        "SWAPDB x 1",
        "SELECT 1",
        "SWAPDB 0 1",
    ]);
    prop_oneof![2 => asked, 1 => refused].boxed()
}

/// A command whose keys are as they were, or of one hash tag.
fn tagged(command: Words) -> Words {
    let tag = prop_oneof![5 => Just("{s}"), 1 => Just("{k}"), 2 => Just("")];
    (command, tag)
        .prop_map(|(words, tag)| words.into_iter().map(|word| tagged_word(word, tag)).collect())
        .boxed()
}

fn tagged_word(word: Word, tag: &str) -> Word {
    match word {
        Word::Text(text)
            if ["s", "t", "k", "m", "none"]
                .iter()
                .any(|key| key.as_bytes() == &text[..]) =>
        {
            Word::Text(format!("{tag}{text}").into())
        }
        word => word,
    }
}

/// Keys of the slot, or one of another, go to another node.
fn migration() -> BoxedStrategy<Step> {
    let one = one_of(&["{s}s", "{s}t", "{s}k", "{s}m", "{s}none", "k"]);
    let options = || {
        let kept = one_of(&["COPY", "REPLACE", "COPY REPLACE"]);
        let user = one_of(&["AUTH secret", "AUTH2 default secret", "AUTH2 nobody secret"]);
        line![sometimes(2, kept), sometimes(9, user)]
    };
    let several = line![
        Just(vec![Word::Text("".into())]).boxed(),
        "0 1000",
        options(),
        "KEYS",
        some(one.clone(), 1..=3)
    ];
    let keys = prop_oneof![3 => line![one, "0 1000", options()], 2 => several];
    // Nobody to their own node, which would wait for itself.
    let ends = prop::sample::select(&[(0, 2), (0, 3), (3, 2), (3, 3), (4, 1), (4, 3), (5, 1), (5, 2)][..]);
    (ends, keys)
        .prop_map(|((client, to), keys)| {
            let port = format!("<port{to}>");
            let mut words: Vec<Word> = ["MIGRATE", "127.0.0.1", &port].map(Word::from).into();
            words.extend(keys);
            Step::Command { client, words }
        })
        .boxed()
}

fn slot() -> BoxedStrategy<Step> {
    let stage = prop_oneof![3 => Just(Stage::Open), 2 => Just(Stage::Give), 1 => Just(Stage::Close)];
    (stage, 0_usize..3)
        .prop_map(|(stage, to)| Step::Slot {
            key: "s".into(),
            to,
            stage,
        })
        .boxed()
}

/// A command that comes after ASKING.
fn asked() -> impl Strategy<Value = Vec<Step>> {
    let command = prop_oneof![
        4 => tagged(lists::command()),
        2 => tagged(lists::waiting()),
        3 => tagged(lists::growth()),
        1 => messaging::publishing(),
    ];
    let client = prop_oneof![2 => client().boxed(), 3 => prop::sample::select(&QUIET[1..]).boxed()];
    (client, command).prop_map(|(client, words)| {
        let words = if QUIET.contains(&client) && blocks(&words) {
            text_words("PING")
        } else {
            words
        };
        let asking = Step::Command {
            client,
            words: text_words("ASKING"),
        };
        vec![asking, Step::Command { client, words }]
    })
}

fn blocks(words: &[Word]) -> bool {
    let is = |word: &Word, begin: &str| matches!(word, Word::Text(text) if text.to_ascii_uppercase().starts_with(begin.as_bytes()));
    words.first().is_some_and(|name| is(name, "B")) || words.iter().any(|word| is(word, "BLOCK"))
}

fn text_words(words: &str) -> Vec<Word> {
    words.split(' ').map(Word::from).collect()
}

/// A transaction that gets to its end, mostly of keys of one slot, perhaps after ASKING.
fn transaction() -> impl Strategy<Value = Vec<Step>> {
    let queued = prop_oneof![3 => tagged(lists::growth()), 2 => tagged(lists::command()), 2 => command()];
    let end = one_of(&["EXEC", "EXEC", "EXEC", "EXEC", "DISCARD", "RESET"]);
    let parts = (client(), any::<bool>(), vec(queued, 0..4), end);
    parts.prop_map(|(client, asks, queued, end)| {
        let sent = |words: Vec<Word>| Step::Command { client, words };
        let asking = asks.then(|| sent(text_words("ASKING")));
        let begin = asking.into_iter().chain([sent(text_words("MULTI"))]);
        begin.chain(queued.into_iter().map(sent)).chain([sent(end)]).collect()
    })
}

/// A transaction that carries keys of a slot to another node.
fn carrying() -> impl Strategy<Value = Vec<Step>> {
    let queued = prop_oneof![
        3 => migration().prop_map(|step| match step {
            Step::Command { words, .. } => words,
            _ => Vec::new(),
        }),
        2 => tagged(lists::growth()).boxed(),
        2 => one_of(&["EXISTS {s}s", "RPUSH {s}t x", "DEL {s}m", "LLEN {s}s", "SET {s}k new"]),
    ];
    let client = prop::sample::select(&[0, 6][..]);
    let asks = proptest::option::weighted(0.8, 1_usize..3);
    (client, asks, vec(queued, 1..4), any::<bool>()).prop_map(|(client, opens, queued, asks)| {
        let send = |words: Vec<Word>| Step::Command { client, words };
        let open = |to| Step::Slot {
            key: "s".into(),
            to,
            stage: Stage::Open,
        };
        let mut steps: Vec<Step> = opens.map(open).into_iter().collect();
        steps.extend(asks.then(|| send(text_words("ASKING"))));
        steps.push(send(text_words("MULTI")));
        for words in queued {
            let mut step = send(words);
            if let (Step::Command { words, .. }, Some(to)) = (&mut step, opens)
                && words[0] == Word::from("MIGRATE")
            {
                words[2] = port(to);
            }
            steps.push(step);
        }
        steps.push(send(text_words("EXEC")));
        steps
    })
}

fn port(node: usize) -> Word {
    Word::from(format!("<port{}>", node + 1).as_str())
}

/// From now on somebody is told what happens to keys at one node.
fn listening() -> impl Strategy<Value = Vec<Step>> {
    let client = prop::sample::select(&CLIENTS[1..]);
    client.prop_map(|client| {
        let letters = "KEA".to_owned();
        let words = text_words("PSUBSCRIBE __key*__:*");
        vec![Step::Notify { letters }, Step::Command { client, words }]
    })
}

/// The slot on its whole way: somebody waits for it or listens to it where it is and where it goes, keys go, some that
/// are there already.
fn way() -> impl Strategy<Value = Vec<Step>> {
    let here = prop::sample::select(
        &[
            "BLPOP {s}none 0",
            "XREADGROUP GROUP g a BLOCK 0 STREAMS {s}t >",
            "SSUBSCRIBE {s}a {s}b",
        ][..],
    );
    let there = prop::sample::select(
        &[
            "BLPOP {s}s 0",
            "BLPOP {s}new 0",
            "BLPOP {s}new {s}other 0",
            "SSUBSCRIBE {s}a",
            "RPUSH {s}s x",
            "RPUSH {s}new x",
        ][..],
    );
    let listener = prop::sample::select(&[0, 6][..]);
    let parts = (
        0_usize..3,
        proptest::option::weighted(0.7, (listener, here)),
        proptest::option::weighted(0.7, there),
        vec(migration(), 0..3),
        vec(step(), 0..2),
        any::<bool>(),
    );
    parts.prop_map(|(to, here, there, mut migrations, between, ends)| {
        let send = |client, words: &str| Step::Command {
            client,
            words: text_words(words),
        };
        let stage = |stage| Step::Slot {
            key: "s".into(),
            to,
            stage,
        };
        // Somebody waits for these.
        let awaited = [(here.is_some(), "{s}t"), (there.is_some(), "{s}s")];
        for (_, key) in awaited.into_iter().filter(|(is_awaited, _)| *is_awaited) {
            migrations.push(send(EXPIRER, &format!("MIGRATE 127.0.0.1 <port1> {key} 0 1000")));
        }
        for migration in &mut migrations {
            send_to(to, migration);
        }
        let mut steps = vec![
            send(EXPIRER, "RPUSH {s}s a b"),
            send(EXPIRER, "XGROUP CREATE {s}t g $ MKSTREAM"),
        ];
        steps.extend(here.map(|(client, words)| send(client, words)));
        steps.push(stage(Stage::Open));
        if let Some(words) = there {
            let client = [6, 1, 2][to];
            steps.extend([send(client, "ASKING"), send(client, words)]);
        }
        if to != 0 {
            steps.extend(migrations);
        }
        steps.extend(between);
        steps.extend([send(QUIET[0], "SPUBLISH {s}a x"), send(QUIET[to], "SPUBLISH {s}a y")]);
        steps.push(stage(if ends { Stage::Give } else { Stage::Close }));
        steps
    })
}

/// Makes it a migration by a client of node 1.
fn send_to(to: usize, migration: &mut Step) {
    if let Step::Command { client, words } = migration {
        *client = EXPIRER;
        words[2] = port(to);
    }
}
