//! Words garbled by optical character recognition.
//!
//! A word counts as garbled where undoing one of the usual confusions (`rn` for `m`, `1` for `l`, `tb` for `th`; Kukich
//! 1992, "Techniques for automatically correcting words in text") gives a common English word and the word as it stands
//! is none. Words torn apart count too. Identifiers, units and other languages do not turn into common words that way.

use std::collections::HashSet;
use std::sync::LazyLock;

use tamis_ingest::ByteSpan;

use super::reading::ChunkReading;
use crate::outline::BlockKind;
use crate::{Finding, Rule};

/// Fewest garbled words worth a finding.
const FEWEST: usize = 3;
/// Least share of garbled words in the text.
const LEAST_SHARE: f32 = 0.02;
/// Hyphenated line ends count only beside garbled words, or where there are as many.
const MANY_TORN_LINES: usize = 5;
/// From how many single letters in a row, words are spelled out letter by letter.
const SPELLED: usize = 5;
/// Most places named as evidence.
const MOST_SPANS: usize = 8;

/// Common words of English prose, long enough that no identifier becomes one of them by accident.
const COMMON: &str = "about above according account action active added address after again against agreement all allow allowed almost along already also always among amount and another answer any application apply are area around asked available back based became because become been before begin being below best better between both bring build building business but call called came can cannot care case cause center central change check child children city claim class clear close come comes coming command comment commercial committee common community companies company compared complete computer concern condition confirm consider contact contain contains content continue contract control copy correct cost could country county course create current customer daily data date day days deal decision defined delivery demand department describe described design detail determine developed development did difference different direct director document documents does done down during each early effect either employee employees enough ensure enter environment equipment error even event ever every example except fact family far farm federal few field figure file files final financial find first five follow following food for force form formal formation former found four free from full function further future gave general get give given goes good government great group had half hand hard has have head health help her here high him himself history hold home hour hours house how however human idea important improve include included including income increase industry inform information input instead interest internal into issue items its itself job just keep kept kind know known label land large last late later law lead learn least leave left legal less let letter level life light like limit limited line list little live local long longer look low made main maintain make making man management manager many market material matter may mean means measure media meet meeting member members memory men method might military mind minimum minute minutes mode model modern moment money month months more moreover morning most move much must name named national natural near need needs never new next night none normal not note nothing notice now number numbers object off office officer often old once one only open operation option or order other others our out over own page paid paper part particular party pass past payment people per perform performance period permission permit person place plan plant point policy position possible power present president press price private problem process product production program project property provide provided public purpose put question quick quickly rate rather read ready real reason receive received record records reduce refer related remain remember remote remove report request require required research result results return review right rule rules run safe said same save saw say school second section security see seem seen send sent series serve service services set several shall she should show shown side simple simply since single site size small social some something sometimes soon source special staff standard start state statement states status step steps still stop store street strong study such summary summer support sure system systems table take taken team tell term terms test than that the their them themselves then there these they thing things think this those though thought three through time timer times title today together told too took top total toward trade training treatment trial true try turn two type under until upon use used user users using usual value values very view want warm was water way ways week weeks well went were what when where whether which while who whole whom whose why will window wish with within without woman women word words work worked worker working works world would write writing written year years yes yet you young your";

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.split(' ').collect());

/// Confusions of letters: as read, as printed.
const CONFUSIONS: [(&str, &str); 12] = [
    ("rn", "m"),
    ("vv", "w"),
    ("tb", "th"),
    ("wb", "wh"),
    ("ii", "u"),
    ("tli", "th"),
    ("cl", "d"),
    ("lv", "ly"),
    ("1", "l"),
    ("1", "i"),
    ("0", "o"),
    ("|", "l"),
];

/// Ends that stand alone only where a word is torn.
const TORN_ENDS: [&str; 8] = ["tion", "tions", "ation", "sion", "ment", "ments", "ness", "ingly"];

/// Words of English that a confusion would take for another.
const REAL: [&str; 6] = ["clone", "cloned", "clear", "clay", "clown", "clip"];

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    if !matches!(here.reading.document.language.as_deref(), None | Some("en")) {
        return;
    }
    let mut tally = Tally::default();
    let mut line_end: Option<(ByteSpan, &str)> = None;
    for (run, text) in here.texts() {
        let block = here.reading.outline.block_at(run.span.start());
        if !block.is_some_and(|block| matches!(block.kind, BlockKind::Paragraph | BlockKind::Item)) {
            line_end = None;
            continue;
        }
        let torn = line_end.take().filter(|(_, last)| is_torn(last, text));
        tally.torn_lines.extend(torn.map(|(span, _)| span));
        tally.read(text, run.span.start());
        line_end = text.trim_end().rsplit(' ').next().map(|last| (run.span, last));
    }
    let mut garbled = tally.garbled;
    if !garbled.is_empty() || tally.torn_lines.len() >= MANY_TORN_LINES {
        garbled.extend(tally.torn_lines);
    }
    garbled.sort_unstable();
    let share = garbled.len() as f32 / tally.words.max(1) as f32;
    let Some(&first) = garbled.first().filter(|_| garbled.len() >= FEWEST && share >= LEAST_SHARE) else { return };
    let shown = crate::excerpt::shorten(here.reading.at(first));
    let message =
        format!("{} of {} words look garbled by text recognition, such as {shown:?}.", garbled.len(), tally.words);
    let mut finding = here.reading.finding(Rule::OcrNoise, message, around(here, first));
    finding.spans = garbled.into_iter().take(MOST_SPANS).collect();
    findings.push(finding);
}

/// Whether a word goes on from the end of one line to the start of the next.
fn is_torn(last: &str, next: &str) -> bool {
    let head = last.strip_suffix(['-', '¬', '\u{AD}']).unwrap_or_default();
    head.len() > 1
        && head.bytes().all(|b| b.is_ascii_lowercase())
        && next.trim_start().starts_with(|c: char| c.is_ascii_lowercase())
        && !WORDS.contains(head)
}

/// The garbled word with those around it, for the quote.
fn around(here: &ChunkReading<'_>, span: ByteSpan) -> ByteSpan {
    let text = here.reading.text();
    let from = text.floor_char_boundary(span.start().saturating_sub(40)).max(here.span().start());
    ByteSpan::new(from, text.ceil_char_boundary(span.end() + 60).min(here.span().end()))
}

/// What was read so far.
#[derive(Default)]
struct Tally {
    words: usize,
    garbled: Vec<ByteSpan>,
    torn_lines: Vec<ByteSpan>,
}

impl Tally {
    fn read(&mut self, text: &str, start: usize) {
        let mut at = 0;
        let mut before = "";
        let mut spelled: Vec<(usize, &str)> = Vec::new();
        for piece in text.split_inclusive(char::is_whitespace) {
            let from = at;
            at += piece.len();
            let word = piece.trim_matches(|c: char| !c.is_alphanumeric() && c != '|');
            if word.is_empty() {
                continue;
            }
            self.words += 1;
            let lead = piece.find(word).unwrap_or_default();
            let span = ByteSpan::new(from + lead, from + lead + word.len()).shifted(start);
            if word.len() == 1 && piece.trim() == word && word.bytes().all(|b| b.is_ascii_alphabetic()) {
                spelled.push((span.start(), word));
            } else {
                self.take_spelled(&mut spelled);
            }
            let plain = piece.trim_start().starts_with(word);
            if (plain && is_garbled(word)) || (TORN_ENDS.contains(&word) && is_word_part(before)) {
                self.garbled.push(span);
            }
            before = word;
        }
        self.take_spelled(&mut spelled);
    }

    /// Single letters in a row are a word taken apart, unless they are the alphabet or one letter again and again.
    fn take_spelled(&mut self, letters: &mut Vec<(usize, &str)>) {
        let rising = letters.windows(2).filter(|pair| pair[0].1 < pair[1].1).count() + 1 == letters.len();
        let different: HashSet<&str> = letters.iter().map(|(_, letter)| *letter).collect();
        let small = letters.iter().all(|(_, letter)| letter.bytes().all(|b| b.is_ascii_lowercase()));
        if letters.len() >= SPELLED && small && !rising && different.len() * 2 > letters.len() {
            let end = letters.last().map_or(0, |(at, _)| at + 1);
            let span = ByteSpan::new(letters[0].0, end);
            self.garbled.extend(std::iter::repeat_n(span, letters.len() / FEWEST));
        }
        letters.clear();
    }
}

fn is_word_part(before: &str) -> bool {
    before.len() > 1 && before.bytes().all(|b| b.is_ascii_lowercase())
}

/// Whether a word is none, and undoing one confusion makes it a common one.
fn is_garbled(word: &str) -> bool {
    if !(3..=20).contains(&word.len()) || !word.is_ascii() {
        return false;
    }
    let shouted = word.bytes().filter(u8::is_ascii_uppercase).count() > 1;
    let lowered = word.to_ascii_lowercase();
    if shouted || WORDS.contains(lowered.as_str()) || REAL.contains(&lowered.as_str()) {
        return false;
    }
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    CONFUSIONS.iter().any(|(read, printed)| {
        let digits = !read.bytes().all(|b| b.is_ascii_lowercase());
        lowered.contains(read)
            && (!digits || letters > word.len() - letters || letters >= 2 && word.len() >= 4)
            && WORDS.contains(lowered.replace(read, printed).as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::is_garbled;
    use crate::Rule;
    use crate::testing::{document, measured, rules};
    use tamis_ingest::MediaType;

    #[test]
    fn garbled_pages_are_found() {
        for text in [
            "The cornmittee rnet on Monday. Tbe staff wi11 read tbe list frorn page two, and the office rnust answer in tirne.\n",
            "Every custorner has 30 days to return an item. After this tirne the cornpany rnay keep the payrnent.\n",
            "The inforrna tion in this docu ment is for the depart ment only and may not be passed on to any other depart ment.\n",
            "t h i s  i s  a  l e t t e r to the office about the pay of the staff in the third quarter of this year.\n",
            "The c0ntrol panel shows a |ist of items. Press the seconcl button and hold it unti1 the light goes on, then re1ease it.\n",
        ] {
            assert!(rules(text).contains(&Rule::OcrNoise), "{text}");
        }
    }

    #[test]
    fn sound_pages_are_not() {
        for text in [
            "Modern systems return a form. The turn of the century saw the internal burn of corn in a barn by the kernel team.\n",
            "Set `tirne`, `frorn` and `tbe` as in:\n\n```\nfrorn tbe tirne rnust wi11\n```\n\nand go on with the next one of them.\n",
            "| a | b |\n|---|---|\n| frorn | tbe |\n| wi11 | tirne |\n\nThe table above shows how scanners misread words.\n",
            "Let $a b c d e f$ be reals and x y z w v u be the unknowns of the system; then a b c d e f g are in order.\n",
            "Il ment à son département depuis un moment, et la mention du document ne change rien à la question.\n",
            "The sensor draws 10w at 5v, i18n and l10n are done, ipv6 and h264 work, and 0x1f is the mask of the v2 register.\n",
            "A well-\nknown and long-\nrunning process keeps its state in memory.\n",
            "Options a, b, c, d and e are on the first page; pick a or b or c, never d or e, if in doubt.\n",
        ] {
            assert!(!rules(text).contains(&Rule::OcrNoise), "{text}");
        }
        let mut german = document("a.md", MediaType::Markdown, "Wir tbe frorn tirne rnust und so weiter im Text.\n");
        german.language = Some("de".to_owned());
        assert!(measured(&german).findings.iter().all(|finding| finding.rule != Rule::OcrNoise));
    }

    #[test]
    fn garbled_words_and_others() {
        for word in [
            "frorn", "tirne", "tbe", "wbich", "wi11", "fi1e", "1ist", "c0ntrol", "tlie", "rnust", "pub|ic", "shoulcl",
            "quicklv",
        ] {
            assert!(is_garbled(word), "{word}");
        }
        for word in [
            "modern", "return", "clone", "form", "v1.2", "10w", "l10n", "i18n", "h1s", "x86", "utf8", "sha1", "s3",
            "kernel", "internal", "1st", "2nd", "a11y", "ipv6", "0x1f", "tcl", "cli", "null", "wifi", "skiing",
            "clang",
        ] {
            assert!(!is_garbled(word), "{word}");
        }
    }
}
