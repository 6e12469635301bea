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
mod forecast;
mod kept;
mod kind;
mod outdated;
mod promise;
mod stated;
mod superseded;

use jiff::Timestamp;
use tamis_ingest::{Chunk, Document};

pub use age::age_score;
pub use current_version::{calls_current, outrun};
pub use dead_link::dead_link;
pub use forecast::{Ageing, falls_below};
pub use kind::DocumentKind;
pub use superseded::{old_version, superseded};

use crate::outline::Outline;
use crate::policy::FreshnessPolicy;
use crate::structure::Reading;
use crate::{Finding, Measurement};

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
    whole.extend(outdated::check_document(&reading));
    let outspoken = !whole.is_empty();
    whole.extend(age::stale(kind, dated, policy, now).filter(|_| !outspoken));
    let kept = kept::is_kept(&reading, kind);
    let mut first: Vec<Finding> = age::implausible(document, dated, now).into_iter().collect();
    first.extend(age::undated(dated).filter(|_| !outspoken));
    for (index, (chunk, measurement)) in chunks.iter().zip(measurements).enumerate() {
        measurement.freshness = Some(score);
        measurement.kept = kept;
        measurement.outspoken = outspoken;
        measurement.findings.extend(whole.iter().cloned());
        if index == 0 {
            measurement.findings.append(&mut first);
        }
        let here = reading.chunk(chunk);
        if !outspoken {
            measurement.findings.extend(outdated::check_chunk(&here, kind));
        }
        measurement.findings.extend(promise::check(&here, kind, now));
        measurement.findings.extend(dated_statement::check(&here, kind, dated, policy, now));
    }
}

#[cfg(test)]
mod tests;
