//! Sources, their schedules and their runs, as people work with them: over HTTP and on the dashboard.
//!
//! The configuration file wins: a source that it names is changed and deleted there, and can only be paused and run
//! here. Sources named over HTTP or by `tamis ingest PATH` are the caller's to change.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use tamis_ingest::SourceName;
use utoipa::ToSchema;

use crate::config::ScheduleSettings;
use crate::ledger::{
    self, Missed, Overlap, RunCause, RunFilter, RunRecord, RunRequest, ScheduleRow, SourceKind, SourceOrigin, SourceRow,
};
use crate::service::Service;

/// Why a source cannot be named, changed or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was asked for makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// It stands against how things are.
    #[error("{0}")]
    Conflict(String),
    /// The ledger failed, or there is no such thing.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
}

/// A result of this module.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A source, its schedule and its last run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceView {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where it is; null for uploads.
    #[schema(value_type = Option<String>)]
    pub path: Option<PathBuf>,
    /// Who named it, and so who may change it.
    pub origin: SourceOrigin,
    /// How much its documents are to be believed, 0 to 100; null for 50.
    pub authority: Option<u8>,
    /// Documents that were read and are there.
    pub documents: u64,
    /// Whether its schedule rests.
    pub paused: bool,
    /// Whether its documents are on their way out.
    pub deleting: bool,
    /// When it is read.
    pub schedule: Option<ScheduleView>,
    /// Its last run.
    pub last_run: Option<RunRecord>,
    /// Since when it is known (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
}

/// When a source is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScheduleView {
    /// A cron expression of five fields: minute, hour, day of month, month, day of week.
    #[schema(example = "30 2 * * mon-fri")]
    pub cron: String,
    /// IANA name of the time zone the expression is read in.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Most seconds by which a run begins later than the expression says, 0 to 86,400.
    #[schema(maximum = 86400)]
    pub jitter_seconds: u32,
    /// What becomes of a run that is due while another one of the source is queued or running.
    pub overlap: Overlap,
    /// What becomes of runs that were due while no process was there.
    pub missed: Missed,
    /// When the next run begins (RFC 3339), jitter included; null while the source is paused, or where none comes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_run_at: Option<Timestamp>,
}

/// A source to be.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Its name.
    pub name: SourceName,
    /// What it is; told from the path where not said.
    pub kind: Option<SourceKind>,
    /// Where it is; none for uploads.
    pub path: Option<PathBuf>,
    /// How much its documents are to be believed, 0 to 100.
    pub authority: Option<u8>,
    /// When it is read.
    pub schedule: Option<ScheduleSettings>,
    /// Whether its schedule rests from the beginning.
    pub paused: bool,
}

/// What to change of a source.
#[derive(Debug, Clone, Default)]
pub struct SourceChange {
    /// How much its documents are to be believed.
    pub authority: Change<u8>,
    /// When it is read.
    pub schedule: Change<ScheduleSettings>,
    /// Whether its schedule rests, where that is to change.
    pub paused: Option<bool>,
}

/// What to change of a part that may be missing. In JSON, null clears it, and what is left out is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl Service {
    /// All sources, by name.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn sources(&self) -> Result<Vec<SourceView>> {
        let mut views = Vec::new();
        for row in self.ledger.sources().await? {
            views.push(self.view(row).await?);
        }
        Ok(views)
    }

    /// One source.
    ///
    /// # Errors
    /// [`Error::Ledger`] with [`ledger::Error::NoSource`] where there is none of that name.
    pub async fn source(&self, name: &str) -> Result<SourceView> {
        let row = self.source_row(name).await?;
        self.view(row).await
    }

    /// A source's schedule, if it has one.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn schedule_of(&self, name: &str) -> Result<Option<ScheduleView>> {
        Ok(self.source(name).await?.schedule)
    }

    /// Names a source. It is read at its schedule, or when a run is asked for.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is nothing to read at its path, or a setting is no fit value; [`Error::Conflict`]
    /// where the name is taken.
    pub async fn create_source(&self, new: NewSource) -> Result<SourceView> {
        let name = new.name.as_str();
        check_authority(new.authority)?;
        if self.ledger.source(name).await?.is_some() {
            return Err(Error::Conflict(format!(
                "there is a source {name} already: choose another name, or change it"
            )));
        }
        let (kind, path) = match (new.kind, &new.path) {
            (Some(SourceKind::Upload), None) => (SourceKind::Upload, self.data.uploads(&new.name)),
            (Some(SourceKind::Upload), Some(_)) => {
                return Err(Error::Invalid("a source of uploads has no path: documents are sent to it".to_owned()));
            }
            (_, None) => return Err(Error::Invalid("path is missing: give the folder or file to read".to_owned())),
            (kind, Some(path)) => checked_place(kind, path)?,
        };
        let schedule = new.schedule.as_ref().map(|settings| schedule_row(name, settings)).transpose()?;
        if schedule.is_some() && kind == SourceKind::Upload {
            return Err(no_schedule());
        }
        self.ledger.declare_source(&new.name, kind, &path, new.authority, SourceOrigin::Api).await?;
        self.ledger.set_paused(name, new.paused).await?;
        if let Some(schedule) = schedule {
            self.ledger.set_schedule(&schedule).await?;
        }
        self.source(name).await
    }

    /// Changes a source.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a setting is no fit value; [`Error::Conflict`] where the configuration file names the
    /// source and more than a pause is asked for.
    pub async fn change_source(&self, name: &str, change: SourceChange) -> Result<SourceView> {
        let row = self.source_row(name).await?;
        if row.deleting {
            return Err(ledger::Error::SourceLeaving { name: name.to_owned() }.into());
        }
        let only_pauses = change.authority == Change::Keep && change.schedule == Change::Keep;
        if row.origin == SourceOrigin::File && !only_pauses {
            return Err(in_file(name, "change it there; only paused can be changed here"));
        }
        // All is checked before anything is changed.
        let authority = match change.authority {
            Change::Keep => row.authority,
            Change::Clear => None,
            Change::Set(authority) => Some(authority),
        };
        check_authority(authority)?;
        let schedule = match &change.schedule {
            Change::Set(_) if row.kind == SourceKind::Upload => return Err(no_schedule()),
            Change::Set(settings) => Some(schedule_row(name, settings)?),
            Change::Keep | Change::Clear => None,
        };
        self.ledger.set_authority(name, authority).await?;
        if let Some(schedule) = schedule {
            self.ledger.set_schedule(&schedule).await?;
        } else if change.schedule == Change::Clear {
            self.ledger.clear_schedule(name).await?;
        }
        if let Some(paused) = change.paused {
            self.pause(name, row.paused, paused).await?;
        }
        self.source(name).await
    }

    /// Takes a source and its documents out. Returns the run that does so.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the configuration file names the source.
    pub async fn delete_source(&self, name: &str) -> Result<RunRecord> {
        if self.source_row(name).await?.origin == SourceOrigin::File {
            return Err(in_file(name, "take it out there, start tamis again, and then delete it"));
        }
        let run = self.ledger.request_deletion(name).await?;
        Ok(self.ledger.run(&run).await?)
    }

    /// Asks for a run of a source now, paused or not. Where its last run still waits for its turn, that one will do.
    ///
    /// # Errors
    /// [`Error::Conflict`] where another run is open and `overlap` says to leave this one out.
    pub async fn run_now(&self, name: &str, overlap: Overlap) -> Result<RunRecord> {
        match self.ledger.request_run(name, RunCause::Request, overlap).await? {
            RunRequest::Queued(run) | RunRequest::Waiting(run) => Ok(self.ledger.run(&run).await?),
            RunRequest::Skipped(run) => Err(Error::Conflict(format!(
                "run {run} of source {name} is not over: wait for it, or ask with overlap \"queue\" or \"cancel\""
            ))),
        }
    }

    /// Runs, the newest first.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunRecord>> {
        Ok(self.ledger.runs(filter).await?)
    }

    /// Lets a schedule rest, or go on with the first time from now: what fell due in between was not wanted.
    async fn pause(&self, name: &str, was_paused: bool, paused: bool) -> Result<()> {
        if was_paused
            && !paused
            && let Some(row) = self.ledger.schedule(name).await?
        {
            let fresh = schedule_row(name, &settings(&row))?;
            self.ledger.set_due(name, fresh.due_at).await?;
        }
        Ok(self.ledger.set_paused(name, paused).await?)
    }

    async fn source_row(&self, name: &str) -> Result<SourceRow> {
        let row = self.ledger.source(name).await?;
        Ok(row.ok_or_else(|| ledger::Error::NoSource { name: name.to_owned() })?)
    }

    async fn view(&self, row: SourceRow) -> Result<SourceView> {
        let schedule = self.ledger.schedule(&row.name).await?.map(|schedule| {
            let ScheduleSettings { cron, time_zone, jitter_seconds, overlap, missed } = settings(&schedule);
            let next_run_at = schedule.due_at.filter(|_| !row.paused);
            ScheduleView { cron, time_zone, jitter_seconds, overlap, missed, next_run_at }
        });
        let last_run = self.ledger.last_run(&row.name).await?;
        Ok(SourceView {
            kind: row.kind,
            path: (row.kind != SourceKind::Upload).then_some(row.path),
            origin: row.origin,
            authority: row.authority,
            documents: row.documents,
            paused: row.paused,
            deleting: row.deleting,
            schedule,
            last_run,
            created_at: row.created_at,
            name: row.name,
        })
    }
}

fn settings(row: &ScheduleRow) -> ScheduleSettings {
    ScheduleSettings {
        cron: row.cron.clone(),
        time_zone: row.time_zone.clone(),
        jitter_seconds: row.jitter_seconds,
        overlap: row.overlap,
        missed: row.missed,
    }
}

fn schedule_row(source: &str, settings: &ScheduleSettings) -> Result<ScheduleRow> {
    let schedule = settings.check().map_err(Error::Invalid)?;
    Ok(ScheduleRow::new(source, settings, &schedule, Timestamp::now()))
}

fn no_schedule() -> Error {
    Error::Invalid("a source of uploads needs no schedule: documents are read as they come".to_owned())
}

fn check_authority(authority: Option<u8>) -> Result<()> {
    if authority.is_some_and(|authority| authority > 100) {
        return Err(Error::Invalid("authority must be between 0 and 100".to_owned()));
    }
    Ok(())
}

/// What is at `path`, which must be as `kind` says.
fn checked_place(kind: Option<SourceKind>, path: &Path) -> Result<(SourceKind, PathBuf)> {
    if !path.is_absolute() {
        return Err(Error::Invalid(format!("path {} must be absolute, as the service sees it", path.display())));
    }
    let place = path.canonicalize();
    let place = place.map_err(|problem| Error::Invalid(format!("cannot read {}: {problem}", path.display())))?;
    let found = SourceKind::of(&place);
    match kind {
        Some(kind) if kind != found => {
            let message = format!("{} is of kind {}, not {}", place.display(), found.name(), kind.name());
            Err(Error::Invalid(message))
        }
        _ => Ok((found, place)),
    }
}

fn in_file(name: &str, way_out: &str) -> Error {
    Error::Conflict(format!("source {name} is named in the configuration file: {way_out}"))
}
