//! What a passage is about by name, where that is a thing of a program.
//!
//! Reference pages are written from a template: the sections on `read_u16` and `read_u32` differ in that name and little
//! else, and are no copies. The name may stand in the text, in its heading, or only above: in a heading further up, in the
//! title of the page or in its file's name. A heading in plain words may be put otherwise in a copy; a name may not. Nor
//! are two texts copies that differ in names and in nothing else, wherever those stand: a template was filled in twice.

use std::collections::BTreeSet;

use super::difference::Difference;
use crate::Passage;
use crate::contradiction::is_generic_word;
use crate::family::parallel_pages;
use crate::markup::shown;

/// Whether two passages are about different things by name.
pub(crate) fn name_different_things(a: &Passage, b: &Passage) -> bool {
    stand_under_different_names(a, b) || difference(&shown(&a.text), &shown(&b.text)).is_none()
}

/// Whether neither of two passages in nearly the same words can stand for the other: they are about different things by
/// name, or say opposite things of one.
pub(crate) fn say_different_things(a: &Passage, b: &Passage) -> bool {
    stand_under_different_names(a, b)
        || difference(&shown(&a.text), &shown(&b.text)).is_none_or(|difference| difference.is_opposed())
}

/// Whether what is above or around two passages says that they are about different things.
fn stand_under_different_names(a: &Passage, b: &Passage) -> bool {
    both_have_own(&a.named, &b.named)
        || name_their_pages((&a.text, &a.uri), (&b.text, &b.uri))
        || parallel_pages(&a.uri, &b.uri, is_generic_word)
        // A page shows a program again where something in it is another.
        || a.document == b.document && is_listing(&a.text) && is_listing(&b.text)
}

/// The names of things of a program in a document's title and in the headings above one of its chunks, sorted, each once.
/// `uri` is the document's.
#[must_use]
pub fn named_above(title: Option<&str>, headings: &[String], uri: &str) -> Vec<String> {
    let titled = title.into_iter().flat_map(|title| {
        let shown = shown(title);
        // Titles are full of acronyms and brands in capitals: those name no thing of a program.
        let mut found: Vec<String> =
            shown.split_whitespace().filter_map(|word| name(word, true)).map(str::to_owned).collect();
        found.extend(subject_of_page(&shown, uri).map(str::to_owned));
        found
    });
    let headed = headings.iter().flat_map(|heading| {
        let shown = shown(heading);
        let shouts = !shown.chars().any(char::is_lowercase);
        shown.split_whitespace().filter_map(|word| name(word, shouts)).map(str::to_owned).collect::<Vec<_>>()
    });
    titled.chain(headed).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether two pages are entries of a reference on different things: what one says of its thing denies nothing of the
/// other's.
pub(crate) fn are_entries(title: &str, uri: &str, other_title: &str, other_uri: &str) -> bool {
    let (title, other) = (shown(title), shown(other_title));
    matches!((subject_of_page(&title, uri), subject_of_page(&other, other_uri)), (Some(a), Some(b)) if a != b)
}

/// What a page of a reference is about by its title.
fn subject_of_page<'a>(title: &'a str, uri: &str) -> Option<&'a str> {
    command(title).or_else(|| acronym(title, uri)).or_else(|| entry(title, uri))
}

/// What the title of a manual page says it is about: `htpasswd` of `htpasswd - Manage user files`. A title in plain words
/// starts with a capital.
fn command(title: &str) -> Option<&str> {
    let (first, rest) = title.trim_start().split_once(char::is_whitespace)?;
    let follows = ["- ", "\u{2013} ", "\u{2014} "].iter().any(|dash| rest.trim_start().starts_with(dash));
    let bare = first.trim_matches(|c: char| !c.is_alphanumeric());
    (follows && !bare.is_empty() && !bare.contains(char::is_uppercase)).then_some(bare)
}

/// The acronym that a title starts with, where the page's file is named after it as well: `PIMv6` on `pimv6.html`.
fn acronym<'a>(title: &'a str, uri: &str) -> Option<&'a str> {
    let first = title.split_whitespace().next()?.trim_matches(|c: char| !c.is_alphanumeric());
    let capitals = first.chars().filter(|c| c.is_uppercase()).count();
    (capitals >= 2 && !uri.contains(first) && first.eq_ignore_ascii_case(&page_name(uri))).then_some(first)
}

/// What a page of a reference is the entry of, where its title is that and no more, and its file is named after it too:
/// `CREATE TABLE` on `sql-createtable.html`, `reindexdb` on `app-reindexdb.html`; or an identifier, below its number.
fn entry<'a>(title: &'a str, uri: &str) -> Option<&'a str> {
    let title = title.trim().trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
    let letters = || title.chars().filter(|c| c.is_alphabetic());
    let last = title.split_whitespace().next_back()?.to_lowercase();
    let single = !title.contains(char::is_whitespace);
    if single && title.contains('_') {
        return Some(title);
    }
    let capitals = letters().all(char::is_uppercase);
    // A file in capitals, such as `LICENSE`, is named after what it is.
    let is_entry =
        if single { letters().all(char::is_lowercase) || capitals && !uri.contains(title) } else { capitals };
    let page = page_name(uri);
    let said = last.len() >= SHORTEST_PAGE_NAME && page.ends_with(&last)
        || page.rsplit(['-', '_']).next().is_some_and(|part| part == last);
    // `createprocedure` in one word names a command, whatever a procedure is.
    let glued = || !single && page.ends_with(&title.replace(' ', "").to_lowercase());
    (is_entry && said && (glued() || !is_generic_word(&last))).then_some(title)
}

/// Whether each of two lists has something that the other lacks.
fn both_have_own(a: &[String], b: &[String]) -> bool {
    a.iter().any(|name| !b.contains(name)) && b.iter().any(|name| !a.contains(name))
}

/// In what two shown texts differ. `None` where that tells that they are about different things: their headings name
/// things, and not the same ones, or names are all that they differ in, or one word stands for another throughout.
fn difference<'a>(a: &'a str, b: &'a str) -> Option<Difference<'a>> {
    let (mine, theirs) = (names(a), names(b));
    let headed = mine.difference(&theirs).next().is_some() && theirs.difference(&mine).next().is_some();
    let difference = (!headed).then(|| Difference::of(a, b))?;
    // In a program every word is a name.
    let named = differ_in_names(&difference, a, b) || difference.is_one_word_for_another();
    (!named).then_some(difference)
}

/// Whether each of two passages, given with the URI of its page, says its own page's name where the other one says its
/// own: `Executing mount …` on `mount.html` is no copy of `Executing umount …` on `umount.html`.
fn name_their_pages(a: (&str, &str), b: (&str, &str)) -> bool {
    let (mine, theirs) = (page_name(a.1), page_name(b.1));
    mine != theirs && says(a.0, &mine) && says(b.0, &theirs) && !says(a.0, &theirs) && !says(b.0, &mine)
}

/// Fewest letters of a page's name that is told from a common word or an ordinal.
const SHORTEST_PAGE_NAME: usize = 4;

/// The name of a page's file without extensions, in small letters.
fn page_name(uri: &str) -> String {
    let file = uri.rsplit('/').next().unwrap_or(uri);
    file.split('.').next().unwrap_or(file).to_lowercase()
}

/// Whether a text says a word.
fn says(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    word.len() >= SHORTEST_PAGE_NAME && text.split(|c| !is_part(c)).any(|part| part.eq_ignore_ascii_case(word))
}

/// Whether a text is a piece of a program, which its first line may stand in the middle of.
fn is_listing(text: &str) -> bool {
    let fences = || text.lines().map(str::trim).filter(|line| line.starts_with("```"));
    // A fence that names no language closes what the text starts in, where it is not closed itself.
    let mut inside = fences().count() % 2 == 1 && fences().next() == Some("```");
    let mut lines = 0;
    let prose = text.lines().map(str::trim).filter(|line| !line.is_empty()).any(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        lines += 1;
        !fence && !inside && !line.starts_with('#')
    });
    lines > 0 && !prose && fences().next().is_some()
}

/// Whether each of two shown texts has words that the other lacks, and all of them are names.
fn differ_in_names(Difference { mine, theirs }: &Difference<'_>, a: &str, b: &str) -> bool {
    if mine.is_empty() || theirs.is_empty() {
        return false;
    }
    let shouts = [a, b].iter().any(|text| !text.chars().any(char::is_lowercase));
    mine.iter().chain(theirs).all(|word| name(word, shouts).is_some()) || is_listing(a) && is_listing(b)
}

/// The names in the first line of a text, where that is a heading.
fn names(text: &str) -> BTreeSet<&str> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match first.trim_start().strip_prefix('#') {
        Some(heading) => {
            let shouts = !heading.chars().any(char::is_lowercase);
            heading.split_whitespace().filter_map(|word| name(word, shouts)).collect()
        }
        None => BTreeSet::new(),
    }
}

/// A word as a name: set as code, or spelt as words are not, in capitals among others that are in small letters.
fn name(word: &str, shouts: bool) -> Option<&str> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let camel = bare.chars().zip(bare.chars().skip(1)).any(|(one, next)| one.is_lowercase() && next.is_uppercase());
    let capitals = bare.chars().filter(|c| c.is_uppercase()).count();
    let keyword = !shouts && capitals >= 2 && !bare.chars().any(char::is_lowercase);
    // `max(a` is a call; `(draft)` and `item(s)` are words.
    let called = word.find('(').is_some_and(|at| at > 0 && !word.ends_with("(s)"));
    let is_name =
        keyword || called || word.contains(['`', '_', '$']) || word.contains("::") || word.starts_with("--") || camel;
    (is_name && !bare.is_empty()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_apart_and_plain_words_do_not() {
        for (a, b, expected) in [
            ("### `read_u16`\n\nReads.", "### `read_u32`\n\nReads.", true),
            ("## fn max(a, b)\n", "## fn min(a, b)\n", true),
            ("# StdMapObserver\n", "# StdCellObserver\n", true),
            ("## --log-level\n", "## --log-format\n", true),
            ("## `read_u16`\n", "## Reading `read_u16`\n", false),
            ("## Adding conditionals\n", "## Extra conditionals\n", false),
            ("## Adding `if`\n", "## Extra conditionals\n", false),
            ("### 9.24.3. ANY/SOME (array)\n", "### 9.24.4. ALL (array)\n", true),
            ("## THE LAMPS\n", "## THE LIGHTS\n", false),
            ("## The FAQ\n", "## The questions\n", false),
            ("Calls `read_u16`.", "Calls `read_u32`.", true),
            ("Calls `read_u16` first.", "Calls `read_u32` then.", false),
            ("Calls `read_u16`.", "Calls `read_u16` and `read_u32`.", false),
            ("See [`read`](a_b.md).", "See [`read`](../c_d.md).", false),
            ("```yaml\nname: client\nport: http\n", "kind: a\nname: server\nport: http\n```\n", true),
            ("```sh\nrun it\n```\n\nThen wait.\n", "```sh\nrun that\n```\n\nThen wait.\n", false),
            ("```sh\nrun it\n```\n", "```sh\nrun it now\n```\n", false),
            ("```rust,ignore\nlet a = 1;\n```\n", "```rust,should_panic\nlet a = 1;\n```\n", false),
            ("Returns [**GetPlanReply**](GetPlanReply.md) or 404.", "Returns [**ListPlansReply**](x.md) or 404.", true),
        ] {
            assert_eq!(difference(&shown(a), &shown(b)).is_none(), expected, "{a} / {b}");
        }
    }

    #[test]
    fn titles_and_headings_above_name_things() {
        let above = |title: &str, heading: &str| {
            named_above(Some(title), &["Reference".to_owned(), heading.to_owned()], "doc/pimv6.html")
        };
        assert_eq!(
            above("mod_deflate - HTTP Server", "`FilterNote` Directive [¶](#note)"),
            ["FilterNote", "mod_deflate"]
        );
        assert_eq!(above("htdbm - Manipulate DBM files", "Options"), ["htdbm"]);
        assert_eq!(above("PIMv6 \u{2014} routing", "Options"), ["PIMv6"]);
        assert!(above("PIM \u{2014} routing", "Options").is_empty(), "the file is named after something else");
        assert!(above("Leave policy (draft) - HR of ACME", "Days off").is_empty());
        let named = |title: &str, uri: &str| named_above(Some(title), &[], uri);
        assert_eq!(named("CREATE TABLE", "sql-createtable.html"), ["CREATE TABLE"]);
        assert_eq!(named("reindexdb", "app-reindexdb.html"), ["reindexdb"]);
        assert_eq!(named("ROLLBACK", "sql-rollback.html"), ["ROLLBACK"]);
        assert_eq!(named("DO", "sql-do.html"), ["DO"]);
        assert_eq!(named("CREATE PROCEDURE", "sql-createprocedure.html"), ["CREATE PROCEDURE"]);
        assert_eq!(named("37.15. column_privileges", "columns.html"), ["column_privileges"]);
        for (title, uri) in [
            ("LICENSE", "docs/LICENSE.md"),
            ("USER GUIDE", "user-guide.md"),
            ("REFUND POLICY", "terms.md"),
            ("install", "start.md"),
        ] {
            assert!(named(title, uri).is_empty(), "{title}");
        }
        let entries = |title, uri| are_entries(title, uri, "CREATE TABLE", "sql-createtable.html");
        assert!(entries("CREATE VIEW", "sql-createview.html") && entries("reindexdb", "app-reindexdb.html"));
        assert!(!entries("CREATE TABLE", "v2/sql-createtable.html") && !entries("Tables and views", "tables.html"));
        let page = |title, text| Passage { named: above(title, "Options"), ..crate::testing::unread("a.md", text) };
        let text = "Reads the password from the terminal rather than from the line that was typed.";
        assert!(name_different_things(&page("htdbm - Manage", text), &page("htpasswd - Manage", text)));
        assert!(!name_different_things(&page("htdbm - Manage", text), &page("Passwords", text)), "named by one only");
    }

    #[test]
    fn passages_that_say_the_names_of_their_pages_are_told_apart() {
        let (a, b) = ("Executing mount asks the kernel.", "Executing umount asks the kernel.");
        assert!(name_their_pages((a, "man/mount.8.html"), (b, "man/umount.8.html")));
        assert!(!name_their_pages((a, "man/mount.html"), (a, "man/umount.html")), "a copy");
        assert!(!name_their_pages((a, "man/mount.html"), (b, "wiki/devices.html")));
        assert!(!name_their_pages((a, "man/mount.html"), (b, "archive/mount.html")));
    }
}
