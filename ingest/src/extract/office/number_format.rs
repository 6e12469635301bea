//! How spreadsheets show numbers: dates, shares and plain figures.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};

/// What a number stands for by the format of its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Plain,
    /// A share of one, shown in hundredths.
    Percent,
    /// Days since the beginning of 1900 (or 1904).
    Date,
}

impl NumberFormat {
    /// One of the formats every workbook has (ECMA-376 part 1, 18.8.30).
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            9 | 10 => Self::Percent,
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Self::Date,
            _ => Self::Plain,
        }
    }

    /// A format as written, such as `0.0%` or `yyyy\-mm\-dd`.
    pub(super) fn parse(code: &str) -> Self {
        let mut is_date = false;
        let mut chars = code.split(';').next().unwrap_or_default().chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    chars.by_ref().find(|&c| c == '"');
                }
                '[' => {
                    let inner: String = chars.by_ref().take_while(|&c| c != ']').collect();
                    is_date |= matches!(inner.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
                }
                '\\' | '_' | '*' => {
                    chars.next();
                }
                '%' => return Self::Percent,
                'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => is_date = true,
                // "General" and exponents are figures.
                'G' | 'E' | 'e' => return Self::Plain,
                _ => {}
            }
        }
        if is_date { Self::Date } else { Self::Plain }
    }

    /// A number as a person would write it: 15 digits at most, as Excel does.
    pub(super) fn show(self, number: f64, since_1904: bool) -> String {
        match self {
            Self::Plain => plain(number),
            Self::Percent => format!("{}%", plain(number * 100.0)),
            Self::Date => date(number, since_1904).unwrap_or_else(|| plain(number)),
        }
    }
}

/// A figure with 15 significant digits, without the zeros after them.
fn plain(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-9..1e15).contains(&size) {
        return number.to_string();
    }
    let whole_digits = if size < 1.0 { 1 } else { size.log10().floor() as usize + 1 };
    let text = format!("{number:.*}", 15_usize.saturating_sub(whole_digits));
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The day and time a serial number stands for, in ISO form. Excel counts 1900 as a leap year, so days before its March
/// are one off.
fn date(serial: f64, since_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let seconds = ((serial - serial.floor()) * 86_400.0).round() as i64;
    let days = serial.floor() as i64;
    let time =
        DateTime::from_parts(Date::constant(1900, 1, 1), Time::midnight()).checked_add(seconds.seconds()).ok()?;
    if days == 0 && !since_1904 {
        return Some(time.time().to_string());
    }
    let (epoch, days) = match (since_1904, days) {
        (true, days) => (Date::constant(1904, 1, 1), days),
        (false, days) if days < 60 => (Date::constant(1899, 12, 31), days),
        (false, days) => (Date::constant(1899, 12, 30), days),
    };
    let day = epoch.checked_add(Span::new().days(days)).ok()?;
    Some(if seconds == 0 || seconds == 86_400 { day.to_string() } else { format!("{day} {}", time.time()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_shown() {
        let cases = [
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 1_234_567.0, "1234567"),
            ("#,##0.00", -2.50, "-2.5"),
            ("0.0%", 0.125, "12.5%"),
            ("yyyy\\-mm\\-dd", 45_352.0, "2024-03-01"),
            ("d/m/yy h:mm", 45_352.5, "2024-03-01 12:00:00"),
            ("[h]:mm", 0.25, "06:00:00"),
            ("mmm d", 1.0, "1900-01-01"),
            ("0 \"days\"", 3.0, "3"),
            ("0.00E+00", 12_300.0, "12300"),
            ("yyyy", -5.0, "-5"),
        ];
        for (code, number, expected) in cases {
            assert_eq!(NumberFormat::parse(code).show(number, false), expected, "{code}");
        }
        assert_eq!(NumberFormat::built_in(14).show(0.0, true), "1904-01-01");
    }
}
