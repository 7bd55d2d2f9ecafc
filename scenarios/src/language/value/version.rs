//! A version of Redis as scenario files write it: `"7.2"`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

use crate::scenario::Version as Number;

/// A version.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Version(pub(in crate::language) Number);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse() {
            Ok(version) => Ok(Self(version)),
            Err(()) => Err(D::Error::custom(format!(
                "`{text}` is no version\nwrite its two numbers, such as \"7.2\""
            ))),
        }
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+\\.[0-9]+$" })
    }
}
