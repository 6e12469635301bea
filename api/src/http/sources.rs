//! `/v1/sources`

use std::path::PathBuf;

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use tamis_ingest::SourceName;
use utoipa::ToSchema;

use super::input::{Body, LookupRefusals, OptionalBody, Parameters, Path, Refusals};
use super::page::PageParameters;
use super::{Problem, State, cursor};
use crate::config::ScheduleSettings;
use crate::ledger::{Overlap, RunRecord, SourceKind};
use crate::sources::{Change, NewSource, SourceChange, SourceView};

/// A page of the sources.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SourcePage {
    /// The sources, by name.
    items: Vec<SourceView>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// A source to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceBody {
    /// Its name: 1 to 64 lower-case letters, digits, `-`, `_` or `.`, beginning with a letter or digit.
    #[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    name: SourceName,
    /// What it is; told from the path where not said. Say `upload` for a source that documents are sent to.
    kind: Option<SourceKind>,
    /// Where it is: an absolute path as the service sees it. Not for uploads.
    #[schema(value_type = Option<String>)]
    path: Option<PathBuf>,
    /// How much its documents are to be believed, 0 to 100; 50 where not said. More wins when two documents disagree.
    #[schema(maximum = 100)]
    authority: Option<u8>,
    /// When it is read; only when asked where not said.
    schedule: Option<ScheduleSettings>,
    /// Whether its schedule rests from the beginning.
    #[serde(default)]
    paused: bool,
}

/// What to change of a source. What is left out stays; null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcePatch {
    /// How much its documents are to be believed, 0 to 100; takes effect as they are read again.
    #[serde(default)]
    #[schema(value_type = Option<u8>, maximum = 100)]
    authority: Change<u8>,
    /// When it is read.
    #[serde(default)]
    #[schema(value_type = Option<ScheduleSettings>)]
    schedule: Change<ScheduleSettings>,
    /// Whether its schedule rests.
    paused: Option<bool>,
}

/// How to run.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunBody {
    /// What to do where another run of the source is queued or running: `queue` this one, `skip` it (409), or `cancel`
    /// that one.
    #[serde(default = "queue")]
    overlap: Overlap,
}

fn queue() -> Overlap {
    Overlap::Queue
}

/// A page of the sources.
#[utoipa::path(get, path = "/v1/sources", tag = "sources", params(PageParameters), responses(
    (status = 200, description = "The page", body = SourcePage), LookupRefusals
))]
pub(super) async fn list_sources(
    state: State,
    Parameters(parameters): Parameters<PageParameters>,
) -> Result<Json<SourcePage>, Problem> {
    let page = parameters.page()?;
    let mut items = state.sources().await?;
    if let Some(after) = &page.after {
        items.retain(|source| source.name > *after);
    }
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.name));
    Ok(Json(SourcePage { items, next_cursor }))
}

/// A source, its schedule and its last run.
#[utoipa::path(get, path = "/v1/sources/{name}", tag = "sources", params(("name" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The source", body = SourceView), LookupRefusals
))]
pub(super) async fn get_source(state: State, Path(name): Path<String>) -> Result<Json<SourceView>, Problem> {
    Ok(Json(state.source(&name).await?))
}

/// Name a source. It is read at its schedule, or when a run is asked for.
#[utoipa::path(post, path = "/v1/sources", tag = "sources", request_body = SourceBody, responses(
    (status = 201, description = "The source", body = SourceView), Refusals
))]
pub(super) async fn create_source(
    state: State,
    Body(body): Body<SourceBody>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<SourceView>), Problem> {
    let SourceBody { name, kind, path, authority, schedule, paused } = body;
    let source = state.create_source(NewSource { name, kind, path, authority, schedule, paused }).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("/v1/sources/{}", source.name))], Json(source)))
}

/// Change a source. Sources of the configuration file can only be paused here.
#[utoipa::path(patch, path = "/v1/sources/{name}", tag = "sources", request_body = SourcePatch, params(("name" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The source", body = SourceView), Refusals, (status = 404, description = "There is no such source", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn change_source(
    state: State,
    Path(name): Path<String>,
    Body(body): Body<SourcePatch>,
) -> Result<Json<SourceView>, Problem> {
    let SourcePatch { authority, schedule, paused } = body;
    Ok(Json(state.change_source(&name, SourceChange { authority, schedule, paused }).await?))
}

/// Take a source and all its documents out. The answer is the run that does so.
#[utoipa::path(delete, path = "/v1/sources/{name}", tag = "sources", params(("name" = String, Path, description = "Its name")), responses(
    (status = 202, description = "The run that takes it out", body = RunRecord), LookupRefusals
))]
pub(super) async fn delete_source(
    state: State,
    Path(name): Path<String>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<RunRecord>), Problem> {
    Ok(accepted(state.delete_source(&name).await?))
}

/// Read a source now, paused or not.
#[utoipa::path(post, path = "/v1/sources/{name}/runs", tag = "sources", request_body = Option<RunBody>, params(("name" = String, Path, description = "Its name")), responses(
    (status = 202, description = "The run, which is done as soon as those before it are", body = RunRecord), Refusals,
    (status = 404, description = "There is no such source", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn run_source(
    state: State,
    Path(name): Path<String>,
    OptionalBody(body): OptionalBody<RunBody>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<RunRecord>), Problem> {
    let overlap = body.map_or(Overlap::Queue, |body| body.overlap);
    Ok(accepted(state.run_now(&name, overlap).await?))
}

fn accepted(run: RunRecord) -> (StatusCode, [(HeaderName, String); 1], Json<RunRecord>) {
    (StatusCode::ACCEPTED, [(header::LOCATION, format!("/v1/runs/{}", run.id))], Json(run))
}
