//! Electronic books: the pages of the spine, one after the other.

use super::blocks::Blocks;
use super::office::properties;
use super::package::{Package, resolve};
use super::reading::Reading;
use super::xml::Element;
use super::{ExtractLimits, date, html};
use crate::NoticeKind;
use crate::percent_decoded;

/// No more is told of single pages than this.
const MAX_NOTICES: usize = 20;

/// Reads a book.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut package = match Package::open(bytes, "book") {
        Ok(package) => package,
        Err(reading) => return *reading,
    };
    let mut reading = Reading::default();
    let container = package.xml("META-INF/container.xml").unwrap_or_default();
    let named = container.all("rootfile").find_map(|root| root.attribute("full-path")).map(str::to_owned);
    let found = || package.names().into_iter().find(|name| name.rsplit('.').next() == Some("opf"));
    let Some(opf) = named.or_else(found) else {
        reading.note(NoticeKind::Malformed, "the book does not say what its pages are: it has no package file");
        return reading;
    };
    let Some(book) = package.xml(&opf) else {
        reading.note(NoticeKind::Malformed, format!("the book has no {opf}, which says what its pages are"));
        package.report(&mut reading);
        return reading;
    };
    if let Some(metadata) = book.child("metadata") {
        read_metadata(metadata, &mut reading);
    }
    let locked = locked_parts(&mut package);
    let mut blocks = Blocks::new(limits.max_text_bytes);
    let mut missing = 0;
    let mut unreadable = 0;
    for page in pages(&book) {
        if blocks.is_full() {
            break;
        }
        let part = resolve(&opf, page);
        let part = percent_decoded(&part).unwrap_or(part);
        if locked.contains(&part) {
            unreadable += 1;
            continue;
        }
        match package.read(&part) {
            Some(bytes) => {
                let page = html::read_whole(&bytes);
                blocks.block(&page.text);
                for notice in page.notices {
                    if reading.notices.len() < MAX_NOTICES {
                        reading.note(notice.kind, format!("{part}: {}", notice.detail));
                    }
                }
            }
            None => missing += 1,
        }
    }
    if missing > 0 {
        reading.note(NoticeKind::Malformed, format!("{missing} pages that the book lists are not in it"));
    }
    if unreadable > 0 {
        reading.note(NoticeKind::Encrypted, format!("{unreadable} pages of the book are encrypted and were left out"));
    }
    reading.text = blocks.into_text();
    package.report(&mut reading);
    reading
}

/// Dublin Core, with the day of the last change as EPUB 3 states it.
fn read_metadata(metadata: &Element, reading: &mut Reading) {
    properties::read(metadata, reading);
    reading.authors = metadata
        .elements()
        .filter(|element| element.name == "creator")
        .map(|element| element.text().trim().to_owned())
        .collect();
    reading.authors.retain(|author| !author.is_empty());
    for element in metadata.elements() {
        let words = element.text().trim().to_owned();
        let event = match (element.name.as_str(), element.attribute("property"), element.attribute("event")) {
            ("meta", Some("dcterms:modified"), _) | ("date", _, Some("modification")) => date::Event::Modified,
            ("date", _, _) => date::Event::Published,
            _ => continue,
        };
        // A year alone dates no change.
        if words.len() > 4 {
            properties::keep_date(&element.name, &words, event, reading);
        }
    }
}

/// The addresses of the pages in reading order, the table of contents left out: that of EPUB 3 by its properties, that of
/// EPUB 2 by the book's guide.
fn pages(book: &Element) -> Vec<&str> {
    let items: Vec<&Element> = book.child("manifest").into_iter().flat_map(Element::elements).collect();
    let guide = book.child("guide").into_iter().flat_map(Element::elements);
    let contents: Vec<&str> = guide
        .filter(|reference| reference.attribute("type") == Some("toc"))
        .filter_map(|reference| reference.attribute("href")?.split('#').next())
        .collect();
    let spine = book.child("spine").into_iter().flat_map(Element::elements);
    let page = |entry: &Element| {
        let id = entry.attribute("idref")?;
        let item = items.iter().find(|item| item.attribute("id") == Some(id))?;
        let is_contents = item.attribute("properties").is_some_and(|kinds| kinds.split(' ').any(|kind| kind == "nav"));
        item.attribute("href").filter(|href| !is_contents && !contents.contains(href))
    };
    spine.filter_map(page).collect()
}

/// The parts that are encrypted.
fn locked_parts(package: &mut Package<'_>) -> Vec<String> {
    if !package.has("META-INF/encryption.xml") {
        return Vec::new();
    }
    let root = package.xml("META-INF/encryption.xml").unwrap_or_default();
    let part = |reference: &Element| reference.attribute("URI").and_then(percent_decoded);
    root.all("CipherReference").filter_map(part).collect()
}
