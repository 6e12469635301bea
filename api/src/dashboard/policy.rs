//! `GET /policy`: what quality is asked for.

use askama::Template;
use axum::response::Response;
use tamis_scoring::{Dimension, DocumentKind, Policy, Rule, Severity};

use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::http::State;
use crate::ledger::PolicyRevision;

/// Revisions shown.
const REVISIONS: u32 = 20;

/// Kinds of documents, with what people call them.
const KINDS: [(DocumentKind, &str); 7] = [
    (DocumentKind::Reference, "References and manuals"),
    (DocumentKind::Tutorial, "Tutorials and guides"),
    (DocumentKind::Policy, "Policies and terms"),
    (DocumentKind::Changelog, "Change logs"),
    (DocumentKind::News, "News and minutes"),
    (DocumentKind::Evergreen, "Licences, glossaries, decisions"),
    (DocumentKind::Unknown, "Everything else"),
];

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    shell: Shell,
    accept_at_least: String,
    weights: Vec<WeightView>,
    kinds: Vec<KindView>,
    limits: Vec<(&'static str, String)>,
    dimensions: Vec<DimensionRules>,
    overridden: usize,
    revisions: Vec<RevisionView>,
}

struct RevisionView {
    number: i64,
    at: String,
    from: String,
    note: String,
}

struct WeightView {
    name: &'static str,
    share: String,
    length: String,
}

struct KindView {
    name: &'static str,
    half_life: String,
    review: String,
}

struct DimensionRules {
    name: &'static str,
    rules: Vec<RuleView>,
}

struct RuleView {
    id: &'static str,
    help: &'static str,
    level: &'static str,
    usual: &'static str,
    changed: bool,
    penalty: String,
}

/// The policy in force.
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let policy = &*state.policy();
    page(&PolicyPage {
        shell: Shell::load(&state, visitor, Tab::Policy, "Policy").await?,
        accept_at_least: format!("{:.0}", policy.accept_at_least * 100.0),
        weights: weights(policy),
        kinds: KINDS
            .into_iter()
            .map(|(kind, name)| KindView {
                name,
                half_life: days(policy.freshness.half_life_days.of(kind), "never ages"),
                review: days(policy.freshness.stale_after_days(kind), "never"),
            })
            .collect(),
        limits: vec![
            ("Age alone never takes freshness below", format!("{:.0}", policy.freshness.floor * 100.0)),
            ("Freshness of what nothing dates", format!("{:.0}", policy.freshness.undated * 100.0)),
            ("Most tokens of a chunk", policy.structure.max_tokens.to_string()),
            ("Most words of a paragraph", policy.structure.max_paragraph_words.to_string()),
            (
                "A paragraph is boilerplate from",
                format!(
                    "{} documents and {} words on",
                    policy.duplication.boilerplate_documents, policy.duplication.boilerplate_words
                ),
            ),
            ("Equal texts stay apart by", policy.duplication.apart_by.join(", ")),
        ],
        dimensions: Dimension::ALL.into_iter().map(|dimension| rules(policy, dimension)).collect(),
        overridden: policy.rules.len(),
        revisions: state.ledger.policy_revisions(None, REVISIONS).await?.into_iter().map(revision_view).collect(),
    })
}

fn revision_view(revision: PolicyRevision) -> RevisionView {
    RevisionView {
        number: revision.revision,
        at: revision.at.map(format::minute).unwrap_or_default(),
        from: if revision.origin == "api" { revision.actor } else { "the configuration file".to_owned() },
        note: revision.note.unwrap_or_default(),
    }
}

fn weights(policy: &Policy) -> Vec<WeightView> {
    let whole: f32 = Dimension::ALL.into_iter().map(|dimension| policy.weights.get(dimension)).sum();
    Dimension::ALL
        .into_iter()
        .map(|dimension| {
            let share = if whole > 0.0 { policy.weights.get(dimension) / whole * 100.0 } else { 0.0 };
            WeightView { name: dimension.name(), share: format!("{share:.0} %"), length: format!("{share:.1}") }
        })
        .collect()
}

fn rules(policy: &Policy, dimension: Dimension) -> DimensionRules {
    let of_dimension = Rule::ALL.iter().filter(|rule| rule.dimension() == dimension);
    DimensionRules {
        name: dimension.name(),
        rules: of_dimension
            .map(|rule| {
                let (now, usual) = (level(policy.severity(*rule, rule.severity())), level(Some(rule.severity())));
                RuleView {
                    id: rule.id(),
                    help: rule.help(),
                    level: now,
                    usual,
                    changed: now != usual,
                    penalty: format!("{:.0} %", rule.penalty() * 100.0),
                }
            })
            .collect(),
    }
}

fn level(severity: Option<Severity>) -> &'static str {
    match severity {
        None => "off",
        Some(Severity::Info) => "info",
        Some(Severity::Warn) => "warn",
        Some(Severity::Error) => "error",
    }
}

fn days(days: Option<f32>, never: &str) -> String {
    days.map_or_else(|| never.to_owned(), |days| format!("{days:.0} days"))
}
