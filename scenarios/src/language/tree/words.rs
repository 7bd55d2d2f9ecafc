//! The words of an enum: serde tells them to whoever is asked to read one.

use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};

/// The words for a field, by its name; none for a field that takes something else.
pub(in crate::language) type Choices = fn(&str) -> &'static [&'static str];

/// The words of an enum, as files write them.
pub(in crate::language) fn words<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut words: &'static [&'static str] = &[];
    // It never gives a value: what it is for, it has noted by then.
    let _ = T::deserialize(Asked(&mut words));
    words
}

/// Notes the words that it is asked for, and has none.
struct Asked<'w>(&'w mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("there is no value here"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        words: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = words;
        Err(Error::custom("there is no value here"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use redelivery_model::setup::policy::Mark;

    use super::words;

    #[test]
    fn an_enum_tells_its_words() {
        assert_eq!(words::<Mark>(), ["before", "after", "atomic", "script"]);
        assert_eq!(words::<u64>(), [""; 0]);
    }
}
