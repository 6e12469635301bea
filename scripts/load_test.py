"""Loads `tamis serve` with people and programs while it ingests, kills it in the middle, and sees what is left.

    load_test.py --tamis BINARY --docs FOLDER [--clients 50] [--seconds 120] [--pause 1.0] [--no-kill]

Part of the folder is ingested before; the rest comes in as a source that is read while the clients ask. Seven of ten
requests search (hybrid), one asks for the health, two review: list the queue, decide with a note of its own, undo.
Half-way the server is killed with SIGKILL and started again. It fails where an answer is 5xx, a search's 99th percentile
is over the limit, an acknowledged decision is not in the history afterwards, memory grows, or `tamis verify` finds
anything once the run is over.
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# The run has no time of its own beside clients that keep two processors busy.
MOST_SECONDS_FOR_THE_RUN = 600
QUESTIONS = (
    "how do I cancel a task when a timeout elapses",
    "read a csv file without allocating for every record",
    "minimum supported rust version policy",
    "parse a date with a time zone",
    "which license applies",
    "how to enable a feature flag",
    "breaking changes in the last release",
    "compare two strings without case",
    "stream a response body",
    "write a custom error type",
    "what happens on overflow",
    "thread safe reference counting",
)


class Server:
    """`tamis serve`, and what it uses."""

    def __init__(self, tamis, folder):
        self.tamis, self.folder = tamis, folder
        self.samples = []
        self.cpu = 0.0
        self.cpu_now = 0.0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.tamis, "serve", "--bind", "127.0.0.1:0"], cwd=self.folder, stderr=subprocess.PIPE, text=True
        )
        for line in self.process.stderr:
            found = re.search(r"http://([\d.]+):(\d+)", line)
            if found:
                self.address = (found[1], int(found[2]))
                break
        else:
            sys.exit("load test: tamis serve does not start")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.samples.append([])

    def sample(self):
        """Resident memory in MB, and seconds of processor time so far."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            times = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        except OSError:
            return
        found = re.search(r"VmRSS:\s+(\d+)", status)
        if found:
            self.samples[-1].append(int(found[1]) / 1024)
            self.cpu_now = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")

    def end(self, how):
        self.cpu += self.cpu_now
        self.process.send_signal(how)
        return self.process.wait()


class Client(threading.Thread):
    """Somebody who asks, waits, and asks again; reviews only chunks that nobody else does."""

    def __init__(self, server, number, options, state):
        super().__init__(daemon=True)
        self.server, self.number, self.options, self.state = server, number, options, state
        self.random = random.Random(number)
        self.answers = []
        self.refused = []
        self.decided = []
        self.connection = None
        self.requests = 0

    def run(self):
        time.sleep(self.random.random() * self.options.pause)
        while not self.state.is_set():
            chance = self.random.random()
            if chance < 0.7:
                body = {"q": self.random.choice(QUESTIONS), "limit": 10}
                self.ask("search", "POST", "/v1/search", body)
            elif chance < 0.8:
                self.ask("health", "GET", "/v1/health")
            else:
                self.review()
            time.sleep(self.random.expovariate(1 / self.options.pause))

    def review(self):
        listed = self.ask("queue", "GET", "/v1/quarantine?status=pending&limit=200")
        mine = [one["chunk"] for one in (listed or {}).get("items", []) if self.owns(one["chunk"])]
        if not mine:
            return
        chunk = self.random.choice(mine)
        action = self.random.choice(("release", "reject", "supersede"))
        note = f"client {self.number}, decision {len(self.decided)}"
        path = f"/v1/quarantine/{chunk}"
        if self.ask("decide", "POST", f"{path}/decision", {"action": action, "note": note}) is None:
            return
        self.decided.append((chunk, note))
        if self.random.random() < 0.3:
            self.ask("undo", "POST", f"{path}/undo")

    def owns(self, chunk):
        return int.from_bytes(chunk.encode()[-6:], "big") % self.options.clients == self.number

    def ask(self, kind, method, path, body=None):
        """The answer, or nothing where there was none."""
        begun = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(*self.server.address, timeout=40)
            text = None if body is None else json.dumps(body)
            headers = {} if body is None else {"content-type": "application/json"}
            self.connection.request(method, path, text, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.refused.append((time.monotonic(), str(problem)))
            self.connection = None
            time.sleep(0.2)
            return None
        self.answers.append((kind, answer.status, time.monotonic() - begun, begun))
        return json.loads(content) if answer.status < 300 else None


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000 if times else 0.0


def call(address, method, path, body=None):
    connection = http.client.HTTPConnection(*address, timeout=60)
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {} if body is None else {"content-type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content else None


def seed(options, folder):
    """Ingests the first part of the documents, and lays out the others to come in."""
    files = sorted(path for path in options.docs.rglob("*.md") if path.is_file())
    if not files:
        sys.exit(f"load test: {options.docs} holds no Markdown")
    random.Random(7).shuffle(files)
    for number, path in enumerate(files[: options.seeded + options.coming]):
        part = "first" if number < options.seeded else "later"
        target = folder / part / path.relative_to(options.docs)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    done = subprocess.run([options.tamis, "--quiet", "ingest", "first"], cwd=folder, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        sys.exit("load test: the corpus could not be seeded")


def load(options, server):
    stopped = threading.Event()
    clients = [Client(server, number, options, stopped) for number in range(options.clients)]
    for client in clients:
        client.start()
    begun = time.monotonic()
    killed = None
    while time.monotonic() - begun < options.seconds:
        time.sleep(1)
        server.sample()
        if options.kill and killed is None and time.monotonic() - begun > options.seconds / 2:
            killed = time.monotonic()
            server.end(signal.SIGKILL)
            server.start()
            restarted = time.monotonic()
            print(f"killed after {killed - begun:.0f} s; answering again {restarted - killed:.1f} s later")
    stopped.set()
    for client in clients:
        client.join(60)
    return clients, time.monotonic() - begun, killed


def report(options, server, clients, seconds, killed):
    """Prints the figures; returns what is wrong with them."""
    wrong = []
    answers = [answer for client in clients for answer in client.answers]
    rate = len(answers) / seconds
    print(f"\n{len(answers)} answers in {seconds:.0f} s, {rate:.0f} a second, {options.clients} clients\n")
    print("| request | answers | p50 ms | p95 ms | p99 ms | most ms |\n|---|---:|---:|---:|---:|---:|")
    for kind in sorted({answer[0] for answer in answers}):
        times = [answer[2] for answer in answers if answer[0] == kind]
        row = [percentile(times, share) for share in (0.5, 0.95, 0.99, 1.0)]
        print(f"| {kind} | {len(times)} | " + " | ".join(f"{one:.0f}" for one in row) + " |")
        if kind == "search" and row[2] > options.p99:
            wrong.append(f"a search's 99th percentile is {row[2]:.0f} ms, over {options.p99:.0f}")
    statuses = {}
    for _, status, _, _ in answers:
        statuses[status] = statuses.get(status, 0) + 1
    print("\nstatuses:", ", ".join(f"{status} {count}" for status, count in sorted(statuses.items())))
    if any(status >= 500 for status in statuses):
        wrong.append("there are answers of 5xx")
    # The server was away for a moment, and whoever asked then got no answer.
    refused = [one for client in clients for one in client.refused]
    late = [one for one in refused if killed is None or not killed - 1 <= one[0] <= killed + 30]
    print(f"requests without an answer: {len(refused)}, {len(late)} of them not around the kill")
    if late:
        wrong.append(f"requests got no answer: {late[0][1]}")
    for number, life in enumerate(server.samples):
        if len(life) < 8:
            continue
        quarter = len(life) // 4
        middle, last = sum(life[quarter : 2 * quarter]) / quarter, sum(life[-quarter:]) / quarter
        print(
            f"memory of process {number + 1}: {life[0]:.0f} MB at first, {middle:.0f} in its second quarter, "
            f"{last:.0f} in its last, {max(life):.0f} at most"
        )
        if last > middle * 1.25 + 30:
            wrong.append("memory grows")
    print(f"processor time of the server: {server.cpu:.0f} s of {seconds * os.cpu_count():.0f}")
    return wrong


def lost_decisions(address, clients):
    """Acknowledged decisions that the history does not hold."""
    lost, count = [], 0
    for client in clients:
        for chunk, note in client.decided:
            count += 1
            _, history = call(address, "GET", f"/v1/quarantine/{chunk}/history?limit=200")
            if not any(event.get("note") == note for event in (history or {}).get("items", [])):
                lost.append((chunk, note))
    return lost, count


def latest_run(address):
    """The last run of the source that comes in meanwhile."""
    _, runs = call(address, "GET", "/v1/runs?limit=5")
    return next(one for one in runs["items"] if one["source"] == "later")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tamis", type=Path, required=True)
    parser.add_argument("--docs", type=Path, required=True)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pause", type=float, default=1.0, help="mean seconds between two requests of a client")
    parser.add_argument("--p99", type=float, default=250, help="limit on a search's 99th percentile, in ms")
    parser.add_argument("--seeded", type=int, default=300, help="documents ingested before")
    parser.add_argument("--coming", type=int, default=1200, help="documents that come in meanwhile")
    parser.add_argument("--no-kill", dest="kill", action="store_false")
    options = parser.parse_args()
    options.tamis = options.tamis.resolve()

    with tempfile.TemporaryDirectory(prefix="tamis-load-") as name:
        folder = Path(name)
        seed(options, folder)
        server = Server(options.tamis, folder)
        source = {"name": "later", "kind": "folder", "path": str(folder / "later")}
        status, answer = call(server.address, "POST", "/v1/sources", source)
        if status != 201:
            sys.exit(f"load test: the source is refused: {answer}")
        call(server.address, "POST", "/v1/sources/later/runs", {})
        before = os.getloadavg()[0]
        clients, seconds, killed = load(options, server)
        wrong = report(options, server, clients, seconds, killed)
        run = latest_run(server.address)
        print(f"the run meanwhile is {run['status']}: {json.dumps(run['documents'])}")
        lost, count = lost_decisions(server.address, clients)
        print(f"decisions acknowledged: {count}, lost: {len(lost)}")
        if lost:
            wrong.append(f"decisions are lost: {lost[:3]}")
        # What is accepted and not yet published is no fault; only once the run is over has all to be in its place.
        until = time.monotonic() + MOST_SECONDS_FOR_THE_RUN
        while run["status"] in ("queued", "running") and time.monotonic() < until:
            time.sleep(1)
            run = latest_run(server.address)
        print(f"without clients it is {run['status']}: {json.dumps(run['documents'])}")
        code = server.end(signal.SIGTERM)
        if code != 0:
            wrong.append(f"tamis serve ended with {code}")
        verified = subprocess.run([options.tamis, "verify"], cwd=folder, capture_output=True, text=True)
        print("tamis verify:", " ".join(verified.stdout.split()))
        if verified.returncode != 0:
            wrong.append("tamis verify finds something")
        after = os.getloadavg()[0]
        print(f"load average of the machine: {before:.1f} before, {after:.1f} after, {os.cpu_count()} processors")
    for one in wrong:
        print(f"load test: {one}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
