//! API keys, over the wire.

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::{Server, agent};

/// Status and body of a request with a key.
fn ask(server: &Server, method: &str, path: &str, key: Option<&str>, body: Option<&Value>) -> (u16, Value) {
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", server.base));
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = request.header("content-type", "application/json").body(body).unwrap();
    let mut response = agent().run(request).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn key(bench: &Bench, name: &str, scope: &str) -> String {
    bench.run(&["keys", "create", name, "--scope", scope]).expect(0).stdout.trim().to_owned()
}

#[test]
fn keys_open_what_their_scopes_name_until_they_end() {
    let bench = Bench::new();
    bench.write("mast.md", page("mast"));
    bench.write("copy-of-mast.md", page("mast"));
    bench.ingest();
    let (reader, reviewer) = (key(&bench, "app", "read"), key(&bench, "eva", "review"));
    let admin = key(&bench, "root", "admin");
    let server = Server::start(&bench);

    for path in ["/livez", "/readyz", "/openapi.json"] {
        assert_eq!(ask(&server, "GET", path, None, None).0, 200, "{path} is open");
    }
    let (status, problem) = ask(&server, "GET", "/v1/health", None, None);
    assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")));
    assert_eq!(ask(&server, "GET", "/v1/health", Some("tamis_0_0"), None).0, 401);
    assert_eq!(ask(&server, "GET", "/v1/health", Some(&reader), None).0, 200);
    assert_eq!(ask(&server, "POST", "/v1/search", Some(&reader), Some(&json!({ "q": "mast" }))).0, 200);

    let (_, queue) = ask(&server, "GET", "/v1/quarantine", Some(&reader), None);
    let path = format!("/v1/quarantine/{}/decision", queue["items"][0]["chunk"].as_str().unwrap());
    let decision = json!({ "action": "release" });
    let (status, problem) = ask(&server, "POST", &path, Some(&reader), Some(&decision));
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    assert!(problem["detail"].as_str().unwrap().contains("review"), "{problem}");
    assert_eq!(ask(&server, "POST", &path, Some(&reviewer), Some(&decision)).0, 200);

    assert_eq!(ask(&server, "GET", "/v1/audit", Some(&reviewer), None).0, 403);
    let (_, audit) = ask(&server, "GET", "/v1/audit", Some(&admin), None);
    let entries = audit["items"].as_array().unwrap();
    let (commands, requests): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry["method"] == "CLI");
    let written: Vec<_> = requests.iter().map(|entry| (&entry["actor"], &entry["status"])).collect();
    // The refused attempt of a known key is not a change; it ended before the log of changes.
    assert_eq!(written, [(&json!("eva"), &json!(200))], "{audit}");
    // What was done from a terminal stands beside it, and the keys themselves do not.
    let done: Vec<_> = commands.iter().map(|entry| (&entry["path"], &entry["status"])).collect();
    assert_eq!(
        (done.len(), done[0], done[3]),
        (4, (&json!("keys create root"), &json!(0)), (&json!("ingest docs"), &json!(0))),
        "{audit}"
    );
    assert!(commands.iter().all(|entry| entry["actor"].as_str().unwrap().starts_with("cli")), "{audit}");
    assert!(!audit.to_string().contains(&admin), "{audit}");

    bench.run(&["keys", "revoke", "app"]).expect(0);
    assert_eq!(ask(&server, "GET", "/v1/health", Some(&reader), None).0, 401, "it ends at once, in a running server");
    let list = bench.run(&["keys", "list"]).expect(0).stdout;
    assert!(list.contains("eva") && !list.contains("app"), "{list}");
    assert!(!list.contains(&reviewer), "secrets are not shown again");
}

#[test]
fn without_keys_only_this_machine_is_served() {
    let bench = Bench::new();
    bench.write("oar.md", page("oar"));
    bench.ingest();
    let refused = bench.run(&["serve", "--bind", "0.0.0.0:0"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("tamis keys create"), "{}", refused.stderr);

    let server = Server::start(&bench);
    let url = format!("{}/v1/health", server.base);
    let foreign = agent().get(&url).header("host", "evil.example").call().unwrap();
    assert_eq!(foreign.status(), 403, "a name that somebody else points here");
    let url = format!("{}/v1/duplicates", server.base);
    let response = agent().get(&url).call().unwrap();
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    let again = agent().get(&url).header("if-none-match", &response.headers()["etag"]).call().unwrap();
    assert_eq!(again.status(), 304, "nothing is new");
}
