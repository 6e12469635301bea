//! Words of `AsciiDoc`: code, links, references, notes and attributes.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::blocks;
use crate::extract::html::escape;

/// Everything that is not plain words.
static MARKUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
          (?P<escape>\\[*_`\#\[{<])
        | `{1,2}(?P<code>\+?[^`]+?\+?)`{1,2}
        | (?:link|mailto):(?P<target>[^\s\[\]]+)\[(?P<shown>[^\]]*)\]
        | (?P<url>(?:https?|ftp)://[^\s\[\]<>]*[^\s\[\]<>.,;:!?)'\x22])(?:\[(?P<label>[^\]]*)\])?
        | <<(?P<anchor>[^,>]+)(?:,\s*(?P<anchor_label>[^>]+))?>>
        | xref:(?P<xref>[^\s\[\]]+)\[(?P<xref_label>[^\]]*)\]
        | footnote:[\w-]*\[(?P<note>[^\]]*)\]
        | image:(?P<image>[^\s\[\]:][^\s\[\]]*)\[(?P<alt>[^\]]*)\]
        | (?:kbd|btn|menu|stem|pass|icon|anchor|indexterm2?):(?P<macro>[^\s\[\]]*)\[(?P<words>[^\]]*)\]
        | \(\(\((?P<index>[^)]*)\)\)\)
        | \[\[[^\]]*\]\]
        | \[(?:\.|\#)[\w.\#-]*\]\#(?P<role>[^\#]+)\#
        | \*\*(?P<strong2>[^*]+)\*\* | \*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*
        | __(?P<emphasis2>[^_]+)__ | \b_(?P<emphasis>[^_\s](?:[^_]*[^_\s])?)_\b
        | \#\#(?P<mark2>[^\#]+)\#\# | \+\+\+?(?P<passed>[^+]+)\+\+\+?
        | \{(?P<attribute>[\w-]+)\}
        ",
    )
    .ok()
});

/// The words as Markdown. Footnotes are counted on, and stand in parentheses.
pub(super) fn markdown(words: &str, attributes: &HashMap<String, String>, notes: &mut usize) -> String {
    let mut line = String::new();
    write(words, attributes, notes, 0, &mut line);
    line
}

fn write(words: &str, attributes: &HashMap<String, String>, notes: &mut usize, depth: usize, line: &mut String) {
    let Some(pattern) = MARKUP.as_ref().filter(|_| depth < 4) else { return escape::push(line, words) };
    let mut at = 0;
    for found in pattern.captures_iter(words) {
        let Some(whole) = found.get(0) else { continue };
        escape::push(line, &words[at..whole.start()]);
        push(&found, attributes, notes, depth, line);
        at = whole.end();
    }
    escape::push(line, &words[at..]);
}

fn push(
    found: &Captures<'_>,
    attributes: &HashMap<String, String>,
    notes: &mut usize,
    depth: usize,
    line: &mut String,
) {
    let group = |name: &str| found.name(name).map(|group| group.as_str());
    let label = |label: Option<&str>, otherwise: &str| {
        let label = label
            .map(|label| label.split(", role=").next().unwrap_or(label).trim_end_matches('^').trim_matches('"').trim());
        let shown = label.filter(|label| !label.is_empty()).unwrap_or(otherwise);
        blocks::escaped(&expanded(&shown.replace(['*', '_', '`'], ""), attributes))
    };
    if let Some(escape) = group("escape") {
        escape::push(line, &escape[1..]);
    } else if let Some(code) = group("code") {
        let code = code.strip_prefix('+').and_then(|code| code.strip_suffix('+')).unwrap_or(code);
        line.push_str(&blocks::inline_code(&expanded(code, attributes)));
    } else if let Some(target) = group("target").or(group("url")) {
        let target = expanded(target, attributes);
        let shown = label(group("shown").or(group("label")), &target);
        line.push_str(&blocks::link(&shown, &target));
    } else if let Some(target) = group("xref").or(group("anchor")) {
        let shown = label(group("xref_label").or(group("anchor_label")), target.trim_start_matches('#'));
        // Other pages are files; anchors within the page are made anew by every renderer.
        let page = target.split('#').next().unwrap_or_default();
        line.push_str(&if page.rsplit('.').next() == Some("adoc") { blocks::link(&shown, page) } else { shown });
    } else if let Some(note) = group("note") {
        *notes += 1;
        escape::push(line, " (");
        write(note, attributes, notes, depth + 1, line);
        escape::push(line, ")");
    } else if let Some(alt) = group("alt") {
        let alt = alt.split(',').next().unwrap_or_default();
        if !alt.is_empty() {
            line.push_str(&blocks::picture(alt, group("image").unwrap_or_default()));
        }
    } else if let Some(words) = group("words") {
        let words = if words.is_empty() { group("macro").unwrap_or_default() } else { words };
        escape::push(line, words);
    } else if let Some(words) =
        ["role", "strong2", "strong", "emphasis2", "emphasis", "mark2"].iter().find_map(|name| group(name))
    {
        write(words, attributes, notes, depth + 1, line);
    } else if let Some(words) = group("passed") {
        escape::push(line, words);
    } else if let Some(name) = group("attribute") {
        match attributes.get(&name.to_lowercase()) {
            Some(value) => write(value, attributes, notes, depth + 1, line),
            None => escape::push(line, known(name).unwrap_or_else(|| found.get(0).map_or("", |whole| whole.as_str()))),
        }
    }
}

/// Attributes that every document has.
fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "nbsp" | "sp" => " ",
        "empty" | "blank" | "zwsp" => "",
        "apos" => "'",
        "quot" => "\"",
        "plus" => "+",
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "asterisk" => "*",
        "vbar" => "|",
        "startsb" => "[",
        "endsb" => "]",
        _ => return None,
    })
}

/// The text with the attributes in it replaced.
fn expanded(text: &str, attributes: &HashMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value =
            after.split_once('}').and_then(|(name, behind)| Some((attributes.get(&name.to_lowercase())?, behind)));
        if let Some((value, behind)) = value {
            out.push_str(value);
            rest = behind;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
