//! Tables of `AsciiDoc`.

use csv::ReaderBuilder;

/// How many columns `cols="1,2*,a"` speaks of.
pub(super) fn columns(spec: &str) -> usize {
    let one = |part: &str| part.split_once('*').and_then(|(count, _)| count.trim().parse::<usize>().ok()).unwrap_or(1);
    spec.split(',').map(one).sum::<usize>().clamp(1, 256)
}

/// The rows of a table's lines. Where nothing says how many columns there are, its first line of cells does.
pub(super) fn rows(lines: &[&str], separator: char, columns: Option<usize>) -> Vec<Vec<String>> {
    if separator != '|' {
        let text = lines.join("\n");
        let mut reader = ReaderBuilder::new()
            .delimiter(separator as u8)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        return reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect()).collect();
    }
    let mut cells: Vec<String> = Vec::new();
    let mut first_line = None;
    for line in lines {
        let before = cells.len();
        take(line, &mut cells);
        if first_line.is_none() && cells.len() > before {
            first_line = Some(cells.len() - before);
        }
    }
    let width = columns.or(first_line).unwrap_or(1).max(1);
    cells.chunks(width).map(<[String]>::to_vec).collect()
}

/// The cells of a line: `2+^|two |three`. What stands before the first bar goes on with the cell before it.
fn take(line: &str, cells: &mut Vec<String>) {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                part.push('|');
                chars.next();
            }
            '|' => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    let count = parts.len();
    let mut spec = String::new();
    for (index, mut part) in parts.into_iter().enumerate() {
        let mut next = String::new();
        if index + 1 < count {
            let at = part.trim_end_matches(|c: char| !c.is_whitespace()).len();
            if is_spec(&part[at..]) {
                next = part.split_off(at);
            }
        }
        if index == 0 {
            if let Some(cell) = cells.last_mut().filter(|_| !part.trim().is_empty()) {
                cell.push(' ');
                cell.push_str(part.trim());
            }
        } else {
            let number = |mark: char| spec.split_once(mark).and_then(|(count, _)| count.parse::<usize>().ok());
            let (repeats, span) = (number('*').unwrap_or(1).min(64), number('+').unwrap_or(1).min(64));
            for _ in 0..repeats {
                cells.push(part.trim().to_owned());
            }
            cells.extend((1..span).map(|_| String::new()));
        }
        spec = next;
    }
}

/// Whether this stands before a bar to say how the cell is set, as `2+^.>s`.
fn is_spec(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_digit() || "+*.<^>adehlmsv".contains(c))
        && !text.chars().all(|c| c == '.')
        && (text.len() == 1 || text.contains(['+', '*', '.', '<', '^', '>']))
}
