//! `POST /v1/documents`

use std::collections::BTreeMap;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, StatusCode, header};
use multer::{Constraints, Multipart, SizeLimit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tamis_ingest::SourceName;
use utoipa::ToSchema;

use super::input::{Body, Refusals};
use super::{Code, Problem, State};
use crate::config::nearest;
use crate::uploading::{Content, DEFAULT_SOURCE, Upload, UploadReceipt};

/// Longest part of a form that is no file, in bytes.
const MAX_FIELD: u64 = 4_096;
/// What a request's body may hold beside the document, in bytes.
const BODY_OVERHEAD: u64 = 64 << 10;
/// The parts of a form.
const PARTS: [&str; 4] = ["file", "id", "uri", "source"];

/// A document, with its text in exactly one of `text`, `markdown` and `html`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentBody {
    /// Its id. A document that is sent under the same id again takes the place of the one before.
    #[schema(min_length = 1, max_length = 1024)]
    id: String,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
    /// HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    /// Where it is, for people; the id where not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024)]
    uri: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// When it last changed: a date, or a time (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_at: Option<String>,
    /// How much it is to be believed, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100)]
    authority: Option<u8>,
    /// Anything else, kept and returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<BTreeMap<String, Value>>,
    /// The source it goes to, `uploads` where not said. It is made where there is none yet.
    #[serde(skip_serializing)]
    source: Option<String>,
}

/// A document as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form to OpenAPI")]
pub(super) struct DocumentForm {
    /// The document: any file that tamis has a reader for. Its name tells what it is.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Its id; the file's name where not said. A document that is sent under the same id again takes the place of the one
    /// before.
    id: Option<String>,
    /// Where it is, for people; the id where not said.
    uri: Option<String>,
    /// The source it goes to, `uploads` where not said. It is made where there is none yet.
    source: Option<String>,
}

/// Send a document. It is stored at once, and read, graded and indexed soon after.
#[utoipa::path(post, path = "/v1/documents", tag = "documents",
    request_body(content((DocumentBody = "application/json"), (DocumentForm = "multipart/form-data"))),
    responses((status = 202, description = "It is stored, and read soon where it is new or changed", body = UploadReceipt), Refusals)
)]
pub(super) async fn send_document(
    state: State,
    request: Request,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<UploadReceipt>), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let max = state.config.limits.max_document_bytes;
    let upload = if let Ok(boundary) = multer::parse_boundary(kind) {
        from_form(request, boundary, max).await?
    } else {
        let limited = limited(request, longest_body(max)).await?;
        let Body(body) = Body::<DocumentBody>::from_request(limited, &()).await?;
        from_body(body)?
    };
    let receipt = state.upload(upload).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, format!("/v1/documents/{}", receipt.document.id))], Json(receipt)))
}

/// Longest body with a document, in bytes.
pub(super) fn longest_body(max_document_bytes: u64) -> u64 {
    // JSON writes some characters as six, so the text of a document may be much shorter than its body.
    max_document_bytes.saturating_mul(2).saturating_add(BODY_OVERHEAD)
}

/// The request with its body read, within a limit.
async fn limited(request: Request, limit: u64) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::try_from(limit).unwrap_or(usize::MAX)).await.map_err(|_| too_large())?;
    Ok(Request::from_parts(parts, bytes.into()))
}

fn too_large() -> Problem {
    Problem::new(Code::TooLarge, "the document is larger than limits.max_document_bytes, or its sending was broken off")
}

fn from_body(body: DocumentBody) -> Result<Upload, Problem> {
    let fields = match serde_json::to_value(&body) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    };
    Ok(Upload { source: source(body.source)?, id: body.id, uri: body.uri, content: Content::Object(fields) })
}

async fn from_form(request: Request, boundary: String, max_file: u64) -> Result<Upload, Problem> {
    let limits = SizeLimit::new()
        .whole_stream(max_file.saturating_add(BODY_OVERHEAD))
        .per_field(MAX_FIELD)
        .for_field("file", max_file);
    let body = request.into_body().into_data_stream();
    let mut form = Multipart::with_constraints(body, boundary, Constraints::new().size_limit(limits));
    let mut file = None;
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    while let Some(part) = form.next_field().await.map_err(|problem| unreadable(&problem))? {
        let name = part.name().unwrap_or_default().to_owned();
        if !PARTS.contains(&name.as_str()) {
            let hint = nearest(&name, &PARTS).map(|known| format!(": did you mean {known:?}?")).unwrap_or_default();
            return Err(Problem::new(Code::InvalidRequest, format!("the form has an unknown part {name:?}{hint}")));
        }
        if fields.contains_key(&name) || (name == "file" && file.is_some()) {
            return Err(Problem::new(Code::InvalidRequest, format!("the form has two parts {name:?}; expected one")));
        }
        if name == "file" {
            let Some(file_name) = part.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else {
                return Err(Problem::new(Code::InvalidRequest, "the form's file has no name, which tells what it is"));
            };
            let bytes = part.bytes().await.map_err(|problem| unreadable(&problem))?;
            file = Some((file_name, bytes.to_vec()));
        } else {
            let text = part.text().await.map_err(|problem| unreadable(&problem))?;
            fields.insert(name, text);
        }
    }
    let Some((name, bytes)) = file else {
        return Err(Problem::new(Code::InvalidRequest, "the form has no part \"file\""));
    };
    Ok(Upload {
        source: source(fields.remove("source"))?,
        id: fields.remove("id").unwrap_or_else(|| name.clone()),
        uri: fields.remove("uri"),
        content: Content::File { name, bytes },
    })
}

fn source(name: Option<String>) -> Result<SourceName, Problem> {
    SourceName::new(name.unwrap_or_else(|| DEFAULT_SOURCE.to_owned()))
        .map_err(|problem| Problem::new(Code::InvalidRequest, problem.to_string()))
}

fn unreadable(problem: &multer::Error) -> Problem {
    match problem {
        multer::Error::FieldSizeExceeded { limit, field_name } => {
            let field = field_name.as_deref().unwrap_or_default();
            Problem::new(Code::TooLarge, format!("part {field:?} of the form has more than {limit} bytes"))
        }
        multer::Error::StreamSizeExceeded { .. } | multer::Error::StreamReadFailed(_) => too_large(),
        other => Problem::new(Code::InvalidRequest, format!("the form cannot be read: {other}")),
    }
}
