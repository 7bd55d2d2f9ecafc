//! What is wrong with a scenario file, as plain data, and how it is shown to people.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub path: PathBuf,
    /// Its text; empty when it could not be read.
    pub source: Arc<str>,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; the first label is the place, the others explain it. Empty when the file as a whole is meant.
    pub labels: Vec<Label>,
    /// What would be right.
    pub help: Option<String>,
}

/// A part of the file and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Bytes of the source, on boundaries of characters.
    pub span: Range<usize>,
    /// What is said; may be empty.
    pub text: String,
}

impl Diagnostic {
    /// Something wrong with a file as a whole.
    pub fn about_file(path: &Path, message: impl Into<String>, help: Option<String>) -> Self {
        Self {
            path: path.to_owned(),
            source: "".into(),
            message: message.into(),
            labels: Vec::new(),
            help,
        }
    }

    /// The line and column of its place, both counted from 1, columns in characters.
    pub fn position(&self) -> Option<(usize, usize)> {
        let before = self.source.get(..self.labels.first()?.span.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some((
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        ))
    }

    /// The message, the lines it is about, and the help, as a compiler shows them.
    pub fn render(&self, color: bool) -> String {
        let path = self.path.display().to_string();
        let mut group = Group::with_title(Level::ERROR.primary_title(self.message.as_str()));
        if self.labels.is_empty() {
            group = group.element(Origin::path(path.as_str()));
        } else {
            group = group.element(Snippet::source(&*self.source).path(path.as_str()).annotations(
                self.labels.iter().enumerate().map(|(i, label)| {
                    let kind = match i {
                        0 => AnnotationKind::Primary,
                        _ => AnnotationKind::Context,
                    };
                    let annotation = kind.span(label.span.clone());
                    match label.text.as_str() {
                        "" => annotation,
                        text => annotation.label(text),
                    }
                }),
            ));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// More mistakes than that are not worth reading at once.
const MAX_MISTAKES: usize = 20;

/// Mistakes while they are gathered: without the file, none twice, and not too many.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Mistake>);

/// A mistake whose file the reader does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    message: String,
    labels: Vec<Label>,
    help: Option<String>,
}

impl Mistake {
    /// A mistake at one place.
    pub(super) fn at(span: &Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            labels: vec![Label {
                span: span.clone(),
                text: String::new(),
            }],
            help: None,
        }
    }

    /// Says something about its place.
    pub(super) fn label(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }

    /// Points at a second place.
    pub(super) fn and(mut self, span: &Range<usize>, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span: span.clone(),
            text: text.into(),
        });
        self
    }

    /// Says what would be right.
    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

impl Mistakes {
    /// Notes one, unless it is known or there are enough.
    pub(super) fn add(&mut self, mistake: Mistake) {
        if !self.are_enough() && !self.0.contains(&mistake) {
            self.0.push(mistake);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether looking for more is of no use.
    pub(super) fn are_enough(&self) -> bool {
        self.0.len() >= MAX_MISTAKES
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names the file, in the order of their places.
    pub(super) fn of_file(mut self, path: &Path, source: &str) -> Vec<Diagnostic> {
        let source: Arc<str> = source.into();
        self.0.sort_by_key(|mistake| mistake.labels[0].span.start);
        self.0
            .into_iter()
            .map(|mistake| Diagnostic {
                path: path.to_owned(),
                source: source.clone(),
                message: mistake.message,
                labels: mistake.labels,
                help: mistake.help,
            })
            .collect()
    }
}
