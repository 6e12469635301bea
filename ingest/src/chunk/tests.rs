//! What must hold for the chunks of any document.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Chunk, ChunkLimits, chunk};
use crate::{ByteSpan, Document, DocumentId, MediaType, SourceName, TokenCounter};

const SMALL: ChunkLimits = ChunkLimits { target: 40, max: 75 };

fn document(text: &str) -> Document {
    Document {
        uri: "a.md".to_owned(),
        media_type: MediaType::Markdown,
        title: None,
        authors: Vec::new(),
        language: None,
        language_stated: false,
        published_at: None,
        modified_at: None,
        modified_at_source: None,
        text: text.to_owned(),
        line_offset: None,
        pages: Vec::new(),
        notices: Vec::new(),
        authority: None,
        metadata: BTreeMap::new(),
    }
}

fn chunks(text: &str, limits: ChunkLimits) -> Vec<Chunk> {
    let id = DocumentId::new(&SourceName::new("test").unwrap(), "a.md");
    chunk(&id, &document(text), &TokenCounter::Estimate, limits)
}

/// What the doc comment of `Chunk` promises.
fn assert_partition(chunks: &[Chunk], text: &str, limits: ChunkLimits) {
    assert!(!chunks.is_empty());
    let mut end = 0;
    for (at, chunk) in chunks.iter().enumerate() {
        assert_eq!(chunk.ordinal as usize, at);
        assert_eq!(chunk.span.start(), end);
        assert_eq!(chunk.span.of(text), Some(chunk.text.as_str()));
        assert!(chunk.tokens <= limits.max, "{} tokens in {:?}", chunk.tokens, chunk.text);
        assert!(chunks.len() == 1 || !chunk.text.is_empty());
        end = chunk.span.end();
    }
    assert_eq!(end, text.len());
    let ids: HashSet<_> = chunks.iter().map(|chunk| &chunk.id).collect();
    assert_eq!(ids.len(), chunks.len(), "ids are unique");
}

fn ids(chunks: &[Chunk]) -> HashSet<String> {
    chunks.iter().map(|chunk| chunk.id.to_string()).collect()
}

/// What `write` writes for each number below `count`.
fn each(count: usize, write: impl Fn(usize) -> String) -> String {
    (0..count).map(write).collect::<Vec<_>>().concat()
}

/// `count` sentences of ten tokens that are all different.
fn prose(name: &str, count: usize) -> String {
    each(count, |n| format!("In {name} part {n} the red fox sleeps all day. ")) + "\n\n"
}

#[test]
fn empty_text_is_one_empty_chunk() {
    let chunks = chunks("", ChunkLimits::default());
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0].tokens, 0);
    assert_eq!(chunks[0].text, "");
}

#[test]
fn handbook() {
    let text = include_str!("fixtures/handbook.md");
    let limits = ChunkLimits { target: 100, max: 160 };
    let chunks = chunks(text, limits);
    assert_partition(&chunks, text, limits);
    let mut shown = String::new();
    for chunk in &chunks {
        let path = chunk.heading_path.join(" > ");
        writeln!(shown, "=== {} | {} tokens | {path}\n{}", chunk.ordinal, chunk.tokens, chunk.text).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn small_document_stays_whole() {
    let text = "# A\n\nOne.\n\n## B\n\nTwo.\n\n## C\n\nThree.\n";
    let chunks = chunks(text, ChunkLimits::default());
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0].heading_path, ["A"]);
}

#[test]
fn small_siblings_share_chunks() {
    let text = each(8, |n| format!("## S{n}\n\nOnly one short line here.\n\n"));
    let chunks = chunks(&text, SMALL);
    assert!(chunks.len() <= 3, "{}", chunks.len());
    assert!(chunks.iter().all(|chunk| chunk.tokens <= SMALL.target && chunk.text.starts_with("## ")));
    assert_eq!(chunks[0].heading_path, ["S0"]);
}

#[test]
fn heading_path_follows_levels_and_loses_markup() {
    let text = format!(
        "# The `Book` of **Foxes** {{#top}}\n\n{}## [Dens](x.md)\n\n{}### Deep\n\n{}## Food\n\n{}",
        prose("one", 4),
        prose("two", 4),
        prose("three", 4),
        prose("four", 4)
    );
    let paths: Vec<_> = chunks(&text, SMALL).into_iter().map(|chunk| chunk.heading_path.join("/")).collect();
    assert_eq!(
        paths,
        ["The Book of Foxes", "The Book of Foxes/Dens", "The Book of Foxes/Dens/Deep", "The Book of Foxes/Food"]
    );
}

#[test]
fn heading_goes_with_what_follows() {
    let text = format!("{}# Title\n\n## Section\n\n{}", prose("one", 4), prose("two", 4));
    let chunks = chunks(&text, SMALL);
    let with_heading: Vec<_> = chunks.iter().filter(|chunk| chunk.text.contains("# ")).collect();
    assert_eq!(with_heading.len(), 1);
    assert!(with_heading[0].text.starts_with("# Title"));
    assert!(with_heading[0].text.contains("In two part 0"));
    assert_eq!(with_heading[0].heading_path, ["Title", "Section"]);
}

#[test]
fn trailing_scrap_joins_the_chunk_before() {
    let text = format!("# A\n\n{}\nBye.\n", prose("one", 4));
    assert_eq!(chunks(&text, SMALL).len(), 1);
}

#[test]
fn long_paragraph_is_cut_between_sentences() {
    let text = prose("one", 40);
    let chunks = chunks(&text, SMALL);
    assert!(chunks.len() >= 8);
    assert!(chunks.iter().all(|chunk| chunk.text.starts_with("In one") && chunk.text.trim_end().ends_with("day.")));
}

#[test]
fn long_table_is_cut_between_rows() {
    let rows = each(30, |n| format!("| {n} | fox |\n"));
    let chunks = chunks(&format!("| n | who |\n|---|---|\n{rows}"), SMALL);
    assert!(chunks.len() > 3);
    assert!(chunks.iter().all(|chunk| chunk.text.starts_with("| ") && chunk.text.ends_with(" |\n")));
    assert!(chunks[0].text.contains("| 0 |"));
}

#[test]
fn link_definitions_are_not_lost_in_the_block_before() {
    let definitions = each(40, |n| format!("[r{n}]: https://example.org/{n}\n"));
    let text = format!("{}{definitions}", prose("one", 4));
    let chunks = chunks(&text, SMALL);
    assert_partition(&chunks, &text, SMALL);
    assert!(chunks[1].text.starts_with("[r"), "{}", chunks[1].text);
}

/// Found in the comments of a program, read as Markdown.
#[test]
fn items_without_content_are_parts_of_their_list() {
    for text in [" *\n *\n *\n{", "- a\n- [b]: c\n- [d]: e\n\nf\n"] {
        assert_partition(&chunks(text, SMALL), text, SMALL);
    }
}

#[test]
fn page_is_that_of_the_start() {
    let one = prose("one", 8);
    let text = format!("{one}{}", prose("two", 8));
    let mut document = document(&text);
    document.pages = vec![ByteSpan::new(0, one.len()), ByteSpan::new(one.len(), text.len())];
    let id = DocumentId::from_stored("d".to_owned());
    let chunks = chunk(&id, &document, &TokenCounter::Estimate, SMALL);
    for chunk in chunks {
        assert_eq!(chunk.page, Some(if chunk.span.start() < one.len() { 1 } else { 2 }));
    }
}

#[test]
fn endless_lines_are_cut() {
    let spaces = " ".repeat(100_000);
    let word = "a".repeat(100_000);
    let cjk = "狐".repeat(30_000);
    for text in [spaces, word, cjk] {
        let chunks = chunks(&text, SMALL);
        assert_partition(&chunks, &text, SMALL);
        assert!(chunks.iter().all(|chunk| chunk.text.len() <= 64 * 76), "no chunk holds everything");
    }
}

#[test]
fn deep_nesting_is_no_trouble() {
    for text in ["> ".repeat(5000) + "a", "- ".repeat(5000) + "a", "[".repeat(5000), "*a_ ".repeat(5000)] {
        assert_partition(&chunks(&text, SMALL), &text, SMALL);
    }
}

/// A line or two of Markdown of some kind.
fn any_block() -> impl Strategy<Value = String> {
    let words = "([A-Za-z]{1,9}[ ,]){1,30}[a-z]{1,5}\\.";
    prop_oneof![
        "#{1,4} [A-Z][a-z]{1,8}\n\n",
        words.prop_map(|text| text + "\n\n"),
        prop::collection::vec(words, 1..6).prop_map(|items| format!("- {}\n\n", items.join("\n- "))),
        prop::collection::vec(words, 1..4).prop_map(|items| format!("1. {}\n\n", items.join("\n   - "))),
        prop::collection::vec(words, 1..6).prop_map(|rows| format!("| a |\n|---|\n| {} |\n\n", rows.join(" |\n| "))),
        prop::collection::vec(words, 1..4).prop_map(|lines| format!("> {}\n\n", lines.join("\n>\n> "))),
        prop::collection::vec("[ a-z(){};=]{0,40}", 1..12)
            .prop_map(|code| format!("```\n{}\n```\n\n", code.join("\n"))),
        Just("---\n\n".to_owned()),
        "\\PC{0,40}\n",
        "\\[[a-z]{2}\\]: [a-z]{1,9}\n",
    ]
}

fn any_markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(any_block(), 0..24).prop_map(|blocks| blocks.concat())
}

/// A fence, a list item with items inside or a table row, and what has to stand before it.
fn any_whole() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        (1..16_usize).prop_map(|lines| ("", format!("```rust\n{}```\n", "let a = fox();\n\n".repeat(lines)))),
        (1..16_usize).prop_map(|items| ("- one\n", format!("- two\n{}", "  - The red fox sleeps.\n".repeat(items)))),
        (1..16_usize)
            .prop_map(|cells| ("| a |\n|---|\n| b |\n", format!("|{}\n", " The red fox sleeps.".repeat(cells)))),
    ]
}

fn any_limits() -> impl Strategy<Value = ChunkLimits> {
    (1..120_u32, 1..120_u32).prop_map(|(target, more)| ChunkLimits { target, max: target + more })
}

/// A section of level 2 that fills a chunk of its own and holds nothing that is equal in another.
fn any_section() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..9_usize, 2..6)
}

/// The text of the section `name` with as many sentences in each paragraph as given.
fn section(name: &str, paragraphs: &[usize]) -> String {
    let body = each(paragraphs.len(), |n| prose(&format!("{name} {n}"), paragraphs[n]));
    format!("## {name}\n\n{}{body}", prose(name, 4))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn chunks_partition_markdown(text in any_markdown(), limits in any_limits()) {
        assert_partition(&chunks(&text, limits), &text, limits);
    }

    #[test]
    fn chunks_partition_any_text(text in "\\PC{0,300}|(?s).{0,300}|[#>*` \\-|\\[\\]\n\t\ra.]{0,300}", limits in any_limits()) {
        assert_partition(&chunks(&text, limits), &text, limits);
    }

    #[test]
    fn chunking_is_determined(text in any_markdown()) {
        prop_assert_eq!(chunks(&text, SMALL), chunks(&text, SMALL));
    }

    #[test]
    fn nothing_is_cut_that_belongs_together_and_fits(
        before in any_markdown(),
        after in any_markdown(),
        (lead, whole) in any_whole(),
    ) {
        prop_assume!(TokenCounter::Estimate.count(&whole) <= SMALL.max as usize);
        // These open HTML that goes on until it is closed (CommonMark 4.6), and in it there are no lists or tables.
        prop_assume!(!["<?", "<!"].iter().any(|open| before.contains(open)));
        let at = before.len() + "\n\nmarker\n\n".len() + lead.len();
        let text = format!("{before}\n\nmarker\n\n{lead}{whole}\n{after}");
        for chunk in chunks(&text, SMALL) {
            let start = chunk.span.start();
            prop_assert!(start <= at || start >= at + whole.len(), "cut inside: {:?}", chunk.text);
        }
    }

    #[test]
    fn no_heading_is_last_but_in_a_text_that_ends_with_one(sections in prop::collection::vec(any_section(), 1..6)) {
        let text = each(sections.len(), |n| section(&format!("s{n}"), &sections[n]));
        for chunk in chunks(&text, SMALL) {
            let last = chunk.text.trim_end().lines().last().unwrap_or_default();
            prop_assert!(!last.starts_with('#'), "{:?}", chunk.text);
        }
    }

    /// Sections that fill a chunk of their own are not touched by an edit in another.
    #[test]
    fn ids_outside_the_edited_section_stay(
        sections in prop::collection::vec(any_section(), 2..8),
        edited in any_section(),
        which in any::<prop::sample::Index>(),
    ) {
        let which = which.index(sections.len());
        let old: Vec<_> = sections.iter().enumerate().map(|(n, body)| section(&format!("s{n}"), body)).collect();
        let mut new = old.clone();
        new[which] = section("edited", &edited);
        let before = chunks(&old.concat(), SMALL);
        let after = ids(&chunks(&new.concat(), SMALL));
        let start: usize = old[..which].iter().map(String::len).sum();
        let end = start + old[which].len();
        for chunk in &before {
            let inside = chunk.span.start() < end && chunk.span.end() > start;
            prop_assert!(inside || after.contains(chunk.id.as_str()), "lost {:?}", chunk.text);
        }
    }

    /// Where sections are so small that they share chunks, an edit goes no further than the next large one.
    #[test]
    fn ids_beyond_a_large_section_stay(
        small in prop::collection::vec(1..4_usize, 1..12),
        edited in 1..4_usize,
        which in any::<prop::sample::Index>(),
        others in prop::collection::vec(1..4_usize, 1..12),
    ) {
        let run = |name: &str, sizes: &[usize]| -> Vec<String> {
            sizes.iter().enumerate().map(|(n, size)| format!("## {name} {n}\n\n{}", prose(&format!("{name} {n}"), *size))).collect()
        };
        let mut first = run("a", &small);
        let rest = section("wall", &[8, 8]) + &run("b", &others).concat();
        let beyond = ids(&chunks(&rest, SMALL));
        let before = ids(&chunks(&(first.concat() + &rest), SMALL));
        prop_assert!(beyond.is_subset(&before));
        let which = which.index(first.len());
        first[which] = format!("## edited\n\n{}", prose("edited", edited));
        let after = ids(&chunks(&(first.concat() + &rest), SMALL));
        prop_assert!(beyond.is_subset(&after));
    }
}
