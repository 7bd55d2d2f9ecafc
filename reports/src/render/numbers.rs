//! Numbers for users: a line for each group, how long runs took to recover, what was pending over time.

use super::columns::Columns;
use crate::decimal::decimal;
use crate::report::numbers::{Group, Numbers, Pending, Quantiles};
use crate::report::words;
use crate::text::{Text, Tone};

/// What a cell shows that has no number.
pub(crate) const NONE: &str = "-";

/// Eighths of a line's height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The numbers of a scenario's simulated runs.
pub fn numbers(numbers: &Numbers) -> Text {
    let mut columns = Columns::default();
    let head = [
        "group",
        "messages",
        "lost",
        "duplicates",
        "redelivered",
        "dead letters",
        "settled after p50",
        "p99",
        "max",
        "pending mean",
        "max",
    ];
    columns.row(head.map(|name| Text::of(Tone::Faint, name)).into());
    for group in &numbers.groups {
        columns.row(row(group));
    }
    let mut text = columns.into_text();
    for line in lines(numbers) {
        text.line(Tone::Plain, line);
    }
    text
}

fn row(group: &Group) -> Vec<Text> {
    let of_messages = |count: Option<u64>| count.map_or(NONE.into(), |count| counted(count, group.messages));
    let lost = counted(group.lost, group.messages_of_ended_runs);
    let pending = group.pending.as_ref();
    let mean = pending.and_then(|pending| pending.mean_thousandths);
    let mut cells = vec![
        group.group.clone(),
        words::number(group.messages),
        if group.messages_of_ended_runs == 0 {
            NONE.into()
        } else {
            lost
        },
        of_messages(Some(group.duplicates)),
        of_messages(group.redeliveries),
        of_messages(group.dead_letters),
    ];
    cells.extend(quantiles(group.latency_ms));
    cells.push(mean.map_or(NONE.into(), thousandths));
    cells.push(pending.map_or(NONE.into(), |pending| words::number(pending.max)));
    let lost = if group.lost > 0 { Tone::Bad } else { Tone::Plain };
    let tone = |place: usize| if place == 2 { lost } else { Tone::Plain };
    let cells = cells.into_iter().enumerate();
    cells.map(|(place, cell)| Text::of(tone(place), cell)).collect()
}

fn lines(numbers: &Numbers) -> Vec<String> {
    let mut lines = vec![format!(
        "{} with {}",
        words::count(numbers.runs, "run"),
        words::count(numbers.faults, "fault")
    )];
    if numbers.ended < numbers.runs {
        let cut_off = words::count(numbers.runs - numbers.ended, "run");
        lines[0] += &format!("; {cut_off} did not end within the time limit: what they lost is not known");
    }
    let spread = |found: Quantiles| {
        let [p50, p99, max] = quantiles(Some(found));
        let runs = words::count(found.count, "run");
        format!("p50 {p50}, p99 {p99}, max {max} ({runs})")
    };
    let never = match numbers.never_recovered {
        0 => String::new(),
        runs => format!("; {} never did", words::count(runs, "run")),
    };
    match (numbers.recovery_ms, numbers.never_recovered) {
        (None, 0) => {}
        (recovered, _) => {
            let recovered = recovered.map_or(NONE.into(), spread);
            lines.push(format!("settled after a run's last fault: {recovered}{never}"));
        }
    }
    if let Some(found) = numbers.until_settled_ms {
        lines.push(format!("settled after a run's beginning:  {}", spread(found)));
    }
    if let Some(bus) = numbers.bus_messages {
        lines.push(format!("on the bus between nodes: {}", words::count(bus, "message")));
    }
    for group in &numbers.groups {
        if let Some(line) = group.pending.as_ref().and_then(over_time) {
            lines.push(format!("pending in {}: {line}", group.group));
        }
    }
    lines
}

/// A bar for each point: the mean of the runs that lasted so long, beside the largest of these means.
fn over_time(pending: &Pending) -> Option<String> {
    let means = || pending.points.iter().map(|point| point.mean_thousandths.unwrap_or(0));
    let most = means().max().filter(|most| *most > 0)?;
    let bar = |mean: u64| BARS[(mean * 8).div_ceil(most).saturating_sub(1).min(7) as usize];
    let bars: String = means().map(bar).collect();
    let most = thousandths(most);
    let until = lasting(pending.point_ms * pending.points.len() as u64);
    Some(format!("{bars} mean at most {most}, over {until}"))
}

/// The three durations of quantiles, or that there are none.
pub(crate) fn quantiles(found: Option<Quantiles>) -> [String; 3] {
    match found {
        Some(Quantiles { p50, p99, max, .. }) => [p50, p99, max].map(lasting),
        None => [NONE; 3].map(str::to_owned),
    }
}

fn counted(count: u64, of: u64) -> String {
    match count {
        0 => "0".into(),
        _ => format!("{} {}", words::number(count), share(count, of)),
    }
}

/// A part in a hundred: `6.17%`.
pub(crate) fn share(part: u64, whole: u64) -> String {
    match (u128::from(part) * 10_000).checked_div(u128::from(whole)) {
        None => NONE.into(),
        Some(0) if part == 0 => "0%".into(),
        Some(0) => "<0.01%".into(),
        Some(hundredths) => format!("{}%", decimal(u64::try_from(hundredths).unwrap_or(u64::MAX), 100)),
    }
}

/// How long something takes, in three digits, or all of them above.
pub(crate) fn lasting(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms}ms"),
        1_000..10_000 => format!("{}s", decimal(ms / 10, 100)),
        10_000..100_000 => format!("{}s", decimal(ms / 100, 10)),
        _ => format!("{}s", words::number(ms / 1_000)),
    }
}

fn thousandths(mean: u64) -> String {
    match mean {
        1..10 => "<0.01".into(),
        _ => decimal(mean / 10, 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_durations() {
        let shares = [(0, 7), (1, 1_000_000), (1_234, 20_000), (30_000, 20_000), (3, 0)];
        let shares = shares.map(|(part, whole)| share(part, whole));
        assert_eq!(shares, ["0%", "<0.01%", "6.17%", "150.00%", "-"]);
        let durations = [7, 1_059, 59_999, 131_072, 3_600_000].map(lasting);
        assert_eq!(durations, ["7ms", "1.05s", "59.9s", "131s", "3,600s"]);
    }

    #[test]
    fn bars_are_as_high_as_means() {
        let point = |mean| crate::report::numbers::PendingPoint {
            mean_thousandths: mean,
            max: 9,
        };
        let pending = |points: &[Option<u64>]| Pending {
            mean_thousandths: None,
            max: 9,
            point_ms: 2,
            points: points.iter().copied().map(point).collect(),
        };
        let shown = over_time(&pending(&[Some(0), Some(1), Some(4_000), Some(8_000), None]));
        assert_eq!(shown.as_deref(), Some("▁▁▄█▁ mean at most 8.00, over 10ms"));
        assert_eq!(over_time(&pending(&[Some(0)])), None, "nothing was ever pending");
    }
}
