//! `/v1/documents`

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{LookupRefusals, Parameters, Path};
use super::page::{DEFAULT_LIMIT, Page};
use super::{Code, Problem, State, cursor};
use crate::ledger::{ChunkRecord, DocumentFilter, DocumentRecord, DocumentStatus, SourceKind};

/// Which documents to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DocumentParameters {
    /// Only documents of this source.
    source: Option<String>,
    /// Only documents in this state.
    status: Option<DocumentStatus>,
    /// Only documents whose URI begins so.
    uri_prefix: Option<String>,
    /// Go on after an earlier page: its `next_cursor`.
    cursor: Option<String>,
    /// At most this many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page of the documents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentPage {
    /// The documents, by source and URI.
    items: Vec<DocumentRecord>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// What became of a document that was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Deletion {
    /// Its id.
    id: String,
    /// Its public name.
    document: String,
    /// Its source.
    source: String,
    /// Whether the next run of its source brings it back, because it is still there: delete it there.
    comes_back: bool,
}

fn default_limit() -> u32 {
    DEFAULT_LIMIT
}

/// A page of the documents.
#[utoipa::path(get, path = "/v1/documents", tag = "documents", params(DocumentParameters), responses(
    (status = 200, description = "The page", body = DocumentPage), LookupRefusals
))]
pub(super) async fn list_documents(
    state: State,
    Parameters(parameters): Parameters<DocumentParameters>,
) -> Result<Json<DocumentPage>, Problem> {
    let page = Page::new(parameters.cursor.as_deref(), parameters.limit)?;
    if page.after.as_ref().is_some_and(|after| !after.contains('/')) {
        return Err(Problem::new(Code::InvalidRequest, "cursor must be the next_cursor of an earlier answer"));
    }
    let DocumentParameters { source, status, uri_prefix, .. } = parameters;
    let limit = page.limit_and_one();
    let filter = DocumentFilter { source, status, uri_prefix, after: page.after.clone(), limit };
    let mut items = state.ledger.documents(&filter).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.place));
    Ok(Json(DocumentPage { items, next_cursor }))
}

/// A document, by its id or its public name.
#[utoipa::path(get, path = "/v1/documents/{id}", tag = "documents", params(("id" = String, Path, description = "Its id or public name")), responses(
    (status = 200, description = "The document", body = DocumentRecord), LookupRefusals
))]
pub(super) async fn get_document(state: State, Path(id): Path<String>) -> Result<Json<DocumentRecord>, Problem> {
    Ok(Json(state.ledger.document(&id).await?))
}

/// Take a document out: from search at once, from the indexes as they follow.
#[utoipa::path(delete, path = "/v1/documents/{id}", tag = "documents", params(("id" = String, Path, description = "Its id or public name")), responses(
    (status = 200, description = "It is gone", body = Deletion), LookupRefusals
))]
pub(super) async fn delete_document(state: State, Path(id): Path<String>) -> Result<Json<Deletion>, Problem> {
    let document = state.delete_document(&id).await?;
    let source = state.ledger.source(&document.source).await?;
    let comes_back = source.is_some_and(|source| source.kind != SourceKind::Upload);
    Ok(Json(Deletion { id: document.id, document: document.document, source: document.source, comes_back }))
}

/// A chunk with its report: grades, verdict and all that was found, whether or not it may be searched.
#[utoipa::path(get, path = "/v1/chunks/{id}", tag = "documents", params(("id" = String, Path, description = "The chunk's id")), responses(
    (status = 200, description = "The chunk", body = ChunkRecord), LookupRefusals
))]
pub(super) async fn get_chunk(state: State, Path(id): Path<String>) -> Result<Json<ChunkRecord>, Problem> {
    Ok(Json(state.ledger.chunk(&id).await?))
}
