//! The plain text of a message as Markdown: paragraphs with their line ends, quotations of other messages as deep as they
//! are, everything else escaped.

use crate::extract::blocks::{self, Blocks};

/// Quotations within each other are kept apart down to this depth.
const MAX_DEPTH: usize = 8;

/// Longer stretches below a signature's mark are no signature, in lines and in bytes.
const MAX_SIGNATURE: (usize, usize) = (12, 1_000);

/// What mail programs write above a whole message that they do not mark line by line.
const ORIGINALS: [&str; 8] = [
    "original message",
    "original appointment",
    "ursprüngliche nachricht",
    "message d'origine",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "mensagem original",
];

/// How lines end (RFC 3676).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// As they are written.
    Fixed,
    /// A line that ends with a space goes on in the next one.
    Flowed,
    /// The same, and the space is only there to say so (`delsp=yes`).
    FlowedWithoutSpace,
}

/// A line: how deep a quotation it stands in, and its words.
struct Line<'a> {
    depth: usize,
    /// Without space before it.
    words: &'a str,
}

/// Writes a text, and gives the signature that stood below it, which is who wrote the message and not what.
pub(super) fn write(text: &str, flow: Flow, blocks: &mut Blocks) -> String {
    let mut writer = Writer { blocks, paragraph: Vec::new(), depth: 0 };
    let mut lines: Vec<Line<'_>> = text.lines().map(Line::of).collect();
    let signature = take_signature(&mut lines);
    let mut below_original = 0;
    let mut goes_on = false;
    for line in lines {
        if writer.blocks.is_full() {
            break;
        }
        let words = line.words.trim_end();
        if line.depth == 0 && is_original(words) {
            writer.end();
            below_original = 1;
            goes_on = false;
            continue;
        }
        let depth = (line.depth + below_original).min(MAX_DEPTH);
        let is_rule = words.len() > 2 && words.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '~'));
        if words.is_empty() || is_rule || depth != writer.depth {
            writer.end();
            writer.depth = depth;
            goes_on = false;
        }
        if !words.is_empty() && !is_rule {
            writer.line(if flow == Flow::FlowedWithoutSpace { words } else { line.words }, goes_on);
            goes_on = flow != Flow::Fixed && line.words.ends_with(' ');
        }
    }
    writer.end();
    signature
}

/// Puts paragraphs together.
struct Writer<'a> {
    blocks: &'a mut Blocks,
    paragraph: Vec<String>,
    depth: usize,
}

impl Writer<'_> {
    /// Adds a line, or what goes on with the last one.
    fn line(&mut self, words: &str, goes_on: bool) {
        match self.paragraph.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(words),
            None => self.paragraph.push(words.to_owned()),
        }
    }

    fn end(&mut self) {
        let lines = std::mem::take(&mut self.paragraph);
        let escaped = |line: &String| {
            let words = line.trim();
            let mark = words.get(..2).filter(|mark| matches!(*mark, "- " | "* ")).unwrap_or_default();
            format!("{mark}{}", blocks::escaped(&words[mark.len()..]))
        };
        let mut markdown = lines.iter().map(escaped).collect::<Vec<_>>().join("  \n");
        for _ in 0..self.depth {
            markdown = blocks::quoted(&markdown);
        }
        self.blocks.block(&markdown);
    }
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let (mut depth, mut words) = (0, line);
        while let Some(inner) = words.strip_prefix('>') {
            depth += 1;
            // A space may stand before the next mark, and one before the words.
            let set_in = inner.trim_start_matches(' ');
            words = if set_in.starts_with('>') { set_in } else { inner };
        }
        Self { depth, words: words.trim_start() }
    }
}

/// Takes the signature off: what follows a line of `-- ` up to the end or to what is quoted below.
fn take_signature(lines: &mut Vec<Line<'_>>) -> String {
    let is_mark = |line: &Line<'_>| line.depth == 0 && matches!(line.words, "-- " | "--");
    let Some(mark) = lines.iter().rposition(is_mark) else { return String::new() };
    let below = &lines[mark + 1..];
    let mut count = below.iter().position(|line| line.depth > 0 || is_original(line.words)).unwrap_or(below.len());
    // Who is quoted is said right above the quotation.
    if count < below.len()
        && let Some(last) = below[..count].iter().rposition(|line| !line.words.trim().is_empty())
        && below[last].words.trim_end().ends_with(':')
    {
        count = last;
    }
    let words = below[..count].iter().map(|line| line.words.trim()).filter(|words| !words.is_empty());
    let words: Vec<&str> = words.collect();
    let signature = words.join("\n");
    if words.len() > MAX_SIGNATURE.0 || signature.len() > MAX_SIGNATURE.1 {
        return String::new();
    }
    // What follows is no part of the paragraph above.
    lines.splice(mark..=mark + count, [Line { depth: 0, words: "" }]);
    signature
}

/// Whether a line says that another message follows, as `-----Original Message-----`.
fn is_original(words: &str) -> bool {
    let inner = words.trim().trim_matches('-');
    let is_marked = words.trim().len() >= inner.len() + 4;
    is_marked && ORIGINALS.contains(&inner.trim().to_lowercase().as_str())
}
