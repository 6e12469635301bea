//! MDX: Markdown with JSX in it. What is program goes, line by line, so that every line stays where it was; what
//! components hold stays.

use crate::extract::markdown;
use crate::extract::reading::Reading;

/// Attributes of components whose words are shown.
const SHOWN: [&str; 5] = ["title", "label", "header", "heading", "summary"];

/// Statements that go on over more lines than this are text after all.
const MAX_STATEMENT: usize = 500;

/// Longer lines are no text that a person wrote, in bytes; they stay as they are.
const MAX_LINE: usize = 8_000;

/// A tag goes on over no more lines than this.
const MAX_JOINED: usize = 40;

/// Reads MDX.
pub(in crate::extract) fn read(bytes: &[u8]) -> Reading {
    let mut reading = markdown::read(bytes);
    let text = without_program(&reading.text);
    // A heading may be among what was taken out of the text, as in a template.
    if text != reading.text {
        for notice in &mut reading.notices {
            notice.span = None;
        }
        reading.title =
            reading.title.filter(|title| text.contains(title.as_str())).or_else(|| markdown::first_heading(&text));
    }
    reading.text = text;
    reading
}

/// The text without imports, exports, tags of components and comments.
fn without_program(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    let mut fence: Option<String> = None;
    // How far what stands in open components is set in, which is layout and not code.
    let mut indents: Vec<Option<usize>> = Vec::new();
    let mut was_blank = true;
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        if let Some(open) = &fence {
            if line.trim_start().starts_with(open.as_str()) && line.trim().chars().all(|c| open.starts_with(c)) {
                fence = None;
            }
            out.push_str(dedented(&line, &indents));
            continue;
        }
        if was_blank && (line.starts_with("import ") || line.starts_with("export ")) {
            let mut taken = 1;
            blank(&line, &mut out);
            while taken < MAX_STATEMENT && lines.peek().is_some_and(|next| !next.trim().is_empty()) {
                blank(lines.next().unwrap_or_default(), &mut out);
                taken += 1;
            }
            continue;
        }
        if let Some(mark) = fence_mark(&line) {
            settle(&line, &mut indents);
            fence = Some(mark);
            out.push_str(dedented(&line, &indents));
            was_blank = false;
            continue;
        }
        if line.len() > MAX_LINE {
            out.push_str(&line);
            was_blank = false;
            continue;
        }
        // A tag or a comment may go on over several lines.
        let mut joined = 1;
        while joined < MAX_JOINED && line.len() < MAX_LINE && opens_without_end(&line) {
            joined += 1;
            match lines.next() {
                Some(next) => line.push_str(next),
                None => break,
            }
        }
        settle(&line, &mut indents);
        let before = indents.clone();
        let bare = bare(&line, &mut indents);
        was_blank = bare.trim().is_empty();
        let kept = if before.len() > indents.len() { &indents } else { &before };
        if was_blank {
            blank(&line, &mut out);
        } else {
            out.push_str(dedented(&bare, kept));
        }
    }
    out
}

/// As many line ends as the line has, and nothing else.
fn blank(line: &str, out: &mut String) {
    out.extend(line.chars().filter(|&c| c == '\n'));
}

/// The marks that open a fence on this line.
fn fence_mark(line: &str) -> Option<String> {
    let start = line.trim_start();
    let mark = start.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = start.chars().take_while(|&c| c == mark).count();
    (count >= 3).then(|| mark.to_string().repeat(count))
}

/// The first line in a component that says anything tells how far all are set in.
fn settle(line: &str, indents: &mut [Option<usize>]) {
    if let Some(last @ None) = indents.last_mut()
        && !line.trim().is_empty()
        && !line.trim_start().starts_with("</")
    {
        *last = Some(line.len() - line.trim_start_matches(' ').len());
    }
}

/// The line without what components set it in by.
fn dedented<'a>(line: &'a str, indents: &[Option<usize>]) -> &'a str {
    let most = indents.iter().rev().find_map(|indent| *indent).unwrap_or(0);
    let spaces = line.len() - line.trim_start_matches(' ').len();
    &line[spaces.min(most)..]
}

/// Whether a tag of a component or a comment begins here and does not end.
fn opens_without_end(line: &str) -> bool {
    if line.matches("{/*").count() > line.matches("*/}").count() {
        return true;
    }
    match last_tag(line) {
        Some(at) => tag_end(&line[at..]).is_none() && !line[..at].contains('`'),
        None => false,
    }
}

/// Where the last tag of a component begins.
fn last_tag(line: &str) -> Option<usize> {
    let is_tag = |at: usize| line[at + 1..].trim_start_matches('/').starts_with(|c: char| c.is_ascii_uppercase());
    line.match_indices('<').map(|(at, _)| at).rfind(|&at| is_tag(at))
}

/// Where a tag ends, quoted values and braces gone over.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => depth = depth.saturating_sub(1),
            (None, '>') if depth == 0 => return Some(at + 1),
            (_, _) => {}
        }
    }
    None
}

/// The line without tags of components, comments and empty expressions. Code within the line stays.
fn bare(line: &str, indents: &mut Vec<Option<usize>>) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c == '`' {
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            let end = rest[ticks..].find(&rest[..ticks]).map_or(ticks, |at| at + 2 * ticks);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let dropped = if rest.starts_with("{/*") {
            rest.find("*/}").map(|at| at + 3)
        } else if rest.starts_with("<>") || rest.starts_with("</>") {
            rest.find('>').map(|at| at + 1)
        } else if rest.starts_with("{' '}") || rest.starts_with("{\" \"}") {
            out.push(' ');
            Some(5)
        } else if c == '<' {
            component(rest, indents, &mut out)
        } else {
            None
        };
        if let Some(end) = dropped {
            blank(&rest[..end], &mut out);
            rest = &rest[end..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// How long the tag is that the text begins with, if it is one of a component or holds program. The words it shows are
/// kept.
fn component(text: &str, indents: &mut Vec<Option<usize>>, out: &mut String) -> Option<usize> {
    let closes = text.starts_with("</");
    let name = text.trim_start_matches(['<', '/']).chars().next()?;
    let end = tag_end(text)?;
    let tag = &text[..end];
    if !name.is_ascii_uppercase() {
        if !name.is_ascii_lowercase() || !tag.contains("={") {
            return None;
        }
        // HTML knows no values in braces.
        let name: String = tag[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        for part in ["<", &name, if tag.ends_with("/>") { "/>" } else { ">" }] {
            out.push_str(part);
        }
        return Some(end);
    }
    if closes {
        indents.pop();
        return Some(end);
    }
    if !tag.ends_with("/>") && indents.len() < 64 {
        indents.push(None);
    }
    for name in SHOWN {
        let value = tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            // What stands around it on the line are other words.
            if out.ends_with(|c: char| !c.is_whitespace()) {
                out.push(' ');
            }
            out.push_str(value);
            if text[end..].starts_with(|c: char| !c.is_whitespace()) {
                out.push(' ');
            }
            break;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_goes_and_lines_stay() {
        let page = "import Tabs from '@theme/Tabs'\nexport const x = {\n  a: 1,\n}\n\n# Sieves\n\n{/* a\ncomment */}\n<Tabs>\n  <Tab title=\"npm\" x={{ a: '>' }}>\n\n    ```bash\n    npm i <Mill>\n    ```\n\n    More about `<Tab>`{' '}and <Link to=\"/a\">the mill</Link>.\n\n  </Tab>\n</Tabs>\n\n<div style={{ a: 1 }}>one</div>\n\nimported goods; 1 < 2 <b>x</b>\n";
        let read = without_program(page);
        assert_eq!(read.lines().count(), page.lines().count());
        let said: Vec<&str> = read.lines().filter(|line| !line.is_empty()).collect();
        let expected = [
            "# Sieves",
            "npm",
            "```bash",
            "npm i <Mill>",
            "```",
            "More about `<Tab>` and the mill.",
            "<div>one</div>",
            "imported goods; 1 < 2 <b>x</b>",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn plain_markdown_stays_as_it_is() {
        for text in ["# A\n\nimport taxes\n are high.\n", "a < B\n", "<Unclosed\n", "```\nimport x\n\n<A>\n```\n", ""] {
            let expected = if text.contains("import taxes") { "# A\n\n\n\n" } else { text };
            assert_eq!(without_program(text), expected);
        }
    }

    #[test]
    fn shown_words_stand_apart() {
        for (line, expected) in [
            ("<TabItem label=\"macOS\">brew install</TabItem>\n", "macOS brew install\n"),
            ("<TabItem label=\"macOS\">brew</TabItem><TabItem label=\"Linux\">apt</TabItem>", "macOS brew Linux apt"),
            ("One <Badge label=\"new\" /> and\n", "One new and\n"),
            ("<Tab title=\"npm\">\nText\n</Tab>\n", "npm\nText\n\n"),
            ("<Note>bran</Note>s\n", "brans\n"),
        ] {
            assert_eq!(without_program(line), expected, "{line}");
        }
    }
}
