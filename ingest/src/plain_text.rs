//! Markdown without its marks.

use pulldown_cmark::{Event, Options, Parser, TagEnd};

/// The words of a Markdown text: no marks, no link targets, blocks parted by blank lines, table cells by tabs.
#[must_use]
pub fn plain_text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in
        Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH)
    {
        match event {
            Event::Text(part) | Event::Code(part) | Event::InlineMath(part) | Event::DisplayMath(part) => {
                text.push_str(&part);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push('\n'),
            Event::End(TagEnd::TableCell) => text.push('\t'),
            Event::End(TagEnd::TableRow | TagEnd::TableHead | TagEnd::Item) => end_line(&mut text),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::CodeBlock
                | TagEnd::List(_)
                | TagEnd::Table
                | TagEnd::BlockQuote(_)
                | TagEnd::FootnoteDefinition,
            ) => {
                end_line(&mut text);
                if !text.ends_with("\n\n") && !text.is_empty() {
                    text.push('\n');
                }
            }
            Event::Start(_)
            | Event::End(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end_matches(['\t', ' ']).len());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn marks_go_and_words_stay() {
        for (markdown, expected) in [
            ("# Title\n\nSome *bold* `code` and a [link](https://example.org).", "Title\n\nSome bold code and a link."),
            ("- one\n- two\n", "one\ntwo"),
            ("| a | b |\n|---|---|\n| 1 | 2 |\n", "a\tb\n1\t2"),
            ("```rust\nlet x = 1;\n```\n\nafter", "let x = 1;\n\nafter"),
            ("", ""),
        ] {
            assert_eq!(plain_text(markdown), expected, "{markdown:?}");
        }
    }
}
