//! How wide the letters of the standard fonts are, for files that do not say (ISO 32000-1, 9.6.2.2).

/// Of a letter nothing is known about, in thousandths of the font size.
pub(super) const USUAL: f32 = 500.0;

/// How much wider the bold fonts are, on the average.
const BOLD: f32 = 1.06;

/// Widths from the space to the tilde.
const SANS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// The same with serifs.
const SERIF: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
];

/// The width of a character in the font of that name, in thousandths of the font size.
pub(super) fn width(font_name: &str, c: char) -> f32 {
    if font_name.contains("courier") || font_name.contains("mono") {
        return 600.0;
    }
    let table = if font_name.contains("times") || font_name.contains("serif") { &SERIF } else { &SANS };
    let bold = if font_name.contains("bold") { BOLD } else { 1.0 };
    let place = u32::from(c).checked_sub(0x20).and_then(|place| table.get(place as usize));
    place.map_or(USUAL, |&width| f32::from(width)) * bold
}
