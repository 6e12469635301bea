//! Columns of private particulars: a table whose header says that dates of birth, home addresses or the like stand below.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::Reading;
use super::secret::cells;
use crate::outline::BlockKind;
use crate::pattern::exact_pattern;
use crate::{Finding, Rule, Severity};

/// What heads such a column, `_` and `-` read as spaces.
static PRIVATE: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"(?i)^(?:date of birth|birth ?date|birthday|dob|born|(?:home|private|residential) (?:address|phone|telephone|number|mobile)|lives at|(?:parent|guardian|next of kin)s?'?s? (?:mobile|phone|number|telephone|address)|(?:medical|health)(?: notes?| conditions?| information)?|diagnosis|allergies|ssn|social security(?: number)?|national insurance(?: number)?|passport(?: (?:number|no\.?))?|iban|bank account(?: number)?|salary|religion)$",
    )
});

/// Fewest filled cells below such a header: one may show what goes there.
const FEWEST: usize = 2;

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let tables = reading.outline.blocks.iter().filter(|block| block.kind == BlockKind::Table);
    tables.filter_map(|block| private_columns(reading, block.span)).collect()
}

fn private_columns(reading: &Reading<'_>, table: ByteSpan) -> Option<Finding> {
    let mut at = table.start();
    let rows: Vec<Vec<ByteSpan>> = reading
        .at(table)
        .split_inclusive('\n')
        .map(|line| {
            let row = cells(line, at);
            at += line.len();
            row
        })
        .collect();
    let header = rows.first()?;
    let mut names = Vec::new();
    let mut spans = Vec::new();
    for (column, &head) in header.iter().enumerate() {
        let name = reading.at(head).replace(['_', '-'], " ").to_lowercase();
        let below = rows.iter().skip(2).filter_map(|row| row.get(column)).copied();
        let filled: Vec<ByteSpan> = below.filter(|&cell| is_filled(reading.at(cell))).collect();
        if PRIVATE.is_match(name.trim()) && filled.len() >= FEWEST {
            names.push(name.trim().to_owned());
            spans.extend(filled);
        }
    }
    // What an interface calls its fields stands in such tables as well, with a type beside each.
    let told = !names.is_empty() && names_people(reading, header, &rows);
    spans.sort_unstable_by_key(|span| span.start());
    told.then(|| {
        let what = names.join(", ");
        let message = format!("A table holds private particulars of several people: {what}.");
        Finding::new(Rule::PersonalData, message, spans, format!("[redacted: {what}]")).at(Severity::Warn)
    })
}

/// Whether the cell says something.
fn is_filled(cell: &str) -> bool {
    cell.chars().any(char::is_alphanumeric) && !matches!(cell.to_lowercase().as_str(), "none" | "n/a" | "no" | "yes")
}

/// Whether one of the columns names people: most of its cells are two words or more, each with a capital.
fn names_people(reading: &Reading<'_>, header: &[ByteSpan], rows: &[Vec<ByteSpan>]) -> bool {
    let is_name = |cell: &str| {
        let words: Vec<&str> = cell.split_whitespace().collect();
        let capital =
            |word: &&str| word.starts_with(char::is_uppercase) && !word.contains(|c: char| c.is_ascii_digit());
        (2..=4).contains(&words.len()) && words.iter().all(capital)
    };
    (0..header.len()).any(|column| {
        let cells: Vec<&str> =
            rows.iter().skip(2).filter_map(|row| row.get(column)).map(|&at| reading.at(at)).collect();
        cells.len() >= FEWEST && cells.iter().filter(|cell| is_name(cell)).count() * 4 >= cells.len() * 3
    })
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    fn is_private(text: &str) -> bool {
        rules(text).contains(&Rule::PersonalData)
    }

    #[test]
    fn columns_of_particulars_of_people_are_found() {
        assert!(is_private(
            "# Trip\n\n| Pupil | birth_date | Bus |\n|---|---|---|\n| Ada Moss | 2014-03-09 | 1 |\n| Jon Reed | 2013-11-27 | 2 |\n"
        ));
        assert!(is_private(
            "# Calls\n\n| Name | Mobile | Lives at |\n|---|---|---|\n| Ada Moss | none | Mill End |\n| Jon Reed | none | The Row |\n"
        ));
    }

    #[test]
    fn fields_of_an_interface_and_single_examples_are_not() {
        assert!(!is_private(
            "# Fields\n\n| Field | Birth date | Type |\n|---|---|---|\n| user | `yes` | text |\n| guest | `no` | text |\n"
        ));
        assert!(!is_private("# Form\n\n| Name | Date of birth |\n|---|---|\n| Ada Moss | 1 May 1980 |\n"));
        assert!(!is_private("# Staff\n\n| Name | Room |\n|---|---|\n| Ada Moss | 12 |\n| Jon Reed | 14 |\n"));
    }
}
