//! Sentences that give a thing's value in a role: `The owner of the portal is Anna Berg.`, `--workers defaults to 4.`,
//! `Logs are stored in /var/log/gate.`

use super::piece::Piece;
use super::{lexicon, written};

/// What has a value, and the pieces that are the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// What has it, with its role.
    pub(super) about: String,
    /// The first and the last piece of the value.
    pub(super) value: (usize, usize),
    /// Whether a bare word is a literal there.
    pub(super) literal: bool,
}

/// Roles of which a thing has one holder, or that name all of their holders, as stems.
const ROLES: &[&str] = &[
    "owner",
    "contact",
    "default",
    "port",
    "path",
    "endpoint",
    "address",
    "url",
    "file",
    "folder",
    "directory",
    "command",
    "region",
    "name",
    "maintainer",
    "lead",
    "leader",
    "manag",
    "manager",
    "head",
    "languag",
    "format",
    "encod",
    "level",
    "mode",
    "timezon",
    "zon",
    "algorithm",
    "protocol",
    "branch",
    "channel",
    "host",
    "hostname",
    "server",
    "databas",
    "engin",
    "licenc",
    "licens",
    "currenc",
    "currency",
    "colour",
    "color",
    "capital",
    "headquarter",
    "day",
    "chair",
    "author",
    "supplier",
    "vendor",
    "provider",
    "contractor",
    "location",
    "room",
    "build",
    "team",
    "department",
    "director",
    "president",
    "editor",
    "coordinator",
    "officer",
    "deputy",
    "approver",
    "reviewer",
    "extension",
    "prefix",
    "suffix",
    "key",
    "role",
    "user",
    "account",
    "bucket",
    "queue",
    "topic",
    "schema",
    "time",
    "deadline",
    "date",
    "limit",
    "timeout",
    "interval",
    "period",
    "size",
    "rate",
    "price",
    "fee",
    "budget",
    "threshold",
    "quota",
    "version",
    "platform",
    "browser",
    "countr",
    "country",
    "method",
    "valu",
    "value",
    "stat",
    "status",
    "operat",
    "system",
    "library",
    "librari",
    "framework",
    "cipher",
    "registr",
    "registry",
    "domain",
    "repositori",
    "repository",
    "category",
    "categori",
    "site",
    "member",
    "state",
    "backend",
    "shell",
    "image",
    "plan",
    "tier",
    "base",
    "type",
    "environment",
    "phone",
    "number",
    "hotline",
    "email",
    "sponsor",
    "unit",
];

/// Passives and verbs whose agent or place has a role: the words, and the role.
const ACTS: &[(&str, &str, &str)] = &[
    ("owned", "by", "owner"),
    ("maintained", "by", "maintainer"),
    ("managed", "by", "manager"),
    ("led", "by", "lead"),
    ("headed", "by", "head"),
    ("run", "by", "operator"),
    ("operated", "by", "operator"),
    ("approved", "by", "approver"),
    ("reviewed", "by", "reviewer"),
    ("hosted", "by", "host"),
    ("hosted", "in", "host location"),
    ("hosted", "on", "host"),
    ("stored", "in", "path"),
    ("stored", "at", "path"),
    ("stored", "under", "path"),
    ("saved", "in", "path"),
    ("saved", "to", "path"),
    ("kept", "in", "path"),
    ("written", "to", "path"),
    ("written", "in", "language"),
    ("read", "from", "path"),
    ("loaded", "from", "path"),
    ("runs", "in", "region"),
    ("deployed", "in", "region"),
    ("located", "in", "location"),
    ("located", "at", "location"),
    ("based", "in", "location"),
    ("installed", "in", "path"),
    ("called", "", "name"),
    ("named", "", "name"),
    ("lives", "in", "path"),
    ("live", "in", "path"),
    ("defaults", "to", "default"),
    ("default", "to", "default"),
    ("listens", "on", "port"),
    ("available", "on port", "port"),
    ("reachable", "on port", "port"),
    ("exposed", "on port", "port"),
    ("served", "on port", "port"),
    ("runs", "on port", "port"),
    ("reports", "to", "manager"),
    ("reported", "to", "recipient"),
    ("sent", "to", "recipient"),
    ("available", "in", "available"),
    ("comes", "in", "choice"),
    ("come", "in", "choice"),
    ("sold", "in", "choice"),
    ("offered", "in", "choice"),
    ("supports", "", "support list"),
    ("support", "", "support list"),
    ("encrypted", "with", "algorithm"),
    ("licensed", "under", "licence"),
];

/// Most pieces of what has a value.
const LONGEST_SUBJECT: usize = 8;

/// Roles that many things have beside the one that is named: only a list says which.
const LISTED: &[&str] = &["support list"];

/// Roles whose default is one of several words, as stems.
const CHOSEN: &[&str] = &[
    "level",
    "mode",
    "format",
    "encod",
    "languag",
    "algorithm",
    "protocol",
    "branch",
    "backend",
    "shell",
    "engin",
    "theme",
    "driver",
    "timezon",
    "channel",
    "method",
    "strategy",
    "policy",
];

/// Whether a word after `the default … is` can be what is chosen, and is not said of it.
fn is_bare_literal(word: &str) -> bool {
    let said =
        ["same", "different", "fine", "sufficient", "suitable", "unchanged", "enough", "following", "best", "correct"];
    lexicon::role(word).is_none() && !word.ends_with("ed") && !word.ends_with("able") && !said.contains(&word)
}

/// Whether a stem names a role.
pub(super) fn is_role(stem: &str) -> bool {
    ROLES.contains(&stem)
}

/// The value in a role that a sentence of these pieces gives: one whose value ends it, and that neither denies nor
/// sets a condition.
pub(super) fn read(pieces: &[Piece<'_>]) -> Option<Given> {
    let lower: Vec<&str> = pieces.iter().map(Piece::word).collect();
    let end = end_of(&lower);
    let unsure = |word: &&str| {
        matches!(
            lexicon::role(word),
            Some(lexicon::Role::Negation | lexicon::Role::Condition | lexicon::Role::Hedge | lexicon::Role::Deictic)
        ) || matches!(*word, "was" | "were" | "had" | "may" | "might" | "could" | "than")
    };
    if end < 3 || lower[..end].iter().any(unsure) {
        return None;
    }
    acted(pieces, &lower, end).or_else(|| copular(pieces, &lower, end))
}

/// Where the value ends: the end of the sentence, a closing `by default` or `only` left out.
fn end_of(lower: &[&str]) -> usize {
    match lower {
        [rest @ .., by, default] if *by == "by" && *default == "default" => rest.len(),
        [rest @ .., only] if *only == "only" => rest.len(),
        _ => lower.len(),
    }
}

/// `S is owned by V`, `S listens on port V`, `S runs in the regions V and V`.
fn acted(pieces: &[Piece<'_>], lower: &[&str], end: usize) -> Option<Given> {
    for at in 1..end.min(LONGEST_SUBJECT + 1) {
        let follows = |by: &str| by.split_whitespace().zip(at + 1..).all(|(word, at)| lower.get(at) == Some(&word));
        let act = ACTS.iter().find(|(verb, by, _)| lower[at] == *verb && follows(by));
        let Some((_, by, role)) = act else { continue };
        let mut from = at + 1 + by.split_whitespace().count();
        from += usize::from(lower.get(from) == Some(&"the"));
        let named = ["port", "folder", "file", "region", "regions"];
        from += usize::from(lower.get(from).is_some_and(|word| named.contains(word)));
        // `The portal is owned` tells of the portal.
        let copula = matches!(lower[at - 1], "is" | "are" | "be");
        let subject = &pieces[..at - usize::from(copula)];
        if LISTED.contains(role) && !lower[from..end].iter().any(|word| matches!(*word, "and" | "or")) {
            return None;
        }
        return given(subject, role, pieces, from, end, *role == "default");
    }
    None
}

/// `The R of S is V`, `S's R is V`, `Supported Rs are V, V and V`.
fn copular(pieces: &[Piece<'_>], lower: &[&str], end: usize) -> Option<Given> {
    let is_copula = |word: &&&str| matches!(**word, "is" | "are" | "=");
    if lower[..end].iter().filter(is_copula).count() != 1 {
        return None;
    }
    let at = lower[..end].iter().position(|word| is_copula(&word))?;
    let subject = pieces.get(..at).filter(|subject| !subject.iter().any(|piece| piece.breaks))?;
    // The role is the noun that the sentence is about: the last one in front of `of` or `for`, else of all.
    let of = lower[..at].iter().position(|word| matches!(*word, "of" | "for" | "in")).unwrap_or(at);
    let noun = lower.get(of.checked_sub(1)?)?;
    let stem = lexicon::stem(noun);
    let plural = lower[at] == "are";
    let closed = || {
        matches!(
            lower.first().copied(),
            Some("the" | "supported" | "available" | "allowed" | "valid" | "accepted" | "possible" | "permitted")
        )
    };
    if !is_role(&stem) || (plural && !closed()) {
        return None;
    }
    let mut from = at + 1;
    from += usize::from(matches!(lower.get(from).copied(), Some("set" | "always" | "currently")));
    from += usize::from(matches!(lower.get(from).copied(), Some("to")));
    from += usize::from(stem == "headquarter" && lower.get(from) == Some(&"in"));
    from += usize::from(matches!(lower.get(from).copied(), Some("the" | "port")));
    if matches!(lower.get(from).copied(), Some("one")) {
        return None;
    }
    let by_default = lower.get(end) == Some(&"by");
    let literal = lower[..at].contains(&"default") || by_default;
    let role = if by_default { "default" } else { "" };
    // `The default level is info` names one; `The default level is used` and `is sufficient` do not.
    let word = || CHOSEN.contains(&stem.as_str()) && from + 1 == end && is_bare_literal(lower[from]);
    given(subject, role, pieces, from, end, literal && pieces.get(from).is_some_and(|piece| piece.code || word()))
}

fn given(
    subject: &[Piece<'_>],
    role: &str,
    pieces: &[Piece<'_>],
    from: usize,
    end: usize,
    literal: bool,
) -> Option<Given> {
    if subject.is_empty() || from >= end || subject.len() > LONGEST_SUBJECT {
        return None;
    }
    let name: Vec<&str> = subject.iter().map(|piece| piece.text).collect();
    let about = format!("{} {role}", name.join(" ")).trim().to_owned();
    let more = pieces[from..end].iter().take(end - from - 1).any(|piece| piece.text == "that" || piece.text == "which");
    (!more).then_some(Given { about, value: (from, end - 1), literal })
}

/// The span of the value inside its sentence, its quotes included, where it is a value.
pub(super) fn value_span(sentence: &str, pieces: &[Piece<'_>], given: &Given) -> Option<(usize, usize)> {
    let (first, last) = (pieces.get(given.value.0)?, pieces.get(given.value.1)?);
    let ticked = |piece: &Piece<'_>| usize::from(piece.code && piece.at > 0);
    // Pieces begin with a letter, paths and names of files before it.
    let begun = sentence.get(..first.at)?.trim_end_matches(['/', '~', '.']).len();
    let start = if first.code { first.at - ticked(first) } else { begun };
    let end = (last.at + last.text.len() + ticked(last)).min(sentence.len());
    let value = sentence.get(start..end)?;
    written::value(value, given.literal).map(|_| (start, end))
}
