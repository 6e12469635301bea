//! The policy: shown, tested, tried and changed, while the service runs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::{Server, agent};

fn put(server: &Server, body: &Value) -> (u16, Value) {
    let request = agent().put(format!("{}/v1/policy", server.base)).header("content-type", "application/json");
    let mut response = request.send(body.to_string()).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap())
}

#[test]
fn a_policy_is_tried_then_put_in_force_and_the_corpus_follows() {
    let bench = Bench::new();
    bench.write("oar.md", page("oar"));
    bench.write("short.md", "# Tide\n\nIt is high.\n");
    bench.ingest();
    let server = Server::start(&bench);
    let (_, policy) = server.get("/v1/policy");
    assert_eq!((&policy["revision"], &policy["origin"]), (&json!(1), &json!("configuration")), "{policy}");

    let strict = json!({ "rules": { "structure.too_short": "error" } });
    let (status, preview) = server.post("/v1/policy/preview", &json!({ "policy": strict }));
    assert_eq!(status, 200, "{preview}");
    assert_eq!(preview["accepted"], json!({ "before": 2, "after": 1 }), "{preview}");
    assert_eq!(preview["by_rule"], json!({ "structure.too_short": 1 }), "{preview}");
    assert_eq!(preview["examples"][0]["uri"], "short.md", "{preview}");
    assert!(preview["score"]["after"].as_f64() < preview["score"]["before"].as_f64(), "{preview}");
    assert_eq!(server.get("/v1/health").1["accepted"], 2, "trying changes nothing");

    let (status, revision) = put(&server, &json!({ "policy": strict, "note": "no stubs" }));
    assert_eq!((status, &revision["revision"]), (200, &json!(2)), "{revision}");
    // The server grades again on its own clock; asking is how we wait.
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.get("/v1/health").1["accepted"] != 1 {
        assert!(Instant::now() < deadline, "the corpus did not follow the policy");
    }
    assert_eq!(server.get("/v1/health").1["score"], preview["score"]["after"], "as the preview said");

    for (wrong, told) in [
        (json!({ "policy": { "accept_at_least": 2 } }), "between 0 and 1"),
        (json!({ "policy": { "accept_at_leas": 0.5 } }), "accept_at_leas"),
        (json!({ "policy": [] }), "invalid type: sequence"),
        (json!([{}, null]), "invalid type: sequence"),
    ] {
        let (status, problem) = put(&server, &wrong);
        assert_eq!(status, 400);
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
    }
    let (_, history) = server.get("/v1/policy/revisions?limit=1");
    assert_eq!(history["items"][0]["note"], "no stubs", "{history}");
    let next = history["next_cursor"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/policy/revisions?cursor={next}")).1["items"][0]["revision"], 1);
    drop(server);

    let shown = bench.run(&["policy", "show", "--format", "json"]).expect(0).json();
    assert_eq!(shown["rules"], strict["rules"], "{shown}");
    assert_eq!(bench.ingest()["chunks"]["accepted"], 1, "the next run keeps to it");
    let told = bench.run(&["policy", "history"]).expect(0).stdout;
    assert!(told.contains("no stubs") && told.contains("structure.too_short"), "{told}");
}

#[test]
fn policy_tests_tell_what_a_policy_makes_of_a_text() {
    let bench = Bench::new();
    let settings = |level: &str| {
        format!(
            "[policy.rules]\n\"structure.too_short\" = \"{level}\"\n\n[[policy_tests]]\nname = \"stubs stay out\"\n\
             text = \"# Tide\\n\\nIt is high.\\n\"\nexpect = \"quarantine\"\nrules = [\"structure.too_short\"]\n"
        )
    };
    std::fs::write(bench.path("tamis.toml"), settings("error")).unwrap();
    let passed = bench.run(&["policy", "check"]).expect(0).stdout;
    assert!(passed.contains("passed stubs stay out"), "{passed}");
    std::fs::write(bench.path("tried.toml"), settings("off")).unwrap();
    let failed = bench.run(&["policy", "check", "tried.toml"]).expect(1).stdout;
    assert!(failed.contains("failed stubs stay out") && failed.contains("got accept"), "{failed}");

    bench.write("short.md", "# Tide\n\nIt is high.\n");
    bench.ingest();
    let preview = bench.run(&["policy", "preview", "tried.toml", "--format", "json"]).expect(0).json();
    assert_eq!((&preview["to_accept"], &preview["to_quarantine"]), (&json!(1), &json!(0)), "{preview}");
}
