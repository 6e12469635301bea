//! Writes down every request that changes something, and shows what was written: `GET /v1/audit`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Parameters;
use super::page::PageParameters;
use super::scopes::scope_needed;
use super::{Problem, State, authentication, cursor, request_id};
use crate::access::Scope;
use crate::ledger::{AuditEntry, Audited};
use crate::service::Service;

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditPage {
    /// The requests, the newest first.
    items: Vec<AuditEntry>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// Writes a request down once it is answered, unless it only looked. Stands behind the authentication: what nobody
/// known asked for is in the log, where it cannot fill the ledger.
pub(super) async fn audit(service: Shared<Arc<Service>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let changes = !method.is_safe() && scope_needed(&method, &path).is_some_and(|scope| scope != Scope::Read);
    if changes && let Some(principal) = authentication::principal() {
        let (actor, request_id) = (&principal.name, &request_id::current());
        let status = response.status().as_u16();
        let entry = Audited { actor, method: method.as_str(), path: &path, status, request_id };
        // The change is made; not to have it written down is no reason to call it a failure.
        if let Err(problem) = service.ledger.audit(entry, service.config.serve.audit_days).await {
            tracing::error!(actor, %method, path, status, request_id, %problem, "a change is missing in the audit log");
        }
    }
    response
}

/// Who changed what, over HTTP and from the command line.
#[utoipa::path(get, path = "/v1/audit", tag = "operation", params(PageParameters), responses(
    (status = 200, description = "The page", body = AuditPage),
    (status = 400, description = "The request cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "The service failed", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list_audit(
    state: State,
    Parameters(parameters): Parameters<PageParameters>,
) -> Result<Json<AuditPage>, Problem> {
    let page = parameters.page()?;
    let mut items = state.ledger.audited(page.after.as_deref(), page.limit_and_one()).await?;
    let more = page.cut(&mut items);
    let next_cursor = items.last().filter(|_| more).map(|last| cursor::encode(&last.id));
    Ok(Json(AuditPage { items, next_cursor }))
}
