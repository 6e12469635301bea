//! The ledger against what must always hold, over random histories.

mod audit;
mod duplicates;
mod health;
mod review;

use std::collections::BTreeMap;

use jiff::Timestamp;
use tamis_ingest::source::Location;
use tamis_ingest::{
    ChunkLimits, ContentHash, DocumentId, MediaType, RawDocument, SourceName, Supplied, TokenCounter, chunk, extract,
};
use tamis_scoring::Policy;

use super::{
    DocumentRow, Error, Graded, Ledger, Overlap, Published, Reading, Registered, RunCause, RunRequest, RunStatus,
};
use crate::grading;

/// What a source shows of one document.
fn row(source: &SourceName, uri: &str, text: &str) -> DocumentRow {
    DocumentRow {
        id: DocumentId::new(source, uri),
        name: uri.into(),
        location: Location {
            uri: uri.into(),
            path: uri.into(),
            line: None,
            member: Vec::new(),
            bytes: text.len() as u64,
            stored_at: None,
            committed: None,
        },
        content_hash: ContentHash::of(text.as_bytes()),
    }
}

fn reading() -> Reading {
    Reading { rules: "r1".into(), seconds: 60 }
}

/// A ledger in a folder of its own, fed with documents as the prepare job feeds it.
struct Bench {
    ledger: Ledger,
    source: SourceName,
    policy: Policy,
    documents: BTreeMap<String, String>,
    _dir: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.sqlite")).await.unwrap();
        let source = SourceName::new("docs").unwrap();
        ledger.register_source(&source, dir.path(), None).await.unwrap();
        Self { ledger, source, policy: Policy::default(), documents: BTreeMap::new(), _dir: dir }
    }

    /// One run over all documents as they are now.
    async fn run(&self) {
        let run = self.ledger.begin_run(&self.source).await.unwrap();
        for (uri, text) in &self.documents {
            let row = row(&self.source, uri, text);
            let outcome = self
                .ledger
                .register_documents(&run, &self.source, &reading(), std::slice::from_ref(&row))
                .await
                .unwrap();
            if matches!(outcome[0], Registered::New | Registered::Changed) {
                let queued = self.ledger.begin_attempt(row.id.as_str()).await.unwrap().unwrap();
                let graded = graded(&row.id, uri, text, &self.policy);
                assert!(self.ledger.record(&queued, &row.content_hash, "r1", &graded, &self.policy).await.unwrap());
            }
        }
        self.ledger.remove_unseen(&run, &self.source, &self.policy, |_| false).await.unwrap();
        self.ledger.settle_context(&self.policy).await.unwrap();
    }

    /// The rules found on the chunks of a document.
    async fn rules(&self, uri: &str) -> Vec<String> {
        sqlx::query_scalar(
            "select distinct f.rule from findings f join chunks c on c.id = f.chunk_id
             join documents d on d.id = c.document_id where d.uri = $1 and c.retired = 0 order by f.rule",
        )
        .bind(uri)
        .fetch_all(self.ledger.pool())
        .await
        .unwrap()
    }

    /// Publishes to indexes that take everything.
    async fn publish(&self, index: &mut BTreeMap<String, u64>) {
        while let Some(batch) = self.ledger.next_batch(3, &self.policy).await.unwrap() {
            for (entry, _) in &batch.entries {
                index.insert(entry.chunk.to_string(), batch.sequence);
            }
            for chunk in &batch.removals {
                index.remove(chunk.as_str());
            }
            let written: Vec<_> = batch.entries.iter().map(|(entry, _)| (entry.chunk.clone(), "hash".into())).collect();
            let published = Published { sequence: batch.sequence, written: &written, removed: &batch.removals };
            self.ledger.mark_published(&published).await.unwrap();
        }
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.ledger.pool()).await.unwrap()
    }

    /// What must hold after every run.
    async fn check(&self) {
        for (what, sql) in [
            (
                "a shadow that is gone",
                "select count(*) from chunks c where c.retired = 0 and c.shadowed_by is not null and not exists
                 (select 1 from chunks s where s.id = c.shadowed_by and s.retired = 0)",
            ),
            (
                "a copy of what gives way itself",
                "select count(*) from chunks c join chunks above on above.id = c.shadowed_by
                 where c.retired = 0 and above.shadowed_by is not null",
            ),
            (
                "a standing chunk without keys",
                "select count(*) from chunks c where c.retired = 0 and c.eligible = 1 and c.shadowed_by is null
                 and not exists (select 1 from bands b where b.chunk_id = c.id)",
            ),
            (
                "keys of a chunk that does not stand",
                "select count(*) from bands b join chunks c on c.id = b.chunk_id
                 where c.retired = 1 or c.eligible = 0
                    or (c.shadowed_by is not null and c.shadow_kind <> 'containment')",
            ),
            (
                "two standing chunks with the same text",
                "select count(*) from (select exact_hash from chunks where retired = 0 and eligible = 1
                 and shadowed_by is null group by exact_hash having count(*) > 1) as twice",
            ),
            (
                "a copy that may be searched, though nobody released it",
                "select count(*) from chunks where retired = 0 and shadowed_by is not null and searchable = 1
                 and id not in (select chunk_id from reviews where state = 'released')",
            ),
            (
                "a conflict of a chunk that does not stand",
                "select count(*) from conflicts x join chunks c on c.id in (x.chunk_id, x.other_id)
                 where c.retired = 1 or c.shadowed_by is not null",
            ),
        ] {
            assert_eq!(self.count(sql).await, 0, "{what}: {:?}", self.documents);
        }
    }
}

fn graded(id: &DocumentId, uri: &str, text: &str, policy: &Policy) -> Graded {
    let raw = RawDocument {
        uri: uri.to_owned(),
        media_type: MediaType::Markdown,
        bytes: text.as_bytes().to_vec(),
        fetched_at: Timestamp::now(),
        stored_at: None,
        place: None,
        supplied: Supplied::default(),
    };
    let document = extract(&raw, tamis_ingest::ExtractLimits::default());
    let chunks = chunk::chunk(id, &document, &TokenCounter::Estimate, ChunkLimits::default());
    grading::grade(document, chunks, policy, Timestamp::now())
}

/// Texts that copy, nearly copy, contain and contradict each other.
fn texts() -> Vec<String> {
    let base = "The night ferry to Skagen leaves from the eastern quay as soon as the customs officer has signed the list. \
                Passengers with bicycles wait behind the yellow line until the deck hand calls them forward.";
    let other = "Bread for the galley is ordered by the second cook every Tuesday, and whatever is left over on Monday goes \
                 to the gulls. Nobody remembers who began this custom.";
    let limit =
        |n: u32| format!("The luggage room of the ferry accepts at most {n} suitcases for every travelling family.");
    vec![
        base.to_owned(),
        base.to_uppercase(),
        base.replace("yellow line", "white line"),
        format!("{base} {other}"),
        other.to_owned(),
        limit(3),
        limit(5),
        String::new(),
    ]
}

/// A small generator with a fixed seed (Marsaglia's xorshift64): the same history every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

#[tokio::test]
async fn relations_stay_true_over_random_histories() {
    let texts = texts();
    let mut dice = Dice(0x7a31_5eed);
    let mut bench = Bench::new().await;
    let mut index = BTreeMap::new();
    for _ in 0..40 {
        for _ in 0..=dice.roll(3) {
            let uri = format!("{}.md", dice.roll(7));
            if dice.roll(3) == 0 {
                bench.documents.remove(&uri);
            } else {
                bench.documents.insert(uri, texts[dice.roll(texts.len())].clone());
            }
        }
        bench.run().await;
        bench.check().await;
        if dice.roll(2) == 0 {
            bench.publish(&mut index).await;
            let wanted: Vec<String> =
                bench.ledger.searchable_chunks().await.unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(index.keys().cloned().collect::<Vec<_>>(), wanted);
        }
    }
    // When everything has gone and the indexes know it, nothing is left.
    bench.documents.clear();
    bench.run().await;
    bench.publish(&mut index).await;
    assert!(index.is_empty());
    for sql in ["select count(*) from chunks", "select count(*) from documents", "select count(*) from bands"] {
        assert_eq!(bench.count(sql).await, 0, "{sql}");
    }
}

#[tokio::test]
async fn a_removal_interrupted_before_the_indexes_heard_of_it_is_not_forgotten() {
    let mut bench = Bench::new().await;
    bench.documents.insert("a.md".into(), texts()[0].clone());
    bench.run().await;
    // An index was written, and the process died before it could say so.
    let batch = bench.ledger.next_batch(10, &bench.policy).await.unwrap().unwrap();
    assert_eq!(batch.entries.len(), 1);
    bench.documents.clear();
    bench.run().await;
    let next = bench.ledger.next_batch(10, &bench.policy).await.unwrap().unwrap();
    assert_eq!(next.removals, [batch.entries[0].0.chunk.clone()]);
    assert!(next.entries.is_empty());
    assert!(next.sequence > batch.sequence);
}

#[tokio::test]
async fn a_document_that_never_finishes_is_given_up() {
    let mut bench = Bench::new().await;
    bench.documents.insert("poison.md".into(), texts()[0].clone());
    let run = bench.ledger.begin_run(&bench.source).await.unwrap();
    let id = DocumentId::new(&bench.source, "poison.md");
    let row = row(&bench.source, "poison.md", "x");
    let reading = reading();
    let register = || bench.ledger.register_documents(&run, &bench.source, &reading, std::slice::from_ref(&row));
    assert_eq!(register().await.unwrap(), [Registered::New]);
    let mut begun = Vec::new();
    for attempt in 1..=4 {
        begun.push(bench.ledger.begin_attempt(id.as_str()).await.unwrap().unwrap());
        assert_eq!(begun.last().unwrap().attempt, attempt);
    }
    bench.ledger.give_up_document(&begun[3], &reading).await.unwrap();
    assert!(bench.ledger.begin_attempt(id.as_str()).await.unwrap().is_none());
    assert_eq!(register().await.unwrap(), [Registered::StillFailed]);
    let failed = bench.ledger.failed_documents(&run).await.unwrap();
    assert!(failed[0].1.contains("3 times"), "{failed:?}");
}

#[tokio::test]
async fn taking_a_source_out_goes_on_to_its_end() {
    let bench = Bench::new().await;
    let run = bench.ledger.request_deletion("docs").await.unwrap();
    assert!(matches!(bench.ledger.cancel_run(&run).await, Err(Error::SourceLeaving { .. })));
    assert_eq!(bench.ledger.request_deletion("docs").await.unwrap(), run, "asked for twice, done once");
}

#[tokio::test]
async fn what_took_too_long_is_not_read_again_until_it_may_take_longer() {
    let bench = Bench::new().await;
    let run = bench.ledger.begin_run(&bench.source).await.unwrap();
    let row = row(&bench.source, "slow.pdf", "x");
    let register = async |reading: &Reading| {
        let rows = std::slice::from_ref(&row);
        bench.ledger.register_documents(&run, &bench.source, reading, rows).await.unwrap()
    };
    let (now, longer) = (reading(), Reading { seconds: reading().seconds + 1, ..reading() });
    for (code, again) in
        [(super::TOO_SLOW, &longer), (super::READER_FAILED, &Reading { rules: "r2".into(), ..reading() })]
    {
        register(&now).await;
        let begun = bench.ledger.begin_attempt(row.id.as_str()).await.unwrap().unwrap();
        bench.ledger.fail_document(&begun, code, "it failed", &now).await.unwrap();
        assert_eq!(register(&now).await, [Registered::StillFailed], "{code}");
        assert_eq!(register(again).await, [Registered::Changed], "{code}");
    }
}

#[tokio::test]
async fn a_run_that_begins_again_counts_no_document_twice() {
    let bench = Bench::new().await;
    let ledger = &bench.ledger;
    let row = |uri: &str| self::row(&bench.source, uri, "x");
    let (first, both) = ([row("a.md")], [row("a.md"), row("b.md")]);
    let RunRequest::Queued(run) = ledger.request_run("docs", RunCause::Request, Overlap::Skip).await.unwrap() else {
        panic!("no run is open");
    };
    assert_eq!(ledger.begin_queued_run(&run, 90.0).await.unwrap().unwrap().attempt, 1);
    assert!(ledger.begin_queued_run(&run, 80.0).await.unwrap().is_none(), "it is being done");
    ledger.register_documents(&run, &bench.source, &reading(), &first).await.unwrap();
    // The process dies here, and the next one finds the run.
    assert_eq!(ledger.reset_runs().await.unwrap(), 1);
    let begun = ledger.begin_queued_run(&run, 80.0).await.unwrap().unwrap();
    assert_eq!((begun.attempt, begun.health_before), (2, 90.0), "before the run is before it first began");
    ledger.register_documents(&run, &bench.source, &reading(), &both).await.unwrap();
    let counts = ledger.run_counts(&run).await.unwrap();
    assert_eq!((counts.seen, counts.new), (2, 2));
    // A run of the command line belongs to whoever typed it.
    let typed = ledger.begin_run(&bench.source).await.unwrap();
    ledger.reset_runs().await.unwrap();
    let typed = ledger.run(&typed).await.unwrap();
    assert_eq!(typed.status, RunStatus::Failed);
    assert!(typed.error.unwrap().contains("run the same command again"));
}

#[tokio::test]
async fn a_newer_edition_supersedes_a_page_for_as_long_as_it_is_there() {
    let mut bench = Bench::new().await;
    bench.documents.insert("v1.2/backup.md".into(), texts()[0].clone());
    bench.run().await;
    let superseded = "freshness.superseded".to_owned();
    assert!(!bench.rules("v1.2/backup.md").await.contains(&superseded));
    bench
        .documents
        .insert("v1.4/backup.md".into(), format!("{}\n\nOne more paragraph says what is new in it.", texts()[0]));
    bench.run().await;
    assert!(bench.rules("v1.2/backup.md").await.contains(&superseded));
    assert!(!bench.rules("v1.4/backup.md").await.contains(&superseded));
    assert_eq!(bench.ledger.settle_context(&bench.policy).await.unwrap(), 0, "nothing changed, so nothing is graded");
    bench.documents.remove("v1.4/backup.md");
    bench.run().await;
    assert!(!bench.rules("v1.2/backup.md").await.contains(&superseded));
}

/// Six pages that share a paragraph and nothing else.
const TOPICS: [&str; 6] = [
    "Apples ripen late this year because the spring was colder than anybody remembers in the valley.",
    "Our bakery opens at six and sells rye bread, plum cake and coffee until the shelves are empty.",
    "Carpenters measure twice, mark the line with a knife and saw on the waste side of the mark.",
    "Drivers who cross the pass in winter carry chains, a shovel, warm blankets and enough fuel.",
    "Every lighthouse on the coast has its own rhythm, so that sailors can tell them apart at night.",
    "Ferries leave the harbour each hour and carry bicycles free of charge on weekdays in summer.",
];
const SHARED: &str = "Was this page helpful to you? Write to the editors about everything that is missing or unclear.";

#[tokio::test]
async fn a_paragraph_in_six_documents_is_boilerplate_and_is_not_indexed() {
    let mut bench = Bench::new().await;
    let page = |topic: &str| format!("{topic}\n\n{SHARED}\n");
    for (n, topic) in TOPICS.iter().enumerate().take(5) {
        bench.documents.insert(format!("{n}.md"), page(topic));
    }
    bench.run().await;
    let mut index = BTreeMap::new();
    bench.publish(&mut index).await;
    let boilerplate = "duplication.boilerplate".to_owned();
    assert!(!bench.rules("0.md").await.contains(&boilerplate));
    // The sixth makes it so, for all of them, and what is indexed of them becomes another text.
    bench.documents.insert("5.md".into(), page(TOPICS[5]));
    bench.run().await;
    for n in 0..6 {
        assert!(bench.rules(&format!("{n}.md")).await.contains(&boilerplate), "{n}");
    }
    let batch = bench.ledger.next_batch(10, &bench.policy).await.unwrap().unwrap();
    assert_eq!(batch.entries.len(), 6);
    assert!(batch.entries.iter().all(|(entry, _)| !entry.text.contains("helpful") && entry.text.len() > 60));
    bench.documents.remove("2.md");
    bench.run().await;
    assert!(!bench.rules("0.md").await.contains(&boilerplate));
    let batch = bench.ledger.next_batch(10, &bench.policy).await.unwrap().unwrap();
    assert!(batch.entries.iter().all(|(entry, _)| entry.text.contains("helpful")));
}

#[tokio::test]
async fn a_page_in_another_language_is_foreign_among_enough_others() {
    let mut bench = Bench::new().await;
    let french = "La sauvegarde est lancée chaque nuit et elle est copiée dans une autre région avant l'ouverture du \
        bureau. Les opérateurs vérifient le tableau de bord chaque matin et préviennent leurs collègues en cas de retard ou de panne dans la deuxième région.";
    bench.documents.insert("backup.md".into(), french.into());
    bench.run().await;
    assert!(!bench.rules("backup.md").await.contains(&"structure.wrong_language".to_owned()));
    for (n, topic) in TOPICS.iter().enumerate() {
        let other = TOPICS[(n + 1) % TOPICS.len()];
        bench.documents.insert(format!("{n}.md"), format!("{topic} {SHARED}\n\n{other}"));
    }
    bench.run().await;
    assert!(bench.rules("backup.md").await.contains(&"structure.wrong_language".to_owned()));
}

#[tokio::test]
async fn time_alone_changes_a_grade() {
    let mut bench = Bench::new().await;
    bench.documents.insert("a.md".into(), format!("---\ndate: 2026-01-01\n---\n{}", texts()[0]));
    bench.run().await;
    assert_eq!(bench.ledger.decay(&bench.policy).await.unwrap(), 0, "graded today");
    // As it was left by a run of long ago.
    sqlx::query("update chunks set graded_on = 1, freshness = 1").execute(bench.ledger.pool()).await.unwrap();
    sqlx::query("update documents set modified_at = modified_at - 315360000000000")
        .execute(bench.ledger.pool())
        .await
        .unwrap();
    assert_eq!(bench.ledger.decay(&bench.policy).await.unwrap(), 1);
    assert!(bench.rules("a.md").await.contains(&"freshness.stale".to_owned()));
    assert_eq!(bench.ledger.decay(&bench.policy).await.unwrap(), 0);
}
