//! Markdown, with front matter in YAML or TOML.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::reading::Reading;
use super::{encoding, front_matter};

/// How far the first heading is looked for, in bytes.
const TITLE_WITHIN: usize = 64 << 10;

/// Reads Markdown. The text is what stands after the front matter, as it stands there.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let (text, notice) = encoding::decode(bytes, None);
    let mut reading = Reading { notices: notice.into_iter().collect(), ..Reading::default() };
    let mut body = text.as_str();
    if let Some(front) = front_matter::split(&text)
        && let Some(fields) = front_matter::parse(&front, &mut reading.notices)
    {
        front_matter::apply(fields, &mut reading);
        body = &text[front.end..];
    }
    reading.line_offset = Some(text[..text.len() - body.len()].matches('\n').count());
    if reading.title.is_none() {
        reading.title = first_heading(body);
    }
    body.clone_into(&mut reading.text);
    reading
}

/// The words of the first heading that has any.
pub(super) fn first_heading(text: &str) -> Option<String> {
    let head = &text[..text.floor_char_boundary(TITLE_WITHIN)];
    let mut title: Option<String> = None;
    for event in Parser::new_ext(head, Options::ENABLE_HEADING_ATTRIBUTES) {
        match event {
            Event::Start(Tag::Heading { .. }) => title = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let words = title.take().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
                if !words.is_empty() {
                    return Some(words);
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(title) = &mut title {
                    title.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(title) = &mut title {
                    title.push(' ');
                }
            }
            _ => {}
        }
    }
    None
}
