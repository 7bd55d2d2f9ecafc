//! Where turns of a section have looked, and the turns by what lay there.
//! Read next: `keyed.rs`, how they are found.

use super::code::{Mask, bit};
use super::columns::{Cell, Column, Columns};
use super::keyed::Keyed;
use super::layout::Place;

/// Lists up to so long may be as empty as they like.
const SHORT: usize = 1 << 10;

/// Where turns of a section have looked that had the same in their own column.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) section: u16,
    pub(super) own: Cell,
    /// The places that were looked at, but for its own. There may be others in the same columns.
    pub(super) places: Vec<Place>,
    /// The columns of these, and its own.
    pub(super) mask: Mask,
    /// All turns, by what lies in the columns of the places.
    pub(super) turns: Keyed,
}

impl Looks {
    pub(super) fn new(
        columns: &Columns,
        (section, column): (u16, Option<Column>),
        own: Cell,
        places: Vec<Place>,
    ) -> Self {
        let columns = columns.columns(&places);
        let mask = columns.iter().chain(&column).fold(0, |all, &column| all | bit(column));
        Self {
            section,
            own,
            places,
            mask,
            turns: Keyed::new(columns, SHORT),
        }
    }
}
