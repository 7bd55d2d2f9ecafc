//! Where a group of the file begins: `"0"`, or `"absent"`.
//!
//! Never an ID: exploring counts IDs from `1-0` and a real server takes the time, so that one ID would mean everything in
//! one way of running and nothing in another.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

const BEGINNING: &str = "0";
const ABSENT: &str = "absent";

/// Whether a group is there, with everything before it, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::language) enum Begin {
    Beginning,
    Absent,
}

impl<'de> Deserialize<'de> for Begin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            BEGINNING => Ok(Self::Beginning),
            ABSENT => Ok(Self::Absent),
            _ => Err(D::Error::custom(format!(
                "a group cannot begin at `{text}`\nwrite \"{BEGINNING}\" (everything), or \"{ABSENT}\" and give a \
                 consumer `creates-group = \"$\"` (what comes from then on)"
            ))),
        }
    }
}

impl JsonSchema for Begin {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Begin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": [BEGINNING, ABSENT] })
    }
}
