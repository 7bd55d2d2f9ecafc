//! Rows with few columns: places at which the same turns look share one, whose values are numbered together.
//!
//! A turn is looked up by what lies in the places that it looks at; where these are many and always the same, one number
//! says as much as all of theirs (recursive indexing: Holzmann, "State compression in SPIN", 1997). Which places share a
//! column changes nothing of what is found: fingerprints are of places, and a row can be laid out again.

use super::layout::Place;
use super::store::Id;
use super::table::{Table, mix, upper};

/// A column of a row.
pub(super) type Column = u16;

/// What lies in a column: the piece's number, or the number of what lies in its places together.
pub(super) type Cell = u32;

/// Which places share which column.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// By place: its column, and where it is in there.
    of: Vec<(Column, u16)>,
    columns: Vec<Shared>,
}

/// The places of a column. Of one place alone nothing is numbered again.
#[derive(Debug, Default)]
struct Shared {
    places: Vec<Place>,
    /// What lay in the places, one combination after the other.
    ids: Vec<Id>,
    table: Table,
}

impl Columns {
    /// Columns of these groups of places; all others have one of their own.
    pub(super) fn new(groups: Vec<Vec<Place>>, places: usize) -> Self {
        let mut columns = Self::default();
        let mut grouped = vec![None; places];
        for (number, group) in groups.iter().enumerate() {
            group
                .iter()
                .for_each(|&place| grouped[usize::from(place)] = Some(number));
        }
        columns.of = vec![(0, 0); places];
        for place in 0..places as Place {
            match grouped[usize::from(place)].map(|number| &groups[number]) {
                Some(group) if group[0] == place => columns.add(group.clone()),
                Some(_) => {}
                None => columns.add(vec![place]),
            }
        }
        columns
    }

    fn add(&mut self, places: Vec<Place>) {
        let column = self.columns.len() as Column;
        for (position, &place) in (0..).zip(&places) {
            self.of[usize::from(place)] = (column, position);
        }
        self.columns.push(Shared {
            places,
            ..Shared::default()
        });
    }

    /// New places come last, each with a column of its own.
    pub(super) fn grow(&mut self, places: usize) {
        for place in self.of.len()..places {
            self.of.push((0, 0));
            self.add(vec![place as Place]);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// How many places there are.
    pub(super) fn places_len(&self) -> usize {
        self.of.len()
    }

    /// The places that share a column, ascending.
    pub(super) fn groups(&self) -> Vec<Vec<Place>> {
        let all = self.columns.iter().map(|shared| shared.places.clone());
        all.filter(|places| places.len() > 1).collect()
    }

    /// The column of a place.
    pub(super) fn column(&self, place: Place) -> Column {
        self.of[usize::from(place)].0
    }

    /// The places of a column.
    pub(super) fn places(&self, column: Column) -> &[Place] {
        &self.columns[usize::from(column)].places
    }

    /// The number of the piece in a place.
    pub(super) fn id(&self, place: Place, row: &[Cell]) -> Id {
        let (column, position) = self.of[usize::from(place)];
        self.columns[usize::from(column)].ids_of(&row[usize::from(column)])[usize::from(position)]
    }

    /// What a column holds, laid out by place.
    pub(super) fn put(&self, column: Column, cell: Cell, ids: &mut [Id]) {
        let shared = &self.columns[usize::from(column)];
        for (&place, &id) in shared.places.iter().zip(shared.ids_of(&cell)) {
            ids[usize::from(place)] = id;
        }
    }

    /// A row laid out by place.
    pub(super) fn spread(&self, row: &[Cell], ids: &mut Vec<Id>) {
        ids.clear();
        ids.resize(self.of.len(), 0);
        for (column, &cell) in (0..).zip(row) {
            self.put(column, cell, ids);
        }
    }

    /// What a column holds of ids by place.
    pub(super) fn cell(&mut self, column: Column, ids: &[Id]) -> Cell {
        self.columns[usize::from(column)].cell(ids)
    }

    /// Adds the row of ids by place.
    pub(super) fn gather(&mut self, ids: &[Id], row: &mut Vec<Cell>) {
        row.extend(self.columns.iter_mut().map(|shared| shared.cell(ids)));
    }
}

impl Shared {
    fn ids_of<'a>(&'a self, cell: &'a Cell) -> &'a [Id] {
        match self.places.len() {
            1 => std::slice::from_ref(cell),
            len => &self.ids[*cell as usize * len..][..len],
        }
    }

    fn cell(&mut self, ids: &[Id]) -> Cell {
        let at = |place: &Place| ids[usize::from(*place)];
        let [place] = self.places[..] else {
            let hash = self.places.iter().map(at).fold(0, mix);
            let known = |cell: u32| self.ids_of(&cell).iter().copied().eq(self.places.iter().map(at));
            if let Some(cell) = self.table.find(hash, known) {
                return cell;
            }
            let len = self.places.len();
            let ids_of = |cell: u32| self.ids[cell as usize * len..][..len].iter().copied();
            let cell = self.table.add(hash, |cell| upper(ids_of(cell).fold(0, mix)));
            self.ids.extend(self.places.iter().map(at));
            return cell;
        };
        at(&place)
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    #[test]
    fn rows_are_gathered_and_spread_again() {
        let mut columns = Columns::new(vec![vec![1, 3]], 4);
        columns.grow(5);
        assert_eq!(columns.len(), 4);
        assert_eq!((columns.column(3), columns.column(1)), (1, 1));
        let rows = [[5, 7, 6, 8, 9], [5, 7, 6, 0, 9], [0, 7, 6, 8, 9], [5, 8, 6, 7, 9]];
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
}
