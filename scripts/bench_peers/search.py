"""Searching: both indexes of tamis, beside tantivy and Lance called by themselves and beside LanceDB's own hybrid search
in Python, over as many made-up chunks."""

import os
import re
import subprocess
from pathlib import Path

from harness import Failed, ROOT, table

PACKAGES = ("lancedb", "numpy", "pyarrow")

HERE = Path(__file__).resolve().parent
CHUNKS = int(os.environ.get("TAMIS_BENCH_CHUNKS", "20000"))
QUESTIONS = 200
LINE = re.compile(r"^(.+), \d+ chunks: p50 ([\d.]+) ms, p99 ([\d.]+) ms$", re.MULTILINE)


def ours():
    """{what was asked: (p50, p99)} of the search bench, in milliseconds."""
    # A name no bench has: what is wanted is printed before criterion's own figures.
    command = ["cargo", "bench", "--locked", "--workspace", "--bench", "search", "--", "none of these"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False,
                          env={**os.environ, "TAMIS_BENCH_CHUNKS": str(CHUNKS)})
    if done.returncode:
        raise Failed(f"the bench `search`: {(done.stderr.strip().splitlines() or [''])[-1]}")
    return {name: (float(p50), float(p99)) for name, p50, p99 in LINE.findall(done.stdout)}


def section(data, peers):
    """The same questions in turns are not possible: each side holds its own indexes in memory, one after the other."""
    took = ours()
    theirs = peers.in_python(HERE / "search_with_lancedb.py", CHUNKS, QUESTIONS)
    hybrid = took["Hybrid"][0]
    rows = [(f"tamis, {name.lower()}", f"{took[name][0]:.1f}", f"{took[name][1]:.1f}", "") for name in ("Lexical", "Vector", "Hybrid")]
    for name, ours_name in (("tantivy by itself", "Lexical"), ("Lance by itself", "Vector")):
        ratio = took[ours_name][0] / took[name][0]
        rows.append((name, f"{took[name][0]:.1f}", f"{took[name][1]:.1f}", f"{ours_name.lower()} of tamis takes {ratio:.2f} times as long"))
    for name, times in theirs.items():
        note = f"{times['p50'] / hybrid:.1f} times tamis" if name == "hybrid" else ""
        rows.append((f"LanceDB in Python, {name}", f"{times['p50']:.1f}", f"{times['p99']:.1f}", note))
    return [
        "## Search",
        "",
        f"{CHUNKS:,} made-up chunks of 180 words and vectors of 384 numbers, eight words a question, one after another, embedding",
        "the question left out. LanceDB (" + peers.versions("lancedb") + ") has a full-text index, fuses by reciprocal rank and",
        "gives ten hits; the legs of tamis give 300 candidates each, and so do tantivy and Lance by themselves.",
        "",
        *table(("", "p50, ms", "p99, ms", ""), rows),
        "",
    ]
