//! Tables as Markdown, where they hold data rather than a layout.

use super::outline::Part;
use super::render::Writer;
use crate::extract::grid::{Cell, Grid};

/// A longer cell holds a part of the page rather than a value, in bytes.
const MAX_CELL: usize = 600;

/// The same where the table names its columns or rows, in bytes.
const MAX_HEADED_CELL: usize = 4_000;

/// A wider table is no table a person reads, in columns.
const MAX_COLUMNS: usize = 100;

/// The table and its caption; none where it only lays out what is in it.
pub(super) fn write(writer: &Writer<'_, '_>, at: usize) -> Option<Vec<String>> {
    if is_layout(writer, at) {
        return None;
    }
    let mut grid = Grid::new(MAX_COLUMNS);
    let mut blocks = Vec::new();
    let mut max_cell = MAX_CELL;
    for inside in writer.outline.within(at) {
        match writer.outline.name(inside) {
            "caption" => blocks.push(writer.line(inside)),
            "thead" | "tbody" | "tfoot" => grid.end_part(),
            "tr" => grid.row(cells(writer, inside)),
            "th" => max_cell = MAX_HEADED_CELL,
            _ => {}
        }
    }
    let mut rows = grid.into_rows();
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let longest = rows.iter().flatten().map(String::len).max().unwrap_or(0);
    if rows.len() < 2 || !(2..=MAX_COLUMNS).contains(&columns) || longest > max_cell {
        return None;
    }
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (i, mut row) in rows.into_iter().enumerate() {
        if i == 0 {
            row.resize(columns, String::new());
        }
        lines.push(format!("| {} |", row.join(" | ")));
        if i == 0 {
            lines.push(format!("|{}", "---|".repeat(columns)));
        }
    }
    blocks.retain(|caption| !caption.is_empty());
    blocks.push(lines.join("\n"));
    Some(blocks)
}

/// Whether the table lays out a page: it says so, or holds what no cell of data holds.
fn is_layout(writer: &Writer<'_, '_>, at: usize) -> bool {
    let role = writer.outline.element(at).and_then(|element| element.attr("role")).unwrap_or_default();
    matches!(role, "presentation" | "none")
        || writer.outline.within(at).skip(1).any(|inside| {
            matches!(
                writer.outline.name(inside),
                "table" | "h1" | "h2" | "h3" | "pre" | "form" | "blockquote" | "article"
            )
        })
}

fn cells(writer: &Writer<'_, '_>, row: usize) -> Vec<Cell> {
    let cell = |at: usize| {
        let Part::Block(element) = writer.outline.nodes[at].part else { return None };
        let text = || writer.line(at).replace('|', "\\|");
        matches!(element.name(), "td" | "th")
            .then(|| Cell::of_html(text(), element.attr("rowspan"), element.attr("colspan")))
    };
    writer.outline.children(row).filter_map(cell).collect()
}
