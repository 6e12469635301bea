//! How fresh each page is as an edition among others: kept up as editions come and go, for it decides which copy stands.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use tamis_scoring::Lineage;

use super::{Result, settle::Settlement, time};

/// A page of a family: its document, URI, date, where the date is from, and its lineage as it is stored.
type Page = (String, String, Option<i64>, Option<String>, Option<i64>, i64);

/// Writes the lineages of a document and of all editions of its page. Returns the documents whose lineage changed.
pub(super) async fn renew(connection: &mut SqliteConnection, document: &str) -> Result<Vec<String>> {
    let uri: Option<String> = sqlx::query_scalar("select uri from documents where id = $1")
        .bind(document)
        .fetch_optional(&mut *connection)
        .await?;
    let family = uri.as_deref().and_then(Lineage::family);
    sqlx::query("update documents set family = $2 where id = $1")
        .bind(document)
        .bind(family)
        .execute(&mut *connection)
        .await?;
    let pages: Vec<Page> = sqlx::query_as(
        "select id, uri, modified_at, modified_at_source, fresh_at, older_editions from documents
         where (id = $1 or family = $2) and status <> 'removed'",
    )
    .bind(document)
    .bind(family)
    .fetch_all(&mut *connection)
    .await?;
    let dated: Vec<(&str, Option<Timestamp>)> =
        pages.iter().map(|(_, uri, at, source, ..)| (uri.as_str(), effective_at(*at, source.as_deref()))).collect();
    let mut changed = Vec::new();
    for ((id, _, _, _, fresh_at, older_editions), lineage) in pages.iter().zip(Lineage::of(&dated)) {
        let now = (time::stored(lineage.fresh_at), i64::from(lineage.older_editions));
        if now != (*fresh_at, *older_editions) {
            sqlx::query("update documents set fresh_at = $2, older_editions = $3 where id = $1")
                .bind(id)
                .bind(now.0)
                .bind(now.1)
                .execute(&mut *connection)
                .await?;
            changed.push(id.clone());
        }
    }
    Ok(changed)
}

/// The lineage of a document.
pub(super) async fn of(connection: &mut SqliteConnection, document: &str) -> Result<Lineage> {
    let (fresh_at, older_editions): (Option<i64>, i64) =
        sqlx::query_as("select fresh_at, older_editions from documents where id = $1")
            .bind(document)
            .fetch_one(connection)
            .await?;
    let older_editions = u32::try_from(older_editions).unwrap_or(u32::MAX);
    Ok(Lineage { fresh_at: time::read(fresh_at), older_editions })
}

/// Has the chunks of documents placed again whose lineage changed, except those of `entering`, which are placed anyway.
pub(super) async fn place_again(settlement: &mut Settlement<'_>, changed: &[String], entering: &str) -> Result<()> {
    for document in changed.iter().filter(|document| *document != entering) {
        settlement.place_document_again(document).await?;
    }
    Ok(())
}

/// When the content of a document last changed. A file time says when a copy was made: it decides nothing.
pub(super) fn effective_at(stored: Option<i64>, source: Option<&str>) -> Option<Timestamp> {
    time::read(stored).filter(|_| source.is_some_and(|source| source != "file_time"))
}
