//! Decisions: what they change, what they outlive, and that undo puts everything back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tamis_ingest::{ChunkId, TokenCounter};

use super::{Bench, Dice, texts};
use crate::ledger::{
    Choice, Decision, Edit, Error, LeftCode, Published, QuarantineFilter, QuarantinedChunk, ReviewAction, ReviewState,
};

impl Bench {
    async fn decide(&self, chunk: &str, action: ReviewAction) {
        let decision = Decision { action, actor: "ada".into(), note: Some("because".into()) };
        self.ledger.decide(&[Choice::from(chunk.to_owned())], &decision, &self.policy).await.unwrap();
    }

    async fn undo(&self, chunk: &str) -> Result<String, Error> {
        self.ledger.undo_review(&Choice::from(chunk.to_owned()), "ada", &self.policy).await
    }

    async fn queue(&self, state: Option<ReviewState>) -> Vec<QuarantinedChunk> {
        self.ledger
            .quarantine(&QuarantineFilter {
                states: state.into_iter().collect(),
                each_copy: true,
                limit: 100,
                ..QuarantineFilter::default()
            })
            .await
            .unwrap()
    }

    /// The one chunk of a document.
    async fn chunk(&self, uri: &str) -> QuarantinedChunk {
        let id: String = sqlx::query_scalar(
            "select c.id from chunks c join documents d on d.id = c.document_id where d.uri = $1 and c.retired = 0",
        )
        .bind(uri)
        .fetch_one(self.ledger.pool())
        .await
        .unwrap();
        self.ledger.quarantined_chunk(&id).await.unwrap()
    }

    async fn is_searchable(&self, chunk: &str) -> bool {
        self.ledger.searchable_chunks().await.unwrap().iter().any(|id| id.as_str() == chunk)
    }

    /// Has every document read again, though nothing has changed.
    async fn read_again(&self) {
        sqlx::query("update documents set reading = 'r0'").execute(self.ledger.pool()).await.unwrap();
        self.run().await;
    }

    /// Publishes to an index that keeps the words it is given.
    async fn publish_words(&self, index: &mut BTreeMap<String, String>) {
        while let Some(batch) = self.ledger.next_batch(3, &self.policy).await.unwrap() {
            for (entry, _) in &batch.entries {
                index.insert(entry.chunk.to_string(), entry.text.clone());
            }
            for chunk in &batch.removals {
                index.remove(chunk.as_str());
            }
            let written: Vec<_> = batch.entries.iter().map(|(entry, _)| (entry.chunk.clone(), "hash".into())).collect();
            let published = Published { sequence: batch.sequence, written: &written, removed: &batch.removals };
            self.ledger.mark_published(&published).await.unwrap();
        }
    }

    /// Everything about the chunks that a decision may change and undo must put back. Of a copy it counts which chunk
    /// stands for it in the end: which of several copies it is told to copy depends on who came first.
    async fn picture(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select c.id || '|' || c.text || '|' || c.tokens || '|' || c.measurement || '|' || c.exact_hash || '|' ||
                    c.claims || '|' || c.eligible || '|' || coalesce(c.shadowed_by, '') || '|' || c.verdict || '|' ||
                    case when c.shadowed_by is null then c.reasons || c.overall else '' end || '|' || c.contradiction || '|' || c.searchable || '|' ||
                    coalesce(r.state, 'pending') || '|' || coalesce(r.note, '') || '|' || coalesce(r.until, 0) || '|' ||
                    (select count(*) from bands b where b.chunk_id = c.id) || '|' ||
                    (select count(*) from claim_keys k where k.chunk_id = c.id) || '|' ||
                    (select count(*) from paragraphs p where p.chunk_id = c.id) || '|' ||
                    (select count(*) from conflicts x where c.id in (x.chunk_id, x.other_id)) || '|' ||
                    (select count(*) from chunk_edits e where e.chunk_id = c.id) || '|' ||
                    coalesce((select group_concat(body, ';') from findings f where f.chunk_id = c.id
                        and (c.shadowed_by is null or f.rule not like 'duplication.%')), '')
             from chunks c left join reviews r on r.chunk_id = c.id where c.retired = 0 order by c.id",
        )
        .fetch_all(self.ledger.pool())
        .await
        .unwrap()
    }
}

fn edit(text: &str) -> ReviewAction {
    let tokens = u32::try_from(TokenCounter::Estimate.count(text)).unwrap();
    ReviewAction::Edit(Edit { text: text.to_owned(), tokens })
}

/// Two copies; the later one is held back.
async fn two_copies() -> (Bench, QuarantinedChunk) {
    let mut bench = Bench::new().await;
    bench.documents.insert("a.md".into(), texts()[0].clone());
    bench.documents.insert("b.md".into(), texts()[0].clone());
    bench.run().await;
    let held = bench.queue(Some(ReviewState::Pending)).await.remove(0);
    (bench, held)
}

#[tokio::test]
async fn what_waits_counts_contested_chunks_and_no_conflict_that_is_over() {
    let mut bench = Bench::new().await;
    let page =
        |days: &str| format!("{}\n\nBackups of the ledger are kept for {days} before they are removed.", texts()[0]);
    bench.documents.insert("a.md".into(), page("30 days"));
    bench.documents.insert("b.md".into(), page("two weeks"));
    bench.run().await;
    let waiting = bench.ledger.waiting().await.unwrap();
    let undecided = QuarantineFilter {
        states: ReviewState::UNDECIDED.to_vec(),
        each_copy: true,
        limit: 100,
        ..QuarantineFilter::default()
    };
    let queue = bench.ledger.quarantine(&undecided).await.unwrap();
    assert_eq!((waiting.conflicts, waiting.reviews), (1, queue.len() as u64), "{queue:?}");
    assert!(!queue.is_empty());
    bench.decide(&queue[0].chunk, ReviewAction::Reject).await;
    assert_eq!(bench.ledger.waiting().await.unwrap().conflicts, 0);
    assert!(bench.ledger.open_conflicts(None, 10).await.unwrap().is_empty());
}

const BETTER: &str = "Dogs travel free of charge on the night ferry, as long as they stay on the open deck and wear a leash. \
    Their owners find bowls of water beside the lifeboats.";

#[tokio::test]
async fn an_edit_is_graded_searched_and_kept_while_the_content_is_the_same() {
    let (mut bench, held) = two_copies().await;
    let mut index = BTreeMap::new();
    bench.publish_words(&mut index).await;
    bench.decide(&held.chunk, edit(BETTER)).await;
    let edited = bench.ledger.quarantined_chunk(&held.chunk).await.unwrap();
    assert_eq!((edited.status, edited.verdict.as_str()), (ReviewState::Edited, "accept"), "{edited:?}");
    assert_eq!((edited.text.as_str(), edited.original_text.as_deref()), (BETTER, Some(held.text.as_str())));
    bench.publish_words(&mut index).await;
    assert_eq!(index[&held.chunk], BETTER);

    bench.read_again().await;
    bench.check().await;
    bench.publish_words(&mut index).await;
    assert_eq!((index[&held.chunk].as_str(), index.len()), (BETTER, 2));
    let events = bench.ledger.review_history(&held.chunk, None, 10).await.unwrap();
    assert_eq!(events[0].text_before.as_deref(), Some(held.text.as_str()));
    assert_eq!((events[0].actor.as_str(), events[0].text_after.as_deref()), ("ada", Some(BETTER)));

    // Other content is another question.
    bench.documents.insert(held.uri.clone(), format!("{} And one more thing.", texts()[4]));
    bench.run().await;
    assert!(bench.ledger.quarantined_chunk(&held.chunk).await.is_err());
    assert_eq!(bench.chunk(&held.uri).await.original_text, None);
    bench.publish_words(&mut index).await;
    assert!(!index.values().any(|text| text == BETTER));
    assert_eq!(bench.ledger.review_history(&held.chunk, None, 10).await.unwrap().len(), 1, "history stays");
}

#[tokio::test]
async fn an_edit_that_does_not_pass_waits_in_the_queue_with_its_own_findings() {
    let (bench, held) = two_copies().await;
    let text = "This page is deprecated and no longer maintained. The night ferry has been replaced by the bridge.";
    bench.decide(&held.chunk, edit(text)).await;
    let item = bench.ledger.quarantined_chunk(&held.chunk).await.unwrap();
    assert_eq!(item.status, ReviewState::Pending, "{item:?}");
    assert!(!item.reasons.iter().any(|rule| rule.starts_with("duplication.")), "{:?}", item.reasons);
    assert!(!bench.is_searchable(&held.chunk).await);
    assert_eq!(bench.undo(&held.chunk).await.unwrap(), "edit");
    assert_eq!(bench.ledger.quarantined_chunk(&held.chunk).await.unwrap().reasons, held.reasons);
}

#[tokio::test]
async fn an_edited_original_frees_its_copies_and_undo_takes_them_back() {
    let (bench, held) = two_copies().await;
    let original = bench.chunk(if held.uri == "b.md" { "a.md" } else { "b.md" }).await;
    bench.decide(&original.chunk, edit(BETTER)).await;
    assert!(bench.is_searchable(&held.chunk).await, "nothing stands for it any more");
    bench.undo(&original.chunk).await.unwrap();
    assert!(!bench.is_searchable(&held.chunk).await);
    bench.check().await;
}

#[tokio::test]
async fn what_changed_or_is_claimed_is_not_decided_by_somebody_else() {
    let (bench, held) = two_copies().await;
    let seen = Choice { chunk: held.chunk.clone(), revision: Some(held.revision.clone()) };
    bench.ledger.claim(&seen, "grace", 900).await.unwrap();
    let claimed = bench.ledger.quarantined_chunk(&held.chunk).await.unwrap();
    assert_eq!((claimed.status, claimed.claimed_by.as_deref()), (ReviewState::Claimed, Some("grace")));
    assert!(bench.queue(Some(ReviewState::Pending)).await.is_empty());
    let decision = |actor: &str| Decision { action: ReviewAction::Release, actor: actor.into(), note: None };
    let decide = |choice: Choice, actor: &str| {
        let (ledger, decision, policy) = (bench.ledger.clone(), decision(actor), bench.policy.clone());
        async move { ledger.decide(&[choice], &decision, &policy).await }
    };
    let now = Choice { revision: Some(claimed.revision.clone()), ..seen.clone() };
    assert!(matches!(decide(now.clone(), "ada").await, Err(Error::Claimed { by, .. }) if by == "grace"));
    assert!(matches!(decide(seen.clone(), "grace").await, Err(Error::Changed { .. })));
    // The lease runs out.
    sqlx::query("update reviews set claimed_until = 1").execute(bench.ledger.pool()).await.unwrap();
    decide(Choice { revision: None, ..seen }, "ada").await.unwrap();
    assert!(bench.is_searchable(&held.chunk).await);
    let actions: Vec<String> = bench
        .ledger
        .review_history(&held.chunk, None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|event| event.action)
        .collect();
    assert_eq!(actions, ["claim", "release"]);
}

#[tokio::test]
async fn a_snooze_ends_by_the_clock() {
    let (bench, held) = two_copies().await;
    let until = Timestamp::now() + jiff::Span::new().hours(24);
    bench.decide(&held.chunk, ReviewAction::Snooze { until }).await;
    assert!(bench.queue(Some(ReviewState::Pending)).await.is_empty());
    assert_eq!(bench.queue(Some(ReviewState::Snoozed)).await.len(), 1);
    assert_eq!(bench.ledger.health().await.unwrap().review.pending, 0);
    sqlx::query("update reviews set until = 1").execute(bench.ledger.pool()).await.unwrap();
    assert_eq!(bench.queue(Some(ReviewState::Pending)).await.len(), 1);
    assert_eq!(bench.ledger.health().await.unwrap().review.pending, 1);
}

#[tokio::test]
async fn decisions_outlive_a_reading_and_a_fixed_source_releases_its_chunks() {
    let (mut bench, held) = two_copies().await;
    bench.decide(&held.chunk, ReviewAction::Release).await;
    bench.read_again().await;
    assert_eq!(bench.ledger.quarantined_chunk(&held.chunk).await.unwrap().status, ReviewState::Released);
    assert!(bench.is_searchable(&held.chunk).await);
    bench.undo(&held.chunk).await.unwrap();
    assert!(!bench.is_searchable(&held.chunk).await);
    // Somebody writes what belongs there.
    bench.documents.insert(held.uri.clone(), BETTER.into());
    bench.run().await;
    assert_eq!(bench.chunk(&held.uri).await.status, ReviewState::Accepted);
    assert!(bench.queue(None).await.is_empty());
}

#[tokio::test]
async fn what_a_person_keeps_out_denies_nobody_any_more() {
    let mut bench = Bench::new().await;
    for (uri, text) in [("a.md", &texts()[5]), ("b.md", &texts()[6])] {
        bench.documents.insert(uri.into(), text.clone());
    }
    bench.run().await;
    let contested = bench.queue(Some(ReviewState::Contested)).await;
    assert_eq!(contested.len(), 2, "{contested:?}");
    assert_eq!(bench.ledger.open_conflicts(None, 10).await.unwrap().len(), 1);
    bench.decide(&contested[0].chunk, ReviewAction::Reject).await;
    assert!(bench.ledger.open_conflicts(None, 10).await.unwrap().is_empty());
    assert_eq!(bench.ledger.quarantined_chunk(&contested[1].chunk).await.unwrap().status, ReviewState::Accepted);
    bench.undo(&contested[0].chunk).await.unwrap();
    assert_eq!(bench.queue(Some(ReviewState::Contested)).await.len(), 2);
}

#[tokio::test]
async fn the_queue_goes_by_harm_and_pages_without_gaps() {
    let mut bench = Bench::new().await;
    for (uri, text) in [("a.md", &texts()[0]), ("b.md", &texts()[0]), ("c.md", &texts()[4]), ("d.md", &texts()[4])] {
        bench.documents.insert(uri.into(), text.clone());
    }
    bench.documents.insert("empty.md".into(), String::new());
    bench.documents.insert("three.md".into(), texts()[5].clone());
    bench.documents.insert("five.md".into(), texts()[6].clone());
    bench.run().await;
    let order = |items: &[QuarantinedChunk]| items.iter().map(|item| item.uri.clone()).collect::<Vec<_>>();
    let all = bench.queue(None).await;
    assert_eq!(all.len(), 5, "{:?}", order(&all));
    assert_eq!((all[0].status, all[1].status), (ReviewState::Contested, ReviewState::Contested));
    assert_eq!(all[2].uri, "empty.md", "the last copy goes before copies: {:?}", order(&all));
    // People search for what stands in place of the last one.
    let wanted = all[4].findings.iter().find_map(|finding| finding.counterpart.clone()).unwrap();
    bench.ledger.add_demand(&[(wanted.chunk, 3)].into()).await.unwrap();
    let now = bench.queue(None).await;
    assert_eq!(now[2].chunk, all[4].chunk, "{:?}", order(&now));
    // What would itself be returned goes before what is only like what was.
    let held = bench.ledger.held_words().await.unwrap();
    assert_eq!(held.len(), 3, "only what is held back: {held:?}");
    let own = ChunkId::from_stored(now[4].chunk.clone());
    bench.ledger.add_demand(&[(own, 4)].into()).await.unwrap();
    let now = bench.queue(None).await;
    assert_eq!(now[2].uri, order(&all)[3], "{:?}", order(&now));
    // Grading again finds the same place.
    bench.read_again().await;
    assert_eq!(order(&bench.queue(None).await), order(&now));
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let filter = QuarantineFilter { after, limit: 2, ..QuarantineFilter::default() };
        let page = bench.ledger.quarantine(&filter).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.place.clone());
        paged.extend(order(&page));
    }
    assert_eq!(paged, order(&now));
}

#[tokio::test]
async fn pages_go_on_in_the_order_of_the_first_whatever_moves_between_them() {
    let mut bench = Bench::new().await;
    for (number, text) in texts().iter().take(4).enumerate() {
        for name in ["a", "b"] {
            bench.documents.insert(format!("{name}{number}.md"), text.clone());
        }
    }
    bench.run().await;
    let order: Vec<String> = bench.queue(None).await.into_iter().map(|item| item.chunk).collect();
    assert!(order.len() >= 4, "{order:?}");
    let page = async |after: Option<String>| {
        let filter = QuarantineFilter { after, each_copy: true, limit: 1, ..QuarantineFilter::default() };
        bench.ledger.quarantine(&filter).await.unwrap().pop()
    };
    let (mut seen, mut after, mut has_moved) = (Vec::new(), None, false);
    while let Some(item) = page(after).await {
        // Between pages the last one of the queue becomes the most wanted, and what was just shown the least.
        let last = bench.queue(None).await.pop().unwrap();
        bench.ledger.add_demand(&[(ChunkId::from_stored(last.chunk), 100 + seen.len() as u64)].into()).await.unwrap();
        let now: Vec<String> = bench.queue(None).await.into_iter().map(|item| item.chunk).collect();
        has_moved |= now != order;
        after = Some(item.place);
        seen.push(item.chunk);
        assert!(seen.len() <= order.len(), "{seen:?}");
    }
    assert_eq!(seen, order, "none is missed, and none comes twice");
    let moved: Vec<String> = bench.queue(None).await.into_iter().map(|item| item.chunk).collect();
    assert!(has_moved, "the order did change meanwhile");
    // Gradings move as well.
    let filter = QuarantineFilter { each_copy: true, limit: 1, ..QuarantineFilter::default() };
    let first = bench.ledger.quarantine(&filter).await.unwrap().remove(0);
    sqlx::query("update chunks set harm = '9' || harm where id = $1")
        .bind(&moved[1])
        .execute(bench.ledger.pool())
        .await
        .unwrap();
    bench.read_again().await;
    let filter = QuarantineFilter { after: Some(first.place), limit: 100, ..filter };
    let rest: Vec<String> =
        bench.ledger.quarantine(&filter).await.unwrap().into_iter().map(|item| item.chunk).collect();
    assert!(rest.contains(&moved[1]) && !rest.contains(&first.chunk), "{rest:?}");
}

#[tokio::test]
async fn a_batch_leaves_alone_what_changed_and_is_taken_back_as_one() {
    let mut bench = Bench::new().await;
    for name in ["a", "b", "c", "d", "e"] {
        bench.documents.insert(format!("{name}.md"), texts()[0].clone());
    }
    bench.run().await;
    let shown = bench.queue(None).await;
    assert_eq!(shown.len(), 4, "{shown:?}");
    let before = bench.picture().await;
    let ask = |action| Decision { action, actor: "ada".into(), note: None };
    // Somebody decides about one, and works on another.
    bench.decide(&shown[0].chunk, ReviewAction::Reject).await;
    bench.ledger.claim(&Choice::from(shown[1].chunk.clone()), "grace", 900).await.unwrap();
    let claimed = bench.ledger.quarantined_chunk(&shown[1].chunk).await.unwrap();
    let mut choices: Vec<Choice> =
        shown.iter().map(|item| Choice { chunk: item.chunk.clone(), revision: Some(item.revision.clone()) }).collect();
    choices[1].revision = Some(claimed.revision);
    choices.push(Choice { chunk: "gone".into(), revision: Some("0".into()) });
    let release = ask(ReviewAction::Release);
    let done = bench.ledger.decide_unchanged(&choices, &release, &bench.policy).await.unwrap();
    assert_eq!(done.chunks, [shown[2].chunk.clone(), shown[3].chunk.clone()]);
    let left: Vec<(&str, LeftCode)> = done.left.iter().map(|one| (one.chunk.as_str(), one.code)).collect();
    let expected = [
        (shown[0].chunk.as_str(), LeftCode::Changed),
        (shown[1].chunk.as_str(), LeftCode::Claimed),
        ("gone", LeftCode::NotFound),
    ];
    assert_eq!(left, expected);
    assert!(bench.is_searchable(&shown[2].chunk).await && bench.is_searchable(&shown[3].chunk).await);
    assert!(!bench.is_searchable(&shown[0].chunk).await);
    // One of them is decided about again: the batch lets go of it.
    bench.decide(&shown[2].chunk, ReviewAction::Reject).await;
    let undone = bench.ledger.undo_batch(&done.batch, "ada", &bench.policy).await.unwrap();
    assert_eq!((undone.chunks, undone.left.len()), (vec![shown[3].chunk.clone()], 1));
    assert_eq!(undone.left[0].chunk, shown[2].chunk);
    assert!(!bench.is_searchable(&shown[3].chunk).await);
    bench.undo(&shown[2].chunk).await.unwrap();
    let rest = bench.ledger.undo_batch(&done.batch, "ada", &bench.policy).await.unwrap();
    assert_eq!((rest.chunks, rest.left), (vec![shown[2].chunk.clone()], vec![]));
    bench.undo(&shown[0].chunk).await.unwrap();
    assert_eq!(bench.picture().await, before);
    let again = bench.ledger.undo_batch(&done.batch, "ada", &bench.policy).await;
    assert!(matches!(again, Err(Error::NothingToUndo { .. })));
    assert!(matches!(bench.ledger.undo_batch("none", "ada", &bench.policy).await, Err(Error::NoBatch { .. })));
    let record = bench.ledger.review_batch(&done.batch).await.unwrap();
    assert_eq!((record.action.as_str(), record.chunks.iter().all(|(_, undone)| *undone)), ("release", true));
}

#[tokio::test]
async fn rates_suggest_what_people_decided_often_enough() {
    let mut bench = Bench::new().await;
    for n in 0..9 {
        bench.documents.insert(format!("{n}.md"), texts()[0].clone());
    }
    bench.run().await;
    let held = bench.queue(Some(ReviewState::Pending)).await;
    assert_eq!(held.len(), 8);
    for item in &held[..7] {
        bench.decide(&item.chunk, ReviewAction::Release).await;
    }
    let rates = bench.ledger.review_rates(&bench.policy).await.unwrap();
    assert_eq!((rates[0].rule.as_deref(), rates[0].released), (Some("duplication.exact"), 7));
    assert_eq!(rates[0].suggestion, None, "seven are too few");
    bench.decide(&held[7].chunk, ReviewAction::Reject).await;
    let rates = bench.ledger.review_rates(&bench.policy).await.unwrap();
    let change = rates[0].suggestion.as_ref().unwrap();
    assert_eq!((change.setting.as_str(), change.to.as_str()), ("policy.rules.\"duplication.exact\"", "warn"));
    assert!((rates[0].release_rate - 0.875).abs() < 1e-9);
    bench.undo(&held[0].chunk).await.unwrap();
    assert_eq!(bench.ledger.review_rates(&bench.policy).await.unwrap()[0].released, 6);
}

#[tokio::test]
async fn undoing_everything_puts_ledger_and_indexes_back() {
    let texts = texts();
    for seed in [0x5eed_u64, 0xfeed, 0xdead_beef] {
        let mut dice = Dice(seed);
        let mut bench = Bench::new().await;
        for n in 0..10 {
            bench.documents.insert(format!("{n}.md"), texts[dice.roll(texts.len())].clone());
        }
        bench.run().await;
        let (mut index, mut done) = (BTreeMap::new(), Vec::new());
        bench.publish_words(&mut index).await;
        let (before, index_before) = (bench.picture().await, index.clone());
        let chunks: Vec<String> = sqlx::query_scalar("select id from chunks where retired = 0 order by id")
            .fetch_all(bench.ledger.pool())
            .await
            .unwrap();
        for _ in 0..25 {
            let chunk = &chunks[dice.roll(chunks.len())];
            let action = match dice.roll(6) {
                0 => ReviewAction::Release,
                1 => ReviewAction::Reject,
                2 => ReviewAction::Supersede,
                3 => ReviewAction::Snooze { until: Timestamp::now() + jiff::Span::new().hours(1) },
                4 => edit(BETTER),
                _ => edit(&texts[dice.roll(texts.len() - 1)]),
            };
            bench.decide(chunk, action).await;
            bench.check().await;
            done.push(chunk.clone());
            if dice.roll(3) == 0 {
                bench.publish_words(&mut index).await;
                let wanted: Vec<String> =
                    bench.ledger.searchable_chunks().await.unwrap().iter().map(ToString::to_string).collect();
                assert_eq!(index.keys().cloned().collect::<Vec<_>>(), wanted);
            }
            if dice.roll(8) == 0 {
                bench.read_again().await;
                bench.check().await;
            }
        }
        for chunk in done.iter().rev() {
            bench.undo(chunk).await.unwrap();
            bench.check().await;
        }
        bench.publish_words(&mut index).await;
        assert_eq!(index, index_before, "seed {seed:x}");
        let after = bench.picture().await;
        let differing: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
        assert!(before.len() == after.len() && differing.is_empty(), "seed {seed:x}: {differing:#?}");
        assert!(matches!(bench.undo(&chunks[0]).await, Err(Error::NothingToUndo { .. })));
    }
}
