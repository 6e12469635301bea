//! A corpus that lives through random publishes, quarantines, releases, failures, reopenings and rebuilds beside a model
//! of what it should hold.

use std::ops::ControlFlow;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::fault::{self, Point};

/// Steps of a life; `TAMIS_MODEL_STEPS` asks for more.
const STEPS: usize = 200;

/// Steps between two looks at everything, which take longer than a step does.
const LOOK_EVERY: usize = 8;

#[derive(Debug, Clone)]
enum Step {
    Publish {
        entries: Vec<usize>,
        removals: Vec<usize>,
    },
    /// One chunk leaves, and its text is kept for a release.
    Quarantine(usize),
    /// A chunk in quarantine comes back as it was.
    Release(usize),
    /// The last publish again, as after a crash that came before the ledger heard of it.
    Replay,
    /// A publish that fails at this point, and is then done.
    Fail(Point, Vec<usize>, Vec<usize>),
    Reopen,
    Optimize,
    /// From now on vectors are searched in memory.
    Remember,
    /// Everything again, into an empty folder.
    Rebuild,
}

fn steps(count: usize) -> impl Strategy<Value = Vec<Step>> {
    let numbers = || prop::collection::vec(0..40_usize, 0..6);
    let point = prop::sample::select(fault::ALL.to_vec());
    let step = prop_oneof![
        20 => (numbers(), numbers()).prop_map(|(entries, removals)| Step::Publish { entries, removals }),
        8 => (0..40_usize).prop_map(Step::Quarantine),
        8 => (0..40_usize).prop_map(Step::Release),
        4 => Just(Step::Replay),
        4 => (point, numbers(), numbers()).prop_map(|(point, entries, removals)| Step::Fail(point, entries, removals)),
        3 => Just(Step::Reopen),
        1 => Just(Step::Optimize),
        3 => Just(Step::Remember),
        1 => Just(Step::Rebuild),
    ];
    prop::collection::vec(step, count)
}

#[test]
fn a_random_life_ends_with_both_indexes_as_the_model() {
    let count = std::env::var("TAMIS_MODEL_STEPS").ok().and_then(|count| count.parse().ok()).unwrap_or(STEPS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 1, failure_persistence: None, ..Config::default() });
    runner
        .run(&steps(count), |steps| {
            runtime.block_on(live(steps));
            Ok(())
        })
        .unwrap();
}

struct Life {
    temp: TempDir,
    corpus: Corpus,
    /// What the corpus should hold: the text of each chunk, by number.
    texts: BTreeMap<usize, String>,
    quarantined: BTreeMap<usize, String>,
    sequence: Option<u64>,
    last: (Vec<(IndexEntry, Vector)>, Vec<ChunkId>),
}

async fn live(steps: Vec<Step>) {
    let temp = tempfile::tempdir().unwrap();
    let corpus = open(&temp).await;
    let mut life = Life {
        temp,
        corpus,
        texts: BTreeMap::new(),
        quarantined: BTreeMap::new(),
        sequence: None,
        last: Default::default(),
    };
    for (number, step) in steps.into_iter().enumerate() {
        if life.step(number, step).await.is_break() {
            continue;
        }
        assert_eq!(life.corpus.sequence().unwrap(), life.sequence);
        life.look_for_the_last().await;
        if number.is_multiple_of(LOOK_EVERY) {
            assert_eq!(ids(&life.corpus).await, life.texts.keys().copied().map(id).collect());
        }
    }
    assert_eq!(ids(&life.corpus).await, life.texts.keys().copied().map(id).collect());
}

impl Life {
    /// Breaks where there was nothing to do.
    async fn step(&mut self, number: usize, step: Step) -> ControlFlow<()> {
        // Each revision has a word of its own, so that a stale one is found out.
        let revision = |entries: Vec<usize>| entries.into_iter().map(|entry| (entry, format!("revision{number}x")));
        match step {
            Step::Publish { entries, removals } => self.publish(revision(entries).collect(), removals, None).await,
            Step::Fail(point, entries, removals) => {
                self.publish(revision(entries).collect(), removals, Some(point)).await;
            }
            Step::Quarantine(chunk) => {
                let Some(text) = self.texts.get(&chunk).cloned() else { return ControlFlow::Break(()) };
                self.quarantined.insert(chunk, text);
                self.publish(Vec::new(), vec![chunk], None).await;
            }
            Step::Release(chunk) => {
                let Some(text) = self.quarantined.remove(&chunk) else { return ControlFlow::Break(()) };
                self.publish(vec![(chunk, text)], Vec::new(), None).await;
            }
            Step::Replay => {
                let Some(sequence) = self.sequence else { return ControlFlow::Break(()) };
                self.corpus.publish(sequence, &self.last.0, &self.last.1).await.unwrap();
            }
            Step::Optimize => self.corpus.optimize().await.unwrap(),
            Step::Remember => self.corpus.keep_in_memory().await.unwrap(),
            Step::Reopen => self.reopen(None).await,
            Step::Rebuild => {
                let temp = tempfile::tempdir().unwrap();
                let anew = open(&temp).await;
                let entries: Vec<_> = self.texts.iter().map(|(&chunk, text)| entry(chunk, text)).collect();
                anew.publish(self.sequence.unwrap_or(0), &entries, &[]).await.unwrap();
                drop(anew);
                self.sequence = self.sequence.or(Some(0));
                self.last = (entries, Vec::new());
                self.reopen(Some(temp)).await;
            }
        }
        ControlFlow::Continue(())
    }

    async fn publish(&mut self, texts: Vec<(usize, String)>, removals: Vec<usize>, fails_at: Option<Point>) {
        let sequence = self.sequence.map_or(0, |sequence| sequence + 1);
        let entries = texts.iter().map(|(chunk, text)| entry(*chunk, text)).collect();
        self.last = (entries, removals.iter().copied().map(id).collect());
        if let Some(point) = fails_at {
            fault::arm(self.temp.path(), point);
            self.corpus.publish(sequence, &self.last.0, &self.last.1).await.unwrap_err();
        }
        self.corpus.publish(sequence, &self.last.0, &self.last.1).await.unwrap();
        self.sequence = Some(sequence);
        self.texts.extend(texts);
        for removal in removals {
            self.texts.remove(&removal);
        }
    }

    async fn reopen(&mut self, other: Option<TempDir>) {
        let scratch = tempfile::tempdir().unwrap();
        // Closed before it is opened again: the writer's lock goes with it.
        drop(std::mem::replace(&mut self.corpus, open(&scratch).await));
        self.temp = other.unwrap_or_else(|| std::mem::replace(&mut self.temp, scratch));
        self.corpus = open(&self.temp).await;
    }

    /// Whatever the last publish wrote is found, and nothing that it, or a later one, took away or replaced.
    async fn look_for_the_last(&self) {
        let Some((entry, vector)) = self.last.0.first() else {
            for gone in self.last.1.iter().take(1) {
                let number = usize::from_str_radix(gone.as_str(), 16).unwrap();
                let near = nearest(&self.corpus, &super::vector(number)).await;
                assert!(!near.contains(gone) || self.texts.contains_key(&number), "{gone} was removed and is found");
            }
            return;
        };
        let current: BTreeSet<ChunkId> = found(&self.corpus, &entry.text).await.into_iter().collect();
        let expected = self.texts.iter().filter(|(_, text)| **text == entry.text).map(|(&chunk, _)| id(chunk));
        assert_eq!(current, expected.collect());
        let near = nearest(&self.corpus, vector).await;
        assert!(
            near.iter().all(|chunk| self.texts.keys().any(|&number| id(number) == *chunk)),
            "a removed chunk is found"
        );
    }
}
