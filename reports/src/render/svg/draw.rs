//! Single elements of a diagram. Whatever comes from a scenario or from a broker is escaped here, and only here.

use std::fmt::Write as _;

/// Ten characters are as wide as this.
const TEN_CHARACTERS: usize = 68;
/// From one line of a note to the next.
const LINE: usize = 15;

/// What lies behind a text does not make it illegible.
const HALO: &str = "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\" stroke-opacity=\"0.8\"";

/// How something looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Faint,
    Note,
    Bad,
}

impl Style {
    fn stroke(self) -> &'static str {
        match self {
            Self::Plain => "#1a3a6b",
            Self::Faint => "#6b7280",
            Self::Note => "#b8a24a",
            Self::Bad => "#b3261e",
        }
    }

    fn fill(self) -> &'static str {
        match self {
            Self::Bad => "#fde7e5",
            Self::Plain | Self::Faint | Self::Note => "#fff8dc",
        }
    }
}

/// Elements, and how far to the right they reach.
#[derive(Default)]
pub(super) struct Drawing {
    elements: String,
    width: usize,
}

impl Drawing {
    /// A line of text whose baseline is at `y`.
    pub(super) fn text(&mut self, x: usize, y: usize, text: &str, style: Style) {
        if text.is_empty() {
            return;
        }
        let colour = style.stroke();
        let text_width = width_of(text);
        let text = escaped(text);
        let _ = writeln!(
            self.elements,
            "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\" {HALO}>{text}</text>"
        );
        self.reach(x + text_width);
    }

    /// An arrow with its label above, which begins at the left end.
    pub(super) fn arrow(&mut self, [from, to]: [usize; 2], y: usize, label: &str, whole: &str, style: Style) {
        let colour = style.stroke();
        let dashes = if style == Style::Faint {
            " stroke-dasharray=\"5 3\""
        } else {
            ""
        };
        let back = if to > from { to - 7 } else { to + 7 };
        let (above, below) = (y - 3, y + 3);
        let title = escaped(whole);
        let _ = writeln!(
            self.elements,
            "<g><title>{title}</title>\
             <path d=\"M{from} {y}H{to}\" stroke=\"{colour}\" fill=\"none\"{dashes}/>\
             <path d=\"M{to} {y}L{back} {above}L{back} {below}Z\" fill=\"{colour}\"/>"
        );
        self.text(from.min(to) + 10, y - 4, label, style);
        self.elements.push_str("</g>\n");
    }

    /// A box with lines of text, a little to the left of `x`; answers how much room it takes from `y` down.
    pub(super) fn note(&mut self, x: usize, y: usize, lines: &[String], style: Style) -> usize {
        let (left, height) = (x - 6, lines.len() * LINE + 4);
        let width = lines.iter().map(|line| width_of(line)).max().unwrap_or(0) + 12;
        let (stroke, fill) = (style.stroke(), style.fill());
        let _ = writeln!(
            self.elements,
            "<rect x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"3\" stroke=\"{stroke}\" fill=\"{fill}\"/>"
        );
        for (line, at) in lines.iter().zip(1..) {
            let ink = if style == Style::Bad { Style::Bad } else { Style::Plain };
            self.text(x, y + at * LINE - 3, line, ink);
        }
        self.reach(left + width);
        height + 6
    }

    /// A lifeline with its name at both ends.
    pub(super) fn lifeline(&mut self, x: usize, top: usize, bottom: usize, name: &str) {
        let _ = writeln!(
            self.elements,
            "<path d=\"M{x} {top}V{bottom}\" stroke=\"#9aa4b2\" fill=\"none\"/>"
        );
        let name_width = width_of(name);
        let name = escaped(name);
        for y in [top - 6, bottom + 14] {
            let _ = writeln!(
                self.elements,
                "<text font-weight=\"bold\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{name}</text>"
            );
        }
        self.reach(x + name_width / 2);
    }

    /// The part of a lifeline in which its process is down.
    pub(super) fn dead(&mut self, x: usize, from: usize, to: usize) {
        let _ = writeln!(
            self.elements,
            "<path d=\"M{x} {from}V{to}\" stroke=\"#ffffff\" stroke-width=\"3\" fill=\"none\"/>\
             <path d=\"M{x} {from}V{to}\" stroke=\"#b3261e\" stroke-dasharray=\"2 4\" fill=\"none\"/>"
        );
    }

    /// What another drawing has, above this one.
    pub(super) fn append(&mut self, other: Self) {
        self.elements.push_str(&other.elements);
        self.reach(other.width);
    }

    /// The whole picture, so high.
    pub(super) fn framed(&self, height: usize) -> String {
        let width = self.width + 12;
        let elements = &self.elements;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', monospace\" font-size=\"11\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             {elements}</svg>"
        )
    }

    fn reach(&mut self, x: usize) {
        self.width = self.width.max(x);
    }
}

/// How wide a text is.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().count() * TEN_CHARACTERS / 10
}

/// A text in lines of at most so many characters, broken between words where that is possible.
pub(super) fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let word: Vec<char> = word.chars().collect();
        for piece in word.chunks(limit) {
            let piece: String = piece.iter().collect();
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + piece.chars().count() <= limit => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                _ => lines.push(piece),
            }
        }
    }
    lines
}

/// As XML takes it: what would be markup is replaced, and what no XML may hold.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other if other.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
