//! Where the next entries come from, round after round.
//!
//! A round is: own history (where the policy asks for it each time), a reclaim (under a lock where the policy has one),
//! new entries. What a reply changes about it is the business of `fetch`.

use redelivery_engine::{Reply, StreamId};

use super::super::Held;
use crate::replies;
use crate::setup::policy::{Consumer, OnNoGroup, Reads, Reclaim, ReclaimBy, Start, Turns};

/// Where entries come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantNames)]
pub(super) enum Source {
    /// XGROUP CREATE, before anything else.
    Create,
    /// XREADGROUP with an ID: its own pending entries after it.
    History { after: StreamId },
    /// SET of the lock, without which it does not reclaim.
    Lock,
    /// XAUTOCLAIM from a cursor, or XPENDING for candidates.
    Reclaim { cursor: StreamId },
    /// XCLAIM of candidates, one by one, each with its delivery counter.
    Claim { candidates: Vec<(StreamId, u64)> },
    /// The script that takes over the n-th of the entries that are idle enough, from 1.
    Script { nth: u16 },
    /// DEL of the lock.
    Unlock,
    /// XREADGROUP with `>`.
    New,
    /// Any of what it reads and takes over: a choice.
    Any,
    /// A rest before it looks again.
    Rest,
    /// Nowhere: it has given up.
    Nowhere,
}

const ALL_HISTORY: Source = Source::History { after: StreamId::MIN };

impl Source {
    /// What it has found, and how far it has looked.
    pub(super) fn holds(&self) -> Vec<Held> {
        match self {
            Self::Claim { candidates } => {
                let candidate = |&(id, deliveries): &(StreamId, u64)| Held::Candidate { id, deliveries };
                candidates.iter().map(candidate).collect()
            }
            Self::History { after: from } | Self::Reclaim { cursor: from } if *from != StreamId::MIN => {
                vec![Held::Cursor(*from)]
            }
            _ => Vec::new(),
        }
    }

    /// Where a process begins.
    pub(super) fn at_start(policy: &Consumer) -> Self {
        match policy.creates_group {
            Some(_) => Self::Create,
            None => Self::once_created(policy),
        }
    }

    /// Where it begins as soon as there is a group.
    pub(super) fn once_created(policy: &Consumer) -> Self {
        match policy.start {
            Start::History | Start::HistoryLoop => ALL_HISTORY,
            Start::New => Self::after_history(policy),
        }
    }

    /// Where a round begins.
    pub(super) fn of_round(policy: &Consumer) -> Self {
        match policy.start {
            Start::HistoryLoop => ALL_HISTORY,
            Start::New | Start::History => Self::after_history(policy),
        }
    }

    /// A reclaim, if the policy has one; or a choice.
    pub(super) fn after_history(policy: &Consumer) -> Self {
        match policy.reclaim {
            _ if policy.turns == Turns::Any => Self::Any,
            Some(reclaim) if reclaim.lock.is_some() => Self::Lock,
            Some(reclaim) => Self::reclaim(&reclaim),
            None => Self::after_reclaim(policy),
        }
    }

    /// Where a reclaim begins.
    pub(super) fn reclaim(reclaim: &Reclaim) -> Self {
        match reclaim.by {
            ReclaimBy::Script => Self::Script { nth: 1 },
            ReclaimBy::Xclaim | ReclaimBy::Xautoclaim => Self::Reclaim { cursor: StreamId::MIN },
        }
    }

    /// Nothing more is to be claimed.
    pub(super) fn once_reclaimed(policy: &Consumer) -> Self {
        match policy.reclaim.and_then(|reclaim| reclaim.lock) {
            Some(_) => Self::Unlock,
            None => Self::after_reclaim(policy),
        }
    }

    /// What was chosen in place of [`Self::Any`]: 0 reads, n reclaims.
    pub(super) fn chosen(&self, policy: &Consumer, turn: u16) -> Self {
        match (self, turn, &policy.reclaim) {
            (Self::Any, 0, _) | (Self::Any, _, None) => Self::New,
            (Self::Any, nth, Some(reclaim)) => match Self::reclaim(reclaim) {
                Self::Script { .. } => Self::Script { nth },
                source => source,
            },
            _ => self.clone(),
        }
    }

    /// New entries, if it reads any; or a choice.
    pub(super) fn after_reclaim(policy: &Consumer) -> Self {
        match policy.reads {
            _ if policy.turns == Turns::Any => Self::Any,
            Reads::New => Self::New,
            Reads::Nothing => Self::Rest,
        }
    }

    /// The broker refused something; this is where the consumer was or would have gone on.
    pub(super) fn once_refused(&self, policy: &Consumer, refusal: &Reply) -> Self {
        let holds_lock = matches!(
            self,
            Self::Reclaim { .. } | Self::Claim { .. } | Self::Script { .. } | Self::Unlock
        ) && policy.reclaim.is_some_and(|reclaim| reclaim.lock.is_some());
        match policy.on_no_group {
            _ if holds_lock => Self::Unlock,
            OnNoGroup::CreateAgain if replies::is_no_group(refusal) => Self::Create,
            OnNoGroup::GiveUp if replies::is_no_group(refusal) => Self::Nowhere,
            _ => Self::Rest,
        }
    }
}
