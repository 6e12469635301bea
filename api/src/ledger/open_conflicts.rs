//! The list of contradictions, each with both sentences.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use tamis_ingest::ByteSpan;
use tamis_scoring::{Conflict, ConflictGround, ConflictOutcome, ConflictRelation, Passage, Rule};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, conflicts, passages, time};

/// Two chunks that cannot both be true.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenConflict {
    /// What they disagree on, the surest first.
    pub disagreements: Vec<Disagreement>,
    /// Both chunks, the one that stands first; in no order where nothing decides.
    pub sides: Vec<ConflictSide>,
    /// What the first side is to the second: `supersedes` where it stands, `conflicts_with` where nothing tells which one
    /// does.
    #[schema(value_type = String)]
    pub relation: ConflictRelation,
    /// What tells which one stands: `authority`, `version`, `date` or `agreement` (of independent documents); null where
    /// nothing does.
    #[schema(value_type = Option<String>)]
    pub ground: Option<ConflictGround>,
    /// Whether the second side has given way. Where not, both stay searchable, marked, until somebody decides: nothing
    /// tells which one stands, or only the audit of vectors saw the conflict, and a person is to confirm it.
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
    /// The other documents that confirm this side: they deny the other side in the same place.
    pub confirmed_by: Vec<String>,
}

/// Whether nobody keeps a side of a conflict out: SQL of a row of `conflicts`.
pub(super) const IS_OPEN: &str =
    "not exists (select 1 from reviews r where r.chunk_id in (conflicts.chunk_id, conflicts.other_id)
    and r.state in ('rejected', 'superseded'))";

impl Ledger {
    /// A page of the open conflicts, in the order in which they were found. A conflict is over when a person keeps one of
    /// its sides out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open_conflicts(&self, after: Option<&str>, limit: u32) -> Result<Vec<OpenConflict>> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "select * from (select chunk_id, other_id, conflicts, relation, ground, found_at,
                substr('00000000000000000000' || found_at, -20) || chunk_id || other_id as place from conflicts where ",
        );
        query.push(IS_OPEN).push(") as pairs where 1 = 1");
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
            let clashes: Vec<Conflict> = serde_json::from_str(row.get("conflicts"))
                .map_err(|source| Error::Stored { what: "list of conflicts", source })?;
            let relation = ConflictRelation::from_name(row.get("relation")).unwrap_or(ConflictOutcome::OPEN.relation);
            let ground = row.get::<Option<&str>, _>("ground").and_then(ConflictGround::from_name);
            let known = Known {
                backers: [
                    backers(&mut connection, &second, &clashes.iter().map(Conflict::turned).collect::<Vec<_>>())
                        .await?,
                    backers(&mut connection, &first, &clashes).await?,
                ],
                outcome: ConflictOutcome { relation, ground },
                since: time::read(row.get("found_at")),
                place: row.get("place"),
            };
            found.push(open_conflict(&first, &second, clashes, known));
        }
        Ok(found)
    }
}

/// The documents that deny what `denied` says in these conflicts, which are seen from it: they confirm the other side.
async fn backers(
    connection: &mut SqliteConnection,
    denied: &Passage,
    clashes: &[Conflict],
) -> Result<BTreeSet<String>> {
    let opponents = conflicts::opponents(connection, denied.chunk.as_str()).await?;
    let against = clashes.iter().flat_map(|clash| conflicts::against(&opponents, clash.here));
    Ok(against.map(str::to_owned).collect())
}

/// What is known of a conflict beside both passages.
struct Known {
    /// Where the documents are that say what the first and the second side say.
    backers: [BTreeSet<String>; 2],
    outcome: ConflictOutcome,
    since: Option<Timestamp>,
    place: String,
}

fn open_conflict(first: &Passage, second: &Passage, mut clashes: Vec<Conflict>, known: Known) -> OpenConflict {
    let Known { backers: [mut backs_first, mut backs_second], outcome, since, place } = known;
    let (mut stands, mut yields, mut relation) = (first, second, outcome.relation);
    if relation == ConflictRelation::SupersededBy {
        (stands, yields, relation) = (second, first, relation.turned());
        (backs_first, backs_second) = (backs_second, backs_first);
        clashes = clashes.iter().map(Conflict::turned).collect();
    }
    clashes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let certain = clashes.iter().any(Conflict::is_certain);
    let disagreements = clashes
        .into_iter()
        .map(|one| Disagreement {
            quotes: vec![sentence(stands, one.here), sentence(yields, one.there)],
            rule: one.rule,
            message: one.message,
            confidence: one.confidence,
        })
        .collect();
    OpenConflict {
        disagreements,
        sides: vec![side(stands, &backs_first), side(yields, &backs_second)],
        relation,
        ground: outcome.ground,
        decided: certain && relation != ConflictRelation::ConflictsWith,
        since,
        place,
    }
}

fn side(passage: &Passage, backers: &BTreeSet<String>) -> ConflictSide {
    ConflictSide {
        chunk: passage.chunk.to_string(),
        document: passage.document_name.clone(),
        uri: passage.uri.clone(),
        authority: passage.standing.authority,
        effective_at: passage.standing.effective_at,
        confirmed_by: backers.iter().filter(|uri| **uri != passage.uri).cloned().collect(),
    }
}

/// The text at a span of the passage's document, on one line.
fn sentence(passage: &Passage, span: ByteSpan) -> String {
    passage.words_at(span).split_whitespace().collect::<Vec<_>>().join(" ")
}
