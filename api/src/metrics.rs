//! What the service counts of itself while it runs, in Prometheus' text format (version 0.0.4). Names are here and nowhere
//! else; labels are bounded: paths are those of the API's description.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the latency histogram's buckets, in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Counters of requests.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
    latencies: Mutex<BTreeMap<(String, String), Histogram>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Histogram {
    counts: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

/// A figure read when it is asked for.
#[derive(Debug, Clone)]
pub struct Gauge {
    /// Its name, `tamis_` and the unit included.
    pub name: &'static str,
    /// What it tells.
    pub help: &'static str,
    /// `gauge` or `counter`.
    pub kind: &'static str,
    /// Its values by the label's value; one without a label has "".
    pub label: &'static str,
    /// The values.
    pub values: Vec<(String, f64)>,
}

impl Metrics {
    /// Counts a request that was answered.
    pub fn request(&self, method: &str, path: &str, status: u16, time: Duration) {
        let (method, path) = (method.to_owned(), path.to_owned());
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
        latencies.entry((method.clone(), path.clone())).or_default().add(time.as_secs_f64());
        drop(latencies);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((method, path, status)).or_default() += 1;
    }

    /// Everything, with `gauges`, as Prometheus reads it.
    #[must_use]
    pub fn render(&self, gauges: &[Gauge]) -> String {
        let mut out = String::new();
        head(&mut out, "tamis_http_requests_total", "Requests answered.", "counter");
        for ((method, path, status), count) in &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!("method=\"{}\",path=\"{}\",status=\"{status}\"", escape(method), escape(path));
            line(&mut out, "tamis_http_requests_total", &labels, *count as f64);
        }
        let name = "tamis_http_request_duration_seconds";
        head(&mut out, name, "Time from a request to its answer.", "histogram");
        for ((method, path), histogram) in &*self.latencies.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!("method=\"{}\",path=\"{}\"", escape(method), escape(path));
            let mut total = 0;
            for (bound, count) in BUCKETS.iter().zip(histogram.counts) {
                total += count;
                line(&mut out, &format!("{name}_bucket"), &format!("{labels},le=\"{bound}\""), total as f64);
            }
            line(&mut out, &format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), histogram.count as f64);
            line(&mut out, &format!("{name}_sum"), &labels, histogram.sum);
            line(&mut out, &format!("{name}_count"), &labels, histogram.count as f64);
        }
        for gauge in gauges {
            head(&mut out, gauge.name, gauge.help, gauge.kind);
            for (value, number) in &gauge.values {
                let label = if gauge.label.is_empty() {
                    String::new()
                } else {
                    format!("{}=\"{}\"", gauge.label, escape(value))
                };
                line(&mut out, gauge.name, &label, *number);
            }
        }
        out
    }
}

impl Histogram {
    fn add(&mut self, seconds: f64) {
        if let Some(place) = BUCKETS.iter().position(|bound| seconds <= *bound) {
            self.counts[place] += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, labels: &str, value: f64) {
    let _ =
        if labels.is_empty() { writeln!(out, "{name} {value}") } else { writeln!(out, "{name}{{{labels}}} {value}") };
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_adds_up_and_labels_are_escaped() {
        let metrics = Metrics::default();
        metrics.request("GET", "/v1/search", 200, Duration::from_millis(20));
        metrics.request("GET", "/v1/search", 200, Duration::from_secs(9));
        let values = vec![("a\"b".to_owned(), 3.0)];
        let gauge = Gauge { name: "tamis_x", help: "X.", kind: "gauge", label: "source", values };
        let text = metrics.render(&[gauge]);
        for wanted in [
            "tamis_http_requests_total{method=\"GET\",path=\"/v1/search\",status=\"200\"} 2\n",
            "tamis_http_request_duration_seconds_bucket{method=\"GET\",path=\"/v1/search\",le=\"0.01\"} 0\n",
            "tamis_http_request_duration_seconds_bucket{method=\"GET\",path=\"/v1/search\",le=\"0.025\"} 1\n",
            "tamis_http_request_duration_seconds_bucket{method=\"GET\",path=\"/v1/search\",le=\"+Inf\"} 2\n",
            "tamis_http_request_duration_seconds_sum{method=\"GET\",path=\"/v1/search\"} 9.02\n",
            "# TYPE tamis_x gauge\ntamis_x{source=\"a\\\"b\"} 3\n",
        ] {
            assert!(text.contains(wanted), "{wanted}\nin\n{text}");
        }
    }
}
