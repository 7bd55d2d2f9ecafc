//! Keyspace notifications: what is told about keys, to whom it may concern, on channels of their own.
//!
//! It never decides what happened: commands say so, through `Access::notify`. Nor who listens: that is `pubsub`'s.
//! Source: <https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/>. Read next: `broker/notifying.rs`.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::{Bytes, Database};

/// Which events are told, and on which channels: the setting `notify-keyspace-events`. None by default.
///
/// ```
/// use redelivery_engine::Notifications;
/// let lists_by_event: Notifications = "El".parse()?;
/// assert_ne!(lists_by_event, Notifications::default());
/// # Ok::<(), redelivery_engine::UnknownClass>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Notifications(u16);

/// A kind of event, by its place in the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Class {
    /// DEL, RENAME, EXPIRE: commands for any type.
    Generic = 1 << 0,
    String = 1 << 1,
    List = 1 << 2,
    Set = 1 << 3,
    Stream = 1 << 4,
    /// The time of a key is over.
    Expired = 1 << 5,
    /// There is a key that there was not.
    New = 1 << 6,
    /// A command that only reads found no key.
    Miss = 1 << 7,
    /// A value was replaced as a whole.
    Overwritten = 1 << 8,
    /// A value was replaced by one of another type.
    TypeChanged = 1 << 9,
}

/// `__keyspace@<database>__:<key>`, whose messages are events.
const BY_KEY: u16 = 1 << 10;
/// `__keyevent@<database>__:<event>`, whose messages are keys.
const BY_EVENT: u16 = 1 << 11;
/// `A` stands for these, and for the types and events that this broker does not have.
const ALL: u16 = Class::Generic as u16
    | Class::String as u16
    | Class::List as u16
    | Class::Set as u16
    | Class::Stream as u16
    | Class::Expired as u16;

/// A letter of the setting that stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownClass;

/// As CONFIG SET words it.
impl fmt::Display for UnknownClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
    }
}

impl core::error::Error for UnknownClass {}

impl FromStr for Notifications {
    type Err = UnknownClass;

    /// Reads the letters of the setting, in any order.
    fn from_str(letters: &str) -> Result<Self, UnknownClass> {
        letters.chars().try_fold(Self::default(), |Self(before), letter| {
            let meant = match letter {
                'K' => BY_KEY,
                'E' => BY_EVENT,
                'A' => ALL,
                'g' => Class::Generic as u16,
                '$' => Class::String as u16,
                'l' => Class::List as u16,
                's' => Class::Set as u16,
                't' => Class::Stream as u16,
                'x' => Class::Expired as u16,
                'n' => Class::New as u16,
                'm' => Class::Miss as u16,
                'o' => Class::Overwritten as u16,
                'c' => Class::TypeChanged as u16,
                // Hashes, sorted sets, modules, eviction: nothing of it happens here.
                'h' | 'z' | 'd' | 'e' => 0,
                _ => return Err(UnknownClass),
            };
            Ok(Self(before | meant))
        })
    }
}

impl Notifications {
    /// Whether an event of this class is told at all.
    #[inline]
    pub(crate) fn tell(self, class: Class) -> bool {
        self.0 & class as u16 != 0
    }

    /// The messages that tell of an event: a channel and what is published there.
    pub(crate) fn messages(self, database: Database, event: &Event) -> impl Iterator<Item = (Bytes, Bytes)> {
        let name = Bytes::from(event.name);
        let channel = |prefix: String, rest: &Bytes| Bytes::from([prefix.as_bytes(), rest].concat());
        let database = database.index();
        let by_key = (self.0 & BY_KEY != 0).then(|| {
            let channel = channel(format!("__keyspace@{database}__:"), &event.key);
            (channel, name.clone())
        });
        let by_event = (self.0 & BY_EVENT != 0).then(|| {
            let channel = channel(format!("__keyevent@{database}__:"), &name);
            (channel, event.key.clone())
        });
        by_key.into_iter().chain(by_event)
    }
}

/// What happened to a key.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) key: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_read_as_a_server_reads_it() {
        let read = |letters: &str| letters.parse::<Notifications>();
        assert_eq!(read(""), Ok(Notifications::default()));
        assert_eq!(read("KEA"), read("tKxsEl$ghzde"));
        assert_ne!(read("KEA"), read("KEAm"));
        for unknown in ["q", "KE A", "a", "KEAé"] {
            assert_eq!(read(unknown), Err(UnknownClass), "{unknown}");
        }
    }
}
