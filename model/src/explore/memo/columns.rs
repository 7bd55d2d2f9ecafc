//! Rows with few columns: what is the same in all rows needs none, and places at which the same turns look share one,
//! whose values are numbered together.
//!
//! A turn is looked up by what lies in the places that it looks at; where these are many and always the same, one number
//! says as much as all of theirs (recursive indexing: Holzmann, "State compression in SPIN", 1997). Which places have
//! columns, and which share one, changes nothing of what is found: fingerprints are of places, and a row can be laid out
//! again.

use super::layout::Place;
use super::store::{Id, NOTHING};
use super::table::{Table, mix, upper};

/// A column of a row.
pub(super) type Column = u16;

/// What lies in a column: the number of what lies in its places together, by column.
pub(super) type Cell = u32;

/// Which places have a column.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// By place: what lies there in all rows, as long as it has no column.
    still: Vec<Id>,
    /// By place: its column, and where it is in there.
    of: Vec<Option<(Column, u16)>>,
    columns: Vec<Shared>,
}

/// The places of a column.
#[derive(Clone, Debug, Default)]
struct Shared {
    places: Vec<Place>,
    /// What lay in the places, one combination after the other.
    ids: Vec<Id>,
    table: Table,
}

impl Columns {
    /// There is one row yet, and no column.
    pub(super) fn new(row: Vec<Id>) -> Self {
        Self {
            of: vec![None; row.len()],
            still: row,
            columns: Vec::new(),
        }
    }

    /// The same places have columns, and these groups of them share one. Columns of one place stay as they are.
    pub(super) fn regrouped(&self, groups: &[Vec<Place>]) -> Self {
        let mut regrouped = Self::new(self.still.clone());
        let mut grouped = vec![None; self.still.len()];
        for group in groups {
            group
                .iter()
                .for_each(|&place| grouped[usize::from(place)] = Some(group));
        }
        for place in (0..self.still.len() as Place).filter(|&place| self.column(place).is_some()) {
            match grouped[usize::from(place)] {
                Some(group) if group[0] == place => regrouped.add(group.clone()),
                Some(_) => {}
                None => {
                    regrouped.add(vec![place]);
                    let alone = self.columns.iter().find(|shared| shared.places == [place]);
                    if let (Some(alone), Some(shared)) = (alone, regrouped.columns.last_mut()) {
                        shared.clone_from(alone);
                    }
                }
            }
        }
        regrouped
    }

    fn add(&mut self, places: Vec<Place>) {
        let column = self.columns.len() as Column;
        for (position, &place) in (0..).zip(&places) {
            self.of[usize::from(place)] = Some((column, position));
        }
        self.columns.push(Shared {
            places,
            ..Shared::default()
        });
    }

    /// There are so many places; new ones are free in all rows.
    pub(super) fn grow(&mut self, places: usize) {
        self.still.resize(places, NOTHING);
        self.of.resize(places, None);
    }

    /// A place that was the same in all rows gets a column, the last, in which they have 0.
    pub(super) fn begin_to_move(&mut self, place: Place) {
        self.add(vec![place]);
        self.columns.last_mut().expect("it was added").cell(&self.still);
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// How many different cells a column has.
    pub(super) fn cells(&self, column: Column) -> usize {
        let shared = &self.columns[usize::from(column)];
        shared.ids.len() / shared.places.len()
    }

    /// The places that share a column, ascending.
    pub(super) fn groups(&self) -> Vec<Vec<Place>> {
        let all = self.columns.iter().map(|shared| shared.places.clone());
        all.filter(|places| places.len() > 1).collect()
    }

    /// The column of a place, unless it is the same in all rows.
    pub(super) fn column(&self, place: Place) -> Option<Column> {
        Some(self.of[usize::from(place)]?.0)
    }

    /// The columns of these places, ascending, each once.
    pub(super) fn columns(&self, places: &[Place]) -> Vec<Column> {
        let mut columns: Vec<_> = places.iter().filter_map(|&place| self.column(place)).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The number of the piece in a place.
    pub(super) fn id(&self, place: Place, row: &[Cell]) -> Id {
        match self.of[usize::from(place)] {
            Some((column, position)) => {
                self.columns[usize::from(column)].ids_of(row[usize::from(column)])[usize::from(position)]
            }
            None => self.still[usize::from(place)],
        }
    }

    /// What lies in places in all rows; where they have a column, anything.
    pub(super) fn still(&self) -> &[Id] {
        &self.still
    }

    /// What a column holds, laid out by place.
    pub(super) fn put(&self, column: Column, cell: Cell, ids: &mut [Id]) {
        let shared = &self.columns[usize::from(column)];
        for (&place, &id) in shared.places.iter().zip(shared.ids_of(cell)) {
            ids[usize::from(place)] = id;
        }
    }

    /// A row laid out by place.
    pub(super) fn spread(&self, row: &[Cell], ids: &mut Vec<Id>) {
        ids.clone_from(&self.still);
        for (column, &cell) in (0..).zip(row) {
            self.put(column, cell, ids);
        }
    }

    /// What a column holds of ids by place.
    pub(super) fn cell(&mut self, column: Column, ids: &[Id]) -> Cell {
        self.columns[usize::from(column)].cell(ids)
    }

    /// Lays what lies in places, which have these columns, into a row. Answers whether rows have had that.
    #[inline]
    pub(super) fn lay(&self, places: &[Place], which: &[Column], at: impl Fn(Place) -> Id, row: &mut [Cell]) -> bool {
        let is_still = |&place: &Place| self.still[usize::from(place)] == at(place) || self.column(place).is_some();
        let lay = |&column: &Column| {
            let known = self.columns[usize::from(column)].known(&at);
            row[usize::from(column)] = known.unwrap_or_default();
            known.is_some()
        };
        places.iter().all(is_still) && which.iter().all(lay)
    }

    /// Adds the row of ids by place.
    pub(super) fn gather(&mut self, ids: &[Id], row: &mut Vec<Cell>) {
        row.extend(self.columns.iter_mut().map(|shared| shared.cell(ids)));
    }
}

impl Shared {
    fn ids_of(&self, cell: Cell) -> &[Id] {
        let len = self.places.len();
        &self.ids[cell as usize * len..][..len]
    }

    fn known(&self, at: impl Fn(Place) -> Id) -> Option<Cell> {
        let ids = || self.places.iter().map(|&place| at(place));
        self.table
            .find(ids().fold(0, mix), |cell| self.ids_of(cell).iter().copied().eq(ids()))
    }

    fn cell(&mut self, ids: &[Id]) -> Cell {
        let at = |place: Place| ids[usize::from(place)];
        if let Some(cell) = self.known(at) {
            return cell;
        }
        let hash = self.places.iter().map(|&place| at(place)).fold(0, mix);
        let len = self.places.len();
        let ids_of = |cell: u32| self.ids[cell as usize * len..][..len].iter().copied();
        let cell = self.table.add(hash, |cell| upper(ids_of(cell).fold(0, mix)));
        self.ids.extend(self.places.iter().map(|&place| at(place)));
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    #[test]
    fn rows_are_gathered_and_spread_again() {
        let mut columns = Columns::new(vec![5, 7, 6, 8]);
        columns.grow(5);
        assert_eq!((columns.len(), columns.column(1)), (0, None));
        (0..4).for_each(|place| columns.begin_to_move(place));
        let mut columns = columns.regrouped(&[vec![1, 3]]);
        columns.begin_to_move(4);
        assert_eq!(columns.len(), 4);
        assert_eq!((columns.column(3), columns.column(1)), (Some(1), Some(1)));
        assert_eq!(columns.columns(&[4, 3, 0, 1]), [0, 1, 3]);
        let rows = [[5, 7, 6, 8, 0], [5, 7, 6, 0, 9], [0, 7, 6, 8, 9], [5, 8, 6, 7, 9]];
        let mut gathered = Vec::new();
        for ids in rows {
            let mut row = Vec::new();
            columns.gather(&ids, &mut row);
            let mut back = Vec::new();
            columns.spread(&row, &mut back);
            assert_eq!(back, ids);
            assert_eq!((0..5).map(|place| columns.id(place, &row)).collect::<Vec<_>>(), ids);
            gathered.push(row);
        }
        assert_eq!(gathered[0][1], gathered[2][1], "equal combinations have one number");
        assert!(gathered[0][1] != gathered[1][1] && gathered[0][1] != gathered[3][1]);
    }

    #[test]
    fn what_is_the_same_in_all_rows_needs_no_column_until_it_moves() {
        let mut columns = Columns::new(vec![5, 7]);
        columns.begin_to_move(1);
        let mut row = Vec::new();
        columns.gather(&[5, 8], &mut row);
        assert_eq!(row, [1], "what lay there before is 0");
        columns.begin_to_move(0);
        let mut ids = Vec::new();
        columns.spread(&[1, 0], &mut ids);
        assert_eq!(ids, [5, 8], "a row is widened by 0");
    }
}
