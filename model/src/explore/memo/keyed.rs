//! Numbers by what lies in some columns of a row.
//!
//! What lies in columns is numbered from 0 on, so that what lies in all of them, bits side by side, is a place in a list,
//! which is exact and needs no hash. Where the list would be mostly empty, numbers are found by hash, and equality decides.

use super::columns::{Cell, Column};
use super::steps::{UNKNOWN, at};
use super::table::{Table, mix, upper};

/// So many times as long as there are numbers may a list be.
const EMPTINESS: usize = 64;

/// Numbers, each with what lies in the columns where it is found.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    pub(super) columns: Vec<Column>,
    /// Lists up to so long may be as empty as they like.
    short: usize,
    /// All numbers, as they were added, …
    numbers: Vec<u32>,
    /// … and what lay in the columns, one after the other.
    keys: Vec<Cell>,
    index: Index,
}

#[derive(Debug)]
enum Index {
    /// By what lies in the columns, of each so many bits.
    Listed { bits: Vec<(Column, u8)>, numbers: Vec<u32> },
    /// By what lies in the only column that is not always 0 here.
    Single {
        column: Column,
        others: Vec<Column>,
        numbers: Vec<u32>,
    },
    /// Their places.
    Hashed(Table),
}

impl Default for Index {
    fn default() -> Self {
        Self::Hashed(Table::default())
    }
}

impl Keyed {
    /// There are none yet. Lists up to so long may be as empty as they like.
    pub(super) fn new(columns: Vec<Column>, short: usize) -> Self {
        let index = Index::Listed {
            bits: columns.iter().map(|&column| (column, 0)).collect(),
            numbers: vec![UNKNOWN],
        };
        Self {
            columns,
            short,
            numbers: Vec::new(),
            keys: Vec::new(),
            index,
        }
    }

    /// The number of a row, if it is known.
    #[inline]
    pub(super) fn find(&self, row: &[Cell]) -> Option<u32> {
        match &self.index {
            Index::Single {
                column,
                others,
                numbers,
            } => {
                if others.iter().any(|&other| row[usize::from(other)] != 0) {
                    return None;
                }
                let number = numbers.get(row[usize::from(*column)] as usize).copied();
                number.filter(|&number| number != UNKNOWN)
            }
            Index::Listed { bits, numbers } => {
                let cells = bits.iter().map(|&(column, bits)| (row[usize::from(column)], bits));
                Some(numbers[place(cells)?]).filter(|&number| number != UNKNOWN)
            }
            Index::Hashed(table) => {
                let is_it = |nth| self.key(nth).iter().copied().eq(at(row, &self.columns));
                table.find(self.hash(row), is_it).map(|nth| self.numbers[nth as usize])
            }
        }
    }

    /// All numbers, each with what lay in the columns.
    pub(super) fn each(&self) -> impl Iterator<Item = (u32, &[Cell])> {
        (0..).zip(&self.numbers).map(|(nth, &number)| (number, self.key(nth)))
    }

    fn key(&self, nth: u32) -> &[Cell] {
        let count = self.columns.len();
        &self.keys[nth as usize * count..][..count]
    }

    /// The hash of what lies in the columns of a row.
    pub(super) fn hash(&self, row: &[Cell]) -> u64 {
        hash_of(at(row, &self.columns))
    }

    /// Adds the number of a row, which is not known.
    pub(super) fn add(&mut self, row: &[Cell], number: u32) {
        let nth = self.numbers.len() as u32;
        self.numbers.push(number);
        self.keys.extend(at(row, &self.columns));
        match &mut self.index {
            Index::Single {
                column,
                others,
                numbers,
            } => {
                let is_single = others.iter().all(|&other| row[usize::from(other)] == 0);
                match numbers.get_mut(row[usize::from(*column)] as usize) {
                    Some(place) if is_single => *place = number,
                    _ => self.lay_out(),
                }
            }
            Index::Listed { bits, numbers } => {
                let cells = bits.iter().map(|&(column, bits)| (row[usize::from(column)], bits));
                match place(cells) {
                    Some(place) => numbers[place] = number,
                    None => self.lay_out(),
                }
            }
            // It may be worth while to list them now.
            Index::Hashed(_) if self.numbers.len().is_power_of_two() => self.lay_out(),
            Index::Hashed(_) => self.insert(nth),
        }
    }

    fn insert(&mut self, nth: u32) {
        let mut index = std::mem::take(&mut self.index);
        let hash = |nth| hash_of(self.key(nth).iter().copied());
        if let Index::Hashed(table) = &mut index {
            table.insert(hash(nth), nth, |nth| upper(hash(nth)));
        }
        self.index = index;
    }

    /// Lists all numbers anew, or hashes them.
    fn lay_out(&mut self) {
        let mut bits: Vec<(Column, u8)> = self.columns.iter().map(|&column| (column, 0)).collect();
        for (_, key) in self.each() {
            for ((_, bits), &cell) in bits.iter_mut().zip(key) {
                *bits = (32 - cell.leading_zeros() as u8).max(*bits);
            }
        }
        let all: u32 = bits.iter().map(|&(_, bits)| u32::from(bits)).sum();
        let limit = self.short.max(EMPTINESS * self.numbers.len());
        if all < 32 && 1 << all <= limit {
            let mut numbers = vec![UNKNOWN; 1 << all];
            for (number, key) in self.each() {
                let cells = key.iter().zip(&bits).map(|(&cell, &(_, bits))| (cell, bits));
                numbers[place(cells).expect("there are bits enough")] = number;
            }
            let mut used = bits.iter().filter(|(_, bits)| *bits > 0);
            self.index = match (used.next(), used.next()) {
                (Some(&(column, _)), None) => {
                    let others = self.columns.iter().copied().filter(|&other| other != column);
                    Index::Single {
                        column,
                        others: others.collect(),
                        numbers,
                    }
                }
                _ => Index::Listed { bits, numbers },
            };
        } else {
            self.index = Index::default();
            (0..self.numbers.len() as u32).for_each(|nth| self.insert(nth));
        }
    }
}

fn hash_of(cells: impl Iterator<Item = Cell>) -> u64 {
    cells.fold(0, mix)
}

/// All cells side by side, if each fits into so many bits.
#[inline]
fn place(cells: impl Iterator<Item = (Cell, u8)>) -> Option<usize> {
    let (mut place, mut shift, mut over) = (0, 0, 0);
    for (cell, bits) in cells {
        place |= (cell as usize) << shift;
        over |= cell >> bits;
        shift += bits;
    }
    (over == 0).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::{Index, Keyed};

    /// Two columns, and what lies there in some rows.
    fn keyed(rows: &[[u32; 2]]) -> Keyed {
        let mut keyed = Keyed::new(vec![0, 1], 1 << 10);
        for (number, row) in (0..).zip(rows) {
            assert_eq!(keyed.find(row), None);
            keyed.add(row, number);
        }
        keyed
    }

    #[test]
    fn numbers_are_found_by_what_lies_in_the_columns() {
        let rows: Vec<[u32; 2]> = (0..900).map(|cell| [cell % 30, cell / 30]).collect();
        let keyed = keyed(&rows);
        assert!(matches!(keyed.index, Index::Listed { .. }));
        for (number, row) in (0..).zip(&rows) {
            assert_eq!(keyed.find(row), Some(number));
        }
        assert_eq!(keyed.find(&[30, 0]), None);
        assert_eq!(keyed.find(&[0, 1 << 20]), None);
    }

    #[test]
    fn few_numbers_far_apart_are_found_by_hash() {
        let rows: Vec<[u32; 2]> = (0..100).map(|cell| [cell * 10_000, cell]).collect();
        let keyed = keyed(&rows);
        assert!(matches!(keyed.index, Index::Hashed(_)));
        for (number, row) in (0..).zip(&rows) {
            assert_eq!(keyed.find(row), Some(number));
        }
        assert_eq!(keyed.find(&[10_000, 0]), None);
    }
}
