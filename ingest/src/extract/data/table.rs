//! Values separated by commas, tabs or the like.

use csv::ReaderBuilder;

use crate::NoticeKind;
use crate::extract::blocks::{self, escaped};
use crate::extract::reading::Reading;
use crate::extract::{ExtractLimits, encoding};

/// How many lines are looked at to tell what separates the values.
const SAMPLE_LINES: usize = 20;

/// Reads a table. `separator` is what the format says, if it does.
pub(in crate::extract) fn read(bytes: &[u8], separator: Option<u8>, limits: ExtractLimits) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let mut reading = Reading { notices: notice.into_iter().collect(), ..Reading::default() };
    // Excel begins with a line that names the separator.
    let named = text.lines().next().and_then(|line| line.strip_prefix("sep=")).and_then(|rest| rest.bytes().next());
    let body = if named.is_some() { text.split_once('\n').map_or("", |(_, body)| body) } else { &text };
    let separator = named.or(separator).unwrap_or_else(|| likely_separator(body));
    let mut records =
        ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(body.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut size = 0;
    for record in records.records() {
        match record {
            Ok(record) => {
                size += record.as_slice().len() + 4 * record.len();
                rows.push(record.iter().map(escaped).collect());
            }
            Err(error) => {
                reading.note(NoticeKind::Malformed, format!("the table cannot be read to its end: {error}"));
                break;
            }
        }
        if size > limits.max_text_bytes {
            break;
        }
    }
    if let Some(said) = ragged(&rows) {
        reading.note(NoticeKind::RaggedTable, said);
    }
    if rows.first().is_some_and(|row| !is_header(row)) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        rows.insert(0, vec![String::new(); columns]);
    }
    reading.text = blocks::table(rows).unwrap_or_default();
    reading
}

/// What is wrong with rows of which some have more values than the first one names, as a separator inside a value makes.
/// Values left out at the end of a row are common, and nothing is moved by them.
fn ragged(rows: &[Vec<String>]) -> Option<String> {
    let header = rows.first().filter(|row| is_header(row))?;
    let filled = |row: &[String]| row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    let first = rows.iter().position(|row| filled(row) > header.len())?;
    let longer = rows.iter().filter(|row| filled(row) > header.len()).count();
    let more = if longer == 1 { String::new() } else { format!(" and {} more", longer - 1) };
    Some(format!("row {}{more} of {} has more values than the {} columns", first + 1, rows.len(), header.len()))
}

/// Whether a first row names the columns: nothing in it is a number or missing.
fn is_header(row: &[String]) -> bool {
    row.iter().all(|cell| !cell.trim().is_empty() && cell.trim().parse::<f64>().is_err())
}

/// The separator that cuts most of the first lines into the same number of values, and into most of them.
fn likely_separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let mut reader =
            ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
        let widths: Vec<usize> =
            reader.records().take(SAMPLE_LINES).filter_map(Result::ok).map(|record| record.len()).collect();
        let first = widths.first().copied().unwrap_or(1);
        let alike = widths.iter().filter(|&&width| width == first).count();
        if first < 2 { 0 } else { alike * 100 / widths.len().max(1) * 1_000 + first.min(999) }
    };
    // The first of the best: a comma where nothing tells.
    let mut best = (score(b','), b',');
    for separator in [b';', b'\t', b'|'] {
        let next = score(separator);
        if next > best.0 {
            best = (next, separator);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(table: &str) -> String {
        read(table.as_bytes(), None, ExtractLimits::default()).text
    }

    #[test]
    fn rows_with_more_values_than_columns_are_told() {
        let told = |table: &str| {
            let reading = read(table.as_bytes(), None, ExtractLimits::default());
            reading.notices.iter().any(|notice| notice.kind == NoticeKind::RaggedTable)
        };
        assert!(told("day,name,mass\n1,nuts,2\n2,pellets, 16 %,3\n"));
        assert!(!told("day,name,mass\n1,nuts,2\n2,pellets\n3,mash,4,\n"));
    }

    #[test]
    fn tables() {
        let cases = [
            ("a,b\n1,\"x, y\"\n", "| a | b |\n|---|---|\n| 1 | x, y |"),
            ("a;b\n1,5;x|y\n", "| a | b |\n|---|---|\n| 1,5 | x\\|y |"),
            ("sep=|\na|b\n\"two\nlines\"|*\n", "| a | b |\n|---|---|\n| two lines | \\* |"),
            ("1\t2\n3\t4\n", "|  |  |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"),
            ("a,b\n1\n2,3,4\n", "| a | b |  |\n|---|---|---|\n| 1 |  |  |\n| 2 | 3 | 4 |"),
            ("", ""),
        ];
        for (table, expected) in cases {
            assert_eq!(text(table), expected, "{table:?}");
        }
    }
}
