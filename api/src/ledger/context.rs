//! What documents show beside the rest of their source: a newer edition of the page, a version called current that no
//! longer is, another language than nearly all others, a file that changed since. Worked out once at the end of a run, from one row a document and
//! the few chunks that matter; only chunks for which it changed are graded again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{Row, SqliteConnection};
use tamis_scoring::freshness::{old_version, outrun, superseded};
use tamis_scoring::{DocumentLanguage, Editions, Finding, Passage, Policy, Rule, Speaker, foreign_documents};

use super::{Error, Ledger, Result, boilerplate, findings, passages, web_links};

/// Findings by chunk.
type Found = BTreeMap<String, Vec<Finding>>;

/// A document, as far as its place among others goes.
struct Member {
    id: String,
    uri: String,
    language: Option<DocumentLanguage>,
    tokens: u32,
}

impl Ledger {
    /// Brings up to date what chunks show beside the rest of their source. Returns how many are graded again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn settle_context(&self, policy: &Policy) -> Result<u64> {
        // Files are looked at before writing begins: a slow disk must not keep others from writing.
        let changed_files = self.changed_documents().await?;
        let mut write = self.write_in_background().await?;
        let sources: Vec<String> = sqlx::query_scalar("select name from sources").fetch_all(&mut *write.tx).await?;
        let mut wanted = Found::new();
        for source in &sources {
            let members = members(&mut write.tx, source).await?;
            languages(&mut write.tx, &members, &mut wanted).await?;
            editions(&mut write.tx, source, &members, &mut wanted).await?;
        }
        for document in changed_files {
            for chunk in chunks_of(&mut write.tx, &document.id).await? {
                wanted.entry(chunk).or_default().push(document.finding.clone());
            }
        }
        for link in web_links::dead(&mut write.tx).await? {
            wanted.entry(link.chunk).or_default().push(link.finding);
        }
        let changed = replace(&mut write.tx, wanted).await?;
        for chunk in &changed {
            findings::regrade(&mut write.tx, chunk, policy).await?;
        }
        let shared = boilerplate::settle(&mut write.tx, policy).await?;
        write.commit().await?;
        Ok(changed.len() as u64 + shared)
    }
}

async fn members(connection: &mut SqliteConnection, source: &str) -> Result<Vec<Member>> {
    let rows = sqlx::query(
        "select id, uri, language, language_stated, tokens from documents where source = $1 and status = 'ready'
         order by uri",
    )
    .bind(source)
    .fetch_all(connection)
    .await?;
    let member = |row: &sqlx::sqlite::SqliteRow| {
        let stated = row.get::<i64, _>("language_stated") == 1;
        let code: Option<String> = row.get("language");
        Member {
            id: row.get("id"),
            uri: row.get("uri"),
            language: code.map(|code| DocumentLanguage { code, stated }),
            tokens: u32::try_from(row.get::<i64, _>("tokens")).unwrap_or(u32::MAX),
        }
    };
    Ok(rows.iter().map(member).collect())
}

/// Documents in another language than the source.
async fn languages(connection: &mut SqliteConnection, members: &[Member], wanted: &mut Found) -> Result<()> {
    let known: Vec<(&Member, Speaker<'_>)> = members
        .iter()
        .filter_map(|member| {
            let language = member.language.as_ref()?;
            Some((member, Speaker { uri: &member.uri, language, tokens: member.tokens }))
        })
        .collect();
    let speakers: Vec<Speaker<'_>> = known.iter().map(|(_, speaker)| speaker.clone()).collect();
    for (index, message) in foreign_documents(&speakers) {
        if let Some(opening) = opening(connection, &known[index].0.id).await? {
            let finding = opening.finding(Rule::WrongLanguage, message);
            wanted.entry(opening.chunk.to_string()).or_default().push(finding);
        }
    }
    Ok(())
}

/// Pages with newer editions, and what calls a version current that no longer is.
async fn editions(
    connection: &mut SqliteConnection,
    source: &str,
    members: &[Member],
    wanted: &mut Found,
) -> Result<()> {
    let by_uri: HashMap<&str, &Member> = members.iter().map(|member| (member.uri.as_str(), member)).collect();
    let editions = Editions::of(by_uri.keys().copied());
    for member in members {
        let mut found: Vec<Finding> =
            editions.old_version(&member.uri).map(|old| old_version(&old, &member.uri)).into_iter().collect();
        if let Some(newest) = editions.newest(&member.uri).and_then(|uri| by_uri.get(uri))
            && let Some(older) = opening(connection, &member.id).await?
            && let Some(newer) = opening(connection, &newest.id).await?
        {
            found.extend(superseded(&older, &newer));
        }
        if found.is_empty() {
            continue;
        }
        for chunk in chunks_of(connection, &member.id).await? {
            wanted.entry(chunk).or_default().extend(found.iter().cloned());
        }
    }
    let mut callers = Vec::new();
    for chunk in callers_of_current(connection, source).await? {
        callers.extend(passages::load_one(connection, &chunk).await?);
    }
    let manuals: BTreeSet<&str> =
        callers.iter().filter_map(|passage| editions.newest_number(&passage.uri)).map(|(_, uri)| uri).collect();
    let mut openings = Vec::with_capacity(manuals.len());
    for uri in manuals {
        if let Some(member) = by_uri.get(uri) {
            openings.extend(opening(connection, &member.id).await?);
        }
    }
    let openings: HashMap<&str, &Passage> = openings.iter().map(|passage| (passage.uri.as_str(), passage)).collect();
    for (chunk, finding) in outrun(&callers.iter().collect::<Vec<_>>(), &openings, &editions) {
        wanted.entry(chunk.to_string()).or_default().push(finding);
    }
    Ok(())
}

/// The chunks of a source that call some version the current one.
async fn callers_of_current(connection: &mut SqliteConnection, source: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select c.id from chunks c join documents d on d.id = c.document_id
         where c.calls_current = 1 and c.retired = 0 and d.source = $1 order by d.uri, c.ordinal",
    )
    .bind(source)
    .fetch_all(connection)
    .await?)
}

async fn chunks_of(connection: &mut SqliteConnection, document: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("select id from chunks where document_id = $1 and retired = 0")
        .bind(document)
        .fetch_all(connection)
        .await?)
}

/// The first passage of a document.
async fn opening(connection: &mut SqliteConnection, document: &str) -> Result<Option<Passage>> {
    let first: Option<String> =
        sqlx::query_scalar("select id from chunks where document_id = $1 and retired = 0 order by ordinal limit 1")
            .bind(document)
            .fetch_optional(&mut *connection)
            .await?;
    match first {
        Some(chunk) => passages::load_one(connection, &chunk).await,
        None => Ok(None),
    }
}

/// The findings a chunk has beside the rest of its source.
pub(super) async fn of(connection: &mut SqliteConnection, chunk: &str) -> Result<Vec<Finding>> {
    let body: Option<String> = sqlx::query_scalar("select body from context_findings where chunk_id = $1")
        .bind(chunk)
        .fetch_optional(connection)
        .await?;
    body.map_or(Ok(Vec::new()), |body| parse(&body))
}

/// Stores what is wanted in place of what was, and returns the chunks for which it differs.
async fn replace(connection: &mut SqliteConnection, wanted: Found) -> Result<Vec<String>> {
    let stored: Vec<(String, String)> =
        sqlx::query_as("select chunk_id, body from context_findings").fetch_all(&mut *connection).await?;
    let mut changed = Vec::new();
    let mut known: HashMap<String, String> = stored.into_iter().collect();
    for (chunk, findings) in wanted {
        let body =
            serde_json::to_string(&findings).map_err(|source| Error::Stored { what: "list of findings", source })?;
        if known.remove(&chunk).as_ref() == Some(&body) {
            continue;
        }
        sqlx::query(
            "insert into context_findings (chunk_id, body) values ($1, $2)
             on conflict (chunk_id) do update set body = excluded.body",
        )
        .bind(&chunk)
        .bind(body)
        .execute(&mut *connection)
        .await?;
        changed.push(chunk);
    }
    for chunk in known.into_keys() {
        sqlx::query("delete from context_findings where chunk_id = $1").bind(&chunk).execute(&mut *connection).await?;
        changed.push(chunk);
    }
    changed.sort_unstable();
    Ok(changed)
}

fn parse(body: &str) -> Result<Vec<Finding>> {
    serde_json::from_str(body).map_err(|source| Error::Stored { what: "list of findings", source })
}
