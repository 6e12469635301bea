//! Prose in another language than its document.

use std::collections::BTreeMap;

use tamis_ingest::ByteSpan;

use super::Reading;
use crate::excerpt::word_count;
use crate::language::{are_close, name, of_paragraph};
use crate::outline::{Block, BlockKind};
use crate::{Finding, Rule};

/// From this share of its words, a document is in another language than it states. What was told from all of its words,
/// code and names among them, counts for less than what its sentences tell.
const ALL: f32 = 0.8;
/// Most paragraphs named as evidence.
const MOST_SPANS: usize = 8;

/// A paragraph whose language could be told.
struct Told {
    span: ByteSpan,
    language: &'static str,
    words: usize,
}

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let told: Vec<Told> = reading.outline.blocks.iter().filter_map(|block| tell(reading, block)).collect();
    let stated = reading.document.language.as_deref().filter(|_| reading.document.language_stated);
    let Some(home) = stated.or_else(|| most_spoken(&told)) else { return Vec::new() };
    let words: usize = told.iter().map(|told| told.words).sum();
    let foreign: Vec<&Told> = told.iter().filter(|told| !are_close(told.language, home)).collect();
    let foreign_words: usize = foreign.iter().map(|told| told.words).sum();
    let Some(first) = foreign.first() else { return Vec::new() };
    if foreign_words as f32 >= ALL * words as f32 {
        let message =
            format!("The document says that it is in {}, and its text is in {}.", name(home), name(first.language));
        return vec![reading.finding(Rule::WrongLanguage, message, first.span)];
    }
    by_chunk(reading, &foreign).into_values().map(|stretch| finding(reading, home, &stretch)).collect()
}

/// What language a paragraph is in, if it is prose of the document's own: quotations may be in any language.
fn tell(reading: &Reading<'_>, block: &Block) -> Option<Told> {
    if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item) || is_quotation(reading, block.span) {
        return None;
    }
    let mut text = String::new();
    for run in reading.outline.runs_in(block.span) {
        text.push_str(reading.at(run.span));
        text.push(' ');
    }
    let language = of_paragraph(&text)?;
    Some(Told { span: block.span, language, words: word_count(&text) })
}

fn is_quotation(reading: &Reading<'_>, span: ByteSpan) -> bool {
    let line = reading.text()[..span.start()].rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with('>')
        || reading.at(span).trim_start_matches(['*', '_']).starts_with(['"', '“', '„', '«', '‘'])
}

/// The language of most words.
fn most_spoken(told: &[Told]) -> Option<&'static str> {
    let mut words: BTreeMap<&'static str, usize> = BTreeMap::new();
    for told in told {
        *words.entry(told.language).or_default() += told.words;
    }
    words.into_iter().max_by_key(|(_, words)| *words).map(|(language, _)| language)
}

/// The foreign paragraphs of each chunk that has any.
fn by_chunk<'a>(reading: &Reading<'_>, foreign: &[&'a Told]) -> BTreeMap<usize, Vec<&'a Told>> {
    let mut chunks: BTreeMap<usize, Vec<&Told>> = BTreeMap::new();
    for told in foreign {
        let chunk = reading.chunks.partition_point(|chunk| chunk.span.start() <= told.span.start());
        chunks.entry(chunk).or_default().push(told);
    }
    chunks
}

fn finding(reading: &Reading<'_>, home: &str, stretch: &[&Told]) -> Finding {
    let words: usize = stretch.iter().map(|told| told.words).sum();
    let language = stretch.first().map_or(home, |told| told.language);
    let message = format!("{words} words are in {}, in a document in {}.", name(language), name(home));
    let mut finding = reading.finding(Rule::WrongLanguage, message, stretch[0].span);
    finding.spans = stretch.iter().take(MOST_SPANS).map(|told| told.span).collect();
    finding
}

#[cfg(test)]
mod tests {
    use tamis_ingest::MediaType;

    use crate::testing::{document, measured};
    use crate::{Finding, Rule};

    const ENGLISH: &str = "The backup runs every night and is copied to a second region before the office opens at nine. \
        If the copy fails, the team on duty is told by mail and starts it again by hand.";
    const FRENCH: &str = "La sauvegarde est lancée chaque nuit et elle est copiée dans une autre région avant l'ouverture \
        du bureau. Si la copie échoue, l'équipe de garde est prévenue par courriel et la relance à la main.";
    const GERMAN: &str = "Die Sicherung läuft jede Nacht und wird in eine zweite Region kopiert, bevor das Büro öffnet. \
        Wenn die Kopie nicht gelingt, wird der Dienst benachrichtigt und startet sie von Hand neu.";
    const RUSSIAN: &str = "Резервная копия создаётся каждую ночь и переносится во второй регион до открытия офиса.";
    const CHINESE: &str = "备份每天晚上运行，并在办公室开门之前复制到第二个区域，以便出现问题时可以恢复。";

    fn found(language: Option<&str>, stated: bool, text: &str) -> Vec<Finding> {
        let mut document = document("a.md", MediaType::Markdown, text);
        document.language = language.map(str::to_owned);
        document.language_stated = stated;
        measured(&document).findings.into_iter().filter(|finding| finding.rule == Rule::WrongLanguage).collect()
    }

    #[test]
    fn foreign_paragraphs_are_found() {
        for foreign in [FRENCH, GERMAN, RUSSIAN, CHINESE] {
            let mixed = format!("# Backup\n\n{ENGLISH}\n\n{foreign}\n\n{ENGLISH}\n");
            assert_eq!(found(Some("en"), false, &mixed).len(), 1, "{foreign}");
            assert_eq!(found(None, false, &mixed).len(), 1, "{foreign}");
            let listed = format!("# Backup\n\n{ENGLISH}\n\n- {foreign}\n- {ENGLISH}\n");
            assert_eq!(found(Some("en"), false, &listed).len(), 1, "{foreign}");
            assert_eq!(found(Some("en"), true, &format!("# Backup\n\n{foreign}\n")).len(), 1, "{foreign}");
        }
        let message = &found(Some("en"), true, &format!("# Sauvegarde\n\n{FRENCH}\n\n{FRENCH}\n"))[0].message;
        assert_eq!(message, "The document says that it is in English, and its text is in French.");
        assert_eq!(found(Some("de"), false, &format!("{GERMAN}\n\n{ENGLISH}\n\n{GERMAN}\n")).len(), 1);
    }

    #[test]
    fn what_may_be_foreign_is_not() {
        for text in [
            format!("# Backup\n\n{ENGLISH}\n\n> {FRENCH}\n\n{ENGLISH}\n"),
            format!("# Backup\n\n{ENGLISH}\n\n“{FRENCH}”\n\n{ENGLISH}\n"),
            format!("# Backup\n\n{ENGLISH}\n\n```\n{FRENCH}\n```\n"),
            format!("# Backup\n\n{ENGLISH}\n\n| a | b |\n|---|---|\n| {FRENCH} | x |\n"),
            format!("{ENGLISH}\n\nBonjour le monde et à bientôt !\n"),
            format!(
                "{ENGLISH}\n\nalloc_size max_len tcp_nodelay keepalive_timeout worker_processes proxy_pass upstream gzip on off http server location\n"
            ),
            format!(
                "{ENGLISH}\n\nAnn Lee, Bo Diaz, Cem Kaya, Dana Levi, Ed Roy, Flo Berg, Gus Ek, Hu Wei, Ida Moe, Jan de Boer, Kai van Dam, Lea di Meo\n"
            ),
        ] {
            assert!(found(Some("en"), false, &text).is_empty(), "{text}");
        }
        assert!(found(Some("fr"), true, &format!("{FRENCH}\n\n{FRENCH}\n")).is_empty());
        assert!(found(Some("uk"), false, RUSSIAN).is_empty(), "close languages are not told apart");
        assert!(found(None, false, FRENCH).is_empty());
    }
}
