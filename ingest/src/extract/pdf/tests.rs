//! PDFs made here, each for one thing that files in the wild have.

use std::fmt::Write;

use lopdf::encryption::EncryptionVersion;
use lopdf::{Dictionary, EncryptionState, Object, ObjectId, Permissions, Stream, StringFormat, dictionary};

use super::*;

/// A PDF in the making, with Helvetica as `F1`.
struct Made {
    document: Document,
    pages: ObjectId,
    kids: Vec<Object>,
    fonts: Dictionary,
}

impl Made {
    fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let fonts = dictionary! { "F1" => standard_font("Helvetica"), "F2" => standard_font("Helvetica-Bold") };
        Self { document, pages, kids: Vec::new(), fonts }
    }

    fn page(&mut self, content: impl AsRef<str>) -> ObjectId {
        let stream = Stream::new(Dictionary::new(), content.as_ref().as_bytes().to_vec());
        self.page_of(stream)
    }

    fn page_of(&mut self, content: Stream) -> ObjectId {
        let content = self.document.add_object(content);
        let page = self.document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => self.pages,
            "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
            "Resources" => dictionary! { "Font" => self.fonts.clone() },
            "Contents" => content,
        });
        self.kids.push(page.into());
        page
    }

    /// The document with its page tree.
    fn finish(mut self, catalog: Dictionary) -> Document {
        let count = self.kids.len() as i64;
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.kids, "Count" => count };
        self.document.objects.insert(self.pages, tree.into());
        let mut root = dictionary! { "Type" => "Catalog", "Pages" => self.pages };
        root.extend(&catalog);
        let root = self.document.add_object(root);
        self.document.trailer.set("Root", root);
        self.document
    }

    fn read(self) -> Reading {
        read_document(self.finish(Dictionary::new()))
    }
}

fn standard_font(name: &'static str) -> Dictionary {
    dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => name, "Encoding" => "WinAnsiEncoding" }
}

fn read_document(mut document: Document) -> Reading {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    read(&bytes, ExtractLimits::default())
}

fn kinds(reading: &Reading) -> Vec<NoticeKind> {
    reading.notices.iter().map(|notice| notice.kind).collect()
}

/// Text at places: `(x, y, size, words)`.
fn placed(pieces: &[(i32, i32, i32, &str)]) -> String {
    let mut content = String::new();
    for (x, y, size, words) in pieces {
        writeln!(content, "BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET").unwrap();
    }
    content
}

const LEFT: [&str; 6] = [
    "Flour is sifted twice before it",
    "is weighed, so that no lump of",
    "it is left. The first sieve takes",
    "the coarse bran away, and the",
    "second what the first let pass",
    "by chance or by its own wear.",
];
const RIGHT: [&str; 6] = [
    "Water comes next, as warm as",
    "the hand can bear. It is poured",
    "slowly along the rim until the",
    "dough holds together and comes",
    "off the bowl by itself, whereupon",
    "it rests for an hour.",
];

#[test]
fn columns_are_read_one_after_the_other() {
    let mut made = Made::new();
    let mut content = placed(&[(150, 740, 20, "A title across both columns")]);
    // Drawn row by row, so that only where they stand tells them apart.
    for (i, (left, right)) in LEFT.iter().zip(RIGHT).enumerate() {
        let y = 700 - 14 * i as i32;
        content += &placed(&[(72, y, 11, left), (320, y, 11, right)]);
    }
    made.page(content);
    let text = made.read().text;
    assert_eq!(text, format!("# A title across both columns\n\n{}\n\n{}", LEFT.join(" "), RIGHT.join(" ")));
}

#[test]
fn furniture_goes_and_sentences_go_on() {
    let mut made = Made::new();
    for page in 0..5 {
        let mut pieces =
            vec![(72, 760, 9, "The Miller's Handbook".to_owned()), (300, 30, 9, format!("- {} -", page + 7))];
        for line in 0..8 {
            let part = if line == 7 {
                format!("and goes on to {} leaf", ["one", "another", "yet another", "the last", "no"][page])
            } else {
                format!("row {line} of sheet {page} is long enough to fill the line as text does")
            };
            pieces.push((72, 700 - 14 * line, 11, part));
        }
        let pieces: Vec<_> = pieces.iter().map(|(x, y, size, text)| (*x, *y, *size, text.as_str())).collect();
        made.page(placed(&pieces));
    }
    let reading = made.read();
    assert!(!reading.text.contains("Handbook") && !reading.text.contains("- 7"), "{}", reading.text);
    assert!(reading.text.contains("goes on to one leaf row 0 of sheet 1"), "{}", reading.text);
    assert_eq!(reading.pages.len(), 5);
    assert_eq!(reading.pages[1].of(&reading.text).map(|page| page.starts_with("row 0 of sheet 1")), Some(true));
}

#[test]
fn what_repeats_on_short_pages_is_their_text() {
    let mut made = Made::new();
    for _ in 0..4 {
        made.page(placed(&[(72, 700, 12, "Left blank on purpose")]));
    }
    assert_eq!(made.read().text, ["Left blank on purpose"; 4].join("\n\n"));
}

#[test]
fn ligatures_hyphens_and_kerning() {
    let mut made = Made::new();
    let differences: Vec<Object> = vec![1.into(), "fi".into(), "f_f_l".into(), "uni00E9".into(), "a".into()];
    let encoding =
        dictionary! { "Type" => "Encoding", "BaseEncoding" => "WinAnsiEncoding", "Differences" => differences };
    let mut font = standard_font("Helvetica");
    font.set("Encoding", encoding);
    made.fonts.set("F3", font);
    made.page(
        "BT /F3 12 Tf 14 TL 72 700 Td (\\001ne ba\\002ed caf\\003 for a very long line of miller) Tj \
         T* [(and) -300 (bak) 20 (ers who are well-known as pro-)] TJ T* (fessionals, and well-) Tj T* (known for bread.) Tj ET",
    );
    let text = made.read().text;
    assert!(text.contains("fine baffled café for"), "{text}");
    assert!(text.contains("and bakers who are well-known as professionals"), "{text}");
    assert!(text.ends_with("well-known for bread."), "{text}");
}

#[test]
fn composite_fonts_by_their_map() {
    let mut made = Made::new();
    let map = b"1 begincodespacerange <0000> <FFFF> endcodespacerange \
                2 beginbfrange <0001> <0003> <0041> <0010> <0010> <D835DC00> endbfrange";
    let map = made.document.add_object(Stream::new(Dictionary::new(), map.to_vec()));
    let descendant = made.document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "Some", "DW" => 600,
        "W" => vec![1.into(), Object::Array(vec![500.into(), 500.into()])],
    });
    made.fonts.set(
        "F3",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Some", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => map,
        },
    );
    made.page("BT /F3 12 Tf 72 700 Td <000100020003> Tj 40 0 Td <0010> Tj ET");
    assert_eq!(made.read().text, "ABC \u{1D400}");
}

#[test]
fn codes_without_meaning_are_told() {
    let mut made = Made::new();
    made.fonts.set(
        "F3",
        dictionary! { "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Some", "Encoding" => "Identity-H" },
    );
    made.page("BT /F3 12 Tf 72 700 Td <00010002> Tj ET");
    let reading = made.read();
    assert_eq!((reading.text.as_str(), kinds(&reading)), ("\u{FFFD}\u{FFFD}", vec![NoticeKind::InvalidEncoding]));
}

#[test]
fn aligned_rows_are_tables() {
    let mut made = Made::new();
    let mut pieces =
        vec![(72, 730, 11, "Sales of the mill by kind of flour, in sacks a year, as the ledger has them:")];
    for (i, row) in
        [["Kind", "2022", "2023"], ["Wheat", "$ 1,204", "$ 1,310"], ["Rye", "640", "(12)"], ["Spelt", "88", "95"]]
            .iter()
            .enumerate()
    {
        let y = 700 - 14 * i as i32;
        pieces.extend([(72, y, 11, row[0]), (250, y, 11, row[1]), (350, y, 11, row[2])]);
    }
    pieces.push((72, 600, 11, "All sacks are of fifty pounds unless the ledger says that they are not."));
    let content = placed(&pieces).replace("(12)", "\\(12\\)");
    made.page(content);
    let text = made.read().text;
    let table = "| Kind | 2022 | 2023 |\n|---|---|---|\n| Wheat | $ 1,204 | $ 1,310 |\n| Rye | 640 | (12) |\n| Spelt | 88 | 95 |";
    assert!(text.contains(&format!("as the ledger has them:\n\n{table}\n\nAll sacks")), "{text}");
}

#[test]
fn headings_lists_and_links() {
    let mut made = Made::new();
    let page = made.page(
        placed(&[
            (72, 740, 18, "Sieves"),
            (72, 700, 11, "Ask the miller for"),
            (170, 700, 11, "the catalogue"),
            (245, 700, 11, "of all sieves."),
            (72, 670, 11, "1. Fine ones"),
            (72, 656, 11, "2. Coarse ones"),
            (72, 630, 11, "\\225 A hoop of beech"),
            (72, 616, 11, "\\225 A mesh of horse hair"),
            (72, 580, 11, "Where they are made"),
            (72, 560, 11, "They are made of wood, by hand, and last for as long as the miller does."),
            (72, 546, 11, "Some last longer, and are handed down with the mill and all that is in it."),
        ]) + "BT /F2 11 Tf 72 520 Td (How they are kept) Tj ET BT /F1 11 Tf 72 500 Td (They hang on the wall.) Tj ET",
    );
    let link = made.document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Link", "Rect" => vec![165.into(), 695.into(), 243.into(), 712.into()],
        "A" => dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.org/sieves") },
    });
    made.document.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Reference(link)]);
    let entry = made.document.add_object(dictionary! { "Title" => Object::string_literal("Where they are made") });
    // An outline whose entries lead in a circle.
    made.document.get_dictionary_mut(entry).unwrap().set("Next", entry);
    let outlines = made.document.add_object(dictionary! { "First" => entry });
    let text = read_document(made.finish(dictionary! { "Outlines" => outlines })).text;
    for part in [
        "# Sieves\n\n",
        "Ask the miller for [the catalogue](https://example.org/sieves) of all sieves.",
        "1. Fine ones\n2. Coarse ones\n\n",
        "- A hoop of beech\n- A mesh of horse hair\n\n",
        "# Where they are made\n\nThey are",
        "## How they are kept\n\nThey hang",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn turned_and_mirrored_pages() {
    let mut made = Made::new();
    made.page("BT /F1 12 Tf 0 1 -1 0 100 100 Tm (Turned) Tj 0 -14 Td (sideways) Tj ET");
    made.page("1 0 0 -1 0 792 cm BT /F1 12 Tf 1 0 0 -1 72 100 Tm (First) Tj 1 0 0 -1 72 140 Tm (second) Tj ET");
    assert_eq!(made.read().text, "Turned sideways\n\nFirst\n\nsecond");
}

#[test]
fn lines_from_right_to_left() {
    let mut made = Made::new();
    let names: Vec<Object> = [Object::Integer(1)]
        .into_iter()
        .chain(["uni05E9", "uni05DC", "uni05D5", "uni05DD"].map(Object::from))
        .collect();
    let mut font = standard_font("Helvetica");
    font.set("Encoding", dictionary! { "Type" => "Encoding", "Differences" => names });
    made.fonts.set("F3", font);
    // Drawn from left to right as seen, as programs without a notion of direction do.
    made.page("BT /F3 12 Tf 72 700 Td (\\004\\003\\002\\001 42) Tj ET");
    assert_eq!(made.read().text, "42 שלום");
}

#[test]
fn replacements_and_marked_furniture() {
    let mut made = Made::new();
    made.page(
        "BT /F1 12 Tf 72 700 Td /Span << /ActualText (office) >> BDC (o\\002ce) Tj EMC ( hours) Tj ET \
         /Artifact << /Type /Pagination >> BDC BT /F1 9 Tf 72 30 Td (Draft copy) Tj ET EMC",
    );
    assert_eq!(made.read().text, "office hours");
}

/// A document encrypted with that user password.
fn encrypted(user_password: &str) -> Reading {
    let mut made = Made::new();
    made.page(placed(&[(72, 700, 12, "Kept from others")]));
    let mut document = made.finish(Dictionary::new());
    let id = Object::String(b"0123456789abcdef".to_vec(), StringFormat::Literal);
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    read_document(document)
}

#[test]
fn encrypted_documents() {
    assert_eq!(encrypted("").text, "Kept from others");
    let locked = encrypted("secret");
    assert_eq!((locked.text.as_str(), kinds(&locked)), ("", vec![NoticeKind::Encrypted]));
}

#[test]
fn a_page_tree_with_loops_ends() {
    let mut made = Made::new();
    made.page(placed(&[(72, 700, 12, "Once")]));
    made.kids.insert(0, made.pages.into());
    made.kids.push(made.pages.into());
    assert_eq!(made.read().text, "Once");
}

#[test]
fn forms_that_draw_themselves_end() {
    let mut made = Made::new();
    let form = made.document.new_object_id();
    let resources = dictionary! { "XObject" => dictionary! { "X" => form }, "Font" => made.fonts.clone() };
    let content = b"BT /F1 12 Tf 72 700 Td (Again) Tj ET /X Do /X Do /X Do".to_vec();
    let stream = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "Resources" => resources.clone() },
        content,
    );
    made.document.objects.insert(form, stream.into());
    let page = made.page("/X Do");
    made.document.get_dictionary_mut(page).unwrap().set("Resources", resources);
    let reading = made.read();
    assert!(reading.text.contains("Again") && reading.text.len() < 10 << 20);
}

#[test]
fn bombs_are_not_unfolded() {
    let mut made = Made::new();
    // Runs of 128 spaces, in two bytes each.
    let runs = [129, b' '].repeat(budget::MAX_STREAM / 128 + 1);
    let bomb = Stream::new(dictionary! { "Filter" => "RunLengthDecode" }, runs);
    made.page_of(bomb);
    made.page(placed(&[(72, 700, 12, "After the bomb")]));
    let reading = made.read();
    assert_eq!((reading.text.as_str(), kinds(&reading)), ("After the bomb", vec![NoticeKind::Truncated]));
}

#[test]
fn widths_and_maps_without_end_are_cut_short() {
    let mut made = Made::new();
    let widths: Vec<Object> = (0..60_000).flat_map(|_| [0.into(), 65_535.into(), 500.into()]).collect();
    let descendant =
        made.document.add_object(dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2", "W" => widths });
    let map = format!(
        "begincodespacerange {} endcodespacerange beginbfchar <0041> <{}> endbfchar",
        "<00> <00> ".repeat(30_000),
        "0041".repeat(30_000)
    );
    let map = made.document.add_object(Stream::new(Dictionary::new(), map.into_bytes()));
    made.fonts.set(
        "F3",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => map,
        },
    );
    made.page(format!("BT /F3 12 Tf 72 700 Td <{}> Tj ET", "0041".repeat(10_000)));
    let text = made.read().text;
    assert!(text.starts_with("AAA") && text.len() <= 10_000 * 64, "{}", text.len());
}

#[test]
fn pages_with_more_than_anyone_reads() {
    let mut made = Made::new();
    made.page(format!("BT /F1 1 Tf {} ET", "2 0 Td (a) Tj ".repeat(250_000)));
    made.page("[".repeat(100_000));
    made.page(format!("{}BT /F1 12 Tf 72 700 Td (Reached) Tj ET", "BI ".repeat(50_000)));
    let reading = made.read();
    assert_eq!(kinds(&reading), [NoticeKind::Truncated]);
    assert!(reading.text.ends_with("Reached"));
}

#[test]
fn damaged_tables_of_objects_are_rebuilt() {
    let mut made = Made::new();
    made.page(placed(&[(72, 700, 12, "Still here")]));
    let mut bytes = Vec::new();
    made.finish(Dictionary::new()).save_to(&mut bytes).unwrap();
    // Bytes that came in before the objects move all of them, and the table no longer fits.
    let moved = [b"%PDF-1.7\n%".as_slice(), &[b'x'; 333], b"\n", &bytes[9..]].concat();
    assert_eq!(read(&moved, ExtractLimits::default()).text, "Still here");
    let end = bytes.windows(4).rposition(|word| word == b"xref").unwrap();
    let cut = [&bytes[..end - 60], b"\ntrailer << /Size 1000000000 >>\nstartxref\n999999999\n%%EOF"].concat();
    assert_eq!(read(&cut, ExtractLimits::default()).text, "Still here");
}

#[test]
fn a_billion_objects_are_only_said() {
    let mut made = Made::new();
    made.page(placed(&[(72, 700, 12, "Few")]));
    let mut bytes = Vec::new();
    made.finish(Dictionary::new()).save_to(&mut bytes).unwrap();
    let at = bytes.len();
    let table = "xref\n0 1000000000\n0000000000 65535 f \ntrailer\n<< /Size 1000000000 /Root 1 0 R >>\n";
    bytes.extend(format!("{table}startxref\n{at}\n%%EOF").into_bytes());
    let reading = read(&bytes, ExtractLimits::default());
    assert!(reading.text == "Few" || kinds(&reading) == [NoticeKind::Malformed], "{}", reading.text);
}
