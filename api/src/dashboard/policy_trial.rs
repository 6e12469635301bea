//! `/policy/trial`: what a change of the policy would make of the corpus, and putting it in force.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tamis_scoring::Policy;

use super::failure::Failure;
use super::format;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::access::Scope;
use crate::config::check_policy;
use crate::http::State;
use crate::ledger::{Flip, PolicyPreview};

/// Longest note, in bytes, as for `/v1`.
const MAX_NOTE: usize = 4_096;
/// Chunks shown of those whose verdict would change.
const EXAMPLES: usize = 30;

/// A policy to try, or to put in force.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrialForm {
    policy: String,
    token: String,
    #[serde(default)]
    note: String,
    action: TrialAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TrialAction {
    Preview,
    Apply,
}

#[derive(Template)]
#[template(path = "policy_trial.html")]
struct TrialPage {
    shell: Shell,
    policy: String,
    note: String,
    problem: String,
    outcome: Option<Outcome>,
    may_apply: bool,
}

/// What a policy would change.
struct Outcome {
    score: (String, String, String),
    accepted: (String, String),
    to_quarantine: String,
    to_accept: String,
    rules: Vec<(String, String)>,
    examples: Vec<FlipView>,
}

struct FlipView {
    chunk: String,
    document: String,
    accepts: bool,
    before: String,
    after: String,
    reasons: String,
}

/// The form, with the policy in force.
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let policy = write(&state.policy())?;
    let may_apply = visitor.may(Scope::Admin);
    let shell = Shell::load(&state, visitor, Tab::Policy, "Try a policy").await?;
    page(&TrialPage { shell, policy, note: String::new(), problem: String::new(), outcome: None, may_apply })
}

/// Shows what the policy would change, or puts it in force.
pub(super) async fn take(
    state: State,
    visitor: Visitor,
    form: Result<Form<TrialForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form.map_err(|problem| Failure::invalid(problem.body_text()))?;
    let applies = form.action == TrialAction::Apply;
    visitor.check(&form.token, if applies { Scope::Admin } else { Scope::Read })?;
    if form.note.len() > MAX_NOTE {
        return Err(Failure::invalid(format!("a note holds at most {MAX_NOTE} bytes")));
    }
    let read = read(&form.policy);
    if let (true, Ok(policy)) = (applies, &read) {
        let note = Some(form.note.trim()).filter(|note| !note.is_empty());
        state.set_policy(policy.clone(), visitor.name(), note).await?;
        return Ok(Redirect::to("/policy").into_response());
    }
    let (outcome, problem) = match read {
        Ok(policy) => (Some(outcome(&state.ledger.preview_policy(&policy, EXAMPLES).await?)), String::new()),
        Err(problem) => (None, problem),
    };
    let may_apply = visitor.may(Scope::Admin);
    let shell = Shell::load(&state, visitor, Tab::Policy, "Try a policy").await?;
    page(&TrialPage { shell, policy: form.policy, note: form.note, problem, outcome, may_apply })
}

/// The policy as in the `[policy]` table of tamis.toml.
fn write(policy: &Policy) -> Result<String, Failure> {
    Ok(toml::to_string_pretty(policy).map_err(anyhow::Error::from)?)
}

/// The policy that a text is, or what is wrong with it.
fn read(text: &str) -> Result<Policy, String> {
    let policy: Policy = toml::from_str(text).map_err(|problem| problem.to_string())?;
    check_policy(&policy).map_err(|problem| problem.to_string())?;
    Ok(policy)
}

fn outcome(preview: &PolicyPreview) -> Outcome {
    let (before, after) = (preview.score.before, preview.score.after);
    Outcome {
        score: (format::score(before), format::score(after), format::change(after - before)),
        accepted: (format::count(preview.accepted.before), format::count(preview.accepted.after)),
        to_quarantine: format::counted(preview.to_quarantine, "chunk", "chunks"),
        to_accept: format::counted(preview.to_accept, "chunk", "chunks"),
        rules: preview.by_rule.iter().map(|(rule, count)| (rule.clone(), format::count(*count))).collect(),
        examples: preview.examples.iter().map(flip_view).collect(),
    }
}

fn flip_view(flip: &Flip) -> FlipView {
    let reasons: Vec<&str> = flip.reasons.iter().map(|rule| rule.id()).collect();
    FlipView {
        chunk: flip.chunk.clone(),
        document: flip.document.clone(),
        accepts: flip.verdict == "accept",
        before: format!("{:.0}", flip.overall_before * 100.0),
        after: format!("{:.0}", flip.overall_after * 100.0),
        reasons: reasons.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_holds_a_policy_that_reads_back_as_itself() {
        let policy = Policy::default();
        let text = write(&policy).unwrap();
        assert_eq!(read(&text).unwrap(), policy, "{text}");
        assert!(text.contains("accept_at_least = 0.5"), "{text}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in
            [("accept_at_least = ", "TOML"), ("acept = 1", "acept"), ("accept_at_least = 7.0", "accept")]
        {
            let problem = read(text).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
