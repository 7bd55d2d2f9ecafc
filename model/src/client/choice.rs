//! Rare choices: what a client may ask in place of what it intends, and no design should rest on its not doing so.
//!
//! A library may split a read, begin a scan anew, or poll where it could wait; another version of it does, or the same one
//! after an error. Which request it is then follows from the intended one alone: what the client remembers, and what it makes of
//! the reply, is as always. Nothing here breaks a promise: what a client may only do by mistake is a policy or a defect.
//!
//! Source: Zhou et al., "FoundationDB: A Distributed Unbundled Transactional Key Value Store", SIGMOD 2021, section 4.2:
//! rare but allowed behaviour, by chance, in the program under test ("buggification"). Who draws them is
//! `simulate::policy`.

use redelivery_engine::command::Bound;
use redelivery_engine::{Command, StreamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Request;

/// What a client may do otherwise.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Choice {
    /// It reads or claims one entry, where it could have more: COUNT is a limit.
    OneAtATime,
    /// It begins a scan of what is pending at 0-0 again, where it could go on at the cursor.
    ScanAnew,
    /// It polls, where it could wait for what is new.
    NoWait,
}

impl Choice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OneAtATime, Self::ScanAnew, Self::NoWait];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What is asked in place of a request; none where that would be the same.
    pub fn instead(self, request: &Request) -> Option<Request> {
        let Request::One(command) = request else { return None };
        let mut other = command.clone();
        match (self, &mut other) {
            (Self::OneAtATime, Command::XReadGroup(read)) => read.count = Some(1),
            (Self::OneAtATime, Command::XRead(read)) => read.count = Some(1),
            (Self::OneAtATime, Command::XAutoClaim(claim)) => claim.count = Some(1),
            (Self::ScanAnew, Command::XAutoClaim(claim)) => claim.start = Bound::Included(StreamId::MIN),
            (Self::NoWait, Command::XReadGroup(read)) => read.block = None,
            (Self::NoWait, Command::XRead(read)) => read.block = None,
            _ => return None,
        }
        (other != *command).then_some(Request::One(other))
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::Bytes;

    use super::*;

    fn asked(line: &str) -> Request {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        Request::One(Command::parse(&argv).expect("a command"))
    }

    #[test]
    fn what_is_asked_instead_is_less_never_more() {
        let read = "XREADGROUP GROUP g c COUNT 10 BLOCK 5000 STREAMS s >";
        let scan = "XAUTOCLAIM s g c 30000 7-0 COUNT 10";
        for (choice, line, wanted) in [
            (
                Choice::OneAtATime,
                read,
                Some("XREADGROUP GROUP g c COUNT 1 BLOCK 5000 STREAMS s >"),
            ),
            (Choice::NoWait, read, Some("XREADGROUP GROUP g c COUNT 10 STREAMS s >")),
            (Choice::ScanAnew, read, None),
            (Choice::OneAtATime, scan, Some("XAUTOCLAIM s g c 30000 7-0 COUNT 1")),
            (Choice::ScanAnew, scan, Some("XAUTOCLAIM s g c 30000 - COUNT 10")),
            (Choice::NoWait, scan, None),
            (Choice::OneAtATime, "XREADGROUP GROUP g c COUNT 1 STREAMS s >", None),
            (Choice::ScanAnew, "XAUTOCLAIM s g c 30000 - COUNT 1", None),
            (Choice::NoWait, "XREAD COUNT 1 STREAMS s 0", None),
            (Choice::OneAtATime, "XACK s g 1-0", None),
        ] {
            assert_eq!(choice.instead(&asked(line)), wanted.map(asked), "{choice:?} {line}");
        }
    }

    #[test]
    fn names_are_read_back() {
        assert!(
            Choice::ALL
                .into_iter()
                .all(|choice| Choice::named(choice.name()) == Some(choice))
        );
        assert_eq!(Choice::named("scan-anew"), Some(Choice::ScanAnew));
    }
}
