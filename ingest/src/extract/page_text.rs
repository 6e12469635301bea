//! All the words of an HTML page, for where its main content cannot be told.

use scraper::{ElementRef, Html, Node};

use super::tags;

/// Elements whose words are not shown.
const HIDDEN: [&str; 8] = ["head", "script", "style", "template", "noscript", "svg", "iframe", "object"];

/// Elements that stand within a line; all others break it.
const INLINE: [&str; 26] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "u",
];

/// The shown words of the page, a line a block, up to about `max` bytes.
pub(super) fn read(page: &Html, max: usize) -> String {
    let mut text = String::new();
    // A step is a node to read, or the end of a block.
    let mut steps = vec![Some(page.tree.root())];
    while let Some(step) = steps.pop() {
        let Some(node) = step else {
            break_line(&mut text);
            continue;
        };
        if text.len() > max {
            break;
        }
        match node.value() {
            Node::Text(words) => push_words(&mut text, words),
            Node::Element(element) if HIDDEN.contains(&element.name()) => {}
            Node::Element(element) if INLINE.contains(&element.name()) => steps.extend(node.children().rev().map(Some)),
            Node::Element(_) => {
                break_line(&mut text);
                steps.push(None);
                steps.extend(node.children().rev().map(Some));
            }
            Node::Document | Node::Fragment => steps.extend(node.children().rev().map(Some)),
            Node::Doctype(_) | Node::Comment(_) | Node::ProcessingInstruction(_) => {}
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// What the page says where scripts do not run, in `<noscript>`.
pub(super) fn without_scripts(page: &Html) -> String {
    let elements = page.tree.nodes().filter_map(ElementRef::wrap);
    let noscript = elements.filter(|element| element.value().name() == "noscript");
    // Where scripts are taken to run, what is inside is kept as it was written.
    let words = noscript.map(|element| tags::strip(&element.text().collect::<String>()));
    words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Appends words with one space for any run of space.
fn push_words(text: &mut String, words: &str) {
    for (i, word) in words.split_whitespace().enumerate() {
        let apart = i > 0 || words.starts_with(char::is_whitespace);
        if apart && !text.is_empty() && !text.ends_with(['\n', ' ']) {
            text.push(' ');
        }
        text.push_str(word);
    }
    if words.ends_with(char::is_whitespace) && !text.is_empty() && !text.ends_with(['\n', ' ']) {
        text.push(' ');
    }
}

/// Ends the paragraph, if one is open.
fn break_line(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_says_what_it_needs() {
        let page = Html::parse_document(
            "<head><title>App</title></head><body><noscript>You need to enable <b>JavaScript</b>.</noscript><div id=root></div></body>",
        );
        assert_eq!(read(&page, 1000), "");
        assert_eq!(without_scripts(&page), "You need to enable JavaScript .");
    }

    #[test]
    fn words_and_lines() {
        let page = Html::parse_document(
            "<head><title>T</title></head><body><nav>Home</nav><p>One <b>two</b>\n three<br>four</p>\
             <script>no()</script><ul><li>a<li>b</ul></body>",
        );
        assert_eq!(read(&page, 1000), "Home\n\nOne two three\n\nfour\n\na\n\nb");
    }
}
