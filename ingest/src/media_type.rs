//! The formats tamis reads.

use serde::{Deserialize, Serialize};

use crate::extract::wide;

/// A format with a reader behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// `CommonMark` with tables and front matter (RFC 7763).
    #[serde(rename = "text/markdown")]
    Markdown,
    /// Markdown with JSX in it.
    #[serde(rename = "text/mdx")]
    Mdx,
    /// HTML.
    #[serde(rename = "text/html")]
    Html,
    /// Text without markup.
    #[serde(rename = "text/plain")]
    PlainText,
    /// Portable Document Format.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// reStructuredText, the markup of docutils and Sphinx.
    #[serde(rename = "text/x-rst")]
    Rst,
    /// `AsciiDoc`.
    #[serde(rename = "text/asciidoc")]
    AsciiDoc,
    /// A Word document (Office Open XML, ECMA-376).
    #[serde(rename = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    Docx,
    /// A `PowerPoint` presentation (Office Open XML).
    #[serde(rename = "application/vnd.openxmlformats-officedocument.presentationml.presentation")]
    Pptx,
    /// An Excel workbook (Office Open XML).
    #[serde(rename = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Xlsx,
    /// An Excel workbook of 1997 to 2003 (BIFF8).
    #[serde(rename = "application/vnd.ms-excel")]
    Xls,
    /// An `OpenDocument` text (ISO 26300).
    #[serde(rename = "application/vnd.oasis.opendocument.text")]
    Odt,
    /// An `OpenDocument` spreadsheet.
    #[serde(rename = "application/vnd.oasis.opendocument.spreadsheet")]
    Ods,
    /// An `OpenDocument` presentation.
    #[serde(rename = "application/vnd.oasis.opendocument.presentation")]
    Odp,
    /// An electronic book.
    #[serde(rename = "application/epub+zip")]
    Epub,
    /// Comma-separated values (RFC 4180).
    #[serde(rename = "text/csv")]
    Csv,
    /// Tab-separated values.
    #[serde(rename = "text/tab-separated-values")]
    Tsv,
    /// JSON as a document.
    #[serde(rename = "application/json")]
    Json,
    /// XML: `DocBook`, DITA, feeds and what else there is.
    #[serde(rename = "application/xml")]
    Xml,
    /// A Jupyter notebook.
    #[serde(rename = "application/x-ipynb+json")]
    Notebook,
    /// A mail message (RFC 5322).
    #[serde(rename = "message/rfc822")]
    Email,
    /// Rich Text Format.
    #[serde(rename = "application/rtf")]
    Rtf,
}

/// Where the shape of a document's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextShape {
    /// Markdown as its author wrote it.
    Written,
    /// Markdown that a reader made of another format.
    Converted,
    /// Lines of text without markup.
    Plain,
    /// Markdown made of printed pages, which say where words stand and not what they are.
    Printed,
}

/// What the names of documents end in.
const EXTENSIONS: [(&str, MediaType); 48] = [
    ("md", MediaType::Markdown),
    ("markdown", MediaType::Markdown),
    ("mdown", MediaType::Markdown),
    ("mkd", MediaType::Markdown),
    ("mdx", MediaType::Mdx),
    ("html", MediaType::Html),
    ("htm", MediaType::Html),
    ("xhtml", MediaType::Html),
    ("txt", MediaType::PlainText),
    ("text", MediaType::PlainText),
    ("org", MediaType::PlainText),
    ("log", MediaType::PlainText),
    ("pdf", MediaType::Pdf),
    ("rst", MediaType::Rst),
    ("rest", MediaType::Rst),
    ("adoc", MediaType::AsciiDoc),
    ("asciidoc", MediaType::AsciiDoc),
    ("docx", MediaType::Docx),
    ("docm", MediaType::Docx),
    ("dotx", MediaType::Docx),
    ("pptx", MediaType::Pptx),
    ("pptm", MediaType::Pptx),
    ("ppsx", MediaType::Pptx),
    ("potx", MediaType::Pptx),
    ("xlsx", MediaType::Xlsx),
    ("xlsm", MediaType::Xlsx),
    ("xltx", MediaType::Xlsx),
    ("xls", MediaType::Xls),
    ("xlt", MediaType::Xls),
    ("odt", MediaType::Odt),
    ("ott", MediaType::Odt),
    ("ods", MediaType::Ods),
    ("odp", MediaType::Odp),
    ("epub", MediaType::Epub),
    ("csv", MediaType::Csv),
    ("tsv", MediaType::Tsv),
    ("tab", MediaType::Tsv),
    ("json", MediaType::Json),
    ("xml", MediaType::Xml),
    ("dbk", MediaType::Xml),
    ("docbook", MediaType::Xml),
    ("dita", MediaType::Xml),
    ("rss", MediaType::Xml),
    ("atom", MediaType::Xml),
    ("ipynb", MediaType::Notebook),
    ("eml", MediaType::Email),
    ("mail", MediaType::Email),
    ("rtf", MediaType::Rtf),
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
    /// The registered name, such as `text/markdown`; the customary one where none is registered.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Mdx => "text/mdx",
            Self::Html => "text/html",
            Self::PlainText => "text/plain",
            Self::Pdf => "application/pdf",
            Self::Rst => "text/x-rst",
            Self::AsciiDoc => "text/asciidoc",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xls => "application/vnd.ms-excel",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Epub => "application/epub+zip",
            Self::Csv => "text/csv",
            Self::Tsv => "text/tab-separated-values",
            Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Notebook => "application/x-ipynb+json",
            Self::Email => "message/rfc822",
            Self::Rtf => "application/rtf",
        }
    }

    /// Where the shape of the text of such documents comes from.
    #[must_use]
    pub fn text_shape(self) -> TextShape {
        match self {
            Self::Markdown | Self::Mdx => TextShape::Written,
            Self::PlainText => TextShape::Plain,
            Self::Pdf => TextShape::Printed,
            Self::Html
            | Self::Rst
            | Self::AsciiDoc
            | Self::Docx
            | Self::Pptx
            | Self::Xlsx
            | Self::Xls
            | Self::Odt
            | Self::Ods
            | Self::Odp
            | Self::Epub
            | Self::Csv
            | Self::Tsv
            | Self::Json
            | Self::Xml
            | Self::Notebook
            | Self::Email
            | Self::Rtf => TextShape::Converted,
        }
    }

    /// The format of a file called `name` that starts with `head` (some kilobytes): by its content where that tells,
    /// by its name otherwise. What is packed (zip, compound files) is told by what is in it, which the head does not
    /// show: there the name decides.
    ///
    /// # Errors
    /// What the file seems to be, as `.png` or `binary data`, where there is no reader for it.
    pub fn detect(name: &str, head: &[u8]) -> Result<Self, String> {
        let by_name = by_name(name);
        let narrowed = wide::narrowed(head);
        let head = narrowed.as_ref();
        let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
        if start.starts_with(b"%PDF-") || by_name == Some(Self::Pdf) {
            return Ok(Self::Pdf);
        }
        if start.starts_with(b"{\\rtf") {
            return Ok(Self::Rtf);
        }
        if let Some(packed) = by_name.filter(|media_type| media_type.is_packed()) {
            let is_text = !head.is_empty() && !head.contains(&0) && !head.starts_with(b"PK");
            // Programs write tables as HTML or text and call them `.xls`.
            return match (is_text, starts_like_html(start)) {
                (false, _) => Ok(packed),
                (true, true) => Ok(Self::Html),
                (true, false) => Err(format!("text called {}", kind(name, "a document"))),
            };
        }
        if head.contains(&0) {
            return Err(if by_name.is_some() { "binary data".to_owned() } else { kind(name, "binary data") });
        }
        if starts_like_html(start) {
            return Ok(Self::Html);
        }
        match by_name {
            Some(Self::Json) if holds(head, b"\"cell_type\"") && holds(head, b"\"cells\"") => Ok(Self::Notebook),
            Some(media_type) => Ok(media_type),
            None if !name.contains('.') && starts_like_mail(start) => Ok(Self::Email),
            None => Err(kind(name, "text without an extension")),
        }
    }

    /// Whether files of the format are archives of their parts.
    fn is_packed(self) -> bool {
        matches!(
            self,
            Self::Docx | Self::Pptx | Self::Xlsx | Self::Xls | Self::Odt | Self::Ods | Self::Odp | Self::Epub
        )
    }

    /// The format that is packed as a zip file with these parts, the content of the part `mimetype` being known; none
    /// where it is an archive of files.
    pub(crate) fn of_parts<'a>(parts: impl Iterator<Item = &'a str>, mimetype: Option<&str>) -> Option<Self> {
        let declared = mimetype.map(|declared| declared.trim().trim_end_matches("-template"));
        for packed in [Self::Odt, Self::Ods, Self::Odp, Self::Epub] {
            if declared == Some(packed.name()) {
                return Some(packed);
            }
        }
        let mut found = None;
        let mut is_package = false;
        for part in parts {
            match part {
                "[Content_Types].xml" => is_package = true,
                _ if part.starts_with("word/") => found = Some(Self::Docx),
                _ if part.starts_with("ppt/") => found = Some(Self::Pptx),
                _ if part.starts_with("xl/") => found = Some(Self::Xlsx),
                "META-INF/container.xml" => return Some(Self::Epub),
                _ => {}
            }
        }
        found.filter(|_| is_package)
    }
}

/// Whether the bytes hold this stretch.
fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Whether these are the headers of a message: a few lines of `Name: value`, two of which every message has.
fn starts_like_mail(start: &[u8]) -> bool {
    const KNOWN: [&str; 9] =
        ["received", "return-path", "delivered-to", "message-id", "mime-version", "date", "from", "subject", "to"];
    let head = String::from_utf8_lossy(start);
    let mut known = 0;
    for line in head.lines().take(60) {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { return false };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return false;
        }
        known += usize::from(KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known)));
    }
    known >= 3
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
        let cases: [(&str, &[u8], Result<MediaType, &str>); 37] = [
            ("a.md", b"# Hi", Ok(MediaType::Markdown)),
            ("A.MDX", b"", Ok(MediaType::Mdx)),
            ("a.rst", b"Title\n=====\n", Ok(MediaType::Rst)),
            ("a.doc", b"{\\rtf1 x}", Ok(MediaType::Rtf)),
            ("a.docx", b"PK\x03\x04", Ok(MediaType::Docx)),
            ("a.xls", b"<html><table>", Ok(MediaType::Html)),
            ("a.xls", b"a,b\n1,2\n", Err("text called .xls")),
            ("a.json", b"{\"cells\": [{\"cell_type\": ", Ok(MediaType::Notebook)),
            ("a.json", b"{\"a\": 1}", Ok(MediaType::Json)),
            ("a.xml", b"<?xml version='1.0'?><rss/>", Ok(MediaType::Xml)),
            ("a.xml", b"<?xml version='1.0'?><html/>", Ok(MediaType::Html)),
            ("1", b"From: a@b\nTo: c@d\n x\nDate: today\n\nHi", Ok(MediaType::Email)),
            ("1", b"From: a@b\nHi there\n", Err("text without an extension")),
            ("a.html", b"", Ok(MediaType::Html)),
            ("a.txt", b"\n<!-- x --> <!DOCTYPE html><html>", Ok(MediaType::Html)),
            ("page.php", b"<HTML lang=en>", Ok(MediaType::Html)),
            ("a.txt", b"<htmlish", Ok(MediaType::PlainText)),
            ("a.txt", b"%PDF-1.7 \x00", Ok(MediaType::Pdf)),
            ("a.pdf", b"", Ok(MediaType::Pdf)),
            ("a.txt", b"\xFF\xFEh\x00i\x00", Ok(MediaType::PlainText)),
            ("a.md", b"#\x00 \x00H\x00i\x00", Ok(MediaType::Markdown)),
            ("a.txt", b"\x00<\x00h\x00t\x00m\x00l\x00>", Ok(MediaType::Html)),
            ("a.txt", b"a\x00b\x00c\x00d\x00\x01\x00", Err("binary data")),
            ("a.xls", b"a\x00\t\x00b\x00\r\x00", Err("text called .xls")),
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
