//! How often which duration occurred, in buckets that are the wider the longer the duration.
//!
//! Source: Gil Tene, HdrHistogram, <https://hdrhistogram.org>: buckets are exact below 256 and from there 128 to each power
//! of two, so that what is read off is too large by less than one part in 128, and never too small.

/// Below this every value has a bucket of its own.
const EXACT: u64 = 256;

/// Buckets between a power of two and the next.
const PARTS: u64 = EXACT / 2;

/// Counts by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// By bucket, as far as the last that is not empty.
    buckets: Vec<u64>,
    count: u64,
    max: u64,
}

impl Histogram {
    /// Notes a value.
    pub fn note(&mut self, value: u64) {
        let bucket = bucket_of(value);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.max = self.max.max(value);
    }

    /// Adds what another one has noted.
    pub fn add(&mut self, other: &Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// How many values it has noted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The largest, exactly.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The smallest value that at least `percent` of a hundred values do not exceed (nearest rank), as the largest of its
    /// bucket, and no more than [`max`](Self::max).
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (u128::from(self.count) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += u128::from(*count);
            seen >= wanted
        })?;
        Some(last_of(bucket as u64).min(self.max))
    }
}

fn bucket_of(value: u64) -> usize {
    if value < EXACT {
        return value as usize;
    }
    let shift = u64::from(value.ilog2() - EXACT.ilog2() + 1);
    (EXACT + (shift - 1) * PARTS + (value >> shift) - PARTS) as usize
}

/// The largest value of a bucket.
fn last_of(bucket: u64) -> u64 {
    let Some(beyond) = bucket.checked_sub(EXACT) else {
        return bucket;
    };
    let shift = beyond / PARTS + 1;
    let first = (beyond % PARTS + PARTS) << shift;
    first + ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_gaps() {
        let mut first = 0;
        for bucket in 0..2_000 {
            let last = last_of(bucket);
            assert_eq!([bucket_of(first), bucket_of(last)], [bucket as usize; 2]);
            assert!(last - first <= first / 128, "{first}..={last}");
            first = last + 1;
        }
        assert_eq!(last_of(bucket_of(u64::MAX) as u64), u64::MAX);
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.percentile(50), histogram.max()), (None, None));
        (1..=100).for_each(|value| histogram.note(value));
        let read = [0, 1, 50, 99, 100].map(|percent| histogram.percentile(percent).unwrap());
        assert_eq!(read, [1, 1, 50, 99, 100]);
        histogram.note(1_000);
        assert_eq!(histogram.percentile(50), Some(51));
        assert_eq!((histogram.percentile(100), histogram.max()), (Some(1_000), Some(1_000)));
        let mut one = Histogram::default();
        one.note(300_000);
        assert_eq!(one.percentile(50), Some(300_000), "no more than there was");
    }
}
