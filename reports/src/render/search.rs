//! After how many seeds each policy finds each deliberate defect, as text.

use super::columns::Columns;
use crate::report::search::{By, Searched, Wanted};
use crate::report::words;
use crate::text::{Text, Tone};

/// The table, and what it comes to.
pub fn search(searched: &Searched) -> Text {
    let mut text = Text::default();
    if !searched.defects.is_empty() {
        text.append(table(searched));
        text.end_line();
    }
    text.append(summary(searched));
    text
}

fn table(searched: &Searched) -> Text {
    let mut rows = Columns::default();
    let mut head = vec![Text::of(Tone::Strong, "defect")];
    head.extend(
        searched
            .policies
            .iter()
            .map(|policy| Text::of(Tone::Strong, policy.name)),
    );
    head.push(Text::of(Tone::Strong, "shown by"));
    rows.row(head);
    for wanted in &searched.defects {
        let tone = if wanted.is_found { Tone::Plain } else { Tone::Bad };
        let mut row = vec![Text::of(tone, wanted.name)];
        row.extend(wanted.by.iter().map(cell));
        row.push(Text::of(Tone::Faint, place(wanted)));
        rows.row(row);
    }
    rows.into_text()
}

fn cell(by: &By) -> Text {
    let (times, of) = (by.times(), by.seeds.len());
    match by.median {
        Some(median) if times == of => Text::of(Tone::Good, words::number(median)),
        Some(median) => Text::of(Tone::Bad, format!("{} ({times} of {of})", words::number(median))),
        None if times > 0 => Text::of(Tone::Bad, format!("not found ({times} of {of})")),
        None => Text::of(Tone::Bad, "not found"),
    }
}

/// The check and the scenario of the first policy that found it.
fn place(wanted: &Wanted) -> String {
    let mut each = wanted.by.iter();
    let place = each.find_map(|by| Some(format!("{} in {}", by.check.as_ref()?, by.scenario.as_ref()?)));
    place.unwrap_or_default()
}

fn summary(searched: &Searched) -> Text {
    let mut text = Text::default();
    let Searched { starts, limit, .. } = searched;
    let starts = match starts {
        1 => "one start".to_owned(),
        starts => format!("the median of {starts} starts"),
    };
    text.line(
        Tone::Faint,
        format!(
            "Seeds up to the first that shows it, {starts}; no more than {} each.",
            words::number(*limit)
        ),
    );
    for policy in searched.policies.iter().filter(|policy| policy.runs_per_seed > 1) {
        text.line(
            Tone::Faint,
            format!("A seed of {} is {} runs.", policy.name, policy.runs_per_seed),
        );
    }
    let of = searched.defects.len();
    let finds = searched
        .policies
        .iter()
        .map(|policy| format!("{} by {}", policy.finds, policy.name));
    let finds: Vec<String> = finds.collect();
    let found = searched.defects.iter().filter(|wanted| wanted.is_found).count();
    text.line(
        if found == of { Tone::Plain } else { Tone::Bad },
        format!(
            "Found from every start: {found} of {}, {}.",
            words::count(of as u64, "defect"),
            finds.join(", ")
        ),
    );
    if !searched.left_out.is_empty() {
        text.line(
            Tone::Faint,
            format!(
                "No scenario is made for {}: laws of the broker catch it.",
                searched.left_out.join(", ")
            ),
        );
    }
    text
}
