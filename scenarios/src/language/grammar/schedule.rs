//! `[schedule]`: one run, step by step, in place of seeds.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::language::located::Located;

/// One run, which is done in place of the seeds: what shrinking leaves of a failure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::language) struct Schedule {
    /// What happens and when, a sentence each: `"0.012s worker-1 crashes"`. The time is that since the beginning, in
    /// seconds with three decimals; where only time passes, `"5.000s time passes"`.
    pub(in crate::language) steps: Vec<Located<String>>,
    /// Whether the run is over with the last step: nothing but idle polls would follow. False by default.
    #[serde(default)]
    pub(in crate::language) ends: bool,
    /// The deliberate bug that the run is done with, as `redelivery defects` names it; exploring has it too. Of a real
    /// server nothing is expected then. None by default.
    pub(in crate::language) defect: Option<Located<String>>,
}
