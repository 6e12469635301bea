//! The ids of what the lexical index found.

use std::collections::BTreeSet;

use tamis_ingest::ChunkId;
use tantivy::columnar::Column;
use tantivy::{DocAddress, Searcher, SegmentReader, TantivyError};

use crate::fields::{CHUNK_BITS, DOCUMENT_BITS};

/// The id columns of each segment.
pub(crate) struct Ids(Vec<Segment>);

struct Segment {
    chunk: [Column<u64>; 2],
    document: [Column<u64>; 2],
}

impl Ids {
    pub(crate) fn open(searcher: &Searcher) -> tantivy::Result<Self> {
        let segment = |reader: &SegmentReader| -> tantivy::Result<Segment> {
            let columns = |[high, low]: [&str; 2]| -> tantivy::Result<[Column<u64>; 2]> {
                Ok([reader.fast_fields().u64(high)?, reader.fast_fields().u64(low)?])
            };
            Ok(Segment { chunk: columns(CHUNK_BITS)?, document: columns(DOCUMENT_BITS)? })
        };
        searcher.segment_readers().iter().map(segment).collect::<tantivy::Result<_>>().map(Self)
    }

    /// The bits of a chunk's id and of its document's.
    pub(crate) fn of(&self, address: DocAddress) -> tantivy::Result<(u128, u128)> {
        let segment = self.0.get(address.segment_ord as usize).ok_or_else(missing)?;
        let bits = |columns| bits(columns, address.doc_id);
        Ok((bits(&segment.chunk)?, bits(&segment.document)?))
    }
}

/// Every chunk's id.
pub(crate) fn all(searcher: &Searcher) -> tantivy::Result<BTreeSet<ChunkId>> {
    let Ids(segments) = Ids::open(searcher)?;
    let mut chunks = BTreeSet::new();
    for (reader, segment) in searcher.segment_readers().iter().zip(&segments) {
        for doc in reader.doc_ids_alive() {
            chunks.insert(ChunkId::from_bits(bits(&segment.chunk, doc)?));
        }
    }
    Ok(chunks)
}

fn bits([high, low]: &[Column<u64>; 2], doc: u32) -> tantivy::Result<u128> {
    let half = |column: &Column<u64>| column.first(doc).map(u128::from).ok_or_else(missing);
    Ok(half(high)? << 64 | half(low)?)
}

fn missing() -> TantivyError {
    TantivyError::InternalError("a document without an id".to_owned())
}
