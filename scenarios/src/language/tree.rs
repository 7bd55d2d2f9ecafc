//! From a parsed TOML tree to typed values, gathering every mistake instead of stopping at the first.
//!
//! The `toml` crate parses; this is the step from its tree to serde. It differs from the crate's own in three ways:
//! places reach the values ([`Located`]), a bad entry is noted, left out and the reading begins again without it, and an enum
//! of checks may be written as a plain word or as a table of one key. Tables are visited in the order of the file.
//!
//! [`Located`]: super::located::Located

mod access;
mod error;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Expected, Unexpected, Visitor};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::Mistakes;
use super::located::LOCATED;
use access::{Elements, Entries, Place, Variant};
use error::Error;
pub(super) use words::{Choices, words};

/// Reads a whole file; nothing when there was a mistake. `choices` are the words that a field takes which must be there.
pub(super) fn read<'a, T: Deserialize<'a>>(
    root: &'a Spanned<DeTable<'a>>,
    choices: Choices,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let mut dropped = Dropped::new();
    let before = mistakes.len();
    while !mistakes.are_enough() {
        let node = Node {
            kind: Kind::Table(root.get_ref()),
            span: root.span(),
            dropped: &dropped,
        };
        match T::deserialize(node) {
            Ok(value) => return (mistakes.len() == before).then_some(value),
            Err(error) => {
                let drop = error.drop;
                if !error.follows {
                    mistakes.add(error.into_mistake(choices));
                }
                match drop {
                    Some(place) if dropped.insert(place) => {}
                    _ => return None,
                }
            }
        }
    }
    None
}

/// Entries that were found bad, by where their key or element starts.
type Dropped = BTreeSet<usize>;

/// A part of the tree on its way into a type.
struct Node<'a, 'd> {
    kind: Kind<'a>,
    span: Range<usize>,
    dropped: &'d Dropped,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Key(&'a str),
    Table(&'a DeTable<'a>),
    Value(&'a DeValue<'a>),
}

impl<'a, 'd> Node<'a, 'd> {
    fn value(value: &'a Spanned<DeValue<'a>>, dropped: &'d Dropped) -> Self {
        Self {
            kind: match value.get_ref() {
                DeValue::Table(table) => Kind::Table(table),
                other => Kind::Value(other),
            },
            span: value.span(),
            dropped,
        }
    }

    /// Where a table should be: serde would take the elements of an array for the values of its fields.
    fn refuse_array(&self, expected: &dyn Expected, fields: &[&str]) -> Result<(), Error> {
        let Kind::Value(DeValue::Array(elements)) = self.kind else {
            return Ok(());
        };
        let of_tables = elements.iter().any(|element| element.get_ref().is_table());
        Err(Error::array_for_table(expected, of_tables, fields).at(&self.span))
    }

    fn key(key: &'a str, span: Range<usize>, dropped: &'d Dropped) -> Self {
        Self {
            kind: Kind::Key(key),
            span,
            dropped,
        }
    }
}

impl<'de> Deserializer<'de> for Node<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let span = self.span.clone();
        let other = |what: &str, visitor: &V| Err(Error::invalid_type(Unexpected::Other(what), visitor));
        let value = match self.kind {
            Kind::Key(key) => visitor.visit_str(key),
            Kind::Table(table) => Entries::new(table, self.dropped).visit(visitor),
            Kind::Value(value) => match value {
                DeValue::String(text) => visitor.visit_str(text),
                DeValue::Integer(number) => {
                    match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
                        Ok(number) => visitor.visit_i64(number),
                        // Beyond any bound: whoever has bounds says which.
                        Err(_) => visitor.visit_i128(i128::MAX),
                    }
                }
                DeValue::Boolean(truth) => visitor.visit_bool(*truth),
                DeValue::Array(array) => visitor.visit_seq(Elements::new(array, self.dropped)),
                DeValue::Float(_) => other("a fraction", &visitor),
                DeValue::Datetime(_) => other("a date", &visitor),
                DeValue::Table(_) => other("a table", &visitor),
            },
        };
        value.map_err(|error| error.at(&span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.refuse_array(&visitor, fields)?;
        self.deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.refuse_array(&visitor, &[])?;
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match name {
            LOCATED => visitor.visit_seq(Place::new(self)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let span = self.span.clone();
        let variant = match self.kind {
            Kind::Key(word) => Variant::word(word, span.clone(), self.dropped),
            Kind::Value(DeValue::String(word)) => Variant::word(word, span.clone(), self.dropped),
            Kind::Table(table) => match table.iter().next() {
                Some((key, value)) if table.len() == 1 => Variant::entry(key, value, self.dropped),
                _ => return Err(Error::no_word("expected a word, or a table with one key", words).at(&span)),
            },
            Kind::Value(_) => return Err(Error::no_word("expected a word", words).at(&span)),
        };
        visitor.visit_enum(variant).map_err(|error| error.at(&span))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct identifier ignored_any
    }
}
