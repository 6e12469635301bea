//! The words of a Markdown text, code left aside.

/// The text with code fences blanked out: spaces for every byte of a line in a fence, so that offsets stay.
pub(super) fn without_code(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        let in_code = fence.is_some() || mark.is_some();
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None | Some(_), None) | (Some(_), Some(_)) => {}
        }
        if in_code {
            prose.extend(line.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        } else {
            prose.push_str(line);
        }
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_blanked() {
        let text = "one\n```rust\nlét x;\n~~~\n```\ntwo `x`\n";
        let prose = without_code(text);
        assert_eq!(prose.len(), text.len());
        assert_eq!(prose.split_whitespace().collect::<Vec<_>>(), ["one", "two", "`x`"]);
    }
}
