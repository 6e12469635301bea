//! The lexical index: tantivy.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tamis_ingest::ChunkId;
use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentComponent;
use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};

use crate::clauses::{self, Clauses};
use crate::fault::{self, Point};
use crate::fields::Fields;
use crate::ids::{self, Ids};
use crate::query::{self, Analyzers};
use crate::search::Ranked;
use crate::{Correction, Error, Highlighter, IndexEntry, Result, SearchFilter};

/// Bytes the writer gathers before it writes a segment.
const WRITER_MEMORY: usize = 50_000_000;

/// Share of deleted documents from which a segment is worth rewriting.
const DELETED_BEFORE_MERGE: f32 = 0.3;

/// What a commit says about itself.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    sequence: u64,
    /// The version of the vector index that was written before; commits of older indexes do not say.
    #[serde(default)]
    vectors: u64,
}

/// As much of tantivy's `meta.json` as is read here.
#[derive(Debug, Deserialize)]
struct Meta {
    payload: Option<String>,
}

/// One tantivy index. Every method blocks.
pub(crate) struct Lexical {
    dir: PathBuf,
    index: Index,
    fields: Fields,
    reader: IndexReader,
    /// `meta.json` as the reader last saw it, and what it says of the vectors.
    seen: Mutex<(Vec<u8>, u64)>,
    /// Open from the first publish on: it holds the folder's lock, which is what makes another process wait.
    writer: Mutex<Option<IndexWriter>>,
}

/// What a lexical search found.
pub(crate) struct Found {
    pub(crate) ranked: Vec<Ranked>,
    pub(crate) corrections: Vec<Correction>,
    pub(crate) highlighter: Highlighter,
    /// Whether an identifier of words was typed that some chunk has.
    pub(crate) has_identifier: bool,
}

impl Lexical {
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|source| Error::Folder { dir: dir.to_owned(), source })?;
        let (schema, fields) = Fields::schema();
        let opened = MmapDirectory::open(dir)
            .map_err(TantivyError::from)
            .and_then(|directory| Index::open_or_create(directory, schema));
        let index = opened.map_err(|error| unusable(dir, "opening it", error))?;
        let seen = Mutex::new(read_meta(dir).map(with_vectors)?);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|error| unusable(dir, "opening it", error))?;
        Ok(Self { dir: dir.to_owned(), index, fields, reader, seen, writer: Mutex::new(None) })
    }

    /// Makes sure that this process, and no other, may write.
    pub(crate) fn lock(&self) -> Result<()> {
        self.writer().map(drop)
    }

    /// What `entries` become; they replace what is there under their chunks.
    pub(crate) fn prepare<'a>(
        &self,
        entries: impl Iterator<Item = &'a IndexEntry> + Clone,
        removals: &[ChunkId],
    ) -> Result<Changes> {
        let term = |chunk: &ChunkId| Term::from_field_text(self.fields.chunk, chunk.as_str());
        Ok(Changes {
            gone: entries.clone().map(|entry| &entry.chunk).chain(removals).map(term).collect(),
            new: entries.map(|entry| self.fields.document(entry)).collect::<Result<_>>()?,
        })
    }

    /// Makes `changes` in one commit that carries `sequence` and the version of the vector index that goes with it;
    /// returns its opstamp. Searches see it.
    pub(crate) fn publish(&self, sequence: u64, vectors: u64, changes: Changes) -> Result<u64> {
        let mut guard = self.writer()?;
        let committed = match guard.as_mut() {
            Some(writer) => self.commit(writer, &Payload { sequence, vectors }, changes),
            None => Err(failed(&self.dir, "publishing", TantivyError::Poisoned)),
        };
        let opstamp = committed.inspect_err(|_| {
            // What was added before the failure must not go out with the next commit.
            *guard = None;
        })?;
        fault::at(Point::AfterCommit, &self.dir)?;
        self.reload()?;
        Ok(opstamp)
    }

    fn commit(&self, writer: &mut IndexWriter, payload: &Payload, changes: Changes) -> Result<u64> {
        let failed = |error| failed(&self.dir, "publishing", error);
        // A delete reaches what was added before it, so all deletes go first.
        for term in changes.gone {
            writer.delete_term(term);
        }
        for document in changes.new {
            writer.add_document(document).map_err(failed)?;
        }
        fault::at(Point::BeforeCommit, &self.dir)?;
        let payload =
            serde_json::to_string(payload).map_err(|error| failed(TantivyError::InternalError(error.to_string())))?;
        let mut prepared = writer.prepare_commit().map_err(failed)?;
        prepared.set_payload(&payload);
        fault::at(Point::PreparedCommit, &self.dir)?;
        prepared.commit().map_err(failed)
    }

    /// The sequence of the last commit.
    pub(crate) fn sequence(&self) -> Result<Option<u64>> {
        let meta = self.index.load_metas().map_err(|error| unusable(&self.dir, "reading its metadata", error))?;
        let damaged = |error: serde_json::Error| Error::Damaged { dir: self.dir.clone(), problem: error.to_string() };
        meta.payload
            .map(|payload| serde_json::from_str(&payload).map_err(damaged).map(|payload: Payload| payload.sequence))
            .transpose()
    }

    /// The best `limit` chunks, by BM25 score and then by id.
    pub(crate) fn search(&self, text: &str, filter: &SearchFilter, limit: usize) -> Result<Found> {
        self.reload_if_changed()?;
        self.find(text, filter, limit).map_err(|error| failed(&self.dir, "searching", error))
    }

    fn find(&self, text: &str, filter: &SearchFilter, limit: usize) -> tantivy::Result<Found> {
        let searcher = self.reader.searcher();
        let languages = self.languages(&searcher)?;
        let parts = query::parse(text, &mut Analyzers::new(languages.iter().map(String::as_str)));
        if parts.is_empty() || limit == 0 {
            let highlighter = Highlighter::new(&parts, &[]);
            return Ok(Found { ranked: Vec::new(), corrections: Vec::new(), highlighter, has_identifier: false });
        }
        let Clauses { query, corrections, has_identifier } = clauses::build(&parts, filter, &self.fields, &searcher)?;
        let found = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        let ids = Ids::open(&searcher)?;
        let mut ranked = found
            .into_iter()
            .map(|(score, address)| ids.of(address).map(|(chunk, document)| Ranked { chunk, document, score }))
            .collect::<tantivy::Result<Vec<_>>>()?;
        crate::search::sort(&mut ranked);
        let highlighter = Highlighter::new(&parts, &corrections);
        Ok(Found { ranked, corrections, highlighter, has_identifier })
    }

    /// The languages that documents say.
    fn languages(&self, searcher: &Searcher) -> tantivy::Result<BTreeSet<String>> {
        let mut languages = BTreeSet::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.language)?;
            let mut stream = index.terms().stream()?;
            while stream.advance() {
                languages.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
            }
        }
        Ok(languages)
    }

    /// Every chunk id.
    pub(crate) fn contents(&self) -> Result<BTreeSet<ChunkId>> {
        self.reload_if_changed()?;
        let searcher = self.reader.searcher();
        ids::all(&searcher).map_err(|error| failed(&self.dir, "listing its chunks", error))
    }

    /// Rewrites the index as one segment without what was deleted, and removes files nobody needs.
    pub(crate) fn optimize(&self) -> Result<()> {
        let mut guard = self.writer()?;
        // Merges that the policy began would take segments from under ours: they end first, and a writer that begins
        // none of its own does the rest.
        if let Some(busy) = guard.take() {
            busy.wait_merging_threads().map_err(|error| failed(&self.dir, "ending merges", error))?;
        }
        let mut writer = self.open_writer()?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        merge_all(&self.index, &mut writer).map_err(|error| failed(&self.dir, "compacting", error))?;
        self.reload()?;
        // Only now does no reader of ours hold the old segments.
        writer.garbage_collect_files().wait().map_err(|error| failed(&self.dir, "removing old files", error))?;
        writer.set_merge_policy(Box::new(merge_policy()));
        *guard = Some(writer);
        Ok(())
    }

    /// The writer, opened where it is not open yet.
    fn writer(&self) -> Result<MutexGuard<'_, Option<IndexWriter>>> {
        let mut guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.is_none() {
            let writer = self.open_writer()?;
            writer.set_merge_policy(Box::new(merge_policy()));
            *guard = Some(writer);
        }
        Ok(guard)
    }

    fn open_writer(&self) -> Result<IndexWriter> {
        let writer = self
            .index
            .writer_with_num_threads(1, WRITER_MEMORY)
            .map_err(|error| failed(&self.dir, "opening it for writing", error))?;
        self.remove_unfinished()?;
        Ok(writer)
    }

    /// Removes the lists of deletes that no commit names: whoever wrote them was stopped before its commit. The next one
    /// counts on from the last, gives its own list the same name, and tantivy writes over no file.
    fn remove_unfinished(&self) -> Result<()> {
        let committed: BTreeSet<PathBuf> = self
            .index
            .searchable_segment_metas()
            .map_err(|error| unusable(&self.dir, "reading its metadata", error))?
            .iter()
            .map(|segment| segment.relative_path(SegmentComponent::Delete))
            .collect();
        let folder = |source| Error::Folder { dir: self.dir.clone(), source };
        for entry in std::fs::read_dir(&self.dir).map_err(folder)? {
            let name = PathBuf::from(entry.map_err(folder)?.file_name());
            if name.extension().is_some_and(|ending| ending == "del") && !committed.contains(&name) {
                std::fs::remove_file(self.dir.join(&name)).map_err(folder)?;
            }
        }
        Ok(())
    }

    /// The version of the vector index that goes with the last commit; 0 where that does not say.
    pub(crate) fn vectors(&self) -> Result<u64> {
        self.reload_if_changed()?;
        Ok(self.seen().1)
    }

    /// Follows what this or another process committed.
    fn reload_if_changed(&self) -> Result<()> {
        if self.seen().0 == read_meta(&self.dir)? { Ok(()) } else { self.reload() }
    }

    fn reload(&self) -> Result<()> {
        let mut seen = self.seen();
        // Read before the reload: where a commit falls between the two, the next search reloads once too often.
        let meta = read_meta(&self.dir)?;
        self.reader.reload().map_err(|error| failed(&self.dir, "reading a commit", error))?;
        *seen = with_vectors(meta);
        Ok(())
    }

    fn seen(&self) -> MutexGuard<'_, (Vec<u8>, u64)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A publish, ready to write.
pub(crate) struct Changes {
    gone: Vec<Term>,
    new: Vec<TantivyDocument>,
}

/// tantivy's own policy, told to care about deletes.
fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_del_docs_ratio_before_merge(DELETED_BEFORE_MERGE);
    policy
}

fn merge_all(index: &Index, writer: &mut IndexWriter) -> tantivy::Result<()> {
    let segments = index.searchable_segment_metas()?;
    let clean = segments.len() <= 1 && segments.iter().all(|segment| segment.num_deleted_docs() == 0);
    if !clean {
        let ids: Vec<_> = segments.iter().map(tantivy::SegmentMeta::id).collect();
        writer.merge(&ids).wait()?;
    }
    Ok(())
}

fn read_meta(dir: &Path) -> Result<Vec<u8>> {
    std::fs::read(dir.join("meta.json")).map_err(|source| Error::Folder { dir: dir.to_owned(), source })
}

fn with_vectors(meta: Vec<u8>) -> (Vec<u8>, u64) {
    let payload = serde_json::from_slice::<Meta>(&meta).ok().and_then(|meta| meta.payload);
    let payload = payload.and_then(|payload| serde_json::from_str::<Payload>(&payload).ok());
    (meta, payload.map_or(0, |payload| payload.vectors))
}

/// What went wrong while the index was opened: mostly its files are not what they were.
fn unusable(dir: &Path, doing: &'static str, error: TantivyError) -> Error {
    match error {
        TantivyError::OpenReadError(_)
        | TantivyError::DataCorruption(_)
        | TantivyError::SchemaError(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::DeserializeError(_)
        | TantivyError::InvalidArgument(_) => Error::Damaged { dir: dir.to_owned(), problem: error.to_string() },
        other => failed(dir, doing, other),
    }
}

fn failed(dir: &Path, doing: &'static str, error: TantivyError) -> Error {
    match error {
        TantivyError::LockFailure(..) => Error::Busy { dir: dir.to_owned() },
        TantivyError::DataCorruption(_) | TantivyError::IncompatibleIndex(_) | TantivyError::DeserializeError(_) => {
            Error::Damaged { dir: dir.to_owned(), problem: error.to_string() }
        }
        source => Error::Lexical { doing, source: Box::new(source) },
    }
}
