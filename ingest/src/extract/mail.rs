//! Mail messages.

use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};
use serde_json::Value;

use super::blocks::{self, Blocks};
use super::date::{Event, StatedDate};
use super::reading::Reading;
use super::{ExtractLimits, html, language};
use crate::{DateSource, NoticeKind};

/// A plain body that has no more than this part of the words of the HTML beside it only stands in for it.
const STANDS_IN: usize = 4;

/// Reads a message: its body as Markdown. Attachments are documents of their own.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut reading = Reading::default();
    let Some(message) = MessageParser::default().parse(bytes) else {
        reading.note(NoticeKind::Malformed, "this is no mail message: it has no headers");
        return reading;
    };
    read_headers(&message, &mut reading);
    let is_locked = message.parts.iter().filter_map(|part| part.content_type()).any(|kind| {
        let subtype = kind.subtype().unwrap_or_default();
        subtype.eq_ignore_ascii_case("encrypted") || subtype.eq_ignore_ascii_case("pkcs7-mime")
    });
    let plain = bodies(message.text_bodies().map(|part| &part.body));
    let pages = message.html_bodies().filter_map(|part| match &part.body {
        PartType::Html(page) => Some(html::read_whole(page.as_bytes()).text),
        _ => None,
    });
    let page = pages.collect::<Vec<String>>().join("\n\n");
    if words(&plain) * STANDS_IN >= words(&page) {
        let mut blocks = Blocks::new(limits.max_text_bytes);
        write_plain(&plain, &mut blocks);
        reading.text = blocks.into_text();
    } else {
        reading.text = page;
    }
    if is_locked && reading.text.is_empty() {
        reading.note(NoticeKind::Encrypted, "the message is encrypted: export it decrypted");
    }
    reading
}

/// The attachments of a message with their names; those without one are named by their place.
pub(crate) fn attachments(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Some(message) = MessageParser::default().parse(bytes) else { return Vec::new() };
    let named = message.attachments().enumerate().map(|(index, part)| {
        let is_message = part.is_message();
        let ending = if is_message { ".eml" } else { "" };
        let given = part.attachment_name().map(|name| name.replace(['/', '\\', '\0'], "_"));
        let name = given.filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| format!("attachment-{}{ending}", index + 1));
        (name, part.contents().to_vec())
    });
    named.collect()
}

/// The id of a message by its own header.
pub(crate) fn message_id(bytes: &[u8]) -> Option<String> {
    let message = MessageParser::default().parse_headers(bytes)?;
    message.message_id().map(str::to_owned).filter(|id| !id.trim().is_empty())
}

fn read_headers(message: &Message<'_>, reading: &mut Reading) {
    reading.title = message.subject().map(blocks::one_line).filter(|subject| !subject.is_empty());
    reading.authors = message.from().map(people).unwrap_or_default();
    reading.language = message.header_raw("Content-Language").and_then(language::from_tag);
    let mut keep = |name: &str, value: Vec<String>| {
        if !value.is_empty() {
            reading.metadata.insert(name.to_owned(), Value::String(value.join("; ")));
        }
    };
    keep("to", message.to().map(people).unwrap_or_default());
    keep("cc", message.cc().map(people).unwrap_or_default());
    keep("message_id", message.message_id().map(str::to_owned).into_iter().collect());
    if let Some(date) = message.date() {
        let at = date.is_valid().then(|| Timestamp::from_second(date.to_timestamp()).ok()).flatten();
        let written = message.header_raw("Date").unwrap_or_default().trim().to_owned();
        let (event, source, field) = (Event::Published, DateSource::MailHeader, "Date".to_owned());
        reading.dates.push(StatedDate { event, source, field, written, at, span: None });
    }
}

/// The names of people, their addresses where they have none.
fn people(address: &Address<'_>) -> Vec<String> {
    let person = |person: &mail_parser::Addr<'_>| {
        let name = person.name().map(str::trim).filter(|name| !name.is_empty());
        name.or(person.address()).map(blocks::one_line)
    };
    address.iter().filter_map(person).collect()
}

/// The plain bodies, one after the other.
fn bodies<'a>(parts: impl Iterator<Item = &'a PartType<'a>>) -> String {
    let plain = parts.filter_map(|part| match part {
        PartType::Text(text) => Some(text.replace("\r\n", "\n")),
        _ => None,
    });
    plain.collect::<Vec<String>>().join("\n\n")
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Plain text as Markdown: paragraphs with their line ends, quotations of other messages, everything else escaped.
fn write_plain(text: &str, blocks: &mut Blocks) {
    let mut paragraph: Vec<String> = Vec::new();
    let mut is_quote = false;
    let end = |paragraph: &mut Vec<String>, is_quote: bool, blocks: &mut Blocks| {
        let lines = std::mem::take(paragraph);
        let words = lines.join("  \n");
        if is_quote { blocks.quote(&words) } else { blocks.block(&words) }
    };
    for line in text.lines() {
        if blocks.is_full() {
            return;
        }
        let quoted = line.starts_with('>');
        let words = line.trim_start_matches(['>', ' ']).trim();
        let is_rule = words.len() > 2 && words.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '~'));
        if words.is_empty() || is_rule || quoted != is_quote {
            end(&mut paragraph, is_quote, blocks);
            is_quote = quoted;
        }
        if !words.is_empty() && !is_rule {
            let is_item = words.starts_with("- ") || words.starts_with("* ");
            paragraph.push(if is_item {
                format!("{}{}", &words[..2], blocks::escaped(&words[2..]))
            } else {
                blocks::escaped(words)
            });
        }
    }
    end(&mut paragraph, is_quote, blocks);
}
