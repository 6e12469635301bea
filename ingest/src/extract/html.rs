//! HTML pages: the main content as Markdown, what the page says about itself beside it.

use std::panic::{self, AssertUnwindSafe};

use encoding_rs::Encoding;
use rs_trafilatura::Options;
use scraper::Html;

use super::reading::Reading;
use super::{ExtractLimits, encoding, page_metadata, page_text, tags};
use crate::NoticeKind;

/// How far the charset declaration is looked for, in bytes (the HTML standard says 1,024; pages go beyond).
const CHARSET_WITHIN: usize = 4 << 10;

/// Deeper nesting than this is no page a person wrote: parsers take time that grows with its square, and readers that
/// recurse run out of stack.
const MAX_DEPTH: usize = 512;

/// Larger pages are read plainly: telling content from surroundings takes time that grows faster than the page.
const MAX_SIFTED: usize = 8 << 20;

/// Reads a page.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let (source, notice) = encoding::decode(bytes, charset(bytes));
    let depth = tags::depth(&source);
    let mut reading = if depth > MAX_DEPTH {
        let mut reading = Reading { text: tags::strip(&source), ..Reading::default() };
        reading
            .note(NoticeKind::Malformed, format!("elements are nested {depth} deep; the page was read as plain text"));
        reading
    } else {
        let page = Html::parse_document(&source);
        let whole = page_text::read(&page, limits.max_text_bytes.saturating_add(1));
        let reading = page_metadata::read(&page);
        match main_content(&source) {
            Some(text) => Reading { text, beside_text: Some(whole), ..reading },
            None if whole.is_empty() => Reading { text: page_text::without_scripts(&page), ..reading },
            None => Reading { text: whole, ..reading },
        }
    };
    reading.notices.extend(notice);
    reading
}

/// The main content as Markdown; none where there is none to tell from the rest.
fn main_content(source: &str) -> Option<String> {
    if source.len() > MAX_SIFTED {
        return None;
    }
    let options = Options { output_markdown: true, ..Options::default() };
    let extracted = panic::catch_unwind(AssertUnwindSafe(|| rs_trafilatura::extract_with_options(source, &options)));
    let result = extracted.ok()?.ok()?;
    let content = result.content_markdown.filter(|markdown| !markdown.trim().is_empty()).unwrap_or(result.content_text);
    Some(whole_headings(content.trim())).filter(|content| !content.is_empty())
}

/// The encoding the page declares, by looking for `charset=` in its first `<meta>` elements.
fn charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(CHARSET_WITHIN)]).to_ascii_lowercase();
    head.split("<meta").skip(1).find_map(|meta| {
        let meta = meta.split('>').next()?;
        let (_, value) = meta.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?;
        let label = value.trim_start_matches([' ', '"', '\'']).split(['"', '\'', ' ', ';', '/']).next()?;
        Encoding::for_label(label.as_bytes())
    })
}

/// Puts headings back on one line where the page broke them: `#`, then the words on a line of their own.
fn whole_headings(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut in_code = false;
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        in_code ^= line.trim_start().starts_with("```");
        let marks = line.trim_end();
        text.push_str(line);
        if !in_code && (1..=6).contains(&marks.len()) && marks.bytes().all(|b| b == b'#') {
            text.truncate(text.trim_end().len());
            if let Some(words) = lines.next_if(|next| !next.trim().is_empty() && !next.starts_with('#')) {
                text.push(' ');
                text.push_str(words.trim());
            }
        }
        if lines.peek().is_some() {
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_headings_are_mended() {
        let cases = [
            ("#\n    Title\n\ntext", "# Title\n\ntext"),
            ("## \nTwo\n# One", "## Two\n# One"),
            ("#\n\ntext", "#\n\ntext"),
            ("```\n#\nrem\n```", "```\n#\nrem\n```"),
            ("", ""),
        ];
        for (broken, mended) in cases {
            assert_eq!(whole_headings(broken), mended);
        }
    }

    #[test]
    fn declared_encodings() {
        for page in ["<meta charset=windows-1252>", "<META http-equiv=x content='text/html; charset=windows-1252'>"] {
            assert_eq!(charset(page.as_bytes()).map(Encoding::name), Some("windows-1252"), "{page}");
        }
        assert_eq!(charset(b"<meta charset=nonsense><p>charset=utf-8"), None);
    }
}
