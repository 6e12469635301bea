//! Rich Text Format (1.9.1): the words of its paragraphs, headings, lists, tables, links and notes.

mod control;
mod encoding;
mod state;

use state::Writer;

use super::ExtractLimits;
use super::reading::Reading;
use crate::NoticeKind;
use control::{Token, tokens};

/// Groups nested deeper than this are no document a program wrote.
const MAX_DEPTH: usize = 1_000;

/// Reads an RTF file.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let mut writer = Writer::new(limits.max_text_bytes);
    if !bytes.trim_ascii_start().starts_with(b"{\\rtf") {
        let mut reading = Reading::default();
        reading.note(NoticeKind::Malformed, "the file does not begin as RTF does");
        return reading;
    }
    let mut depth = 0_usize;
    let mut problem = None;
    for token in tokens(bytes) {
        match token {
            Token::Open => {
                depth += 1;
                if depth > MAX_DEPTH {
                    problem = Some(format!("its groups are nested more than {MAX_DEPTH} deep"));
                    break;
                }
                writer.open();
            }
            Token::Close => {
                writer.close();
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            Token::Word(word, number) => writer.word(word, number),
            Token::Byte(byte) => writer.byte(byte),
            Token::Character(c) => writer.character(c),
            Token::Ignorable => writer.ignorable(),
        }
        if writer.is_full() {
            depth = 0;
            break;
        }
    }
    if depth > 0 && problem.is_none() {
        problem = Some("it ends before its groups do".to_owned());
    }
    let mut reading = writer.finish();
    if let Some(problem) = problem {
        reading.note(NoticeKind::Malformed, format!("the RTF is damaged: {problem}"));
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &str) -> String {
        read(rtf.as_bytes(), ExtractLimits::default()).text
    }

    #[test]
    fn structure_is_kept() {
        let document = r#"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}
{\stylesheet{\s0 Normal;}{\s1 heading 1;}}
{\info{\title Sieves}{\author Ada; Bo}{\creatim\yr2023\mo3\dy1}{\revtim\yr2024\mo3\dy1\hr9\min5}}
{\header Page header\par}
\pard\s1 Use \u8212? it\par
\pard\plain caf\'e9, {\f1 \'e4\'e0} \b bold\b0\par
{\listtext 1.\tab}\ls1\ilvl0 first\par
{\listtext\'b7\tab}\ls2 point\par
\pard see {\field{\*\fldinst HYPERLINK "https://x.org/a"}{\fldrslt the mill}}{\footnote A note.} now\par
\trowd\intbl a\cell b\cell\row\trowd\intbl 1\cell 2|3\cell\row
\pard {\v hidden}{\*\unknown gone}end{\pict\bin3 }}}\par}"#;
        let reading = read(document.as_bytes(), ExtractLimits::default());
        assert_eq!(reading.title.as_deref(), Some("Sieves"));
        assert_eq!(reading.authors, ["Ada", "Bo"]);
        assert_eq!(reading.dates.len(), 2);
        insta::assert_snapshot!(reading.text, @r"
        # Use — it

        café, да bold

        1. first
        - point

        see [the mill](https://x.org/a)[^1] now

        | a | b |
        |---|---|
        | 1 | 2\|3 |

        end

        [^1]: A note.
        ");
    }

    /// What a field shows may end a paragraph or a cell; the link is what stands after it.
    #[test]
    fn fields_run_over_paragraphs() {
        let field = |inside: &str| {
            text(&format!(r#"{{\rtf1 a\u233? {{\field{{\*\fldinst HYPERLINK "u"}}{{\fldrslt {inside}}}}} z\par}}"#))
        };
        assert_eq!(field(r"b\par \u233?\u8212?"), "aé b\n\n[é—](u) z");
        assert_eq!(field(r"b{\footnote c\cell d}e"), "aé [be[^1]](u) z\n\n[^1]: d");
    }

    #[test]
    fn damage_ends_in_a_notice() {
        assert_eq!(text(r"{\rtf1 cut off"), "cut off");
        for rtf in ["{\\rtf1 cut", &format!("{{\\rtf1{}", "{".repeat(5_000)), "no rtf"] {
            assert_eq!(
                read(rtf.as_bytes(), ExtractLimits::default()).notices[0].kind,
                NoticeKind::Malformed,
                "{rtf:.10}"
            );
        }
        assert_eq!(text(r"{\rtf1\bin999999999999 x\u99999999 \'zz ok}"), "");
    }
}
