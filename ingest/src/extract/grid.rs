//! Tables whose cells reach over rows and columns, as rows whose cells stand in their columns.
//!
//! What reaches over rows is said again in each of them, because a row is read by itself, by people who search and by
//! the chunks that long tables are cut into. What reaches over columns is said once, in its first column, and leaves the
//! others empty: it is in its row already, and titles of groups, which span a whole table, would be said many times over.

/// The most rows that one cell reaches over (HTML standard, 4.9.12.1, which says the same of columns below).
const MAX_ROWS: usize = 65_534;

/// The most columns that one cell reaches over.
const MAX_COLUMNS: usize = 1_000;

/// Words are said again until that takes this many times what the table says by itself, so that no few cells fill a
/// memory, …
const MAX_REPEATED: usize = 3;

/// … or this much, in bytes, for tables of few words.
const FREE_REPEATED: usize = 4 << 10;

/// Cells are added until there are this many times as many as the table has, …
const MAX_ADDED: usize = 16;

/// … or this many, for small tables, …
const FREE_ADDED: usize = 1_000;

/// … and never more than this.
const MOST_ADDED: usize = 500_000;

/// A cell as it is written in its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    text: String,
    rows: usize,
    columns: usize,
    continues: bool,
}

impl Cell {
    /// A cell that reaches over so many rows and columns, itself counted; out of range is as close as there is.
    pub(super) fn new(text: String, rows: usize, columns: usize) -> Self {
        Self { text, rows: rows.clamp(1, MAX_ROWS), columns: columns.clamp(1, MAX_COLUMNS), continues: false }
    }

    /// A cell that goes on with the one above it.
    pub(super) fn continued(columns: usize) -> Self {
        Self { continues: true, ..Self::new(String::new(), 1, columns) }
    }

    /// A cell by the values of HTML's attributes: what is no number counts as 1, and over 0 rows it reaches to the end of
    /// its part of the table.
    pub(super) fn of_html(text: String, rowspan: Option<&str>, colspan: Option<&str>) -> Self {
        let number = |value: Option<&str>| value.and_then(|value| whole_number(value.trim()));
        let rows = number(rowspan).map_or(1, |rows| if rows == 0 { MAX_ROWS } else { rows });
        Self::new(text, rows, number(colspan).unwrap_or(1))
    }
}

/// The number that a value begins with, as HTML reads it; as large as can be where it is larger.
fn whole_number(value: &str) -> Option<usize> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| value[..digits].parse().unwrap_or(usize::MAX))
}

/// A table put together row by row.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<String>>,
    /// For each column, what reaches into the next row.
    above: Vec<Option<Reach>>,
    /// The most columns that are made.
    max_columns: usize,
    own_cells: usize,
    own_bytes: usize,
    added_cells: usize,
    repeated_bytes: usize,
}

/// A cell that reaches further down.
#[derive(Debug)]
struct Reach {
    text: String,
    rows: usize,
}

impl Grid {
    /// A table of as many columns as its cells need, but no more than these by reaching.
    pub(super) fn new(max_columns: usize) -> Self {
        Self { max_columns, ..Self::default() }
    }

    /// Adds a row. One that says nothing of its own below cells that reach into it is left out.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        let mut row: Vec<String> = Vec::with_capacity(cells.len());
        let says_any = cells.iter().any(|cell| !cell.text.trim().is_empty());
        let mut repeats_any = false;
        for cell in cells {
            repeats_any |= self.reach_into(&mut row);
            self.own_cells += 1;
            self.own_bytes += cell.text.len();
            let text = if cell.continues {
                repeats_any = true;
                let above = self.rows.last().and_then(|above| above.get(row.len())).cloned().unwrap_or_default();
                self.again(&above)
            } else {
                cell.text
            };
            for column in 0..cell.columns {
                if column > 0 && (row.len() >= self.max_columns || !self.may_add()) {
                    break;
                }
                // Where two cells claim a place, that from above has it.
                if column > 0 && self.reaches_to(row.len()) {
                    break;
                }
                if cell.rows > 1 {
                    let text = if column == 0 { text.clone() } else { String::new() };
                    self.reach(row.len(), Reach { text, rows: cell.rows - 1 });
                }
                row.push(if column == 0 { text.clone() } else { String::new() });
            }
        }
        while row.len() < self.above.len() {
            if self.reach_into(&mut row) {
                repeats_any = true;
            } else if self.may_add() {
                row.push(String::new());
            } else {
                break;
            }
        }
        while self.above.last().is_some_and(Option::is_none) {
            self.above.pop();
        }
        if says_any || !repeats_any {
            self.rows.push(row);
        }
    }

    /// Adds rows of `width` columns, filled from the left, where nothing but their number says where a row ends.
    pub(super) fn flow(&mut self, cells: Vec<Cell>, width: usize) {
        let mut row = Vec::new();
        let mut free = self.free(width);
        for cell in cells {
            while free == 0 && row.is_empty() && !self.above.is_empty() {
                self.row(Vec::new());
                free = self.free(width);
            }
            free = free.saturating_sub(cell.columns);
            row.push(cell);
            if free == 0 {
                self.row(std::mem::take(&mut row));
                free = self.free(width);
            }
        }
        if !row.is_empty() {
            self.row(row);
        }
    }

    /// How many of `width` places of the next row nothing reaches into.
    fn free(&self, width: usize) -> usize {
        width.saturating_sub(self.above.iter().flatten().count())
    }

    /// Ends a part of the table: no cell reaches over its end.
    pub(super) fn end_part(&mut self) {
        self.above.clear();
    }

    /// The rows.
    pub(super) fn into_rows(self) -> Vec<Vec<String>> {
        self.rows
    }

    fn reaches_to(&self, column: usize) -> bool {
        self.above.get(column).is_some_and(Option::is_some)
    }

    fn reach(&mut self, column: usize, reach: Reach) {
        if self.above.len() <= column {
            self.above.resize_with(column + 1, || None);
        }
        self.above[column] = Some(reach);
    }

    /// Puts what reaches from above into the next places of a row. Whether there was any.
    fn reach_into(&mut self, row: &mut Vec<String>) -> bool {
        let from = row.len();
        while let Some(mut reach) = self.above.get_mut(row.len()).and_then(Option::take) {
            if !self.may_add() {
                self.above.clear();
                break;
            }
            let column = row.len();
            row.push(self.again(&reach.text));
            reach.rows -= 1;
            if reach.rows > 0 {
                self.above[column] = Some(reach);
            }
        }
        row.len() > from
    }

    /// Words said again; none where enough has been, and no large quotation mark beside a quotation.
    fn again(&mut self, text: &str) -> String {
        let most = (MAX_REPEATED * self.own_bytes).max(FREE_REPEATED);
        let is_mark = text.chars().all(|c| matches!(c, '"' | '“' | '”' | '„' | '«' | '»'));
        if is_mark || self.repeated_bytes + text.len() > most {
            return String::new();
        }
        self.repeated_bytes += text.len();
        text.to_owned()
    }

    /// Whether one more cell may be added, which counts it.
    fn may_add(&mut self) -> bool {
        let most = (MAX_ADDED * self.own_cells).clamp(FREE_ADDED, MOST_ADDED);
        self.added_cells += 1;
        self.added_cells <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of `text`, `text/rows` or `text/rows/columns`, `^` going on with what is above.
    fn grid(rows: &[&str]) -> Vec<String> {
        let mut grid = Grid::new(100);
        for row in rows {
            let cell = |cell: &str| {
                let mut parts = cell.split('/');
                let text = parts.next().unwrap_or_default();
                match text {
                    "^" => Cell::continued(1),
                    _ => Cell::of_html(text.to_owned(), parts.next(), parts.next()),
                }
            };
            if *row == "end" {
                grid.end_part();
            } else {
                grid.row(row.split(' ').filter(|cell| !cell.is_empty()).map(cell).collect());
            }
        }
        grid.into_rows().into_iter().map(|row| row.join(",")).collect()
    }

    #[test]
    fn cells_stand_in_their_columns() {
        let cases: [(&[&str], &[&str]); 12] = [
            (&["“/2 b", "c"], &["“,b", ",c"]),
            (&["a b", "c d"], &["a,b", "c,d"]),
            (&["a/2 b", "c", "d e"], &["a,b", "a,c", "d,e"]),
            (&["a b/3", "c", "d"], &["a,b", "c,b", "d,b"]),
            (&["a/1/3 b", "c d e f"], &["a,,,b", "c,d,e,f"]),
            (&["a/2/2 b", "c", "d e f"], &["a,,b", "a,,c", "d,e,f"]),
            // A row that is all from above says nothing new.
            (&["a/2 b/2", "", "c d"], &["a,b", "c,d"]),
            // To the end of the part, and no further.
            (&["a/0 b", "c", "end", "d e"], &["a,b", "a,c", "d,e"]),
            (&["a/9 b", "end", "d e"], &["a,b", "d,e"]),
            // What is no number counts as 1.
            (&["a/x/-1 b", "c d"], &["a,b", "c,d"]),
            (&["a b", "^ c", "^ d"], &["a,b", "a,c", "a,d"]),
            // Two cells that claim a place.
            (&["a b/2", "c/1/3 d"], &["a,b", "c,b,d"]),
        ];
        for (rows, expected) in cases {
            assert_eq!(grid(rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn rows_end_where_they_are_full() {
        let cell = |text: &str, rows, columns| Cell::new(text.to_owned(), rows, columns);
        let mut grid = Grid::new(100);
        let cells = vec![cell("a", 2, 1), cell("b", 1, 2), cell("c", 1, 1), cell("d", 1, 1), cell("e", 1, 1)];
        grid.flow(cells, 3);
        assert_eq!(grid.into_rows(), [vec!["a", "b", ""], vec!["a", "c", "d"], vec!["e"]]);
        let mut full = Grid::new(100);
        full.flow(vec![cell("a", 3, 1), cell("b", 3, 1), cell("c", 1, 1)], 2);
        assert_eq!(full.into_rows(), [vec!["a", "b"], vec!["c"]]);
    }

    #[test]
    fn few_cells_fill_no_memory() {
        let long = "x".repeat(500);
        let mut wide = Grid::new(100);
        for _ in 0..20_000 {
            wide.row(vec![Cell::of_html(long.clone(), Some("1000000"), Some("99999999999999999999999"))]);
        }
        let rows = wide.into_rows();
        let cells: usize = rows.iter().map(Vec::len).sum();
        assert!(cells <= MOST_ADDED + 20_000, "{cells}");
        let said: usize = rows.iter().flatten().map(String::len).sum();
        assert!(said <= (MAX_REPEATED + 1) * 20_000 * long.len(), "{said}");

        let mut tall = Grid::new(100);
        tall.row((0..100).map(|_| Cell::new(long.clone(), usize::MAX, 1)).collect());
        for _ in 0..10_000 {
            tall.row(vec![Cell::new("x".to_owned(), 1, 1)]);
        }
        let said: usize = tall.into_rows().iter().flatten().map(String::len).sum();
        assert!(said <= (MAX_REPEATED + 1) * (100 * long.len() + 10_000), "{said}");
    }
}
