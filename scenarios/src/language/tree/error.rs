//! A mistake on its way out of serde: it picks up its place, and the entry to leave out, from the nodes it passes.

use std::fmt;
use std::ops::Range;

use serde::de::{self, Expected, Unexpected};

use super::super::diagnostic::Mistake;
use super::super::nearest;
use super::Choices;

/// What is wrong, and as much of where as is known yet.
#[derive(Debug)]
pub(in crate::language) struct Error {
    message: String,
    help: Option<String>,
    span: Option<Range<usize>>,
    /// The field that is not there.
    missing: Option<&'static str>,
    /// The entry to leave out, by where it starts.
    pub(super) drop: Option<usize>,
    /// Whether it only follows from an entry that was left out.
    pub(super) follows: bool,
}

impl Error {
    fn new(message: String, help: Option<String>) -> Self {
        Self {
            message,
            help,
            span: None,
            missing: None,
            drop: None,
            follows: false,
        }
    }

    /// It is at this place, unless a smaller one is known, or what is wrong is that something is missing.
    pub(super) fn at(mut self, span: &Range<usize>) -> Self {
        if self.missing.is_none() {
            self.span.get_or_insert(span.clone());
        }
        self
    }

    /// What is missing is missing in the variant with this key.
    pub(super) fn of_variant(mut self, key: &Range<usize>) -> Self {
        self.span.get_or_insert(key.clone());
        self
    }

    /// There is something else where a word should be.
    pub(super) fn no_word(message: &str, words: &[&str]) -> Self {
        Self::new(message.to_owned(), nearest::one_of(words))
    }

    /// There is an array where a table with these fields should be.
    pub(super) fn array_for_table(expected: &dyn Expected, of_tables: bool, fields: &[&str]) -> Self {
        let error = <Self as de::Error>::invalid_type(Unexpected::Seq, expected);
        let help = match of_tables {
            true => Some("there is one table of each name: write `[…]` in place of `[[…]]`".to_owned()),
            false => nearest::listed(fields).map(|fields| format!("write `{{ … }}`; it may have {fields}")),
        };
        Self { help, ..error }
    }

    /// It is in the entry with this key, which is to be left out unless a smaller one is known.
    pub(super) fn in_entry(mut self, key: &Range<usize>) -> Self {
        self.span.get_or_insert(key.clone());
        self.drop.get_or_insert(key.start);
        self
    }

    /// A missing field follows when the table had it, but wrong.
    pub(super) fn in_incomplete_table(mut self) -> Self {
        self.follows |= self.missing.is_some() && self.span.is_none();
        self
    }

    pub(super) fn into_mistake(self, choices: Choices) -> Mistake {
        let of_missing = || nearest::one_of(choices(self.missing?));
        let help = self.help.or_else(of_missing);
        Mistake::at(&self.span.unwrap_or(0..0), self.message).help(help)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    /// The first line is the message, the rest its help.
    fn custom<T: fmt::Display>(text: T) -> Self {
        let text = text.to_string();
        match text.split_once('\n') {
            Some((message, help)) => Self::new(message.to_owned(), Some(help.to_owned())),
            None => Self::new(text, None),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let wants_table = expected.to_string().starts_with("struct ");
        let help = matches!(found, Unexpected::Bool(true)) && wants_table;
        let found = match found {
            Unexpected::Map => "a table".to_owned(),
            Unexpected::Seq => "an array".to_owned(),
            Unexpected::Str(_) => "text".to_owned(),
            Unexpected::Signed(number) => format!("the number {number}"),
            Unexpected::Bool(truth) => format!("`{truth}`"),
            Unexpected::Other(number) if number.starts_with("integer `") => "a number".to_owned(),
            other => other.to_string(),
        };
        let expected = match expected.to_string().as_str() {
            "a string" => "text in quotes".to_owned(),
            "a sequence" => "an array".to_owned(),
            "a boolean" => "`true` or `false`".to_owned(),
            "i64" => "a whole number".to_owned(),
            table if table.starts_with("struct ") => "a table".to_owned(),
            other => other.to_owned(),
        };
        Self::new(
            format!("expected {expected}, found {found}"),
            help.then(|| "write `{}` for one with its defaults".to_owned()),
        )
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        Self::new(
            format!("unknown word `{word}`"),
            nearest::help(word, expected.iter().copied()),
        )
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(
            format!("unknown field `{field}`"),
            nearest::help(field, expected.iter().copied()),
        )
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            missing: Some(field),
            ..Self::new(format!("`{field}` is missing"), None)
        }
    }
}
