//! The list of deliberate bugs: a name and one line that says what it breaks, for each.

use serde::{Deserialize, Serialize};

/// Declares the bugs once: the documentation of each is what it breaks, in reports as well.
macro_rules! defects {
    ($($(#[doc = $breaks:literal])+ $defect:ident = $name:literal,)+) => {
        /// A named bug; its documentation is the one line that says what it breaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Defect {
            $($(#[doc = $breaks])+ #[serde(rename = $name)] $defect,)+
        }

        impl Defect {
            /// All of them, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$defect),+];

            /// Its name in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$defect => $name),+ }
            }

            /// The one of this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|defect| defect.name() == name)
            }

            /// What it breaks, in one sentence.
            pub fn breaks(self) -> &'static str {
                match self { $(Self::$defect => concat!($($breaks),+).trim_start()),+ }
            }
        }
    };
}

defects! {
    // Claims.
    /// XCLAIM and XAUTOCLAIM take any entry, however short it was idle.
    ClaimIgnoresMinIdle = "claim-ignores-min-idle",
    /// XCLAIM and XAUTOCLAIM take what has been idle for half of the min-idle-time.
    ClaimTakesEarly = "claim-takes-early",
    /// XCLAIM and XAUTOCLAIM take what was delivered in the future, by a clock that was set back: below zero an idle time has no end.
    ClaimIdleUnderflows = "claim-idle-underflows",
    /// XCLAIM and XAUTOCLAIM do not reset the idle clock.
    ClaimKeepsIdleClock = "claim-keeps-idle-clock",
    /// XCLAIM and XAUTOCLAIM do not raise the delivery counter.
    ClaimKeepsCounter = "claim-keeps-counter",
    /// XCLAIM and XAUTOCLAIM with JUSTID raise the delivery counter.
    JustidRaisesCounter = "justid-raises-counter",
    /// A claim leaves the entry in its old owner's list, too.
    ClaimLeavesBothOwners = "claim-leaves-both-owners",
    /// XCLAIM of an entry that was claimed just now succeeds once more.
    ClaimSucceedsTwice = "claim-succeeds-twice",
    /// XAUTOCLAIM leaves out the first entry of each page.
    AutoclaimSkipsEntry = "autoclaim-skips-entry",
    /// XAUTOCLAIM answers the cursor 0-0 although it has not looked at everything.
    AutoclaimEndsEarly = "autoclaim-ends-early",
    /// XAUTOCLAIM claims entries that were deleted from the stream in place of dropping them.
    AutoclaimClaimsDeleted = "autoclaim-claims-deleted",
    /// XAUTOCLAIM answers the cursor 0-0 and nothing else.
    AutoclaimFindsNothing = "autoclaim-finds-nothing",

    // Reading in a group.
    /// XREADGROUP hands a new entry to two consumers, one after the other.
    ReadgroupHandsOutTwice = "readgroup-hands-out-twice",
    /// XREADGROUP does not move the group's last delivered ID at all.
    ReadgroupStandsStill = "readgroup-stands-still",
    /// XREADGROUP moves the group's last delivered ID past one entry more than it hands out.
    ReadgroupSkipsOne = "readgroup-skips-one",
    /// XREADGROUP passes over what COUNT cuts off a page of ten entries.
    ReadgroupPassesOverRest = "readgroup-passes-over-rest",
    /// XREADGROUP hands out one entry more than COUNT.
    ReadgroupExceedsCount = "readgroup-exceeds-count",
    /// XREADGROUP answers its new entries in reverse.
    ReadgroupReverses = "readgroup-reverses",
    /// XREADGROUP forgets to put what it hands out into the pending list.
    ReadgroupForgetsPending = "readgroup-forgets-pending",
    /// XREADGROUP with NOACK puts what it hands out into the pending list.
    NoackEntersPending = "noack-enters-pending",
    /// XREADGROUP with an ID answers that nothing is pending.
    HistoryIsEmpty = "history-is-empty",
    /// XREADGROUP with an ID does not raise the delivery counter.
    HistoryKeepsCounter = "history-keeps-counter",

    // Acknowledging.
    /// XACK answers 1 but leaves the entry in the pending list.
    XackLeavesEntry = "xack-leaves-entry",
    /// XACK answers 0 and does nothing.
    XackDoesNothing = "xack-does-nothing",
    /// XACK acknowledges the entry in every group of the stream.
    XackReachesOtherGroups = "xack-reaches-other-groups",
    /// XACK takes the entry out of the group's list and leaves it in its consumer's.
    XackLeavesConsumersList = "xack-leaves-consumers-list",
    /// XACK answers that everything was pending, whether it was or not.
    XackCountsEverything = "xack-counts-everything",

    // Streams and groups.
    /// XADD answers an ID but keeps nothing.
    XaddForgets = "xadd-forgets",
    /// XADD gives an ID that is not above the last: the last entry's, which it overwrites.
    XaddRepeatsLastId = "xadd-repeats-last-id",
    /// XDEL of the last entry makes the stream forget its last ID, which XADD gives again.
    XdelForgetsLastId = "xdel-forgets-last-id",
    /// XDEL answers 1 and keeps the entry.
    XdelKeepsEntry = "xdel-keeps-entry",
    /// XGROUP DELCONSUMER keeps the consumer's entries in the group's list, where they are nobody's.
    DelconsumerKeepsEntries = "delconsumer-keeps-entries",

    // Waiting.
    /// A blocked reader is woken twice by one entry: what it gets it gets again the next time.
    BlockedReaderWokenTwice = "blocked-reader-woken-twice",
    /// A blocked reader is never woken: what comes is not for those who wait already.
    BlockedReaderNeverWoken = "blocked-reader-never-woken",
    /// Of blocked readers the one who came last is served first.
    BlockedReadersLastFirst = "blocked-readers-last-first",
    /// The broker closes the connection of a blocked reader that it does not hear of, and serves it all the same.
    ClosedReaderIsServed = "closed-reader-is-served",

    // Transactions and marks.
    /// MULTI is not atomic: of a client that has gone before EXEC only the first command is executed.
    MultiNotAtomic = "multi-not-atomic",
    /// WATCH sees no change.
    WatchSeesNothing = "watch-sees-nothing",
    /// SADD answers 1, whether the member was there or not.
    SaddAlwaysOne = "sadd-always-one",
    /// The dedup set forgets: SISMEMBER never finds a mark, SADD finds none before it, WATCH sees no change.
    DedupSetForgets = "dedup-set-forgets",

    // Dead letters.
    /// A consumer routes to the dead-letter stream one delivery late.
    DeadLetterOneLate = "dead-letter-one-late",
    /// A consumer routes to the dead-letter stream one delivery early.
    DeadLetterOneEarly = "dead-letter-one-early",
    /// A consumer's routing transaction adds the message to the dead-letter stream twice.
    DeadLetteredTwice = "dead-lettered-twice",
    /// A consumer's routing transaction lacks the acknowledgement.
    DeadLetteredWithoutAck = "dead-lettered-without-ack",
    /// A consumer routes a message to the dead-letter stream and works on it all the same.
    WorksAfterRouting = "works-after-routing",

    // Processes that end and start.
    /// A consumer's crash takes what was pending with it out of the group's list.
    CrashLosesPending = "crash-loses-pending",
    /// The end of a partition takes what is pending with the consumers that it concerned out of their groups' lists.
    PartitionLosesPending = "partition-loses-pending",
    /// A client's restart resets all delivery counters to 1.
    RestartResetsCounters = "restart-resets-counters",
    /// A client's work may take twice as long as its bounds say.
    WorksOvertime = "works-overtime",
    /// A consumer forgets what it claims: it goes from one to the other and nobody works on it.
    ClaimerForgets = "claimer-forgets",

    // The broker's own failures.
    /// A broker that was killed starts again with all delivery counters at 1.
    KillResetsCounters = "kill-resets-counters",
    /// A power failure takes the last entry of each stream, though it was synced.
    PowerFailureTakesSynced = "power-failure-takes-synced",
    /// A replica that takes over knows of no pending entry.
    ReplicaForgetsPending = "replica-forgets-pending",
    /// WAIT is answered at once, as if the replica had everything.
    WaitAnswersAtOnce = "wait-answers-at-once",
    /// A broker that fails while it rewrites its append-only file lacks what was written since it began to.
    CutShortForgetsMeanwhile = "cut-short-forgets-meanwhile",
    /// An old primary that comes back does not copy the memory of the one that took its place.
    ReplicaNeverResyncs = "replica-never-resyncs",
    /// A primary that has too few replicas writes all the same, whatever `min-replicas-to-write` says.
    OldPrimaryNeverRefuses = "old-primary-never-refuses",
    /// A node that comes back with its file has forgotten what was pending.
    LostNodeForgetsPending = "lost-node-forgets-pending",
    /// Nodes serve no key while one is gone, whatever `cluster-require-full-coverage` says.
    OneNodeStopsAll = "one-node-stops-all",
    /// A primary whose replica has taken over answers WAIT as if that still followed it.
    OldPrimaryCountsReplica = "old-primary-counts-replica",

    // Lists.
    /// A pop takes an item off its list and answers that there is none.
    PopLoses = "pop-loses",
    /// A pop answers an item and leaves it in its list.
    PopDoubles = "pop-doubles",
    /// RPOPLPUSH and its like take an item off its list and never reach the other.
    MoveLoses = "move-loses",
    /// RPOPLPUSH and its like are not atomic: of a client that has gone only the first half is executed.
    MoveNotAtomic = "move-not-atomic",

    // Subscribers.
    /// PUBLISH hands a message out twice to each who receives it.
    PublishReachesTwice = "publish-reaches-twice",
    /// PUBLISH hands a message to everybody who is subscribed to anything.
    PublishReachesOthers = "publish-reaches-others",
    /// PUBLISH reaches a client that has unsubscribed: UNSUBSCRIBE confirms and changes nothing.
    UnsubscribeKeeps = "unsubscribe-keeps",
    /// PUBLISH counts all who receive a message, and forgets one of them.
    PublishSkipsOne = "publish-skips-one",
    /// A message overtakes the last one that a subscriber has not read.
    PublishOvertakes = "publish-overtakes",
    /// A subscriber that subscribes again leaves out the last of its names.
    SubscriberForgetsOne = "subscriber-forgets-one",
    /// A subscriber does not miss the answer to its PING.
    PingIsNotMissed = "ping-is-not-missed",
    /// A client waits for the answer to a blocking call for ever, however long its BLOCK was.
    ReaderNeverGivesUp = "reader-never-gives-up",
    /// SPUBLISH leaves its shard: it goes over the bus to every node, as PUBLISH does.
    ShardLeaks = "shard-leaks",
    /// A node of a cluster forgets what the bus brings it.
    BusLoses = "bus-loses",
}
