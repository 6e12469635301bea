//! Running headers, footers and page numbers: what stands at the edge of page after page.

use std::collections::HashMap;

use super::line::{Line, rows};

/// How many rows at either edge may be furniture.
const EDGE: usize = 3;

/// How many rows a page has besides.
const MIN_BODY: usize = 2;

/// How many pages furniture stands on at least.
const MIN_PAGES: usize = 3;

/// The share of the pages it stands on at least: half of them where left and right pages differ, less where chapters
/// do too.
const MIN_SHARE: f32 = 0.25;

/// How far its place may differ from page to page, in points.
const MAX_SHIFT: f32 = 8.0;

/// Longer lines are text, in characters.
const MAX_LENGTH: usize = 150;

/// A line at the edge of a page.
struct Edge {
    page: usize,
    height: f32,
    /// Its text without spaces, any number being `#`.
    pattern: String,
    numbers: Vec<i64>,
}

/// Takes the furniture out of pages that follow one another.
pub(super) fn remove(pages: &mut [Vec<Line>]) {
    for page in pages.iter_mut() {
        page.retain(|line| !line.is_artifact());
    }
    let edges: Vec<Edge> = pages.iter().enumerate().flat_map(|(i, page)| edges(i, page)).collect();
    let mut by_pattern: HashMap<&str, Vec<&Edge>> = HashMap::new();
    for edge in &edges {
        by_pattern.entry(&edge.pattern).or_default().push(edge);
    }
    let enough = MIN_PAGES.max((MIN_SHARE * pages.len() as f32) as usize);
    let counted = counted_from(&edges, enough);
    let is_furniture = |edge: &Edge| {
        let same_place = |other: &&&Edge| (other.height - edge.height).abs() < MAX_SHIFT;
        let mut alike: Vec<usize> =
            by_pattern[edge.pattern.as_str()].iter().filter(same_place).map(|edge| edge.page).collect();
        alike.dedup();
        let counts = counted.is_some_and(|first| edge.numbers.contains(&(first + edge.page as i64)));
        alike.len() >= enough || counts || (pages.len() > 1 && is_page_of(&edge.pattern))
    };
    let mut furniture: HashMap<usize, Vec<f32>> = HashMap::new();
    for edge in edges.iter().filter(|edge| is_furniture(edge)) {
        furniture.entry(edge.page).or_default().push(edge.height);
    }
    for (page, heights) in furniture {
        pages[page].retain(|line| !heights.contains(&line.height));
    }
}

/// The rows at the edges of a page, with the height of each line in them.
fn edges(page: usize, lines: &[Line]) -> Vec<Edge> {
    let rows = rows(lines.to_vec());
    let count = rows.len();
    // Furniture is furniture to something: some rows stand between.
    let edge = EDGE.min(count.saturating_sub(MIN_BODY) / 2);
    let at_edge = rows.iter().enumerate().filter(|(i, _)| *i < edge || *i + edge >= count);
    at_edge
        .flat_map(|(_, row)| {
            let text = row.iter().map(Line::text).collect::<Vec<_>>().join(" ");
            let short = text.len() <= MAX_LENGTH;
            let (pattern, numbers) = pattern(&text);
            let edge = move |line: &Line| Edge {
                page,
                height: line.height,
                pattern: pattern.clone(),
                numbers: numbers.clone(),
            };
            row.iter().map(edge).filter(|_| short).collect::<Vec<_>>()
        })
        .collect()
}

/// The text with its outer numbers left open, and these numbers.
fn pattern(text: &str) -> (String, Vec<i64>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut pattern = String::new();
    let mut numbers = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_number = !bare.is_empty() && bare.len() < 6 && bare.bytes().all(|byte| byte.is_ascii_digit());
        // `3 of 7` and `- 3 -` have words around theirs.
        let is_outer = words.len() <= 5 || i == 0 || i + 1 == words.len();
        if is_number && is_outer {
            pattern.push('#');
            numbers.extend(bare.parse::<i64>());
        } else {
            pattern.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    (pattern, numbers)
}

/// The number of the first page, where enough of the pages carry numbers that count up by one.
fn counted_from(edges: &[Edge], enough: usize) -> Option<i64> {
    let mut firsts: HashMap<i64, Vec<usize>> = HashMap::new();
    for edge in edges {
        for number in &edge.numbers {
            let pages = firsts.entry(number - edge.page as i64).or_default();
            if pages.last() != Some(&edge.page) {
                pages.push(edge.page);
            }
        }
    }
    let (first, pages) = firsts.into_iter().max_by_key(|(first, pages)| (pages.len(), *first))?;
    (pages.len() >= enough.max(4)).then_some(first)
}

/// `Page 3 of 7`, in what languages have it that way.
fn is_page_of(pattern: &str) -> bool {
    matches!(pattern, "page#" | "page#of#" | "p.#" | "seite#" | "seite#von#" | "page#/#" | "page#sur#" | "página#de#")
}
