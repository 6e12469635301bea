//! The chunks of the corpus, for measuring how many of their copies the keys find.

use std::collections::BTreeSet;

use tamis_ingest::ChunkId;
use tamis_scoring::duplication::{RecallMeter, sample_rank};
use tamis_scoring::{Fingerprint, Passage};

use super::{Ledger, Result, passages};

/// Chunks read at a time.
const PAGE: i64 = 500;

impl Ledger {
    /// Holds `sample` chunks, picked by a hash with `seed`, against every chunk there is: how many chunks that are, and
    /// what was found. Keys are worked out anew, for copies that give way have none stored.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn measure_recall(&self, sample: usize, seed: u64) -> Result<(u64, RecallMeter)> {
        let mut connection = self.pool.acquire().await?;
        let mut picked: BTreeSet<(u64, String)> = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = ids(&mut connection, &after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(last);
            for id in page {
                picked.insert((sample_rank(&ChunkId::from_stored(id.clone()), seed), id));
                if picked.len() > sample {
                    picked.pop_last();
                }
            }
        }
        let picked: Vec<String> = picked.into_iter().map(|(_, id)| id).collect();
        let mut meter = RecallMeter::new(with_keys(&mut connection, &picked).await?);
        let (mut after, mut met) = (String::new(), 0);
        loop {
            let page = ids(&mut connection, &after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(last);
            met += page.len() as u64;
            for passage in with_keys(&mut connection, &page).await? {
                meter.meet(&passage);
            }
        }
        Ok((met, meter))
    }
}

/// The next chunks that are held against others, in order of their ids.
async fn ids(connection: &mut sqlx::SqliteConnection, after: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("select id from chunks where id > $1 and retired = 0 and eligible = 1 order by id limit $2")
        .bind(after)
        .bind(PAGE)
        .fetch_all(connection)
        .await?)
}

/// Chunks with the keys that they are found by.
async fn with_keys(connection: &mut sqlx::SqliteConnection, chunks: &[String]) -> Result<Vec<Passage>> {
    let mut found = Vec::with_capacity(chunks.len());
    for page in chunks.chunks(PAGE as usize) {
        for passage in passages::load(connection, page).await? {
            let scope = passage.fingerprint.scope(&passage.text);
            let fingerprint = Fingerprint::of(&passage.text).within(scope);
            found.push(Passage { fingerprint, ..passage });
        }
    }
    Ok(found)
}
