//! A program run on some bytes, within limits.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Runs `program`, hands it `input` and returns what it writes, at most `max` bytes, within `time`.
///
/// # Errors
/// What went wrong, in words: it cannot be run, failed, wrote too much or took too long.
pub(super) fn run(
    program: &Path,
    arguments: &[&str],
    input: &[u8],
    max: usize,
    time: Duration,
) -> Result<Vec<u8>, String> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut child = Command::new(program)
        .args(arguments)
        // One thread a page: pages of other documents are read beside this one.
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|problem| format!("{name} cannot be run: {problem}"))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(stop(child, format!("{name} cannot be spoken to")));
    };
    thread::scope(|scope| {
        // A program that ends before it has read everything is judged by what it wrote.
        scope.spawn(move || stdin.write_all(input));
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(max as u64 + 1).read_to_end(&mut output);
            let _ = sender.send(read.map(|_| output));
        });
        // Killing it closes both ends, which ends the threads.
        let output = match receiver.recv_timeout(time) {
            Ok(Ok(output)) if output.len() > max => {
                return Err(stop(child, format!("{name} wrote more than {max} bytes")));
            }
            Ok(Ok(output)) => output,
            Ok(Err(problem)) => return Err(stop(child, format!("{name} cannot be read from: {problem}"))),
            Err(_) => return Err(stop(child, format!("{name} took longer than {} s", time.as_secs()))),
        };
        match child.wait() {
            Ok(status) if status.success() => Ok(output),
            Ok(status) => Err(format!("{name} failed: {status}")),
            Err(problem) => Err(format!("{name} was lost: {problem}")),
        }
    })
}

/// Ends a program, and passes the reason on.
fn stop(mut child: Child, reason: String) -> String {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
    reason
}
