//! Menus, cookie banners and footers instead of content.
//!
//! A table of contents and a row of badges are dense with links too, so links alone condemn nothing: the labels must be
//! those of a site's furniture, and sentences must be few.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::pattern::pattern;
use crate::{Finding, Rule, Severity};

/// Labels that only a site's furniture bears.
const FURNITURE: &[&str] = &[
    "home",
    "homepage",
    "log in",
    "login",
    "sign in",
    "signin",
    "sign up",
    "signup",
    "register",
    "my account",
    "logout",
    "log out",
    "sign out",
    "privacy policy",
    "privacy",
    "terms of service",
    "terms of use",
    "terms",
    "terms & conditions",
    "terms and conditions",
    "cookie policy",
    "cookies",
    "cookie settings",
    "cookie preferences",
    "manage cookies",
    "accept",
    "accept all",
    "accept cookies",
    "accept all cookies",
    "reject",
    "reject all",
    "decline",
    "manage preferences",
    "subscribe",
    "newsletter",
    "careers",
    "jobs",
    "press",
    "advertise",
    "sitemap",
    "site map",
    "legal",
    "imprint",
    "impressum",
    "legal notice",
    "about us",
    "contact us",
    "contact",
    "skip to content",
    "skip to main content",
    "menu",
    "main menu",
    "toggle navigation",
    "search",
    "back to top",
    "top",
    "next",
    "previous",
    "prev",
    "next page",
    "previous page",
    "next article",
    "previous article",
    "next post",
    "previous post",
    "read more",
    "learn more",
    "see all",
    "view all",
    "load more",
    "show more",
    "share",
    "share this",
    "tweet",
    "retweet",
    "like",
    "follow us",
    "facebook",
    "twitter",
    "linkedin",
    "instagram",
    "youtube",
    "pinterest",
    "whatsapp",
    "email",
    "e-mail",
    "print",
    "rss",
    "add to cart",
    "cart",
    "checkout",
    "wishlist",
    "shop",
    "store",
    "pricing",
    "help center",
    "do not sell my personal information",
    "accessibility",
    "leave a comment",
    "leave a reply",
    "related posts",
    "related articles",
    "recent posts",
    "popular posts",
    "categories",
    "archives",
    "tags",
    "close",
    "products",
    "solutions",
    "company",
    "customers",
    "partners",
    "investors",
];

/// Labels furniture shares with a table of contents: they count only beside the others.
const SHARED: &[&str] = &[
    "about",
    "blog",
    "news",
    "docs",
    "documentation",
    "support",
    "community",
    "download",
    "downloads",
    "faq",
    "help",
    "resources",
    "services",
    "events",
    "features",
    "forum",
    "forums",
    "team",
    "gallery",
    "projects",
    "api",
    "github",
];

/// Sentences of furniture.
static PHRASES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"all\s+rights\s+reserved | (?:we|site|website|us(?:e|es|ing)\s+of) \s+ (?:\w+\s+)? us(?:e|es)\s+cookies | accept\s+(?:all\s+)?cookies
          | cookies?\s+to\s+(?:improve|enhance|personali[sz]e|ensure|provide|give)
          | skip\s+to\s+(?:main\s+)?content | (?:sign\s+up|subscribe)\s+(?:for|to)\s+(?:our|the)\s+(?:\w+\s+)?newsletter
          | share\s+(?:this\s+)?(?:on|via)\s+(?:facebook|twitter|x\b|linkedin|whatsapp|e-?mail) | follow\s+us\s+on | you\s+are\s+here:
          | (?:enable|turn\s+on)\s+javascript | javascript\s+(?:is|to\s+be)\s+(?:disabled|required|enabled) | powered\s+by\s+wordpress
          | (?:©|\(c\)|copyright|&copy;)\s*(?:©\s*)?\d{4} | browser\s+(?:does\s+not|doesn['’]t)\s+support | by\s+continuing\s+to\s+(?:use|browse)
          | manage\s+(?:your\s+)?(?:cookie\s+)?preferences | please\s+(?:log|sign)\s+in\s+to",
    )
});

/// A page that is only a request to switch scripts on.
static SCRIPT_SHELL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:enable|turn\s+on)\s+javascript | javascript\s+(?:is|to\s+be)\s+(?:disabled|required|enabled)")
});

static LABELS: LazyLock<HashSet<&str>> = LazyLock::new(|| FURNITURE.iter().copied().collect());
static SHARED_LABELS: LazyLock<HashSet<&str>> = LazyLock::new(|| SHARED.iter().copied().collect());

/// Longest label, in bytes.
const LONGEST_LABEL: usize = 40;
/// A page of fewer words than this that asks for JavaScript is a shell.
const SHELL_WORDS: usize = 60;

/// What a chunk's pieces of text are.
#[derive(Default)]
struct Tally<'a> {
    furniture: HashSet<&'a str>,
    labels: usize,
    phrases: usize,
    junk_words: usize,
    words: usize,
}

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let texts: Vec<_> = here.texts().map(|(_, text)| text).collect();
    let mut tally = Tally::default();
    let lowered: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    for text in &lowered {
        for piece in text.split(['|', '·', '»', '›', '•', '\n', '/', '→', '←', '>', '<', '«']) {
            tally.take(piece);
        }
    }
    let share = tally.junk_words as f32 / tally.words.max(1) as f32;
    let shell = tally.words < SHELL_WORDS && here.reading.chunks.len() == 1 && SCRIPT_SHELL.is_match(here.text());
    let kinds = tally.furniture.len() + tally.phrases;
    let severity = match () {
        () if shell => Severity::Error,
        () if kinds >= 2 && tally.labels + 2 * tally.phrases >= 4 && share >= 0.5 => Severity::Error,
        () if kinds >= 4 && share >= 0.3 => Severity::Warn,
        () => return,
    };
    let message = if shell {
        "The page says only that it needs JavaScript.".to_owned()
    } else {
        format!(
            "{} of {} words are labels or notices of a site's furniture (menus, cookie banners, footers).",
            tally.junk_words, tally.words
        )
    };
    findings.push(here.finding(Rule::Navigation, message).at(severity));
}

impl<'a> Tally<'a> {
    fn take(&mut self, piece: &'a str) {
        let words = word_count(piece);
        self.words += words;
        let label = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if label.is_empty() {
            return;
        }
        let furniture = label.len() <= LONGEST_LABEL && LABELS.contains(label);
        if furniture || (label.len() <= LONGEST_LABEL && SHARED_LABELS.contains(label)) {
            self.labels += 1;
            self.junk_words += words;
            if furniture {
                self.furniture.insert(label);
            }
        } else if PHRASES.is_match(piece) {
            self.phrases += 1;
            self.junk_words += words;
        }
    }
}
