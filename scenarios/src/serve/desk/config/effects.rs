//! Settings that have an effect here: how streams are packed, what is notified, who may come in, what may wait.

use redelivery_engine::{Bytes, Millis, NodeLimits};

use super::Settings;
use super::setting::CLASSES;
use crate::serve::desk::Desk;

/// What one connection may keep waiting, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of replies: `client-output-buffer-limit normal`.
    pub replies: Limit,
    /// Of those who hear messages: `client-output-buffer-limit pubsub`.
    pub messages: Limit,
    /// Of requests that are not served yet: `client-query-buffer-limit`.
    pub requests: usize,
    /// Of one bulk string: `proto-max-bulk-len`.
    pub bulk: usize,
}

/// How much may wait to be sent; 0 is any amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// So much at no time, …
    pub hard: usize,
    /// … and so much …
    pub soft: usize,
    /// … not for longer than this.
    pub soft_ms: Millis,
}

impl Default for Limits {
    fn default() -> Self {
        let none = Limit {
            hard: 0,
            soft: 0,
            soft_ms: 0,
        };
        Self {
            replies: none,
            messages: Limit {
                hard: 32 << 20,
                soft: 8 << 20,
                soft_ms: 60_000,
            },
            requests: 1 << 30,
            bulk: 512 << 20,
        }
    }
}

impl Settings {
    fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_default()
    }

    fn capped(&self, name: &str) -> u32 {
        u32::try_from(self.number(name)).unwrap_or(u32::MAX)
    }

    pub(in crate::serve::desk) fn bytes(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    /// How long a connection may be idle; 0 is for ever.
    pub(in crate::serve::desk) fn timeout_ms(&self) -> Millis {
        self.timeout_ms
    }

    fn output_limit(&self, class: &str) -> Limit {
        let text = String::from_utf8_lossy(self.get("client-output-buffer-limit"));
        let words: Vec<&str> = text.split(' ').collect();
        let place = CLASSES.iter().position(|known| *known == class).unwrap_or_default();
        let number = |nth: usize| {
            words
                .get(place * 4 + nth)
                .and_then(|word| word.parse().ok())
                .unwrap_or(0)
        };
        Limit {
            hard: number(1),
            soft: number(2),
            soft_ms: number(3) as Millis * 1000,
        }
    }
}

impl Desk {
    /// Makes all settings come true.
    pub(in crate::serve::desk) fn take_effect(&mut self) {
        let settings = &mut self.settings;
        settings.limits = Limits {
            replies: settings.output_limit("normal"),
            messages: settings.output_limit("pubsub"),
            requests: settings.bytes("client-query-buffer-limit"),
            bulk: settings.bytes("proto-max-bulk-len"),
        };
        settings.timeout_ms = settings.number("timeout") * 1000;
        self.options.clients_max = settings.bytes("maxclients");
        let password = Bytes::from(settings.get("requirepass"));
        self.options.password = Some(password).filter(|password| !password.is_empty());
        let packing = NodeLimits {
            entries: settings.capped("stream-node-max-entries"),
            bytes: settings.capped("stream-node-max-bytes"),
        };
        let events = String::from_utf8_lossy(settings.get("notify-keyspace-events"));
        let notifications = events.parse().unwrap_or_default();
        self.nodes.each(|broker| {
            broker.set_node_limits(packing);
            broker.set_notifications(notifications);
        });
    }
}
