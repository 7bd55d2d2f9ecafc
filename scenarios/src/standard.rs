//! The standard protocol in any size: the text of a scenario file, of which `bench/standard-M-C-K-D.toml` are some.
//!
//! There is one template for all of them, `bench/standard.template`. What the protocol is, and how many states it has when
//! it is written by hand, is in `model/peers`.

use std::fmt;
use std::str::FromStr;

const TEMPLATE: &str = include_str!("../bench/standard.template");

const CRASH_LINE: &str = "crash = { times = <K>, clients = [\"worker\"], while-sending = false }\n";

/// A size, written `M-C-K-D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    /// M: messages, all added beforehand.
    pub messages: u32,
    /// C: consumers of the group.
    pub consumers: u32,
    /// K: crashes at most.
    pub crashes: u32,
    /// D: deliveries before the dead-letter stream.
    pub deliveries: u32,
}

impl Size {
    /// The scenario file.
    pub fn scenario(self) -> String {
        let mut text = TEMPLATE.to_owned();
        if self.crashes == 0 {
            // Neither a budget of nothing nor an occurrence that cannot be is right in a file.
            text = text.replace(CRASH_LINE, "").replace("\"crash\", ", "");
        }
        let named = |amount: u32, one: &str, more: &str| format!("{amount} {}", if amount == 1 { one } else { more });
        let values = [
            ("<messages>", named(self.messages, "message", "messages")),
            ("<workers>", named(self.consumers, "worker", "workers")),
            ("<crashes>", named(self.crashes, "crash", "crashes")),
            ("<deliveries>", named(self.deliveries, "delivery", "deliveries")),
            ("<M>", self.messages.to_string()),
            ("<C>", self.consumers.to_string()),
            ("<K>", self.crashes.to_string()),
            ("<D>", self.deliveries.to_string()),
        ];
        values
            .iter()
            .fold(text, |text, (name, value)| text.replace(name, value))
    }

    /// What its file is called: `standard-4-3-2-2.toml`.
    pub fn file_name(self) -> String {
        format!("standard-{self}.toml")
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            messages,
            consumers,
            crashes,
            deliveries,
        } = self;
        write!(f, "{messages}-{consumers}-{crashes}-{deliveries}")
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<u32>> = text.split('-').map(|number| number.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[messages, consumers, crashes, deliveries]) if messages.min(consumers).min(deliveries) > 0 => {
                Ok(Self {
                    messages,
                    consumers,
                    crashes,
                    deliveries,
                })
            }
            _ => Err("expected M-C-K-D, such as 4-3-2-2, where only K may be 0".into()),
        }
    }
}
