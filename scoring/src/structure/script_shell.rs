//! Pages that need scripts to show anything.

use std::sync::LazyLock;

use regex::Regex;

use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::pattern::pattern;
use crate::{Finding, Rule};

/// A page of more words than this says something beside.
const MOST_WORDS: usize = 60;

static NEEDS_SCRIPTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b (?:enable|turn\s+on|activate|allow|switch\s+on) \s+ (?:your\s+)? (?:java\s?script|js\b|scripts?\b)
        | \b java\s?script \s+ (?:(?:is|to\s+be|must\s+be|needs\s+to\s+be|has\s+to\s+be|should\s+be|appears\s+to\s+be|seems\s+to\s+be) \s+ (?:currently\s+)?)? (?:disabled|required|enabled|turned\s+o(?:n|ff)|switched\s+o(?:n|ff)|blocked|not\s+(?:enabled|available|supported)|unavailable)
        | \b (?:requires?|needs?|depends\s+on|(?:does\s+not|doesn['’]t|won['’]t|cannot|can['’]t)\s+(?:work|run|load|function|be\s+(?:shown|displayed|used))(?:\s+\w+){0,2}?\s+without) \s+ (?:\w+\s+)?java\s?script\b
        | \b (?:your\s+)? browser \s+ (?:does\s+not|doesn['’]t|must) \s+ support \s+ java\s?script\b
        | \b without \s+ java\s?script \b",
    )
});

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let text = here.text();
    if here.reading.chunks.len() > 1 || text.len() > MOST_WORDS * 20 || word_count(text) > MOST_WORDS {
        return;
    }
    let asked =
        NEEDS_SCRIPTS.find(text).filter(|found| !here.reading.outline.in_code(here.span().start() + found.start()));
    if asked.is_some() {
        findings.push(here.finding(Rule::ScriptShell, "The page says little more than that it needs JavaScript."));
    }
}

#[cfg(test)]
mod tests {
    use crate::Rule;
    use crate::testing::rules;

    #[test]
    fn shells_are_found_and_pages_about_scripts_are_not() {
        for (text, shell) in [
            ("You need to enable JavaScript to run this app.\n", true),
            ("Please turn on JavaScript in your browser and reload the page.\n", true),
            ("This site requires JavaScript.\n", true),
            ("JavaScript is disabled. Enable it to go on.\n", true),
            ("Loading…\n\nThis page cannot be displayed without JavaScript.\n", true),
            (
                "We're sorry, but the console doesn't work properly without JavaScript enabled. Please enable it to continue.\n",
                true,
            ),
            ("JavaScript must be enabled in order to view this document.\n", true),
            ("JavaScript is a language that browsers run. It has closures.\n", false),
            ("The page writes `enable JavaScript` where scripts are off.\n", false),
            ("The form needs a Java runtime and a script that starts it.\n", false),
        ] {
            assert_eq!(rules(text).contains(&Rule::ScriptShell), shell, "{text}");
        }
        let page = "The editor saves a draft every ten seconds and keeps the last fifty of them. ".repeat(6);
        assert!(
            !rules(&format!("# Editor\n\n{page}\n\nThe editor requires JavaScript.\n")).contains(&Rule::ScriptShell)
        );
    }
}
