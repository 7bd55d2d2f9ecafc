//! Whole numbers with bounds; the bounds are part of the type, so that the schema and the error name the same ones.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::super::located::Located;

/// A number from `MIN` to `MAX`, both included.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Number<const MIN: u64, const MAX: u64>(pub(in crate::language) u64);

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Number<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = Located::<Whole>::deserialize(deserializer)?.value;
        let found = match found {
            Whole::Known(number) => match u64::try_from(number) {
                Ok(number) if (MIN..=MAX).contains(&number) => return Ok(Self(number)),
                _ => number.to_string(),
            },
            Whole::Huge => "this number".to_owned(),
        };
        Err(D::Error::custom(format!(
            "{found} is out of bounds\nit must be from {MIN} to {MAX}"
        )))
    }
}

/// A whole number of a file.
enum Whole {
    Known(i64),
    /// One that is farther from 0 than any bound.
    Huge,
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
                Ok(Whole::Known(number))
            }

            fn visit_i128<E: Error>(self, _: i128) -> Result<Whole, E> {
                Ok(Whole::Huge)
            }
        }

        deserializer.deserialize_i64(Read)
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Number<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Number_{MIN}_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}
