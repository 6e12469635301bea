//! Mailboxes: messages one after the other, each after a line that begins with `From ` (RFC 4155).

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use super::Member;
use crate::ContentHash;
use crate::extract::mail;
use crate::source::Line;

/// Longer messages are named, but not kept, in bytes.
const MAX_MESSAGE: u64 = 256 << 20;

/// Goes through the messages, each named by its `Message-ID`, so that a name stays when others come and go.
pub(super) fn each(content: impl Read, visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>) -> Result<(), String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let mut lines = Lines { reader: BufReader::new(content), number: 0, offset: 0 };
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut start = lines.next_line(MAX_MESSAGE).map_err(unreadable)?.map(|_| Line { number: 1, offset: 0 });
    while let Some(line) = start {
        let (message, next) = lines.message(MAX_MESSAGE).map_err(unreadable)?;
        let stem = stem(&message);
        let times = names.entry(stem.clone()).or_insert(0);
        *times += 1;
        let name = if *times > 1 { format!("{stem}~{times}.eml") } else { format!("{stem}.eml") };
        let content: &mut dyn Read = &mut message.as_slice();
        if visit(Member { name, stored_at: None, line: Some(line), content: Ok(content) }).is_break() {
            break;
        }
        start = next;
    }
    Ok(())
}

/// The message whose first line the reader stands at, of at most `limit` bytes and one; none where there is none.
pub(super) fn message(reader: &mut impl BufRead, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut lines = Lines { reader, number: 0, offset: 0 };
    match lines.next_line(limit)? {
        Some(line) if line.starts_with(b"From ") => Ok(Some(lines.message(limit)?.0)),
        Some(_) | None => Ok(None),
    }
}

/// What the name of a message begins with: its id, else the beginning of its hash.
pub(super) fn stem(message: &[u8]) -> String {
    let id = mail::message_id(message).map(|id| id.replace(['/', '\\', '\0'], "_"));
    id.unwrap_or_else(|| ContentHash::of(message).to_string()[..16].to_owned())
}

/// The lines of a mailbox, counted.
struct Lines<R> {
    reader: R,
    number: usize,
    offset: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next line with its end; of a longer one than `limit` its parts.
    fn next_line(&mut self, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = self.reader.by_ref().take(limit.saturating_add(1)).read_until(b'\n', &mut line)?;
        self.offset += read as u64;
        self.number += usize::from(line.ends_with(b"\n"));
        Ok((read > 0).then_some(line))
    }

    /// The rest of the message, and where the next one begins. What is longer than `limit` is cut one byte after it.
    fn message(&mut self, limit: u64) -> io::Result<(Vec<u8>, Option<Line>)> {
        let mut message = Vec::new();
        let mut was_blank = false;
        loop {
            let start = Line { number: self.number + 1, offset: self.offset };
            let Some(line) = self.next_line(limit)? else { return Ok((message, None)) };
            if was_blank && line.starts_with(b"From ") {
                return Ok((message, Some(start)));
            }
            was_blank = line.trim_ascii().is_empty();
            let room = (limit.saturating_add(1)).saturating_sub(message.len() as u64);
            // `>From` stands for `From`, lest it begin a message.
            let marks = line.iter().take_while(|byte| **byte == b'>').count();
            let kept = if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { &line[..] };
            message.extend_from_slice(&kept[..kept.len().min(usize::try_from(room).unwrap_or(usize::MAX))]);
        }
    }
}
