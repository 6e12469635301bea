//! Asking for the runs that are due.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::Stop;
use crate::config::{ScheduleSettings, Source};
use crate::ledger::{Missed, RunRequest, ScheduleRow, SourceKind, SourceOrigin};
use crate::schedule::Schedule;
use crate::service::Service;

/// How often schedules are looked at: cron knows no seconds, and a request may have set one meanwhile.
const TICK: Duration = Duration::from_secs(1);
/// How often what failed in passing is looked after, in ticks.
const UPKEEP_TICKS: u32 = 60;
/// A run that was due longer ago than this was missed, for no process was there.
const MISSED_AFTER: SignedDuration = SignedDuration::from_secs(60);

impl ScheduleRow {
    /// A source's schedule as set, due first after `now`. The settings must be checked.
    #[must_use]
    pub fn new(source: &str, settings: &ScheduleSettings, schedule: &Schedule, now: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            cron: settings.cron.clone(),
            time_zone: settings.time_zone.clone(),
            jitter_seconds: settings.jitter_seconds,
            overlap: settings.overlap,
            missed: settings.missed,
            due_at: schedule.next_with_jitter(now, source, settings.jitter_seconds),
        }
    }

    /// Whether both say the same, whenever the next run is due.
    fn is_like(&self, other: &Self) -> bool {
        Self { due_at: None, ..self.clone() } == Self { due_at: None, ..other.clone() }
    }
}

/// Brings the ledger to what the configuration says of sources and schedules. The configuration wins over what was
/// asked for over HTTP; a source that is no longer in it stays, without a schedule.
///
/// # Errors
/// Where the name of a source belongs to another place, or the ledger fails.
pub(super) async fn declare_sources(service: &Service) -> Result<()> {
    let ledger = &service.ledger;
    let now = Timestamp::now();
    for source in &service.config.sources {
        let path = place(source)?;
        let kind = SourceKind::of(&path);
        ledger.declare_source(&source.name, kind, &path, source.authority, SourceOrigin::File).await?;
        let name = source.name.as_str();
        match &source.schedule {
            Some(settings) => {
                let schedule = settings.check().map_err(anyhow::Error::msg)?;
                let wanted = ScheduleRow::new(name, settings, &schedule, now);
                let known = ledger.schedule(name).await?;
                // An unchanged schedule keeps its next time: a run that was missed is still due.
                if !known.is_some_and(|known| known.is_like(&wanted)) {
                    ledger.set_schedule(&wanted).await?;
                }
            }
            None => ledger.clear_schedule(name).await?,
        }
    }
    let listed: Vec<String> = service.config.sources.iter().map(|source| source.name.to_string()).collect();
    for name in ledger.release_unlisted_sources(&listed).await? {
        tracing::warn!(source = name, "source is no longer in the configuration: it stays without a schedule");
    }
    Ok(())
}

/// Where a source is. One that is not there now may be there when it is due.
fn place(source: &Source) -> Result<PathBuf> {
    Ok(match source.path.canonicalize() {
        Ok(path) => path,
        Err(_) => std::path::absolute(&source.path)?,
    })
}

/// Asks for runs as they fall due, until the order to stop comes.
pub(super) async fn schedule_forever(service: &Arc<Service>, mut stop: Stop) {
    let mut parsed = HashMap::new();
    let mut ticks = 0_u32;
    loop {
        if let Err(problem) = tick(service, &mut parsed, Timestamp::now()).await {
            tracing::error!(error = format!("{problem:#}"), "schedules could not be looked at; they are again");
        }
        if ticks.is_multiple_of(UPKEEP_TICKS)
            && let Err(problem) = upkeep(service).await
        {
            tracing::error!(error = format!("{problem:#}"), "the queue could not be looked after; it is again");
        }
        ticks = ticks.wrapping_add(1);
        tokio::select! {
            () = stop.ordered() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Documents whose jobs were lost to a failure that passed are queued again, and ended jobs are forgotten.
async fn upkeep(service: &Service) -> Result<()> {
    if service.failure.take().is_some() {
        service.ledger.requeue_stranded().await?;
    }
    service.ledger.forget_ended_jobs().await?;
    Ok(())
}

async fn tick(service: &Service, parsed: &mut HashMap<(String, String), Schedule>, now: Timestamp) -> Result<()> {
    for row in service.ledger.active_schedules().await? {
        let Some(due) = row.due_at.filter(|due| *due <= now) else { continue };
        let key = (row.cron.clone(), row.time_zone.clone());
        let schedule = match parsed.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(Schedule::parse(&row.cron, &row.time_zone)?),
        };
        // From now, not from when it was due: however many were missed, one makes up for them.
        let next = schedule.next_with_jitter(now, &row.source, row.jitter_seconds);
        if now.duration_since(due) > MISSED_AFTER && row.missed == Missed::Skip {
            tracing::warn!(source = row.source, %due, "scheduled run was missed and is left out");
            service.ledger.set_due(&row.source, next).await?;
            continue;
        }
        match service.ledger.run_due(&row, next).await? {
            RunRequest::Queued(run) => tracing::info!(source = row.source, run, "scheduled run"),
            RunRequest::Waiting(run) | RunRequest::Skipped(run) => {
                tracing::warn!(source = row.source, open = run, "scheduled run is left out: another one is open");
            }
        }
    }
    Ok(())
}
