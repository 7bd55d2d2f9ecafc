//! Why points are never taken: because they cannot be, or because the corpus tells no story of them. Each with its reason,
//! and only as long as it is so: a test compares this list with what is never taken.

use redelivery_model::coverage::{Kind, Point};

/// Some points of a kind.
struct Excuse {
    kind: Kind,
    /// Their roles or programs.
    of: &'static [&'static str],
    /// Their names.
    names: &'static [&'static str],
    why: &'static str,
}

const EXCUSES: &[Excuse] = &[
    Excuse {
        kind: Kind::Intent,
        of: &[""],
        names: &["Stop"],
        why: "cannot be: who has stopped takes no step",
    },
    Excuse {
        kind: Kind::Step,
        of: &["consumer fetches"],
        names: &["Nowhere"],
        why: "cannot be: who has given up takes no step",
    },
    Excuse {
        kind: Kind::Step,
        of: &["consumer fetches"],
        names: &["Script"],
        why: "not in the corpus: consumers that claim by a script take any turn there",
    },
    Excuse {
        kind: Kind::Step,
        of: &["worker handles"],
        names: &["MarkAndWork"],
        why: "not in the corpus: of the scripts that mark and work, consumers' are",
    },
    Excuse {
        kind: Kind::Step,
        of: &["mover"],
        names: &["Done"],
        why: "cannot be: who is done takes no step",
    },
    Excuse {
        kind: Kind::Step,
        of: &["putting back"],
        names: &["Over"],
        why: "cannot be: what is over is left at once",
    },
    Excuse {
        kind: Kind::Action,
        of: &[
            "Administrator",
            "Mover",
            "Producer",
            "Publisher",
            "Reader",
            "Reaper",
            "Repairer",
            "Subscriber",
            "Watcher",
            "Worker",
        ],
        names: &["Choose"],
        why: "cannot be: only consumers may take any turn",
    },
    Excuse {
        kind: Kind::Action,
        of: &[
            "Administrator",
            "Mover",
            "Publisher",
            "Reaper",
            "Repairer",
            "Subscriber",
            "Watcher",
        ],
        names: &["TimeOut"],
        why: "cannot be: it sends nothing that blocks",
    },
    Excuse {
        kind: Kind::Action,
        of: &[
            "Administrator",
            "Consumer",
            "Mover",
            "Publisher",
            "Reader",
            "Reaper",
            "Repairer",
            "Subscriber",
            "Watcher",
            "Worker",
        ],
        names: &["Replicate"],
        why: "cannot be: only producers ask what a replica has",
    },
    Excuse {
        kind: Kind::Action,
        of: &[
            "Administrator",
            "Mover",
            "Publisher",
            "Reaper",
            "Repairer",
            "Subscriber",
            "Watcher",
            "Worker",
        ],
        names: &["Turn"],
        why: "not in the corpus: producers, consumers and readers show what becomes of writes and reads at an old primary",
    },
    Excuse {
        kind: Kind::Action,
        of: &[
            "Administrator",
            "Mover",
            "Producer",
            "Publisher",
            "Reaper",
            "Repairer",
            "Subscriber",
            "Watcher",
            "Worker",
        ],
        names: &["Deviate"],
        why: "not in the corpus: it asks nothing that could be asked otherwise",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Reader"],
        names: &["Deviate"],
        why: "not in the corpus: consumers ask otherwise",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Administrator", "Producer", "Publisher"],
        names: &["Restart"],
        why: "cannot be: it does not start again",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Administrator", "Producer", "Publisher"],
        names: &["Crash", "CrashSending"],
        why: "not in the corpus: who never comes back is as one that is never heard of again, and lost connections are there",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Reaper"],
        names: &["Crash", "CrashSending", "Restart"],
        why: "not in the corpus: the same steps are cut short in workers that put back what they left",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Watcher"],
        names: &["Crash", "CrashSending", "Restart"],
        why: "not in the corpus: it looks again once it is back, as it does without a crash",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Subscriber"],
        names: &["CrashSending"],
        why: "not in the corpus: one crash is all that its stories have, and it begins subscribed",
    },
    Excuse {
        kind: Kind::Action,
        of: &[
            "Administrator",
            "Mover",
            "Producer",
            "Publisher",
            "Reader",
            "Reaper",
            "Repairer",
            "Subscriber",
            "Watcher",
        ],
        names: &["Pause"],
        why: "not in the corpus: anybody is slow while exploring; simulated pauses are of those whose work others take over",
    },
    Excuse {
        kind: Kind::Action,
        of: &["Administrator", "Mover", "Reader", "Reaper", "Repairer", "Watcher"],
        names: &["Cut"],
        why: CUTS,
    },
    Excuse {
        kind: Kind::Fate,
        of: &["Administrator", "Mover", "Reader", "Reaper", "Repairer", "Watcher"],
        names: &["Late", "Never", "ReplyLost"],
        why: CUTS,
    },
    Excuse {
        kind: Kind::Fate,
        of: &["Worker"],
        names: &["Never", "ReplyLost"],
        why: "not in the corpus: of lost connections of workers the story is that a pop is executed late",
    },
];

const CUTS: &str = "not in the corpus: connections are lost by those who add, publish, consume, work and subscribe";

/// Why a point is never taken, if somebody knows.
pub fn excuse(point: &Point) -> Option<&'static str> {
    let is_one = |excuse: &&Excuse| {
        excuse.kind == point.kind && excuse.of.contains(&point.of) && excuse.names.contains(&point.name)
    };
    EXCUSES.iter().find(is_one).map(|excuse| excuse.why)
}

/// All points that are excused.
pub fn excused() -> Vec<Point> {
    let each = |Excuse { kind, of, names, .. }: &Excuse| {
        let pairs = of.iter().flat_map(|of| names.iter().map(move |name| (of, name)));
        pairs
            .map(|(of, name)| Point { kind: *kind, of, name })
            .collect::<Vec<_>>()
    };
    EXCUSES.iter().flat_map(each).collect()
}
