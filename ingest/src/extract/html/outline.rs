//! A page as one list of nodes in reading order, for rules that look at stretches of it.

use scraper::node::Element;
use scraper::{Html, Node as Parsed};

use super::run::Measure;

/// Elements whose words are never read as text.
const UNREAD: [&str; 24] = [
    "head", "script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "canvas", "audio", "video",
    "map", "rp", "rt", "select", "datalist", "input", "textarea", "img", "picture", "source", "link", "meta",
];

/// Elements that stand within a line; all others break it.
const INLINE: [&str; 35] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "nobr", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var",
];

/// The nodes of a page in reading order. A subtree is a stretch of the list: from its element to `end`.
pub(super) struct Outline<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

/// A text or an element.
pub(super) struct Node<'a> {
    /// Where the parent stands; the first node is its own.
    pub(super) parent: usize,
    /// Where the subtree ends: the first node behind it.
    pub(super) end: usize,
    /// What it is.
    pub(super) part: Part<'a>,
    /// What its own words are like; counted once, since many rules add it up.
    pub(super) measure: Measure,
    /// Left out of the text, with all that is in it.
    pub(super) gone: bool,
}

/// What a node is.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// Characters as they stand in the page.
    Words(&'a str),
    /// An element that stands within a line.
    Inline(&'a Element),
    /// The end of a line.
    Break,
    /// An element that stands by itself.
    Block(&'a Element),
}

impl<'a> Outline<'a> {
    /// Lists the page without what is never read as text.
    pub(super) fn of(page: &'a Html) -> Self {
        let mut nodes: Vec<Node<'a>> = Vec::new();
        // A step is a node to list under a parent, or the end of a subtree.
        let mut steps = vec![(0, Some(*page.root_element()))];
        while let Some((parent, step)) = steps.pop() {
            let Some(node) = step else {
                let end = nodes.len();
                nodes[parent].end = end;
                continue;
            };
            let at = nodes.len();
            let part = match node.value() {
                Parsed::Text(words) => Part::Words(words),
                Parsed::Element(element) => match element.name() {
                    "br" => Part::Break,
                    name if UNREAD.contains(&name) => continue,
                    name if INLINE.contains(&name) => Part::Inline(element),
                    _ => Part::Block(element),
                },
                Parsed::Document
                | Parsed::Fragment
                | Parsed::Doctype(_)
                | Parsed::Comment(_)
                | Parsed::ProcessingInstruction(_) => continue,
            };
            let measure = if let Part::Words(words) = part { Measure::of(words) } else { Measure::default() };
            nodes.push(Node { parent, end: at + 1, part, measure, gone: false });
            if !matches!(part, Part::Words(_) | Part::Break) {
                steps.push((at, None));
                steps.extend(node.children().rev().map(|child| (at, Some(child))));
            }
        }
        Self { nodes }
    }

    /// The element at a place, if it is one.
    pub(super) fn element(&self, at: usize) -> Option<&'a Element> {
        match self.nodes[at].part {
            Part::Block(element) | Part::Inline(element) => Some(element),
            Part::Words(_) | Part::Break => None,
        }
    }

    /// The name of the element at a place; empty for text.
    pub(super) fn name(&self, at: usize) -> &'a str {
        match self.nodes[at].part {
            Part::Block(element) | Part::Inline(element) => element.name(),
            Part::Break => "br",
            Part::Words(_) => "",
        }
    }

    /// The children of a node that are still there.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes[at].end;
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.nodes[child].end;
            Some(child)
        })
        .filter(|&child| !self.nodes[child].gone)
    }

    /// The elements a node stands in, from the inside out.
    pub(super) fn ancestors(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |&at| (at > 0).then(|| self.nodes[at].parent)).skip(1)
    }

    /// The places in a subtree that are still there, in reading order.
    pub(super) fn within(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes[at].end;
        let mut next = at;
        std::iter::from_fn(move || {
            while next < end {
                let node = next;
                if self.nodes[node].gone {
                    next = self.nodes[node].end;
                } else {
                    next += 1;
                    return Some(node);
                }
            }
            None
        })
    }

    /// Leaves a subtree out of the text.
    pub(super) fn leave_out(&mut self, at: usize) {
        self.nodes[at].gone = true;
    }

    /// The words in a stretch of nodes, one space apart.
    pub(super) fn words(&self, from: usize, to: usize) -> String {
        let mut text = String::new();
        let mut at = from;
        while at < to {
            let node = &self.nodes[at];
            if node.gone {
                at = node.end;
                continue;
            }
            match node.part {
                Part::Words(words) => push_words(&mut text, words),
                Part::Break | Part::Block(_) => push_words(&mut text, " "),
                Part::Inline(_) => {}
            }
            at += 1;
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// Appends words with one space for any run of space.
fn push_words(text: &mut String, words: &str) {
    for (i, word) in words.split_whitespace().enumerate() {
        if (i > 0 || words.starts_with(char::is_whitespace)) && !text.is_empty() && !text.ends_with(char::is_whitespace)
        {
            text.push(' ');
        }
        text.push_str(word);
    }
    if words.ends_with(char::is_whitespace) && !text.is_empty() && !text.ends_with(char::is_whitespace) {
        text.push(' ');
    }
}
