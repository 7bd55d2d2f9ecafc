//! A command as one types it into redis-cli, and the typed command that it is.

use redelivery_engine::{Bytes, Command, Reply};
use redelivery_model::setup::policy;

/// How an administrator names the entry that it added last.
pub(super) const ADDED: &str = "<added>";

/// Reads one command. [`ADDED`] becomes [`policy::ADDED`].
pub(super) fn command(line: &str) -> Result<Command, String> {
    let mut argv = split(line)?;
    for word in argv.iter_mut().filter(|word| ***word == *ADDED.as_bytes()) {
        *word = Bytes::from(policy::ADDED.to_string());
    }
    if argv.is_empty() {
        return Err("there is no command here".into());
    }
    Command::parse(&argv).map_err(|reply| match reply {
        Reply::Error(error) => format!("the embedded broker would answer: {}", error.to_string().trim_end()),
        other => format!("the embedded broker would answer {other:?}"),
    })
}

/// Splits a line as redis-cli does: by white space, with `"…"` (and `\n`, `\x00` inside) or `'…'` around what has some.
/// Source: `sdssplitargs`, <https://redis.io/docs/latest/develop/tools/cli/#string-quoting-and-escaping>.
fn split(line: &str) -> Result<Vec<Bytes>, String> {
    let mut argv = Vec::new();
    let mut rest = line.as_bytes();
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return Ok(argv);
        }
        let mut word = Vec::new();
        while let [first, after @ ..] = rest {
            match first {
                b' ' | b'\t' | b'\n' | b'\r' => break,
                b'"' | b'\'' => {
                    rest = quoted(*first, after, &mut word)?;
                    if rest.first().is_some_and(|next| !next.is_ascii_whitespace()) {
                        return Err("a space must follow a closing quote".into());
                    }
                }
                _ => {
                    word.push(*first);
                    rest = after;
                }
            }
        }
        argv.push(word.into());
    }
}

/// The content of quotes goes into the word; what follows them is returned.
fn quoted<'a>(quote: u8, mut rest: &'a [u8], word: &mut Vec<u8>) -> Result<&'a [u8], String> {
    loop {
        rest = match rest {
            [] => return Err("a quote is not closed".into()),
            [end, after @ ..] if *end == quote => return Ok(after),
            [b'\\', b'\'', after @ ..] if quote == b'\'' => {
                word.push(b'\'');
                after
            }
            [b'\\', b'x', high, low, after @ ..] if quote == b'"' && hex(*high).is_some() && hex(*low).is_some() => {
                word.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                after
            }
            [b'\\', escaped, after @ ..] if quote == b'"' => {
                word.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => *other,
                });
                after
            }
            [byte, after @ ..] => {
                word.push(*byte);
                after
            }
        };
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_redis_cli_does() {
        let words = |line| split(line).map(|argv| argv.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            words(" XGROUP  SETID a b 0 "),
            Ok(vec![
                "XGROUP".into(),
                "SETID".into(),
                "a".into(),
                "b".into(),
                "0".into()
            ])
        );
        assert_eq!(
            words(r#"SET "a b" 'c\'d'"#),
            Ok(vec!["SET".into(), "a b".into(), "c'd".into()])
        );
        assert_eq!(
            words(r#"SET a "\x01\n""#),
            Ok(vec!["SET".into(), "a".into(), r"\x01\n".into()])
        );
        assert_eq!(words(r#"SET a "" "#), Ok(vec!["SET".into(), "a".into(), String::new()]));
        assert!(split("\"open").is_err());
        assert!(split("\"a\"b").is_err());
    }
}
