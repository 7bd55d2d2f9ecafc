//! What was never taken, kind by kind: gaps by themselves, what is excused by its reason.

use crate::report::coverage::CoverageReport;
use crate::report::words;
use crate::text::{Text, Tone};

/// The whole of it.
pub fn coverage(report: &CoverageReport) -> Text {
    let mut text = Text::default();
    let scenarios = words::count(report.scenarios as u64, "scenario");
    let seeds = words::count(report.seeds, "seed");
    text.line(
        Tone::Strong,
        format!("{scenarios}, explored, and simulated with at most {seeds} each"),
    );
    let widest = report.kinds.iter().map(|kind| kind.kind.len()).max().unwrap_or(0);
    for kind in &report.kinds {
        let (name, taken, points) = (kind.kind, kind.taken, kind.points);
        text.line(Tone::Plain, format!("  {name:widest$}  {taken} of {points} taken"));
    }
    for kind in report.kinds.iter().filter(|kind| !kind.never.is_empty()) {
        text.end_line();
        text.line(Tone::Strong, format!("{} that were never taken", kind.kind));
        let mut reasons: Vec<Option<&str>> = kind.never.iter().map(|never| never.why).collect();
        reasons.sort_unstable();
        reasons.dedup();
        for reason in reasons {
            let alike = kind.never.iter().filter(|never| never.why == reason);
            let points: Vec<&str> = alike.map(|never| never.point.as_str()).collect();
            let (tone, why) = match reason {
                Some(why) => (Tone::Faint, why),
                None => (Tone::Bad, "a gap"),
            };
            text.line(tone, format!("  {why}:"));
            text.line(Tone::Plain, format!("    {}", points.join(", ")));
        }
    }
    text
}
