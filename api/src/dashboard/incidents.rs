//! Incidents on the health page: what fires, and saying that one knows or that it is over.

use axum::Form;
use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::failure::Failure;
use super::format;
use super::runs::sent;
use super::session::Visitor;
use crate::access::Scope;
use crate::http::State;
use crate::ledger::{Incident, IncidentAction, IncidentStatus};

/// Incidents shown.
const INCIDENTS: u32 = 10;

/// An incident that is not over.
pub(super) struct IncidentView {
    pub(super) id: String,
    pub(super) scope: String,
    pub(super) since: String,
    /// Who knows of it, and who is to see to it.
    pub(super) people: String,
    pub(super) messages: Vec<String>,
    /// Whether nobody has said that they know.
    pub(super) unknown: bool,
}

/// What is to be done about an incident.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IncidentForm {
    token: String,
    action: Wanted,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Acknowledge,
    Resolve,
}

/// The incidents that are not over, those that nobody knows of first.
pub(super) async fn open(state: &State, now: Timestamp) -> Result<Vec<IncidentView>, Failure> {
    let mut found = state.ledger.incidents(Some(IncidentStatus::Open), None, INCIDENTS).await?;
    found.extend(state.ledger.incidents(Some(IncidentStatus::Acknowledged), None, INCIDENTS).await?);
    Ok(found.into_iter().map(|incident| view(incident, now)).collect())
}

fn view(incident: Incident, now: Timestamp) -> IncidentView {
    let known = incident.acknowledged_by.map(|by| format!("{by} knows"));
    let assigned = incident.assignee.map(|to| format!("{to} sees to it"));
    let people: Vec<String> = [known, assigned].into_iter().flatten().collect();
    let firing = incident.alerts.into_iter().filter(|alert| alert.cleared_at.is_none());
    IncidentView {
        id: incident.id,
        scope: incident.source.unwrap_or_else(|| "The whole corpus".to_owned()),
        since: incident.opened_at.map(|at| format::ago(at, now)).unwrap_or_default(),
        people: people.join(", "),
        messages: firing.map(|alert| alert.message).collect(),
        unknown: incident.acknowledged_at.is_none(),
    }
}

/// `POST /incidents/{id}`
pub(super) async fn act(
    state: State,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<IncidentForm>, FormRejection>,
) -> Result<Response, Failure> {
    let form = sent(form)?;
    visitor.check(&form.token, Scope::Review)?;
    let action = match form.action {
        Wanted::Acknowledge => IncidentAction::Acknowledge,
        Wanted::Resolve => IncidentAction::Resolve,
    };
    state.ledger.act_on_incident(&id, &action, visitor.name(), &state.webhook_names()).await?;
    Ok(Redirect::to("/").into_response())
}
