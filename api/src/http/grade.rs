//! `POST /v1/grade`

use std::io::Write;

use anyhow::Context;
use axum::Json;
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
pub(super) struct Grades {
    /// One object a chunk, in the order of the documents, as `tamis grade --format jsonl` prints them.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
    /// Documents that could not be read.
    failures: Vec<Failure>,
}

/// Grade documents and hold them against each other, without storing anything.
#[utoipa::path(post, path = "/v1/grade", tag = "documents", request_body = GradeBody, params(
    ("Idempotency-Key" = Option<String>, Header, description = "Equal requests with one key are answered once, for 24 hours")
), responses((status = 200, description = "The grades", body = Grades), Refusals))]
pub(super) async fn grade(state: State, Body(body): Body<GradeBody>) -> Result<Json<Grades>, Problem> {
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
        let mut items = Vec::new();
        for document in &assessment.documents {
            for line in GradedLine::of(document) {
                items.push(serde_json::to_value(line)?);
            }
        }
        anyhow::Ok(Grades { items, failures: assessment.failures })
    });
    Ok(Json(graded.await.context("grading stopped")??))
}
