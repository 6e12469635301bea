//! The layers around the handlers, as clients of the whole service meet them.

use serde_json::json;
use tamis_ingest::SourceName;
use tempfile::TempDir;
use ureq::http::Request;

use super::router;
use crate::access::{NewKey, Scope};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::jobs::{self, SourceSpec, Stop, Unobserved};
use crate::ledger::{Ledger, QuarantineFilter};
use crate::service::{Writer, check_model};

/// A server in this process, with a page and a copy of it.
struct Served {
    base: String,
    writer: Writer,
    _dir: TempDir,
}

/// An answer as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: u16,
    etag: Option<String>,
    replayed: bool,
    body: String,
}

impl Served {
    /// Nothing where no model is installed.
    async fn start() -> Option<Self> {
        let config = Config::load(None).unwrap();
        if check_model(&config.model_files()).is_err() {
            eprintln!("skipped: the embedding model is not installed");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let page = "# Mast\n\nThe keeper of the lighthouse writes down which boats came by, and when each of them left \
                    the harbour again, before the next tide takes the pier.\n";
        let docs = dir.path().join("docs");
        std::fs::create_dir(&docs).unwrap();
        for name in ["mast.md", "copy.md"] {
            std::fs::write(docs.join(name), page).unwrap();
        }
        let writer = Writer::open(config, &DataDir::new(&dir.path().join("data")), "test").await.unwrap();
        let source = SourceSpec { name: SourceName::new("docs").unwrap(), path: docs, authority: None };
        jobs::ingest(&writer.service, &[source], &Unobserved, Stop::on_signals()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = router(writer.service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Some(Self { base, writer, _dir: dir })
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/json").body(body.into()).unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let asked = tokio::task::spawn_blocking(move || {
            let (parts, mut body) = agent.run(request).unwrap().into_parts();
            Answer {
                status: parts.status.as_u16(),
                etag: parts.headers.get("etag").map(|tag| tag.to_str().unwrap().to_owned()),
                replayed: parts.headers.contains_key("idempotent-replayed"),
                body: body.read_to_string().unwrap(),
            }
        });
        asked.await.unwrap()
    }

    fn ledger(&self) -> &Ledger {
        &self.writer.service.ledger
    }

    /// How many idempotency keys the ledger knows.
    async fn kept(&self) -> i64 {
        sqlx::query_scalar("select count(*) from idempotency_keys").fetch_one(self.ledger().pool()).await.unwrap()
    }

    /// The path of the copy, which waits in the queue.
    async fn copy(&self) -> String {
        let filter = QuarantineFilter { limit: 1, ..QuarantineFilter::default() };
        format!("/v1/quarantine/{}", self.ledger().quarantine(&filter).await.unwrap()[0].chunk)
    }
}

#[tokio::test]
async fn only_operations_of_the_api_keep_answers_and_only_for_those_who_may_ask() {
    let Some(served) = Served::start().await else { return };
    let key = NewKey::random().unwrap();
    served.ledger().add_key(&key, "root", &[Scope::Admin], None).await.unwrap();
    let bearer = format!("Bearer {key}");
    let (again, known) = (("idempotency-key", "k"), ("authorization", bearer.as_str()));
    for path in ["/nothing", "/livez", "/login", "/logout", "/quarantine/7/claim", "/v1/nothing", "/v1/search"] {
        for _ in 0..2 {
            let answer = served.ask("POST", path, &[again], "{}").await;
            assert!(!answer.replayed, "{path}");
        }
    }
    for (method, path, status) in [
        ("POST", "/v1/nothing", 404),
        ("POST", "/v1/health", 405),
        ("POST", "/metrics", 405),
        ("PUT", "/v1/policy", 400),
    ] {
        let answer = served.ask(method, path, &[again, known], "{}").await;
        assert_eq!((answer.status, answer.replayed), (status, false), "{path}");
    }
    assert_eq!(served.kept().await, 0);
    for replayed in [false, true] {
        let answer = served.ask("POST", "/v1/search", &[again, known], r#"{"q":"mast","mode":"lexical"}"#).await;
        assert_eq!((answer.status, answer.replayed), (200, replayed));
    }
    assert_eq!(served.kept().await, 1);
}

#[tokio::test]
async fn a_key_leaves_each_path_its_own_limit() {
    let Some(served) = Served::start().await else { return };
    let long = "[".repeat((1 << 20) + 1);
    for (path, status) in [("/v1/search", 413), ("/v1/sources", 413), ("/v1/grade", 400), ("/v1/documents", 400)] {
        for headers in [&[("idempotency-key", path)][..], &[]] {
            assert_eq!(served.ask("POST", path, headers, long.clone()).await.status, status, "{path}");
        }
    }
    assert_eq!(served.kept().await, 2, "what was not read is not known");
}

#[tokio::test]
async fn what_changed_meanwhile_is_decided_under_the_same_key() {
    let Some(served) = Served::start().await else { return };
    let copy = served.copy().await;
    let path = format!("{copy}/decision");
    let decide = async |tag: &str| {
        let headers = [("idempotency-key", "k"), ("if-match", tag)];
        served.ask("POST", &path, &headers, json!({ "action": "reject" }).to_string()).await
    };
    assert_eq!(decide("\"0\"").await.status, 412);
    let fresh = served.ask("GET", &copy, &[], "").await.etag.unwrap();
    let decided = decide(&fresh).await;
    assert_eq!((decided.status, decided.replayed), (200, false), "{}", decided.body);
    assert!(decided.etag.as_ref().is_some_and(|tag| *tag != fresh));
    // Whoever did not hear of it finds another tag, and gets the answer that was lost.
    for tag in [&fresh, decided.etag.as_ref().unwrap()] {
        assert_eq!(decide(tag).await, Answer { replayed: true, ..decided.clone() });
    }
}

#[tokio::test]
async fn a_client_is_not_sent_the_item_that_it_has() {
    let Some(served) = Served::start().await else { return };
    let path = served.copy().await;
    let tag = served.ask("GET", &path, &[], "").await.etag.unwrap();
    for held in [tag.clone(), format!("\"0\", W/{tag}"), "*".to_owned()] {
        let answer = served.ask("GET", &path, &[("if-none-match", &held)], "").await;
        assert_eq!((answer.status, answer.etag.as_ref(), answer.body.as_str()), (304, Some(&tag), ""), "{held}");
    }
    assert_eq!(served.ask("GET", &path, &[("if-none-match", "\"0\"")], "").await.status, 200);
    let claimed = served.ask("POST", &format!("{path}/claim"), &[("if-none-match", &tag)], "{}").await;
    assert_eq!(claimed.status, 200, "{}", claimed.body);
    let answer = served.ask("GET", &path, &[("if-none-match", &tag)], "").await;
    assert_eq!((answer.status, &answer.etag), (200, &claimed.etag), "somebody works on it");
    // Age moves a score: whoever has the item is sent it anew, and may decide by what was seen before.
    let chunk = path.rsplit('/').next().unwrap();
    let (before, tag) = (answer, claimed.etag.unwrap());
    sqlx::query("update chunks set overall = overall / 2, freshness = 0.25 where id = $1")
        .bind(chunk)
        .execute(served.ledger().pool())
        .await
        .unwrap();
    let aged = served.ask("GET", &path, &[("if-none-match", &tag)], "").await;
    assert_eq!(aged.status, 200);
    assert!(aged.etag != before.etag && aged.body != before.body, "{}", aged.body);
    let decision = json!({ "action": "reject" }).to_string();
    let decided = served.ask("POST", &format!("{path}/decision"), &[("if-match", &tag)], decision).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
}
