//! Text that says of itself that it is outdated.
//!
//! A page *about* something deprecated is not itself outdated: the words must be about the page, the document or the
//! section they stand in. Of a page that opens with "this feature is deprecated" its readers want to know, though: that
//! is a warning, and further down in a page a note.

use std::sync::LazyLock;

use regex::{Match, Regex};
use tamis_ingest::ByteSpan;

use super::{DocumentKind, described, overlap};
use crate::outline::BlockKind;
use crate::pattern::pattern;
use crate::structure::{ChunkReading, Reading};
use crate::{Finding, Rule, Severity};

/// "This page is outdated": what is spoken of, and what is said of it.
static BANNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b (?:this|these|the\s+following|the\s+current) \s+ (?:\w+\s+){0,2}?
            (?P<what>pages?|documents?|documentation|docs|article|guide|tutorial|manual|handbook|wiki|post|README|book|edition|policy|procedure|runbook|faq|specification|guidelines?|regulation|directive|circular|leaflet|notice|checklist|instructions|information|content|section|chapter|repo(?:sitory)?|project|software|version\s+of\s+(?:this|the)\s+(?:\w+\s+)?(?:page|document|documentation|docs|guide|manual|book|policy))
          \s+ (?: (?:is|are|has|have|was|were) \s+ (?:been\s+)? (?:now\s+|officially\s+|since\s+|currently\s+|very\s+|largely\s+|mostly\s+|completely\s+)?
                  (?: out[\s-]?dated | out[\s-]of[\s-]date | deprecated | obsolete | superseded(?P<by1>\s+by)? | retired | withdrawn | retracted | revoked | repealed | rescinded | cancell?ed | archived | discontinued | stale
                    | (?P<by2>replaced\s+by | moved\s+(?:to|here)) | unmaintained
                    | (?:no\s+longer|not\s+longer) \s+ (?:being\s+)?(?:\w+ly\s+)? (?:maintained|updated|supported|accurate|valid|current|relevant|correct|up[\s-]to[\s-]date|in\s+(?:force|effect|use)|applicable|appl(?:y|ies)) )
              | no\s+longer\s+appl(?:y|ies)
              | (?:must|may|should|can) \s+ (?:no\s+longer\s+be\s+used | not\s+be\s+used\s+(?:any\s+(?:more|longer)|anymore))
              | (?P<by3>moved\s+(?:to|here) | (?:can\s+)?now\s+(?:be\s+found|lives?)\s+(?:at|in|on|under)\b)
              | (?:applies|refers|pertains) \s+ (?:only\s+)? to \s+ (?:an?\s+)? (?:old|older|outdated|unsupported|obsolete) \s+ (?:\w+\s+){0,2}? (?:version|release)s? )
        | \b (?P<version>this) \s+ (?:(?:major|minor|old)\s+)? (?:version|release) (?:\s+of\s+[\w.+-]+(?:\s[\w.+-]+){0,2}?)? \s+
            (?: (?:is|has\s+been) \s+ (?:now\s+|officially\s+|already\s+)?
                  (?: unsupported | not\s+supported\s+since | no\s+longer\s+(?:being\s+)?(?:supported|maintained) | end[\s-]of[\s-]life | EOL\b | discontinued | out\s+of\s+support )
              | (?:has\s+)? reached \s+ (?:its\s+)? end[\s-]of[\s-](?:life|support) )
        | \b this \s+ (?:page|document|documentation|guide|tutorial|manual|article) \s+ (?:describes|documents|covers|explains|is\s+(?:for|about)) \s+ [^.!?\n]{1,60}? \b(?:which|that)\s+(?:is|are|has|have)\s+(?:now\s+)?(?:no\s+longer\s+(?:supported|maintained|available|in\s+use)|unsupported|obsolete|been\s+(?:retired|replaced|discontinued|removed))
        | \b (?:this|the) \s+ (?P<passing>information|content|instructions|page|document|guide) \s+ (?:(?:below|here|above|given\s+here|on\s+this\s+page)\s+)? (?:may|might|could) \s+ (?:now\s+)?(?:be|have\s+become) \s+ (?:out[\s-]?dated|out[\s-]of[\s-]date|obsolete|stale|inaccurate|no\s+longer\s+(?:accurate|valid|correct))
        | \b this \s+ (?P<subject>(?:[\w./`-]+\s+){0,2}? (?:api|endpoint|method|function|class|module|package|library|feature|command|option|flag|setting|parameter|field|plugin|tool|utility|client|sdk|integration|service|format|protocol|driver|interface|syntax|approach|workflow)) \s+
            (?: (?:is|was|has\s+been) \s+ (?:now\s+|officially\s+|already\s+)? (?: deprecated | obsolete | discontinued | (?:scheduled|planned|slated)\s+for\s+removal | no\s+longer\s+(?:supported|maintained|available|developed|recommended) )
              | will \s+ be \s+ removed )
        | \b support \s+ for \s+ (?:this|the|our) \s+ (?P<supported>(?:[\w./`-]+\s+){1,3}?) (?:has\s+)? (?:ended|ceased|been\s+(?:dropped|discontinued|withdrawn)) \b
        | \b you \s+ are \s+ (?:viewing|reading|looking\s+at|browsing) \s+ (?:the\s+)? (?:documentation|docs|a\s+page|an?) \s+ (?:for\s+)?(?:of\s+)? (?:an?\s+)? (?:old|older|outdated|unsupported|previous|archived|obsolete) (?:\s+\w+){0,2}? \s+ (?:version|release|documentation|docs)",
    )
});

/// A heading or the opening of a paragraph that marks all that follows: "[DEPRECATED]", "**Obsolete:** see …".
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^ [\s>*_\#!⚠️:\[\(]* (?:(?:important|warning|note|notice|caution)\]?[\s:!*_]*)? [\[\(*_]*
            (?: this\s+(?:page|document|article|guide|policy)\s+is\s+ | status\s*[:=]\s*[*_]* )? (?:deprecat(?:ed|ion\s+notice)|obsolete|outdated|superseded|out\s+of\s+date|archived|retired)
            (?: [\]\)*_:!.\s—–-]*$ | [\])] | [*_]*\s*[:!—–] | [*_]*\s-\s | \s+(?:as\s+of|since|by)\b )",
    )
});

/// Words that make it a condition, a doubt or a denial.
static HEDGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:if|when|whenever|whether|should|unless|until|in\s+case|once|before|after|think|find|believe|notice|ensure|make\s+sure)\b[^.!?\n]*$",
    )
});

/// How far from its head a document's banner may stand, in bytes.
const HEAD: usize = 1_500;

/// The banners of the whole document, one of each rule at most: one that says where to go hides none that says that the
/// page is given up, for a policy may think less of it.
pub(super) fn check_document(reading: &Reading<'_>) -> Vec<Finding> {
    let message = "The document says of itself that it is out of date.";
    let text = reading.text();
    let head = ByteSpan::new(0, text.floor_char_boundary(text.len().min(HEAD)));
    let label = reading
        .outline
        .blocks_in(head)
        .take(3)
        .filter(|block| matches!(block.kind, BlockKind::Heading(_) | BlockKind::Paragraph))
        .find(|block| LABEL.is_match(reading.at(block.span)));
    let labelled = label.map(|block| (block.span, Rule::Deprecated));
    let about_all = banners(reading, head).into_iter().filter(|b| matches!(b.about, About::Document | About::Version));
    let spoken = about_all.map(|banner| (banner.span, banner.rule));
    let mut found: Vec<Finding> = Vec::new();
    for (span, rule) in labelled.into_iter().chain(spoken) {
        if found.iter().all(|finding| finding.rule != rule) {
            found.push(reading.finding(rule, message, span));
        }
    }
    let title = reading.document.title.as_deref().filter(|title| LABEL.is_match(title));
    if let Some(title) = title.filter(|_| found.is_empty()) {
        found.push(Finding::new(Rule::Deprecated, message, Vec::new(), crate::excerpt::shorten(title)));
    }
    found
}

/// What one chunk says of itself, further down in the document.
pub(super) fn check_chunk(here: &ChunkReading<'_>, kind: DocumentKind) -> Vec<Finding> {
    let tells_history = matches!(kind, DocumentKind::Changelog | DocumentKind::News);
    let opening = here.reading.outline.blocks.iter().take(3).next_back().map_or(0, |block| block.span.end());
    let banners = banners(&here.reading, here.span());
    let described = described::check(here, kind, |span| banners.iter().any(|banner| overlap(banner.span, span)));
    let found = banners.iter().filter_map(|banner| {
        let (message, severity) = match banner.about {
            About::Document | About::Section => ("This part says of itself that it is out of date.", Severity::Error),
            About::Version | About::Passing => ("This part says of itself that it is out of date.", Severity::Warn),
            About::Subject if tells_history => return None,
            About::Subject if banner.span.end() <= opening => {
                ("The page is about something that is deprecated.", Severity::Warn)
            }
            About::Subject => ("It describes something that is deprecated.", Severity::Info),
        };
        Some(here.reading.finding(banner.rule, message, banner.span).at(severity))
    });
    found.chain(described).collect()
}

/// A banner: where it stands, what it speaks of, and what it says.
struct Banner {
    span: ByteSpan,
    about: About,
    /// Superseded where it says where to go, else deprecated.
    rule: Rule,
}

/// What a banner speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Document,
    Section,
    /// "This version": the document's own at its head, perhaps another further down.
    Version,
    /// Something named beside the page: "this information".
    Passing,
    /// What it describes: "this feature".
    Subject,
}

/// The banners in `span`, without those in code, in quotations, or hedged.
fn banners(reading: &Reading<'_>, span: ByteSpan) -> Vec<Banner> {
    let text = reading.at(span);
    let found = BANNER.captures_iter(text).filter_map(|captures| {
        let found = captures.get(0)?;
        let subject = captures.name("subject").or_else(|| captures.name("supported"));
        let about = match (captures.name("passing"), captures.name("version"), subject) {
            (Some(_), _, _) => About::Passing,
            (None, Some(_), _) => About::Version,
            (None, None, Some(_)) => About::Subject,
            (None, None, None) => about(captures.name("what")),
        };
        let gone = ["by1", "by2", "by3"].iter().any(|name| captures.name(name).is_some());
        let rule = if gone { Rule::Superseded } else { Rule::Deprecated };
        let another = found
            .as_str()
            .to_lowercase()
            .split_whitespace()
            .any(|word| matches!(word, "separate" | "other" | "latter"));
        let spoken =
            !another && !reading.outline.in_code(span.start() + found.start()) && !is_hedged(text, found.start());
        spoken.then(|| Banner { span: ByteSpan::from(found.range()).shifted(span.start()), about, rule })
    });
    found.collect()
}

fn about(what: Option<Match<'_>>) -> About {
    let what = what.map(|what| what.as_str().to_lowercase());
    match what.as_deref() {
        Some("section" | "chapter" | "instructions" | "procedure") => About::Section,
        Some("information" | "content") => About::Passing,
        Some(_) | None => About::Document,
    }
}

/// Whether the sentence up to `start` makes what follows a condition, or opens a quotation.
pub(super) fn is_hedged(text: &str, start: usize) -> bool {
    let before = &text[text.floor_char_boundary(start.saturating_sub(120))..start];
    HEDGE.is_match(before) || before.ends_with(['"', '“', '‘', '«', '`'])
}
