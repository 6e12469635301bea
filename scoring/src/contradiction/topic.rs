//! What a statement stands under: the title and headings above it, and whether those of two statements let them be
//! about the same thing.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::lexicon;
use super::statement::{Statement, Word, names};

/// How the headings above two statements compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Setting {
    /// They name different cases: versions, dates, plans, platforms.
    Apart,
    /// They are about different things.
    Elsewhere,
    /// At least one of them says no more than its statement does.
    Open,
    /// They are about the same, with so much weight of words in common.
    Same(f32),
}

/// Words of titles that name a kind of text or of section, and not what it is about.
const GENERIC: &[&str] = &[
    "guide",
    "manual",
    "handbook",
    "overview",
    "introduction",
    "intro",
    "reference",
    "documentation",
    "doc",
    "readme",
    "faq",
    "question",
    "answer",
    "policy",
    "rule",
    "note",
    "page",
    "wiki",
    "draft",
    "copy",
    "final",
    "summary",
    "detail",
    "about",
    "topic",
    "chapter",
    "section",
    "appendix",
    "part",
    "setup",
    "configuration",
    "config",
    "configure",
    "setting",
    "option",
    "flag",
    "parameter",
    "requirement",
    "requires",
    "install",
    "installation",
    "getting",
    "start",
    "quick",
    "quickstart",
    "limit",
    "default",
    "information",
    "info",
    "standard",
    "prerequisite",
    "procedure",
    "howto",
    "tip",
    "sheet",
    "data",
    "description",
    "synopsis",
    "name",
    "specification",
    "line",
    "using",
    "working",
    "managing",
];

/// Those words as statements hold them.
static GENERIC_STEMS: LazyLock<HashSet<String>> =
    LazyLock::new(|| GENERIC.iter().map(|word| lexicon::stem(word)).collect());

/// Platforms, plans and the like that stand for a case of their own wherever they head a section.
const CASES: &[&str] = &[
    "linux",
    "windows",
    "macos",
    "mac",
    "ubuntu",
    "debian",
    "fedora",
    "ios",
    "android",
    "docker",
    "kubernetes",
    "aws",
    "azure",
    "gcp",
    "free",
    "pro",
    "premium",
    "enterprise",
    "business",
    "team",
    "starter",
    "trial",
    "staging",
    "production",
    "development",
    "test",
    "client",
    "server",
    "admin",
    "administrators",
    "contractors",
    "students",
    "beta",
    "legacy",
];

/// Compares the headings above two statements, the outermost first.
pub(super) fn compare(a: &Statement, above_a: &[String], b: &Statement, above_b: &[String]) -> Setting {
    let (mine, theirs) = (read(above_a), read(above_b));
    if figures(&mine) != figures(&theirs) && !figures(&mine).is_empty() && !figures(&theirs).is_empty() {
        return Setting::Apart;
    }
    // What both statements name themselves is no case of theirs alone.
    let named = |word: &str| {
        let word = Word { stem: lexicon::stem(word), solid: false };
        has(&a.words, &word) && has(&b.words, &word)
    };
    if above_a.iter().any(|x| above_b.iter().any(|y| are_cases(x, y, named))) && !shares_leaf(above_a, above_b) {
        return Setting::Apart;
    }
    if let (Some(x), Some(y)) = (above_a.first(), above_b.first())
        && name_other_subjects(x, y)
    {
        return Setting::Apart;
    }
    if let (Some(x), Some(y)) = (above_a.last(), above_b.last())
        && (name_other_things(x, y) || differ_in_signs(x, y))
    {
        return Setting::Apart;
    }
    let shared: f32 = mine.iter().filter(|word| has(&theirs, word)).map(weight).sum();
    let beyond = |own: &[Word], statement: &Statement, other: &[Word]| -> (usize, usize) {
        let left: Vec<&Word> = own.iter().filter(|word| !is_generic(word) && !has(&statement.words, word)).collect();
        (left.len(), left.iter().filter(|word| has(other, word)).count())
    };
    let ((mine_left, mine_in), (theirs_left, theirs_in)) = (beyond(&mine, a, &theirs), beyond(&theirs, b, &mine));
    if mine_left == 0 || theirs_left == 0 {
        return if shared > 0.0 { Setting::Same(shared) } else { Setting::Open };
    }
    // Where each says something that the other does not, most must agree.
    let (least, inside) = (mine_left.min(theirs_left), mine_in.min(theirs_in));
    if inside == least || 3 * inside >= 2 * least.max(3) { Setting::Same(shared) } else { Setting::Elsewhere }
}

/// Whether what both are titled lets them be about one thing, whatever sections they stand in.
pub(super) fn titles_agree(a: &[String], b: &[String]) -> bool {
    let title = |above: &[String]| -> Vec<Word> {
        above.first().map(|title| names(title)).unwrap_or_default().into_iter().filter(|w| !is_generic(w)).collect()
    };
    let (a, b) = (title(a), title(b));
    a.is_empty() || b.is_empty() || a.iter().any(|word| has(&b, word))
}

/// Whether both have a title, and these name one thing.
pub(super) fn titles_meet(a: &[String], b: &[String]) -> bool {
    let title = |above: &[String]| above.first().map(|title| names(unnumbered(title))).unwrap_or_default();
    let theirs = title(b);
    title(a).iter().any(|word| !is_generic(word) && has(&theirs, word))
}

/// The innermost heading that says what is written below it, without its number; empty where none does.
pub(super) fn subject(path: &[String]) -> &str {
    let says = |heading: &&String| names(unnumbered(heading)).iter().any(|word| !is_generic(word));
    path.iter().rev().find(says).map_or("", |heading| unnumbered(heading))
}

/// The words of all headings, each once.
fn read(above: &[String]) -> Vec<Word> {
    let mut words: Vec<Word> = above.iter().flat_map(|heading| names(unnumbered(heading))).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A heading without its number: `2.3 Limits`, `4) Check`.
fn unnumbered(heading: &str) -> &str {
    let rest = heading.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')'));
    if rest.starts_with([' ', ':']) { rest.trim_start_matches([' ', ':']) } else { heading }
}

/// The words that hold a digit: versions, years, dates, models.
fn figures(words: &[Word]) -> Vec<&str> {
    let holds_digit = |word: &&Word| word.stem.contains(|c: char| c.is_ascii_digit());
    words.iter().filter(holds_digit).map(|word| word.stem.as_str()).collect()
}

fn weight(word: &Word) -> f32 {
    if is_generic(word) { 0.25 } else { 1.0 }
}

/// Whether a word of a title names a kind of text or of section.
pub(crate) fn is_generic_word(word: &str) -> bool {
    GENERIC_STEMS.contains(&lexicon::stem(word))
}

fn is_generic(word: &Word) -> bool {
    GENERIC_STEMS.contains(&word.stem)
}

/// Whether the words hold this one, an ending of the plural or the progressive aside.
fn has(words: &[Word], word: &Word) -> bool {
    words.iter().any(|other| other.stem.eq_ignore_ascii_case(&word.stem))
}

fn shares_leaf(a: &[String], b: &[String]) -> bool {
    a.last().zip(b.last()).is_some_and(|(x, y)| x.eq_ignore_ascii_case(y))
}

/// Whether two titles say of different things that the same about them follows: `Vans: daily check`, `Lorries: daily
/// check`.
fn name_other_subjects(a: &str, b: &str) -> bool {
    let (Some((subject, aspect)), Some((other, same))) = (a.split_once(": "), b.split_once(": ")) else { return false };
    let words =
        |text: &str| -> HashSet<String> { names(text).into_iter().map(|word| word.stem.to_lowercase()).collect() };
    let (mine, theirs) = (words(subject), words(other));
    aspect.trim().eq_ignore_ascii_case(same.trim()) && !mine.is_subset(&theirs) && !theirs.is_subset(&mine)
}

/// Whether two headings name different things of a program. A flag and the setting of its name are one.
fn name_other_things(a: &str, b: &str) -> bool {
    let identifiers = |heading: &str| -> Vec<String> {
        let words = heading.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')));
        let named = words.filter(|word| word.trim_matches('_').contains('_') || word.starts_with("--"));
        named.map(|word| word.trim_start_matches('-').replace('-', "_").to_lowercase()).collect()
    };
    let (a, b) = (identifiers(a), identifiers(b));
    !a.is_empty() && !b.is_empty() && !a.iter().any(|one| b.contains(one))
}

/// Whether two headings are the same but for signs, as those of operators are: `a ~ b`, `a !~ b`; `C`, `C++`.
fn differ_in_signs(a: &str, b: &str) -> bool {
    let is_sign = |c: &char| matches!(c, '+' | '#' | '~' | '!' | '=' | '<' | '>' | '&' | '^' | '%' | '@' | '$');
    let signs = |heading: &str| heading.chars().filter(is_sign).collect::<String>();
    let words = |heading: &str| heading.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    signs(a) != signs(b) && words(a).eq_ignore_ascii_case(&words(b))
}

/// Whether two headings name parallel cases: the same words but for one that qualifies the next (`Basic plan`, `Pro
/// plan`), or two known cases by themselves (`Linux`, `Windows`).
/// `named` says of a word whether it can tell no cases apart.
fn are_cases(a: &str, b: &str, named: impl Fn(&str) -> bool) -> bool {
    let words = |heading: &str| -> Vec<String> {
        let plain = unnumbered(heading).to_lowercase();
        plain
            .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (a, b) = (words(a), words(b));
    if a.is_empty() || a.len() != b.len() {
        return false;
    }
    let differing: Vec<usize> = (0..a.len()).filter(|i| a[*i] != b[*i]).collect();
    let [at] = differing.as_slice() else { return false };
    if named(&a[*at]) || named(&b[*at]) {
        return false;
    }
    let both = |test: &dyn Fn(&str) -> bool| test(&a[*at]) && test(&b[*at]);
    if both(&|word| CASES.contains(&word)) {
        return true;
    }
    let generic = is_generic_word;
    let qualifies = a.get(at + 1).is_some_and(|next| lexicon::role(next).is_none() && !generic(next));
    let letters = both(&|word| word.len() == 1);
    let placed = at.checked_sub(1).is_some_and(|before| {
        let before = a[before].as_str();
        matches!(before, "at" | "of") || lexicon::role(before) == Some(lexicon::Role::Scope)
    });
    (qualifies || letters || placed) && !generic(&a[*at]) && !generic(&b[*at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_cases_from_other_headings() {
        for (a, b, expected) in [
            ("Basic plan", "Pro plan", true),
            ("Linux", "Windows", true),
            ("Site A", "Site B", true),
            ("Tides at Brest", "Tides at Calais", true),
            ("Retention", "Questions", false),
            ("Security of the booking system", "Setup of the booking system", false),
            ("Backup guide", "Backup policy", false),
            ("Paris office", "Berlin office", true),
            ("Timeouts", "Timeouts", false),
        ] {
            assert_eq!(are_cases(a, b, |_| false), expected, "{a} / {b}");
        }
    }

    #[test]
    fn words_of_kinds_of_text_are_known_in_any_form() {
        for word in GENERIC {
            let named = names(word);
            assert!(is_generic_word(word) && named.iter().all(is_generic), "{word}");
        }
        assert!(is_generic_word("pages") && is_generic_word("rules") && !is_generic_word("printer"));
    }

    #[test]
    fn settings_are_open_the_same_or_elsewhere() {
        let said = Statement::read("The default timeout is 30 s.");
        let compare = |a: &[&str], b: &[&str]| {
            let owned = |path: &[&str]| -> Vec<String> { path.iter().map(|one| (*one).to_owned()).collect() };
            compare(&said, &owned(a), &said, &owned(b))
        };
        assert_eq!(compare(&[], &[]), Setting::Open);
        assert_eq!(compare(&["Timeouts"], &["Timeouts"]), Setting::Same(1.0));
        assert_eq!(compare(&["Gateway", "Timeouts"], &["Gateway guide", "Timeouts"]), Setting::Same(2.0));
        assert_eq!(compare(&["Gateway", "Timeouts"], &["Printer", "Timeouts"]), Setting::Elsewhere);
        assert_eq!(compare(&["Gateway 2.1"], &["Gateway 2.2"]), Setting::Apart);
        assert_eq!(compare(&["Gateway", "text ~ text"], &["Gateway", "text !~ text"]), Setting::Apart);
        assert_eq!(
            compare(&["Gateway", "read_buffer (integer)"], &["Gateway", "send_buffer (integer)"]),
            Setting::Apart
        );
        assert_ne!(compare(&["Gateway", "--read-buffer"], &["Gateway", "read_buffer"]), Setting::Apart);
    }
}
