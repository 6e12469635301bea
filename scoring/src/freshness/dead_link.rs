//! Links to pages that are gone.

use tamis_ingest::ByteSpan;

use crate::excerpt::shorten;
use crate::{Finding, Rule};

/// The finding about a link whose page is gone: its `url`, what its server `answer`s, and the link with its span.
#[must_use]
pub fn dead_link(url: &str, answer: &str, span: ByteSpan, link: &str) -> Finding {
    Finding::new(Rule::DeadLink, format!("{url} is gone: its server answers {answer}"), vec![span], shorten(link))
}
