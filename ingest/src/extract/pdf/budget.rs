//! What reading a document may cost. A file of some kilobytes can ask for more than any machine has.

use std::time::{Duration, Instant};

use lopdf::Stream;

/// The most one compressed stream may unfold to, in bytes.
pub(super) const MAX_STREAM: usize = 64 << 20;

/// The most all streams of one page may unfold to, those drawn twice counted twice, in bytes.
const MAX_PAGE: usize = 96 << 20;

/// The most operations read of one page, its forms included.
const MAX_OPERATIONS: usize = 2_000_000;

/// How long the pages of any document may take.
const MIN_TIME: Duration = Duration::from_secs(5);

/// How much longer those of a large one may take, for each of its megabytes, and at the most.
const TIME_PER_MEGABYTE: Duration = Duration::from_millis(500);
const MAX_TIME: Duration = Duration::from_mins(1);

/// The longest one page may take; the densest maps take less than a second.
const MAX_PAGE_TIME: Duration = Duration::from_secs(2);

/// What is left to spend.
pub(super) struct Budget {
    document_ends: Instant,
    page_ends: Instant,
    operations: usize,
    unfolded: usize,
    /// Whether something was left out of this page.
    pub(super) is_spent: bool,
}

impl Budget {
    /// For one document of this many bytes.
    pub(super) fn new(file_size: usize) -> Self {
        let now = Instant::now();
        let time = MIN_TIME + TIME_PER_MEGABYTE * u32::try_from(file_size >> 20).unwrap_or(u32::MAX >> 10);
        Self {
            document_ends: now + time.min(MAX_TIME),
            page_ends: now + MAX_PAGE_TIME,
            operations: 0,
            unfolded: 0,
            is_spent: false,
        }
    }

    /// Starts a page; false where the document's time is over.
    pub(super) fn page(&mut self) -> bool {
        let now = Instant::now();
        self.page_ends = now + MAX_PAGE_TIME;
        (self.operations, self.unfolded, self.is_spent) = (0, 0, false);
        now < self.document_ends
    }

    /// Takes one operation; false where the page has had enough, or is full.
    pub(super) fn operation(&mut self, is_full: bool) -> bool {
        self.operations += 1;
        let on_time = !self.operations.is_multiple_of(1_024) || Instant::now() < self.page_ends;
        self.is_spent |= is_full || self.operations > MAX_OPERATIONS || !on_time;
        !self.is_spent
    }

    pub(super) fn max_stream(&self) -> usize {
        MAX_STREAM.min(MAX_PAGE - self.unfolded)
    }

    /// What is in a stream; none where it cannot be told, or would be too much.
    pub(super) fn unfold(&mut self, stream: &Stream) -> Option<Vec<u8>> {
        self.is_spent |= Instant::now() > self.page_ends;
        if self.is_spent {
            return None;
        }
        let content = stream.get_plain_content_with_limit(self.max_stream());
        if matches!(content, Err(lopdf::Error::Decompress(_))) {
            self.is_spent = true;
        }
        let content = content.ok()?;
        self.unfolded = (self.unfolded + content.len()).min(MAX_PAGE);
        Some(content)
    }
}
