//! Which language a few sentences are in.
//!
//! Statistical detectors need a page of text; a paragraph is told by its function words, the small closed class that
//! makes up a third of any running text (the method of Grefenstette 1995, "Comparing two language identification
//! schemes"), and by its script where that is not Latin. What neither tells stays untold.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Fewest words that are judged.
const FEWEST_WORDS: usize = 12;
/// Fewest different function words of its language in a paragraph.
const FEWEST_DIFFERENT: usize = 4;
/// Fewest characters that are judged in scripts without spaces.
const FEWEST_CHARACTERS: usize = 30;
/// Least share of a language's function words in running text of it.
const LEAST_SHARE: f32 = 0.18;
/// Most of another language's, against those of the one it is in.
const MOST_OF_ANOTHER: f32 = 0.34;

/// Function words by language (ISO 639-1). Words that are common in another language of the list with another meaning
/// (`die`, `in`, `as`) are left out, and so are single letters, which are names in
/// technical text.
const FUNCTION_WORDS: [(&str, &str); 17] = [
    (
        "en",
        "the and of to is that for with are this it as be by on from have has not or you we they which can will if your its at when but an must",
    ),
    (
        "fr",
        "le la les des du et est une un pour dans que qui pas sur avec par au aux ce cette ces vous nous il elle sont être ou plus ne se leur votre notre peut doit lorsque afin chaque avant sans sous mais entre leurs tous toutes doivent peuvent",
    ),
    (
        "de",
        "der das den dem des und ist nicht mit auf für von zu ein eine einen einem einer sich werden wird oder auch bei nach wie aus dass kann sind über zum zur durch wenn nur sie wir muss jeder jede",
    ),
    (
        "es",
        "el la los las de del es que en un una para con por se su sus como más al este esta esto está son ser puede cuando pero si sin sobre también debe antes hasta cada desde entre donde muy ya todos todas deben pueden",
    ),
    (
        "it",
        "il lo la gli le di del della dei delle che un una per con non si sono come più nel nella alla al da dal questo questa può essere anche ogni deve quando nell dell sull dello degli delle nei negli agli alle sul sulla sulle finché dopo prima senza devono possono",
    ),
    (
        "pt",
        "os de da dos das que em um uma para com por não se nos nas ao mais como seu sua este esta são ser pode quando também deve ou",
    ),
    (
        "nl",
        "de het een en van is dat niet met voor op te zijn aan ook wordt worden bij naar uit om als dan deze dit of wij kan moet door over hun uw elke wie te geen maar eerst daarna zich hij ze heeft hebben moeten kunnen mogen tot",
    ),
    (
        "sv",
        "och att det som en på är av för med den till inte har ett om från kan ska eller vid när alla efter måste varje",
    ),
    ("da", "og det som en på er af for med den til ikke har et om fra kan skal eller ved når alle efter hver"),
    ("nb", "og det som en på er av for med den til ikke har et om fra kan skal eller ved når alle etter hver må"),
    (
        "fi",
        "ja on ei se että kun myös tai mutta ovat joka sekä niin kuin tämä voi oli ole vain mukaan jälkeen sitä jos",
    ),
    ("pl", "się że nie jest to dla od po przez jak są za lub oraz może być które który przed tego każdy należy"),
    (
        "cs",
        "se je že pro jako ale po za si jsou nebo být také podle které který při tento každý musí nebo jeho jen už bylo která tím před",
    ),
    (
        "ro",
        "și în de la cu pe nu este să care un din pentru mai sunt sau prin ca fi după acest această poate trebuie fost toate când sunt dacă",
    ),
    ("hu", "az és hogy nem egy is van meg csak de ha vagy mint minden kell lehet által után ezt azt ez között"),
    ("tr", "ve bir bu için ile da de olarak daha çok olan gibi ya kadar sonra veya her değil ne göre en tarafından"),
    ("vi", "và của là các có cho được không trong một những với này để khi đã từ như trên phải người"),
];

/// The languages in whose lists a word stands, as bits in the order of [`FUNCTION_WORDS`].
static LISTS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut lists: HashMap<&str, u32> = HashMap::new();
    for (index, (_, words)) in FUNCTION_WORDS.iter().enumerate() {
        for word in words.split(' ') {
            *lists.entry(word).or_default() |= 1 << index;
        }
    }
    lists
});

/// The language of a paragraph as an ISO 639-1 code, where it is long and clear enough to tell. Languages that share a
/// script other than Latin may be taken for the most common of them: compare with [`are_close`].
pub(crate) fn of_paragraph(text: &str) -> Option<&'static str> {
    if let Some(code) = of_script(text) {
        return Some(code);
    }
    let mut counts = [0_usize; FUNCTION_WORDS.len()];
    // How often the words of each set of lists stand there.
    let mut by_lists: HashMap<u32, usize> = HashMap::new();
    let mut different: [HashSet<&str>; FUNCTION_WORDS.len()] = Default::default();
    let mut words = 0_usize;
    let mut lowered = String::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        lowered.clear();
        lowered.extend(word.chars().flat_map(char::to_lowercase));
        let Some((known, &lists)) = LISTS.get_key_value(lowered.as_str()) else { continue };
        *by_lists.entry(lists).or_default() += 1;
        for (index, (count, different)) in counts.iter_mut().zip(&mut different).enumerate() {
            if lists & (1 << index) != 0 {
                *count += 1;
                different.insert(known);
            }
        }
    }
    if words < FEWEST_WORDS {
        return None;
    }
    let (best, &most) = counts.iter().enumerate().max_by_key(|(index, count)| (**count, usize::MAX - index))?;
    let code = FUNCTION_WORDS[best].0;
    let most = most as f32;
    // A word that both languages have, as `de` is Dutch and Spanish, speaks for neither against the other.
    let of_its_own = |other: usize| -> usize {
        by_lists
            .iter()
            .filter(|(lists, _)| **lists & (1 << other) != 0 && **lists & (1 << best) == 0)
            .map(|(_, n)| n)
            .sum()
    };
    let clear = FUNCTION_WORDS.iter().enumerate().all(|(index, (other, _))| {
        are_close(other, code) || of_its_own(index) as f32 <= most_of_another(other, code) * most
    });
    let enough = most >= LEAST_SHARE * words as f32 && different[best].len() >= FEWEST_DIFFERENT;
    (clear && enough).then_some(code)
}

/// How many of another language's function words a text may hold, as a share of its own language's. Those of Romance
/// origin have many in common.
fn most_of_another(other: &str, code: &str) -> f32 {
    const ROMANCE: [&str; 5] = ["fr", "it", "ro", "es", "pt"];
    if ROMANCE.contains(&code) && ROMANCE.contains(&other) { 0.7 } else { MOST_OF_ANOTHER }
}

/// The language that a script other than Latin tells.
fn of_script(text: &str) -> Option<&'static str> {
    if text.is_ascii() {
        return None;
    }
    let mut letters = 0_usize;
    let mut counts: [(&str, usize); 9] =
        [("ja", 0), ("zh", 0), ("ru", 0), ("ko", 0), ("ar", 0), ("he", 0), ("el", 0), ("hi", 0), ("th", 0)];
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        let script = match c {
            '\u{3040}'..='\u{30FF}' => 0,
            '\u{3400}'..='\u{9FFF}' => 1,
            '\u{0400}'..='\u{052F}' => 2,
            '\u{AC00}'..='\u{D7A3}' => 3,
            '\u{0600}'..='\u{06FF}' => 4,
            '\u{0590}'..='\u{05FF}' => 5,
            '\u{0370}'..='\u{03FF}' => 6,
            '\u{0900}'..='\u{097F}' => 7,
            '\u{0E00}'..='\u{0E7F}' => 8,
            _ => continue,
        };
        counts[script].1 += 1;
    }
    // Japanese is written with Chinese characters among its own.
    if counts[0].1 * 8 >= counts[1].1 {
        counts[0].1 += counts[1].1;
    }
    let (code, most) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (most >= FEWEST_CHARACTERS && most * 2 > letters).then_some(code)
}

/// Whether two languages are one, or so close that a few sentences do not tell them apart.
pub(crate) fn are_close(a: &str, b: &str) -> bool {
    const CLOSE: [&[&str]; 7] = [
        &["da", "nb", "nn", "no", "sv"],
        &["es", "pt", "gl", "ca"],
        &["cs", "sk"],
        &["hr", "sr", "bs", "sl"],
        &["ru", "uk", "be", "bg", "mk", "sr", "kk", "mn"],
        &["ar", "fa", "ur"],
        &["hi", "mr", "ne"],
    ];
    const CLOSER: [&[&str]; 3] = [&["zh", "ja"], &["nl", "af"], &["id", "ms", "jv"]];
    a == b || CLOSE.iter().chain(&CLOSER).any(|group| group.contains(&a) && group.contains(&b))
}

/// The English name of a language, its code where it has none here.
pub(crate) fn name(code: &str) -> &str {
    const NAMES: [(&str, &str); 28] = [
        ("en", "English"),
        ("fr", "French"),
        ("de", "German"),
        ("es", "Spanish"),
        ("it", "Italian"),
        ("pt", "Portuguese"),
        ("nl", "Dutch"),
        ("sv", "Swedish"),
        ("da", "Danish"),
        ("nb", "Norwegian"),
        ("fi", "Finnish"),
        ("pl", "Polish"),
        ("cs", "Czech"),
        ("ro", "Romanian"),
        ("hu", "Hungarian"),
        ("tr", "Turkish"),
        ("vi", "Vietnamese"),
        ("ja", "Japanese"),
        ("zh", "Chinese"),
        ("ru", "Russian"),
        ("uk", "Ukrainian"),
        ("ko", "Korean"),
        ("ar", "Arabic"),
        ("he", "Hebrew"),
        ("el", "Greek"),
        ("hi", "Hindi"),
        ("th", "Thai"),
        ("id", "Indonesian"),
    ];
    NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_tell_their_language() {
        for (expected, text) in [
            (
                Some("en"),
                "The backup runs every night and is copied to a second region before the office opens at nine in the morning.",
            ),
            (
                Some("fr"),
                "La sauvegarde est lancée chaque nuit et elle est copiée dans une autre région avant l'ouverture du bureau.",
            ),
            (
                Some("de"),
                "Die Sicherung läuft jede Nacht und wird in eine zweite Region kopiert, bevor das Büro am nächsten Morgen wieder öffnet.",
            ),
            (
                Some("es"),
                "La copia de seguridad se ejecuta cada noche y se guarda en otra región antes de que abra la oficina a las nueve.",
            ),
            (
                Some("it"),
                "Il backup viene eseguito ogni notte e copiato in una seconda regione prima che l'ufficio apra alle nove del mattino.",
            ),
            (
                Some("it"),
                "Pulite bene le cozze e scartate quelle aperte, poi mettetele in una pentola coperta finché si aprono, senza aggiungere sale.",
            ),
            (
                Some("nl"),
                "Wie zijn fiets verliest, meldt zich eerst bij de portier en daarna bij de politie, want zonder papier betaalt niemand iets.",
            ),
            (
                Some("nl"),
                "De back-up wordt elke nacht gemaakt en naar een tweede regio gekopieerd voordat het kantoor op maandag weer opengaat.",
            ),
            (
                Some("nl"),
                "De monteur controleert de ketel in de kelder. Daarna vult hij het formulier in en stuurt het naar de verhuurder.",
            ),
            (Some("nl"), "Bel de meldkamer als de deur niet sluit. De sleutel ligt bij de receptie."),
            (
                Some("sv"),
                "Montören kontrollerar pannan i källaren varje höst. Därefter fyller han i blanketten och skickar den till hyresvärden.",
            ),
            (
                Some("fr"),
                "Le technicien contrôle la chaudière de la cave. Il remplit ensuite le formulaire pour le bailleur.",
            ),
            (
                Some("pl"),
                "Kopia zapasowa jest wykonywana każdej nocy i trafia do drugiego regionu przed otwarciem biura, a po awarii może być odtworzona przez dyżurnego, jeśli nie ma innego wyjścia.",
            ),
            (Some("ru"), "Резервная копия создаётся каждую ночь и переносится во второй регион до открытия офиса."),
            (Some("ja"), "バックアップは毎晩実行され、翌朝までに別のリージョンへコピーされます。"),
            (Some("zh"), "备份每天晚上运行，并在办公室开门之前复制到第二个区域，以便出现问题时可以恢复。"),
            (None, "Backup every night."),
            (
                Some("en"),
                "io: read lines as bytes so a partial line survives an I/O error, a, e, o, v, z, k and s of a or o do as do as",
            ),
            (
                None,
                "Release phf_shared v0.11.2, phf_generator v0.11.2, phf_macros v0.11.2, phf v0.11.2, phf_codegen v0.11.2, v1 v2 v3",
            ),
            (None, "The de facto La Cruz del Sur de los Santos de la Vega y El Greco in a list of names and of places"),
            (None, "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma"),
            (
                None,
                "kube-apiserver etcd kubelet scheduler controller proxy ingress egress sidecar daemonset statefulset replica pod node",
            ),
        ] {
            let found = of_paragraph(text);
            assert!(found == expected || found.zip(expected).is_some_and(|(a, b)| are_close(a, b)), "{found:?} {text}");
        }
    }
}
