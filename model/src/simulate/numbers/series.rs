//! A size over the time of a run, in at most 64 points: where a run lasts longer, each point stands for twice the time.
//!
//! A point keeps the sum over its milliseconds, so that points are put together without loss, in any order.

use redelivery_engine::Millis;

/// More points than that are not kept.
const MAX_POINTS: u64 = 64;

/// A size over time, from the beginning of a run on, over some runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// A point stands for 2 to this power milliseconds.
    width_log2: u32,
    points: Vec<Point>,
}

/// What is known of a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The sizes of its milliseconds, added up.
    sum: u128,
    /// How many milliseconds there were: a run that ended before has none here.
    covered_ms: u64,
    /// The largest size, however short a while it stood.
    pub max: u64,
}

impl Point {
    /// The mean size, in thousandths; none where no run lasted so long.
    pub fn mean_thousandths(&self) -> Option<u64> {
        let mean = (self.sum * 1_000).checked_div(u128::from(self.covered_ms))?;
        u64::try_from(mean).ok()
    }

    fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        self.covered_ms += other.covered_ms;
        self.max = self.max.max(other.max);
    }
}

impl Series {
    /// Notes that the size was this from one moment of a run up to another.
    pub fn note(&mut self, from_ms: Millis, to_ms: Millis, size: u64) {
        while to_ms >> self.width_log2 >= MAX_POINTS {
            self.coarsen();
        }
        // A size that stands for no time at all shows in the largest only.
        let place = self.place_of(from_ms);
        self.points[place].max = self.points[place].max.max(size);
        let mut from_ms = from_ms;
        while from_ms < to_ms {
            let place = self.place_of(from_ms);
            let next_ms = ((place as Millis + 1) << self.width_log2).min(to_ms);
            self.points[place].add(&Point {
                sum: u128::from(size) * u128::from(next_ms - from_ms),
                covered_ms: next_ms - from_ms,
                max: size,
            });
            from_ms = next_ms;
        }
    }

    /// Adds what another one has noted.
    pub fn add(&mut self, other: &Self) {
        while self.width_log2 < other.width_log2 {
            self.coarsen();
        }
        let shift = self.width_log2 - other.width_log2;
        for (place, point) in other.points.iter().enumerate() {
            let place = self.place_of((place as Millis) << (self.width_log2 - shift));
            self.points[place].add(point);
        }
    }

    /// For how many milliseconds each point stands.
    pub fn width_ms(&self) -> Millis {
        1 << self.width_log2
    }

    /// The points, from the beginning of a run on.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// All points as one.
    pub fn whole(&self) -> Point {
        let mut whole = Point::default();
        self.points.iter().for_each(|point| whole.add(point));
        whole
    }

    fn place_of(&mut self, ms: Millis) -> usize {
        let place = (ms >> self.width_log2) as usize;
        if self.points.len() <= place {
            self.points.resize(place + 1, Point::default());
        }
        place
    }

    fn coarsen(&mut self) {
        self.width_log2 += 1;
        let pairs = self.points.chunks(2).map(|pair| {
            let mut both = pair[0];
            pair[1..].iter().for_each(|point| both.add(point));
            both
        });
        self.points = pairs.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_that_of_time() {
        let mut series = Series::default();
        series.note(0, 10, 0);
        series.note(10, 30, 3);
        series.note(30, 30, 9);
        series.note(30, 40, 0);
        let whole = series.whole();
        assert_eq!((whole.mean_thousandths(), whole.max), (Some(1_500), 9));
        assert_eq!((series.width_ms(), series.points().len()), (1, 40));
        assert_eq!(series.points()[10].mean_thousandths(), Some(3_000));
    }

    #[test]
    fn longer_runs_have_wider_points() {
        let mut series = Series::default();
        series.note(0, 63, 1);
        assert_eq!((series.width_ms(), series.points().len()), (1, 63));
        series.note(63, 130, 4);
        assert_eq!((series.width_ms(), series.points().len()), (4, 33));
        let mean: Vec<_> = series.points()[14..17].iter().map(Point::mean_thousandths).collect();
        assert_eq!(mean, [Some(1_000), Some(1_750), Some(4_000)]);
        assert_eq!(series.whole().mean_thousandths(), Some((63 + 67 * 4) * 1_000 / 130));
    }

    #[test]
    fn what_nobody_lasted_for_has_no_mean() {
        assert_eq!(Series::default().whole().mean_thousandths(), None);
    }
}
