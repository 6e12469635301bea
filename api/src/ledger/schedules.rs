//! When sources are due.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use utoipa::ToSchema;

use super::{Error, Ledger, Overlap, Result, RunCause, RunRequest, run_requests, time};

/// What becomes of runs that were due while no process was there to do them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// One run makes up for all of them.
    #[default]
    Run,
    /// They are left out.
    Skip,
}

/// A source's schedule as the ledger holds it. That the expression and the time zone can be read is seen to before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// The source.
    pub source: String,
    /// The cron expression.
    pub cron: String,
    /// IANA name of the time zone it is read in.
    pub time_zone: String,
    /// Most seconds added to every time it gives.
    pub jitter_seconds: u32,
    /// What becomes of a run that is due while another one is open.
    pub overlap: Overlap,
    /// What becomes of runs that nobody was there to do.
    pub missed: Missed,
    /// When the next run begins.
    pub due_at: Option<Timestamp>,
}

impl Missed {
    fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Skip => "skip",
        }
    }

    fn from_name(name: &str) -> Self {
        if name == "skip" { Self::Skip } else { Self::Run }
    }
}

const COLUMNS: &str = "select source, cron, time_zone, jitter_seconds, overlap, missed, due_at from schedules";

impl Ledger {
    /// A source's schedule, if it has one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn schedule(&self, source: &str) -> Result<Option<ScheduleRow>> {
        let mut query = sqlx::QueryBuilder::new(COLUMNS);
        let row = query.push(" where source = ").push_bind(source).build().fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(schedule_row))
    }

    /// Schedules of sources that are not paused.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn active_schedules(&self) -> Result<Vec<ScheduleRow>> {
        let mut query = sqlx::QueryBuilder::new(COLUMNS);
        query.push(" where (select paused from sources where name = source) = 0 order by source");
        Ok(query.build().fetch_all(&self.pool).await?.iter().map(schedule_row).collect())
    }

    /// Gives a source this schedule, in place of the one it had.
    ///
    /// # Errors
    /// [`Error::Database`], also where there is no such source.
    pub async fn set_schedule(&self, schedule: &ScheduleRow) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "insert into schedules (source, cron, time_zone, jitter_seconds, overlap, missed, due_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (source) do update set cron = excluded.cron, time_zone = excluded.time_zone,
                 jitter_seconds = excluded.jitter_seconds, overlap = excluded.overlap, missed = excluded.missed,
                 due_at = excluded.due_at",
        )
        .bind(&schedule.source)
        .bind(&schedule.cron)
        .bind(&schedule.time_zone)
        .bind(i64::from(schedule.jitter_seconds))
        .bind(schedule.overlap.name())
        .bind(schedule.missed.name())
        .bind(time::stored(schedule.due_at))
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// Takes a source's schedule away.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn clear_schedule(&self, source: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("delete from schedules where source = $1").bind(source).execute(&mut *write.tx).await?;
        write.commit().await
    }

    /// Moves a schedule on to its next time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_due(&self, source: &str, due_at: Option<Timestamp>) -> Result<()> {
        let mut write = self.write().await?;
        move_on(&mut write.tx, source, due_at).await?;
        write.commit().await
    }

    /// Asks for the run that is due and moves the schedule on to its next time, in one transaction: a crash neither
    /// loses a run nor does one twice.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::SourceLeaving`].
    pub async fn run_due(&self, schedule: &ScheduleRow, next: Option<Timestamp>) -> Result<RunRequest> {
        let mut write = self.write().await?;
        let request =
            run_requests::request(&mut write.tx, &schedule.source, RunCause::Schedule, schedule.overlap).await?;
        move_on(&mut write.tx, &schedule.source, next).await?;
        write.commit().await?;
        Ok(request)
    }
}

async fn move_on(connection: &mut sqlx::SqliteConnection, source: &str, due_at: Option<Timestamp>) -> Result<()> {
    sqlx::query("update schedules set due_at = $2 where source = $1")
        .bind(source)
        .bind(time::stored(due_at))
        .execute(connection)
        .await
        .map_err(Error::from)?;
    Ok(())
}

fn schedule_row(row: &SqliteRow) -> ScheduleRow {
    ScheduleRow {
        source: row.get("source"),
        cron: row.get("cron"),
        time_zone: row.get("time_zone"),
        jitter_seconds: u32::try_from(row.get::<i64, _>("jitter_seconds")).unwrap_or_default(),
        overlap: Overlap::from_name(row.get("overlap")),
        missed: Missed::from_name(row.get("missed")),
        due_at: time::read(row.get("due_at")),
    }
}
