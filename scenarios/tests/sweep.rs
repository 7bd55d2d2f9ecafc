//! Sweeping in shards, on any number of threads, cut short and gone on with, comes to the bytes of one sweep.

use std::path::Path;

use proptest::prelude::*;
use redelivery_scenarios::language;
use redelivery_scenarios::outcome::Verdict;
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::shrink::text_of;
use redelivery_scenarios::sweep::{
    Content, FIRST, Found, Limits, Plan, Shard, Sink, Source, Summary, digest, merge, sweep,
};

#[path = "common/load.rs"]
mod load;

/// Two of the corpus, and one that expects what fails: failures, occurrences and premises are in the records.
fn plan() -> Plan {
    let root = redelivery_scenarios::corpus::shipped();
    let mut sources: Vec<_> = ["streams/acknowledge-on-receipt", "lists/pop-then-crash"]
        .map(|name| {
            let scenario = load::load(&root, name);
            let text = text_of(&scenario.path).unwrap();
            Source { scenario, text }
        })
        .into();
    let scenario = language::parse(Path::new("test/canary.toml"), CANARY.as_bytes()).unwrap();
    let text = CANARY.into();
    sources.push(Source { scenario, text });
    Plan::new(sources, 3..13).unwrap()
}

const CANARY: &str = include_str!("../src/sweep/canary.toml");

fn swept(plan: &Plan, shard: Shard, threads: usize, so_far: &[u8], limits: &Limits<'_>) -> Vec<u8> {
    let content = Content::read(so_far).unwrap();
    let mut bytes = so_far[..content.as_ref().map_or(0, |content| content.whole_bytes)].to_vec();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let sink = Sink {
        records: &mut bytes,
        found: None,
    };
    let done = pool.install(|| sweep(plan, shard, content, limits, sink, &|_| {}));
    done.unwrap();
    bytes
}

const NO_LIMITS: Limits<'static> = Limits {
    max_failures: None,
    out_of_time: &|| false,
};

fn whole(plan: &Plan) -> Vec<u8> {
    swept(plan, Shard::WHOLE, 1, b"", &NO_LIMITS)
}

fn named(name: &str, bytes: &[u8]) -> (String, Content) {
    (name.into(), Content::read(bytes).unwrap().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shards_merge_to_the_bytes_of_one_sweep(
        of in 1u64..6,
        threads in 1usize..4,
        turn in 0usize..6,
        backwards: bool,
        cuts in prop::collection::vec(0usize..5_000, 6),
        again: bool,
    ) {
        let plan = plan();
        let whole = whole(&plan);
        let mut files = Vec::new();
        for number in 1..=of {
            let shard = Shard::new(number, of).unwrap();
            let bytes = swept(&plan, shard, threads, b"", &NO_LIMITS);
            // Killed after so many bytes, and begun again.
            let cut = cuts[number as usize].min(bytes.len());
            let resumed = swept(&plan, shard, threads, &bytes[..cut], &NO_LIMITS);
            prop_assert_eq!(&resumed, &bytes, "shard {} cut at {}", shard, cut);
            files.push(named("shard", &resumed));
        }
        // A file may be there twice, and a part of it beside the whole.
        if again {
            files.push(files[0].clone());
            files.push(named("whole", &whole));
        }
        files.rotate_left(turn % of as usize);
        if backwards {
            files.reverse();
        }
        let merged = merge(files).unwrap();
        prop_assert_eq!(String::from_utf8(merged.bytes), String::from_utf8(whole));
    }
}

#[test]
fn records_have_something_to_lose() {
    let plan = plan();
    let bytes = whole(&plan);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.lines().count(), 2 + 3 * 10);
    for word in [
        "\"shown\":[",
        "\"crash\"",
        "\"Effect in orders/workers\"",
        "\"failures\":{\"at-least-once\":{\"digest\":\"",
        "\"violated\":[",
    ] {
        assert!(text.contains(word), "{word}:\n{text}");
    }
}

#[test]
fn a_whole_sweep_is_judged_as_simulating_judges() {
    let plan = plan();
    let merged = merge(vec![named("whole", &whole(&plan))]).unwrap();
    let summaries = Summary::of(&merged.header, &merged.tallies);
    let verdicts: Vec<_> = summaries.iter().map(|summary| summary.as_expected).collect();
    assert_eq!(verdicts, [Some(true), Some(true), Some(false)]);
    let row = &summaries[2].expectations[0];
    // Most runs lose something; the first few are shrunk, and some of them are the same then.
    assert!(row.violating_seeds as usize > FIRST && row.failures < FIRST, "{row:?}");
    assert!(
        row.failures > 0 && row.smallest < Some(10) && row.first_seed.is_some(),
        "{row:?}"
    );
}

#[test]
fn what_is_found_is_small_and_fails_by_itself() {
    let plan = plan();
    let files = |threads: usize| {
        let (mut bytes, mut files) = (Vec::new(), Vec::new());
        let mut keep = |found: &Found| {
            files.push(found.clone());
            Ok(())
        };
        let sink = Sink {
            records: &mut bytes,
            found: Some(&mut keep),
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let done = pool.install(|| sweep(&plan, Shard::WHOLE, None, &NO_LIMITS, sink, &|_| {}));
        done.unwrap();
        assert_eq!(bytes, whole(&plan), "files beside it change nothing of it");
        files
    };
    let found = files(1);
    assert_eq!(found, files(3), "on any threads");
    let summaries = {
        let merged = merge(vec![named("whole", &whole(&plan))]).unwrap();
        Summary::of(&merged.header, &merged.tallies)
    };
    assert_eq!(
        found.len(),
        summaries[2].expectations[0].failures,
        "one file for each that differs"
    );
    for Found { name, text } in found {
        assert!(
            name.starts_with("test-canary--at-least-once--") && name.ends_with(".toml"),
            "{name}"
        );
        let scenario = language::parse(Path::new("found").join(&name).as_path(), text.as_bytes()).unwrap();
        let outcome = run(&scenario, &Options::default(), &|_, _| ());
        assert_eq!(outcome.as_expected(), Some(true), "{text}");
        assert!(
            outcome.rows.iter().all(|row| row.verdict == Verdict::Violated),
            "{text}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_written_ends_it_before_the_line_that_tells_of_it() {
    let plan = plan();
    let mut bytes = Vec::new();
    let mut refuse = |_: &Found| Err(std::io::Error::other("the disk is full"));
    let sink = Sink {
        records: &mut bytes,
        found: Some(&mut refuse),
    };
    let error = sweep(&plan, Shard::WHOLE, None, &NO_LIMITS, sink, &|_| {}).unwrap_err();
    assert_eq!(error.to_string(), "the disk is full");
    assert!(!String::from_utf8(bytes).unwrap().contains("\"failures\""));
}

#[test]
fn failures_that_are_enough_end_it_at_the_same_place_on_any_threads() {
    let plan = plan();
    let limits = Limits {
        max_failures: Some(2),
        ..NO_LIMITS
    };
    let one = swept(&plan, Shard::WHOLE, 1, b"", &limits);
    assert_eq!(one, swept(&plan, Shard::WHOLE, 3, b"", &limits));
    assert_eq!(
        one,
        swept(&plan, Shard::WHOLE, 2, &one, &limits),
        "nothing is added to it"
    );
    assert!(whole(&plan).starts_with(&one) && one.len() < whole(&plan).len());
    let merged = merge(vec![named("short", &one)]).unwrap();
    let summaries = Summary::of(&merged.header, &merged.tallies);
    assert_eq!(summaries[0].as_expected, None, "{:?}", summaries[0]);
    assert!(summaries[0].not_run.is_some());
}

#[test]
fn time_that_is_up_leaves_holes() {
    let plan = plan();
    let at_once = Limits {
        max_failures: None,
        out_of_time: &|| true,
    };
    let bytes = swept(&plan, Shard::WHOLE, 2, b"", &at_once);
    let merged = merge(vec![named("short", &bytes)]).unwrap();
    for summary in Summary::of(&merged.header, &merged.tallies) {
        assert_eq!(
            summary.not_run.map(|hole| (hole.seeds, hole.first, hole.last)),
            Some((10, 3, 12))
        );
        assert_eq!(summary.as_expected, None);
    }
}

#[test]
fn files_of_other_sweeps_are_refused() {
    let plan = plan();
    let bytes = whole(&plan);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let refused = |other: &str| merge(vec![named("a.jsonl", &bytes), named("b.jsonl", other.as_bytes())]).unwrap_err();
    for (from, to, said) in [
        ("\"seeds\":[3,13]", "\"seeds\":[3,14]", "seeds 3..13 and 3..14"),
        ("\"version\":\"", "\"version\":\"9", "made by version"),
        (&digest(CANARY.as_bytes()), &digest(b"another"), "digests"),
    ] {
        let error = refused(&text.replacen(from, to, 1));
        assert!(
            error.starts_with("a.jsonl:1 and b.jsonl:1") && error.contains(said),
            "{error}"
        );
    }
    let error = refused(&text.replacen("\"requests\":", "\"requests\":1", 1));
    assert!(error.starts_with("a.jsonl:3 and b.jsonl:3 differ about"), "{error}");
}

#[test]
fn another_file_is_not_gone_on_with() {
    let plan = plan();
    let go_on = |shard: Shard, so_far: &[u8]| {
        let content = Content::read(so_far).unwrap();
        let sink = Sink {
            records: &mut Vec::new(),
            found: None,
        };
        sweep(&plan, shard, content, &NO_LIMITS, sink, &|_| {})
            .unwrap_err()
            .to_string()
    };
    let bytes = whole(&plan);
    assert!(go_on(Shard::new(1, 2).unwrap(), &bytes).contains("shard 1/1, not 1/2"));
    let text = String::from_utf8(bytes).unwrap();
    let other = text.replacen("\"seeds\":[3,13]", "\"seeds\":[2,13]", 1);
    assert!(go_on(Shard::WHOLE, other.as_bytes()).contains("another sweep"));
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.remove(3);
    assert!(go_on(Shard::WHOLE, lines.concat().as_bytes()).contains("line 4: there should be another unit"));
}
