//! Names with their values as lists, tables and listings give them: `--workers` … `default: 4`, `Port | 8080`.

use tamis_ingest::ByteSpan;

use super::blocks::{Block, Layout, Shape};
use super::lexicon::is_weak;
use super::role::is_role;
use super::statement::names;
use super::{quantity, table, topic, written};

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What has the value.
    pub(super) about: String,
    /// The value, as a span of the chunk's text.
    pub(super) value: ByteSpan,
    /// Whether a bare word is a literal there.
    pub(super) literal: bool,
    /// What is quoted as the statement.
    pub(super) span: ByteSpan,
}

/// Longest name of an entry, in words.
const LONGEST_NAME: usize = 7;

/// Names that say something of the page or of the text around them, and head no value that could be denied.
const NO_NAMES: &[&str] = &[
    "status",
    "date",
    "author",
    "authors",
    "title",
    "note",
    "notes",
    "example",
    "examples",
    "see",
    "warning",
    "tip",
    "hint",
    "important",
    "caution",
    "info",
    "source",
    "sources",
    "reference",
    "references",
    "present",
    "attendees",
    "decision",
    "verdict",
    "outcome",
    "translator",
    "translators",
    "translation",
    "license",
    "licence",
    "licenses",
    "question",
    "answer",
    "q",
    "a",
    "summary",
    "description",
    "updated",
    "created",
    "published",
    "modified",
    "reviewed",
    "tags",
    "id",
    "uid",
    "todo",
    "returns",
    "result",
    "output",
    "input",
    "usage",
    "syntax",
    "last updated",
    "last reviewed",
    "last modified",
    "by",
    "subject",
    "from",
    "to",
    "cc",
    "re",
    "abstract",
    "env variable",
    "environment variable",
    "invalid example",
    "action",
    "actions",
    "meaning",
    "agenda",
    "step",
    "type",
    "deprecated",
];

/// Whether a name says something of the page and not of the world: `Status`, `Translator:`.
pub(super) fn is_of_the_page(name: &str) -> bool {
    NO_NAMES.contains(&name.trim_end_matches(':').trim().to_lowercase().as_str())
}

/// The entries of a block.
pub(super) fn of(text: &str, layout: &Layout, block: &Block) -> Vec<Found> {
    let path = &layout.topics[block.topic];
    if path.iter().any(|heading| is_example(heading)) {
        return Vec::new();
    }
    let heading = topic::subject(path);
    match block.shape {
        Shape::Table => table::entries(text, block.span, heading),
        Shape::Listing => listing(text, block.span),
        Shape::Item => {
            let parent = block.parent.and_then(|at| layout.blocks.get(at)).and_then(|parent| parent.span.of(text));
            let owner = parent.map_or(heading, lead);
            let defines = block.parent.and_then(|at| layout.blocks.get(at)).is_some_and(|at| at.shape == Shape::Prose);
            item(text, block.span, owner, defines).into_iter().collect()
        }
        Shape::Prose => lines(text, block.span, heading),
    }
}

/// Whether a heading announces examples.
fn is_example(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    ["example", "sample"].iter().any(|mark| lower.contains(mark))
}

/// The entry of an item: `name: value`, a name with its default somewhere behind it, or the value that a term is
/// defined as.
fn item(text: &str, span: ByteSpan, owner: &str, defines: bool) -> Option<Found> {
    let body = span.of(text)?;
    let meaning = || {
        let value = without_remark(body);
        written::value(value, false).filter(|_| defines && !owner.is_empty())?;
        let value = ByteSpan::new(span.start(), span.start() + value.len());
        Some(Found { about: owner.to_owned(), value, literal: false, span })
    };
    keyed(body, span, owner).or_else(|| defaulted(body, span, owner)).or_else(meaning)
}

/// The entries of a paragraph whose lines all are `name: value`, or that gives a default of what its heading names.
fn lines(text: &str, span: ByteSpan, heading: &str) -> Vec<Found> {
    let Some(body) = span.of(text) else { return Vec::new() };
    let mut offset = span.start();
    let mut found = Vec::new();
    for line in body.split_inclusive('\n') {
        let content = line.trim();
        let from = offset + line.len() - line.trim_start().len();
        offset += line.len();
        match keyed(content, ByteSpan::new(from, from + content.len()), heading) {
            Some(entry) => found.push(entry),
            None => return defaulted(body, span, heading).into_iter().collect(),
        }
    }
    found
}

/// `name: value`, `name = value`, `**Name** – value`.
fn keyed(body: &str, span: ByteSpan, owner: &str) -> Option<Found> {
    let (name, value_at) = split_key(body)?;
    let value = body.get(value_at..)?.trim();
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | ':'));
    let lower = name.to_lowercase();
    let words = name.split_whitespace().count();
    if !(1..=LONGEST_NAME).contains(&words)
        || is_of_the_page(name)
        || lower.split_whitespace().any(|word| word.starts_with("example"))
        || lower.split_whitespace().any(|word| word.trim_matches(['(', ')']).bytes().all(|b| b.is_ascii_digit()))
        || name.contains(['.', '?', '!']) && words > 1
    {
        return None;
    }
    let literal = lower.contains("default");
    let value = linked(value);
    let value_text = without_remark(value);
    let start = span.start() + value_at + body.get(value_at..)?.find(value)?;
    written::value(value_text, literal)?;
    let about = owned(name, owner)?;
    Some(Found { about, value: ByteSpan::new(start, start + value_text.len()), literal, span })
}

/// Where a name in front of `:`, `=` or a dash ends, and where what follows begins.
fn split_key(body: &str) -> Option<(&str, usize)> {
    let window = body.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|at| *at <= 90).last()?;
    let head = &body[..window];
    let marked = body.starts_with(['`', '*']);
    [": ", ":** ", ":* ", " = ", " — ", " – ", " - "]
        .iter()
        .filter(|sign| marked || !sign.trim_start().starts_with(['—', '–', '-']))
        .filter_map(|sign| Some((head.find(sign)?, sign)))
        .min_by_key(|(at, _)| *at)
        .map(|(at, sign)| (&body[..at], at + sign.len()))
}

/// A name together with what it belongs to, where it says too little by itself. `None` where nothing does.
pub(super) fn owned(name: &str, owner: &str) -> Option<String> {
    let weight: f32 = names(name)
        .iter()
        .map(|word| {
            if word.is_unique() {
                2.0
            } else if is_weak(&word.stem) || is_role(&word.stem) {
                0.5
            } else {
                1.0
            }
        })
        .sum();
    if weight > 1.5 {
        return Some(name.to_owned());
    }
    if owner.is_empty() { (weight >= 1.0).then(|| name.to_owned()) } else { Some(format!("{owner} {name}")) }
}

/// The text of a link, where that is all there is: where it leads says nothing of the value.
fn linked(value: &str) -> &str {
    let inner = value.strip_prefix('[').and_then(|rest| rest.split_once("](")).filter(|(_, target)| {
        target.trim_end_matches(['.', ';', ',']).ends_with(')') && target.matches(')').count() == 1
    });
    inner.map_or(value, |(text, _)| text)
}

/// A value without a remark in brackets or behind a dash.
fn without_remark(value: &str) -> &str {
    let mut end = value.len();
    for sign in [" (", " — ", " – ", ". ", "; "] {
        end = end.min(value.find(sign).filter(|at| *at > 0).unwrap_or(end));
    }
    // A line that ends in a comma goes on in the next.
    let breaks = value.match_indices('\n').map(|(at, _)| at);
    end = end.min(breaks.filter(|at| *at > 0 && !value[..*at].trim_end().ends_with(',')).min().unwrap_or(end));
    value[..end].trim()
}

/// `… default: 4 …`, `(defaults to 4)`, said of the name that opens the item, else of its owner.
fn defaulted(body: &str, span: ByteSpan, owner: &str) -> Option<Found> {
    let lower = body.to_ascii_lowercase();
    let at = lower.find("default")?;
    let mut rest = at + "default".len();
    for word in ["s to", " value is", " is", " value:", ":", "=", " of", ""] {
        if let Some(left) = lower.get(rest..)?.strip_prefix(word) {
            let signed = !word.is_empty() || left.starts_with([' ', '`', '"']);
            if !signed {
                return None;
            }
            rest += word.len();
            break;
        }
    }
    let tail = body.get(rest..)?;
    let value = tail.trim_start();
    let start = rest + tail.len() - value.len();
    let value = literal_at(value).or_else(|| closed_word(value))?;
    if at > 0 && !lower[..at].ends_with([' ', '(', '[', '\n', '*', '—', '–']) {
        return None;
    }
    let name = lead_code(body).or_else(|| is_code_name(owner).then_some(owner))?;
    written::value(value, true)?;
    let from = span.start() + start;
    Some(Found {
        about: format!("{name} default"),
        value: ByteSpan::new(from, from + value.len()),
        literal: true,
        span,
    })
}

/// The bare word that is all there is up to the end of the brackets or the line: `(default: zstd)`.
fn closed_word(text: &str) -> Option<&str> {
    let end =
        text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))).unwrap_or(text.len());
    let word = text[..end].trim_end_matches('.');
    let closes = text[end..].is_empty() || text[end..].starts_with([')', ']', '\n']);
    (closes && !word.is_empty()).then_some(word)
}

/// The literal that opens `text`: in ticks or quotes, else up to a sign or white space.
fn literal_at(text: &str) -> Option<&str> {
    let quote = text.chars().next()?;
    if matches!(quote, '`' | '"' | '\'') {
        let end = text[1..].find(quote)? + 2;
        return text.get(..end);
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')' | ']')).unwrap_or(text.len());
    let bare = text[..end].trim_end_matches('.');
    let is_value =
        bare.starts_with(|c: char| c.is_ascii_digit() || c == '-') || written::truth(&bare.to_lowercase()).is_some();
    let end = if bare.len() < end { bare.len() } else { end };
    // `30 seconds`: a unit belongs to its number.
    let unit = text[end..].strip_prefix(' ').map(|rest| rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or(""));
    let unit = unit.filter(|unit| quantity::unit(&unit.to_lowercase(), false).is_some());
    let end = unit.map_or(end, |unit| end + 1 + unit.len());
    is_value.then(|| &text[..end])
}

/// The code or flag that opens an item.
fn lead_code(body: &str) -> Option<&str> {
    let plain = body.trim_start_matches('*');
    if let Some(rest) = plain.strip_prefix('`') {
        let code = &rest[..rest.find('`')?];
        // `--port <number>`, `--port=8080`: the flag is the name.
        return code.split([' ', '=', ',']).next().filter(|name| !name.is_empty());
    }
    let first = plain.split_whitespace().next()?.trim_end_matches([':', ',', '*']);
    is_code_name(first).then_some(first)
}

/// Whether a word is an identifier.
fn is_code_name(word: &str) -> bool {
    !word.contains(char::is_whitespace)
        && (word.starts_with("--") || word.contains(['_', '.']) || word.contains('-') && word.len() > 4)
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The name that an item which holds others opens with.
fn lead(item: &str) -> &str {
    let line = item.lines().next().unwrap_or(item);
    split_key(line).map_or(line, |(name, _)| name).trim_end_matches(':')
}

/// The entries of a listing of flags with what they stand at: `--workers '4'`, each with its description indented
/// below it, or `--workers int   how many (default 4)` as commands print of themselves.
fn listing(text: &str, span: ByteSpan) -> Vec<Found> {
    let Some(body) = span.of(text) else { return Vec::new() };
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    let mut offset = span.start();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let start = offset;
        offset += line.len();
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        let from = start + indent;
        let whole = ByteSpan::new(from, from + content.len());
        let Some(flag) = content.split([' ', '=', ',']).find(|word| word.starts_with("--") && word.len() > 3) else {
            continue;
        };
        if !content.starts_with('-') {
            continue;
        }
        if let Some(mut entry) = defaulted(content, whole, flag) {
            entry.about = format!("{flag} default");
            found.push(entry);
            continue;
        }
        let described = lines.get(i + 1).is_some_and(|next| {
            let deeper = next.len() - next.trim_start().len();
            deeper > indent && next.split_whitespace().count() > 2 && !next.trim_start().starts_with('-')
        });
        let value = content.strip_prefix(flag).map(|rest| rest.trim_start_matches([' ', '=']));
        if let Some(value) = value.filter(|value| described && !value.is_empty() && literal_at(value) == Some(value)) {
            let at = from + content.len() - value.len();
            let value = ByteSpan::new(at, at + value.len());
            found.push(Found { about: format!("{flag} default"), value, literal: true, span: whole });
        }
    }
    found
}
