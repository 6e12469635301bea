//! Front matter: what a Markdown file says about itself before its text.

use jiff::Timestamp;
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

/// Finds the block between the first line `---` (or `+++`) and the next such line; YAML may end with `...` too. Blank
/// lines may stand above it.
pub(super) fn split(text: &str) -> Option<Front<'_>> {
    let start: usize = text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next()?;
    let syntax = match first.trim_end() {
        "---" => Syntax::Yaml,
        "+++" => Syntax::Toml,
        _ => return None,
    };
    let from = start + first.len();
    let mut at = from;
    for line in lines {
        let closes = match syntax {
            Syntax::Yaml => matches!(line.trim_end(), "---" | "..."),
            Syntax::Toml => line.trim_end() == "+++",
        };
        if closes {
            return Some(Front { syntax, block: &text[from..at], end: at + line.len() });
        }
        at += line.len();
        if at > MAX {
            return None;
        }
    }
    None
}

/// Reads the block; `None` where it is text between two thematic breaks after all. Where it means to be front matter
/// and is broken, what its lines say by themselves is read, and a notice given.
pub(super) fn parse(front: &Front<'_>, notices: &mut Vec<Notice>) -> Option<Map<String, Value>> {
    let (language, problem) = match front.syntax {
        Syntax::Yaml => match serde_yaml_ng::from_str(front.block) {
            Ok(serde_yaml_ng::Value::Mapping(fields)) => return Some(from_yaml_mapping(fields)),
            Ok(serde_yaml_ng::Value::Null) => return Some(Map::new()),
            Ok(_) => return None,
            Err(error) => ("YAML", error.to_string()),
        },
        Syntax::Toml => match toml::from_str::<toml::Table>(front.block) {
            Ok(fields) => return Some(fields.into_iter().map(|(key, value)| (key, from_toml(value))).collect()),
            Err(error) => ("TOML", error.message().to_owned()),
        },
    };
    if !looks_like_fields(front.block) {
        return None;
    }
    let detail = format!("the front matter is not valid {language} and was read line by line: {problem}");
    notices.push(Notice { kind: NoticeKind::BadFrontMatter, detail, span: None });
    Some(line_by_line(front))
}

/// The fields of lines that each stand for themselves; of equal ones the first. What is set in belongs to a field that
/// cannot be told.
fn line_by_line(front: &Front<'_>) -> Map<String, Value> {
    let mark = match front.syntax {
        Syntax::Yaml => ':',
        Syntax::Toml => '=',
    };
    let mut fields = Map::new();
    for line in front.block.lines().filter(|line| !line.starts_with([' ', '\t', '#', '-', '['])) {
        let Some((key, value)) = line.split_once(mark) else { continue };
        let key = key.trim().trim_matches(['"', '\'']);
        if key.is_empty() || (mark == ':' && !value.is_empty() && !value.starts_with([' ', '\t'])) {
            continue;
        }
        if let Some(value) = value_of_line(value.trim()) {
            fields.entry(key).or_insert(value);
        }
    }
    fields
}

/// A value by itself: as YAML reads it, or its words where it makes no sense of them. Lists that go on below are none.
fn value_of_line(written: &str) -> Option<Value> {
    let is_nested = written.starts_with(['[', '{']);
    match serde_yaml_ng::from_str(written).map(from_yaml) {
        // "Berths: how to book" are words.
        Ok(Value::Object(_)) if !is_nested => Some(Value::String(written.to_owned())),
        Ok(Value::Null) => None,
        Ok(Value::String(words)) if words.is_empty() => None,
        Ok(value) => Some(value),
        Err(_) if is_nested => None,
        Err(_) => Some(Value::String(unquoted(written).to_owned())),
    }
}

/// The words without the quotation marks around them.
fn unquoted(written: &str) -> &str {
    let open = written.chars().next().filter(|mark| matches!(mark, '"' | '\''));
    match open.and_then(|mark| Some((mark, written.strip_prefix(mark)?))) {
        Some((mark, rest)) => rest.strip_suffix(mark).unwrap_or(rest),
        None => written,
    }
}

/// Hands each field to where it belongs; what has no place of its own becomes metadata.
pub(super) fn apply(fields: Map<String, Value>, reading: &mut Reading) {
    let mut owners = Vec::new();
    for (key, value) in fields {
        let plain = plain(&key);
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
            name => match event_of(name) {
                Some(event) => keep_dates(&key, value, event, reading),
                None => Some(value),
            },
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

/// A name in small letters and digits, however it is put together.
fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What the field of this name is the date of, if it is one.
fn event_of(plain: &str) -> Option<Event> {
    match plain {
        "date" | "dates" | "published" | "publishedat" | "publishedon" | "publishdate" | "publisheddate"
        | "publicationdate" | "pubdate" | "datepublished" | "created" | "createdat" | "createdon" | "createddate"
        | "creationdate" | "datecreated" | "posted" | "postedon" | "dateposted" | "releasedate" | "effectivedate" => {
            Some(Event::Published)
        }
        "updated" | "updatedat" | "updatedon" | "updatedate" | "lastupdated" | "lastupdatedon" | "lastupdate"
        | "lastmod" | "lastmodified" | "lastmodifiedat" | "lastmodifiedon" | "modified" | "modifiedat"
        | "modifiedon" | "modificationdate" | "datemodified" | "dateupdated" | "changedate" | "msdate" | "revised"
        | "lastrevised" | "revisiondate" | "reviewed" | "reviewedat" | "reviewedon" | "lastreviewed"
        | "lastreviewedon" | "lastreview" | "verified" | "lastverified" => Some(Event::Modified),
        _ => None,
    }
}

/// Whether the field names the day from which something applies, which may lie ahead.
pub(super) fn may_lie_ahead(field: &str) -> bool {
    plain(field) == "effectivedate"
}

/// Takes a date, or those in fields within it, as in `date: {created: …, updated: …}`; gives back what is none.
fn keep_dates(key: &str, value: Value, event: Event, reading: &mut Reading) -> Option<Value> {
    let Value::Object(fields) = value else { return keep_date(key, value, event, reading) };
    let mut rest = Map::new();
    for (name, value) in fields {
        let kept = match event_of(&plain(&name)) {
            Some(event) => keep_date(&format!("{key}.{name}"), value, event, reading),
            None => Some(value),
        };
        rest.extend(kept.map(|value| (name, value)));
    }
    (!rest.is_empty()).then_some(Value::Object(rest))
}

/// Takes a date; gives the value back where it is none.
fn keep_date(key: &str, value: Value, event: Event, reading: &mut Reading) -> Option<Value> {
    let Some(written) = as_text(&value) else { return Some(value) };
    let at = unix_seconds(&written).or_else(|| date::parse(&written));
    if at.is_none() && !date::looks_like_date(&written) {
        return Some(value);
    }
    let (source, field) = (DateSource::FrontMatter, key.to_owned());
    reading.dates.push(StatedDate { event, source, field, written, at, span: None });
    None
}

/// Seconds since 1970 of at least nine digits: fewer may be a year, or a day without hyphens.
fn unix_seconds(written: &str) -> Option<Timestamp> {
    let is_count = matches!(written.len(), 9 | 10) && written.bytes().all(|b| b.is_ascii_digit());
    if is_count { Timestamp::from_second(written.parse().ok()?).ok() } else { None }
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

#[cfg(test)]
mod tests {
    use super::super::markdown;
    use super::*;

    /// The dates of a file with this front matter, with what they are of.
    fn dates(front: &str) -> Vec<(Event, String)> {
        let reading = markdown::read(format!("---\n{front}\n---\nText.\n").as_bytes());
        let day = |at: Timestamp| at.to_string()[..10].to_owned();
        reading.dates.iter().filter_map(|date| Some((date.event, day(date.at?)))).collect()
    }

    #[test]
    fn broken_front_matter_is_read_line_by_line() {
        let cases = [
            ("title: Berths: how to book\ndate: 2024-05-06", "Berths: how to book"),
            ("title: Berths\ndate: 2024-05-06\ntitle: Other\ndate: 2020-01-01", "Berths"),
            (
                "title: \"The \"fine\" sieve\"\ntags:\n  - a\n  title: no\n# x: y\ndate: 2024-05-06",
                "The \"fine\" sieve",
            ),
            ("title: @mill/sieve\nowner: [broken\ndate: 2024-05-06", "@mill/sieve"),
            ("title: 'Berths'\nkind: a: b\ndate: 2024-05-06 # booked", "Berths"),
        ];
        for (front, title) in cases {
            for above in ["", "\n", "\r\n \n"] {
                let reading = markdown::read(format!("{above}---\n{front}\n---\n# Text\n").as_bytes());
                assert_eq!(reading.title.as_deref(), Some(title), "{front}");
                assert_eq!(reading.text, "# Text\n", "{front}");
                let days: Vec<&str> = reading.dates.iter().map(|date| date.written.as_str()).collect();
                assert_eq!(days, ["2024-05-06"], "{front}");
                assert_eq!(reading.notices.len(), 1, "{front}");
                assert_eq!(reading.notices[0].kind, NoticeKind::BadFrontMatter);
                assert!(reading.notices[0].detail.contains("line by line"), "{}", reading.notices[0].detail);
            }
        }
        let reading = markdown::read(b"+++\ntitle = \"Berths\"\ndate = 6th of May\ndate = 2024-05-06\n+++\nText\n");
        assert_eq!((reading.title.as_deref(), reading.text.as_str()), (Some("Berths"), "Text\n"));
    }

    #[test]
    fn blank_lines_may_stand_above() {
        let reading = markdown::read(b"\n---\ntitle: Berths\n---\nText\n");
        assert_eq!((reading.title.as_deref(), reading.text.as_str()), (Some("Berths"), "Text\n"));
        assert_eq!(reading.line_offset, Some(4));
        let text = "\nText\n\n---\ntitle: Berths\n---\n";
        assert_eq!(markdown::read(text.as_bytes()).text, text);
    }

    #[test]
    fn dates_by_many_names() {
        use Event::{Modified, Published};
        let names = [
            ("updated_on", Modified),
            ("Last-Reviewed On", Modified),
            ("modification_date", Modified),
            ("revisionDate", Modified),
            ("change date", Modified),
            ("date_modified", Modified),
            ("date_created", Published),
            ("posted", Published),
            ("Release-Date", Published),
            ("effective_date", Published),
        ];
        for (name, event) in names {
            assert_eq!(dates(&format!("{name}: 2024-05-06")), [(event, "2024-05-06".to_owned())], "{name}");
        }
        for written in ["1714953600", "6 mai 2024", "6. Mai 2024", "2024年5月6日", "6 de mayo de 2024", "May 6, 2024"]
        {
            assert_eq!(dates(&format!("date: {written}")), [(Published, "2024-05-06".to_owned())], "{written}");
        }
        for written in ["2024", "'2024'", "6", "12345678901", "soon", "{year: 2024}"] {
            assert_eq!(dates(&format!("date: {written}")), [], "{written}");
        }
    }

    #[test]
    fn dates_within_a_date() {
        let front = "date:\n  created: 2024-01-02\n  updated: 2024-05-06\n  by: Ada";
        let expected = [(Event::Published, "2024-01-02".to_owned()), (Event::Modified, "2024-05-06".to_owned())];
        assert_eq!(dates(front), expected);
        let reading = markdown::read(format!("---\n{front}\n---\n").as_bytes());
        assert_eq!(reading.metadata["date"], serde_json::json!({ "by": "Ada" }));
    }
}
