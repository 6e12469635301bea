//! Which of the dates stated for a document stand.

use jiff::{SignedDuration, Timestamp};

use super::date::{Event, StatedDate};
use super::front_matter;
use crate::{DateSource, Notice, NoticeKind, RawDocument};

/// How far ahead of the reading a date may lie, for clocks and time zones differ.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// The second day of computer time: the first is where zero stands for "unknown".
const EARLIEST: i64 = 24 * 60 * 60;

/// File times that packers write to make archives reproducible; they date nothing: zip's first day, npm's and cargo's.
const PACKER_TIMES: [i64; 3] = [315_532_800, 499_162_500, 1_153_704_088];

/// The dates of a document.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Dates {
    pub(super) published_at: Option<Timestamp>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) modified_at_source: Option<DateSource>,
}

/// Chooses by trust, and notes the dates that cannot be.
///
/// A publication date is also a last change where nothing states a later one: nothing changes for the last time before
/// it is published.
pub(super) fn settle(raw: &RawDocument, stated: &[StatedDate], notices: &mut Vec<Notice>) -> Dates {
    let latest = raw.fetched_at.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let plausible = |at: Timestamp| at.as_second() >= EARLIEST && at <= latest;
    let outside = [
        (DateSource::GitCommit, "last commit", raw.supplied.committed_at),
        (DateSource::HttpHeader, "Last-Modified", raw.supplied.served_at),
    ];
    let outside = outside.into_iter().filter_map(|(source, field, at)| {
        let (field, written) = (field.to_owned(), at?.to_string());
        Some(StatedDate { event: Event::Modified, source, field, written, at, span: None })
    });
    let stated: Vec<StatedDate> = stated.iter().cloned().chain(outside).collect();
    for date in &stated {
        // What applies from a day to come is no mistake; that day dates nothing yet.
        let lies_ahead = front_matter::may_lie_ahead(&date.field) && date.at.is_some_and(|at| at > latest);
        if !lies_ahead && !date.at.is_some_and(plausible) {
            notices.push(implausible(date));
        }
    }
    let best = |event: Event| {
        let standing = stated.iter().filter(|date| date.event == event && date.at.is_some_and(plausible));
        // The first among equals: readers list what they trust more first.
        standing.min_by_key(|date| date.source).and_then(|date| Some((date.at?, date.source)))
    };
    let published = best(Event::Published);
    let changed = match (best(Event::Modified), published) {
        (Some((at, source)), Some(published)) if published.0 > at && published.1 <= source => Some(published),
        // A commit or a server tells of any touch, were it a typing error; the day that the document gives itself is
        // trusted more.
        (Some((_, DateSource::GitCommit | DateSource::HttpHeader)), Some(published))
            if published.1 < DateSource::GitCommit =>
        {
            Some(published)
        }
        (Some(changed), _) => Some(changed),
        (None, published) => published,
    };
    let supplied = raw.supplied.modified_at.filter(|&at| {
        if !plausible(at) {
            notices.push(implausible(&StatedDate {
                event: Event::Modified,
                source: DateSource::Supplied,
                field: "modified_at".to_owned(),
                written: at.to_string(),
                at: Some(at),
                span: None,
            }));
        }
        plausible(at)
    });
    let stored = raw.stored_at.filter(|&at| plausible(at) && !PACKER_TIMES.contains(&at.as_second()));
    let modified = supplied
        .map(|at| (at, DateSource::Supplied))
        .or(changed)
        .or_else(|| stored.map(|at| (at, DateSource::FileTime)));
    Dates {
        published_at: published.map(|(at, _)| at),
        modified_at: modified.map(|(at, _)| at),
        modified_at_source: modified.map(|(_, source)| source),
    }
}

fn implausible(date: &StatedDate) -> Notice {
    let place = match date.source {
        DateSource::Supplied => "what the source supplied",
        DateSource::FrontMatter => "the front matter",
        DateSource::PageMetadata => "the page's metadata",
        DateSource::MailHeader => "the message's headers",
        DateSource::GitCommit => "the git history",
        DateSource::HttpHeader => "the server's answer",
        DateSource::Text => "the text",
        DateSource::DocumentProperties => "the file's properties",
        DateSource::PdfMetadata => "the PDF's metadata",
        DateSource::FileTime => "the file's times",
    };
    let why = match date.at {
        None => "is no date",
        Some(at) if at.as_second() < EARLIEST => "is 1 January 1970 or before",
        Some(_) => "lies in the future",
    };
    let detail = format!("{:?} for {:?} in {place} {why}", date.written, date.field);
    Notice { kind: NoticeKind::ImplausibleDate, detail, span: date.span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::date;
    use crate::{MediaType, Supplied};

    fn at(date: &str) -> Timestamp {
        date::parse_iso(date).unwrap()
    }

    fn document() -> RawDocument {
        RawDocument {
            uri: "a".to_owned(),
            media_type: MediaType::Markdown,
            bytes: Vec::new(),
            fetched_at: at("2025-06-01"),
            stored_at: Some(at("2025-05-05")),
            place: None,
            supplied: Supplied::default(),
        }
    }

    fn stated(event: Event, source: DateSource, written: &str) -> StatedDate {
        let (field, at, written) = ("date".to_owned(), date::parse(written), written.to_owned());
        StatedDate { event, source, field, written, at, span: None }
    }

    #[test]
    fn what_is_trusted_most_dates_a_document_whatever_else_there_is() {
        for (first, expected) in DateSource::ALL.into_iter().enumerate() {
            let mut raw = document();
            let mut dates = Vec::new();
            // The less a source is trusted, the newer its date.
            for (place, source) in DateSource::ALL.into_iter().enumerate().skip(first) {
                let day = format!("2024-01-{:02}", place + 1);
                match source {
                    DateSource::Supplied => raw.supplied.modified_at = Some(at(&day)),
                    DateSource::GitCommit => raw.supplied.committed_at = Some(at(&day)),
                    DateSource::HttpHeader => raw.supplied.served_at = Some(at(&day)),
                    DateSource::FileTime => raw.stored_at = Some(at(&day)),
                    _ => dates.insert(0, stated(Event::Modified, source, &day)),
                }
            }
            let mut notices = Vec::new();
            let settled = settle(&raw, &dates, &mut notices);
            let day = format!("2024-01-{:02}", first + 1);
            assert_eq!((settled.modified_at, settled.modified_at_source), (Some(at(&day)), Some(expected)));
            assert_eq!((settled.published_at, notices.len()), (None, 0));
        }
    }

    #[test]
    fn publication_stands_apart_from_the_last_change() {
        let dates = [
            stated(Event::Modified, DateSource::PdfMetadata, "2024-03-01"),
            stated(Event::Published, DateSource::PdfMetadata, "2020-01-01"),
        ];
        let settled = settle(&document(), &dates, &mut Vec::new());
        assert_eq!((settled.published_at, settled.modified_at), (Some(at("2020-01-01")), Some(at("2024-03-01"))));
        // Published and no more: it has not changed since.
        let settled = settle(&document(), &dates[1..], &mut Vec::new());
        assert_eq!((settled.published_at, settled.modified_at), (Some(at("2020-01-01")), Some(at("2020-01-01"))));
        // A checkout or a server that touched the file does not make it newer than it says it is.
        let mut touched = document();
        touched.supplied.committed_at = Some(at("2025-05-01"));
        touched.supplied.served_at = Some(at("2025-05-02"));
        let dates = [stated(Event::Published, DateSource::FrontMatter, "2020-01-01")];
        let settled = settle(&touched, &dates, &mut Vec::new());
        assert_eq!(settled.modified_at_source, Some(DateSource::FrontMatter));
    }

    #[test]
    fn dates_that_cannot_be_are_told_and_the_next_one_counts() {
        for (written, source, place) in [
            ("2999-01-01", DateSource::FrontMatter, "the front matter"),
            ("1969-12-31", DateSource::PageMetadata, "the page's metadata"),
            ("1970-01-01", DateSource::PdfMetadata, "the PDF's metadata"),
            ("2024-02-31", DateSource::Text, "the text"),
        ] {
            let dates = [
                stated(Event::Modified, source, written),
                stated(Event::Published, DateSource::FileTime, "2023-03-03"),
            ];
            let mut notices = Vec::new();
            let settled = settle(&document(), &dates, &mut notices);
            assert_eq!(settled.modified_at, Some(at("2023-03-03")), "{written}");
            assert_eq!(notices.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::ImplausibleDate]);
            assert!(notices[0].detail.contains(written) && notices[0].detail.contains(place), "{}", notices[0].detail);
        }
        let mut raw = document();
        raw.supplied.modified_at = Some(at("2999-01-01"));
        raw.supplied.committed_at = Some(at("2999-01-02"));
        raw.supplied.served_at = Some(at("1969-01-01"));
        let mut notices = Vec::new();
        let settled = settle(&raw, &[], &mut notices);
        assert_eq!((settled.modified_at_source, notices.len()), (Some(DateSource::FileTime), 3));
        // Clocks differ by hours, not by days.
        raw = document();
        raw.supplied.served_at = Some(at("2025-06-01T20:00:00Z"));
        notices.clear();
        assert_eq!(settle(&raw, &[], &mut notices).modified_at_source, Some(DateSource::HttpHeader));
        assert_eq!(notices, []);
    }
}
