//! Text written to steer a language model that reads it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use tamis_ingest::ByteSpan;

use super::{Reading, hidden_text};
use crate::pattern::pattern;
use crate::{Finding, Rule, Severity};

static STEERING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b (?:ignore|disregard|forget|override|bypass) \s+ (?:(?:all|any|every(?:thing)?|of|the|your|their|its|my|these|those|and) \s+){0,4}
              (?: (?:previous|prior|above|earlier|preceding|former|existing|original|system|safety|developer) \s+ (?:\w+\s+)? (?:instructions?|prompts?|directions?|directives?|guidelines?|rules|messages|commands|context|programming)
                | instructions? \s+ (?:above|before|given|so\s+far|you \s+ (?:were|have))
                | (?:you \s+ (?:were|have\s+been) \s+ (?:told|instructed|given)) )
        | \b (?:ignore|disregard|forget) \s+ (?:everything|anything|all) \s+ (?:(?:written|said|stated|that\s+(?:is|was|came|stands)) \s+)? (?:above|before|so\s+far|until\s+now|earlier) \b
        | \b (?:do\s+not|don['’]t|stop|no\s+longer) \s+ (?:follow|obey|heed|following|obeying) \s+ (?:your|the|any|those) \s+ (?:previous|prior|earlier|original|former|initial|system) \s+ (?:\w+\s+)? (?:instructions?|prompts?|rules|guidelines?|directives?)
        | \b (?:do\s+not|don['’]t|must\s+not|never) \s+ (?:mention|reveal|disclose|repeat|share|show) \s+ (?:this|these|those) \s+ (?:hidden\s+|secret\s+)? (?:instructions?|prompts?|directives?|commands?)
        | \b (?:assistant|ai|chat\s?bot|language\s+model|llm) s? \s* , \s* from \s+ now \s+ on \b
        | \b you \s+ are \s+ (?:now|no\s+longer) \s+ (?:an?\s+)? (?:in\s+)? (?:unrestricted|jailbroken|dan\b|developer\s+mode|evil|bound\s+by|free\s+(?:of|from)\s+(?:all\s+)?(?:restrictions|rules))
        | \b (?:do\s+not|don['’]t|never) \s+ (?:tell|inform|reveal|mention|disclose) \s+ (?:this\s+|these\s+instructions\s+|it\s+)? (?:to\s+)? the \s+ user
        | \b (?:reveal|print|repeat|output|leak|show|disclose) \s+ (?:me\s+)? (?:your|the) \s+ (?:full\s+|entire\s+|hidden\s+)? system \s+ prompt
        | \b (?:attention|note\s+to|message\s+(?:to|for)|instructions?\s+(?:to|for)) \s+ (?:all\s+|any\s+|the\s+)? (?:ai|llm|language|chat\s?gpt|gpt|claude|assistant)s? \s* (?:models?|assistants?|agents?|bots?|crawlers?|systems?)? \s* (?:[:,-]|reading)
        | \b (?:if|as) \s+ (?:you\s+are\s+)? an? \s+ (?:ai|llm|language\s+model|ai\s+language\s+model|chatbot) (?:\s+(?:assistant|agent|model))? (?:\s+(?:reading|processing|summari[sz]ing)\s+this)? , \s+ (?:you\s+(?:must|should|will|shall)|please|always|never|ignore|disregard|forget|do\s+not|don['’]t|say|tell|write|rate|give|respond|reply|answer|recommend)
        | <\|im_(?:start|end)\|> | <\|(?:system|assistant|endoftext)\|> | \[/?INST\] | <</?SYS>>",
    )
});

pub(super) fn check(reading: &Reading<'_>) -> Vec<Finding> {
    let text = reading.text();
    let seen = Seen::of(text);
    STEERING
        .find_iter(&seen.text)
        .map(|found| {
            let span = seen.span(found.range());
            let shown = reading.outline.in_code(span.start()) || is_quoted(text, span);
            let message = if shown {
                "Text that steers a language model is shown here, in a quotation or in code."
            } else {
                "This text addresses a language model and would steer it."
            };
            let finding = reading.finding(Rule::PromptInjection, message, span);
            if shown { finding.at(Severity::Warn) } else { finding }
        })
        .collect()
}

/// A text as people see it, without the zero-width characters that would hide words from a pattern.
struct Seen<'a> {
    text: Cow<'a, str>,
    /// Where characters were left out: the place in the text that is left, and how many bytes were left out up to there.
    left_out: Vec<(usize, usize)>,
}

impl<'a> Seen<'a> {
    fn of(text: &'a str) -> Self {
        if !text.contains(hidden_text::splits) {
            return Self { text: Cow::Borrowed(text), left_out: Vec::new() };
        }
        let (mut seen, mut left_out, mut gone) = (String::with_capacity(text.len()), Vec::new(), 0);
        for c in text.chars() {
            if hidden_text::splits(c) {
                gone += c.len_utf8();
                left_out.push((seen.len(), gone));
            } else {
                seen.push(c);
            }
        }
        Self { text: Cow::Owned(seen), left_out }
    }

    /// Where a stretch of it stands in the whole text.
    fn span(&self, seen: Range<usize>) -> ByteSpan {
        let gone =
            |before: usize| before.checked_sub(1).and_then(|last| self.left_out.get(last)).map_or(0, |(_, gone)| *gone);
        // What was left out right before the stretch is no part of it; what was left out right after it is none either.
        let start = seen.start + gone(self.left_out.partition_point(|(at, _)| *at <= seen.start));
        let end = seen.end + gone(self.left_out.partition_point(|(at, _)| *at < seen.end));
        ByteSpan::new(start, end)
    }
}

/// Whether the words are quoted: a quotation mark opens shortly before them in the same paragraph.
fn is_quoted(text: &str, span: ByteSpan) -> bool {
    let from = text.floor_char_boundary(span.start().saturating_sub(40));
    let before = text[from..span.start()].rsplit("\n\n").next().unwrap_or_default();
    let straight = before.matches('"').count() % 2 == 1;
    straight
        || before.chars().rev().find(|c| matches!(c, '“' | '”' | '«' | '»')).is_some_and(|c| matches!(c, '“' | '«'))
}
