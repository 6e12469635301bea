//! The review queue: chunks that are held back or contested, and those that people decided about.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use tamis_ingest::{ByteSpan, ContentHash};
use tamis_scoring::{Finding, Scores};
use utoipa::ToSchema;

use super::queue_moves::{self, QueuePlace};
use super::reviews::{self, STATE_AFTER, STATE_BEFORE_FIRST_TIME, STATE_BEFORE_SECOND_TIME};
use super::{Error, Ledger, Result, ReviewState, findings, hits, id_list, time};

/// Which chunks of the queue to show.
#[derive(Debug, Clone, Default)]
pub struct QuarantineFilter {
    /// In one of these states; all of them where there is none.
    pub states: Vec<ReviewState>,
    /// Held back by this rule, or contested by it.
    pub rule: Option<String>,
    /// Of this source.
    pub source: Option<String>,
    /// Each copy by itself. Else the undecided copies of one passage are one item, whose `copies` says how many.
    pub each_copy: bool,
    /// In this order.
    pub order: QuarantineOrder,
    /// After this place in the order, as the last item of the page before gave it.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// The order of the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QuarantineOrder {
    /// Contradictions first, then what is searched for, last copies, low scores, and what waits longest.
    #[default]
    Harm,
    /// What waits longest first.
    Oldest,
    /// What came last first.
    Newest,
    /// By source, document and place in it.
    Document,
}

/// A chunk in the review queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuarantinedChunk {
    /// The chunk.
    pub chunk: String,
    /// Public name of its document.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// Its source.
    pub source: String,
    /// The document's title.
    pub title: Option<String>,
    /// The headings it stands under.
    pub heading_path: Vec<String>,
    /// Where it stands in the document's text, `[start, end)` in bytes.
    #[schema(value_type = Vec<u64>)]
    pub span: ByteSpan,
    /// The text: what a person put in its place, where somebody did.
    pub text: String,
    /// The text as it was read, where a person put another in its place.
    pub original_text: Option<String>,
    /// Its grades, 0..=1.
    #[schema(value_type = Object)]
    pub scores: Scores,
    /// The weighted mean of its grades, 0..=1.
    pub overall: f32,
    /// The chunk it gives way to, where it is a copy: what names its cluster in a decision about all of them.
    pub canonical: Option<String>,
    /// How many more undecided copies of that chunk are in the queue.
    pub copies: u64,
    /// What the policy says: `accept` or `quarantine`.
    pub verdict: String,
    /// The rules that hold it back, the weightiest first.
    pub reasons: Vec<String>,
    /// All that was found about it.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Finding>,
    /// Where it stands in the queue.
    pub status: ReviewState,
    /// What the person who decided wrote.
    pub note: Option<String>,
    /// Who decided last.
    pub decided_by: Option<String>,
    /// When (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// When a snooze ends (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// Until when they keep it (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub claimed_until: Option<Timestamp>,
    /// Since when it is in the queue (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Names what a person decides about here: the words, why they are held back, and what was decided. Send it as
    /// `If-Match` with a decision, or the `ETag`, which begins with it, and the decision is refused where somebody or
    /// something was quicker. Scores move with age and are in the `ETag` only.
    pub revision: String,
    /// Its place in the order of the queue, for reading on after it.
    #[serde(skip)]
    pub place: String,
}

const COLUMNS: &str = "select * from (select c.id, c.text, c.heading_path, c.span_start, c.span_end, c.freshness,
    c.duplication, c.contradiction, c.structure, c.overall, c.verdict, c.reasons, c.quarantined_at,
    d.name, d.uri, d.source, d.title, coalesce(r.version, 0) as version, r.note, r.actor, r.decided_at, r.until,
    r.claimed_by, r.claimed_until, c.harm, c.shadowed_by, r.chunk_id as reviewed, e.original, ";

/// Whether another undecided copy of the same chunk stands for this one in the queue: the first by id, which is found
/// at once however many there are.
const IS_ONE_OF_MANY: &str = "shadowed_by is not null and reviewed is null and exists (
    select 1 from chunks o join documents p on p.id = o.document_id
    where o.shadowed_by = queue.shadowed_by and o.id < queue.id and o.retired = 0 and o.harm is not null
    and not exists (select 1 from reviews q where q.chunk_id = o.id)";
const TABLES: &str = " as place from chunks c join documents d on d.id = c.document_id
    left join reviews r on r.chunk_id = c.id left join chunk_edits e on e.chunk_id = c.id
    where c.retired = 0) as queue where 1 = 1";

impl QuarantineOrder {
    /// SQL for a text that sorts so.
    fn place(self) -> &'static str {
        match self {
            Self::Harm => "c.harm",
            Self::Oldest => "substr('00000000000000000000' || coalesce(c.quarantined_at, 0), -20) || c.id",
            Self::Newest => {
                "substr('00000000000000000000' || (9000000000000000000 - coalesce(c.quarantined_at, 0)), -20) || c.id"
            }
            Self::Document => "d.source || '/' || d.uri || '/' || substr('0000000000' || c.ordinal, -10) || c.id",
        }
    }
}

impl Ledger {
    /// A page of the queue.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn quarantine(&self, filter: &QuarantineFilter) -> Result<Vec<QuarantinedChunk>> {
        // One view of the ledger: the order that a first page names is the order it shows.
        let mut tx = self.pool.begin().await?;
        if filter.order != QuarantineOrder::Harm {
            return queued(&mut tx, filter, filter.order.place(), filter.after.as_deref(), None).await;
        }
        let place = filter.after.as_deref().and_then(QueuePlace::read);
        let seen = match &place {
            Some(place) => place.seen,
            None => queue_moves::last(&mut tx).await?,
        };
        let after = place.as_ref().map(|place| place.key.as_str()).or(filter.after.as_deref());
        let mut items = queued(&mut tx, filter, filter.order.place(), after, Some((seen, false))).await?;
        items.extend(queued(&mut tx, filter, &queue_moves::place_then(seen), after, Some((seen, true))).await?);
        items.sort_by(|a, b| a.place.cmp(&b.place));
        items.truncate(filter.limit as usize);
        for item in &mut items {
            let key = std::mem::take(&mut item.place);
            item.place = QueuePlace { seen, key }.text();
        }
        Ok(items)
    }

    /// Chunks as the queue shows them, in the order of harm; those that are not there (any more) are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn quarantined_chunks(&self, chunks: &[&str]) -> Result<Vec<QuarantinedChunk>> {
        let now = time::now();
        let mut query = select(QuarantineOrder::Harm.place(), now);
        query.push(" and id in (select value from json_each(").push_bind(id_list(chunks)).push(")) order by place, id");
        let mut connection = self.pool.acquire().await?;
        let rows = query.build().fetch_all(&mut *connection).await?;
        items(&mut connection, &rows, now).await
    }

    /// One chunk as the queue shows it, also where it is not in the queue.
    ///
    /// # Errors
    /// [`Error::NoChunk`] where there is none (any more).
    pub async fn quarantined_chunk(&self, chunk: &str) -> Result<QuarantinedChunk> {
        let mut connection = self.pool.acquire().await?;
        one(&mut connection, chunk).await?.ok_or_else(|| Error::NoChunk { id: chunk.to_owned() })
    }
}

/// The chunks of the queue that `filter` lets through, at most as many as it says, after a key in the order of `place`:
/// all of them, or those that have moved since a move, or have not.
async fn queued(
    connection: &mut SqliteConnection,
    filter: &QuarantineFilter,
    place: &str,
    after: Option<&str>,
    moved: Option<(i64, bool)>,
) -> Result<Vec<QuarantinedChunk>> {
    let now = time::now();
    let mut query = select(place, now);
    query.push(" and harm is not null");
    if let Some((seen, moved)) = moved {
        queue_moves::push_moved(&mut query, seen, moved);
    }
    if !filter.states.is_empty() {
        query.push(" and state in (");
        let mut names = query.separated(", ");
        for state in &filter.states {
            names.push_bind(state.name());
        }
        query.push(")");
    }
    if let Some(source) = &filter.source {
        query.push(" and source = ").push_bind(source.as_str());
    }
    if let Some(rule) = &filter.rule {
        query.push(" and (reasons like ").push_bind(format!("%\"{rule}\"%"));
        query.push(
            " or (verdict = 'accept' and exists (select 1 from findings f where f.chunk_id = queue.id and f.rule = ",
        );
        query.push_bind(rule.as_str()).push(" and f.severity <> 'info')))");
    }
    if !filter.each_copy {
        query.push(" and not (").push(IS_ONE_OF_MANY);
        if filter.source.is_some() {
            query.push(" and p.source = queue.source");
        }
        if filter.rule.is_some() {
            query.push(" and o.reasons = queue.reasons");
        }
        query.push("))");
    }
    if let Some(after) = after {
        query.push(" and place > ").push_bind(after);
    }
    query.push(" order by place limit ").push_bind(i64::from(filter.limit));
    let rows = query.build().fetch_all(&mut *connection).await?;
    items(connection, &rows, now).await
}

/// The `revision` of a chunk.
pub(super) async fn revision_of(connection: &mut SqliteConnection, chunk: &str) -> Result<Option<String>> {
    Ok(one(connection, chunk).await?.map(|item| item.revision))
}

async fn one(connection: &mut SqliteConnection, chunk: &str) -> Result<Option<QuarantinedChunk>> {
    let now = time::now();
    let mut query = select(QuarantineOrder::Harm.place(), now);
    query.push(" and id = ").push_bind(chunk);
    let rows = query.build().fetch_all(&mut *connection).await?;
    Ok(items(connection, &rows, now).await?.pop())
}

fn select(place: &str, now: i64) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
    query.push(STATE_BEFORE_FIRST_TIME).push_bind(now).push(STATE_BEFORE_SECOND_TIME).push_bind(now).push(STATE_AFTER);
    query.push(", ").push(place).push(TABLES);
    query
}

/// The items of `rows`: what else is told of them is asked for all of them at once.
async fn items(connection: &mut SqliteConnection, rows: &[SqliteRow], now: i64) -> Result<Vec<QuarantinedChunk>> {
    let chunks: Vec<&str> = rows.iter().map(|row| row.get("id")).collect();
    let mut findings = findings::of_these(connection, &chunks).await?;
    let copies = copies(connection, &chunks).await?;
    rows.iter()
        .zip(chunks)
        .map(|(row, chunk)| {
            let findings = findings.remove(chunk).unwrap_or_default();
            item(row, findings, copies.get(chunk).copied().unwrap_or_default(), now)
        })
        .collect()
}

fn item(row: &SqliteRow, findings: Vec<Finding>, copies: u64, now: i64) -> Result<QuarantinedChunk> {
    let json = |name: &str, what| {
        let text: &str = row.get(name);
        serde_json::from_str::<Vec<String>>(text).map_err(|source| Error::Stored { what, source })
    };
    let offset = |name: &str| usize::try_from(row.get::<i64, _>(name)).unwrap_or_default();
    let status = ReviewState::from_name(row.get("state"));
    let claimed_until: Option<i64> = row.get::<Option<i64>, _>("claimed_until").filter(|until| *until > now);
    let decided_at: Option<i64> = row.get::<Option<i64>, _>("decided_at").filter(|at| *at > 0);
    Ok(QuarantinedChunk {
        chunk: row.get("id"),
        document: row.get("name"),
        uri: row.get("uri"),
        source: row.get("source"),
        title: row.get("title"),
        heading_path: json("heading_path", "heading path")?,
        span: ByteSpan::new(offset("span_start"), offset("span_end")),
        text: row.get("text"),
        original_text: row.get::<Option<&str>, _>("original").map(reviews::edits::original_text).transpose()?,
        scores: hits::scores(row),
        overall: row.get::<f64, _>("overall") as f32,
        canonical: row.get("shadowed_by"),
        copies,
        verdict: row.get("verdict"),
        reasons: json("reasons", "list of reasons")?,
        findings,
        status,
        note: row.get("note"),
        decided_by: decided_at.and_then(|_| row.get("actor")),
        decided_at: time::read(decided_at),
        until: time::read(row.get("until")).filter(|_| status == ReviewState::Snoozed),
        claimed_by: claimed_until.and_then(|_| row.get("claimed_by")),
        claimed_until: time::read(claimed_until),
        since: time::read(row.get("quarantined_at")),
        revision: revision(row, status),
        place: row.get("place"),
    })
}

/// How many other undecided copies of what each of `chunks` repeats are in the queue, where there are any.
async fn copies(connection: &mut SqliteConnection, chunks: &[&str]) -> Result<HashMap<String, u64>> {
    let counted: Vec<(String, i64)> = sqlx::query_as(
        "select c.id, count(*) from chunks c join chunks o on o.shadowed_by = c.shadowed_by and o.id <> c.id
         where c.id in (select value from json_each($1)) and o.retired = 0 and o.harm is not null
           and not exists (select 1 from reviews q where q.chunk_id = o.id) group by c.id",
    )
    .bind(id_list(chunks))
    .fetch_all(connection)
    .await?;
    Ok(counted.into_iter().map(|(chunk, count)| (chunk, count.unsigned_abs())).collect())
}

/// Names what a person sees of a chunk when deciding: its words, why it is here, and what was decided. Scores are left
/// out, because age moves them every day without changing the question.
fn revision(row: &SqliteRow, status: ReviewState) -> String {
    let version = row.get::<i64, _>("version").to_string();
    let text = [row.get("text"), row.get("verdict"), row.get("reasons"), version.as_str(), status.name()].join("\0");
    let hash = ContentHash::of(text.as_bytes());
    hash.as_str().get(..16).unwrap_or_default().to_owned()
}
