//! Scenarios with other values: what a name means, what the language makes of a value, and what numbers come of it.

use std::path::Path;

use redelivery_model::simulate::{Simulation, simulate};
use redelivery_scenarios::language;
use redelivery_scenarios::tune::{Grid, Refused, Tuned, Vary};

const SCENARIO: &str = r#"
story = "Two kinds of workers share a stream; one of them takes over."
stream.orders = { groups = { workers = "0" } }
producer.shop = { stream = "orders", messages = 1, when = "beforehand" }
[consumer.worker]
count = 2
stream = "orders"
group = "workers"
work = "20ms..80ms"
reclaim = { by = "xautoclaim", min-idle-time = "30s" }
[consumer.helper]
stream = "orders"
group = "workers"
acknowledge = "on-receipt"
[faults]
crash = { times = 1, clients = ["worker"] }
[simulate]
count = { worker = 3 }
messages = { shop = 20 }
faults.crash = { times = 3, clients = ["worker"] }
[live]
speed = 100
[expect]
holds = ["at-least-once", "at-most-once"]
"#;

fn grid(varied: &[(&str, &[&str])]) -> Result<Grid, Refused> {
    let varied: Vec<Vary> = varied
        .iter()
        .map(|(name, values)| Vary {
            name: (*name).to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        })
        .collect();
    Grid::new(Path::new("tuned/mine.toml"), SCENARIO.as_bytes(), &varied)
}

/// The path that a name is taken for.
fn means(name: &str, value: &str) -> String {
    grid(&[(name, &[value])])
        .unwrap_or_else(|refused| panic!("{name}: {refused:?}"))
        .parameters
        .remove(0)
}

fn refused(name: &str, value: &str) -> String {
    match grid(&[(name, &[value])]) {
        Err(Refused::Request(message)) => message,
        Err(Refused::File { with, diagnostics }) => format!("{with}: {}", diagnostics[0].render(false)),
        Ok(_) => panic!("{name} is accepted"),
    }
}

#[test]
fn a_name_is_as_much_of_a_path_as_is_needed() {
    assert_eq!(means("min-idle-time", "1s"), "consumer.worker.reclaim.min-idle-time");
    assert_eq!(means("worker.work", "1s..2s"), "consumer.worker.work");
    assert_eq!(means("helper.work", "1s"), "consumer.helper.work", "it may be left out");
    assert_eq!(means("messages", "7"), "producer.shop.messages");
    assert_eq!(means("producers", "2"), "producer.shop.count");
    assert_eq!(means("latency", "5ms"), "simulate.latency");
    assert_eq!(means("times", "9"), "faults.crash.times");
    assert_eq!(means("acknowledge", "after-work"), "consumer.helper.acknowledge");
    assert_eq!(
        means("consumer.helper.batch", "4"),
        "consumer.helper.batch",
        "a whole path"
    );
}

#[test]
fn names_that_mean_nothing_or_too_much() {
    assert!(refused("consumers", "2").contains("`consumer.worker.count`, `consumer.helper.count`"));
    assert!(refused("work", "2s").contains("several places"));
    assert!(refused("min-idel-time", "2s").contains("did you mean `min-idle-time`?"));
    assert!(refused("retention", "2s").contains("what can be varied here: "));
    assert!(refused("story", "x").contains("unknown parameter"));
    let twice = grid(&[("latency", &["1ms"]), ("simulate.latency", &["2ms"])]);
    assert!(matches!(twice, Err(Refused::Request(message)) if message.contains("varied twice")));
    let many: Vec<&str> = vec!["1ms"; 10_001];
    let many = grid(&[("latency", &many)]);
    assert!(matches!(many, Err(Refused::Request(message)) if message.contains("10001 combinations")));
}

#[test]
fn the_language_judges_each_value() {
    let unit = refused("min-idle-time", "3sec");
    assert!(
        unit.starts_with("consumer.worker.reclaim.min-idle-time = 3sec: "),
        "{unit}"
    );
    assert!(
        unit.contains("unknown unit `sec`") && unit.contains("min-idle-time = \"3sec\""),
        "{unit}"
    );
    assert!(refused("worker.count", "65").contains("out of bounds"));
    assert!(refused("acknowledge", "sometimes").contains("unknown word"));
    assert!(refused("consumer.helper.bacth", "4").contains("did you mean `batch`?"));
}

/// Exploring takes idle times by classes, and live runs cannot tell them apart; simulated runs can.
#[test]
fn idle_times_may_be_short_where_runs_are_simulated() {
    let text = SCENARIO.replace("30s", "10ms");
    assert!(language::parse(Path::new("mine.toml"), text.as_bytes()).is_err());
    assert!(language::parse_to_simulate(Path::new("mine.toml"), text.as_bytes()).is_ok());
    assert!(grid(&[("min-idle-time", &["10ms", "2s"])]).is_ok());
}

#[test]
fn what_is_simulated_is_what_is_varied() {
    let grid = grid(&[
        ("worker.count", &["1", "5"]),
        ("messages", &["3", "9"]),
        ("times", &["2"]),
    ])
    .unwrap();
    let values: Vec<_> = grid.points.iter().map(|point| point.values.join(" ")).collect();
    assert_eq!(values, ["1 3 2", "1 9 2", "5 3 2", "5 9 2"]);
    let last = &grid.points[3].scenario;
    assert_eq!(last.simulate.setup.clients.len(), 1 + 5 + 1);
    assert_eq!(last.simulate.setup.messages.len(), 9);
    assert_eq!(last.simulate.setup.faults.crash.times, 2);
    assert_eq!(
        last.explore.setup.clients.len(),
        1 + 2 + 1,
        "what is explored is left alone"
    );
    assert_eq!(last.explore.setup.faults.crash.times, 1);
}

#[test]
fn short_idle_times_repeat_and_long_ones_wait() {
    let grid = grid(&[("min-idle-time", &["10ms", "30s"])]).unwrap();
    let tuned: Vec<Tuned> = grid
        .points
        .iter()
        .map(|point| point.run(Some(0..200), None, &|_, _| ()))
        .collect();
    let [short, long] = tuned.as_slice() else { panic!() };
    let duplicates = |tuned: &Tuned| tuned.numbers.groups[0].duplicates;
    let recovery_ms = |tuned: &Tuned| tuned.numbers.recovery.percentile(99).unwrap();
    assert!(duplicates(short) > 10 * duplicates(long));
    assert!(recovery_ms(long) > 30_000 && recovery_ms(short) < 10_000);
    assert_eq!((short.numbers.runs, short.numbers.ended), (200, 200));
    assert_eq!(
        short.violated,
        ["at-most-once"],
        "what should hold and does not is said"
    );
}

#[test]
fn counting_changes_nothing() {
    let scenario = language::parse(Path::new("mine.toml"), SCENARIO.as_bytes()).unwrap();
    let simulation = scenario.simulate.simulation();
    let counting = Simulation {
        counts: true,
        ..simulation
    };
    let mut pending = 0;
    for seed in 0..50 {
        let mut outcome = simulate(counting, seed);
        let numbers = outcome.numbers.take().unwrap();
        assert_eq!(outcome, simulate(simulation, seed));
        let series = numbers.groups[0].pending.as_ref().unwrap();
        assert!(
            series.whole().max <= 4 + 3,
            "each works on one message, and those who crash leave one"
        );
        pending += series.whole().max;
    }
    assert!(pending > 50, "and some do");
}

#[test]
fn the_same_on_one_thread_and_on_two() {
    let grid = grid(&[("latency", &["1ms", "9ms"])]).unwrap();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let points = grid.points.iter();
            points
                .map(|point| point.run(Some(0..100), None, &|_, _| ()))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(on(1), on(2));
}
