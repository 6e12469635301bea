//! Which element of a page holds its main content.

use std::sync::LazyLock;

use regex::Regex;
use scraper::node::Element;

use super::label::{Known, Names};
use super::outline::{Outline, Part};
use super::run::Run;
use super::{clutter, dateline};

/// Elements that never hold a whole article.
const PARTS: [&str; 22] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "tr",
    "tbody",
    "thead",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "caption",
    "html",
];

/// What a letter that is no prose takes from an element, where a letter of prose gives one.
const COST: f64 = 0.2;

/// What it takes where it is in a link.
const COST_LINKED: f64 = 0.5;

/// What any stretch that is no prose takes beside that, in letters.
const COST_EACH: f64 = 8.0;

/// How much more an element counts for its name, and for being an `<article>` or `<main>`.
const TRUST_NAMED: f64 = 1.4;
const TRUST_ELEMENT: f64 = 1.12;

/// An element within the best is better if it has this share of its score.
const ENOUGH: f64 = 0.9;

/// Names that writers of templates give to the element that holds the article, and to little else.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)\b(?:article|post|entry|story|blog|news|page|main|single|recipe|review|detail)s?-?(?:main-?)?(?:body|content|text|copy|bodytext)\b
        | \b(?:articlebody|body-?(?:text|copy|content)|fulltext|full-text|main-?text|text-?body|field-body|td-post-content|content-(?:body|text|article))\b
        | \bitemprop-articlebody\b",
    )
    .ok()
});

/// The element with the most prose and the least of everything else; none on a page without prose.
///
/// Every stretch of prose counts for the elements it stands in, every other one against them: the best element is the
/// subtree of the largest sum. A name that says it holds the article counts for some of what is around it.
pub(super) fn find(outline: &Outline<'_>, runs: &[Run]) -> Option<usize> {
    let sums = Sums::of(outline, runs, value);
    let mut named = Named::new();
    let mut best: Option<(f64, usize)> = None;
    for at in outline.within(0) {
        let Part::Block(element) = outline.nodes[at].part else { continue };
        if PARTS.contains(&element.name()) {
            continue;
        }
        let sum = sums.within(at, outline.nodes[at].end);
        if sum <= 0.0 {
            continue;
        }
        let score = sum * trust(named.is_named(element), element);
        // Of those within each other the innermost, unless it leaves much out.
        let is_inside = best.is_some_and(|(_, around)| at < outline.nodes[around].end);
        let most = best.map_or(0.0, |(most, _)| most);
        if score >= most || (is_inside && score >= ENOUGH * most) {
            best = Some((score.max(most), at));
        }
    }
    best.map(|(_, at)| at)
}

/// The part of `root` that is the page's own article, where whole articles follow each other: the one under the heading
/// that is the title, where others like it have headings of the first rank of their own.
pub(super) fn own_article(outline: &Outline<'_>, runs: &[Run], root: usize, title: Option<&str>) -> usize {
    let headings: Vec<usize> = outline.within(root).filter(|&at| outline.name(at) == "h1").collect();
    let words = |at: usize| outline.words(at, outline.nodes[at].end);
    let own = headings.iter().copied().find(|&at| title.is_some_and(|title| title == words(at)));
    let (Some(own), true) = (own, (2..=MAX_ARTICLES).contains(&headings.len())) else { return root };
    let holds = |at: usize, heading: usize| (at..outline.nodes[at].end).contains(&heading);
    // The largest element that holds no other heading.
    let article = outline
        .ancestors(own)
        .take_while(|&at| at > root && headings.iter().all(|&other| other == own || !holds(at, other)))
        .last();
    let Some(article) = article else { return root };
    let parent = outline.nodes[article].parent;
    let class = |at: usize| outline.element(at).and_then(|element| element.attr("class"));
    let is_like = |at: usize| at != article && outline.name(at) == outline.name(article) && class(at) == class(article);
    let prose: usize = runs.iter().filter(|run| holds(article, run.from) && run.is_prose()).map(Run::plain).sum();
    let others = outline.children(parent).any(|at| is_like(at) && headings.iter().any(|&heading| holds(at, heading)));
    if others && prose >= MIN_ARTICLE { article } else { root }
}

/// A page of more headings of the first rank uses them for sections.
const MAX_ARTICLES: usize = 40;

/// Shorter than this is no article to choose above others, in letters.
const MIN_ARTICLE: usize = 400;

fn value(run: &Run) -> f64 {
    if run.is_prose() {
        run.plain() as f64
    } else {
        -COST_EACH - COST_LINKED * run.linked as f64 - COST * run.plain() as f64
    }
}

/// Whether the template names elements as the one that holds the article.
pub(super) struct Named<'a> {
    names: Known<'a, bool>,
}

impl<'a> Named<'a> {
    pub(super) fn new() -> Self {
        Self { names: Known::new() }
    }

    pub(super) fn is_named(&mut self, element: &'a Element) -> bool {
        self.names.get(Names::of(element), |label| {
            !label.is_empty() && NAMED.as_ref().is_some_and(|names| names.is_match(label))
        })
    }
}

fn trust(is_named: bool, element: &Element) -> f64 {
    if is_named {
        TRUST_NAMED
    } else if matches!(element.name(), "article" | "main") {
        TRUST_ELEMENT
    } else {
        1.0
    }
}

/// Leads are no longer than this together, in letters.
const MAX_LEAD: usize = 1_200;

/// The paragraphs between the heading of the page and its main part: templates often put the lead there, in a box of its
/// own.
pub(super) fn leads(outline: &Outline<'_>, runs: &[Run], root: usize) -> Vec<usize> {
    let first = runs.partition_point(|run| run.from < root);
    let is_heading = |name| runs[..first].iter().rposition(|run| stands_in(outline, run, name));
    let Some(heading) = is_heading("h1").or_else(|| is_heading("h2")) else { return Vec::new() };
    let between = &runs[heading + 1..first];
    let mut leads = Vec::new();
    let mut letters = 0;
    for run in between.iter().filter(|run| run.is_prose() || (run.linked == 0 && run.letters >= LEAD)) {
        let words = outline.words(run.from, run.to);
        if dateline::is_dateline(&words) || (run.letters < 2 * LEAD && clutter::is_line(&words)) {
            continue;
        }
        letters += run.letters;
        leads.push(run.block);
    }
    leads.dedup();
    // Some templates say it twice.
    let inside: Vec<String> = runs[first..]
        .iter()
        .take_while(|run| run.from < outline.nodes[root].end)
        .take(8)
        .map(|run| outline.words(run.from, run.to))
        .collect();
    leads.retain(|&lead| !inside.contains(&outline.words(lead, outline.nodes[lead].end)));
    if letters > MAX_LEAD { Vec::new() } else { leads }
}

/// Shorter lines without a full stop are no lead, in letters.
const LEAD: usize = 60;

fn stands_in(outline: &Outline<'_>, run: &Run, name: &str) -> bool {
    std::iter::once(run.block).chain(outline.ancestors(run.block).take(3)).any(|at| outline.name(at) == name)
}

/// Sums over the runs of any subtree.
pub(super) struct Sums {
    /// For each node, the sum over the runs that start before it.
    before: Vec<f64>,
}

impl Sums {
    pub(super) fn of(outline: &Outline<'_>, runs: &[Run], value: impl Fn(&Run) -> f64) -> Self {
        let mut before = Vec::with_capacity(outline.nodes.len() + 1);
        let mut sum = 0.0;
        let mut runs = runs.iter().peekable();
        for at in 0..=outline.nodes.len() {
            while let Some(run) = runs.next_if(|run| run.from < at) {
                sum += value(run);
            }
            before.push(sum);
        }
        Self { before }
    }

    pub(super) fn within(&self, from: usize, to: usize) -> f64 {
        self.before[to] - self.before[from]
    }
}
