//! Personal data: numbers that identify a person, or several private particulars together.
//!
//! An e-mail address or a telephone number alone is ordinary in documentation, and is left alone.

use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::Reading;
use crate::pattern::pattern;
use crate::{Finding, Rule, Severity};

/// US social security numbers, with what may introduce them.
static SOCIAL_SECURITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<label>\b(?:ssn|social\s+security(?:\s+(?:number|no\.?))?)\W{1,8}(?:is\s+)?)? \b(?P<number>\d{3}-\d{2}-\d{4})\b",
    )
});
/// Payment card numbers.
static CARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[3-6]\d{3}(?:[\ -]?\d{4}){2}[\ -]?\d{1,7}\b"));
/// International bank account numbers.
static IBAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b[A-Z]{2}\d{2}(?:\ ?[A-Z0-9]{4}){3,7}(?:\ ?[A-Z0-9]{1,3})?\b"));
/// Numbers that a state gives a person, each named or of a shape of its own: the Danish CPR number, the British National
/// Insurance number, the Italian codice fiscale.
static NATIONAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bcpr(?:[-\ ]?(?:no\.?|nr\.?|number|nummer))?\W{1,4}(?P<cpr>\d{6}-?\d{4})\b
        | \bnational\s+insurance(?:\s+(?:number|no\.?))?\W{1,4}(?:is\s+)?(?P<nino>[A-Z]{2}(?:\ ?\d{2}){3}\ ?[A-D])\b
        | (?-i:\b(?P<codice>[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z])\b)",
    )
});
/// Cards that processors publish for trying things out, by how they begin.
const TEST_CARDS: [&str; 9] = [
    "4242424242424242",
    "4111111111111111",
    "4000000",
    "4000056655665556",
    "5555555555554444",
    "5105105105105100",
    "378282246310005",
    "6011111111111117",
    "3056930009020004",
];
/// How far in front of such a card it may stand that it is one, in bytes.
const TRIED_WITHIN: usize = 600;
static TRIED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\btest(?:s|ed|ing)?\b | \bsandbox\b"));
const TELEPHONE: &str = "a telephone number";
const EMAIL: &str = "a personal e-mail address";

/// An address at one of the providers where private persons have theirs.
static PRIVATE_MAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"@(?:gmail|googlemail|outlook|hotmail|live|yahoo|ymail|icloud|me|gmx|web|t-online|aol|proton(?:mail)?|pm|fastmail|mail|qq|163|126|yandex|orange|free|libero)\.(?:com?|net|org|de|at|ch|fr|it|es|nl|me|ru|co\.uk|com\.\w\w)\.?$",
    )
});

/// Particulars that say little alone: (what, pattern).
static PARTICULARS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        (TELEPHONE, r"\+\d{1,3}[\ .-]?\(?\d{2,5}\)?[\ .-]?\d{3,4}[\ .-]?\d{2,4}\b | (?:\+\d{1,3}[\ .-]?)? (?: \(\d{2,4}\)\ ?|\b\d{2,4}[\ .-] ) \d{3,4}[\ .-]\d{3,4}\b"),
        ("a date of birth", r"(?:\b(?:dob|d\.o\.b\.?|date\s+of\s+birth|birth\s*date|born(?:\s+on)?)\b\W{1,6}) (?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4} | \d{1,2}\s+\p{L}{3,9}\s+\d{4} | \p{L}{3,9}\s+\d{1,2},?\s+\d{4})"),
        ("a home address", r"\b(?:home|postal|residential|private)\s+address\b\W{1,4}\w+ | \b\d{1,5}\s+(?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?\s+(?:street|st\.|avenue|ave\.?|road|rd\.|lane|ln\.|drive|boulevard|blvd\.?|court)(?:\W|$)"),
        (EMAIL, r"\b[\w.+-]+@[\w-]+\.[\w.-]+"),
        ("a passport or licence number", r"\b(?:passport|driver'?s?\s+licen[cs]e|national\s+id|tax\s+id)(?:\s+(?:number|no\.?|\#))?\W{1,4}(?:[A-Z]{0,3}\d{6,10}|(?-i:[A-Z](?:[A-Z]{0,3}\d){2}[A-Z0-9]{3,6}))\b"),
        ("a medical record", r"\b(?:patient(?:\s+(?:name|id))?|medical\s+record(?:\s+(?:number|no\.?))?|mrn|diagnosis)\s*:\s*\w+"),
    ]
    .into_iter()
    .map(|(name, source)| (name, pattern(source)))
    .collect()
});
/// Mailboxes of functions, not of people.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:info|support|sales|contact|security|admin|help|hello|press|team|no-?reply|legal|privacy|abuse|webmaster|office|dev|git|root|user(?:name)?|you|your.*|name|me|email|example|test|postmaster|conduct|billing|jobs|careers|feedback|service|mail|.*-(?:dev|users|list|announce|security))@",
    )
});

/// How near particulars of one person stand, in bytes.
const NEAR: usize = 240;

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let text = reading.text();
    let mut findings = identifiers(reading, text);
    if findings.is_empty() {
        findings.extend(particulars(reading, text));
    }
    findings
}

/// Numbers that identify by themselves.
fn identifiers(reading: &Reading<'_>, text: &str) -> Vec<Finding> {
    let in_code = |span: &ByteSpan| reading.outline.in_code(span.start());
    let social = SOCIAL_SECURITY.captures_iter(text).filter_map(|captures| {
        let number = captures.name("number")?;
        let labelled = captures.name("label").is_some();
        (labelled || is_issued_social_security(number.as_str()))
            .then(|| ("a US social security number", number.range().into()))
    });
    let national = NATIONAL.captures_iter(text).filter_map(|captures| {
        let number = ["cpr", "nino", "codice"].iter().find_map(|name| captures.name(name))?;
        Some(("a national identity number", number.range().into()))
    });
    let card = CARD
        .find_iter(text)
        .filter(|m| is_card(m.as_str(), nearby(text, m.start())) && !is_test_card(m.as_str(), &text[..m.start()]));
    let iban = IBAN.find_iter(text).filter(|m| is_iban(m.as_str()));
    social
        .chain(national)
        .chain(card.map(|m| ("a payment card number", m.range().into())))
        .chain(iban.map(|m| ("a bank account number", m.range().into())))
        .filter(|(_, span)| !in_code(span))
        .map(|(what, span): (&str, ByteSpan)| finding(&[what], vec![span]))
        .collect()
}

/// Whether the number is one for trying things out, and the text before it speaks of that.
fn is_test_card(number: &str, before: &str) -> bool {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let before = &before[before.floor_char_boundary(before.len().saturating_sub(TRIED_WITHIN))..];
    TEST_CARDS.iter().any(|card| digits.starts_with(card)) && TRIED.is_match(before)
}

/// Whether a particular is nobody's business. Telephones and addresses for mail are where people write from their work.
fn is_private(what: &str, particular: &str) -> bool {
    match what {
        TELEPHONE => false,
        EMAIL => PRIVATE_MAIL.is_match(particular),
        _ => true,
    }
}

/// Two kinds of particulars or more, close together, one of them private.
fn particulars(reading: &Reading<'_>, text: &str) -> Option<Finding> {
    let mut seen: Vec<(&str, bool, ByteSpan)> = Vec::new();
    for (what, particular) in PARTICULARS.iter() {
        let matches =
            particular.find_iter(text).filter(|m| !reading.outline.in_code(m.start()) && !ROLE.is_match(m.as_str()));
        seen.extend(matches.map(|m| (*what, is_private(what, m.as_str()), ByteSpan::from(m.range()))));
    }
    seen.sort_by_key(|(.., span)| span.start());
    for (index, &(.., first)) in seen.iter().enumerate() {
        let mut kinds: Vec<&str> = Vec::new();
        let mut spans = Vec::new();
        let mut private = false;
        for &(what, is_private, span) in
            seen[index..].iter().take_while(|(.., span)| span.start() < first.start() + NEAR)
        {
            private |= is_private;
            if !kinds.contains(&what) {
                kinds.push(what);
                spans.push(span);
            }
        }
        if kinds.len() >= 3 || (kinds.len() == 2 && private) {
            return Some(finding(&kinds, spans).at(Severity::Warn));
        }
    }
    None
}

fn finding(kinds: &[&str], spans: Vec<ByteSpan>) -> Finding {
    let what = kinds.join(", ");
    Finding::new(
        Rule::PersonalData,
        format!("What looks like {what} stands here."),
        spans,
        format!("[redacted: {what}]"),
    )
}

/// What stands shortly before `at`, in lower case.
fn nearby(text: &str, at: usize) -> String {
    text[text.floor_char_boundary(at.saturating_sub(60))..at].to_lowercase()
}

/// Never issued: area 000, 666 and 900 to 999, group 00, serial 0000, and the numbers advertisements made famous.
fn is_issued_social_security(number: &str) -> bool {
    let parts: Vec<&str> = number.split('-').collect();
    let [area, group, serial] = parts[..] else { return false };
    let famous = ["123-45-6789", "078-05-1120", "219-09-9999", "111-11-1111"];
    area != "000"
        && area != "666"
        && !area.starts_with('9')
        && group != "00"
        && serial != "0000"
        && !famous.contains(&number)
}

/// Whether `text` is a payment card number by length and check digit (ISO/IEC 7812), and not a number of a manual
/// unless it is called a card.
fn is_card(text: &str, before: String) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let valid = (14..=16).contains(&digits.len()) && luhn(&digits);
    let called = ["card", "visa", "mastercard", "amex", "credit", "debit"].iter().any(|word| before.contains(word));
    let grouped = text.contains([' ', '-']);
    drop(before);
    valid && (called || (grouped && digits.windows(8).all(|w| w.iter().any(|d| *d != w[0]))))
}

/// The check digit of Luhn.
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the check digits of an IBAN hold (ISO 13616: the rearranged number is 1 modulo 97).
fn is_iban(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    if !(15..=34).contains(&compact.len()) || text.bytes().any(|b| b.is_ascii_lowercase()) {
        return false;
    }
    let rearranged = compact[4..].iter().chain(&compact[..4]);
    let remainder = rearranged.fold(0_u64, |rest, &b| match b {
        b'0'..=b'9' => (rest * 10 + u64::from(b - b'0')) % 97,
        _ => (rest * 100 + u64::from(b - b'A') + 10) % 97,
    });
    remainder == 1
}
