//! Keys, tokens and passwords that look real.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::Reading;
use crate::outline::BlockKind;
use crate::pattern::exact_pattern;
use crate::{Finding, Rule};

/// Formats their issuers made recognisable, by name.
static ISSUED: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        ("an AWS access key id", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b"),
        ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
        ("a Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
        ("a Stripe live key", r"\b[sr]k_live_[A-Za-z0-9]{16,}\b"),
        ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}"),
        ("an Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
        ("an OpenAI key", r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}"),
        ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}"),
        ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("a PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{40,}"),
        ("a signed web token", r"\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}"),
        (
            "a private key",
            r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s+(?:[A-Za-z-]+: [^\n]+\s+)*[A-Za-z0-9+/=\s]{80,}",
        ),
    ]
    .into_iter()
    .map(|(name, source)| (name, exact_pattern(source)))
    .collect()
});

/// What every issued format has in it, to pass over most documents in one search.
static ISSUED_MARK: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|[sr]k_live_|AIza|sk-|SG\.|npm_|pypi-AgE|\.eyJ|PRIVATE KEY",
    )
});

/// A name for a secret, an assignment, and a value.
static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r#"(?i)(api[ _-]?key|secret(?:[ _-]?(?:access[ _-]?)?key)?|auth[ _-]?token|access[ _-]?(?:token|key)|bearer|token|client[ _-]?secret|private[ _-]?key|password|passwd|passphrase|pwd)["'`*]*(?:\s*(?:=>|:=|[:=]|\bis\b)\s*["'`*]*|\s+["`])([^\s"'`<>*]{8,})"#,
    )
});

/// A password in an address: `scheme://user:password@host`.
static IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(r#"\b[a-z][a-z0-9+.-]{2,}://[^\s:/@'"<>`]{0,60}:([^\s/@'"<>`]{10,})@([A-Za-z0-9][A-Za-z0-9.-]*)"#)
});

/// Hosts of examples and of machines nobody else reaches.
static NO_HOST: LazyLock<Regex> = LazyLock::new(|| exact_pattern(r"(?i)^(?:localhost|127\.|0\.0\.0\.0|host)|example"));

/// What stands in documentation where a secret would: never real.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"(?i)example|sample|dummy|placeholder|fake|test|demo|your|my[_-]|xxx|\*\*\*|\.\.\.|…|change|replace|insert|redacted|abcdef|123456|foobar|deadbeef|secret|password|token|hunter2|[<>${}()\[\]]|^[A-Z]+(?:_[A-Z]+)*$|^https?:|^[./~]|::|todo|000000|aaaa",
    )
});

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let text = reading.text();
    let mut found: HashMap<ByteSpan, String> = HashMap::new();
    if ISSUED_MARK.is_match(text) {
        for (name, format) in ISSUED.iter() {
            let matches = format.find_iter(text).filter(|m| is_random_enough(m.as_str()));
            found.extend(matches.map(|m| (m.range().into(), (*name).to_owned())));
        }
    }
    for captures in ASSIGNED.captures_iter(text) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
        let value_text = value.as_str().trim_end_matches([',', ';', '.', ')', '"', '\'']);
        let span = ByteSpan::new(value.start(), value.start() + value_text.len());
        let known = found.keys().any(|other| other.start() < span.end() && span.start() < other.end());
        if !known && looks_real(name.as_str(), value_text, in_code_block(reading, value.start())) {
            found.insert(span, format!("a value for {:?}", name.as_str().to_lowercase()));
        }
    }
    for captures in IN_ADDRESS.captures_iter(text) {
        let (Some(value), Some(host)) = (captures.get(1), captures.get(2)) else { continue };
        if !NO_HOST.is_match(host.as_str()) && is_password(value.as_str()) {
            found.entry(value.range().into()).or_insert_with(|| "a password in an address".to_owned());
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort();
    found.into_iter().map(|(span, what)| finding(reading, span, &what)).collect()
}

/// Configuration shown in a block of code is an example more often than not; a code span is how prose gives a value.
fn in_code_block(reading: &Reading<'_>, offset: usize) -> bool {
    reading.outline.block_at(offset).is_some_and(|block| block.kind == BlockKind::Code)
}

fn finding(reading: &Reading<'_>, span: ByteSpan, what: &str) -> Finding {
    let length = reading.at(span).chars().count();
    let message = format!("What looks like {what} stands here in the clear ({length} characters).");
    Finding::new(Rule::Secret, message, vec![span], format!("[redacted: {what}]"))
}

/// Issued keys are random; the ones in manuals say what they are or repeat themselves.
fn is_random_enough(key: &str) -> bool {
    let body = key.rsplit(['-', '_']).next().unwrap_or(key);
    // The token of RFC 7519's best-known explainer is issued to "1234567890".
    let manual = [
        "eyJzdWIiOiIxMjM0NTY3ODkw",
        "EXAMPLE",
        "example",
        "xxxx",
        "XXXX",
        "1234567890",
        "abcdefgh",
        "ABCDEFGH",
        "your",
        "YOUR",
        "...",
    ];
    !manual.iter().any(|word| key.contains(word)) && entropy(if body.len() < 12 { key } else { body }) > 2.8
}

/// Whether an assigned value is more than a manual's stand-in.
fn looks_real(name: &str, value: &str, in_code_block: bool) -> bool {
    if PLACEHOLDER.is_match(value) {
        return false;
    }
    let has = |test: fn(&char) -> bool| value.chars().any(|c| test(&c));
    let digits = has(char::is_ascii_digit);
    let letters = has(char::is_ascii_alphabetic);
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    let name = name.to_ascii_lowercase();
    if name.starts_with("pass") || name == "pwd" {
        let special = value.chars().any(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/' | ','));
        return !in_code_block && value.len() >= 8 && digits && mixed && special;
    }
    let opaque = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-'));
    value.len() >= 20 && opaque && digits && letters && entropy(value) > 3.5 && !is_words(value)
}

/// Whether the password of an address is more than a manual's stand-in.
fn is_password(value: &str) -> bool {
    let has = |test: fn(&char) -> bool| value.chars().any(|c| test(&c));
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit);
    let spelled: String = value.chars().map(spelled_out).collect();
    mixed && !PLACEHOLDER.is_match(value) && !PLACEHOLDER.is_match(&spelled) && entropy(value) > 3.0
}

/// The letter that a digit stands for in "passw0rd".
fn spelled_out(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        other => other,
    }
}

/// Identifiers are words joined by marks ("my-long-name-2"); keys are not.
fn is_words(value: &str) -> bool {
    let parts: Vec<_> = value.split(['-', '_', '/']).collect();
    let wordy = parts.iter().filter(|part| part.bytes().all(|b| b.is_ascii_alphabetic()) && part.len() < 12).count();
    let uuid = parts.len() == 5 && parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]);
    uuid || wordy * 2 > parts.len()
}

/// Shannon entropy in bits a character.
fn entropy(text: &str) -> f32 {
    let mut counts: HashMap<char, usize> = HashMap::new();
    let mut length = 0_usize;
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
        length += 1;
    }
    let share = |count: usize| count as f32 / length as f32;
    counts.values().map(|&count| -share(count) * share(count).log2()).sum()
}
