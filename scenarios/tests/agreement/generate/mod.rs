//! Random scripts: few keys, groups, consumers and IDs, so that everything collides.
//!
//! `words` is the vocabulary, `streams`, `groups`, `lists`, `keys`, `messaging`, `databases`, `notifications` and `cluster`
//! the commands, `transaction` puts them between MULTI and EXEC; `mangle` spoils some of them, for the errors.

mod cluster;
mod databases;
mod groups;
mod keys;
mod lists;
mod mangle;
mod messaging;
mod notifications;
mod restarts;
mod streams;
mod transaction;
mod words;

use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::Bytes;

use crate::golden::{REFERENCE, parse_step};
use crate::step::{EXPIRER, Step, Word};
use transaction::{Before, Between, transaction};

/// The most parts of a script beyond its beginning.
const PARTS_MAX: usize = 40;

/// Where most interesting scripts begin.
const BEGINNING: &str = "\
A> XGROUP CREATE s g 0 MKSTREAM
A> XGROUP CREATE s h 0
A> XGROUP CREATE t g 0 MKSTREAM
A> SET k 9223372036854775806
A> SADD m x y
A> XADD s 1-0 f v
A> XADD s 1-1 f v
A> XADD s 2-0 f v
A> XADD s 3-0 f v
A> XREADGROUP GROUP g a COUNT 2 STREAMS s >
B> XREADGROUP GROUP g b COUNT 1 STREAMS s >";

/// What 7.0.15 and older servers do not know: a script would end there.
const SINCE_7_2: &[&str] = &[
    "XDELEX",
    "XACKDEL",
    "KEEPREF",
    "DELREF",
    "ACKED",
    "FULL",
    "HELP",
    "MYSHARDID",
];
/// What 6.2.14 and older servers do not know beside, or tell less of.
const SINCE_7_0: &[&str] = &[
    "LMPOP",
    "BLMPOP",
    "SSUBSCRIBE",
    "SUNSUBSCRIBE",
    "SPUBLISH",
    "SHARDCHANNELS",
    "SHARDNUMSUB",
    "SHARDS",
    "SLOTS",
    "INFO",
    "LINKS",
    "ADDSLOTSRANGE",
    "EXPIRETIME",
    "PEXPIRETIME",
    "ENTRIESREAD",
    "ENTRIESADDED",
    "MAXDELETEDID",
];

/// What scripts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Streams and their groups.
    Streams,
    /// Lists, and those who wait for an element.
    Lists,
    /// Subscribers and messages, and the commands on keys, strings and sets.
    Messaging,
    /// Keys and clients in several databases.
    Databases,
    /// What is told about keys.
    Notifications,
    /// Any of these but notifications, with a server that is killed and starts again.
    Restarts,
    /// The same, with a replica that takes the place of the server.
    Replicas,
    /// Keys of several slots at several nodes.
    Cluster,
}

impl Family {
    /// Those of one server.
    pub(crate) const ALL: [Self; 5] = [
        Self::Streams,
        Self::Lists,
        Self::Messaging,
        Self::Databases,
        Self::Notifications,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Streams => "streams",
            Self::Lists => "lists",
            Self::Messaging => "messaging",
            Self::Databases => "databases",
            Self::Notifications => "notifications",
            Self::Restarts => "restarts",
            Self::Replicas => "replicas",
            Self::Cluster => "cluster",
        }
    }
}

/// A script for a server of this version.
pub(crate) fn script(family: Family, version: &str) -> BoxedStrategy<Vec<Step>> {
    let script = match family {
        Family::Streams => stream_script().boxed(),
        Family::Lists => lists::script(),
        Family::Messaging => messaging::script(),
        Family::Databases => databases::script(),
        Family::Notifications => notifications::script(match version {
            REFERENCE => "KEAmnoc",
            "7.0.15" => "KEAmn",
            _ => "KEAm",
        }),
        Family::Restarts => restarts::restarting(),
        Family::Replicas => restarts::failing_over(),
        Family::Cluster => cluster::script(),
    };
    let is_known: fn(&Step) -> bool = match version {
        REFERENCE => |_| true,
        "7.0.15" => |step| !is_since_7_2(step),
        _ => |step| !is_since_7_2(step) && !is_since_7_0(step),
    };
    script
        .prop_map(move |steps| steps.into_iter().filter(is_known).collect())
        .boxed()
}

/// Parts after a beginning, of which each step is kept in most scripts.
fn of_parts(beginning: &str, part: impl Strategy<Value = Vec<Step>> + 'static) -> BoxedStrategy<Vec<Step>> {
    let kept = |step: Step| prop::bool::weighted(0.85).prop_map(move |kept| kept.then(|| step.clone()));
    let beginning: Vec<_> = beginning.lines().filter_map(parse_step).map(kept).collect();
    (beginning, vec(part, 1..=PARTS_MAX))
        .prop_map(|(beginning, parts)| beginning.into_iter().flatten().chain(parts.concat()).collect())
        .boxed()
}

fn stream_script() -> impl Strategy<Value = Vec<Step>> {
    let nodes = proptest::option::weighted(0.6, streams::nodes());
    let part = prop_oneof![
        30 => step().prop_map(|step| vec![step]),
        1 => transactions(),
        4 => interrupted_wait(),
        5 => revival(),
    ];
    (nodes, of_parts(BEGINNING, part)).prop_map(|(nodes, script)| nodes.into_iter().chain(script).collect())
}

fn is_since_7_2(step: &Step) -> bool {
    words(step).any(|word| is_one_of(word, SINCE_7_2))
}

/// Also generated halves of IDs, and conditions of EXPIRE.
fn is_since_7_0(step: &Step) -> bool {
    let is_condition = |word| is_one_of(word, &["NX", "XX", "GT", "LT"]);
    let may_have_conditions = words(step).next().is_some_and(|name| !is_one_of(name, &["SET"]));
    words(step)
        .any(|word| is_one_of(word, SINCE_7_0) || word.ends_with(b"-*") || may_have_conditions && is_condition(word))
}

fn words(step: &Step) -> impl Iterator<Item = &Bytes> {
    let words = match step {
        Step::Command { words, .. } => words.as_slice(),
        _ => &[],
    };
    words.iter().filter_map(|word| match word {
        Word::Text(text) => Some(text),
        Word::Auto(_) => None,
    })
}

fn is_one_of(word: &Bytes, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// Any command, some of them spoilt.
fn command() -> Words {
    let command = prop_oneof![11 => groups::command(), 9 => streams::command(), 6 => keys::command()].boxed();
    prop_oneof![14 => command.clone(), 1 => mangle::mangled(command)].boxed()
}

fn step() -> impl Strategy<Value = Step> {
    let waiting = prop_oneof![2 => groups::waiting(), 1 => streams::waiting()];
    let sent = |(client, words)| Step::Command { client, words };
    prop_oneof![
        50 => (client(), command()).prop_map(sent),
        9 => (1..EXPIRER, waiting).prop_map(sent),
        9 => (Just(EXPIRER), streams::growth()).prop_map(sent),
        3 => (client(), keys::ending()).prop_map(sent),
        1 => words::key_text().prop_map(|key| Step::Expire { key }),
        2 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
    ]
}

/// A transaction that gets to its end, with others in between.
fn transactions() -> impl Strategy<Value = Vec<Step>> {
    let end = one_of(&["EXEC", "EXEC", "EXEC", "EXEC", "EXEC", "DISCARD"]);
    let between = prop_oneof![
        5 => command().prop_map(Between::Own),
        2 => keys::ending().prop_map(Between::Own),
        1 => step().prop_map(Between::Others),
    ];
    transaction(client(), Before::watching(0.3, step()), vec(between, 0..5), end)
}

/// A group, an entry for it and a pending one: much of what comes before takes them away.
fn revival() -> impl Strategy<Value = Vec<Step>> {
    let stream = prop::sample::select(&["s", "s", "s", "t"][..]);
    let group = prop::sample::select(&["g", "g", "h"][..]);
    let ms = prop::sample::select(&["3-*", "4-*", "5-*", "*"][..]);
    (stream, group, ms).prop_map(|(stream, group, ms)| {
        let lines = [
            format!("XGROUP CREATE {stream} {group} 0 MKSTREAM"),
            format!("XADD {stream} {ms} f v"),
            format!("XREADGROUP GROUP {group} a COUNT 2 STREAMS {stream} >"),
        ];
        let words = |line: &String| line.split(' ').map(Word::from).collect();
        let sent = |line| Step::Command {
            client: EXPIRER,
            words: words(line),
        };
        lines.iter().map(sent).collect()
    })
}

/// One or two clients wait; then the key, the group or an entry comes and goes, be it in one transaction or not.
fn interrupted_wait() -> impl Strategy<Value = Vec<Step>> {
    let waiting = || prop_oneof![3 => groups::waiting(), 1 => streams::waiting()];
    let happens = prop_oneof![3 => keys::ending(), 2 => streams::growth(), 1 => groups::command()];
    let sent = |client, words| Step::Command { client, words };
    let parts = (
        waiting(),
        proptest::option::of(waiting()),
        any::<bool>(),
        vec(happens, 1..4),
        prop::bool::weighted(0.2),
        streams::growth(),
    );
    parts.prop_map(move |(first, second, at_once, happens, expires, growth)| {
        let group = |words: &str| sent(EXPIRER, words.split(' ').map(Word::from).collect());
        let mut steps = vec![group("XGROUP CREATE s g $ MKSTREAM"), sent(1, first)];
        steps.extend(second.map(|second| sent(2, second)));
        steps.extend(at_once.then(|| sent(0, vec!["MULTI".into()])));
        steps.extend(happens.into_iter().map(|words| sent(0, words)));
        steps.extend(at_once.then(|| sent(0, vec!["EXEC".into()])));
        steps.extend(expires.then(|| Step::Expire { key: "s".into() }));
        steps.push(sent(EXPIRER, growth));
        steps
    })
}

/// Mostly one client, so that transactions get anywhere.
fn client() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0), 2 => 1..EXPIRER]
}

/// Arguments of one command.
type Words = BoxedStrategy<Vec<Word>>;

/// One part after the other.
fn join(parts: Vec<Words>) -> Words {
    parts.prop_map(|parts| parts.concat()).boxed()
}

/// A part, in one of so many cases.
fn sometimes(one_in: u32, part: Words) -> Words {
    match one_in - 1 {
        0 => part,
        others => prop_oneof![others => Just(Vec::new()), 1 => part].boxed(),
    }
}

/// Options, each in one of so many cases: in any order, and rarely one of them twice.
fn options(options: Vec<(u32, Words)>) -> Words {
    let each: Vec<Words> = options
        .into_iter()
        .map(|(one_in, option)| sometimes(one_in, option))
        .collect();
    let again = proptest::option::weighted(0.03, any::<prop::sample::Index>());
    (each.prop_shuffle(), again)
        .prop_map(|(mut options, again)| {
            let again = again.map(|index| index.get(&options).clone());
            options.extend(again);
            options.concat()
        })
        .boxed()
}

/// A word as it is; several when there are spaces.
fn text(words: &str) -> Words {
    Just(words.split_whitespace().map(Word::from).collect::<Vec<_>>()).boxed()
}

/// Some of these words.
fn some(part: Words, count: std::ops::RangeInclusive<usize>) -> Words {
    vec(part, count).prop_map(|parts| parts.concat()).boxed()
}

/// One of these texts, which may have several words.
fn one_of(texts: &'static [&'static str]) -> Words {
    prop::sample::select(texts)
        .prop_map(|text| text.split_whitespace().map(Word::from).collect())
        .boxed()
}

/// `line!["GET", words::key()]`
macro_rules! line {
    ($($part:expr),+ $(,)?) => {
        $crate::generate::join(vec![$($crate::generate::Part::from($part).0),+])
    };
}
use line;

/// What `line!` takes: a strategy or a text.
struct Part(Words);

impl From<&str> for Part {
    fn from(words: &str) -> Self {
        Self(text(words))
    }
}

impl From<Words> for Part {
    fn from(words: Words) -> Self {
        Self(words)
    }
}
