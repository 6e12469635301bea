//! The clauses of a sentence that claim something by themselves: `X; Y`, `remember that X`, `X, so Y`, `Y because X`.
//!
//! What another page says in a sentence of its own often stands here beside something else, and meets it only alone. A
//! clause under a condition, or with an exception behind it, is no claim without these.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::lexicon;
use super::piece;
use crate::pattern::pattern;

/// Fewest words of a clause.
const SHORTEST: usize = 4;
/// Fewest and most words in front of a colon that lead in to a clause.
const LEAD: std::ops::RangeInclusive<usize> = 2..=12;

/// What limits the clause that it stands beside.
static LIMITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?: if | unless | when | whenever | whether | where | while | otherwise | assuming | provided | except(?:ing)?
        | excluding | only | depending | apart\ from | other\ than | rather | instead | respectively | until | till | e\.g\.
        | for\ (?:example|instance) | such\ as | as\ long\ as )\b",
    )
});
/// Words that look like those and limit nothing.
static EVEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\beven\ (?:if|when|while|where)\b"));
/// What asks to know the clause that follows.
static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[,;]\s+)(?:please\s+|but\s+|and\s+|also\s+|so\s+)*
        (?:note|remember|mind|beware|be\s+aware|(?:bear|keep)\s+in\s+mind)\s+that\s+",
    )
});
/// A gerund in front of what is said of its object as well: `Enabling the second factor is optional`.
static GERUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:enabling|using|having|providing|setting\s+up|turning\s+on)\s+
        (?P<object>[^,;:]+\b(?:is|are)\s+(?:not\s+)?(?:mandatory|optional|required|recommended|compulsory|obligatory
            |necessary|needed|possible|impossible|allowed|permitted|forbidden|prohibited|supported|unsupported)\b)",
    )
});
/// What may follow a clause without changing what it says.
static TRAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r",\s+(?: so | because | which | who | whose | including | even | just | though | although | not\s+even
            | as\s+(?:this|that|it|they|there|we|you|the) )\b
        | ,\s+but\s+(?:it|they|we)\b
        | \s+because\b
        | ,\s+where\s+(?:it|they|this|that)\b
        | ,\s+[a-z]{3,}ed\s+(?:from|by|in|on|at|to|with|as)\b
        | \s+(?:so|in\s+order)\s+(?:that|to)\b
        | \s+but\s+(?:recommended|(?:is|are|must|can|cannot|may|will|should|not|has|have|does|do)\b)
        | \s+and\s+(?:is|are|was|were|must|can|cannot|may|will|should|has|have|does|needs?)\b
        | \s+and\s+(?:then|afterwards|thereafter|after\s+that|later)\b
        | \s+and\s+(?:[a-z]+ly\s+)?(?:[a-z]{3,}ed|kept|sent|held|written|made|sold|paid|put)
              \s+(?:the|a|an|all|each|every|no|its|their|on|in|to|by|for|at|with|as)\b
        | \s+and\s+[a-z]{3,}s\s+(?:the|a|an|all|each|every|no|its|their)\b
        | ,\s+and\s+(?:[^\s,;]+\s+){1,3}?(?:is|are|was|were|must|can|cannot|may|will|should|has|have|do|does)\b
        | ,\s+and\s+(?P<more>[^\s,;]+\s+[^\s,;]+\s+[^\s,;]+)\s",
    )
});

/// What a comma sets off to tell more, on whatever condition, and limits nothing: `, where it is read at start`,
/// `, which is refunded when it is returned`.
static TELLS_MORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^,\s+(?:where\s+(?:it|they)|which\s+(?:is|are|was|were|can|may|will|must|has|have))\b"));
/// Words that an `and` further on belongs to.
static JOINS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:between|both|either)\b"));

/// What a part between semicolons has that is no mere item of a list.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?: is | are | was | were | be | has | have | does | do | must | can | cannot | may | will | should )\b",
    )
});

/// The clauses of the sentence at `sentence` of `text`, itself left out, in order.
pub(super) fn clauses(text: &str, sentence: ByteSpan) -> Vec<ByteSpan> {
    let Some(body) = sentence.of(text) else { return Vec::new() };
    let mut found = Vec::new();
    for part in body.split_inclusive(';') {
        let part = part.trim_end_matches(';').trim();
        if part.len() < body.len() && is_free(part) && VERB.is_match(part) {
            found.push(part);
        }
        found.extend(inside(part));
    }
    let at = |clause: &str| clause.as_ptr() as usize - body.as_ptr() as usize + sentence.start();
    let long = found.into_iter().filter(|clause| clause.split_whitespace().count() >= SHORTEST);
    let mut spans: Vec<ByteSpan> = long.map(|clause| ByteSpan::new(at(clause), at(clause) + clause.len())).collect();
    spans.sort_unstable_by_key(|span| (span.start(), span.end()));
    spans.dedup();
    spans.retain(|span| *span != sentence);
    spans
}

/// The clauses within a part of a sentence.
fn inside(part: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let framed = FRAME.find(part).map(|frame| &part[frame.end()..]);
    let led = part.split_once(": ").filter(|(lead, _)| leads_in(lead)).map(|(_, clause)| clause.trim_start());
    let gerund = GERUND.captures(part).and_then(|captures| captures.name("object")).map(|object| object.as_str());
    found.extend(gerund.filter(|clause| is_free(clause) && is_free(part)));
    for whole in framed.into_iter().chain(led).chain([part]) {
        if whole.len() < part.len() && is_free(whole) {
            found.push(whole);
        }
        let Some(captures) = TRAIL.captures(whole) else { continue };
        let Some(trail) = captures.get(0) else { continue };
        let (main, rest) = (whole[..trail.start()].trim_end(), &whole[trail.start()..]);
        // A comma in front of `and` makes it the end of a list.
        let complete = captures.name("more").is_none() || VERB.is_match(main);
        let listed = main.contains(',') && trail.as_str().contains("and") || !complete || JOINS.is_match(main);
        if !listed && is_free(main) && (TELLS_MORE.is_match(rest) && !rest.contains(" only ") || is_free(rest)) {
            found.push(main);
        }
        let reason = rest.trim_start_matches([',', ' ', '\n']).strip_prefix("because ");
        found.extend(reason.filter(|reason| is_free(reason) && !TRAIL.is_match(reason)));
    }
    found
}

/// Whether what is written holds without a condition or an exception.
fn is_free(clause: &str) -> bool {
    !LIMITS.is_match(&EVEN.replace_all(clause, ""))
}

/// Whether the words in front of a colon say something, and do not name the case that what follows is about: `Keep
/// payloads small`, not `Linux` or `Basic plan`.
fn leads_in(lead: &str) -> bool {
    let pieces = piece::pieces(lead);
    let names = |piece: &piece::Piece<'_>| {
        piece.code || piece.text.chars().any(|c| c.is_ascii_digit()) || piece.text.contains(char::is_uppercase)
    };
    let Some((first, rest)) = pieces.split_first() else { return false };
    let opens = lexicon::is_instruction(first.word()) || matches!(first.word(), "be" | "keep" | "note" | "remember");
    LEAD.contains(&pieces.len()) && opens && !first.code && !rest.iter().any(names) && is_free(lead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_stand_by_themselves() {
        for (sentence, expected) in [
            ("Receipts are due within 45 days, so don't let them pile up.", vec!["Receipts are due within 45 days"]),
            (
                "An account is locked after five attempts; the help desk can release it.",
                vec!["An account is locked after five attempts", "the help desk can release it."],
            ),
            (
                "If you see errors, remember that the gateway closes connections after 90 seconds.",
                vec!["the gateway closes connections after 90 seconds."],
            ),
            (
                "Keep payloads small: a body may not be larger than 256 MB.",
                vec!["a body may not be larger than 256 MB."],
            ),
            (
                "Bring printed handouts because printing from the guest network is impossible.",
                vec!["printing from the guest network is impossible."],
            ),
            ("The clusters run version 14, and every one is managed by us.", vec!["The clusters run version 14"]),
            (
                "The baseline for switches is 17.6, and anything else without a sticker goes on a list.",
                vec!["The baseline for switches is 17.6"],
            ),
            ("Send it every six months, even if it was not used.", vec!["Send it every six months"]),
        ] {
            let spans = clauses(sentence, ByteSpan::new(0, sentence.len()));
            assert_eq!(spans.iter().map(|span| span.of(sentence).unwrap()).collect::<Vec<_>>(), expected, "{sentence}");
        }
    }

    #[test]
    fn what_is_limited_or_listed_or_labelled_is_no_clause() {
        for sentence in [
            "The limit is 5 files, which holds only for guests.",
            "If the plan is Basic, the limit is 5; otherwise it is 8.",
            "Linux: the default port is 8080 for all users.",
            "For the Basic plan: the limit is five files.",
            "We accept cards, cheques, and cash is refused on Sundays.",
            "The queue is there in Paris, Rome, and Oslo.",
        ] {
            assert_eq!(clauses(sentence, ByteSpan::new(0, sentence.len())), [], "{sentence}");
        }
    }
}
