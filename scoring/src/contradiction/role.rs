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
    if let Some(given) = fallen_back(pieces, &lower) {
        return Some(given);
    }
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
    acted(pieces, &lower, end)
        .or_else(|| placed(pieces, &lower, end))
        .or_else(|| held(pieces, &lower, end))
        .or_else(|| on_port(pieces, &lower, end))
        .or_else(|| copular(pieces, &lower, end))
}

/// `S reads its T from V`, `Put the S in V`: where something lies.
fn placed(pieces: &[Piece<'_>], lower: &[&str], end: usize) -> Option<Given> {
    const KEEPS: &[&str] = &[
        "reads", "read", "loads", "load", "stores", "store", "keeps", "keep", "writes", "write", "saves", "save",
        "puts", "put", "place", "looks", "expects",
    ];
    let verb = lower[..end].iter().position(|word| KEEPS.contains(word)).filter(|at| *at <= LONGEST_SUBJECT)?;
    let object = verb + 1 + usize::from(lower.get(verb + 1) == Some(&"for"));
    lower.get(object).filter(|word| matches!(**word, "its" | "the" | "their" | "your" | "all"))?;
    let to = lower[..end].iter().rposition(|word| matches!(*word, "in" | "from" | "to" | "at" | "under" | "into"))?;
    let subject: Vec<&str> = pieces[..verb].iter().chain(pieces.get(object + 1..to)?).map(|piece| piece.text).collect();
    let fits = to > object + 1 && subject.len() <= LONGEST_SUBJECT && to + 2 == end;
    fits.then(|| Given { about: format!("{} path", subject.join(" ")), value: (to + 1, end - 1), literal: false })
}

/// `V owns S`: who holds what.
fn held(pieces: &[Piece<'_>], lower: &[&str], end: usize) -> Option<Given> {
    let (verb, role) = lower[..end].iter().enumerate().find_map(|(at, word)| {
        let role = match *word {
            "owns" => "owner",
            "maintains" => "maintainer",
            "leads" => "lead",
            "heads" => "head",
            "operates" => "operator",
            _ => return None,
        };
        Some((at, role))
    })?;
    let subject = pieces.get(verb + 1..end)?;
    let from = usize::from(lower[0] == "the");
    let plain = subject.iter().rev().skip(1).all(|piece| !piece.breaks);
    plain.then(|| given(subject, role, pieces, from, verb, false)).flatten()
}

/// `… the S on port V`: at which port something is found.
fn on_port(pieces: &[Piece<'_>], lower: &[&str], end: usize) -> Option<Given> {
    let [.., on, port, _] = &lower[..end] else { return None };
    let to = end - 3;
    if *on != "on" || *port != "port" || lexicon::is_instruction(lower[0]) {
        return None;
    }
    let from = lower[..to].iter().rposition(|word| matches!(*word, "the" | "its" | "our"))?;
    let subject = pieces.get(from + 1..to).filter(|subject| (2..=LONGEST_SUBJECT).contains(&subject.len()))?;
    given(subject, "port", pieces, end - 1, end, false)
}

/// Where the value ends: the end of the sentence, a closing `by default`, `only` or `if none is given` left out.
fn end_of(lower: &[&str]) -> usize {
    match lower {
        [rest @ .., by, default] if *by == "by" && *default == "default" => rest.len(),
        [rest @ .., only] if *only == "only" => rest.len(),
        [first, rest @ ..] if *first != "if" && rest.iter().any(|word| matches!(*word, "default" | "defaults")) => {
            let at = lower.iter().rposition(|word| matches!(*word, "if" | "when" | "unless"));
            at.filter(|at| is_missing(&lower[at + 1..], lower[*at] == "unless")).unwrap_or(lower.len())
        }
        _ => lower.len(),
    }
}

/// Whether words behind `if` say that something was not given: `none is given`, `no region is set`, `it is omitted`;
/// behind `unless`, that it was: `otherwise specified`.
fn is_missing(condition: &[&str], unless: bool) -> bool {
    let Some((last, rest)) = condition.split_last().filter(|_| condition.len() <= LONGEST_SUBJECT) else {
        return false;
    };
    let denied = rest.iter().any(|word| matches!(*word, "not" | "no" | "none" | "nothing" | "isn't" | "aren't"));
    matches!(*last, "omitted" | "unset" | "missing" | "absent" | "empty") && !denied && !unless
        || GIVEN.contains(last) && (denied != unless)
}

/// `If no R is given, V is used`, `When the R is omitted, V is assumed`.
fn fallen_back(pieces: &[Piece<'_>], lower: &[&str]) -> Option<Given> {
    if !matches!(lower.first().copied(), Some("if" | "when" | "where")) {
        return None;
    }
    let comma = pieces.iter().position(|piece| piece.breaks)?;
    let condition = lower.get(1..=comma).filter(|condition| is_missing(condition, false))?;
    let from = 1 + usize::from(matches!(condition.first().copied(), Some("no" | "the")));
    let copula = condition.iter().rposition(|word| matches!(*word, "is" | "are" | "isn't" | "aren't"))? + 1;
    let used = match lower {
        [rest @ .., is, used] if *is == "is" && matches!(*used, "used" | "assumed" | "taken") => rest.len(),
        _ => return None,
    };
    given(pieces.get(from..copula)?, "default", pieces, comma + 1, used, true)
}

/// What is done with a setting that has a value.
const GIVEN: &[&str] =
    &["given", "specified", "set", "provided", "passed", "configured", "chosen", "selected", "supplied", "defined"];

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
