//! Every rule there is: its id, what it belongs to and how much it matters by default.

use serde::{Deserialize, Serialize};

use crate::{Dimension, Severity};

/// Defines the rules in one table, so that a rule cannot exist without an id, a severity and an explanation.
macro_rules! rules {
    ($($(#[doc = $help:literal])+ $variant:ident = $id:literal, $dimension:ident, $severity:ident, $penalty:literal;)+) => {
        /// A rule, named by its stable dotted id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule {
            $($(#[doc = $help])+ #[serde(rename = $id)] $variant,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable id, such as `duplication.near`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// The dimension it takes from.
            #[must_use]
            pub fn dimension(self) -> Dimension {
                match self { $(Self::$variant => Dimension::$dimension),+ }
            }

            /// How much it matters unless the policy says otherwise.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// The share of the dimension's score that one finding takes, 0..=1.
            #[must_use]
            pub fn penalty(self) -> f32 {
                match self { $(Self::$variant => $penalty),+ }
            }

            /// What it means, in a sentence or two.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($($help),+).trim_ascii_start()),+ }
            }
        }
    };
}

rules! {
    /// The document has no text, or only white space.
    Empty = "structure.empty", Structure, Error, 1.0;
    /// Headings with no text under them.
    HeadingOnly = "structure.heading_only", Structure, Error, 0.8;
    /// Too little text to answer anything.
    TooShort = "structure.too_short", Structure, Warn, 0.3;
    /// More tokens than the embedding model reads; the rest would be cut off unseen.
    TooLong = "structure.too_long", Structure, Warn, 0.3;
    /// Mostly symbols instead of words.
    SymbolSoup = "structure.symbol_soup", Structure, Error, 0.9;
    /// The same line again and again.
    RepeatedLines = "structure.repeated_lines", Structure, Error, 0.8;
    /// Text decoded with the wrong character set.
    Mojibake = "structure.mojibake", Structure, Error, 0.8;
    /// A table whose rows do not match its header.
    BrokenTable = "structure.broken_table", Structure, Warn, 0.4;
    /// A code fence that is never closed and swallows what follows.
    UnclosedFence = "structure.unclosed_fence", Structure, Warn, 0.4;
    /// Menus, cookie banners and footers instead of content.
    Navigation = "structure.navigation", Structure, Error, 0.8;
    /// A page that needs scripts to show anything: its text says only that.
    ScriptShell = "structure.script_shell", Structure, Error, 0.8;
    /// A very long stretch of text without paragraphs.
    WallOfText = "structure.wall_of_text", Structure, Warn, 0.3;
    /// Filler instead of content: lorem ipsum, or a section that says only "TODO".
    Placeholder = "structure.placeholder", Structure, Warn, 0.5;
    /// Personal data: identity or card numbers, or several private particulars of one person together.
    PersonalData = "structure.personal_data", Structure, Error, 0.6;
    /// A key, token or password that looks real.
    Secret = "structure.secret", Structure, Error, 0.8;
    /// Text written to steer a language model, or hidden from people.
    PromptInjection = "structure.prompt_injection", Structure, Error, 0.8;
    /// A heading more than one level below the one above it.
    HeadingJump = "structure.heading_jump", Structure, Info, 0.05;
    /// A heading again under the same parent, with the same text below it or none.
    DuplicateHeading = "structure.duplicate_heading", Structure, Info, 0.05;
    /// A heading with nothing below it, before the next of its level or above.
    EmptySection = "structure.empty_section", Structure, Info, 0.02;
    /// A relative link to a file or a place on the page that is not there.
    BrokenLink = "structure.broken_link", Structure, Warn, 0.1;
    /// Prose in another language than the rest of its document, or a document in another than the rest of its set.
    WrongLanguage = "structure.wrong_language", Structure, Warn, 0.3;
    /// Words garbled by optical character recognition.
    OcrNoise = "structure.ocr_noise", Structure, Warn, 0.4;
    /// Text that stops in the middle of a sentence, or starts there.
    CutOff = "structure.cut_off", Structure, Warn, 0.2;
    /// A reference to a figure, table or listing that is not there.
    DanglingReference = "structure.dangling_reference", Structure, Info, 0.03;
    /// A picture that no words stand for.
    MissingAlt = "structure.missing_alt", Structure, Info, 0.02;
    /// Bytes that are not valid in the document's encoding.
    InvalidEncoding = "structure.invalid_encoding", Structure, Warn, 0.4;
    /// A password keeps the text from being read.
    Encrypted = "structure.encrypted", Structure, Error, 1.0;
    /// Pages of pictures without text.
    NoTextLayer = "structure.no_text_layer", Structure, Error, 1.0;
    /// A damaged file that could be read only in part, or not at all.
    Malformed = "structure.malformed", Structure, Error, 0.8;
    /// A document cut at a reading limit.
    Truncated = "structure.truncated", Structure, Warn, 0.2;
    /// Front matter that is not valid YAML or TOML.
    BadFrontMatter = "structure.bad_front_matter", Structure, Warn, 0.1;
    /// Nothing tells when this last changed.
    Undated = "freshness.undated", Freshness, Info, 0.0;
    /// Older than documents of its kind stay true.
    Stale = "freshness.stale", Freshness, Warn, 0.0;
    /// A stated date that cannot be one of this document.
    ImplausibleDate = "freshness.implausible_date", Freshness, Warn, 0.3;
    /// The text itself, or its metadata, says that it is outdated.
    Deprecated = "freshness.deprecated", Freshness, Error, 0.8;
    /// Something replaced it: its metadata or its text says so, or (a warning) a newer edition lies beside it.
    Superseded = "freshness.superseded", Freshness, Error, 0.8;
    /// It is about a version far behind the newest that the corpus knows.
    OldVersion = "freshness.old_version", Freshness, Warn, 0.4;
    /// Its metadata says until when it was valid, and that day has passed.
    Expired = "freshness.expired", Freshness, Error, 0.8;
    /// It announces something for a day that has passed.
    ExpiredPromise = "freshness.expired_promise", Freshness, Warn, 0.3;
    /// It says how things stand "as of" a day long past.
    DatedStatement = "freshness.dated_statement", Freshness, Warn, 0.2;
    /// Its file changed, or went, after it was read.
    SourceChanged = "freshness.source_changed", Freshness, Warn, 0.1;
    /// A link to a page elsewhere that is gone. Looked for only where `links.check` is on.
    DeadLink = "freshness.dead_link", Freshness, Warn, 0.1;
    /// The same passage stands elsewhere, but for case and white space.
    DuplicateExact = "duplication.exact", Duplication, Error, 1.0;
    /// Almost the same passage stands elsewhere.
    DuplicateNear = "duplication.near", Duplication, Error, 0.9;
    /// The whole passage stands inside another.
    DuplicateContained = "duplication.contained", Duplication, Error, 0.9;
    /// Another passage says much the same in other words.
    Reworded = "duplication.reworded", Duplication, Warn, 0.1;
    /// Another passage says the same in other words, as the audit of vectors found.
    DuplicateParaphrase = "duplication.paraphrase", Duplication, Warn, 0.2;
    /// A paragraph that stands in many documents and says nothing about this one.
    Boilerplate = "duplication.boilerplate", Duplication, Warn, 0.1;
    /// Another passage gives a different number for the same thing: a count, a size, a duration.
    ContradictionNumber = "contradiction.number", Contradiction, Warn, 0.7;
    /// Another passage gives a different date for the same thing.
    ContradictionDate = "contradiction.date", Contradiction, Warn, 0.7;
    /// Another passage names a different version for the same thing.
    ContradictionVersion = "contradiction.version", Contradiction, Warn, 0.7;
    /// Another passage names something else in the same role: an owner, a path, a default.
    ContradictionName = "contradiction.name", Contradiction, Warn, 0.7;
    /// Another passage enumerates the same things in another way.
    ContradictionList = "contradiction.list", Contradiction, Warn, 0.7;
    /// Another passage says the opposite.
    ContradictionPolarity = "contradiction.polarity", Contradiction, Warn, 0.7;
    /// Another passage denies it in other words, as the audit of vectors found.
    ContradictionParaphrase = "contradiction.paraphrase", Contradiction, Warn, 0.5;
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}
