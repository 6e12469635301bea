//! Takes what is no content out of a page.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::clutter::{self, Clutter, Judge};
use super::main_part::{Named, Sums};
use super::outline::{Outline, Part};
use super::run::{Run, runs};

/// An element that holds more than this share of the prose is content, whatever its name.
const SPARED: f64 = 0.35;

/// What the template names the article, and holds at least this share of the prose, is the article.
const NAMED: f64 = 0.18;

/// Comments go where at least this much prose is left, in letters.
const ENOUGH: f64 = 250.0;

/// What is hidden goes where at least this share of the prose is shown.
const VISIBLE: f64 = 0.25;

/// A box with at least this share of its letters in links is there for the links.
const LINKED: f64 = 0.65;

/// Longer lines are looked at as prose, in letters.
pub(super) const LINE: usize = 220;

/// Leaves out what its name or element says is no content.
pub(super) fn by_name(outline: &mut Outline<'_>) {
    let mut judge = Judge::new();
    let judged: Vec<Clutter> = (0..outline.nodes.len())
        .map(|at| outline.element(at).map_or(Clutter::No, |element| judge.judge(element)))
        .collect();
    let mut named = Named::new();
    let headings: Vec<usize> = (0..outline.nodes.len()).filter(|&at| outline.name(at) == "h1").collect();
    let holds_title =
        |from: usize, end: usize| headings.get(headings.partition_point(|&at| at < from)).is_some_and(|&at| at < end);
    for kind in [Clutter::Hidden, Clutter::Consent, Clutter::Comments, Clutter::Likely] {
        if !judged.contains(&kind) {
            continue;
        }
        let sums = prose(outline, 0);
        let whole = sums.within(0, outline.nodes.len());
        let shares = if kind == Clutter::Likely { shares(outline, &judged, &sums) } else { HashMap::new() };
        // Where the template names the article, clutter beside it is none of it.
        let articles: Vec<(usize, usize)> = (0..outline.nodes.len())
            .filter(|&at| kind == Clutter::Likely && judged[at] == Clutter::No)
            .filter(|&at| outline.element(at).is_some_and(|element| named.is_named(element)))
            .map(|at| (at, outline.nodes[at].end))
            .filter(|&(from, to)| sums.within(from, to) >= NAMED * whole)
            .collect();
        let mut left = whole;
        let mut at = 0;
        while at < outline.nodes.len() {
            let end = outline.nodes[at].end;
            if outline.nodes[at].gone {
                at = end;
                continue;
            }
            let inside = sums.within(at, end);
            let goes = judged[at] == kind
                && match kind {
                    // Pages that show themselves by script are hidden to begin with.
                    Clutter::Hidden => inside <= SPARED * whole || left - inside >= (2.0 * ENOUGH).max(VISIBLE * whole),
                    Clutter::Consent => !holds_title(at, end),
                    Clutter::Comments => inside <= 0.0 || (left - inside >= ENOUGH && !holds_title(at, end)),
                    Clutter::Likely => {
                        let class = outline.element(at).and_then(|element| element.attr("class")).unwrap_or_default();
                        let together = inside.max(shares.get(class).copied().unwrap_or(0.0));
                        let is_beside = || articles.iter().any(|&(from, to)| to <= at || end <= from);
                        (together <= SPARED * whole || is_beside()) && !holds_data(outline, at) && !retires(outline, at)
                    }
                    Clutter::No => false,
                };
            if goes {
                left -= inside;
                outline.leave_out(at);
            }
            // Names within code are those of its highlighting.
            let is_closed = goes || matches!(outline.name(at), "pre" | "code");
            at = if is_closed { end } else { at + 1 };
        }
    }
}

/// How much prose the elements of each class hold together: the pages of a slide show are an article.
fn shares<'a>(outline: &Outline<'a>, judged: &[Clutter], sums: &Sums) -> HashMap<&'a str, f64> {
    let mut shares = HashMap::new();
    for at in outline.within(0).filter(|&at| judged[at] == Clutter::Likely) {
        if let Some(class) = outline.element(at).and_then(|element| element.attr("class")) {
            *shares.entry(class).or_insert(0.0) += sums.within(at, outline.nodes[at].end);
        }
    }
    shares
}

/// Longer boxes say more than that a page is no longer to be used, in bytes.
const LONGEST_NOTICE: usize = 600;
/// What a box says of the page that it stands on.
static RETIRES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\bthis\s+(?:page|document|article|guide|manual|chapter|version|content|documentation)\s+(?:is|has\s+been)\s+(?:now\s+)?(?:obsolete|outdated|out\s+of\s+date|deprecated|archived|superseded|replaced|retired|withdrawn|no\s+longer\s+(?:maintained|valid|supported|current|updated))\b",
    )
    .ok()
});

/// Whether a box says that its page is not to be used any more: templates file that with menus, and readers must know.
fn retires(outline: &Outline<'_>, at: usize) -> bool {
    let words = outline.words(at, outline.nodes[at].end);
    words.len() <= LONGEST_NOTICE && RETIRES.as_ref().is_some_and(|retires| retires.is_match(&words))
}

/// Whether a figure holds what is no picture: a table, code, a quotation.
fn holds_data(outline: &Outline<'_>, at: usize) -> bool {
    outline.name(at) == "figure"
        && outline.within(at).any(|inside| matches!(outline.name(inside), "table" | "pre" | "blockquote" | "code"))
}

fn prose(outline: &Outline<'_>, root: usize) -> Sums {
    Sums::of(outline, &runs(outline, root), |run| if run.is_prose() { run.plain() as f64 } else { 0.0 })
}

/// Leaves out of the main part what is no content there: boxes of links, what stands under headings that say so, and
/// lines that lead elsewhere.
pub(super) fn main_part(outline: &mut Outline<'_>, root: usize) {
    boxes_of_links(outline, root);
    sections(outline, root);
    lines(outline, root);
}

/// Blocks that are mostly links.
fn boxes_of_links(outline: &mut Outline<'_>, root: usize) {
    let all = runs(outline, root);
    let letters = Sums::of(outline, &all, |run| run.letters as f64);
    let linked = Sums::of(outline, &all, |run| run.linked as f64);
    let prose = Sums::of(outline, &all, |run| if run.is_prose() { run.plain() as f64 } else { 0.0 });
    let whole = prose.within(root, outline.nodes[root].end);
    let mut at = root + 1;
    while at < outline.nodes[root].end {
        let end = outline.nodes[at].end;
        if outline.nodes[at].gone {
            at = end;
            continue;
        }
        let is_box = matches!(
            outline.name(at),
            "ul" | "ol"
                | "dl"
                | "div"
                | "section"
                | "table"
                | "header"
                | "center"
                | "article"
                | "details"
                | "blockquote"
        );
        let (l, k, p) = (letters.within(at, end), linked.within(at, end), prose.within(at, end));
        let goes = is_box && l > 0.0 && p <= 0.2 * whole && k > LINKED * l && k > 2.0 * p;
        if goes {
            outline.leave_out(at);
            at = end;
        } else {
            at += 1;
        }
    }
}

/// A heading that says that what follows is no part of the article, and what follows: all of the element it stands in,
/// or up to the next heading of its rank.
fn sections(outline: &mut Outline<'_>, root: usize) {
    let all = runs(outline, root);
    let prose = Sums::of(outline, &all, |run| if run.is_prose() { run.plain() as f64 } else { 0.0 });
    let whole = prose.within(root, outline.nodes[root].end);
    for run in &all {
        if run.letters > LINE || is_gone(outline, run) {
            continue;
        }
        let words = outline.words(run.from, run.to);
        if !clutter::is_heading(&words) {
            continue;
        }
        // The outermost element that begins with it: often the heading is alone in a box of its own.
        let mut head = run.from;
        while head > root + 1 {
            let parent = outline.nodes[head].parent;
            let opens = parent > root && is_blank(outline, parent, run.from);
            let is_small = prose.within(parent, outline.nodes[parent].end) <= 0.3 * whole;
            if !opens || !is_small {
                break;
            }
            head = parent;
        }
        if !matches!(outline.nodes[head].part, Part::Block(_)) {
            continue;
        }
        outline.leave_out(head);
        let parent = outline.nodes[head].parent;
        let mut sibling = outline.nodes[head].end;
        while sibling < outline.nodes[parent].end {
            let end = outline.nodes[sibling].end;
            let is_heading = matches!(outline.name(sibling), "h1" | "h2" | "h3" | "h4");
            if is_heading || prose.within(sibling, end) > 0.1 * whole {
                break;
            }
            // Plain paragraphs after it are the article again.
            if matches!(outline.name(sibling), "p" | "pre") && prose.within(sibling, end) > 0.0 {
                break;
            }
            outline.leave_out(sibling);
            sibling = end;
        }
    }
}

/// Lines that lead elsewhere or speak of the page.
fn lines(outline: &mut Outline<'_>, root: usize) {
    for run in runs(outline, root) {
        if run.letters <= LINE && !is_code(outline, &run) && clutter::is_line(&outline.words(run.from, run.to)) {
            leave_out_run(outline, &run, root);
        }
    }
}

/// Whether a run stands in code.
pub(super) fn is_code(outline: &Outline<'_>, run: &Run) -> bool {
    outline.name(run.block) == "pre" || outline.ancestors(run.block).take(4).any(|at| outline.name(at) == "pre")
}

/// Leaves out a run: its whole block where that holds nothing else, else its nodes.
pub(super) fn leave_out_run(outline: &mut Outline<'_>, run: &Run, root: usize) {
    let mut at = run.from;
    while at < run.to {
        let end = outline.nodes[at].end.min(run.to).max(at + 1);
        if outline.nodes[at].end <= run.to || matches!(outline.nodes[at].part, Part::Words(_)) {
            outline.leave_out(at);
            at = end;
        } else {
            at += 1;
        }
    }
    let block = run.block;
    if block > root && is_blank(outline, block, outline.nodes[block].end) {
        outline.leave_out(block);
    }
}

/// Whether a run stands in what was left out since it was found.
fn is_gone(outline: &Outline<'_>, run: &Run) -> bool {
    outline.nodes[run.from].gone || outline.ancestors(run.from).any(|at| outline.nodes[at].gone)
}

/// Whether no words are left in a short stretch of nodes; a long one is not looked through.
fn is_blank(outline: &Outline<'_>, from: usize, to: usize) -> bool {
    let mut at = from;
    for _ in 0..MAX_BLANK {
        if at >= to {
            return true;
        }
        let node = &outline.nodes[at];
        if node.measure.letters > 0 && !node.gone {
            return false;
        }
        at = if node.gone { node.end } else { at + 1 };
    }
    false
}

/// How many nodes are looked through for words.
const MAX_BLANK: usize = 100;
