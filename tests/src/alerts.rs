//! Health over time, incidents, webhooks and metrics, over the wire.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::Server;

/// A webhook that answers each POST with the next of `answers`, and hands on the signature and the body.
fn webhook(answers: &'static [&'static str]) -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut signature, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim();
                if line.is_empty() {
                    break;
                }
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                match name.to_ascii_lowercase().as_str() {
                    "x-tamis-signature" => value.trim().clone_into(&mut signature),
                    "content-length" => length = value.trim().parse().unwrap(),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            told.send((signature, serde_json::from_slice(&body).unwrap())).unwrap();
        }
    });
    (url, heard)
}

#[test]
fn a_bad_corpus_opens_an_incident_and_tells_a_webhook_until_it_answers() {
    let bench = Bench::new();
    // The first try meets a server in trouble.
    let (url, heard) = webhook(&["503 Service Unavailable", "200 OK"]);
    fs::write(
        bench.path("tamis.toml"),
        format!(
            "[alerts]\nrules = [{{ name = \"never good enough\", figure = \"score\", floor = 99.9 }}]\n\
             webhooks = [{{ name = \"on-call\", url = \"{url}\", secret = \"sixteen-letters!\" }}]\n"
        ),
    )
    .unwrap();
    bench.write("mast.md", page("mast"));
    bench.write("copy-of-mast.md", page("mast"));
    let ran =
        bench.command(&["ingest", "docs"]).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    let limit = Duration::from_mins(1);
    let first = heard.recv_timeout(limit).expect("the run itself tries once");
    assert_eq!(
        (&first.1["event"], &first.1["incident"]["alerts"][0]["rule"]),
        (&json!("opened"), &json!("never good enough"))
    );
    let server = Server::start(&bench);
    let second = heard.recv_timeout(limit).expect("the server tries again");
    assert_eq!(second.1, first.1);
    let (time, tag) = second.0.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).unwrap();
    assert!(time.parse::<u64>().unwrap() > 1_700_000_000 && tag.len() == 64, "{}", second.0);

    let (status, alerts) = server.get("/v1/alerts?status=open");
    assert_eq!(status, 200);
    let id = alerts["items"][0]["id"].as_str().unwrap();
    let (status, known) = server.post(&format!("/v1/alerts/{id}/acknowledge"), &json!({}));
    assert_eq!((status, &known["status"]), (200, &json!("acknowledged")), "{known}");
    let (_, given) = server.post(&format!("/v1/alerts/{id}/assign"), &json!({ "assignee": "grace" }));
    assert_eq!(given["assignee"], "grace");
    assert_eq!(server.post(&format!("/v1/alerts/{id}/assign"), &json!({ "assignee": " " })).0, 400);
    assert_eq!(server.post(&format!("/v1/alerts/{id}/resolve"), &json!({})).1["status"], "resolved");
    assert_eq!(server.post(&format!("/v1/alerts/{id}/resolve"), &json!({})).0, 409);
    assert_eq!(server.post("/v1/alerts/none/acknowledge", &json!({})).0, 404);
}

#[test]
fn a_webhook_that_was_not_told_is_a_failed_job_until_somebody_retries_it() {
    let bench = Bench::new();
    // Nobody is there: trying again by itself would not help.
    let (url, heard) = webhook(&["404 Not Found", "200 OK"]);
    fs::write(
        bench.path("tamis.toml"),
        format!(
            "[alerts]\nrules = [{{ name = \"never good enough\", figure = \"score\", floor = 99.9 }}]\n\
             webhooks = [{{ name = \"on-call\", url = \"{url}\", secret = \"sixteen-letters!\" }}]\n"
        ),
    )
    .unwrap();
    bench.write("mast.md", page("mast"));
    bench.write("copy-of-mast.md", page("mast"));
    let ran =
        bench.command(&["ingest", "docs"]).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    let limit = Duration::from_mins(1);
    heard.recv_timeout(limit).expect("the run itself tries once");
    let server = Server::start(&bench);
    let (status, jobs) = server.get("/v1/jobs?status=failed");
    let job = &jobs["items"][0];
    assert_eq!((status, &job["kind"], &job["webhook"]), (200, &json!("webhook"), &json!("on-call")), "{jobs}");
    assert!(job["error"].as_str().unwrap().contains("404"), "{job}");
    let (_, page) = server.get("/jobs");
    assert!(page.as_str().unwrap().contains("Telling on-call"), "{page}");
    let id = job["id"].as_str().unwrap();
    let (status, retried) = server.post(&format!("/v1/jobs/{id}/retry"), &json!({}));
    assert_eq!((status, &retried["kind"]), (202, &json!("webhook")), "{retried}");
    heard.recv_timeout(limit).expect("it is told again");
    server.wait("/v1/jobs", "an empty list", |jobs| jobs["items"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(server.delete(&format!("/v1/jobs/{id}")).0, 404, "what was told is no failed job");
}

#[test]
fn history_forecast_findings_and_metrics() {
    let bench = Bench::new();
    bench.write("mast.md", page("mast"));
    bench.ingest();
    bench.write("copy-of-mast.md", page("mast"));
    bench.ingest();
    let server = Server::start(&bench);
    let (status, history) = server.get("/v1/health/history?by=source&limit=1");
    assert_eq!((status, history["items"].as_array().map(Vec::len)), (200, Some(1)), "{history}");
    assert_eq!(history["items"][0]["sources"][0]["documents"], 1, "{history}");
    let next = history["next_cursor"].as_str().unwrap();
    let (_, rest) = server.get(&format!("/v1/health/history?cursor={next}"));
    assert_eq!((&rest["items"][0]["documents"], &rest["next_cursor"]), (&json!(2), &Value::Null), "{rest}");
    assert_eq!(server.get("/v1/health/history?bucket=week").1["items"].as_array().map(Vec::len), Some(1));
    let first = history["items"][0]["at"].as_str().unwrap();
    let (_, new) = server.get(&format!("/v1/health/findings?from={first}&status=new"));
    let rules: Vec<&Value> = new["items"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert!(rules.contains(&&json!("duplication.exact")), "{new}");
    let (status, forecast) = server.get("/v1/health/forecast?days=365");
    assert_eq!((status, &forecast["days"], &forecast["falling"]), (200, &json!(365), &json!(0)), "{forecast}");
    let printed = bench.run(&["health", "--forecast", "365", "--format", "json"]).expect(0).json();
    assert_eq!(printed["items"], forecast["items"]);
    for path in [
        "/v1/health/history?bucket=year",
        "/v1/health/history?from=yesterday",
        "/v1/health/history?cursor=zz",
        "/v1/health/forecast?days=0",
        "/v1/health/forecast?threshold=2",
        "/v1/health/findings?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "/v1/health/findings?rule=structure.emty",
        "/v1/alerts?status=lost",
    ] {
        assert_eq!(server.get(path).0, 400, "{path}");
    }
    let (status, metrics) = server.get("/metrics");
    let metrics = metrics.as_str().unwrap();
    assert_eq!(status, 200);
    for line in [
        "tamis_chunks{verdict=\"accept\"} ",
        "tamis_documents{status=\"ready\"} 2",
        "tamis_http_requests_total{method=\"GET\",path=\"/v1/health/forecast\",status=\"200\"} 1",
        "tamis_http_requests_total{method=\"GET\",path=\"/v1/health/forecast\",status=\"400\"} 2",
        "tamis_score ",
    ] {
        assert!(metrics.contains(line), "{line}\nin\n{metrics}");
    }
}
