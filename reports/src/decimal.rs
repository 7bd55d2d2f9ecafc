//! Decimal numbers as whole numbers of their last place, so that no float is needed to read, divide or write them.

/// Writes a number of tenths, hundredths or thousandths: `decimal(1_500, 1_000)` is `1.500`.
pub fn decimal(parts: u64, in_one: u64) -> String {
    let width = in_one.ilog10() as usize;
    format!("{}.{:0width$}", parts / in_one, parts % in_one)
}

/// Reads a decimal number in thousandths, rounded down.
pub fn thousandths(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(1_000)?
        .checked_add(digits.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read() {
        let read = ["10.6", "0.01", "98.785", "3"].map(thousandths);
        assert_eq!(read, [Some(10_600), Some(10), Some(98_785), Some(3_000)]);
        assert_eq!(thousandths("1e-5"), None);
    }

    #[test]
    fn decimals_are_written() {
        assert_eq!(decimal(10_060, 1_000), "10.060");
        assert_eq!(decimal(7, 100), "0.07");
    }
}
