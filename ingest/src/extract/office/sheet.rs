//! The cells of a spreadsheet, whatever it was saved as, and how they become Markdown.

use std::collections::BTreeMap;

use crate::extract::blocks::{Blocks, escaped, link};

/// The most cells of one sheet that are kept; more is a data set, not a document.
pub(super) const MAX_CELLS: usize = 500_000;

/// One sheet: the cells that hold something, by row and column from 0. Far corners cost nothing.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    cells: usize,
}

impl Sheet {
    /// Puts a value into a cell. False where the sheet has as many cells as are kept.
    pub(super) fn set(&mut self, row: u32, column: u32, value: &str) -> bool {
        let value = value.trim();
        if value.is_empty() {
            return true;
        }
        if self.cells >= MAX_CELLS {
            return false;
        }
        self.cells += 1;
        self.rows.entry(row).or_default().insert(column, escaped(value));
        true
    }

    /// Says what a cell that reaches over so many rows says in those below that hold anything, for each is read by itself.
    pub(super) fn reach_down(&mut self, row: u32, column: u32, rows: u32) {
        let Some(value) = self.rows.get(&row).and_then(|row| row.get(&column)).cloned() else { return };
        for (_, cells) in self.rows.range_mut(row..row.saturating_add(rows)).skip(1) {
            // Every look counts, lest many such cells look at many rows.
            if self.cells >= MAX_CELLS {
                return;
            }
            self.cells += 1;
            cells.entry(column).or_insert_with(|| value.clone());
        }
    }

    /// Has a cell lead to an address.
    pub(super) fn link(&mut self, row: u32, column: u32, address: &str) {
        if let Some(words) = self.rows.get_mut(&row).and_then(|row| row.get_mut(&column)) {
            *words = link(words, address);
        }
    }

    /// Whether no cell holds anything.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes the sheet under its name. Rows without a gap between them are a table; rows of one cell above or between
    /// tables are lines of text.
    pub(super) fn write(self, name: &str, blocks: &mut Blocks) {
        if self.is_empty() {
            return;
        }
        blocks.heading(2, &escaped(name));
        let mut stretch: Vec<BTreeMap<u32, String>> = Vec::new();
        let mut last = None;
        for (number, row) in self.rows {
            if last.is_some_and(|last: u32| number > last + 1) {
                write_stretch(std::mem::take(&mut stretch), blocks);
            }
            last = Some(number);
            stretch.push(row);
            if blocks.is_full() {
                return;
            }
        }
        write_stretch(stretch, blocks);
    }
}

/// Rows without a gap: titles first, then a table of the columns that hold anything.
fn write_stretch(mut rows: Vec<BTreeMap<u32, String>>, blocks: &mut Blocks) {
    let is_list = rows.iter().all(|row| row.len() == 1);
    let titles = if is_list { rows.len() } else { rows.iter().take_while(|row| row.len() == 1).count() };
    for row in rows.drain(..titles) {
        for words in row.into_values() {
            blocks.paragraph(&words);
        }
    }
    let mut columns: Vec<u32> = rows.iter().flat_map(|row| row.keys().copied()).collect();
    columns.sort_unstable();
    columns.dedup();
    let cells = |mut row: BTreeMap<u32, String>| {
        columns.iter().map(|column| row.remove(column).unwrap_or_default()).collect::<Vec<String>>()
    };
    blocks.table(rows.into_iter().map(cells).collect());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_corners_cost_nothing_and_gaps_part_tables() {
        let mut sheet = Sheet::default();
        for (row, column, value) in
            [(0, 0, "Rates"), (1, 0, "part"), (1, 2, "size"), (2, 0, "bran"), (2, 2, "1|2"), (1_048_575, 16_383, "far")]
        {
            assert!(sheet.set(row, column, value));
        }
        let mut blocks = Blocks::new(10_000);
        sheet.write("One", &mut blocks);
        assert_eq!(blocks.into_text(), "## One\n\nRates\n\n| part | size |\n|---|---|\n| bran | 1\\|2 |\n\nfar");
    }

    #[test]
    fn cells_reach_down_as_far_as_anything_stands() {
        let mut sheet = Sheet::default();
        for (row, column, value) in
            [(0, 0, "mill"), (0, 1, "size"), (1, 0, "north"), (1, 1, "1"), (2, 1, "2"), (9, 1, "3")]
        {
            assert!(sheet.set(row, column, value));
        }
        sheet.reach_down(1, 0, 2);
        sheet.reach_down(1, 1, 1);
        sheet.reach_down(5, 0, u32::MAX);
        sheet.link(2, 1, "https://x.org/2");
        let start = std::time::Instant::now();
        for _ in 0..MAX_CELLS {
            sheet.reach_down(1, 0, u32::MAX);
        }
        assert!(start.elapsed().as_secs() < 10);
        let mut blocks = Blocks::new(10_000);
        sheet.write("One", &mut blocks);
        let table =
            "| mill | size |\n|---|---|\n| north | 1 |\n| north | [2](https://x.org/2) |\n\n| north | 3 |\n|---|---|";
        assert_eq!(blocks.into_text(), format!("## One\n\n{table}"));
    }
}
