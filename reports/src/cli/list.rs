//! `redelivery list`: which scenarios there are, what they are about, what they expect.

use redelivery_scenarios::repairs::Repairs;
use serde::Serialize;

use super::{Exit, Output, select};
use crate::render;
use crate::report::{Pairs, words};
use crate::text::{Text, Tone};

/// List scenarios: family, name, story, expectations
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Scenario files, folders, families or names of the corpus; all of the corpus if none is given
    #[arg(value_name = "FILE|FAMILY")]
    what: Vec<String>,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    family: &'a str,
    path: String,
    story: &'a str,
    sources: &'a [String],
    pairs: Pairs,
    expectations: Vec<Expected<'a>>,
}

#[derive(Serialize)]
struct Expected<'a> {
    check: &'a str,
    expected: String,
    ways: Vec<&'static str>,
}

impl List {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let scenarios = select::select(&self.what, output);
        let repairs = Repairs::around(&scenarios);
        let listed: Vec<Listed<'_>> = scenarios
            .iter()
            .map(|scenario| Listed {
                name: &scenario.name,
                family: &scenario.family,
                path: scenario.path.display().to_string(),
                story: scenario.story.trim(),
                sources: &scenario.sources,
                pairs: Pairs::of(scenario, &repairs),
                expectations: scenario
                    .expect
                    .iter()
                    .map(|expectation| Expected {
                        check: &expectation.name,
                        expected: expectation.expected.to_string(),
                        ways: ways(expectation.ways),
                    })
                    .collect(),
            })
            .collect();
        if output.json() {
            output.pretty(&listed);
        } else {
            output.text(&text(&listed));
        }
        Exit::AsExpected
    }
}

fn text(listed: &[Listed<'_>]) -> Text {
    let mut text = Text::default();
    for family in listed.chunk_by(|one, next| one.family == next.family) {
        text.line(Tone::Strong, family[0].family);
        for scenario in family {
            text.push(Tone::Strong, format!("  {}", scenario.name));
            text.line(Tone::Faint, format!("  {}", scenario.path));
            text.line(Tone::Plain, format!("    {}", words::first_sentence(scenario.story)));
            for outcome in ["holds", "violated"] {
                let mut checks: Vec<&str> = scenario
                    .expectations
                    .iter()
                    .filter(|expectation| expectation.expected == outcome)
                    .map(|expectation| expectation.check)
                    .collect();
                checks.dedup();
                if !checks.is_empty() {
                    text.line(Tone::Faint, format!("    {outcome}: {}", checks.join(", ")));
                }
            }
            text.append(render::pairs("    ", &scenario.pairs));
        }
    }
    text
}

fn ways(ways: redelivery_scenarios::scenario::Ways) -> Vec<&'static str> {
    let all = [
        ("explore", ways.explore),
        ("simulate", ways.simulate),
        ("live", ways.live),
    ];
    all.iter().filter(|(_, in_it)| *in_it).map(|(name, _)| *name).collect()
}
