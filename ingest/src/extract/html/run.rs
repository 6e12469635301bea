//! Stretches of text that stand by themselves: paragraphs, list items, headings, table cells.

use super::outline::{Outline, Part};

/// Words that follow each other without a block in between, and what they are like.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    /// The first node.
    pub(super) from: usize,
    /// The first node behind it.
    pub(super) to: usize,
    /// The block element it stands in.
    pub(super) block: usize,
    /// Characters other than white space; those of scripts that write a word in one or two count three.
    pub(super) letters: usize,
    /// How many of them are in links.
    pub(super) linked: usize,
    /// Ends of sentences.
    pub(super) stops: usize,
}

/// Plain text this long is prose even without a full stop, in letters.
const LONG: usize = 120;

/// Shorter text is never prose, in letters.
const SHORT: usize = 35;

impl Run {
    /// Letters outside of links.
    pub(super) fn plain(&self) -> usize {
        self.letters - self.linked
    }

    /// Whether it reads like sentences rather than like labels or links.
    pub(super) fn is_prose(&self) -> bool {
        self.linked * 2 < self.letters && (self.plain() >= LONG || (self.plain() >= SHORT && self.stops > 0))
    }

    /// Whether nearly all of it is links.
    pub(super) fn is_linked(&self) -> bool {
        self.linked * 10 >= self.letters * 8
    }
}

/// The runs in a subtree, in reading order.
pub(super) fn runs(outline: &Outline<'_>, root: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut open: Option<Run> = None;
    // The blocks that the current node stands in, innermost last, with where they end.
    let mut blocks = vec![(root, outline.nodes[root].end)];
    let mut link_end = 0;
    let mut breaks = 0;
    for at in outline.within(root) {
        while blocks.len() > 1 && blocks.last().is_some_and(|&(_, end)| end <= at) {
            blocks.pop();
            runs.extend(open.take());
        }
        match outline.nodes[at].part {
            Part::Block(_) => {
                runs.extend(open.take());
                if at != root {
                    blocks.push((at, outline.nodes[at].end));
                }
            }
            Part::Inline(element) => {
                if element.name() == "a" && element.attr("href").is_some() {
                    link_end = outline.nodes[at].end;
                }
            }
            Part::Break => {
                breaks += 1;
                if breaks > 1 {
                    runs.extend(open.take());
                }
            }
            Part::Words(_) if outline.nodes[at].measure.letters == 0 => {}
            Part::Words(_) => {
                breaks = 0;
                let block = blocks.last().map_or(root, |&(block, _)| block);
                let run = open.get_or_insert_with(|| Run { from: at, block, ..Run::default() });
                run.to = at + 1;
                let Measure { letters, stops } = outline.nodes[at].measure;
                run.letters += letters;
                run.stops += stops;
                if at < link_end {
                    run.linked += letters;
                }
            }
        }
    }
    runs.extend(open);
    runs
}

/// What some words are like.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// As in a run.
    pub(super) letters: usize,
    /// As in a run.
    pub(super) stops: usize,
}

impl Measure {
    pub(super) fn of(words: &str) -> Self {
        let (mut letters, mut stops) = (0, 0);
        let mut last = ' ';
        for c in words.chars() {
            if c.is_whitespace() {
                stops += usize::from(matches!(last, '.' | '!' | '?' | '…' | ':'));
            } else {
                letters += if is_wide(c) { 3 } else { 1 };
                stops += usize::from(matches!(c, '。' | '！' | '？' | '।'));
            }
            if !matches!(c, '"' | '”' | '’' | '\'' | '»' | ')' | '“') {
                last = c;
            }
        }
        stops += usize::from(matches!(last, '.' | '!' | '?' | '…' | ':'));
        Self { letters, stops }
    }
}

/// Chinese characters, kana and Hangul.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
