//! Progress bars on a terminal.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::jobs::{Observer, Step};

/// Shows a bar for the step at hand, with the time it will take.
pub(super) struct Bars {
    current: Mutex<Option<ProgressBar>>,
    shown: bool,
}

impl Bars {
    pub(super) fn new(shown: bool) -> Self {
        Self { current: Mutex::new(None), shown }
    }

    fn replace(&self, bar: Option<ProgressBar>) {
        if let Ok(mut current) = self.current.lock()
            && let Some(old) = std::mem::replace(&mut *current, bar)
        {
            old.finish_and_clear();
        }
    }
}

impl Observer for Bars {
    fn begin(&self, step: Step, total: u64) {
        if !self.shown {
            return;
        }
        let bar = match step {
            Step::List => ProgressBar::new_spinner().with_style(style("{spinner} listing {pos} documents")),
            Step::Prepare => ProgressBar::new(total)
                .with_style(style("reading and grading {wide_bar} {pos}/{len} documents, {eta} left")),
            Step::Embed => ProgressBar::new(total)
                .with_style(style("embedding and indexing {wide_bar} {pos}/{len} chunks, {per_sec}, {eta} left")),
        };
        bar.enable_steady_tick(Duration::from_millis(120));
        self.replace(Some(bar));
    }

    fn advance(&self, _: Step, by: u64) {
        if let Ok(current) = self.current.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.inc(by);
        }
    }

    fn end(&self, _: Step) {
        self.replace(None);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
