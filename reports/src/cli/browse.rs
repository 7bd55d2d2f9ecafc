//! `redelivery explore --browse`: what was explored, to be walked through in a browser.

use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::{Outcome, Way};

use super::{Exit, Output};
use crate::browse::Browsed;
use crate::text::{Text, Tone};

/// Says where the Explorer is, and where in it each counterexample ends; serves it until the process is interrupted.
pub(super) fn browse(scenario: &Scenario, outcome: &Outcome, port: u16, output: &mut Output) -> Exit {
    let browsed = Browsed::new(scenario.explore.setup.clone());
    let explored = outcome.rows.iter().filter(|row| row.way == Way::Explore);
    let places: Vec<(&str, String)> = explored
        .filter_map(|row| {
            let found = row.counterexample.as_ref()?;
            Some((row.name.as_str(), browsed.place(&found.schedule)?))
        })
        .collect();
    let served = browsed.serve(port, |address| {
        let mut text = Text::default();
        for (check, place) in &places {
            text.line(Tone::Plain, format!("{check} is violated at http://{address}/{place}"));
        }
        text.line(Tone::Strong, format!("browse http://{address}/ until Ctrl-C"));
        output.text(&text);
    });
    match served {
        Ok(()) => Exit::AsExpected,
        Err(error) => {
            output.error(&format!("cannot listen on port {port}: {error}"));
            Exit::Error
        }
    }
}
