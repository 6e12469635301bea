//! Links to pages elsewhere, and which of those are gone.

use std::time::Duration;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tamis_ingest::{ByteSpan, web_links};
use tamis_scoring::Finding;
use tamis_scoring::freshness::dead_link;

use super::{Ledger, Result, time};
use crate::web_page::Answer;

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;
/// A page is gone once its server has said so for so long: pages that are moved are missing for a moment.
const GONE_FOR: i64 = MICROSECONDS_A_DAY;
/// Chunks read at a time.
const PAGE: i64 = 1_000;
/// Rows in a statement.
const ROWS: usize = 500;

/// A finding about a chunk.
pub(super) struct DeadLink {
    pub(super) chunk: String,
    pub(super) finding: Finding,
}

impl Ledger {
    /// Collects the links of all live chunks.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn collect_web_links(&self) -> Result<()> {
        let mut write = self.write_in_background().await?;
        sqlx::query("delete from web_links").execute(&mut *write.tx).await?;
        let mut last = String::new();
        loop {
            let chunks: Vec<(String, String, i64)> = sqlx::query_as(
                "select id, text, span_start from chunks where retired = 0 and id > $1 order by id limit $2",
            )
            .bind(&last)
            .bind(PAGE)
            .fetch_all(&mut *write.tx)
            .await?;
            let Some((end, ..)) = chunks.last() else { break };
            last.clone_from(end);
            let mut rows = Vec::new();
            for (chunk, text, start) in chunks {
                let links = web_links(&text).into_iter();
                rows.extend(links.map(|(span, url)| (chunk.clone(), start, span, url)));
            }
            for rows in rows.chunks(ROWS) {
                let mut query =
                    QueryBuilder::<Sqlite>::new("insert into web_links (chunk_id, span_start, span_end, url) ");
                query.push_values(rows, |mut row, (chunk, start, span, url)| {
                    row.push_bind(chunk)
                        .push_bind(start + span.start() as i64)
                        .push_bind(start + span.end() as i64)
                        .push_bind(url);
                });
                query.build().execute(&mut *write.tx).await?;
            }
        }
        sqlx::query("delete from web_pages where url not in (select url from web_links)")
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Linked pages that were not asked for within `again`, those never asked for first. A page that was found gone is
    /// asked for again after a day, to be sure.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn pages_to_ask_for(&self, again: Duration, most: usize) -> Result<Vec<String>> {
        let now = time::now();
        let again = i64::try_from(again.as_micros()).unwrap_or(i64::MAX);
        Ok(sqlx::query_scalar(
            "select distinct l.url from web_links l left join web_pages p on p.url = l.url
             where p.url is null or p.checked_at <= $1 or (p.gone_since > $2 and p.checked_at <= $3)
             order by p.checked_at limit $4",
        )
        .bind(now.saturating_sub(again))
        .bind(now.saturating_sub(2 * GONE_FOR))
        .bind(now.saturating_sub(GONE_FOR))
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?)
    }

    /// Records what pages answered.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn record_answers(&self, answers: &[(String, Answer)]) -> Result<()> {
        let now = time::now();
        let mut write = self.write_in_background().await?;
        for (url, answer) in answers {
            let gone_since = matches!(answer, Answer::Gone(_)).then_some(now);
            sqlx::query(
                "insert into web_pages (url, checked_at, answer, gone_since) values ($1, $2, $3, $4)
                 on conflict (url) do update set checked_at = excluded.checked_at, answer = excluded.answer,
                     gone_since = case when excluded.gone_since is null then null
                                       else coalesce(web_pages.gone_since, excluded.gone_since) end",
            )
            .bind(url)
            .bind(now)
            .bind(answer.to_string())
            .bind(gone_since)
            .execute(&mut *write.tx)
            .await?;
        }
        write.commit().await
    }
}

/// The links that lead to pages that are gone.
pub(super) async fn dead(connection: &mut SqliteConnection) -> Result<Vec<DeadLink>> {
    let rows: Vec<(String, i64, i64, String, String, String, i64)> = sqlx::query_as(
        "select l.chunk_id, l.span_start, l.span_end, l.url, p.answer, c.text, c.span_start
         from web_links l join web_pages p on p.url = l.url join chunks c on c.id = l.chunk_id
         where p.gone_since is not null and p.checked_at - p.gone_since >= $1 and c.retired = 0
         order by l.chunk_id, l.span_start",
    )
    .bind(GONE_FOR)
    .fetch_all(connection)
    .await?;
    let place = |at: i64| usize::try_from(at).unwrap_or_default();
    let link =
        |(chunk, start, end, url, answer, text, chunk_start): (String, i64, i64, String, String, String, i64)| {
            let words = text.get(place(start - chunk_start)..place(end - chunk_start)).unwrap_or_default();
            DeadLink { chunk, finding: dead_link(&url, &answer, ByteSpan::new(place(start), place(end)), words) }
        };
    Ok(rows.into_iter().map(link).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_is_gone_once_it_has_been_for_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.db")).await.unwrap();
        let answers = |answer: Answer| [("https://a.org/x".to_owned(), answer)];
        let gone_since = async || {
            sqlx::query_scalar::<_, Option<i64>>("select gone_since from web_pages")
                .fetch_one(&ledger.pool)
                .await
                .unwrap()
        };
        ledger.record_answers(&answers(Answer::Gone(404))).await.unwrap();
        let first = gone_since().await.unwrap();
        ledger.record_answers(&answers(Answer::Gone(410))).await.unwrap();
        assert_eq!(gone_since().await, Some(first), "since the first time");
        ledger.record_answers(&answers(Answer::Unknown("no answer".to_owned()))).await.unwrap();
        assert_eq!(gone_since().await, None, "nobody knows");
    }
}
