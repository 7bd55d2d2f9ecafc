//! In which ways the protocol grows.

use redelivery_scenarios::standard::Size;

/// What grows while the rest stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// M.
    Messages,
    /// C.
    Consumers,
    /// K.
    Crashes,
    /// D.
    Deliveries,
}

impl Axis {
    /// All of them, in the order in which a size is written.
    pub const ALL: [Self; 4] = [Self::Messages, Self::Consumers, Self::Crashes, Self::Deliveries];

    /// As it is written.
    pub fn letter(self) -> char {
        match self {
            Self::Messages => 'M',
            Self::Consumers => 'C',
            Self::Crashes => 'K',
            Self::Deliveries => 'D',
        }
    }

    /// What is counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Consumers => "consumers",
            Self::Crashes => "crashes",
            Self::Deliveries => "deliveries",
        }
    }

    /// Where it begins.
    pub fn least(self) -> u32 {
        u32::from(self != Self::Crashes)
    }

    /// The last place that is explored around a size. More deliveries are soon more than anything needs: they add nothing.
    pub(super) fn last(self, base: Size) -> u32 {
        match self {
            Self::Deliveries => base.deliveries.saturating_add(2),
            _ => self.of(base).max(self.least() + 7),
        }
    }

    /// Where a size lies.
    pub fn of(self, size: Size) -> u32 {
        match self {
            Self::Messages => size.messages,
            Self::Consumers => size.consumers,
            Self::Crashes => size.crashes,
            Self::Deliveries => size.deliveries,
        }
    }

    /// The size that lies elsewhere on it, and is the same but for that.
    pub fn at(self, mut size: Size, place: u32) -> Size {
        match self {
            Self::Messages => size.messages = place,
            Self::Consumers => size.consumers = place,
            Self::Crashes => size.crashes = place,
            Self::Deliveries => size.deliveries = place,
        }
        size
    }
}
