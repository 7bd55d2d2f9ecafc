//! SET, EXPIRE and its like, RENAME, FLUSHALL: the commands of keys and strings with options.

use super::argv::Argv;
use super::{is, numbers};
use crate::command::{Condition, Expire, ExpireIf, Lifetime, Set, Since, TimeUnit};
use crate::errors::{SYNTAX, fixed, quoting};
use crate::{Bytes, Command, Reply};

const INVALID_EXPIRE: Reply = fixed("ERR invalid expire time in 'set' command");
const ABSENT_AND_OTHER: Reply = fixed("ERR NX and XX, GT or LT options at the same time are not compatible");
const LONGER_AND_SHORTER: Reply = fixed("ERR GT and LT options at the same time are not compatible");

/// `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]`.
pub(super) fn set(args: &[Bytes]) -> Result<Command, Reply> {
    let mut set = Set {
        key: args[0].clone(),
        value: args[1].clone(),
        condition: Condition::Always,
        get: false,
        lifetime: Lifetime::Unlimited,
    };
    // The number is read only when the whole is well formed: a syntax error is told first. An option may be repeated;
    // its last value counts.
    let mut expire: Option<(Expiry, &Bytes)> = None;
    let mut rest = args[2..].iter();
    while let Some(option) = rest.next() {
        if is(option, "NX") && set.condition != Condition::IfPresent {
            set.condition = Condition::IfAbsent;
        } else if is(option, "XX") && set.condition != Condition::IfAbsent {
            set.condition = Condition::IfPresent;
        } else if is(option, "GET") {
            set.get = true;
        } else if is(option, "KEEPTTL") && expire.is_none() {
            set.lifetime = Lifetime::Kept;
        } else if let Some(expiry) = Expiry::of(option)
            && set.lifetime != Lifetime::Kept
            && expire.is_none_or(|(earlier, _)| earlier == expiry)
        {
            expire = Some((expiry, rest.next().ok_or(SYNTAX)?));
        } else {
            return Err(SYNTAX);
        }
    }
    if let Some((expiry, arg)) = expire {
        set.lifetime = expiry.lifetime(arg, INVALID_EXPIRE)?;
    }
    Ok(Command::Set(set))
}

/// EX, PX, EXAT or PXAT.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Expiry {
    unit_ms: i64,
    is_moment: bool,
}

impl Expiry {
    pub(super) fn of(option: &[u8]) -> Option<Self> {
        let known = [
            ("EX", 1000, false),
            ("PX", 1, false),
            ("EXAT", 1000, true),
            ("PXAT", 1, true),
        ];
        let (_, unit_ms, is_moment) = known.into_iter().find(|(word, ..)| is(option, word))?;
        Some(Self { unit_ms, is_moment })
    }

    /// Its number, which may be `invalid` as a time.
    pub(super) fn lifetime(self, arg: &[u8], invalid: Reply) -> Result<Lifetime, Reply> {
        let ms = numbers::integer(arg)?
            .checked_mul(self.unit_ms)
            .and_then(|ms| u64::try_from(ms).ok())
            .filter(|&ms| ms > 0)
            .ok_or(invalid)?;
        Ok(if self.is_moment {
            Lifetime::Until(ms)
        } else {
            Lifetime::For(ms)
        })
    }
}

pub(super) fn write_set(set: &Set, argv: &mut Argv) {
    argv.word("SET").arg(&set.key).arg(&set.value);
    match set.condition {
        Condition::Always => {}
        Condition::IfAbsent => {
            argv.word("NX");
        }
        Condition::IfPresent => {
            argv.word("XX");
        }
    }
    if set.get {
        argv.word("GET");
    }
    write_lifetime(set.lifetime, "", "KEEPTTL", argv);
}

/// Writes a lifetime; what says that it is unlimited or stays as it was depends on the command.
pub(super) fn write_lifetime(lifetime: Lifetime, unlimited: &str, kept: &str, argv: &mut Argv) {
    let mut word = |word: &str| {
        if !word.is_empty() {
            argv.word(word);
        }
    };
    match lifetime {
        Lifetime::Unlimited => word(unlimited),
        Lifetime::Kept => word(kept),
        Lifetime::For(ms) => {
            argv.word("PX").shown(ms);
        }
        Lifetime::Until(ms) => {
            argv.word("PXAT").shown(ms);
        }
    }
}

/// `EXPIRE key seconds [NX | XX | GT | LT …]`, PEXPIRE, EXPIREAT, PEXPIREAT.
pub(super) fn expire(since: Since, unit: TimeUnit, args: &[Bytes]) -> Result<Command, Reply> {
    // The options come before the number.
    let (mut absent, mut present, mut longer, mut shorter) = (false, false, false, false);
    for option in &args[2..] {
        let flag = match option {
            option if is(option, "NX") => &mut absent,
            option if is(option, "XX") => &mut present,
            option if is(option, "GT") => &mut longer,
            option if is(option, "LT") => &mut shorter,
            option => return Err(quoting(&[b"ERR Unsupported option ", option])),
        };
        *flag = true;
    }
    let condition = match (absent, present, longer, shorter) {
        (true, false, false, false) => ExpireIf::Absent,
        (true, ..) => return Err(ABSENT_AND_OTHER),
        (_, _, true, true) => return Err(LONGER_AND_SHORTER),
        (_, _, true, _) => ExpireIf::Longer,
        (_, true, _, true) => ExpireIf::PresentAndShorter,
        (_, _, _, true) => ExpireIf::Shorter,
        (_, true, ..) => ExpireIf::Present,
        _ => ExpireIf::Always,
    };
    Ok(Command::Expire(Expire {
        key: args[0].clone(),
        time: numbers::integer(&args[1])?,
        since,
        unit,
        condition,
    }))
}

pub(super) fn write_expire(expire: &Expire, argv: &mut Argv) {
    argv.word(match (expire.since, expire.unit) {
        (Since::Now, TimeUnit::Seconds) => "EXPIRE",
        (Since::Now, TimeUnit::Milliseconds) => "PEXPIRE",
        (Since::Epoch, TimeUnit::Seconds) => "EXPIREAT",
        (Since::Epoch, TimeUnit::Milliseconds) => "PEXPIREAT",
    });
    argv.arg(&expire.key).shown(expire.time);
    let options: &[&str] = match expire.condition {
        ExpireIf::Always => &[],
        ExpireIf::Absent => &["NX"],
        ExpireIf::Present => &["XX"],
        ExpireIf::Longer => &["GT"],
        ExpireIf::Shorter => &["LT"],
        ExpireIf::PresentAndShorter => &["XX", "LT"],
    };
    for option in options {
        argv.word(option);
    }
}

/// `RENAME key newkey`, and RENAMENX: the two keys.
pub(super) fn two(args: &[Bytes]) -> (Bytes, Bytes) {
    (args[0].clone(), args[1].clone())
}

/// The arguments of FLUSHALL and FLUSHDB: `[ASYNC | SYNC]`.
pub(super) fn flush(args: &[Bytes], command: Command) -> Result<Command, Reply> {
    match args {
        [] => Ok(command),
        [mode] if is(mode, "ASYNC") || is(mode, "SYNC") => Ok(command),
        _ => Err(SYNTAX),
    }
}
