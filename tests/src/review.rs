//! The review queue over the wire and from a terminal: two people, one queue, and the indexes follow.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::{Server, agent};

impl Server {
    /// Status, `ETag` and body of a POST with `If-Match`.
    fn post_if(&self, path: &str, tag: &str, body: &Value) -> (u16, String, Value) {
        let request = agent()
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .header("if-match", tag);
        let mut response = request.send(body.to_string()).unwrap();
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), tag, serde_json::from_str(&text).unwrap())
    }

    fn tag(&self, path: &str) -> String {
        let response = agent().get(format!("{}{path}", self.base)).call().unwrap();
        response.headers()["etag"].to_str().unwrap().to_owned()
    }

    /// Asks until the lexical search for `query` finds `chunk`, or finds it no more.
    fn wait_found(&self, query: &str, chunk: &str, wanted: bool) {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let (_, answer) = self.get(&format!("/v1/search?q={query}&limit=100&mode=lexical"));
            if answer["hits"].as_array().unwrap().iter().any(|hit| hit["chunk"] == chunk) == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{chunk} found should be {wanted}: {answer}");
        }
    }
}

#[test]
fn a_chunk_is_edited_found_and_put_back() {
    let bench = Bench::new();
    bench.write("mast.md", page("mast"));
    bench.write("copy-of-mast.md", page("mast"));
    bench.ingest();
    let server = Server::start(&bench);
    let (_, queue) = server.get("/v1/quarantine?status=pending&sort=oldest");
    let item = &queue["items"][0];
    let (chunk, text) = (item["chunk"].as_str().unwrap(), item["text"].clone());
    let path = format!("/v1/quarantine/{chunk}");
    let decision = format!("{path}/decision");
    let seen = server.tag(&path);
    assert!(seen.trim_matches('"').starts_with(item["revision"].as_str().unwrap()), "{seen} {item}");

    // Words that say something of their own are graded, indexed and found.
    let words = "The periscope workshop lends brass polish to visitors who bring their own cloth and a signed letter.";
    let edit = json!({ "action": "edit", "text": words, "note": "says it better" });
    let (status, now, edited) = server.post_if(&decision, &seen, &edit);
    assert_eq!((status, &edited["status"], &edited["verdict"]), (200, &json!("edited"), &json!("accept")), "{edited}");
    assert_eq!((&edited["text"], &edited["original_text"]), (&json!(words), &text));
    server.wait_found("periscope", chunk, true);
    // Somebody else decides about what they saw before.
    let (status, _, problem) = server.post_if(&decision, &seen, &json!({ "action": "reject" }));
    assert_eq!((status, &problem["code"]), (412, &json!("precondition_failed")), "{problem}");
    let (status, _, undone) = server.post_if(&format!("{path}/undo"), &now, &json!({}));
    assert_eq!((status, &undone["status"], &undone["text"]), (200, &json!("pending"), &text), "{undone}");
    server.wait_found("periscope", chunk, false);
    let (status, problem) = server.post(&format!("{path}/undo"), &json!({}));
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));

    let (_, history) = server.get(&format!("{path}/history?limit=1"));
    assert_eq!((&history["items"][0]["action"], &history["items"][0]["undone"]), (&json!("edit"), &json!(true)));
    assert_eq!(history["items"][0]["text_before"], text);
    let next = history["next_cursor"].as_str().unwrap();
    let (_, rest) = server.get(&format!("{path}/history?cursor={next}"));
    assert_eq!((&rest["items"][0]["action"], &rest["next_cursor"]), (&json!("undo"), &Value::Null));

    let (status, claimed) = server.post(&format!("{path}/claim"), &json!({ "seconds": 60 }));
    assert_eq!((status, &claimed["status"]), (200, &json!("claimed")), "{claimed}");
    let (status, cluster) =
        server.post("/v1/quarantine/decisions", &json!({ "action": "supersede", "chunks": [chunk] }));
    assert_eq!((status, &cluster["chunks"]), (200, &json!([chunk])), "{cluster}");
    // As it was shown before it was claimed, it is left alone and named; the decision is taken back by its batch.
    let stale = json!({ "action": "release", "items": [{ "chunk": chunk, "revision": item["revision"] }] });
    let (status, late) = server.post("/v1/quarantine/decisions", &stale);
    assert_eq!((status, &late["chunks"], &late["batch"]), (200, &json!([]), &Value::Null), "{late}");
    assert_eq!((&late["left"][0]["chunk"], &late["left"][0]["code"]), (&json!(chunk), &json!("changed")), "{late}");
    let undo = format!("/v1/quarantine/decisions/{}/undo", cluster["batch"].as_str().unwrap());
    assert_eq!(server.post(&undo, &json!({})).1["chunks"], json!([chunk]));
    assert_eq!(server.post(&undo, &json!({})).0, 409);
    assert_eq!(server.post("/v1/quarantine/decisions/none/undo", &json!({})).0, 404);
    let (_, again) = server.post("/v1/quarantine/decisions", &json!({ "action": "supersede", "chunks": [chunk] }));
    assert_eq!(again["left"], json!([]), "{again}");
    assert_eq!(server.get("/v1/quarantine?status=superseded").1["items"][0]["chunk"], chunk);
    let (_, rates) = server.get("/v1/quarantine/rules");
    assert_eq!(rates["items"][0]["confirmed"], 1, "{rates}");

    for (body, wanted) in [
        (json!({ "action": "bless" }), 400),
        (json!({ "action": "edit" }), 400),
        (json!({ "action": "edit", "text": "word ".repeat(2_000) }), 400),
        (json!({ "action": "snooze" }), 400),
        (json!({ "action": "snooze", "until": "2001-01-01T00:00:00Z" }), 400),
        (json!({ "action": "reject", "until": "2030-01-01T00:00:00Z" }), 400),
        (json!({ "action": "reject", "note": "n".repeat(5_000) }), 400),
    ] {
        assert_eq!(server.post(&decision, &body).0, wanted, "{body}");
    }
    assert_eq!(server.post("/v1/quarantine/decisions", &json!({ "action": "reject" })).0, 400);
    assert_eq!(server.post("/v1/quarantine/decisions", &json!({ "action": "edit", "chunks": [chunk] })).0, 400);
    assert_eq!(server.post("/v1/quarantine/0000/undo", &json!({})).0, 404);
    assert_eq!(server.get("/v1/quarantine/0000/history").0, 404);
    let (status, problem) = server.get("/v1/quarantine?rule=duplication.exakt");
    assert!(status == 400 && problem["detail"].as_str().unwrap().contains("duplication.exact"), "{problem}");
}

#[test]
fn the_terminal_keeps_in_step() {
    let bench = Bench::new();
    bench.write("mast.md", page("mast"));
    bench.write("copy-of-mast.md", page("mast"));
    bench.ingest();
    let list =
        |status: &str| bench.run(&["quarantine", "list", "--status", status, "--format", "json"]).expect(0).json();
    let chunk = list("pending")["items"][0]["chunk"].as_str().unwrap().to_owned();
    let held = list("pending")["items"].as_array().unwrap().len();
    let before = bench.verify();
    bench.run(&["quarantine", "snooze", &chunk, "--days", "3"]).expect(0);
    assert_eq!(list("snoozed")["items"][0]["chunk"], json!(chunk));
    assert_eq!(list("pending")["items"].as_array().unwrap().len(), held - 1);
    bench
        .run(&["quarantine", "edit", &chunk, "--text", "Gulls near the periscope workshop steal the polish."])
        .expect(0);
    assert_eq!(bench.found("periscope").len(), 1);
    assert_eq!(bench.verify(), before + 1);
    bench.run(&["quarantine", "undo", &chunk]).expect(0);
    bench.run(&["quarantine", "undo", &chunk]).expect(0);
    assert_eq!(bench.found("periscope").len(), 0);
    assert_eq!((bench.verify(), list("pending")["items"].as_array().unwrap().len()), (before, held));
    bench.run(&["quarantine", "undo", &chunk]).expect(3);
    bench.run(&["quarantine", "snooze", &chunk, "--days", "0"]).expect(2);
    let history = bench.run(&["quarantine", "history", &chunk, "--format", "json"]).expect(0).json();
    let actions: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["snooze", "edit", "undo", "undo"]);
}
