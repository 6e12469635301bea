//! The formats tamis reads.

use serde::{Deserialize, Serialize};

/// A format with a reader behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// `CommonMark` with tables and front matter (RFC 7763).
    #[serde(rename = "text/markdown")]
    Markdown,
    /// HTML.
    #[serde(rename = "text/html")]
    Html,
    /// Text without markup.
    #[serde(rename = "text/plain")]
    PlainText,
    /// Portable Document Format.
    #[serde(rename = "application/pdf")]
    Pdf,
}

/// What the names of documents end in.
const EXTENSIONS: [(&str, MediaType); 16] = [
    ("md", MediaType::Markdown),
    ("markdown", MediaType::Markdown),
    ("mdown", MediaType::Markdown),
    ("mkd", MediaType::Markdown),
    ("mdx", MediaType::Markdown),
    ("html", MediaType::Html),
    ("htm", MediaType::Html),
    ("xhtml", MediaType::Html),
    ("txt", MediaType::PlainText),
    ("text", MediaType::PlainText),
    ("rst", MediaType::PlainText),
    ("adoc", MediaType::PlainText),
    ("asciidoc", MediaType::PlainText),
    ("org", MediaType::PlainText),
    ("log", MediaType::PlainText),
    ("pdf", MediaType::Pdf),
];

/// Files that projects keep prose in without an extension (`LICENSE-MIT` and `README.1` too).
const PROSE_NAMES: [&str; 22] = [
    "readme",
    "license",
    "licence",
    "unlicense",
    "copying",
    "copyright",
    "notice",
    "authors",
    "contributors",
    "maintainers",
    "credits",
    "thanks",
    "changelog",
    "changes",
    "history",
    "news",
    "release",
    "releases",
    "todo",
    "install",
    "faq",
    "contributing",
];

impl MediaType {
    /// The registered name, such as `text/markdown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::PlainText => "text/plain",
            Self::Pdf => "application/pdf",
        }
    }

    /// The format of a file called `name` that starts with `head` (some kilobytes): by its content where that tells,
    /// by its name otherwise.
    ///
    /// # Errors
    /// What the file seems to be, as `.png` or `binary data`, where there is no reader for it.
    pub fn detect(name: &str, head: &[u8]) -> Result<Self, String> {
        let by_name = by_name(name);
        let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
        if start.starts_with(b"%PDF-") || by_name == Some(Self::Pdf) {
            return Ok(Self::Pdf);
        }
        let wide = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
        if !wide && head.contains(&0) {
            return Err(if by_name.is_some() { "binary data".to_owned() } else { kind(name, "binary data") });
        }
        if starts_like_html(start) {
            return Ok(Self::Html);
        }
        by_name.ok_or_else(|| kind(name, "text without an extension"))
    }
}

/// The format a name promises.
fn by_name(name: &str) -> Option<MediaType> {
    let lower = name.to_ascii_lowercase();
    let (stem, extension) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    if let Some((_, media_type)) = EXTENSIONS.iter().find(|(known, _)| *known == extension && !stem.is_empty()) {
        return Some(*media_type);
    }
    let word = lower.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    // `LICENSE.MIT` and `LICENSE-APACHE-2.0` are prose, `install.sh` and `history.rs` are not.
    let shouted = name.rsplit_once('.').is_none_or(|(_, tail)| !tail.bytes().any(|b| b.is_ascii_lowercase()));
    (PROSE_NAMES.contains(&word) && shouted).then_some(MediaType::PlainText)
}

/// Whether this is how HTML pages start, comments and an XML declaration before it left aside.
fn starts_like_html(mut start: &[u8]) -> bool {
    loop {
        start = start.trim_ascii_start();
        let skip_to: &[u8] = if start.starts_with(b"<!--") {
            b"-->"
        } else if start.starts_with(b"<?xml") {
            b"?>"
        } else {
            break;
        };
        match start.windows(skip_to.len()).position(|window| window == skip_to) {
            Some(at) => start = &start[at + skip_to.len()..],
            None => return false,
        }
    }
    let opens_with = |tag: &[u8]| {
        start.get(..tag.len()).is_some_and(|open| open.eq_ignore_ascii_case(tag))
            && !start.get(tag.len()).is_some_and(u8::is_ascii_alphanumeric)
    };
    opens_with(b"<!doctype html") || opens_with(b"<html")
}

/// The extension as the kind of file it stands for, where there is one.
fn kind(name: &str, otherwise: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => {
            format!(".{}", extension.to_lowercase())
        }
        Some(_) | None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_by_content_then_by_name() {
        let cases: [(&str, &[u8], Result<MediaType, &str>); 22] = [
            ("a.md", b"# Hi", Ok(MediaType::Markdown)),
            ("A.MDX", b"", Ok(MediaType::Markdown)),
            ("a.html", b"", Ok(MediaType::Html)),
            ("a.txt", b"\n<!-- x --> <!DOCTYPE html><html>", Ok(MediaType::Html)),
            ("page.php", b"<HTML lang=en>", Ok(MediaType::Html)),
            ("a.txt", b"<htmlish", Ok(MediaType::PlainText)),
            ("a.txt", b"%PDF-1.7 \x00", Ok(MediaType::Pdf)),
            ("a.pdf", b"", Ok(MediaType::Pdf)),
            ("a.txt", b"\xFF\xFEh\x00i\x00", Ok(MediaType::PlainText)),
            ("a.txt", b"a\x00b", Err("binary data")),
            ("a.PNG", b"\x89PNG\x00", Err(".png")),
            ("a.rs", b"fn main() {}", Err(".rs")),
            ("README", b"x", Ok(MediaType::PlainText)),
            ("LICENSE-MIT", b"x", Ok(MediaType::PlainText)),
            ("LICENSE-APACHE-2.0", b"x", Ok(MediaType::PlainText)),
            ("LICENSE.BSD", b"x", Ok(MediaType::PlainText)),
            ("COPYING", b"x", Ok(MediaType::PlainText)),
            ("history.rs", b"x", Err(".rs")),
            ("install.sh", b"x", Err(".sh")),
            ("Makefile", b"x", Err("text without an extension")),
            ("core", b"\x7FELF\x00", Err("binary data")),
            (".md", b"", Err("text without an extension")),
        ];
        for (name, head, expected) in cases {
            assert_eq!(MediaType::detect(name, head), expected.map_err(str::to_owned), "{name}");
        }
    }
}
