//! Words put together into lines.

use super::bidi;
use super::word::Word;

/// A wider gap parts columns or cells, in parts of the font size. Justified lines seldom have such gaps.
const WIDE_GAP: f32 = 1.0;

/// How far apart baselines of one line may be, in parts of the font size.
const LEVEL: f32 = 0.25;

/// The same where one of them is smaller: raised and lowered signs.
const SCRIPT_LEVEL: f32 = 0.5;

/// Words next to one another on a baseline, from left to right; a line, or the part of one that stands in one column.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) words: Vec<Word>,
    pub(super) start: f32,
    pub(super) end: f32,
    pub(super) height: f32,
    pub(super) size: f32,
    /// When its first word was drawn, counted in words.
    pub(super) drawn: usize,
    /// How many bytes of text it has.
    letters: usize,
}

impl Line {
    pub(super) fn of(word: Word, drawn: usize) -> Self {
        Self {
            drawn,
            letters: word.text.len(),
            start: word.start,
            end: word.end,
            height: word.height,
            size: word.size,
            words: vec![word],
        }
    }

    pub(super) fn is_level_with(&self, other: &Self) -> bool {
        let (small, large) = (self.size.min(other.size), self.size.max(other.size));
        let apart = (self.height - other.height).abs();
        apart < LEVEL * small || (small < 0.85 * large && apart < SCRIPT_LEVEL * large)
    }

    /// Takes in the words of another on the same baseline. Most of the words tell where the line is, as signs between
    /// them may be larger, and raised ones smaller.
    pub(super) fn join(&mut self, other: Self) {
        if other.letters > self.letters {
            (self.height, self.size) = (other.height, other.size);
        }
        (self.start, self.end) = (self.start.min(other.start), self.end.max(other.end));
        self.drawn = self.drawn.min(other.drawn);
        self.letters += other.letters;
        self.words.extend(other.words);
    }

    /// Sorts the words as they are seen and leaves out those printed twice to look bold.
    pub(super) fn settle(&mut self) {
        self.words.sort_by(|a, b| a.start.total_cmp(&b.start));
        self.words.dedup_by(|b, a| {
            a.text == b.text && (b.start - a.start).abs() < 0.2 * a.size && (b.height - a.height).abs() < 0.2 * a.size
        });
    }

    /// Whether a space stands before the word at `at`.
    pub(super) fn is_spaced(&self, at: usize) -> bool {
        let (Some(before), Some(word)) = (at.checked_sub(1).and_then(|at| self.words.get(at)), self.words.get(at))
        else {
            return false;
        };
        let backwards = word.text.starts_with(bidi::is_right_to_left) || before.text.ends_with(bidi::is_right_to_left);
        word.start - before.end > before.space.min(word.space) || (word.is_spaced && !backwards)
    }

    /// The characters in the order they are read.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (i, word) in self.words.iter().enumerate() {
            if self.is_spaced(i) {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        if text.contains(bidi::is_right_to_left) { bidi::logical(&text) } else { text }
    }

    pub(super) fn is_bold(&self) -> bool {
        self.words.iter().all(|word| word.style.is_bold)
    }

    pub(super) fn is_monospaced(&self) -> bool {
        self.words.iter().all(|word| word.style.is_monospaced)
    }

    pub(super) fn is_artifact(&self) -> bool {
        self.words.iter().all(|word| word.style.is_artifact)
    }

    /// How many characters it has.
    pub(super) fn length(&self) -> usize {
        self.words.iter().map(|word| word.text.chars().count() + 1).sum()
    }
}

/// Lines with each gap as wide as between columns parting two, from the top of the page down and left to right.
pub(super) fn lines(words: Vec<Word>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (drawn, word) in words.into_iter().enumerate() {
        let word = Line::of(word, drawn);
        match lines.last_mut() {
            Some(line) if line.is_level_with(&word) && is_next_to(line, &word) => line.join(word),
            Some(_) | None => lines.push(word),
        }
    }
    rows(lines).into_iter().flat_map(join_row).collect()
}

fn is_next_to(a: &Line, b: &Line) -> bool {
    let size = a.size.max(b.size);
    let gap = if b.start >= a.start { b.start - a.end } else { a.start - b.end };
    (-0.5 * size..WIDE_GAP * size).contains(&gap)
}

/// Lines on one baseline together, from the top of the page down; in each from left to right.
pub(super) fn rows(mut lines: Vec<Line>) -> Vec<Vec<Line>> {
    lines.sort_by(|a, b| b.height.total_cmp(&a.height).then(a.start.total_cmp(&b.start)));
    let mut rows: Vec<(Line, Vec<Line>)> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some((largest, row)) if largest.is_level_with(&line) && belongs_to(row, &line) => {
                if line.size > 1.1 * largest.size {
                    (largest.height, largest.size) = (line.height, line.size);
                }
                row.push(line);
            }
            Some(_) | None => {
                let frame = Line { words: Vec::new(), ..line };
                rows.push((frame, vec![line]));
            }
        }
    }
    let sorted = |mut row: Vec<Line>| {
        row.sort_by(|a, b| a.start.total_cmp(&b.start));
        row
    };
    // By their upper edges: a large title comes before the small lines that start beside it.
    rows.sort_by(|(a, _), (b, _)| (b.height + 0.7 * b.size).total_cmp(&(a.height + 0.7 * a.size)));
    rows.into_iter().map(|(_, row)| sorted(row)).collect()
}

/// Whether a line may stand in a row: smaller ones, as raised signs, only next to what they belong to.
fn belongs_to(row: &[Line], line: &Line) -> bool {
    let mut near = row.iter().rev().take(64);
    near.any(|other| {
        (line.height - other.height).abs() < LEVEL * line.size.min(other.size) || is_next_to_sorted(other, line)
    })
}

fn is_next_to_sorted(a: &Line, b: &Line) -> bool {
    let gap = (b.start - a.end).max(a.start - b.end);
    gap < 0.5 * a.size.max(b.size)
}

/// Joins what is next to each other in a row.
fn join_row(row: Vec<Line>) -> Vec<Line> {
    let mut joined: Vec<Line> = Vec::new();
    for line in row {
        match joined.last_mut() {
            Some(last) if is_next_to(last, &line) => last.join(line),
            Some(_) | None => joined.push(line),
        }
    }
    joined.iter_mut().for_each(Line::settle);
    joined
}
