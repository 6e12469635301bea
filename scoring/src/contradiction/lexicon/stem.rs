//! Stems of English words: endings of number and tense cut, irregular forms and common synonyms brought together.

/// The stem of a lower-case word, with common synonyms brought together: endings of number and tense are cut.
pub(in crate::contradiction) fn stem(word: &str) -> String {
    let word = word.trim_end_matches("'s").trim_end_matches("’s");
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    let cut = cut_ending(word);
    // `carries`, `carried` and `carry`; `movie` goes with them.
    if let Some(root) = cut.strip_suffix("ie").or_else(|| cut.strip_suffix('i').filter(|_| word.ends_with("ied"))) {
        return format!("{root}y");
    }
    let stem = cut.strip_suffix('e').filter(|rest| rest.len() >= 3).unwrap_or(cut);
    synonym(stem).unwrap_or(stem).to_owned()
}

/// The word without its ending of number or tense.
fn cut_ending(word: &str) -> &str {
    for (ending, least) in [("ing", 3), ("ed", 3)] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.len() >= least) {
            let doubled = rest.len() > 3 && rest.as_bytes()[rest.len() - 1] == rest.as_bytes()[rest.len() - 2];
            let keeps_double =
                rest.ends_with("ss") || rest.ends_with("ll") || rest.ends_with("ff") || rest.ends_with("dd");
            return if doubled && !keeps_double { &rest[..rest.len() - 1] } else { rest };
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word;
    }
    let plural = ["ches", "shes", "sses", "xes", "oes"].iter().any(|ending| word.ends_with(ending));
    word.strip_suffix(if plural { "es" } else { "s" }).unwrap_or(word)
}

/// The stem that stands for a stem of the same meaning.
fn synonym(stem: &str) -> Option<&'static str> {
    Some(match stem {
        "purchas" | "bought" => "buy",
        "permit" => "allow",
        "delet" | "eras" => "remov",
        "max" | "maximal" => "maximum",
        "min" | "minimal" => "minimum",
        "begin" | "began" | "begun" => "start",
        "given" | "gave" => "giv",
        "taken" | "took" => "tak",
        "written" | "wrote" => "writ",
        "chosen" | "chos" => "choos",
        "shown" => "show",
        "sent" => "send",
        "sold" => "sell",
        "built" => "build",
        "driven" | "drov" => "driv",
        "paid" => "pay",
        "obtain" => "get",
        "customer" | "client" => "user",
        "retain" | "kept" | "hold" | "held" => "keep",
        "requir" | "need" => "require",
        "support" => "support",
        "employe" => "staff",
        "exceed" => "exceed",
        "compil" => "compile",
        "vacation" | "holiday" => "leav",
        "defaul" => "default",
        _ => return None,
    })
}
