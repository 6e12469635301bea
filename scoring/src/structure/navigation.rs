//! Menus, cookie banners and footers instead of content.
//!
//! A table of contents and a row of badges are dense with links too, so links alone condemn nothing: the labels must be
//! those of a site's furniture, and sentences must be few.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::{ByteSpan, percent_decoded};

use super::furniture::{LABELS, PHRASES, SHARED_LABELS};
use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::outline::{BlockKind, Link, Run};
use crate::pattern::exact_pattern;
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

/// What stands between the labels of a menu, or ends a notice beside them.
static SEPARATORS: LazyLock<Regex> = LazyLock::new(|| exact_pattern(r"[|·»›•\n/→←><«]|[.?!]\s"));

/// How much makes a strip of furniture: a label counts once, a notice three times.
const STRIP: usize = 5;

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
        SEPARATORS.split(text).for_each(|piece| tally.take(piece));
    }
    let share = tally.junk_words as f32 / tally.words.max(1) as f32;
    let kinds = tally.furniture.len() + tally.phrases;
    let severity = match () {
        () if kinds >= 2 && tally.labels + 2 * tally.phrases >= 4 && share >= 0.5 => Severity::Error,
        // A few words, and all of them furniture.
        () if kinds >= 1 && tally.junk_words == tally.words && !under_heading(here) => Severity::Error,
        () if kinds >= 4 && share >= 0.3 => Severity::Warn,
        () => return findings.extend(strip(here)),
    };
    let message = format!(
        "{} of {} words are labels or notices of a site's furniture (menus, cookie banners, footers).",
        tally.junk_words, tally.words
    );
    findings.push(here.finding(Rule::Navigation, message).at(severity));
}

/// The first strip of furniture beside a text that says something: labels of a menu, a footer or a banner in a row.
fn strip(here: &ChunkReading<'_>) -> Option<Finding> {
    let mut tally = Tally::default();
    let mut span: Option<ByteSpan> = None;
    let lowered: Vec<(ByteSpan, String)> = here.texts().map(|(run, text)| (run.span, text.to_lowercase())).collect();
    for (at, text) in &lowered {
        let mut here_only = Tally::default();
        SEPARATORS.split(text).for_each(|piece| here_only.take(piece));
        let goes_on = here_only.junk_words * 2 >= here_only.words;
        if !goes_on {
            if tally.is_strip() {
                break;
            }
            (tally, span) = (Tally::default(), None);
            continue;
        }
        SEPARATORS.split(text).for_each(|piece| tally.take(piece));
        span = Some(ByteSpan::new(span.map_or(at.start(), ByteSpan::start), at.end()));
    }
    let span = span.filter(|_| tally.is_strip())?;
    let message = "A strip of a site's furniture (a menu, a footer, a banner) stands in the text.";
    Some(here.reading.finding(Rule::Navigation, message, span).at(Severity::Warn))
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
    /// Whether this is enough to be a strip of furniture among other text.
    fn is_strip(&self) -> bool {
        // Notices alone may be those of a licence.
        self.furniture.len() >= 2 && self.furniture.len() + 3 * self.phrases >= STRIP
    }

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
    fn strips_of_menus_and_banners_are_found_beside_text() {
        let prose = "A bucket holds objects, and an object is a file together with what is known about it. Choose the \
            region where most of the readers are, for a bucket cannot be moved later on, and name it with care.";
        for (strip, expected) in [
            ("Home\nProducts\nPricing\nDocs\nBlog\nSign in\nSign up", true),
            ("* [Home](/)\n* [Products](/p)\n* [Pricing](/r)\n* [Sign in](/i)\n* [Contact](/c)", true),
            ("Home | Products | Pricing | Docs | Blog | Sign in | Sign up", true),
            ("We use cookies to improve your experience. Accept | Decline | Settings", true),
            (
                "Share this page: Facebook | Twitter | LinkedIn | E-mail\n\nPrevious | Next\n\n© 2026 Otter. All rights reserved.",
                true,
            ),
            ("Previous | Next", false),
            ("Copyright 2013 Otter\n\nCopyright 2010 Beaver\n\nAll rights reserved.", false),
            ("* Search\n* Contact\n* Print", false),
            ("Press **Search**, then **Print**, **Share** or **Close**, and **Menu** brings you back.", false),
        ] {
            for text in [format!("# Buckets\n\n{strip}\n\n{prose}\n"), format!("# Buckets\n\n{prose}\n\n{strip}\n")] {
                assert_eq!(rules(&text).contains(&Rule::Navigation), expected, "{text}");
            }
        }
    }

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
