//! What another policy would make of the corpus, without changing it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::Row;
use tamis_ingest::ChunkId;
use tamis_scoring::{Measurement, Policy, QualityReport, Rule, Verdict, decide};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, decay};

/// Chunks held in memory at a time.
const PAGE: i64 = 2_000;

/// What a policy would change. Grades what is stored: what only reading a document again can tell, such as the sizes in
/// `structure` and the fields in `duplication.apart_by`, is not in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct PolicyPreview {
    /// Live chunks.
    pub chunks: u64,
    /// Accepted now, and under the policy. People's decisions are left out: they stand under any policy.
    pub accepted: BeforeAfterCount,
    /// The corpus score now, and under the policy, 0 to 100.
    pub score: BeforeAfterScore,
    /// Chunks that would be quarantined and are accepted now.
    pub to_quarantine: u64,
    /// Chunks that would be accepted and are quarantined now.
    pub to_accept: u64,
    /// The rules that would quarantine what is accepted now; `overall` where only the score is too low.
    pub by_rule: BTreeMap<String, u64>,
    /// Some of the chunks that would change, those whose overall score changes most first.
    pub examples: Vec<Flip>,
}

/// A count before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BeforeAfterCount {
    /// Now.
    pub before: u64,
    /// Under the policy.
    pub after: u64,
}

/// A score before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct BeforeAfterScore {
    /// Now.
    pub before: f64,
    /// Under the policy.
    pub after: f64,
}

/// A chunk whose verdict would change.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Flip {
    /// The chunk.
    pub chunk: String,
    /// Its document's name.
    pub document: String,
    /// Its document's address.
    pub uri: String,
    /// `accept` or `quarantine`, under the policy.
    pub verdict: String,
    /// Its overall score now, 0..=1.
    pub overall_before: f64,
    /// Its overall score under the policy, 0..=1.
    pub overall_after: f64,
    /// The rules that would quarantine it.
    #[schema(value_type = Vec<String>)]
    pub reasons: Vec<Rule>,
}

impl Ledger {
    /// What `policy` would change, with at most `examples` chunks that would.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stored`].
    pub async fn preview_policy(&self, policy: &Policy, examples: usize) -> Result<PolicyPreview> {
        let now = Timestamp::now();
        let mut preview = PolicyPreview::default();
        let (mut weight, mut before_points, mut after_points) = (0.0, 0.0, 0.0);
        let mut last = String::new();
        loop {
            let rows = sqlx::query(
                "select c.id, c.tokens, c.measurement, c.overall, c.verdict, d.name, d.uri, d.kind, d.modified_at,
                        d.modified_at_source, d.published_at
                 from chunks c join documents d on d.id = c.document_id
                 where c.retired = 0 and c.id > $1 order by c.id limit $2",
            )
            .bind(&last)
            .bind(PAGE)
            .fetch_all(&self.pool)
            .await?;
            let Some(end) = rows.last().map(|row| row.get::<String, _>("id")) else { break };
            let mut findings = self.findings_between(&last, &end).await?;
            for row in &rows {
                let id: String = row.get("id");
                let mut measurement: Measurement = serde_json::from_str(row.get("measurement"))
                    .map_err(|source| Error::Stored { what: "measurement", source })?;
                // All that was found, of itself and beside others.
                measurement.findings = findings.remove(&id).unwrap_or_default();
                measurement.kept = false;
                decay::ageing(row)?.renew(&mut measurement, policy, now);
                let report = QualityReport::compose(ChunkId::from_stored(id.clone()), &measurement, Vec::new());
                let decision = decide(&report, policy);
                let (overall_before, overall_after) = (row.get("overall"), f64::from(decision.overall.get()));
                let tokens = row.get::<i64, _>("tokens").max(1) as f64;
                weight += tokens;
                before_points += tokens * overall_before;
                after_points += tokens * overall_after;
                let was_accepted = row.get::<&str, _>("verdict") == "accept";
                let is_accepted = decision.verdict == Verdict::Accept;
                preview.chunks += 1;
                preview.accepted.before += u64::from(was_accepted);
                preview.accepted.after += u64::from(is_accepted);
                if was_accepted != is_accepted {
                    let reasons = match decision.verdict {
                        Verdict::Accept => Vec::new(),
                        Verdict::Quarantine(rules) => rules,
                    };
                    preview.count(&reasons, is_accepted);
                    preview.examples.push(Flip {
                        chunk: id,
                        document: row.get("name"),
                        uri: row.get("uri"),
                        verdict: if is_accepted { "accept" } else { "quarantine" }.to_owned(),
                        overall_before,
                        overall_after,
                        reasons,
                    });
                }
            }
            preview.keep(examples);
            last = end;
        }
        let score = |points: f64| if weight > 0.0 { (1_000.0 * points / weight).round() / 10.0 } else { 100.0 };
        preview.score = BeforeAfterScore { before: score(before_points), after: score(after_points) };
        Ok(preview)
    }

    /// The findings of the chunks after `after`, up to and with `last`.
    async fn findings_between(&self, after: &str, last: &str) -> Result<BTreeMap<String, Vec<tamis_scoring::Finding>>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select chunk_id, body from findings where chunk_id > $1 and chunk_id <= $2")
                .bind(after)
                .bind(last)
                .fetch_all(&self.pool)
                .await?;
        let mut findings: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (chunk, body) in rows {
            let finding = serde_json::from_str(&body).map_err(|source| Error::Stored { what: "finding", source })?;
            findings.entry(chunk).or_default().push(finding);
        }
        Ok(findings)
    }
}

impl PolicyPreview {
    fn count(&mut self, reasons: &[Rule], is_accepted: bool) {
        if is_accepted {
            self.to_accept += 1;
            return;
        }
        self.to_quarantine += 1;
        if reasons.is_empty() {
            *self.by_rule.entry("overall".to_owned()).or_default() += 1;
        }
        for rule in reasons {
            *self.by_rule.entry(rule.id().to_owned()).or_default() += 1;
        }
    }

    /// Keeps the examples that change most.
    fn keep(&mut self, examples: usize) {
        let change = |flip: &Flip| (flip.overall_after - flip.overall_before).abs();
        self.examples.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| a.chunk.cmp(&b.chunk)));
        self.examples.truncate(examples);
    }
}
