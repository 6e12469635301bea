//! In which order people are asked about chunks: the most harmful first.
//!
//! Contradictions that nothing decides come first, for both sides are searched, then those that are decided, then what is
//! searched for (a chunk that is held back is found by nobody, so what counts is how often searches returned the chunk
//! that stands in its place or denies it, and how often they would have returned the chunk itself, by [`crate::wanted`]),
//! then last copies of their topic, then low scores, then what waits longest. The key sorts as text, so that a page of the
//! queue is one look into
//! an index.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tamis_ingest::ChunkId;
use tamis_scoring::{Dimension, Finding, Rule, Severity};

use super::{Ledger, Result, decay, queue_moves};

/// Days for which searches count.
const DAYS: i64 = 30;
/// Most that demand can count, in six digits.
const MOST: i64 = 999_999;
/// Most chunks of the queue of which it is worked out whether searches would return them.
const MOST_HELD: i64 = 5_000;
/// Chunks of which demand is written down at a time: somebody may wait to decide.
const AT_A_TIME: usize = 32;
/// Where demand stands in the key, counted in characters from 0.
const DEMAND_AT: usize = 1;
const DEMAND_DIGITS: usize = 6;

/// What makes a chunk harmful.
pub(super) struct Harm {
    pub(super) contradicted: Contradicted,
    /// How often searches returned its counterparts, or would have returned the chunk.
    pub(super) demand: i64,
    pub(super) last_copy: bool,
    /// Overall score, 0..=1.
    pub(super) overall: f32,
    /// Since when it is in the queue, in microseconds since 1970.
    pub(super) since: i64,
}

impl Harm {
    /// The place in the queue, as text: the smaller the more harmful.
    pub(super) fn key(&self, chunk: &str) -> String {
        format!(
            "{}{}{}{:04}{:020}{chunk}",
            self.contradicted as u8,
            demand_digits(self.demand),
            u8::from(!self.last_copy),
            (self.overall.clamp(0.0, 1.0) * 9_999.0).round() as u16,
            self.since.max(0)
        )
    }
}

fn demand_digits(demand: i64) -> String {
    format!("{:06}", MOST - demand.clamp(0, MOST))
}

/// Whether another chunk denies one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contradicted {
    /// One does, and nothing says which of the two stands.
    Open = 0,
    /// One does, and that one stands.
    Decided = 1,
    /// None does, or this one stands.
    No = 2,
}

/// What the findings say of contradictions.
pub(super) fn contradicted(findings: &[Finding]) -> Contradicted {
    let severities = || findings.iter().filter(|one| one.dimension == Dimension::Contradiction).map(|one| one.severity);
    if severities().any(|severity| severity == Severity::Warn) {
        Contradicted::Open
    } else if severities().any(|severity| severity == Severity::Error) {
        Contradicted::Decided
    } else {
        Contradicted::No
    }
}

/// Whether the audit says that another chunk says the same in other words.
pub(super) fn is_paraphrase(findings: &[Finding]) -> bool {
    findings.iter().any(|one| one.rule == Rule::DuplicateParaphrase)
}

/// How often searches of the last 30 days returned the counterparts of a chunk's findings, or would have returned it.
pub(super) async fn demand(connection: &mut SqliteConnection, chunk: &str, findings: &[Finding]) -> Result<i64> {
    let others = findings.iter().filter_map(|one| one.counterpart.as_ref()).map(|other| other.chunk.as_str());
    let counted: BTreeSet<&str> = others.chain([chunk]).collect();
    let mut query = QueryBuilder::<Sqlite>::new("select coalesce(sum(hits), 0) from search_demand where day > ");
    query.push_bind(decay::day(Timestamp::now()) - DAYS).push(" and chunk_id in (");
    let mut ids = query.separated(", ");
    for chunk in counted {
        ids.push_bind(chunk);
    }
    query.push(")");
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

impl Ledger {
    /// Counts how often searches returned chunks, or would have, and moves those of the queue that they are, stand in for,
    /// or deny.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn add_demand(&self, hits: &HashMap<ChunkId, u64>) -> Result<()> {
        if hits.is_empty() {
            return Ok(());
        }
        let today = decay::day(Timestamp::now());
        let hits: Vec<(&ChunkId, u64)> = hits.iter().map(|(chunk, count)| (chunk, *count)).collect();
        for some in hits.chunks(AT_A_TIME) {
            let mut write = self.write_in_background().await?;
            for &(chunk, count) in some {
                sqlx::query(
                    "insert into search_demand (chunk_id, day, hits) values ($1, $2, $3)
                     on conflict (chunk_id, day) do update set hits = search_demand.hits + excluded.hits",
                )
                .bind(chunk.as_str())
                .bind(today)
                .bind(i64::try_from(count).unwrap_or(MOST))
                .execute(&mut *write.tx)
                .await?;
                move_in_queue(&mut write.tx, chunk.as_str()).await?;
            }
            write.commit().await?;
        }
        let mut write = self.write_in_background().await?;
        sqlx::query("delete from search_demand where day <= $1").bind(today - DAYS).execute(&mut *write.tx).await?;
        queue_moves::forget(&mut write.tx).await?;
        write.commit().await
    }

    /// The most harmful chunks of the queue, each with all its words: title, headings and text.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn held_words(&self) -> Result<Vec<(ChunkId, String)>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select c.id, coalesce(d.title, '') || ' ' || c.heading_path || ' ' || c.text
             from chunks c join documents d on d.id = c.document_id
             where c.harm is not null and c.retired = 0 and c.searchable = 0 order by c.harm limit $1",
        )
        .bind(MOST_HELD)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(id, words)| (ChunkId::from_stored(id), words)).collect())
    }
}

/// Puts the demand of now into the keys of `chunk` and of those in the queue that have it as a counterpart.
async fn move_in_queue(connection: &mut SqliteConnection, chunk: &str) -> Result<()> {
    let behind: Vec<(String, String)> = sqlx::query_as(
        "select id, harm from chunks where harm is not null and retired = 0 and (id = $1 or shadowed_by = $1 or id in (
             select other_id from conflicts where chunk_id = $1 union select chunk_id from conflicts where other_id = $1
             union select other_id from paraphrases where chunk_id = $1
             union select chunk_id from paraphrases where other_id = $1))",
    )
    .bind(chunk)
    .fetch_all(&mut *connection)
    .await?;
    for (id, key) in behind {
        let findings = super::findings::of(connection, &id).await?;
        let digits = demand_digits(demand(connection, &id, &findings).await?);
        let (head, tail) = (key.get(..DEMAND_AT), key.get(DEMAND_AT + DEMAND_DIGITS..));
        if let (Some(head), Some(tail)) = (head, tail) {
            let moved = format!("{head}{digits}{tail}");
            queue_moves::note(connection, &id, Some(&key), Some(&moved)).await?;
            sqlx::query("update chunks set harm = $2 where id = $1")
                .bind(&id)
                .bind(moved)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Contradicted, Harm};

    #[test]
    fn each_reason_goes_before_those_after_it() {
        let least = || Harm { contradicted: Contradicted::No, demand: 0, last_copy: false, overall: 1.0, since: 2 };
        let order = [
            Harm { contradicted: Contradicted::Open, ..least() },
            Harm { contradicted: Contradicted::Decided, ..least() },
            Harm { demand: 2_000_000, ..least() },
            Harm { demand: 7, ..least() },
            Harm { last_copy: true, ..least() },
            Harm { overall: 0.1, ..least() },
            Harm { since: 1, ..least() },
            least(),
        ];
        let keys: Vec<String> = order.iter().map(|harm| harm.key("c")).collect();
        assert!(keys.is_sorted(), "{keys:#?}");
        assert!(keys.iter().all(|key| key.len() == keys[0].len()));
    }
}
