//! Text without markup.

use super::encoding;
use super::reading::Reading;

/// Reads plain text: decodes it and leaves it at that.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    Reading { text, line_offset: Some(0), notices: notice.into_iter().collect(), ..Reading::default() }
}
