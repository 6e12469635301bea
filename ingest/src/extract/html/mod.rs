//! HTML pages: the main content as Markdown, what the page says about itself beside it.

mod clutter;
pub(super) mod dateline;
mod escape;
mod label;
mod main_part;
mod outline;
mod render;
mod run;
mod sift;
mod table;

use encoding_rs::Encoding;
use scraper::Html;

use outline::Outline;

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
        let mut reading = page_metadata::read(&page);
        match if source.len() > MAX_SIFTED { None } else { main_content(&page, &mut reading) } {
            Some(text) => Reading { text, beside_text: Some(whole), ..reading },
            None => Reading { text: whole, ..reading },
        }
    };
    reading.notices.extend(notice);
    reading
}

/// The main content as Markdown; none where there is none to tell from the rest. The date that the page shows is added
/// to what it says about itself.
fn main_content(page: &Html, reading: &mut Reading) -> Option<String> {
    let mut outline = Outline::of(page);
    let shown = run::runs(&outline, 0);
    sift::by_name(&mut outline);
    let runs = run::runs(&outline, 0);
    let root = main_part::find(&outline, &runs);
    reading.dates.extend(dateline::near_heading(&outline, &shown, root, reading.language.as_deref()));
    let root = root?;
    let leads = main_part::leads(&outline, &runs, root);
    sift::main_part(&mut outline, root, reading.title.as_deref());
    Some(render::render(&outline, &leads, root)).filter(|text| !text.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_encodings() {
        for page in ["<meta charset=windows-1252>", "<META http-equiv=x content='text/html; charset=windows-1252'>"] {
            assert_eq!(charset(page.as_bytes()).map(Encoding::name), Some("windows-1252"), "{page}");
        }
        assert_eq!(charset(b"<meta charset=nonsense><p>charset=utf-8"), None);
    }
}
