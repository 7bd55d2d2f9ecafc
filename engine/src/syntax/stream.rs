//! XADD, XTRIM, XRANGE and XREVRANGE.

use super::argv::Argv;
use super::{delete, ids, is, numbers};
use crate::command::{Precision, References, Trim, TrimBy, XAdd, XRange};
use crate::errors::{SYNTAX, fixed, wrong_arity};
use crate::{Bytes, Command, Reply};

const BOTH_TRIMS: Reply = fixed("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
const NEGATIVE_MAXLEN: Reply = fixed("ERR The MAXLEN argument must be >= 0.");
const NEGATIVE_LIMIT: Reply = fixed("ERR The LIMIT argument must be >= 0.");
const LIMIT_WITHOUT_TRIM: Reply =
    fixed("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
const LIMIT_WITHOUT_TILDE: Reply = fixed("ERR syntax error, LIMIT cannot be used without the special ~ option");
const NO_TRIM: Reply = fixed("ERR syntax error, XTRIM must be called with a trimming strategy");

/// The options that XADD and XTRIM share, as they are collected.
#[derive(Default)]
struct Trimming {
    by: Option<TrimBy>,
    /// `~`
    by_nodes: bool,
    limit: Option<u64>,
    references: Option<References>,
}

impl Trimming {
    /// Reads one option at the head of `args` and answers how many arguments it took, none if it is no such option.
    fn option(&mut self, args: &[Bytes]) -> Result<usize, Reply> {
        let [option, rest @ ..] = args else {
            return Ok(0);
        };
        if self.references.is_none()
            && let Some(references) = delete::references(option)
        {
            self.references = Some(references);
            return Ok(1);
        }
        let [value, ..] = rest else {
            return Ok(0);
        };
        if is(option, "LIMIT") {
            let limit = numbers::integer(value)?;
            self.limit = Some(u64::try_from(limit).map_err(|_| NEGATIVE_LIMIT)?);
            return Ok(2);
        }
        let (by_length, by_id) = (is(option, "MAXLEN"), is(option, "MINID"));
        if !by_length && !by_id {
            return Ok(0);
        }
        if self.by.is_some() {
            return Err(BOTH_TRIMS);
        }
        let (taken, value) = match args {
            [_, sign, value, ..] if matches!(&sign[..], b"=" | b"~") => {
                self.by_nodes = **sign == *b"~";
                (3, value)
            }
            _ => (2, value),
        };
        self.by = Some(if by_length {
            let length = numbers::integer(value)?;
            TrimBy::MaxLen(u64::try_from(length).map_err(|_| NEGATIVE_MAXLEN)?)
        } else {
            TrimBy::MinId(ids::strict(value, 0)?)
        });
        Ok(taken)
    }

    /// `needed`: there must be a trim, as for XTRIM.
    fn finish(self, needed: bool) -> Result<Option<Trim>, Reply> {
        let precision = match (self.by, self.limit) {
            (None, Some(limit)) if limit > 0 => return Err(LIMIT_WITHOUT_TRIM),
            (Some(_), limit) if self.by_nodes => Precision::Nodes { limit },
            (None, Some(_)) if !needed => return Err(LIMIT_WITHOUT_TILDE),
            (None, _) if needed => return Err(NO_TRIM),
            (Some(_), Some(_)) => return Err(LIMIT_WITHOUT_TILDE),
            _ => Precision::Exact,
        };
        let references = self.references.unwrap_or_default();
        Ok(self.by.map(|by| Trim {
            by,
            precision,
            references,
        }))
    }
}

/// `XADD key [NOMKSTREAM] [MAXLEN | MINID [= | ~] threshold [LIMIT count]] id field value …`.
pub(super) fn xadd(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, mut rest) = (args[0].clone(), &args[1..]);
    let (mut trimming, mut create) = (Trimming::default(), true);
    let id = loop {
        let [option, after @ ..] = rest else {
            // The options are judged before anybody misses the ID.
            trimming.finish(false)?;
            return Err(wrong_arity("xadd"));
        };
        let taken = if **option == *b"*" { 0 } else { trimming.option(rest)? };
        if taken > 0 {
            rest = &rest[taken..];
        } else if is(option, "NOMKSTREAM") {
            create = false;
            rest = after;
        } else {
            rest = after;
            break ids::to_add(option)?;
        }
    };
    let trim = trimming.finish(false)?;
    if rest.len() < 2 || !rest.len().is_multiple_of(2) {
        return Err(wrong_arity("xadd"));
    }
    let fields = rest.to_vec();
    Ok(Command::XAdd(XAdd {
        key,
        create,
        trim,
        id,
        fields,
    }))
}

pub(super) fn write_xadd(add: &XAdd, argv: &mut Argv) {
    argv.word("XADD").arg(&add.key);
    if !add.create {
        argv.word("NOMKSTREAM");
    }
    if let Some(trim) = add.trim {
        write_trim(trim, argv);
    }
    ids::write_to_add(add.id, argv);
    argv.args(&add.fields);
}

/// `XTRIM key MAXLEN | MINID [= | ~] threshold [LIMIT count]`.
pub(super) fn xtrim(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, mut rest) = (args[0].clone(), &args[1..]);
    let mut trimming = Trimming::default();
    while !rest.is_empty() {
        match trimming.option(rest)? {
            0 => return Err(SYNTAX),
            taken => rest = &rest[taken..],
        }
    }
    let trim = trimming.finish(true)?.ok_or(NO_TRIM)?;
    Ok(Command::XTrim { key, trim })
}

pub(super) fn write_xtrim(key: &Bytes, trim: Trim, argv: &mut Argv) {
    argv.word("XTRIM").arg(key);
    write_trim(trim, argv);
}

fn write_trim(trim: Trim, argv: &mut Argv) {
    argv.word(match trim.by {
        TrimBy::MaxLen(_) => "MAXLEN",
        TrimBy::MinId(_) => "MINID",
    });
    if trim.precision != Precision::Exact {
        argv.word("~");
    }
    match trim.by {
        TrimBy::MaxLen(length) => argv.shown(length),
        TrimBy::MinId(id) => argv.shown(id),
    };
    if let Precision::Nodes { limit: Some(limit) } = trim.precision {
        argv.word("LIMIT").shown(limit);
    }
    delete::write_references(trim.references, argv);
}

/// `XRANGE key start end [COUNT n]`.
pub(super) fn xrange(args: &[Bytes]) -> Result<Command, Reply> {
    range(&args[0], &args[1], &args[2], &args[3..], false)
}

/// `XREVRANGE key end start [COUNT n]`.
pub(super) fn xrevrange(args: &[Bytes]) -> Result<Command, Reply> {
    range(&args[0], &args[2], &args[1], &args[3..], true)
}

fn range(key: &Bytes, start: &Bytes, end: &Bytes, options: &[Bytes], reverse: bool) -> Result<Command, Reply> {
    let (start, end) = (ids::start(start)?, ids::end(end)?);
    let mut count = None;
    for option in options.chunks(2) {
        match option {
            [word, value] if is(word, "COUNT") => count = Some(numbers::integer(value)?),
            _ => return Err(SYNTAX),
        }
    }
    let key = key.clone();
    Ok(Command::XRange(XRange {
        key,
        start,
        end,
        count,
        reverse,
    }))
}

pub(super) fn write_xrange(range: &XRange, argv: &mut Argv) {
    argv.word(if range.reverse { "XREVRANGE" } else { "XRANGE" })
        .arg(&range.key);
    let (first, second) = if range.reverse {
        (range.end, range.start)
    } else {
        (range.start, range.end)
    };
    ids::write_bound(first, argv);
    ids::write_bound(second, argv);
    if let Some(count) = range.count {
        argv.word("COUNT").shown(count);
    }
}
