//! Seeds on the command line: `A..B`, without B.

use std::ops::Range;

/// Reads `A..B`.
pub(super) fn parse(text: &str) -> Result<Range<u64>, String> {
    let expected = || format!("`{text}` is not a range of seeds such as `0..1000`");
    let (first, end) = text.split_once("..").ok_or_else(expected)?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| expected());
    let seeds = number(first)?..number(end)?;
    match seeds.is_empty() {
        true => Err(format!("`{text}` has no seed: the end must be greater than the start")),
        false => Ok(seeds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(parse("0..10"), Ok(0..10));
        for bad in ["", "1", "..", "1..", "5..5", "6..5", "-1..3", "0..99999999999999999999"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
