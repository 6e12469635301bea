//! Looking up the standing chunks that a passage may duplicate or contradict: by key, never by comparing with all.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tamis_scoring::{Claim, Fingerprint, Passage};

use super::{Result, passages};

/// Most candidates looked at for one chunk and one kind of relation, those that share most keys first: what keeps the
/// cost of a document independent of the size of the corpus, whatever is in it.
pub const MAX_CANDIDATES: usize = 32;

/// Most rows of one key that are read, so that a key shared by very many chunks stays cheap.
const MAX_ROWS_PER_LOOKUP: i64 = 4_096;

/// Standing chunks that share a duplicate key with `fingerprint`.
pub(super) async fn duplicates(
    connection: &mut SqliteConnection,
    fingerprint: &Fingerprint,
    besides: &str,
) -> Result<Vec<Passage>> {
    by_keys(connection, "bands", &duplicate_keys(fingerprint), besides).await
}

/// Standing chunks that are equal after normalisation: one at most, but for an accident of hashing.
pub(super) async fn equal(
    connection: &mut SqliteConnection,
    fingerprint: &Fingerprint,
    besides: &str,
) -> Result<Vec<Passage>> {
    if !fingerprint.is_comparable() {
        return Ok(Vec::new());
    }
    by_keys(connection, "bands", &[fingerprint.exact], besides).await
}

/// Standing chunks that share a statement key with `claims`.
pub(super) async fn conflicts(
    connection: &mut SqliteConnection,
    claims: &[Claim],
    besides: &str,
) -> Result<Vec<Passage>> {
    by_keys(connection, "claim_keys", &claim_keys(claims), besides).await
}

/// Makes a chunk a candidate for others.
pub(super) async fn stand(
    connection: &mut SqliteConnection,
    chunk: &str,
    fingerprint: &Fingerprint,
    claims: &[Claim],
) -> Result<()> {
    insert(connection, "bands", chunk, &duplicate_keys(fingerprint)).await?;
    insert(connection, "claim_keys", chunk, &claim_keys(claims)).await
}

/// Takes a chunk out of the candidates.
pub(super) async fn step_down(connection: &mut SqliteConnection, chunk: &str) -> Result<()> {
    sqlx::query("delete from bands where chunk_id = $1").bind(chunk).execute(&mut *connection).await?;
    sqlx::query("delete from claim_keys where chunk_id = $1").bind(chunk).execute(connection).await?;
    Ok(())
}

/// The bands, and the exact hash as one key more: short passages have no bands.
fn duplicate_keys(fingerprint: &Fingerprint) -> Vec<i64> {
    let mut keys = fingerprint.bands.clone();
    if fingerprint.is_comparable() {
        keys.push(fingerprint.exact);
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn claim_keys(claims: &[Claim]) -> Vec<i64> {
    let mut keys: Vec<i64> = claims.iter().flat_map(|claim| claim.keys.iter().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

async fn insert(connection: &mut SqliteConnection, table: &'static str, chunk: &str, keys: &[i64]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Sqlite>::new("insert into ");
    query.push(table).push(" (key, chunk_id) ");
    query.push_values(keys, |mut row, key| {
        row.push_bind(*key).push_bind(chunk);
    });
    query.push(" on conflict do nothing");
    query.build().execute(connection).await?;
    Ok(())
}

async fn by_keys(
    connection: &mut SqliteConnection,
    table: &'static str,
    keys: &[i64],
    besides: &str,
) -> Result<Vec<Passage>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new("select chunk_id from (select chunk_id from ");
    query.push(table).push(" where key in (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(*key);
    }
    query.push(") and chunk_id <> ").push_bind(besides).push(" limit ").push_bind(MAX_ROWS_PER_LOOKUP);
    query.push(") as found group by chunk_id order by count(*) desc, chunk_id limit ");
    query.push_bind(i64::try_from(MAX_CANDIDATES).unwrap_or(i64::MAX));
    let chunks: Vec<String> = query.build_query_scalar().fetch_all(&mut *connection).await?;
    passages::load(connection, &chunks).await
}
