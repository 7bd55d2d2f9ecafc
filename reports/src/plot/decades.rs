//! A scale by powers of ten.

use super::logarithm::log2;

/// Powers of ten, the least at the beginning of the scale.
pub(crate) struct Decades {
    pub(crate) least: u32,
    pub(crate) most: u32,
    /// The length of each, in tenths of a pixel.
    decade: i64,
}

impl Decades {
    /// As far as these reach, and over one decade at least; 0 is drawn as 1.
    pub(crate) fn around(values: impl Iterator<Item = u64>, decade: i64) -> Self {
        let values: Vec<u64> = values.map(|value| value.max(1)).collect();
        let least = values.iter().min().map_or(0, |value| value.ilog10());
        let most = values.iter().max().map_or(0, |value| (value - 1).max(1).ilog10() + 1);
        Self {
            least,
            most: most.max(least + 1),
            decade,
        }
    }

    /// Its whole length.
    pub(crate) fn length(&self) -> i64 {
        i64::from(self.most - self.least) * self.decade
    }

    /// How far from its beginning a power of ten lies.
    pub(crate) fn of_decade(&self, decade: u32) -> i64 {
        i64::from(decade - self.least) * self.decade
    }

    /// How far from its beginning a value lies.
    pub(crate) fn of(&self, value: u64) -> i64 {
        log2(value) * self.decade / log2(10) - i64::from(self.least) * self.decade
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECADE: i64 = 360;

    #[test]
    fn decades_lie_around_what_is_drawn() {
        let scale = |values: &[u64]| {
            let Decades { least, most, .. } = Decades::around(values.iter().copied(), DECADE);
            (least, most)
        };
        assert_eq!(scale(&[]), (0, 1));
        assert_eq!(scale(&[1]), (0, 1));
        assert_eq!(scale(&[10]), (1, 2));
        assert_eq!(scale(&[235, 8_851_080]), (2, 7));
        assert_eq!(scale(&[100, 1_000]), (2, 3));
    }

    #[test]
    fn values_have_their_place_between_decades() {
        let scale = Decades::around([100, 10_000_000].into_iter(), DECADE);
        assert!(scale.of(100).abs() <= 1 && (scale.of(1_000) - DECADE).abs() <= 1);
        assert!((scale.of(2_000) - DECADE * 1_301 / 1_000).abs() <= 1, "log 2 is 0.301");
        assert_eq!(scale.length(), 5 * DECADE);
    }
}
