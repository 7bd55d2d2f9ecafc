//! A run as lines: when, who, what, and what the broker answered; under it what follows.

use crate::report::timeline::{Broken, Line};
use crate::report::{Timeline, words};
use crate::text::{Text, Tone};

/// Longer runs are shown from so many lines before their end; a replay shows all.
const MAX_LINES: usize = 40;

/// The end of a run, as far as `MAX_LINES` allows.
pub fn timeline(timeline: &Timeline) -> Text {
    let hidden = timeline.lines.len().saturating_sub(MAX_LINES);
    let mut text = Text::default();
    if hidden > 0 {
        let lines = words::count(hidden as u64, "line");
        text.line(Tone::Faint, format!("    … {lines} before; the replay shows all"));
    }
    let widths = widths(&timeline.lines[hidden..]);
    for shown in &timeline.lines[hidden..] {
        text.append(line(shown, &when(shown), widths));
    }
    text
}

/// What follows a run's end again and again: it happens at no moment of the run.
pub fn round(round: &Timeline) -> Text {
    let mut text = Text::default();
    text.line(Tone::Plain, "       again and again:");
    let [_, who] = widths(&round.lines);
    for shown in &round.lines {
        text.append(line(shown, "", [3, who]));
    }
    text
}

/// A whole run, each broken claim where it breaks; `check` names them.
pub fn run_with_breaks<'a>(
    timeline: &Timeline,
    broken: &'a [Broken],
    check: &dyn Fn(&'a Broken) -> &'a str,
    ending: Option<&str>,
) -> Text {
    let mut text = Text::default();
    let widths = widths(&timeline.lines);
    let mut told = broken.iter().peekable();
    let mut tell = |text: &mut Text, before: usize| {
        while let Some(broken) = told.next_if(|broken| broken.after < before) {
            text.line(
                Tone::Bad,
                format!("    => {} is violated: {}", check(broken), broken.broken),
            );
        }
    };
    for shown in &timeline.lines {
        tell(&mut text, shown.number);
        text.append(line(shown, &when(shown), widths));
    }
    if let Some(ending) = ending {
        text.line(Tone::Plain, format!("    {ending}"));
    }
    tell(&mut text, usize::MAX);
    text
}

/// The widths of the columns of these lines: when and who.
fn widths(lines: &[Line]) -> [usize; 2] {
    let widest = |of: &dyn Fn(&Line) -> usize| lines.iter().map(of).max().unwrap_or(0);
    [
        widest(&|line| when(line).chars().count()),
        widest(&|line| line.who.chars().count()),
    ]
}

/// One line, with what follows from it.
fn line(line: &Line, when: &str, [when_width, who_width]: [usize; 2]) -> Text {
    let mut text = Text::default();
    let indent = " ".repeat(4 + when_width + 2 + who_width + 2);
    let mut notes = line.notes.iter();
    text.push(Tone::Faint, format!("    {when:>when_width$}  "));
    text.plain_piece(format!("{:who_width$}  ", line.who));
    if line.what.is_empty() {
        text.plain_piece(notes.next().map_or("", String::as_str));
    } else {
        text.plain_piece(line.what.as_str());
    }
    if let Some(reply) = &line.reply {
        text.push(Tone::Faint, "  -> ");
        text.plain_piece(reply.as_str());
    }
    text.end_line();
    for note in notes {
        text.line(Tone::Plain, format!("{indent}{note}"));
    }
    for pending in &line.pending {
        text.line(Tone::Faint, format!("{indent}{pending}"));
    }
    text
}

fn when(line: &Line) -> String {
    match line.at_ms {
        Some(at_ms) => words::moment(at_ms),
        None => line.number.to_string(),
    }
}
