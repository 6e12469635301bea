//! Text without markup.

use super::reading::Reading;
use super::{encoding, markdown};

/// Reads plain text: decodes it and leaves it at that. Much of it is Markdown under another name, so a text that starts
/// with a heading has that for its title.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let title = text.trim_start().starts_with("# ").then(|| markdown::first_heading(&text)).flatten();
    Reading { text, title, line_offset: Some(0), notices: notice.into_iter().collect(), ..Reading::default() }
}
