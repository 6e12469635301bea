//! The list of contradictions, each with both sentences.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite};
use tamis_ingest::ByteSpan;
use tamis_scoring::{Conflict, Passage, Rule};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, passages, time};

/// Two chunks that cannot both be true.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenConflict {
    /// What they disagree on, the surest first.
    pub disagreements: Vec<Disagreement>,
    /// Both chunks, the one that stands first; in no order where nothing decides.
    pub sides: Vec<ConflictSide>,
    /// Whether authority, version or date says that the first side stands. Where they do not, both stay searchable,
    /// marked, until somebody decides.
    pub decided: bool,
    /// Since when it is known (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Its place in the list, for reading on after it.
    #[serde(skip)]
    pub place: String,
}

/// One point on which two chunks disagree.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Disagreement {
    /// The rule that saw it, such as `contradiction.number`.
    #[schema(value_type = String)]
    pub rule: Rule,
    /// What differs, naming both values.
    pub message: String,
    /// How sure, 0..=1.
    pub confidence: f32,
    /// The sentence on each side, in the order of the sides.
    pub quotes: Vec<String>,
}

/// One of the two chunks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConflictSide {
    /// The chunk.
    pub chunk: String,
    /// Public name of its document.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// How much its document is believed, 0 to 100.
    pub authority: u8,
    /// When its content last changed, where that is known (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_at: Option<Timestamp>,
}

impl Ledger {
    /// A page of the open conflicts, in the order in which they were found. A conflict is over when a person keeps one of
    /// its sides out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open_conflicts(&self, after: Option<&str>, limit: u32) -> Result<Vec<OpenConflict>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "select * from (select chunk_id, other_id, conflicts, found_at,
                substr('00000000000000000000' || found_at, -20) || chunk_id || other_id as place
             from conflicts where not exists (select 1 from reviews r where r.chunk_id in (conflicts.chunk_id, other_id)
                and r.state in ('rejected', 'superseded'))) as pairs where 1 = 1",
        );
        if let Some(after) = after {
            query.push(" and place > ").push_bind(after);
        }
        query.push(" order by place limit ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut connection = self.pool.acquire().await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let first = passages::load_one(&mut connection, row.get("chunk_id")).await?;
            let second = passages::load_one(&mut connection, row.get("other_id")).await?;
            let (Some(first), Some(second)) = (first, second) else { continue };
            let conflicts: Vec<Conflict> = serde_json::from_str(row.get("conflicts"))
                .map_err(|source| Error::Stored { what: "list of conflicts", source })?;
            let since = time::read(row.get("found_at"));
            found.push(open_conflict(&first, &second, conflicts, since, row.get("place")));
        }
        Ok(found)
    }
}

fn open_conflict(
    first: &Passage,
    second: &Passage,
    mut conflicts: Vec<Conflict>,
    since: Option<Timestamp>,
    place: String,
) -> OpenConflict {
    let order = first.standing.substantive(&second.standing);
    let (mut stands, mut yields) = (first, second);
    if order.is_some_and(std::cmp::Ordering::is_lt) {
        (stands, yields) = (second, first);
        conflicts = conflicts.iter().map(Conflict::turned).collect();
    }
    conflicts.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let disagreements = conflicts
        .into_iter()
        .map(|one| Disagreement {
            quotes: vec![sentence(stands, one.here), sentence(yields, one.there)],
            rule: one.rule,
            message: one.message,
            confidence: one.confidence,
        })
        .collect();
    OpenConflict { disagreements, sides: vec![side(stands), side(yields)], decided: order.is_some(), since, place }
}

fn side(passage: &Passage) -> ConflictSide {
    ConflictSide {
        chunk: passage.chunk.to_string(),
        document: passage.document_name.clone(),
        uri: passage.uri.clone(),
        authority: passage.standing.authority,
        effective_at: passage.standing.effective_at,
    }
}

/// The text at a span of the passage's document, on one line.
fn sentence(passage: &Passage, span: ByteSpan) -> String {
    let inside = span.start().checked_sub(passage.offset).zip(span.end().checked_sub(passage.offset));
    let text = inside.and_then(|(start, end)| passage.text.get(start..end)).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
