//! The engine and a naive second model answer every sequence of commands alike.

use crate::{generate, naive};
use proptest::collection::vec;
use proptest::prelude::*;
use redelivery_engine::{Broker, ClientId, NodeLimits};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_engine_answers_as_the_naive_model(steps in vec((generate::stream_command(), 0u64..15), 1..80)) {
        let limits = NodeLimits { entries: naive::NODE_ENTRIES, bytes: 0 };
        let (mut broker, mut naive) = (Broker::new().with_node_limits(limits), naive::Naive::default());
        let mut now = 0;
        for (at, (command, pause)) in steps.iter().enumerate() {
            now += pause;
            let answer = broker.apply(ClientId(0), command, now);
            prop_assert_eq!(answer, Some(naive.apply(command, now)), "step {} at {}: {:?}", at, now, command);
        }
    }
}
