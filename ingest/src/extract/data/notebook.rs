//! Jupyter notebooks: prose as it is, code in fences, what the code printed below it.

use serde_json::Value;

use crate::NoticeKind;
use crate::extract::blocks::{self, Blocks};
use crate::extract::reading::Reading;
use crate::extract::{ExtractLimits, encoding, markdown};

/// The most that is kept of what one cell printed, in bytes.
const MAX_OUTPUT: usize = 4_000;

/// Reads a notebook of format 3 or later.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let mut reading = Reading { notices: notice.into_iter().collect(), ..Reading::default() };
    let notebook: Value = match serde_json::from_str(&text) {
        Ok(notebook) => notebook,
        Err(error) => {
            reading.note(NoticeKind::Malformed, format!("the notebook is not valid JSON: {error}"));
            return reading;
        }
    };
    let cells = notebook.get("cells").or_else(|| notebook.pointer("/worksheets/0/cells")).and_then(Value::as_array);
    let Some(cells) = cells else {
        reading.note(NoticeKind::Malformed, "the notebook has no cells");
        return reading;
    };
    let metadata = |path: &str| notebook.pointer(path).and_then(Value::as_str);
    let language = metadata("/metadata/kernelspec/language").or(metadata("/metadata/language_info/name"));
    reading.title = metadata("/metadata/title").map(str::to_owned);
    let authors = notebook.pointer("/metadata/authors").and_then(Value::as_array).into_iter().flatten();
    reading.authors = authors.filter_map(|author| Some(author.get("name")?.as_str()?.to_owned())).collect();
    let mut blocks = Blocks::new(limits.max_text_bytes);
    for cell in cells {
        if blocks.is_full() {
            break;
        }
        let source = cell.get("source").or_else(|| cell.get("input")).map(joined).unwrap_or_default();
        match cell.get("cell_type").and_then(Value::as_str).unwrap_or_default() {
            "markdown" => blocks.block(&source),
            "heading" => {
                let rank = cell.get("level").and_then(Value::as_u64).unwrap_or(1) as usize;
                blocks.heading(rank, &source);
            }
            "code" => {
                let own = cell.get("language").and_then(Value::as_str);
                blocks.code(own.or(language).unwrap_or_default(), &source);
                for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
                    write_output(output, &mut blocks);
                }
            }
            _ => blocks.code("", &source),
        }
    }
    reading.text = blocks.into_text();
    reading.title = reading.title.take().or_else(|| markdown::first_heading(&reading.text));
    reading
}

/// What a cell printed or showed, where it is text.
fn write_output(output: &Value, blocks: &mut Blocks) {
    let data = output.get("data").unwrap_or(output);
    if let Some(shown) = data.get("text/markdown") {
        blocks.block(&joined(shown));
        return;
    }
    let shown = output.get("text").or_else(|| data.get("text/plain")).map(joined);
    let shown = shown.or_else(|| {
        let name = output.get("ename")?.as_str()?;
        Some(format!("{name}: {}", output.get("evalue").and_then(Value::as_str).unwrap_or_default()))
    });
    let Some(shown) = shown else { return };
    let end = shown.floor_char_boundary(MAX_OUTPUT);
    let cut = if end < shown.len() { "\n…" } else { "" };
    if let Some(code) = blocks::fenced("", &format!("{}{cut}", &shown[..end])) {
        blocks.block(&code);
    }
}

/// A text that may be written as a list of lines.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_in_order() {
        let notebook = r##"{"nbformat": 4, "metadata": {"kernelspec": {"language": "python"}, "authors": [{"name": "Ada"}]}, "cells": [
            {"cell_type": "markdown", "source": ["# Sieves\n", "\n", "Some *prose*."]},
            {"cell_type": "code", "source": "print(1)", "outputs": [
                {"output_type": "stream", "text": ["1\n"]},
                {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": "<Figure>"}},
                {"output_type": "error", "ename": "ValueError", "evalue": "no"}]},
            {"cell_type": "raw", "source": "raw"}]}"##;
        let reading = read(notebook.as_bytes(), ExtractLimits::default());
        assert_eq!(
            (reading.title.as_deref(), reading.authors.as_slice()),
            (Some("Sieves"), ["Ada".to_owned()].as_slice())
        );
        let expected = "# Sieves\n\nSome *prose*.\n\n```python\nprint(1)\n```\n\n```\n1\n```\n\n```\n<Figure>\n```\n\n```\nValueError: no\n```\n\n```\nraw\n```";
        assert_eq!(reading.text, expected);
        assert_eq!(read(b"{}", ExtractLimits::default()).notices[0].kind, NoticeKind::Malformed);
    }
}
