//! Where documents come from.

use std::path::{Path, PathBuf};

use tamis_ingest::SourceName;

use super::{Error, Ledger, Result, time};

/// A source as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How much its documents are to be believed, 0 to 100, where they do not say themselves.
    pub authority: Option<u8>,
}

impl Ledger {
    /// Makes sure the source is known.
    ///
    /// # Errors
    /// [`Error::SourceMoved`] where the name belongs to another place.
    pub async fn register_source(&self, name: &SourceName, path: &Path, authority: Option<u8>) -> Result<()> {
        let text = path.to_string_lossy();
        let mut write = self.write().await?;
        let known: Option<String> = sqlx::query_scalar("select path from sources where name = $1")
            .bind(name.as_str())
            .fetch_optional(&mut *write.tx)
            .await?;
        match known {
            Some(known) if known != text => {
                return Err(Error::SourceMoved { name: name.to_string(), known: known.into(), given: path.to_owned() });
            }
            Some(_) | None => {
                sqlx::query(
                    "insert into sources (name, path, authority, created_at) values ($1, $2, $3, $4)
                     on conflict (name) do update set authority = excluded.authority",
                )
                .bind(name.as_str())
                .bind(text.as_ref())
                .bind(authority.map(i64::from))
                .bind(time::now())
                .execute(&mut *write.tx)
                .await?;
            }
        }
        write.commit().await
    }

    /// All sources, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sources(&self) -> Result<Vec<SourceRow>> {
        let rows: Vec<(String, String, Option<i64>)> =
            sqlx::query_as("select name, path, authority from sources order by name").fetch_all(&self.pool).await?;
        Ok(rows
            .into_iter()
            .map(|(name, path, authority)| SourceRow {
                name,
                path: path.into(),
                authority: authority.and_then(|value| u8::try_from(value).ok()),
            })
            .collect())
    }
}
