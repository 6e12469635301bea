//! The date of publication as the page shows it to people: in its address, or in a line near its heading.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use regex::{Captures, Regex};
use scraper::node::Element;

use super::label;
use super::outline::Outline;
use super::run::Run;
use crate::DateSource;
use crate::extract::date::{self, Event, StatedDate};

/// A longer line tells more than who wrote when, in letters.
const LINE: usize = 110;

/// How many lines before and behind the heading are looked at.
const BEFORE: usize = 6;
const BEHIND: usize = 14;

/// Years and months by number or by name, in the orders people write them.
static WRITTEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
          \b(?P<y1>(?:19|20)\d\d)\s?[-/.]\s?(?P<m1>\d\d?)\s?[-/.]\s?(?P<d1>\d\d?)(?:\b|T)
        | \b(?P<d2>\d\d?)\s?(?P<mark>[./-])\s?(?P<m2>\d\d?)\s?[./-]\s?(?P<y2>(?:19|20)?\d\d)\b
        | \b(?P<d3>\d\d?)(?:\.|º|°|er|st|nd|rd|th)?[\s-]\s*(?:de\s+|of\s+)?(?P<n3>\p{L}{3,12})\.?,?[\s-]\s*(?:de\s+|del\s+)?(?P<y3>(?:19|20)?\d\d)\b
        | \b(?P<n4>\p{L}{3,12})\.?\s+(?P<d4>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y4>(?:19|20)\d\d)\b
        | (?P<y5>(?:19|20)\d\d)\s?[年년]\s?(?P<m5>\d\d?)\s?[月월]\s?(?P<d5>\d\d?)\s?[日일]",
    )
    .ok()
});

/// Words before the date of publication.
static PUBLISHED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:published|posted|written|created|first\s+published|veröffentlicht|erstellt|erschienen|datum|date|publié|publicado|publicada|publicação|pubblicato|opublikowan[oya]|data|fecha|geplaatst|eingestellt)\b[\s:]*(?:on|am|le|el|em|il|den|by)?")
        .ok()
});

/// Words before the date of a change.
static CHANGED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:updated?|modified|revised|aktualisiert|geändert|mis\s+à\s+jour|actualizad[oa]|atualizad[oa]|aggiornato|zaktualizowano|bijgewerkt|stand|letzte\s+änderung|ultima\s+modifica|última\s+(?:actualización|atualização)|päivitetty|oppdatert|uppdaterad|opdateret|güncelle\w*|обновлен\w*)\b|更新").ok()
});

/// Names of elements that hold dates.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:\w*dates?|datum|\w*time|timestamp|publi\w+|posted(?:-on)?|(?:post|entry|article)-?(?:meta|info|details)|meta|by-?line|dateline|itemprop-datepublished)\b")
        .ok()
});

/// The field of a date from the address.
pub(super) const ADDRESS: &str = "address";

/// The field of a date from a line near the heading, and of one that the line calls that of a change.
pub(super) const NEAR: &str = "date near the heading";
const NEAR_CHANGED: &str = "date of change near the heading";

/// The date in the address of a page, as `/2024/03/01/`.
pub(in crate::extract) fn in_address(address: &str) -> Option<StatedDate> {
    static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"[/_-](?P<y>(?:19|20)\d\d)(?:[/_-](?P<m>\d\d?)[/_-](?P<d>\d\d?)|(?P<m2>[01]\d)(?P<d2>[0-3]\d))(?:[/_.-]|$)").ok()
    });
    let found = DAY.as_ref()?.captures(address)?;
    let part = |names: [&str; 2]| names.iter().find_map(|name| found.name(name)?.as_str().parse().ok());
    let day = day(part(["y", "y"])?, part(["m", "m2"])?, part(["d", "d2"])?)?;
    Some(StatedDate { source: DateSource::PageMetadata, ..stated(ADDRESS, found.get(0)?.as_str(), day) })
}

/// The date in a line near a heading of the page: one of the first rank, or the last before the content.
pub(super) fn near_heading(
    outline: &Outline<'_>,
    runs: &[Run],
    content: Option<usize>,
    language: Option<&str>,
) -> Option<StatedDate> {
    let starts = content.unwrap_or(0);
    let prose = runs.iter().position(|run| run.from >= starts && run.is_prose()).unwrap_or(runs.len());
    let rank = |run: &Run| {
        let around = std::iter::once(run.block).chain(outline.ancestors(run.block).take(2));
        around.map(|at| outline.name(at)).find(|name| matches!(*name, "h1" | "h2"))
    };
    let mut headings: Vec<usize> = (0..runs.len()).filter(|&at| rank(&runs[at]) == Some("h1")).take(4).collect();
    headings.extend(runs[..prose].iter().rposition(|run| rank(run).is_some()));
    headings.push(prose);
    let mut lines = Lines { outline, runs, language, known: HashMap::new() };
    let mut best: Option<(i32, StatedDate)> = None;
    for heading in headings {
        let Some((score, date)) = lines.near(heading) else { continue };
        if best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, date));
        }
    }
    best.map(|(_, date)| date)
}

/// The lines of a page, and the dates found in them; the same are asked for around several headings.
struct Lines<'a, 'p> {
    outline: &'a Outline<'p>,
    runs: &'a [Run],
    language: Option<&'a str>,
    known: HashMap<usize, Option<Line>>,
}

/// What a day is said to be that of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Publication,
    Change,
}

/// A line that names a day.
#[derive(Clone)]
struct Line {
    day: Timestamp,
    written: String,
    /// Whether it or an element around it is called a date.
    is_named: bool,
    /// What the words before it say it is the day of.
    label: Option<Label>,
    /// Whether nothing stands before it.
    is_alone: bool,
}

impl Lines<'_, '_> {
    /// The date that most looks like the one of publication in the lines around a heading, and how much it does.
    fn near(&mut self, heading: usize) -> Option<(i32, StatedDate)> {
        let runs = self.runs;
        let from = heading.saturating_sub(BEFORE);
        let to = (heading + BEHIND).min(runs.len());
        let mut best: Option<(i32, StatedDate)> = None;
        let mut was_prose = false;
        for (at, run) in runs.iter().enumerate().take(to).skip(from) {
            // Behind the first paragraphs come other things with dates of their own.
            let is_first = at >= heading && !was_prose;
            was_prose |= at > heading && run.is_prose() && run.letters > LINE;
            let Some(line) = self.line(at) else {
                // News begin with place and day.
                if is_first
                    && !run.is_linked()
                    && run.letters > LINE
                    && let Some((day, written)) = opening(&self.outline.words(run.from, run.to), self.language)
                    && best.as_ref().is_none_or(|(most, _)| OPENING > *most)
                {
                    best = Some((OPENING, stated("date before the first words", &written, day)));
                }
                continue;
            };
            let mut score = 4 * i32::from(line.label == Some(Label::Publication))
                + 2 * i32::from(line.is_named)
                + 2 * i32::from(at > heading);
            score += i32::from(run.letters < 40)
                - 3 * i32::from(was_prose)
                - 3 * i32::from(line.label == Some(Label::Change));
            // Right above the heading often stands the day and what it is filed under, right above the text who wrote it.
            let is_right_above = at < heading && at + 2 >= heading && run.letters < 40;
            score += i32::from(is_right_above && (line.is_alone || runs[heading..].first().is_some_and(Run::is_prose)));
            if score > 1 && best.as_ref().is_none_or(|(most, _)| score > *most) {
                let field = if line.label == Some(Label::Change) { NEAR_CHANGED } else { NEAR };
                best = Some((score, stated(field, &line.written, line.day)));
            }
        }
        best
    }

    /// The day that a line names, if it names one.
    fn line(&mut self, at: usize) -> Option<Line> {
        if let Some(known) = self.known.get(&at) {
            return known.clone();
        }
        let line = self.read(at);
        self.known.insert(at, line.clone());
        line
    }

    fn read(&self, at: usize) -> Option<Line> {
        let (outline, run) = (self.outline, &self.runs[at]);
        let is_heading = matches!(outline.name(run.block), "h1" | "h2" | "h3");
        // Of a program's lines none is about the page.
        let mut within = std::iter::once(run.block).chain(outline.ancestors(run.from).take(3));
        let is_code = within.any(|at| matches!(outline.name(at), "pre" | "code" | "samp" | "kbd" | "textarea"));
        if is_code || (run.letters > LINE && !is_heading) || (run.is_linked() && run.letters > 30) {
            return None;
        }
        let marked = marked(outline, run, self.language);
        let is_marked = marked.is_some();
        let (day, written, before) = marked.or_else(|| {
            let words = (run.letters <= LINE).then(|| outline.words(run.from, run.to))?;
            let (day, written, before) = first_date(&words, self.language)?;
            Some((day, written.to_owned(), before.to_owned()))
        })?;
        // The label may stand in a box of its own.
        let is_alone = before.trim().is_empty();
        let label = if is_alone && at > 0 { label_before(outline, &self.runs[at - 1]) } else { None };
        let is_alone = is_alone && label.is_none();
        let before = label.unwrap_or(before);
        let mut around = std::iter::once(run.block).chain(outline.ancestors(run.from).take(3));
        let is_named = is_marked || around.any(|at| outline.element(at).is_some_and(is_named));
        let is = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|words| words.is_match(&before));
        let label = if is(&PUBLISHED) { Some(Label::Publication) } else { is(&CHANGED).then_some(Label::Change) };
        Some(Line { day, written, is_named, label, is_alone })
    }
}

fn is_named(element: &Element) -> bool {
    NAMED.as_ref().is_some_and(|names| names.is_match(&label::of(element)))
}

/// What a date before the first words counts.
const OPENING: i32 = 4;

/// The date that a paragraph opens with, as in "Berlin, 1 March 2024 – The mill …" and "(1 March 2024) The mill …".
fn opening(words: &str, language: Option<&str>) -> Option<(Timestamp, String)> {
    let start = &words[..words.floor_char_boundary(MAX_OPENING)];
    let (day, written, before) = first_date(start, language)?;
    let after = start[before.len() + written.len()..].trim_start().chars().next()?;
    let is_alone = before.is_empty() || before.ends_with(['(', '[']) || before.trim_end().ends_with([',', '|', '/']);
    let is_short = before.split_whitespace().count() <= 3;
    (is_alone && is_short && matches!(after, ')' | ']' | '–' | '—' | '-' | ':' | '|' | '/'))
        .then(|| (day, written.to_owned()))
}

/// How much of a paragraph is looked at for that, in bytes.
const MAX_OPENING: usize = 80;

/// The words of a run that is the label of what follows it.
fn label_before(outline: &Outline<'_>, run: &Run) -> Option<String> {
    (run.letters < 25).then(|| outline.words(run.from, run.to)).filter(|words| words.ends_with(':'))
}

/// Whether a line names a day and has no room for much else.
pub(super) fn is_dateline(words: &str) -> bool {
    words.len() <= LINE && has_digits(words) && WRITTEN.as_ref().is_some_and(|written| written.is_match(words))
}

/// The date in a `<time>` in or around a line, or in a part of a heading that is called a date: as it shows it or else as
/// it gives it for programs, as written, and what stands before it.
fn marked(outline: &Outline<'_>, run: &Run, language: Option<&str>) -> Option<(Timestamp, String, String)> {
    let is_heading = matches!(outline.name(run.block), "h1" | "h2" | "h3");
    let is_date = |&at: &usize| {
        let Some(element) = outline.element(at) else { return false };
        element.name() == "time" || (is_heading && at >= run.from && is_named(element))
    };
    let around = outline.ancestors(run.from).take(3);
    (run.from..run.to).chain(around).filter(is_date).find_map(|at| {
        // By itself: the hour may follow without a space.
        let shown = outline.words(at, outline.nodes[at].end);
        let before = outline.words(run.from, at.max(run.from));
        if let Some((day, written, label)) = first_date(&shown, language) {
            return Some((day, written.to_owned(), format!("{before} {label}")));
        }
        let written = outline.element(at)?.attr("datetime")?;
        let day = date::parse(written).or_else(|| Some(first_date(written, language)?.0))?;
        Some((day, written.to_owned(), before))
    })
}

/// Whether a line can name a day at all; most cannot.
fn has_digits(words: &str) -> bool {
    words.bytes().any(|b| b.is_ascii_digit())
}

/// The first date in a line, as written, and what stands before it.
fn first_date<'w>(words: &'w str, language: Option<&str>) -> Option<(Timestamp, &'w str, &'w str)> {
    if !has_digits(words) {
        return None;
    }
    let mut from = 0;
    // What looks like a date and is none may hold the start of one, as in "8 min. 12.03.2024".
    while let Some(found) = WRITTEN.as_ref()?.captures_at(words, from) {
        let whole = found.get(0)?;
        if let Some(day) = read(&found, language) {
            return Some((day, whole.as_str(), &words[..whole.start()]));
        }
        from = words.ceil_char_boundary(whole.start() + 1);
    }
    None
}

fn read(found: &Captures<'_>, language: Option<&str>) -> Option<Timestamp> {
    let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<i16>().ok());
    let month = |name: &str| found.name(name).and_then(|part| date::month_by_name(part.as_str()));
    if let (Some(y), Some(m), Some(d)) = (number("y1"), number("m1"), number("d1")) {
        return day(y, m, d);
    }
    if let (Some(a), Some(b), Some(y)) = (number("d2"), number("m2"), number("y2")) {
        let has_century = found.name("y2").is_some_and(|part| part.len() == 4);
        let mark = found.name("mark").map_or("", |part| part.as_str());
        // Two digits of a year are told from a version or a score by dots or slashes and a whole day before them.
        if mark == "-" && !has_century {
            return None;
        }
        return match (mark, a > 12, b > 12) {
            (".", _, false) | (_, true, false) => day(full_year(y), b, a),
            (".", _, true) | (_, true, true) => None,
            (_, false, true) => day(full_year(y), a, b),
            // Only English is written in both orders.
            (_, false, false) if a == b || language.is_some_and(|language| language != "en") => day(full_year(y), b, a),
            (_, false, false) => None,
        };
    }
    if let (Some(d), Some(m), Some(y)) = (number("d3"), month("n3"), number("y3")) {
        return day(full_year(y), m, d);
    }
    if let (Some(m), Some(d), Some(y)) = (month("n4"), number("d4"), number("y4")) {
        return day(y, m, d);
    }
    day(number("y5")?, number("m5")?, number("d5")?)
}

/// Two digits mean this century or the end of the last.
fn full_year(year: i16) -> i16 {
    match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        _ => year,
    }
}

fn day(year: i16, month: i16, day: i16) -> Option<Timestamp> {
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()
}

fn stated(field: &str, written: &str, at: Timestamp) -> StatedDate {
    StatedDate {
        event: Event::Published,
        source: DateSource::Text,
        field: field.to_owned(),
        written: written.to_owned(),
        at: Some(at),
        span: None,
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::super::run::runs;
    use super::*;

    fn shown(page: &str, language: &str) -> Option<String> {
        let page = Html::parse_document(page);
        let outline = Outline::of(&page);
        near_heading(&outline, &runs(&outline, 0), None, Some(language))
            .and_then(|date| date.at)
            .map(|at| at.to_string()[..10].to_owned())
    }

    #[test]
    fn dates_near_the_heading() {
        let prose =
            "The sieve lets fine flour through and keeps the bran, so that what is baked is even and light. ".repeat(3);
        for (language, line) in [
            ("en", "March 1, 2024"),
            ("en", "By Ann | 1st March 2024, 10:00"),
            ("de", "01.03.24 - Mühlen"),
            ("de", "Freitag, 1. März 2024"),
            ("fr", "vendredi 1er mars 2024, par Ann"),
            ("es", "1 de marzo de 2024"),
            ("pt", "01/03/2024 às 10h"),
            ("ja", "2024年3月1日"),
            ("en", "Written: 2024-03-01 15:03 / Updated: 2024-03-05"),
            // The hour follows without a space, and a number before it looks like a day.
            ("es", "<time datetime='1 de marzo de 2024'>1 de marzo de 2024</time><time>21:25</time>"),
            ("de", "ca. 8 Min. 01.03.2024"),
        ] {
            let page = format!("<body><p>12.12.2022</p><h1>Sieves</h1><p>{line}</p><p>{prose}</p><p>7 May 2020</p>");
            assert_eq!(shown(&page, language).as_deref(), Some("2024-03-01"), "{line}");
        }
        for opening in ["(1 March 2024) ", "MILLTOWN, March 1, 2024 – ", "2024-03-01: "] {
            let page = format!("<body><h1>Sieves</h1><p>{opening}{prose}</p><p>7 May 2020</p>");
            assert_eq!(shown(&page, "en").as_deref(), Some("2024-03-01"), "{opening}");
        }
        let page = format!("<body><p>2024-03-01 | News</p><h1>Sieves</h1><p>On 7 May 2020 it was so. {prose}</p>");
        assert_eq!(shown(&page, "en").as_deref(), Some("2024-03-01"));
        let page = format!(
            "<body><h1>Sieves</h1><h2>All that is known of them<span class=mill__date>1 March 2024</span></h2><p>{prose}"
        );
        assert_eq!(shown(&page, "en").as_deref(), Some("2024-03-01"));
        let program = "<pre>insert (city, date) values ('Mill', '2024-03-01')</pre>";
        for line in ["03/04/2024", "1.2.3", "10-12-24", "May contain 12, 2024 times", "version 2024", program] {
            assert_eq!(shown(&format!("<body><h1>Sieves</h1><p>{line}</p><p>{prose}</p>"), "en"), None, "{line}");
        }
    }

    #[test]
    fn dates_in_addresses() {
        let day = |address| in_address(address).and_then(|date| date.at).map(|at| at.to_string()[..10].to_owned());
        for address in
            ["https://x.org/2024/03/01/sieves", "https://x.org/news/2024-3-1-sieves.html", "/n/20240301-sieves"]
        {
            assert_eq!(day(address).as_deref(), Some("2024-03-01"), "{address}");
        }
        for address in ["https://x.org/2024/03/", "/a/2024/43/1x", "/20241301/", "/1234567890/"] {
            assert_eq!(day(address), None, "{address}");
        }
    }
}
