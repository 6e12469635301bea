//! Grading a stored chunk: what it shows by itself, what it shows beside others, and what follows under the policy.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use tamis_ingest::{ChunkId, ContentHash};
use tamis_scoring::{
    Agreement, Conflict, Finding, Measurement, Policy, QualityReport, Verdict, conflict_findings, decide,
};

use super::harm::{self, Contradicted, Harm};
use super::{
    Error, Result, boilerplate, conflicts, context, decay, health, id_list, paraphrases, passages, queue_moves,
    reviews, settle, time,
};

/// Grades a chunk from what is stored and writes scores, findings, verdict and whether it may be searched.
pub(super) async fn regrade(connection: &mut SqliteConnection, chunk: &str, policy: &Policy) -> Result<()> {
    let stored = sqlx::query(
        "select c.measurement, c.quarantined_at, c.harm, c.shadowed_by, c.document_id, d.kind, d.modified_at, d.modified_at_source, d.published_at
         from chunks c join documents d on d.id = c.document_id where c.id = $1 and c.retired = 0",
    )
    .bind(chunk)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(stored) = stored else { return Ok(()) };
    let mut measurement: Measurement = serde_json::from_str(&stored.get::<String, _>("measurement"))
        .map_err(|source| Error::Stored { what: "measurement", source })?;
    let now = Timestamp::now();
    decay::ageing(&stored)?.renew(&mut measurement, policy, now);
    let mut cross = cross_findings(connection, chunk, policy).await?;
    cross.extend(context::of(connection, chunk).await?);
    let report = QualityReport::compose(ChunkId::from_stored(chunk.to_owned()), &measurement, cross);
    let decision = decide(&report, policy);
    let (verdict, reasons) = match &decision.verdict {
        Verdict::Accept => ("accept", Vec::new()),
        Verdict::Quarantine(rules) => ("quarantine", rules.iter().map(|rule| rule.id()).collect()),
    };
    let review = reviews::load(connection, chunk).await?;
    let searchable = reviews::may_be_searched(verdict == "accept", review.state);
    let contradicted = harm::contradicted(&report.findings);
    let is_asked_about = verdict == "quarantine"
        || contradicted != Contradicted::No
        || harm::is_paraphrase(&report.findings)
        || review.is_decided();
    let since: Option<i64> = stored.get("quarantined_at");
    let quarantined_at = is_asked_about.then(|| since.unwrap_or_else(time::now));
    let harm = match quarantined_at {
        None => None,
        Some(since) => {
            let demand = harm::demand(connection, chunk, &report.findings).await?;
            let last_copy = stored.get::<Option<&str>, _>("shadowed_by").is_none();
            let overall = decision.overall.get();
            Some(Harm { contradicted, demand, last_copy, overall, since }.key(chunk))
        }
    };
    queue_moves::note(connection, chunk, stored.get("harm"), harm.as_deref()).await?;
    sqlx::query(
        "update chunks set freshness = $2, duplication = $3, contradiction = $4, structure = $5, overall = $6,
                verdict = $7, reasons = $8, searchable = $9, quarantined_at = $10, graded_on = $11, harm = $12,
                faults = $13
         where id = $1",
    )
    .bind(chunk)
    .bind(f64::from(report.scores.freshness.get()))
    .bind(f64::from(report.scores.duplication.get()))
    .bind(f64::from(report.scores.contradiction.get()))
    .bind(f64::from(report.scores.structure.get()))
    .bind(f64::from(decision.overall.get()))
    .bind(verdict)
    .bind(serde_json::to_string(&reasons).unwrap_or_default())
    .bind(i64::from(searchable))
    .bind(quarantined_at)
    .bind(decay::day(now))
    .bind(harm)
    .bind(health::faults(&report.findings))
    .execute(&mut *connection)
    .await?;
    replace(connection, chunk, stored.get("document_id"), &report.findings).await
}

/// The findings of a chunk, those that cost most first.
pub(super) async fn of(connection: &mut SqliteConnection, chunk: &str) -> Result<Vec<Finding>> {
    Ok(of_these(connection, &[chunk]).await?.remove(chunk).unwrap_or_default())
}

/// The findings of each of `chunks`, those that cost most first.
pub(super) async fn of_these(
    connection: &mut SqliteConnection,
    chunks: &[&str],
) -> Result<HashMap<String, Vec<Finding>>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select chunk_id, body from findings where chunk_id in (select value from json_each($1))
         order by chunk_id, position",
    )
    .bind(id_list(chunks))
    .fetch_all(connection)
    .await?;
    let mut findings: HashMap<String, Vec<Finding>> = HashMap::new();
    for (chunk, body) in rows {
        let finding = serde_json::from_str(&body).map_err(|source| Error::Stored { what: "finding", source })?;
        findings.entry(chunk).or_default().push(finding);
    }
    Ok(findings)
}

async fn cross_findings(connection: &mut SqliteConnection, chunk: &str, policy: &Policy) -> Result<Vec<Finding>> {
    let shadow = sqlx::query(
        "select shadowed_by, shadow_kind, shadow_similarity, reworded_by, reworded_similarity,
                exists (select 1 from paraphrases where chunk_id = chunks.id or other_id = chunks.id) as paraphrased
         from chunks where id = $1",
    )
    .bind(chunk)
    .fetch_one(&mut *connection)
    .await?;
    let canonical: Option<String> = shadow.get("shadowed_by");
    let conflicts = conflicts::of(connection, chunk).await?;
    let shares = canonical.is_none() && boilerplate::is_in(connection, chunk).await?;
    let reworded: Option<String> = shadow.get("reworded_by");
    let paraphrased = shadow.get::<i64, _>("paraphrased") != 0;
    if canonical.is_none() && reworded.is_none() && conflicts.is_empty() && !shares && !paraphrased {
        return Ok(Vec::new());
    }
    let Some(passage) = passages::load_one(connection, chunk).await? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    if shares {
        found.extend(boilerplate::finding(connection, &passage, policy).await?);
    }
    if let Some(canonical) = canonical
        && let Some(canonical) = passages::load_one(connection, &canonical).await?
    {
        let kind = settle::kind_from_name(shadow.get::<Option<&str>, _>("shadow_kind").unwrap_or_default());
        let similarity: f64 = shadow.get::<Option<f64>, _>("shadow_similarity").unwrap_or_default();
        found.push(passage.duplicate_finding(&canonical, kind, similarity as f32));
    }
    if let Some(other) = reworded
        && let Some(other) = passages::load_one(connection, &other).await?
    {
        let similarity: f64 = shadow.get::<Option<f64>, _>("reworded_similarity").unwrap_or_default();
        found.push(passage.reworded_finding(&other, similarity as f32));
    }
    if paraphrased {
        found.extend(paraphrases::findings(connection, &passage).await?);
    }
    let against_this = if conflicts.is_empty() { Vec::new() } else { conflicts::opponents(connection, chunk).await? };
    for (other, disagreements) in conflicts {
        // What a person keeps out denies nobody any more.
        if reviews::load(connection, &other).await?.state.is_out() {
            continue;
        }
        let against_other = conflicts::opponents(connection, &other).await?;
        if let Some(other) = passages::load_one(connection, &other).await? {
            let agreement = |conflict: &Conflict| {
                Agreement::of(
                    conflicts::against(&against_other, conflict.there),
                    conflicts::against(&against_this, conflict.here),
                )
            };
            if let Some(surest) = disagreements.first() {
                let outcome = passage.outcome(&other, agreement(surest), policy.contradiction);
                conflicts::decide(connection, &passage.chunk, &other.chunk, outcome).await?;
            }
            found.extend(conflict_findings(&passage, &other, &disagreements, agreement, policy.contradiction));
        }
    }
    Ok(found)
}

/// What a finding is known by from reading to reading: its rule, its document, the words it is about and the document
/// that it is held against. It stays the same where the rest of the document changes, and where its chunk is cut
/// otherwise.
fn identity(document: &str, finding: &Finding) -> i64 {
    let other = finding.counterpart.as_ref().map_or("", |other| other.uri.as_str());
    let text = [document, finding.rule.id(), &finding.quote, other].join("\0");
    let hash = ContentHash::of(text.as_bytes());
    // Fifteen digits fit a signed integer, and 0 says that there is none.
    let digits = hash.as_str().get(..15).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    digits.unwrap_or_default() + 1
}

async fn replace(connection: &mut SqliteConnection, chunk: &str, document: &str, findings: &[Finding]) -> Result<()> {
    sqlx::query("delete from findings where chunk_id = $1").bind(chunk).execute(&mut *connection).await?;
    if findings.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(findings.len());
    for (position, finding) in (0_i64..).zip(findings) {
        let body = serde_json::to_string(finding).map_err(|source| Error::Stored { what: "finding", source })?;
        rows.push((position, finding, body));
    }
    let mut query =
        QueryBuilder::<Sqlite>::new("insert into findings (chunk_id, position, rule, severity, body, identity) ");
    query.push_values(rows, |mut row, (position, finding, body)| {
        row.push_bind(chunk)
            .push_bind(position)
            .push_bind(finding.rule.id())
            .push_bind(severity_name(finding.severity))
            .push_bind(body)
            .push_bind(identity(document, finding));
    });
    query.build().execute(connection).await?;
    Ok(())
}

fn severity_name(severity: tamis_scoring::Severity) -> &'static str {
    match severity {
        tamis_scoring::Severity::Info => "info",
        tamis_scoring::Severity::Warn => "warn",
        tamis_scoring::Severity::Error => "error",
    }
}
