//! CONFIG: what can be asked and set. Source: <https://redis.io/docs/latest/commands/config-set/>.
//!
//! All settings of a server are there, with its defaults. Those that have an effect here are in `effects.rs`; the others are
//! kept and told. Read next: `setting.rs`, what a value may be; `known.rs`, all of them.

mod chosen;
mod effects;
mod known;
mod setting;

use std::collections::BTreeMap;

use redelivery_engine::errors::{fixed, quoting, wrong_arity};
use redelivery_engine::{Bytes, ClientId, Millis, Reply, glob};

use super::{Desk, Options};
pub use chosen::Chosen;
pub use effects::{Limit, Limits};
use setting::Setting;

const NO_FILE: Reply = fixed("ERR The server is running without a config file");

/// The values of all settings, by name.
#[derive(Debug)]
pub(super) struct Settings {
    values: BTreeMap<&'static str, Bytes>,
    limits: Limits,
    timeout_ms: Millis,
}

impl Settings {
    pub(super) fn new(options: &Options) -> Self {
        let mut values: BTreeMap<&'static str, Bytes> = known::SETTINGS
            .iter()
            .map(|setting| (setting.name, Bytes::from(setting.default)))
            .collect();
        let address = options.addresses.first();
        let text = |text: Option<String>| Bytes::from(text.unwrap_or_default());
        values.insert("port", text(address.map(|address| address.port().to_string())));
        values.insert("bind", text(address.map(|address| address.ip().to_string())));
        values.insert("maxclients", text(Some(options.clients_max.to_string())));
        values.insert("requirepass", options.password.clone().unwrap_or(Bytes::from("")));
        values.insert("cluster-enabled", if options.is_cluster { "yes" } else { "no" }.into());
        for Chosen { name, value } in &options.settings {
            values.insert(name, value.clone());
        }
        Self {
            values,
            limits: Limits::default(),
            timeout_ms: 0,
        }
    }

    /// What one connection may keep waiting.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// A value that is text.
    pub(super) fn text(&self, name: &str) -> &str {
        str::from_utf8(self.get(name)).unwrap_or_default()
    }

    fn get(&self, name: &str) -> &[u8] {
        self.values.get(name).map_or(&[], |value| value)
    }
}

/// `CONFIG GET pattern …`: a setting that several patterns match is told once.
pub(super) fn get(desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let is_asked_for = |name: &str| {
        let mut patterns = argv[2..].iter();
        patterns.any(|pattern| glob::matches(&pattern.to_ascii_lowercase(), name.as_bytes()))
    };
    let asked = known::SETTINGS.iter().filter(|setting| is_asked_for(setting.name));
    let pair = |setting: &Setting| {
        let value = desk.settings.values.get(setting.name).map(|value| setting.told(value));
        (Reply::Bulk(setting.name.into()), value.map_or(Reply::Null, Reply::Bulk))
    };
    Reply::Map(asked.map(pair).collect())
}

/// `CONFIG SET name value …`: all of them, or none.
pub(super) fn set(desk: &mut Desk, _client: ClientId, argv: &[Bytes], _now: Millis) -> Reply {
    let (pairs, []) = argv[2..].as_chunks::<2>() else {
        return wrong_arity("config|set");
    };
    let mut wanted: BTreeMap<&'static str, Bytes> = BTreeMap::new();
    for [name, value] in pairs {
        let Some(setting) = known::find(name) else {
            return quoting(&[
                b"ERR Unknown option or number of arguments for CONFIG SET - '",
                name,
                b"'",
            ]);
        };
        match setting.value(value, desk.settings.get(setting.name)) {
            Err(why) => return failed(setting, &why),
            Ok(_) if wanted.contains_key(setting.name) => return failed(setting, "duplicate parameter"),
            Ok(value) => wanted.insert(setting.name, value),
        };
    }
    desk.settings.values.extend(wanted);
    desk.take_effect();
    Reply::OK
}

fn failed(setting: &Setting, why: &str) -> Reply {
    let name = setting.name;
    Reply::Error(format!("ERR CONFIG SET failed (possibly related to argument '{name}') - {why}").into())
}

/// `CONFIG REWRITE`: nothing is kept in a file.
pub(super) fn rewrite(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    NO_FILE
}

/// `CONFIG RESETSTAT`: what is counted of each connection stays, as with a server.
pub(super) fn reset_statistics(desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    desk.statistics.reset();
    Reply::OK
}

/// `CONFIG HELP`.
pub(super) fn help(_desk: &mut Desk, _client: ClientId, _argv: &[Bytes], _now: Millis) -> Reply {
    Reply::Array(HELP.iter().map(|line| Reply::Status((*line).into())).collect())
}

const HELP: &[&str] = &[
    "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "GET <pattern> [<pattern> ...]",
    "    Settings whose names match, and their values.",
    "HELP",
    "    This text.",
    "RESETSTAT",
    "    Count from nothing again.",
    "REWRITE",
    "    An error: there is no file.",
    "SET <name> <value> [<name> <value> ...]",
    "    Change settings, all or none.",
];
