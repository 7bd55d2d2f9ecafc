//! One test for each scenario of the corpus: as expected, the same on one thread and on two, and as its committed
//! snapshot says. Another for the snapshot of all of them in one table.
//!
//! Read the snapshots as documentation: `reports/snapshots/<family>/<name>.snap`. To write them anew after a change that
//! is meant: `INSTA_UPDATE=always cargo test -p redelivery-reports --test corpus`, then read what changed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use redelivery_reports::render;
use redelivery_reports::report::{Finding, Occurred, Report};
use redelivery_scenarios::outcome::Way;
use redelivery_scenarios::repairs::Repairs;
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::{Scenario, corpus, language};

const CORPUS: &str = "../scenarios/corpus";

/// Where the repository's root sees the corpus: so paths are printed.
const SHOWN: &str = "scenarios/corpus";

/// Enough to compare one thread with two; the whole of it is compared with the snapshot.
const FEW_SEEDS: Range<u64> = 0..50;

/// The reports that were made in this process, by path within the corpus: two tests may want the same.
static REPORTS: Mutex<BTreeMap<PathBuf, Arc<OnceLock<Report>>>> = Mutex::new(BTreeMap::new());

fn report(file: &Path) -> Report {
    let cell = REPORTS.lock().unwrap().entry(file.to_owned()).or_default().clone();
    cell.get_or_init(|| {
        let found = language::load(&Path::new(CORPUS).join(file)).expect("the scenario is right");
        let scenario = Scenario {
            path: Path::new(SHOWN).join(file),
            ..found.clone()
        };
        // What exploring finds is compared with the snapshot, which another process wrote; it knows one thread only.
        let few = Options {
            seeds: Some(FEW_SEEDS),
            explore: false,
            ..Options::default()
        };
        assert_eq!(
            of_simulation(&on(1, &scenario, &few)),
            of_simulation(&on(2, &scenario, &few)),
            "a report must not depend on threads"
        );
        let whole = on(2, &scenario, &Options::default());
        whole.among(&found, &Repairs::around(std::slice::from_ref(&found)))
    })
    .clone()
}

/// What a report says of simulated runs: findings, what occurred, and how many there were.
fn of_simulation(report: &Report) -> (Vec<&Finding>, Vec<&Occurred>, String) {
    let findings = report
        .expectations
        .iter()
        .filter(|finding| finding.way == Way::Simulate);
    let occurrences = report.occurrences.iter();
    let occurred = occurrences.filter(|occurred| occurred.way == Way::Simulate);
    (
        findings.collect(),
        occurred.collect(),
        format!("{:?}", report.simulated),
    )
}

fn on(threads: usize, scenario: &Scenario, options: &Options) -> Report {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let outcome = pool.install(|| run(scenario, options, &|_, _| {}));
    Report::new(scenario, &outcome, "redelivery")
}

fn settings(folder: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

fn one(path: &Path) -> datatest_stable::Result<()> {
    let report = report(path.strip_prefix(CORPUS)?);
    let document = render::document(&report).plain();
    settings(&report.family).bind(|| insta::assert_snapshot!(report.name.as_str(), document));
    assert_eq!(report.as_expected, Some(true), "{document}");
    Ok(())
}

fn all(_: &Path) -> datatest_stable::Result<()> {
    let root = Path::new(CORPUS);
    let files = corpus::all(root).map_err(|diagnostic| diagnostic.render(false))?;
    let reports: Result<Vec<Report>, _> = files.iter().map(|file| file.strip_prefix(root).map(report)).collect();
    let reports = reports?;
    let mut text = render::table(&reports);
    text.append(render::summary(&reports));
    settings("").bind(|| insta::assert_snapshot!("summary", text.plain()));
    Ok(())
}

datatest_stable::harness! {
    { test = one, root = CORPUS, pattern = r"\.toml$" },
    { test = all, root = "snapshots", pattern = r"^summary\.snap$" },
}
