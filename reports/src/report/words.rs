//! Small words: counts, durations, why something is unknown.

use redelivery_engine::Millis;
use redelivery_model::check::Unmet;
use redelivery_model::durations::Durations;
use redelivery_model::occurrence::Occurrence;
use redelivery_model::setup::{ClientIx, Setup, Stops};
use redelivery_scenarios::live::Diverged;
use redelivery_scenarios::outcome::{Unknown, Verdict};
use redelivery_scenarios::scenario::Version;

use super::events::group_name;

/// Why nothing can be said of a scenario in which nothing was judged.
pub const NOTHING_EXPECTED: &str = "nothing is expected of this way";

/// A number with its thousands apart: `1,234,567`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something: `1 state`, `2 states`.
pub fn count(amount: u64, what: &str) -> String {
    match amount {
        1 => format!("1 {what}"),
        _ => format!("{} {what}s", number(amount)),
    }
}

/// So many deliveries.
pub fn deliveries(amount: u64) -> String {
    match amount {
        1 => "1 delivery".into(),
        _ => format!("{} deliveries", number(amount)),
    }
}

/// So many times.
pub fn times(amount: u64) -> String {
    match amount {
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{} times", number(amount)),
    }
}

/// A moment of a run: `12.345s`.
pub fn moment(ms: Millis) -> String {
    format!("{}.{:03}s", number(ms / 1_000), ms % 1_000)
}

/// The name of a verdict.
pub fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Violated => "violated",
        Verdict::Diverged(_) => "diverged",
        Verdict::Unknown(_) => "unknown",
    }
}

/// Why nothing can be said.
pub fn unknown(setup: &Setup, unknown: &Unknown) -> String {
    match unknown {
        Unknown::StateLimit(limit) => format!("exploring stopped at {}", count(*limit, "state")),
        Unknown::CutOff(runs) => format!("{} did not end within the time limit", count(*runs, "run")),
        Unknown::NeverOccurred(what) => format!("`{}` never occurred, so that nothing was tested", occurrence(*what)),
        Unknown::Untested(Unmet { premise, group }) => {
            let place = group.map_or_else(String::new, |group| format!("in {} ", group_name(setup, group)));
            format!("{place}{}, so that nothing was tested", premise.never())
        }
        Unknown::NothingToJudge => "no group reads anything that it could judge".into(),
        Unknown::NoMoments => "no moments are known at which the explored path can happen with these durations".into(),
        Unknown::LostInPart => "the failure on the explored path loses a part of what one step wrote".into(),
        Unknown::WentOn => "the run can go round for ever from the path's end, but need not".into(),
        Unknown::TooSlow => "the machine was late at each speed, also later and with few runs at once".into(),
        Unknown::NoServer => "there is no server to run against".into(),
        Unknown::NoLiveCluster => "live runs do not drive clusters yet".into(),
        Unknown::NoLiveClock => "live runs set no clocks".into(),
        Unknown::NoLivePartition => "live runs part no network".into(),
        Unknown::NoLiveFailures => {
            "live runs let only brokers fail that they have started, and replicas take over once, without WAIT".into()
        }
        Unknown::NoLiveScripts => "live runs send no scripts yet, and take turns in order only".into(),
    }
}

/// What a partition does.
pub fn parts(setup: &Setup) -> String {
    let partition = &setup.faults.partition;
    let named = partition.budget.clients.iter();
    let named: Vec<String> = named.map(|client| setup.client(*client).name.to_string()).collect();
    let whom = match named.as_slice() {
        [] => "all clients".to_owned(),
        named => named.join(", "),
    };
    match partition.stops {
        Stops::Both => format!("the network parts {whom} from the broker"),
        Stops::Requests => format!("the network brings nothing of {whom} to the broker"),
        Stops::Replies => format!("the network brings nothing of the broker to {whom}"),
    }
}

/// Clients that are interchangeable: `worker ×2` where they are numbered, else their names.
pub fn alike(setup: &Setup, class: &[ClientIx]) -> String {
    let names: Vec<String> = class
        .iter()
        .map(|client| setup.client(*client).name.to_string())
        .collect();
    let stem = |name: &String| {
        let (stem, number) = name.rsplit_once('-')?;
        number.parse::<u32>().is_ok().then(|| stem.to_owned())
    };
    match stem(&names[0]) {
        Some(first) if names.iter().all(|name| stem(name).as_ref() == Some(&first)) => {
            format!("{first} ×{}", names.len())
        }
        _ => names.join(", "),
    }
}

/// What is to be said of the durations of an explored run: nothing where all is well.
pub fn durations(durations: Durations) -> Option<&'static str> {
    match durations {
        Durations::Found => None,
        Durations::WithShorterRests => Some("under these durations a client rests for less than it was told"),
        Durations::None => Some("no durations were found under which the broker's clocks allow this path"),
    }
}

/// What is to be said of a live run that could go on for ever.
pub const WENT_ROUND: &str = "the cycle that follows was gone round twice on the server, and could be for ever";

/// What is to be said of a path that was driven slower than the scenario says.
pub fn slower(speed: u64, planned: u64) -> String {
    format!("driven at speed {speed}, not {planned}: a faster try could not keep to the moments of the path")
}

/// Why a scenario is not run on a server.
pub fn left_out(name: &str, since: Version) -> String {
    format!("{name} is left out: it is of Redis {since} and later")
}

/// Where a real server left the explorer's path.
pub fn diverged(diverged: &Diverged) -> String {
    let Diverged { step, expected, got } = diverged;
    format!("the server went another way at step {step}: expected {expected}; got {got}")
}

/// An occurrence as scenario files write it.
pub fn occurrence(occurrence: Occurrence) -> String {
    match serde_json::to_value(occurrence) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("an occurrence is a word"),
    }
}

/// The first sentence of a story, on one line.
pub fn first_sentence(story: &str) -> String {
    let words: Vec<&str> = story.split_whitespace().collect();
    let end = words.iter().position(|word| word.ends_with(['.', '!', '?', ':']));
    let sentence = words[..end.map_or(words.len(), |end| end + 1)].join(" ");
    sentence.trim_end_matches(':').to_owned()
}

/// A word as a shell reads it.
pub fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    match !word.is_empty() && word.chars().all(harmless) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// At most so many of them, and how many more there are.
pub fn at_most(limit: usize, all: &[String]) -> String {
    match all.get(limit..) {
        Some(rest) if !rest.is_empty() => format!("{} … and {} more", all[..limit].join(", "), rest.len()),
        _ => all.join(", "),
    }
}

/// What a run drew, a line each.
pub fn drawn<'a>(drawn: &'a [(&'static str, String)]) -> impl Iterator<Item = String> + 'a {
    drawn.iter().map(|(name, value)| format!("{name} {value}"))
}

#[cfg(test)]
mod tests {
    use redelivery_engine::StreamId;
    use redelivery_model::check::Premise;
    use redelivery_model::setup::{GroupIx, GroupKind, GroupSetup};

    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "state"), "1 state");
        assert_eq!(moment(61_005), "61.005s");
    }

    #[test]
    fn what_was_not_tested() {
        let group = |name: &str| GroupSetup {
            kind: GroupKind::Group,
            key: "orders".into(),
            name: name.into(),
            start: StreamId::MIN,
            exists: true,
        };
        let setup = Setup {
            groups: vec![group("workers"), group("audit")],
            ..Setup::default()
        };
        let say = |premise, group| unknown(&setup, &Unknown::Untested(Unmet { premise, group }));
        assert_eq!(
            say(Premise::Added, Some(GroupIx(1))),
            "in audit no entry was ever added, so that nothing was tested"
        );
        assert_eq!(
            say(Premise::DeadLetter, None),
            "no message was ever dead-lettered, so that nothing was tested"
        );
    }

    #[test]
    fn sentences() {
        assert_eq!(first_sentence("One\nline. Another."), "One line.");
        assert_eq!(first_sentence(""), "");
        assert_eq!(at_most(1, &["a".into(), "b".into()]), "a … and 1 more");
    }
}
