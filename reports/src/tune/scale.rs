//! Where the values of a plot lie: shares on a linear scale, times on a logarithmic one.

use redelivery_engine::Millis;
use redelivery_model::duration;

use crate::decimal::decimal;
use crate::plot::Decades;

/// A length of the scale, in tenths of a pixel, and what is written there.
pub(super) type Tick = (i64, String);

/// More marks than that are hard to read.
const MAX_TICKS: u64 = 5;

/// Shares from 0 on, in hundredths of a part in a hundred.
pub(super) struct Shares {
    step: u64,
    ticks: u64,
    length: i64,
}

impl Shares {
    pub(super) fn up_to(most: u64, length: i64) -> Self {
        let steps = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
        // A share is a count of 64 bits, so that some step is large enough.
        let step = steps.take(57).find(|step| most.div_ceil(*step) <= MAX_TICKS);
        let step = step.unwrap_or(u64::MAX / MAX_TICKS);
        Self {
            step,
            ticks: most.div_ceil(step).max(1),
            length,
        }
    }

    pub(super) fn of(&self, value: u64) -> i64 {
        let most = i128::from(self.step) * i128::from(self.ticks);
        (i128::from(value) * i128::from(self.length) / most) as i64
    }

    pub(super) fn ticks(&self) -> Vec<Tick> {
        let values = (0..=self.ticks).map(|tick| tick.saturating_mul(self.step));
        values.map(|value| (self.of(value), percent(value))).collect()
    }
}

/// Hundredths of a part in a hundred, without a fraction where there is none.
fn percent(hundredths: u64) -> String {
    match hundredths.is_multiple_of(100) {
        true => format!("{}%", hundredths / 100),
        false => format!("{}%", decimal(hundredths, 100)),
    }
}

/// Times.
pub(super) struct Times(Decades);

impl Times {
    pub(super) fn around(times: impl Iterator<Item = Millis>, length: i64) -> Self {
        let times: Vec<Millis> = times.collect();
        let Decades { least, most, .. } = Decades::around(times.iter().copied(), 1);
        Self(Decades::around(times.into_iter(), length / i64::from(most - least)))
    }

    pub(super) fn of(&self, time: Millis) -> i64 {
        self.0.of(time)
    }

    /// Powers of ten; where they are few, also their double and fivefold.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let Decades { least, most, .. } = self.0;
        let digits: &[Millis] = if most - least > 2 { &[1] } else { &[1, 2, 5] };
        let all = (least..=most).flat_map(|power| digits.iter().map(move |digit| digit * 10_u64.pow(power)));
        let within = all.filter(|time| *time <= 10_u64.pow(most));
        within.map(|time| (self.of(time), duration(time))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_few_round_marks() {
        let names = |most: u64| {
            let ticks = Shares::up_to(most, 1_000).ticks();
            ticks.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["0%", "0.01%"]);
        assert_eq!(names(617), ["0%", "2%", "4%", "6%", "8%"]);
        assert_eq!(names(30_000).last().map(String::as_str), Some("300%"));
        assert!(names(u64::MAX).len() < 8);
    }

    #[test]
    fn times_have_powers_of_ten() {
        let names = |times: &[Millis]| {
            let ticks = Times::around(times.iter().copied(), 1_000).ticks();
            ticks.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[12, 80]), ["10ms", "20ms", "50ms", "100ms"]);
        assert_eq!(names(&[0, 30_000]), ["1ms", "10ms", "100ms", "1s", "10s", "100s"]);
    }
}
