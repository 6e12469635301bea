//! Lines put together into paragraphs.

use super::line::Line;
use super::table::is_list_mark;

/// A larger step down than this starts a paragraph, in parts of the usual step.
const MAX_STEP: f32 = 1.3;

/// The same where there is no usual step, in parts of the font size.
const FIRST_STEP: f32 = 1.7;

/// A first line is set in by at least this, in parts of the font size.
const INDENT: f32 = 0.8;

/// How much sizes of one paragraph may differ.
const MAX_SIZE_CHANGE: f32 = 0.12;

/// Lines that belong together.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub(super) lines: Vec<Line>,
    /// Where its lines may end at the latest.
    end: f32,
}

impl Paragraph {
    /// Whether the next line's first word would not have fitted at the end of the line at `at`.
    pub(super) fn is_full(&self, at: usize) -> bool {
        let (Some(line), Some(next)) = (self.lines.get(at), self.lines.get(at + 1)) else { return false };
        let first = next.words.first().map_or(0.0, |word| word.end - word.start);
        line.end + first + 0.5 * line.size > self.end
    }

    pub(super) fn first_word(&self) -> &str {
        self.lines.first().and_then(|line| line.words.first()).map_or("", |word| &word.text)
    }

    /// The number its first line starts with, as an item of a list does.
    pub(super) fn number(&self) -> Option<u32> {
        let number = self.first_word().strip_suffix('.').filter(|number| number.len() <= 3)?;
        let has_text = self.lines.len() > 1 || self.lines.first().is_some_and(|line| line.words.len() > 1);
        number.parse().ok().filter(|_| has_text && number.bytes().all(|byte| byte.is_ascii_digit()))
    }

    pub(super) fn text(&self) -> String {
        self.lines.iter().map(Line::text).collect::<Vec<_>>().join(" ")
    }
}

/// Parts the lines of one region, which come from the top down.
pub(super) fn paragraphs(lines: Vec<Line>) -> Vec<Paragraph> {
    let step = usual_step(&lines);
    let end = lines.iter().map(|line| line.end).fold(f32::MIN, f32::max);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for line in lines {
        match paragraphs.last_mut() {
            Some(paragraph) if goes_on(&paragraph.lines, &line, step, end) => paragraph.lines.push(line),
            Some(_) | None => paragraphs.push(Paragraph { lines: vec![line], end }),
        }
    }
    for paragraph in &mut paragraphs {
        // Short lines below one another say where they end; a long one says it for all.
        let longest = paragraph.lines.iter().map(|line| line.end).fold(f32::MIN, f32::max);
        paragraph.end = longest.max(paragraph.end - 0.35 * (paragraph.end - paragraph.lines[0].start));
    }
    paragraphs
}

/// The step from line to line in running text: a small one of all, as those between paragraphs are larger.
fn usual_step(lines: &[Line]) -> Option<f32> {
    let mut steps: Vec<f32> = lines
        .windows(2)
        .map(|pair| (pair[0].height - pair[1].height, pair[0].size.max(pair[1].size)))
        .filter(|(step, size)| (0.7 * size..2.5 * size).contains(step))
        .map(|(step, _)| step)
        .collect();
    steps.sort_by(f32::total_cmp);
    steps.get(steps.len() / 4).copied()
}

fn goes_on(paragraph: &[Line], line: &Line, step: Option<f32>, end: f32) -> bool {
    let Some(above) = paragraph.last() else { return false };
    let size = above.size.max(line.size);
    let down = above.height - line.height;
    let most =
        step.filter(|step| *step > 0.8 * size).map_or(FIRST_STEP * size, |step| (MAX_STEP * step).max(1.25 * size));
    let resized = (above.size - line.size).abs() > MAX_SIZE_CHANGE * size;
    let restyled = above.is_bold() != line.is_bold()
        && (above.is_bold() || paragraph.len() > 1 || down > 1.1 * size)
        && above.words.len() < 12;
    let first = line.words.first().map_or("", |word| word.text.as_str());
    if down > most
        || down < 0.0
        || resized
        || (restyled && above.is_bold())
        || is_list_mark(first) && line.words.len() > 1
    {
        return false;
    }
    // A line set in starts a paragraph, where the lines above are not.
    let set_in = line.start - above.start > INDENT * size && line.start - above.start < 6.0 * size;
    let was_list = paragraph.first().and_then(|line| line.words.first()).is_some_and(|word| is_list_mark(&word.text));
    let is_hanging = was_list && paragraph.len() == 1;
    let short_above = above.end < end - 6.0 * size
        || above.words.last().is_some_and(|word| word.text.ends_with(['.', ':', '?', '!', '”', '"']));
    let is_disjoint = line.start > above.end || above.start > line.end;
    let starts_anew = set_in && short_above && !is_hanging && (paragraph.len() > 1 || line.words.len() > 3);
    !is_disjoint && !starts_anew
}
