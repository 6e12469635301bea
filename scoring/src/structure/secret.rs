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
        ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{34,}\b"),
        (
            "the address of a Slack webhook",
            r"\bhooks\.slack\.com/services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}\b",
        ),
        ("an Azure storage key", r"\bAccountKey=[A-Za-z0-9+/]{86}=="),
        ("a Telegram bot token", r"\b[0-9]{8,10}:[A-Za-z0-9_-]{35}\b"),
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
        r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|[sr]k_live_|AIza|sk-|SG\.|npm_|pypi-AgE|\.eyJ|PRIVATE KEY|hf_|hooks\.slack|AccountKey=|[0-9]:[A-Za-z0-9_-]{35}",
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

/// A password on the command line of curl: `-u user:password`, up to what follows it.
static IN_COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r#"\bcurl\b[^\n|;]*?\s(?:-[a-zA-Z]*u\s*|--user[\s=]+)["']?([^\s:"'<>$`/]+):([^\s"'<>`]{8,})([^\n|;]*)"#,
    )
});

/// Passwords in the configuration of routers and switches, as Cisco and those like it write them.
static IN_DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"(?i)\b(?:key|secret|password|pre-shared-key)\s+[05]\s+([^\s]{8,})|\bauth\s+(?:md5|sha(?:-?\d{3})?)\s+([^\s]{8,})|\bpriv\s+(?:aes|des|3des)(?:[\s-]*\d{3})?\s+([^\s]{8,})",
    )
});

/// A password that a sentence gives: `the enable password on the old models is still …`.
static IN_SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"(?i)\b(?:password|passphrase|pass ?code)\b(?:[^\S\n]+[\w-]+){1,6}?[^\S\n]+(?:is|are)(?:[^\S\n]+(?:still|now|currently|always))?:?\s+[`'\x22]?([^\s`'\x22]{8,})",
    )
});

/// What heads the passwords of a table.
static PASSWORD_COLUMN: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(r"(?i)^(?:initial |current |wifi |wi-fi )?(?:password|passwd|passphrase|pwd|passwort|kennwort)$")
});

/// Hosts of examples and of machines nobody else reaches.
static NO_HOST: LazyLock<Regex> = LazyLock::new(|| exact_pattern(r"(?i)^(?:localhost|127\.|0\.0\.0\.0|host)|example"));

/// What stands in documentation where a secret would: never real.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    exact_pattern(
        r"(?i)example|sample|dummy|placeholder|fake|test|demo|your|my[_-]|xxx|\*\*\*|\.\.\.|…|change|replace|insert|redacted|abcdef|123456|foobar|deadbeef|secret|password|token|hunter2|[<>{}()\[\]]|^\$|\$(?-i:[A-Z_])|^[A-Z]+(?:_[A-Z]+)*$|^https?:|^[./~]|::|todo|000000|aaaa",
    )
});

/// Passwords that manuals write because nobody should have them.
static WEAK: LazyLock<Regex> =
    LazyLock::new(|| exact_pattern(r"(?i)admin|root|guest|user|pass|letmein|welcome|qwerty"));

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
    for captures in IN_COMMAND.captures_iter(text) {
        let (Some(user), Some(value), Some(rest)) = (captures.get(1), captures.get(2), captures.get(3)) else {
            continue;
        };
        let nowhere = rest.as_str().split("//").skip(1).any(|host| NO_HOST.is_match(host));
        if !nowhere && user.as_str() != value.as_str() && is_chosen(value.as_str()) {
            found.entry(value.range().into()).or_insert_with(|| "a password of a command".to_owned());
        }
    }
    for captures in IN_DEVICE.captures_iter(text).chain(IN_SENTENCE.captures_iter(text)) {
        let Some(value) = captures.iter().skip(1).flatten().next() else { continue };
        let bare = value.as_str().trim_end_matches(['.', ',', ';', ')']);
        let span = ByteSpan::new(value.start(), value.start() + bare.len());
        if looks_real("password", bare, false) {
            found.entry(span).or_insert_with(|| "a password".to_owned());
        }
    }
    for span in table_cells(reading) {
        if is_chosen(reading.at(span)) {
            found.entry(span).or_insert_with(|| "a password in a table".to_owned());
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort();
    found.into_iter().map(|(span, what)| finding(reading, span, &what)).collect()
}

/// The cells below the headers of tables that say "password".
fn table_cells(reading: &Reading<'_>) -> Vec<ByteSpan> {
    let mut found = Vec::new();
    for block in reading.outline.blocks.iter().filter(|block| block.kind == BlockKind::Table) {
        let mut at = block.span.start();
        let mut column = None;
        for (row, line) in reading.at(block.span).split_inclusive('\n').enumerate() {
            let mut cells = cells(line, at);
            at += line.len();
            if row == 0 {
                column = cells.iter().position(|&cell| PASSWORD_COLUMN.is_match(reading.at(cell)));
            }
            let Some(column) = column else { break };
            if row > 1 && column < cells.len() {
                found.push(cells.swap_remove(column));
            }
        }
    }
    found
}

/// What stands in the cells of a table's row, without the marks around it. A row begins at `start`.
pub(super) fn cells(line: &str, start: usize) -> Vec<ByteSpan> {
    let row = line.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    let mut at = start + line.find(row).unwrap_or_default();
    let mut cells = Vec::new();
    for cell in row.split('|') {
        let bare = cell.trim_matches([' ', '\t', '*', '`', '_', '"']);
        let from = at + cell.find(bare).unwrap_or_default();
        cells.push(ByteSpan::new(from, from + bare.len()));
        at += cell.len() + 1;
    }
    cells
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
    let body = key.rsplit(['-', '_', ':']).next().unwrap_or(key);
    // The token of RFC 7519's best-known explainer is issued to "1234567890".
    let manual = [
        "eyJzdWIiOiIxMjM0NTY3ODkw",
        // The bot of Telegram's manual, and the account of Azure's emulator.
        "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        "ABC-DEF1234ghIkl",
        "Eby8vdM02xNOcqFlqU",
        "EXAMPLE",
        "example",
        "xxxx",
        "XXXX",
        "1234567890",
        "00000000",
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
        let in_prose = value.len() >= 8 && digits && mixed && (special || is_jumbled(value));
        return !in_code_block && in_prose;
    }
    let opaque = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-'));
    value.len() >= 20 && opaque && digits && letters && entropy(value) > 3.5 && !is_words(value)
}

/// Whether letters and digits are mixed as in no word and no name of an algorithm: `QpzM81hTrebw`.
fn is_jumbled(value: &str) -> bool {
    let changes = value.as_bytes().windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() >= 10
        && value.bytes().all(|b| b.is_ascii_alphanumeric())
        && digits >= 2
        && changes >= 2
        && !WEAK.is_match(value)
        && entropy(value) > 3.0
}

/// Whether the password of an address is more than a manual's stand-in.
fn is_password(value: &str) -> bool {
    let has = |test: fn(&char) -> bool| value.chars().any(|c| test(&c));
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit);
    let spelled: String = value.chars().map(spelled_out).collect();
    mixed && !PLACEHOLDER.is_match(value) && !PLACEHOLDER.is_match(&spelled) && entropy(value) > 3.0
}

/// Whether a word in the place of a password is one that somebody chose, not a stand-in or the name of a method.
fn is_chosen(value: &str) -> bool {
    let has = |test: fn(char) -> bool| value.chars().any(test);
    let special = has(|c| c.is_ascii_punctuation() && !matches!(c, '.' | '_' | '-' | '/' | ',' | ':'));
    let mixed = has(|c| c.is_ascii_lowercase()) && has(|c| c.is_ascii_digit()) && (special || has(char::is_uppercase));
    let spelled: String = value.chars().map(spelled_out).collect();
    let stand_in = [value, &spelled].into_iter().any(|value| PLACEHOLDER.is_match(value) || WEAK.is_match(value));
    value.len() >= 8 && !has(char::is_whitespace) && mixed && !stand_in && entropy(value) > 2.5
}

/// The letter that a digit or "@" stands for in "p@ssw0rd".
fn spelled_out(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
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

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::findings;

    #[test]
    fn tokens_commands_and_tables_are_read_and_stand_ins_are_not() {
        let hook = ["https://hooks.slack.", "com/services/T04QK7ZRB/B05MW2XLD/k9Qw2ZxR7vLm4TyB8nHc3JdF"].concat();
        let face = ["hf_", "kQwZxRvLmTyBnHcJdFpSgUaEoIrXtYbVwM"].concat();
        let azure = format!("AccountKey={}==", &"q7Vb2XkLmN9sTf4RzWc8YpHd3Ja6Ue1G+/oK".repeat(3)[..86]);
        let bot = ["6284051937", ":AAFk9Qw2ZxR7vLm4TyB8nHc3JdFpSgUaEoI"].concat();
        let emulator = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        for (real, stand_in) in [
            (format!("Post it to {hook} at night."), "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX".to_owned()),
            (format!("Log in with {face} first."), "Log in with hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx first.".to_owned()),
            (format!("`AccountName=tide;{azure};EndpointSuffix=core.windows.net`"), format!("`AccountName=tide;AccountKey={emulator}`")),
            (format!("The bot is {bot} here."), "The bot is 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw here.".to_owned()),
            ("Run `curl -u clerk:Wm7krotZp9 https://files.brightwater.org/tides`.".to_owned(), "Run `curl -u clerk:changeme1A https://files.brightwater.org/tides`.".to_owned()),
            ("```sh\ncurl -s --user 'clerk:kro7tz!pWq' https://brightwater.org\n```".to_owned(), "```sh\ncurl -u \"$USER:${PASS}\" https://brightwater.org\ncurl -u clerk:Wm7krotZp9 http://localhost:80/\n```".to_owned()),
            ("| Host | Password |\n|---|---|\n| tide | `Wm7!krotZp` |".to_owned(), "| Host | Password |\n|---|---|\n| tide | `<your-password-1A>` |\n| ebb | SHA-256 |\n| flow | P@ssw0rd1 |".to_owned()),
            ("| Passwort | Rechner |\n|:--|:--|\n| Sommer2031!x | Ebbe |".to_owned(), "| Passwort | Rechner |\n|:--|:--|\n| im Safe | Ebbe7Xk9Qw2 |".to_owned()),
        ] {
            let secrets = |text: &str| {
                findings(&format!("It is told to all of the staff.\n\n{text}\n")).iter().filter(|f| f.rule == Rule::Secret).count()
            };
            assert_eq!((secrets(&real), secrets(&stand_in)), (1, 0), "{real}\n{stand_in}");
        }
    }

    #[test]
    fn passwords_told_in_prose_are_found_and_names_of_methods_are_not() {
        let secrets = |text: &str| findings(text).iter().filter(|f| f.rule == Rule::Secret).count();
        for text in [
            "Use the password `vK7$mPq2!xLw9` there.",
            "Password: QpzM81hTrebw9",
            "The password is kR4tz9WbQ2m.",
            "The enable password on the old models is still k0rv47UudVd$9 and is typed by hand.",
            "radius server campus-a\n key 0 Td4IceX90kRpnCYoz3",
            "snmp-server user watch campus v3 auth sha Wq7!JlRo474y68My#x",
        ] {
            assert_eq!(secrets(&format!("Ask at the desk for it.\n\n{text}\n")), 1, "{text}");
        }
        for text in [
            "The password is Base64-encoded.",
            "Password: $DB_PASSWORD1",
            "The password is ${PASS}word1A.",
            "The password of each user is hashed with bcrypt-sha256 first.",
            "snmp-server user watch campus v3 auth sha YOUR-PASSWORD1a",
            "Token: SHA256withRSA",
        ] {
            assert_eq!(secrets(&format!("Ask at the desk for it.\n\n{text}\n")), 0, "{text}");
        }
    }
}
