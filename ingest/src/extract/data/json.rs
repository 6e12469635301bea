//! JSON as a document: objects as sections and lists of fields, lists of objects as tables.

use serde_json::{Map, Value};

use crate::NoticeKind;
use crate::extract::blocks::{Blocks, escaped};
use crate::extract::date::{self, Event};
use crate::extract::reading::Reading;
use crate::extract::{ExtractLimits, encoding, language, office::properties};

/// A value of a table is no longer than this, in bytes: more is text.
const MAX_CELL: usize = 400;

/// The fields of a table's objects are no more than this.
const MAX_COLUMNS: usize = 30;

/// Longer strings are paragraphs, not values, in bytes.
const MAX_VALUE: usize = 200;

/// Reads a JSON file.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let mut reading = Reading { notices: notice.into_iter().collect(), ..Reading::default() };
    // The parser refuses what is nested deeper than 128.
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => {
            reading.note(NoticeKind::Malformed, format!("this is not valid JSON and was kept as text: {error}"));
            reading.text = text;
            return reading;
        }
    };
    if let Value::Object(fields) = &value {
        read_fields(fields, &mut reading);
    }
    let mut blocks = Blocks::new(limits.max_text_bytes);
    write(&value, 1, &mut blocks);
    reading.text = blocks.into_text();
    reading
}

/// What the outermost object says of itself.
fn read_fields(fields: &Map<String, Value>, reading: &mut Reading) {
    let text = |names: &[&str]| {
        let value = names.iter().find_map(|name| fields.get(*name)?.as_str())?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    reading.title = text(&["title", "headline", "name"]);
    reading.authors = text(&["author", "creator"]).into_iter().collect();
    reading.language = text(&["language", "lang"]).and_then(|tag| language::from_tag(&tag));
    for (names, event) in [
        (&["modified_at", "updated_at", "dateModified", "updated", "modified", "last_modified"], Event::Modified),
        (&["published_at", "created_at", "datePublished", "published", "created", "date"], Event::Published),
    ] {
        if let Some(written) = text(names).filter(|written| date::parse(written).is_some()) {
            properties::keep_date(names[0], &written, event, reading);
        }
    }
}

/// Writes a value that stands by itself under headings of `rank`.
fn write(value: &Value, rank: usize, blocks: &mut Blocks) {
    if blocks.is_full() {
        return;
    }
    match value {
        Value::Object(fields) => write_object(fields, rank, blocks),
        Value::Array(items) => write_list(items, rank, blocks),
        Value::String(text) => blocks.block(&prose(text)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => blocks.paragraph(&value.to_string()),
    }
}

/// The short fields as a list, then the long ones as sections.
fn write_object(fields: &Map<String, Value>, rank: usize, blocks: &mut Blocks) {
    for (name, value) in fields {
        if let Some(shown) = short(value, MAX_VALUE) {
            blocks.item(0, "-", &format!("{}: {shown}", escaped(name)));
        }
    }
    for (name, value) in fields {
        if blocks.is_full() {
            return;
        }
        if short(value, MAX_VALUE).is_none() && !is_empty(value) {
            blocks.heading(rank, &escaped(name));
            write(value, rank + 1, blocks);
        }
    }
}

/// A table where the items are alike, a list where they are short, else one after the other.
fn write_list(items: &[Value], rank: usize, blocks: &mut Blocks) {
    if let Some(rows) = rows(items) {
        blocks.table(rows);
        return;
    }
    for (index, item) in items.iter().enumerate() {
        if blocks.is_full() {
            return;
        }
        if let Some(shown) = short(item, usize::MAX) {
            blocks.item(0, "-", &shown);
            continue;
        }
        if let Value::Object(fields) = item {
            let title =
                ["title", "headline", "name", "id", "key"].iter().find_map(|name| short(fields.get(*name)?, MAX_VALUE));
            blocks.heading(rank, &title.unwrap_or_else(|| (index + 1).to_string()));
            write_object(fields, rank + 1, blocks);
        } else {
            write(item, rank, blocks);
        }
    }
}

/// The rows of a list of flat objects, their fields first.
fn rows(items: &[Value]) -> Option<Vec<Vec<String>>> {
    let mut columns: Vec<&str> = Vec::new();
    for item in items {
        for (name, value) in item.as_object()? {
            if !is_empty(value) && short(value, MAX_CELL).is_none() {
                return None;
            }
            if !columns.contains(&name.as_str()) {
                columns.push(name);
            }
            if columns.len() > MAX_COLUMNS {
                return None;
            }
        }
    }
    if items.len() < 2 || columns.len() < 2 {
        return None;
    }
    let header = columns.iter().map(|name| escaped(name)).collect();
    let cell = |item: &Value, name: &str| item.get(name).and_then(|value| short(value, MAX_CELL)).unwrap_or_default();
    let row = |item: &Value| columns.iter().map(|name| cell(item, name)).collect();
    Some(std::iter::once(header).chain(items.iter().map(row)).collect())
}

/// A value that fits on a line; none where it does not or says nothing.
fn short(value: &Value, most: usize) -> Option<String> {
    match value {
        Value::String(text) if text.len() <= most && !text.trim().contains('\n') => {
            Some(escaped(text.trim())).filter(|shown| !shown.is_empty())
        }
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) => {
            let flat = |item: &Value| if item.is_array() { None } else { short(item, most) };
            let shown: Option<Vec<String>> = items.iter().map(flat).collect();
            shown.map(|shown| shown.join(", ")).filter(|shown| !shown.is_empty() && shown.len() <= most.min(MAX_VALUE))
        }
        Value::String(_) | Value::Null | Value::Object(_) => None,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A long string: its paragraphs, which may well be Markdown, as they are.
fn prose(text: &str) -> String {
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        read(json.as_bytes(), ExtractLimits::default()).text
    }

    #[test]
    fn objects_lists_and_tables() {
        insta::assert_snapshot!(text(
            r#"{"name": "Mill *1*", "open": true, "tags": ["flour", "bran"], "note": null,
                "parts": [{"part": "bran", "size": 1}, {"part": "a|b", "kind": "x"}],
                "about": "The mill stands.\n\nIt turns.",
                "nested": {"deep": {"list": [[1, 2], {"title": "T", "text": "a\nb"}]}}}"#
        ), @r"
        - name: Mill \*1\*
        - open: true
        - tags: flour, bran

        # parts

        | part | size | kind |
        |---|---|---|
        | bran | 1 |  |
        | a\|b |  | x |

        # about

        The mill stands.

        It turns.

        # nested

        ## deep

        ### list

        - 1, 2

        #### T

        - title: T

        ##### text

        a
        b
        ");
    }

    #[test]
    fn what_is_no_json_is_text_with_a_notice() {
        for json in ["{\"a\": ", "[1, 2", &"[".repeat(1_000)] {
            let reading = read(json.as_bytes(), ExtractLimits::default());
            assert_eq!((reading.text.as_str(), reading.notices[0].kind), (json, NoticeKind::Malformed));
        }
    }
}
