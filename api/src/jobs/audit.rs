//! The audit: look among published neighbours for what only vectors see, the same in other words and contradictions in
//! other words. Nothing it finds hides a chunk by itself unless the policy says so: findings go to review.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;
use tamis_index::{Nli, NliFiles};
use tamis_ingest::ChunkId;
use tamis_scoring::{Conflict, Passage, may_say_the_same, paraphrased_conflicts};
use tokio::task::spawn_blocking;

use super::Stop;
use crate::config::{AuditSettings, NliSettings};
use crate::ledger::{AuditFinding, AuditKind};
use crate::service::Service;

/// Version of the method: another one looks at every chunk again.
const VERSION: u32 = 1;
/// Chunks looked at between two looks at the clock, and recorded in one transaction.
const BATCH: u32 = 64;
/// How many neighbours are fetched for each that is wanted: some stand in the chunk's own document.
const FETCHED_PER_NEIGHBOUR: usize = 4;
/// How long to wait before looking again whether the corpus is at rest.
const PAUSE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// What one audit did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AuditSummary {
    /// Chunks looked at.
    pub chunks: u64,
    /// Pairs of neighbours that were compared.
    pub pairs: u64,
    /// Pairs of statements that the NLI model was asked about.
    pub asked: u64,
    /// New pairs that contradict each other in other words.
    pub contradictions: u64,
    /// New pairs that say the same in other words.
    pub paraphrases: u64,
    /// Chunks that are left for the next audit.
    pub waiting: u64,
    /// How long it took.
    pub seconds: f64,
}

/// Audits as often as the settings say, until the order to stop comes; never while documents wait to be read or
/// published.
pub(super) async fn audit_forever(service: &Arc<Service>, mut stop: Stop) {
    let hours = service.config.audit.every_hours;
    if hours == 0 {
        return;
    }
    loop {
        let pause = match audit_at_rest(service, &stop).await {
            Ok(true) => HOUR * hours,
            Ok(false) => PAUSE,
            Err(problem) => {
                tracing::error!(error = format!("{problem:#}"), "the audit failed; it is tried again");
                HOUR
            }
        };
        tokio::select! {
            () = stop.ordered() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Audits where nothing else is to be done. Returns whether it did.
async fn audit_at_rest(service: &Arc<Service>, stop: &Stop) -> Result<bool> {
    if service.ledger.waiting_documents().await? > 0 || service.ledger.unpublished().await? > 0 {
        return Ok(false);
    }
    let summary = audit(service, stop).await?;
    tracing::info!(
        chunks = summary.chunks,
        pairs = summary.pairs,
        contradictions = summary.contradictions,
        paraphrases = summary.paraphrases,
        waiting = summary.waiting,
        seconds = summary.seconds,
        "audited"
    );
    Ok(true)
}

/// Holds published chunks that came or changed since they were last looked at against their neighbours, within the
/// settings' budget.
///
/// # Errors
/// Where the NLI model cannot be used, or the ledger or an index fails. What was recorded until then stays.
pub async fn audit(service: &Arc<Service>, stop: &Stop) -> Result<AuditSummary> {
    let begun = Instant::now();
    let settings = &service.config.audit;
    let mark = mark(settings, &service.config.nli);
    let mut auditor = Auditor::open(service).await?;
    let mut summary = AuditSummary::default();
    while !stop.is_ordered() && begun.elapsed().as_secs() < settings.seconds {
        let left = u64::from(settings.most_chunks).saturating_sub(summary.chunks);
        let limit = u32::try_from(left).unwrap_or(BATCH).min(BATCH);
        let chunks = service.ledger.chunks_to_audit(&mark, limit).await?;
        if chunks.is_empty() {
            break;
        }
        let near = neighbours(service, &chunks).await?;
        let Compared { found, pairs, asked, back } = auditor.compare(service, near).await?;
        auditor = back;
        let new = service.ledger.record_audit(&mark, &chunks, &found, &service.policy()).await?;
        summary.chunks += chunks.len() as u64;
        summary.pairs += pairs;
        summary.asked += asked;
        summary.contradictions += new.contradictions;
        summary.paraphrases += new.paraphrases;
    }
    summary.waiting = service.ledger.waiting_for_audit(&mark).await?;
    summary.seconds = begun.elapsed().as_secs_f64();
    if summary.contradictions + summary.paraphrases > 0 {
        service.publish_wanted.notify_one();
    }
    Ok(summary)
}

/// What an audit's opinion rests on beside the chunks: under other settings they are looked at again.
fn mark(settings: &AuditSettings, nli: &NliSettings) -> String {
    let AuditSettings { neighbours, near_at_least, same_at_least, contradiction_at_least, .. } = settings;
    let said = serde_json::json!([
        VERSION,
        neighbours,
        near_at_least,
        same_at_least,
        contradiction_at_least,
        nli.model,
        nli.ask_at_least,
        nli.contradiction_at_least
    ]);
    blake3::hash(said.to_string().as_bytes()).to_hex()[..16].to_owned()
}

/// Two chunks that lie next to each other, and the cosine of their vectors.
type Near = (ChunkId, ChunkId, f32);

/// The nearest neighbours of `chunks` in other documents, each pair once.
async fn neighbours(service: &Service, chunks: &[ChunkId]) -> Result<Vec<Near>> {
    let settings = &service.config.audit;
    let mut seen = HashSet::new();
    let mut near = Vec::new();
    for (chunk, vector) in service.corpus.vectors(chunks).await? {
        let fetched = settings.neighbours * FETCHED_PER_NEIGHBOUR + 1;
        let found = service.corpus.neighbours(&vector, fetched).await?;
        let own = found.iter().find(|(id, ..)| *id == chunk).map(|(_, document, _)| document.clone());
        let others = found.into_iter().filter(|(id, document, score)| {
            *id != chunk && own.as_ref() != Some(document) && *score >= settings.near_at_least
        });
        for (other, _, score) in others.take(settings.neighbours) {
            let pair = if chunk < other { (chunk.clone(), other) } else { (other, chunk.clone()) };
            if seen.insert(pair.clone()) {
                near.push((pair.0, pair.1, score));
            }
        }
    }
    Ok(near)
}

/// What compares neighbours, with what it may still ask.
struct Auditor {
    nli: Option<Nli>,
    /// Pairs of statements that the NLI model may still be asked about.
    left: u32,
}

/// What comparing some neighbours gave.
struct Compared {
    found: Vec<AuditFinding>,
    pairs: u64,
    asked: u64,
    back: Auditor,
}

impl Auditor {
    async fn open(service: &Service) -> Result<Self> {
        let NliSettings { model, most_pairs, .. } = service.config.nli.clone();
        if model.is_empty() {
            return Ok(Self { nli: None, left: 0 });
        }
        let library = service.config.model_files().runtime;
        let nli = spawn_blocking(move || Nli::open(&NliFiles::find(&model)?, &library)).await??;
        Ok(Self { nli: Some(nli), left: most_pairs })
    }

    /// Compares neighbours, off the runtime.
    async fn compare(mut self, service: &Service, near: Vec<Near>) -> Result<Compared> {
        let ids: HashSet<ChunkId> = near.iter().flat_map(|(a, b, _)| [a.clone(), b.clone()]).collect();
        let ids: Vec<ChunkId> = ids.into_iter().collect();
        let passages = service.ledger.passages(&ids).await?;
        let (settings, nli) = (service.config.audit.clone(), service.config.nli.clone());
        let compared = spawn_blocking(move || -> Result<Compared> {
            let before = self.left;
            let mut found = Vec::new();
            for (a, b, score) in &near {
                let Some((first, second)) = passages.get(a).zip(passages.get(b)) else { continue };
                let kind = self.relation(first, second, *score, &settings, &nli)?;
                found.extend(kind.map(|kind| AuditFinding { chunk: a.clone(), other: b.clone(), kind }));
            }
            let asked = u64::from(before - self.left);
            Ok(Compared { found, pairs: near.len() as u64, asked, back: self })
        });
        compared.await?
    }

    /// What two neighbours are to each other, if anything that nothing else sees.
    fn relation(
        &mut self,
        a: &Passage,
        b: &Passage,
        score: f32,
        settings: &AuditSettings,
        nli: &NliSettings,
    ) -> Result<Option<AuditKind>> {
        let mut sure = Vec::new();
        for conflict in paraphrased_conflicts(a, b) {
            let confidence = match self.second_opinion(a, b, &conflict, nli)? {
                Some(both) if both >= nli.contradiction_at_least => both,
                None if conflict.confidence >= settings.contradiction_at_least => conflict.confidence,
                Some(_) | None => continue,
            };
            sure.push(Conflict { confidence, ..conflict });
        }
        if !sure.is_empty() {
            return Ok(Some(AuditKind::Contradiction(sure)));
        }
        Ok((score >= settings.same_at_least && may_say_the_same(a, b)).then_some(AuditKind::Paraphrase(score)))
    }

    /// The mean of the judge's and the NLI model's probability; `None` where there is no such model, or it may not be
    /// asked any more.
    fn second_opinion(
        &mut self,
        a: &Passage,
        b: &Passage,
        conflict: &Conflict,
        settings: &NliSettings,
    ) -> Result<Option<f32>> {
        let Some(nli) = self.nli.as_ref().filter(|_| self.left > 0) else { return Ok(None) };
        if conflict.confidence < settings.ask_at_least {
            return Ok(Some(0.0));
        }
        self.left -= 1;
        let (here, there) = (a.words_at(conflict.here), b.words_at(conflict.there));
        Ok(Some(f32::midpoint(conflict.confidence, nli.contradiction(here, there)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn other_settings_look_again_and_another_budget_does_not() {
        let config = Config::load(None).unwrap();
        let (audit, nli) = (config.audit, config.nli);
        let first = mark(&audit, &nli);
        let budget = AuditSettings { most_chunks: 1, seconds: 1, every_hours: 1, ..audit.clone() };
        assert_eq!(mark(&budget, &nli), first);
        assert_ne!(mark(&AuditSettings { same_at_least: 0.5, ..audit.clone() }, &nli), first);
        assert_ne!(mark(&audit, &NliSettings { model: "other".to_owned(), ..nli }), first);
    }
}
