//! What a sweep came to: a line for each expectation that is not met or unknown, and how much there was.

use redelivery_scenarios::scenario::Expected;
use redelivery_scenarios::sweep::{FIRST, Row, Summary, Verdict};

use crate::report::words;
use crate::text::{Text, Tone};

/// What is to be said of a sweep.
pub fn sweep(summaries: &[Summary]) -> Text {
    let mut text = Text::default();
    for summary in summaries.iter().filter(|summary| summary.as_expected != Some(true)) {
        text.line(Tone::Strong, summary.name.as_str());
        for (tone, line) in lines(summary) {
            text.push(Tone::Plain, "  ");
            text.line(tone, line);
        }
    }
    super::as_expected(&mut text, summaries.iter().map(|summary| summary.as_expected));
    let sum = |of: fn(&Summary) -> u64| summaries.iter().map(of).fold(0, u64::saturating_add);
    let size = format!(
        ": {}, {}, {} of virtual time",
        words::count(sum(|summary| summary.seeds), "run"),
        words::count(sum(|summary| summary.commands), "command"),
        words::moment(sum(|summary| summary.virtual_ms)),
    );
    text.line(Tone::Faint, size);
    text
}

fn lines(summary: &Summary) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    for row in summary.expectations.iter().filter(|row| row.as_expected == Some(false)) {
        lines.push((Tone::Bad, failed(row, summary)));
    }
    if let Some(hole) = summary.not_run {
        let seeds = match hole.seeds {
            1 => format!("seed {} was not run", hole.first),
            many => format!(
                "{} were not run: from {} to {}",
                words::count(many, "seed"),
                hole.first,
                hole.last
            ),
        };
        lines.push((Tone::Unknown, format!("unknown: {seeds}")));
    }
    if summary.expectations.is_empty() && summary.never_occurred.is_empty() {
        lines.push((Tone::Unknown, format!("unknown: {}", words::NOTHING_EXPECTED)));
    }
    for what in &summary.never_occurred {
        lines.push((Tone::Unknown, format!("unknown: `{what}` never occurred")));
    }
    // What the lines above have said already is not said of each check again.
    let said = |row: &&Row| summary.not_run.is_none() && summary.never_occurred.is_empty() && row.as_expected.is_none();
    for row in summary.expectations.iter().filter(said) {
        let reason = row.reason.as_deref().unwrap_or_default();
        lines.push((Tone::Unknown, format!("unknown: {}: {reason}", row.check)));
    }
    lines
}

fn failed(row: &Row, summary: &Summary) -> String {
    let check = &row.check;
    match (row.verdict, row.expected, row.first_seed) {
        (Verdict::Violated, Expected::Holds, Some(first)) => format!(
            "FAILED: {check} was to hold, and is violated by {} of {}; {} to {}; the first is --seed {first}",
            words::number(row.violating_seeds),
            words::count(summary.seeds, "seed"),
            match row.violating_seeds.min(FIRST as u64) {
                1 => "it shrinks".to_owned(),
                few if few == row.violating_seeds => "they shrink".to_owned(),
                few => format!("the first {few} shrink"),
            },
            shapes(row),
        ),
        _ => format!(
            "FAILED: {check} was to be violated, and is by none of {}",
            words::count(summary.seeds, "seed")
        ),
    }
}

/// `2 failures that differ, the smallest of 6 steps`.
fn shapes(row: &Row) -> String {
    let steps = words::count(row.smallest.unwrap_or_default() as u64, "step");
    match row.failures {
        1 => format!("a failure of {steps}"),
        many => format!("{many} failures that differ, the smallest of {steps}"),
    }
}

#[cfg(test)]
mod tests {
    use redelivery_scenarios::sweep::Hole;

    use super::*;

    fn row(as_expected: Option<bool>, verdict: Verdict, reason: Option<&str>) -> Row {
        Row {
            check: "order".into(),
            expected: Expected::Holds,
            verdict,
            reason: reason.map(str::to_owned),
            as_expected,
            violating_seeds: 3,
            first_seed: (verdict == Verdict::Violated).then_some(7),
            failures: 2,
            smallest: Some(6),
        }
    }

    fn summary(name: &str, as_expected: Option<bool>, expectations: Vec<Row>) -> Summary {
        Summary {
            name: name.into(),
            as_expected,
            seeds: 10,
            not_run: None,
            commands: 2_000,
            virtual_ms: 1_500,
            cut_off: 0,
            never_occurred: Vec::new(),
            expectations,
        }
    }

    #[test]
    fn what_is_as_expected_is_counted_and_the_rest_is_named() {
        let holed = Summary {
            not_run: Some(Hole {
                seeds: 4,
                first: 3,
                last: 9,
            }),
            ..summary("a/holed", None, vec![row(None, Verdict::Unknown, Some("said above"))])
        };
        let summaries = [
            summary("a/good", Some(true), vec![row(Some(true), Verdict::Holds, None)]),
            summary("a/bad", Some(false), vec![row(Some(false), Verdict::Violated, None)]),
            holed,
            summary(
                "a/quiet",
                None,
                vec![row(None, Verdict::Unknown, Some("nobody worked"))],
            ),
        ];
        let wanted = "\
a/bad
  FAILED: order was to hold, and is violated by 3 of 10 seeds; they shrink to 2 failures that differ, the smallest of 6 steps; the first is --seed 7
a/holed
  unknown: 4 seeds were not run: from 3 to 9
a/quiet
  unknown: order: nobody worked
1 scenario as expected, 1 not as expected, 2 unknown: 40 runs, 8,000 commands, 6.000s of virtual time
";
        assert_eq!(sweep(&summaries).plain(), wanted);
    }
}
