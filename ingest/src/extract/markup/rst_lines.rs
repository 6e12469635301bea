//! Lines of reStructuredText and how far they are set in.

/// Marks that may underline a title.
const ADORNMENTS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// How far a line is set in.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

pub(super) fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// The mark a line is made of, if it is made of one.
pub(super) fn adornment(line: &str) -> Option<char> {
    let line = line.trim_end();
    let mark = line.chars().next().filter(|c| ADORNMENTS.contains(*c))?;
    (line.len() >= 2 && line.chars().all(|c| c == mark)).then_some(mark)
}

/// The lines from `from` on that are blank or set in at least `least`, without blank ones at the end; and where they end.
pub(super) fn set_in(lines: &[String], from: usize, least: usize) -> usize {
    let mut end = from;
    for (at, line) in lines.iter().enumerate().skip(from) {
        if is_blank(line) {
            continue;
        }
        if indent(line) < least {
            break;
        }
        end = at + 1;
    }
    end
}

/// The lines without the indent they share, and without blank lines around them.
pub(super) fn dedented(lines: &[String]) -> Vec<String> {
    let least = lines.iter().filter(|line| !is_blank(line)).map(|line| indent(line)).min().unwrap_or(0);
    let mut lines: Vec<String> =
        lines.iter().map(|line| line.get(least..).unwrap_or_default().trim_end().to_owned()).collect();
    while lines.first().is_some_and(|line| is_blank(line)) {
        lines.remove(0);
    }
    while lines.last().is_some_and(|line| is_blank(line)) {
        lines.pop();
    }
    lines
}

/// The text of a list item: its first line from where its text begins, the others as they are set in.
pub(super) fn item(lines: &[String], at: usize, text_at: usize) -> (Vec<String>, usize) {
    let end = set_in(lines, at + 1, text_at.min(indent(&lines[at]) + 1).max(1)).max(at + 1);
    let first = lines[at].get(text_at..).unwrap_or_default().to_owned();
    let rest = dedented(&lines[at + 1..end]);
    let mut text = vec![first];
    let is_apart = lines.get(at + 1).is_some_and(|line| is_blank(line));
    if is_apart && !rest.is_empty() {
        text.push(String::new());
    }
    text.extend(rest);
    (text, end)
}
