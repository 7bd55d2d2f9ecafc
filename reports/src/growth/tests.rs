//! Growth with a made-up explorer: which sizes it tries, where it ends, what is shown of it.

use super::*;
use crate::apart::{Cost, Limit};

fn size(text: &str) -> Size {
    text.parse().unwrap()
}

/// M³ · C⁴ · (K + 1)² states, a microsecond and ten bytes for each.
fn states(size: Size) -> u64 {
    let power = |number: u32, exponent| u64::from(number).pow(exponent);
    power(size.messages, 3) * power(size.consumers, 4) * power(size.crashes + 1, 2)
}

fn outcome(size: Size, limits: Limits) -> Outcome {
    let states = states(size);
    let cost = Cost {
        milliseconds: states / 1_000,
        memory_bytes: states * 10,
    };
    let space = Space {
        states,
        transitions: 4 * states,
        depth: 9 * u64::from(size.messages),
    };
    Outcome {
        space: limits.passed_by(cost).map_or(Ok(space), Err),
        cost,
    }
}

const LIMITS: Limits = Limits {
    milliseconds: 1_000,
    memory_bytes: 1 << 30,
};

/// What is heard while a form grows, as the example prints it.
fn heard(act: impl Fn(&mut Growth<'_>, Tell<'_>)) -> Vec<String> {
    let mut heard = Vec::new();
    let mut explore = |size: Size, _, limits: Limits| Ok(outcome(size, limits));
    let mut growth = Growth::new(Form::AllStates, size("4-3-2-2"), LIMITS, Known::default(), &mut explore);
    act(&mut growth, &mut |told| {
        heard.push(match told {
            Told::Trying(size, predicted) => trial(size, predicted),
            Told::Row(row) => line(row),
        });
    });
    heard
}

#[test]
fn an_axis_ends_where_a_limit_would_be_passed() {
    let heard = heard(|growth, tell| growth.along(Axis::Consumers, tell).unwrap());
    let rows: Vec<&String> = heard.iter().filter(|line| line.starts_with("  4")).collect();
    let rows: Vec<&str> = rows.iter().map(|row| row.as_str()).collect();
    assert_eq!(
        rows,
        [
            "  4   1   2   2             576           2,304     36      0.000       0",
            "  4   2   2   2           9,216          36,864     36      0.009       0   1,024,000    16.00",
            "  4   3   2   2          46,656         186,624     36      0.046       0   1,014,260     5.06          46,700",
            "  4   4   2   2         147,456         589,824     36      0.147       1   1,003,102     3.16         147,000",
            "  4   5   2   2         360,000       1,440,000     36      0.360       3   1,000,000     2.44         360,000",
            "  4   6   2   2         746,496       2,985,984     36      0.746       7   1,000,664     2.07         746,000",
            "  4   7   2   2  not tried, it would pass a limit: predicted 1,380,000 states, 1.3 s, 13 MiB",
        ]
    );
}

#[test]
fn each_size_is_explored_once() {
    let heard = heard(|growth, tell| {
        growth.along(Axis::Messages, tell).unwrap();
        growth.along(Axis::Deliveries, tell).unwrap();
    });
    let tried = |line: &&String| line.starts_with("4-3-2-2");
    assert_eq!(heard.iter().filter(tried).count(), 1);
    let base = |line: &&String| line.starts_with("  4   3   2   2 ");
    assert_eq!(heard.iter().filter(base).count(), 2);
}

#[test]
fn sizes_without_a_prediction_are_tried_and_ended() {
    let heard = heard(|growth, tell| {
        growth.sizes(&[size("30-9-9-2"), size("1-1-0-1")], tell).unwrap();
    });
    assert_eq!(
        heard,
        [
            "30-9-9-2: nothing predicted",
            " 30   9   9   2                ended at the time limit  17714.700 168,940",
            "1-1-0-1: nothing predicted",
            "  1   1   0   1               1               4      9      0.000       0",
        ]
    );
}

#[test]
fn what_is_known_beforehand_is_said_to_be() {
    let mut explore = |size: Size, _, limits: Limits| Ok(outcome(size, limits));
    let mut known = Known::default();
    known.learn(size("4-3-2-2"), 46_656);
    let mut growth = Growth::new(Form::AllStates, size("4-3-2-2"), LIMITS, known, &mut explore);
    let mut heard = Vec::new();
    let mut tell = |told: Told<'_>| {
        heard.push(match told {
            Told::Trying(size, predicted) => trial(size, predicted),
            Told::Row(row) => line(row),
        });
    };
    growth.sizes(&[size("4-3-2-2")], &mut tell).unwrap();
    assert_eq!(heard[0], "4-3-2-2: known to have 46,656 states");
    assert!(heard[1].ends_with("  known"), "{heard:?}");
}

#[test]
fn the_climb_doubles_and_ends_within_the_limits() {
    let mut sizes: Vec<Size> = Vec::new();
    let mut explore = |size: Size, _, limits: Limits| {
        let outcome = outcome(size, limits);
        sizes.extend(outcome.space.ok().map(|_| size));
        Ok(outcome)
    };
    let base = size("2-1-0-2");
    let mut growth = Growth::new(Form::AllStates, base, LIMITS, Known::default(), &mut explore);
    growth.limit(Limits {
        milliseconds: 10,
        ..LIMITS
    });
    for axis in Axis::ALL {
        growth.along(axis, &mut |_| ()).unwrap();
    }
    growth.limit(LIMITS);
    let mut tried = Vec::new();
    let largest = growth.climb(&mut |told| {
        if let Told::Row(row) = told {
            tried.push(states(row.size));
        }
    });
    let (largest, space) = largest.unwrap().expect("the base is small");
    assert_eq!(space.states, states(largest));
    assert!((500_000..=1_000_999).contains(&space.states), "{largest}: {tried:?}");
    assert!(tried.is_sorted() && (4..10).contains(&tried.len()), "{tried:?}");
    sizes.sort();
    assert!(sizes.windows(2).all(|pair| pair[0] != pair[1]), "{sizes:?}");
}

#[test]
fn after_a_limit_the_climb_tries_what_is_half_as_large() {
    let mut explore = |size: Size, _, limits: Limits| match states(size) {
        ..100_000 => Ok(outcome(size, limits)),
        _ => Ok(Outcome {
            space: Err(Limit::Memory),
            ..outcome(size, limits)
        }),
    };
    let base = size("2-1-0-2");
    let mut growth = Growth::new(Form::Interchangeable, base, LIMITS, Known::default(), &mut explore);
    growth.limit(Limits {
        milliseconds: 1,
        ..LIMITS
    });
    for axis in Axis::ALL {
        growth.along(axis, &mut |_| ()).unwrap();
    }
    growth.limit(LIMITS);
    let mut rows = Vec::new();
    let largest = growth.climb(&mut |told| {
        if let Told::Row(row) = told {
            rows.push(RowJson::of(row));
        }
    });
    let (_, space) = largest.unwrap().expect("the base is small");
    assert!((50_000..100_000).contains(&space.states), "{}", space.states);
    let passed = rows.iter().filter(|row| row.ended == "memory limit");
    let passed: Vec<u64> = passed.map(|row| row.predicted_states.unwrap()).collect();
    assert!((1..4).contains(&passed.len()), "{passed:?}");
    assert!(passed.windows(2).all(|pair| pair[1] <= pair[0] / 2), "{passed:?}");
    assert!(
        rows.iter().all(|row| row.size.ends_with("-2")),
        "with the deliveries of the base"
    );
}

#[test]
fn nothing_is_the_largest_where_nothing_finished() {
    let mut explore = |size: Size, _, limits: Limits| {
        Ok(Outcome {
            space: Err(Limit::Time),
            ..outcome(size, limits)
        })
    };
    let mut growth = Growth::new(Form::AllStates, size("4-3-2-2"), LIMITS, Known::default(), &mut explore);
    growth.along(Axis::Messages, &mut |_| ()).unwrap();
    assert_eq!(growth.climb(&mut |_| ()).unwrap(), None);
}

#[test]
fn counts_are_read_as_they_are_written() {
    let mut counts = Counts::new(size("2-2-1-2"));
    let space = |states| Space {
        states,
        transitions: 2_702,
        depth: 21,
    };
    counts.add(Form::AllStates, size("2-2-1-2"), space(1_013)).unwrap();
    counts.add(Form::Interchangeable, size("2-2-1-2"), space(511)).unwrap();
    assert_eq!(Counts::read(&counts.written()), Ok(counts.clone()));
    assert_eq!(
        Counts::read(&Counts::new(size("2-2-1-2")).written()),
        Ok(Counts::new(size("2-2-1-2")))
    );
    assert!(counts.add(Form::AllStates, size("2-2-1-2"), space(1_013)).is_ok());
    let other = counts.add(Form::AllStates, size("2-2-1-2"), space(1_014)).unwrap_err();
    assert!(other.contains("1013") && other.contains("1014"), "{other}");
    assert!(Counts::read("{}").is_err());
    assert!(Counts::read(r#"{ "base": "2-2", "counts": [] }"#).is_err());
}
