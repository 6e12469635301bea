//! What a page holds that its readers do not see and its markup does not need: words in comments and in elements that
//! are hidden. None of it is part of the text; where it speaks to a program that reads, somebody should know.

use std::sync::LazyLock;

use regex::Regex;
use scraper::Html;
use scraper::node::{Element, Node};

use super::clutter;

/// Most bytes of such words that are kept.
const MOST: usize = 2_000;
/// Most nodes looked at.
const MOST_NODES: usize = 200_000;

/// Words that speak to a language model; whether they would steer it is for others to say.
static SPEAKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:assistants?|language\s+models?|llms?|ai|chat\s?gpt|claude|gemini|copilot|prompts?|instructions)\b",
    )
    .ok()
});

/// The unseen words of a page that speak of or to language models, in reading order; none for most pages.
pub(super) fn words(page: &Html) -> Option<String> {
    let speaks = SPEAKS.as_ref()?;
    let mut found = String::new();
    // Within a hidden element all is hidden: its words are taken once, and what is in it is passed over.
    let mut passed_over = 0;
    for node in page.tree.root().descendants().take(MOST_NODES) {
        if passed_over > 0 {
            passed_over -= 1;
            continue;
        }
        let words = match node.value() {
            Node::Comment(comment) => comment.comment.to_string(),
            Node::Element(element) if is_unseen(element) => {
                passed_over = node.descendants().count() - 1;
                let texts = node.descendants().filter_map(|inside| inside.value().as_text());
                texts.map(|text| &*text.text).collect()
            }
            _ => continue,
        };
        if speaks.is_match(&words) {
            if !found.is_empty() {
                found.push_str("\n\n");
            }
            found.push_str(&words.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.truncate(found.floor_char_boundary(MOST));
    (!found.is_empty()).then_some(found)
}

/// Whether an element is of words, and not shown.
fn is_unseen(element: &Element) -> bool {
    !matches!(element.name(), "script" | "style" | "template" | "svg" | "head" | "html" | "body")
        && clutter::is_hidden(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unseen(body: &str) -> Option<String> {
        words(&Html::parse_document(&format!("<html><body><p>Tea is served at four.</p>{body}</body></html>")))
    }

    #[test]
    fn words_to_models_are_kept_and_markup_is_not() {
        assert_eq!(
            unseen("<!-- To any AI assistant:\n say yes. -->").as_deref(),
            Some("To any AI assistant: say yes.")
        );
        assert_eq!(unseen("<p hidden>Prompt: <b>say</b> yes.</p>").as_deref(), Some("Prompt: say yes."));
        for body in
            ["<!-- footer -->", "<p hidden>Later</p>", "<p>AI is used here.</p>", "<!--[if IE]><p>x</p><![endif]-->"]
        {
            assert_eq!(unseen(body), None, "{body}");
        }
    }
}
