//! The table: a line for each expectation, under its scenario, what each way found beside each other.

use redelivery_model::duration;
use redelivery_scenarios::outcome::Way;

use super::columns::Columns;
use super::tone;
use crate::report::{Finding, Occurred, Report, words};
use crate::text::{Text, Tone};

/// The ways that have a column, if some report was judged so.
const WAYS: [(Way, &str); 3] = [
    (Way::Explore, "explored"),
    (Way::Simulate, "simulated"),
    (Way::Live, "live"),
];

/// The table of these reports.
pub fn table(reports: &[Report]) -> Text {
    let judged = |way: Way| {
        let mut ways = reports.iter().flat_map(|report| &report.expectations);
        ways.any(|finding| finding.way == way)
            || match way {
                Way::Explore => reports.iter().any(|report| report.explored.is_some()),
                Way::Simulate => reports.iter().any(|report| report.simulated.is_some()),
                Way::Live => reports.iter().any(|report| report.lived.is_some()),
            }
    };
    let ways: Vec<(Way, &str)> = WAYS.into_iter().filter(|(way, _)| judged(*way)).collect();
    let mut columns = Columns::default();
    let mut head = vec![faint("scenario, expectation"), faint("expected")];
    head.extend(ways.iter().map(|(_, name)| faint(name)));
    head.push(faint("result"));
    columns.row(head);
    for report in reports {
        scenario(report, &ways, &mut columns);
    }
    columns.into_text()
}

fn scenario(report: &Report, ways: &[(Way, &str)], columns: &mut Columns) {
    let mut head = vec![Text::of(Tone::Strong, report.full_name()), Text::default()];
    head.extend(ways.iter().map(|(way, _)| faint(&size(report, *way))));
    head.push(match report.as_expected {
        Some(true) => Text::of(Tone::Good, "as expected"),
        Some(false) => Text::of(Tone::Bad, "NOT AS EXPECTED"),
        None => Text::of(
            Tone::Unknown,
            report
                .reason
                .map_or("unknown".into(), |reason| format!("unknown: {reason}")),
        ),
    });
    columns.row(head);
    for findings in report.by_expectation() {
        let mut row = vec![
            Text::of(Tone::Plain, format!("  {}", findings[0].check)),
            Text::of(Tone::Plain, findings[0].expected.to_string()),
        ];
        let in_way = |way: Way| findings.iter().find(|finding| finding.way == way);
        row.extend(ways.iter().map(|(way, _)| in_way(*way).map(cell).unwrap_or_default()));
        row.push(result(findings));
        columns.row(row);
    }
    for what in occurrences(report) {
        let mut row = vec![
            Text::of(Tone::Plain, format!("  {}", what[0].what)),
            Text::of(Tone::Plain, "occurs"),
        ];
        let in_way = |way: Way| what.iter().find(|row| row.way == way);
        row.extend(
            ways.iter()
                .map(|(way, _)| in_way(*way).map(|row| occurred(row)).unwrap_or_default()),
        );
        let reason = what.iter().find_map(|row| row.reason.as_ref());
        row.push(match (reason, what.iter().all(|row| row.occurred)) {
            (Some(reason), _) => Text::of(Tone::Bad, format!("FAILED: {reason}")),
            (None, true) => Text::of(Tone::Good, "ok"),
            (None, false) => Text::of(Tone::Unknown, "unknown"),
        });
        columns.row(row);
    }
}

/// How much was looked at.
fn size(report: &Report, way: Way) -> String {
    match (way, report.explored, report.simulated, report.lived) {
        (Way::Explore, Some(explored), ..) => {
            let mut size = words::count(explored.states, "state");
            if !explored.complete {
                size += ", not all";
            }
            if let Some(step_ms) = explored.step_ms {
                size += &format!(", steps of {}", duration(step_ms));
            }
            size
        }
        // What a file has in place of seeds.
        (Way::Simulate, _, Some(simulated), _) if simulated.seeds == 0 => "its schedule".into(),
        (Way::Simulate, _, Some(simulated), _) => words::count(simulated.seeds, "seed"),
        (Way::Live, .., Some(lived)) => {
            let late = match lived.late {
                0 => String::new(),
                late => format!(", {} late", words::number(late)),
            };
            let (paths, seeds) = (words::count(lived.paths, "path"), words::count(lived.seeds, "seed"));
            format!("{paths}, {seeds}{late}")
        }
        _ => String::new(),
    }
}

fn cell(finding: &Finding) -> Text {
    let mut text = words::verdict(&finding.verdict).to_owned();
    if let Some(found) = &finding.counterexample {
        text += &match found.seed {
            Some(seed) => format!(", seed {seed}"),
            None => format!(", {}", words::count(found.timeline.schedule.len() as u64, "step")),
        };
    }
    Text::of(tone(&finding.verdict, finding.as_expected), text)
}

fn result(findings: &[Finding]) -> Text {
    let reasons = findings.iter().filter_map(|finding| finding.reason.as_deref());
    let mut reasons: Vec<&str> = reasons.collect();
    reasons.dedup();
    if findings.iter().any(|finding| finding.as_expected == Some(false)) {
        let failed = match reasons.is_empty() {
            true => "FAILED".to_owned(),
            false => format!("FAILED: {}", reasons.join("; ")),
        };
        Text::of(Tone::Bad, failed)
    } else if findings.iter().any(|finding| finding.as_expected.is_none()) {
        Text::of(Tone::Unknown, format!("unknown: {}", reasons.join("; ")))
    } else {
        Text::of(Tone::Good, "ok")
    }
}

/// What must occur, each with its ways, in the order of the first way that has it.
fn occurrences(report: &Report) -> Vec<Vec<&Occurred>> {
    let mut all: Vec<Vec<&Occurred>> = Vec::new();
    for row in &report.occurrences {
        match all.iter_mut().find(|known| known[0].what == row.what) {
            Some(known) => known.push(row),
            None => all.push(vec![row]),
        }
    }
    all
}

fn occurred(row: &Occurred) -> Text {
    match row.occurred {
        true => Text::of(Tone::Plain, "yes"),
        false => Text::of(Tone::Unknown, "never"),
    }
}

fn faint(text: &str) -> Text {
    Text::of(Tone::Faint, text)
}
