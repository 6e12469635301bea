//! Which token of one sentence stands for which of the other, and which stand against each other.

use super::super::value::Match;
use super::token::{Sentence, Token, TokenKind};
use super::wordnet::{self, Lexical};

/// What two aligned tokens are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// The same word or value.
    Same,
    /// Another word for it, a form of it, or adjectives alike.
    Alike,
    /// One is a kind of the other.
    Kind,
    /// Values that cannot both be true.
    Number,
    /// Dates or versions that differ.
    Date,
    /// Different places in an order.
    Ordinal,
    /// Antonyms.
    Opposite,
    /// Inherited antonyms.
    Opposed,
    /// Kinds of the same thing.
    Sibling,
    /// Kinds of something further above.
    Cousin,
    /// A name for another name.
    Name,
    /// Things of different sorts that can be touched.
    Distinct,
    /// Nouns for unlike things.
    Unlike,
    /// A word for another, about which nothing is known.
    Replaced,
}

impl Link {
    /// Whether it says that both tokens mean the same.
    pub(super) fn agrees(self) -> bool {
        matches!(self, Self::Same | Self::Alike | Self::Kind)
    }
}

/// Two tokens held against each other, by their index in their sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) link: Link,
    /// Whether what stands around them agrees, so that they stand in the same place.
    pub(super) in_place: bool,
}

/// An alignment: agreeing pairs in order, and what is left with its best counterpart, if any.
#[derive(Debug, Clone, Default)]
pub(super) struct Alignment {
    pub(super) pairs: Vec<Pair>,
}

impl Alignment {
    /// Aligns `a` with `b`: first what is the same and in the same order, then what is left between those, then the rest.
    pub(super) fn of(a: &Sentence, b: &Sentence) -> Self {
        let mut alignment = Self { pairs: common(&a.tokens, &b.tokens) };
        alignment.fill_gaps(&a.tokens, &b.tokens);
        alignment.match_rest(&a.tokens, &b.tokens);
        alignment.pairs.sort_unstable_by_key(|pair| pair.a);
        alignment
    }

    fn has_a(&self, i: usize) -> bool {
        self.pairs.iter().any(|pair| pair.a == i)
    }

    fn has_b(&self, j: usize) -> bool {
        self.pairs.iter().any(|pair| pair.b == j)
    }

    /// Pairs the tokens that lie between two neighbouring anchors on both sides.
    fn fill_gaps(&mut self, a: &[Token], b: &[Token]) {
        let anchors: Vec<(usize, usize)> = self.pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        let ends = anchors.iter().copied().chain([(a.len(), b.len())]);
        let mut from = (0, 0);
        for (i, j) in ends {
            self.fill(a, b, from.0..i, from.1..j);
            from = (i + 1, j + 1);
        }
    }

    fn fill(&mut self, a: &[Token], b: &[Token], left: std::ops::Range<usize>, right: std::ops::Range<usize>) {
        const WIDEST: usize = 12;
        if left.is_empty() || right.is_empty() || left.len() > WIDEST || right.len() > WIDEST {
            return;
        }
        let even = left.len() == right.len() && left.len() <= 2;
        let mut options: Vec<(u32, usize, usize, Link)> = Vec::new();
        for i in left.clone() {
            for j in right.clone() {
                if let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
                    let link = link(x, y);
                    let straight = i - left.start == j - right.start || left.end - i == right.end - j;
                    let cost = cost(link) + u32::from(!straight);
                    if !matches!(link, Link::Replaced | Link::Unlike) || even && i - left.start == j - right.start {
                        options.push((cost, i, j, link));
                    }
                }
            }
        }
        options.sort_unstable_by_key(|option| (option.0, option.1, option.2));
        for (_, i, j, link) in options {
            if !self.has_a(i) && !self.has_b(j) {
                self.pairs.push(Pair { a: i, b: j, link, in_place: true });
            }
        }
    }

    /// Finds counterparts anywhere for the tokens that are left: first what agrees, then what stands against it.
    fn match_rest(&mut self, a: &[Token], b: &[Token]) {
        const MOST: usize = 24;
        let left: Vec<usize> = (0..a.len()).filter(|i| !self.has_a(*i)).take(MOST).collect();
        let right: Vec<usize> = (0..b.len()).filter(|j| !self.has_b(*j)).take(MOST * 2).collect();
        let mut options: Vec<(u32, usize, usize, Link)> = Vec::new();
        for &i in &left {
            for &j in &right {
                if let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
                    let link = link(x, y);
                    if !matches!(link, Link::Replaced | Link::Unlike | Link::Distinct | Link::Name) {
                        options.push((cost(link), i, j, link));
                    }
                }
            }
        }
        options.sort_unstable_by_key(|option| (option.0, option.1.abs_diff(option.2), option.1));
        for (_, i, j, link) in options {
            if !self.has_a(i) && !self.has_b(j) {
                let in_place = self.neighbours(i, j);
                self.pairs.push(Pair { a: i, b: j, link, in_place });
            }
        }
    }

    /// Whether a token next to `i` agrees with one next to `j`.
    fn neighbours(&self, i: usize, j: usize) -> bool {
        self.pairs.iter().any(|pair| pair.link.agrees() && pair.a.abs_diff(i) == 1 && pair.b.abs_diff(j) == 1)
    }
}

/// The longest common subsequence of the tokens that are plainly the same.
#[expect(clippy::many_single_char_names, reason = "the usual names of a table's sides and indices")]
fn common(a: &[Token], b: &[Token]) -> Vec<Pair> {
    let (n, m) = (a.len(), b.len());
    let same: Vec<bool> = a.iter().flat_map(|x| b.iter().map(move |y| is_same(x, y))).collect();
    let mut longest = vec![0_u16; (n + 1) * (m + 1)];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            let skip = longest[(i + 1) * (m + 1) + j].max(longest[i * (m + 1) + j + 1]);
            let take = if same[i * m + j] { longest[(i + 1) * (m + 1) + j + 1] + 1 } else { 0 };
            longest[i * (m + 1) + j] = skip.max(take);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < n && j < m {
        let here = longest[i * (m + 1) + j];
        if same[i * m + j] && here == longest[(i + 1) * (m + 1) + j + 1] + 1 {
            pairs.push(Pair { a: i, b: j, link: Link::Same, in_place: true });
            i += 1;
            j += 1;
        } else if longest[(i + 1) * (m + 1) + j] >= longest[i * (m + 1) + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Whether two tokens are plainly the same.
fn is_same(a: &Token, b: &Token) -> bool {
    match (&a.kind, &b.kind) {
        (TokenKind::Value(x), TokenKind::Value(y)) => x.compare(y) == Match::Agree,
        (TokenKind::Ordinal(x), TokenKind::Ordinal(y)) => x == y,
        (TokenKind::Word | TokenKind::Name, TokenKind::Word | TokenKind::Name) => a.stem == b.stem,
        (TokenKind::Word | TokenKind::Name | TokenKind::Value(_) | TokenKind::Ordinal(_), _) => false,
    }
}

/// How unlikely it is that two tokens with this link stand for each other.
fn cost(link: Link) -> u32 {
    match link {
        Link::Same => 0,
        Link::Alike => 2,
        Link::Kind => 4,
        Link::Number | Link::Date | Link::Ordinal | Link::Opposite => 5,
        Link::Opposed | Link::Sibling => 7,
        Link::Cousin | Link::Name => 9,
        Link::Distinct => 12,
        Link::Unlike => 20,
        Link::Replaced => 22,
    }
}

/// What two tokens are to each other.
fn link(a: &Token, b: &Token) -> Link {
    if is_same(a, b) {
        return Link::Same;
    }
    match (&a.kind, &b.kind) {
        (TokenKind::Value(x), TokenKind::Value(y)) => match x.compare(y) {
            Match::Agree => Link::Same,
            Match::Conflict if matches!(x.kind, super::super::value::Kind::Quantity(..)) => Link::Number,
            Match::Conflict => Link::Date,
            Match::Apart => Link::Replaced,
        },
        (TokenKind::Ordinal(_), TokenKind::Ordinal(_)) => Link::Ordinal,
        (TokenKind::Value(_) | TokenKind::Ordinal(_), _) | (_, TokenKind::Value(_) | TokenKind::Ordinal(_)) => {
            Link::Replaced
        }
        (x, y) => link_words(a, b, *x == TokenKind::Name, *y == TokenKind::Name),
    }
}

fn link_words(a: &Token, b: &Token, a_is_name: bool, b_is_name: bool) -> Link {
    if is_opposed_pair(&a.surface, &b.surface) {
        return Link::Opposite;
    }
    let known = wordnet::relation(&a.senses, &b.senses);
    match known {
        Lexical::Synonym => Link::Alike,
        Lexical::Opposite => Link::Opposite,
        _ if is_negated_form(&a.stem, &b.stem) => Link::Opposite,
        _ if is_form_of(&a.stem, &b.stem) => Link::Alike,
        _ if a_is_name && b_is_name && is_short_form(&a.stem, &b.stem) => Link::Alike,
        Lexical::Similar | Lexical::Near => Link::Alike,
        Lexical::Kind => Link::Kind,
        Lexical::Opposed => Link::Opposed,
        Lexical::Sibling => Link::Sibling,
        Lexical::Cousin => Link::Cousin,
        _ if a_is_name && b_is_name => Link::Name,
        Lexical::Distinct => Link::Distinct,
        Lexical::Unlike => Link::Unlike,
        Lexical::Unknown => Link::Replaced,
    }
}

/// Whether both are function words that exclude each other; WordNet has content words only.
fn is_opposed_pair(a: &str, b: &str) -> bool {
    const PAIRS: [(&str, &str); 9] = [
        ("before", "after"),
        ("above", "below"),
        ("inside", "outside"),
        ("more", "less"),
        ("more", "fewer"),
        ("over", "under"),
        ("up", "down"),
        ("most", "least"),
        ("on", "off"),
    ];
    PAIRS.iter().any(|(x, y)| {
        (a.eq_ignore_ascii_case(x) && b.eq_ignore_ascii_case(y))
            || (a.eq_ignore_ascii_case(y) && b.eq_ignore_ascii_case(x))
    })
}

/// Whether one word is the other with a denying prefix.
fn is_negated_form(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() >= 4
        && ["un", "non", "non-", "in", "im", "ir", "il", "dis"]
            .into_iter()
            .any(|prefix| long.strip_prefix(prefix) == Some(short))
}

/// Whether one name begins the other (`Tim`, `Timothy`) or both are one but for signs.
fn is_short_form(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.chars().count() >= 3 && long.starts_with(short)
}

/// Whether both words have the same beginning and differ in the ending only (`grow`, `growth`).
fn is_form_of(a: &str, b: &str) -> bool {
    let shared = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let longer = a.len().max(b.len());
    shared >= 4 && longer - shared <= 4 && shared * 10 >= longer * 6
}
