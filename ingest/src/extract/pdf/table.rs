//! Tables: rows of short texts that stand in columns.

use super::line::{Line, rows};
use super::rule::Rule;

/// Fewer rows of several cells than this make no table, unless it is ruled.
const MIN_ROWS: usize = 3;

/// How many rows of one cell may stand between rows of several.
const MAX_LONE: usize = 2;

/// A wider step down than this ends a table, in parts of the font size.
const MAX_STEP: f32 = 3.5;

/// The most rows of one table on a page.
const MAX_ROWS: usize = 300;

/// More cells than this are no row a person reads.
const MAX_CELLS: usize = 200;

/// The share of rows that may have two cells in one column.
const MAX_CLASHES: f32 = 0.1;

/// The share of rows with a cell that may reach over the gap between two columns.
const MAX_ACROSS: f32 = 0.07;

/// The share of all cells that must be filled.
const MIN_FILLED: f32 = 0.4;

/// The most words of a cell on the average, in columns but the first; fewer where two columns may be two texts.
const MAX_WORDS: f32 = 6.0;
const MAX_WORDS_OF_TWO: f32 = 4.0;

/// What a region of the page is made of.
#[derive(Debug)]
pub(super) enum Block {
    /// Lines from the top down, each over the width of the region.
    Text(Vec<Line>),
    /// Cells by row and column.
    Table(Vec<Vec<Option<Line>>>),
}

/// Tells the tables in a region from the text around them.
pub(super) fn blocks(region: Vec<Line>, rules: &[Rule]) -> Vec<Block> {
    let rows: Vec<Vec<Line>> = rows(region).into_iter().map(cells).collect();
    let mut blocks = Vec::new();
    let mut text = Vec::new();
    let mut rest = rows.as_slice();
    while let Some((row, after)) = rest.split_first() {
        if let Some((cells, length)) = table(rest, rules) {
            if !text.is_empty() {
                blocks.push(Block::Text(std::mem::take(&mut text)));
            }
            blocks.push(Block::Table(cells));
            rest = &rest[length..];
        } else {
            text.extend(joined(row));
            rest = after;
        }
    }
    if !text.is_empty() {
        blocks.push(Block::Text(text));
    }
    blocks
}

/// One line of all in a row.
fn joined(row: &[Line]) -> Option<Line> {
    let mut row = row.iter().cloned();
    let first = row.next()?;
    let mut line = row.fold(first, |mut line, next| {
        line.join(next);
        line
    });
    line.settle();
    Some(line)
}

/// The cells of a row: a sign of currency belongs to the number after it, a sign behind a number to that, and the mark
/// of a list to its item.
fn cells(row: Vec<Line>) -> Vec<Line> {
    if row.len() > MAX_CELLS {
        return row;
    }
    let mut cells: Vec<Line> = Vec::with_capacity(row.len());
    for line in row {
        let text = line.text();
        let is_sign_behind = matches!(text.as_str(), ")" | "%" | ")%" | "°");
        let is_first = cells.len() == 1;
        match cells.last_mut() {
            Some(before)
                if is_sign_behind || is_sign_before(&before.text()) || (is_first && is_list_mark(&before.text())) =>
            {
                before.join(line);
                before.settle();
            }
            Some(_) | None => cells.push(line),
        }
    }
    cells
}

fn is_sign_before(text: &str) -> bool {
    matches!(text, "$" | "€" | "£" | "¥" | "(" | "$ (" | "$(" | "US$" | "+" | "-" | "–")
}

/// Whether a line starts an item of a list with these characters alone: `•`, `1.`, `(a)`.
pub(super) fn is_list_mark(text: &str) -> bool {
    let mut characters = text.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        return is_bullet(c);
    }
    let inner = text.trim_start_matches('(');
    inner.len() <= 4
        && inner.strip_suffix(['.', ')']).is_some_and(|number| {
            let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let letter = number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_lowercase());
            let roman = !number.is_empty() && number.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
            digits || letter || roman
        })
}

pub(super) fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '◦' | '▪' | '▫' | '‣' | '●' | '○' | '■' | '□' | '◆' | '➢' | '✓' | '·' | '\u{F0B7}' | '\u{F0A7}')
}

/// The table that begins with the first of these rows, and how many of them it takes.
fn table(rows: &[Vec<Line>], rules: &[Rule]) -> Option<(Vec<Vec<Option<Line>>>, usize)> {
    let length = extent(rows)?;
    let rows = &rows[..length];
    let has_rules = is_ruled(rows, rules);
    let most = rows.iter().map(Vec::len).max()?;
    // Headings over several columns stand in rows of fewer cells, and would join the columns they stand over.
    let core: Vec<&Vec<Line>> = rows.iter().filter(|row| row.len() >= 2 && row.len() * 5 >= most * 3).collect();
    if core.len() < if has_rules { 2 } else { MIN_ROWS } {
        return None;
    }
    let columns = columns(&core);
    if columns.len() < 2 {
        return None;
    }
    let clashes =
        core.iter().filter(|row| row.windows(2).any(|pair| column(&columns, &pair[0]) == column(&columns, &pair[1])));
    let filled: usize = core.iter().map(|row| row.len()).sum();
    let words: usize = core.iter().flat_map(|row| &row[1..]).map(|cell| cell.words.len()).sum();
    let most_words = if columns.len() == 2 { MAX_WORDS_OF_TWO } else { MAX_WORDS };
    let few_words = words as f32 <= most_words * (filled - core.len()) as f32;
    let sound = clashes.count() as f32 <= MAX_CLASHES * core.len() as f32
        && filled as f32 >= MIN_FILLED * (columns.len() * core.len()) as f32;
    if !sound || !(few_words || has_rules) {
        return None;
    }
    let cells = rows.iter().map(|row| {
        let mut cells: Vec<Option<Line>> = columns.iter().map(|_| None).collect();
        for line in row {
            let place = &mut cells[column(&columns, line)];
            match place {
                Some(cell) => {
                    cell.join(line.clone());
                    cell.settle();
                }
                None => *place = Some(line.clone()),
            }
        }
        cells
    });
    Some((cells.collect(), length))
}

/// How many rows a table that starts with the first one may have.
fn extent(rows: &[Vec<Line>]) -> Option<usize> {
    let rows = &rows[..rows.len().min(MAX_ROWS)];
    let is_row = |row: &Vec<Line>| (2..=MAX_CELLS).contains(&row.len());
    if !is_row(rows.first()?) {
        return None;
    }
    let (start, end) = rows
        .iter()
        .take_while(|row| is_row(row))
        .flatten()
        .fold((f32::MAX, f32::MIN), |(a, b), cell| (a.min(cell.start), b.max(cell.end)));
    let (mut length, mut lone) = (1, 0);
    for (i, pair) in rows.windows(2).enumerate() {
        let [above, row] = [pair[0].first()?, pair[1].first()?];
        if above.height - row.height > MAX_STEP * above.size.max(row.size) {
            break;
        }
        if pair[1].len() > MAX_CELLS {
            break;
        }
        if is_row(&pair[1]) {
            (length, lone) = (i + 2, 0);
            continue;
        }
        lone += 1;
        // A line of text over most of the width is none of its rows.
        if lone > MAX_LONE || row.end - row.start > 0.6 * (end - start) {
            break;
        }
    }
    Some(length)
}

/// Where the columns are: stretches of the width that cells cover, with gaps that hardly any does.
fn columns(rows: &[&Vec<Line>]) -> Vec<(f32, f32)> {
    let mut sides: Vec<(f32, i32)> =
        rows.iter().flat_map(|row| row.iter().flat_map(|cell| [(cell.start, 1), (cell.end, -1)])).collect();
    sides.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let most_across = (MAX_ACROSS * rows.len() as f32) as i32;
    let mut columns = Vec::new();
    let (mut covered, mut start) = (0, None);
    for (x, change) in sides {
        covered += change;
        match start {
            None if covered > most_across => start = Some(x),
            Some(from) if covered <= most_across => {
                columns.push((from, x));
                start = None;
            }
            None | Some(_) => {}
        }
    }
    columns
}

/// The column a cell stands in: the first of those it shares most with, else the nearest.
fn column(columns: &[(f32, f32)], cell: &Line) -> usize {
    let shared = |&(start, end): &(f32, f32)| end.min(cell.end) - start.max(cell.start);
    let mut best = (0, f32::MIN);
    for (i, column) in columns.iter().enumerate() {
        let shared = shared(column);
        if shared > best.1 + 0.1 {
            best = (i, shared);
        }
    }
    best.0
}

/// Whether lines are drawn between the rows: at least two across most of the width.
fn is_ruled(rows: &[Vec<Line>], rules: &[Rule]) -> bool {
    let cells = || rows.iter().flatten();
    let (Some(top), Some(bottom)) = (rows.first().and_then(|row| row.first()), rows.last().and_then(|row| row.first()))
    else {
        return false;
    };
    let (start, end) = cells().fold((f32::MAX, f32::MIN), |(a, b), cell| (a.min(cell.start), b.max(cell.end)));
    let within = |rule: &&Rule| {
        rule.is_level
            && (bottom.height - 2.0 * bottom.size..top.height + 2.0 * top.size).contains(&rule.at)
            && rule.to.min(end) - rule.from.max(start) > 0.6 * (end - start)
    };
    rules.iter().filter(within).count() >= 2
}
