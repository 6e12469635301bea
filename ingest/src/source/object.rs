//! A document as a JSON object: `{"id"?, "text"|"markdown"|"html", "uri"?, "title"?, "modified_at"?, "authority"?,
//! "metadata"?}`. Crawlers add the `"headers"` of the answer a page came in; of these `Last-Modified` dates it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::{Map, Value};

use crate::extract::date;
use crate::{ContentHash, MediaType, Supplied};

/// What the object says.
pub(super) struct Object {
    /// Its `uri`, else its id, else what [`name_of`] calls it.
    pub(super) uri: String,
    /// Whether the object says what it is called. Otherwise its name is made of its text, and the same text has it too.
    pub(super) is_named: bool,
    /// By which of the three fields holds the text.
    pub(super) media_type: MediaType,
    /// The document itself.
    pub(super) text: String,
    /// Everything else; `id` is always there.
    pub(super) supplied: Supplied,
}

/// The fields a document may be in.
const TEXT_FIELDS: [(&str, MediaType); 3] =
    [("text", MediaType::PlainText), ("markdown", MediaType::Markdown), ("html", MediaType::Html)];

/// Reads one line. Fields it does not know are kept as metadata, for data sets have many.
///
/// The error is the sentence that says what is wrong and what was expected.
pub(super) fn parse(line: &[u8]) -> Result<Object, String> {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let mut fields: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Err("expected a JSON object such as {\"id\": \"a\", \"text\": \"…\"}".to_owned()),
        Err(error) => return Err(json_problem(&error)),
    };
    let stated = take_id(&mut fields)?;
    let (media_type, text) = take_text(&mut fields)?;
    let uri = take_string(&mut fields, "uri")?;
    let is_named = stated.is_some() || uri.is_some();
    let id = stated.or_else(|| uri.clone()).unwrap_or_else(|| name_of(media_type, &text));
    let uri = uri.unwrap_or_else(|| id.clone());
    let title = take_string(&mut fields, "title")?;
    let modified_at = take_date(&mut fields)?;
    let authority = take_authority(&mut fields)?;
    let served_at = fields.get("headers").and_then(last_modified);
    let metadata = take_metadata(&mut fields)?;
    let supplied = Supplied { id: Some(id), title, modified_at, committed_at: None, served_at, authority, metadata };
    Ok(Object { uri, is_named, media_type, text, supplied })
}

/// The id, under `id` or `_id`, a string or a whole number.
fn take_id(fields: &mut Map<String, Value>) -> Result<Option<String>, String> {
    match fields.remove("id").or_else(|| fields.remove("_id")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if !id.is_empty() => Ok(Some(id)),
        Some(Value::Number(id)) if !id.is_f64() => Ok(Some(id.to_string())),
        Some(other) => Err(format!("\"id\" is {}; expected a string or a whole number", shown(&other))),
    }
}

/// A name for a document that has none: by its text, so that it stays when lines come and go around it.
fn name_of(media_type: MediaType, text: &str) -> String {
    let hash = ContentHash::of(format!("{}\n{text}", media_type.name()).as_bytes()).to_string();
    format!("text-{}", &hash[..16])
}

/// The one field that holds the text.
fn take_text(fields: &mut Map<String, Value>) -> Result<(MediaType, String), String> {
    let mut found: Option<(&str, MediaType, String)> = None;
    for (name, media_type) in TEXT_FIELDS {
        match fields.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => match found {
                None => found = Some((name, media_type, text)),
                Some((first, ..)) => {
                    return Err(format!("has both {first:?} and {name:?}; expected one of them"));
                }
            },
            Some(other) => return Err(format!("{name:?} is {}; expected a string", shown(&other))),
        }
    }
    match found {
        Some((_, media_type, text)) => Ok((media_type, text)),
        None => Err("has no text; expected a string in \"text\", \"markdown\" or \"html\"".to_owned()),
    }
}

/// A string that may be missing, null or empty.
fn take_string(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
        Some(other) => Err(format!("{name:?} is {}; expected a string", shown(&other))),
    }
}

fn take_date(fields: &mut Map<String, Value>) -> Result<Option<Timestamp>, String> {
    let Some(stated) = take_string(fields, "modified_at")? else { return Ok(None) };
    match date::parse_iso(&stated) {
        Some(at) => Ok(Some(at)),
        None => {
            Err(format!("\"modified_at\" is {stated:?}; expected a date such as 2024-03-01 or 2024-03-01T10:00:00Z"))
        }
    }
}

/// `Last-Modified` of HTTP headers, whose names may be written in any case and whose values may be lists.
fn last_modified(headers: &Value) -> Option<Timestamp> {
    let (_, value) = headers.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case("last-modified"))?;
    let value = value.as_array().map_or(Some(value), |values| values.first())?;
    http_date(value.as_str()?)
}

/// A date of HTTP in any of the three forms that are to be read (RFC 9110, 5.6.7), or any other date without doubt.
fn http_date(written: &str) -> Option<Timestamp> {
    let of_form = |form: &str| civil::DateTime::strptime(form, written.trim()).ok();
    let old = of_form("%A, %d-%b-%y %H:%M:%S GMT").or_else(|| of_form("%a %b %e %H:%M:%S %Y"));
    date::parse(written).or_else(|| TimeZone::UTC.to_timestamp(old?).ok())
}

fn take_authority(fields: &mut Map<String, Value>) -> Result<Option<u8>, String> {
    match fields.remove("authority") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().and_then(|rank| u8::try_from(rank).ok()).filter(|&rank| rank <= 100) {
            Some(rank) => Ok(Some(rank)),
            None => Err(format!("\"authority\" is {}; expected a whole number from 0 to 100", shown(&value))),
        },
    }
}

/// `metadata` and every field left over; what `metadata` says goes first.
fn take_metadata(fields: &mut Map<String, Value>) -> Result<BTreeMap<String, Value>, String> {
    let stated = match fields.remove("metadata") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(stated)) => stated,
        Some(other) => return Err(format!("\"metadata\" is {}; expected an object", shown(&other))),
    };
    let mut metadata: BTreeMap<_, _> = std::mem::take(fields).into_iter().collect();
    metadata.extend(stated);
    Ok(metadata)
}

/// A value short enough for a message.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) if text.chars().count() > 40 => "a long string".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// The parser's complaint with the column it is about; its own "line 1" would mislead.
fn json_problem(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let complaint = message.split(" at line ").next().unwrap_or(&message);
    format!("is not valid JSON at column {}: {complaint}; expected one object a line", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_http_in_all_their_forms() {
        for written in ["Fri, 01 Mar 2024 10:20:30 GMT", "Friday, 01-Mar-24 10:20:30 GMT", "Fri Mar  1 10:20:30 2024"] {
            for headers in
                [serde_json::json!({"LAST-modified": written}), serde_json::json!({"last-modified": [written]})]
            {
                assert_eq!(last_modified(&headers), "2024-03-01T10:20:30Z".parse().ok(), "{written}");
            }
        }
        assert_eq!(last_modified(&serde_json::json!({"Last-Modified": "yesterday", "Date": "2024-03-01"})), None);
    }
}
