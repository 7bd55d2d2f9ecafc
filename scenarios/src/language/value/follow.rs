//! Whether a reclaimer goes on at the cursor: `true`, `false`, or `"until-empty-page"`.

use std::borrow::Cow;
use std::fmt;

use redelivery_model::setup::policy::FollowCursor;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The word between yes and no.
const UNTIL_EMPTY_PAGE: &str = "until-empty-page";

/// Yes, no, or something between.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Follow(pub(in crate::language) FollowCursor);

impl<'de> Deserialize<'de> for Follow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Follow;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "true, false or \"{UNTIL_EMPTY_PAGE}\"")
            }

            fn visit_bool<E: Error>(self, follows: bool) -> Result<Follow, E> {
                Ok(Follow(if follows {
                    FollowCursor::Always
                } else {
                    FollowCursor::Never
                }))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Follow, E> {
                match word {
                    UNTIL_EMPTY_PAGE => Ok(Follow(FollowCursor::UntilEmptyPage)),
                    _ => Err(E::custom(format!(
                        "unknown word `{word}`\nwrite true, false or \"{UNTIL_EMPTY_PAGE}\""
                    ))),
                }
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Follow {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Follow".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": [true, false, UNTIL_EMPTY_PAGE] })
    }
}
