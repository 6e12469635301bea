//! How many requests the holder of a key may make.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Code, Problem, authentication};

/// How many seconds' worth of requests may come at once.
const BURST_SECONDS: u32 = 2;

/// Most buckets, so that those who ask from many places at once fill no memory: who comes after shares one.
const MAX_BUCKETS: usize = 10_000;

/// One bucket for each who asks, by the generic cell rate algorithm (ITU-T I.371): all a bucket holds is the time at which
/// it is empty again.
pub(crate) struct Limiter {
    interval: Duration,
    burst: Duration,
    empty_at: Mutex<HashMap<String, Instant>>,
}

impl Limiter {
    /// So many requests a second; none where there is no limit.
    pub(super) fn new(requests_per_second: u32) -> Option<Arc<Self>> {
        let interval = Duration::from_secs(1).checked_div(requests_per_second)?;
        Some(Arc::new(Self::every(interval, requests_per_second.saturating_mul(BURST_SECONDS))))
    }

    /// One in each `interval`, and so many at once.
    pub(crate) fn every(interval: Duration, at_once: u32) -> Self {
        Self { interval, burst: interval * at_once, empty_at: Mutex::default() }
    }

    /// Takes a request of this key at `now`, or says how long to wait before the next.
    pub(crate) fn take(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(key) {
            buckets.retain(|_, empty_at| *empty_at > now);
        }
        let key = if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(key) { "" } else { key };
        let empty_at = buckets.get(key).copied().unwrap_or(now).max(now) + self.interval;
        let ahead = empty_at.saturating_duration_since(now);
        if let Some(wait) = ahead.checked_sub(self.burst).filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        buckets.insert(key.to_owned(), empty_at);
        Ok(())
    }
}

/// Refuses a request too many of the holder of a key. Whoever is on this machine without one has no limit.
pub(super) async fn rate_limit(limiter: State<Option<Arc<Limiter>>>, request: Request, next: Next) -> Response {
    let key = authentication::principal().and_then(|principal| principal.key);
    if let (Some(limiter), Some(key)) = (&*limiter, key)
        && let Err(wait) = limiter.take(&key, Instant::now())
    {
        let seconds = wait.as_secs() + 1;
        let detail = format!("this key makes too many requests: try again in {seconds} s");
        let mut response = Response::from(Problem::new(Code::TooManyRequests, detail));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_asks_too_often_waits_and_leaves_the_others_alone() {
        let limiter = Limiter::new(4).unwrap();
        let start = Instant::now();
        let taken = |key: &str, after: u64| limiter.take(key, start + Duration::from_millis(after));
        assert_eq!((0..100).filter(|_| taken("busy", 0).is_ok()).count(), 8, "two seconds' worth at once");
        assert_eq!(taken("busy", 0), Err(Duration::from_millis(250)));
        assert_eq!(taken("quiet", 0), Ok(()));
        assert_eq!(taken("busy", 250), Ok(()));
        assert!(taken("busy", 250).is_err());
        assert_eq!((0..100).filter(|_| taken("busy", 60_000).is_ok()).count(), 8, "no more for having waited long");
        assert!(Limiter::new(0).is_none());
    }

    #[test]
    fn many_who_ask_fill_no_memory() {
        let limiter = Limiter::every(Duration::from_mins(1), 2);
        let start = Instant::now();
        let count = || limiter.empty_at.lock().unwrap().len();
        for number in 0..=MAX_BUCKETS {
            assert_eq!(limiter.take(&number.to_string(), start), Ok(()), "{number}");
        }
        assert_eq!(count(), MAX_BUCKETS + 1, "the last shares one with all after it");
        assert_eq!(limiter.take("another", start), Ok(()));
        assert!(limiter.take("one more", start).is_err());
        assert_eq!(limiter.take("later", start + Duration::from_mins(10)), Ok(()));
        assert_eq!(count(), 1, "buckets that are empty again are forgotten");
    }
}
