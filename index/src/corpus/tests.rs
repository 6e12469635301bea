use jiff::Timestamp;
use tamis_ingest::{DocumentId, SourceName};
use tempfile::TempDir;

use super::*;
use crate::Correction;
use crate::binding::FORMAT;

mod faults;
mod life;
mod memory;

const DIMENSION: usize = 8;

fn fingerprint() -> ModelFingerprint {
    ModelFingerprint { name: "fake".into(), hash: "0".repeat(64), dimension: DIMENSION }
}

async fn open(temp: &TempDir) -> Corpus {
    Corpus::open(temp.path(), &fingerprint()).await.unwrap()
}

fn id(number: usize) -> ChunkId {
    ChunkId::from_stored(format!("{number:032x}"))
}

/// A chunk about `text`, with a vector that leans towards axis `number`.
fn entry(number: usize, text: &str) -> (IndexEntry, Vector) {
    let source = SourceName::new(if number.is_multiple_of(2) { "even" } else { "odd" }).unwrap();
    let document = DocumentId::new(&source, &format!("{number}.md"));
    let entry = IndexEntry {
        chunk: id(number),
        document,
        source,
        uri: format!("{number}.md"),
        title: Some(format!("Title {number}")),
        heading_path: vec!["Usage".into()],
        text: text.to_owned(),
        language: (!number.is_multiple_of(3)).then(|| "en".to_owned()),
        modified_at: (!number.is_multiple_of(5)).then(|| Timestamp::from_second(number as i64 * 1000).unwrap()),
        kind: Some(if number < 10 { "policy" } else { "news" }.to_owned()),
        metadata: vec![("tags".into(), format!("t{}", number % 4)), ("tags".into(), "all".into())],
    };
    (entry, vector(number))
}

fn vector(number: usize) -> Vector {
    let mut vector = vec![0.1; DIMENSION];
    vector[number % DIMENSION] = 1.0 + number as f32 / 1000.0;
    vector
}

fn request(query: &str, mode: SearchMode) -> SearchRequest {
    SearchRequest { query: query.into(), limit: 10, mode, filter: SearchFilter::default() }
}

async fn found(corpus: &Corpus, query: &str) -> Vec<ChunkId> {
    let hits = corpus.search(&request(query, SearchMode::Lexical), None).await.unwrap();
    hits.hits.into_iter().map(|hit| hit.chunk).collect()
}

async fn nearest(corpus: &Corpus, near: &Vector) -> Vec<ChunkId> {
    let hits = corpus.search(&request("", SearchMode::Vector), Some(near)).await.unwrap();
    hits.hits.into_iter().map(|hit| hit.chunk).collect()
}

/// What both indexes hold, and the copy in memory where there is one.
async fn ids(corpus: &Corpus) -> BTreeSet<ChunkId> {
    let contents = corpus.contents().await.unwrap();
    assert_eq!(contents.lance, contents.tantivy);
    let remembered = corpus.memory.search(0, &[1.0; DIMENSION], &SearchFilter::default(), usize::MAX);
    if let Some(remembered) = remembered {
        let remembered: BTreeSet<ChunkId> = remembered.into_iter().map(|near| ChunkId::from_bits(near.chunk)).collect();
        assert_eq!(remembered, contents.lance, "the copy in memory");
    }
    contents.lance
}

#[tokio::test]
async fn a_search_sees_what_was_published_and_not_what_was_removed() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    assert_eq!(corpus.sequence().unwrap(), None);
    assert!(found(&corpus, "sieve").await.is_empty());
    assert!(nearest(&corpus, &vector(1)).await.is_empty());

    let receipt = corpus.publish(7, &[entry(1, "a drum sieve"), entry(2, "a bread oven")], &[]).await.unwrap();
    assert_eq!((receipt.sequence, corpus.sequence().unwrap()), (7, Some(7)));
    assert_eq!(found(&corpus, "sieves").await, [id(1)]);
    assert_eq!(nearest(&corpus, &vector(2)).await, [id(2), id(1)]);

    corpus.publish(8, &[entry(1, "a fine strainer")], &[id(2)]).await.unwrap();
    assert!(found(&corpus, "sieve").await.is_empty());
    assert_eq!(found(&corpus, "strainer").await, [id(1)]);
    assert_eq!(nearest(&corpus, &vector(2)).await, [id(1)]);
    assert_eq!(ids(&corpus).await, BTreeSet::from([id(1)]));
}

#[tokio::test]
async fn publishing_again_changes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let entries = [entry(1, "one"), entry(2, "two"), entry(3, "three")];
    corpus.publish(1, &entries, &[]).await.unwrap();
    for _ in 0..2 {
        corpus.publish(2, &entries[..2], &[id(3), id(99)]).await.unwrap();
        assert_eq!(ids(&corpus).await, BTreeSet::from([id(1), id(2)]));
        assert_eq!(found(&corpus, "one").await, [id(1)]);
        assert_eq!(corpus.vectors(&[id(1), id(2), id(3)]).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn an_empty_publish_keeps_its_sequence() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(3, &[], &[]).await.unwrap();
    drop(corpus);
    assert_eq!(open(&temp).await.sequence().unwrap(), Some(3));
}

#[tokio::test]
async fn of_a_chunk_given_twice_the_last_counts_and_a_removal_wins() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let entries = [entry(1, "early"), entry(2, "other"), entry(1, "late")];
    corpus.publish(1, &entries, &[id(2)]).await.unwrap();
    assert_eq!(ids(&corpus).await, BTreeSet::from([id(1)]));
    assert!(found(&corpus, "early").await.is_empty());
    assert_eq!(found(&corpus, "late").await, [id(1)]);
}

type Accepts = fn(usize) -> bool;

#[tokio::test]
async fn a_filter_holds_in_every_mode() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let entries: Vec<_> = (1..=30).map(|number| entry(number, "the same words")).collect();
    corpus.publish(1, &entries, &[]).await.unwrap();
    let odd = SearchFilter { sources: vec![SourceName::new("odd").unwrap()], ..SearchFilter::default() };
    let both = SearchFilter {
        sources: vec![SourceName::new("odd").unwrap(), SourceName::new("even").unwrap()],
        ..SearchFilter::default()
    };
    let nobody = SearchFilter { sources: vec![SourceName::new("nobody").unwrap()], ..SearchFilter::default() };
    let english = SearchFilter { language: Some("en".into()), ..SearchFilter::default() };
    let recent =
        SearchFilter { modified_after: Some(Timestamp::from_second(21_000).unwrap()), ..SearchFilter::default() };
    let all = SearchFilter { language: english.language.clone(), modified_after: recent.modified_after, ..odd.clone() };
    let hostile = SearchFilter { language: Some("' OR 1=1 --".into()), ..SearchFilter::default() };
    let early =
        SearchFilter { modified_before: Some(Timestamp::from_second(21_000).unwrap()), ..SearchFilter::default() };
    let policies = SearchFilter { kinds: vec!["policy".into(), "none".into()], ..SearchFilter::default() };
    let tagged = |value: &str| ("tags".to_owned(), value.to_owned());
    let tag = SearchFilter { metadata: vec![tagged("t1"), tagged("all")], ..SearchFilter::default() };
    let no_tag = SearchFilter { metadata: vec![tagged("t1"), tagged("t2")], ..SearchFilter::default() };
    let cases: [(SearchFilter, Accepts); 12] = [
        (early, |n| n < 21 && n % 5 != 0),
        (policies, |n| n < 10),
        (tag, |n| n % 4 == 1),
        (no_tag, |_| false),
        (SearchFilter::default(), |_| true),
        (odd, |n| n % 2 == 1),
        (both, |_| true),
        (nobody, |_| false),
        (english, |n| n % 3 != 0),
        (recent, |n| n >= 21 && n % 5 != 0),
        (all, |n| n % 2 == 1 && n % 3 != 0 && n >= 21 && n % 5 != 0),
        (hostile, |_| false),
    ];
    let from_memory = open(&temp).await;
    from_memory.keep_in_memory().await.unwrap();
    for (filter, accepts) in cases {
        let expected: BTreeSet<ChunkId> = (1..=30).filter(|&number| accepts(number)).map(id).collect();
        for mode in [SearchMode::Lexical, SearchMode::Vector, SearchMode::Hybrid] {
            let request = SearchRequest { query: "words".into(), limit: 50, mode, filter: filter.clone() };
            for corpus in [&corpus, &from_memory] {
                let hits = corpus.search(&request, Some(&vector(1))).await.unwrap().hits;
                let found: BTreeSet<ChunkId> = hits.into_iter().map(|hit| hit.chunk).collect();
                assert_eq!(found, expected, "{mode:?} {filter:?}");
            }
        }
    }
}

#[tokio::test]
async fn hits_say_where_they_come_from() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(1, &[entry(1, "apples"), entry(2, "pears"), entry(3, "apples and plums")], &[]).await.unwrap();
    let hits = corpus.search(&request("apples", SearchMode::Hybrid), Some(&vector(1))).await.unwrap().hits;
    assert_eq!(hits.len(), 3);
    assert_eq!(hits[0].chunk, id(1));
    assert_eq!((hits[0].lexical_rank, hits[0].vector_rank), (Some(1), Some(1)));
    assert!((hits[0].vector_score.unwrap() - 1.0).abs() < 1e-5);
    let pears = hits.iter().find(|hit| hit.chunk == id(2)).unwrap();
    assert_eq!((pears.lexical_rank, pears.lexical_score), (None, None));
    assert!(hits.is_sorted_by(|a, b| a.score >= b.score));

    let lexical = corpus.search(&request("apples", SearchMode::Lexical), None).await.unwrap().hits;
    assert_eq!(lexical[0].document, entry(1, "").0.document);
    assert_eq!(Some(lexical[0].score), lexical[0].lexical_score);
    assert_eq!(lexical[0].vector_rank, None);
}

#[tokio::test]
async fn equal_hits_come_by_id() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let same = |number| {
        let (mut entry, _) = entry(number, "twins");
        entry.title = None;
        (entry, vector(1))
    };
    for number in [4, 2, 5, 1, 3] {
        corpus.publish(number as u64, &[same(number)], &[]).await.unwrap();
    }
    let expected: Vec<ChunkId> = (1..=5).map(id).collect();
    assert_eq!(found(&corpus, "twins").await, expected);
    assert_eq!(nearest(&corpus, &vector(1)).await, expected);
}

#[tokio::test]
async fn phrases_must_occur_and_words_may() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(1, &[entry(1, "open source code"), entry(2, "source of open water")], &[]).await.unwrap();
    assert_eq!(found(&corpus, "open source").await.len(), 2);
    assert_eq!(found(&corpus, "\"open source\"").await, [id(1)]);
    assert_eq!(found(&corpus, "water \"open source\"").await, [id(1)]);
    assert_eq!(found(&corpus, "\"open water").await, [id(2), id(1)]);
    assert_eq!(found(&corpus, "-water) AND field:(").await, [id(2)]);
    assert!(found(&corpus, "\u{0} ?! \"\"").await.is_empty());
}

#[tokio::test]
async fn titles_and_headings_are_found() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.publish(1, &[entry(1, "text"), entry(22, "text")], &[]).await.unwrap();
    assert_eq!(found(&corpus, "22").await, [id(22)]);
    assert_eq!(found(&corpus, "usage").await, [id(1), id(22)]);
}

#[tokio::test]
async fn vectors_that_do_not_fit_are_refused_before_anything_is_written() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let (one, _) = entry(1, "one");
    for bad in [vec![], vec![1.0; DIMENSION + 1], vec![f32::NAN; DIMENSION]] {
        let error = corpus.publish(1, &[entry(2, "two"), (one.clone(), bad.clone())], &[]).await.unwrap_err();
        assert!(matches!(error, Error::BadVector { .. }), "{error}");
        let error = corpus.search(&request("x", SearchMode::Vector), Some(&bad)).await.unwrap_err();
        assert!(matches!(error, Error::BadVector { .. }), "{error}");
    }
    let error = corpus.search(&request("x", SearchMode::Hybrid), None).await.unwrap_err();
    assert!(matches!(error, Error::NoVector { mode: "hybrid" }), "{error}");
    assert!(ids(&corpus).await.is_empty());
    // A query can be all zeros; nothing is near it.
    assert!(nearest(&corpus, &vec![0.0; DIMENSION]).await.is_empty());
}

#[tokio::test]
async fn limits_are_kept() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let entries: Vec<_> = (0..20).map(|number| entry(number, "words")).collect();
    corpus.publish(1, &entries, &[]).await.unwrap();
    for (limit, expected) in [(0, 0), (1, 1), (5, 5), (usize::MAX, 20)] {
        for mode in [SearchMode::Lexical, SearchMode::Vector, SearchMode::Hybrid] {
            let request = SearchRequest { limit, ..request("words", mode) };
            assert_eq!(
                corpus.search(&request, Some(&vector(1))).await.unwrap().hits.len(),
                expected,
                "{mode:?} {limit}"
            );
        }
    }
}

#[tokio::test]
async fn the_folder_is_bound_to_its_model() {
    let temp = tempfile::tempdir().unwrap();
    drop(open(&temp).await);
    let renamed = ModelFingerprint { name: "elsewhere".into(), ..fingerprint() };
    Corpus::open(temp.path(), &renamed).await.unwrap();
    for other in [
        ModelFingerprint { hash: "1".repeat(64), ..fingerprint() },
        ModelFingerprint { dimension: DIMENSION * 2, ..fingerprint() },
    ] {
        let error = Corpus::open(temp.path(), &other).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::OtherModel { .. }), "{error}");
    }
}

#[tokio::test]
async fn one_process_publishes_and_others_see_it() {
    let temp = tempfile::tempdir().unwrap();
    let (writer, reader) = (open(&temp).await, open(&temp).await);
    writer.publish(1, &[entry(1, "news")], &[]).await.unwrap();
    assert_eq!(found(&reader, "news").await, [id(1)]);
    assert_eq!(nearest(&reader, &vector(1)).await, [id(1)]);
    assert_eq!(ids(&reader).await.len(), 1);
    assert_eq!(reader.sequence().unwrap(), Some(1));

    let error = reader.publish(2, &[entry(2, "more")], &[id(1)]).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert!(matches!(reader.optimize().await.unwrap_err(), Error::Busy { .. }));
    assert_eq!(ids(&writer).await, BTreeSet::from([id(1)]), "the refused publish wrote something");

    drop(writer);
    reader.publish(2, &[entry(2, "more")], &[id(1)]).await.unwrap();
    assert_eq!(ids(&reader).await, BTreeSet::from([id(2)]));
}

#[tokio::test]
async fn searches_run_while_publishes_do() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = Arc::new(open(&temp).await);
    let publishes: Vec<_> = (0..4)
        .map(|round| {
            let corpus = Arc::clone(&corpus);
            tokio::spawn(async move {
                let entries: Vec<_> = (round * 10..round * 10 + 10).map(|number| entry(number, "words")).collect();
                corpus.publish(round as u64, &entries, &[]).await.unwrap();
            })
        })
        .collect();
    for publish in publishes {
        let hits = corpus.search(&request("words", SearchMode::Hybrid), Some(&vector(3))).await.unwrap().hits;
        assert!(hits.len() <= 10);
        publish.await.unwrap();
    }
    assert_eq!(ids(&corpus).await.len(), 40);
}

#[tokio::test]
async fn optimizing_loses_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    corpus.optimize().await.unwrap();
    for number in 0..12_usize {
        let removals: Vec<ChunkId> = number.checked_sub(3).map(id).into_iter().collect();
        corpus.publish(number as u64, &[entry(number, "words")], &removals).await.unwrap();
    }
    let before = (found(&corpus, "words").await, nearest(&corpus, &vector(10)).await, ids(&corpus).await);
    corpus.optimize().await.unwrap();
    assert_eq!((found(&corpus, "words").await, nearest(&corpus, &vector(10)).await, ids(&corpus).await), before);
    assert_eq!(corpus.sequence().unwrap(), Some(11));
    corpus.publish(12, &[], &(0..12).map(id).collect::<Vec<_>>()).await.unwrap();
    corpus.optimize().await.unwrap();
    assert!(ids(&corpus).await.is_empty());
}

#[tokio::test]
async fn a_damaged_folder_says_so() {
    let garbage = b"{ not json";
    for (what, damage) in [
        (
            "model.json",
            Box::new(|dir: &Path| std::fs::write(dir.join("model.json"), garbage)) as Box<dyn Fn(&Path) -> _>,
        ),
        ("no model.json", Box::new(|dir: &Path| std::fs::remove_file(dir.join("model.json")))),
        ("tantivy's metadata", Box::new(|dir: &Path| std::fs::write(dir.join("lexical/meta.json"), garbage))),
        ("tantivy's segments", Box::new(|dir: &Path| truncate(&dir.join("lexical"), "meta.json"))),
        ("Lance's manifests", Box::new(|dir: &Path| truncate(&dir.join("vectors/chunks.lance/_versions"), "none"))),
    ] {
        let written = tempfile::tempdir().unwrap();
        let corpus = open(&written).await;
        corpus.publish(1, &[entry(1, "words")], &[]).await.unwrap();
        drop(corpus);
        // A copy, because Lance remembers the files it has read in this process.
        let temp = tempfile::tempdir().unwrap();
        copy(written.path(), temp.path()).unwrap();
        damage(temp.path()).unwrap();
        let error = match Corpus::open(temp.path(), &fingerprint()).await {
            Err(error) => error,
            Ok(corpus) => {
                let found = corpus.search(&request("words", SearchMode::Hybrid), Some(&vector(1))).await;
                found.map(|found| panic!("{what}: found {:?}", found.hits)).unwrap_err()
            }
        };
        assert!(matches!(error, Error::Damaged { .. }), "{what}: {error:?}");
        let message = error.to_string();
        assert!(message.contains("tamis rebuild") && message.contains(temp.path().to_str().unwrap()), "{message}");
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for item in std::fs::read_dir(from)? {
        let path = item?.path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target)? } else { std::fs::copy(&path, &target).map(drop)? }
    }
    Ok(())
}

/// Empties every file of `dir` but `spared`.
fn truncate(dir: &Path, spared: &str) -> std::io::Result<()> {
    for file in std::fs::read_dir(dir)? {
        let path = file?.path();
        if path.is_file() && !path.ends_with(spared) {
            std::fs::write(path, "")?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_folder_of_another_format_or_that_is_none_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    drop(open(&temp).await);
    let path = temp.path().join("model.json");
    let written = std::fs::read_to_string(&path).unwrap();
    for other in [FORMAT - 1, FORMAT + 1] {
        let changed = written.replace(&format!("\"format\": {FORMAT}"), &format!("\"format\": {other}"));
        std::fs::write(&path, changed).unwrap();
        let error = Corpus::open(temp.path(), &fingerprint()).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Format { found, known: FORMAT, .. } if found == other), "{error}");
    }

    let error = Corpus::open(&path, &fingerprint()).await.map(drop).unwrap_err();
    assert!(matches!(error, Error::Folder { .. }), "{error}");
}

#[tokio::test]
async fn what_has_no_id_of_ours_is_refused_before_anything_is_written() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let mut stranger = entry(2, "text");
    stranger.0.chunk = ChunkId::from_stored("2".into());
    let error = corpus.publish(1, &[entry(1, "text"), stranger], &[]).await.unwrap_err();
    assert!(matches!(&error, Error::BadId { id } if id == "2"), "{error}");
    assert_eq!(corpus.contents().await.unwrap(), Contents::default());
}

#[tokio::test]
async fn identifiers_prefixes_and_mistyped_words_are_found() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let texts = [
        "set max_connections in src/server/pool.rs",
        "StdMapObserver watches a map, error[E0308]",
        "connections to the maximum of servers",
        "kubernetes schedules pods",
        "der Verbindungsaufbau der Häuser",
    ];
    let mut entries: Vec<_> = texts.iter().zip(1..).map(|(text, number)| entry(number, text)).collect();
    entries[4].0.language = Some("de".into());
    corpus.publish(1, &entries, &[]).await.unwrap();
    let cases: [(&str, &[usize]); 12] = [
        ("\"max_connections\"", &[1]),
        ("stdmapobserver", &[2]),
        ("\"src/server/pool.rs\"", &[1]),
        ("E0308", &[2]),
        ("E0309", &[]),
        ("kube*", &[4]),
        ("max_con*", &[1]),
        ("kubernets", &[4]),
        ("kuberntees", &[4]),
        ("zzzzqqqq", &[]),
        ("Haus", &[5]),
        ("what is the kubernetes", &[4]),
    ];
    for (query, expected) in cases {
        let expected: Vec<ChunkId> = expected.iter().copied().map(id).collect();
        assert_eq!(found(&corpus, query).await, expected, "{query}");
    }
    assert_eq!(found(&corpus, "src/server/pool.rs").await[0], id(1));
    let results = corpus.search(&request("kuberntees pods", SearchMode::Lexical), None).await.unwrap();
    assert_eq!(results.corrections, [Correction { typed: "kuberntees".into(), searched: vec!["kubernetes".into()] }]);
    let snippet = results.highlighter.snippet(texts[3], Some("en"), 100);
    assert_eq!(snippet.highlights, [(0, 10), (21, 25)]);
    let none = corpus.search(&request("pods", SearchMode::Lexical), None).await.unwrap();
    assert!(none.corrections.is_empty(), "a word that occurs was corrected");
}

#[tokio::test]
async fn what_names_an_identifier_is_answered_more_by_its_words() {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let entries = [entry(1, "set max_connections in a file"), entry(2, "kubernetes schedules pods")];
    corpus.publish(1, &entries, &[]).await.unwrap();
    let most = async |query: &str| {
        let results = corpus.search(&request(query, SearchMode::Hybrid), Some(&vector(2))).await.unwrap();
        results.hits.iter().map(|hit| hit.lexical_share).fold(0.0, f32::max)
    };
    let (words, identifier) = (most("schedules pods").await, most("what is max_connections").await);
    assert!(identifier > words, "{identifier} against {words}");
    // One that no chunk has says nothing about where to look.
    assert!((most("which pods have min_connections").await - words).abs() < 1e-6);
}
