//! Golden scripts: sessions with the answers written beneath, which our engine and the real servers must give.
//!
//! ```text
//! # A comment.
//! @ resp3                       the version of the protocol; RESP2 when not said
//! @ since 8.2                   older servers are not asked; 6.2 when not said
//! > XADD s 1-0 f v              client A sends; `B>` and `C>` are others
//! "1-0"
//! [7.0.15]                      what this version answers instead, and older ones, unless they stand here as well
//! …
//! B> XREADGROUP GROUP g b BLOCK 0 STREAMS s >
//! (blocked)                     and later, below the step that causes it, `B<` and what B receives
//! @ nodes 3 4096                stream-node-max-entries and stream-node-max-bytes from now on
//! @ notify KEA                  notify-keyspace-events from now on
//! @ wait 20                     milliseconds; also `expire KEY`, `time-out B`, `disconnect B`; of a cluster `open KEY 2`
//!                               (its slot is on its way to node 2), `give KEY 2`, `close KEY 2`
//! ```
//! Answers are normalised (`normalise`) and in the notation of `notation`. A script is read and written here without
//! loss, so that `REDELIVERY_BLESS=1` can fill in what the servers answer; what it wrote is to be read by a human.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use redelivery_engine::resp::{Version, split_words};

use crate::notation;
use crate::play::Player;
use crate::side::Side;
use crate::step::{Stage, Step, Word};

/// The version whose answers stand without a mark, and which the engine follows.
pub(crate) const REFERENCE: &str = "8.2.3";

/// One golden script.
pub(crate) struct Golden {
    pub(crate) path: PathBuf,
    pub(crate) version: Version,
    /// The oldest server that knows the commands, as numbers.
    since: Vec<u32>,
    items: Vec<Item>,
}

enum Item {
    /// A comment, an empty line, `@ resp3`.
    Prose(String),
    Step {
        line: String,
        step: Step,
        answers: BTreeMap<String, Vec<String>>,
    },
}

impl Golden {
    /// All scripts of `scenarios/golden` and its `commands`, by name.
    pub(crate) fn all() -> Vec<Self> {
        Self::all_in(&["golden", "golden/commands"])
    }

    /// Those of a cluster.
    pub(crate) fn all_of_cluster() -> Vec<Self> {
        Self::all_in(&["golden/cluster"])
    }

    fn all_in(folders: &[&str]) -> Vec<Self> {
        let mut paths = Vec::new();
        for folder in folders {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let entries = fs::read_dir(folder).expect("the golden scripts");
            paths.extend(
                entries
                    .map(|entry| entry.expect("an entry").path())
                    .filter(|path| path.is_file()),
            );
        }
        paths.sort();
        let read = |path: PathBuf| Self::parse(&fs::read_to_string(&path).expect("readable"), path);
        paths.into_iter().map(read).collect()
    }

    /// Reads a script.
    pub(crate) fn parse(text: &str, path: PathBuf) -> Self {
        let mut golden = Self {
            path,
            version: Version::Resp2,
            since: numbers("6.2"),
            items: Vec::new(),
        };
        let mut version = REFERENCE.to_owned();
        for (index, line) in text.lines().enumerate() {
            let since = line.strip_prefix("@ since ");
            if line == "@ resp3" {
                golden.version = Version::Resp3;
            } else if let Some(since) = since {
                golden.since = numbers(since);
            }
            if line.is_empty() || line.starts_with('#') || line == "@ resp3" || since.is_some() {
                golden.items.push(Item::Prose(line.to_owned()));
            } else if let Some(step) = parse_step(line) {
                REFERENCE.clone_into(&mut version);
                golden.items.push(Item::Step {
                    line: line.to_owned(),
                    step,
                    answers: BTreeMap::new(),
                });
            } else if let Some(marked) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                marked.clone_into(&mut version);
            } else if let Some(Item::Step { answers, .. }) = golden.items.last_mut() {
                answers.entry(version.clone()).or_default().push(line.to_owned());
            } else {
                panic!(
                    "{}:{}: an answer without a step: {line}",
                    golden.path.display(),
                    index + 1
                );
            }
        }
        golden
    }

    /// The file's name without its ending, for one of `golden/commands` in upper case.
    pub(crate) fn name(&self) -> String {
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let is_command = self.path.parent().is_some_and(|folder| folder.ends_with("commands"));
        if is_command {
            name.to_uppercase()
        } else {
            name.into_owned()
        }
    }

    /// Whether a server of this version knows the commands.
    pub(crate) fn is_for(&self, version: &str) -> bool {
        self.since <= numbers(version)
    }

    /// The steps alone.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let step = |item: &Item| match item {
            Item::Step { step, .. } => Some(step.clone()),
            Item::Prose(_) => None,
        };
        self.items.iter().filter_map(step).collect()
    }

    /// Plays the script on a side of that version; the first step that answers otherwise is the error.
    pub(crate) fn check<S: Side>(&self, side: &mut S, version: &str) -> Result<usize, String> {
        let played = self.play(side);
        let mut count = 0;
        for (item, got) in self.items.iter().zip(played) {
            let (Item::Step { line, answers, .. }, Some(got)) = (item, got) else {
                continue;
            };
            let expected = expected(answers, version).cloned().unwrap_or_default();
            if expected != got {
                let (path, expected, got) = (self.path.display(), expected.join("\n"), got.join("\n"));
                return Err(format!(
                    "{path}\n{line}\n--- expected of {version}\n{expected}\n--- answered\n{got}"
                ));
            }
            count += 1;
        }
        Ok(count)
    }

    /// Plays the script and writes down what this version answers.
    pub(crate) fn bless<S: Side>(&mut self, side: &mut S, version: &str) {
        let played = self.play(side);
        for (item, got) in self.items.iter_mut().zip(played) {
            let (Item::Step { answers, .. }, Some(got)) = (item, got) else {
                continue;
            };
            answers.remove(version);
            if expected(answers, version) != Some(&got) {
                answers.insert(version.to_owned(), got);
            }
        }
    }

    /// Writes the file again.
    pub(crate) fn save(&self) {
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Prose(line) => text += &format!("{line}\n"),
                Item::Step { line, answers, .. } => {
                    text += &format!("{line}\n");
                    let reference = answers.get(REFERENCE).into_iter().flatten();
                    reference.for_each(|line| text += &format!("{line}\n"));
                    for (version, lines) in answers.iter().filter(|(version, _)| *version != REFERENCE) {
                        text += &format!("[{version}]\n");
                        lines.iter().for_each(|line| text += &format!("{line}\n"));
                    }
                }
            }
        }
        fs::write(&self.path, text).expect("writable");
    }

    fn play<S: Side>(&self, side: &mut S) -> Vec<Option<Vec<String>>> {
        let mut player = Player::new(side);
        let play = |item: &Item| match item {
            Item::Prose(_) => None,
            Item::Step { step, .. } => {
                let outcome = player.play(step);
                Some(notation::lines(outcome.as_ref(), step.answers()))
            }
        };
        self.items.iter().map(play).collect()
    }
}

/// What a server of this version answers: as the oldest one written down that is not older.
fn expected<'a>(answers: &'a BTreeMap<String, Vec<String>>, version: &str) -> Option<&'a Vec<String>> {
    let not_older = answers.iter().filter(|(known, _)| numbers(known) >= numbers(version));
    let nearest = not_older.min_by_key(|(known, _)| numbers(known));
    nearest.map(|(_, answer)| answer)
}

/// `8.2.3` as numbers that compare.
pub(crate) fn numbers(version: &str) -> Vec<u32> {
    let number = |part: &str| part.parse().expect("a version is numbers and dots");
    version.split('.').map(number).collect()
}

/// A step as `Step` writes it; none if the line is something else.
pub(crate) fn parse_step(line: &str) -> Option<Step> {
    let client = |name: &str| Some(usize::from(name.bytes().next()?.checked_sub(b'A')?)).filter(|_| name.len() == 1);
    if let Some((name, command)) = line.split_once('>').filter(|(name, _)| name.len() <= 1) {
        let client = if name.is_empty() { 0 } else { client(name)? };
        let words = split_words(command.as_bytes()).ok()?;
        let word = |word: &redelivery_engine::Bytes| {
            std::str::from_utf8(word).map_or_else(|_| Word::Text(word.clone()), Word::from)
        };
        return Some(Step::Command {
            client,
            words: words.iter().map(word).collect(),
        });
    }
    match line {
        "@ restart" => return Some(Step::Restart),
        "@ rewrite" => return Some(Step::Rewrite),
        "@ rewrite-cut-short" => return Some(Step::RewriteCutShort),
        "@ fail-over" => return Some(Step::FailOver),
        _ => {}
    }
    let (event, operand) = line.strip_prefix("@ ")?.split_once(' ')?;
    Some(match event {
        "nodes" => {
            let (entries, bytes) = operand.split_once(' ')?;
            Step::Nodes {
                entries: entries.parse().ok()?,
                bytes: bytes.parse().ok()?,
            }
        }
        "notify" => Step::Notify {
            letters: operand.to_owned(),
        },
        "wait" => Step::Wait {
            ms: operand.parse().ok()?,
        },
        "expire" => Step::Expire { key: operand.into() },
        "time-out" => Step::TimeOut {
            client: client(operand)?,
        },
        "disconnect" => Step::Disconnect {
            client: client(operand)?,
        },
        event => {
            let stage = Stage::ALL.into_iter().find(|stage| stage.name() == event)?;
            let (key, to) = operand.split_once(' ')?;
            let to = to.parse::<usize>().ok()?.checked_sub(1)?;
            Step::Slot {
                key: key.into(),
                to,
                stage,
            }
        }
    })
}
