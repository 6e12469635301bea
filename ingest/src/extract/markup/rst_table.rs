//! Tables of reStructuredText: drawn as a grid, or with columns marked above and below.

use crate::extract::grid::{Cell, Grid};

/// The rows of a grid table that begins at `at`, a cell's lines joined by spaces, and where it ends.
pub(super) fn grid(lines: &[String], at: usize) -> Option<(Vec<Vec<String>>, usize)> {
    let end = lines[at..].iter().position(|line| !matches!(line.trim_start().chars().next(), Some('+' | '|')));
    let end = end.map_or(lines.len(), |count| at + count);
    let border: Vec<char> = lines[at].trim().chars().collect();
    if end - at < 3 || !border.ends_with(&['+']) {
        return None;
    }
    // Where cells of the first row reach over columns, the borders below show what those are.
    let borders = lines[at..end].iter().map(|line| line.trim()).filter(|line| line.starts_with('+'));
    let mut bounds: Vec<usize> = borders.flat_map(corners).filter(|&bound| bound < border.len()).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let columns = bounds.len().checked_sub(1).filter(|&columns| columns > 0)?;
    let mut cells = Cells::new(columns);
    for line in &lines[at + 1..end] {
        let chars: Vec<char> = line.trim().chars().collect();
        let is_border = |column: usize| {
            let inner = chars.get(bounds[column] + 1..bounds[column + 1]).unwrap_or_default();
            !inner.is_empty() && inner.iter().all(|c| matches!(c, '-' | '=' | '+'))
        };
        // A border that is drawn for some columns only leaves the cells of the others open.
        let ended: Vec<bool> = (0..columns).map(is_border).collect();
        let ends_any = chars.contains(&'+') && ended.contains(&true);
        let mut from = 1;
        for column in 1..=columns {
            let bound = bounds[column];
            let is_wall = |c: &char| *c == '|' || *c == '+';
            // A cell that spans columns has no bar at their bound; it counts for the first.
            if chars.get(bound).is_some_and(|c| !is_wall(c)) && column < columns && !(ends_any && ended[column - 1]) {
                continue;
            }
            let words: String = chars.get(from..bound.min(chars.len())).unwrap_or_default().iter().collect();
            let first = bounds.iter().position(|bound| bound + 1 >= from).unwrap_or(0).min(columns - 1);
            if !(ends_any && ended[first]) {
                cells.add(first, words.trim());
            }
            from = bound + 1;
        }
        if ends_any {
            cells.end_row(&ended);
        }
    }
    Some((cells.into_rows(), end))
}

/// Where borders meet in a line: each `+` with a border beside it.
fn corners(line: &str) -> Vec<usize> {
    let chars: Vec<char> = line.chars().collect();
    let is_border = |at: Option<&char>| matches!(at, Some('-' | '='));
    let before = |at: usize| at.checked_sub(1).and_then(|at| chars.get(at));
    let is_corner = |at: &usize| chars[*at] == '+' && (is_border(chars.get(at + 1)) || is_border(before(*at)));
    (0..chars.len()).filter(is_corner).collect()
}

/// The cells of a grid table as its lines are read.
struct Cells {
    texts: Vec<String>,
    /// Of each row that ended, and of the one being read, which cell stands in each column.
    rows: Vec<Vec<usize>>,
    row: Vec<usize>,
}

impl Cells {
    fn new(columns: usize) -> Self {
        Self { texts: vec![String::new(); columns], rows: Vec::new(), row: (0..columns).collect() }
    }

    fn add(&mut self, column: usize, words: &str) {
        join(&mut self.texts[self.row[column]], words);
    }

    /// Ends the row; the cells of the columns that have not ended go on in the next one.
    fn end_row(&mut self, ended: &[bool]) {
        self.rows.push(self.row.clone());
        for (cell, _) in self.row.iter_mut().zip(ended).filter(|(_, ended)| **ended) {
            *cell = self.texts.len();
            self.texts.push(String::new());
        }
    }

    fn into_rows(mut self) -> Vec<Vec<String>> {
        let mut table = Grid::new(usize::MAX);
        let mut above: Vec<usize> = Vec::new();
        for row in self.rows {
            let cell = |(column, &at): (usize, &usize)| match above.get(column) {
                Some(&before) if before == at => Cell::continued(1),
                _ => Cell::new(std::mem::take(&mut self.texts[at]), 1, 1),
            };
            table.row(row.iter().enumerate().map(cell).collect());
            above = row;
        }
        table.into_rows()
    }
}

/// The rows of a simple table that begins at `at`, and where it ends.
pub(super) fn simple(lines: &[String], at: usize) -> Option<(Vec<Vec<String>>, usize)> {
    if !is_rule(&lines[at]) {
        return None;
    }
    let starts: Vec<usize> = column_starts(&lines[at]);
    // The table ends with a rule before a blank line.
    let end = (at + 2..lines.len())
        .find(|&end| is_rule(&lines[end]) && lines.get(end + 1).is_none_or(|next| next.trim().is_empty()))?
        + 1;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut is_apart = true;
    for line in &lines[at + 1..end] {
        let is_underline = line.trim_start().starts_with("--") && line.chars().all(|c| matches!(c, '-' | ' '));
        if line.trim().is_empty() || is_rule(line) || is_underline {
            is_apart = true;
            continue;
        }
        let chars: Vec<char> = line.chars().collect();
        let cell = |column: usize| -> String {
            let to = starts.get(column + 1).map_or(chars.len(), |next| (*next).min(chars.len()));
            chars.get(starts[column].min(to)..to).unwrap_or_default().iter().collect::<String>().trim().to_owned()
        };
        let cells: Vec<String> = (0..starts.len()).map(cell).collect();
        // A row whose first column is blank goes on with the one above.
        match rows.last_mut() {
            Some(row) if cells[0].is_empty() && !is_apart => {
                for (whole, more) in row.iter_mut().zip(&cells) {
                    join(whole, more);
                }
            }
            _ => rows.push(cells),
        }
        is_apart = false;
    }
    Some((rows, end))
}

/// Where the last simple table of these lines ends; 0 where there is none.
pub(super) fn last_end(lines: &[String]) -> usize {
    let ends = |at: usize| is_rule(&lines[at]) && lines.get(at + 1).is_none_or(|next| next.trim().is_empty());
    (0..lines.len()).rev().find(|&at| ends(at)).unwrap_or(0)
}

/// Whether the line is made of stretches of `=`.
pub(super) fn is_rule(line: &str) -> bool {
    line.starts_with("==")
        && line.contains(' ')
        && line.trim_end().chars().all(|c| matches!(c, '=' | ' '))
        && line.split_whitespace().count() > 1
}

fn column_starts(rule: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut before = ' ';
    for (place, c) in rule.chars().enumerate() {
        if c == '=' && before == ' ' {
            starts.push(place);
        }
        before = c;
    }
    starts
}

fn join(cell: &mut String, words: &str) {
    if !cell.is_empty() && !words.is_empty() {
        cell.push(' ');
    }
    cell.push_str(words);
}
