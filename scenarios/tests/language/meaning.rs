//! What a scenario means: expansion, defaults, what differs between the ways.

use std::path::Path;

use redelivery_model::check::CheckSpec;
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::policy::Role;
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::simulate::simulate;
use redelivery_model::world::{Action, START_MS};
use redelivery_scenarios::language::{load, parse};
use redelivery_scenarios::run::{Options, run};
use redelivery_scenarios::scenario::{Expected, Scenario, Ways};

fn names(setup: &Setup) -> Vec<String> {
    setup.clients.iter().map(|client| client.name.to_string()).collect()
}

fn min_idle(setup: &Setup) -> u64 {
    let reclaims = setup.clients.iter().filter_map(|client| match &client.role {
        Role::Consumer(consumer) => consumer.reclaim,
        _ => None,
    });
    reclaims.map(|reclaim| reclaim.min_idle_ms).max().unwrap()
}

#[test]
fn the_example_is_expanded_for_each_way() {
    let scenario = load(&super::here("corpus/streams/crash-then-reclaim.toml")).unwrap();
    assert_eq!(
        (scenario.family.as_str(), scenario.name.as_str()),
        ("streams", "crash-then-reclaim")
    );
    let (explore, simulate, live) = (&scenario.explore, &scenario.simulate, &scenario.live);
    let fast = live.setup.faster(live.speed);
    assert_eq!(names(&explore.setup), ["shop", "worker-1", "worker-2"]);
    assert_eq!(names(&simulate.setup), ["shop", "worker-1", "worker-2", "worker-3"]);
    assert_eq!(explore.setup.faults.crash.clients, [ClientIx(1), ClientIx(2)]);
    assert_eq!(
        (explore.setup.faults.crash.times, simulate.setup.faults.crash.times),
        (1, 2)
    );
    assert_eq!((explore.setup.messages.len(), simulate.setup.messages.len()), (2, 20));
    assert!(simulate.setup.messages.find(b"shop-20").is_some());
    assert!(explore.setup.counter_ids && !simulate.setup.counter_ids);
    assert_eq!((min_idle(&live.setup), min_idle(&fast)), (30_000, 300));
    assert_eq!(explore.setup.checks[1], CheckSpec::SingleOwner { within_ms: 30_000 });
    assert_eq!(fast.checks[1], CheckSpec::SingleOwner { within_ms: 300 });
    assert_eq!(simulate.timing.work.len(), 4);
    assert_eq!(
        (simulate.timing.work[0].max_ms, simulate.timing.work[1].max_ms),
        (0, 50)
    );
    assert_eq!(live.timing.faster(live.speed).work[1].max_ms, 1);
    assert_eq!((live.timing.work.len(), live.timing_explored.work.len()), (5, 3));
    assert_eq!(scenario.expect[1].name, "single-owner within 30s");
    let all = Ways {
        explore: true,
        simulate: true,
        live: true,
    };
    assert!(scenario.occurs.contains(&(Occurrence::Claim, all)));
    let last = scenario.expect.last().unwrap();
    assert_eq!(
        (last.expected, last.ways),
        (Expected::Violated, Ways { simulate: false, ..all })
    );
    assert_eq!(explore.setup.checks[last.place], CheckSpec::AtMostOnce);
}

fn small(expect: &str) -> Scenario {
    let text = format!(
        r#"
        story = "A worker."
        sources = ["redis/redis#1"]
        stream.orders.groups.workers = "0"
        stream.dead = {{}}
        producer.shop = {{ stream = "orders", messages = 2 }}
        [consumer.worker]
        stream = "orders"
        group = "workers"
        fails-on = ["shop-2"]
        dead-letter = {{ stream = "dead", limit = 3 }}
        [expect]
        {expect}
        "#
    );
    parse(Path::new("corpus/small/small.toml"), text.as_bytes()).unwrap()
}

#[test]
fn the_same_check_in_several_ways_is_one_check() {
    let scenario = small(
        "holds = ['order', { order = {} }]
         explore.violated = ['dead-letter', { dead-letter = { counts = 'counter', limit = 3 } }]
         simulate.violated = ['dead-letter']",
    );
    let ways: Vec<_> = scenario
        .expect
        .iter()
        .map(|expectation| (expectation.place, expectation.ways))
        .collect();
    let all = Ways {
        explore: true,
        simulate: true,
        live: true,
    };
    assert_eq!(ways, [(0, all), (1, all)], "live runs follow the explorer's paths");
    assert_eq!(scenario.explore.setup.checks.len(), 2);
}

#[test]
fn a_check_may_be_violated_in_one_way_and_hold_in_another() {
    let scenario = small("explore.violated = ['order']\nsimulate.holds = ['order']");
    assert_eq!(scenario.expect.len(), 2);
    assert_eq!(scenario.expect[0].place, scenario.expect[1].place);
}

#[test]
fn without_a_word_about_it_a_scenario_runs_live_as_small_as_it_is_explored() {
    let scenario = load(&super::here("corpus/streams/dedup-mark-before.toml")).unwrap();
    let live = &scenario.live;
    assert_eq!(names(&live.setup), names(&scenario.explore.setup));
    assert_eq!(live.setup.messages.len(), scenario.explore.setup.messages.len());
    assert_eq!(live.seeds, 0..2);
    assert_eq!(live.speed, 83, "the shortest time is BLOCK 5000, which becomes 61 ms");
    let fast = live.setup.faster(live.speed);
    assert_eq!(min_idle(&fast), 362);
}

/// A scenario explored and simulated, which must come out as it says.
fn comes_out(text: &str) {
    let scenario = parse(Path::new("corpus/small/small.toml"), text.as_bytes()).unwrap();
    let options = Options {
        seeds: Some(0..20),
        ..Options::default()
    };
    let outcome = run(&scenario, &options, &|_, _| ());
    assert_eq!(outcome.as_expected(), Some(true), "{outcome:#?}");
}

#[test]
fn what_was_there_before_a_readers_first_call_is_not_due_to_it() {
    comes_out(
        "story = 'Nothing is lost between two calls: there is one.'
         stream.events = {}
         producer.early = { stream = 'events', messages = 1, when = 'beforehand' }
         producer.late = { stream = 'events', messages = 1 }
         reader.tail = { stream = 'events', from = '$', block = '0s' }
         expect.holds = ['at-least-once', 'fan-out', 'settles']
         expect.occurs = ['effect']",
    );
}

#[test]
fn what_an_administrator_added_last_is_the_same_entry_in_each_way() {
    comes_out(
        "story = 'A note, and the wrong one is not deleted.'
         stream.orders = {}
         producer.shop = { stream = 'orders', messages = 2 }
         administrator.ops.commands = ['XADD orders * first note', 'XADD orders * note test', 'XDEL orders <added>']
         [expect]
         holds = [{ bounded = { stream = 'orders', length = 3 } }]
         violated = [{ bounded = { stream = 'orders', length = 2 } }]",
    );
}

#[test]
fn an_administrator_waits_before_its_first_command() {
    const TEXT: &str = r#"
story = "An operator comes in the middle."
stream.orders = { groups = { workers = "0" } }
producer.shop = { stream = "orders", messages = 2 }
consumer.worker = { stream = "orders", group = "workers", work = "10ms" }
administrator.operator = { commands = ["XLEN orders", "XLEN orders"], after = "2s..9s" }
faults.cut = { times = 2, clients = ["operator"] }
expect.holds = ["at-least-once"]
"#;
    let scenario = parse(Path::new("test/administrator.toml"), TEXT.as_bytes()).unwrap();
    let setup = &scenario.simulate.setup;
    let operator = ClientIx(2);
    assert_eq!(setup.client(operator).role.longest_timer_ms(), 9_000);
    assert_eq!(setup.faster(10).client(operator).role.longest_timer_ms(), 900);
    let mut begins = Vec::new();
    for seed in 0..50 {
        let run = simulate(scenario.simulate.simulation(), seed);
        assert!(run.ended, "nobody may take its waiting for the end");
        let mut now_ms = START_MS;
        for action in run.schedule {
            match action {
                Action::Tick(at_ms) => now_ms = at_ms,
                Action::Step(client) if client == operator => {
                    begins.push(now_ms - START_MS);
                    break;
                }
                _ => {}
            }
        }
    }
    let (first_ms, last_ms) = (begins.iter().min(), begins.iter().max());
    assert_eq!(begins.len(), 50, "it comes in each run");
    // Also where a lost connection had come before.
    let within = |span: std::ops::RangeInclusive<u64>| move |ms: Option<&u64>| ms.is_some_and(|ms| span.contains(ms));
    assert!(
        within(2_000..=4_000)(first_ms) && within(7_000..=9_010)(last_ms),
        "{begins:?}"
    );
}
