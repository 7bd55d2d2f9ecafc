//! Why points are never taken: because they cannot be, or because the corpus tells no story of them. Each with its reason,
//! and only as long as it is so: a test compares this list with what is never taken.

use redelivery_model::coverage::{Kind, Point, ROLES};

/// Some points of a kind.
struct Excuse {
    kind: Kind,
    of: Of,
    /// Their names.
    names: &'static [&'static str],
    why: &'static str,
}

/// Whose points.
#[derive(Clone, Copy)]
enum Of {
    /// Those of these roles or programs.
    These(&'static [&'static str]),
    /// Those of all roles but these.
    AllBut(&'static [&'static str]),
}

impl Of {
    /// Whose they are, one by one.
    fn names(self) -> Vec<&'static str> {
        match self {
            Self::These(these) => these.to_vec(),
            Self::AllBut(these) => {
                let mut others = ROLES.to_vec();
                others.retain(|role| !these.contains(role));
                others
            }
        }
    }
}

const EXCUSES: &[Excuse] = &[
    Excuse {
        kind: Kind::Intent,
        of: Of::These(&[""]),
        names: &["Stop"],
        why: "cannot be: who has stopped takes no step",
    },
    Excuse {
        kind: Kind::Step,
        of: Of::These(&["consumer fetches"]),
        names: &["Nowhere"],
        why: "cannot be: who has given up takes no step",
    },
    Excuse {
        kind: Kind::Step,
        of: Of::These(&["consumer fetches"]),
        names: &["Script"],
        why: "not in the corpus: consumers that claim by a script take any turn there",
    },
    Excuse {
        kind: Kind::Step,
        of: Of::These(&["worker handles"]),
        names: &["MarkAndWork"],
        why: "not in the corpus: of the scripts that mark and work, consumers' are",
    },
    Excuse {
        kind: Kind::Step,
        of: Of::These(&["mover"]),
        names: &["Done"],
        why: "cannot be: who is done takes no step",
    },
    Excuse {
        kind: Kind::Step,
        of: Of::These(&["putting back"]),
        names: &["Over"],
        why: "cannot be: what is over is left at once",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer"]),
        names: &["Choose"],
        why: "cannot be: only consumers may take any turn",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Producer", "Reader", "Worker"]),
        names: &["TimeOut"],
        why: "cannot be: it sends nothing that blocks",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Producer"]),
        names: &["Replicate"],
        why: "cannot be: only consumers and producers ask what a replica has",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Producer", "Reader"]),
        names: &["Turn"],
        why: "not in the corpus: producers, consumers and readers show what becomes of writes and reads at an old primary",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Reader"]),
        names: &["Deviate"],
        why: "cannot be: it asks nothing that could be asked otherwise",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::These(&["Reader"]),
        names: &["Deviate"],
        why: "not in the corpus: consumers ask otherwise",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Reader", "Subscriber", "Worker"]),
        names: &["Forget"],
        why: "cannot be: it waits for no message, and who sends learns that its connection is closed",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::These(&["Administrator", "Producer", "Publisher"]),
        names: &["Restart"],
        why: "cannot be: it does not start again",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::These(&["Administrator", "Producer", "Publisher"]),
        names: &["Crash", "CrashSending"],
        why: "not in the corpus: who never comes back is as one that is never heard of again, and lost connections are there",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::These(&["Reaper"]),
        names: &["Crash", "CrashSending", "Restart"],
        why: "not in the corpus: the same steps are cut short in workers that put back what they left",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::These(&["Watcher"]),
        names: &["Crash", "CrashSending", "Restart"],
        why: "not in the corpus: it looks again once it is back, as it does without a crash",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::These(&["Subscriber"]),
        names: &["CrashSending"],
        why: "not in the corpus: one crash is all that its stories have, and it begins subscribed",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Worker"]),
        names: &["Pause"],
        why: "not in the corpus: anybody is slow while exploring; simulated pauses are of those whose work others take over",
    },
    Excuse {
        kind: Kind::Action,
        of: Of::AllBut(&["Consumer", "Producer", "Publisher", "Subscriber", "Worker"]),
        names: &["Cut"],
        why: CUTS,
    },
    Excuse {
        kind: Kind::Fate,
        of: Of::AllBut(&["Consumer", "Producer", "Publisher", "Subscriber", "Worker"]),
        names: &["Late", "Never", "ReplyLost"],
        why: CUTS,
    },
    Excuse {
        kind: Kind::Fate,
        of: Of::These(&["Worker"]),
        names: &["Never", "ReplyLost"],
        why: "not in the corpus: of lost connections of workers the story is that a pop is executed late",
    },
];

const CUTS: &str = "not in the corpus: connections are lost by those who add, publish, consume, work and subscribe";

/// Why a point is never taken, if somebody knows.
pub fn excuse(point: &Point) -> Option<&'static str> {
    let is_one = |excuse: &&Excuse| {
        excuse.kind == point.kind && excuse.of.names().contains(&point.of) && excuse.names.contains(&point.name)
    };
    EXCUSES.iter().find(is_one).map(|excuse| excuse.why)
}

/// All points that are excused.
pub fn excused() -> Vec<Point> {
    let each = |Excuse { kind, of, names, .. }: &Excuse| {
        let of = of.names().into_iter();
        let pairs = of.flat_map(|of| names.iter().map(move |name| (of, name)));
        pairs
            .map(|(of, name)| Point { kind: *kind, of, name })
            .collect::<Vec<_>>()
    };
    EXCUSES.iter().flat_map(each).collect()
}
