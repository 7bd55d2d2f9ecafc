//! One check's state for one subject.

use redelivery_engine::{Millis, StreamId};

use super::at_least_once::AtLeastOnce;
use super::at_most_once::AtMostOnce;
use super::bounded::Bounded;
use super::bus_limit::BusLimit;
use super::conservation::Conservation;
use super::dead_letter::{Counter, Runs};
use super::delivery::Delivery;
use super::exactly_once::ExactlyOnce;
use super::fan_out::FanOut;
use super::no_claim_before_work::NoClaimBeforeWork;
use super::no_overlapping_work::NoOverlappingWork;
use super::nothing_after_dead_letter::NothingAfterDeadLetter;
use super::noticed::Noticed;
use super::order::Order;
use super::pending_list::PendingList;
use super::run_limit::RunLimit;
use super::settles::Settles;
use super::single_owner::SingleOwner;
use super::subscribed::Subscribed;
use super::{CheckSpec, Deliveries};
use crate::event::{Event, Moment};
use crate::setup::{Message, Setup};

/// The claim is broken, by this entry where one is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken(pub(super) Option<StreamId>);

/// What a monitor makes of an event, or of the end.
pub(crate) type Finding = Result<(), Broken>;

/// The state of one check for one message, group, or message in a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Monitor {
    /// The claim was broken and said so; nothing changes any more.
    Violated,
    AtMostOnce(AtMostOnce),
    AtLeastOnce(AtLeastOnce),
    ExactlyOnce(ExactlyOnce),
    SingleOwner(SingleOwner),
    NoOverlappingWork(NoOverlappingWork),
    NoClaimBeforeWork(NoClaimBeforeWork),
    DeadLetterByCounter(Counter),
    DeadLetterByRuns(Runs),
    RunLimit(RunLimit),
    Noticed(Noticed),
    NothingAfterDeadLetter(NothingAfterDeadLetter),
    PendingList(PendingList),
    Order(Order),
    FanOut(FanOut),
    Settles(Settles),
    Conservation(Conservation),
    Bounded(Bounded),
    Delivery(Delivery),
    Subscribed(Subscribed),
    BusLimit(BusLimit),
}

impl Monitor {
    /// Nothing has happened yet.
    pub(super) fn new(spec: &CheckSpec) -> Self {
        match spec {
            CheckSpec::AtMostOnce => Self::AtMostOnce(Default::default()),
            CheckSpec::AtLeastOnce { .. } => Self::AtLeastOnce(Default::default()),
            CheckSpec::ExactlyOnce { .. } => Self::ExactlyOnce(Default::default()),
            CheckSpec::SingleOwner { .. } => Self::SingleOwner(Default::default()),
            CheckSpec::NoOverlappingWork => Self::NoOverlappingWork(Default::default()),
            CheckSpec::NoClaimBeforeWork => Self::NoClaimBeforeWork(Default::default()),
            CheckSpec::DeadLetter { counts, .. } => match counts {
                Deliveries::Counter => Self::DeadLetterByCounter(Default::default()),
                Deliveries::Runs => Self::DeadLetterByRuns(Default::default()),
            },
            CheckSpec::RunLimit { .. } => Self::RunLimit(Default::default()),
            CheckSpec::Noticed => Self::Noticed(Default::default()),
            CheckSpec::NothingAfterDeadLetter => Self::NothingAfterDeadLetter(Default::default()),
            CheckSpec::PendingList => Self::PendingList(Default::default()),
            CheckSpec::Order => Self::Order(Default::default()),
            CheckSpec::FanOut => Self::FanOut(Default::default()),
            CheckSpec::Settles => Self::Settles(Default::default()),
            CheckSpec::Conservation => Self::Conservation(Default::default()),
            CheckSpec::Bounded { .. } => Self::Bounded(Default::default()),
            CheckSpec::Delivery => Self::Delivery(Default::default()),
            CheckSpec::Subscribed => Self::Subscribed(Default::default()),
            CheckSpec::BusLimit { .. } => Self::BusLimit(Default::default()),
        }
    }

    /// Reads one event about its subject, which is this message where it is one.
    pub(super) fn on(
        &mut self,
        setup: &Setup,
        spec: &CheckSpec,
        message: Option<Message>,
        moment: Moment,
        event: &Event,
    ) -> Finding {
        let finding = match (&mut *self, spec) {
            (Self::Violated, _) => Ok(()),
            (Self::AtMostOnce(it), _) => it.on(event),
            (Self::AtLeastOnce(it), CheckSpec::AtLeastOnce { dead_letter_counts }) => {
                it.on(event, *dead_letter_counts);
                Ok(())
            }
            (Self::ExactlyOnce(it), CheckSpec::ExactlyOnce { dead_letter_counts }) => it.on(event, *dead_letter_counts),
            (Self::SingleOwner(it), CheckSpec::SingleOwner { within_ms }) => it.on(moment, event, *within_ms),
            (Self::NoOverlappingWork(it), _) => it.on(event),
            (Self::NoClaimBeforeWork(it), _) => it.on(setup, event),
            (Self::DeadLetterByCounter(it), CheckSpec::DeadLetter { limit, .. }) => it.on(setup, event, *limit),
            (Self::DeadLetterByRuns(it), CheckSpec::DeadLetter { limit, .. }) => it.on(event, *limit),
            (Self::RunLimit(it), CheckSpec::RunLimit { limit }) => it.on(event, *limit),
            (Self::Noticed(it), _) => {
                it.on(event);
                Ok(())
            }
            (Self::NothingAfterDeadLetter(it), _) => it.on(moment, event),
            (Self::PendingList(it), _) => it.on(event),
            (Self::Order(it), _) => it.on(event),
            (Self::FanOut(it), _) => {
                it.on(event);
                Ok(())
            }
            (Self::Conservation(it), _) => message.map_or(Ok(()), |message| it.on(setup, message, event)),
            (Self::Settles(it), _) => {
                it.on(message, event);
                Ok(())
            }
            (Self::Delivery(it), _) => it.on(setup, event),
            (Self::BusLimit(it), CheckSpec::BusLimit { at_most }) => it.on(event, *at_most),
            (Self::Subscribed(it), _) => {
                it.on(event);
                Ok(())
            }
            (Self::Bounded(it), CheckSpec::Bounded { stream, length }) => {
                it.on(event, stream, *length);
                Ok(())
            }
            (monitor, spec) => unreachable!("{monitor:?} does not check {spec:?}"),
        };
        if finding.is_err() {
            *self = Self::Violated;
        }
        finding
    }

    /// The run has ended.
    pub(super) fn at_end(&self, spec: &CheckSpec) -> Finding {
        match (self, spec) {
            (Self::AtLeastOnce(it), _) => it.at_end(),
            (Self::ExactlyOnce(it), _) => it.at_end(),
            (Self::DeadLetterByCounter(it), CheckSpec::DeadLetter { limit, .. }) => it.at_end(*limit),
            (Self::DeadLetterByRuns(it), CheckSpec::DeadLetter { limit, .. }) => it.at_end(*limit),
            (Self::Noticed(it), _) => it.at_end(),
            (Self::FanOut(it), _) => it.at_end(),
            (Self::Settles(it), _) => it.at_end(),
            (Self::Bounded(it), _) => it.at_end(),
            (Self::Delivery(it), _) => it.at_end(),
            (Self::Subscribed(it), _) => it.at_end(),
            _ => Ok(()),
        }
    }

    /// Rewrites the moments that it remembers.
    pub(super) fn map_times(&mut self, map: &mut dyn FnMut(Millis) -> Millis) {
        if let Self::SingleOwner(it) = self {
            it.map_times(map);
        }
    }

    /// Keeps the delivery counters that it remembers at this or below.
    pub(super) fn cap_deliveries(&mut self, cap: u64) {
        if let Self::PendingList(it) = self {
            it.cap_deliveries(cap);
        }
    }

    /// Reads the moments that it remembers.
    pub(super) fn times(&self, visit: &mut dyn FnMut(Millis)) {
        if let Self::SingleOwner(it) = self {
            it.times(visit);
        }
    }
}
