//! After how many seeds each policy finds each deliberate defect, as plain data.

use redelivery_model::simulate::Policy;
use redelivery_model::simulate::policy::GENERATIONS;
use redelivery_scenarios::defects::search::{Search, Sought};
use redelivery_scenarios::defects::stages;
use serde::Serialize;

/// What searching came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// How often each was searched.
    pub starts: u64,
    /// Seeds from each start, at the most.
    pub limit: u64,
    /// The policies, in the order of the columns.
    pub policies: Vec<Searcher>,
    /// By defect, in the order of the catalogue.
    pub defects: Vec<Wanted>,
    /// Defects that no scenario is made for, of those that were asked for: laws of the broker catch them.
    pub left_out: Vec<&'static str>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Searcher {
    /// Its name.
    pub name: &'static str,
    /// So many runs are one seed's.
    pub runs_per_seed: u32,
    /// How many defects it finds from every start.
    pub finds: usize,
}

/// A defect that was searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub breaks: &'static str,
    /// Whether some policy finds it from every start.
    pub is_found: bool,
    /// By policy.
    pub by: Vec<By>,
}

/// What a policy came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct By {
    /// Its name.
    pub policy: &'static str,
    /// The median of the starts; null where too many of them did not find it.
    pub median: Option<u64>,
    /// Seeds up to the first that shows it, by start; null where none did.
    pub seeds: Vec<Option<u64>>,
    /// Where the first start that found it did so.
    pub scenario: Option<String>,
    /// The check that was violated there.
    pub check: Option<String>,
}

impl Searched {
    /// What was asked for, and what came of it.
    pub fn of(search: &Search, sought: &[Sought]) -> Self {
        let of_policy = |policy: Policy| Searcher {
            name: policy.name(),
            runs_per_seed: match policy {
                Policy::Guided => GENERATIONS,
                Policy::Uniform | Policy::Swarm | Policy::Pct => 1,
            },
            finds: sought.iter().filter(|it| it.policy == policy && always(it)).count(),
        };
        let wanted = search.defects.iter().filter_map(|&defect| {
            let by: Vec<&Sought> = sought.iter().filter(|it| it.defect == defect).collect();
            (!by.is_empty()).then(|| Wanted {
                name: defect.name(),
                breaks: defect.breaks(),
                is_found: by.iter().any(|it| always(it)),
                by: by.into_iter().map(By::of).collect(),
            })
        });
        let left_out = search.defects.iter().filter(|&&defect| stages(defect).is_empty());
        Self {
            starts: search.starts,
            limit: search.limit,
            policies: search.policies.iter().map(|&policy| of_policy(policy)).collect(),
            defects: wanted.collect(),
            left_out: left_out.map(|defect| defect.name()).collect(),
        }
    }

    /// Whether each defect is found by some policy, from every start.
    pub fn is_complete(&self) -> bool {
        self.defects.iter().all(|wanted| wanted.is_found)
    }
}

fn always(sought: &Sought) -> bool {
    sought.times() == sought.found.len()
}

impl By {
    fn of(sought: &Sought) -> Self {
        let first = sought.found.iter().flatten().next();
        Self {
            policy: sought.policy.name(),
            median: sought.median(),
            seeds: sought
                .found
                .iter()
                .map(|found| found.as_ref().map(|it| it.seeds))
                .collect(),
            scenario: first.map(|found| found.scenario.clone()),
            check: first.map(|found| found.check.clone()),
        }
    }

    /// How many starts found it.
    pub fn times(&self) -> usize {
        self.seeds.iter().flatten().count()
    }
}
