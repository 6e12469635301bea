//! `tamis serve`, over the wire.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::Server;

/// The same with all fractions to two places.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => json!((number.as_f64().unwrap() * 100.0).round() / 100.0),
        Value::Array(items) => items.iter().map(rounded).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), rounded(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn search_health_and_review_over_http() {
    let bench = Bench::new();
    bench.write("mast.md", page("mast"));
    bench.write("copy-of-mast.md", page("mast"));
    bench.write("oar.md", page("oar"));
    bench.ingest();
    let server = Server::start(&bench);

    assert_eq!(server.get("/livez"), (200, json!("ok")));
    assert_eq!(server.get("/readyz"), (200, json!("ok")));
    let (status, answer) = server.get("/v1/search?q=mast%20greeting&limit=2&mode=hybrid");
    assert_eq!(status, 200);
    let first = answer["hits"][0]["uri"].as_str().unwrap();
    assert!(first.ends_with("mast.md"), "{answer}");
    let (status, by_post) = server.post("/v1/search", &json!({ "q": "mast greeting", "limit": 2 }));
    assert_eq!(status, 200);
    // The second answer may come from the copy in memory, which rounds.
    assert_eq!(rounded(&by_post["hits"]), rounded(&answer["hits"]));
    let (status, health) = server.get("/v1/health");
    assert_eq!((status, &health["documents"]), (200, &json!(3)));

    let (status, clusters) = server.get("/v1/duplicates?limit=1");
    assert_eq!((status, &clusters["next_cursor"]), (200, &Value::Null), "{clusters}");
    assert_eq!(clusters["items"][0]["members"].as_array().map(Vec::len), Some(2), "{clusters}");
    assert_eq!(server.get("/v1/conflicts").1["items"], json!([]));

    // Page through the queue, release one chunk, and find it.
    let (_, page_one) = server.get("/v1/quarantine?limit=1");
    let item = &page_one["items"][0];
    let (uri, chunk) = (item["uri"].as_str().unwrap(), item["chunk"].as_str().unwrap());
    assert!(uri.ends_with("mast.md"), "{page_one}");
    let (status, shown) = server.get(&format!("/v1/quarantine/{chunk}"));
    assert_eq!((status, &shown["uri"]), (200, &json!(uri)));
    let (status, decided) =
        server.post(&format!("/v1/quarantine/{chunk}/decision"), &json!({ "action": "release", "note": "wanted" }));
    assert_eq!((status, &decided["status"]), (200, &json!("released")), "{decided}");
    // The server publishes on its own clock; asking is how we wait.
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let (_, answer) = server.get("/v1/search?q=mast&limit=100&mode=lexical");
        if answer["hits"].as_array().unwrap().iter().any(|hit| hit["chunk"] == chunk) {
            break;
        }
        assert!(Instant::now() < deadline, "the released chunk is not found: {answer}");
    }
    // What is rejected is gone from the very next answer.
    server.post(&format!("/v1/quarantine/{chunk}/decision"), &json!({ "action": "reject" }));
    let (_, answer) = server.get("/v1/search?q=mast&limit=100&mode=lexical");
    assert!(answer["hits"].as_array().unwrap().iter().all(|hit| hit["chunk"] != chunk));

    let pair = json!({ "id": "x", "a": "The mast is 12 meters high.", "b": "The mast is 19 meters high." });
    let (status, compared) = server.post("/v1/compare", &pair);
    assert_eq!((status, &compared["relation"], &compared["id"]), (200, &json!("contradiction"), &json!("x")));
    assert_eq!(compared["findings"][0]["rule"], "contradiction.number", "{compared}");
    for bad in [json!({ "a": "x" }), json!({ "a": "", "b": "x" }), json!({ "a": "x", "b": "x".repeat(70_000) })] {
        assert_eq!(server.post("/v1/compare", &bad).0, 400);
    }
    for (path, expected) in [
        ("/v1/nothing", 404),
        ("/v1/search", 400),
        ("/v1/search?q=", 400),
        ("/v1/search?q=x&limit=0", 400),
        ("/v1/search?q=x&mode=psychic", 400),
        ("/v1/search?q=x&lmit=3", 400),
        ("/v1/quarantine?cursor=zz", 400),
        ("/v1/duplicates?limit=201", 400),
        ("/v1/conflicts?cursor=zz", 400),
        ("/v1/quarantine/0000", 404),
    ] {
        let (status, problem) = server.get(path);
        assert_eq!(status, expected, "{path}: {problem}");
        for field in ["type", "title", "status", "detail", "code", "request_id"] {
            assert!(problem[field] != Value::Null, "{path} lacks {field}: {problem}");
        }
    }
    assert_eq!(server.post("/v1/search", &json!({ "q": "x", "limt": 3 })).0, 400);
    assert_eq!(server.post("/v1/health", &json!({})).0, 405);
    let (_, description) = server.get("/openapi.json");
    let printed: Value = serde_json::from_str(&bench.run(&["openapi"]).expect(0).stdout).unwrap();
    assert_eq!(description, printed);
}
