//! Judging records: each verdict, and what makes it unknown, of a whole sweep and of a shard.

use std::collections::{BTreeMap, BTreeSet};

use super::super::header::tests::header;
use super::super::{Failure, Record, Shard, Unit};
use super::*;

/// Of one scenario under two seeds, with a check that should hold and one that should not.
fn planned() -> Header {
    let mut header = header(1, 4..6);
    let expect = |check: &str, expected| Expect {
        check: check.into(),
        expected,
        ends: false,
        applies: true,
        presumes: vec!["Work".into()],
    };
    let planned = &mut header.scenarios[0];
    planned.expect = vec![expect("good", Expected::Holds), expect("bad", Expected::Violated)];
    planned.occurs = vec!["crash".into()];
    header
}

fn record(seed: u64, violated: &[&str]) -> Record {
    let failure = Failure {
        digest: "d".into(),
        actions: 3,
        from: 9,
    };
    let failures = violated.iter().filter(|check| **check == "good");
    Record {
        scenario: "test/0".into(),
        seed,
        requests: 10,
        virtual_ms: 5,
        cut_off: false,
        violated: violated.iter().map(|check| (*check).to_owned()).collect(),
        shown: BTreeSet::from(["Work".into(), "crash".into()]),
        failures: failures.map(|check| ((*check).to_owned(), failure.clone())).collect(),
    }
}

fn judged(header: &Header, records: &[Record]) -> Summary {
    let mut tallies = Tally::of(header);
    for record in records {
        let unit = Unit {
            seed: record.seed,
            scenario: 0,
        };
        tallies[0].add(header, unit, record);
    }
    Summary::of(header, &tallies).remove(0)
}

fn verdicts(summary: &Summary) -> Vec<Verdict> {
    summary.expectations.iter().map(|row| row.verdict).collect()
}

#[test]
fn what_is_expected_is_found_or_not() {
    use Verdict::{Holds, Unknown, Violated};
    let header = planned();
    let quiet = |seed| Record {
        shown: BTreeSet::new(),
        ..record(seed, &[])
    };
    for (records, as_expected, expected) in [
        (vec![record(4, &["bad"]), record(5, &[])], Some(true), [Holds, Violated]),
        (
            vec![record(4, &["good", "bad"]), record(5, &["good"])],
            Some(false),
            [Violated, Violated],
        ),
        (vec![record(4, &[]), record(5, &[])], Some(false), [Holds, Holds]),
        (vec![quiet(4), quiet(5)], None, [Unknown, Unknown]),
        (vec![record(4, &["bad"])], None, [Unknown, Violated]),
        (vec![record(5, &["good"])], Some(false), [Violated, Unknown]),
        (vec![], None, [Unknown, Unknown]),
    ] {
        let summary = judged(&header, &records);
        assert_eq!(summary.as_expected, as_expected, "{records:#?}");
        assert_eq!(verdicts(&summary), expected, "{records:#?}");
    }
}

#[test]
fn a_shard_is_judged_by_what_it_found_and_by_its_holes() {
    let header = planned();
    let header = header.of_shard(Shard::new(2, 2).unwrap());
    let nothing_shown = Record {
        shown: BTreeSet::new(),
        failures: BTreeMap::new(),
        ..record(5, &[])
    };
    assert_eq!(judged(&header, &[nothing_shown]).as_expected, Some(true));
    assert_eq!(judged(&header, &[record(5, &["good"])]).as_expected, Some(false));
    assert_eq!(judged(&header, &[]).as_expected, None);
}

#[test]
fn holes_are_counted() {
    let header = header(1, 10..20);
    let hole = |seeds: &[u64]| {
        let records: Vec<Record> = seeds.iter().map(|seed| record(*seed, &[])).collect();
        judged(&header, &records)
            .not_run
            .map(|hole| (hole.seeds, hole.first, hole.last))
    };
    let all: Vec<u64> = (10..20).collect();
    assert_eq!(hole(&all), None);
    assert_eq!(hole(&[]), Some((10, 10, 19)));
    assert_eq!(hole(&all[..7]), Some((3, 17, 19)));
    assert_eq!(hole(&all[2..]), Some((2, 10, 11)));
    assert_eq!(hole(&[10, 12, 13, 16, 19]), Some((5, 11, 18)));
}

#[test]
fn runs_that_were_cut_off_say_nothing_of_ends() {
    let mut header = planned();
    header.scenarios[0].expect[0].ends = true;
    let cut_off = Record {
        cut_off: true,
        ..record(5, &[])
    };
    let summary = judged(&header, &[record(4, &["bad"]), cut_off]);
    assert_eq!(verdicts(&summary), [Verdict::Unknown, Verdict::Violated]);
    assert_eq!(summary.as_expected, None);
}
