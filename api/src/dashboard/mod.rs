//! The dashboard: pages for people, rendered on the server, one file a page. They call what `/v1` calls.
//!
//! Every page can be read without JavaScript. htmx swaps parts of a page where it is on, and `app.js` presses buttons by
//! key; neither can do anything that a plain form could not.

mod assets;
mod bulk;
mod comparison;
mod conflicts;
mod decision;
mod duplicates;
mod evidence;
mod failure;
mod format;
mod grades;
mod guard;
mod health;
mod incidents;
mod item;
mod jobs;
mod login;
mod login_limit;
mod policy;
mod policy_trial;
mod queue;
mod reference;
mod runs;
mod search;
mod session;
mod shell;
mod sources;
mod text;
mod trend;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

use crate::http::run_events;
use crate::service::Service;

/// The dashboard's routes, at `/`.
pub(crate) fn router(service: Arc<Service>) -> Router<Arc<Service>> {
    let pages = Router::new()
        .route("/", get(health::show))
        .route("/incidents", get(incidents::show))
        .route("/incidents/{id}", post(incidents::act))
        .route("/quarantine", get(queue::show))
        .route("/quarantine/{chunk}", get(item::show))
        .route("/quarantine/{chunk}/decision", post(decision::decide))
        .route("/quarantine/{chunk}/undo", post(decision::undo))
        .route("/quarantine/{chunk}/claim", post(decision::claim))
        .route("/clusters/{chunk}", get(bulk::show))
        .route("/clusters/{chunk}/decision", post(bulk::decide))
        .route("/batches/{id}", get(bulk::batch))
        .route("/batches/{id}/undo", post(bulk::undo))
        .route("/search", get(search::show))
        .route("/conflicts", get(conflicts::show))
        .route("/duplicates", get(duplicates::show))
        .route("/sources", get(sources::show))
        .route("/sources/{name}/runs", post(runs::start))
        .route("/sources/{name}/pause", post(runs::pause))
        .route("/runs/{id}/row", get(runs::row))
        .route("/runs/{id}/events", get(run_events))
        .route("/runs/{id}/cancel", post(runs::cancel))
        .route("/jobs", get(jobs::show))
        .route("/jobs/{id}/retry", post(runs::retry))
        .route("/jobs/{id}/discard", post(runs::discard))
        .route("/policy", get(policy::show))
        .route("/policy/trial", get(policy_trial::show).post(policy_trial::take))
        .route("/docs", get(reference::show))
        .layer(middleware::from_fn_with_state(service, guard::guard));
    let limit = middleware::from_fn_with_state(login_limit::limiter(), login_limit::login_limit);
    let open = Router::new()
        .route("/login", get(login::show).post(login::sign_in).layer(limit))
        .route("/logout", post(login::sign_out))
        .route("/assets/{name}", get(assets::serve));
    pages.merge(open).layer(middleware::from_fn(guard::headers))
}
