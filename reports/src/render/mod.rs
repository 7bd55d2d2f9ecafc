//! From reports to text and JSON: pure functions, the same bytes on every machine.
//!
//! Nothing here knows what a check means; that is said in `report`. Next: [`table()`], [`timeline()`], [`json`].

mod columns;
pub mod json;
mod table;
mod timeline;

pub use table::table;
pub use timeline::{run_with_breaks, timeline};

use redelivery_scenarios::outcome::{Verdict, Way};

use crate::report::{Finding, Report, words};
use crate::text::{Text, Tone};

/// A whole report: the story, what was found, and how each violation comes about.
pub fn document(report: &Report) -> Text {
    let mut text = Text::default();
    text.line(Tone::Strong, report.full_name());
    text.end_line();
    for line in report.story.lines() {
        text.plain_piece(line);
        text.end_line();
    }
    text.end_line();
    text.append(table(std::slice::from_ref(report)));
    for violations in violations(report) {
        text.end_line();
        text.append(violations);
    }
    text
}

/// How the violations of a report come about, under its name; nothing when there is none.
pub fn counterexamples(report: &Report) -> Text {
    let mut text = Text::default();
    for violation in violations(report) {
        if text.is_empty() {
            text.push(Tone::Strong, report.full_name());
            text.line(Tone::Faint, format!("  {}", words::first_sentence(&report.story)));
        }
        text.end_line();
        text.append(violation);
    }
    if !text.is_empty() {
        text.end_line();
    }
    text
}

/// The violations of a report, one text for each expectation.
fn violations(report: &Report) -> impl Iterator<Item = Text> {
    report.by_expectation().filter_map(violation)
}

/// One expectation's violations: the first way's as a timeline, of the others only how to see them.
fn violation(findings: &[Finding]) -> Option<Text> {
    let mut found = findings
        .iter()
        .filter_map(|finding| Some((finding, finding.counterexample.as_ref()?)));
    let (first, shown) = found.next()?;
    let mut text = Text::default();
    let (tone, how) = match first.as_expected {
        Some(true) => (Tone::Strong, "violated as expected"),
        _ => (Tone::Bad, "VIOLATED, expected to hold"),
    };
    text.push(Tone::Plain, "  ");
    text.push(tone, format!("{} is {how}", first.check));
    text.line(Tone::Faint, format!("  {}", first.claim));
    text.append(timeline(&shown.timeline));
    text.push(tone, format!("    => {}", shown.broken));
    text.end_line();
    if let Some(ending) = &shown.ending {
        text.line(Tone::Plain, format!("       {ending}"));
    }
    let which = match first.way {
        Way::Explore => format!("the shortest there is, {}", steps(shown.timeline.schedule.len())),
        Way::Simulate | Way::Live => format!("the shortest of all seeds, {}", steps(shown.timeline.schedule.len())),
    };
    text.line(Tone::Faint, format!("    {}: {which}; again by", past(first.way)));
    text.line(Tone::Plain, format!("      {}", shown.replay));
    for (finding, other) in found {
        let length = steps(other.timeline.schedule.len());
        text.line(
            Tone::Faint,
            format!("    {}: violated too, {length}; again by", past(finding.way)),
        );
        text.line(Tone::Plain, format!("      {}", other.replay));
    }
    Some(text)
}

fn steps(amount: usize) -> String {
    words::count(amount as u64, "step")
}

/// What was done in a way.
fn past(way: Way) -> &'static str {
    match way {
        Way::Explore => "explored",
        Way::Simulate => "simulated",
        Way::Live => "run live",
    }
}

/// One line about all of them: how many are as expected.
pub fn summary(reports: &[Report]) -> Text {
    let count = |wanted: Option<bool>| reports.iter().filter(|report| report.as_expected == wanted).count() as u64;
    let mut text = Text::default();
    let good = count(Some(true));
    text.push(Tone::Good, format!("{} as expected", words::count(good, "scenario")));
    for (amount, tone, what) in [
        (count(Some(false)), Tone::Bad, "not as expected"),
        (count(None), Tone::Unknown, "unknown"),
    ] {
        if amount > 0 {
            text.plain_piece(", ");
            text.push(tone, format!("{} {what}", words::number(amount)));
        }
    }
    text.end_line();
    text
}

/// The tone of a verdict, given whether it is as expected.
fn tone(verdict: &Verdict, as_expected: Option<bool>) -> Tone {
    match (verdict, as_expected) {
        (Verdict::Unknown(_), _) | (_, None) => Tone::Unknown,
        (_, Some(true)) => Tone::Plain,
        (_, Some(false)) => Tone::Bad,
    }
}
