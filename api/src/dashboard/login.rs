//! `/login` and `/logout`: signing in with an API key.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::decision::local_or;
use super::failure::Failure;
use super::guard;
use super::session;
use super::shell::{Shell, html};
use crate::http::State;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LoginParameters {
    back: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginForm {
    key: String,
    #[serde(default)]
    back: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    back: String,
    wrong: bool,
}

/// `GET /login`
pub(super) async fn show(parameters: Result<Query<LoginParameters>, QueryRejection>) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    form(parameters.back, false)
}

/// `POST /login`
pub(super) async fn sign_in(
    state: State,
    headers: HeaderMap,
    form_sent: Result<Form<LoginForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(sent) = form_sent.map_err(|problem| Failure::invalid(problem.body_text()))?;
    if !guard::is_same_origin(&headers) {
        return Err(guard::foreign());
    }
    let key = sent.key.trim();
    if state.ledger.authenticate(key).await?.is_none() {
        return form(sent.back, true);
    }
    let secure = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    leave(local_or(&sent.back, "/"), &session::begin(key, secure))
}

/// `POST /logout`
pub(super) async fn sign_out(headers: HeaderMap) -> Result<Response, Failure> {
    if !guard::is_same_origin(&headers) {
        return Err(guard::foreign());
    }
    leave("/login", &session::end(&headers))
}

fn form(back: String, wrong: bool) -> Result<Response, Failure> {
    let page = LoginPage { shell: Shell::bare("Sign in".to_owned()), back, wrong };
    let status = if wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    Ok((status, html(page.render()?)).into_response())
}

fn leave(to: &str, cookie: &str) -> Result<Response, Failure> {
    let mut response = Redirect::to(to).into_response();
    let cookie = HeaderValue::from_str(cookie).map_err(anyhow::Error::from)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
