//! What is left at both ends of the main part that is no content.

use std::sync::LazyLock;

use regex::Regex;

use super::outline::Outline;
use super::run::{Run, runs};
use super::sift::{LINE, is_code, leave_out_run};
use super::{dateline, label};

/// A shorter paragraph before the first prose is a label, in letters outside of links.
const OPENER: usize = 25;

/// How many paragraphs at the start and at the end may be there for the reader rather than for the matter.
const ASIDES: (usize, usize) = (2, 3);

/// Longer paragraphs are none of these, in letters.
const ASIDE: usize = 400;

/// What is said at the ends of articles of those who wrote them, and asked of those who read them.
static ASIDE_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
            \bfollow\s+(?:him|her|them|us|me|@?\w+(?:\s+\w+)?)\s+(?:on|at)\s+(?:twitter|x\b|facebook|instagram|mastodon|linkedin|bluesky|@)
          | ^\W*(?:write\s+to|e-?mail|contact|reach)\s+.{1,40}?\s+at\s+\S+@\S
          | \bcontributed\s+(?:to\s+th(?:is|e)\s+(?:report|story|article)|reporting)\b
          | \b(?:sign\s+up|subscribe|abonnier\w*|anmeld\w*)\b.{0,120}\b(?:newsletter|inbox)\b|\bnewsletter\b.{0,80}\b(?:sign\s+up|subscribe|abonnier\w*|anmeld\w*)\b
          | \bclick\s+here\b.{0,40}$",
    )
    .ok()
});

/// Leaves out of the main part what stands before the first and after the last prose, names, dates, sections and links,
/// and what the article says there of its writers and asks of its readers.
pub(super) fn leave_out(outline: &mut Outline<'_>, root: usize, title: Option<&str>) {
    let all = runs(outline, root);
    let dated = |run: &Run| {
        run.letters <= LINE && !is_code(outline, run) && dateline::is_dateline(&outline.words(run.from, run.to))
    };
    let is_text = |run: &Run| (run.is_prose() && !dated(run)) || is_code(outline, run) || is_table(outline, run, root);
    let texts: Vec<usize> = (0..all.len()).filter(|&at| is_text(&all[at])).collect();
    let asides = asides(outline, &all, &texts);
    let is_kept = |at: &&usize| !asides.contains(at);
    let mut first = texts.iter().find(is_kept).copied().unwrap_or(0);
    let last = texts.iter().rfind(is_kept).copied().unwrap_or(all.len());
    while first > 0 && opens(outline, &all[first - 1], &all[first]) && !dated(&all[first - 1]) {
        first -= 1;
    }
    let mut going: Vec<&Run> = asides.iter().map(|&at| &all[at]).collect();
    for run in &all[..first] {
        let rank = heading_rank(outline, run, root);
        let is_listed = outline.name(run.block) == "li";
        if run.is_linked() || (rank.is_none() && !is_listed) {
            going.push(run);
        }
    }
    for run in all.iter().skip(last + 1) {
        if run.is_linked() || heading_rank(outline, run, root).is_some() || dated(run) || is_aside(outline, run) {
            going.push(run);
        }
    }
    // The heading that is the title of the page is told beside the text.
    for run in &all[..all.len().min(first + 3)] {
        let Some(rank) = heading_rank(outline, run, root) else { continue };
        let words = outline.words(run.from, run.to);
        let is_title = title
            .is_some_and(|title| title == words || (rank == 1 && (title.contains(&words) || words.contains(title))));
        let is_named = rank == 1
            && std::iter::once(run.block)
                .chain(outline.ancestors(run.block).take(2))
                .filter_map(|at| outline.element(at))
                .any(|element| label::of(element).contains("title") || label::of(element).contains("headline"));
        if is_title || is_named {
            going.push(run);
        }
    }
    for run in going {
        let run = run.clone();
        leave_out_run(outline, &run, root);
    }
}

/// The places of the first and last of `texts` that are about the writers or ask something of the readers, where other
/// text is left.
fn asides(outline: &Outline<'_>, all: &[Run], texts: &[usize]) -> Vec<usize> {
    let is_aside = |at: &&usize| is_aside(outline, &all[**at]);
    let (start, end) = ASIDES;
    if texts.len() <= start + end {
        return Vec::new();
    }
    let opening = texts.iter().take(start).filter(is_aside);
    // Only the last of all, and those right before them.
    let closing = texts.iter().rev().take(end).take_while(is_aside);
    opening.chain(closing).copied().collect()
}

fn is_aside(outline: &Outline<'_>, run: &Run) -> bool {
    run.letters <= ASIDE
        && !is_code(outline, run)
        && ASIDE_WORDS.as_ref().is_some_and(|words| words.is_match(&outline.words(run.from, run.to)))
}

/// Whether a run that does not read like prose is a paragraph right before one that does: a first sentence may be short,
/// or name many things that are links.
fn opens(outline: &Outline<'_>, run: &Run, text: &Run) -> bool {
    outline.name(run.block) == "p"
        && outline.name(text.block) == "p"
        && outline.nodes[run.block].parent == outline.nodes[text.block].parent
        && run.plain() >= OPENER
}

/// Leaves out the headings that repeat what the page says it is about for those who list it: like the title, that is
/// told beside the text.
pub(super) fn leave_out_summary(outline: &mut Outline<'_>, description: Option<&str>) {
    let Some(description) = description.map(bare).filter(|description| !description.is_empty()) else { return };
    let headings: Vec<usize> = outline.within(0).filter(|&at| matches!(outline.name(at), "h2" | "h3" | "h4")).collect();
    for at in headings {
        let words = bare(&outline.words(at, outline.nodes[at].end));
        // Either may be cut short.
        let (short, long) =
            if words.len() < description.len() { (&words, &description) } else { (&description, &words) };
        if long.starts_with(short.as_str()) && short.len() * 5 >= long.len() * 4 {
            outline.leave_out(at);
        }
    }
}

/// The letters and digits of a text, in lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The rank of the heading a run stands in.
fn heading_rank(outline: &Outline<'_>, run: &Run, root: usize) -> Option<u8> {
    std::iter::once(run.block).chain(outline.ancestors(run.block)).take_while(|&at| at > root).find_map(|at| {
        match outline.name(at).as_bytes() {
            [b'h', rank @ b'1'..=b'6'] => Some(rank - b'0'),
            _ => None,
        }
    })
}

fn is_table(outline: &Outline<'_>, run: &Run, root: usize) -> bool {
    matches!(outline.name(run.block), "td" | "th")
        && outline.ancestors(run.block).take_while(|&at| at > root).any(|at| outline.name(at) == "table")
}
