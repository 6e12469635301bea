//! Mail messages.

mod plain;

use std::borrow::Cow;

use jiff::Timestamp;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use plain::Flow;
use serde_json::Value;

use super::blocks::{self, Blocks};
use super::date::{Event, StatedDate};
use super::reading::Reading;
use super::{ExtractLimits, encoding, html, language};
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
    let shown: Vec<&MessagePart<'_>> = message.html_bodies().collect();
    let mut blocks = Blocks::new(limits.max_text_bytes);
    let mut signature = write(&message, message.text_bodies(), &mut blocks);
    reading.text = blocks.into_text();
    if shown.iter().any(|part| matches!(part.body, PartType::Html(_))) {
        let mut page = Blocks::new(limits.max_text_bytes);
        let page_signature = write(&message, shown.into_iter(), &mut page);
        let page = page.into_text();
        if words(&reading.text) * STANDS_IN < words(&page) {
            (reading.text, signature) = (page, page_signature);
        }
    }
    if !signature.is_empty() {
        reading.metadata.insert("signature".to_owned(), Value::String(signature));
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

/// Writes bodies one after the other, and gives the signature that stood below the last plain one that has any.
fn write<'a>(message: &Message<'_>, parts: impl Iterator<Item = &'a MessagePart<'a>>, blocks: &mut Blocks) -> String {
    let mut signature = String::new();
    for part in parts {
        match &part.body {
            PartType::Text(text) => {
                let text = decoded_again(message, part).map_or(Cow::Borrowed(text.as_ref()), Cow::Owned);
                let attribute = |name: &str| part.content_type().and_then(|kind| kind.attribute(name));
                let is = |name: &str, value: &str| attribute(name).is_some_and(|set| set.eq_ignore_ascii_case(value));
                let flow = match (is("format", "flowed"), is("delsp", "yes")) {
                    (false, _) => Flow::Fixed,
                    (true, false) => Flow::Flowed,
                    (true, true) => Flow::FlowedWithoutSpace,
                };
                let below = plain::write(&text, flow, blocks);
                if !below.is_empty() {
                    signature = below;
                }
            }
            PartType::Html(page) => {
                let page = decoded_again(message, part).map_or(Cow::Borrowed(page.as_ref()), Cow::Owned);
                blocks.block(&html::read_whole(page.as_bytes()).text);
            }
            _ => {}
        }
    }
    signature
}

/// The text of a part that names no character set, or none that is known, and is not in UTF-8: in the one it looks like.
fn decoded_again(message: &Message<'_>, part: &MessagePart<'_>) -> Option<String> {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return None };
    if !text.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize)?;
    let bytes = match part.encoding {
        Encoding::None => raw.to_vec(),
        Encoding::QuotedPrintable => quoted_printable_decode(raw)?,
        Encoding::Base64 => base64_decode(raw)?,
    };
    Some(encoding::decode(&bytes, None).0)
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests;
