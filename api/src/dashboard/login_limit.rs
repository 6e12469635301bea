//! How often somebody may try to sign in.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;
use crate::http::connection::Peer;
use crate::http::rate_limit::Limiter;

/// One try in this time, once those at once are used up.
const EVERY: Duration = Duration::from_secs(6);
/// Tries at once: as often as somebody may mistype or paste the wrong key.
const AT_ONCE: u32 = 10;

/// The limit of all who sign in.
pub(super) fn limiter() -> Arc<Limiter> {
    Arc::new(Limiter::every(EVERY, AT_ONCE))
}

/// Refuses a try too many of the same place, before the key is looked at. Behind a proxy all are one place.
pub(super) async fn login_limit(limiter: State<Arc<Limiter>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(address))| address.ip());
    let Err(wait) = limiter.take(&place(peer), Instant::now()) else { return next.run(request).await };
    let seconds = wait.as_secs() + 1;
    let detail = format!("Wait {seconds} seconds, then sign in again. `tamis keys list` shows which keys there are.");
    let mut response = Failure::new(StatusCode::TOO_MANY_REQUESTS, "Too many tries to sign in", detail).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What counts as one place: an address, or the network of an IPv6 address, of which one machine has as many as it likes.
fn place(peer: Option<IpAddr>) -> String {
    match peer.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => format!("{:x}", address.to_bits() >> 64),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_network_is_one_place() {
        let of = |address: &str| place(Some(address.parse().unwrap()));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }
}
