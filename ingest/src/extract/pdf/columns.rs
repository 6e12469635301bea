//! The order in which the lines of a page are read.
//!
//! A page of columns has a gutter: a stretch that hardly any line crosses, with text of some width on both sides. Lines
//! that cross it, as titles do, part the page into bands; in each band the left column is read before the right one,
//! and each column may have columns again.

use super::line::{Line, rows};

/// Fewer rows than this make no column.
const MIN_ROWS: usize = 4;

/// The narrowest gutter, in parts of the font size.
const MIN_GUTTER: f32 = 0.8;

/// The most columns in columns.
const MAX_DEPTH: usize = 6;

/// The share of lines that may cross a gutter.
const MAX_CROSSING: f32 = 0.3;

/// The fewest characters of a line of running text, on the average.
const MIN_LENGTH: f32 = 14.0;

/// The share of its column that a line of running text fills, on the average.
const MIN_FILL: f32 = 0.45;

/// The most gutters tried.
const MAX_CANDIDATES: usize = 6;

/// The most lines looked at for gutters.
const MAX_LINES: usize = 20_000;

/// How finely gutters are looked for.
const BINS: usize = 600;

/// Lines that stand in one column, in the order they are read.
pub(super) type Region = Vec<Line>;

/// Parts the lines of a page into regions, in reading order.
pub(super) fn regions(lines: Vec<Line>) -> Vec<Region> {
    let mut regions = Vec::new();
    part(lines, 0, &mut regions);
    regions
}

fn part(lines: Vec<Line>, depth: usize, regions: &mut Vec<Region>) {
    let gutter = if depth < MAX_DEPTH { gutter(&lines) } else { None };
    let Some((left_end, right_start)) = gutter else {
        if !lines.is_empty() {
            regions.push(lines);
        }
        return;
    };
    let side = |line: &Line| {
        if line.end <= left_end {
            Side::Left
        } else if line.start >= right_start {
            Side::Right
        } else {
            Side::Across
        }
    };
    let (mut left, mut right, mut across) = (Vec::new(), Vec::new(), Vec::new());
    let mut flush = |left: &mut Vec<Line>, right: &mut Vec<Line>, across: &mut Vec<Line>| {
        part(std::mem::take(across), MAX_DEPTH, regions);
        part(std::mem::take(left), depth + 1, regions);
        part(std::mem::take(right), depth + 1, regions);
    };
    for row in rows(lines) {
        let goes_across = row.iter().any(|line| side(line) == Side::Across) || is_of_table(&row);
        if goes_across {
            if !left.is_empty() || !right.is_empty() {
                flush(&mut left, &mut right, &mut across);
            }
            across.extend(row);
        } else {
            for line in row {
                if side(&line) == Side::Left { left.push(line) } else { right.push(line) }
            }
        }
    }
    flush(&mut left, &mut right, &mut across);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Across,
}

/// Whether a row looks like one of a table rather than of columns of text.
fn is_of_table(row: &[Line]) -> bool {
    row.len() >= 3 && row.iter().all(|line| line.length() < 25)
}

/// The gutter that parts these lines best: where the left side ends and the right side starts.
fn gutter(lines: &[Line]) -> Option<(f32, f32)> {
    let (start, end) =
        lines.iter().fold((f32::MAX, f32::MIN), |(start, end), line| (start.min(line.start), end.max(line.end)));
    let mut sizes: Vec<f32> = lines.iter().map(|line| line.size).collect();
    sizes.sort_by(f32::total_cmp);
    let size = *sizes.get(sizes.len() / 2)?;
    let width = end - start;
    if !(2 * MIN_ROWS..MAX_LINES).contains(&lines.len()) || width < 20.0 * size {
        return None;
    }
    let bin = width / BINS as f32;
    let place = |x: f32| (((x - start) / bin) as usize).min(BINS - 1);
    // How many lines stand above each stretch of the width.
    let mut change = [0_i32; BINS + 1];
    for line in lines {
        change[place(line.start)] += 1;
        change[place(line.end) + 1] -= 1;
    }
    let mut covered = 0;
    let cover: Vec<i32> = change[..BINS]
        .iter()
        .map(|change| {
            covered += change;
            covered
        })
        .collect();
    let most = (MAX_CROSSING * lines.len() as f32 / 2.0) as i32;
    let mut candidates: Vec<(i32, usize, usize)> = Vec::new();
    let mut at = BINS / 8;
    while at < BINS * 7 / 8 {
        let (level, from) = (cover[at], at);
        while at < BINS * 7 / 8 && cover[at] == level {
            at += 1;
        }
        if level <= most && (at - from) as f32 * bin >= MIN_GUTTER * size {
            candidates.push((level, from, at));
        }
    }
    // Those that fewest lines cross first, of these the widest.
    candidates.sort_by_key(|&(level, from, to)| (level, from as i32 - to as i32));
    let place = |at: usize| start + at as f32 * bin;
    let parts = |&&(_, from, to): &&(i32, usize, usize)| are_columns(lines, place(from), place(to), start, end);
    let &(_, from, to) = candidates.iter().take(MAX_CANDIDATES).find(parts)?;
    // Half a bin of allowance for what rounding moved.
    Some((place(from) + bin / 2.0, place(to) - bin / 2.0))
}

/// Whether there is running text on both sides of a gutter.
fn are_columns(lines: &[Line], gutter_start: f32, gutter_end: f32, start: f32, end: f32) -> bool {
    let slack = (gutter_end - gutter_start) / 2.0;
    let left: Vec<&Line> = lines.iter().filter(|line| line.end <= gutter_start + slack).collect();
    let right: Vec<&Line> = lines.iter().filter(|line| line.start >= gutter_end - slack).collect();
    let is_text = |side: &[&Line], width: f32, by_length: f32| {
        let count = side.len() as f32;
        let fill = side.iter().map(|line| line.end - line.start).sum::<f32>() / count / width.max(1.0);
        let length = side.iter().map(|line| line.length()).sum::<usize>() as f32 / count;
        side.len() >= MIN_ROWS && fill >= MIN_FILL * by_length && length >= MIN_LENGTH * by_length
    };
    // Columns are drawn one after the other, the rows of a table each from left to right.
    let mut drawn: Vec<&Line> = lines.iter().collect();
    drawn.sort_by_key(|line| line.drawn);
    let mut turns = 0;
    let mut is_right = None;
    for line in drawn {
        let here = if line.end <= gutter_start + slack {
            false
        } else if line.start >= gutter_end - slack {
            true
        } else {
            continue;
        };
        turns += usize::from(is_right.is_some_and(|before| before != here));
        is_right = Some(here);
    }
    let by_length = if turns * 4 < left.len().min(right.len()) { 0.6 } else { 1.0 };
    let span = |side: &[&Line]| {
        side.iter().fold((f32::MAX, f32::MIN), |(low, high), line| (low.min(line.height), high.max(line.height)))
    };
    if !is_text(&left, gutter_start - start, by_length) || !is_text(&right, end - gutter_end, by_length) {
        return false;
    }
    let ((left_low, left_high), (right_low, right_high)) = (span(&left), span(&right));
    let shared = left_high.min(right_high) - left_low.max(right_low);
    shared > 0.4 * (left_high - left_low).min(right_high - right_low)
}
