//! How long an answer may take.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use super::{Code, Problem};

/// Gives an answer up that does not begin within `longest`, as a problem like any other. What was begun in the ledger is
/// rolled back with it: a change is made whole or not at all.
pub(super) async fn time_limit(longest: State<Duration>, request: Request, next: Next) -> Response {
    if let Ok(response) = timeout(*longest, next.run(request)).await {
        return response;
    }
    let seconds = longest.as_secs();
    Problem::new(
        Code::TimedOut,
        format!("this took longer than {seconds} s: ask for less at once, or try again when less is going on"),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use axum::{Router, middleware};

    use super::*;

    #[tokio::test]
    async fn an_answer_that_takes_too_long_is_a_problem_that_says_what_to_do() {
        let limit = middleware::from_fn_with_state(Duration::from_millis(1), time_limit);
        let router = Router::new().route("/slow", get(std::future::pending::<()>)).layer(limit);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/slow", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let asked = tokio::task::spawn_blocking(move || {
            let mut answer = agent.get(url).call().unwrap();
            (answer.status().as_u16(), answer.headers().clone(), answer.body_mut().read_to_string().unwrap())
        });
        let (status, headers, body) = asked.await.unwrap();
        assert_eq!((status, headers["content-type"].as_bytes()), (504, &b"application/problem+json"[..]));
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&body["code"], &body["status"]), (&"timed_out".into(), &504.into()), "{body}");
        assert!(body["detail"].as_str().unwrap().contains("try again"), "{body}");
    }
}
