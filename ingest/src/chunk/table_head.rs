//! The heads of tables, for pieces of a table that begin below its own.

use super::block::{Block, BlockKind};

/// The longest head kept, in bytes: beside a chunk it takes room in what the model reads.
const MAX_HEAD: usize = 240;

/// A table of the document that has rows below its head.
struct Table {
    /// Where its first row below the head starts, and where it ends.
    rows: (usize, usize),
    head: String,
}

/// The tables of a document, in order.
pub(super) struct TableHeads(Vec<Table>);

impl TableHeads {
    /// Looks for tables in the blocks of `text`.
    pub(super) fn of(blocks: &[Block], text: &str) -> Self {
        let mut tables = Vec::new();
        gather(blocks, text, &mut tables);
        Self(tables)
    }

    /// The head of the table that `offset` stands in the rows of: the names of its columns.
    pub(super) fn at(&self, offset: usize) -> Option<&str> {
        let after = self.0.partition_point(|table| table.rows.0 <= offset);
        let table = self.0.get(after.checked_sub(1)?)?;
        (offset < table.rows.1).then_some(table.head.as_str())
    }
}

fn gather(blocks: &[Block], text: &str, tables: &mut Vec<Table>) {
    for block in blocks {
        match (block.kind, block.children.as_slice()) {
            (BlockKind::Table, [head, first, ..]) => {
                let head = columns(&text[head.start..head.end]);
                if !head.is_empty() && head.len() <= MAX_HEAD {
                    tables.push(Table { rows: (first.start, block.end), head });
                }
            }
            (_, children) => gather(children, text, tables),
        }
    }
}

/// The names in the first line of a table, with ` | ` between them.
fn columns(head: &str) -> String {
    let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let names = line.trim().trim_start_matches(['>', ' ']).split('|').map(str::trim);
    names.filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" | ")
}
