//! `GET /duplicates`: passages that say the same.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;

use super::conflicts::ListParameters;
use super::evidence::MarkedText;
use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use super::text::excerpt;
use crate::http::{State, cursor};
use crate::ledger::{ClusterMember, DuplicateCluster};

/// Clusters on a page.
const PAGE: usize = 20;
/// Members of a cluster that are named.
const MEMBERS: usize = 20;

#[derive(Template)]
#[template(path = "duplicates.html")]
struct DuplicatesPage {
    shell: Shell,
    clusters: Vec<ClusterView>,
    later: bool,
    next: Option<String>,
}

struct ClusterView {
    size: String,
    kind: &'static str,
    text: MarkedText,
    canonical: MemberView,
    copies: Vec<MemberView>,
    unnamed: u64,
}

struct MemberView {
    chunk: String,
    document: String,
    kind: &'static str,
    similarity: String,
}

/// The duplicate clusters.
pub(super) async fn show(
    state: State,
    visitor: Visitor,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(parameters) = parameters.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let mut found = state.ledger.duplicate_clusters(parameters.place()?.as_deref(), PAGE as u32 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    page(&DuplicatesPage {
        shell: Shell::load(&state, visitor, Tab::Duplicates, "Duplicates").await?,
        later: !parameters.after.is_empty(),
        next: found.last().filter(|_| more).map(|last| format!("/duplicates?after={}", cursor::encode(&last.place))),
        clusters: found.iter().filter_map(cluster_view).collect(),
    })
}

fn cluster_view(cluster: &DuplicateCluster) -> Option<ClusterView> {
    let (canonical, copies) = cluster.chunks.split_first()?;
    let copies: Vec<MemberView> = copies.iter().take(MEMBERS).map(member_view).collect();
    Some(ClusterView {
        size: format::count(cluster.size),
        kind: kind(&cluster.kind),
        unnamed: cluster.size.saturating_sub(copies.len() as u64 + 1),
        canonical: member_view(canonical),
        copies,
        text: excerpt(&cluster.text, ""),
    })
}

fn member_view(member: &ClusterMember) -> MemberView {
    MemberView {
        chunk: member.chunk.clone(),
        document: member.document.clone(),
        kind: member.kind.as_deref().map(kind).unwrap_or_default(),
        similarity: member.similarity.map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default(),
    }
}

fn kind(name: &str) -> &'static str {
    match name {
        "exact" => "the same words",
        "near" => "nearly the same words",
        _ => "one inside the other",
    }
}
