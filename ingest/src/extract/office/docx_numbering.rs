//! The lists of a Word document: which have bullets, which have numbers, and how far those have counted.

use std::collections::HashMap;

use crate::extract::xml::Element;

/// Levels that a list can have in Word.
const LEVELS: usize = 9;

/// The lists of a document.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// For each list the definition it follows.
    lists: HashMap<String, String>,
    /// For each definition and level, where it starts counting; none where it has bullets.
    starts: HashMap<(String, usize), Option<u32>>,
    /// How far each definition has counted at each level.
    counted: HashMap<(String, usize), u32>,
    /// Where a list begins to count anew at a level, instead of going on where others of its definition ended; taken out
    /// once it has.
    restarts: HashMap<(String, usize), u32>,
}

impl Numbering {
    /// Reads `word/numbering.xml`.
    pub(super) fn of(root: &Element) -> Self {
        let mut numbering = Self::default();
        for element in root.elements() {
            match element.name.as_str() {
                "abstractNum" => numbering.take_definition(element),
                "num" => {
                    let list = element.attribute("numId");
                    let definition = element.child("abstractNumId").and_then(|id| id.attribute("val"));
                    if let (Some(list), Some(definition)) = (list, definition) {
                        numbering.lists.insert(list.to_owned(), definition.to_owned());
                        numbering.take_restarts(list, element);
                    }
                }
                _ => {}
            }
        }
        numbering
    }

    fn take_definition(&mut self, definition: &Element) {
        let Some(id) = definition.attribute("abstractNumId") else { return };
        for level in definition.elements().filter(|element| element.name == "lvl") {
            let Some(depth) = level.attribute("ilvl").and_then(|depth| depth.parse().ok()) else { continue };
            let format = level.child("numFmt").and_then(|format| format.attribute("val")).unwrap_or("decimal");
            let start =
                level.child("start").and_then(|start| start.attribute("val")).and_then(|start| start.parse().ok());
            let start = (!matches!(format, "bullet" | "none")).then(|| start.unwrap_or(1));
            self.starts.insert((id.to_owned(), depth), start);
        }
    }

    fn take_restarts(&mut self, list: &str, element: &Element) {
        for level in element.elements().filter(|element| element.name == "lvlOverride") {
            let depth = level.attribute("ilvl").and_then(|depth| depth.parse().ok());
            let start = level.child("startOverride").and_then(|start| start.attribute("val")?.parse().ok());
            if let (Some(depth), Some(start)) = (depth, start) {
                self.restarts.insert((list.to_owned(), depth), start);
            }
        }
    }

    /// The mark of the next item of a list, `-` or `3.`.
    pub(super) fn mark(&mut self, list: &str, depth: usize) -> String {
        let Some(definition) = self.lists.get(list).cloned() else { return "-".to_owned() };
        for deeper in depth + 1..LEVELS {
            self.counted.remove(&(definition.clone(), deeper));
        }
        let restart = self.restarts.remove(&(list.to_owned(), depth));
        let key = (definition, depth);
        match self.starts.get(&key) {
            Some(Some(start)) => {
                if let Some(restart) = restart {
                    self.counted.insert(key.clone(), restart.saturating_sub(1));
                }
                let count = self.counted.entry(key).or_insert(start.saturating_sub(1));
                *count = count.saturating_add(1);
                format!("{}.", (*count).min(999_999_999))
            }
            Some(None) | None => "-".to_owned(),
        }
    }
}
