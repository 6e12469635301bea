//! Tables of reStructuredText: drawn as a grid, or with columns marked above and below.

/// The rows of a grid table that begins at `at`, a cell's lines joined by spaces, and where it ends.
pub(super) fn grid(lines: &[String], at: usize) -> Option<(Vec<Vec<String>>, usize)> {
    let end = lines[at..].iter().position(|line| !matches!(line.trim_start().chars().next(), Some('+' | '|')));
    let end = end.map_or(lines.len(), |count| at + count);
    let border: Vec<char> = lines[at].trim().chars().collect();
    if end - at < 3 || !border.ends_with(&['+']) {
        return None;
    }
    let bounds: Vec<usize> = border.iter().enumerate().filter(|(_, c)| **c == '+').map(|(place, _)| place).collect();
    let columns = bounds.len() - 1;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = vec![String::new(); columns];
    for line in &lines[at + 1..end] {
        let line = line.trim();
        if line.starts_with('+') {
            rows.push(std::mem::replace(&mut row, vec![String::new(); columns]));
            continue;
        }
        let chars: Vec<char> = line.chars().collect();
        let mut from = 1;
        for (column, bound) in bounds.iter().enumerate().skip(1) {
            // A cell that spans columns has no bar at their bound; it counts for the first.
            if chars.get(*bound).is_some_and(|c| *c != '|' && *c != '+') && column < columns {
                continue;
            }
            let words: String = chars.get(from..(*bound).min(chars.len())).unwrap_or_default().iter().collect();
            let first = bounds.iter().position(|bound| bound + 1 >= from).unwrap_or(0).min(columns - 1);
            join(&mut row[first], words.trim());
            from = bound + 1;
        }
    }
    Some((rows, end))
}

/// The rows of a simple table that begins at `at`, and where it ends.
pub(super) fn simple(lines: &[String], at: usize) -> Option<(Vec<Vec<String>>, usize)> {
    if !is_rule(&lines[at]) {
        return None;
    }
    let starts: Vec<usize> = column_starts(&lines[at]);
    // The table ends with a rule before a blank line.
    let end = (at + 2..lines.len())
        .find(|&end| is_rule(&lines[end]) && lines.get(end + 1).is_none_or(|next| next.trim().is_empty()))?
        + 1;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut is_apart = true;
    for line in &lines[at + 1..end] {
        let is_underline = line.trim_start().starts_with("--") && line.chars().all(|c| matches!(c, '-' | ' '));
        if line.trim().is_empty() || is_rule(line) || is_underline {
            is_apart = true;
            continue;
        }
        let chars: Vec<char> = line.chars().collect();
        let cell = |column: usize| -> String {
            let to = starts.get(column + 1).map_or(chars.len(), |next| (*next).min(chars.len()));
            chars.get(starts[column].min(to)..to).unwrap_or_default().iter().collect::<String>().trim().to_owned()
        };
        let cells: Vec<String> = (0..starts.len()).map(cell).collect();
        // A row whose first column is blank goes on with the one above.
        match rows.last_mut() {
            Some(row) if cells[0].is_empty() && !is_apart => {
                for (whole, more) in row.iter_mut().zip(&cells) {
                    join(whole, more);
                }
            }
            _ => rows.push(cells),
        }
        is_apart = false;
    }
    Some((rows, end))
}

/// Whether the line is made of stretches of `=`.
pub(super) fn is_rule(line: &str) -> bool {
    line.starts_with("==")
        && line.contains(' ')
        && line.trim_end().chars().all(|c| matches!(c, '=' | ' '))
        && line.split_whitespace().count() > 1
}

fn column_starts(rule: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut before = ' ';
    for (place, c) in rule.chars().enumerate() {
        if c == '=' && before == ' ' {
            starts.push(place);
        }
        before = c;
    }
    starts
}

fn join(cell: &mut String, words: &str) {
    if !cell.is_empty() && !words.is_empty() {
        cell.push(' ');
    }
    cell.push_str(words);
}
