//! Measuring stretches of a document in tokens.

use crate::TokenCounter;

/// Bytes without a token start after which a stretch counts as one token more.
const BARE: usize = 64;

/// Knows where every token of a text starts, so that any stretch is measured by two binary searches.
///
/// White space holds no token, and tokenizers read an endless word as a single unknown one. So that neither passes any
/// limit for free, a stretch has a size besides its number of tokens: one more for every [`BARE`] bytes in which no
/// token starts. In ordinary text the two are the same.
pub(super) struct Ruler {
    tokens: Vec<usize>,
    marks: Vec<usize>,
}

impl Ruler {
    /// Reads `text` with `counter`, once.
    pub(super) fn new(text: &str, counter: &TokenCounter) -> Self {
        let tokens = counter.starts(text);
        let mut marks = Vec::with_capacity(tokens.len());
        let mut last = 0;
        for token in tokens.iter().copied().chain([text.len()]) {
            while token - last > BARE {
                last += BARE;
                marks.push(last);
            }
            marks.push(token);
            last = token;
        }
        marks.pop();
        Self { tokens, marks }
    }

    /// The number of tokens that start in `[start, end)`.
    pub(super) fn tokens(&self, start: usize, end: usize) -> usize {
        before(&self.tokens, end) - before(&self.tokens, start)
    }

    /// The size of `[start, end)`: never less than its number of tokens.
    pub(super) fn size(&self, start: usize, end: usize) -> usize {
        before(&self.marks, end) - before(&self.marks, start)
    }

    /// The size of everything before `offset`.
    pub(super) fn size_before(&self, offset: usize) -> usize {
        before(&self.marks, offset)
    }

    /// The furthest offset up to which the size from `start` is at most `size`; `None` where that is the end of the
    /// text.
    pub(super) fn advance(&self, start: usize, size: usize) -> Option<usize> {
        self.marks.get(before(&self.marks, start) + size).copied()
    }
}

/// How many of the ascending `offsets` stand before `offset`.
fn before(offsets: &[usize], offset: usize) -> usize {
    offsets.partition_point(|&at| at < offset)
}
