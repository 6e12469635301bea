//! Incidents, on the health page and on one of their own: what fires, and saying that one knows, sees to it, or that it is
//! over.

use askama::Template;
use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::conflicts::ListParameters;
use super::failure::Failure;
use super::format;
use super::runs::sent;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::access::Scope;
use crate::http::{State, cursor};
use crate::ledger::{Incident, IncidentAction, IncidentStatus};

/// Incidents shown of each status.
const INCIDENTS: u32 = 10;
/// Incidents shown that are over.
const OVER: usize = 20;

#[derive(Template)]
#[template(path = "incidents.html")]
struct IncidentsPage {
    shell: Shell,
    open: Vec<IncidentView>,
    over: Vec<IncidentView>,
    later: bool,
    next: Option<String>,
}

/// An incident.
pub(super) struct IncidentView {
    pub(super) id: String,
    pub(super) scope: String,
    pub(super) since: String,
    /// Who knows of it, and who is to see to it.
    pub(super) people: String,
    pub(super) messages: Vec<String>,
    /// Whether nobody has said that they know.
    pub(super) unknown: bool,
    /// Whether whoever looks sees to it already.
    pub(super) mine: bool,
    pub(super) over: bool,
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
    /// To whoever asks.
    Assign,
    Resolve,
}

/// `GET /incidents`
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let now = Timestamp::now();
    let open = open(&state, &visitor, now).await?;
    let after = parameters.place()?;
    let mut over = state.ledger.incidents(Some(IncidentStatus::Resolved), after.as_deref(), OVER as u32 + 1).await?;
    let more = over.len() > OVER;
    over.truncate(OVER);
    let next = over.last().filter(|_| more).map(|last| format!("/incidents?after={}", cursor::encode(&last.place)));
    let over = over.into_iter().map(|incident| view(incident, &visitor, now)).collect();
    let shell = Shell::load(&state, visitor, Tab::Health, "Incidents").await?;
    page(&IncidentsPage { shell, open, over, later: !parameters.after.is_empty(), next })
}

/// The incidents that are not over, those that nobody knows of first.
pub(super) async fn open(state: &State, visitor: &Visitor, now: Timestamp) -> Result<Vec<IncidentView>, Failure> {
    let mut found = state.ledger.incidents(Some(IncidentStatus::Open), None, INCIDENTS).await?;
    found.extend(state.ledger.incidents(Some(IncidentStatus::Acknowledged), None, INCIDENTS).await?);
    Ok(found.into_iter().map(|incident| view(incident, visitor, now)).collect())
}

fn view(incident: Incident, visitor: &Visitor, now: Timestamp) -> IncidentView {
    let over = incident.resolved_at.is_some();
    let mine = incident.assignee.as_deref() == Some(visitor.name());
    let known = incident.acknowledged_by.filter(|_| !over).map(|by| format!("{by} knows"));
    let assigned = incident.assignee.filter(|_| !over).map(|to| format!("{to} sees to it"));
    let ended = incident.resolved_by.map(|by| format!("{by} said that it is over"));
    let ceased = (over && ended.is_none()).then(|| "it ceased by itself".to_owned());
    let people: Vec<String> = [known, assigned, ended, ceased].into_iter().flatten().collect();
    let told = incident.alerts.into_iter().filter(|alert| over || alert.cleared_at.is_none());
    let opened = incident.opened_at.map(|at| format::ago(at, now)).unwrap_or_default();
    IncidentView {
        id: incident.id,
        scope: incident.source.unwrap_or_else(|| "The whole corpus".to_owned()),
        since: match incident.resolved_at {
            Some(at) => format!("began {opened}, over {}", format::ago(at, now)),
            None => format!("began {opened}"),
        },
        people: people.join(", "),
        messages: told.map(|alert| alert.message).collect(),
        unknown: incident.acknowledged_at.is_none(),
        mine,
        over,
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
        Wanted::Assign => IncidentAction::Assign(Some(visitor.name().to_owned())),
        Wanted::Resolve => IncidentAction::Resolve,
    };
    state.ledger.act_on_incident(&id, &action, visitor.name(), &state.webhook_names()).await?;
    Ok(Redirect::to("/").into_response())
}
