//! A line for each combination.

use super::{Row, Tuning};
use crate::render::{Columns, NONE, quantiles, share};
use crate::report::words;
use crate::text::{Text, Tone};

/// Beside a row that no other is better than.
const FRONT: &str = "*";

/// The table of a grid.
pub fn table(tuning: &Tuning) -> Text {
    let mut columns = Columns::default();
    let measured = [
        "lost",
        "duplicates",
        "redelivered",
        "dead letters",
        "settled after p50",
        "p99",
        "recovered after p50",
        "p99",
        "never",
        "pending max",
        "",
    ];
    let heads = tuning.heads();
    let names = heads.iter().map(String::as_str);
    let breaks = tuning.rows.iter().any(|row| !row.violated.is_empty());
    let head = names.chain(measured).chain(breaks.then_some("violated"));
    columns.row(head.map(|name| Text::of(Tone::Faint, name)).collect());
    for row in &tuning.rows {
        columns.row(cells(row));
    }
    let mut text = columns.into_text();
    let what = match tuning.recovers() {
        true => "recovers",
        false => "settles",
    };
    text.line(
        Tone::Faint,
        format!("{FRONT} no other row loses and repeats as little and {what} as fast, and is better in one of these"),
    );
    text
}

fn cells(row: &Row) -> Vec<Text> {
    let all = &row.all;
    let of_messages = |count: Option<u64>| count.map_or(NONE.into(), |count| share(count, all.messages));
    let [settled_p50, settled_p99, _] = quantiles(all.latency_ms);
    let [recovered_p50, recovered_p99, _] = quantiles(row.numbers.recovery_ms);
    let pending = all.pending.as_ref().map(|pending| words::number(pending.max));
    let mut cells: Vec<Text> = row.values.iter().map(|value| Text::of(Tone::Strong, value)).collect();
    let lost = if all.lost > 0 { Tone::Bad } else { Tone::Plain };
    cells.push(Text::of(lost, share(all.lost, all.messages_of_ended_runs)));
    let measured = [
        of_messages(Some(all.duplicates)),
        of_messages(all.redeliveries),
        of_messages(all.dead_letters),
        settled_p50,
        settled_p99,
        recovered_p50,
        recovered_p99,
        words::number(row.numbers.never_recovered),
        pending.unwrap_or(NONE.into()),
    ];
    cells.extend(measured.map(|cell| Text::of(Tone::Plain, cell)));
    cells.push(match row.on_front {
        true => Text::of(Tone::Good, FRONT),
        false => Text::default(),
    });
    cells.push(Text::of(Tone::Bad, row.violated.join(", ")));
    cells
}
