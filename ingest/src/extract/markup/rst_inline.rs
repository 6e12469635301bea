//! Words of reStructuredText: code, links, roles and substitutions.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::blocks;
use crate::extract::html::escape;

/// Roles whose words are code.
const CODE_ROLES: [&str; 36] = [
    "code",
    "literal",
    "samp",
    "file",
    "command",
    "program",
    "option",
    "envvar",
    "func",
    "function",
    "class",
    "meth",
    "method",
    "mod",
    "module",
    "attr",
    "attribute",
    "data",
    "const",
    "exc",
    "obj",
    "type",
    "macro",
    "var",
    "member",
    "enum",
    "struct",
    "kbd",
    "makevar",
    "mailheader",
    "regexp",
    "token",
    "math",
    "confval",
    "setting",
    "dfn",
];

/// What stands for something else throughout a document.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Addresses by the lower-case names of their targets.
    pub(super) targets: HashMap<String, String>,
    /// Texts by the names of their substitutions.
    pub(super) substitutions: HashMap<String, String>,
}

/// Everything that is not plain words.
static MARKUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xs)
          ``(?P<code>.+?)``
        | (?::(?P<role>[A-Za-z][\w:.+-]*):)?`(?P<text>[^`]+?)`(?:(?P<link>__?)|:(?P<after>[A-Za-z][\w:.+-]*):)?
        | \*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*
        | \*(?P<emphasis>[^*\s](?:[^*]*[^*\s])?)\*
        | \|(?P<name>[^|\s](?:[^|]*[^|\s])?)\|_{0,2}
        | \[(?P<note>\#?[\w.-]*|\*)\]_\b
        | (?P<reference>\b[A-Za-z0-9](?:[\w.+-]*[A-Za-z0-9])?)__?(?P<end>[\s.,;:!?)\]'’”-]|$)
        | \\(?P<escaped>.)
        ",
    )
    .ok()
});

/// The words as Markdown.
pub(super) fn markdown(words: &str, names: &Names) -> String {
    let mut line = String::new();
    write(words, names, 0, &mut line);
    line
}

fn write(words: &str, names: &Names, depth: usize, line: &mut String) {
    let Some(pattern) = MARKUP.as_ref().filter(|_| depth < 4) else { return escape::push(line, words) };
    let mut at = 0;
    for found in pattern.captures_iter(words) {
        let Some(whole) = found.get(0) else { continue };
        escape::push(line, &words[at..whole.start()]);
        push(&found, names, depth, line);
        at = whole.end();
    }
    escape::push(line, &words[at..]);
}

fn push(found: &Captures<'_>, names: &Names, depth: usize, line: &mut String) {
    let group = |name: &str| found.name(name).map(|group| group.as_str());
    if let Some(code) = group("code") {
        line.push_str(&blocks::inline_code(&blocks::one_line(code)));
    } else if let Some(text) = group("text") {
        let role = group("role").or(group("after"));
        line.push_str(&interpreted(text, role, group("link").is_some(), names));
    } else if let Some(words) = group("strong").or(group("emphasis")) {
        escape::push(line, &unescaped(words));
    } else if let Some(name) = group("name") {
        match names.substitutions.get(name) {
            Some(text) => write(text, names, depth + 1, line),
            None => escape::push(line, name),
        }
    } else if let Some(note) = group("note") {
        line.push_str(&blocks::note_mark(&note_name(note)));
    } else if let Some(name) = group("reference") {
        match names.targets.get(&name.to_lowercase()) {
            Some(target) => line.push_str(&blocks::link(&blocks::escaped(name), target)),
            // No reference after all.
            None => escape::push(
                line,
                found.get(0).map_or(name, |whole| {
                    whole.as_str().strip_suffix(group("end").unwrap_or_default()).unwrap_or(name)
                }),
            ),
        }
        escape::push(line, group("end").unwrap_or_default());
    } else if let Some(c) = group("escaped") {
        // An escaped space is no space at all.
        if !c.trim().is_empty() {
            escape::push(line, c);
        }
    }
}

/// Words between backquotes, by their role.
fn interpreted(text: &str, role: Option<&str>, is_link: bool, names: &Names) -> String {
    let (shown, target) = split_target(text);
    if let Some(role) = role {
        let role = role.rsplit(':').next().unwrap_or(role);
        let shown = shown.trim_start_matches(['~', '!', '.']);
        return match role {
            _ if CODE_ROLES.contains(&role) => blocks::inline_code(&blocks::one_line(shown)),
            _ => blocks::escaped(&unescaped(shown)),
        };
    }
    if !is_link {
        return blocks::escaped(&unescaped(text));
    }
    let known = |name: &str| names.targets.get(&blocks::one_line(name).to_lowercase()).cloned();
    let address = match target {
        Some(target) => target.strip_suffix('_').and_then(known).unwrap_or_else(|| target.to_owned()),
        None => known(text).unwrap_or_default(),
    };
    blocks::link(&blocks::escaped(&unescaped(shown)), &address)
}

/// `text <target>` apart.
fn split_target(text: &str) -> (&str, Option<&str>) {
    match text.trim_end().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((shown, target)) if shown.trim().is_empty() => (target, Some(target)),
        Some((shown, target)) => (shown.trim_end(), Some(target)),
        None => (text, None),
    }
}

/// The name of a footnote as Markdown writes it.
pub(super) fn note_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    if name.is_empty() { "note".to_owned() } else { name }
}

fn unescaped(words: &str) -> String {
    words.replace("\\ ", "").replace('\\', "")
}
