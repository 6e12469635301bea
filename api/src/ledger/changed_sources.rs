//! Documents whose files are no longer what was read: they wait for the next run, and until then search answers from
//! text that has been replaced.

use std::path::Path;

use jiff::Timestamp;
use tamis_ingest::ContentHash;
use tamis_ingest::source::{self, Change, Location, SourceLimits};
use tamis_scoring::{Finding, Rule};
use tokio::task::spawn_blocking;

use super::{Error, Ledger, Result};

/// Most files read again to see whether writing to them changed them; of others it is taken for granted.
const MOST_READ: usize = 1_000;

/// A document and where it was read.
struct Kept {
    id: String,
    location: Location,
    content_hash: String,
}

/// A document whose file is no longer what was read.
pub(super) struct ChangedDocument {
    pub(super) id: String,
    pub(super) finding: Finding,
}

impl Ledger {
    /// Looks at the files of all documents that were read.
    pub(super) async fn changed_documents(&self) -> Result<Vec<ChangedDocument>> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "select d.id, d.location, d.content_hash, s.path from documents d join sources s on s.name = d.source
             where d.status = 'ready'",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut documents = Vec::with_capacity(rows.len());
        for (id, location, content_hash, root) in rows {
            let location =
                serde_json::from_str(&location).map_err(|source| Error::Stored { what: "location", source })?;
            documents.push((root, Kept { id, location, content_hash }));
        }
        // Looking at many files takes a while, and a disk may hang.
        Ok(spawn_blocking(move || changed(documents)).await.unwrap_or_default())
    }
}

fn changed(documents: Vec<(String, Kept)>) -> Vec<ChangedDocument> {
    let mut read = 0;
    let mut changed = Vec::new();
    for (root, document) in documents {
        let Some(change) = source::change(&document.location) else { continue };
        let told = match change {
            // A whole source that is not there is a disk that is not mounted, or a path from another folder.
            Change::Gone if !Path::new(&root).exists() => continue,
            Change::Gone => "its file is gone since it was read".to_owned(),
            Change::Written => {
                read += 1;
                if read <= MOST_READ && is_the_same(&document) {
                    continue;
                }
                format!("its file changed since it was read{}", at(&document.location))
            }
        };
        let finding = Finding::new(Rule::SourceChanged, format!("{told}: the next run takes it up"), Vec::new(), "");
        changed.push(ChangedDocument { id: document.id, finding });
    }
    changed
}

fn is_the_same(document: &Kept) -> bool {
    source::fetch(&document.location, SourceLimits::default())
        .is_ok_and(|raw| ContentHash::of(&raw.bytes).as_str() == document.content_hash)
}

fn at(location: &Location) -> String {
    let written = std::fs::metadata(&location.path).and_then(|metadata| metadata.modified()).ok();
    let written = written.and_then(|time| Timestamp::try_from(time).ok());
    written.map(|time| format!(", on {}", time.strftime("%Y-%m-%d"))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use tamis_ingest::source::Histories;

    use super::*;

    #[test]
    fn a_file_that_changed_or_went_is_told_and_one_that_was_only_touched_is_not() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["same.md", "touched.md", "edited.md", "gone.md"] {
            fs::write(dir.path().join(name), format!("# {name}\n")).unwrap();
        }
        let documents = |root: &Path| {
            let listed = source::list(dir.path(), SourceLimits::default(), &Histories::default()).unwrap();
            let kept = listed.filter_map(|one| match one {
                source::Listed::Document(location) => {
                    let content_hash = ContentHash::of(&fs::read(&location.path).unwrap()).to_string();
                    Some((
                        root.to_string_lossy().into_owned(),
                        Kept { id: location.uri.clone(), location, content_hash },
                    ))
                }
                _ => None,
            });
            kept.collect::<Vec<_>>()
        };
        let (here, unmounted) = (documents(dir.path()), documents(&dir.path().join("elsewhere")));
        fs::write(dir.path().join("edited.md"), "# Edited\n").unwrap();
        fs::remove_file(dir.path().join("gone.md")).unwrap();
        for name in ["touched.md", "edited.md"] {
            let later = SystemTime::now() + Duration::from_mins(1);
            File::options().append(true).open(dir.path().join(name)).unwrap().set_modified(later).unwrap();
        }
        let told = |documents| changed(documents).into_iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(told(here), ["edited.md", "gone.md"]);
        assert_eq!(told(unmounted), ["edited.md"], "a source that is not there has not lost its files");
    }
}
