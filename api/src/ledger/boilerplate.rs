//! Paragraphs that stand in many documents: counted at the end of a run, and only those whose chunks came or went.

use std::collections::BTreeSet;

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use tamis_scoring::duplication::{paragraph_hashes, work};
use tamis_scoring::{Boilerplate, Finding, Passage, Policy};

use super::{Result, settle::Settlement};

/// Records the paragraphs of a chunk that was just read.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    document: &str,
    uri: &str,
    chunk: &str,
    text: &str,
    policy: &Policy,
) -> Result<()> {
    let hashes = paragraph_hashes(text, &policy.duplication);
    if hashes.is_empty() {
        return Ok(());
    }
    let work = work(document, uri);
    let mut query = QueryBuilder::<Sqlite>::new("insert into paragraphs (hash, chunk_id, work) ");
    query.push_values(&hashes, |mut row, hash| {
        row.push_bind(*hash).push_bind(chunk).push_bind(work);
    });
    query.push(" on conflict do nothing");
    query.build().execute(&mut *connection).await?;
    recount(connection, chunk).await
}

/// Has the paragraphs of a chunk counted again that came, goes or changes places.
pub(super) async fn recount(connection: &mut SqliteConnection, chunk: &str) -> Result<()> {
    sqlx::query(
        "insert into uncounted_paragraphs (hash) select hash from paragraphs where chunk_id = $1 on conflict do nothing",
    )
    .bind(chunk)
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts again what has to be, and settles the chunks for which a paragraph became boilerplate or ceased to be: they
/// are graded and embedded again, and those that gave way to a chunk that is not their equal are placed again.
pub(super) async fn settle(connection: &mut SqliteConnection, policy: &Policy) -> Result<u64> {
    let crossed = count(connection, policy).await?;
    let mut affected = BTreeSet::new();
    for hash in &crossed {
        let chunks: Vec<(String, Option<String>)> = sqlx::query_as(
            "select c.id, case when c.eligible = 1 then c.shadow_kind else 'exact' end
             from paragraphs p join chunks c on c.id = p.chunk_id where p.hash = $1 and c.retired = 0",
        )
        .bind(hash)
        .fetch_all(&mut *connection)
        .await?;
        affected.extend(chunks);
    }
    for (chunk, _) in &affected {
        // What is embedded and matched of it is another text now.
        sqlx::query("update chunks set index_state = 1, publishing = 0 where id = $1 and index_state = 2")
            .bind(chunk)
            .execute(&mut *connection)
            .await?;
    }
    let mut settlement = Settlement::new(connection, policy);
    for (chunk, shadow) in &affected {
        settlement.touch(chunk);
        if shadow.as_deref() != Some("exact") {
            settlement.place_again(chunk).await?;
        }
    }
    settlement.finish().await?;
    Ok(affected.len() as u64)
}

/// Counts the works of all uncounted paragraphs. Returns those that became boilerplate or ceased to be.
async fn count(connection: &mut SqliteConnection, policy: &Policy) -> Result<Vec<i64>> {
    // A page copied whole makes nothing boilerplate: of equal chunks, the one that has keys is counted.
    let counted = sqlx::query(
        "select u.hash, count(distinct case when c.id is not null then p.work end) as works,
                (select b.works from boilerplate b where b.hash = u.hash) as known
         from uncounted_paragraphs u left join paragraphs p on p.hash = u.hash
         left join chunks c on c.id = p.chunk_id and c.retired = 0 and not (
              c.shadowed_by is not null
              and exists (select 1 from bands b where b.key = c.exact_hash and b.chunk_id <> c.id)
              and not exists (select 1 from bands b where b.key = c.exact_hash and b.chunk_id = c.id))
         group by u.hash",
    )
    .fetch_all(&mut *connection)
    .await?;
    let enough = i64::from(policy.duplication.boilerplate_documents.max(2));
    let mut crossed = Vec::new();
    for row in &counted {
        let (hash, works): (i64, i64) = (row.get("hash"), row.get("works"));
        let known: Option<i64> = row.get("known");
        if works >= enough {
            sqlx::query(
                "insert into boilerplate (hash, works) values ($1, $2)
                 on conflict (hash) do update set works = excluded.works",
            )
            .bind(hash)
            .bind(works)
            .execute(&mut *connection)
            .await?;
        } else if known.is_some() {
            sqlx::query("delete from boilerplate where hash = $1").bind(hash).execute(&mut *connection).await?;
        }
        if (works >= enough) != known.is_some() {
            crossed.push(hash);
        }
    }
    sqlx::query("delete from uncounted_paragraphs").execute(connection).await?;
    Ok(crossed)
}

/// The boilerplate in these chunks.
pub(super) async fn among(
    connection: &mut SqliteConnection,
    chunks: impl IntoIterator<Item = &str>,
    policy: &Policy,
) -> Result<Boilerplate> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "select distinct b.hash, b.works from boilerplate b join paragraphs p on p.hash = b.hash where p.chunk_id in (",
    );
    let mut ids = query.separated(", ");
    for chunk in chunks {
        ids.push_bind(chunk);
    }
    query.push(")");
    let known: Vec<(i64, i64)> = query.build_query_as().fetch_all(connection).await?;
    let known = known.into_iter().map(|(hash, works)| (hash, usize::try_from(works).unwrap_or_default()));
    Ok(Boilerplate::of(known, &policy.duplication))
}

/// Whether any paragraph is boilerplate.
pub(super) async fn is_any(connection: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from boilerplate)").fetch_one(connection).await?)
}

/// Whether the chunk holds boilerplate.
pub(super) async fn is_in(connection: &mut SqliteConnection, chunk: &str) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (select 1 from paragraphs p join boilerplate b on b.hash = p.hash where p.chunk_id = $1)",
    )
    .bind(chunk)
    .fetch_one(connection)
    .await?)
}

/// The finding that a standing chunk carries of its boilerplate.
pub(super) async fn finding(
    connection: &mut SqliteConnection,
    passage: &Passage,
    policy: &Policy,
) -> Result<Option<Finding>> {
    Ok(among(connection, [passage.chunk.as_str()], policy).await?.finding(passage))
}
