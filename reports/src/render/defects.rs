//! The table of deliberate defects as text: each with what catches it, each check with what it catches.

use super::columns::Columns;
use crate::report::defects::{Caught, Defects, How};
use crate::report::words;
use crate::text::{Text, Tone};

/// The whole table.
pub fn defects(table: &Defects) -> Text {
    let mut text = Text::default();
    for caught in &table.defects {
        text.append(row(caught));
    }
    text.end_line();
    text.append(checks(table));
    text.end_line();
    text.append(summary(table));
    text
}

fn row(caught: &Caught) -> Text {
    let mut text = Text::default();
    text.push(Tone::Strong, caught.name);
    text.line(Tone::Plain, format!("  {}", caught.breaks));
    let mut catches = Columns::default();
    for how in &caught.catches {
        catches.row(vec![
            Text::of(Tone::Plain, format!("  {}", how.way)),
            Text::of(Tone::Good, how.check.clone()),
            Text::of(
                Tone::Faint,
                how.scenario.clone().unwrap_or_else(|| "a law of the broker".into()),
            ),
            Text::of(Tone::Plain, after(how)),
        ]);
    }
    text.append(catches.into_text());
    if caught.catches.is_empty() {
        text.line(Tone::Bad, "  nothing catches it");
    }
    text
}

fn after(how: &How) -> String {
    match (how.steps, how.seeds) {
        (Some(steps), _) => words::count(steps as u64, "step"),
        (None, Some(seeds)) => words::count(seeds, "seed"),
        (None, None) => String::new(),
    }
}

fn checks(table: &Defects) -> Text {
    let mut rows = Columns::default();
    rows.row(vec![
        Text::of(Tone::Strong, "check"),
        Text::of(Tone::Strong, "defects that it catches"),
    ]);
    for catcher in &table.checks {
        rows.row(vec![
            Text::of(Tone::Plain, catcher.check),
            Text::of(Tone::Plain, catcher.defects.join(", ")),
        ]);
    }
    rows.into_text()
}

fn summary(table: &Defects) -> Text {
    let mut text = Text::default();
    let ways = table
        .ways
        .iter()
        .map(|counted| format!("{} by {}", counted.defects, counted.way));
    let ways: Vec<String> = ways.collect();
    text.line(
        Tone::Plain,
        format!(
            "{} defects are caught: {}.",
            table.defects.len() - table.escaped().count(),
            ways.join(", ")
        ),
    );
    text.line(
        Tone::Faint,
        "loom would interleave threads; nothing here has any whose interleaving decides.",
    );
    text
}
