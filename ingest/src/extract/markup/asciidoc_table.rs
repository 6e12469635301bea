//! Tables of `AsciiDoc`.

use csv::ReaderBuilder;

use crate::extract::grid::{Cell, Grid};

/// A table has no more columns than this.
const MAX_COLUMNS: usize = 256;

/// A cell is repeated, or reaches over columns, no more times than this.
const MAX_TIMES: usize = 64;

/// A cell reaches over no more rows than this.
const MAX_ROWS: usize = 1_000;

/// How many columns `cols="1,2*,a"` speaks of.
pub(super) fn columns(spec: &str) -> usize {
    let one = |part: &str| part.split_once('*').and_then(|(count, _)| count.trim().parse::<usize>().ok()).unwrap_or(1);
    spec.split(',').map(one).sum::<usize>().clamp(1, MAX_COLUMNS)
}

/// The rows of a table's lines. Where nothing says how many columns there are, its first line of cells does.
pub(super) fn rows(lines: &[&str], separator: char, columns: Option<usize>) -> Vec<Vec<String>> {
    if separator != '|' {
        let text = lines.join("\n");
        let mut reader = ReaderBuilder::new()
            .delimiter(separator as u8)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        return reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect()).collect();
    }
    let mut cells: Vec<Written> = Vec::new();
    let mut first_line = None;
    for line in lines {
        let before = cells.len();
        take(line, &mut cells);
        if first_line.is_none() && cells.len() > before {
            first_line = Some(cells[before..].iter().map(|cell| cell.columns).sum());
        }
    }
    let width = columns.or(first_line).unwrap_or(1).clamp(1, MAX_COLUMNS);
    let mut grid = Grid::new(width);
    grid.flow(cells.into_iter().map(|cell| Cell::new(cell.text, cell.rows, cell.columns)).collect(), width);
    grid.into_rows()
}

/// A cell as it is written.
#[derive(Clone)]
struct Written {
    text: String,
    rows: usize,
    columns: usize,
}

/// The cells of a line: `2+^|two .2+|three`. What stands before the first bar goes on with the cell before it.
fn take(line: &str, cells: &mut Vec<Written>) {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                part.push('|');
                chars.next();
            }
            '|' => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    let count = parts.len();
    let mut spec = String::new();
    for (index, mut part) in parts.into_iter().enumerate() {
        let mut next = String::new();
        if index + 1 < count {
            let at = part.trim_end_matches(|c: char| !c.is_whitespace()).len();
            if is_spec(&part[at..]) {
                next = part.split_off(at);
            }
        }
        if index == 0 {
            if let Some(cell) = cells.last_mut().filter(|_| !part.trim().is_empty()) {
                cell.text.push(' ');
                cell.text.push_str(part.trim());
            }
        } else {
            let repeats = spec.split_once('*').and_then(|(count, _)| count.parse().ok()).unwrap_or(1).min(MAX_TIMES);
            let (columns, rows) = spec.split_once('+').map_or((1, 1), |(factor, _)| spans(factor));
            let cell = Written { text: part.trim().to_owned(), rows, columns };
            cells.extend(std::iter::repeat_n(cell, repeats));
        }
        spec = next;
    }
}

/// How many columns and rows `2`, `.3` or `2.3` reach over.
fn spans(factor: &str) -> (usize, usize) {
    let (columns, rows) = factor.split_once('.').unwrap_or((factor, ""));
    let number = |digits: &str, most: usize| digits.parse().unwrap_or(1).clamp(1, most);
    (number(columns, MAX_TIMES), number(rows, MAX_ROWS))
}

/// Whether this stands before a bar to say how the cell is set, as `2+^.>s`.
fn is_spec(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_digit() || "+*.<^>adehlmsv".contains(c))
        && !text.chars().all(|c| c == '.')
        && (text.len() == 1 || text.contains(['+', '*', '.', '<', '^', '>']))
}
