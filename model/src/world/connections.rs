//! The row of all connections, each a part of the world.

use std::hash::{Hash, Hasher};

use super::{Connection, ConnectionIx, Part};

/// Connections by place; rows that differ only in how many free places come last are equal.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections(Vec<Part<Option<Connection>>>);

impl Connections {
    pub(super) fn get(&self, connection: ConnectionIx) -> Option<&Connection> {
        self.0.get(usize::from(connection.0))?.as_ref()
    }

    pub(super) fn get_mut(&mut self, connection: ConnectionIx) -> Option<&mut Connection> {
        self.0.get_mut(usize::from(connection.0))?.as_mut()
    }

    /// Puts a connection into a place, or takes it away; beyond the end of the row the row grows.
    pub(super) fn set(&mut self, connection: ConnectionIx, state: Option<Connection>) {
        **self.part_mut(connection) = state;
    }

    /// All that exist.
    pub(super) fn ixs(&self) -> impl Iterator<Item = ConnectionIx> {
        let places = (0..).map(ConnectionIx).zip(&self.0);
        places.filter_map(|(ix, place)| place.is_some().then_some(ix))
    }

    /// How many places there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn part(&self, connection: ConnectionIx) -> Option<&Part<Option<Connection>>> {
        self.0.get(usize::from(connection.0))
    }

    pub(super) fn part_mut(&mut self, connection: ConnectionIx) -> &mut Part<Option<Connection>> {
        let place = usize::from(connection.0);
        if place >= self.0.len() {
            self.0.resize_with(place + 1, || Part::new(None));
        }
        &mut self.0[place]
    }

    pub(super) fn clear_notes(&mut self) {
        self.0.iter_mut().for_each(Part::clear_notes);
    }

    /// The places up to the last that is taken.
    fn taken(&self) -> &[Part<Option<Connection>>] {
        let free = self
            .0
            .iter()
            .rev()
            .take_while(|place| place.unnoted().is_none())
            .count();
        &self.0[..self.0.len() - free]
    }
}

impl PartialEq for Connections {
    fn eq(&self, other: &Self) -> bool {
        self.taken() == other.taken()
    }
}

impl Eq for Connections {}

impl Hash for Connections {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.taken().hash(state);
    }
}
