//! `/v1/policy`

use axum::Json;
use serde::{Deserialize, Serialize};
use tamis_scoring::Policy;
use utoipa::ToSchema;

use super::authentication::actor;
use super::input::{Body, Parameters};
use super::page::PageParameters;
use super::{Code, Problem, State, cursor};
use crate::config::check_policy;
use crate::ledger::{PolicyPreview, PolicyRevision};

/// Longest note, in bytes.
const MAX_NOTE: usize = 4_096;
/// Chunks shown of those whose verdict would change.
const EXAMPLES: usize = 50;

/// A policy, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyChange {
    /// The policy, as in the `[policy]` table of tamis.toml. What it does not name has its default.
    #[schema(value_type = Object)]
    #[serde(deserialize_with = "tamis_scoring::by_name")]
    policy: Policy,
    /// Why, at most 4,096 bytes.
    #[schema(max_length = 4096)]
    note: Option<String>,
}

/// A policy to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyTrial {
    /// The policy, as in the `[policy]` table of tamis.toml. What it does not name has its default.
    #[schema(value_type = Object)]
    #[serde(deserialize_with = "tamis_scoring::by_name")]
    policy: Policy,
}

/// A page of the policy's history.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevisionPage {
    /// The revisions, the newest first.
    items: Vec<PolicyRevision>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// The policy in force.
#[utoipa::path(get, path = "/v1/policy", tag = "policy", responses(
    (status = 200, description = "The policy in force", body = PolicyRevision),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn get_policy(state: State) -> Result<Json<PolicyRevision>, Problem> {
    // A corpus has one from the moment it can be served.
    let none = || Problem::new(Code::NotFound, "no policy was in force yet");
    Ok(Json(state.ledger.policy().await?.ok_or_else(none)?))
}

/// Put a policy in force. Every chunk is graded again under it, and what may be searched follows.
///
/// It stays in force until it is set again, or the `[policy]` table of tamis.toml changes.
#[utoipa::path(put, path = "/v1/policy", tag = "policy", request_body = PolicyChange, responses(
    (status = 200, description = "The policy in force now", body = PolicyRevision),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn put_policy(
    state: State,
    Body(change): Body<PolicyChange>,
) -> Result<Json<PolicyRevision>, Problem> {
    if change.note.as_ref().is_some_and(|note| note.len() > MAX_NOTE) {
        return Err(Problem::new(Code::InvalidRequest, format!("note must hold at most {MAX_NOTE} bytes")));
    }
    check(&change.policy)?;
    Ok(Json(state.set_policy(change.policy, &actor(), change.note.as_deref()).await?))
}

/// What a policy would change, without changing it.
#[utoipa::path(post, path = "/v1/policy/preview", tag = "policy", request_body = PolicyTrial, responses(
    (status = 200, description = "What would change", body = PolicyPreview),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn preview_policy(
    state: State,
    Body(trial): Body<PolicyTrial>,
) -> Result<Json<PolicyPreview>, Problem> {
    check(&trial.policy)?;
    Ok(Json(state.ledger.preview_policy(&trial.policy, EXAMPLES).await?))
}

/// The policies that were in force.
#[utoipa::path(get, path = "/v1/policy/revisions", tag = "policy", params(PageParameters), responses(
    (status = 200, description = "The page", body = RevisionPage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_policy_revisions(
    state: State,
    Parameters(parameters): Parameters<PageParameters>,
) -> Result<Json<RevisionPage>, Problem> {
    let page = parameters.page()?;
    let invalid = |_| Problem::new(Code::InvalidRequest, "cursor must be the next_cursor of an earlier answer");
    let before = page.after.as_deref().map(str::parse).transpose().map_err(invalid)?;
    let mut items = state.ledger.policy_revisions(before, page.limit_and_one()).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.revision.to_string()));
    Ok(Json(RevisionPage { items, next_cursor }))
}

fn check(policy: &Policy) -> Result<(), Problem> {
    check_policy(policy).map_err(|problem| Problem::new(Code::InvalidRequest, problem.to_string()))
}
