use proptest::prelude::*;

use super::*;

fn mended(text: &str) -> String {
    repair(text).map_or_else(|| text.to_owned(), |repaired| repaired.text)
}

#[test]
fn broken_text_is_put_right() {
    let cases = [
        ("Le cafÃ© est fermÃ©.", "Le café est fermé."),
        ("It doesnâ€™t workâ€¦", "It doesn’t work…"),
        ("â€œYesâ€ she said.", "“Yes” she said."),
        ("The temperature was 20 Â°C.", "The temperature was 20 °C."),
        ("PÃ¥ SjÃ¤lland", "På Själland"),
        ("GRÃœN und BLAU", "GRÜN und BLAU"),
        ("Le mГ©decin a donnГ© un mГ©dicament Г Jean", "Le médecin a donné un médicament à Jean"),
        ("Viß╗çt", "Việt"),
        ("It doesn‚Äôt", "It doesn’t"),
        ("Big smile ðŸ˜€", "Big smile 😀"),
        ("Smile í\u{A0}½í¸\u{80}", "Smile 😀"),
        ("LibertĂ© et Ĺ“uvre", "Liberté et œuvre"),
        ("dĂ\u{AD}lo tĹ\u{99}i", "dílo tři"),
        ("РџСЂРёРІРµС‚, РјРёСЂ!", "Привет, мир!"),
        ("Đ", "Đ"),
        ("ÃƒÂ©tÃƒÂ©", "été"),
        ("dÃ©jÃ  vu et voilÃ !", "déjà vu et voilà !"),
        ("lĂ  má»™t bĂ i", "là một bài"),
        ("It\u{92}s \u{93}so\u{94}", "It’s “so”"),
        ("m\u{87}s f\u{87}cil", "más fácil"),
    ];
    for (broken, expected) in cases {
        assert_eq!(mended(broken), expected, "{broken}");
        assert_eq!(find(&mended(broken)), [], "{broken}");
    }
}

#[test]
fn sound_text_is_left_alone() {
    for text in [
        "",
        "plain",
        "Le café est fermé : « où ? » — l’été…",
        "«НТВ» і «Її», ПоздравЂаво",
        "Η ¨ανατροφή¨",
        "C O N C L U S Ã O, SÃO PAULO, S Ã O",
        "DATÃ\u{A0}",
        "TEM QUE SEGUIR, SÓ…",
        "the letter Ã’s place",
        "CAFÃ» AND “CAFÉ”",
        "√π and ∑√ä",
        "Charlotte Brontë…”",
        "`cafÃ©` is what becomes of café",
        "```\ncafÃ© fermÃ©\n```\n",
        "Draußen „Straß“ — naïve",
        "中文，日本語「テスト」、한국어…",
    ] {
        assert_eq!(repair(text), None, "{text}");
    }
}

#[test]
fn one_doubtful_pair_beside_sound_letters_is_found_and_left() {
    assert_eq!(repair("Bremer – DrÃ¥ber"), None);
    assert_eq!(find("Bremer – DrÃ¥ber").len(), 1);
}

#[test]
fn places_move_with_the_text() {
    let text = "one\nA cafÃ© and a thÃ©.\ntwo";
    let repaired = repair(text).unwrap();
    assert_eq!(repaired.text, "one\nA café and a thé.\ntwo");
    assert_eq!(repaired.lines(), 1);
    let (before, span) = repaired.first().unwrap();
    assert_eq!((before, span.of(&repaired.text)), ("Ã© and a thÃ©", Some("é and a thé")));
    assert_eq!(repaired.moved(3), 3);
    assert_eq!(&repaired.text[repaired.moved(text.find("two").unwrap())..], "two");
}

#[test]
fn what_cannot_be_mended_is_found() {
    for text in ["na\u{FFFD}ve", "Ã?Â¢â?¬â?¢s ItÃ?Â¢", "a \u{81} b"] {
        assert!(!find(&mended(text)).is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_cut_and_joined_soundly(text in "([ -~]|[¡-ÿ]|[€‚ƒ„…†‡™š›]|[а-я]|\u{A0}|\u{92}|\n|`){0,80}") {
        let _ = find(&text);
        if let Some(repaired) = repair(&text) {
            prop_assert_eq!(repaired.text.lines().count(), text.lines().count());
            for at in 0..=text.len() {
                prop_assert!(repaired.moved(at) <= repaired.text.len());
            }
        }
    }

    #[test]
    fn sentences_misread_as_western_come_back(words in prop::collection::vec("[a-zà-öø-ÿ]{2,9}", 3..12)) {
        let sound = words.join(" ");
        let (misread, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(sound.as_bytes());
        // A letter alone in its line may not prove enough.
        if sound.chars().filter(|c| !c.is_ascii()).count() > 2 {
            prop_assert_eq!(mended(&misread), sound);
        }
    }
}
