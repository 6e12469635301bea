//! Documents that are sent, looked at, graded and deleted over the wire.

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::{Server, agent, answer};

fn read(server: &Server, id: &str) -> Value {
    server.wait(&format!("/v1/documents/{id}"), "the document's reading", |document| document["status"] == "ready")
}

/// Sends a form of these parts: name, file name, content.
fn send_form(server: &Server, parts: &[(&str, Option<&str>, &str)]) -> (u16, Value) {
    let part = |(name, file, content): &(&str, Option<&str>, &str)| {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    };
    let body = parts.iter().map(part).collect::<String>() + "--line--\r\n";
    let request = agent().post(format!("{}/v1/documents", server.base));
    answer(request.header("content-type", "multipart/form-data; boundary=line").send(body).unwrap())
}

#[test]
fn a_document_that_is_sent_is_found_changed_and_deleted() {
    let bench = Bench::new();
    let server = Server::start(&bench);
    let sent =
        json!({ "id": "mast/1", "markdown": page("mast"), "title": "The mast", "metadata": { "team": "riggers" } });
    let (status, receipt) = server.post("/v1/documents", &sent);
    assert_eq!((status, &receipt["result"], &receipt["source"]), (202, &json!("new"), &json!("uploads")), "{receipt}");
    let document = read(&server, "mast%2F1");
    assert_eq!((&document["id"], &document["title"]), (&receipt["id"], &json!("The mast")), "{document}");
    assert_eq!(document["metadata"], json!({ "team": "riggers" }));

    // The same again changes nothing; another title or text does.
    assert_eq!(server.post("/v1/documents", &sent).1["result"], "unchanged");
    let mut changed = sent.clone();
    changed["title"] = json!("A taller mast");
    assert_eq!(server.post("/v1/documents", &changed).1["result"], "changed");
    server.wait("/v1/documents/mast%2F1", "the new title", |document| document["title"] == "A taller mast");
    let found = |query: &str| {
        let path = format!("/v1/search?q={query}&mode=lexical");
        let hits = server.get(&path).1["hits"].as_array().unwrap().clone();
        hits.into_iter().map(|hit| hit["document"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    server.wait("/v1/search?q=mast&mode=lexical", "the document's publication", |answer| {
        answer["hits"].as_array().is_some_and(|hits| !hits.is_empty())
    });
    let (_, answer) = server.get("/v1/search?q=mast&mode=lexical");
    let (status, chunk) = server.get(&format!("/v1/chunks/{}", answer["hits"][0]["chunk"].as_str().unwrap()));
    assert_eq!((status, &chunk["verdict"], &chunk["document"]), (200, &json!("accept"), &json!("mast/1")), "{chunk}");
    assert!(chunk["scores"]["overall"].is_number() && chunk["findings"].is_array(), "{chunk}");

    let (status, gone) = server.delete("/v1/documents/mast%2F1");
    assert_eq!((status, &gone["comes_back"]), (200, &json!(false)), "{gone}");
    assert_eq!(found("mast"), Vec::<String>::new());
    assert_eq!(server.get("/v1/documents/mast%2F1").0, 404);
    let left = std::fs::read_dir(bench.path(".tamis/uploads/uploads")).unwrap().count();
    assert_eq!(left, 0, "no file of the document is left");
    // The very same document may come again.
    assert_eq!(server.post("/v1/documents", &changed).0, 202);
    read(&server, "mast%2F1");
    server.wait("/metrics", "the publication of all", |metrics| {
        metrics.as_str().is_some_and(|text| text.lines().any(|line| line == "tamis_unpublished_chunks 0"))
    });
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(bench.verify(), 1);
}

#[test]
fn files_are_sent_as_forms() {
    let bench = Bench::new();
    let server = Server::start(&bench);
    let html = format!("<html><head><title>Oar</title></head><body><main><p>{}</p></main></body></html>", page("oar"));
    let (status, receipt) =
        send_form(&server, &[("source", None, "inbox"), ("id", None, "oar"), ("file", Some("Oar page.HTML"), &html)]);
    assert_eq!((status, &receipt["source"], &receipt["document"]), (202, &json!("inbox"), &json!("oar")), "{receipt}");
    assert_eq!(read(&server, "oar")["media_type"], "text/html");
    let (_, receipt) = send_form(&server, &[("file", Some("keel.md"), &page("keel"))]);
    assert_eq!(receipt["document"], "keel.md");
    assert_eq!(read(&server, "keel.md")["media_type"], "text/markdown");
    for (parts, status, part) in [
        (vec![("file", Some("a.exe"), "MZ\0\u{1}\0\0")], 415, "no reader"),
        (vec![("file", Some("a.jsonl"), "{}")], 415, "many documents"),
        (vec![("fille", Some("a.md"), "x")], 400, "did you mean \"file\"?"),
        (vec![("id", None, "a")], 400, "no part"),
        (vec![("file", None, "x")], 400, "no name"),
        (vec![("id", None, ""), ("file", Some("a.md"), "x")], 400, "id must hold"),
        (vec![("source", None, "Inbox"), ("file", Some("a.md"), "x")], 400, "lower-case"),
    ] {
        let (answered, problem) = send_form(&server, &parts);
        assert_eq!(answered, status, "{parts:?}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{parts:?}: {problem}");
    }
}

#[test]
fn bad_documents_are_refused_and_large_ones_too() {
    let bench = Bench::new();
    std::fs::write(bench.path("tamis.toml"), "[limits]\nmax_document_bytes = 20000\n").unwrap();
    bench.write("mast.md", page("mast"));
    let server = Server::start(&bench);
    server.post("/v1/sources", &json!({ "name": "docs", "path": bench.path("docs") }));
    for (body, status, part) in [
        (json!({ "id": "a" }), 400, "has no text"),
        (json!({ "id": "a", "text": "x", "html": "y" }), 400, "expected one of them"),
        (json!({ "id": "a", "text": "x", "modified_at": "last week" }), 400, "expected a date"),
        (json!({ "id": "a", "text": "x", "authority": 101 }), 400, "0 to 100"),
        (json!({ "id": "a", "txt": "x" }), 400, "did you mean `text`?"),
        (json!({ "id": "a\n", "text": "x" }), 400, "control characters"),
        (json!({ "id": "a", "text": "x", "source": "docs" }), 409, "kind folder"),
        (json!({ "id": "a", "text": "x".repeat(25_000) }), 413, "max_document_bytes"),
        // More than a connection's buffers hold: the answer comes to a client that is still sending.
        (json!({ "id": "a", "text": "x".repeat(16_000_000) }), 413, "max_document_bytes"),
    ] {
        let (answered, problem) = server.post("/v1/documents", &body);
        assert_eq!(answered, status, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{problem}");
    }
    let (status, _) = send_form(&server, &[("file", Some("a.md"), &"x".repeat(16_000_000))]);
    assert_eq!(status, 413);
    assert_eq!(server.post("/v1/nothing", &json!({ "text": "x".repeat(16_000_000) })).0, 404);
    let request = agent().post(format!("{}/v1/documents", server.base)).header("content-type", "text/plain");
    assert_eq!(answer(request.send("hello").unwrap()).0, 415);
    // Nothing of them is kept, in the ledger or as a file.
    assert_eq!(server.get("/v1/documents").1["items"], json!([]));
    let kept = std::fs::read_dir(bench.path(".tamis/uploads/uploads")).map_or(0, Iterator::count);
    assert_eq!(kept, 0);

    server.post("/v1/documents", &json!({ "id": "a", "text": page("anchor"), "uri": "same" }));
    let (status, problem) = server.post("/v1/documents", &json!({ "id": "b", "text": page("bilge"), "uri": "same" }));
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")), "{problem}");
}

#[test]
fn documents_are_listed_by_page_and_by_what_they_are() {
    let bench = Bench::new();
    for topic in ["anchor", "bilge", "cleat"] {
        bench.write(&format!("deck/{topic}.md"), page(topic));
    }
    bench.write("mast.md", page("mast"));
    bench.ingest();
    let server = Server::start(&bench);
    let uris = |path: &str| {
        let (status, list) = server.get(path);
        assert_eq!(status, 200, "{list}");
        let items = list["items"].as_array().unwrap().clone();
        let uris: Vec<String> = items.iter().map(|item| item["uri"].as_str().unwrap().to_owned()).collect();
        (uris, list["next_cursor"].as_str().map(str::to_owned))
    };
    let (first, cursor) = uris("/v1/documents?limit=2");
    assert_eq!(first, ["deck/anchor.md", "deck/bilge.md"]);
    // What comes before the cursor meanwhile moves nothing.
    server.post("/v1/documents", &json!({ "id": "a", "text": page("ensign"), "source": "aaa" }));
    let (rest, end) = uris(&format!("/v1/documents?limit=2&cursor={}", cursor.unwrap()));
    assert_eq!((rest, end), (vec!["deck/cleat.md".to_owned(), "mast.md".to_owned()], None));
    assert_eq!(uris("/v1/documents?uri_prefix=deck/&source=docs&status=ready").0.len(), 3);
    assert_eq!(uris("/v1/documents?status=failed").0.len(), 0);
    let (_, gone) = server.delete("/v1/documents/mast.md");
    assert_eq!(gone["comes_back"], true, "{gone}");
    assert_eq!(server.run("docs")["documents"]["new"], 1, "the file is still there");
}

#[test]
fn grading_over_http_is_grading_on_the_command_line() {
    let bench = Bench::new();
    let documents = [json!({ "id": "a", "markdown": page("mast") }), json!({ "id": "b", "markdown": page("mast") })];
    let lines: Vec<String> = documents.iter().map(Value::to_string).collect();
    bench.write("two.jsonl", lines.join("\n"));
    let printed = bench.run(&["grade", "docs/two.jsonl", "--format", "jsonl"]).expect(0).json_lines();
    let server = Server::start(&bench);
    let (status, graded) = server.post("/v1/grade", &json!({ "documents": documents }));
    assert_eq!(status, 200, "{graded}");
    let plain = |mut line: Value| {
        // Ids and places come from where the file lies.
        line["chunk"].take();
        for finding in line["findings"].as_array_mut().unwrap() {
            finding["counterpart"].take();
        }
        line
    };
    let expected: Vec<Value> = printed.into_iter().map(plain).collect();
    let got: Vec<Value> = graded["items"].as_array().unwrap().iter().cloned().map(plain).collect();
    assert_eq!(got, expected);
    assert!(expected.iter().any(|line| line["verdict"] == "quarantine"));
    let (_, graded) = server.post("/v1/grade", &json!({ "documents": [{ "id": "a", "text": "x" }, { "id": "b" }] }));
    assert_eq!((&graded["failures"][0]["uri"]), &json!("documents:2"), "{graded}");
    assert_eq!(server.post("/v1/grade", &json!({ "documents": [] })).0, 400);
    assert_eq!(server.get("/v1/documents").1["items"], json!([]), "nothing is stored");
}

#[test]
fn a_request_with_a_key_is_answered_once() {
    let bench = Bench::new();
    bench.write("mast.md", page("mast"));
    let mut server = Server::start(&bench);
    let send = |server: &Server, path: &str, key: &str, body: &Value| {
        let request = agent().post(format!("{}{path}", server.base)).header("content-type", "application/json");
        let response = request.header("idempotency-key", key).send(body.to_string()).unwrap();
        let replayed = response.headers().contains_key("idempotent-replayed");
        let (status, body) = answer(response);
        (status, body, replayed)
    };
    let source = json!({ "name": "docs", "path": bench.path("docs") });
    let (status, first, replayed) = send(&server, "/v1/sources", "k1", &source);
    assert_eq!((status, replayed), (201, false), "{first}");
    let (status, second, replayed) = send(&server, "/v1/sources", "k1", &source);
    assert_eq!((status, &second, replayed), (201, &first, true));
    let (status, problem, _) = send(&server, "/v1/sources", "k1", &json!({ "name": "other" }));
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")), "{problem}");
    assert_eq!(send(&server, "/v1/sources", "k2", &source).0, 409, "without the key it is another request");
    assert_eq!(send(&server, "/v1/sources", "", &source).0, 400);

    let (_, run, _) = send(&server, "/v1/sources/docs/runs", "k3", &json!({}));
    server.finished(run["id"].as_str().unwrap());
    // It outlives the process.
    assert_eq!(server.terminate(), Some(0));
    server = Server::start(&bench);
    let (status, again, replayed) = send(&server, "/v1/sources/docs/runs", "k3", &json!({}));
    assert_eq!((status, &again["id"], replayed), (202, &run["id"], true), "{again}");
    assert_eq!(server.get("/v1/runs").1["items"].as_array().map(Vec::len), Some(1));
}
