//! A running service, spoken to over the wire.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::Bench;

/// A running server, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
}

impl Server {
    pub(crate) fn start(bench: &Bench) -> Self {
        let mut child = bench
            .command(&["serve", "--bind", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line =
            lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).expect("the server listens");
        let base = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        // Keep reading, or the server blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base }
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        answer(agent().get(format!("{}{path}", self.base)).call().unwrap())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = agent().post(format!("{}{path}", self.base)).header("content-type", "application/json");
        answer(request.send(body.to_string()).unwrap())
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = agent().patch(format!("{}{path}", self.base)).header("content-type", "application/json");
        answer(request.send(body.to_string()).unwrap())
    }

    pub(crate) fn delete(&self, path: &str) -> (u16, Value) {
        answer(agent().delete(format!("{}{path}", self.base)).call().unwrap())
    }

    /// Asks again and again until the answer is as wanted.
    #[track_caller]
    pub(crate) fn wait(&self, path: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let (_, answer) = self.get(path);
            if wanted(&answer) {
                return answer;
            }
            assert!(Instant::now() < deadline, "{what} does not come about at {path}: {answer}");
        }
    }

    /// Waits until a run is over, and returns it.
    #[track_caller]
    pub(crate) fn finished(&self, run: &str) -> Value {
        self.wait(&format!("/v1/runs/{run}"), "the end of the run", |run| run["finished_at"] != Value::Null)
    }

    /// Reads a source now, to its end. Returns the run.
    #[track_caller]
    pub(crate) fn run(&self, source: &str) -> Value {
        let (status, run) = self.post(&format!("/v1/sources/{source}/runs"), &serde_json::json!({}));
        assert_eq!(status, 202, "{run}");
        self.finished(run["id"].as_str().unwrap())
    }

    /// SIGKILL: no destructor, no handler, nothing flushed.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and waits for the end. Returns the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
}

pub(crate) fn answer(mut response: ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let status = response.status().as_u16();
    assert!(response.headers().contains_key("x-request-id"));
    if status >= 400 {
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let text = response.body_mut().read_to_string().unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
