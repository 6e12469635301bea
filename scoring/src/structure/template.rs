//! What the template of a site does on every page of it, said once.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Finding, Measurement, Rule};

/// From how many documents on, and of which share of all, a skipped level of headings is the work of what makes the pages.
const MANY: usize = 10;
const ONE_IN: usize = 3;

/// Of a heading that skips a level in the same way in many documents of a set, leaves the finding to the first of them by
/// its URI, with how many others there are: nobody mends each page of a site by itself. `chunks` are those of a whole set,
/// each with the URI of its document. A document by itself says what it has.
pub fn say_once(chunks: &mut [(&str, &mut Measurement)]) {
    let mut documents: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut all = BTreeSet::new();
    for (uri, measurement) in chunks.iter() {
        all.insert(*uri);
        for kind in measurement.findings.iter().filter_map(kind) {
            documents.entry(kind.to_owned()).or_default().insert(uri);
        }
    }
    documents.retain(|_, uris| uris.len() >= MANY.max(all.len() / ONE_IN));
    for (uri, measurement) in chunks.iter_mut() {
        measurement.findings.retain_mut(|finding| {
            let Some(uris) = kind(finding).and_then(|kind| documents.get(kind)) else { return true };
            let others = uris.len() - 1;
            let said = &finding.message;
            finding.message = format!("{said} So it is in {others} other documents: what makes the pages does it.");
            uris.first() == Some(uri)
        });
    }
}

/// What a finding about a skipped level says, however often the level is skipped in its document.
fn kind(finding: &Finding) -> Option<&str> {
    let message = finding.message.split(", ").next()?;
    (finding.rule == Rule::HeadingJump).then(|| message.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{document, measured};
    use tamis_ingest::MediaType;

    #[test]
    fn what_a_template_does_is_said_of_the_first_page() {
        let jump = measured(&document("a.md", MediaType::Markdown, "# Lamps\n\n### Bulbs\n\nThey glow in the dark.\n"));
        let twice = "# Lamps\n\n### Bulbs\n\nThey glow.\n\n# Shades\n\n### Silk\n\nThey dim the light.\n";
        let uris: Vec<String> = (0..MANY).map(|page| format!("{page}.md")).collect();
        let mut found = vec![jump.clone(); MANY - 1];
        found.push(measured(&document("b.md", MediaType::Markdown, twice)));
        let said = |pages: usize| -> Vec<String> {
            let mut found: Vec<Measurement> = found[MANY - pages..].to_vec();
            say_once(&mut uris.iter().map(String::as_str).zip(&mut found).collect::<Vec<_>>());
            found.into_iter().flat_map(|one| one.findings).map(|finding| finding.message).collect()
        };
        let once = "A heading of level 3 stands right under one of level 1. So it is in 9 other documents: what makes \
            the pages does it.";
        assert_eq!(said(MANY), [once]);
        assert_eq!(said(MANY - 1).len(), MANY - 1);

        // Of many pages, they are the ones that somebody wrote so.
        let plain = measured(&document("c.md", MediaType::Markdown, "# Lamps\n\n## Bulbs\n\nThey glow.\n"));
        let others: Vec<String> = (0..3 * MANY).map(|page| format!("other/{page}.md")).collect();
        let mut all: Vec<_> = found.into_iter().chain(vec![plain; others.len()]).collect();
        let uris = uris.iter().chain(&others).map(String::as_str);
        say_once(&mut uris.zip(&mut all).collect::<Vec<_>>());
        assert_eq!(all.iter().flat_map(|one| &one.findings).filter_map(kind).count(), MANY);
    }
}
