//! Where documents come from.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use tamis_ingest::SourceName;
use utoipa::ToSchema;

use super::{Error, Ledger, Result, time};

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A folder, walked.
    Folder,
    /// A single document.
    File,
    /// A JSONL file, one document a line.
    Jsonl,
    /// Documents that are sent over HTTP.
    Upload,
}

/// Who named a source, and so who may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceOrigin {
    /// The configuration file.
    File,
    /// A request.
    Api,
    /// `tamis ingest PATH`.
    Command,
}

/// A source as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where it is.
    pub path: PathBuf,
    /// Who named it.
    pub origin: SourceOrigin,
    /// How much its documents are to be believed, 0 to 100, where they do not say themselves.
    pub authority: Option<u8>,
    /// Whether its schedule rests.
    pub paused: bool,
    /// Whether its documents are on their way out.
    pub deleting: bool,
    /// Documents that were read and are there.
    pub documents: u64,
    /// Since when it is known.
    pub created_at: Option<Timestamp>,
}

const COLUMNS: &str = "select name, kind, path, origin, authority, paused, deleting, created_at,
    (select count(*) from documents d where d.source = sources.name and d.status = 'ready') as documents from sources";

impl SourceKind {
    /// What is at `path`, as far as can be seen.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let lines = |ext: &std::ffi::OsStr| ext.eq_ignore_ascii_case("jsonl") || ext.eq_ignore_ascii_case("ndjson");
        if path.extension().is_some_and(lines) && !path.is_dir() {
            Self::Jsonl
        } else if path.is_file() {
            Self::File
        } else {
            Self::Folder
        }
    }

    /// Its name in the ledger and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::File => "file",
            Self::Jsonl => "jsonl",
            Self::Upload => "upload",
        }
    }

    fn from_name(name: &str) -> Self {
        let known = [Self::File, Self::Jsonl, Self::Upload];
        known.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Folder)
    }
}

impl SourceOrigin {
    fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Api => "api",
            Self::Command => "command",
        }
    }

    fn from_name(name: &str) -> Self {
        let known = [Self::File, Self::Api];
        known.into_iter().find(|origin| origin.name() == name).unwrap_or(Self::Command)
    }
}

impl Ledger {
    /// Makes sure that the source named on the command line is known.
    ///
    /// # Errors
    /// [`Error::SourceMoved`] where the name belongs to another place, [`Error::SourceLeaving`] where it is being deleted.
    pub async fn register_source(&self, name: &SourceName, path: &Path, authority: Option<u8>) -> Result<()> {
        let known = self.source(name.as_str()).await?;
        let origin = known.as_ref().map_or(SourceOrigin::Command, |known| known.origin);
        self.declare_source(name, SourceKind::of(path), path, authority, origin).await
    }

    /// Makes sure that the source is known, as `origin` wants it.
    ///
    /// # Errors
    /// As for [`Ledger::register_source`].
    pub async fn declare_source(
        &self,
        name: &SourceName,
        kind: SourceKind,
        path: &Path,
        authority: Option<u8>,
        origin: SourceOrigin,
    ) -> Result<()> {
        let text = path.to_string_lossy();
        let mut write = self.write().await?;
        let known: Option<(String, bool)> = sqlx::query_as("select path, deleting from sources where name = $1")
            .bind(name.as_str())
            .fetch_optional(&mut *write.tx)
            .await?;
        match known {
            Some((_, true)) => return Err(Error::SourceLeaving { name: name.to_string() }),
            Some((known, false)) if known != text => {
                return Err(Error::SourceMoved { name: name.to_string(), known: known.into(), given: path.to_owned() });
            }
            Some(_) | None => {}
        }
        sqlx::query(
            "insert into sources (name, kind, path, authority, origin, created_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (name) do update set kind = excluded.kind, authority = excluded.authority,
                    origin = excluded.origin",
        )
        .bind(name.as_str())
        .bind(kind.name())
        .bind(text.as_ref())
        .bind(authority.map(i64::from))
        .bind(origin.name())
        .bind(time::now())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// All sources, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sources(&self) -> Result<Vec<SourceRow>> {
        let rows = sqlx::QueryBuilder::new(COLUMNS).push(" order by name").build().fetch_all(&self.pool).await?;
        Ok(rows.iter().map(source_row).collect())
    }

    /// One source.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn source(&self, name: &str) -> Result<Option<SourceRow>> {
        let mut query = sqlx::QueryBuilder::new(COLUMNS);
        let row = query.push(" where name = ").push_bind(name).build().fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(source_row))
    }

    /// Sources that were named by the configuration and no longer are become ones that requests may change, and lose
    /// their schedules. Returns their names.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn release_unlisted_sources(&self, listed: &[String]) -> Result<Vec<String>> {
        let mut write = self.write().await?;
        let known: Vec<String> =
            sqlx::query_scalar("select name from sources where origin = 'file'").fetch_all(&mut *write.tx).await?;
        let released: Vec<String> = known.into_iter().filter(|name| !listed.contains(name)).collect();
        for name in &released {
            sqlx::query("update sources set origin = 'api' where name = $1").bind(name).execute(&mut *write.tx).await?;
            sqlx::query("delete from schedules where source = $1").bind(name).execute(&mut *write.tx).await?;
        }
        write.commit().await?;
        Ok(released)
    }

    /// Sets how much a source's documents are to be believed. What is decided already changes when they are read again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_authority(&self, name: &str, authority: Option<u8>) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("update sources set authority = $2 where name = $1")
            .bind(name)
            .bind(authority.map(i64::from))
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Lets a source's schedule rest, or go on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_paused(&self, name: &str, paused: bool) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("update sources set paused = $2 where name = $1")
            .bind(name)
            .bind(i64::from(paused))
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// Forgets a source whose documents are gone.
    ///
    /// # Errors
    /// [`Error::Database`], also while documents are left.
    pub async fn forget_source(&self, name: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("delete from sources where name = $1 and deleting = 1").bind(name).execute(&mut *write.tx).await?;
        write.commit().await
    }
}

fn source_row(row: &SqliteRow) -> SourceRow {
    let authority: Option<i64> = row.get("authority");
    SourceRow {
        name: row.get("name"),
        kind: SourceKind::from_name(row.get("kind")),
        path: row.get::<String, _>("path").into(),
        origin: SourceOrigin::from_name(row.get("origin")),
        authority: authority.and_then(|value| u8::try_from(value).ok()),
        paused: row.get::<i64, _>("paused") == 1,
        deleting: row.get::<i64, _>("deleting") == 1,
        documents: row.get::<i64, _>("documents").unsigned_abs(),
        created_at: time::read(row.get("created_at")),
    }
}
