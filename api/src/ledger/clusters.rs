//! Duplicate clusters: the chunk that stands, and those that give way to it.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite};
use tamis_scoring::COPIED;
use utoipa::ToSchema;

use super::{Ledger, Result};

/// Most members of one cluster that are told one by one; `size` counts them all.
const MAX_MEMBERS: i64 = 1_000;

/// A chunk and those that say the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuplicateCluster {
    /// `exact`, `near` or `containment`: the loosest of its members' relations to the canonical chunk.
    pub kind: String,
    /// Public name of the document whose chunk stands.
    pub canonical: String,
    /// Public names of all documents with a chunk here, the canonical one first, at most 1,001.
    pub members: Vec<String>,
    /// How many chunks it has, the canonical one among them.
    pub size: u64,
    /// The canonical chunk's text.
    pub text: String,
    /// The chunks, the canonical one first, at most 1,001.
    pub chunks: Vec<ClusterMember>,
    /// Its place in the list, for reading on after it.
    #[serde(skip)]
    pub place: String,
}

/// A chunk of a cluster.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClusterMember {
    /// The chunk.
    pub chunk: String,
    /// Public name of its document.
    pub document: String,
    /// Where the document is.
    pub uri: String,
    /// How it relates to the chunk it gives way to; null for the canonical one.
    pub kind: Option<String>,
    /// How alike the two are, 0..=1: shared shingles over all of both, or over its own where it is contained.
    pub similarity: Option<f64>,
}

/// A document and those of which most stands in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CopiedDocument {
    /// Public name of the document whose chunks stand.
    pub canonical: String,
    /// Its copies, the fullest first, at most 1,000.
    pub members: Vec<DocumentCopy>,
}

/// A document of which most stands in another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentCopy {
    /// Its public name.
    pub document: String,
    /// The share of its tokens in chunks that give way to chunks of the other, 0..=1.
    pub share: f64,
    /// Whether both are editions of one page, such as `v1.2/install` and `v1.3/install`.
    pub edition: bool,
}

/// Every chunk that gives way, with the one that stands.
const MEMBERS: &str = "select id, document_id, shadow_kind, shadow_similarity, shadowed_by as root
    from chunks where retired = 0 and shadowed_by is not null";

impl Ledger {
    /// A page of the clusters, largest first.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn duplicate_clusters(&self, after: Option<&str>, limit: u32) -> Result<Vec<DuplicateCluster>> {
        // Sorts as text: the larger the cluster, the smaller the number.
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "select * from (select root, count(*) as others,
                substr('0000000000' || (9999999999 - count(*)), -10) || root as place
             from ({MEMBERS}) as members group by root) as clusters where 1 = 1"
        ));
        if let Some(after) = after {
            query.push(" and place > ").push_bind(after);
        }
        query.push(" order by place limit ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut clusters = Vec::with_capacity(rows.len());
        for row in &rows {
            let others: i64 = row.get("others");
            clusters.push(self.cluster(row.get("root"), u64::try_from(others).unwrap_or(0), row.get("place")).await?);
        }
        Ok(clusters)
    }

    /// The documents of which most stands in others, by those, the largest clusters first, at most `limit`.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn copied_documents(&self, limit: u32) -> Result<Vec<CopiedDocument>> {
        let shared: Vec<(String, String, String, i64, i64, bool)> = sqlx::query_as(
            "select k.document_id, e.name, d.name, sum(c.tokens) as shared, d.tokens,
                    coalesce(d.family = e.family and d.older_editions <> e.older_editions, 0)
             from chunks c join chunks k on k.id = c.shadowed_by join documents d on d.id = c.document_id
             join documents e on e.id = k.document_id
             where c.retired = 0 and k.document_id <> c.document_id
             group by c.document_id, k.document_id order by c.document_id, shared",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut clusters: BTreeMap<String, CopiedDocument> = BTreeMap::new();
        for (other, canonical, document, shared, total, edition) in shared {
            let share = shared as f64 / total.max(1) as f64;
            if share >= COPIED {
                let cluster = clusters.entry(other).or_insert(CopiedDocument { canonical, members: Vec::new() });
                cluster.members.push(DocumentCopy { document, share: share.min(1.0), edition });
            }
        }
        let mut clusters: Vec<CopiedDocument> = clusters.into_values().collect();
        for cluster in &mut clusters {
            cluster.members.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.document.cmp(&b.document)));
        }
        clusters.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.canonical.cmp(&b.canonical)));
        clusters.truncate(limit as usize);
        for cluster in &mut clusters {
            cluster.members.truncate(MAX_MEMBERS as usize);
        }
        Ok(clusters)
    }

    async fn cluster(&self, root: &str, others: u64, place: String) -> Result<DuplicateCluster> {
        let (text, document, uri): (String, String, String) = sqlx::query_as(
            "select c.text, d.name, d.uri from chunks c join documents d on d.id = c.document_id where c.id = $1",
        )
        .bind(root)
        .fetch_one(&self.pool)
        .await?;
        let mut query =
            QueryBuilder::<Sqlite>::new("select m.id, m.shadow_kind, m.shadow_similarity, d.name, d.uri from (");
        query.push(MEMBERS).push(") as m join documents d on d.id = m.document_id where m.root = ").push_bind(root);
        query.push(" order by d.source, d.uri, m.id limit ").push_bind(MAX_MEMBERS);
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut chunks = vec![ClusterMember { chunk: root.to_owned(), document, uri, kind: None, similarity: None }];
        chunks.extend(rows.iter().map(|row| ClusterMember {
            chunk: row.get("id"),
            document: row.get("name"),
            uri: row.get("uri"),
            kind: row.get("shadow_kind"),
            similarity: row.get("shadow_similarity"),
        }));
        let loosest = ["containment", "near"]
            .into_iter()
            .find(|kind| chunks.iter().any(|member| member.kind.as_deref() == Some(kind)));
        let mut members: Vec<String> = Vec::new();
        for member in &chunks {
            if !members.contains(&member.document) {
                members.push(member.document.clone());
            }
        }
        Ok(DuplicateCluster {
            kind: loosest.unwrap_or("exact").to_owned(),
            canonical: members.first().cloned().unwrap_or_default(),
            members,
            size: others + 1,
            text,
            chunks,
            place,
        })
    }
}
