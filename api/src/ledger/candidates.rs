//! Looking up the standing chunks that a passage may duplicate or contradict: by key, never by comparing with all.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tamis_scoring::{Claim, Fingerprint, Passage};

use super::{Result, passages};

/// Most candidates looked at for one chunk and one kind of relation, those that share most keys first: what keeps the
/// cost of a document independent of the size of the corpus, whatever is in it.
pub const MAX_CANDIDATES: usize = 32;

/// Most chunks that are looked at under one key. A key that more share is of boilerplate or of a template, and copies
/// meet under others; with a limit of its own for each key, it does not crowd those out.
const MAX_UNDER_KEY: usize = 32;

/// Most keys of one statement; SQLite takes 500 parts of a compound query.
const KEYS_AT_A_TIME: usize = 256;

/// Standing chunks that share one of these duplicate keys.
pub(super) async fn duplicates(connection: &mut SqliteConnection, keys: &[i64], besides: &str) -> Result<Vec<Passage>> {
    by_keys(connection, "bands", keys, besides).await
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

/// Makes a chunk a candidate for others that may duplicate it.
pub(super) async fn stand(connection: &mut SqliteConnection, chunk: &str, keys: &[i64]) -> Result<()> {
    insert(connection, "bands", chunk, keys).await
}

/// Makes a chunk a candidate for others that may contradict it.
pub(super) async fn speak(connection: &mut SqliteConnection, chunk: &str, claims: &[Claim]) -> Result<()> {
    insert(connection, "claim_keys", chunk, &claim_keys(claims)).await
}

/// Takes a chunk out of the candidates for duplicates.
pub(super) async fn step_down(connection: &mut SqliteConnection, chunk: &str) -> Result<()> {
    sqlx::query("delete from bands where chunk_id = $1").bind(chunk).execute(connection).await?;
    Ok(())
}

/// Takes a chunk out of the candidates for contradictions.
pub(super) async fn fall_silent(connection: &mut SqliteConnection, chunk: &str) -> Result<()> {
    sqlx::query("delete from claim_keys where chunk_id = $1").bind(chunk).execute(connection).await?;
    Ok(())
}

/// Keys, and the exact hash as one more: short passages have no other.
pub(super) fn duplicate_keys(fingerprint: &Fingerprint, keys: &[i64]) -> Vec<i64> {
    let mut keys = keys.to_vec();
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
    let mut shared: HashMap<String, usize> = HashMap::new();
    for keys in keys.chunks(KEYS_AT_A_TIME) {
        let mut query = QueryBuilder::<Sqlite>::new("select chunk_id, count(*) from (");
        for (i, key) in keys.iter().enumerate() {
            query.push(if i == 0 { "" } else { " union all " });
            query.push("select chunk_id from (select chunk_id from ").push(table).push(" where key = ");
            query.push_bind(*key).push(" limit ").push(MAX_UNDER_KEY.to_string()).push(")");
        }
        query.push(") as found group by chunk_id");
        let found: Vec<(String, i64)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (chunk, count) in found.into_iter().filter(|(chunk, _)| chunk != besides) {
            *shared.entry(chunk).or_default() += usize::try_from(count).unwrap_or_default();
        }
    }
    let mut candidates: Vec<(String, usize)> = shared.into_iter().collect();
    candidates.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    candidates.truncate(MAX_CANDIDATES);
    let chunks: Vec<String> = candidates.into_iter().map(|(chunk, _)| chunk).collect();
    passages::load(connection, &chunks).await
}
