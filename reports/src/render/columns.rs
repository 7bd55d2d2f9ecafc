//! Columns: cells padded to the widest of their column.

use crate::text::{Text, Tone};

/// Rows of cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns(Vec<Vec<Text>>);

impl Columns {
    pub(crate) fn row(&mut self, cells: Vec<Text>) {
        self.0.push(cells);
    }

    /// Each row on a line, two blanks between columns, none after the last cell.
    pub(crate) fn into_text(self) -> Text {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| self.0.iter().filter_map(|row| row.get(column)).map(Text::width).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        let mut text = Text::default();
        for row in self.0 {
            let last = row.iter().rposition(|cell| !cell.is_empty());
            let cells = row.into_iter().take(last.map_or(0, |last| last + 1));
            let mut gap = 0;
            for (cell, width) in cells.zip(&widths) {
                text.push(Tone::Plain, " ".repeat(gap));
                gap = width - cell.width() + 2;
                text.append(cell);
            }
            text.end_line();
        }
        text
    }
}
