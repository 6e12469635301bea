//! Text that stops in the middle of a sentence because its source was cut.
//!
//! People forget full stops, and titles, lists and lines before code have none; so a missing full stop alone says
//! nothing. A sentence is cut where its last word cannot end one, or where its last word is a dash or comma.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::{ByteSpan, TextShape};

use super::Reading;
use crate::excerpt::word_count;
use crate::outline::{Block, BlockKind};
use crate::pattern::{exact_pattern, pattern};
use crate::{Finding, Rule};

/// A paragraph of fewer words may be a title, a salutation or a label.
const FEWEST_WORDS: usize = 9;
/// Fewest other paragraphs that show how the document writes them.
const WITNESSES: usize = 2;
/// What may close a document without a full stop.
static COLOPHON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:updated|revised|copyright|licen[cs]ed?|contact|regards|sincerely|yours|signed|author|version|page)\b | © ",
    )
});
/// The end of a paragraph that is quoted, in bytes.
const QUOTED: usize = 100;

/// An ending no sentence has: a comma, an open bracket, or a word that needs another after it.
static UNFINISHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?: [,(\[–—] | \s- | [a-z]{2}-
            | (?:^|[\s(]) (?: the | an? | and | or | nor | of | than | because | whose | which | although | while | whereas | unless
                | (?:in|on|at|by|for|with|to|of|from|and|or|is|are|was|were|be|been|has|have|will|can|should|must|would) \s+ (?:the|an?|its|their|our|your|this|these|every|each)
                | is\s+(?:being|to) | are\s+(?:being|to) | (?:must|should|shall|cannot) | such\s+as | in\s+order\s+to | as\s+well\s+as ) )
          \s* $",
    )
});

/// The mark that a text goes on elsewhere.
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?: \[ \s* (?:…|\.\.\.) \s* \] | (?:…|\.\.\.) \s* [\[(]? \s* (?:read\s+more|continue\s+reading|more|continued(?:\s+\w+){0,4}|\+?\d+\s+chars?) \s* [\])]? | \[(?:text\s+)?(?:truncated|cut\s+off)\] | \(truncated\) ) \s* [.»→]* \s* $",
    )
});

/// A beginning no text has: a small word in the middle of a sentence.
static IN_THE_MIDDLE: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(r"^(?:and|or|but|of|which|whose|because|than|was|were|been|that (?:is|are|was|were))\s+[a-z]")
});

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    match reading.document.media_type.text_shape() {
        TextShape::Written | TextShape::Converted | TextShape::Plain => {}
        // Pages break sentences, and columns break them anywhere.
        TextShape::Printed => return Vec::new(),
    }
    let blocks = &reading.outline.blocks;
    let mut findings: Vec<Finding> = blocks
        .iter()
        .enumerate()
        .filter(|(index, block)| {
            let next = blocks.get(index + 1);
            is_prose(reading, block) && (is_last(reading, next) || is_torn(reading, next))
        })
        .filter_map(|(index, block)| {
            let whole = index + 1 == blocks.len();
            let text = reading.at(block.span).trim_end();
            let broken = is_unfinished(reading, block.span, text) || (whole && GOES_ON.is_match(text));
            broken.then(|| {
                let message = if whole {
                    "The document ends in the middle of a sentence."
                } else {
                    "The section ends in the middle of a sentence."
                };
                reading.finding(Rule::CutOff, message, end_of(reading, block.span))
            })
        })
        .collect();
    let first = blocks.first().filter(|block| is_prose(reading, block));
    if let Some(block) = first.filter(|block| IN_THE_MIDDLE.is_match(reading.at(block.span).trim_start())) {
        findings.push(reading.finding(Rule::CutOff, "The document starts in the middle of a sentence.", block.span));
    }
    if findings.is_empty() {
        findings.extend(breaks_off(reading));
    }
    findings
}

/// The last paragraph of a document, where it has no end and all others have one; and the first, where it has no beginning.
fn breaks_off(reading: &Reading<'_>) -> Vec<Finding> {
    let blocks = &reading.outline.blocks;
    let prose: Vec<&Block> = blocks.iter().filter(|block| is_prose(reading, block)).collect();
    let mut findings = Vec::new();
    if let Some((last, others)) = prose.split_last()
        && others.len() >= WITNESSES
        && blocks.last().is_some_and(|block| block.span == last.span)
        && others.iter().all(|block| ends(reading.at(block.span)))
        && !ends(reading.at(last.span))
        && reading.at(last.span).trim_end().ends_with(char::is_alphabetic)
        && holds_sentence(reading.at(last.span))
        && !COLOPHON.is_match(reading.at(last.span))
    {
        let message = "The document stops in the middle of a sentence; all its other paragraphs end with one.";
        findings.push(reading.finding(Rule::CutOff, message, end_of(reading, last.span)));
    }
    if let Some((first, others)) = prose.split_first()
        && others.len() >= WITNESSES
        && blocks.first().is_some_and(|block| block.span == first.span)
        && others.iter().all(|block| reading.at(block.span).trim_start().starts_with(|c: char| !c.is_lowercase()))
        && starts_inside(reading.at(first.span))
        && holds_sentence(reading.at(first.span))
    {
        let message = "The document starts in the middle of a sentence; all its other paragraphs begin with a capital.";
        findings.push(reading.finding(Rule::CutOff, message, first.span));
    }
    findings
}

/// Whether a sentence ends within the paragraph and another begins, all of it in words: no synopsis, no reference.
fn holds_sentence(text: &str) -> bool {
    static ENDS: LazyLock<Regex> = LazyLock::new(|| exact_pattern(r"[\p{Ll})][.!?]\s+\p{Lu}\p{Ll}*\s+\p{Ll}"));
    ENDS.is_match(text) && !text.contains("](") && !text.contains("===")
}

/// Whether a paragraph ends as a sentence, a lead-in or a link does.
fn ends(text: &str) -> bool {
    let bare = text.trim_end().trim_end_matches(['*', '_', '`', '"', '”', '’', '\'', ')', ']', '»', '~']);
    bare.ends_with(['.', '!', '?', ':', ';', '…', '。', '！', '？', '>', '|'])
        || bare.split_whitespace().next_back().is_some_and(|word| word.contains("://") || word.contains('@'))
        || text.trim_end().ends_with([')', ']', '`'])
}

/// Whether a paragraph begins with a small word of prose; names of programs are written small as well, and their verb follows.
fn starts_inside(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let plain = |word: &str| {
        word.chars().all(|c| c.is_lowercase() || matches!(c, ',' | '.' | ';')) && word.starts_with(char::is_alphabetic)
    };
    let named =
        matches!(second, "is" | "are" | "was" | "has" | "provides" | "implements" | "can" | "lets" | "supports")
            || second.ends_with('s');
    !first.is_empty() && plain(first) && plain(second) && !named
}

/// Whether it is running text of some length: several words a line, unlike verses and lists without marks.
fn is_prose(reading: &Reading<'_>, block: &Block) -> bool {
    let text = reading.at(block.span);
    let words = word_count(text);
    block.kind == BlockKind::Paragraph && words >= FEWEST_WORDS && text.lines().count() * 4 <= words
}

/// Whether a paragraph follows that begins in the middle of a sentence, in a file whose blank lines somebody wrote.
fn is_torn(reading: &Reading<'_>, next: Option<&Block>) -> bool {
    let written = reading.document.media_type.text_shape() == TextShape::Written;
    next.filter(|block| written && is_prose(reading, block)).is_some_and(|block| starts_inside(reading.at(block.span)))
}

/// What follows a paragraph may go on with its sentence, unless it is a heading or nothing.
fn is_last(reading: &Reading<'_>, next: Option<&Block>) -> bool {
    match next.map(|block| block.kind) {
        None => true,
        Some(BlockKind::Heading(_)) => reading.document.media_type.text_shape() == TextShape::Written,
        Some(BlockKind::Paragraph | BlockKind::Item | BlockKind::Table | BlockKind::Code | BlockKind::Html) => false,
    }
}

fn is_unfinished(reading: &Reading<'_>, span: ByteSpan, text: &str) -> bool {
    let last = span.start() + text.len().saturating_sub(1);
    !reading.outline.in_code(last) && UNFINISHED.is_match(text)
}

/// The last words of a paragraph.
fn end_of(reading: &Reading<'_>, span: ByteSpan) -> ByteSpan {
    let end = span.start() + reading.at(span).trim_end().len();
    let from = reading.text().ceil_char_boundary(end.saturating_sub(QUOTED).max(span.start()));
    ByteSpan::new(from.min(end), end)
}

#[cfg(test)]
mod tests {
    use tamis_ingest::MediaType;

    use crate::Rule;
    use crate::testing::{document, measured, rules};

    #[test]
    fn cut_sentences_are_found() {
        for text in [
            "# Backup\n\nThe backup runs every night and is then copied to the\n",
            "# Backup\n\nThe backup runs every night, and it is kept for thirty days because\n",
            "# Backup\n\nThe backup runs every night on all of the database servers,\n",
            "# Backup\n\nThe backup runs every night on all of the servers (see the list of\n",
            "# Backup\n\nThe backup runs every night on all of the servers and is encryp-\n",
            "# Backup\n\nThe backup runs every night and the operator on duty must\n\n# Restore\n\nAsk the team.\n",
            "# Backup\n\nThe backup runs every night on all of the servers [...]\n",
            "# Backup\n\nThe backup runs every night on all of the servers … Read more\n",
            "which is why the backup runs every night on all of the servers of the team.\n",
            "and was moved to the second region before the office opened in the morning.\n",
        ] {
            assert!(rules(text).contains(&Rule::CutOff), "{text}");
        }
        let whole = "The pumps are read at noon. Their figures go to the office.\n\nThe tide is read at six. It is written down.\n\n";
        for text in [
            format!("{whole}The wind is read at nine. It is told to the harbour master in the morning and aft\n"),
            format!("gauge on the pier is read at nine. It is told to the harbour master.\n\n{whole}"),
            format!(
                "{whole}The wind is read at nine, and whoever reads it stands at the\n\ntold to the harbour master in the morning and in the evening.\n"
            ),
        ] {
            assert!(rules(&text).contains(&Rule::CutOff), "{text}");
        }
        let plain = document("a.txt", MediaType::PlainText, "The backup runs every night and is then copied to the");
        assert!(measured(&plain).findings.iter().any(|finding| finding.rule == Rule::CutOff));
    }

    #[test]
    fn whole_sentences_are_not() {
        for text in [
            "# Backup\n\nThe backup runs every night and is copied to a second region.\n",
            "# Backup\n\nThe backup runs every night and is copied to a second region\n",
            "# Backup\n\nThe backup runs every night on all of the servers listed in the table:\n\n| a |\n|---|\n| 1 |\n",
            "# Backup\n\nTo make a backup of all of the servers by hand, run the\n\n```sh\nbackup\n```\n",
            "# Backup\n\nThe backup of the servers by hand is started by\n\n- the operator,\n- the lead of the team, or\n",
            "# Where to go to and where the backups come from and what they are for\n\nAsk the team.\n",
            "# Backup\n\nBest regards,\n",
            "# Backup\n\nAll of this is what you log in as, and what the server knows you as `the`\n",
            "# Backup\n\nThe state of the backup that you asked for is what we are working on and looking into\n",
            "etcd is a strongly consistent store for the most critical data of a distributed system.\n",
            "iOS and Android apps are built by the mobile team every Tuesday and Thursday morning.\n",
            "The pumps are read at noon. They are blue.\n\nThe tide is read at six. It is high.\n\nPictures of the pier by the late Ada Moss, in the town hall of Brightwater\n",
            "A line of verse,\nanother of,\nthe third is,\nand here the\n",
        ] {
            assert!(!rules(text).contains(&Rule::CutOff), "{text}");
        }
    }
}
