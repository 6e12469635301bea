//! Reading requests: what cannot be understood is refused with a problem that says what to do, and names that are not
//! known with the nearest one that is.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{self, FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoResponses;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use super::{Code, Problem};
use crate::config::nearest;

/// Parts of a request's path.
pub(crate) struct Path<T>(pub(crate) T);

/// The parameters of a request's query. Their type must refuse unknown fields.
pub(crate) struct Parameters<T>(pub(crate) T);

/// A request's JSON body. Its type must refuse unknown fields.
pub(crate) struct Body<T>(pub(crate) T);

/// A request's JSON body, which may be missing.
pub(crate) struct OptionalBody<T>(pub(crate) Option<T>);

/// A struct that is an object and no list.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct ByName<T>(#[serde(deserialize_with = "tamis_scoring::by_name")] T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(extract::Path(part)) => Ok(Self(part)),
            Err(problem) => Err(Problem::new(Code::InvalidRequest, problem.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(problem) => Err(Problem::new(Code::InvalidRequest, with_nearest(&problem.body_text()))),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<ByName<T>>::from_request(request, state).await {
            Ok(Json(ByName(body))) => Ok(Self(body)),
            Err(problem) => Err(refusal(&problem)),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // Without a length and without chunks there is no body (RFC 9112, section 6.3).
        let headers = request.headers();
        let length = headers.get("content-length").and_then(|length| length.to_str().ok());
        let is_empty = length.map_or_else(|| !headers.contains_key("transfer-encoding"), |length| length == "0");
        if is_empty {
            return Ok(Self(None));
        }
        let Body(body) = Body::from_request(request, state).await?;
        Ok(Self(Some(body)))
    }
}

fn refusal(problem: &JsonRejection) -> Problem {
    let status = problem.status().as_u16();
    match problem {
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new(Code::UnsupportedMediaType, "expected a body of Content-Type: application/json")
        }
        _ if status == 413 => Problem::new(Code::TooLarge, "the request's body is larger than this path takes"),
        _ => Problem::new(Code::InvalidRequest, with_nearest(&problem.body_text())),
    }
}

/// Adds the nearest known name to what serde says of an unknown one: "unknown field `a`, expected one of `b`, `c`".
fn with_nearest(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let [unknown, known @ ..] = quoted.as_slice() else { return message.to_owned() };
    if !message.contains("unknown field") && !message.contains("unknown variant") {
        return message.to_owned();
    }
    match nearest(unknown, known) {
        Some(nearest) => format!("{message}: did you mean `{nearest}`?"),
        None => message.to_owned(),
    }
}

/// The answers that any request with a body may get, for the API's description.
pub(super) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            ("400", "The request cannot be understood"),
            ("409", "The request stands against how things are"),
            ("413", "The request is too large"),
            ("415", "There is no reader for the request's body"),
            ("422", "The idempotency key came with another request"),
            ("500", "The service failed"),
            ("503", "The service cannot answer at the moment"),
        ]
        .into_iter()
        .map(|(status, description)| (status.to_owned(), RefOr::T(problem(description))))
        .collect()
    }
}

/// The answers that any request may get that asks for one thing, for the API's description.
pub(super) struct LookupRefusals;

impl IntoResponses for LookupRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            ("400", "The request cannot be understood"),
            ("404", "There is no such thing"),
            ("409", "The request stands against how things are"),
            ("500", "The service failed"),
            ("503", "The service cannot answer at the moment"),
        ]
        .into_iter()
        .map(|(status, description)| (status.to_owned(), RefOr::T(problem(description))))
        .collect()
    }
}

fn problem(description: &str) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .build()
}

#[cfg(test)]
mod tests {
    use super::with_nearest;

    #[test]
    fn unknown_names_come_with_the_nearest() {
        for (message, expected) in [
            ("unknown field `lmit`, expected one of `cursor`, `limit`", Some("did you mean `limit`?")),
            (
                "body: unknown variant `relase`, expected `release` or `reject` at line 1",
                Some("did you mean `release`?"),
            ),
            ("unknown field `zebra`, expected one of `cursor`, `limit`", None),
            ("missing field `q`", None),
            ("expected value at line 1 column 1", None),
        ] {
            let told = with_nearest(message);
            match expected {
                Some(hint) => assert!(told.starts_with(message) && told.ends_with(hint), "{told}"),
                None => assert_eq!(told, message),
            }
        }
    }
}
