//! The report as `JUnit` XML, which CI servers show as tests: one case a document.

use std::io::Write;

use anyhow::Result;
use tamis_scoring::Severity;

use super::escape::xml;
use super::report::{CheckReport, Found};

pub(super) fn write(out: &mut impl Write, report: &CheckReport<'_>) -> Result<()> {
    let fails = |found: &&Found<'_>| found.new && found.finding.severity > Severity::Info;
    let failed = report.by_document().filter(|(_, found)| found.iter().any(|one| fails(&one))).count();
    let (total, errors) = (report.documents + report.failures.len(), report.failures.len());
    let counts = format!("tests=\"{total}\" failures=\"{failed}\" errors=\"{errors}\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"tamis check\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"documents\" {counts}>")?;
    for (uri, found) in report.by_document() {
        write!(out, "    <testcase classname=\"tamis\" name=\"{}\"", xml(uri))?;
        let mut open = false;
        for one in found.iter().filter(|one| fails(one)) {
            if !open {
                writeln!(out, ">")?;
                open = true;
            }
            let line = one.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let rule = one.finding.rule.id();
            let (message, text) = (xml(&one.finding.message), xml(&format!("{line}{}", one.told())));
            writeln!(out, "      <failure type=\"{rule}\" message=\"{message}\">{text}</failure>")?;
        }
        writeln!(out, "{}", if open { "    </testcase>" } else { "/>" })?;
    }
    for failure in report.failures {
        writeln!(out, "    <testcase classname=\"tamis\" name=\"{}\">", xml(&failure.uri))?;
        writeln!(out, "      <error type=\"unreadable\" message=\"{}\"/>", xml(&failure.message))?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")?;
    Ok(())
}
