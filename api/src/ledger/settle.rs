//! Keeping the relations between chunks true while chunks come and go.
//!
//! A chunk *stands* or is *shadowed* by a standing chunk it was verified to duplicate. Only standing chunks have keys,
//! so only they are candidates, and each pair that is compared is compared once. When a standing chunk leaves or steps
//! down, those it shadowed are placed again. Everything a change touches is graded again in the same transaction.

use std::collections::{BTreeSet, HashMap, HashSet};

use sqlx::SqliteConnection;
use tamis_ingest::ChunkId;
use tamis_scoring::{
    Boilerplate, Conflict, Duplicate, DuplicateKind, Fingerprint, Passage, Policy, Templates, confront, place_amid,
};

use super::{Result, boilerplate, candidates, conflicts, findings, paraphrases, passages};

/// Times a chunk may be placed again and still push another aside. Who is right is no transitive order (a version can
/// speak for one page and a date for another), so three copies could push each other aside for ever.
const MAX_ROUNDS: u32 = 3;

/// The relations of one write transaction on their way to being true again.
pub(super) struct Settlement<'a> {
    connection: &'a mut SqliteConnection,
    policy: &'a Policy,
    /// Chunks that lost what they stood behind and must be placed again.
    unplaced: BTreeSet<String>,
    /// Chunks whose findings may have changed.
    touched: BTreeSet<String>,
    /// How often each chunk was placed again.
    rounds: HashMap<String, u32>,
    /// Whether the corpus has boilerplate, once that was asked.
    any_boilerplate: Option<bool>,
}

/// Work a settlement has found and not done.
pub(super) struct Leftovers {
    unplaced: BTreeSet<String>,
    touched: BTreeSet<String>,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(connection: &'a mut SqliteConnection, policy: &'a Policy) -> Self {
        let (unplaced, touched) = (BTreeSet::new(), BTreeSet::new());
        Self { connection, policy, unplaced, touched, rounds: HashMap::new(), any_boilerplate: None }
    }

    /// What is still to be done, so that the caller may write rows before going on.
    pub(super) fn into_leftovers(self) -> Leftovers {
        Leftovers { unplaced: self.unplaced, touched: self.touched }
    }

    /// Goes on where another settlement left off, except for the chunks that are about to enter anyway.
    pub(super) fn resume(
        connection: &'a mut SqliteConnection,
        policy: &'a Policy,
        mut leftovers: Leftovers,
        entering: &HashSet<&str>,
    ) -> Self {
        leftovers.unplaced.retain(|chunk| !entering.contains(chunk.as_str()));
        let Leftovers { unplaced, touched } = leftovers;
        Self { connection, policy, unplaced, touched, rounds: HashMap::new(), any_boilerplate: None }
    }

    /// Takes all chunks of a document out of the corpus. Their rows stay until the indexes have let go of them.
    pub(super) async fn retire_document(&mut self, document: &str) -> Result<()> {
        let chunks: Vec<String> = sqlx::query_scalar("select id from chunks where document_id = $1 and retired = 0")
            .bind(document)
            .fetch_all(&mut *self.connection)
            .await?;
        for chunk in &chunks {
            self.step_down(chunk).await?;
            boilerplate::recount(self.connection, chunk).await?;
            sqlx::query(
                "update chunks set retired = 1, searchable = 0, shadowed_by = null, shadow_kind = null where id = $1",
            )
            .bind(chunk)
            .execute(&mut *self.connection)
            .await?;
            let left_alone = self.dependents(chunk).await?;
            self.unplaced.extend(left_alone);
        }
        for chunk in &chunks {
            self.unplaced.remove(chunk);
            self.touched.remove(chunk);
        }
        Ok(())
    }

    /// Takes a chunk whose words have changed out of its relations and, where it passes by itself, brings it back in by
    /// its new words.
    pub(super) async fn reworded(&mut self, chunk: &str, eligible: bool) -> Result<()> {
        self.step_down(chunk).await?;
        let left_alone = self.dependents(chunk).await?;
        self.unplaced.extend(left_alone);
        if eligible {
            self.place_again(chunk);
        } else {
            clear_shadow(self.connection, chunk).await?;
        }
        Ok(())
    }

    /// Grades a chunk again, whatever else happens to it.
    pub(super) fn touch(&mut self, chunk: &str) {
        self.touched.insert(chunk.to_owned());
    }

    /// Places a chunk again that gives way to another.
    pub(super) fn place_again(&mut self, chunk: &str) {
        self.unplaced.insert(chunk.to_owned());
    }

    /// Brings a chunk into the corpus: it stands, or gives way to a standing duplicate; and statements it makes are
    /// held against those of standing chunks.
    pub(super) async fn enter(&mut self, passage: &Passage) -> Result<()> {
        let id = passage.chunk.as_str();
        self.touch(id);
        // Most copies are exact, and one look-up finds what they equal.
        let equal = candidates::equal(self.connection, &passage.fingerprint, id).await?;
        if let Some(by) = place_amid(passage, &equal, &Boilerplate::default()).shadowed_by {
            return self.shadow(id, &by).await;
        }
        let rivals = candidates::duplicates(self.connection, &passage.fingerprint, id).await?;
        let known = self.boilerplate(passage, &rivals).await?;
        let placement = place_amid(passage, &rivals, &known);
        if let Some(by) = placement.shadowed_by {
            return self.shadow(id, &by).await;
        }
        candidates::stand(self.connection, id, &passage.fingerprint, &passage.claims).await?;
        let may_displace = self.rounds.get(id).is_none_or(|rounds| *rounds <= MAX_ROUNDS);
        for shadowed in placement.shadows.into_iter().filter(|_| may_displace) {
            let loser = shadowed.chunk.as_str().to_owned();
            self.step_down(&loser).await?;
            // Copies that are exactly equal to the loser are to the winner what the loser is, and stay behind it; all
            // others have to be compared again.
            let left = self.inexact_dependents(&loser).await?;
            self.unplaced.extend(left);
            let by = Duplicate { chunk: passage.chunk.clone(), ..shadowed };
            self.shadow(&loser, &by).await?;
        }
        let others = candidates::conflicts(self.connection, &passage.claims, id).await?;
        let (clashes, templates) = confront(passage, &others);
        let contradicted: Vec<String> = clashes.iter().map(|(i, _)| others[*i].chunk.to_string()).collect();
        for (i, disagreements) in clashes {
            conflicts::insert(self.connection, &passage.chunk, &others[i].chunk, &disagreements).await?;
            self.touch(others[i].chunk.as_str());
        }
        // One more document on one side may decide the quarrels that the other side has already.
        self.touched.extend(conflicts::partners(self.connection, &contradicted).await?);
        if !templates.is_empty() {
            for other in &others {
                self.retract(other, &templates).await?;
            }
        }
        Ok(())
    }

    /// Places all that has to be placed again, the best first, then grades all that was touched.
    pub(super) async fn finish(mut self) -> Result<()> {
        while !self.unplaced.is_empty() {
            let ids: Vec<String> = std::mem::take(&mut self.unplaced).into_iter().collect();
            let mut waiting = Vec::with_capacity(ids.len());
            for id in &ids {
                clear_shadow(self.connection, id).await?;
                boilerplate::recount(self.connection, id).await?;
                if let Some(mut passage) = passages::load_one(self.connection, id).await? {
                    let scope = passage.fingerprint.scope(&passage.text);
                    passage.fingerprint = Fingerprint::of(&passage.text).within(scope);
                    waiting.push(passage);
                }
            }
            waiting.sort_by(|a, b| b.standing.precedence(&a.standing));
            for passage in &waiting {
                *self.rounds.entry(passage.chunk.to_string()).or_default() += 1;
                self.enter(passage).await?;
            }
        }
        for chunk in &self.touched {
            findings::regrade(self.connection, chunk, self.policy).await?;
        }
        Ok(())
    }

    /// The boilerplate in these passages.
    async fn boilerplate(&mut self, passage: &Passage, rivals: &[Passage]) -> Result<Boilerplate> {
        let any = match self.any_boilerplate {
            Some(any) => any,
            None => boilerplate::is_any(self.connection).await?,
        };
        self.any_boilerplate = Some(any);
        if !any || rivals.is_empty() {
            return Ok(Boilerplate::default());
        }
        let chunks = rivals.iter().chain([passage]).map(|one| one.chunk.as_str());
        boilerplate::among(self.connection, chunks, self.policy).await
    }

    /// Takes back the conflicts that rest on what has turned out to be a template.
    async fn retract(&mut self, passage: &Passage, templates: &Templates) -> Result<()> {
        for (partner, disagreements) in conflicts::of(self.connection, passage.chunk.as_str()).await? {
            let (gone, kept): (Vec<Conflict>, Vec<Conflict>) =
                disagreements.into_iter().partition(|conflict| templates.holds(passage, conflict.here));
            if !gone.is_empty() {
                let partner = ChunkId::from_stored(partner);
                conflicts::insert(self.connection, &passage.chunk, &partner, &kept).await?;
                self.touch(passage.chunk.as_str());
                self.touch(partner.as_str());
            }
        }
        Ok(())
    }

    async fn shadow(&mut self, chunk: &str, by: &Duplicate) -> Result<()> {
        sqlx::query("update chunks set shadowed_by = $2, shadow_kind = $3, shadow_similarity = $4 where id = $1")
            .bind(chunk)
            .bind(by.chunk.as_str())
            .bind(kind_name(by.kind))
            .bind(f64::from(by.similarity))
            .execute(&mut *self.connection)
            .await?;
        boilerplate::recount(self.connection, chunk).await?;
        self.touch(chunk);
        Ok(())
    }

    /// A chunk that stands no longer is no candidate, and what it contradicted is free of it.
    async fn step_down(&mut self, chunk: &str) -> Result<()> {
        candidates::step_down(self.connection, chunk).await?;
        // It is audited anew where it stands again.
        sqlx::query("update chunks set audited = null where id = $1")
            .bind(chunk)
            .execute(&mut *self.connection)
            .await?;
        self.touched.extend(paraphrases::remove(self.connection, chunk).await?);
        let freed = conflicts::remove(self.connection, chunk).await?;
        // What it backed has one voice less.
        self.touched.extend(conflicts::partners(self.connection, &freed).await?);
        self.touched.extend(freed);
        self.touch(chunk);
        Ok(())
    }

    async fn dependents(&mut self, chunk: &str) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar("select id from chunks where shadowed_by = $1 and retired = 0")
            .bind(chunk)
            .fetch_all(&mut *self.connection)
            .await?)
    }

    async fn inexact_dependents(&mut self, chunk: &str) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "select id from chunks where shadowed_by = $1 and retired = 0 and shadow_kind <> 'exact'",
        )
        .bind(chunk)
        .fetch_all(&mut *self.connection)
        .await?)
    }
}

async fn clear_shadow(connection: &mut SqliteConnection, chunk: &str) -> Result<()> {
    sqlx::query("update chunks set shadowed_by = null, shadow_kind = null, shadow_similarity = null where id = $1")
        .bind(chunk)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) fn kind_name(kind: DuplicateKind) -> &'static str {
    match kind {
        DuplicateKind::Exact => "exact",
        DuplicateKind::Near => "near",
        DuplicateKind::Containment => "containment",
    }
}

pub(super) fn kind_from_name(name: &str) -> DuplicateKind {
    match name {
        "exact" => DuplicateKind::Exact,
        "containment" => DuplicateKind::Containment,
        _ => DuplicateKind::Near,
    }
}
