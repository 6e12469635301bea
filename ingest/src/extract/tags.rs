//! HTML by its tags alone, for looking before parsing.

/// Elements that have no end tag, or whose end tag people leave out.
const UNCLOSED: [&str; 28] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "th", "thead", "tr", "track", "wbr",
];

/// Elements whose content is not markup.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// How deep the elements are nested, by counting tags; elements that are left open count.
pub(super) fn depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for piece in Pieces::of(source) {
        if let Piece::Tag { name, closes } = piece
            && !UNCLOSED.iter().any(|unclosed| name.eq_ignore_ascii_case(unclosed))
        {
            depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// The words between the tags, one space for each tag.
pub(super) fn strip(source: &str) -> String {
    let mut text = String::new();
    for piece in Pieces::of(source) {
        if let Piece::Words(words) = piece {
            for word in words.split_whitespace() {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
    }
    text
}

/// A part of a page.
enum Piece<'a> {
    Tag { name: &'a str, closes: bool },
    Words(&'a str),
}

/// The parts of a page in order, comments and the content of scripts left out.
struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    fn of(source: &'a str) -> Self {
        Self { rest: source }
    }

    /// Takes everything before the next `>`, and it; all there is where none is left.
    fn take_tag(&mut self) -> &'a str {
        let (taken, rest) = self.rest.split_once('>').unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Leaves out everything through the end of a comment. By its last character, which is found far faster.
    fn skip_comment(&mut self) {
        let end = self.rest.match_indices('>').map(|(at, _)| at).find(|&at| self.rest[..at].ends_with("--"));
        self.rest = end.map_or("", |end| &self.rest[end + 1..]);
    }

    /// Leaves out what stands before the end tag of a raw element.
    fn skip_raw(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let end = self.rest.match_indices('<').find(|(at, _)| {
            let tail = bytes.get(at + 2..at + 2 + name.len());
            bytes.get(at + 1) == Some(&b'/') && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name.as_bytes()))
        });
        self.rest = end.map_or("", |(at, _)| &self.rest[at..]);
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.rest.is_empty() {
            let Some(tag) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (words, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Piece::Words(words));
            };
            self.rest = tag;
            if let Some(comment) = tag.strip_prefix("!--") {
                self.rest = comment;
                self.skip_comment();
                continue;
            }
            let closes = tag.starts_with('/');
            let name =
                tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                // `a < b`, a doctype or a processing instruction.
                if tag.starts_with(['!', '?']) {
                    self.take_tag();
                }
                continue;
            }
            let inside = self.take_tag();
            if inside.ends_with('/') {
                continue;
            }
            if !closes && RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
                self.skip_raw(name);
            }
            return Some(Piece::Tag { name, closes });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn depth_by_tags() {
        let cases = [
            ("", 0),
            ("<p>a<p>b<br><li>c", 0),
            ("<html><body><div><!-- <div><div> --><p>x</div></body></html>", 3),
            ("<script>'<div><div>'</SCRIPT><div>", 1),
            ("<div><div><svg/><i>x</i></div></div><b>y</b>", 3),
            ("1 < 2 <3 <", 0),
        ];
        for (source, expected) in cases {
            assert_eq!(depth(source), expected, "{source}");
        }
    }

    #[test]
    fn words_between_tags() {
        assert_eq!(
            strip("<!doctype html><p>One<b>two</b>\n three<script>no()</script><!-- no --> 1 < 2"),
            "One two three 1 2"
        );
    }

    proptest! {
        #[test]
        fn any_text_has_an_end(source in "(<|>|/|!--|-->|script|div|[ -~]|.){0,60}") {
            let _ = (depth(&source), strip(&source));
        }
    }
}
