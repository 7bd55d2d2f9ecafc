//! The inner steps of reading: the entries of a table, the elements of an array, the variant of an enum, a value's place.

use std::ops::Range;

use serde::de::value::{MapDeserializer, U64Deserializer};
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::Error;
use super::{Dropped, Node};

/// The entries of a table that were not left out, in the order of the file.
pub(super) struct Entries<'a, 'd> {
    entries: std::vec::IntoIter<(&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)>,
    current: Option<(&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)>,
    incomplete: bool,
    dropped: &'d Dropped,
}

impl<'a, 'd> Entries<'a, 'd> {
    pub(super) fn new(table: &'a DeTable<'a>, dropped: &'d Dropped) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .filter(|(key, _)| !dropped.contains(&key.span().start))
            .collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        Self {
            incomplete: entries.len() < table.len(),
            entries: entries.into_iter(),
            current: None,
            dropped,
        }
    }

    pub(super) fn visit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        let incomplete = self.incomplete;
        let value = visitor.visit_map(self);
        if incomplete {
            value.map_err(Error::in_incomplete_table)
        } else {
            value
        }
    }
}

impl<'a> MapAccess<'a> for Entries<'a, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.current = self.entries.next();
        let Some((key, _)) = self.current else {
            return Ok(None);
        };
        let node = Node::key(key.get_ref(), key.span(), self.dropped);
        seed.deserialize(node)
            .map(Some)
            .map_err(|error| error.in_entry(&key.span()))
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (key, value) = self
            .current
            .take()
            .ok_or_else(|| Error::custom("a value without a key"))?;
        seed.deserialize(Node::value(value, self.dropped))
            .map_err(|error| error.at(&value.span()).in_entry(&key.span()))
    }
}

/// The elements of an array that were not left out.
pub(super) struct Elements<'a, 'd> {
    elements: std::slice::Iter<'a, Spanned<DeValue<'a>>>,
    dropped: &'d Dropped,
}

impl<'a, 'd> Elements<'a, 'd> {
    pub(super) fn new(array: &'a [Spanned<DeValue<'a>>], dropped: &'d Dropped) -> Self {
        Self {
            elements: array.iter(),
            dropped,
        }
    }
}

impl<'a> SeqAccess<'a> for Elements<'a, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let dropped = self.dropped;
        let Some(element) = self.elements.find(|element| !dropped.contains(&element.span().start)) else {
            return Ok(None);
        };
        seed.deserialize(Node::value(element, dropped))
            .map(Some)
            .map_err(|error| error.in_entry(&element.span()))
    }
}

/// An enum's variant: its word, and its content if it was written as a table of one key.
pub(super) struct Variant<'a, 'd> {
    word: &'a str,
    span: Range<usize>,
    content: Option<&'a Spanned<DeValue<'a>>>,
    dropped: &'d Dropped,
}

impl<'a, 'd> Variant<'a, 'd> {
    pub(super) fn word(word: &'a str, span: Range<usize>, dropped: &'d Dropped) -> Self {
        Self {
            word,
            span,
            content: None,
            dropped,
        }
    }

    /// The only entry of a table.
    pub(super) fn entry(key: &'a Spanned<DeString<'a>>, value: &'a Spanned<DeValue<'a>>, dropped: &'d Dropped) -> Self {
        Self {
            word: key.get_ref(),
            span: key.span(),
            content: Some(value),
            dropped,
        }
    }
}

impl<'a> EnumAccess<'a> for Variant<'a, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let node = Node::key(self.word, self.span.clone(), self.dropped);
        seed.deserialize(node).map(|value| (value, self))
    }
}

impl<'a> VariantAccess<'a> for Variant<'a, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None => Ok(()),
            Some(content) if content.get_ref().as_table().is_some_and(DeTable::is_empty) => Ok(()),
            Some(content) => Err(Error::custom(format!("`{}` takes no parameters", self.word)).at(&content.span())),
        }
    }

    /// A word alone stands for a table in which every field has its default.
    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Error> {
        let value = match self.content {
            None => seed.deserialize(MapDeserializer::new(std::iter::empty::<(&str, &str)>())),
            Some(content) => seed
                .deserialize(Node::value(content, self.dropped))
                .map_err(|error| error.at(&content.span())),
        };
        value.map_err(|error: Error| error.of_variant(&self.span))
    }

    fn tuple_variant<V: Visitor<'a>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.struct_variant(&[], visitor)
    }

    fn struct_variant<V: Visitor<'a>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        let value = match self.content {
            None => visitor.visit_map(MapDeserializer::new(std::iter::empty::<(&str, &str)>())),
            Some(content) => {
                serde::Deserializer::deserialize_struct(Node::value(content, self.dropped), "", fields, visitor)
            }
        };
        value.map_err(|error: Error| error.of_variant(&self.span))
    }
}

/// A value together with where it starts and ends.
pub(super) struct Place<'a, 'd> {
    node: Option<Node<'a, 'd>>,
    ends: std::vec::IntoIter<usize>,
}

impl<'a, 'd> Place<'a, 'd> {
    pub(super) fn new(node: Node<'a, 'd>) -> Self {
        Self {
            ends: vec![node.span.start, node.span.end].into_iter(),
            node: Some(node),
        }
    }
}

impl<'a> SeqAccess<'a> for Place<'a, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if let Some(end) = self.ends.next() {
            let end: U64Deserializer<Error> = (end as u64).into_deserializer();
            return seed.deserialize(end).map(Some);
        }
        self.node.take().map(|node| seed.deserialize(node)).transpose()
    }
}
