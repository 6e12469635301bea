//! Tables in XML: those of HTML, and those of CALS, which `DocBook` and DITA have.

use super::xml_document::words;
use crate::extract::grid::{Cell, Grid};
use crate::extract::xml::Element;

/// Cells reach over no more columns than this.
const MAX_COLUMNS: usize = 256;

/// The rows of a table, every cell in its column.
pub(super) fn rows<'a>(table: &'a Element, rows: impl Iterator<Item = &'a Element>) -> Vec<Vec<String>> {
    let names: Vec<&str> = table
        .elements()
        .filter(|element| element.name == "colspec")
        .take(MAX_COLUMNS)
        .map(|column| column.attribute("colname").unwrap_or_default())
        .collect();
    let mut grid = Grid::new(MAX_COLUMNS);
    for row in rows {
        grid.row(row.elements().map(|cell| self::cell(cell, &names)).collect());
    }
    grid.into_rows()
}

fn cell(cell: &Element, names: &[&str]) -> Cell {
    let place = |attribute: &str| {
        let name = cell.attribute(attribute)?;
        names.iter().position(|known| *known == name)
    };
    let more = cell.attribute("morerows").and_then(|more| more.parse::<usize>().ok());
    match (more, place("namest"), place("nameend")) {
        (None, None, _) | (None, _, None) => {
            Cell::of_html(words(cell), cell.attribute("rowspan"), cell.attribute("colspan"))
        }
        (more, start, end) => {
            let columns = end.zip(start).map_or(1, |(end, start)| end.saturating_sub(start) + 1);
            Cell::new(words(cell), more.unwrap_or(0).saturating_add(1), columns)
        }
    }
}
