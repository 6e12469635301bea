//! The small closed vocabularies that reading statements rests on. English, as are the grammars above them.

use std::collections::HashSet;
use std::sync::LazyLock;

mod stem;

pub(super) use stem::stem;

/// What a word does in a statement, where it does more than name something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Carries no meaning that two statements could differ in.
    Light,
    /// Ties the statement to a place, time, tool or condition; must agree.
    Scope,
    /// Opens a condition that lasts to the next comma; must agree.
    Condition,
    /// Denies.
    Negation,
    /// Points at something outside the sentence.
    Deictic,
    /// Weakens what is said.
    Hedge,
    /// Says what is allowed or owed.
    Modal,
}

/// The role of a lower-case word.
pub(super) fn role(word: &str) -> Option<Role> {
    Some(match word {
        "a" | "an" | "the" | "is" | "are" | "was" | "were" | "be" | "been" | "being" | "am" | "has" | "have"
        | "had" | "do" | "does" | "did" | "and" | "that" | "which" | "who" | "whom" | "as" | "you" | "your" | "its"
        | "their" | "his" | "her" | "current" | "currently" | "now" | "also" | "just" | "please" | "however"
        | "therefore" | "thus" | "then" | "so" | "too" | "very" | "only" | "always" | "simply" | "really"
        | "actually" | "note" | "at" | "of" | "there" | "than" | "such" | "own" | "already" | "still" | "exactly"
        | "we" | "our" | "us" | "total" | "automatically" | "set" | "equal" | "equals" | "any" | "all" | "ever" => {
            Role::Light
        }
        "on" | "for" | "in" | "under" | "during" | "with" | "before" | "after" | "until" | "since" | "from" | "to"
        | "by" | "per" | "between" | "except" | "via" | "against" | "outside" | "inside" | "through" | "across"
        | "over" | "within" | "without" | "or" | "but" | "about" | "into" | "upon" | "while" | "because" | "both"
        | "either" => Role::Scope,
        "if" | "when" | "unless" | "whether" | "once" | "where" | "whenever" | "otherwise" | "assuming"
        | "provided" => Role::Condition,
        "not" | "never" | "cannot" | "can't" | "isn't" | "aren't" | "doesn't" | "don't" | "won't" | "wasn't"
        | "weren't" | "didn't" | "mustn't" | "shouldn't" | "wouldn't" | "couldn't" | "hasn't" | "haven't" | "no"
        | "nor" | "neither" | "nobody" => Role::Negation,
        "next" | "today" | "tomorrow" | "yesterday" | "tonight" | "upcoming" | "this" | "these" | "those" | "it"
        | "they" | "he" | "she" | "i" | "my" | "me" | "here" | "above" | "below" | "following" | "previous"
        | "latter" | "former" | "them" => Role::Deictic,
        "usually" | "typically" | "often" | "sometimes" | "generally" | "normally" | "mostly" | "likely"
        | "perhaps" | "maybe" | "probably" => Role::Hedge,
        "must" | "shall" | "should" | "may" | "might" | "can" | "could" | "will" | "would" => Role::Modal,
        _ => return None,
    })
}

/// Whether the word counts half as a sign of what a statement is about: it is said of everything.
pub(super) fn is_weak(stem: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| stems(&WEAK));
    const WEAK: [&str; 44] = [
        "default",
        "value",
        "number",
        "version",
        "support",
        "require",
        "minimum",
        "maximum",
        "current",
        "use",
        "file",
        "late",
        "recent",
        "new",
        "old",
        "high",
        "low",
        "rust",
        "compile",
        "rustc",
        "msrv",
        "toolchain",
        "return",
        "function",
        "method",
        "type",
        "size",
        "test",
        "code",
        "example",
        "first",
        "second",
        "same",
        "other",
        "need",
        "work",
        "build",
        "run",
        "least",
        "most",
        "more",
        "less",
        "only",
        "option",
    ];
    STEMS.contains(stem)
}

/// Whether a number after the word names a place in a text and no quantity.
pub(super) fn is_label(word: &str) -> bool {
    const LABELS: [&str; 42] = [
        "listing", "listings", "figure", "figures", "fig", "table", "tables", "chapter", "chapters", "section",
        "sections", "step", "steps", "page", "pages", "part", "parts", "appendix", "example", "exercise", "line",
        "lines", "rfc", "issue", "issues", "pr", "pull", "ticket", "bug", "commit", "equation", "eq", "theorem",
        "item", "note", "question", "lesson", "volume", "vol", "phase", "case", "cases",
    ];
    LABELS.contains(&word)
}

/// Whether a number beside the word is a name of its thing and counts nothing: `port 8080`.
pub(super) fn counts_nothing(stem: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| stems(&NAMED_BY_NUMBER));
    const NAMED_BY_NUMBER: [&str; 16] = [
        "port",
        "code",
        "status",
        "errno",
        "error",
        "http",
        "pid",
        "uid",
        "gid",
        "id",
        "room",
        "extension",
        "model",
        "platform",
        "route",
        "postcode",
    ];
    STEMS.contains(stem)
}

/// The name of what a lower-case word chooses from few of its kind, of which a thing has one: colours, signs between values.
pub(super) fn choice(word: &str) -> Option<&str> {
    Some(match word {
        "red" | "green" | "blue" | "yellow" | "orange" | "purple" | "black" | "white" | "grey" | "brown" | "pink"
        | "comma" | "semicolon" | "tab" => word,
        "gray" => "grey",
        "commas" | "semicolons" | "tabs" => word.trim_end_matches('s'),
        _ => return None,
    })
}

/// Whether the word tells of something that happens once, so that its date is a claim and no setting.
pub(super) fn is_event(word: &str) -> bool {
    const EVENTS: [&str; 47] = [
        "close",
        "opens",
        "retire",
        "founded",
        "born",
        "died",
        "established",
        "released",
        "launched",
        "created",
        "published",
        "started",
        "opened",
        "built",
        "invented",
        "expires",
        "expire",
        "expired",
        "ends",
        "ended",
        "begins",
        "began",
        "starts",
        "closes",
        "closed",
        "deadline",
        "due",
        "effective",
        "introduced",
        "discovered",
        "signed",
        "elected",
        "retired",
        "deprecated",
        "discontinued",
        "scheduled",
        "takes",
        "incorporated",
        "completed",
        "switched",
        "shut",
        "removed",
        "withdrawn",
        "decommissioned",
        "acquired",
        "retires",
        "terminated",
    ];
    EVENTS.contains(&word)
}

/// The value of a number word; `one` is left out, for it mostly counts nothing.
pub(super) fn number_word(word: &str) -> Option<f64> {
    const SMALL: [&str; 21] = [
        "zero",
        "",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if word.is_empty() {
        return None;
    }
    if let Some(at) = SMALL.iter().position(|small| *small == word) {
        return Some(at as f64);
    }
    if let Some(at) = TENS.iter().position(|ten| *ten == word) {
        return Some((at + 2) as f64 * 10.0);
    }
    if word == "dozen" {
        return Some(12.0);
    }
    let (ten, digit) = word.split_once('-')?;
    let ten = TENS.iter().position(|known| *known == ten)?;
    let digit = SMALL.iter().position(|known| *known == digit).filter(|digit| (2..10).contains(digit))?;
    Some((ten + 2) as f64 * 10.0 + digit as f64)
}

/// The number of a month's name or three-letter abbreviation.
pub(super) fn month(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let matches = |month: &&str| {
        *month == word || (word.len() == 3 && month.starts_with(word)) || (word == "sept" && *month == "september")
    };
    MONTHS.iter().position(matches).map(|at| at as u8 + 1)
}

/// Whether a sentence that opens with this lower-case word tells its reader to do something.
pub(super) fn is_instruction(word: &str) -> bool {
    const VERBS: [&str; 68] = [
        "wait",
        "run",
        "set",
        "open",
        "start",
        "stop",
        "use",
        "click",
        "press",
        "choose",
        "select",
        "enter",
        "check",
        "make",
        "create",
        "install",
        "delete",
        "remove",
        "copy",
        "move",
        "write",
        "call",
        "send",
        "type",
        "go",
        "take",
        "put",
        "turn",
        "keep",
        "repeat",
        "restart",
        "look",
        "try",
        "download",
        "upload",
        "connect",
        "place",
        "pour",
        "mix",
        "heat",
        "cook",
        "bake",
        "stir",
        "cut",
        "measure",
        "read",
        "find",
        "give",
        "ask",
        "tell",
        "get",
        "follow",
        "ensure",
        "verify",
        "confirm",
        "allow",
        "let",
        "fill",
        "drag",
        "tick",
        "sign",
        "raise",
        "lower",
        "request",
        "compare",
        "build",
        "configure",
        "close",
    ];
    VERBS.contains(&word)
}

/// Whether a lower-case word may say how often something happens, or begin to.
pub(super) fn opens_frequency(word: &str) -> bool {
    matches!(
        word,
        "hourly"
            | "daily"
            | "nightly"
            | "weekly"
            | "monthly"
            | "quarterly"
            | "yearly"
            | "annually"
            | "every"
            | "each"
            | "once"
            | "twice"
    )
}

/// The day of the week that a lower-case word names, from Monday as 0.
pub(super) fn weekday(word: &str) -> Option<u8> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let day = word.strip_suffix('s').filter(|rest| rest.ends_with("day")).unwrap_or(word);
    DAYS.iter().position(|known| *known == day).map(|at| at as u8)
}

/// Whether a lower-case word names software whose versions are often one number.
pub(super) fn is_software(word: &str) -> bool {
    const SOFTWARE: [&str; 60] = [
        "java",
        "jdk",
        "jre",
        "openjdk",
        "python",
        "node",
        "node.js",
        "nodejs",
        "postgresql",
        "postgres",
        "mysql",
        "mariadb",
        "php",
        "ruby",
        "perl",
        "windows",
        "ubuntu",
        "debian",
        "fedora",
        "rhel",
        "centos",
        "macos",
        "ios",
        "android",
        "kubernetes",
        "angular",
        "react",
        "vue",
        "django",
        "rails",
        "spring",
        ".net",
        "dotnet",
        "go",
        "golang",
        "scala",
        "kotlin",
        "swift",
        "gcc",
        "clang",
        "llvm",
        "cmake",
        "openssl",
        "elasticsearch",
        "opensearch",
        "kafka",
        "redis",
        "mongodb",
        "oracle",
        "chrome",
        "firefox",
        "safari",
        "tls",
        "terraform",
        "docker",
        "nginx",
        "tomcat",
        "spark",
        "drupal",
        "typescript",
    ];
    SOFTWARE.contains(&word)
}

/// The stems of a list of words.
fn stems(words: &[&str]) -> HashSet<String> {
    words.iter().map(|word| stem(word)).collect()
}
