//! Schedules as text: the steps of a run in a TOML file, to be saved, read, edited and done again.
//!
//! A step is a sentence, such as `worker-1 crashes while sending`; [`write_step`] and [`read_step`] are inverse to each
//! other. Whether a step is possible when its turn comes is for `model::history::replay` to say; nothing is done here.
//!
//! ```toml
//! format = 1
//! scenario = "streams/crash-then-reclaim"
//! clock = "abstract"
//! steps = ["worker-1 steps", "worker-1 crashes", "time passes up to delivery 1", "worker-2 steps"]
//! ```

mod failures;
pub mod lines;
mod verbs;

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redelivery_engine::Millis;
use redelivery_engine::cluster::NodeIndex;
use redelivery_model::history::{Clock, Impossible};
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::world::{Action, ConnectionIx, START_MS};
use serde::Deserialize;
use toml::Spanned;

use crate::Scenario;
use crate::language::{Diagnostic, Label, MAX_BYTES};

/// The version of schedules: of the format that is written, the only one that is read, and of what a seed means. The same
/// scenario and seed give the same schedule as long as it is the same (`tests/seeds.rs`).
pub const FORMAT: u32 = 1;

/// Clocks that go further than a century are a slip.
const MAX_CLOCK_MS: Millis = 36_525 * 86_400_000;

/// The steps of a run, and which scenario they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Family and name of the scenario.
    pub scenario: String,
    /// How time passes.
    pub clock: Clock,
    /// Whether the run ends with its last step: nothing but idle polls would follow.
    pub ends: bool,
    /// What was done.
    pub steps: Vec<Action>,
}

/// A schedule with the file that it came from.
#[derive(Clone, Debug)]
pub struct FromFile {
    /// The schedule.
    pub schedule: Schedule,
    path: PathBuf,
    source: Arc<str>,
    /// Where each step stands.
    spans: Vec<Range<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<u32>,
    scenario: Spanned<String>,
    clock: Spanned<String>,
    #[serde(default)]
    ends: bool,
    steps: Vec<Spanned<String>>,
}

impl Schedule {
    /// The content of a schedule file.
    pub fn to_text(&self, scenario: &Scenario) -> String {
        let setup = setup_of(scenario, self.clock);
        let clock = match self.clock {
            Clock::Abstract => "abstract",
            Clock::Virtual => "virtual",
            Clock::Bounded => "bounded",
        };
        let name = toml::Value::from(self.scenario.as_str());
        let ends = if self.ends { "ends = true\n" } else { "" };
        let mut text = format!("format = {FORMAT}\nscenario = {name}\nclock = \"{clock}\"\n{ends}steps = [\n");
        for &step in &self.steps {
            let _ = writeln!(text, "  \"{}\",", write_step(setup, step));
        }
        text.push_str("]\n");
        text
    }
}

impl FromFile {
    /// Says where a step stands that was not possible.
    pub fn impossible(&self, impossible: &Impossible) -> Diagnostic {
        let span = self.spans.get(impossible.at).cloned().unwrap_or(0..0);
        let help = "the steps before it leave no room for it; `redelivery replay --check` shows one that is possible";
        self.at(span, "this step is not possible here".into(), Some(help.into()))
    }

    fn at(&self, span: Range<usize>, message: String, help: Option<String>) -> Diagnostic {
        let text = String::new();
        Diagnostic {
            path: self.path.clone(),
            source: self.source.clone(),
            message,
            labels: vec![Label { span, text }],
            help,
        }
    }
}

/// The setup that schedules of this clock are done in.
pub fn setup_of(scenario: &Scenario, clock: Clock) -> &Setup {
    match clock {
        Clock::Abstract | Clock::Bounded => &scenario.explore.setup,
        Clock::Virtual => &scenario.simulate.setup,
    }
}

/// The full name of a scenario in schedules.
pub fn name_of(scenario: &Scenario) -> String {
    format!("{}/{}", scenario.family, scenario.name)
}

/// Reads a schedule of this scenario from a file.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn load(path: &Path, scenario: &Scenario) -> Result<FromFile, Vec<Diagnostic>> {
    let refuse = |message: String| vec![Diagnostic::about_file(path, message, None)];
    if path.is_dir() {
        return Err(refuse("this is a folder, not a schedule file".into()));
    }
    let mut content = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut content))
        .map_err(|error| refuse(format!("cannot read this file: {error}")))?;
    if content.len() as u64 > MAX_BYTES {
        return Err(refuse(format!("this file is larger than {MAX_BYTES} bytes")));
    }
    let text = String::from_utf8(content).map_err(|_| refuse("this file is not UTF-8".into()))?;
    parse(path, &text, scenario)
}

/// Reads a schedule of this scenario from the content of a file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(path: &Path, text: &str, scenario: &Scenario) -> Result<FromFile, Vec<Diagnostic>> {
    let mut read = FromFile {
        schedule: Schedule {
            scenario: name_of(scenario),
            clock: Clock::Abstract,
            ends: false,
            steps: Vec::new(),
        },
        path: path.to_owned(),
        source: text.into(),
        spans: Vec::new(),
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let help = "a schedule has `format`, `scenario`, `clock`, perhaps `ends`, and `steps`";
        let span = error.span().unwrap_or(0..0);
        vec![read.at(span, error.message().to_owned(), Some(help.into()))]
    })?;
    let mut wrong = Vec::new();
    if *file.format.get_ref() != FORMAT {
        let help = format!("this program reads format {FORMAT}");
        wrong.push(read.at(file.format.span(), "unknown format of schedules".into(), Some(help)));
    }
    if *file.scenario.get_ref() != read.schedule.scenario {
        let help = format!("the scenario given is `{}`", read.schedule.scenario);
        wrong.push(read.at(
            file.scenario.span(),
            "this schedule is of another scenario".into(),
            Some(help),
        ));
    }
    match file.clock.get_ref().as_str() {
        "abstract" => read.schedule.clock = Clock::Abstract,
        "virtual" => read.schedule.clock = Clock::Virtual,
        "bounded" => read.schedule.clock = Clock::Bounded,
        _ => {
            let help = "`abstract` for explored schedules, or `bounded` where time is; `virtual` for simulated ones";
            wrong.push(read.at(file.clock.span(), "unknown clock".into(), Some(help.into())));
        }
    }
    let is_explored = read.schedule.clock != Clock::Virtual;
    if is_explored
        && wrong.is_empty()
        && (read.schedule.clock == Clock::Bounded) != scenario.explore.setup.bounds.is_some()
    {
        let help = match scenario.explore.setup.bounds {
            Some(_) => "its time is bounded: `clock = \"bounded\"`",
            None => "it is explored for any durations: `clock = \"abstract\"`",
        };
        wrong.push(read.at(
            file.clock.span(),
            "the scenario is explored with another clock".into(),
            Some(help.into()),
        ));
    }
    read.schedule.ends = file.ends;
    if wrong.is_empty() {
        let setup = setup_of(scenario, read.schedule.clock);
        for step in &file.steps {
            match read_step(setup, step.get_ref()).and_then(|action| fits(action, read.schedule.clock)) {
                Ok(action) => {
                    read.schedule.steps.push(action);
                    read.spans.push(step.span());
                }
                Err(help) => wrong.push(read.at(step.span(), "this is not a step".into(), Some(help))),
            }
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}

/// A step in words.
pub fn write_step(setup: &Setup, action: Action) -> String {
    let name = |client: ClientIx| &setup.client(client).name;
    match action {
        Action::Step(client) => format!("{} steps", name(client)),
        Action::Deviate(client, choice) => format!("{} {}{}", name(client), verbs::DEVIATES, choice.name()),
        Action::Choose(client, turn) => format!("{} takes turn {}", name(client), u32::from(turn) + 1),
        Action::TimeOut(client) => format!("{} times out", name(client)),
        Action::Restart(client) => format!("{} restarts", name(client)),
        Action::ClockForward(ms) => format!("clock jumps {ms}ms forward"),
        Action::ClockBack(ms) => format!("clock jumps {ms}ms back"),
        Action::Pause(client) => format!("{} pauses", name(client)),
        Action::Forget(client) => format!("{} is forgotten", name(client)),
        Action::Crash(client) => format!("{} crashes", name(client)),
        Action::CrashSending(client) => format!("{} crashes while sending", name(client)),
        Action::Cut(client, fate) => format!("{} loses its connection, {}", name(client), verbs::fate(fate)),
        Action::Fail(failure) => failures::write(setup, failure),
        Action::Part => failures::PARTS.into(),
        Action::Heal => failures::HEALS.into(),
        Action::Execute(connection) => format!("connection {} executes", connection.0),
        Action::Notice(connection) => format!("connection {} is noticed", connection.0),
        Action::Turn(client) => format!("{} turns", name(client)),
        Action::Refuse => "old primary refuses".into(),
        Action::StepDown => "old primary steps down".into(),
        Action::Rewrite => failures::REWRITES.into(),
        Action::Rewritten => failures::REWRITTEN.into(),
        Action::Missed => failures::MISSED.into(),
        Action::CameBack => failures::CAME_BACK.into(),
        Action::Covered => failures::COVERED.into(),
        Action::Serves => failures::SERVES.into(),
        Action::Replicate(client) => format!("{} is replicated", name(client)),
        Action::Bus(from, to) => format!("bus {} to {} delivers", number_of(from), number_of(to)),
        Action::Age(last) => format!("time passes up to delivery {}", u32::from(last) + 1),
        Action::Expire(place) => format!("key {} expires", u32::from(place) + 1),
        Action::Tick(now_ms) => format!("clock {}ms", now_ms.saturating_sub(START_MS)),
    }
}

/// A step from its words.
///
/// # Errors
/// With what would have been right.
pub fn read_step(setup: &Setup, text: &str) -> Result<Action, String> {
    let (subject, verb) = text.split_once(' ').unwrap_or((text, ""));
    let client = setup
        .client_ixs()
        .find(|&ix| *setup.client(ix).name == *subject.as_bytes());
    if let Some(client) = client
        && let Some(action) = verbs::read(client, verb)
    {
        return Ok(action);
    }
    let number = |text: &str, before: &str, after: &str| {
        let digits = text.strip_prefix(before)?.strip_suffix(after)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
        digits.parse::<u64>().ok()
    };
    let connection = |after: &str| {
        let index = number(text, "connection ", after)?;
        u16::try_from(index).ok().map(ConnectionIx)
    };
    let delivery = || number(text, "time passes up to delivery ", "")?.checked_sub(1);
    if let Some(connection) = connection(" executes") {
        return Ok(Action::Execute(connection));
    }
    if let Some(connection) = connection(" is noticed") {
        return Ok(Action::Notice(connection));
    }
    match text {
        "old primary refuses" => return Ok(Action::Refuse),
        "old primary steps down" => return Ok(Action::StepDown),
        _ => {}
    }
    if let Some(failure) = failures::read(setup, text) {
        return Ok(Action::Fail(failure));
    }
    if let Some(action) = failures::read_word_for_word(text) {
        return Ok(action);
    }
    if let Some(action) = read_bus(setup, text) {
        return Ok(action);
    }
    if let Some(last) = delivery().and_then(|last| u16::try_from(last).ok()) {
        return Ok(Action::Age(last));
    }
    let key = || number(text, "key ", " expires")?.checked_sub(1);
    if let Some(place) = key().and_then(|place| u16::try_from(place).ok()) {
        return Ok(Action::Expire(place));
    }
    let jump = |after: &str| number(text, "clock jumps ", after).filter(|&ms| ms <= MAX_CLOCK_MS);
    if let Some(ms) = jump("ms forward") {
        return Ok(Action::ClockForward(ms));
    }
    if let Some(ms) = jump("ms back") {
        return Ok(Action::ClockBack(ms));
    }
    if let Some(ms) = number(text, "clock ", "ms").filter(|&ms| ms <= MAX_CLOCK_MS) {
        return Ok(Action::Tick(START_MS + ms));
    }
    Err(match client {
        Some(_) => format!("`{subject}` may: {}", verbs::ALL),
        None => {
            let names: Vec<String> = setup
                .clients
                .iter()
                .map(|client| format!("`{}`", client.name))
                .collect();
            format!(
                "a step is a client ({}) and what it does ({}), or `connection N executes`, \
                 `connection N is noticed`, {}`time passes up to delivery N`, `key N expires`, `clock Nms`, \
                 `clock jumps Nms forward | back`, or `network parts | heals`",
                names.join(", "),
                verbs::ALL,
                match (&setup.cluster, &setup.keeping) {
                    (Some(_), _) if setup.may_lose().is_some() =>
                        "`bus N to N delivers`, `node is lost`, perhaps with `, NAME unanswered`, `node is missed`, `node is back`, `node serves again`, `others serve again`, ",
                    (Some(_), _) => "`bus N to N delivers`, ",
                    (None, Some(_)) =>
                        "`broker is killed`, `broker loses power`, `broker fails over` or `broker is split`, each perhaps with `, N writes lost` or `, NAME unanswered`, `old primary refuses`, `old primary steps down`, `file is being rewritten`, `file is rewritten`, ",
                    (None, None) => "",
                },
            )
        }
    })
}

/// As people count.
fn number_of(node: NodeIndex) -> u32 {
    u32::from(node.0) + 1
}

fn read_bus(setup: &Setup, text: &str) -> Option<Action> {
    let (from, to) = text
        .strip_prefix("bus ")?
        .strip_suffix(" delivers")?
        .split_once(" to ")?;
    Some(Action::Bus(node_of(setup, from)?, node_of(setup, to)?))
}

/// A node of this cluster, by its number.
fn node_of(setup: &Setup, number: &str) -> Option<NodeIndex> {
    let mut nodes = setup.cluster.iter().flat_map(|cluster| cluster.nodes());
    nodes.find(|node| number_of(*node).to_string() == number)
}

/// Time passes in two ways, and each belongs to its clock.
fn fits(action: Action, clock: Clock) -> Result<Action, String> {
    match (action, clock) {
        (Action::ClockForward(_) | Action::ClockBack(_), Clock::Abstract) => {
            Err("an abstract clock does not jump".into())
        }
        (Action::Tick(_) | Action::Pause(_), Clock::Abstract) => {
            Err("with an abstract clock, time passes by `time passes up to delivery N`".into())
        }
        (Action::Age(_) | Action::Expire(_), Clock::Virtual | Clock::Bounded) => {
            Err("with this clock, time passes by `clock Nms`".into())
        }
        _ => Ok(action),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redelivery_engine::Bytes;
    use redelivery_engine::cluster::NodeAddress;
    use redelivery_model::client::Choice;
    use redelivery_model::setup::policy::{Administrator, Role};
    use redelivery_model::setup::{ClientSetup, ClusterSetup, Fate};

    use super::*;

    fn setup() -> Setup {
        let client = |name: &str| ClientSetup {
            name: Bytes::from(name),
            role: Role::Administrator(Administrator {
                commands: Vec::new(),
                transaction: false,
                after: None,
            }),
        };
        Setup {
            clients: ["shop", "worker-1", "worker-10", "connection", "time", "clock"]
                .map(client)
                .into(),
            cluster: Some(ClusterSetup::new((0..6).map(NodeAddress::example).collect())),
            ..Setup::default()
        }
    }

    fn action() -> impl Strategy<Value = Action> {
        let client = || (0u16..6).prop_map(ClientIx);
        let fate = prop_oneof![Just(Fate::Never), Just(Fate::ReplyLost), Just(Fate::Late)];
        prop_oneof![
            client().prop_map(Action::Step),
            (client(), any::<u16>()).prop_map(|(client, turn)| Action::Choose(client, turn)),
            (client(), 0..Choice::ALL.len()).prop_map(|(client, place)| Action::Deviate(client, Choice::ALL[place])),
            client().prop_map(Action::TimeOut),
            client().prop_map(Action::Restart),
            client().prop_map(Action::Pause),
            client().prop_map(Action::Forget),
            (0..=MAX_CLOCK_MS).prop_map(Action::ClockForward),
            (0..=MAX_CLOCK_MS).prop_map(Action::ClockBack),
            client().prop_map(Action::Crash),
            client().prop_map(Action::CrashSending),
            (client(), fate).prop_map(|(client, fate)| Action::Cut(client, fate)),
            any::<u16>().prop_map(|ix| Action::Execute(ConnectionIx(ix))),
            any::<u16>().prop_map(|ix| Action::Notice(ConnectionIx(ix))),
            client().prop_map(Action::Replicate),
            client().prop_map(Action::Turn),
            Just(Action::Refuse),
            Just(Action::StepDown),
            Just(Action::Rewrite),
            Just(Action::Rewritten),
            (0u16..6, 0u16..6).prop_map(|(from, to)| Action::Bus(NodeIndex(from), NodeIndex(to))),
            failures::any_failure().prop_map(Action::Fail),
            prop_oneof![Just(Action::Part), Just(Action::Heal)],
            prop_oneof![
                Just(Action::Missed),
                Just(Action::CameBack),
                Just(Action::Covered),
                Just(Action::Serves)
            ],
            any::<u16>().prop_map(Action::Age),
            any::<u16>().prop_map(Action::Expire),
            (0..=MAX_CLOCK_MS).prop_map(|ms| Action::Tick(START_MS + ms)),
        ]
    }

    proptest! {
        #[test]
        fn a_step_reads_as_it_was_written(action in action()) {
            let setup = setup();
            prop_assert_eq!(read_step(&setup, &write_step(&setup, action)), Ok(action));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = read_step(&setup(), &text);
        }
    }

    #[test]
    fn what_is_wrong_with_a_step() {
        let setup = setup();
        for text in [
            "",
            "worker-1",
            "worker-1 sleeps",
            "worker-2 steps",
            "clock 5",
            "time passes up to delivery 0",
        ] {
            let help = read_step(&setup, text).expect_err(text);
            assert!(help.contains("crashes while sending"), "{text}: {help}");
        }
    }
}
