//! One test for each file in `found/`, for ever: what was found once is violated still, by the very run that is left of
//! it, and by exploring where the file says so; and nothing makes it smaller.

use std::path::Path;

use redelivery_scenarios::language::load;
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::shrink::{Failure, TRIES, found, shrink};

fn one(path: &Path) -> datatest_stable::Result<()> {
    let scenario = load(path).map_err(|mistakes| mistakes[0].render(false))?;
    let scheduled = scenario.simulate.schedule.clone().ok_or("it has no schedule")?;
    let outcome = run(&scenario, &Options::default(), &|_, _| ());
    assert_eq!(outcome.as_expected(), Some(true), "{:#?}", outcome.rows);
    assert_eq!(
        outcome.rows.iter().filter(|row| row.counterexample.is_some()).count(),
        outcome.rows.len()
    );

    let text = std::fs::read_to_string(path)?;
    let failure = found::failure(&scenario, &text).ok_or("it does not expect one violation")?;
    let again = shrink(&failure, TRIES).ok_or("it does not fail again")?;
    assert!(again.is_minimal);
    assert_eq!(
        (again.schedule, again.ends),
        (scheduled.steps, scheduled.ends),
        "it can be made smaller"
    );
    if scenario.simulate.setup.defect.is_some() {
        let mut healthy = scenario.clone();
        healthy.simulate.setup.defect = None;
        let healthy = Failure {
            scenario: &healthy,
            ..failure
        };
        assert!(shrink(&healthy, 1).is_none(), "it fails without the defect as well");
    }
    Ok(())
}

datatest_stable::harness! {
    { test = one, root = "found", pattern = r"\.toml$" },
}
