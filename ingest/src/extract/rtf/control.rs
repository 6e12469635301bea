//! RTF as a stream of tokens.

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// A control word with its number.
    Word(&'a str, Option<i32>),
    /// A character in the encoding in force.
    Byte(u8),
    /// A character that is the same in every encoding.
    Character(char),
    /// The group that begins here may be passed over by who does not know it.
    Ignorable,
}

/// The tokens of a file.
pub(super) fn tokens(bytes: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\r' | b'\n' | 0 => continue,
                b'\\' => match control(bytes, &mut at) {
                    Some(token) => token,
                    None => continue,
                },
                byte => Token::Byte(byte),
            });
        }
    })
}

/// What stands behind a backslash; none for what means nothing.
fn control<'a>(bytes: &'a [u8], at: &mut usize) -> Option<Token<'a>> {
    let first = *bytes.get(*at)?;
    if !first.is_ascii_alphabetic() {
        *at += 1;
        return match first {
            b'\'' => {
                let digits = bytes.get(*at..*at + 2).and_then(|digits| std::str::from_utf8(digits).ok());
                let byte = u8::from_str_radix(digits?, 16).ok()?;
                *at += 2;
                Some(Token::Byte(byte))
            }
            b'*' => Some(Token::Ignorable),
            b'~' => Some(Token::Character('\u{A0}')),
            b'_' => Some(Token::Character('-')),
            b'\r' | b'\n' => Some(Token::Word("par", None)),
            b'\\' | b'{' | b'}' => Some(Token::Character(char::from(first))),
            _ => None,
        };
    }
    let rest = &bytes[*at..];
    let letters = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = std::str::from_utf8(&rest[..letters]).unwrap_or_default();
    let sign = usize::from(rest.get(letters) == Some(&b'-'));
    let digits = rest[letters + sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let end = if digits == 0 { letters } else { letters + sign + digits };
    let number = std::str::from_utf8(&rest[letters..end]).ok().and_then(|number| number.parse::<i64>().ok());
    *at += end;
    if bytes.get(*at) == Some(&b' ') {
        *at += 1;
    }
    let number = number.map(|number| number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32);
    if word == "bin" {
        *at = at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
        return None;
    }
    Some(Token::Word(word, number))
}
