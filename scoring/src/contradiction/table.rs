//! Tables: the value where a row and a column meet.

use tamis_ingest::ByteSpan;

use super::entries::{Found, is_of_the_page, owned};
use super::statement::names;
use super::written;

/// Columns that hold free text, or name the row in other words.
const NO_COLUMNS: &[&str] = &[
    "description",
    "meaning",
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "example",
    "examples",
    "details",
    "purpose",
    "see",
    "link",
    "type",
    "date",
    "updated",
    "since",
    "added",
    "changed",
    "id",
    "no",
    "#",
    "",
];
/// Most rows read of one table: longer ones are data, and no statements.
const MOST_ROWS: usize = 60;

/// The values of a table whose first column names what the others are about: as `row column`, together with `owner`
/// where that says too little.
pub(super) fn entries(text: &str, span: ByteSpan, owner: &str) -> Vec<Found> {
    let Some(body) = span.of(text) else { return Vec::new() };
    let mut offset = span.start();
    let mut rows = body.split_inclusive('\n').map(|line| {
        let start = offset;
        offset += line.len();
        (start, line)
    });
    let Some((start, header)) = rows.next() else { return Vec::new() };
    let header: Vec<String> = cells(header, start).into_iter().map(|(_, cell)| plain(cell)).collect();
    let is_rule =
        |line: &str| line.contains('-') && line.trim().bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' '));
    if header.len() < 2 || !rows.next().is_some_and(|(_, line)| is_rule(line)) {
        return Vec::new();
    }
    let rows: Vec<(usize, &str)> = rows.collect();
    if rows.len() > MOST_ROWS {
        return Vec::new();
    }
    rows.into_iter().flat_map(|(start, line)| row(line, start, &header, owner)).collect()
}

/// The entries of one row.
fn row(line: &str, start: usize, header: &[String], owner: &str) -> Vec<Found> {
    let cells = cells(line, start);
    let Some((_, key)) = cells.first() else { return Vec::new() };
    let key = plain(key);
    let is_name = !key.is_empty()
        && !is_of_the_page(&key)
        && key.split_whitespace().count() <= 6
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && cells.len() == header.len();
    if !is_name {
        return Vec::new();
    }
    let from = start + line.len() - line.trim_start().len();
    let span = ByteSpan::new(from, from + line.trim().len());
    let columns = cells.iter().zip(header).skip(1);
    let read = |((at, cell), column): (&(usize, &str), &String)| {
        let named = column.to_lowercase();
        let literal = named.contains("default");
        let is_value = !NO_COLUMNS.contains(&named.as_str()) && written::value(cell, literal).is_some();
        let column = if named == "value" || named == "setting" { "" } else { column.as_str() };
        let about =
            owned(format!("{key} {column}").trim(), owner).filter(|about| is_value && !names(about).is_empty())?;
        Some(Found { about, value: ByteSpan::new(*at, at + cell.len()), literal, span })
    };
    columns.filter_map(read).collect()
}

/// The cells of a row that starts at `start`, each with its place in the text.
fn cells(line: &str, start: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    let trimmed = line.trim_end();
    let opens = trimmed.len() - trimmed.trim_start().len() + usize::from(trimmed.trim_start().starts_with('|'));
    for (at, _) in trimmed.match_indices('|').chain([(trimmed.len(), "")]) {
        let escaped = at > 0 && trimmed.as_bytes()[at - 1] == b'\\';
        if escaped || at < opens {
            continue;
        }
        let from_here = from.max(opens);
        let raw = &trimmed[from_here.min(at)..at];
        let cell = raw.trim();
        found.push((start + from_here + raw.len() - raw.trim_start().len(), cell));
        from = at + 1;
    }
    if trimmed.ends_with('|') && !trimmed.ends_with("\\|") {
        found.pop();
    }
    found
}

/// A cell without markup around it.
fn plain(cell: &str) -> String {
    cell.replace(['`', '*'], "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, &str)> {
        let found = entries(text, ByteSpan::new(0, text.len()), "Gateway");
        found.into_iter().map(|entry| (entry.about, entry.value.of(text).unwrap())).collect()
    }

    #[test]
    fn reads_rows_by_columns() {
        let text = "| option | default | meaning |\n|---|---:|---|\n| `max_jobs` | `4` | how many jobs run |\n\
            | port | 8080 | where it listens |\n";
        assert_eq!(read(text), [("max_jobs default".to_owned(), "`4`"), ("Gateway port default".to_owned(), "8080")]);
        assert_eq!(read("a | b\n---|---\nEmail quota | 5 GB\n"), [("Email quota b".to_owned(), "5 GB")]);
        assert_eq!(read("| a | b |\n| 1 | 2 |\n"), []);
    }
}
