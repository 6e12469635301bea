//! The report as SARIF 2.1.0 (OASIS), which code hosts show beside the lines.

use std::io::Write;

use anyhow::Result;
use serde_json::{Value, json};
use tamis_scoring::{Rule, Severity};

use super::baseline::identity;
use super::report::{CheckReport, Found};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| described(*rule)).collect();
    let results: Vec<Value> = report.findings.iter().map(|found| result(found, report.baseline.is_some())).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "tamis", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            // Spans are byte offsets of the extracted text, which no column of the file corresponds to.
            "columnKind": "unicodeCodePoints",
            "results": results,
            "invocations": [{
                "executionSuccessful": report.failures.is_empty(),
                "toolExecutionNotifications": report.failures.iter().map(|failure| json!({
                    "level": "error",
                    "message": { "text": format!("{}: {}", failure.uri, failure.message) },
                })).collect::<Vec<_>>(),
            }],
        }],
    });
    writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
    Ok(())
}

fn described(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "shortDescription": { "text": rule.help() },
        "defaultConfiguration": { "level": level(rule.severity()) },
        "properties": { "dimension": rule.dimension().name() },
    })
}

fn result(found: &Found<'_>, has_baseline: bool) -> Value {
    let finding = found.finding;
    let mut result = json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": Rule::ALL.iter().position(|rule| *rule == finding.rule),
        "level": level(finding.severity),
        "message": { "text": found.told() },
        "locations": [{ "physicalLocation": physical(found) }],
        "partialFingerprints": { "tamis/v1": identity(found.uri, finding) },
    });
    if has_baseline {
        result["baselineState"] = json!(if found.new { "new" } else { "unchanged" });
    }
    result
}

fn physical(found: &Found<'_>) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": file_uri(&found.file) } });
    if let Some(line) = found.file_line {
        place["region"] = json!({ "startLine": line });
    }
    place
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warn => "warning",
        Severity::Error => "error",
    }
}

/// A path as a URI reference (RFC 3986): what is neither unreserved nor a slash is percent-encoded.
fn file_uri(path: &str) -> String {
    use std::fmt::Write as _;
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::file_uri;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(file_uri("docs/a b/ä#1.md"), "docs/a%20b/%C3%A4%231.md");
    }
}
