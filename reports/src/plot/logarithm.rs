//! Logarithms in whole numbers, so that what is drawn and predicted is the same on every machine.

/// Binary digits after the point of a [`log2`].
pub(crate) const FRACTION: u32 = 32;

/// The logarithm to the base 2, in parts of 2^-32, rounded down; that of 0 is taken as that of 1.
pub(crate) fn log2(number: u64) -> i64 {
    let number = number.max(1);
    let whole = number.ilog2();
    // Between 1 and 2, with 62 binary digits after the point. Squared it is above 2 where the next digit is 1.
    let mut rest = (u128::from(number) << 62) >> whole;
    let mut log = i64::from(whole);
    for _ in 0..FRACTION {
        rest = (rest * rest) >> 62;
        let digit = rest >> 63;
        rest >>= digit;
        log = (log << 1) | i64::from(digit == 1);
    }
    log
}

/// As many parts are lost when some logarithms are rounded down and added.
const LOST: i64 = 64;

/// The largest number whose logarithm is no more than this, or hardly; at least 1.
pub(crate) fn exp2(log: i64) -> u64 {
    let (mut low, mut beyond) = (1_u64, u64::MAX);
    while beyond - low > 1 {
        let middle = low + (beyond - low) / 2;
        if log2(middle) <= log + LOST {
            low = middle;
        } else {
            beyond = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_the_tables() {
        assert_eq!(log2(1), 0);
        assert_eq!(log2(1 << 40), 40 << FRACTION);
        // 3.32192809488736 times 2^32.
        assert!(log2(10).abs_diff(14_267_572_527) <= 8, "{}", log2(10));
        assert_eq!(log2(0), 0);
        assert!(log2(u64::MAX) < 64 << FRACTION);
    }

    #[test]
    fn powers_undo_logarithms() {
        for number in [1, 2, 3, 10, 1_013, 346_303, 8_851_080, 20_000_000_000] {
            let back = exp2(log2(number));
            assert!(number.abs_diff(back) <= number >> 24, "{number}: {back}");
        }
        assert_eq!(exp2(-500), 1);
        assert_eq!(exp2(2 * log2(3) + log2(53)), 477);
    }
}
