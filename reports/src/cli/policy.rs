//! `--policy`: how seeds are searched.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use redelivery_model::simulate::Policy;

/// Reads the name of a policy.
pub(super) fn parser() -> impl TypedValueParser<Value = Policy> {
    let names = Policy::ALL.map(Policy::name);
    PossibleValuesParser::new(names).map(|name| Policy::named(&name).expect("one of those that are possible"))
}

/// Has scenarios searched in another way than their files say.
pub(super) fn set(policy: Option<Policy>, scenarios: &mut [redelivery_scenarios::Scenario]) {
    for scenario in scenarios {
        scenario.simulate.policy = policy.unwrap_or(scenario.simulate.policy);
    }
}
