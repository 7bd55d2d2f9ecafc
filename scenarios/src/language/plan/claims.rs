//! Expectations: checks get their defaults, equal ones are merged, contradictions are found.

use std::ops::Range;

use redelivery_engine::{Bytes, Millis};
use redelivery_model::check::CheckSpec;
use redelivery_model::occurrence::Occurrence;

use super::{bounds, cluster, names};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Check, Claim, File};
use crate::language::located::Located;
use crate::scenario::{Expectation, Expected, Ways, name_of};

/// Exploring keeps one bit for each check.
const MAX_CHECKS: usize = 16;

/// What a file expects.
#[derive(Default)]
pub(super) struct Claims {
    pub(super) expect: Vec<Expectation>,
    pub(super) occurs: Vec<(Occurrence, Ways)>,
    /// The times that `single-owner` names, and where.
    pub(super) within: Vec<(Millis, Range<usize>)>,
    checks: Vec<CheckSpec>,
    places: Vec<Range<usize>>,
}

impl Claims {
    /// Reads `[expect]` and its parts.
    pub(super) fn new(file: &File, mistakes: &mut Mistakes) -> Self {
        let mut claims = Self::default();
        let expect = &file.expect;
        let [explore, simulate, live] =
            [(true, false, false), (false, true, false), (false, false, true)].map(|(explore, simulate, live)| Ways {
                explore,
                simulate,
                live,
            });
        let all = explore.or(simulate).or(live);
        claims.read(file, all, &expect.holds, &expect.violated, &expect.occurs, mistakes);
        let parts = [
            // Live runs follow the explorer's paths.
            (&expect.explore, explore.or(live)),
            (&expect.simulate, simulate),
            (&expect.live, live),
        ];
        for (outlook, ways) in parts {
            claims.read(file, ways, &outlook.holds, &outlook.violated, &outlook.occurs, mistakes);
        }
        if claims.expect.is_empty() && claims.occurs.is_empty() && mistakes.is_empty() {
            mistakes.add(
                Mistake::at(&(0..0), "nothing is expected")
                    .help("give it an `[expect]` table, such as `holds = [\"at-least-once\"]`".to_owned()),
            );
        }
        claims
    }

    /// Expects nothing of real servers.
    pub(super) fn leave_live_out(&mut self) {
        self.expect.iter_mut().for_each(|it| it.ways.live = false);
        self.occurs.iter_mut().for_each(|(_, ways)| ways.live = false);
    }

    /// The checks, in the order of [`Expectation::place`].
    pub(super) fn checks(&self) -> Vec<CheckSpec> {
        self.checks.clone()
    }

    fn read(
        &mut self,
        file: &File,
        ways: Ways,
        holds: &[Claim],
        violated: &[Claim],
        occurs: &[Located<Occurrence>],
        mistakes: &mut Mistakes,
    ) {
        let outcomes = [(holds, Expected::Holds), (violated, Expected::Violated)];
        for (claims, expected) in outcomes {
            for claim in claims {
                match self.spec(file, claim) {
                    Ok(check) => self.add(check, expected, ways, &claim.0.span, mistakes),
                    Err(mistake) => mistakes.add(mistake),
                }
            }
        }
        for occurrence in occurs {
            if ways.explore && occurrence.value == Occurrence::Pause && !bounds::is_wanted(file) {
                mistakes.add(
                    Mistake::at(&occurrence.span, "exploring never pauses anybody")
                        .label("any client may be slow at any time")
                        .help(
                            "write it under `[expect.simulate]`, or `time = \"bounded\"` under `[explore]`".to_owned(),
                        ),
                );
            }
            match self.occurs.iter_mut().find(|(known, _)| *known == occurrence.value) {
                Some((_, known)) => *known = known.or(ways),
                None => self.occurs.push((occurrence.value, ways)),
            }
        }
    }

    fn add(&mut self, check: CheckSpec, expected: Expected, ways: Ways, span: &Range<usize>, mistakes: &mut Mistakes) {
        let name = name_of(&check);
        for (known, place) in self.expect.iter().zip(&self.places) {
            if known.check == check && known.expected != expected && known.ways.overlaps(ways) {
                mistakes.add(
                    Mistake::at(span, format!("`{name}` cannot both hold and be violated"))
                        .label(format!("{expected} here"))
                        .and(place, format!("{} here", known.expected))
                        .help("say which way means which: `[expect.explore]`, `[expect.simulate]`".to_owned()),
                );
            }
        }
        let same = |known: &&mut Expectation| known.check == check && known.expected == expected;
        if let Some(known) = self.expect.iter_mut().find(same) {
            known.ways = known.ways.or(ways);
            return;
        }
        let place = self.checks.iter().position(|known| *known == check).unwrap_or_else(|| {
            self.checks.push(check.clone());
            if self.checks.len() == MAX_CHECKS + 1 {
                mistakes.add(Mistake::at(span, "this is one check too many").help(format!(
                    "a scenario may have {MAX_CHECKS} different checks: split it in two"
                )));
            }
            self.checks.len() - 1
        });
        self.places.push(span.clone());
        self.expect.push(Expectation {
            place,
            check,
            name,
            expected,
            ways,
        });
    }

    fn spec(&mut self, file: &File, claim: &Claim) -> Result<CheckSpec, Mistake> {
        let counted = |counts: &Option<bool>| counts.unwrap_or(true);
        Ok(match &claim.0.value {
            Check::AtMostOnce => CheckSpec::AtMostOnce,
            Check::AtLeastOnce { dead_letter_counts } => CheckSpec::AtLeastOnce {
                dead_letter_counts: counted(dead_letter_counts),
            },
            Check::ExactlyOnce { dead_letter_counts } => CheckSpec::ExactlyOnce {
                dead_letter_counts: counted(dead_letter_counts),
            },
            Check::SingleOwner { within } => {
                let within_ms = match within {
                    Some(within) => {
                        self.within.push((within.0, within.span.clone()));
                        within.0
                    }
                    None => largest_idle(file).ok_or_else(|| needs_within(claim))?,
                };
                if within_ms == 0 {
                    return Err(needs_within(claim));
                }
                CheckSpec::SingleOwner { within_ms }
            }
            Check::NoOverlappingWork => CheckSpec::NoOverlappingWork,
            Check::NoClaimBeforeWork => CheckSpec::NoClaimBeforeWork,
            Check::DeadLetter { limit, counts } => {
                let own = dead_letter_limit(file, claim);
                CheckSpec::DeadLetter {
                    limit: match (limit, own) {
                        (_, Err(mistake @ NoLimit::NoPolicy(_))) => return Err(mistake.into()),
                        (Some(limit), _) => limit.0,
                        (None, own) => own?,
                    },
                    counts: counts.unwrap_or_default(),
                }
            }
            Check::RunLimit { limit } => CheckSpec::RunLimit {
                limit: match limit {
                    Some(limit) => limit.0,
                    None => dead_letter_limit(file, claim)?,
                },
            },
            Check::Noticed => {
                if file.watcher.iter().all(|(_, watcher)| watcher.alarms.is_none()) {
                    return Err(Mistake::at(&claim.0.span, "no watcher raises an alarm")
                        .help("give one `alarms = { pending = { idle = \"10m\" } }`".to_owned()));
                }
                CheckSpec::Noticed
            }
            Check::NothingAfterDeadLetter => match dead_letter_limit(file, claim) {
                Err(mistake @ NoLimit::NoPolicy(_)) => return Err(mistake.into()),
                _ => CheckSpec::NothingAfterDeadLetter,
            },
            Check::PendingList => CheckSpec::PendingList,
            Check::Order => CheckSpec::Order,
            Check::FanOut => CheckSpec::FanOut,
            Check::Settles => CheckSpec::Settles,
            Check::Delivery => of_subscribers(file, claim, CheckSpec::Delivery)?,
            Check::Subscribed => of_subscribers(file, claim, CheckSpec::Subscribed)?,
            Check::BusLimit { at_most } => match file.cluster {
                None => {
                    return Err(cluster::none(
                        &claim.0.span,
                        "there is no bus that messages could go over",
                    ));
                }
                Some(_) => CheckSpec::BusLimit {
                    at_most: u16::try_from(at_most.0).unwrap_or(u16::MAX),
                },
            },
            Check::Conservation => match file.list.0.is_empty() {
                true => {
                    return Err(Mistake::at(
                        &claim.0.span,
                        "there is no list whose items could vanish or double",
                    ));
                }
                false => CheckSpec::Conservation,
            },
            Check::Bounded { stream, list, length } => {
                let key = match (stream, list) {
                    (Some(stream), None) if file.stream.get(stream).is_some() => stream,
                    (Some(stream), None) => return Err(names::unknown("stream", stream, file.stream.names())),
                    (None, Some(list)) if file.list.get(list).is_some() => list,
                    (None, Some(list)) => return Err(names::unknown("list", list, file.list.names())),
                    _ => {
                        return Err(
                            Mistake::at(&claim.0.span, "`bounded` is about one stream or one list").help(
                                "write `{ bounded = { stream = \"orders\" } }` or `{ bounded = { list = \"jobs\" } }`"
                                    .to_owned(),
                            ),
                        );
                    }
                };
                CheckSpec::Bounded {
                    stream: Bytes::from(key.as_str()),
                    length: length.map_or(0, |length| length.0),
                }
            }
        })
    }
}

fn of_subscribers(file: &File, claim: &Claim, check: CheckSpec) -> Result<CheckSpec, Mistake> {
    match file.subscriber.0.is_empty() {
        true => Err(
            Mistake::at(&claim.0.span, format!("`{}` needs a subscriber", check.name()))
                .help("describe a `[subscriber.…]`".to_owned()),
        ),
        false => Ok(check),
    }
}

fn largest_idle(file: &File) -> Option<Millis> {
    let reclaims = file
        .consumer
        .iter()
        .filter_map(|(_, consumer)| consumer.reclaim.as_ref());
    reclaims
        .map(|reclaim| reclaim.min_idle_time.0)
        .max()
        .filter(|ms| *ms > 0)
}

fn needs_within(claim: &Claim) -> Mistake {
    Mistake::at(
        &claim.0.span,
        "`single-owner` needs a time here: no consumer reclaims after one",
    )
    .help("write `{ single-owner = { within = \"30s\" } }`".to_owned())
}

/// Why there is no default for the dead-letter limit.
enum NoLimit {
    NoPolicy(Mistake),
    Differing(Mistake),
}

impl From<NoLimit> for Mistake {
    fn from(reason: NoLimit) -> Self {
        match reason {
            NoLimit::NoPolicy(mistake) | NoLimit::Differing(mistake) => mistake,
        }
    }
}

fn dead_letter_limit(file: &File, claim: &Claim) -> Result<u64, NoLimit> {
    let letters: Vec<_> = file
        .consumer
        .iter()
        .filter_map(|(_, consumer)| consumer.dead_letter.as_ref())
        .collect();
    let Some(first) = letters.first() else {
        return Err(NoLimit::NoPolicy(
            Mistake::at(&claim.0.span, "no consumer has a `dead-letter` policy")
                .help("give one `dead-letter = { stream = \"dead\", limit = 3 }`".to_owned()),
        ));
    };
    match letters.iter().find(|other| other.limit.0 != first.limit.0) {
        None => Ok(first.limit.0),
        Some(other) => Err(NoLimit::Differing(
            Mistake::at(&claim.0.span, "the consumers have different limits")
                .and(&first.span, "")
                .and(&other.span, "")
                .help("write which one is meant: `{ dead-letter = { limit = 3 } }`".to_owned()),
        )),
    }
}
