//! Pages that need scripts to show anything.

use std::sync::LazyLock;

use regex::Regex;

use super::reading::ChunkReading;
use crate::excerpt::word_count;
use crate::outline::BlockKind;
use crate::pattern::pattern;
use crate::{Finding, Rule};

/// A page of more words than this says something beside.
const MOST_WORDS: usize = 60;

/// What a page says to a reader without scripts. That a program needs or turns on scripts is told of it by many texts.
static NEEDS_SCRIPTS: LazyLock<Regex> = LazyLock::new(|| {
    let source = r"\b (?:please|you \s+ (?:(?:will|may) \s+)? (?:need|have|must|should) (?:\s+to)?|try \s+ to) \s+ (?:first\s+)? <enable>
        | <enable> \s+ (?:support \s+)? (?:(?:in|on|for) \s+ (?:your|this|the) \s+ (?:web\s+)?(?:browser|site|page) (?:\s+settings)? \s+)?
            (?:to|in\s+order\s+to|and|if\s+you\s+(?:want|wish)\s+to) \s+ (?:properly\s+|fully\s+)? (?:view|run|use|see|show|read|continue|proceed|go\s+on|access|reload|refresh|try|enjoy|load|display|experience|open|log\s*in|sign\s*in|submit) \b
        | \b java\s?script \s+ (?:support\s+)? (?:(?:is|appears\s+to\s+be|seems\s+to\s+be) \s+ (?:currently\s+)?)? (?:disabled|required|turned\s+off|switched\s+off|blocked|not\s+(?:enabled|available|supported)|unavailable)
            (?: \s* (?:[.!,;:—]|\n|\z) | \s+ (?:or|and) \b | \s+ (?:in|by|on) \s+ (?:your|this) \b | \s+ (?:to|in\s+order\s+to|for\s+(?:this|the)) \b )
        | \b java\s?script \s+ (?:to\s+be|must\s+be|needs\s+to\s+be|has\s+to\s+be|should\s+be) \s+ (?:enabled|turned\s+on|switched\s+on|activated) \s* (?: [.!,;:]|\n|\z | (?:in|on) \s+ your \b | (?:to|in\s+order\s+to|for\s+(?:this|the)) \b )
        | \b (?:this|our|the) \s+ (?:\w+\s+)? (?:web\s?)?(?:site|page|app|application|document|content|form|portal|game|feature) \s+ (?:requires?|needs?|depends\s+on|relies\s+on) \s+ (?:\w+\s+)? java\s?script\b
        | \b (?:does\s+not|doesn['’]t|won['’]t|will\s+not|cannot|can['’]t) \s+ (?:work|run|load|function|be\s+(?:shown|displayed|used)) (?:\s+\w+){0,2}? \s+ without \s+ java\s?script\b
        | \b (?:your\s+)? browser \s+ (?:does\s+not|doesn['’]t|must) \s+ support \s+ java\s?script\b";
    let enable = r"(?:\b (?:enable|turn\s+on|activate|allow|switch\s+on) \s+ (?:your\s+)? (?:java\s?script|js\b|scripts?\b)(?:\s+and\s+cookies)?)";
    pattern(&source.replace("<enable>", enable))
});

/// A heading of instructions: "Enabling JavaScript in the kiosk", "How to turn on scripts".
static HOW_TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\#\s]*(?:\d+[.)]?\s+)? (?:how\s+to|(?:enabl|disabl|activat|allow|turn|switch|us|configur|sett|test|debugg)ing) \b",
    )
});

pub(super) fn check(here: &ChunkReading<'_>, findings: &mut Vec<Finding>) {
    let text = here.text();
    if here.reading.chunks.len() > 1 || text.len() > MOST_WORDS * 20 || word_count(text) > MOST_WORDS {
        return;
    }
    let asked =
        NEEDS_SCRIPTS.find(text).filter(|found| !here.reading.outline.in_code(here.span().start() + found.start()));
    if asked.is_some() && !is_how_to(here) {
        findings.push(here.finding(Rule::ScriptShell, "The page says little more than that it needs JavaScript."));
    }
}

/// Whether a heading says that the page is about how something is done.
fn is_how_to(here: &ChunkReading<'_>) -> bool {
    here.blocks()
        .any(|block| matches!(block.kind, BlockKind::Heading(_)) && HOW_TO.is_match(here.reading.at(block.span)))
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
            ("# Harbour\n\nPlease enable JavaScript to view this page.\n", true),
            ("JavaScript is turned off in your browser, so the map stays empty.\n", true),
            (
                "# Enabling JavaScript in the kiosk\n\nOpen the settings, choose Content and turn on JavaScript. You must enable scripts for each window. Restart it.\n",
                false,
            ),
            ("Open the settings of the kiosk, turn on JavaScript for the menu and restart it.\n", false),
            ("# Kiosk\n\nJavaScript is enabled by default in the kiosk and is disabled in its mail program.\n", false),
            ("# Forms\n\nAll forms work without JavaScript. The editor requires JavaScript and a mouse.\n", false),
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
