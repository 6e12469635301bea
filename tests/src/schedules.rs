//! Schedules: from the configuration and over the wire, paused, missed, and done by the service and by a worker alone.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Bench, page};
use crate::server::Server;

fn configured(bench: &Bench, schedule: &str) {
    let text = format!("[[sources]]\nname = \"docs\"\npath = \"docs\"\nauthority = 70\n{schedule}");
    fs::write(bench.path("tamis.toml"), text).unwrap();
}

/// Makes the next run of `docs` due at `when`, microseconds since 1970, as if time had passed.
fn set_due(bench: &Bench, when: i64) {
    let sql = format!("update schedules set due_at = {when} where source = 'docs'");
    let done = std::process::Command::new("python3")
        .args(["-c", "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()"])
        .arg(bench.path(".tamis").join("ledger.sqlite"))
        .arg(sql)
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn the_configuration_wins_and_what_it_drops_is_set_free() {
    let bench = Bench::new();
    bench.write("anchor.md", page("anchor"));
    configured(
        &bench,
        "schedule = { cron = \"30 2 * * mon-fri\", time_zone = \"Europe/Berlin\", jitter_seconds = 60 }\n",
    );
    let server = Server::start(&bench);
    let (_, source) = server.get("/v1/sources/docs");
    assert_eq!((&source["origin"], &source["authority"]), (&json!("file"), &json!(70)), "{source}");
    let schedule = &source["schedule"];
    assert_eq!((&schedule["overlap"], &schedule["missed"]), (&json!("skip"), &json!("run")), "{schedule}");
    assert!(schedule["next_run_at"].is_string(), "{schedule}");

    for body in [json!({ "authority": 10 }), json!({ "schedule": null })] {
        let (status, problem) = server.patch("/v1/sources/docs", &body);
        assert_eq!((status, &problem["code"]), (409, &json!("conflict")), "{problem}");
    }
    assert_eq!(server.delete("/v1/sources/docs").0, 409);
    let (status, paused) = server.patch("/v1/sources/docs", &json!({ "paused": true }));
    assert_eq!((status, &paused["schedule"]["next_run_at"]), (200, &Value::Null), "{paused}");
    // A paused source still runs when asked.
    assert_eq!(server.run("docs")["documents"]["new"], 1);
    assert_eq!(server.terminate(), Some(0));

    // The pause outlives a restart, and goes with neither.
    let server = Server::start(&bench);
    assert_eq!(server.get("/v1/sources/docs").1["paused"], true);
    assert_eq!(server.terminate(), Some(0));

    fs::remove_file(bench.path("tamis.toml")).unwrap();
    let server = Server::start(&bench);
    let (_, source) = server.get("/v1/sources/docs");
    assert_eq!((&source["origin"], &source["schedule"]), (&json!("api"), &Value::Null), "{source}");
    let (status, source) = server
        .patch("/v1/sources/docs", &json!({ "authority": null, "schedule": { "cron": "@hourly" }, "paused": false }));
    assert_eq!((status, &source["authority"]), (200, &Value::Null), "{source}");
    assert!(source["schedule"]["next_run_at"].as_str().unwrap().ends_with(":00:00Z"), "{source}");
    assert_eq!(server.delete("/v1/sources/docs").0, 202);
}

#[test]
fn a_missed_run_is_made_up_for_or_left_out() {
    for (missed, runs) in [("run", 1), ("skip", 0)] {
        let bench = Bench::new();
        bench.write("anchor.md", page("anchor"));
        configured(&bench, &format!("schedule = {{ cron = \"0 0 1 1 *\", missed = \"{missed}\" }}\n"));
        assert_eq!(Server::start(&bench).terminate(), Some(0));
        // Due in 2001, many times over.
        set_due(&bench, 1_000_000_000_000_000);
        let server = Server::start(&bench);
        server.wait("/v1/sources/docs", "the next time", |source| {
            source["schedule"]["next_run_at"].as_str().is_some_and(|next| next > "2002")
        });
        let (_, list) = server.get("/v1/runs?source=docs");
        assert_eq!(list["items"].as_array().map(Vec::len), Some(runs), "{missed}: {list}");
        if runs == 1 {
            assert_eq!(list["items"][0]["cause"], "schedule");
            let run = server.finished(list["items"][0]["id"].as_str().unwrap());
            assert_eq!((&run["status"], &run["documents"]["new"]), (&json!("done"), &json!(1)), "{run}");
        }
    }
}

#[test]
fn a_worker_does_scheduled_runs_without_http() {
    let bench = Bench::new();
    bench.write("anchor.md", page("anchor"));
    configured(&bench, "schedule = { cron = \"0 0 1 1 *\" }\n");
    assert_eq!(Server::start(&bench).terminate(), Some(0));
    set_due(&bench, 1_000_000_000_000_000);
    let mut worker = bench.command(&["worker", "-vv"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(worker.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("run begins")), "the worker begins the run that is due");
    // Only one process works on a data folder.
    let ran = bench.run(&["worker"]).expect(3);
    assert!(ran.stderr.contains("tamis worker"), "{}", ran.stderr);
    assert!(lines.any(|line| line.contains("run is over")), "and ends it");
    let id = worker.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    lines.for_each(drop);
    assert_eq!(worker.wait().unwrap().code(), Some(0));
    assert_eq!(bench.found("anchor"), ["anchor.md"]);
    bench.verify();
}
