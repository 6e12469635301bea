//! Puts a file back together whose table of objects, trailer or catalog is gone: its objects are looked for one by one,
//! as `12 0 obj` starts each of them, and written anew with a table that fits.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The most objects looked for.
const MAX_OBJECTS: usize = 500_000;

/// How far into an object the words are looked for that tell what it is, in bytes.
const HEAD: usize = 400;

/// The file put together; none where there is nothing that could be a page.
pub(super) fn repaired(bytes: &[u8]) -> Option<Vec<u8>> {
    let starts = objects(bytes);
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = BTreeMap::new();
    let (mut catalog, mut tree, mut pages) = (None, None, Vec::new());
    for (i, &(number, from)) in starts.iter().enumerate() {
        let to = starts.get(i + 1).map_or(bytes.len(), |next| next.1);
        let object = body(&bytes[from..to]);
        let head = &object[..object.len().min(HEAD)];
        if has(head, b"/Catalog") {
            catalog = Some(number);
        } else if has(head, b"/Kids") && tree.is_none() {
            tree = Some(number);
        } else if has(head, b"/Page") && has(head, b"/Contents") {
            pages.push(number);
        }
        // The later one of two with the same number counts, as it would had the file been saved on top of itself.
        offsets.insert(number, file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object.strip_prefix(b" ").unwrap_or(object));
        file.extend_from_slice(b"\nendobj\n");
    }
    let mut next = offsets.keys().next_back()? + 1;
    let mut add = |text: String| {
        let number = next;
        next += 1;
        offsets.insert(number, file.len());
        file.extend_from_slice(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes());
        number
    };
    let root = match (catalog, tree) {
        (Some(catalog), _) => catalog,
        (None, Some(tree)) => add(format!("<< /Type /Catalog /Pages {tree} 0 R >>")),
        (None, None) if !pages.is_empty() => {
            let kids: String = pages.iter().fold(String::new(), |kids, page| kids + &format!("{page} 0 R "));
            let tree = add(format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()));
            add(format!("<< /Type /Catalog /Pages {tree} 0 R >>"))
        }
        (None, None) => return None,
    };
    let table = file.len();
    let mut end = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, offset) in &offsets {
        let _ = writeln!(end, "{number} 1\n{offset:010} 00000 n ");
    }
    let _ = write!(end, "trailer\n<< /Size {next} /Root {root} 0 R >>\nstartxref\n{table}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    Some(file)
}

/// Numbers of objects, each with where its content starts.
fn objects(bytes: &[u8]) -> Vec<(u32, usize)> {
    let mut starts = Vec::new();
    for (at, word) in bytes.windows(3).enumerate() {
        if word != b"obj" || starts.len() >= MAX_OBJECTS {
            continue;
        }
        let before = &bytes[at.saturating_sub(20)..at];
        let mut words = before.rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let mut number = || {
            let word = words.next()?;
            let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            std::str::from_utf8(&word[word.len() - digits..]).ok()?.parse::<u32>().ok()
        };
        if let (Some(_generation), Some(number)) = (number(), number())
            && before.ends_with(b" ")
            && number < 10_000_000
        {
            starts.push((number, at + 3));
        }
    }
    starts
}

/// An object's content, without the end mark and what is written behind it up to the next object.
fn body(content: &[u8]) -> &[u8] {
    let end = [b"endobj".as_slice(), b"\nxref", b"\ntrailer", b"\nstartxref"]
        .iter()
        .filter_map(|mark| content.windows(mark.len()).position(|word| word == *mark))
        .min();
    match end {
        Some(end) => &content[..end],
        // Nothing ends it but the number of the next one.
        None => content.strip_suffix(next_number(content)).unwrap_or(content),
    }
}

/// `12 0 ` at the end, which belongs to the object behind.
fn next_number(content: &[u8]) -> &[u8] {
    let number = content.iter().rev().take(20).take_while(|byte| byte.is_ascii_digit() || byte.is_ascii_whitespace());
    &content[content.len() - number.count()..]
}

fn has(head: &[u8], word: &[u8]) -> bool {
    head.windows(word.len()).any(|window| window == word)
}
