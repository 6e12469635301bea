//! Sources and their runs over the wire: asked for, watched, cancelled, interrupted, failed.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::{Server, agent};

/// A bench without a corpus, and a service on it.
fn service(topics: &[&str]) -> (Bench, Server) {
    let bench = Bench::new();
    for topic in topics {
        bench.write(&format!("{topic}.md"), page(topic));
    }
    let server = Server::start(&bench);
    (bench, server)
}

fn name_docs(bench: &Bench, server: &Server) {
    let (status, source) = server.post("/v1/sources", &json!({ "name": "docs", "path": bench.path("docs") }));
    assert_eq!(status, 201, "{source}");
    assert_eq!((&source["kind"], &source["origin"]), (&json!("folder"), &json!("api")), "{source}");
}

/// The events of a run, from the one after `last` to the end of the stream: id, kind, run.
fn events(server: &Server, run: &str, last: Option<&str>) -> (u16, Vec<(String, String, Value)>) {
    let mut request = agent().get(format!("{}/v1/runs/{run}/events", server.base));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = request.call().unwrap();
    let status = response.status().as_u16();
    let (mut events, mut id, mut kind) = (Vec::new(), String::new(), String::new());
    for line in BufReader::new(response.into_body().into_reader()).lines() {
        let line = line.unwrap();
        match line.split_once(": ").unwrap_or((&line, "")) {
            ("id", text) => text.clone_into(&mut id),
            ("event", text) => text.clone_into(&mut kind),
            ("data", text) => events.push((id.clone(), kind.clone(), serde_json::from_str(text).unwrap())),
            _ => {}
        }
    }
    (status, events)
}

#[test]
fn a_run_is_a_record_of_what_changed_and_cost() {
    let (bench, server) = service(&["anchor", "bilge", "cleat"]);
    name_docs(&bench, &server);
    let run = server.run("docs");
    assert_eq!(run["status"], "done", "{run}");
    assert_eq!(run["documents"], json!({"seen": 3, "new": 3, "changed": 0, "unchanged": 0, "removed": 0, "failed": 0}));
    assert_eq!((&run["cause"], &run["attempts"]), (&json!("request"), &json!(1)), "{run}");
    let summary = &run["summary"];
    assert_eq!(summary["documents"], run["documents"]);
    assert!(summary["embedded"].as_u64().unwrap() > 0 && summary["seconds"]["total"].as_f64().unwrap() > 0.0);
    assert_eq!(summary["health"]["before"], 100.0, "an empty corpus has no fault: {summary}");
    assert!(summary["health"]["after"].as_f64().unwrap() < 100.0, "{summary}");
    // What a run is done with can be found.
    let (_, answer) = server.get("/v1/search?q=cleat%20greeting&mode=lexical");
    assert!(answer["hits"][0]["uri"].as_str().unwrap().ends_with("cleat.md"), "{answer}");

    bench.write("bilge.md", page("barnacle"));
    bench.remove("anchor.md");
    bench.write("davit.md", page("davit"));
    let run = server.run("docs");
    assert_eq!(run["documents"], json!({"seen": 3, "new": 1, "changed": 1, "unchanged": 1, "removed": 1, "failed": 0}));
    let (_, list) = server.get("/v1/runs?source=docs&limit=1");
    assert_eq!(list["items"][0]["id"], run["id"]);
    let (_, rest) = server.get(&format!("/v1/runs?source=docs&cursor={}", list["next_cursor"].as_str().unwrap()));
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1), "{rest}");
    let (_, source) = server.get("/v1/sources/docs");
    assert_eq!((&source["last_run"]["id"], &source["documents"]), (&run["id"], &json!(3)), "{source}");
    assert_eq!(server.terminate(), Some(0));
    bench.verify();
}

#[test]
fn progress_is_live_and_a_broken_stream_goes_on() {
    let topics: Vec<String> = (0..40).map(|i| format!("topic{i}")).collect();
    let (bench, server) = service(&topics.iter().map(String::as_str).collect::<Vec<_>>());
    name_docs(&bench, &server);
    let (_, run) = server.post("/v1/sources/docs/runs", &json!({}));
    let id = run["id"].as_str().unwrap();
    let (status, seen) = events(&server, id, None);
    assert_eq!(status, 200);
    let (last_id, last_kind, last) = seen.last().unwrap();
    assert_eq!((last_kind.as_str(), &last["status"]), ("end", &json!("done")), "{last}");
    let steps: Vec<&Value> = seen.iter().filter_map(|(_, _, run)| run["progress"].get("step")).collect();
    assert!(seen.len() > 3 && steps.contains(&&json!("prepare")) && steps.contains(&&json!("publish")), "{steps:?}");
    assert!(seen[..seen.len() - 1].iter().all(|(_, kind, _)| kind == "progress"));

    // Coming back before the end brings what comes after, and after the end nothing.
    let (status, again) = events(&server, id, Some(&seen[0].0));
    assert_eq!((status, again.len()), (200, 1), "{again:?}");
    assert_eq!(again[0].1, "end");
    assert_eq!(events(&server, id, Some(last_id)), (204, Vec::new()));
    assert_eq!(server.get("/v1/runs/none/events").0, 404);
}

#[test]
fn runs_that_overlap_wait_are_left_out_or_take_over() {
    let topics: Vec<String> = (0..30).map(|i| format!("topic{i}")).collect();
    let (bench, server) = service(&topics.iter().map(String::as_str).collect::<Vec<_>>());
    name_docs(&bench, &server);
    let ask = |overlap: &str| server.post("/v1/sources/docs/runs", &json!({ "overlap": overlap }));
    let (_, first) = ask("queue");
    let first = first["id"].as_str().unwrap();
    server.wait(&format!("/v1/runs/{first}"), "the run's begin", |run| run["status"] == "running");
    let (status, problem) = ask("skip");
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")), "{problem}");
    let (_, second) = ask("queue");
    assert_ne!(second["id"], first);
    let (_, third) = ask("queue");
    assert_eq!(third["id"], second["id"], "one run waits for all who ask");
    let (_, taking_over) = ask("cancel");
    assert_eq!(server.finished(first)["status"], "cancelled");
    assert_eq!(server.finished(second["id"].as_str().unwrap())["status"], "cancelled");
    let last = server.finished(taking_over["id"].as_str().unwrap());
    assert_eq!((&last["status"], &last["documents"]["seen"]), (&json!("done"), &json!(30)), "{last}");
    let (status, problem) = server.post(&format!("/v1/runs/{first}/cancel"), &json!({}));
    assert_eq!(status, 409, "{problem}");
    assert_eq!(server.terminate(), Some(0));
    bench.verify();
}

#[test]
fn a_run_goes_on_after_sigterm_and_after_sigkill() {
    for gently in [true, false] {
        let bench = Bench::new();
        for i in 0..60 {
            bench.write(&format!("topic{i}.md"), page(&format!("topic{i}")));
        }
        let server = Server::start(&bench);
        name_docs(&bench, &server);
        let (_, run) = server.post("/v1/sources/docs/runs", &json!({}));
        let path = format!("/v1/runs/{}", run["id"].as_str().unwrap());
        server.wait(&path, "some progress", |run| run["progress"]["prepared"].as_u64().unwrap_or_default() > 5);
        if gently {
            assert_eq!(server.terminate(), Some(0));
        } else {
            server.kill();
        }
        let server = Server::start(&bench);
        let run = server.finished(run["id"].as_str().unwrap());
        assert_eq!(run["status"], "done", "{run}");
        assert_eq!(run["attempts"], if gently { 1 } else { 2 }, "a restart in good order is no failed try");
        assert_eq!(
            run["documents"],
            json!({"seen": 60, "new": 60, "changed": 0, "unchanged": 0, "removed": 0, "failed": 0}),
            "nothing is lost or counted twice"
        );
        assert_eq!(server.terminate(), Some(0));
        assert!(bench.verify() >= 60);
    }
}

#[test]
fn what_failed_is_listed_tried_again_and_discarded() {
    let bench = Bench::new();
    bench.write("good.md", page("good"));
    bench.write("lines/data.jsonl", "{\"id\": \"a\", \"text\": \"too short to matter\"}\n");
    let server = Server::start(&bench);
    name_docs(&bench, &server);
    // The source vanishes: its run fails, and says why.
    let (away, back) = (bench.path("away"), bench.path("docs"));
    std::fs::rename(&back, &away).unwrap();
    let run = server.run("docs");
    assert_eq!(run["status"], "failed", "{run}");
    assert!(run["error"].as_str().unwrap().contains("docs"), "{run}");
    let failed = || server.get("/v1/jobs?status=failed").1["items"].as_array().unwrap().clone();
    let jobs = failed();
    assert_eq!((jobs.len(), &jobs[0]["id"], &jobs[0]["kind"]), (1, &run["id"], &json!("run")), "{jobs:?}");

    // It comes back, and the run is tried again.
    std::fs::rename(&away, &back).unwrap();
    let id = run["id"].as_str().unwrap();
    let (status, retried) = server.post(&format!("/v1/jobs/{id}/retry"), &json!({}));
    assert_eq!((status, &retried["status"]), (202, &json!("queued")), "{retried}");
    assert_eq!(server.finished(id)["status"], "done");
    assert_eq!(failed(), Vec::<Value>::new());
    assert_eq!(server.post(&format!("/v1/jobs/{id}/retry"), &json!({})).0, 404);

    // A run that fails for good is discarded: the record stays, the list is empty.
    std::fs::rename(&back, &away).unwrap();
    let run = server.run("docs");
    let id = run["id"].as_str().unwrap();
    assert_eq!(server.delete(&format!("/v1/jobs/{id}")).0, 204);
    assert_eq!(failed(), Vec::<Value>::new());
    assert_eq!(server.get(&format!("/v1/runs/{id}")).1["status"], "failed");
}

#[test]
fn a_deleted_source_takes_its_documents_along() {
    let (bench, server) = service(&["anchor", "bilge"]);
    name_docs(&bench, &server);
    server.run("docs");
    let (status, run) = server.delete("/v1/sources/docs");
    assert_eq!((status, &run["action"]), (202, &json!("delete")), "{run}");
    let (again, same) = server.delete("/v1/sources/docs");
    assert!((again == 202 && same["id"] == run["id"]) || again == 404, "{same}");
    let run = server.finished(run["id"].as_str().unwrap());
    assert_eq!((&run["status"], &run["documents"]["removed"]), (&json!("done"), &json!(2)), "{run}");
    assert_eq!(server.get("/v1/sources/docs").0, 404);
    assert_eq!(server.get("/v1/documents").1["items"], json!([]));
    assert_eq!(server.get("/v1/search?q=anchor&mode=lexical").1["hits"], json!([]));
    // The records of its runs stay, and the name is free.
    assert_eq!(server.get("/v1/runs?source=docs").1["items"].as_array().map(Vec::len), Some(2));
    name_docs(&bench, &server);
    assert_eq!(server.run("docs")["documents"]["new"], 2);
    assert_eq!(server.terminate(), Some(0));
    bench.verify();
}

#[test]
fn bad_sources_are_refused_with_a_way_out() {
    let (bench, server) = service(&["anchor"]);
    name_docs(&bench, &server);
    let docs = bench.path("docs");
    for (body, status, part) in [
        (json!({ "name": "x", "path": "docs" }), 400, "absolute"),
        (json!({ "name": "x", "path": bench.path("nowhere") }), 400, "nowhere"),
        (json!({ "name": "x", "path": docs, "kind": "jsonl" }), 400, "folder"),
        (json!({ "name": "x" }), 400, "path is missing"),
        (json!({ "name": "x", "kind": "upload", "path": docs }), 400, "no path"),
        (json!({ "name": "Xx", "path": docs }), 400, "lower-case"),
        (json!({ "name": "docs", "path": docs }), 409, "already"),
        (json!({ "name": "x", "path": docs, "authority": 101 }), 400, "between 0 and 100"),
        (json!({ "name": "x", "path": docs, "autority": 10 }), 400, "did you mean `authority`?"),
        (json!({ "name": "x", "path": docs, "schedule": { "cron": "daily" } }), 400, "expected minute"),
        (json!({ "name": "x", "path": docs, "schedule": { "cron": "0 3 * * *", "time_zone": "Mars" } }), 400, "IANA"),
    ] {
        let (answered, problem) = server.post("/v1/sources", &body);
        assert_eq!(answered, status, "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{body}: {problem}");
    }
    assert_eq!(server.get("/v1/runs?sauce=docs").1["detail"].as_str().unwrap().contains("`source`"), true);
    for path in ["/v1/sources/none", "/v1/runs/none", "/v1/documents/none", "/v1/chunks/none"] {
        assert_eq!(server.get(path).0, 404, "{path}");
    }
    assert_eq!(server.post("/v1/sources/none/runs", &json!({})).0, 404);
    assert_eq!(server.get("/v1/sources").1["items"].as_array().map(Vec::len), Some(1));
}
