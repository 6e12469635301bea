//! Age to score.

use jiff::{Timestamp, ToSpan};
use tamis_ingest::{DateSource, Document, NoticeKind};

use super::DocumentKind;
use super::dates::utc_day;
use crate::policy::FreshnessPolicy;
use crate::{Finding, Rule, Score};

/// Seconds in a day.
const DAY: f32 = 86_400.0;
/// How far ahead of now a date may lie without being in the future: time zones and clocks differ.
const TOLERANCE_HOURS: i64 = 36;

/// When a document last changed, and how that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated {
    pub(super) at: Option<Timestamp>,
    pub(super) source: Option<DateSource>,
}

impl Dated {
    /// The last change, else the publication.
    pub(super) fn of(document: &Document) -> Self {
        match (document.modified_at, document.published_at) {
            (Some(at), _) => Self { at: Some(at), source: document.modified_at_source },
            (None, Some(at)) => Self { at: Some(at), source: Some(DateSource::PageMetadata) },
            (None, None) => Self { at: None, source: None },
        }
    }
}

/// Freshness of a document of `kind` that last changed at `modified_at`, as seen at `now`: half after every half-life
/// of its kind, never below the policy's floor, and drawn towards the undated score as far as the date's source is
/// doubtful. Pure, and never rising as `now` moves on, so that it serves for decay and forecasts alike.
#[must_use]
pub fn age_score(
    kind: DocumentKind,
    modified_at: Option<Timestamp>,
    source: Option<DateSource>,
    policy: &FreshnessPolicy,
    now: Timestamp,
) -> Score {
    let Some(half_life) = policy.half_life_days.of(kind) else { return Score::GOOD };
    let Some(modified_at) = modified_at else { return Score::new(policy.undated) };
    let aged = 0.5_f32.powf(age_days(modified_at, now) / half_life).max(policy.floor);
    let trust = trust(source);
    Score::new(trust * aged + (1.0 - trust) * policy.undated)
}

/// How much a date is worth by where it comes from, 0..=1.
fn trust(source: Option<DateSource>) -> f32 {
    match source {
        Some(DateSource::Supplied | DateSource::FrontMatter) => 1.0,
        Some(DateSource::PageMetadata | DateSource::MailHeader | DateSource::GitCommit | DateSource::Text) => 0.9,
        // Servers that make pages anew for every answer call all of them new.
        Some(DateSource::HttpHeader | DateSource::DocumentProperties | DateSource::PdfMetadata) => 0.7,
        Some(DateSource::FileTime) | None => 0.3,
    }
}

/// Age in days; a date ahead of `now` has none.
fn age_days(modified_at: Timestamp, now: Timestamp) -> f32 {
    (now.duration_since(modified_at).as_secs_f32() / DAY).max(0.0)
}

/// The finding that a document is older than its kind stays true, where its date can be trusted.
pub(super) fn stale(kind: DocumentKind, dated: Dated, policy: &FreshnessPolicy, now: Timestamp) -> Option<Finding> {
    let limit = policy.stale_after_days(kind)?;
    let at = dated.at.filter(|_| trust(dated.source) >= 0.9)?;
    let age = age_days(at, now);
    let kind = name(kind);
    let message = format!(
        "Last changed {} ({:.1} years ago); {kind} is to be reviewed every {:.1} years.",
        day(at),
        age / 365.25,
        limit / 365.25
    );
    (age > limit)
        .then(|| Finding::new(Rule::Stale, message, Vec::new(), format!("{} ({})", day(at), origin(dated.source))))
}

/// The finding that a date cannot be right, unless the reader noticed that already.
pub(super) fn implausible(document: &Document, dated: Dated, now: Timestamp) -> Option<Finding> {
    let at = dated.at?;
    let noticed = document.notices.iter().any(|notice| notice.kind == NoticeKind::ImplausibleDate);
    let ahead = now.checked_add(TOLERANCE_HOURS.hours()).is_ok_and(|limit| at > limit);
    let epoch = at.as_second() <= 86_400;
    let message = match (ahead, epoch) {
        (true, _) => format!("It claims to have changed on {}, which is in the future.", day(at)),
        (false, true) => format!("It claims to have changed on {}, before such documents existed.", day(at)),
        (false, false) => return None,
    };
    (!noticed).then(|| Finding::new(Rule::ImplausibleDate, message, Vec::new(), day(at)))
}

/// The finding that nothing dates a document.
pub(super) fn undated(dated: Dated) -> Option<Finding> {
    let message = "Nothing tells when this last changed: no front matter, page metadata or date in the text.";
    dated.at.is_none().then(|| Finding::new(Rule::Undated, message, Vec::new(), ""))
}

/// The day of a time, in UTC.
fn day(at: Timestamp) -> String {
    utc_day(at).to_string()
}

/// What a date rests on, for people.
fn origin(source: Option<DateSource>) -> &'static str {
    match source {
        Some(DateSource::Supplied) => "stated by its source",
        Some(DateSource::FrontMatter) => "front matter",
        Some(DateSource::PageMetadata) => "page metadata",
        Some(DateSource::MailHeader) => "the message's date",
        Some(DateSource::GitCommit) => "last git commit",
        Some(DateSource::HttpHeader) => "HTTP Last-Modified",
        Some(DateSource::Text) => "stated in the text",
        Some(DateSource::DocumentProperties) => "file properties",
        Some(DateSource::PdfMetadata) => "PDF information",
        Some(DateSource::FileTime) => "file time",
        None => "origin unknown",
    }
}

/// A kind, for people.
fn name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Reference => "a reference",
        DocumentKind::Tutorial => "a tutorial",
        DocumentKind::Policy => "a policy",
        DocumentKind::Changelog => "a change log",
        DocumentKind::News => "news",
        DocumentKind::Evergreen => "an evergreen",
        DocumentKind::Unknown => "a document of its kind",
    }
}
