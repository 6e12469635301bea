//! The text of one PDF page, put back into lines and paragraphs from where its pieces are drawn.

use std::collections::BTreeMap;

use lopdf::content::{Content, Operation};
use lopdf::{Document, Encoding, Object, ObjectId};

/// Width of a character where the font does not say, in parts of its size.
const CHARACTER: f32 = 0.5;

/// A gap wider than this, in parts of the font size, is a space.
const SPACE: f32 = 0.2;

/// Reads the page; no stream may unfold to more than `max_stream` bytes.
pub(super) fn read(document: &Document, page: ObjectId, max_stream: usize) -> lopdf::Result<String> {
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .filter_map(|(name, font)| Some((name, font.get_font_encoding_with_limit(document, max_stream).ok()?)))
        .collect();
    let content = document.get_page_content_with_limit(page, max_stream)?;
    let mut drawing = Drawing::default();
    for operation in Content::decode_iter(&content) {
        // What follows a broken operation means nothing any more.
        let Ok(operation) = operation else { break };
        drawing.apply(&operation, &encodings);
    }
    Ok(paragraphs(&drawing.lines))
}

/// A line of text as drawn.
#[derive(Debug, Default)]
struct DrawnLine {
    text: String,
    /// Height of the line on the page.
    y: f32,
    /// Where the last piece ends.
    end: f32,
    size: f32,
}

/// The state of the text as a page is drawn: ISO 32000-1, 9.3 and 9.4. Of matrices, translation and scale are followed.
#[derive(Debug)]
struct Drawing {
    font: Vec<u8>,
    font_size: f32,
    leading: f32,
    /// The text matrix at the start of the line: scale x, scale y, x, y.
    line: [f32; 4],
    /// How far the pen has moved since.
    advance: f32,
    lines: Vec<DrawnLine>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self {
            font: Vec::new(),
            font_size: 1.0,
            leading: 0.0,
            line: [1.0, 1.0, 0.0, 0.0],
            advance: 0.0,
            lines: Vec::new(),
        }
    }
}

impl Drawing {
    fn apply(&mut self, operation: &Operation, encodings: &BTreeMap<Vec<u8>, Encoding<'_>>) {
        let operands = &operation.operands;
        let number = |at: usize| operands.get(at).and_then(|object| object.as_float().ok()).unwrap_or_default();
        match operation.operator.as_str() {
            "BT" => self.place([1.0, 1.0, 0.0, 0.0]),
            "Tf" => {
                self.font = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default().to_vec();
                self.font_size = number(1);
            }
            "TL" => self.leading = number(0),
            "Td" => self.next_line(number(0), number(1)),
            "TD" => {
                self.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            "T*" => self.next_line(0.0, -self.leading),
            "Tm" => {
                let scale = |a: f32, b: f32| a.hypot(b);
                self.place([scale(number(0), number(1)), scale(number(2), number(3)), number(4), number(5)]);
            }
            "Tj" => self.show_all(operands, encodings),
            "TJ" => {
                if let Some(Ok(pieces)) = operands.first().map(Object::as_array) {
                    self.show_all(pieces, encodings);
                }
            }
            "'" => {
                self.next_line(0.0, -self.leading);
                self.show_all(operands, encodings);
            }
            "\"" => {
                self.next_line(0.0, -self.leading);
                self.show_all(operands.get(2..).unwrap_or_default(), encodings);
            }
            _ => {}
        }
    }

    fn place(&mut self, line: [f32; 4]) {
        self.line = line;
        self.advance = 0.0;
    }

    fn next_line(&mut self, right: f32, up: f32) {
        let [scale_x, scale_y, x, y] = self.line;
        self.place([scale_x, scale_y, x + right * scale_x, y + up * scale_y]);
    }

    /// Shows strings; the numbers between them move the pen back by thousandths of the font size.
    fn show_all(&mut self, pieces: &[Object], encodings: &BTreeMap<Vec<u8>, Encoding<'_>>) {
        for piece in pieces {
            match piece {
                Object::String(bytes, _) => {
                    let decoded =
                        encodings.get(&self.font).and_then(|encoding| Document::decode_text(encoding, bytes).ok());
                    if let Some(text) = decoded {
                        self.show(&text);
                    }
                }
                Object::Integer(_) | Object::Real(_) => {
                    self.advance -= piece.as_float().unwrap_or_default() / 1000.0 * self.font_size;
                }
                Object::Null
                | Object::Boolean(_)
                | Object::Name(_)
                | Object::Array(_)
                | Object::Dictionary(_)
                | Object::Stream(_)
                | Object::Reference(_) => {}
            }
        }
    }

    /// Appends text to the line it is drawn on, or starts a line.
    fn show(&mut self, text: &str) {
        let [scale_x, scale_y, x, y] = self.line;
        let size = (self.font_size * scale_y).abs().max(0.1);
        let start = x + self.advance * scale_x;
        self.advance += text.chars().count() as f32 * CHARACTER * self.font_size;
        let end = x + self.advance * scale_x;
        match self.lines.last_mut() {
            Some(line) if (line.y - y).abs() < 0.4 * size.max(line.size) => {
                let gap = start - line.end;
                // A pen far to the left of where the line ended has gone back to its start: another column or cell.
                let apart = gap > SPACE * size || gap < -4.0 * size;
                if apart && !line.text.ends_with(' ') && !text.starts_with(' ') {
                    line.text.push(' ');
                }
                line.text.push_str(text);
                line.end = end;
            }
            _ => self.lines.push(DrawnLine { text: text.to_owned(), y, end, size }),
        }
    }
}

/// Joins lines into paragraphs: a gap wider than a line, or another size, starts a new one.
fn paragraphs(lines: &[DrawnLine]) -> String {
    let mut text = String::new();
    let mut last: Option<&DrawnLine> = None;
    for line in lines {
        let words = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            continue;
        }
        if let Some(above) = last {
            let gap = above.y - line.y;
            let apart = gap > 1.7 * line.size.max(above.size)
                || gap < 0.0
                || (line.size - above.size).abs() > 0.15 * above.size;
            if apart {
                text.push_str("\n\n");
            } else if text.ends_with('-') && words.starts_with(char::is_lowercase) && ends_in_syllable(&text) {
                text.pop();
            } else {
                text.push('\n');
            }
        }
        text.push_str(&words);
        last = Some(line);
    }
    text
}

/// Whether the hyphen at the end of `text` parts a word: a letter stands before it.
fn ends_in_syllable(text: &str) -> bool {
    text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
}
