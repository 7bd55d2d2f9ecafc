//! Where the next entries come from, round after round.
//!
//! A round is: own history (where the policy asks for it each time), a reclaim (under a lock where the policy has one),
//! new entries. What a reply changes about it is the business of `fetch`.

use redelivery_engine::{Reply, StreamId};

use crate::replies;
use crate::setup::policy::{Consumer, OnNoGroup, Reads, Start};

/// Where entries come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// DEL of the lock.
    Unlock,
    /// XREADGROUP with `>`.
    New,
    /// A rest before it looks again.
    Rest,
    /// Nowhere: it has given up.
    Nowhere,
}

const ALL_HISTORY: Source = Source::History { after: StreamId::MIN };

impl Source {
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

    /// A reclaim, if the policy has one.
    pub(super) fn after_history(policy: &Consumer) -> Self {
        match policy.reclaim {
            Some(reclaim) if reclaim.lock.is_some() => Self::Lock,
            Some(_) => Self::Reclaim { cursor: StreamId::MIN },
            None => Self::after_reclaim(policy),
        }
    }

    /// Nothing more is to be claimed.
    pub(super) fn once_reclaimed(policy: &Consumer) -> Self {
        match policy.reclaim.and_then(|reclaim| reclaim.lock) {
            Some(_) => Self::Unlock,
            None => Self::after_reclaim(policy),
        }
    }

    /// New entries, if it reads any.
    pub(super) fn after_reclaim(policy: &Consumer) -> Self {
        match policy.reads {
            Reads::New => Self::New,
            Reads::Nothing => Self::Rest,
        }
    }

    /// The broker refused something; this is where the consumer was or would have gone on.
    pub(super) fn once_refused(&self, policy: &Consumer, refusal: &Reply) -> Self {
        let holds_lock = matches!(self, Self::Reclaim { .. } | Self::Claim { .. } | Self::Unlock)
            && policy.reclaim.is_some_and(|reclaim| reclaim.lock.is_some());
        match policy.on_no_group {
            _ if holds_lock => Self::Unlock,
            OnNoGroup::CreateAgain if replies::is_no_group(refusal) => Self::Create,
            OnNoGroup::GiveUp if replies::is_no_group(refusal) => Self::Nowhere,
            _ => Self::Rest,
        }
    }
}
