//! `POST /v1/grade`

use std::io::Write;

use anyhow::Context;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::input::{Body, Refusals};
use super::{Code, Problem, State};
use crate::assessment::assess;
use crate::graded_line::GradedLine;
use crate::jobs::Failure;

/// Most documents of one request.
const MAX_DOCUMENTS: usize = 100;

/// Documents to grade.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GradeBody {
    /// The documents, as lines of a JSONL source: `id`, the text in `text`, `markdown` or `html`, and perhaps `uri`,
    /// `title`, `modified_at`, `authority` and `metadata`.
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 100)]
    documents: Vec<Map<String, Value>>,
}

/// Graded documents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Grades<'a> {
    /// One object a chunk, in the order of the documents, as `tamis grade --format jsonl` prints them.
    #[schema(value_type = Vec<Object>)]
    items: Vec<GradedLine<'a>>,
    /// Documents that could not be read.
    failures: &'a [Failure],
}

/// Grade documents and hold them against each other, without storing anything.
#[utoipa::path(post, path = "/v1/grade", tag = "documents", request_body = GradeBody, responses(
    (status = 200, description = "The grades", body = inline(Grades<'static>)), Refusals
))]
pub(super) async fn grade(state: State, Body(body): Body<GradeBody>) -> Result<Response, Problem> {
    if body.documents.is_empty() || body.documents.len() > MAX_DOCUMENTS {
        let detail = format!("documents must hold 1 to {MAX_DOCUMENTS} documents");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    let service = state.0;
    let graded = spawn_blocking(move || {
        // A file, so that a document that is sent means exactly what the same line of a source does.
        let mut file = tempfile::Builder::new().prefix("tamis-grade-").suffix(".jsonl").tempfile()?;
        for document in &body.documents {
            serde_json::to_writer(&mut file, document)?;
            file.write_all(b"\n")?;
        }
        file.flush()?;
        let path = file.path().to_owned();
        let mut assessment = assess(std::slice::from_ref(&path), &service.config, &service.tokens)?;
        let shown = path.to_string_lossy().into_owned();
        for failure in &mut assessment.failures {
            failure.uri = failure.uri.replace(&shown, "documents");
        }
        let items = assessment.documents.iter().flat_map(GradedLine::of).collect();
        // Written here, because it borrows from the assessment and the assessment is large.
        Ok::<_, anyhow::Error>(serde_json::to_vec(&Grades { items, failures: &assessment.failures })?)
    });
    let body = graded.await.context("grading stopped")??;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
