//! Text whose pieces have a meaning, so that a terminal may colour them and a file need not.
//!
//! Never asks whether there is a terminal: who writes decides. Next: `render`, who makes it.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

/// What a piece of text means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// A heading.
    Strong,
    /// Of less importance.
    Faint,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Nobody knows.
    Unknown,
}

/// A text, piece by piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<(Tone, String)>);

impl Text {
    /// A text of one piece.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![(tone, text.into())])
    }

    /// Adds a piece.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push((tone, text.into()));
    }

    /// Adds a piece that means nothing in particular.
    pub fn plain_piece(&mut self, text: impl Into<String>) {
        self.push(Tone::Plain, text);
    }

    /// Adds a line of one piece.
    pub fn line(&mut self, tone: Tone, text: impl Into<String>) {
        self.push(tone, text);
        self.end_line();
    }

    /// Ends the line.
    pub fn end_line(&mut self) {
        self.plain_piece("\n");
    }

    /// Adds another text.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Its width in columns, if it is of one line.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, piece)| piece.chars().count()).sum()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, piece)| piece.is_empty())
    }

    /// The text alone, no line with blanks at its end.
    pub fn plain(&self) -> String {
        let all: String = self.0.iter().map(|(_, piece)| piece.as_str()).collect();
        let mut trimmed = String::with_capacity(all.len());
        for line in all.split_inclusive('\n') {
            trimmed.push_str(line.trim_end());
            if line.ends_with('\n') {
                trimmed.push('\n');
            }
        }
        trimmed
    }

    /// The text with ANSI escape codes.
    pub fn ansi(&self) -> String {
        let mut text = String::new();
        for (tone, piece) in &self.0 {
            let style = style(*tone);
            let _ = write!(text, "{style}{piece}{style:#}");
        }
        text
    }
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Faint => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Unknown => AnsiColor::Yellow.on_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_colours() {
        let mut text = Text::of(Tone::Bad, "lost  ");
        text.end_line();
        assert_eq!(text.plain(), "lost\n");
        assert!(text.ansi().contains("\u{1b}["));
        assert_eq!(text.width(), 7);
    }
}
