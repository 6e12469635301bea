//! Keeping the relations between chunks true while chunks come and go.
//!
//! A chunk *stands*, or is *shadowed* by a standing chunk that precedes it and that it was verified to duplicate. Only
//! standing chunks have keys, so only they are candidates. Chunks are placed best first: what a change does to one can
//! only change those that come after it in precedence, so each is placed once, and who stands in the end depends on
//! nothing but the chunks there are (a greedy maximal independent set, kept up as in Censor-Hillel, Haramaty and Karnin,
//! "Optimal dynamic distributed MIS", 2016). `scoring::cross_check` comes to the same for a whole set. Everything a change
//! touches is graded again in the same transaction.

mod shadow;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sqlx::SqliteConnection;
use tamis_ingest::ChunkId;
use tamis_scoring::{
    Boilerplate, Conflict, Duplicate, DuplicateKind, Fingerprint, Passage, Placement, Policy, Standing, Templates,
    confront, place_amid,
};

pub(super) use shadow::kind_from_name;

use super::{Result, boilerplate, candidates, conflicts, findings, paraphrases, passages};

/// The relations of one write transaction on their way to being true again.
pub(super) struct Settlement<'a> {
    connection: &'a mut SqliteConnection,
    policy: &'a Policy,
    /// Chunks that may have to be placed otherwise than they are.
    unplaced: BTreeSet<String>,
    /// The same, read and in the order in which they are placed.
    waiting: BTreeMap<Turn, Passage>,
    /// Chunks whose findings may have changed.
    touched: BTreeSet<String>,
    /// Chunks that a copy has left.
    left_by_copies: BTreeSet<String>,
    /// Of how many chunks that were placed now a standing chunk has parts in it.
    parts_found: HashMap<String, u32>,
    /// Whether the corpus has boilerplate, once that was asked.
    any_boilerplate: Option<bool>,
}

/// Work a settlement has found and not done.
#[derive(Default)]
pub(super) struct Leftovers {
    unplaced: BTreeSet<String>,
    left_by_copies: BTreeSet<String>,
    touched: BTreeSet<String>,
}

/// When a chunk is placed: in order of precedence, the best first.
#[derive(PartialEq, Eq)]
struct Turn(Standing, ChunkId);

impl Ord for Turn {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.precedence(&self.0).then_with(|| self.1.cmp(&other.1))
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How a chunk is placed so far.
struct Placed {
    /// It has keys.
    stands: bool,
    /// It gives way, as one that is held does although it stands for its copies.
    gives_way: bool,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(connection: &'a mut SqliteConnection, policy: &'a Policy) -> Self {
        Self::resume(connection, policy, Leftovers::default())
    }

    /// What is still to be done, so that the caller may write rows before going on.
    pub(super) fn into_leftovers(self) -> Leftovers {
        let Self { unplaced, left_by_copies, touched, .. } = self;
        Leftovers { unplaced, left_by_copies, touched }
    }

    /// Goes on where another settlement left off.
    pub(super) fn resume(connection: &'a mut SqliteConnection, policy: &'a Policy, leftovers: Leftovers) -> Self {
        let Leftovers { unplaced, left_by_copies, touched } = leftovers;
        let (waiting, parts_found) = (BTreeMap::new(), HashMap::new());
        Self { connection, policy, unplaced, waiting, touched, left_by_copies, parts_found, any_boilerplate: None }
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
            self.clear_shadow(chunk).await?;
            sqlx::query("update chunks set retired = 1, searchable = 0 where id = $1")
                .bind(chunk)
                .execute(&mut *self.connection)
                .await?;
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
        self.clear_shadow(chunk).await?;
        if eligible {
            self.unplaced.insert(chunk.to_owned());
        }
        Ok(())
    }

    /// Grades a chunk again, whatever else happens to it.
    pub(super) fn touch(&mut self, chunk: &str) {
        self.touched.insert(chunk.to_owned());
    }

    /// Places a chunk again of which something changed that decides where it stands.
    pub(super) async fn place_again(&mut self, chunk: &str) -> Result<()> {
        self.step_down(chunk).await?;
        self.unplaced.insert(chunk.to_owned());
        Ok(())
    }

    /// Places the chunks of a document again that pass by themselves.
    pub(super) async fn place_document_again(&mut self, document: &str) -> Result<()> {
        let chunks: Vec<String> =
            sqlx::query_scalar("select id from chunks where document_id = $1 and retired = 0 and eligible = 1")
                .bind(document)
                .fetch_all(&mut *self.connection)
                .await?;
        for chunk in &chunks {
            self.place_again(chunk).await?;
        }
        Ok(())
    }

    /// Brings a chunk into the corpus.
    pub(super) fn enter(&mut self, passage: Passage) {
        self.unplaced.remove(passage.chunk.as_str());
        self.wait(passage);
    }

    /// Places all that has to be placed, the best first, then grades all that was touched.
    pub(super) async fn finish(mut self) -> Result<()> {
        loop {
            self.read_unplaced().await?;
            while let Some((_, passage)) = self.waiting.pop_first() {
                self.place(&passage).await?;
                self.read_unplaced().await?;
            }
            // One of several parts of a chunk that were found now may be the last of it.
            let found = std::mem::take(&mut self.parts_found).into_iter();
            self.unplaced.extend(found.filter(|(_, parts)| *parts > 1).map(|(chunk, _)| chunk));
            for chunk in std::mem::take(&mut self.left_by_copies) {
                if self.placed(&chunk).await?.stands {
                    self.unplaced.insert(chunk);
                }
            }
            if self.unplaced.is_empty() {
                break;
            }
        }
        for chunk in &self.touched {
            findings::regrade(self.connection, chunk, self.policy).await?;
        }
        Ok(())
    }

    fn wait(&mut self, passage: Passage) {
        self.waiting.insert(Turn(passage.standing.clone(), passage.chunk.clone()), passage);
    }

    /// Has what is to be placed wait for its turn.
    async fn read_unplaced(&mut self) -> Result<()> {
        for id in std::mem::take(&mut self.unplaced) {
            boilerplate::recount(self.connection, &id).await?;
            if let Some(mut passage) = passages::load_one(self.connection, &id).await? {
                let scope = passage.fingerprint.scope(&passage.text);
                passage.fingerprint = Fingerprint::of(&passage.text).within(scope);
                self.wait(passage);
            }
        }
        Ok(())
    }

    /// Places one chunk, all that precede it being placed: it stands, or gives way to a standing duplicate; and
    /// statements it makes are held against those of standing chunks.
    async fn place(&mut self, passage: &Passage) -> Result<()> {
        let id = passage.chunk.as_str();
        self.touch(id);
        let so_far = self.placed(id).await?;
        // Most copies are exact, and one look-up finds what they equal.
        let equal = candidates::equal(self.connection, &passage.fingerprint, id).await?;
        let placement = match place_amid(passage, &equal, &Boilerplate::default()) {
            placement if placement.shadowed_by.is_some() => placement,
            _ => self.among_candidates(passage).await?,
        };
        if let Some(by) = placement.shadowed_by {
            let by = self.standing_for(passage, by).await?;
            if so_far.stands {
                if by.kind == DuplicateKind::Exact {
                    self.hand_over(id, &by).await?;
                }
                self.step_down(id).await?;
            }
            return self.shadow(id, &by).await;
        }
        if !so_far.stands {
            let keys = self.keys(passage).await?;
            candidates::stand(self.connection, id, &keys).await?;
            // They come after it, so their turn is still to come.
            self.unplaced.extend(placement.shadows.into_iter().map(|loser| loser.chunk.as_str().to_owned()));
            for other in placement.parts_of {
                *self.parts_found.entry(other.as_str().to_owned()).or_default() += 1;
            }
        }
        let held = match placement.held_by {
            Some(by) => self.hold(passage, by).await?,
            None => false,
        };
        if !held && (!so_far.stands || so_far.gives_way) {
            self.clear_shadow(id).await?;
            self.speak(passage).await?;
            self.reword(passage, &placement.reworded).await?;
        }
        for inner in placement.holds {
            let Some(other) = passages::load_one(self.connection, inner.chunk.as_str()).await? else { continue };
            if !self.placed(inner.chunk.as_str()).await?.gives_way {
                self.hold(&other, Duplicate { chunk: passage.chunk.clone(), ..inner }).await?;
            }
        }
        Ok(())
    }

    /// Notes which of two standing passages that say much the same in other words comes later.
    async fn reword(&mut self, passage: &Passage, alike: &[Duplicate]) -> Result<()> {
        let id = passage.chunk.as_str();
        for other in alike {
            let other_id = other.chunk.as_str();
            let Some(counterpart) = passages::load_one(self.connection, other_id).await? else { continue };
            let comes_later = passage.standing.precedence(&counterpart.standing).is_lt();
            let (later, earlier) = if comes_later { (id, other_id) } else { (other_id, id) };
            sqlx::query(
                "update chunks set reworded_by = $2, reworded_similarity = $3
                 where id = $1 and shadowed_by is null and coalesce(reworded_similarity, 0) < $3",
            )
            .bind(later)
            .bind(earlier)
            .bind(f64::from(other.similarity))
            .execute(&mut *self.connection)
            .await?;
            self.touch(later);
        }
        Ok(())
    }

    /// How a passage is placed among those that share a key with it.
    async fn among_candidates(&mut self, passage: &Passage) -> Result<Placement> {
        let keys = self.keys(passage).await?;
        let rivals = candidates::duplicates(self.connection, &keys, passage.chunk.as_str()).await?;
        let known = self.boilerplate(passage, &rivals).await?;
        Ok(place_amid(passage, &rivals, &known))
    }

    /// The keys to find a passage by.
    async fn keys(&mut self, passage: &Passage) -> Result<Vec<i64>> {
        let known = self.boilerplate(passage, &[]).await?;
        Ok(candidates::duplicate_keys(&passage.fingerprint, &passage.keys_amid(&known)))
    }

    /// Lets a chunk's statements be found, and holds them against those of others.
    async fn speak(&mut self, passage: &Passage) -> Result<()> {
        let id = passage.chunk.as_str();
        candidates::speak(self.connection, id, &passage.claims).await?;
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
                let kin = others.iter().chain([passage]).filter(|one| one.document == other.document);
                let kin: HashSet<&str> = kin.map(|one| one.chunk.as_str()).collect();
                self.retract(other, &kin, &templates).await?;
            }
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
        if !any {
            return Ok(Boilerplate::default());
        }
        let chunks = rivals.iter().chain([passage]).map(|one| one.chunk.as_str());
        boilerplate::among(self.connection, chunks, self.policy).await
    }

    /// Takes back the conflicts that rest on what has turned out to be a template, or a series of records among the
    /// passages of one document, its `kin`.
    async fn retract(&mut self, passage: &Passage, kin: &HashSet<&str>, templates: &Templates) -> Result<()> {
        for (partner, disagreements) in conflicts::of(self.connection, passage.chunk.as_str()).await? {
            let within = kin.contains(partner.as_str());
            let (gone, kept): (Vec<Conflict>, Vec<Conflict>) =
                disagreements.into_iter().partition(|conflict| templates.explains_away(passage, within, conflict.here));
            if !gone.is_empty() {
                let partner = ChunkId::from_stored(partner);
                conflicts::insert(self.connection, &passage.chunk, &partner, &kept).await?;
                self.touch(passage.chunk.as_str());
                self.touch(partner.as_str());
            }
        }
        Ok(())
    }

    /// A chunk that stands no longer is no candidate, what it contradicted is free of it, and what gave way to it is
    /// placed again.
    async fn step_down(&mut self, chunk: &str) -> Result<()> {
        candidates::step_down(self.connection, chunk).await?;
        self.fall_silent(chunk).await?;
        let left_alone: Vec<String> =
            sqlx::query_scalar("select id from chunks where shadowed_by = $1 and retired = 0")
                .bind(chunk)
                .fetch_all(&mut *self.connection)
                .await?;
        self.unplaced.extend(left_alone);
        Ok(())
    }

    async fn fall_silent(&mut self, chunk: &str) -> Result<()> {
        let reworded: Vec<String> = sqlx::query_scalar(
            "update chunks set reworded_by = null, reworded_similarity = null where id = $1 or reworded_by = $1
             returning id",
        )
        .bind(chunk)
        .fetch_all(&mut *self.connection)
        .await?;
        self.touched.extend(reworded);
        // What stands again is audited anew.
        sqlx::query("update chunks set audited = null where id = $1")
            .bind(chunk)
            .execute(&mut *self.connection)
            .await?;
        self.touched.extend(paraphrases::remove(self.connection, chunk).await?);
        candidates::fall_silent(self.connection, chunk).await?;
        let freed = conflicts::remove(self.connection, chunk).await?;
        // What it backed has one voice less.
        self.touched.extend(conflicts::partners(self.connection, &freed).await?);
        self.touched.extend(freed);
        self.touch(chunk);
        Ok(())
    }

    async fn placed(&mut self, chunk: &str) -> Result<Placed> {
        let (stands, gives_way): (bool, bool) = sqlx::query_as(
            "select exists (select 1 from bands where chunk_id = $1),
                    exists (select 1 from chunks where id = $1 and shadowed_by is not null)",
        )
        .bind(chunk)
        .fetch_one(&mut *self.connection)
        .await?;
        Ok(Placed { stands, gives_way })
    }
}
