//! Interchangeable clients: worlds that differ only in which of them is which need not both be visited.
//!
//! A [`Renaming`] puts clients in each other's place, with all that names them: connections, owners of pending entries,
//! who waits, values and keys of their own, what monitors remember of them. It is a permutation π of worlds. The clients of
//! a class ([`interchangeable`]) have the same policy, may meet the same faults, and nobody tells them apart by their
//! names. Then for each world w, each action a and each such π
//!
//! - π(a) is possible in π(w) exactly if a is possible in w,
//! - doing π(a) in π(w) leads to π(of what a leads to in w), brings about the same events of the others, and violates the
//!   same checks; time passes alike.
//!
//! For the broker compares names for equality only, except where it lists consumers or keys in order, and nobody who acts
//! on such a list is there; a client compares with its own name and keeps no other; canonical worlds look at times and
//! counters, which have no names; a monitor compares names with each other. So π is an automorphism of the graph of worlds,
//! and worlds of one orbit are bisimilar: it is enough to go on from one of them. `tests/symmetry.rs` holds each of these
//! claims on worlds that are reached, one by one; a name that was forgotten shows there.
//!
//! A search keeps the first world of each orbit that it reaches, as it was reached: so each path is a real one, without any
//! renaming. It is also the same one that the whole search finds. Both go through worlds in the order of the world before
//! and of its actions. The world before the first of an orbit is the first of its own: were one of its orbit there earlier,
//! some world of the orbit in question would follow from that one, and earlier. So the worlds that are kept come in the same
//! order as in the whole search, and what comes first there is done from one of them. What is claimed of each way a client
//! may act (that two of them worked at some time) is told for all who stand in each other's place.
//!
//! States and transitions are fewer then, nothing else; depth, paths and verdicts are those of the whole search.
//! Source: Clarke, Enders, Filkorn and Jha, "Exploiting symmetry in temporal logic model checking", Formal Methods in System
//! Design 9, 1996; Ip and Dill, "Better verification through symmetry", same volume.

mod classes;
mod orbit;
mod renaming;

pub use classes::interchangeable;
pub use orbit::Orbit;
pub use renaming::Renaming;

use crate::setup::{ClientIx, Setup};

/// Ways of putting interchangeable clients in each other's place: a group of permutations.
#[derive(Clone, Debug)]
pub struct Symmetry {
    /// Who is taken for whom.
    classes: Vec<Vec<ClientIx>>,
    /// The first changes nothing.
    renamings: Vec<Renaming>,
    /// By two of them: the one that does what the second does, then the first.
    products: Vec<Vec<u8>>,
}

/// More are not tried: some of a large class then stay where they are. 24 are those of four clients.
const RENAMINGS_MAX: usize = 24;

impl Symmetry {
    /// Nobody is taken for anybody else.
    pub fn none(setup: &Setup) -> Self {
        Self::of_classes(setup, Vec::new())
    }

    /// Of all who are interchangeable; of more than four of a kind some are not taken for others.
    pub fn of(setup: &Setup) -> Self {
        let mut ways = 1;
        let mut classes = Vec::new();
        for class in interchangeable(setup) {
            parts(&class, &mut ways, &mut classes);
        }
        Self::of_classes(setup, classes)
    }

    fn of_classes(setup: &Setup, classes: Vec<Vec<ClientIx>>) -> Self {
        let mut rows: Vec<Vec<ClientIx>> = vec![setup.client_ixs().collect()];
        for class in &classes {
            rows = rows.iter().flat_map(|row| permuted(row, class)).collect();
        }
        let after = |first: &[ClientIx], then: &[ClientIx]| -> Vec<ClientIx> {
            first.iter().map(|client| then[usize::from(client.0)]).collect()
        };
        let place = |row: Vec<ClientIx>| rows.iter().position(|known| *known == row).unwrap_or_default() as u8;
        let products = rows
            .iter()
            .map(|then| rows.iter().map(|first| place(after(first, then))).collect())
            .collect();
        Self {
            products,
            renamings: rows.into_iter().map(|row| Renaming::new(setup, row)).collect(),
            classes,
        }
    }

    /// One or the other.
    pub fn taken(setup: &Setup, is_taken: bool) -> Self {
        match is_taken {
            true => Self::of(setup),
            false => Self::none(setup),
        }
    }

    /// Who is taken for whom: nobody, where there is no class.
    pub fn classes(&self) -> &[Vec<ClientIx>] {
        &self.classes
    }

    /// All ways; the first changes nothing.
    pub fn renamings(&self) -> &[Renaming] {
        &self.renamings
    }

    /// Whether two clients change places and nobody else.
    pub(crate) fn is_swap(&self, way: u8) -> bool {
        self.renamings[usize::from(way)].moved() == 2
    }

    /// The way that does what `first` does, and `then` that.
    pub(crate) fn product(&self, then: u8, first: u8) -> u8 {
        self.products[usize::from(then)][usize::from(first)]
    }

    /// The way back.
    pub(crate) fn inverse(&self, way: u8) -> u8 {
        let row = &self.products[usize::from(way)];
        let back = row.iter().position(|&product| product == 0);
        back.expect("each permutation has an inverse") as u8
    }
}

/// Cuts a class so that there are not too many ways; `ways` there are already.
fn parts(class: &[ClientIx], ways: &mut usize, classes: &mut Vec<Vec<ClientIx>>) {
    let mut rest = class;
    loop {
        let mut size = 1;
        while size < rest.len() && *ways * (size + 1) <= RENAMINGS_MAX {
            size += 1;
            *ways *= size;
        }
        if size == 1 {
            return;
        }
        let (part, others) = rest.split_at(size);
        classes.push(part.to_vec());
        rest = others;
    }
}

/// A row with these clients in all orders, as it is first.
fn permuted(row: &[ClientIx], clients: &[ClientIx]) -> Vec<Vec<ClientIx>> {
    let Some((first, rest)) = clients.split_first() else {
        return vec![row.to_vec()];
    };
    let others = permuted(row, rest);
    let swapped = |other: &ClientIx| {
        let (one, other) = (usize::from(first.0), usize::from(other.0));
        let rows = others.clone().into_iter();
        rows.map(move |mut row| {
            row.swap(one, other);
            row
        })
    };
    clients.iter().flat_map(swapped).collect()
}
