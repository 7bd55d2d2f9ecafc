//! What may be taken, point by point: from the enums that say so.

use std::fmt;

use redelivery_engine::cluster::NodeIndex;
use strum::VariantNames as _;

use crate::check::Premise;
use crate::client::{Choice, Intent, branch};
use crate::event::{Event, Grant};
use crate::occurrence::Occurrence;
use crate::setup::policy::Role;
use crate::setup::{ClientIx, Fate, Mishap};
use crate::world::{Action, ConnectionIx, Failure};

/// What a point is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What happens next, by the role of the client to whom it happens.
    Action,
    /// What becomes of the request when a connection closes, by role.
    Fate,
    /// What a client does next.
    Intent,
    /// A step of a client's program.
    Step,
    /// A fact.
    Event,
    /// How an entry came to a consumer.
    Grant,
    /// What a scenario may require.
    Occurrence,
    /// What a check presumes.
    Premise,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Action,
        Self::Fate,
        Self::Intent,
        Self::Step,
        Self::Event,
        Self::Grant,
        Self::Occurrence,
        Self::Premise,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Action => "actions by role",
            Self::Fate => "fates of requests by role",
            Self::Intent => "intents",
            Self::Step => "steps of clients",
            Self::Event => "events",
            Self::Grant => "grants",
            Self::Occurrence => "occurrences",
            Self::Premise => "premises of checks",
        }
    }
}

/// Something that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// What it is one of.
    pub kind: Kind,
    /// The role or program that it belongs to; empty where it belongs to none.
    pub of: &'static str,
    /// The variant's name.
    pub name: &'static str,
}

impl Point {
    pub(super) fn new(kind: Kind, of: &'static str, name: &'static str) -> Self {
        Self { kind, of, name }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            "" => f.write_str(self.name),
            of => write!(f, "{of}: {}", self.name),
        }
    }
}

/// One of each kind of action; a test compares their names with the enum's.
const ACTIONS: [Action; 31] = {
    let (client, connection, node) = (ClientIx(0), ConnectionIx(0), NodeIndex(0));
    [
        Action::Step(client),
        Action::Choose(client, 0),
        Action::TimeOut(client),
        Action::Restart(client),
        Action::Execute(connection),
        Action::Notice(connection),
        Action::Bus(node, node),
        Action::Age(0),
        Action::Expire(0),
        Action::Tick(0),
        Action::ClockForward(0),
        Action::ClockBack(0),
        Action::Pause(client),
        Action::Crash(client),
        Action::CrashSending(client),
        Action::Cut(client, Fate::Never),
        Action::Fail(Failure {
            how: Mishap::Killed,
            lost: 0,
            unanswered: None,
        }),
        Action::Replicate(client),
        Action::Turn(client),
        Action::Refuse,
        Action::StepDown,
        Action::Part,
        Action::Heal,
        Action::Deviate(client, Choice::NoWait),
        Action::Forget(client),
        Action::Rewrite,
        Action::Rewritten,
        Action::Missed,
        Action::CameBack,
        Action::Covered,
        Action::Serves,
    ]
};

/// The roles of clients, by name.
pub const ROLES: &[&str] = Role::VARIANTS;

/// All points, in order.
pub fn all() -> Vec<Point> {
    let mut all = Vec::new();
    for action in ACTIONS {
        let roles = match action.client() {
            Some(_) => ROLES,
            None => &[""],
        };
        all.extend(roles.iter().map(|role| Point::new(Kind::Action, role, action.into())));
    }
    for role in ROLES {
        all.extend(Fate::VARIANTS.iter().map(|fate| Point::new(Kind::Fate, role, fate)));
    }
    all.extend(
        branch::all()
            .into_iter()
            .map(|(of, step)| Point::new(Kind::Step, of, step)),
    );
    for (kind, names) in [
        (Kind::Intent, Intent::VARIANTS),
        (Kind::Event, Event::VARIANTS),
        (Kind::Grant, Grant::VARIANTS),
        (Kind::Occurrence, Occurrence::VARIANTS),
        (Kind::Premise, Premise::VARIANTS),
    ] {
        all.extend(names.iter().map(|name| Point::new(kind, "", name)));
    }
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_action_is_among_them() {
        let named: BTreeSet<&str> = ACTIONS.iter().map(|&action| action.into()).collect();
        assert_eq!(named, Action::VARIANTS.iter().copied().collect());
    }

    #[test]
    fn points_are_of_every_kind_and_each_is_there_once() {
        let all = all();
        let mut once = all.clone();
        once.dedup();
        assert_eq!(all, once);
        for kind in Kind::ALL {
            assert!(all.iter().filter(|point| point.kind == kind).count() > 2, "{kind:?}");
        }
    }
}
