//! What the reader noticed, as findings.

use tamis_ingest::{ByteSpan, Notice, NoticeKind};

use super::{Reading, prompt_injection};
use crate::{Finding, Rule, Severity, excerpt};

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    reading.document.notices.iter().filter_map(|notice| notice_finding(notice, reading.text())).collect()
}

/// What a reader noticed about the document with this text, as a finding; none for unseen words that steer nobody.
#[must_use]
pub fn notice_finding(notice: &Notice, text: &str) -> Option<Finding> {
    if notice.kind == NoticeKind::UnseenWords {
        let message = "Words that people do not see address a language model; they are not part of what is indexed.";
        return prompt_injection::steers(&notice.detail).then(|| {
            Finding::new(Rule::PromptInjection, message, Vec::new(), excerpt::shorten(&notice.detail))
                .at(Severity::Warn)
        });
    }
    let rule = rule(notice.kind);
    let message = sentence(rule, &notice.detail);
    let finding = match notice.span.or_else(|| place(text, notice.kind)) {
        Some(span) => Finding::new(rule, message, vec![span], excerpt::quote(text, span)),
        None => Finding::new(rule, message, Vec::new(), ""),
    };
    // What was put right is told, and harms nobody.
    Some(if notice.kind == NoticeKind::RepairedEncoding { finding.at(Severity::Info) } else { finding })
}

/// The rule a notice becomes a finding of.
fn rule(kind: NoticeKind) -> Rule {
    match kind {
        NoticeKind::InvalidEncoding => Rule::InvalidEncoding,
        NoticeKind::RepairedEncoding => Rule::Mojibake,
        NoticeKind::Encrypted => Rule::Encrypted,
        NoticeKind::NoTextLayer => Rule::NoTextLayer,
        NoticeKind::Malformed => Rule::Malformed,
        NoticeKind::Truncated => Rule::Truncated,
        NoticeKind::BadFrontMatter => Rule::BadFrontMatter,
        NoticeKind::ImplausibleDate => Rule::ImplausibleDate,
        NoticeKind::BrokenLink => Rule::BrokenLink,
        NoticeKind::RaggedTable => Rule::BrokenTable,
        NoticeKind::UnclosedBlock => Rule::UnclosedFence,
        NoticeKind::UnseenWords => Rule::PromptInjection,
    }
}

/// Where a notice without a span can be seen all the same.
fn place(text: &str, kind: NoticeKind) -> Option<ByteSpan> {
    match kind {
        NoticeKind::InvalidEncoding => text.find('\u{FFFD}').map(|at| ByteSpan::new(at, at + '\u{FFFD}'.len_utf8())),
        NoticeKind::Truncated => (!text.is_empty()).then(|| ByteSpan::new(text.len(), text.len())),
        NoticeKind::RepairedEncoding
        | NoticeKind::Encrypted
        | NoticeKind::NoTextLayer
        | NoticeKind::Malformed
        | NoticeKind::BadFrontMatter
        | NoticeKind::ImplausibleDate
        | NoticeKind::BrokenLink
        | NoticeKind::RaggedTable
        | NoticeKind::UnclosedBlock
        | NoticeKind::UnseenWords => None,
    }
}

/// The rule's meaning, then the particulars.
fn sentence(rule: Rule, detail: &str) -> String {
    let help = rule.help().trim_end_matches('.');
    let detail = detail.trim().trim_end_matches('.');
    if detail.is_empty() { format!("{help}.") } else { format!("{help}: {detail}.") }
}
