//! What a seed means: the same run for ever, on every machine and in every build, unless the version of schedules says
//! otherwise.
//!
//! Known answers: scenarios of this file alone, so that nothing but the program can change them. After a change that is
//! meant (other draws, another order, another wording of steps), raise `schedule::FORMAT` and write the new answers here.

use std::path::Path;

use redelivery_model::simulate::simulate;
use redelivery_scenarios::language;
use redelivery_scenarios::schedule::FORMAT;
use redelivery_scenarios::sweep::digest_of_schedule;

const STREAM: &str = r#"
story = "Workers crash, pause and lose connections under load."
stream.orders = { groups = { workers = "0" } }
stream.dead = {}
producer.shop = { stream = "orders", messages = 12, on-unknown = "retry" }
[consumer.worker]
count = 3
stream = "orders"
group = "workers"
dead-letter = { stream = "dead", limit = 3 }
reclaim = { by = "xautoclaim", min-idle-time = "30s" }
[faults]
crash = { times = 2, clients = ["worker"] }
pause = { times = 1, clients = ["worker"] }
cut = { times = 2, clients = ["worker", "shop"] }
[expect]
holds = ["at-least-once"]
"#;

const LIST: &str = r#"
story = "Workers take a list's items, and one of them crashes."
list.jobs = {}
producer.office = { list = "jobs", messages = 8, push = "lpush" }
worker.hand = { count = 2, list = "jobs", take = "brpop" }
[faults]
crash = { times = 1, clients = ["hand"] }
[expect]
holds = ["at-most-once"]
"#;

const CHANNEL: &str = r#"
story = "A subscriber loses its connection."
publisher.press = { channels = ["news"], messages = 6 }
subscriber.anna = { channels = ["news"] }
[faults]
cut = { times = 1, clients = ["anna"] }
[expect]
holds = ["subscribed"]
"#;

/// The first digits of the digests of what seeds 0, 1 and 2 do.
const ANSWERS: [(&str, &str, [&str; 3]); 3] = [
    (
        "stream",
        STREAM,
        ["3b835e41a9f01026", "1ded391901905d76", "ed8c256527b7fc38"],
    ),
    (
        "list",
        LIST,
        ["97b16ab4ae09de24", "9c88d186c09d4c45", "734728ee04a235d6"],
    ),
    (
        "channel",
        CHANNEL,
        ["8bb640ab752b9aff", "d92a0807b1cc99b0", "5487879471b75ee5"],
    ),
];

#[test]
fn seeds_mean_what_they_did() {
    assert_eq!(FORMAT, 1, "another version has other answers: write them here");
    let found = ANSWERS.map(|(name, text, _)| (name, [0, 1, 2].map(|seed| answer(name, text, seed))));
    for ((name, answers), (_, _, known)) in found.iter().zip(ANSWERS) {
        assert_eq!(
            *answers, known,
            "{name}: a seed means something else; all answers: {found:?}"
        );
    }
}

fn answer(name: &str, text: &str, seed: u64) -> String {
    let path = format!("known/{name}.toml");
    let scenario = language::parse(Path::new(&path), text.as_bytes());
    let scenario = scenario.unwrap_or_else(|mistakes| panic!("{}", mistakes[0].render(false)));
    let run = simulate(scenario.simulate.simulation(), seed);
    assert!(
        run.ended && run.schedule.len() > 20,
        "{name} {seed}: {}",
        run.schedule.len()
    );
    digest_of_schedule(&scenario, &run.schedule, run.ended)[..16].to_owned()
}
