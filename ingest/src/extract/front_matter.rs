//! Front matter: what a Markdown file says about itself before its text.

use serde_json::{Map, Number, Value};

use super::date::{self, Event, StatedDate};
use super::language;
use super::reading::Reading;
use crate::{DateSource, Notice, NoticeKind};

/// Longer than this it is text between two rules, in bytes.
const MAX: usize = 64 << 10;

/// A block that may be front matter.
pub(super) struct Front<'a> {
    syntax: Syntax,
    block: &'a str,
    /// Where the text after it starts.
    pub(super) end: usize,
}

/// How front matter is written.
#[derive(Debug, Clone, Copy)]
enum Syntax {
    Yaml,
    Toml,
}

/// Finds the block between the first line `---` (or `+++`) and the next such line; YAML may end with `...` too.
pub(super) fn split(text: &str) -> Option<Front<'_>> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    let syntax = match first.trim_end() {
        "---" => Syntax::Yaml,
        "+++" => Syntax::Toml,
        _ => return None,
    };
    let mut at = first.len();
    for line in lines {
        let closes = match syntax {
            Syntax::Yaml => matches!(line.trim_end(), "---" | "..."),
            Syntax::Toml => line.trim_end() == "+++",
        };
        if closes {
            return Some(Front { syntax, block: &text[first.len()..at], end: at + line.len() });
        }
        at += line.len();
        if at > MAX {
            return None;
        }
    }
    None
}

/// Reads the block; `None` where it is text between two thematic breaks after all.
///
/// The error is the notice to give where the block means to be front matter and is broken.
pub(super) fn parse(front: &Front<'_>) -> Result<Option<Map<String, Value>>, Notice> {
    let read = match front.syntax {
        Syntax::Yaml => match serde_yaml_ng::from_str(front.block) {
            Ok(serde_yaml_ng::Value::Mapping(fields)) => Ok(Some(from_yaml_mapping(fields))),
            Ok(serde_yaml_ng::Value::Null) => Ok(Some(Map::new())),
            Ok(_) => Ok(None),
            Err(error) => Err(error.to_string()),
        },
        Syntax::Toml => match toml::from_str::<toml::Table>(front.block) {
            Ok(fields) => Ok(Some(fields.into_iter().map(|(key, value)| (key, from_toml(value))).collect())),
            Err(error) => Err(error.message().to_owned()),
        },
    };
    match read {
        Ok(fields) => Ok(fields),
        Err(_) if !looks_like_fields(front.block) => Ok(None),
        Err(problem) => {
            let language = match front.syntax {
                Syntax::Yaml => "YAML",
                Syntax::Toml => "TOML",
            };
            let detail = format!("the front matter is not valid {language} and was kept as text: {problem}");
            Err(Notice { kind: NoticeKind::BadFrontMatter, detail, span: Some((0..front.end).into()) })
        }
    }
}

/// Hands each field to where it belongs; what has no place of its own becomes metadata.
pub(super) fn apply(fields: Map<String, Value>, reading: &mut Reading) {
    let mut owners = Vec::new();
    for (key, value) in fields {
        let plain: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        let kept = match plain.as_str() {
            "title" => match as_text(&value) {
                Some(title) => {
                    reading.title = Some(title);
                    None
                }
                None => Some(value),
            },
            "author" | "authors" => {
                reading.authors.extend(names(&value));
                if reading.authors.is_empty() { Some(value) } else { None }
            }
            // Kept as a field of its own too: owners are counted by.
            "owner" | "owners" | "maintainer" | "maintainers" => {
                owners.extend(names(&value));
                Some(value)
            }
            "lang" | "language" | "locale" => match as_text(&value).and_then(|tag| language::from_tag(&tag)) {
                Some(language) => {
                    reading.language = Some(language);
                    None
                }
                None => Some(value),
            },
            "date" | "published" | "publishedat" | "publishdate" | "publisheddate" | "pubdate" | "datepublished"
            | "created" | "createdat" => keep_date(&key, value, Event::Published, reading),
            "updated" | "updatedat" | "lastupdated" | "lastupdate" | "lastmod" | "lastmodified" | "lastmodifiedat"
            | "modified" | "modifiedat" | "datemodified" | "dateupdated" | "msdate" | "revised" | "lastrevised"
            | "reviewed" | "reviewedat" | "lastreviewed" | "lastreview" | "verified" | "lastverified" => {
                keep_date(&key, value, Event::Modified, reading)
            }
            _ => Some(value),
        };
        if let Some(value) = kept {
            reading.metadata.insert(key, value);
        }
    }
    for owner in owners {
        if !reading.authors.contains(&owner) {
            reading.authors.push(owner);
        }
    }
}

/// Takes a date; gives the value back where it is none.
fn keep_date(key: &str, value: Value, event: Event, reading: &mut Reading) -> Option<Value> {
    let Some(written) = as_text(&value) else { return Some(value) };
    let at = date::parse(&written);
    if at.is_none() && !date::looks_like_date(&written) {
        return Some(value);
    }
    let (source, field) = (DateSource::FrontMatter, key.to_owned());
    reading.dates.push(StatedDate { event, source, field, written, at, span: None });
    None
}

/// Whether the first line that says anything is a field.
fn looks_like_fields(block: &str) -> bool {
    let first =
        block.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    let key = first.split([':', '=']).next().unwrap_or_default().trim_end();
    key.len() < first.len()
        && !key.is_empty()
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'"' | b'\''))
}

/// A string, or a number written out.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The names in a string, in a list of strings, or in objects with a `name`.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(names) => names.split(';').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect(),
        Value::Array(list) => list.iter().flat_map(names).collect(),
        Value::Object(person) => person.get("name").map(names).unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn from_yaml_mapping(mapping: serde_yaml_ng::Mapping) -> Map<String, Value> {
    mapping.into_iter().filter_map(|(key, value)| Some((as_text(&from_yaml(key))?, from_yaml(value)))).collect()
}

fn from_yaml(value: serde_yaml_ng::Value) -> Value {
    match value {
        serde_yaml_ng::Value::Null => Value::Null,
        serde_yaml_ng::Value::Bool(bool) => Value::Bool(bool),
        serde_yaml_ng::Value::Number(number) => number
            .as_i64()
            .map(Number::from)
            .or_else(|| number.as_u64().map(Number::from))
            .or_else(|| number.as_f64().and_then(Number::from_f64))
            .map_or(Value::Null, Value::Number),
        serde_yaml_ng::Value::String(text) => Value::String(text),
        serde_yaml_ng::Value::Sequence(list) => Value::Array(list.into_iter().map(from_yaml).collect()),
        serde_yaml_ng::Value::Mapping(mapping) => Value::Object(from_yaml_mapping(mapping)),
        serde_yaml_ng::Value::Tagged(tagged) => from_yaml(tagged.value),
    }
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        toml::Value::Boolean(bool) => Value::Bool(bool),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(list) => Value::Array(list.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
        }
    }
}
