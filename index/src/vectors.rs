//! The vector index: Lance.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use jiff::Timestamp;
use lancedb::arrow::arrow_array::cast::AsArray;
use lancedb::arrow::arrow_array::types::{Float32Type, Int64Type};
use lancedb::arrow::arrow_array::{
    Array, ArrayRef, FixedSizeListArray, Float32Array, PrimitiveArray, RecordBatch, RecordBatchIterator, StringArray,
};
use lancedb::arrow::arrow_schema::{DataType, Field, Schema, SchemaRef};
use lancedb::expr::{DfExpr, col, contains, is_in, lit};
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use lancedb::table::{CompactionOptions, Duration as TimeDelta, OptimizeAction};
use lancedb::{DistanceType, Table};
use tamis_ingest::{ChunkId, DocumentId};

use crate::entry::{SEPARATOR_TEXT, metadata_term};
use crate::fault::{self, Point};
use crate::neighbours::StoredRow;
use crate::search::Ranked;
use crate::{Error, IndexEntry, Result, SearchFilter, Vector};

const TABLE: &str = "chunks";

/// Ids in one filter: Lance plans a filter anew each time, and long ones are slow to plan.
const IDS_AT_ONCE: usize = 500;

/// One Lance table: ids, what filters need, and the vector.
pub(crate) struct Vectors {
    dir: PathBuf,
    table: Table,
    schema: SchemaRef,
    dimension: usize,
}

fn schema(dimension: usize) -> SchemaRef {
    let number = Arc::new(Field::new("item", DataType::Float32, true));
    Arc::new(Schema::new(vec![
        Field::new("chunk", DataType::Utf8, false),
        Field::new("document", DataType::Utf8, false),
        Field::new("source", DataType::Utf8, false),
        Field::new("language", DataType::Utf8, true),
        Field::new("modified_at", DataType::Int64, true),
        Field::new("kind", DataType::Utf8, true),
        // All values, each between separators: Lance reads a list for every row, a text only where it is asked for.
        Field::new("metadata", DataType::Utf8, true),
        Field::new("vector", DataType::FixedSizeList(number, dimension as i32), false),
    ]))
}

impl Vectors {
    pub(crate) async fn open(dir: &Path, dimension: usize) -> Result<Self> {
        let folder = |source| Error::Folder { dir: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(folder)?;
        let uri = dir.to_str().ok_or_else(|| folder(std::io::Error::other("its name is not UTF-8")))?;
        // Every read looks for what other processes wrote.
        let connection = lancedb::connect(uri).read_consistency_interval(Duration::ZERO).execute();
        let connection = connection.await.map_err(|error| unusable(dir, error))?;
        let schema = schema(dimension);
        let table = match Box::pin(connection.open_table(TABLE).execute()).await {
            Ok(table) => table,
            Err(lancedb::Error::TableNotFound { .. }) => {
                let created = Box::pin(connection.create_empty_table(TABLE, Arc::clone(&schema)).execute());
                created.await.map_err(|error| unusable(dir, error))?
            }
            Err(error) => return Err(unusable(dir, error)),
        };
        let found = table.schema().await.map_err(|error| unusable(dir, error))?;
        if found.fields() != schema.fields() {
            return Err(Error::Damaged { dir: dir.to_owned(), problem: "its columns are not ours".to_owned() });
        }
        Ok(Self { dir: dir.to_owned(), table, schema, dimension })
    }

    /// Whether `vector` can be stored or searched for.
    pub(crate) fn check(&self, of: &str, vector: &Vector) -> Result<()> {
        let problem = if vector.len() != self.dimension {
            format!("{} numbers", vector.len())
        } else if vector.iter().all(|number| number.is_finite()) {
            return Ok(());
        } else {
            "a number that is not finite".to_owned()
        };
        Err(Error::BadVector { of: of.to_owned(), problem, dimension: self.dimension })
    }

    /// Writes `entries`, each chunk once, over what is there, takes `removals` away, and returns the table's version.
    pub(crate) async fn publish(&self, entries: &[(&IndexEntry, &Vector)], removals: &[ChunkId]) -> Result<u64> {
        fault::at(Point::BeforeVectors, &self.dir)?;
        if !entries.is_empty() {
            let batch = self.batch(entries)?;
            let mut merge = self.table.merge_insert(&["chunk"]);
            merge.when_matched_update_all(None).when_not_matched_insert_all();
            let rows = RecordBatchIterator::new([Ok(batch)], Arc::clone(&self.schema));
            Box::pin(merge.execute(Box::new(rows))).await.map_err(|error| self.failed("writing vectors", error))?;
        }
        fault::at(Point::BetweenVectors, &self.dir)?;
        for ids in removals.chunks(IDS_AT_ONCE) {
            let deleted =
                Box::pin(async { self.table.delete(&any_of("chunk", ids.iter().map(ChunkId::as_str))).await });
            deleted.await.map_err(|error| self.failed("removing vectors", error))?;
        }
        fault::at(Point::AfterVectors, &self.dir)?;
        self.version().await
    }

    /// The table's version.
    pub(crate) async fn version(&self) -> Result<u64> {
        self.table.version().await.map_err(|error| self.failed("reading its version", error))
    }

    /// How many chunks there are.
    pub(crate) async fn count(&self) -> Result<u64> {
        let rows = Box::pin(self.table.count_rows(None)).await;
        rows.map(|rows| rows as u64).map_err(|error| self.failed("counting its chunks", error))
    }

    /// Numbers in a vector.
    pub(crate) fn dimension(&self) -> usize {
        self.dimension
    }

    /// Shows `each` every chunk with its vector.
    pub(crate) async fn all(&self, mut each: impl FnMut(StoredRow<'_>, &[f32])) -> Result<()> {
        let failed = |error| self.failed("reading vectors", error);
        let mut batches = Box::pin(self.table.query().execute()).await.map_err(failed)?;
        while let Some(batch) = batches.try_next().await.map_err(failed)? {
            let [chunks, documents, sources, languages, kinds, metadata] =
                ["chunk", "document", "source", "language", "kind", "metadata"].map(|name| self.strings(&batch, name));
            let (chunks, documents, sources) = (chunks?, documents?, sources?);
            let (languages, kinds, metadata) = (languages?, kinds?, metadata?);
            let times = self.column(&batch, "modified_at")?.as_primitive_opt::<Int64Type>();
            let times = times.ok_or_else(|| self.damaged("modified_at holds no times"))?;
            let vectors = self.column(&batch, "vector")?.as_fixed_size_list_opt();
            let numbers = vectors.and_then(|vectors| vectors.values().as_primitive_opt::<Float32Type>());
            let numbers = numbers.ok_or_else(|| self.damaged("vector holds no vectors"))?.values();
            for (row, vector) in numbers.chunks_exact(self.dimension).enumerate().take(batch.num_rows()) {
                let (chunk, document) = self.bits(chunks.value(row), documents.value(row))?;
                let stored = StoredRow {
                    chunk,
                    document,
                    source: sources.value(row),
                    kind: kinds.is_valid(row).then(|| kinds.value(row)),
                    language: languages.is_valid(row).then(|| languages.value(row)),
                    modified_at: times.is_valid(row).then(|| times.value(row)),
                    metadata: metadata.is_valid(row).then(|| metadata.value(row)),
                };
                each(stored, vector);
            }
        }
        Ok(())
    }

    /// The nearest `limit` chunks, by cosine similarity and then by id; an exact scan of those the filter lets through.
    pub(crate) async fn search(&self, vector: &Vector, filter: &SearchFilter, limit: usize) -> Result<Vec<Ranked>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut query = self.table.query().select(Select::columns(&["chunk", "document", "_distance"])).limit(limit);
        if let Some(filter) = expression(filter) {
            query = query.only_if_expr(filter);
        }
        let query = query.nearest_to(vector.as_slice()).map_err(|error| self.failed("searching", error))?;
        let query = query.distance_type(DistanceType::Cosine);
        let batches: Vec<RecordBatch> = Box::pin(async { query.execute().await?.try_collect().await })
            .await
            .map_err(|error| self.failed("searching", error))?;
        let mut hits = Vec::with_capacity(limit.min(1024));
        for batch in &batches {
            let chunks = self.strings(batch, "chunk")?;
            let documents = self.strings(batch, "document")?;
            let distances = self.column(batch, "_distance")?.as_primitive_opt::<Float32Type>();
            let distances = distances.ok_or_else(|| self.damaged("_distance holds no numbers"))?;
            for row in 0..batch.num_rows() {
                let score = 1.0 - distances.value(row);
                // A vector of zeros points nowhere: its cosine is not a number.
                if score.is_finite() {
                    let (chunk, document) = self.bits(chunks.value(row), documents.value(row))?;
                    hits.push(Ranked { chunk, document, score });
                }
            }
        }
        crate::search::sort(&mut hits);
        Ok(hits)
    }

    /// Every chunk id.
    pub(crate) async fn contents(&self) -> Result<BTreeSet<ChunkId>> {
        let query = self.table.query().select(Select::columns(&["chunk"]));
        let mut batches = Box::pin(query.execute()).await.map_err(|error| self.failed("listing its chunks", error))?;
        let mut chunks = BTreeSet::new();
        while let Some(batch) = batches.try_next().await.map_err(|error| self.failed("listing its chunks", error))? {
            let ids = self.strings(&batch, "chunk")?;
            chunks.extend(ids.iter().flatten().map(|id| ChunkId::from_stored(id.to_owned())));
        }
        Ok(chunks)
    }

    /// The vectors of `chunks`, those there are.
    pub(crate) async fn vectors(&self, chunks: &[ChunkId]) -> Result<Vec<(ChunkId, Vector)>> {
        let mut found = Vec::with_capacity(chunks.len());
        for ids in chunks.chunks(IDS_AT_ONCE) {
            let query = self.table.query().select(Select::columns(&["chunk", "vector"]));
            let query = query.only_if_expr(any_of("chunk", ids.iter().map(ChunkId::as_str)));
            let batches: Vec<RecordBatch> = Box::pin(async { query.execute().await?.try_collect().await })
                .await
                .map_err(|error| self.failed("reading vectors", error))?;
            for batch in &batches {
                let ids = self.strings(batch, "chunk")?;
                let vectors = self.column(batch, "vector")?.as_fixed_size_list_opt();
                let vectors = vectors.ok_or_else(|| self.damaged("vector holds no vectors"))?;
                for row in 0..batch.num_rows() {
                    let numbers = vectors.value(row);
                    let numbers = numbers.as_primitive_opt::<Float32Type>();
                    let numbers = numbers.ok_or_else(|| self.damaged("vector holds no numbers"))?;
                    found.push((ChunkId::from_stored(ids.value(row).to_owned()), numbers.values().to_vec()));
                }
            }
        }
        Ok(found)
    }

    /// Merges small files and removes versions older than `keep`.
    pub(crate) async fn optimize(&self, keep: Duration) -> Result<()> {
        let compact = OptimizeAction::Compact { options: CompactionOptions::default(), remap_options: None };
        let prune = OptimizeAction::Prune {
            older_than: Some(TimeDelta::from_std(keep).unwrap_or(TimeDelta::MAX)),
            delete_unverified: None,
            error_if_tagged_old_versions: None,
        };
        for action in [compact, prune] {
            Box::pin(self.table.optimize(action)).await.map_err(|error| self.failed("compacting", error))?;
        }
        Ok(())
    }

    fn batch(&self, entries: &[(&IndexEntry, &Vector)]) -> Result<RecordBatch> {
        let strings = |value: fn(&IndexEntry) -> Option<&str>| -> ArrayRef {
            Arc::new(entries.iter().map(|(entry, _)| value(entry)).collect::<StringArray>())
        };
        let times: PrimitiveArray<Int64Type> =
            entries.iter().map(|(entry, _)| entry.modified_at.map(Timestamp::as_microsecond)).collect();
        let numbers: Float32Array = entries.iter().flat_map(|(_, vector)| vector.iter().copied()).collect();
        let item = Arc::new(Field::new("item", DataType::Float32, true));
        let vectors = FixedSizeListArray::try_new(item, self.dimension as i32, Arc::new(numbers), None);
        let batch = vectors.and_then(|vectors| {
            let columns: Vec<ArrayRef> = vec![
                strings(|entry| Some(entry.chunk.as_str())),
                strings(|entry| Some(entry.document.as_str())),
                strings(|entry| Some(entry.source.as_str())),
                strings(|entry| entry.language.as_deref()),
                Arc::new(times),
                strings(|entry| entry.kind.as_deref()),
                Arc::new(entries.iter().map(|(entry, _)| metadata(entry)).collect::<StringArray>()),
                Arc::new(vectors),
            ];
            RecordBatch::try_new(Arc::clone(&self.schema), columns)
        });
        batch.map_err(|error| self.failed("writing vectors", error.into()))
    }

    /// The bits of a chunk's id and of its document's.
    fn bits(&self, chunk: &str, document: &str) -> Result<(u128, u128)> {
        let chunk_bits = ChunkId::from_stored(chunk.to_owned()).bits();
        let bits = chunk_bits.zip(DocumentId::from_stored(document.to_owned()).bits());
        bits.ok_or_else(|| self.damaged(&format!("chunk {chunk:?} of document {document:?} has no id of ours")))
    }

    fn column<'a>(&self, batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
        batch.column_by_name(name).ok_or_else(|| self.damaged(&format!("it has no column {name}")))
    }

    fn strings<'a>(&self, batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
        let column = self.column(batch, name)?.as_string_opt::<i32>();
        column.ok_or_else(|| self.damaged(&format!("{name} holds no text")))
    }

    fn damaged(&self, problem: &str) -> Error {
        Error::Damaged { dir: self.dir.clone(), problem: problem.to_owned() }
    }

    fn failed(&self, doing: &'static str, error: lancedb::Error) -> Error {
        match error {
            lancedb::Error::TableNotFound { .. } | lancedb::Error::TableCorrupted { .. } => unusable(&self.dir, error),
            source => Error::Vectors { doing, source: Box::new(source) },
        }
    }
}

fn any_of<'a>(column: &str, values: impl Iterator<Item = &'a str>) -> DfExpr {
    is_in(col(column), values.map(lit).collect())
}

fn metadata(entry: &IndexEntry) -> Option<String> {
    let values = entry.metadata.iter().map(|(name, value)| metadata_term(name, value) + SEPARATOR_TEXT);
    (!entry.metadata.is_empty()).then(|| values.fold(SEPARATOR_TEXT.to_owned(), |all, value| all + &value))
}

fn expression(filter: &SearchFilter) -> Option<DfExpr> {
    let sources = (!filter.sources.is_empty())
        .then(|| any_of("source", filter.sources.iter().map(tamis_ingest::SourceName::as_str)));
    let kinds = (!filter.kinds.is_empty()).then(|| any_of("kind", filter.kinds.iter().map(String::as_str)));
    let language = filter.language.as_deref().map(|language| col("language").eq(lit(language)));
    let after = filter.modified_after.map(|time| col("modified_at").gt_eq(lit(time.as_microsecond())));
    let before = filter.modified_before.map(|time| col("modified_at").lt(lit(time.as_microsecond())));
    let metadata = filter.metadata.iter().map(|(name, value)| {
        contains(col("metadata"), lit(format!("{SEPARATOR_TEXT}{}{SEPARATOR_TEXT}", metadata_term(name, value))))
    });
    [sources, kinds, language, after, before].into_iter().flatten().chain(metadata).reduce(DfExpr::and)
}

fn unusable(dir: &Path, error: lancedb::Error) -> Error {
    match error {
        lancedb::Error::CreateDir { source, .. } => Error::Folder { dir: dir.to_owned(), source },
        error => Error::Damaged { dir: dir.to_owned(), problem: error.to_string() },
    }
}
