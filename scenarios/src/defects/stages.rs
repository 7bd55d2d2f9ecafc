//! Where each defect is put on stage: the smallest scenarios in which something may notice it. What does is measured.

use redelivery_model::defect::Defect;

/// A scenario that a defect is tried in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Of the corpus, by family and name.
    Corpus(&'static str),
    /// Written for defects that no design of the corpus meets, by its name: under `scenarios/defects/`.
    Own(&'static str),
}

use Stage::{Corpus, Own};

impl Stage {
    /// How its file is found.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Corpus(name) | Self::Own(name) => name,
        }
    }
}

const RECEIPT_AND_RECLAIM: Stage = Corpus("streams/acknowledge-on-receipt-and-reclaim");
const FIRST_WINS: Stage = Corpus("streams/acknowledge-on-receipt-first-wins");
const COUNTS_RUNS: Stage = Corpus("streams/dead-letter-counts-runs");
const HISTORY_COUNT: Stage = Corpus("streams/history-count-reaches-dead-letter");
const LEAVES_ENTRIES: Stage = Corpus("streams/ack-is-not-delete");
const PREFETCH_LEFT_OUT: Stage = Corpus("streams/prefetch-is-left-out");
const RACING_XCLAIM: Stage = Corpus("streams/racing-xclaim");
const SINGLE_WORKER: Stage = Corpus("streams/single-worker-keeps-order");
const ZOMBIE: Stage = Corpus("streams/zombie-longer-than-idle");
const ZOMBIE_DEAD_LETTER: Stage = Corpus("streams/zombie-after-dead-letter");
const WORK_SHORTER: Stage = Corpus("streams/work-shorter-than-idle");
const TO_GROUPS: Stage = Corpus("streams/fan-out-to-groups");
const MARKS: Stage = Corpus("streams/timeout-retry-with-key");
const READER: Stage = Corpus("streams/reader-keeps-its-position");
const IF_KEPT: Stage = Corpus("lists/finish-if-kept");
const BLMOVE: Stage = Corpus("lists/blmove-survives-timeout");
const LAST_PUSHED: Stage = Corpus("lists/last-pushed-first-taken");
const QUEUE_AND_LOG: Stage = Corpus("lists/queue-against-log");
const PATTERN: Stage = Corpus("pubsub/pattern-alone");
const BROADCAST: Stage = Corpus("cluster/cluster-broadcast-cost-3-nodes");

/// The stages of a defect.
pub const fn stages(defect: Defect) -> &'static [Stage] {
    match defect {
        Defect::ClaimIgnoresMinIdle => &[ZOMBIE, Corpus("streams/reclaim-takes-too-many")],
        Defect::ClaimTakesEarly | Defect::WorksOvertime => &[WORK_SHORTER],
        Defect::ClaimIdleUnderflows => &[Corpus("clocks/clock-jumps-back")],
        Defect::ClaimKeepsIdleClock => &[Corpus("streams/reclaim-takes-too-many"), RACING_XCLAIM],
        Defect::ClaimKeepsCounter => &[COUNTS_RUNS, Corpus("streams/delivery-count-tells")],
        Defect::JustidRaisesCounter => &[Own("justid-is-no-delivery")],
        Defect::ClaimLeavesBothOwners => &[RECEIPT_AND_RECLAIM],
        Defect::ClaimSucceedsTwice => &[RACING_XCLAIM],
        Defect::KillResetsCounters => &[Corpus("durable/claims-are-counted-in-the-file")],
        Defect::PowerFailureTakesSynced => &[Corpus("durable/always-loses-nothing")],
        Defect::OldPrimaryCountsReplica => &[Corpus("replicas/wait-survives-split-brain")],
        Defect::CutShortForgetsMeanwhile => &[Corpus("durable/killed-while-rewriting")],
        Defect::OldPrimaryNeverRefuses => &[Corpus("replicas/who-comes-late-is-refused")],
        Defect::LostNodeForgetsPending => &[Corpus("cluster/node-lost-keeps-its-file")],
        Defect::OneNodeStopsAll => &[Corpus("cluster/the-other-slots-go-on")],
        Defect::ReplicaNeverResyncs => &[Corpus("replicas/failback-after-resync")],
        Defect::WaitAnswersAtOnce => &[Corpus("replicas/wait-survives-failover")],
        Defect::ReplicaForgetsPending => &[Corpus("durable/acks-lost-at-failover")],
        Defect::AutoclaimSkipsEntry => &[COUNTS_RUNS],
        Defect::AutoclaimEndsEarly => &[Corpus("streams/scan-follows-cursor"), Own("scan-before-deletion")],
        Defect::AutoclaimClaimsDeleted => &[],
        Defect::AutoclaimFindsNothing => &[COUNTS_RUNS, Own("restart-keeps-counters")],

        Defect::ReadgroupHandsOutTwice => &[LEAVES_ENTRIES, FIRST_WINS],
        Defect::ReadgroupStandsStill => &[LEAVES_ENTRIES, RECEIPT_AND_RECLAIM],
        Defect::ReadgroupSkipsOne => &[LEAVES_ENTRIES, TO_GROUPS],
        Defect::ReadgroupPassesOverRest => &[Corpus("streams/client-asks-otherwise")],
        Defect::ReadgroupExceedsCount => &[PREFETCH_LEFT_OUT],
        Defect::ReadgroupReverses => &[SINGLE_WORKER],
        Defect::ReadgroupForgetsPending => &[COUNTS_RUNS, Own("restart-keeps-counters")],
        Defect::NoackEntersPending => &[Own("noack-leaves-nothing-to-claim")],
        Defect::HistoryIsEmpty | Defect::HistoryKeepsCounter => &[HISTORY_COUNT],

        Defect::XackLeavesEntry => &[RECEIPT_AND_RECLAIM, FIRST_WINS],
        Defect::XackDoesNothing => &[COUNTS_RUNS],
        Defect::XackReachesOtherGroups => &[Own("groups-acknowledge-apart")],
        Defect::XackLeavesConsumersList => &[RECEIPT_AND_RECLAIM],
        Defect::XackCountsEverything => &[FIRST_WINS],

        Defect::XaddForgets => &[SINGLE_WORKER, PATTERN],
        Defect::XaddRepeatsLastId => &[LEAVES_ENTRIES],
        Defect::XdelForgetsLastId => &[Own("deleted-ids-stay-used")],
        Defect::XdelKeepsEntry => &[Own("deleted-ids-stay-used")],
        Defect::DelconsumerKeepsEntries => &[Own("delconsumer-takes-its-entries")],

        Defect::BlockedReaderWokenTwice => &[LEAVES_ENTRIES],
        Defect::BlockedReaderNeverWoken => &[Own("waits-for-ever")],
        Defect::BlockedReadersLastFirst | Defect::ClosedReaderIsServed => &[],

        Defect::MultiNotAtomic | Defect::WatchSeesNothing => &[IF_KEPT, READER],
        Defect::SaddAlwaysOne => &[Corpus("lists/mark-before-work")],
        Defect::DedupSetForgets => &[MARKS],

        Defect::DeadLetterOneLate => &[COUNTS_RUNS],
        Defect::DeadLetterOneEarly => &[COUNTS_RUNS, ZOMBIE_DEAD_LETTER, Own("one-crash-is-forgiven")],
        Defect::DeadLetteredTwice | Defect::DeadLetteredWithoutAck => &[COUNTS_RUNS],
        Defect::WorksAfterRouting => &[COUNTS_RUNS, Own("routed-is-over")],

        Defect::PartitionLosesPending => &[Corpus("network/half-open-read-stays-pending")],
        Defect::CrashLosesPending => &[Own("restart-keeps-counters"), Own("routed-is-over")],
        Defect::RestartResetsCounters => &[Own("restart-keeps-counters")],
        Defect::ClaimerForgets => &[
            Own("claims-before-the-end"),
            Own("honest-reclaim-loop"),
            Corpus("streams/trim-spares-pending"),
        ],

        Defect::PopLoses => &[LAST_PUSHED],
        Defect::PopDoubles => &[LAST_PUSHED, QUEUE_AND_LOG],
        Defect::MoveLoses | Defect::MoveNotAtomic => &[BLMOVE],

        Defect::PublishReachesTwice => &[PATTERN],
        Defect::PublishReachesOthers => &[BROADCAST, Corpus("pubsub/each-its-own-channel")],
        Defect::UnsubscribeKeeps => &[Corpus("pubsub/unsubscribes-when-it-has-enough")],
        Defect::PublishSkipsOne => &[PATTERN],
        Defect::PublishOvertakes => &[PATTERN],
        Defect::PingIsNotMissed => &[Corpus("network/half-open-subscriber-pings")],
        Defect::ReaderNeverGivesUp => &[
            Corpus("network/forgotten-reader-gives-up"),
            Corpus("network/forgotten-worker-gives-up"),
        ],
        Defect::SubscriberForgetsOne => &[Corpus("pubsub/slow-subscriber-disconnected")],
        Defect::ShardLeaks => &[Corpus("cluster/sharded-costs-nothing")],
        Defect::BusLoses => &[BROADCAST],
    }
}
