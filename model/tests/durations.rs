//! Durations of paths: what clocks demand of those that are written here, to the millisecond, and of drawn ones.

use redelivery_engine::{Bytes, Command, Millis};
use redelivery_model::durations::{Moments, in_possible_order, moments};
use redelivery_model::history::{Clock, replay};
use redelivery_model::setup::policy::{Administrator, Consumer, ReclaimBy, Role, When};
use redelivery_model::setup::{Ageing, ClientIx, ClientSetup, GroupIx, Setup};
use redelivery_model::simulate::random::{Purpose, Stream};
use redelivery_model::world::Action::{Age, Crash, Expire, Restart, Step, TimeOut};
use redelivery_model::world::{Action, Ignore, World};

mod common;
#[path = "common/setups.rs"]
mod setups;

const SEEDS: u64 = 100;

const SHOP: ClientIx = ClientIx(0);
const ONE: ClientIx = ClientIx(1);
const TWO: ClientIx = ClientIx(2);
const ADMINISTRATOR: ClientIx = ClientIx(3);

/// Two workers that reclaim after 30 s and block for so long.
fn reclaiming(messages: u32, block_ms: Option<Millis>) -> Setup {
    let consumer = Consumer {
        reclaim: common::reclaim(ReclaimBy::Xautoclaim),
        block_ms,
        ..Consumer::plain(GroupIx(0))
    };
    common::setup(messages, When::Beforehand, &consumer)
}

fn at_ms(setup: &Setup, path: &[Action], slack_ms: Millis) -> Option<Vec<Millis>> {
    moments(setup, path, slack_ms).map(|moments| moments.at_ms)
}

/// Worker 1 gets the message; worker 2 finds nothing to claim.
const ONE_READS: [Action; 3] = [Step(ONE), Step(ONE), Step(TWO)];

#[test]
fn a_claim_waits_until_the_entry_is_idle_for_long_enough() {
    let path = [&ONE_READS[..], &[Age(0), Step(TWO), TimeOut(TWO), Step(TWO)]].concat();
    // Worker 2 can have blocked for less than 5 s when the entry, delivered at 1 ms, is old enough.
    let blocks_before = [&ONE_READS[..], &[Step(TWO), Age(0), TimeOut(TWO), Step(TWO)]].concat();
    let setup = reclaiming(1, Some(5_000));
    assert_eq!(
        at_ms(&setup, &path, 0),
        Some(vec![0, 1, 2, 30_001, 30_002, 35_002, 35_003])
    );
    assert_eq!(
        at_ms(&setup, &blocks_before, 0),
        Some(vec![0, 1, 2, 25_002, 30_001, 30_002, 30_003])
    );
}

#[test]
fn slack_keeps_every_limit_from_both_sides() {
    let blocks_before = [&ONE_READS[..], &[Step(TWO), Age(0), TimeOut(TWO), Step(TWO)]].concat();
    let moments = at_ms(&reclaiming(1, Some(5_000)), &blocks_before, 100);
    // Delivered at 100 ms, old at 30,100 ms, and 100 ms more. The call began less than 4,900 ms before, and ends 5,100 ms
    // after it began or later.
    assert_eq!(moments, Some(vec![0, 100, 200, 25_301, 30_200, 30_401, 30_501]));
}

#[test]
fn a_call_does_not_block_for_longer_than_it_says() {
    // While worker 2 blocks, the entry grows old twice: once for worker 1 before its crash, once after.
    let path = [
        &ONE_READS[..],
        &[Step(TWO), Age(0), Crash(ONE), Restart(ONE), Step(ONE), Age(0)],
    ]
    .concat();
    assert_eq!(at_ms(&reclaiming(1, Some(5_000)), &path, 0), None);
    assert!(at_ms(&reclaiming(1, Some(60_000)), &path, 0).is_some());
    assert!(at_ms(&reclaiming(1, Some(0)), &path, 0).is_some(), "BLOCK 0 never ends");
}

#[test]
fn clients_rest_as_long_as_they_were_told_where_that_is_possible() {
    let mut setup = reclaiming(0, Some(5_000));
    let Role::Consumer(policy) = &mut setup.clients[1].role else {
        unreachable!("worker 1 consumes")
    };
    (policy.block_ms, policy.poll_ms) = (None, 60_000);
    let rests = [Step(ONE), Step(ONE), Step(ONE), Step(ONE)];
    let found = Moments {
        at_ms: vec![0, 1, 60_001, 60_002],
        rests: true,
    };
    assert_eq!(moments(&setup, &rests, 0), Some(found));
    // Worker 2 still blocks when worker 1 looks again.
    let hurries = [Step(TWO), Step(TWO), Step(ONE), Step(ONE), Step(ONE)];
    let found = Moments {
        at_ms: vec![0, 1, 2, 3, 4],
        rests: false,
    };
    assert_eq!(moments(&setup, &hurries, 0), Some(found));
}

#[test]
fn where_deliveries_age_at_once_they_need_not_have_come_at_once() {
    let mut setup = reclaiming(2, Some(5_000));
    setup.ageing = Ageing::AllAtOnce;
    // Worker 1 reads one message and worker 2 the other; one passage of time makes both old.
    let path = [&ONE_READS[..], &[Step(TWO), Age(0)]].concat();
    assert_eq!(at_ms(&setup, &path, 0), Some(vec![0, 1, 2, 3, 30_003]));
    setup.ageing = Ageing::OldestFirst;
    assert_eq!(
        at_ms(&setup, &path, 0),
        Some(vec![0, 1, 2, 3, 30_001]),
        "the older one only"
    );
}

#[test]
fn what_time_does_too_early_comes_later() {
    let setup = reclaiming(0, Some(5_000));
    let both_block = [Step(ONE), Step(ONE), Step(TWO), Step(TWO)];
    let wrong = [&both_block[..], &[TimeOut(TWO), TimeOut(ONE)]].concat();
    let right = [&both_block[..], &[TimeOut(ONE), TimeOut(TWO)]].concat();
    assert_eq!(moments(&setup, &wrong, 0), None);
    assert_eq!(in_possible_order(&setup, &wrong), Some(right.clone()));
    assert_eq!(in_possible_order(&setup, &right), Some(right));
    // Worker 2 looks again before worker 1 does: that must not change, and so nothing helps.
    let looks = [&both_block[..], &[TimeOut(TWO), Step(TWO), TimeOut(ONE)]].concat();
    let later = [&both_block[..], &[TimeOut(ONE), TimeOut(TWO), Step(TWO)]].concat();
    assert_eq!(in_possible_order(&setup, &looks), Some(later));
}

/// The setup with somebody who sends these commands, as client 3.
fn administered(mut setup: Setup, commands: &[&str]) -> Setup {
    let parsed = commands.iter().map(|command| {
        let argv: Vec<Bytes> = command.split(' ').map(Bytes::from).collect();
        Command::parse(&argv).expect(command)
    });
    let commands = parsed.collect();
    setup.clients.push(ClientSetup {
        name: "administrator".into(),
        role: Role::Administrator(Administrator {
            commands,
            transaction: false,
            after: None,
        }),
    });
    setup
}

#[test]
fn keys_live_for_as_long_as_they_may() {
    let commands = ["SET a 1 PX 10000", "SET b 1 PX 2000", "SET a 1 PX 10000"];
    let setup = administered(reclaiming(0, Some(5_000)), &commands);
    let at_ms = |path: &[Action]| at_ms(&setup, path, 0);
    assert_eq!(at_ms(&[Step(ADMINISTRATOR), Expire(0)]), Some(vec![0, 10_000]));
    let both = [Step(ADMINISTRATOR), Step(ADMINISTRATOR), Expire(1), Expire(0)];
    assert_eq!(at_ms(&both), Some(vec![0, 1, 2_001, 10_000]));
    // The key that was set first lives until the other has expired, and no longer.
    let a_first = [Step(ADMINISTRATOR), Step(ADMINISTRATOR), Expire(0), Expire(0)];
    assert_eq!(at_ms(&a_first), Some(vec![0, 8_001, 10_000, 10_001]));
    // A key that is set again lives anew.
    let again = [
        Step(ADMINISTRATOR),
        Step(ADMINISTRATOR),
        Expire(1),
        Step(ADMINISTRATOR),
        Expire(0),
    ];
    assert_eq!(at_ms(&again), Some(vec![0, 1, 2_001, 2_002, 12_002]));
}

#[test]
fn a_claim_can_say_for_how_long_an_entry_has_been_idle() {
    let claim = "XCLAIM orders workers worker-2 0 1-0 IDLE 20000";
    let setup = administered(reclaiming(1, Some(5_000)), &[claim]);
    let path = [Step(ONE), Step(ONE), Step(ADMINISTRATOR), Age(0), Step(TWO)];
    assert_eq!(at_ms(&setup, &path, 0), Some(vec![0, 1, 2, 10_002, 10_003]));
}

#[test]
fn a_path_that_is_not_possible_has_no_durations() {
    let setup = reclaiming(1, Some(5_000));
    assert_eq!(moments(&setup, &[Restart(ONE)], 0), None);
    assert_eq!(moments(&setup, &[Age(0)], 0), None, "nothing grows old");
    assert_eq!(moments(&setup, &[Expire(7)], 0), None);
    assert_eq!(moments(&setup, &[Action::Tick(7)], 0), None);
    assert_eq!(
        moments(&setup, &[Step(SHOP)], 0),
        None,
        "it has added everything beforehand"
    );
    assert_eq!(at_ms(&setup, &[], 0), Some(vec![]));
}

/// A path that exploring could take, drawn by seed: so many actions, faults among them.
fn walk(setup: &Setup, seed: u64, actions: usize) -> Vec<Action> {
    let mut order = Stream::new(seed, Purpose::Order);
    let mut world = World::initial(setup, &mut Ignore);
    let mut path = Vec::new();
    for _ in 0..actions {
        world.canonicalise(setup);
        let mut enabled = Vec::new();
        world.enabled(setup, &mut enabled);
        if enabled.is_empty() {
            break;
        }
        let action = enabled[order.index(enabled.len())];
        world.step(setup, action, &mut Ignore);
        path.push(action);
    }
    path
}

/// Not all of them: nothing keeps a drawn path from letting a call block for hours. What exploring reports is short.
#[test]
fn most_short_paths_have_durations() {
    let (mut all, mut at_once, mut in_another_order) = (0, 0, 0);
    for (name, setup) in setups::setups() {
        for seed in 0..SEEDS {
            let path = walk(&setup, seed, 20);
            all += 1;
            let Some(possible) = in_possible_order(&setup, &path) else {
                assert_eq!(moments(&setup, &path, 0), None, "{name}, seed {seed}");
                continue;
            };
            let found = moments(&setup, &possible, 0).expect("this order is possible");
            assert!(found.at_ms.len() == path.len() && found.at_ms.is_sorted());
            if possible == path {
                at_once += 1;
            } else {
                in_another_order += 1;
                assert_eq!(moments(&setup, &path, 0), None, "{name}, seed {seed}");
                assert_eq!(end(&setup, &path), end(&setup, &possible), "{name}, seed {seed}");
            }
        }
    }
    let with = at_once + in_another_order;
    assert!(with * 10 >= all * 8, "{with} of {all}");
    assert!(in_another_order * 20 >= all, "{in_another_order} of {all}");
    assert!(with < all, "some calls block for too long");
}

fn end(setup: &Setup, path: &[Action]) -> World {
    replay(setup, Clock::Abstract, path).expect("the path is possible").1
}
