//! `NAME=A..B` and `NAME=A,B,C`: a parameter and its values. A range is gone through in steps that grow with it.

use redelivery_model::duration;
use redelivery_scenarios::language;
use redelivery_scenarios::tune::Vary;

use crate::plot::logarithm::{exp2, log2};

/// What `--vary` wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    name: String,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    /// As they are written.
    Listed(Vec<String>),
    /// In milliseconds.
    Durations(u64, u64),
    Numbers(u64, u64),
}

/// Reads it.
pub(super) fn parse(text: &str) -> Result<Wanted, String> {
    let (name, values) = text
        .split_once('=')
        .filter(|(name, values)| !name.is_empty() && !values.is_empty())
        .ok_or("write a name and values, such as `min-idle-time=10ms..2s` or `consumers=1,2,4`")?;
    Ok(Wanted {
        name: name.trim().to_owned(),
        values: parse_values(values)?,
    })
}

fn parse_values(text: &str) -> Result<Values, String> {
    let listed = |text: &str| text.split(',').map(|value| value.trim().to_owned()).collect();
    let Some((first, last)) = text.split_once("..").filter(|_| !text.contains(',')) else {
        return Ok(Values::Listed(listed(text)));
    };
    let (first, last) = (first.trim(), last.trim());
    let (values, [first, last]) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (Values::Numbers(first, last), [first, last]),
        _ => {
            let ends = [language::duration(first)?, language::duration(last)?];
            (Values::Durations(ends[0], ends[1]), ends)
        }
    };
    match first < last {
        true => Ok(values),
        false => Err(format!(
            "`{text}` has no steps: its end must be greater than its beginning"
        )),
    }
}

impl Wanted {
    /// Its values as a scenario file writes them, of a range at most so many.
    pub(super) fn values(&self, steps: u64) -> Vary {
        let values = match &self.values {
            Values::Listed(values) => values.clone(),
            Values::Durations(first, last) => growing(*first, *last, steps).into_iter().map(duration).collect(),
            Values::Numbers(first, last) => {
                let numbers = growing(*first, *last, steps).into_iter();
                numbers.map(|number| number.to_string()).collect()
            }
        };
        Vary {
            name: self.name.clone(),
            values,
        }
    }
}

/// From one number to another, each about as much larger than the one before as that is; those between in two digits. From
/// 0 the first step is to 1.
fn growing(first: u64, last: u64, steps: u64) -> Vec<u64> {
    if first == 0 {
        let rest = if steps > 2 {
            growing(1, last, steps - 1)
        } else {
            vec![last]
        };
        return [vec![0], rest].concat();
    }
    let (low, high) = (log2(first), log2(last));
    let between = (1..steps - 1).map(|step| {
        let exponent = i128::from(high - low) * i128::from(step) / i128::from(steps - 1);
        let exponent = low + exponent as i64;
        let below = exp2(exponent);
        let nearest = if log2(below + 1) - exponent < exponent - log2(below) {
            below + 1
        } else {
            below
        };
        two_digits(nearest).clamp(first, last)
    });
    let mut values: Vec<u64> = [first].into_iter().chain(between).chain([last]).collect();
    values.dedup();
    values
}

fn two_digits(number: u64) -> u64 {
    let unit = 10_u64.pow(number.max(10).ilog10() - 1);
    number.saturating_add(unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, steps: u64) -> Vec<String> {
        parse(text).unwrap().values(steps).values
    }

    #[test]
    fn ranges_grow() {
        let durations = ["10ms", "24ms", "58ms", "140ms", "340ms", "830ms", "2s"];
        assert_eq!(values("min-idle-time=10ms..2s", 7), durations);
        assert_eq!(values("consumers=1..16", 5), ["1", "2", "4", "8", "16"]);
        assert_eq!(values("consumers=1..3", 100), ["1", "2", "3"], "none twice");
        assert_eq!(values("count=0..100", 4), ["0", "1", "10", "100"]);
        assert_eq!(values("count=0..9", 2), ["0", "9"]);
        assert_eq!(values("x=1s..1h", 3), ["1s", "1m", "1h"]);
        assert_eq!(values("x=1..18446744073709551615", 2), ["1", "18446744073709551615"]);
    }

    #[test]
    fn lists_are_as_they_stand() {
        assert_eq!(values("work=1s..2s,5s..9s", 7), ["1s..2s", "5s..9s"]);
        assert_eq!(values("acknowledge=on-receipt", 7), ["on-receipt"]);
    }

    #[test]
    fn what_is_no_request() {
        for bad in [
            "", "x", "x=", "=1..2", "x=2..1", "x=1..1", "x=1..2s", "x=1s..", "x=a..b",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
