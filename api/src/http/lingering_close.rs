//! Reading on after an early refusal, so that the refusal arrives.
//!
//! A request may be answered before its body is read: the document is too large, the token is missing. A server that
//! closes the connection then, with bytes of the body on their way, makes the system reset it, and a client that is
//! still sending sees "broken pipe" instead of the answer (RFC 9112, section 9.6). So what is left of a body is read and
//! thrown away first, within limits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Error;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures::stream::{Stream, StreamExt, poll_fn};
use tokio::time::timeout;

/// Most bytes thrown away for one request.
const MAX_BYTES: usize = 256 << 20;
/// Longest time for it.
const MAX_TIME: Duration = Duration::from_secs(10);

/// Answers a request, then reads what its answer left of its body.
pub(super) async fn lingering_close(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let awaits_leave = parts.headers.contains_key(header::EXPECT);
    let body = Arc::new(Mutex::new(SharedBody { stream: body.into_data_stream(), is_begun: false }));
    let response = next.run(Request::from_parts(parts, Body::from_stream(shared(body.clone())))).await;
    // Who waits for leave to send and was given none takes the answer for it; reading on would be the leave.
    let is_begun = body.lock().unwrap_or_else(PoisonError::into_inner).is_begun;
    if is_begun || !awaits_leave {
        // Past the limits the connection is closed all the same.
        let _ = timeout(MAX_TIME, drain(shared(body))).await;
    }
    response
}

/// A body that one reads on where another stopped.
struct SharedBody {
    stream: BodyDataStream,
    is_begun: bool,
}

fn shared(body: Arc<Mutex<SharedBody>>) -> impl Stream<Item = Result<Bytes, Error>> + Unpin {
    poll_fn(move |context| {
        let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
        body.is_begun = true;
        body.stream.poll_next_unpin(context)
    })
}

async fn drain(mut body: impl Stream<Item = Result<Bytes, Error>> + Unpin) {
    let mut read = 0;
    while let Some(Ok(bytes)) = body.next().await {
        read += bytes.len();
        if read > MAX_BYTES {
            return;
        }
    }
}
