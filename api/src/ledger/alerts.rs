//! Alerts, grouped into incidents: all that fires for one scope while an incident is open belongs to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use utoipa::ToSchema;

use super::{Error, Ledger, Result, time, webhooks};

/// An alert that fires now.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// The name of its rule.
    pub rule: String,
    /// `floor`, `ceiling`, `drop` or `z_score`.
    pub kind: &'static str,
    /// The source; none for the whole corpus.
    pub scope: Option<String>,
    /// The figure.
    pub figure: &'static str,
    /// Its value.
    pub value: f64,
    /// The bound it has passed.
    pub bound: f64,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// Nobody has said that they know.
    Open,
    /// Somebody knows.
    Acknowledged,
    /// It is over.
    Resolved,
}

/// Alerts of one scope that belong together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// The source it is about; null for the whole corpus.
    pub source: Option<String>,
    /// Where it stands.
    pub status: IncidentStatus,
    /// Since when (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// When somebody said that they know (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// Who is to see to it.
    pub assignee: Option<String>,
    /// When it was over (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// Who said so; null where its alerts ceased by themselves.
    pub resolved_by: Option<String>,
    /// Its alerts, the first first.
    pub alerts: Vec<Alert>,
    /// Its place in the list, for reading on after it.
    #[serde(skip)]
    pub place: String,
}

/// One figure that passed a bound.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Alert {
    /// The name of its rule.
    pub rule: String,
    /// `floor`, `ceiling`, `drop` or `z_score`.
    pub kind: String,
    /// The figure.
    pub figure: String,
    /// Its last value while it fired.
    pub value: f64,
    /// The bound it has passed.
    pub bound: f64,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Since when it fires (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub fired_at: Option<Timestamp>,
    /// When it ceased (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cleared_at: Option<Timestamp>,
}

/// What a person does about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentAction {
    /// Say that they know.
    Acknowledge,
    /// Give it to somebody; to nobody where `None`.
    Assign(Option<String>),
    /// Say that it is over. Alerts that still fire open no other incident until they have ceased once.
    Resolve,
}

const COLUMNS: &str = "select * from (select id, scope, opened_at, acknowledged_at, acknowledged_by, assignee, resolved_at,
    resolved_by, substr('00000000000000000000' || (9000000000000000000 - opened_at), -20) || id as place,
    case when resolved_at is not null then 'resolved' when acknowledged_at is not null then 'acknowledged' else 'open' end
        as status from incidents) as incidents where 1 = 1";

impl Ledger {
    /// Brings incidents to what fires now: alerts begin, go on or cease; incidents open, grow, or resolve themselves when
    /// the last of their alerts ceases. What changed is told to `hooks`, in the same transaction.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Queue`].
    pub async fn settle_alerts(&self, firing: &[Firing], hooks: &[String]) -> Result<()> {
        let mut write = self.write().await?;
        let now = time::now();
        let active: Vec<(String, String, String, String)> = sqlx::query_as(
            "select a.id, a.rule, a.kind, i.scope from alerts a join incidents i on i.id = a.incident
             where a.cleared_at is null order by a.id",
        )
        .fetch_all(&mut *write.tx)
        .await?;
        let mut events: Vec<(String, &'static str)> = Vec::new();
        for one in firing {
            let scope = one.scope.as_deref().unwrap_or_default();
            let known = active.iter().find(|(_, rule, kind, of)| *rule == one.rule && kind == one.kind && of == scope);
            match known {
                Some((id, ..)) => go_on(&mut write.tx, id, one).await?,
                None => events.push(begin(&mut write.tx, one, scope, now).await?),
            }
        }
        for (id, rule, kind, scope) in &active {
            let fires = |one: &Firing| {
                one.rule == *rule && one.kind == kind && one.scope.as_deref().unwrap_or_default() == scope
            };
            if !firing.iter().any(fires) {
                sqlx::query("update alerts set cleared_at = $2 where id = $1")
                    .bind(id)
                    .bind(now)
                    .execute(&mut *write.tx)
                    .await?;
            }
        }
        let over: Vec<String> = sqlx::query_scalar(
            "update incidents set resolved_at = $1 where resolved_at is null and not exists
                 (select 1 from alerts where alerts.incident = incidents.id and cleared_at is null) returning id",
        )
        .bind(now)
        .fetch_all(&mut *write.tx)
        .await?;
        events.extend(over.into_iter().map(|id| (id, "resolved")));
        events.dedup_by(|a, b| a.0 == b.0);
        for (id, event) in events {
            if let Some(incident) = load(&mut write.tx, &id).await? {
                webhooks::tell(&mut write.tx, hooks, event, &incident, now).await?;
            }
        }
        write.commit().await
    }

    /// A page of the incidents, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn incidents(
        &self,
        status: Option<IncidentStatus>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Incident>> {
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        if let Some(status) = status {
            query.push(" and status = ").push_bind(status.name());
        }
        if let Some(after) = after {
            query.push(" and place > ").push_bind(after);
        }
        query.push(" order by place limit ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut connection = self.pool.acquire().await?;
        let mut incidents = Vec::with_capacity(rows.len());
        for row in &rows {
            incidents.push(incident(&mut connection, row).await?);
        }
        Ok(incidents)
    }

    /// Does something about an incident, and returns it.
    ///
    /// # Errors
    /// [`Error::NoIncident`], or [`Error::IncidentResolved`] where it is over.
    pub async fn act_on_incident(
        &self,
        id: &str,
        action: &IncidentAction,
        actor: &str,
        hooks: &[String],
    ) -> Result<Incident> {
        let mut write = self.write().await?;
        let now = time::now();
        let known = load(&mut write.tx, id).await?.ok_or_else(|| Error::NoIncident { id: id.to_owned() })?;
        if known.status == IncidentStatus::Resolved {
            return Err(Error::IncidentResolved { id: id.to_owned() });
        }
        let query = match action {
            IncidentAction::Acknowledge => sqlx::query(
                "update incidents set acknowledged_at = coalesce(acknowledged_at, $2),
                    acknowledged_by = coalesce(acknowledged_by, $3) where id = $1",
            )
            .bind(id)
            .bind(now)
            .bind(actor),
            IncidentAction::Assign(to) => {
                sqlx::query("update incidents set assignee = $2 where id = $1").bind(id).bind(to.as_deref())
            }
            IncidentAction::Resolve => {
                sqlx::query("update incidents set resolved_at = $2, resolved_by = $3 where id = $1")
                    .bind(id)
                    .bind(now)
                    .bind(actor)
            }
        };
        query.execute(&mut *write.tx).await?;
        let incident = load(&mut write.tx, id).await?.ok_or_else(|| Error::NoIncident { id: id.to_owned() })?;
        if *action == IncidentAction::Resolve {
            webhooks::tell(&mut write.tx, hooks, "resolved", &incident, now).await?;
        }
        write.commit().await?;
        Ok(incident)
    }
}

/// Begins an alert, in the open incident of its scope or a new one.
async fn begin(
    connection: &mut SqliteConnection,
    one: &Firing,
    scope: &str,
    now: i64,
) -> Result<(String, &'static str)> {
    let open: Option<String> =
        sqlx::query_scalar("select id from incidents where scope = $1 and resolved_at is null limit 1")
            .bind(scope)
            .fetch_optional(&mut *connection)
            .await?;
    let event = if open.is_some() { "changed" } else { "opened" };
    let incident = open.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    if event == "opened" {
        sqlx::query("insert into incidents (id, scope, opened_at) values ($1, $2, $3)")
            .bind(&incident)
            .bind(scope)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "insert into alerts (id, incident, rule, kind, figure, value, bound, message, fired_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(&incident)
    .bind(&one.rule)
    .bind(one.kind)
    .bind(one.figure)
    .bind(one.value)
    .bind(one.bound)
    .bind(&one.message)
    .bind(now)
    .execute(connection)
    .await?;
    Ok((incident, event))
}

async fn go_on(connection: &mut SqliteConnection, alert: &str, one: &Firing) -> Result<()> {
    sqlx::query("update alerts set value = $2, bound = $3, message = $4 where id = $1")
        .bind(alert)
        .bind(one.value)
        .bind(one.bound)
        .bind(&one.message)
        .execute(connection)
        .await?;
    Ok(())
}

async fn load(connection: &mut SqliteConnection, id: &str) -> Result<Option<Incident>> {
    let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
    query.push(" and id = ").push_bind(id);
    match query.build().fetch_optional(&mut *connection).await? {
        Some(row) => Ok(Some(incident(connection, &row).await?)),
        None => Ok(None),
    }
}

async fn incident(connection: &mut SqliteConnection, row: &SqliteRow) -> Result<Incident> {
    let id: String = row.get("id");
    let alerts = sqlx::query(
        "select rule, kind, figure, value, bound, message, fired_at, cleared_at from alerts where incident = $1
         order by fired_at, id",
    )
    .bind(&id)
    .fetch_all(connection)
    .await?;
    let alert = |row: &SqliteRow| Alert {
        rule: row.get("rule"),
        kind: row.get("kind"),
        figure: row.get("figure"),
        value: row.get("value"),
        bound: row.get("bound"),
        message: row.get("message"),
        fired_at: time::read(row.get("fired_at")),
        cleared_at: time::read(row.get("cleared_at")),
    };
    let scope: String = row.get("scope");
    Ok(Incident {
        id,
        source: Some(scope).filter(|scope| !scope.is_empty()),
        status: match row.get("status") {
            "resolved" => IncidentStatus::Resolved,
            "acknowledged" => IncidentStatus::Acknowledged,
            _ => IncidentStatus::Open,
        },
        opened_at: time::read(row.get("opened_at")),
        acknowledged_at: time::read(row.get("acknowledged_at")),
        acknowledged_by: row.get("acknowledged_by"),
        assignee: row.get("assignee"),
        resolved_at: time::read(row.get("resolved_at")),
        resolved_by: row.get("resolved_by"),
        alerts: alerts.iter().map(alert).collect(),
        place: row.get("place"),
    })
}

impl IncidentStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}
