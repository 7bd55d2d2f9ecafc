//! What the value of a setting may be, and how a server writes it.

use redelivery_engine::Bytes;

/// One setting.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    pub(super) kind: Kind,
}

/// What its value may be.
pub(super) enum Kind {
    /// Never set while the server runs.
    Immutable,
    /// Set by nobody but who starts the server: one of these, or any text if there are none.
    Protected(&'static [&'static str]),
    YesOrNo,
    Number {
        min: i64,
        max: i64,
    },
    /// Bytes, also as `1k`, `1kb` and so on.
    Memory {
        min: i64,
    },
    OneOf(&'static [&'static str]),
    Events,
    OutputLimits,
    /// `seconds changes` in turn.
    Save,
    Text,
}

pub(super) const INT_MAX: i64 = i32::MAX as i64;

impl Setting {
    /// The value as the server writes it; or what is wrong with it. Some values change only a part of what was `before`.
    pub(super) fn value(&self, given: &Bytes, before: &[u8]) -> Result<Bytes, String> {
        let text = String::from_utf8_lossy(given);
        match &self.kind {
            Kind::Immutable => Err("can't set immutable config".into()),
            Kind::Protected(_) => Err("can't set protected config".into()),
            Kind::YesOrNo => match &*text.to_ascii_lowercase() {
                yes_or_no @ ("yes" | "no") => Ok(yes_or_no.into()),
                _ => Err("argument must be 'yes' or 'no'".into()),
            },
            Kind::Number { min, max } => {
                let number: i64 = text
                    .parse()
                    .map_err(|_| "argument couldn't be parsed into an integer".to_owned())?;
                between(number, *min, *max)
            }
            Kind::Memory { min } => match memory(&text) {
                Some(bytes) => between(bytes, *min, i64::MAX),
                None => Err("argument must be a memory value".into()),
            },
            Kind::OneOf(words) => one_of(words, &text),
            Kind::Events => events(&text),
            Kind::OutputLimits => output_limits(&text, &String::from_utf8_lossy(before)),
            Kind::Save => save(&text),
            Kind::Text => Ok(given.clone()),
        }
    }
}

impl Setting {
    /// What CONFIG GET tells of a value.
    pub(super) fn told(&self, value: &Bytes) -> Bytes {
        match self.kind {
            Kind::Events => events_told(value),
            _ => value.clone(),
        }
    }

    /// The same for whoever starts the server.
    pub(super) fn value_at_start(&self, given: &Bytes, default: &[u8]) -> Result<Bytes, String> {
        match self.kind {
            Kind::Protected([]) => Ok(given.clone()),
            Kind::Protected(words) => one_of(words, &String::from_utf8_lossy(given)),
            _ => self.value(given, default),
        }
    }
}

fn one_of(words: &[&str], text: &str) -> Result<Bytes, String> {
    let chosen = words.iter().find(|word| word.eq_ignore_ascii_case(text));
    let all = || format!("argument(s) must be one of the following: {}", words.join(", "));
    chosen.map(|&word| word.into()).ok_or_else(all)
}

fn between(number: i64, min: i64, max: i64) -> Result<Bytes, String> {
    if (min..=max).contains(&number) {
        Ok(number.to_string().into())
    } else {
        Err(format!("argument must be between {min} and {max} inclusive"))
    }
}

/// A number of bytes: `k` is a thousand of them, `kb` 1,024.
pub(super) fn memory(text: &str) -> Option<i64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let factor: i64 = match &*unit.to_ascii_lowercase() {
        "" | "b" => 1,
        "k" => 1_000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(factor)
}

/// The letters of `notify-keyspace-events` in the server's order: `A` for all types.
fn events(text: &str) -> Result<Bytes, String> {
    const TYPES: &str = "g$lshzxetd";
    if text.parse::<redelivery_engine::Notifications>().is_err() {
        return Err(redelivery_engine::UnknownClass.to_string());
    }
    let has = |letter: char| text.contains(letter) || TYPES.contains(letter) && text.contains('A');
    let types = if TYPES.chars().all(has) { "A" } else { TYPES };
    let letters = types.chars().chain("nocKEm".chars());
    Ok(letters
        .filter(|&letter| letter == 'A' || has(letter))
        .collect::<String>()
        .into())
}

/// These letters as a server tells them: beside `A` it leaves some out.
fn events_told(letters: &[u8]) -> Bytes {
    let has_all = letters.contains(&b'A');
    let is_told = |letter: &&u8| !(has_all && b"noc".contains(letter));
    letters.iter().filter(is_told).copied().collect::<Vec<u8>>().into()
}

/// The classes of `client-output-buffer-limit`, in the server's order.
pub(super) const CLASSES: [&str; 3] = ["normal", "slave", "pubsub"];

/// The limits of some classes; the others stay as they were.
fn output_limits(text: &str, before: &str) -> Result<Bytes, String> {
    let words: Vec<&str> = text.split(' ').collect();
    let (given, []) = words.as_chunks::<4>() else {
        return Err("Wrong number of arguments in buffer limit configuration.".into());
    };
    let known: Vec<&str> = before.split(' ').collect();
    let mut limits: Vec<String> = known
        .as_chunks::<4>()
        .0
        .iter()
        .map(|[_, limits @ ..]| limits.join(" "))
        .collect();
    for [class, hard, soft, seconds] in given {
        let class = match *class {
            "replica" => "slave",
            class => class,
        };
        let Some(place) = CLASSES.iter().position(|known| known.eq_ignore_ascii_case(class)) else {
            return Err("Invalid client class specified in buffer limit configuration.".into());
        };
        let numbers = (memory(hard), memory(soft), seconds.parse::<u32>());
        let (Some(hard), Some(soft), Ok(seconds)) = numbers else {
            return Err("Error in hard, soft or soft_seconds setting in buffer limit configuration.".into());
        };
        limits[place] = format!("{hard} {soft} {seconds}");
    }
    let classes = CLASSES
        .iter()
        .zip(limits)
        .map(|(class, limits)| format!("{class} {limits}"));
    Ok(classes.collect::<Vec<_>>().join(" ").into())
}

fn save(text: &str) -> Result<Bytes, String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let is_right = words.len().is_multiple_of(2) && words.iter().all(|word| word.parse::<u32>().is_ok());
    match is_right {
        true => Ok(words.join(" ").into()),
        false => Err("Invalid save parameters".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{events, events_told, output_limits};

    /// What redis-server 8.2.3 tells after CONFIG SET.
    #[test]
    fn events_are_written_in_the_servers_order() {
        for (given, written) in [
            ("KEA", "AKE"),
            ("Kxg", "gxK"),
            ("mEn$lt", "$ltnEm"),
            ("Ktdezhsl$gx", "AK"),
            ("oc", "oc"),
            ("KEAmn", "AKEm"),
            ("tndmEzg", "gztdnEm"),
            ("", ""),
        ] {
            assert_eq!(&*events_told(&events(given).unwrap()), written.as_bytes(), "{given}");
        }
        assert!(events("Q").is_err());
    }

    #[test]
    fn limits_of_one_class_leave_the_others() {
        let before = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";
        let after = output_limits("replica 5 6 7", before).unwrap();
        assert_eq!(&*after, b"normal 0 0 0 slave 5 6 7 pubsub 33554432 8388608 60");
        for wrong in ["foo", "foo 1 2 3", "normal x 1 1", "pubsub 1 2 -1"] {
            assert!(output_limits(wrong, before).is_err(), "{wrong}");
        }
    }
}
