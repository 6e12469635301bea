//! The text of one PDF page, put back into lines and paragraphs from where its pieces are drawn.

use std::collections::BTreeMap;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};

use super::pdf_font::Font;

/// A gap wider than this, in parts of the font size, is a space.
const SPACE: f32 = 0.2;

/// How deep forms may lie in forms.
const MAX_FORMS: usize = 8;

/// The most operations read on one page, its forms included.
const MAX_OPERATIONS: usize = 2_000_000;

/// Reads the page; no stream may unfold to more than `max_stream` bytes.
pub(super) fn read(document: &Document, page: ObjectId, max_stream: usize) -> lopdf::Result<String> {
    let content = document.get_page_content_with_limit(page, max_stream)?;
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let scope = Scope {
        fonts: fonts
            .into_iter()
            .filter_map(|(name, font)| Some((name, Font::of(font, document, max_stream)?)))
            .collect(),
        forms: page_resources(document, page).into_iter().flat_map(|resources| forms(document, resources)).collect(),
    };
    let mut reader = PageReader { document, max_stream, operations: 0, pen: Pen::default(), lines: Vec::new() };
    reader.draw(&content, &scope, 0);
    Ok(paragraphs(&reader.lines))
}

/// The resource dictionaries of a page, nearest first.
fn page_resources(document: &Document, page: ObjectId) -> Vec<&Dictionary> {
    let Ok((own, referenced)) = document.get_page_resources(page) else { return Vec::new() };
    own.into_iter().chain(referenced.into_iter().filter_map(|id| document.get_dictionary(id).ok())).collect()
}

/// The forms in a resource dictionary: content streams drawn as one.
fn forms<'a>(document: &'a Document, resources: &'a Dictionary) -> BTreeMap<Vec<u8>, &'a lopdf::Stream> {
    let Ok(objects) = resources.get_deref(b"XObject", document).and_then(Object::as_dict) else {
        return BTreeMap::new();
    };
    let form = |object| {
        let stream = document.dereference(object).ok()?.1.as_stream().ok()?;
        let subtype = stream.dict.get_deref(b"Subtype", document).and_then(Object::as_name).ok()?;
        (subtype == b"Form").then_some(stream)
    };
    objects.iter().filter_map(|(name, object)| Some((name.clone(), form(object)?))).collect()
}

/// What names mean inside one content stream.
struct Scope<'a> {
    fonts: BTreeMap<Vec<u8>, Font<'a>>,
    forms: BTreeMap<Vec<u8>, &'a lopdf::Stream>,
}

/// An affine map as PDF writes it: `[a b c d e f]` (ISO 32000-1, 8.3.3).
type Matrix = [f32; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `inner`, then `outer`.
fn concat(inner: Matrix, outer: Matrix) -> Matrix {
    let turn = |x: f32, y: f32| [x * outer[0] + y * outer[2], x * outer[1] + y * outer[3]];
    let (right, up, origin) = (turn(inner[0], inner[1]), turn(inner[2], inner[3]), turn(inner[4], inner[5]));
    [right[0], right[1], up[0], up[1], origin[0] + outer[4], origin[1] + outer[5]]
}

/// What shows text where: ISO 32000-1, 8.4 and 9.3.
#[derive(Debug, Clone)]
struct Pen {
    page: Matrix,
    line: Matrix,
    /// How far the pen has moved since the line began, in text space.
    advance: f32,
    font: Vec<u8>,
    size: f32,
    leading: f32,
    character_space: f32,
    word_space: f32,
    saved: Vec<(Matrix, Vec<u8>, f32)>,
}

impl Default for Pen {
    fn default() -> Self {
        Self {
            page: IDENTITY,
            line: IDENTITY,
            advance: 0.0,
            font: Vec::new(),
            size: 1.0,
            leading: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            saved: Vec::new(),
        }
    }
}

impl Pen {
    fn place(&mut self, line: Matrix) {
        self.line = line;
        self.advance = 0.0;
    }

    fn next_line(&mut self, right: f32, up: f32) {
        self.place(concat([1.0, 0.0, 0.0, 1.0, right, up], self.line));
    }
}

/// A line of text as drawn.
#[derive(Debug, Default)]
struct DrawnLine {
    text: String,
    /// Height of the line, across its direction.
    height: f32,
    /// Where the last piece ends, along its direction.
    end: f32,
    /// Font size.
    size: f32,
}

struct PageReader<'a> {
    document: &'a Document,
    max_stream: usize,
    operations: usize,
    pen: Pen,
    lines: Vec<DrawnLine>,
}

impl PageReader<'_> {
    /// Goes through a content stream; what follows a broken operation means nothing any more.
    fn draw(&mut self, content: &[u8], scope: &Scope<'_>, depth: usize) {
        for operation in Content::decode_iter(content).map_while(Result::ok) {
            self.operations += 1;
            if self.operations > MAX_OPERATIONS {
                break;
            }
            if operation.operator == "Do" {
                let name = operation.operands.first().and_then(|name| name.as_name().ok());
                if let Some(form) = name.and_then(|name| scope.forms.get(name)) {
                    self.draw_form(form, scope, depth + 1);
                }
            } else {
                self.apply(&operation, scope);
            }
        }
    }

    /// Draws a form with its own resources, or with those around it where it has none.
    fn draw_form(&mut self, form: &lopdf::Stream, around: &Scope<'_>, depth: usize) {
        if depth > MAX_FORMS {
            return;
        }
        let Ok(content) = form.get_plain_content_with_limit(self.max_stream) else { return };
        let before = self.pen.clone();
        if let Ok(matrix) = form.dict.get_deref(b"Matrix", self.document).and_then(Object::as_array) {
            self.pen.page = concat(matrix_of(matrix), self.pen.page);
        }
        match form.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict) {
            Ok(resources) => {
                let scope = Scope {
                    fonts: fonts(self.document, resources, self.max_stream),
                    forms: forms(self.document, resources),
                };
                self.draw(&content, &scope, depth);
            }
            Err(_) => self.draw(&content, around, depth),
        }
        self.pen = before;
    }

    fn apply(&mut self, operation: &Operation, scope: &Scope<'_>) {
        let operands = &operation.operands;
        let number = |at: usize| operands.get(at).and_then(|object| object.as_float().ok()).unwrap_or_default();
        let pen = &mut self.pen;
        match operation.operator.as_str() {
            "q" => pen.saved.push((pen.page, pen.font.clone(), pen.size)),
            "Q" => {
                if let Some((page, font, size)) = pen.saved.pop() {
                    (pen.page, pen.font, pen.size) = (page, font, size);
                }
            }
            "cm" => pen.page = concat(matrix_of(operands), pen.page),
            "BT" => pen.place(IDENTITY),
            "Tf" => {
                pen.font = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default().to_vec();
                pen.size = number(1);
            }
            "Tc" => pen.character_space = number(0),
            "Tw" => pen.word_space = number(0),
            "TL" => pen.leading = number(0),
            "Td" => pen.next_line(number(0), number(1)),
            "TD" => {
                pen.leading = -number(1);
                pen.next_line(number(0), number(1));
            }
            "T*" => pen.next_line(0.0, -pen.leading),
            "Tm" => pen.place(matrix_of(operands)),
            "Tj" => self.show_all(operands, scope),
            "TJ" => {
                if let Some(Ok(pieces)) = operands.first().map(Object::as_array) {
                    self.show_all(pieces, scope);
                }
            }
            "'" => {
                pen.next_line(0.0, -pen.leading);
                self.show_all(operands, scope);
            }
            "\"" => {
                (pen.word_space, pen.character_space) = (number(0), number(1));
                pen.next_line(0.0, -pen.leading);
                self.show_all(operands.get(2..).unwrap_or_default(), scope);
            }
            _ => {}
        }
    }

    /// Shows strings; the numbers between them move the pen back by thousandths of the font size.
    fn show_all(&mut self, pieces: &[Object], scope: &Scope<'_>) {
        let Some(font) = scope.fonts.get(&self.pen.font) else { return };
        for piece in pieces {
            if let Object::String(bytes, _) = piece {
                let text = font.decode(bytes).unwrap_or_default();
                let letters = text.chars().count() as f32;
                let words = text.matches(' ').count() as f32;
                let spaced = letters * self.pen.character_space + words * self.pen.word_space;
                self.show(&text, font.width(bytes) * self.pen.size + spaced);
            } else if let Ok(back) = piece.as_float() {
                self.pen.advance -= back / 1000.0 * self.pen.size;
            }
        }
    }

    /// Appends text to the line it is drawn on, or starts a line. Places are taken along and across the direction of
    /// the line, so that turned pages read like others.
    fn show(&mut self, text: &str, width: f32) {
        let pen = &mut self.pen;
        let matrix = concat(pen.line, pen.page);
        let stretch = matrix[0].hypot(matrix[1]).max(f32::MIN_POSITIVE);
        let (right, up) = (matrix[0] / stretch, matrix[1] / stretch);
        let size = (pen.size * matrix[2].hypot(matrix[3])).abs().max(0.1);
        let (along, height) = (matrix[4] * right + matrix[5] * up, matrix[5] * right - matrix[4] * up);
        let start = along + pen.advance * stretch;
        pen.advance += width;
        let end = along + pen.advance * stretch;
        if text.is_empty() {
            return;
        }
        match self.lines.last_mut() {
            Some(line) if (line.height - height).abs() < 0.4 * size.max(line.size) => {
                let gap = start - line.end;
                // A pen far to the left of where the line ended has gone back: another column or cell.
                let apart = gap > SPACE * size || gap < -2.0 * size;
                if apart && !line.text.ends_with(' ') && !text.starts_with(' ') {
                    line.text.push(' ');
                }
                line.text.push_str(text);
                line.end = end;
            }
            Some(_) | None => self.lines.push(DrawnLine { text: text.to_owned(), height, end, size }),
        }
    }
}

/// The fonts in a resource dictionary.
fn fonts<'a>(document: &'a Document, resources: &'a Dictionary, max_stream: usize) -> BTreeMap<Vec<u8>, Font<'a>> {
    let Ok(fonts) = resources.get_deref(b"Font", document).and_then(Object::as_dict) else { return BTreeMap::new() };
    let font = |object| Font::of(document.dereference(object).ok()?.1.as_dict().ok()?, document, max_stream);
    fonts.iter().filter_map(|(name, object)| Some((name.clone(), font(object)?))).collect()
}

/// The matrix in six operands; what is missing or no number is zero.
fn matrix_of(operands: &[Object]) -> Matrix {
    let mut matrix = [0.0; 6];
    for (value, operand) in matrix.iter_mut().zip(operands) {
        *value = operand.as_float().unwrap_or_default();
    }
    matrix
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
            let gap = above.height - line.height;
            let resized = (line.size - above.size).abs() > 0.15 * above.size;
            if gap > 1.7 * line.size.max(above.size) || gap < 0.0 || resized {
                text.push_str("\n\n");
            } else if ends_in_syllable(&text) && words.starts_with(char::is_lowercase) {
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

/// Whether `text` ends with a hyphen that parts a word: a letter stands before it.
fn ends_in_syllable(text: &str) -> bool {
    text.strip_suffix('-').is_some_and(|word| word.ends_with(char::is_alphabetic))
}
