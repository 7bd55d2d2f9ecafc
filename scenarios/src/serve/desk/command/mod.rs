//! COMMAND: which commands there are, made from the tables by which they are read. Source:
//! <https://redis.io/docs/latest/commands/command/>.
//!
//! Tips and key specifications are left empty, and so is all prose of DOCS. Read next: `facts.rs`.

mod facts;

use redelivery_engine::cluster::named_keys;
use redelivery_engine::command::{Known, known};
use redelivery_engine::errors::{SYNTAX, fixed};
use redelivery_engine::{Bytes, ClientId, Command, Millis, Reply, glob};

use super::{Desk, table};

const NO_COMMAND: Reply = fixed("ERR Invalid command specified");
const NO_KEYS: Reply = fixed("ERR The command has no key arguments");
const NO_ARGUMENTS: Reply = fixed("ERR Invalid number of arguments specified for command");

/// All commands, in the order of their names.
fn all() -> Vec<Known> {
    let mut all: Vec<Known> = known().chain(table::known()).collect();
    all.sort_unstable_by_key(|known| known.name);
    all
}

fn find(name: &[u8]) -> Option<Known> {
    let mut all = all().into_iter();
    all.find_map(|known| {
        let is = |it: &Known| name.eq_ignore_ascii_case(it.name.as_bytes());
        if is(&known) {
            Some(known)
        } else {
            known.subcommands.into_iter().find(is)
        }
    })
}

/// Whether a command may change what is kept.
pub(super) fn writes(name: &str) -> bool {
    facts::of(name).is_some_and(|(_, _, flags, _)| flags.split(' ').any(|flag| flag == "write"))
}

fn text(text: &str) -> Reply {
    Reply::Bulk(text.into())
}

fn words(words: &str, prefix: &str) -> Reply {
    let words = words.split_ascii_whitespace();
    Reply::Set(
        words
            .map(|word| Reply::Status(format!("{prefix}{word}").into()))
            .collect(),
    )
}

fn number(number: usize) -> Reply {
    Reply::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// One command, with its subcommands.
fn described(known: &Known) -> Reply {
    let (_, keys, flags, categories) = facts::of(known.name).copied().unwrap_or((known.name, [0; 3], "", ""));
    let [first, last, step] = keys.map(Reply::Integer);
    Reply::Array(vec![
        text(known.name),
        Reply::Integer(known.arity.into()),
        words(flags, ""),
        first,
        last,
        step,
        words(categories, "@"),
        Reply::Array(Vec::new()),
        Reply::Array(Vec::new()),
        Reply::Array(known.subcommands.iter().map(described).collect()),
    ])
}

/// `COMMAND`.
pub(super) fn command(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(all().iter().map(described).collect())
}

/// `COMMAND COUNT`.
pub(super) fn count(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    number(all().len())
}

/// `COMMAND INFO [name …]`.
pub(super) fn info(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    if argv.len() == 2 {
        return Reply::Array(all().iter().map(described).collect());
    }
    let asked = argv[2..].iter().map(|name| find(name));
    Reply::Array(
        asked
            .map(|known| known.map_or(Reply::Null, |known| described(&known)))
            .collect(),
    )
}

/// `COMMAND DOCS [name …]`: what can be told without prose.
pub(super) fn docs(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let asked: Vec<Known> = match &argv[2..] {
        [] => all(),
        names => names.iter().filter_map(|name| find(name)).collect(),
    };
    Reply::Map(asked.iter().map(documented).collect())
}

fn documented(known: &Known) -> (Reply, Reply) {
    let mut fields = Vec::new();
    if !known.subcommands.is_empty() {
        let subcommands = known.subcommands.iter().map(documented).collect();
        fields.push((text("subcommands"), Reply::Map(subcommands)));
    }
    (text(known.name), Reply::Map(fields))
}

/// `COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern]`.
pub(super) fn list(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let is_listed: Box<dyn Fn(&Known) -> bool> = match &argv[2..] {
        [] => Box::new(|_| true),
        [filter, kind, value] if filter.eq_ignore_ascii_case(b"filterby") => {
            let value = value.clone();
            match &*kind.to_ascii_lowercase() {
                b"module" => Box::new(|_| false),
                b"aclcat" => Box::new(move |known| {
                    let categories = facts::of(known.name).map_or("", |(.., categories)| categories);
                    categories
                        .split(' ')
                        .any(|category| value.eq_ignore_ascii_case(category.as_bytes()))
                }),
                b"pattern" => Box::new(move |known| glob::matches(&value.to_ascii_lowercase(), known.name.as_bytes())),
                _ => return SYNTAX,
            }
        }
        _ => return SYNTAX,
    };
    let all = all();
    let listed = all
        .iter()
        .flat_map(|known| std::iter::once(known).chain(if argv.len() > 2 { &known.subcommands[..] } else { &[] }));
    Reply::Array(
        listed
            .filter(|known| is_listed(known))
            .map(|known| text(known.name))
            .collect(),
    )
}

/// `COMMAND GETKEYS command argument …`.
pub(super) fn get_keys(_desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let Some(known) = find(&argv[2]) else {
        return NO_COMMAND;
    };
    let (count, wanted) = (argv.len() - 2, known.arity.unsigned_abs() as usize);
    if known.arity > 0 && count != wanted || count < wanted {
        return NO_ARGUMENTS;
    }
    let keys = Command::parse(&argv[2..]).map_or_else(|_| Vec::new(), |command| named_keys(&command));
    if keys.is_empty() {
        return NO_KEYS;
    }
    Reply::Array(keys.into_iter().map(Reply::Bulk).collect())
}

/// `COMMAND HELP`.
pub(super) fn help(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(HELP.iter().map(|line| Reply::Status((*line).into())).collect())
}

const HELP: &[&str] = &[
    "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "(no subcommand)",
    "    All commands.",
    "COUNT",
    "    How many there are.",
    "DOCS [<command-name> [<command-name> ...]]",
    "    Their subcommands; no prose.",
    "GETKEYS <full-command>",
    "    The keys that a command names.",
    "HELP",
    "    This text.",
    "INFO [<command-name> [<command-name> ...]]",
    "    Some commands, or all.",
    "LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <value>]",
    "    Their names.",
];
