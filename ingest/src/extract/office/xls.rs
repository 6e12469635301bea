//! Excel workbooks of 1997 to 2003.
//!
//! Read here: calamine, the library for it, holds a sheet as one rectangle, which two cells in far corners make larger
//! than memory, and its zip library would have every other user of flate2 in the build change to another zlib.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use cfb::CompoundFile;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use jiff::Timestamp;

use super::number_format::NumberFormat;
use super::sheet::{MAX_CELLS, Sheet};
use super::xls_records::{self, BOF, EOF, Record};
use super::{hidden, properties};
use crate::extract::ExtractLimits;
use crate::extract::blocks::Blocks;
use crate::extract::date::Event;
use crate::extract::reading::Reading;
use crate::{ByteSpan, NoticeKind};

/// Seconds from 1601, where Windows counts from, to 1970.
const SINCE_1601: i64 = 11_644_473_600;

/// Reads a workbook. Each sheet is a page.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut reading = Reading::default();
    let mut file = match CompoundFile::open(Cursor::new(bytes)) {
        Ok(file) => file,
        Err(error) => {
            reading.note(NoticeKind::Malformed, format!("the workbook cannot be opened: {error}"));
            return reading;
        }
    };
    let Some(stream) = stream(&mut file, "/Workbook", bytes.len()) else {
        let (kind, detail) = if file.exists("/EncryptedPackage") {
            (NoticeKind::Encrypted, "the workbook needs a password: save it without one")
        } else if file.exists("/Book") {
            (NoticeKind::Malformed, "the workbook was saved by Excel 95 or before: save it as .xlsx")
        } else {
            (NoticeKind::Malformed, "the file holds no workbook")
        };
        reading.note(kind, detail);
        return reading;
    };
    if let Some(summary) = self::stream(&mut file, "/\u{5}SummaryInformation", bytes.len()) {
        read_summary(&summary, &mut reading);
    }
    let Some(book) = Book::of(&stream) else {
        reading.note(NoticeKind::Encrypted, "the workbook needs a password: save it without one");
        return reading;
    };
    let mut blocks = Blocks::new(limits.max_text_bytes);
    for (index, BookSheet { name, offset, is_hidden }) in book.sheets.iter().enumerate() {
        if index >= limits.max_pages {
            reading.note(NoticeKind::Truncated, format!("reading stopped after {} sheets", limits.max_pages));
            break;
        }
        let start = blocks.next_start();
        let (sheet, is_whole) = book.sheet(&stream, *offset);
        if *is_hidden {
            hidden::list(&mut reading, "sheet", name);
            sheet.write(&hidden::heading(name, "sheet"), &mut blocks);
        } else {
            sheet.write(name, &mut blocks);
        }
        if !is_whole {
            let detail = format!("of the sheet {name:?} only the first {MAX_CELLS} cells were read");
            reading.note(NoticeKind::Truncated, detail);
        }
        reading.pages.push(ByteSpan::new(start.min(blocks.len()), blocks.len()));
        if blocks.is_full() {
            break;
        }
    }
    if book.sheets.is_empty() {
        reading.note(NoticeKind::Malformed, "the workbook has no sheets that can be found");
    }
    reading.text = blocks.into_text();
    reading
}

/// The bytes of a stream, which are no more than the file's.
fn stream(file: &mut CompoundFile<Cursor<&[u8]>>, path: &str, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let stream = file.open_stream(path).ok()?;
    // What can be read before a damaged sector is kept.
    let _ = stream.take(most as u64).read_to_end(&mut bytes);
    Some(bytes)
}

/// Where a sheet is.
struct BookSheet {
    name: String,
    offset: usize,
    is_hidden: bool,
}

/// What all sheets of a workbook share.
#[derive(Default)]
struct Book {
    sheets: Vec<BookSheet>,
    strings: Vec<String>,
    /// For each cell style.
    formats: Vec<NumberFormat>,
    since_1904: bool,
}

impl Book {
    /// Reads what stands before the sheets; none where it is encrypted.
    fn of(stream: &[u8]) -> Option<Self> {
        let mut book = Self::default();
        let mut own: HashMap<u32, NumberFormat> = HashMap::new();
        let mut styles: Vec<u32> = Vec::new();
        for record in xls_records::records(stream, 0) {
            let data = record.data;
            match record.kind {
                0x002F => return None,
                0x0022 => book.since_1904 = data.first() == Some(&1),
                // Of the kinds of sheets, 0 is the one with cells.
                0x0085 if data.get(5) == Some(&0) => {
                    if let (Some(offset), Some(name)) =
                        (xls_records::number(data, 0, 4), xls_records::string(data, 6, 1))
                    {
                        let is_hidden = data.get(4).is_some_and(|state| state & 3 != 0);
                        book.sheets.push(BookSheet { name, offset: offset as usize, is_hidden });
                    }
                }
                0x00FC => {
                    book.strings = xls_records::shared_strings(xls_records::continued(data, stream, record.end));
                }
                0x041E => {
                    if let (Some(id), Some(code)) = (xls_records::number(data, 0, 2), xls_records::string(data, 2, 2)) {
                        own.insert(id as u32, NumberFormat::parse(&code));
                    }
                }
                0x00E0 => styles.push(xls_records::number(data, 2, 2).unwrap_or(0) as u32),
                EOF => break,
                _ => {}
            }
        }
        let format = |id: &u32| own.get(id).copied().unwrap_or_else(|| NumberFormat::built_in(*id));
        book.formats = styles.iter().map(format).collect();
        Some(book)
    }

    /// The cells of the sheet at an offset, and whether they are all of them.
    fn sheet(&self, stream: &[u8], offset: usize) -> (Sheet, bool) {
        let mut sheet = Sheet::default();
        let mut depth = 0;
        // The cell whose formula makes a string, which the next record holds.
        let mut awaiting = None;
        let mut merged: Vec<&[u8]> = Vec::new();
        for record in xls_records::records(stream, offset) {
            match record.kind {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                // Charts within the sheet have cells of their own.
                _ if depth > 1 => {}
                // Areas of merged cells: first and last row, first and last column.
                0x00E5 => merged.extend(record.data.get(2..).unwrap_or_default().chunks_exact(8)),
                0x0207 => {
                    if let (Some((row, column)), Some(text)) = (awaiting.take(), xls_records::string(record.data, 0, 2))
                        && !sheet.set(row, column, &text)
                    {
                        return (sheet, false);
                    }
                }
                _ => {
                    if is_text_formula(record) {
                        awaiting = place(record.data);
                    }
                    for (row, column, text) in self.cells(record) {
                        if !sheet.set(row, column, &text) {
                            return (sheet, false);
                        }
                    }
                }
            }
        }
        for area in merged {
            let number = |at: usize| xls_records::number(area, at, 2).unwrap_or(0) as u32;
            sheet.reach_down(number(0), number(4), number(2).saturating_sub(number(0)) + 1);
        }
        (sheet, true)
    }

    /// The cells that a record holds.
    fn cells(&self, record: Record<'_>) -> Vec<(u32, u32, String)> {
        let data = record.data;
        let Some((row, column)) = place(data) else { return Vec::new() };
        let style = xls_records::number(data, 4, 2).unwrap_or(0);
        let one = |text: Option<String>| text.map(|text| (row, column, text)).into_iter().collect();
        let show = |number: f64| self.show(number, style);
        let truth = |value: u8| if value == 0 { "FALSE".to_owned() } else { "TRUE".to_owned() };
        match record.kind {
            0x00FD => one(xls_records::number(data, 6, 4).and_then(|at| self.strings.get(at as usize).cloned())),
            0x027E => one(xls_records::number(data, 6, 4).map(|bits| show(xls_records::short_number(bits as u32)))),
            0x0204 | 0x00D6 => one(xls_records::string(data, 6, 2)),
            0x0205 if data.get(7) == Some(&0) => one(data.get(6).map(|value| truth(*value))),
            0x0006 if data.get(12..14) == Some(&[0xFF, 0xFF]) => {
                one(data.get(8).filter(|_| data.get(6) == Some(&1)).map(|value| truth(*value)))
            }
            0x0203 | 0x0006 => one(xls_records::double(data, 6).map(show)),
            0x00BD => data
                .get(4..data.len().saturating_sub(2))
                .unwrap_or_default()
                .chunks_exact(6)
                .zip(column..)
                .filter_map(|(cell, column)| {
                    let bits = xls_records::number(cell, 2, 4)? as u32;
                    Some((row, column, self.show(xls_records::short_number(bits), xls_records::number(cell, 0, 2)?)))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn show(&self, number: f64, style: u64) -> String {
        let format = self.formats.get(style as usize).copied().unwrap_or(NumberFormat::Plain);
        format.show(number, self.since_1904)
    }
}

/// Row and column at the head of a record of cells.
fn place(data: &[u8]) -> Option<(u32, u32)> {
    Some((xls_records::number(data, 0, 2)? as u32, xls_records::number(data, 2, 2)? as u32))
}

fn is_text_formula(record: Record<'_>) -> bool {
    record.kind == 0x0006 && record.data.get(12..14) == Some(&[0xFF, 0xFF]) && record.data.get(6) == Some(&0)
}

/// Title, author and dates ([MS-OLEPS]).
fn read_summary(summary: &[u8], reading: &mut Reading) {
    let number = |at: usize, length: usize| xls_records::number(summary, at, length);
    let Some(section) = number(44, 4).map(|at| at as usize) else { return };
    let count = number(section.saturating_add(4), 4).unwrap_or(0).min(100) as usize;
    let properties: Vec<(u64, usize)> = (0..count)
        .filter_map(|index| {
            let entry = section.checked_add(8 + index * 8)?;
            Some((number(entry, 4)?, section.checked_add(number(entry + 4, 4)? as usize)?))
        })
        .collect();
    let page = properties.iter().find(|(id, _)| *id == 1).and_then(|(_, at)| number(at.checked_add(4)?, 2));
    let encoding: &Encoding = if page == Some(65_001) { UTF_8 } else { WINDOWS_1252 };
    for (id, at) in properties {
        let Some(kind) = number(at, 4) else { continue };
        let text = || {
            let length = number(at.checked_add(4)?, 4)? as usize;
            let bytes = summary.get(at + 8..(at + 8).checked_add(length)?)?;
            let text = encoding.decode_without_bom_handling(bytes).0;
            Some(text.trim_end_matches('\0').trim().to_owned()).filter(|text| !text.is_empty())
        };
        let time = || {
            let ticks = i64::try_from(number(at.checked_add(4)?, 8)?).ok()?;
            Timestamp::from_second(ticks / 10_000_000 - SINCE_1601).ok().filter(|_| ticks > 0)
        };
        match (id, kind) {
            (2, 30) => reading.title = text().filter(|title| properties::is_title(title)),
            (4, 30) => reading.authors = text().into_iter().collect(),
            (12, 64) => {
                if let Some(at) = time() {
                    properties::keep_date("created", &at.to_string(), Event::Published, reading);
                }
            }
            (13, 64) => {
                if let Some(at) = time() {
                    properties::keep_date("last saved", &at.to_string(), Event::Modified, reading);
                }
            }
            _ => {}
        }
    }
}
