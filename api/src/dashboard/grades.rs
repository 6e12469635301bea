//! A chunk's grades as a badge and four bars.

use askama::Template;
use askama::filters::HtmlSafe;
use tamis_scoring::{Dimension, Scores};

use super::format;

/// A chunk's grades.
#[derive(Debug, Template)]
#[template(path = "grades.html")]
pub(super) struct Grades {
    overall: String,
    grade: &'static str,
    bars: Vec<Bar>,
}

/// The template escapes every text.
impl HtmlSafe for Grades {}

#[derive(Debug)]
struct Bar {
    name: &'static str,
    /// Length, 0 to 100.
    length: String,
    value: String,
    grade: &'static str,
}

impl Grades {
    /// The grades, each 0..=1; shown as 0 to 100, like the corpus score.
    pub(super) fn of(scores: &Scores, overall: f32) -> Self {
        let bar = |dimension: Dimension| {
            let value = f64::from(scores.get(dimension).get()) * 100.0;
            Bar {
                name: dimension.name(),
                length: format!("{value:.1}"),
                value: format!("{value:.0}"),
                grade: format::grade(value),
            }
        };
        let overall = f64::from(overall) * 100.0;
        Self {
            overall: format!("{overall:.0}"),
            grade: format::grade(overall),
            bars: Dimension::ALL.into_iter().map(bar).collect(),
        }
    }
}
