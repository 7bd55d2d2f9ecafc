//! From reports to text and JSON: pure functions, the same bytes on every machine.
//!
//! Nothing here knows what a check means; that is said in `report`. Next: [`table()`], [`timeline()`], [`json`].

mod columns;
mod coverage;
mod defects;
pub mod json;
mod numbers;
mod search;
mod svg;
mod sweep;
mod table;
mod timeline;

pub(crate) use columns::Columns;
pub use coverage::coverage;
pub use defects::defects;
pub use numbers::numbers;
pub(crate) use numbers::{NONE, lasting, quantiles, share};
pub use search::search;
pub(crate) use svg::escaped;
pub use svg::svg;
pub use sweep::sweep;
pub use table::table;
pub use timeline::{round, run_with_breaks, timeline};

use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::{Verdict, Way};

use crate::report::{Counterexample, Finding, Pairs, Report, words};
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
    let others = pairs("", &report.pairs);
    if !others.is_empty() {
        text.append(others);
        text.end_line();
    }
    let alike = interchangeable(report);
    if !alike.is_empty() {
        text.append(alike);
        text.end_line();
    }
    text.append(table(std::slice::from_ref(report)));
    if let Some(found) = &report.numbers {
        text.end_line();
        text.append(numbers(found));
    }
    for violations in violations(report) {
        text.end_line();
        text.append(violations);
    }
    text
}

/// Which clients exploring took for each other; nothing when nobody was.
pub fn interchangeable(report: &Report) -> Text {
    let mut text = Text::default();
    if !report.interchangeable.is_empty() {
        let line = format!("interchangeable: {}", report.interchangeable.join("; "));
        text.line(Tone::Faint, line);
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
            text.append(pairs("  ", &report.pairs));
        }
        text.end_line();
        text.append(violation);
    }
    if !text.is_empty() {
        text.end_line();
    }
    text
}

/// Which scenarios a scenario repairs and which repair it, and what of each pair is proven, a line each.
pub fn pairs(indent: &str, pairs: &Pairs) -> Text {
    let mut text = Text::default();
    for (what, others) in [("repairs", &pairs.repairs), ("repaired by", &pairs.repaired_by)] {
        for other in others {
            text.line(
                Tone::Plain,
                format!("{indent}{what} {}: {}", other.name, other.in_words()),
            );
        }
    }
    if let Some(why) = &pairs.unrepaired {
        text.line(Tone::Plain, format!("{indent}not repaired: {why}"));
    }
    text
}

/// The violations of a report, one text for each expectation. A run that breaks several is shown once.
fn violations(report: &Report) -> Vec<Text> {
    let mut told: Vec<&[Finding]> = Vec::new();
    let mut texts = Vec::new();
    for findings in report.by_expectation() {
        let same = |earlier: &&&[Finding]| match (shown(earlier), shown(findings)) {
            (Some(one), Some(other)) => {
                let run = |found: &Counterexample| (found.seed, found.timeline.schedule.clone());
                run(one) == run(other)
            }
            _ => false,
        };
        let known = told.iter().find(same).map(|earlier| earlier[0].check.as_str());
        texts.extend(violation(findings, known));
        told.push(findings);
    }
    texts
}

/// The counterexample of an expectation that is shown: the first way's.
fn shown(findings: &[Finding]) -> Option<&Counterexample> {
    findings.iter().find_map(|finding| finding.counterexample.as_ref())
}

/// One expectation's violations: the first way's as a timeline, unless it is `known`, the run of a check that was shown
/// before; of the others only how to see them.
fn violation(findings: &[Finding], known: Option<&str>) -> Option<Text> {
    let mut found = findings
        .iter()
        .filter_map(|finding| Some((finding, finding.counterexample.as_ref()?)));
    let (first, shown) = found.next()?;
    let mut text = Text::default();
    let (tone, how) = match first.as_expected {
        Some(true) => (Tone::Strong, "violated as expected"),
        _ => (Tone::Bad, "VIOLATED, expected to hold"),
    };
    text.push(tone, format!("  {} is {how}", first.check));
    text.line(Tone::Faint, format!("  {}", first.claim));
    match known {
        Some(check) => text.line(
            Tone::Plain,
            format!("    the run that breaks {check}, above, breaks this too"),
        ),
        None => text.append(timeline(&shown.timeline)),
    }
    text.line(tone, format!("    => {}", shown.broken));
    if let (Some(durations), None) = (shown.durations, known) {
        text.line(Tone::Unknown, format!("       {durations}"));
    }
    for driven in shown.driven.iter().filter(|_| known.is_none()) {
        text.line(Tone::Plain, format!("       {driven}"));
    }
    if let (Some(ending), None) = (&shown.ending, known) {
        text.line(Tone::Plain, format!("       {ending}"));
    }
    if let (Some(round), None) = (&shown.round, known) {
        text.append(self::round(round));
    }
    let length = |found: &Counterexample| words::count(found.timeline.schedule.len() as u64, "step");
    let which = match (first.way, shown.seed) {
        (Way::Explore, _) => "the shortest there is",
        (Way::Simulate, None) => "by its schedule",
        (Way::Live, None) => "seen on the server along the explored path",
        (Way::Simulate | Way::Live, _) => "the shortest of all seeds",
    };
    text.line(
        Tone::Faint,
        format!("    {}: {which}, {}; again by", past(first.way), length(shown)),
    );
    text.line(Tone::Plain, format!("      {}", shown.replay));
    for drawn in &shown.drawn {
        text.line(Tone::Faint, format!("      drawn: {drawn}"));
    }
    for (finding, other) in found {
        text.line(
            Tone::Faint,
            format!("    {}: violated too, {}; again by", past(finding.way), length(other)),
        );
        text.line(Tone::Plain, format!("      {}", other.replay));
    }
    Some(text)
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
    let mut text = Text::default();
    as_expected(&mut text, reports.iter().map(|report| report.as_expected));
    text.end_line();
    text
}

/// How many scenarios are as expected, how many are not, and of how many that is unknown.
fn as_expected(text: &mut Text, all: impl Iterator<Item = Option<bool>> + Clone) {
    let count = |wanted: Option<bool>| all.clone().filter(|&it| it == wanted).count() as u64;
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
}

/// The scenarios that are of later versions than the server, a line each.
pub fn left_out(scenarios: &[Scenario]) -> Text {
    let mut text = Text::default();
    for scenario in scenarios {
        if let Some(since) = scenario.live.since {
            let name = format!("{}/{}", scenario.family, scenario.name);
            text.line(Tone::Unknown, words::left_out(&name, since));
        }
    }
    text
}

/// The tone of a verdict, given whether it is as expected.
fn tone(verdict: &Verdict, as_expected: Option<bool>) -> Tone {
    match (verdict, as_expected) {
        (Verdict::Diverged(_), _) => Tone::Bad,
        (Verdict::Unknown(_), _) | (_, None) => Tone::Unknown,
        (_, Some(true)) => Tone::Plain,
        (_, Some(false)) => Tone::Bad,
    }
}
