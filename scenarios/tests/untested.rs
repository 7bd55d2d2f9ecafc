//! What cannot happen proves nothing: where nothing could break a claim its verdict is unknown, and says why. None of
//! these files says what must occur.

use std::path::Path;

use redelivery_model::check::{Premise, Unmet};
use redelivery_model::setup::GroupIx;
use redelivery_scenarios::outcome::{Unknown, Verdict};
use redelivery_scenarios::{Scenario, language, run};

/// Every check, and what it lacks in a group whose stream nobody adds to.
const CHECKS: [(&str, Premise); 15] = [
    ("'at-most-once'", Premise::Effect),
    ("'at-least-once'", Premise::Promised),
    ("'exactly-once'", Premise::Promised),
    ("{ single-owner = { within = '30s' } }", Premise::Pending),
    ("'no-overlapping-work'", Premise::Work),
    ("'no-claim-before-work'", Premise::Pending),
    ("'dead-letter'", Premise::DeadLetter),
    ("'run-limit'", Premise::Work),
    ("'noticed'", Premise::Promised),
    ("'nothing-after-dead-letter'", Premise::DeadLetter),
    ("'pending-list'", Premise::Pending),
    ("'order'", Premise::GrantedTwo),
    ("'fan-out'", Premise::Added),
    ("'settles'", Premise::Added),
    ("{ bounded = { stream = 'quiet', length = 9 } }", Premise::Stored),
];

/// A busy stream without a group, and one with so many consumers, to which `adds` may add. Nothing fails.
fn scenario(check: &str, adds: &str, count: u32) -> Scenario {
    let dead_letter = match check {
        "'dead-letter'" | "'nothing-after-dead-letter'" | "'run-limit'" => {
            "dead-letter = { stream = 'dead', limit = 2 }\n[stream.dead]\n"
        }
        _ => "",
    };
    let watcher = match check {
        "'noticed'" => "[watcher.monitor]\nstream = 'quiet'\ngroup = 'idlers'\nalarms = { lag = {} }\n",
        _ => "",
    };
    let content = format!(
        "story = 'Nobody adds to the quiet stream.'\n\
         [stream.busy]\n[producer.shop]\nstream = 'busy'\nmessages = 1\nwhen = 'beforehand'\n\
         [stream.quiet]\ngroups = {{ idlers = '0' }}\n{adds}\
         [consumer.idler]\ncount = {count}\nstream = 'quiet'\ngroup = 'idlers'\n{dead_letter}{watcher}\
         [simulate]\nseeds = 20\n[expect]\nholds = [{check}]\n",
    );
    parsed(&content)
}

fn parsed(content: &str) -> Scenario {
    language::parse(Path::new("untested.toml"), content.as_bytes())
        .unwrap_or_else(|mistakes| panic!("{}", mistakes[0].render(false)))
}

/// The verdicts of exploring and simulating.
fn verdicts(scenario: &Scenario) -> [Verdict; 2] {
    let outcome = run::run(scenario, &run::Options::default(), &|_, _| ());
    let [explored, simulated] = outcome.rows.as_slice() else {
        panic!("one expectation, two ways: {:?}", outcome.rows);
    };
    [explored.verdict.clone(), simulated.verdict.clone()]
}

fn lacks(premise: Premise, group: Option<GroupIx>) -> [Verdict; 2] {
    let verdict = Verdict::Unknown(Unknown::Untested(Unmet { premise, group }));
    [verdict.clone(), verdict]
}

#[test]
fn a_group_that_gets_nothing_keeps_each_check_unknown() {
    for (check, premise) in CHECKS {
        let idlers = match premise {
            Premise::DeadLetter | Premise::Stored => None,
            _ => Some(GroupIx(0)),
        };
        assert_eq!(verdicts(&scenario(check, "", 2)), lacks(premise, idlers), "{check}");
    }
}

#[test]
fn one_consumer_overlaps_with_nobody() {
    let adds = "[producer.late]\nstream = 'quiet'\nmessages = 1\nwhen = 'beforehand'\n";
    for (check, premise) in [
        ("{ single-owner = { within = '30s' } }", Premise::PendingForTwo),
        ("'no-overlapping-work'", Premise::WorkOfTwo),
        ("'no-claim-before-work'", Premise::PendingForTwo),
        ("'order'", Premise::GrantedTwo),
    ] {
        assert_eq!(
            verdicts(&scenario(check, adds, 1)),
            lacks(premise, Some(GroupIx(0))),
            "{check}"
        );
    }
}

#[test]
fn what_can_happen_is_judged() {
    let adds = "[producer.late]\nstream = 'quiet'\nmessages = 3\nwhen = 'beforehand'\n";
    for (check, _) in CHECKS {
        let verdicts = verdicts(&scenario(check, adds, 2));
        match check {
            "'dead-letter'" | "'nothing-after-dead-letter'" => {
                assert_eq!(verdicts, lacks(Premise::DeadLetter, None), "work never fails")
            }
            _ => assert!(!verdicts.iter().any(|it| matches!(it, Verdict::Unknown(_))), "{check}"),
        }
    }
}

/// Each of these checks is alone in a scenario with `roles`, and lacks its premise, or `another`.
fn each_lacks(checks: &[(&str, Premise)], another: Option<Premise>, roles: &str) {
    for (check, premise) in checks {
        let scenario = parsed(&format!(
            "{roles}[simulate]\nseeds = 20\n[expect]\nholds = ['{check}']\n"
        ));
        for verdict in verdicts(&scenario) {
            let Verdict::Unknown(Unknown::Untested(unmet)) = verdict else {
                panic!("{check}: {verdict:?}");
            };
            let expected = unmet.premise == *premise || Some(unmet.premise) == another;
            assert!(expected, "{check}: {unmet:?}");
        }
    }
}

#[test]
fn nothing_is_proved_of_a_list_to_which_nobody_pushes() {
    let checks = [
        ("at-most-once", Premise::Effect),
        ("at-least-once", Premise::Promised),
        ("exactly-once", Premise::Promised),
        ("no-overlapping-work", Premise::Work),
        ("order", Premise::GrantedTwo),
        ("settles", Premise::Added),
        ("conservation", Premise::Pushed),
    ];
    each_lacks(
        &checks,
        Some(Premise::Taken),
        "story = 'Nobody pushes.'\n[stream.busy]\n[producer.shop]\nstream = 'busy'\nmessages = 1\nwhen = 'beforehand'\n\
         [list.quiet]\n[worker.idler]\ncount = 2\nlist = 'quiet'\ntake = 'blmove'\n",
    );
}

#[test]
fn nothing_is_proved_of_a_channel_on_which_nobody_publishes() {
    let checks = [
        ("at-most-once", Premise::Effect),
        ("at-least-once", Premise::Promised),
        ("order", Premise::GrantedTwo),
        ("fan-out", Premise::Added),
        ("delivery", Premise::Handed),
        ("subscribed", Premise::Disconnected),
    ];
    each_lacks(
        &checks,
        None,
        "story = 'Nobody publishes.'\n[publisher.press]\nchannels = ['busy', 'quiet']\nmessages = 1\n\
         [subscriber.anna]\nchannels = ['quiet']\n",
    );
}

#[test]
fn items_that_nobody_takes_are_where_they_were() {
    let scenario = parsed(
        "story = 'Somebody only looks.'\n[list.jobs]\n[producer.shop]\nlist = 'jobs'\nmessages = 1\n\
         [administrator.clerk]\ncommands = ['LLEN jobs']\n\
         [simulate]\nseeds = 20\n[expect]\nholds = ['conservation']\n",
    );
    assert_eq!(verdicts(&scenario), lacks(Premise::Taken, None));
}
