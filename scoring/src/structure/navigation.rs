//! Menus, cookie banners and footers instead of content.
//!
//! A table of contents and a row of badges are dense with links too, so links alone condemn nothing: the labels must be
//! those of a site's furniture, and sentences must be few.

use std::collections::HashSet;

use tamis_ingest::{ByteSpan, percent_decoded};

use super::furniture::{LABELS, PHRASES, SHARED_LABELS};
use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::outline::{BlockKind, Link, Run};
use crate::{Finding, Rule, Severity};

/// Longest label, in bytes.
const LONGEST_LABEL: usize = 40;

/// What a chunk's pieces of text are.
#[derive(Default)]
struct Tally<'a> {
    furniture: HashSet<&'a str>,
    labels: usize,
    phrases: usize,
    junk_words: usize,
    words: usize,
}

/// Fewest links that make a list of files.
const FEWEST_FILES: usize = 3;

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    if let Some(files) = listed_files(here) {
        let message = format!("There is nothing here but links to {files} files, by their names.");
        findings.push(here.finding(Rule::Navigation, message));
        return;
    }
    let texts: Vec<_> = here.texts().map(|(_, text)| text).collect();
    let mut tally = Tally::default();
    let lowered: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    for text in &lowered {
        for piece in text.split(['|', '·', '»', '›', '•', '\n', '/', '→', '←', '>', '<', '«']) {
            tally.take(piece);
        }
    }
    let share = tally.junk_words as f32 / tally.words.max(1) as f32;
    let kinds = tally.furniture.len() + tally.phrases;
    let severity = match () {
        () if kinds >= 2 && tally.labels + 2 * tally.phrases >= 4 && share >= 0.5 => Severity::Error,
        // A few words, and all of them furniture.
        () if kinds >= 1 && tally.junk_words == tally.words && !under_heading(here) => Severity::Error,
        () if kinds >= 4 && share >= 0.3 => Severity::Warn,
        () => return,
    };
    let message = format!(
        "{} of {} words are labels or notices of a site's furniture (menus, cookie banners, footers).",
        tally.junk_words, tally.words
    );
    findings.push(here.finding(Rule::Navigation, message).at(severity));
}

/// How many files a page links to that has no other words than their names: the listing of a folder. What they hold is
/// said nowhere; a table of contents says it in the titles of what it leads to.
fn listed_files(here: &ChunkReading<'_>) -> Option<usize> {
    let links = &here.reading.outline.links;
    if here.reading.chunks.len() > 1 || links.len() < FEWEST_FILES {
        return None;
    }
    let headings: Vec<ByteSpan> =
        here.blocks().filter(|block| matches!(block.kind, BlockKind::Heading(_))).map(|block| block.span).collect();
    let within = |run: &Run, span: ByteSpan| span.start() <= run.span.start() && run.span.end() <= span.end();
    let mut labels = vec![String::new(); links.len()];
    for (run, text) in here.texts() {
        let link = links.iter().position(|link| within(&run, link.span));
        match link.and_then(|link| labels.get_mut(link)) {
            Some(label) => label.push_str(text),
            // Listings tell when a file was changed and how large it is, in short words.
            None if headings.iter().any(|heading| within(&run, *heading)) || !has_long_word(text) => {}
            None => return None,
        }
    }
    let is_way_up = |link: &Link| matches!(link.target.as_str(), "../" | ".." | "./" | "/");
    let files = links.iter().zip(&labels).filter(|(link, _)| !is_way_up(link));
    let code = here.blocks().any(|block| block.kind == BlockKind::Code);
    let named = !code && files.clone().all(|(link, label)| names_its_file(label, &link.target));
    Some(files.count()).filter(|files| named && *files >= FEWEST_FILES)
}

/// Whether a text has a word longer than the name of a month or of a unit is written in short.
fn has_long_word(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 3)
}

/// Whether the words of a link are the name of the file that it leads to.
fn names_its_file(words: &str, target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or(target).trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = percent_decoded(name).unwrap_or_else(|| name.to_owned());
    let words = words.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let has_ending =
        name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && (1..=5).contains(&ending.len()));
    !words.is_empty() && (has_ending || target.ends_with('/')) && words.eq_ignore_ascii_case(&name)
}

/// Whether the chunk has a heading: below one, a single word may be an answer.
fn under_heading(here: &ChunkReading<'_>) -> bool {
    !here.chunk.heading_path.is_empty() || here.blocks().any(|block| matches!(block.kind, BlockKind::Heading(_)))
}

impl<'a> Tally<'a> {
    fn take(&mut self, piece: &'a str) {
        let words = word_count(piece);
        self.words += words;
        let label = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if label.is_empty() {
            return;
        }
        let furniture = label.len() <= LONGEST_LABEL && LABELS.contains(label);
        if furniture || (label.len() <= LONGEST_LABEL && SHARED_LABELS.contains(label)) {
            self.labels += 1;
            self.junk_words += words;
            if furniture {
                self.furniture.insert(label);
            }
        } else if PHRASES.is_match(piece) {
            self.phrases += 1;
            self.junk_words += words;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    #[test]
    fn the_listing_of_a_folder_says_nothing() {
        for (text, expected) in [
            ("- [a.pdf](a.pdf)\n- [b\\_c.docx](b_c.docx)\n- [old](old/)\n", true),
            (
                "# Index of /forms\n\n- [..](../)\n- [a.pdf](a.pdf) 12 Jan 2024 3 kB\n- [b.pdf](/x/b.pdf)\n- [c.pdf](c.pdf)\n",
                true,
            ),
            ("# Forms\n\n- [Leave of absence](a.pdf)\n- [Travel](b.pdf)\n- [Expenses](c.pdf)\n", false),
            ("- [a.md](a.md): how to begin\n- [b.md](b.md): limits\n- [c.md](c.md): answers\n", false),
            ("- [a.pdf](a.pdf)\n- [b.pdf](b.pdf)\n", false),
        ] {
            assert_eq!(rules(text).contains(&Rule::Navigation), expected, "{text}");
        }
    }
}
