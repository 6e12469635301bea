"""What the scorers share: the data sets, and tamis as a black box."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def binary():
    """The tamis to measure: $TAMIS, a path or a command, else what `make build` built."""
    named = os.environ.get("TAMIS") or str(ROOT / "target" / "release" / "tamis")
    return str(Path(shutil.which(named) or named).absolute())


class Skip(Exception):
    """A set that is not there; the scorer says so and goes on."""


class Failed(Exception):
    """tamis did not do what its interface promises."""


def score(section):
    """Runs one scorer from the command line: `section(data)` yields the lines of its Markdown section."""
    parser = argparse.ArgumentParser(description=section.__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the folder of data sets")
    data = parser.parse_args().data
    try:
        for line in section(data):
            print(line, flush=True)
    except Skip as missing:
        print(f"Skipped: {missing}.")
    except Failed as problem:
        sys.exit(f"{Path(sys.argv[0]).name}: {problem}")


def read_jsonl(path):
    """The objects of a JSON-lines file. Lines end with \\n alone: some texts contain U+2028."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Skip(f"{'/'.join(Path(path).parts[-2:])} is not there") from None
    return [json.loads(line) for line in text.split("\n") if line]


def read_json(path):
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Skip(f"{'/'.join(Path(path).parts[-2:])} is not there") from None


def write_jsonl(path, objects):
    with open(path, "w", encoding="utf-8") as file:
        for value in objects:
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
    return path


def tamis(*arguments, data=None):
    """Runs tamis and returns what it wrote to stdout. Exit 1 is an answer ("no"), not a failure."""
    command = [binary(), *(["--data", str(data)] if data else []), "-q", *map(str, arguments)]
    # Nothing of the folder it is called from may change the figures, such as a tamis.toml.
    with tempfile.TemporaryDirectory() as elsewhere:
        try:
            done = subprocess.run(command, capture_output=True, cwd=elsewhere, check=False)
        except OSError as problem:
            raise Failed(f"{binary()} does not run: {problem}") from problem
    if done.returncode not in (0, 1):
        last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise Failed(f"`tamis {' '.join(map(str, arguments))}` ended with {done.returncode}: {last}")
    return done.stdout.decode("utf-8")


def parse_jsonl(text):
    return [json.loads(line) for line in text.split("\n") if line]


def grade(documents):
    """`tamis grade` on a JSON-lines file of these documents: one object a chunk."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_jsonl(Path(folder, "documents.jsonl"), documents)
        return parse_jsonl(tamis("grade", file, "--format", "jsonl"))


def check(documents):
    """`tamis check` on a JSON-lines file of these documents, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_jsonl(Path(folder, "documents.jsonl"), documents)
        start = time.monotonic()
        answer = json.loads(tamis("check", file, "--format", "json"))
        return answer, time.monotonic() - start


def table(header, rows):
    """A Markdown table; every column but the first is right-aligned."""
    yield "| " + " | ".join(header) + " |"
    yield "|---" + "|---:" * (len(header) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "–"


def reached(target):
    return "reached" if target else "**missed**"


def precision_recall(hits, found, wanted):
    """Precision, recall and F1 from counts; nothing found is precise, nothing wanted is recalled."""
    precision = hits / found if found else 1.0
    recall = hits / wanted if wanted else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1
