//! Giving way: the row of a chunk names the standing chunk that it is a verified copy of.

use tamis_ingest::ChunkId;
use tamis_scoring::{Duplicate, DuplicateKind, Passage, place_amid};

use super::super::{Result, boilerplate, passages};
use super::Settlement;

impl Settlement<'_> {
    /// Lets a chunk give way to another.
    pub(super) async fn shadow(&mut self, chunk: &str, by: &Duplicate) -> Result<()> {
        self.free(chunk, Some(by.chunk.as_str())).await?;
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

    /// Lets a chunk give way to none.
    pub(super) async fn clear_shadow(&mut self, chunk: &str) -> Result<()> {
        self.free(chunk, None).await?;
        sqlx::query("update chunks set shadowed_by = null, shadow_kind = null, shadow_similarity = null where id = $1")
            .bind(chunk)
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    /// What a chunk gave way to and no longer does has one copy less, and may now be held where that copy was not.
    async fn free(&mut self, chunk: &str, still: Option<&str>) -> Result<()> {
        let above = self.above(chunk).await?.filter(|above| Some(above.chunk.as_str()) != still);
        self.left_by_copies.extend(above.map(|above| above.chunk.as_str().to_owned()));
        Ok(())
    }

    /// Lets what equals a chunk give way to `by` at once, as that chunk does: a page copied each day would otherwise have
    /// all its copies placed again each day. They are graded again by and by.
    pub(super) async fn hand_over(&mut self, chunk: &str, by: &Duplicate) -> Result<()> {
        sqlx::query(
            "update chunks set shadowed_by = $2, shadow_kind = $3, shadow_similarity = $4, graded_on = 0
             where shadowed_by = $1 and shadow_kind = 'exact' and retired = 0",
        )
        .bind(chunk)
        .bind(by.chunk.as_str())
        .bind(kind_name(by.kind))
        .bind(f64::from(by.similarity))
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// What a copy gives way to in the end: where the chunk that it equals is held by another, the two give way to that
    /// one together, or else both stay out of it.
    pub(super) async fn standing_for(&mut self, passage: &Passage, by: Duplicate) -> Result<Duplicate> {
        let Some(above) = self.above(by.chunk.as_str()).await? else { return Ok(by) };
        if by.kind == DuplicateKind::Exact {
            return Ok(above);
        }
        if let Some(link) = self.yields(passage, &above.chunk).await? {
            return Ok(link);
        }
        self.clear_shadow(by.chunk.as_str()).await?;
        if let Some(spokesman) = passages::load_one(self.connection, by.chunk.as_str()).await? {
            self.speak(&spokesman).await?;
        }
        self.touch(by.chunk.as_str());
        Ok(by)
    }

    /// Lets a chunk give way that stands for its copies, and them with it: it keeps its keys and says nothing any more.
    /// False, and nothing is changed, where one of them says what the holder does not.
    pub(super) async fn hold(&mut self, passage: &Passage, by: Duplicate) -> Result<bool> {
        let id = passage.chunk.as_str();
        let by = match self.above(by.chunk.as_str()).await? {
            None => by,
            // The holder is still to be placed and takes in what it holds then.
            Some(above) if !self.placed(above.chunk.as_str()).await?.stands => return Ok(false),
            Some(above) => match self.yields(passage, &above.chunk).await? {
                Some(link) => link,
                None => return Ok(false),
            },
        };
        let copies: Vec<String> = sqlx::query_scalar(
            "select id from chunks where shadowed_by = $1 and shadow_kind <> 'exact' and retired = 0 order by id",
        )
        .bind(id)
        .fetch_all(&mut *self.connection)
        .await?;
        let mut moved = Vec::with_capacity(copies.len());
        for copy in copies {
            let Some(copy) = passages::load_one(self.connection, &copy).await? else { continue };
            match self.yields(&copy, &by.chunk).await? {
                Some(link) => moved.push((copy, link)),
                None => return Ok(false),
            }
        }
        for (copy, link) in moved {
            self.shadow(copy.chunk.as_str(), &link).await?;
        }
        self.hand_over(id, &by).await?;
        self.fall_silent(id).await?;
        self.shadow(id, &by).await?;
        Ok(true)
    }

    /// How a passage gives way to one that stands, if it is a copy of it.
    async fn yields(&mut self, passage: &Passage, to: &ChunkId) -> Result<Option<Duplicate>> {
        let Some(other) = passages::load_one(self.connection, to.as_str()).await? else { return Ok(None) };
        let other = [other];
        let known = self.boilerplate(passage, &other).await?;
        let placement = place_amid(passage, &other, &known);
        Ok(placement.shadowed_by.or(placement.held_by))
    }

    /// What a chunk gives way to.
    async fn above(&mut self, chunk: &str) -> Result<Option<Duplicate>> {
        let link: Option<(String, String, f64)> = sqlx::query_as(
            "select shadowed_by, shadow_kind, shadow_similarity from chunks where id = $1 and shadowed_by is not null",
        )
        .bind(chunk)
        .fetch_optional(&mut *self.connection)
        .await?;
        Ok(link.map(|(above, kind, similarity)| Duplicate {
            chunk: ChunkId::from_stored(above),
            kind: kind_from_name(&kind),
            similarity: similarity as f32,
        }))
    }
}

pub(super) fn kind_name(kind: DuplicateKind) -> &'static str {
    match kind {
        DuplicateKind::Exact => "exact",
        DuplicateKind::Near => "near",
        DuplicateKind::Containment => "containment",
    }
}

pub(in crate::ledger) fn kind_from_name(name: &str) -> DuplicateKind {
    match name {
        "exact" => DuplicateKind::Exact,
        "containment" => DuplicateKind::Containment,
        _ => DuplicateKind::Near,
    }
}
