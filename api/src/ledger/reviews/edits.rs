//! Words that a person put in place of a chunk's own.
//!
//! The chunk keeps its id, its place and its headings; its words are graded by what they show in its document, compared
//! with all others, embedded and found like any. What reading found is kept beside, for undo.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use tamis_ingest::{ByteSpan, Chunk, ChunkId, Document, DocumentId, MediaType};
use tamis_scoring::freshness::calls_current;
use tamis_scoring::{Measurement, Policy, Rule};

use crate::grading;
use crate::ledger::settle::Settlement;
use crate::ledger::{Error, Graded, GradedChunk, Result, boilerplate, record, time};

/// What a reader noticed about the document as a whole: other words in one chunk change nothing about it.
const ABOUT_THE_DOCUMENT: [Rule; 3] = [Rule::BadFrontMatter, Rule::ImplausibleDate, Rule::Truncated];

/// Other words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The words.
    pub text: String,
    /// Their length in tokens of the embedder's tokenizer.
    pub tokens: u32,
}

/// What stands in a chunk's row and depends on its words.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Words {
    text: String,
    tokens: i64,
    measurement: String,
    exact_hash: i64,
    claims: String,
    eligible: i64,
}

/// The edit of a chunk.
pub(super) async fn of(connection: &mut SqliteConnection, chunk: &str) -> Result<Option<Edit>> {
    let found: Option<(String, i64)> = sqlx::query_as("select text, tokens from chunk_edits where chunk_id = $1")
        .bind(chunk)
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(text, tokens)| Edit { text, tokens: u32::try_from(tokens).unwrap_or(u32::MAX) }))
}

/// The words that an edited chunk had when it was read, from `chunk_edits.original`.
pub(in crate::ledger) fn original_text(stored: &str) -> Result<String> {
    read_words(stored).map(|words| words.text)
}

/// Puts an edit in place of a chunk's words and settles its relations to others.
pub(super) async fn put(connection: &mut SqliteConnection, chunk: &str, edit: &Edit, policy: &Policy) -> Result<()> {
    let found = match original(connection, chunk).await? {
        Some(original) => original,
        None => current(connection, chunk).await?,
    };
    keep(connection, chunk, edit, &found).await?;
    let document: String = sqlx::query_scalar("select document_id from chunks where id = $1")
        .bind(chunk)
        .fetch_one(&mut *connection)
        .await?;
    let originals = HashMap::from([(chunk.to_owned(), found)]);
    let graded = grade(connection, &document, chunk, edit, &originals, policy).await?;
    let words = words(&graded)?;
    replace(connection, chunk, &words, policy).await
}

/// Puts the words back that reading found.
pub(super) async fn take_back(connection: &mut SqliteConnection, chunk: &str, policy: &Policy) -> Result<()> {
    let Some(found) = original(connection, chunk).await? else { return Ok(()) };
    sqlx::query("delete from chunk_edits where chunk_id = $1").bind(chunk).execute(&mut *connection).await?;
    replace(connection, chunk, &found, policy).await
}

/// Puts the edits of a document's chunks in place again that was just read: returns those chunks with the words that
/// people gave them. What was read is what undo will put back.
pub(in crate::ledger) async fn put_again(
    connection: &mut SqliteConnection,
    document: &DocumentId,
    read: &Graded,
    policy: &Policy,
) -> Result<HashMap<ChunkId, GradedChunk>> {
    let known: Vec<(String, String, i64)> = sqlx::query_as(
        "select e.chunk_id, e.text, e.tokens from chunk_edits e join chunks c on c.id = e.chunk_id
         where c.document_id = $1 and c.retired = 0",
    )
    .bind(document.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let mut edits = HashMap::new();
    let mut originals = HashMap::new();
    for (chunk, text, tokens) in known {
        let Some(one) = read.chunks.iter().find(|one| one.chunk.id.as_str() == chunk) else { continue };
        let edit = Edit { text, tokens: u32::try_from(tokens).unwrap_or(u32::MAX) };
        let found = words(one)?;
        keep(connection, &chunk, &edit, &found).await?;
        originals.insert(chunk.clone(), found);
        edits.insert(chunk, edit);
    }
    let mut put = HashMap::with_capacity(edits.len());
    for (chunk, edit) in &edits {
        let graded = grade(connection, document.as_str(), chunk, edit, &originals, policy).await?;
        write(connection, chunk, &words(&graded)?).await?;
        put.insert(graded.chunk.id.clone(), graded);
    }
    Ok(put)
}

async fn keep(connection: &mut SqliteConnection, chunk: &str, edit: &Edit, found: &Words) -> Result<()> {
    sqlx::query(
        "insert into chunk_edits (chunk_id, text, tokens, original) values ($1, $2, $3, $4)
         on conflict (chunk_id) do update set text = excluded.text, tokens = excluded.tokens, original = excluded.original",
    )
    .bind(chunk)
    .bind(&edit.text)
    .bind(i64::from(edit.tokens))
    .bind(serde_json::to_string(found).map_err(|source| Error::Stored { what: "original text", source })?)
    .execute(connection)
    .await?;
    Ok(())
}

async fn original(connection: &mut SqliteConnection, chunk: &str) -> Result<Option<Words>> {
    let stored: Option<String> = sqlx::query_scalar("select original from chunk_edits where chunk_id = $1")
        .bind(chunk)
        .fetch_optional(connection)
        .await?;
    stored.as_deref().map(read_words).transpose()
}

fn read_words(stored: &str) -> Result<Words> {
    serde_json::from_str(stored).map_err(|source| Error::Stored { what: "original text", source })
}

async fn current(connection: &mut SqliteConnection, chunk: &str) -> Result<Words> {
    let row = sqlx::query("select text, tokens, measurement, exact_hash, claims, eligible from chunks where id = $1")
        .bind(chunk)
        .fetch_one(connection)
        .await?;
    Ok(Words {
        text: row.get("text"),
        tokens: row.get("tokens"),
        measurement: row.get("measurement"),
        exact_hash: row.get("exact_hash"),
        claims: row.get("claims"),
        eligible: row.get("eligible"),
    })
}

/// The row's words of a graded chunk.
fn words(one: &GradedChunk) -> Result<Words> {
    let stored = |what| move |source| Error::Stored { what, source };
    Ok(Words {
        text: one.chunk.text.clone(),
        tokens: i64::from(one.chunk.tokens),
        measurement: serde_json::to_string(&one.measurement).map_err(stored("measurement"))?,
        exact_hash: one.fingerprint.exact,
        claims: serde_json::to_string(&one.claims).map_err(stored("list of claims"))?,
        eligible: i64::from(one.eligible),
    })
}

/// Writes other words into a live chunk's row, its paragraphs and its relations, and grades all that is touched.
async fn replace(connection: &mut SqliteConnection, chunk: &str, words: &Words, policy: &Policy) -> Result<()> {
    write(connection, chunk, words).await?;
    let (document, uri): (String, String) =
        sqlx::query_as("select d.id, d.uri from chunks c join documents d on d.id = c.document_id where c.id = $1")
            .bind(chunk)
            .fetch_one(&mut *connection)
            .await?;
    boilerplate::recount(connection, chunk).await?;
    sqlx::query("delete from paragraphs where chunk_id = $1").bind(chunk).execute(&mut *connection).await?;
    boilerplate::insert(connection, &document, &uri, chunk, &words.text, policy).await?;
    let mut settlement = Settlement::new(connection, policy);
    settlement.reworded(chunk, words.eligible == 1).await?;
    settlement.finish().await
}

async fn write(connection: &mut SqliteConnection, chunk: &str, words: &Words) -> Result<()> {
    sqlx::query(
        "update chunks set tokens = $3, measurement = $4, exact_hash = $5, claims = $6, eligible = $7,
                calls_current = $8, publishing = case when text = $2 then publishing else 0 end,
                index_state = case when index_state = 0 or text = $2 then index_state else 1 end, text = $2
         where id = $1",
    )
    .bind(chunk)
    .bind(&words.text)
    .bind(words.tokens)
    .bind(&words.measurement)
    .bind(words.exact_hash)
    .bind(&words.claims)
    .bind(words.eligible)
    .bind(i64::from(calls_current(&words.text)))
    .execute(connection)
    .await?;
    Ok(())
}

/// Grades an edit in its place in the document, whose other chunks say what reading found.
async fn grade(
    connection: &mut SqliteConnection,
    document: &str,
    chunk: &str,
    edit: &Edit,
    originals: &HashMap<String, Words>,
    policy: &Policy,
) -> Result<GradedChunk> {
    let rows = sqlx::query(
        "select c.id, c.ordinal, c.text, c.heading_path, c.table_head, c.language, c.page, c.tokens, e.original
         from chunks c left join chunk_edits e on e.chunk_id = c.id
         where c.document_id = $1 and c.retired = 0 order by c.ordinal",
    )
    .bind(document)
    .fetch_all(&mut *connection)
    .await?;
    let mut text = String::new();
    let mut chunks = Vec::with_capacity(rows.len());
    for row in &rows {
        let (id, stored): (String, String) = (row.get("id"), row.get("text"));
        let (here, tokens) = if id == chunk {
            (edit.text.clone(), edit.tokens)
        } else {
            let tokens = u32::try_from(row.get::<i64, _>("tokens")).unwrap_or(u32::MAX);
            (as_read(&id, stored, row.get("original"), originals)?, tokens)
        };
        let start = text.len();
        text.push_str(&here);
        chunks.push(Chunk { text: here, span: ByteSpan::new(start, text.len()), ..place(row, id, tokens)? });
    }
    let mut graded = grading::grade(load_document(connection, document, text).await?, chunks, policy, Timestamp::now());
    let missing = || Error::NoChunk { id: chunk.to_owned() };
    let position = graded.chunks.iter().position(|one| one.chunk.id.as_str() == chunk).ok_or_else(missing)?;
    let mut one = graded.chunks.swap_remove(position);
    if let Some(found) = originals.get(chunk) {
        let found: Measurement =
            serde_json::from_str(&found.measurement).map_err(|source| Error::Stored { what: "measurement", source })?;
        one.measurement
            .findings
            .extend(found.findings.into_iter().filter(|finding| ABOUT_THE_DOCUMENT.contains(&finding.rule)));
    }
    Ok(one)
}

/// What reading found in another chunk of the document.
fn as_read(
    chunk: &str,
    stored: String,
    original: Option<String>,
    originals: &HashMap<String, Words>,
) -> Result<String> {
    if let Some(words) = originals.get(chunk) {
        return Ok(words.text.clone());
    }
    let Some(original) = original else { return Ok(stored) };
    original_text(&original)
}

/// A chunk without its words.
fn place(row: &SqliteRow, id: String, tokens: u32) -> Result<Chunk> {
    let heading_path: String = row.get("heading_path");
    let number = |name: &str| row.get::<Option<i64>, _>(name).and_then(|value| u32::try_from(value).ok());
    Ok(Chunk {
        id: ChunkId::from_stored(id),
        ordinal: number("ordinal").unwrap_or(u32::MAX),
        text: String::new(),
        span: ByteSpan::new(0, 0),
        heading_path: serde_json::from_str(&heading_path)
            .map_err(|source| Error::Stored { what: "heading path", source })?,
        table_head: row.get("table_head"),
        language: row.get("language"),
        page: number("page"),
        tokens,
    })
}

/// A document as far as the ledger knows it, with this text.
async fn load_document(connection: &mut SqliteConnection, id: &str, text: String) -> Result<Document> {
    let row = sqlx::query(
        "select uri, media_type, title, language, language_stated, published_at, modified_at, modified_at_source,
                authority, metadata from documents where id = $1",
    )
    .bind(id)
    .fetch_one(connection)
    .await?;
    let metadata: String = row.get("metadata");
    let media_type: Option<String> = row.get("media_type");
    Ok(Document {
        uri: row.get("uri"),
        // A format that this tamis does not know is read as what every format becomes.
        media_type: media_type
            .and_then(|name| serde_json::from_value(serde_json::Value::String(name)).ok())
            .unwrap_or(MediaType::Markdown),
        title: row.get("title"),
        authors: Vec::new(),
        language: row.get("language"),
        language_stated: row.get::<i64, _>("language_stated") == 1,
        published_at: time::read(row.get("published_at")),
        modified_at: time::read(row.get("modified_at")),
        modified_at_source: row.get::<Option<&str>, _>("modified_at_source").and_then(record::date_source),
        text,
        line_offset: None,
        pages: Vec::new(),
        notices: Vec::new(),
        authority: row.get::<Option<i64>, _>("authority").and_then(|value| u8::try_from(value).ok()),
        metadata: serde_json::from_str(&metadata).map_err(|source| Error::Stored { what: "metadata", source })?,
    })
}
