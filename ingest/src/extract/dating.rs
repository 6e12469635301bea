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
    let detail = format!("{:?} for {:?} in {place} cannot be the date of this document", date.written, date.field);
    Notice { kind: NoticeKind::ImplausibleDate, detail, span: date.span }
}
