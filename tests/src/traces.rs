//! Traces arrive at a collector, and say nothing of documents and queries.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::harness::{Bench, page};
use crate::server::{Server, agent};

/// What was posted to it: the path, the headers, the body.
type Posted = (String, Vec<String>, Vec<u8>);

/// Takes whatever is posted, as an OpenTelemetry collector does.
fn collector() -> (String, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, posted) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream.unwrap());
                while let Some(request) = take(&mut stream) {
                    let _ = sender.send(request);
                }
            });
        }
    });
    (address, posted)
}

fn take(stream: &mut BufReader<TcpStream>) -> Option<Posted> {
    let mut lines = stream.by_ref().lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    let length = headers.iter().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some((path, headers, body))
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[test]
fn requests_and_jobs_are_traced_to_a_collector() {
    let (address, posted) = collector();
    let bench = Bench::new();
    bench.write("harbour.md", page("harbour"));
    let settings = format!(
        "[telemetry]\nendpoint = \"{address}/v1/traces\"\nservice_name = \"tamis-in-test\"\n\
         headers = {{ x-collector-key = \"sesame\" }}\n\n[[sources]]\nname = \"docs\"\npath = \"docs\"\n"
    );
    std::fs::write(bench.path("tamis.toml"), settings).unwrap();
    let server = Server::start(&bench);
    assert_eq!(server.run("docs")["status"], "done");
    let mut answer = agent()
        .get(format!("{}/v1/search?q=greeting", server.base))
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .call()
        .unwrap();
    assert!(answer.body_mut().read_to_string().unwrap().contains("harbour"));
    // What waits is sent before the end.
    assert_eq!(server.terminate(), Some(0));

    let mut all = Vec::new();
    while let Ok((path, headers, body)) = posted.recv_timeout(Duration::from_secs(1)) {
        assert_eq!(path, "/v1/traces");
        for wanted in ["content-type: application/x-protobuf", "x-collector-key: sesame"] {
            assert!(headers.iter().any(|line| line == wanted), "{headers:?}");
        }
        all.extend(body);
    }
    for name in ["tamis-in-test", "GET /v1/search", "search", "prepare", "record", "publish", "embed", "index", "run"] {
        assert!(holds(&all, name.as_bytes()), "no span says {name}");
    }
    let caller = [0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c];
    assert!(holds(&all, &caller), "the caller's trace is not continued");
    for secret in ["greeting", "Fishermen"] {
        assert!(!holds(&all, secret.as_bytes()), "{secret} is in a trace");
    }
}

#[test]
fn a_collector_that_is_not_there_keeps_nobody_waiting() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bench = Bench::new();
    bench.write("harbour.md", page("harbour"));
    std::fs::write(bench.path("tamis.toml"), format!("[telemetry]\nendpoint = \"http://{gone}/v1/traces\"\n")).unwrap();
    let done = bench.run(&["ingest", "docs"]).expect(0);
    assert!(done.stderr.contains("the collector does not take them"), "{}", done.stderr);

    std::fs::write(bench.path("tamis.toml"), "[telemetry]\nendpoint = \"localhost:4318\"\n").unwrap();
    let refused = bench.run(&["ingest", "docs"]).expect(2);
    assert!(refused.stderr.contains("telemetry.endpoint: must begin with"), "{}", refused.stderr);
}
