//! Half-open byte ranges into a document's extracted text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets `[start, end)` into a document's extracted text; on the wire `[start, end]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "[usize; 2]", into = "[usize; 2]")]
pub struct ByteSpan {
    start: usize,
    end: usize,
}

impl ByteSpan {
    /// The range from `start` up to, not including, `end`. An end before the start gives the empty range at `start`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// First byte of the range.
    #[must_use]
    pub fn start(self) -> usize {
        self.start
    }

    /// One past the last byte of the range.
    #[must_use]
    pub fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same range moved `by` bytes to the right: from chunk offsets to document offsets.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }

    /// The text of the range, or `None` where the range leaves `text` or cuts a character.
    #[must_use]
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }
}

impl From<[usize; 2]> for ByteSpan {
    fn from([start, end]: [usize; 2]) -> Self {
        Self::new(start, end)
    }
}

impl From<ByteSpan> for [usize; 2] {
    fn from(span: ByteSpan) -> Self {
        [span.start, span.end]
    }
}

impl From<Range<usize>> for ByteSpan {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}
