//! Durations: a whole number and a unit, `30s`; two of them with `..` between are a span, `10ms..2s`.

use std::borrow::Cow;

use redelivery_engine::Millis;
use redelivery_model::setup::Span;
use redelivery_model::world::START_MS;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

use super::super::located::Located;
use super::super::nearest;

/// The units, and how many milliseconds each has.
const UNITS: [(&str, Millis); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Longer than that is a slip, and sums of durations stay far from overflow.
pub(in crate::language) const MAX_MS: Millis = 1_000 * 86_400_000;

/// Said of a longer one.
pub(in crate::language) const MAX_HELP: &str = "no duration may be longer than 1000d";

// Exploring counts back from its only moment, and all that is as old as it matters must lie behind the beginning of time.
const _: () = assert!(MAX_MS < START_MS / 2);

/// What JSON Schema lets through.
const PATTERN: &str = "[0-9]+(ms|s|m|h|d)";

/// One duration.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Duration(pub(in crate::language) Millis);

/// From one duration to another, or always the same.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Stretch(pub(in crate::language) Span);

/// BLOCK: a duration, or `none`.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Block(pub(in crate::language) Option<Millis>);

pub(in crate::language) fn duration(text: &str) -> Result<Millis, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let units = UNITS.map(|(unit, _)| unit);
    if number.is_empty() || unit.contains(|c: char| !c.is_alphabetic()) {
        return Err(format!(
            "`{text}` is not a duration\nwrite a whole number and a unit, such as `30s`; the units are {}",
            units.join(", ")
        ));
    }
    if unit.is_empty() {
        return Err(format!("`{text}` has no unit\ndid you mean `{text}ms` or `{text}s`?"));
    }
    let Some((_, ms)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        let help = nearest::help(unit, units).unwrap_or_default();
        return Err(format!("unknown unit `{unit}`\n{help}"));
    };
    number
        .parse::<Millis>()
        .ok()
        .and_then(|number| number.checked_mul(*ms))
        .filter(|total| *total <= MAX_MS)
        .ok_or_else(|| format!("`{text}` is too long\n{MAX_HELP}"))
}

fn stretch(text: &str) -> Result<Span, String> {
    let (min, max) = match text.split_once("..") {
        Some((min, max)) => (duration(min.trim())?, duration(max.trim())?),
        None => {
            let both = duration(text)?;
            (both, both)
        }
    };
    if max < min {
        return Err(format!(
            "`{text}` ends before it begins\nput the shorter duration first"
        ));
    }
    Ok(Span {
        min_ms: min,
        max_ms: max,
    })
}

fn block(text: &str) -> Result<Option<Millis>, String> {
    match text {
        "none" => Ok(None),
        _ => duration(text).map(Some),
    }
}

/// Reads located text by one of the functions above; a pattern says the same to JSON Schema.
macro_rules! text {
    ($type:ident, $read:ident, $pattern:expr, $what:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Located::<Cow<'de, str>>::deserialize(deserializer)?;
                $read(&text).map(Self).map_err(D::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "format": $what })
            }
        }
    };
}

text!(Duration, duration, format!("^{PATTERN}$"), "duration");
text!(Stretch, stretch, format!(r"^{PATTERN}(\s*\.\.\s*{PATTERN})?$"), "span");
text!(Block, block, format!("^(none|{PATTERN})$"), "duration");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("250ms"), Ok(250));
        assert_eq!(duration("2d"), Ok(172_800_000));
        assert_eq!(duration("0s"), Ok(0));
        for bad in [
            "",
            "s",
            "-1s",
            "1",
            "1.5s",
            "1 s",
            "1sec",
            "99999999999999999999d",
            "18446744073709551615d",
            "1µs",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stretches() {
        assert_eq!(
            stretch("1s..2s"),
            Ok(Span {
                min_ms: 1_000,
                max_ms: 2_000
            })
        );
        assert_eq!(
            stretch("1s .. 1m"),
            Ok(Span {
                min_ms: 1_000,
                max_ms: 60_000
            })
        );
        assert_eq!(stretch("7ms"), Ok(Span { min_ms: 7, max_ms: 7 }));
        for bad in ["2s..1s", "..", "1s..", "1s..2s..3s"] {
            assert!(stretch(bad).is_err(), "{bad}");
        }
    }
}
