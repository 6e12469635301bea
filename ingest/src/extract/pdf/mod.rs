//! PDF: its pages as Markdown, and what it says about itself.
//!
//! lopdf reads the file: its objects, its streams, its encryption. What is drawn is followed here: [`content`] reads the
//! operations of a page, [`font`] says what codes stand for, [`painter`] where the words are. These become [`line`]s,
//! [`furniture`] goes, [`columns`] are read one after the other, [`table`]s are told from text, and [`markdown`] writes.

mod beads;
mod bidi;
mod budget;
mod columns;
mod content;
mod font;
mod furniture;
mod information;
mod line;
mod links;
mod markdown;
mod matrix;
mod open;
mod outline;
mod pages;
mod painter;
mod paragraph;
mod rule;
mod table;
mod word;

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use lopdf::Document;

use super::ExtractLimits;
use super::reading::Reading;
use crate::{ByteSpan, NoticeKind};
use beads::Bead;
use budget::Budget;
use line::Line;
use markdown::Writer;
use pages::Page;
use painter::FontCache;
use rule::Rule;

/// How many pages are looked at together, for what they have in common.
const WINDOW: usize = 64;

/// Fewer where they hold more words than this.
const WINDOW_WORDS: usize = 400_000;

/// More characters than this share that nothing tells the meaning of are worth a notice.
const MAX_UNKNOWN: f32 = 0.01;

/// Reads a PDF page by page; what is damaged is left out with a notice.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut reading = Reading::default();
    match open::open(bytes) {
        Ok(document) => {
            information::read(&document, &mut reading);
            read_pages(&document, bytes.len(), limits, &mut reading);
        }
        Err((kind, detail)) => reading.note(kind, detail),
    }
    reading
}

/// What stands on a page: its lines by the direction they run in.
#[derive(Default)]
struct Sheet {
    directions: Vec<Vec<Line>>,
    rules: Vec<Rule>,
    beads: Vec<Bead>,
}

/// The text of the pages, one after the other.
fn read_pages(document: &Document, file_size: usize, limits: ExtractLimits, reading: &mut Reading) {
    let pages = pages::pages(document, limits.max_pages.saturating_add(1));
    if pages.is_empty() {
        reading.note(NoticeKind::Malformed, "the PDF has no pages that can be found");
        return;
    }
    let outline = outline::read(document);
    let mut writer = Writer::new(&outline);
    let mut budget = Budget::new(file_size);
    let mut fonts = FontCache::new();
    let mut window: Vec<Sheet> = Vec::new();
    let mut words = 0;
    for (i, page) in pages.iter().enumerate() {
        let number = i + 1;
        if number > limits.max_pages {
            reading.note(NoticeKind::Truncated, format!("reading stopped after {} pages", limits.max_pages));
            break;
        }
        if writer.text.len() > limits.max_text_bytes {
            break;
        }
        if !budget.page() {
            reading.note(NoticeKind::Truncated, format!("reading stopped before page {number}: it took too long"));
            break;
        }
        let read = panic::catch_unwind(AssertUnwindSafe(|| sheet(document, page, &mut fonts, &mut budget)));
        let sheet = read.ok().flatten().unwrap_or_else(|| {
            if !budget.is_spent {
                let detail = format!("page {number} cannot be read: its content is damaged");
                reading.note(NoticeKind::Malformed, detail);
            }
            Sheet::default()
        });
        if budget.is_spent {
            let detail = format!("page {number} draws more than any page a person reads; the rest of it is left out");
            reading.note(NoticeKind::Truncated, detail);
        }
        words += sheet.directions.iter().flatten().map(|line| line.words.len()).sum::<usize>();
        window.push(sheet);
        if window.len() >= WINDOW || words > WINDOW_WORDS {
            write(std::mem::take(&mut window), &mut writer, reading);
            words = 0;
        }
    }
    write(window, &mut writer, reading);
    reading.text = writer.text;
    note_what_is_missing(reading);
}

/// The lines of a page; none where its content cannot be read.
fn sheet(document: &Document, page: &Page<'_>, fonts: &mut FontCache, budget: &mut Budget) -> Option<Sheet> {
    let content = pages::content(document, page, budget)?;
    let mut drawing = painter::draw(document, fonts, budget, &page.resources, &content);
    links::mark(document, page.dictionary, &mut drawing.words);
    // Each direction is a page of its own, in the order in which they are drawn.
    let mut angles: Vec<i16> = Vec::new();
    let mut by_angle: BTreeMap<i16, Vec<word::Word>> = BTreeMap::new();
    for word in drawing.words {
        let angle = word.style.angle;
        by_angle
            .entry(angle)
            .or_insert_with(|| {
                angles.push(angle);
                Vec::new()
            })
            .push(word);
    }
    let directions = angles.iter().filter_map(|angle| by_angle.remove(angle)).map(line::lines).collect();
    Some(Sheet { directions, rules: drawing.rules, beads: beads::of(document, page.dictionary) })
}

/// Writes the pages of a window.
fn write(mut window: Vec<Sheet>, writer: &mut Writer<'_>, reading: &mut Reading) {
    // Furniture runs in the direction of the text.
    let mut pages: Vec<Vec<Line>> = window
        .iter_mut()
        .map(|sheet| {
            let main = sheet.directions.iter().enumerate().max_by_key(|(_, lines)| lines.len()).map(|(i, _)| i);
            main.map(|main| std::mem::take(&mut sheet.directions[main])).unwrap_or_default()
        })
        .collect();
    furniture::remove(&mut pages);
    for (sheet, lines) in window.iter_mut().zip(pages) {
        match sheet.directions.iter_mut().find(|lines| lines.is_empty()) {
            Some(place) => *place = lines,
            None => sheet.directions.push(lines),
        }
    }
    writer.look_ahead(window.iter().flat_map(|sheet| sheet.directions.iter().flatten()));
    for sheet in window {
        let before = writer.text.len();
        for lines in sheet.directions {
            for region in beads::split(lines, &sheet.beads).into_iter().flat_map(columns::regions) {
                for block in table::blocks(region, &sheet.rules) {
                    writer.block(block);
                }
            }
        }
        let written = &writer.text[before.min(writer.text.len())..];
        let start = writer.text.len() - written.trim_start().len();
        reading.pages.push(ByteSpan::new(start, writer.text.len()));
    }
}

/// Notes where there is no text, or text that means nothing.
fn note_what_is_missing(reading: &mut Reading) {
    let (all, unknown) =
        reading.text.chars().fold((0, 0), |(all, unknown), c| (all + 1, unknown + usize::from(c == '\u{FFFD}')));
    if all == 0 && reading.notices.is_empty() {
        let detail = format!("none of the {} pages holds text: it may be a scan", reading.pages.len());
        reading.note(NoticeKind::NoTextLayer, detail);
    } else if unknown as f32 > MAX_UNKNOWN * all as f32 {
        let detail = format!("the fonts do not say what {unknown} of {all} characters stand for");
        reading.note(NoticeKind::InvalidEncoding, detail);
    }
}

#[cfg(test)]
mod tests;
