//! Settings of traces.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::alerts::Secret;
use super::{Error, Result};

/// Where traces go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// The collector's address for traces (OTLP over HTTP); empty for none.
    pub endpoint: String,
    /// Share of traces that is kept, 0..=1.
    pub sample: f64,
    /// The name under which they appear.
    pub service_name: String,
    /// Headers sent along. They may hold keys, so no log shows their values.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret>,
}

impl TelemetrySettings {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Value`] where one is out of its range.
    pub(super) fn check(&self) -> Result<()> {
        let problem = if !self.endpoint.is_empty()
            && !self.endpoint.starts_with("https://")
            && !self.endpoint.starts_with("http://")
        {
            ("telemetry.endpoint", "must begin with https:// or http://, such as http://localhost:4318/v1/traces")
        } else if !(0.0..=1.0).contains(&self.sample) {
            ("telemetry.sample", "must be between 0 and 1")
        } else if self.service_name.is_empty() {
            ("telemetry.service_name", "must hold at least one character")
        } else {
            return Ok(());
        };
        let (key, rule) = problem;
        Err(Error::Value { key: key.to_owned(), problem: rule.to_owned() })
    }
}
