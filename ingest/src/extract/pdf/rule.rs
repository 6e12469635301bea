//! Straight lines drawn on a page: what rules tables.

use super::matrix::{Matrix, apply};

/// The most lines kept of a page.
const MAX_RULES: usize = 20_000;

/// Wider than this is an area, in points.
const MAX_WIDTH: f32 = 3.0;

/// Shorter than this is a dot or a part of a letter, in points.
const MIN_LENGTH: f32 = 6.0;

/// How far out of level a line may be, in points.
const LEVEL: f32 = 0.7;

/// A straight line across the page, or down it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) is_level: bool,
    /// Where it is: the height of a level one, how far right the other.
    pub(super) at: f32,
    pub(super) from: f32,
    pub(super) to: f32,
}

/// The path being drawn, and the rules drawn so far.
#[derive(Debug, Default)]
pub(super) struct Path {
    pen: (f32, f32),
    start: (f32, f32),
    lines: Vec<((f32, f32), (f32, f32))>,
    boxes: Vec<((f32, f32), (f32, f32))>,
    rules: Vec<Rule>,
}

impl Path {
    /// One operation of a path: `at(0)` is the point of its first two operands, `size` what follows.
    pub(super) fn apply(&mut self, operator: &[u8], at: impl Fn(usize) -> (f32, f32), size: (f32, f32), page: Matrix) {
        match operator {
            b"m" => (self.pen, self.start) = (at(0), at(0)),
            b"l" => self.line_to(at(0)),
            b"h" => self.line_to(self.start),
            b"c" => self.pen = at(4),
            b"v" | b"y" => self.pen = at(2),
            b"re" if self.boxes.len() < MAX_RULES => {
                let origin = apply(page, 0.0, 0.0);
                let far = apply(page, size.0, size.1);
                let corner = at(0);
                self.boxes.push((corner, (corner.0 + far.0 - origin.0, corner.1 + far.1 - origin.1)));
            }
            b"S" | b"B" | b"B*" => self.paint(true),
            b"s" | b"b" | b"b*" => {
                self.line_to(self.start);
                self.paint(true);
            }
            b"f" | b"F" | b"f*" => self.paint(false),
            b"n" => self.clear(),
            _ => {}
        }
    }

    fn line_to(&mut self, point: (f32, f32)) {
        if self.lines.len() < MAX_RULES {
            self.lines.push((self.pen, point));
        }
        self.pen = point;
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.boxes.clear();
    }

    fn paint(&mut self, stroked: bool) {
        let lines = std::mem::take(&mut self.lines);
        let boxes = std::mem::take(&mut self.boxes);
        if stroked {
            for (from, to) in lines {
                self.add(from, to);
            }
        } else if let (Some(first), 4..=5) = (lines.first(), lines.len()) {
            // A filled shape of four sides is a box too, where it is one.
            let (mut low, mut high) = (first.0, first.0);
            for &(_, (x, y)) in &lines {
                low = (low.0.min(x), low.1.min(y));
                high = (high.0.max(x), high.1.max(y));
            }
            self.add_box(low, high, false);
        }
        for (a, b) in boxes {
            self.add_box(a, b, stroked);
        }
    }

    fn add_box(&mut self, a: (f32, f32), b: (f32, f32), stroked: bool) {
        let (width, height) = ((b.0 - a.0).abs(), (b.1 - a.1).abs());
        let middle = (f32::midpoint(a.0, b.0), f32::midpoint(a.1, b.1));
        if height < MAX_WIDTH {
            self.add((a.0, middle.1), (b.0, middle.1));
        } else if width < MAX_WIDTH {
            self.add((middle.0, a.1), (middle.0, b.1));
        } else if stroked {
            for (from, to) in [(a, (b.0, a.1)), ((b.0, a.1), b), (b, (a.0, b.1)), ((a.0, b.1), a)] {
                self.add(from, to);
            }
        }
    }

    fn add(&mut self, a: (f32, f32), b: (f32, f32)) {
        let (width, height) = ((b.0 - a.0).abs(), (b.1 - a.1).abs());
        if self.rules.len() >= MAX_RULES || !(width + height).is_finite() {
            return;
        }
        if height < LEVEL && width > MIN_LENGTH {
            self.rules.push(Rule { is_level: true, at: f32::midpoint(a.1, b.1), from: a.0.min(b.0), to: a.0.max(b.0) });
        } else if width < LEVEL && height > MIN_LENGTH {
            self.rules.push(Rule {
                is_level: false,
                at: f32::midpoint(a.0, b.0),
                from: a.1.min(b.1),
                to: a.1.max(b.1),
            });
        }
    }

    pub(super) fn finish(self) -> Vec<Rule> {
        self.rules
    }
}
