//! Text decoded with the wrong character set ("cafÃ©"): found, and put right.
//!
//! The repair undoes the mistake: a run of characters is turned back into the bytes it was read from, under the
//! character set that explains most of its line, and read as UTF-8. Where that gives what people write and what stands
//! there is not, the run was misread; the table of what counts as evidence is `evidence.rs`. What one such run proves of
//! a document lets weaker ones count too. A text misread twice is undone twice.
//!
//! The idea is that of ftfy (Speer, 2019). plsfix, its port to Rust, is not used: it works on text as a whole and does
//! not say where it changed what, which spans and reports need, and it brings a second ICU and an abandoned `encoding`.

mod charset;
mod control;
mod evidence;
mod gap;
mod line;

use charset::Charset;
use evidence::is_c1_control;
use line::Hit;

use crate::ByteSpan;

/// A text is undone this often at most.
const ROUNDS: usize = 4;

/// A text put right, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repaired {
    pub(crate) text: String,
    edits: Vec<Edit>,
}

/// A stretch that was replaced, in the old text and in the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    was: ByteSpan,
    is: ByteSpan,
    before: String,
}

impl Repaired {
    /// How many lines were changed.
    pub(crate) fn lines(&self) -> usize {
        self.edits.len()
    }

    /// The first stretch as it was, and where it stands now.
    pub(crate) fn first(&self) -> Option<(&str, ByteSpan)> {
        self.edits.first().map(|edit| (edit.before.as_str(), edit.is))
    }

    /// Where a place in the old text is in the new one.
    pub(crate) fn moved(&self, at: usize) -> usize {
        let next = self.edits.partition_point(|edit| edit.was.end() <= at);
        if let Some(edit) = self.edits.get(next).filter(|edit| edit.was.start() < at) {
            return edit.is.start();
        }
        next.checked_sub(1).and_then(|last| self.edits.get(last)).map_or(at, |edit| at - edit.was.end() + edit.is.end())
    }
}

/// The text put right; none where nothing is broken that can be mended, which is told without copying it.
pub(crate) fn repair(text: &str) -> Option<Repaired> {
    if !may_be_broken(text) {
        return None;
    }
    let lines = lines(text, |line| !line.is_ascii());
    let evidence = Evidence::of(&lines);
    let mut repaired = Repaired { text: String::with_capacity(text.len()), edits: Vec::new() };
    let mut at = 0;
    for line in &lines {
        let mended = evidence.mend(line);
        if mended == line.characters {
            continue;
        }
        let (span, replacement) = difference(line, &mended);
        repaired.text.push_str(&text[at..span.start()]);
        let start = repaired.text.len();
        repaired.text.push_str(&replacement);
        let is = ByteSpan::new(start, repaired.text.len());
        repaired.edits.push(Edit { was: span, is, before: span.of(text).unwrap_or_default().to_owned() });
        at = span.end();
    }
    repaired.text.push_str(&text[at..]);
    (!repaired.edits.is_empty()).then_some(repaired)
}

/// Where a text is broken: misread runs, controls and characters that were lost. Code is none.
#[must_use]
pub fn find(text: &str) -> Vec<ByteSpan> {
    if text.is_ascii() || !(may_be_broken(text) || text.contains(char::REPLACEMENT_CHARACTER)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for line in lines(text, |line| may_be_broken(line) || line.contains(char::REPLACEMENT_CHARACTER)) {
        let sure = line::likeliest(&line.characters, &[], &Charset::ALL).map(|(_, runs)| runs).unwrap_or_default();
        let cut = gap::cut_short(&line.characters).into_iter().map(|at| at..at + 1);
        let mut places: Vec<_> = sure.into_iter().map(|run| run.place).chain(cut).collect();
        places.extend(damaged(&line.characters));
        places.sort_by_key(|place| place.start);
        places.dedup_by(|next, last| next.start < last.end);
        places.retain(|place| !line.in_code(place.start));
        found.extend(places.into_iter().map(|place| line.span(place.start, place.end)));
    }
    found
}

/// Runs with a character that never stands in text.
fn damaged(line: &[char]) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut at = 0;
    for run in line.split(char::is_ascii) {
        let end = at + run.len();
        if run.iter().any(|&c| c == char::REPLACEMENT_CHARACTER || is_c1_control(c)) {
            runs.push(at..end);
        }
        at = end + 1;
    }
    runs
}

/// Whether a sequence of misread UTF-8 stands in a text, a control that is none, or the rest of "à". Most texts are told
/// to be sound here, in one pass.
fn may_be_broken(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let mut before = ' ';
    let mut leads = 0;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if c.is_ascii() {
            if before == 'Ã' && !c.is_ascii_alphabetic() {
                return true;
            }
            leads = 0;
        } else {
            let (lead, follow) = charset::places(c);
            if is_c1_control(c) || (leads & follow != 0 && begins_sequence(&text[start..])) {
                return true;
            }
            leads = lead;
        }
        (before, start) = (c, at);
    }
    before == 'Ã'
}

/// Whether a text begins with misread UTF-8 under any character set.
fn begins_sequence(text: &str) -> bool {
    let start: Vec<char> = text.chars().take(LONGEST).collect();
    Charset::ALL.into_iter().any(|charset| charset::sequence(charset, &start, false).is_some())
}

/// A character of six bytes, in CESU-8.
const LONGEST: usize = 6;

/// A line of a text.
struct Line {
    characters: Vec<char>,
    /// The byte of the text it starts at.
    start: usize,
    /// Whether each character is in code.
    code: Vec<bool>,
}

impl Line {
    fn in_code(&self, at: usize) -> bool {
        self.code.get(at).copied().unwrap_or(false)
    }

    fn span(&self, from: usize, to: usize) -> ByteSpan {
        let length = |part: &[char]| part.iter().map(|c| c.len_utf8()).sum::<usize>();
        let start = self.start + length(&self.characters[..from]);
        ByteSpan::new(start, start + length(&self.characters[from..to]))
    }
}

/// The lines of a text that are wanted, without those of fenced code.
fn lines(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut fence: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        let opens_or_closes = mark.is_some() && (fence.is_none() || fence == mark);
        if opens_or_closes {
            fence = if fence.is_none() && closes_later(&text[start + line.len()..], mark) { mark } else { None };
        } else if fence.is_none() && wanted(line) {
            let characters: Vec<char> = line.chars().collect();
            let code = inline_code(&characters);
            lines.push(Line { characters, start, code });
        }
        start += line.len();
    }
    lines
}

/// Whether a fence that opens is closed at all; else its mark is something else.
fn closes_later(rest: &str, mark: Option<&str>) -> bool {
    mark.is_some_and(|mark| rest.lines().any(|line| line.trim_start().starts_with(mark)))
}

/// Which characters of a line stand between pairs of backticks.
fn inline_code(line: &[char]) -> Vec<bool> {
    if line.iter().filter(|&&c| c == '`').count() % 2 == 1 {
        return Vec::new();
    }
    let mut inside = false;
    line.iter()
        .map(|&c| {
            inside ^= c == '`';
            inside
        })
        .collect()
}

/// What the sure runs of a document say of it as a whole.
struct Evidence {
    /// Sure runs under each character set.
    runs: [usize; Charset::ALL.len()],
    /// Letters of Vietnamese among them.
    vietnamese: bool,
    /// What its control characters are, if they can be read at all.
    controls: Option<Charset>,
}

impl Evidence {
    fn of(lines: &[Line]) -> Self {
        let mut evidence = Self { runs: [0; Charset::ALL.len()], vietnamese: false, controls: None };
        for line in lines {
            if let Some((charset, runs)) = line::likeliest(&line.characters, &[], &Charset::ALL) {
                let runs = runs.iter().filter(|run| !line.in_code(run.place.start));
                for run in runs {
                    evidence.runs[charset as usize] += 1;
                    evidence.vietnamese |= run.hits.iter().any(|hit| matches!(hit.decoded, '\u{1EA0}'..='\u{1EF9}'));
                }
            }
            if !gap::cut_short(&line.characters).is_empty() {
                evidence.runs[Charset::Western as usize] += 1;
            }
        }
        evidence.controls = control::charset(lines.iter().map(|line| line.characters.as_slice()));
        evidence
    }

    /// The character set that most of the document was misread as.
    fn charset(&self) -> Option<Charset> {
        Charset::ALL
            .into_iter()
            .filter(|&charset| self.runs[charset as usize] > 0)
            .rev()
            .max_by_key(|&charset| self.runs[charset as usize])
    }

    /// A line put right.
    fn mend(&self, line: &Line) -> Vec<char> {
        let mut characters = line.characters.clone();
        if gap::has_lost_bytes(&characters) {
            return characters;
        }
        let mut again = vec![false; characters.len()];
        let all = Charset::ALL;
        let mut twice: Option<Charset> = None;
        for round in 0..ROUNDS {
            // What was misread twice was misread the same way.
            let among = twice.as_ref().map_or(all.as_slice(), std::slice::from_ref);
            let Some((charset, runs)) = line::likeliest(&characters, &again, among) else { break };
            twice = Some(charset);
            let first = round == 0;
            // Where a line is proven, what proves nothing by itself comes along.
            let runs = if first { line::runs(charset, &characters, &[]) } else { runs };
            let likely = runs.into_iter().filter(|run| run.weight > 0 && !(first && line.in_code(run.place.start)));
            let hits: Vec<Hit> = likely.flat_map(|run| run.hits).collect();
            if hits.is_empty() {
                break;
            }
            let hits = if first { gap::fill(charset, &characters, &hits, self.vietnamese) } else { hits };
            if first && self.is_doubtful(&characters, &hits) {
                return characters;
            }
            (characters, again) = line::decoded(&characters, &again, hits.into_iter());
        }
        // What proves nothing by itself is taken along where the rest of the document was misread.
        if let Some(charset) = self.charset().filter(|_| characters == line.characters) {
            let likely = line::runs(charset, &characters, &[]).into_iter();
            let likely = likely.filter(|run| run.weight > 0 && !line.in_code(run.place.start));
            let hits: Vec<Hit> = likely.flat_map(|run| run.hits).collect();
            let hits = gap::fill(charset, &characters, &hits, self.vietnamese);
            (characters, _) = line::decoded(&characters, &[], hits.into_iter());
        }
        if let Some(charset) = self.controls {
            control::read(charset, &mut characters);
        }
        characters
    }

    /// Whether the only sign of a document is one accented letter in a line that has sound ones.
    fn is_doubtful(&self, line: &[char], hits: &[Hit]) -> bool {
        let is_accent = |hit: &Hit| matches!(hit.decoded, '\u{A0}'..='\u{FF}') && hit.place.len() <= 2;
        let covers = |at: usize| hits.iter().any(|hit| hit.place.contains(&at));
        let sound = (0..line.len()).any(|at| !line[at].is_ascii() && !covers(at));
        self.runs.iter().sum::<usize>() == 1 && sound && hits.len() == 1 && hits.iter().all(is_accent)
    }
}

/// The stretch of a line that is different now, and what it became.
fn difference(line: &Line, mended: &[char]) -> (ByteSpan, String) {
    let was = &line.characters;
    let same = was.iter().zip(mended).take_while(|(a, b)| a == b).count();
    let left = was.len().min(mended.len()) - same;
    let tail = was.iter().rev().zip(mended.iter().rev()).take(left).take_while(|(a, b)| a == b).count();
    let span = line.span(same, was.len() - tail);
    (span, mended[same..mended.len() - tail].iter().collect())
}

#[cfg(test)]
mod tests;
