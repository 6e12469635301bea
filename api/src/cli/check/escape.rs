//! Text from documents inside markup.

/// Text that is safe between tags and inside quoted attributes of XML and HTML. What XML 1.0 cannot hold, control
/// characters and noncharacters, becomes U+FFFD.
pub(super) fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(character),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other if u32::from(other) < 0x20 => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

/// Text inside a cell of a Markdown table, on one line, with nothing that is read as markup.
pub(super) fn markdown_cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().fold(String::with_capacity(line.len()), |mut safe, character| {
        if "\\`*_[]<>|#!~$&".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::{markdown_cell, xml};

    #[test]
    fn text_stays_text() {
        assert_eq!(xml("<a href=\"x\">&'\u{1}"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\u{fffd}");
        assert_eq!(markdown_cell("a | b\n<script> [x](y)"), "a \\| b \\<script\\> \\[x\\](y)");
    }
}
