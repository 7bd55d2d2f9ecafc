//! What is the same of all worlds that interchangeable clients make of one.

/// The orbit of a world, by fingerprints of the world in each of the ways in which clients may stand.
///
/// Least fingerprints lie closer together than others: with w ways two orbits share one w² / (2w - 1) times as often as two
/// worlds share a fingerprint, three times with the six ways of three clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orbit {
    /// The least fingerprint: the same for each world of the orbit.
    pub key: u64,
    /// The ways that lead to it, a bit for each.
    ties: u32,
}

impl Orbit {
    /// Of the fingerprints, as the renamings come.
    pub fn of(fingerprints: impl Iterator<Item = u64>) -> Self {
        let nothing = Self { key: u64::MAX, ties: 0 };
        (0..).zip(fingerprints).fold(nothing, |least, (way, fingerprint)| {
            let way = 1u32 << way;
            match fingerprint.cmp(&least.key) {
                std::cmp::Ordering::Less => Self {
                    key: fingerprint,
                    ties: way,
                },
                std::cmp::Ordering::Equal => Self {
                    ties: least.ties | way,
                    ..least
                },
                std::cmp::Ordering::Greater => least,
            }
        })
    }

    /// The first way that leads to the least.
    pub(crate) fn way(self) -> u8 {
        self.ties.trailing_zeros() as u8
    }

    /// All of them. Any two differ by a way in which the world stays as it is.
    pub(crate) fn ways(self) -> impl Iterator<Item = u8> {
        (0..u32::BITS as u8).filter(move |way| self.ties & 1 << way != 0)
    }
}
