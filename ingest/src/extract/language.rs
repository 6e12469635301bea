//! Which language a text is in.

use whatlang::Lang;

use super::prose;

/// Fewer letters than this tell too little.
const MIN_LETTERS: usize = 200;

/// How much of a text is looked at, in bytes.
const SAMPLE: usize = 16 << 10;

/// The ISO 639-1 code of the language of a text, where it is long enough and clear enough to tell.
pub(super) fn detect(text: &str) -> Option<String> {
    let prose = prose::without_code(&text[..text.floor_char_boundary(4 * SAMPLE)]);
    let prose: String = prose.split_inclusive('\n').filter(|line| runs_on(line)).collect();
    let sample = &prose[..prose.floor_char_boundary(SAMPLE)];
    if sample.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    let found = whatlang::detect(sample)?;
    found.is_reliable().then(|| iso_639_1(found.lang()).to_owned())
}

/// Whether a line is part of a text rather than a label or an entry of a list of contents, whose names and terms
/// statistics take for one language or another. Scripts without spaces have few words a line, and long ones.
fn runs_on(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    words >= 5 || letters > 15 * words.max(1)
}

/// The language of a part of a document in `whole`: that of its own words where these are enough to be certain.
pub(crate) fn of_part(text: &str, whole: Option<&str>) -> Option<String> {
    detect(text).or_else(|| whole.map(str::to_owned))
}

/// The primary subtag of a language tag (BCP 47), where it is an ISO 639-1 code.
pub(super) fn from_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?;
    (primary.len() == 2 && primary.bytes().all(|b| b.is_ascii_alphabetic())).then(|| primary.to_ascii_lowercase())
}

fn iso_639_1(lang: Lang) -> &'static str {
    match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_tell_and_labels_do_not() {
        let english =
            "The server writes each change to its log before it answers, and reads the log when it starts again. ";
        assert_eq!(detect(&english.repeat(4)).as_deref(), Some("en"));
        let chinese = "服务器在回答之前将每次更改写入日志，并在重新启动时读取日志。".repeat(12);
        assert_eq!(detect(&chinese).as_deref(), Some("zh"));
        let contents =
            "Part VII. Internals\n\nPrev\n\nUp\n\nIndex Maintenance\n\nOperator Class Parameters\n\nExtensibility\n\n";
        assert_eq!(detect(&contents.repeat(6)), None);
        assert_eq!(detect(&format!("{}{}", contents.repeat(6), english.repeat(4))).as_deref(), Some("en"));
    }
}
