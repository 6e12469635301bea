//! Follows the drawing of a page: which words and rules stand where (ISO 32000-1, 8 and 9).

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Object};

use super::budget::Budget;
use super::content::{Operand, Operations};
use super::font::Font;
use super::matrix::{IDENTITY, Matrix, apply, concat};
use super::rule::{Path, Rule};
use super::word::{Glyph, Style, Word, Words};

/// How deep forms may lie in forms.
const MAX_FORMS: usize = 12;

/// How many states may be saved on top of one another.
const MAX_SAVED: usize = 512;

/// The most fonts kept from page to page.
const MAX_FONTS: usize = 1_000;

/// Fonts read so far, by where their dictionary is in the document that is open.
pub(super) type FontCache = HashMap<*const Dictionary, Rc<Font>>;

/// What stands on a page.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) words: Vec<Word>,
    pub(super) rules: Vec<Rule>,
}

/// Draws a page's content with its resources.
pub(super) fn draw(
    document: &Document,
    fonts: &mut FontCache,
    budget: &mut Budget,
    resources: &[&Dictionary],
    content: &[u8],
) -> Drawing {
    let mut painter = Painter {
        document,
        fonts,
        budget,
        state: State::default(),
        saved: Vec::new(),
        text: IDENTITY,
        line: IDENTITY,
        words: Words::default(),
        path: Path::default(),
        marked: Vec::new(),
    };
    painter.run(content, resources, 0);
    Drawing { words: painter.words.finish(), rules: painter.path.finish() }
}

/// The graphics state as far as text needs it.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    character_space: f32,
    word_space: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            page: IDENTITY,
            font: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// A stretch of content with a mark on it.
enum Marked {
    Plain,
    /// Page furniture.
    Artifact,
    /// What its glyphs stand for all together; empty once it is written.
    Replaced(String),
}

struct Painter<'a> {
    document: &'a Document,
    fonts: &'a mut FontCache,
    budget: &'a mut Budget,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    words: Words,
    path: Path,
    marked: Vec<Marked>,
}

impl<'a> Painter<'a> {
    fn run(&mut self, content: &[u8], resources: &[&'a Dictionary], depth: usize) {
        let mut operations = Operations::new(content);
        let mut operands = Vec::new();
        let (saved, marked) = (self.saved.len(), self.marked.len());
        while let Some(operator) = operations.next(&mut operands) {
            if !self.budget.operation(self.words.is_full()) {
                break;
            }
            match operator {
                b"Do" => {
                    if let Some(name) = operands.first().and_then(Operand::name) {
                        self.draw_form(name, resources, depth + 1);
                    }
                }
                b"Q" if self.saved.len() <= saved => {}
                b"EMC" if self.marked.len() <= marked => {}
                _ => self.apply(operator, &operands, resources),
            }
        }
        // What a form leaves open ends with it.
        self.marked.truncate(marked);
    }

    fn draw_form(&mut self, name: &[u8], resources: &[&'a Dictionary], depth: usize) {
        let Some(Object::Stream(form)) = find(self.document, resources, b"XObject", name) else { return };
        let is_form =
            form.dict.get_deref(b"Subtype", self.document).and_then(Object::as_name).is_ok_and(|n| n == b"Form");
        if depth > MAX_FORMS || !is_form {
            return;
        }
        let Some(content) = self.budget.unfold(form) else { return };
        let before = (self.state.clone(), self.text, self.line);
        if let Ok(matrix) = form.dict.get_deref(b"Matrix", self.document).and_then(Object::as_array) {
            let mut form_matrix = IDENTITY;
            for (value, object) in form_matrix.iter_mut().zip(matrix) {
                *value = object.as_float().unwrap_or_default();
            }
            self.state.page = concat(form_matrix, self.state.page);
        }
        let saved = self.saved.len();
        match form.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict) {
            Ok(own) => self.run(&content, &[own], depth),
            Err(_) => self.run(&content, resources, depth),
        }
        self.saved.truncate(saved);
        (self.state, self.text, self.line) = before;
    }

    fn apply(&mut self, operator: &[u8], operands: &[Operand<'_>], resources: &[&'a Dictionary]) {
        let number = |at: usize| operands.get(at).and_then(Operand::number).unwrap_or_default();
        let matrix = || std::array::from_fn::<f32, 6, _>(number);
        match operator {
            b"Tj" => self.show(operands),
            b"TJ" => {
                if let Some(Operand::Array(pieces)) = operands.first() {
                    self.show(pieces);
                }
            }
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands);
            }
            b"\"" => {
                (self.state.word_space, self.state.character_space) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2..).unwrap_or_default());
            }
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tm" => (self.line, self.text) = (matrix(), matrix()),
            b"BT" => (self.line, self.text) = (IDENTITY, IDENTITY),
            b"Tf" => {
                if let Some(name) = operands.first().and_then(Operand::name) {
                    self.state.font = Some(self.font(resources, name));
                }
                self.state.size = number(1);
            }
            b"Tc" => self.state.character_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"cm" => self.state.page = concat(matrix(), self.state.page),
            b"q" if self.saved.len() < MAX_SAVED => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().unwrap_or_default(),
            b"gs" => self.set_state(operands, resources),
            b"BMC" | b"BDC" => self.mark(operands, resources),
            b"EMC" => {
                self.marked.pop();
            }
            _ => {
                let page = self.state.page;
                let at = |at: usize| apply(page, number(at), number(at + 1));
                self.path.apply(operator, at, (number(2), number(3)), page);
            }
        }
    }

    /// `gs` may set the font as well.
    fn set_state(&mut self, operands: &[Operand<'_>], resources: &[&'a Dictionary]) {
        let Some(name) = operands.first().and_then(Operand::name) else { return };
        let Some(Object::Dictionary(state)) = find(self.document, resources, b"ExtGState", name) else { return };
        let Ok([font, size]) = state.get_deref(b"Font", self.document).and_then(Object::as_array).map(Vec::as_slice)
        else {
            return;
        };
        if let Ok(font) = self.document.dereference(font).and_then(|(_, font)| font.as_dict()) {
            self.state.font = Some(self.cached_font(font));
            self.state.size = size.as_float().unwrap_or(self.state.size);
        }
    }

    fn mark(&mut self, operands: &[Operand<'_>], resources: &[&'a Dictionary]) {
        let tag = operands.first().and_then(Operand::name).unwrap_or_default();
        let (mut actual, mut kind) = (None, None);
        match operands.get(1) {
            Some(Operand::Name(name)) => {
                if let Some(Object::Dictionary(said)) = find(self.document, resources, b"Properties", name) {
                    actual = said.get(b"ActualText").ok().and_then(|text| lopdf::decode_text_string(text).ok());
                    kind = said.get(b"Type").and_then(Object::as_name).ok().map(<[u8]>::to_vec);
                }
            }
            Some(said) => {
                let bytes = said.get(b"ActualText").and_then(Operand::text);
                actual = bytes.and_then(|text| lopdf::decode_text_string(&Object::string_literal(text)).ok());
                kind = said.get(b"Type").and_then(Operand::name).map(<[u8]>::to_vec);
            }
            None => {}
        }
        let marked = match actual {
            Some(text) if tag == b"Span" => Marked::Replaced(text),
            _ if tag == b"Artifact" && kind.as_deref() == Some(b"Pagination") => Marked::Artifact,
            Some(_) | None => Marked::Plain,
        };
        if self.marked.len() < MAX_SAVED {
            self.marked.push(marked);
        }
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line = concat([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    /// The font of that name; a plain one where it is damaged, so that what is written with it is not lost unseen.
    fn font(&mut self, resources: &[&'a Dictionary], name: &[u8]) -> Rc<Font> {
        let font = find(self.document, resources, b"Font", name).and_then(|font| font.as_dict().ok());
        match font {
            Some(font) => self.cached_font(font),
            None => Rc::new(Font::of(&Dictionary::new(), self.document, 0)),
        }
    }

    fn cached_font(&mut self, font: &'a Dictionary) -> Rc<Font> {
        let key = std::ptr::from_ref(font);
        if let Some(font) = self.fonts.get(&key) {
            return Rc::clone(font);
        }
        let font = Rc::new(Font::of(font, self.document, self.budget.max_stream()));
        if self.fonts.len() < MAX_FONTS {
            self.fonts.insert(key, Rc::clone(&font));
        }
        font
    }

    /// Shows strings; the numbers between them move the pen back by thousandths of the font size.
    fn show(&mut self, pieces: &[Operand<'_>]) {
        let Some(font) = self.state.font.clone() else { return };
        for piece in pieces {
            match piece {
                Operand::Text(bytes) => self.show_string(&font, bytes),
                Operand::Number(back) => {
                    let move_by = -back / 1000.0 * self.state.size;
                    self.advance(if font.is_vertical { (0.0, move_by) } else { (move_by * self.state.stretch, 0.0) });
                }
                Operand::Name(_) | Operand::Array(_) | Operand::Dictionary(_) => {}
            }
        }
    }

    /// Moves the pen, in text space.
    fn advance(&mut self, (x, y): (f32, f32)) {
        self.text = concat([1.0, 0.0, 0.0, 1.0, x, y], self.text);
    }

    fn show_string(&mut self, font: &Font, bytes: &[u8]) {
        let State { size, character_space, word_space, stretch, rise, .. } = self.state;
        let matrix = concat([1.0, 0.0, 0.0, 1.0, 0.0, rise], concat(self.text, self.state.page));
        // Where one unit of text space along the line leads on the page.
        let (x, y) =
            if font.is_vertical { (-matrix[2], -matrix[3]) } else { (matrix[0] * stretch, matrix[1] * stretch) };
        let sign = if size < 0.0 { -1.0 } else { 1.0 };
        let unit = x.hypot(y);
        if unit == 0.0 || !unit.is_finite() {
            return;
        }
        let (right, up) = (sign * x / unit, sign * y / unit);
        let along = matrix[4] * right + matrix[5] * up;
        let height = matrix[5] * right - matrix[4] * up;
        let across = if font.is_vertical { matrix[0].hypot(matrix[1]) } else { matrix[2].hypot(matrix[3]) };
        let seen = (size * across * font.em).abs().max(0.1);
        let style = Style {
            angle: up.atan2(right).to_degrees().round() as i16,
            is_bold: font.is_bold,
            is_monospaced: font.is_monospaced,
            is_artifact: self.marked.iter().any(|marked| matches!(marked, Marked::Artifact)),
        };
        let mut replaced = self.marked.iter_mut().rev().find_map(|marked| match marked {
            Marked::Replaced(text) => Some(text),
            Marked::Plain | Marked::Artifact => None,
        });
        let words = &mut self.words;
        let mut pen = 0.0;
        font.show(bytes, |shown| {
            let drawn = if font.is_vertical { size } else { shown.width * size };
            let spaced = character_space + if shown.is_space_code { word_space } else { 0.0 };
            let start = along + pen * unit * sign;
            pen += drawn + spaced;
            let end = along + pen * unit * sign;
            let glyph = |text| {
                let space = font.space * (size * unit).abs();
                words.draw(&Glyph { text, start, end, height, size: seen, space, style });
            };
            match &mut replaced {
                Some(text) if text.is_empty() => {}
                Some(text) => draw_replaced(&std::mem::take(*text), glyph),
                None => [shown.text].into_iter().for_each(glyph),
            }
        });
        self.advance(if font.is_vertical { (0.0, -pen) } else { (pen * stretch, 0.0) });
    }
}

/// Draws the text that stands for several glyphs where the first of them is.
fn draw_replaced<'t>(text: &'t str, glyph: impl FnMut(&'t str)) {
    text.split_inclusive(char::is_whitespace).for_each(glyph);
}

/// An entry of a category of resources.
fn find<'a>(document: &'a Document, resources: &[&'a Dictionary], category: &[u8], name: &[u8]) -> Option<&'a Object> {
    resources.iter().find_map(|resources| {
        resources.get_deref(category, document).and_then(Object::as_dict).ok()?.get_deref(name, document).ok()
    })
}
