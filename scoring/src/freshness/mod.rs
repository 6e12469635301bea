//! Is it still true? Age against a half-life for the kind of document.
//!
//! Beside its age, a document shows that it is out of date by what its metadata says (superseded, deprecated, valid
//! until), by a banner that says so, by promises whose day has passed and by what it says "as of" a day long past. Beside
//! other documents it shows it by newer editions of itself, and by calling a version current that no longer is.

mod age;
mod current_version;
mod dated_statement;
mod dates;
mod dead_link;
mod described;
mod forecast;
mod kept;
mod kind;
mod outdated;
mod promise;
mod release;
mod stated;
mod superseded;

use jiff::Timestamp;
use tamis_ingest::{ByteSpan, Chunk, Document};

pub use age::age_score;
pub use current_version::{calls_current, outrun};
pub use dead_link::dead_link;
pub use forecast::{Ageing, falls_below};
pub use kind::DocumentKind;
pub use superseded::{old_version, superseded};

use crate::outline::Outline;
use crate::policy::FreshnessPolicy;
use crate::structure::Reading;
use crate::{Finding, Measurement, Rule};

/// Adds freshness to the measurements of a document's chunks. What holds for the whole document (its age, its banner,
/// its metadata) is found on each of its chunks, because each would mislead by itself.
pub(crate) fn examine(
    document: &Document,
    outline: &Outline,
    chunks: &[Chunk],
    policy: &FreshnessPolicy,
    now: Timestamp,
    measurements: &mut [Measurement],
) {
    let reading = Reading { document, outline, chunks };
    let kind = DocumentKind::under(policy, document);
    let dated = age::Dated::of(document);
    let score = age_score(kind, dated.at, dated.source, policy, now);
    let mut whole = stated::check(document, now);
    let banners = outdated::check_document(&reading);
    whole.extend(banners.clone());
    // A review that is overdue says what age would say, and nothing else does.
    let outspoken = whole.iter().any(|finding| finding.rule == Rule::Stale);
    whole.extend(age::stale(kind, dated, policy, now).filter(|_| !outspoken));
    let kept = kept::is_kept(&reading, kind);
    let mut first: Vec<Finding> = age::implausible(document, dated, now).into_iter().collect();
    first.extend(age::undated(dated));
    for (index, (chunk, measurement)) in chunks.iter().zip(measurements).enumerate() {
        measurement.freshness = Some(score);
        measurement.kept = kept;
        measurement.outspoken = outspoken;
        measurement.findings.extend(whole.iter().cloned());
        if index == 0 {
            measurement.findings.append(&mut first);
        }
        let here = reading.chunk(chunk);
        measurement.findings.extend(beside(&banners, outdated::check_chunk(&here, kind)));
        measurement.findings.extend(promise::check(&here, kind, now));
        measurement.findings.extend(release::check(&here, now));
        measurement.findings.extend(dated_statement::check(&here, kind, dated, policy, now));
    }
}

/// `findings` of a chunk without those that the document's banners are. Any other stays, however loud the document is: a
/// policy may silence that, and one more defect must never make a chunk better.
fn beside(banners: &[Finding], mut findings: Vec<Finding>) -> Vec<Finding> {
    for banner in banners {
        let is_banner = |found: &Finding| {
            let same_words = banner.spans.iter().any(|a| found.spans.iter().any(|b| overlap(*a, *b)));
            same_words && banner.rule == found.rule && banner.severity >= found.severity
        };
        if let Some(at) = findings.iter().position(is_banner) {
            findings.remove(at);
        }
    }
    findings
}

/// Whether two spans have text in common.
fn overlap(a: ByteSpan, b: ByteSpan) -> bool {
    a.start() < b.end() && b.start() < a.end()
}

#[cfg(test)]
mod monotone;
#[cfg(test)]
mod tests;
