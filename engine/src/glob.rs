//! Patterns: `*` any bytes, `?` one byte, `[abc]`, `[a-z]` and `[^a]` one of these bytes or none of them, `\` takes the
//! next byte as it is. Source: <https://redis.io/docs/latest/commands/keys/>.
//!
//! Of the past only the last `*` is remembered, so the time is at most pattern times text, whatever the pattern. Three
//! oddities are a server's own: `*` does not match the empty text, a class that nobody closes ends with the pattern, and a
//! pattern of too many `*` matches nothing.

/// More `*` than this, but for one at the end, match nothing.
const STARS_MAX: usize = 1_000;

/// Whether the whole of `text` is as `pattern` says.
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    if text.is_empty() {
        return pattern.is_empty();
    }
    let (mut rest, mut at, mut stars) = (pattern, 0, 0);
    // What follows the last `*`, and how much of the text precedes its next try.
    let mut retry: Option<(&[u8], usize)> = None;
    while at < text.len() {
        if rest.first() == Some(&b'*') {
            rest = without_stars(rest);
            stars += 1;
            match rest {
                [] => return true,
                _ if stars > STARS_MAX => return false,
                _ => retry = Some((rest, at)),
            }
        } else if let Some(after) = take(rest, text[at]) {
            rest = after;
            at += 1;
        } else if let Some((after_star, from)) = retry {
            rest = after_star;
            at = from + 1;
            retry = Some((after_star, at));
        } else {
            return false;
        }
    }
    without_stars(rest).is_empty()
}

fn without_stars(mut pattern: &[u8]) -> &[u8] {
    while let [b'*', rest @ ..] = pattern {
        pattern = rest;
    }
    pattern
}

/// What follows the pattern's first element, if that matches the byte.
fn take(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    let (matches, rest) = match pattern {
        [] => (false, pattern),
        [b'?', rest @ ..] => (true, rest),
        [b'[', b'^', class @ ..] => {
            let (is_member, rest) = class_has(class, byte);
            (!is_member, rest)
        }
        [b'[', class @ ..] => class_has(class, byte),
        [b'\\', literal, rest @ ..] | [literal, rest @ ..] => (*literal == byte, rest),
    };
    matches.then_some(rest)
}

/// Whether the byte is in the class, and what follows the class.
fn class_has(mut class: &[u8], byte: u8) -> (bool, &[u8]) {
    let mut is_member = false;
    loop {
        let (matches, rest) = match class {
            [] => return (is_member, class),
            [b'\\', literal, rest @ ..] => (*literal == byte, rest),
            [b']', rest @ ..] => return (is_member, rest),
            [start, b'-', end, rest @ ..] => ((start.min(end)..=start.max(end)).contains(&&byte), rest),
            [literal, rest @ ..] => (*literal == byte, rest),
        };
        is_member |= matches;
        class = rest;
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// By definition: `*` is every number of bytes in turn.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([b'*', rest @ ..], _) => (0..=text.len()).any(|len| naive(rest, &text[len..])),
            ([], _) => text.is_empty(),
            (_, []) => false,
            (_, [byte, text @ ..]) => take(pattern, *byte).is_some_and(|pattern| naive(pattern, text)),
        }
    }

    fn bytes(alphabet: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(proptest::sample::select(alphabet), 1..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn every_pattern_means_what_it_says(pattern in bytes(b"aab**?[]^-\\c"), text in bytes(b"aaabbc-]\\^")) {
            prop_assert_eq!(matches(&pattern, &text), naive(&pattern, &text));
        }
    }

    #[test]
    fn the_elements() {
        for (pattern, matching, other) in [
            ("mail-*", "mail-track", "mail"),
            ("h?llo", "hallo", "hllo"),
            ("h[ae]llo", "hello", "hillo"),
            ("h[^e]llo", "hallo", "hello"),
            ("h[a-c]llo", "hbllo", "hdllo"),
            ("h[c-a]llo", "hbllo", "hdllo"),
            ("h\\[llo\\*", "h[llo*", "h\\[llo*"),
            ("[\\]]", "]", "\\"),
            ("**", "a", ""),
            ("", "", "a"),
            ("[ab", "b", "c"),
            ("[^", "a", ""),
            ("a\\", "a\\", "a"),
        ] {
            assert!(matches(pattern.as_bytes(), matching.as_bytes()), "{pattern} {matching}");
            assert!(!matches(pattern.as_bytes(), other.as_bytes()), "{pattern} {other}");
        }
    }

    /// A matcher that tries every way would not end before the universe does.
    #[test]
    fn no_pattern_is_slow() {
        let text = [b'a'; 20_000];
        assert!(!matches(&[&b"*a".repeat(STARS_MAX - 1)[..], b"*b"].concat(), &text));
        assert!(matches(&b"*a".repeat(STARS_MAX), &text));
        assert!(!matches(&b"*a".repeat(STARS_MAX + 1), &text));
    }
}
