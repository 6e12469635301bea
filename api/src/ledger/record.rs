//! Recording a graded document: its rows, its relations to others and their effects, in one transaction.

use sqlx::SqliteConnection;
use tamis_ingest::{Chunk, ContentHash, DateSource, Document, DocumentId};
use tamis_scoring::duplication::{named_above, word_count};
use tamis_scoring::freshness::calls_current;
use tamis_scoring::{
    Claim, DocumentKind, DocumentLanguage, Fingerprint, Lineage, Measurement, Passage, Policy, Standing,
};

use super::{
    Error, Ledger, QueuedDocument, Result, boilerplate, lineage, passages, publications, reviews::edits,
    settle::Settlement, time,
};

/// A document as read and graded by itself.
#[derive(Debug, Clone)]
pub struct Graded {
    /// The document.
    pub document: Document,
    /// Its chunks, in order.
    pub chunks: Vec<GradedChunk>,
}

/// A chunk as graded by itself.
#[derive(Debug, Clone)]
pub struct GradedChunk {
    /// The chunk.
    pub chunk: Chunk,
    /// What it shows by itself.
    pub measurement: Measurement,
    /// What finds its duplicates.
    pub fingerprint: Fingerprint,
    /// What finds what denies it.
    pub claims: Vec<Claim>,
    /// Whether it passes by itself. One that does not can stand for no other and denies nothing.
    pub eligible: bool,
}

impl Graded {
    /// The document's length in words.
    pub(crate) fn words(&self) -> u32 {
        self.chunks.iter().map(|one| word_count(&one.chunk.text)).fold(0, u32::saturating_add)
    }

    /// The document's length in tokens of the embedder's tokenizer.
    fn tokens(&self) -> u32 {
        self.chunks.iter().map(|one| one.chunk.tokens).fold(0, u32::saturating_add)
    }
}

/// What is known of a document before it is recorded: name, date, title, language, kind, metadata.
type Known = (String, Option<i64>, Option<String>, Option<String>, String, String);

impl Ledger {
    /// Records a document whose bytes hashed to `hash` when they were read: replaces what was known of it, settles its relations to other
    /// documents and grades all that is touched. Returns false, having done nothing, where the document has changed
    /// or gone meanwhile.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn record(
        &self,
        queued: &QueuedDocument,
        hash: &ContentHash,
        reading: &str,
        graded: &Graded,
        policy: &Policy,
    ) -> Result<bool> {
        let id = &queued.id;
        let mut write = self.write_in_background().await?;
        let known: Option<Known> = sqlx::query_as(
            "select name, modified_at, title, language, kind, metadata from documents
             where id = $1 and content_hash = $2 and status = 'queued'",
        )
        .bind(id.as_str())
        .bind(queued.content_hash.as_str())
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some((name, modified_at, title, language, kind, metadata)) = known else { return Ok(false) };
        let document = &graded.document;
        let same_in_index = modified_at == time::stored(document.modified_at)
            && title == document.title
            && language == document.language
            && kind == stored_kind(document, policy)?
            && metadata == stored_metadata(document)?;

        let mut settlement = Settlement::new(&mut write.tx, policy);
        settlement.retire_document(id.as_str()).await?;
        let leftovers = settlement.into_leftovers();
        update_document(&mut write.tx, id, hash, reading, graded, policy).await?;
        let renewed = lineage::renew(&mut write.tx, id.as_str()).await?;
        for one in &graded.chunks {
            upsert_chunk(&mut write.tx, id, one, same_in_index).await?;
        }
        // What a person wrote in place of what was read goes before it, as long as what was read is the same.
        let edited = edits::put_again(&mut write.tx, id, graded, policy).await?;
        let chunks = || graded.chunks.iter().map(|one| edited.get(&one.chunk.id).unwrap_or(one));
        for one in chunks() {
            let chunk = &one.chunk;
            boilerplate::insert(&mut write.tx, id.as_str(), &document.uri, chunk.id.as_str(), &chunk.text, policy)
                .await?;
        }
        let authority = document.authority.or(queued.authority).unwrap_or(passages::DEFAULT_AUTHORITY);
        let lineage = lineage::of(&mut write.tx, id.as_str()).await?;
        let mut settlement = Settlement::resume(&mut write.tx, policy, leftovers);
        lineage::place_again(&mut settlement, &renewed, id.as_str()).await?;
        for one in chunks() {
            if one.eligible {
                let passage = passage(id, &name, document, one, authority, graded.words());
                settlement.enter(Passage { standing: Standing { lineage, ..passage.standing }, ..passage });
            } else {
                settlement.touch(one.chunk.id.as_str());
            }
        }
        settlement.finish().await?;
        publications::purge(&mut write.tx).await?;
        write.commit().await?;
        Ok(true)
    }
}

/// The passage of a chunk that was just read.
pub(crate) fn passage(
    id: &DocumentId,
    name: &str,
    document: &Document,
    one: &GradedChunk,
    authority: u8,
    document_words: u32,
) -> Passage {
    // A file time says when a copy was made, not when the content changed: it decides nothing.
    let effective_at = document.modified_at.filter(|_| document.modified_at_source != Some(DateSource::FileTime));
    Passage {
        chunk: one.chunk.id.clone(),
        document: id.clone(),
        document_name: name.to_owned(),
        uri: document.uri.clone(),
        text: one.chunk.text.clone(),
        offset: one.chunk.span.start(),
        standing: Standing {
            authority,
            effective_at,
            lineage: Lineage { fresh_at: effective_at, older_editions: 0 },
            words: word_count(&one.chunk.text),
            document_words,
            uri: document.uri.clone(),
            ordinal: one.chunk.ordinal,
        },
        named: named_above(document.title.as_deref(), &one.chunk.heading_path, &document.uri),
        language: DocumentLanguage::of(document),
        fingerprint: one.fingerprint.clone(),
        claims: one.claims.clone(),
    }
}

async fn update_document(
    connection: &mut SqliteConnection,
    id: &DocumentId,
    hash: &ContentHash,
    reading: &str,
    graded: &Graded,
    policy: &Policy,
) -> Result<()> {
    let document = &graded.document;
    let date_source = document.modified_at_source.map(DateSource::name);
    let language = DocumentLanguage::of(document);
    let kind = stored_kind(document, policy)?;
    let metadata = stored_metadata(document)?;
    sqlx::query(
        "update documents set status = 'ready', reading = $2, attempts = 0, error_code = null, error_message = null,
                media_type = $3, title = $4, language = $5, authority = $6, modified_at = $7, modified_at_source = $8,
                published_at = $9, tokens = $10, metadata = $11, updated_at = $12, content_hash = $13,
                language_stated = $14, kind = $15, owner = $16, words = $17 where id = $1",
    )
    .bind(id.as_str())
    .bind(reading)
    .bind(document.media_type.name())
    .bind(document.title.as_deref())
    .bind(document.language.as_deref())
    .bind(document.authority.map(i64::from))
    .bind(time::stored(document.modified_at))
    .bind(date_source)
    .bind(time::stored(document.published_at))
    .bind(i64::from(graded.tokens()))
    .bind(metadata)
    .bind(time::now())
    .bind(hash.as_str())
    .bind(i64::from(language.is_some_and(|language| language.stated)))
    .bind(kind)
    .bind(owner(document))
    .bind(i64::from(graded.words()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Who answers for a document: what its metadata says, else its first author.
fn owner(document: &Document) -> Option<&str> {
    let stated = ["owner", "team", "maintainer"].iter().find_map(|key| document.metadata.get(*key)?.as_str());
    let named = stated.or_else(|| document.authors.first().map(String::as_str));
    named.map(str::trim).filter(|name| !name.is_empty())
}

fn stored_kind(document: &Document, policy: &Policy) -> Result<String> {
    serde_json::to_string(&DocumentKind::under(&policy.freshness, document))
        .map_err(|source| Error::Stored { what: "kind of document", source })
}

fn stored_metadata(document: &Document) -> Result<String> {
    serde_json::to_string(&document.metadata).map_err(|source| Error::Stored { what: "metadata", source })
}

async fn upsert_chunk(
    connection: &mut SqliteConnection,
    document: &DocumentId,
    one: &GradedChunk,
    same_in_index: bool,
) -> Result<()> {
    let chunk = &one.chunk;
    let json = |value: serde_json::Result<String>, what| value.map_err(|source| Error::Stored { what, source });
    // Scores and verdict are placeholders until the settlement grades the chunk, later in this transaction.
    sqlx::query(
        "insert into chunks (id, document_id, ordinal, text, span_start, span_end, heading_path, page, tokens,
                measurement, exact_hash, claims, eligible, freshness, duplication, contradiction, structure, overall,
                verdict, reasons, searchable, calls_current, table_head, language)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, 0, 0, 'quarantine', '[]', 0, $15,
                 $16, $17)
         on conflict (id) do update set ordinal = excluded.ordinal, span_start = excluded.span_start,
                span_end = excluded.span_end, page = excluded.page, measurement = excluded.measurement,
                exact_hash = excluded.exact_hash, claims = excluded.claims, eligible = excluded.eligible, retired = 0,
                calls_current = excluded.calls_current,
                publishing = case when $14 = 1 and table_head is not distinct from excluded.table_head
                                       and language is not distinct from excluded.language
                                  then publishing else 0 end,
                index_state = case when index_state = 0
                                        or $14 = 1 and table_head is not distinct from excluded.table_head
                                           and language is not distinct from excluded.language
                                   then index_state else 1 end,
                table_head = excluded.table_head, language = excluded.language",
    )
    .bind(chunk.id.as_str())
    .bind(document.as_str())
    .bind(i64::from(chunk.ordinal))
    .bind(&chunk.text)
    .bind(chunk.span.start() as i64)
    .bind(chunk.span.end() as i64)
    .bind(json(serde_json::to_string(&chunk.heading_path), "heading path")?)
    .bind(chunk.page.map(i64::from))
    .bind(i64::from(chunk.tokens))
    .bind(json(serde_json::to_string(&one.measurement), "measurement")?)
    .bind(one.fingerprint.exact)
    .bind(json(serde_json::to_string(&one.claims), "list of claims")?)
    .bind(i64::from(one.eligible))
    .bind(i64::from(same_in_index))
    .bind(i64::from(calls_current(&chunk.text)))
    .bind(&chunk.table_head)
    .bind(&chunk.language)
    .execute(connection)
    .await?;
    Ok(())
}

/// The source of dates that is stored under this name.
pub(super) fn date_source(name: &str) -> Option<DateSource> {
    DateSource::ALL.into_iter().find(|source| source.name() == name)
}
