//! The header of an `AsciiDoc` file, and titles of two lines.

use super::asciidoc::is_delimiter;
use crate::DateSource;
use crate::extract::date::{self, Event, StatedDate};
use crate::extract::language;
use crate::extract::reading::Reading;

/// What titles are underlined with, by rank.
const UNDERLINES: [char; 5] = ['=', '-', '~', '^', '+'];

/// How much longer or shorter than its title an underline may be.
const MAX_UNEVEN: usize = 2;

/// The title of the document where these lines begin with it, and how many lines it takes.
pub(super) fn document_title<'a>(lines: &[&'a str]) -> Option<(&'a str, usize)> {
    let line = *lines.first()?;
    let underlined = || (underlined(lines) == Some(1)).then_some((line, 2));
    line.strip_prefix("= ").map(|title| (title, 1)).or_else(underlined)
}

/// The rank of the title that these lines begin with where the second is its underline.
pub(super) fn underlined(lines: &[&str]) -> Option<usize> {
    let [title, line, behind @ ..] = lines else { return None };
    let mark = line.chars().next()?;
    let rank = UNDERLINES.iter().position(|known| *known == mark)? + 1;
    let is_title = !title.starts_with(['.', '[', ':', ' ', '\t'])
        && title.chars().any(char::is_alphabetic)
        && !is_delimiter(title);
    let is_even = title.chars().count().abs_diff(line.len()) <= MAX_UNEVEN;
    // Four marks below a short line are as like the upper end of a block, which goes on at once.
    let is_apart = line.len() > 4 || behind.first().is_none_or(|next| next.is_empty());
    (line.len() >= 3 && line.chars().all(|c| c == mark) && is_title && is_even && is_apart).then_some(rank)
}

/// Whether the line below the authors tells version and date.
pub(super) fn is_revision(line: &str) -> bool {
    line.starts_with('v') || line.contains(',') || date::parse(without_remark(line)).is_some()
}

/// Keeps the date of `v1.2, 2024-05-06: Second printing`, which may have commas of its own.
pub(super) fn keep_revision(line: &str, reading: &mut Reading) {
    let behind_version = line.split_once(',').map(|(_, behind)| behind);
    let parts = std::iter::once(line).chain(behind_version).chain(line.split([',', ';']));
    let date = parts.map(|part| without_remark(part).trim()).find(|part| date::parse(part).is_some());
    if let Some(date) = date {
        keep_date("revision", date, Event::Modified, reading);
    }
}

/// The line up to the colon that no digit follows, as one of a time of day.
fn without_remark(line: &str) -> &str {
    let is_end = |at: usize| !line[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    line.match_indices(':').map(|(at, _)| at).find(|&at| is_end(at)).map_or(line, |at| &line[..at])
}

/// What an attribute of the header says of the document.
pub(super) fn property(name: &str, value: &str, reading: &mut Reading) {
    match name {
        "author" => reading.authors.extend(authors(value)),
        "revdate" | "updated" | "last-updated" => keep_date(name, value, Event::Modified, reading),
        "date" | "docdate" | "published" => keep_date(name, value, Event::Published, reading),
        "lang" => reading.language = language::from_tag(value),
        "title" | "doctitle" => reading.title = Some(value.to_owned()),
        "description" | "keywords" | "revnumber" | "tags" | "category" => {
            reading.metadata.insert(name.to_owned(), serde_json::Value::String(value.to_owned()));
        }
        _ => {}
    }
}

pub(super) fn starts_like_authors(line: &str) -> bool {
    line.starts_with(char::is_uppercase) && !line.ends_with('.') && line.len() < 300 && !line.contains("::")
}

/// `Ada King <ada@x.org>; Bo Li`.
pub(super) fn authors(line: &str) -> Vec<String> {
    let name = |author: &str| author.split('<').next().unwrap_or_default().trim().replace('_', " ");
    line.split(';').map(name).filter(|name| !name.is_empty()).collect()
}

fn keep_date(field: &str, written: &str, event: Event, reading: &mut Reading) {
    let at = date::parse(written);
    if at.is_some() || date::looks_like_date(written) {
        let (source, field, written) = (DateSource::FrontMatter, field.to_owned(), written.to_owned());
        reading.dates.push(StatedDate { event, source, field, written, at, span: None });
    }
}
