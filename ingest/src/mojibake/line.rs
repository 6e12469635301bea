//! The misread runs of one line, and what they should have been.

use std::ops::Range;

use super::charset::{Charset, sequence};
use super::evidence::{Context, PROOF, weight};

/// A stretch of a line that decodes, in characters of the line.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) place: Range<usize>,
    pub(super) decoded: char,
}

/// The hits in one run of characters outside ASCII, under one character set.
#[derive(Debug, Clone)]
pub(super) struct MisreadRun {
    pub(super) place: Range<usize>,
    pub(super) hits: Vec<Hit>,
    pub(super) weight: u32,
}

/// The runs of a line that decode to something under a character set. `again` tells of each character whether it was
/// decoded before: what decodes once more was misread twice.
pub(super) fn runs(charset: Charset, line: &[char], again: &[bool]) -> Vec<MisreadRun> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < line.len() {
        if line[at].is_ascii() {
            at += 1;
            continue;
        }
        let end = line[at..].iter().position(char::is_ascii).map_or(line.len(), |length| at + length);
        let context =
            Context { run: &line[at..end], before: at.checked_sub(1).map(|before| line[before]), after: &line[end..] };
        let mut run = MisreadRun { place: at..end, hits: Vec::new(), weight: 0 };
        while at < end {
            let Some(found) = sequence(charset, &line[at..end], false) else {
                at += 1;
                continue;
            };
            let place = at..at + found.taken;
            run.weight += if again.get(place.clone()).is_some_and(|again| again.iter().all(|was| *was)) {
                weight(charset, &line[place.clone()], found.decoded, context).max(found.taken as u32 - 1)
            } else {
                weight(charset, &line[place.clone()], found.decoded, context)
            };
            run.hits.push(Hit { place: place.clone(), decoded: found.decoded });
            at = place.end;
        }
        if !run.hits.is_empty() {
            runs.push(run);
        }
        at = end;
    }
    runs
}

/// How well a character set explains a line: characters explained, characters it has at all, weight.
type Merit = (usize, usize, u32);

/// The character set, of those `among`, that explains most of a line, with its sure runs; of equals the one that has more
/// of the line's characters.
pub(super) fn likeliest(line: &[char], again: &[bool], among: &[Charset]) -> Option<(Charset, Vec<MisreadRun>)> {
    let mut best: Option<(Merit, Charset, Vec<MisreadRun>)> = None;
    for &charset in among {
        let runs: Vec<MisreadRun> = runs(charset, line, again).into_iter().filter(|run| run.weight >= PROOF).collect();
        if runs.is_empty() {
            continue;
        }
        let explained = runs.iter().flat_map(|run| &run.hits).map(|hit| hit.place.len()).sum();
        let had = line.iter().filter(|c| !c.is_ascii() && charset.byte(**c).is_some()).count();
        let merit: Merit = (explained, had, runs.iter().map(|run| run.weight).sum());
        if best.as_ref().is_none_or(|(most, ..)| merit > *most) {
            best = Some((merit, charset, runs));
        }
    }
    best.map(|(_, charset, runs)| (charset, runs))
}

/// What a line becomes when hits are decoded, and of each of its characters whether it was.
pub(super) fn decoded(line: &[char], again: &[bool], hits: impl Iterator<Item = Hit>) -> (Vec<char>, Vec<bool>) {
    let mut text = Vec::with_capacity(line.len());
    let mut marks = Vec::with_capacity(line.len());
    let mut at = 0;
    for hit in hits {
        text.extend_from_slice(&line[at..hit.place.start]);
        marks.extend((at..hit.place.start).map(|at| again.get(at).copied().unwrap_or(false)));
        // A byte order mark in the middle of a text is nothing.
        if hit.decoded != '\u{FEFF}' {
            text.push(hit.decoded);
            marks.push(true);
        }
        at = hit.place.end;
    }
    text.extend_from_slice(&line[at..]);
    marks.extend((at..line.len()).map(|at| again.get(at).copied().unwrap_or(false)));
    (text, marks)
}
