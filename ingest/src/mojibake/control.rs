//! Control characters that were letters or marks: text of one byte a character, read as ISO 8859-1.

use super::charset::Charset;
use super::evidence::is_c1_control;

/// The character set that the controls of a document were written in: Windows-1252, unless letters stand where the
/// Macintosh has them and Windows has none.
pub(super) fn charset<'a>(lines: impl Iterator<Item = &'a [char]>) -> Option<Charset> {
    let (mut windows, mut macintosh) = (0, 0);
    for line in lines {
        for at in (0..line.len()).filter(|&at| is_c1_control(line[at])) {
            let before = at.checked_sub(1).map(|before| line[before]);
            let next = line.get(at + 1).copied();
            let in_word = before.is_some_and(char::is_lowercase) && next.is_some_and(char::is_lowercase);
            let byte = line[at] as u32 as u8;
            let is_letter = |charset: Charset| charset.character(byte).is_some_and(char::is_alphabetic);
            // Between small letters stands a letter, or an apostrophe.
            if in_word && is_letter(Charset::Macintosh) && !is_letter(Charset::Western) && !is_apostrophe(line, at) {
                macintosh += 1;
            } else if Charset::Western.character(byte).is_some_and(|c| !is_c1_control(c)) {
                windows += 1;
            }
        }
    }
    match (windows, macintosh) {
        (0, 0) => None,
        (windows, macintosh) if macintosh > windows => Some(Charset::Macintosh),
        (_, _) => Some(Charset::Western),
    }
}

/// Puts the characters there that the controls stand for.
pub(super) fn read(charset: Charset, line: &mut [char]) {
    for c in line.iter_mut().filter(|c| is_c1_control(**c)) {
        *c = charset.character(*c as u32 as u8).unwrap_or(*c);
    }
}

/// Whether an apostrophe in Windows-1252 stands where languages have one: before an English ending, or behind a word that
/// French and Italian cut short.
fn is_apostrophe(line: &[char], at: usize) -> bool {
    if line[at] != '\u{92}' {
        return false;
    }
    let ending: String = line[at + 1..].iter().take_while(|c| c.is_alphabetic()).collect();
    let mut start: Vec<char> = line[..at].iter().rev().take_while(|c| c.is_alphabetic()).copied().collect();
    start.reverse();
    let start: String = start.into_iter().collect();
    matches!(ending.as_str(), "s" | "t" | "re" | "ve" | "ll" | "m" | "d" | "n" | "em" | "clock")
        || start.chars().count() == 1
        || [
            "qu", "ll", "al", "el", "un", "st", "aujourd", "entr", "nd", "anch", "tutt", "mezz", "nient", "cos", "dov",
            "com", "senz", "sott",
        ]
        .iter()
        .any(|cut| start.to_lowercase().ends_with(cut))
}
