//! Times as the ledger stores them: microseconds since 1970, UTC.

use jiff::Timestamp;

pub(super) fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

pub(super) fn stored(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_microsecond)
}

/// A stored time; one outside what can be shown reads as none.
pub(super) fn read(microseconds: Option<i64>) -> Option<Timestamp> {
    microseconds.and_then(|value| Timestamp::from_microsecond(value).ok())
}
