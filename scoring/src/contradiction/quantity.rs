//! Numbers with their units, as intervals: `1 GB` may be 10^9 or 2^30 bytes and `a month` 28 to 31 days, so two
//! quantities differ only where no reading of them agrees.

/// What a quantity measures; only quantities of one dimension can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dimension {
    /// A bare number, or a number of things that the next word names.
    Count,
    /// Per cent.
    Percent,
    /// Seconds.
    Time,
    /// Bytes.
    Data,
    /// Metres.
    Length,
    /// Grams.
    Mass,
    /// Hertz.
    Frequency,
    /// Degrees, Celsius or Fahrenheit as written.
    Temperature(char),
    /// Litres.
    Volume,
    /// Watts.
    Power,
    /// Pascals.
    Pressure,
    /// Bits a second.
    Rate,
    /// Volts.
    Voltage,
    /// Watt hours.
    Energy,
    /// Minutes after midnight.
    Clock,
    /// A place in an order, from 1.
    Ordinal,
    /// Money in the currency of this sign.
    Money(char),
}

/// A number as the interval of what it may mean in its dimension's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quantity {
    /// What it measures.
    pub(super) dimension: Dimension,
    /// The least it may mean.
    low: f64,
    /// The most it may mean.
    high: f64,
}

/// A unit: its dimension and the least and most of the dimension's own unit that it may stand for.
pub(super) type Unit = (Dimension, f64, f64);

/// Relative difference below which two measures are roundings of each other.
const ROUNDING: f64 = 0.01;
/// Most zeros at the end of a count that may stand for figures left out.
const MOST_ZEROS: i32 = 12;
/// Counts from which one may be a rounding of another.
const ROUNDED_FROM: f64 = 100.0;

impl Quantity {
    /// `number` of `unit`.
    pub(super) fn new(number: f64, (dimension, least, most): Unit) -> Self {
        let (x, y) = (number * least, number * most);
        Self { dimension, low: x.min(y), high: x.max(y) }
    }

    /// Whether it is nothing, in whatever unit.
    pub(super) fn is_zero(&self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    /// Whether both may mean the same: the intervals meet, up to rounding. Of counts only one with fewer digits than the
    /// other is its rounding (1,200 of 1,205, not 8080 of 8090), and none where they are codes. Percentages, prices, hours
    /// of the day and places in an order are never rounded.
    pub(super) fn agrees(&self, other: &Self, codes: bool) -> bool {
        let size = self.high.abs().max(other.high.abs());
        let rounded = match self.dimension {
            Dimension::Count => !codes && (is_rounded(self.high, other.high) || is_rounded(other.high, self.high)),
            Dimension::Percent | Dimension::Money(_) | Dimension::Clock | Dimension::Ordinal => false,
            _ => true,
        };
        let slack = if rounded { size * ROUNDING } else { 0.0 };
        self.low <= other.high + slack && other.low <= self.high + slack
    }

    /// Whether everything it may mean is above everything `other` may mean.
    pub(super) fn above(&self, other: &Self) -> bool {
        self.low > other.high
    }

    /// The same with `share` of it more slack on both sides.
    pub(super) fn about(self, share: f64) -> Self {
        Self { low: self.low - self.low.abs() * share, high: self.high + self.high.abs() * share, ..self }
    }
}

/// Whether `round` is `number` written with fewer digits.
fn is_rounded(round: f64, number: f64) -> bool {
    let half_a_step = |power: i32| {
        let step = 10_f64.powi(power);
        (round % step).abs() < f64::EPSILON && (number - round).abs() <= step / 2.0
    };
    // Of a number with as many digits the last is significant.
    let is_shorter = |power: i32| (number % 10_f64.powi(power)).abs() > f64::EPSILON;
    round >= ROUNDED_FROM && (1..=MOST_ZEROS).any(|power| half_a_step(power) && is_shorter(power))
}

/// An hour of the day.
pub(super) const CLOCK: Unit = (Dimension::Clock, 1.0, 1.0);

/// A place in an order.
pub(super) const ORDINAL: Unit = (Dimension::Ordinal, 1.0, 1.0);

/// The place of the last of a day of the week in a month: the fourth or the fifth.
pub(super) const LAST_IN_MONTH: Unit = (Dimension::Ordinal, 4.0, 5.0);

/// A bare number.
pub(super) const COUNT: Unit = (Dimension::Count, 1.0, 1.0);

/// Whether two lower-case words are units of one dimension, and not the same.
pub(super) fn are_units_of_one_kind(a: &str, b: &str) -> bool {
    // Single letters are words as well.
    let named = |word: &str| unit(word, false).filter(|_| word.len() > 1);
    matches!((named(a), named(b)), (Some(x), Some(y)) if x.0 == y.0 && x != y)
}

/// The unit a lower-case word names by itself. Single letters are units only where they touch their number.
pub(super) fn unit(word: &str, touching: bool) -> Option<Unit> {
    const DAY: f64 = 86_400.0;
    let exact = |dimension, factor| Some((dimension, factor, factor));
    let bytes = |power: i32| Some((Dimension::Data, 1000_f64.powi(power), 1024_f64.powi(power)));
    match word {
        "%" | "percent" | "pct" => exact(Dimension::Percent, 1.0),
        "ns" | "nanosecond" | "nanoseconds" => exact(Dimension::Time, 1e-9),
        "us" | "µs" | "μs" | "microsecond" | "microseconds" => exact(Dimension::Time, 1e-6),
        "ms" | "millisecond" | "milliseconds" | "msec" => exact(Dimension::Time, 1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => exact(Dimension::Time, 1.0),
        "min" | "mins" | "minute" | "minutes" => exact(Dimension::Time, 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => exact(Dimension::Time, 3600.0),
        "day" | "days" => exact(Dimension::Time, DAY),
        "week" | "weeks" => exact(Dimension::Time, 7.0 * DAY),
        "month" | "months" => Some((Dimension::Time, 28.0 * DAY, 31.0 * DAY)),
        "year" | "years" | "yr" | "yrs" => Some((Dimension::Time, 365.0 * DAY, 366.0 * DAY)),
        "byte" | "bytes" => bytes(0),
        "kb" | "kib" | "kilobyte" | "kilobytes" => bytes(1),
        "mb" | "mib" | "megabyte" | "megabytes" => bytes(2),
        "gb" | "gib" | "gigabyte" | "gigabytes" => bytes(3),
        "tb" | "tib" | "terabyte" | "terabytes" => bytes(4),
        "pb" | "pib" | "petabyte" | "petabytes" => bytes(5),
        "mm" | "millimeters" | "millimetres" => exact(Dimension::Length, 1e-3),
        "cm" | "centimeters" | "centimetres" => exact(Dimension::Length, 1e-2),
        "meter" | "meters" | "metre" | "metres" => exact(Dimension::Length, 1.0),
        "km" | "kilometer" | "kilometers" | "kilometres" => exact(Dimension::Length, 1e3),
        "inch" | "inches" => exact(Dimension::Length, 0.0254),
        "feet" | "foot" | "ft" => exact(Dimension::Length, 0.3048),
        "mile" | "miles" => exact(Dimension::Length, 1609.344),
        "mg" | "milligrams" => exact(Dimension::Mass, 1e-3),
        "gram" | "grams" => exact(Dimension::Mass, 1.0),
        "kg" | "kilogram" | "kilograms" => exact(Dimension::Mass, 1e3),
        "hz" => exact(Dimension::Frequency, 1.0),
        "khz" => exact(Dimension::Frequency, 1e3),
        "mhz" => exact(Dimension::Frequency, 1e6),
        "ghz" => exact(Dimension::Frequency, 1e9),
        "°c" => exact(Dimension::Temperature('C'), 1.0),
        "°f" => exact(Dimension::Temperature('F'), 1.0),
        "ml" | "milliliters" | "millilitres" => exact(Dimension::Volume, 1e-3),
        "liter" | "liters" | "litre" | "litres" => exact(Dimension::Volume, 1.0),
        "watt" | "watts" => exact(Dimension::Power, 1.0),
        "kw" | "kilowatt" | "kilowatts" => exact(Dimension::Power, 1e3),
        "mw" | "megawatt" | "megawatts" => exact(Dimension::Power, 1e6),
        "kwh" => exact(Dimension::Energy, 1e3),
        "mwh" => exact(Dimension::Energy, 1e6),
        "bar" | "bars" => exact(Dimension::Pressure, 1e5),
        "kpa" => exact(Dimension::Pressure, 1e3),
        "mpa" => exact(Dimension::Pressure, 1e6),
        "psi" => exact(Dimension::Pressure, 6894.757),
        "volt" | "volts" => exact(Dimension::Voltage, 1.0),
        "kv" => exact(Dimension::Voltage, 1e3),
        "kbps" | "kbit/s" => exact(Dimension::Rate, 1e3),
        "mbps" | "mbit/s" => exact(Dimension::Rate, 1e6),
        "gbps" | "gbit/s" => exact(Dimension::Rate, 1e9),
        "tonne" | "tonnes" => exact(Dimension::Mass, 1e6),
        "quarter" | "quarters" => Some((Dimension::Time, 89.0 * DAY, 92.0 * DAY)),
        "fortnight" | "fortnights" => exact(Dimension::Time, 14.0 * DAY),
        "decade" | "decades" => Some((Dimension::Time, 3652.0 * DAY, 3653.0 * DAY)),
        "dollar" | "dollars" | "usd" => exact(Dimension::Money('$'), 1.0),
        "euro" | "euros" | "eur" => exact(Dimension::Money('€'), 1.0),
        "pounds" | "gbp" => exact(Dimension::Money('£'), 1.0),
        "pence" => exact(Dimension::Money('£'), 0.01),
        "p" if touching => exact(Dimension::Money('£'), 0.01),
        "cents" => exact(Dimension::Money('¢'), 1.0),
        "v" if touching => exact(Dimension::Voltage, 1.0),
        "w" if touching => exact(Dimension::Power, 1.0),
        "m" if touching => exact(Dimension::Time, 60.0),
        "d" if touching => exact(Dimension::Time, DAY),
        "b" if touching => bytes(0),
        "g" if touching => exact(Dimension::Mass, 1.0),
        "l" if touching => exact(Dimension::Volume, 1.0),
        "k" if touching => exact(Dimension::Count, 1e3),
        _ => None,
    }
}

/// A working day: one to one and a half days, for the weekends between them.
pub(super) const WORKING_DAY: Unit = (Dimension::Time, 86_400.0, 1.5 * 86_400.0);

/// The currency of a sign.
pub(super) fn currency(sign: char) -> Option<Unit> {
    matches!(sign, '$' | '€' | '£' | '¥').then_some((Dimension::Money(sign), 1.0, 1.0))
}

/// The factor of a scale word.
pub(super) fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
}

/// The number at the start of `text` and what follows it. Understands thousands marked by commas or underscores and
/// a decimal point; refuses what only looks like a number (`1.2.3`, `3:30`, `5-10`).
pub(super) fn leading_number(text: &str) -> Option<(f64, &str)> {
    let signed = text.strip_prefix('-');
    let body = signed.unwrap_or(text);
    if !body.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = body.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '_'))).unwrap_or(body.len());
    let (digits, rest) = body.split_at(end);
    let groups_of_three =
        || digits.split('.').next().into_iter().flat_map(|whole| whole.split(',').skip(1)).all(|g| g.len() == 3);
    if digits.matches('.').count() > 1 || !groups_of_three() || rest.starts_with([':', '/']) {
        return None;
    }
    let number: f64 = digits.replace([',', '_'], "").parse().ok()?;
    Some((if signed.is_some() { -number } else { number }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Quantity {
        let (number, rest) = leading_number(text).unwrap();
        Quantity::new(number, if rest.is_empty() { COUNT } else { unit(rest.trim(), true).unwrap() })
    }

    #[test]
    fn readings_that_may_agree_agree() {
        for (a, b, agree) in [
            ("1 gb", "1024 mb", true),
            ("1 gb", "1000 mb", true),
            ("1 gb", "2 gb", false),
            ("30 days", "2 weeks", false),
            ("14 days", "2 weeks", true),
            ("1 month", "30 days", true),
            ("12 months", "1 year", true),
            ("90 days", "3 months", true),
            ("1,000", "1000", true),
            ("1000", "1005", true),
            ("5", "6", false),
            ("60s", "1m", true),
            ("10k", "10000", true),
            ("0.5%", "0.6%", false),
        ] {
            assert_eq!(read(a).agrees(&read(b), false), agree, "{a} {b}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_refused() {
        for text in ["1.2.3", "3:30", "1/2", "abc", "", "1,23", "-x"] {
            assert!(leading_number(text).is_none(), "{text}");
        }
        assert_eq!(leading_number("10MB"), Some((10.0, "MB")));
    }

    proptest! {
        #[test]
        fn agreeing_is_symmetric(a in 0_u32..5000, b in 0_u32..5000, i in 0_usize..4, j in 0_usize..4) {
            let units = ["days", "weeks", "months", "years"];
            let quantity = |n: u32, i: usize| Quantity::new(f64::from(n), unit(units[i], false).unwrap());
            let (a, b) = (quantity(a, i), quantity(b, j));
            prop_assert!(a.agrees(&a, false));
            prop_assert_eq!(a.agrees(&b, false), b.agrees(&a, false));
        }

        #[test]
        fn any_text_can_be_read(text in any::<String>()) {
            let _ = leading_number(&text);
        }
    }
}
