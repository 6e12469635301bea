//! Token starts without a tokenizer.

/// The starts a `WordPiece` vocabulary of about 30,000 English entries would give, moved to `base`: runs of letters and
/// of digits become pieces, `camelCase` words are parted, and every other visible character is a token.
pub(super) fn estimated_starts(text: &str, base: usize, starts: &mut Vec<usize>) {
    let mut previous = Class::Space;
    let mut after_small = false;
    let mut left = 0;
    for (at, c) in text.char_indices() {
        let class = Class::of(c);
        let (first, rest) = class.piece_lengths();
        let is_new = class != previous || class == Class::Alone || (after_small && c.is_uppercase());
        if class != Class::Space && (is_new || left == 0) {
            starts.push(base + at);
            left = if is_new { first } else { rest };
        }
        left = left.saturating_sub(1);
        previous = class;
        after_small = c.is_lowercase();
    }
}

/// What a character is to a subword tokenizer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    /// A token by itself: punctuation, symbols, and letters an English vocabulary has no words of.
    Alone,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_whitespace() || c.is_control() => Self::Space,
            'a'..='z' | 'A'..='Z' => Self::Letter,
            '0'..='9' => Self::Digit,
            '\u{c0}'..='\u{24f}' if c.is_alphabetic() => Self::Letter,
            _ => Self::Alone,
        }
    }

    /// How many characters the first piece of a run of this class holds, and each that follows. Fitted to the
    /// all-MiniLM-L6-v2 vocabulary on English technical prose: eight letters are 1.2 tokens there, eleven 1.5.
    fn piece_lengths(self) -> (usize, usize) {
        match self {
            Self::Letter => (8, 4),
            Self::Digit => (3, 2),
            Self::Space | Self::Alone => (1, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        let mut starts = Vec::new();
        estimated_starts(text, 0, &mut starts);
        starts.len()
    }

    #[test]
    fn estimates() {
        let table = [
            ("", 0),
            (" \n\t ", 0),
            ("The quick brown fox.", 5),
            ("let x = foo_bar(1);", 10),
            ("getElementById", 4),
            ("characteristically", 4),
            ("2024", 2),
            ("狐狸", 2),
            ("лиса", 4),
            ("naïve café", 2),
            ("HTTP", 1),
        ];
        for (text, tokens) in table {
            assert_eq!(count(text), tokens, "{text:?}");
        }
    }
}
