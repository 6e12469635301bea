//! The report as workflow commands of GitHub Actions, which turn into annotations at the lines.

use std::io::Write;

use anyhow::Result;
use tamis_scoring::Severity;

use super::report::CheckReport;

pub(super) fn write(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    for found in report.findings.iter().filter(|found| found.new) {
        let command = match found.finding.severity {
            Severity::Info => "notice",
            Severity::Warn => "warning",
            Severity::Error => "error",
        };
        let line = found.file_line.map(|line| format!(",line={line}")).unwrap_or_default();
        let (file, rule) = (property(&found.file), found.finding.rule.id());
        writeln!(out, "::{command} file={file}{line},title={rule}::{}", data(&found.told()))?;
    }
    for failure in report.failures {
        writeln!(out, "::error title=unreadable::{}", data(&format!("{}: {}", failure.uri, failure.message)))?;
    }
    Ok(())
}

/// Text of a command: a line break would end it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command: a colon or comma would end it too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn a_document_cannot_write_commands() {
        assert_eq!(data("a\n::error::b 100%"), "a%0A::error::b 100%25");
        assert_eq!(property("a,line=1::b"), "a%2Cline=1%3A%3Ab");
    }
}
