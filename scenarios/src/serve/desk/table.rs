//! The commands that are the desk's, not the broker's: name, arity and who runs them.
//!
//! An arity counts the command's name; a negative one is a minimum. Source: <https://redis.io/docs/latest/commands/>.

use redelivery_engine::command::Known;
use redelivery_engine::errors::{quoting, wrong_arity};
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::{
    Desk, administering, client_command, clients, command, config, debugging, hello, info, monitoring, pausing,
};

/// Answers an argument vector of a client.
pub(super) type Run = fn(&mut Desk, ClientId, &[Bytes], Millis) -> Reply;

/// The same, or lets the client wait.
pub(super) type RunOrWait = fn(&mut Desk, ClientId, &[Bytes], Millis) -> Option<Reply>;

/// One command, or one subcommand.
#[derive(Debug)]
pub(super) struct Own {
    /// In lower case; a subcommand's is `container|subcommand`, as errors show it.
    pub(super) name: &'static str,
    arity: i32,
    /// At once, as in a transaction.
    pub(super) run: Run,
    /// Outside one, where that is not the same.
    pub(super) waits: Option<RunOrWait>,
    pub(super) subcommands: &'static [Own],
}

impl Own {
    fn accepts(&self, argc: usize) -> bool {
        let wanted = self.arity.unsigned_abs() as usize;
        if self.arity < 0 { argc >= wanted } else { argc == wanted }
    }

    fn known(&self) -> Known {
        Known {
            name: self.name,
            arity: self.arity,
            subcommands: self.subcommands.iter().map(Self::known).collect(),
        }
    }

    fn word(&self) -> &'static str {
        self.name.split_once('|').map_or(self.name, |(_, word)| word)
    }

    /// The command itself, or the subcommand that these arguments name; or what is wrong with them.
    pub(super) fn chosen(&'static self, argv: &[Bytes]) -> Result<&'static Self, Reply> {
        if !self.accepts(argv.len()) {
            return Err(wrong_arity(self.name));
        }
        let Some(word) = argv.get(1).filter(|_| !self.subcommands.is_empty()) else {
            return Ok(self);
        };
        let is_it = |own: &&Self| word.eq_ignore_ascii_case(own.word().as_bytes());
        let Some(subcommand) = self.subcommands.iter().find(is_it) else {
            let end = format!("'. Try {} HELP.", self.name.to_ascii_uppercase());
            return Err(quoting(&[b"ERR unknown subcommand '", word, end.as_bytes()]));
        };
        match subcommand.accepts(argv.len()) {
            true => Ok(subcommand),
            false => Err(wrong_arity(subcommand.name)),
        }
    }
}

/// Commands that need no password.
pub(super) fn is_for_strangers(name: &[u8]) -> bool {
    ["auth", "hello", "quit", "reset"]
        .iter()
        .any(|open| name.eq_ignore_ascii_case(open.as_bytes()))
}

pub(super) fn find(name: &[u8]) -> Option<&'static Own> {
    COMMANDS
        .iter()
        .find(|own| name.eq_ignore_ascii_case(own.name.as_bytes()))
}

/// The commands, as COMMAND tells of them.
pub(super) fn known() -> impl Iterator<Item = Known> {
    COMMANDS.iter().map(Own::known)
}

const fn own(name: &'static str, arity: i32, run: Run) -> Own {
    Own {
        name,
        arity,
        run,
        waits: None,
        subcommands: &[],
    }
}

const fn waiting(name: &'static str, arity: i32, run: Run, waits: RunOrWait) -> Own {
    Own {
        waits: Some(waits),
        ..own(name, arity, run)
    }
}

const fn container(name: &'static str, subcommands: &'static [Own]) -> Own {
    // Never run: one of the subcommands is.
    Own {
        name,
        subcommands,
        ..own(name, -2, hello::echo)
    }
}

const COMMANDS: &[Own] = &[
    own("hello", -1, hello::hello),
    own("auth", -2, hello::auth),
    own("echo", 2, hello::echo),
    own("time", 1, hello::time),
    own("monitor", 1, monitoring::monitor),
    own("info", -1, info::info),
    own("role", 1, administering::role),
    own("lastsave", 1, administering::last_save),
    waiting("waitaof", 4, administering::wait_aof_at_once, administering::wait_aof),
    waiting("debug", -2, debugging::debug_at_once, debugging::debug),
    container(
        "function",
        &[
            own("function|flush", -2, administering::flush_functions),
            own("function|list", -2, administering::functions),
        ],
    ),
    container(
        "script",
        &[
            own("script|flush", -2, administering::flush_scripts),
            own("script|exists", -3, administering::scripts_exist),
        ],
    ),
    Own {
        subcommands: &[
            own("command|count", 2, command::count),
            own("command|docs", -2, command::docs),
            own("command|getkeys", -3, command::get_keys),
            own("command|help", 2, command::help),
            own("command|info", -2, command::info),
            own("command|list", -2, command::list),
        ],
        ..own("command", -1, command::command)
    },
    container(
        "config",
        &[
            own("config|get", -3, config::get),
            own("config|set", -4, config::set),
            own("config|resetstat", 2, config::reset_statistics),
            own("config|rewrite", 2, config::rewrite),
            own("config|help", 2, config::help),
        ],
    ),
    container(
        "client",
        &[
            own("client|id", 2, client_command::id),
            own("client|getname", 2, client_command::get_name),
            own("client|setname", 3, client_command::set_name),
            own("client|setinfo", 4, client_command::set_info),
            own("client|reply", 3, client_command::reply),
            own("client|list", -2, clients::list),
            own("client|info", 2, clients::info),
            own("client|kill", -3, clients::kill),
            own("client|unblock", -3, pausing::unblock),
            own("client|pause", -3, pausing::pause),
            own("client|unpause", 2, pausing::unpause),
            own("client|no-evict", 3, client_command::no_evict),
            own("client|no-touch", 3, client_command::no_touch),
            own("client|tracking", -3, client_command::tracking),
            own("client|getredir", 2, client_command::get_redirection),
            own("client|help", 2, client_command::help),
        ],
    ),
];
