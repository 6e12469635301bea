//! Pipe tables that do not hold together (GFM 0.29, section 4.10).

use tamis_ingest::{ByteSpan, TextShape};

use super::Reading;
use crate::{Finding, Rule};

/// Most rows quoted as evidence.
const MOST_SPANS: usize = 5;

/// A line with pipes in it.
struct Row<'a> {
    span: ByteSpan,
    text: &'a str,
    /// Cells as GFM counts them: every unescaped pipe separates.
    cells: usize,
    /// Cells where pipes in code spans do not separate, as their author may have meant.
    cells_outside_code: usize,
}

impl<'a> Row<'a> {
    /// The row on `line`, or `None` where no pipe separates anything.
    fn read(line: &'a str, start: usize) -> Option<Self> {
        let text = line.trim_end().trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        let start = start + (line.len() - line.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).len());
        let (pipes, outside_code) = count_pipes(text);
        let edges = usize::from(text.starts_with('|')) + usize::from(ends_in_pipe(text));
        let cells = |pipes: usize| (pipes + 1).saturating_sub(edges);
        (pipes > 0).then(|| Self {
            span: ByteSpan::new(start, start + text.len()),
            text,
            cells: cells(pipes),
            cells_outside_code: cells(outside_code),
        })
    }

    fn is_delimiter(&self) -> bool {
        self.text.contains('-') && self.text.trim_matches('|').split('|').all(is_delimiter_cell)
    }

    /// Whether it may be read as a row of so many cells. Where a row begins without a pipe, one at its end may stand
    /// before a last cell that is empty.
    fn has(&self, cells: usize) -> bool {
        let open_end = !self.text.starts_with('|') && ends_in_pipe(self.text);
        [self.cells, self.cells_outside_code].into_iter().any(|own| own == cells || (open_end && own + 1 == cells))
    }

    /// A row with one filled cell at its head groups the rows below it.
    fn is_group_label(&self) -> bool {
        let mut cells = self.text.trim_matches('|').split('|');
        let label = cells.next().unwrap_or_default().trim();
        cells.all(|cell| cell.trim().is_empty()) && (label.is_empty() || label.starts_with(['*', '_', '<', '`']))
    }

    fn is_bordered(&self) -> bool {
        self.text.starts_with('|') && ends_in_pipe(self.text)
    }

    /// Whether this is the first part of a row and `next` its rest: one edge each.
    fn is_torn_before(&self, next: &Self) -> bool {
        self.text.starts_with('|') && !ends_in_pipe(self.text) && !next.text.starts_with('|') && ends_in_pipe(next.text)
    }
}

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let text = reading.text();
    if !reading.outline.marked_up || !text.contains('|') {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut drawn = false;
    // The columns of a table that only blank lines have followed so far.
    let mut above: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        drawn |= bare.starts_with("+-") || bare.starts_with("+=");
        let lead = line.len() - bare.len();
        let row =
            if bare.contains('|') && !in_block_code(reading, start + lead) { Row::read(line, start) } else { None };
        let blank = bare.trim().is_empty();
        if let Some(row) = row {
            rows.push(row);
        } else if !rows.is_empty() {
            findings.extend(judge(reading, &rows).or_else(|| fallen_out(reading, &rows, above)).filter(|_| !drawn));
            above = columns(&rows);
            rows.clear();
        }
        if blank {
            drawn = false;
        } else if rows.is_empty() {
            above = None;
        }
    }
    findings.extend(judge(reading, &rows).or_else(|| fallen_out(reading, &rows, above)).filter(|_| !drawn));
    findings
}

/// How many columns the table has that these rows are.
fn columns(rows: &[Row<'_>]) -> Option<usize> {
    rows.iter().find(|row| row.is_delimiter()).map(|row| row.cells)
}

/// A row that a blank line cuts off from the table `above` it, of so many columns.
fn fallen_out(reading: &Reading<'_>, rows: &[Row<'_>], above: Option<usize>) -> Option<Finding> {
    let first = rows.first().filter(|row| row.is_bordered() && above == Some(row.cells) && has_words(row.text))?;
    let headless = columns(rows).is_none();
    let message = "A blank line cuts this off from the table above, so it is no row of it.".to_owned();
    headless.then(|| finding(reading, message, [first].into_iter()))
}

/// A line that starts in code belongs to a code block, unless it is a code span that opens the line.
fn in_block_code(reading: &Reading<'_>, offset: usize) -> bool {
    use crate::outline::BlockKind::{Code, Html};
    reading.outline.block_at(offset).is_some_and(|block| matches!(block.kind, Code | Html))
}

/// Judges consecutive lines with pipes.
fn judge(reading: &Reading<'_>, rows: &[Row<'_>]) -> Option<Finding> {
    let Some(delimiter) = rows.iter().position(Row::is_delimiter) else { return without_delimiter(reading, rows) };
    let columns = rows[delimiter].cells;
    let Some(header) = delimiter.checked_sub(1).map(|index| &rows[index]) else {
        let bordered = rows[delimiter].is_bordered() && rows.len() > 1;
        return bordered
            .then(|| finding(reading, "The table has a delimiter row and no header above it.".into(), rows.iter()));
    };
    if !header.has(columns) {
        let message = format!("The table's header has {} columns, its delimiter row {columns}.", header.cells);
        return (columns > 1 || header.is_bordered()).then(|| finding(reading, message, [header].into_iter()));
    }
    // Where cells may span rows, one that is missing here is a part of one above.
    let may_be_short = reading.document.media_type.text_shape() == TextShape::Converted;
    let same_style = |row: &&Row<'_>| row.text.starts_with('|') == header.text.starts_with('|');
    let below = &rows[delimiter + 1..];
    if header.is_bordered()
        && let Some(torn) = below.windows(2).find(|pair| pair[0].is_torn_before(&pair[1]))
    {
        let message = "A line ends inside a row of the table, so the rest of the row stands in another.".to_owned();
        return Some(finding(reading, message, torn.iter()));
    }
    let body: Vec<_> = below.iter().filter(same_style).collect();
    let broken: Vec<_> = body
        .iter()
        .filter(|row| !row.has(columns) && !row.is_delimiter())
        .filter(|row| row.cells > columns || !(may_be_short || row.is_group_label()))
        .collect();
    let first = broken.first()?;
    let message = format!(
        "{} of {} table rows do not match the header: it has {columns} columns, the first of these rows {}.",
        broken.len(),
        body.len(),
        first.cells
    );
    Some(finding(reading, message, broken.into_iter().copied()))
}

/// Lines that look like a table whose delimiter row is missing, so that no renderer takes them for one.
fn without_delimiter(reading: &Reading<'_>, rows: &[Row<'_>]) -> Option<Finding> {
    let first = rows.first()?;
    let uniform = rows.iter().all(|row| row.is_bordered() && row.cells == first.cells && has_words(row.text));
    let message =
        || format!("{} rows of {} cells stand without a delimiter row, so they are no table.", rows.len(), first.cells);
    (rows.len() > 1 && first.cells > 1 && uniform).then(|| finding(reading, message(), rows.iter()))
}

fn has_words(row: &str) -> bool {
    row.split('|').filter(|cell| cell.chars().any(char::is_alphanumeric)).count() > 1
}

fn finding<'a>(reading: &Reading<'_>, message: String, rows: impl Iterator<Item = &'a Row<'a>>) -> Finding {
    let spans: Vec<_> = rows.take(MOST_SPANS).map(|row| row.span).collect();
    let quote = spans.first().map(|&span| crate::excerpt::quote(reading.text(), span)).unwrap_or_default();
    Finding::new(Rule::BrokenTable, message, spans, quote)
}

fn is_delimiter_cell(cell: &str) -> bool {
    let cell = cell.trim();
    let dashes = cell.strip_prefix(':').unwrap_or(cell);
    let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
    !dashes.is_empty() && dashes.bytes().all(|b| b == b'-')
}

fn ends_in_pipe(text: &str) -> bool {
    text.len() > 1 && text.ends_with('|') && !text.ends_with("\\|")
}

/// Unescaped pipes in `text`, all of them and those outside code spans.
fn count_pipes(text: &str) -> (usize, usize) {
    let (mut all, mut outside) = (0, 0);
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut code_until = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'|' => {
                all += 1;
                outside += usize::from(at >= code_until);
            }
            b'`' if at >= code_until => {
                let ticks = bytes[at..].iter().take_while(|&&b| b == b'`').count();
                code_until = closing_ticks(bytes, at + ticks, ticks).unwrap_or(0);
                at += ticks - 1;
            }
            _ => {}
        }
        at += 1;
    }
    (all, outside)
}

/// The end of the next run of exactly `ticks` backticks from `from`.
fn closing_ticks(bytes: &[u8], from: usize, ticks: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|&&b| b == b'`').count();
        if run == ticks {
            return Some(at + run);
        }
        at += run.max(1);
    }
    None
}
