//! What the groups and control words of RTF make of its words.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::encoding::{charset, code_page};
use crate::extract::blocks::{self, Blocks};
use crate::extract::date::Event;
use crate::extract::html::escape;
use crate::extract::markdown;
use crate::extract::office::properties;
use crate::extract::reading::Reading;

/// Where the words of a group go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Nowhere,
    Fonts,
    Styles,
    /// A property of the file.
    Property(&'static str),
    /// The mark of a list item.
    ListMark,
    /// What a field is, as `HYPERLINK "…"`.
    FieldCode,
    /// What a field shows.
    FieldResult,
    Note,
}

/// What holds until the group ends.
#[derive(Debug, Clone)]
struct Group {
    place: Place,
    /// Whether the group began a place, so that it ends with it.
    begins: bool,
    /// How many characters stand in for one of Unicode.
    stand_ins: usize,
    encoding: &'static Encoding,
    is_hidden: bool,
    /// Where the line was as long as when this group began.
    line_start: usize,
}

/// Writes a document.
pub(super) struct Writer {
    blocks: Blocks,
    reading: Reading,
    groups: Vec<Group>,
    fonts: HashMap<i32, &'static Encoding>,
    font: i32,
    page: &'static Encoding,
    /// Names of paragraph styles.
    styles: HashMap<i32, String>,
    style: i32,
    outline: Option<i32>,
    list: Option<(usize, String)>,
    in_table: bool,
    /// Bytes that are not decoded yet.
    bytes: Vec<u8>,
    /// Words that are not escaped yet.
    run: String,
    /// The paragraph, the cell or the note so far.
    line: String,
    field: String,
    /// The lines that notes interrupt.
    interrupted: Vec<String>,
    notes: Vec<String>,
    cells: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Characters still to pass over, because they stand in for one of Unicode.
    pass_over: usize,
    high: Option<u16>,
    date: [i32; 5],
}

impl Writer {
    pub(super) fn new(max: usize) -> Self {
        let group = Group {
            place: Place::Body,
            begins: false,
            stand_ins: 1,
            encoding: WINDOWS_1252,
            is_hidden: false,
            line_start: 0,
        };
        Self {
            blocks: Blocks::new(max),
            reading: Reading::default(),
            groups: vec![group],
            fonts: HashMap::new(),
            font: 0,
            page: WINDOWS_1252,
            styles: HashMap::new(),
            style: 0,
            outline: None,
            list: None,
            in_table: false,
            bytes: Vec::new(),
            run: String::new(),
            line: String::new(),
            field: String::new(),
            interrupted: Vec::new(),
            notes: Vec::new(),
            cells: Vec::new(),
            rows: Vec::new(),
            pass_over: 0,
            high: None,
            date: [0; 5],
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.blocks.is_full() || self.line.len() > (64 << 20)
    }

    /// What was read.
    pub(super) fn finish(mut self) -> Reading {
        while self.groups.len() > 1 {
            self.close();
        }
        self.paragraph();
        self.table();
        for (index, note) in self.notes.iter().enumerate() {
            self.blocks.block(&format!("[^{}]: {note}", index + 1));
        }
        self.reading.text = self.blocks.into_text();
        self.reading.title = self.reading.title.take().or_else(|| markdown::first_heading(&self.reading.text));
        self.reading
    }

    fn group(&mut self) -> &mut Group {
        if self.groups.is_empty() {
            self.groups.push(Group {
                place: Place::Body,
                begins: false,
                stand_ins: 1,
                encoding: self.page,
                is_hidden: false,
                line_start: 0,
            });
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    pub(super) fn open(&mut self) {
        self.flush();
        self.pass_over = 0;
        let line_start = self.line.len();
        let group = Group { begins: false, line_start, ..self.group().clone() };
        self.groups.push(group);
    }

    pub(super) fn close(&mut self) {
        self.flush();
        self.pass_over = 0;
        if self.groups.len() < 2 {
            return;
        }
        let Some(group) = self.groups.pop() else { return };
        if !group.begins {
            return;
        }
        match group.place {
            Place::Property(name) => self.property(name),
            Place::FieldResult => {
                let words = self.line.split_off(group.line_start.min(self.line.len()));
                let target = address(&self.field);
                self.line.push_str(&blocks::link(&words, &target));
                self.field.clear();
            }
            Place::ListMark => {
                let mark = std::mem::take(&mut self.field);
                let number: String = mark.chars().filter(char::is_ascii_digit).take(9).collect();
                let depth = self.list.as_ref().map_or(0, |list| list.0);
                self.list = Some((depth, if number.is_empty() { "-".to_owned() } else { format!("{number}.") }));
            }
            Place::Note => {
                let words = blocks::one_line(&std::mem::take(&mut self.line));
                self.line = self.interrupted.pop().unwrap_or_default();
                self.notes.push(words);
                let mark = blocks::note_mark(&self.notes.len().to_string());
                self.line.push_str(&mark);
            }
            Place::Styles => self.style = 0,
            Place::Body | Place::Nowhere | Place::Fonts | Place::FieldCode => {}
        }
    }

    pub(super) fn ignorable(&mut self) {
        self.begin(Place::Nowhere);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        if self.pass_over > 0 {
            self.pass_over -= 1;
        } else if self.is_kept() {
            self.bytes.push(byte);
        }
    }

    pub(super) fn character(&mut self, c: char) {
        if self.pass_over > 0 {
            self.pass_over -= 1;
        } else if self.is_kept() {
            self.decode();
            self.run.push(c);
        }
    }

    pub(super) fn word(&mut self, word: &str, number: Option<i32>) {
        let value = number.unwrap_or(0);
        let is_on = number != Some(0);
        match word {
            "par" | "sect" | "page" | "column" => self.paragraph(),
            "line" => self.character('\n'),
            "tab" | "emspace" | "enspace" => self.character(' '),
            "emdash" => self.character('—'),
            "endash" => self.character('–'),
            "lquote" => self.character('‘'),
            "rquote" => self.character('’'),
            "ldblquote" => self.character('“'),
            "rdblquote" => self.character('”'),
            "bullet" => self.character('•'),
            "u" => self.unicode(value),
            "uc" => self.group().stand_ins = usize::try_from(value).unwrap_or(1).min(16),
            "ansicpg" => {
                self.page = u16::try_from(value).ok().and_then(code_page).unwrap_or(WINDOWS_1252);
                let page = self.page;
                self.group().encoding = page;
            }
            "v" | "deleted" => {
                self.flush();
                self.group().is_hidden = is_on;
            }
            "plain" => {
                self.flush();
                self.group().is_hidden = false;
            }
            "f" if self.group().place == Place::Fonts => self.font = value,
            "f" => {
                self.decode();
                let encoding = self.fonts.get(&value).copied().unwrap_or(self.page);
                self.group().encoding = encoding;
            }
            "fcharset" => {
                if let Some(encoding) = charset(value) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            "s" if self.group().place == Place::Styles => self.style_named(value),
            "s" => self.style = value,
            "outlinelevel" => self.outline = Some(value),
            "pard" => (self.style, self.outline, self.list, self.in_table) = (0, None, None, false),
            "intbl" => self.in_table = true,
            "ilvl" => {
                let mark = self.list.take().map_or_else(|| "-".to_owned(), |list| list.1);
                self.list = Some((usize::try_from(value).unwrap_or(0).min(8), mark));
            }
            "cell" | "nestcell" => {
                self.flush();
                let cell = self.take_line();
                self.cells.push(cell);
            }
            "row" | "nestrow" => {
                let row = std::mem::take(&mut self.cells);
                self.rows.push(row);
            }
            "yr" => self.date = [value, 1, 1, 0, 0],
            "mo" => self.date[1] = value,
            "dy" => self.date[2] = value,
            "hr" => self.date[3] = value,
            "min" => self.date[4] = value,
            _ => self.destination(word),
        }
    }

    /// Words that say where the words of their group go.
    fn destination(&mut self, word: &str) {
        // What stands in a part that is left out is left out.
        let here = self.group().place;
        let was_ignorable = self.group().begins && here == Place::Nowhere;
        if here == Place::Nowhere && !was_ignorable {
            return;
        }
        let place = match word {
            "fonttbl" => Place::Fonts,
            "stylesheet" => Place::Styles,
            "title" => Place::Property("title"),
            "author" => Place::Property("author"),
            "subject" => Place::Property("subject"),
            "keywords" => Place::Property("keywords"),
            "creatim" => Place::Property("creatim"),
            "revtim" => Place::Property("revtim"),
            "listtext" | "pntext" => Place::ListMark,
            "fldinst" => Place::FieldCode,
            "fldrslt" => Place::FieldResult,
            "footnote" => Place::Note,
            "shptxt" => Place::Body,
            "colortbl" | "pict" | "object" | "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl"
            | "footerr" | "footerf" | "xe" | "tc" | "info" | "listtable" | "revtbl" | "annotation" | "atnid"
            | "atnauthor" | "nonshppict" => Place::Nowhere,
            _ => return,
        };
        // The properties stand in a group that has no words of its own.
        if word != "info" {
            self.begin(place);
        }
    }

    fn begin(&mut self, place: Place) {
        self.flush();
        if place == Place::Note {
            let line = std::mem::take(&mut self.line);
            self.interrupted.push(line);
        }
        if matches!(place, Place::FieldCode | Place::ListMark | Place::Property(_)) {
            self.field.clear();
        }
        let line_start = self.line.len();
        let group = self.group();
        (group.place, group.begins, group.line_start) = (place, true, line_start);
    }

    fn is_kept(&mut self) -> bool {
        let group = self.group();
        !group.is_hidden && !matches!(group.place, Place::Nowhere | Place::Fonts)
    }

    fn unicode(&mut self, value: i32) {
        let unit = value as u16;
        let c = match (self.high.take(), unit) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                None
            }
            (high, unit) => {
                let units = high.into_iter().chain([unit]);
                char::decode_utf16(units).last().map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            }
        };
        self.pass_over = 0;
        if let Some(c) = c {
            self.character(c);
        }
        self.pass_over = self.group().stand_ins;
    }

    /// Decodes the bytes that wait.
    fn decode(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            let encoding = self.group().encoding;
            self.run.push_str(&encoding.decode_without_bom_handling(&bytes).0);
        }
    }

    /// Puts the words that wait where the group's words go.
    fn flush(&mut self) {
        self.decode();
        let run = std::mem::take(&mut self.run);
        if run.is_empty() {
            return;
        }
        match self.group().place {
            Place::Nowhere | Place::Fonts => {}
            Place::Property(_) | Place::FieldCode | Place::ListMark => self.field.push_str(&run),
            Place::Styles => {
                if let Some(name) = self.styles.get_mut(&self.style) {
                    name.push_str(&run);
                }
            }
            Place::Body | Place::FieldResult | Place::Note => {
                for (index, words) in run.split('\n').enumerate() {
                    if index > 0 {
                        self.line.push('\n');
                    }
                    escape::push(&mut self.line, words);
                }
            }
        }
    }

    fn style_named(&mut self, number: i32) {
        self.flush();
        self.style = number;
        self.styles.insert(number, String::new());
    }

    fn property(&mut self, name: &str) {
        let value = std::mem::take(&mut self.field).trim().to_owned();
        match name {
            "title" => self.reading.title = Some(value).filter(|title| properties::is_title(title)),
            "author" => {
                let authors = value.split(';').map(str::trim).filter(|author| !author.is_empty());
                self.reading.authors = authors.map(str::to_owned).collect();
            }
            "creatim" | "revtim" => {
                let [year, month, day, hour, minute] = self.date;
                let event = if name == "revtim" { Event::Modified } else { Event::Published };
                if year > 0 {
                    let written = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00");
                    properties::keep_date(name, &written, event, &mut self.reading);
                }
            }
            _ if !value.is_empty() => {
                self.reading.metadata.insert(name.to_owned(), serde_json::Value::String(value));
            }
            _ => {}
        }
    }

    /// The line so far, which begins anew: also for the groups that are open, up to the note they stand in, since what
    /// a note interrupts is put back as it was.
    fn take_line(&mut self) -> String {
        for group in self.groups.iter_mut().rev() {
            group.line_start = 0;
            if group.begins && group.place == Place::Note {
                break;
            }
        }
        std::mem::take(&mut self.line)
    }

    /// Ends a paragraph.
    fn paragraph(&mut self) {
        self.flush();
        if !self.interrupted.is_empty() {
            self.line.push(' ');
            return;
        }
        // Paragraphs within a cell are words of it.
        if self.in_table {
            self.line.push(' ');
            return;
        }
        let line = self.take_line();
        if line.trim().is_empty() {
            return;
        }
        self.table();
        let rank = self.outline.map(|level| level + 1).or_else(|| {
            let name = self.styles.get(&self.style)?.trim_end_matches(';').trim().to_ascii_lowercase();
            if name == "title" { Some(1) } else { name.strip_prefix("heading ")?.trim().parse().ok() }
        });
        match (rank.and_then(|rank| usize::try_from(rank).ok()).filter(|rank| (1..=9).contains(rank)), &self.list) {
            (Some(rank), _) => self.blocks.heading(rank, &line),
            (None, Some((depth, mark))) => self.blocks.item(*depth, &mark.clone(), &line),
            (None, None) => self.blocks.paragraph(&line),
        }
    }

    /// Writes the rows that wait.
    fn table(&mut self) {
        if !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            self.blocks.table(rows);
        }
    }
}

/// The address in the code of a field, as `HYPERLINK "https://example.org"`.
fn address(field: &str) -> String {
    let Some(rest) = field.trim().strip_prefix("HYPERLINK") else { return String::new() };
    rest.split('"').nth(1).unwrap_or_else(|| rest.trim()).to_owned()
}
