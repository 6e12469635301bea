//! Is it well-formed, readable text?
//!
//! Each rule reads the document through its outline, so that technical text (code, tables, formulas, symbols) is not
//! mistaken for damage, and files what it finds with the chunk where the evidence starts.

mod anchor;
mod cut_off;
mod emptiness;
mod fence;
mod furniture;
mod heading;
mod hidden_text;
mod image;
mod language;
mod length;
mod mojibake;
mod navigation;
mod notices;
mod ocr;
mod personal_data;
mod placeholder;
mod private_column;
mod prompt_injection;
mod reading;
mod reference;
mod repetition;
mod script_shell;
mod secret;
mod section;
mod signals;
mod symbols;
mod table;
mod template;

pub use notices::notice_finding;
pub(crate) use signals::CODE_SHARE;
pub use template::say_once;

use tamis_ingest::{Chunk, Document};

pub(crate) use reading::{ChunkReading, Reading};

use crate::outline::Outline;
use crate::policy::StructurePolicy;
use crate::{Finding, Measurement, Rule};

/// Measures the structure of every chunk.
pub(crate) fn examine(
    document: &Document,
    outline: &Outline,
    chunks: &[Chunk],
    policy: StructurePolicy,
) -> Vec<Measurement> {
    let reading = Reading { document, outline, chunks };
    let mut findings = Filing::new(chunks);
    for (index, chunk) in chunks.iter().enumerate() {
        let here = reading.chunk(chunk);
        emptiness::check(&here, &mut findings.by_chunk[index]);
        length::check_chunk(&here, policy, &mut findings.by_chunk[index]);
        symbols::check(&here, &mut findings.by_chunk[index]);
        repetition::check(&here, &mut findings.by_chunk[index]);
        repetition::check_rows(&here, &mut findings.by_chunk[index]);
        mojibake::check(&here, &mut findings.by_chunk[index]);
        navigation::check(&here, &mut findings.by_chunk[index]);
        script_shell::check(&here, &mut findings.by_chunk[index]);
        ocr::check(&here, &mut findings.by_chunk[index]);
        placeholder::check(&here, &mut findings.by_chunk[index]);
        emptiness::check_short(&here, &mut findings.by_chunk[index]);
    }
    for check in
        [table::check, fence::check, heading::check, personal_data::check, private_column::check, secret::check]
    {
        findings.file(check(&reading));
    }
    for check in [prompt_injection::check, hidden_text::check, notices::check] {
        findings.file(check(&reading));
    }
    for check in [anchor::check, language::check, section::check, cut_off::check, reference::check, image::check] {
        findings.file(check(&reading));
    }
    findings.file(length::check_paragraphs(&reading, policy));
    redact(document, &mut findings.by_chunk);
    chunks
        .iter()
        .zip(findings.by_chunk)
        .map(|(chunk, findings)| Measurement {
            signals: signals::of(&reading.chunk(chunk)),
            findings,
            ..Measurement::default()
        })
        .collect()
}

/// Findings by chunk.
struct Filing {
    starts: Vec<usize>,
    by_chunk: Vec<Vec<Finding>>,
}

impl Filing {
    fn new(chunks: &[Chunk]) -> Self {
        Self {
            starts: chunks.iter().map(|chunk| chunk.span.start()).collect(),
            by_chunk: chunks.iter().map(|_| Vec::new()).collect(),
        }
    }

    /// Puts each finding with the chunk where its first span starts; one that points nowhere goes with the first.
    fn file(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            let offset = finding.spans.first().map_or(0, |span| span.start());
            let index = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
            if let Some(chunk) = self.by_chunk.get_mut(index) {
                chunk.push(finding);
            }
        }
    }
}

/// What a finding about personal data or a secret points at must not leak through the quote of another.
fn redact(document: &Document, by_chunk: &mut [Vec<Finding>]) {
    for findings in by_chunk.iter_mut() {
        let sensitive: Vec<&str> = findings
            .iter()
            .filter(|finding| matches!(finding.rule, Rule::PersonalData | Rule::Secret))
            .flat_map(|finding| finding.spans.iter().filter_map(|span| span.of(&document.text)))
            .collect();
        if sensitive.is_empty() {
            continue;
        }
        for finding in findings.iter_mut().filter(|f| !matches!(f.rule, Rule::PersonalData | Rule::Secret)) {
            for text in &sensitive {
                finding.quote = finding.quote.replace(text, "[redacted]");
            }
        }
    }
}

#[cfg(test)]
mod tests;
