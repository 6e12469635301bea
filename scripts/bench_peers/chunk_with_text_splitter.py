"""Cuts texts with text-splitter and prints where: chunk_with_text_splitter.py FOLDER SIZE|mean=SIZE…

The folder holds Markdown files. A size is the most characters of a piece; with `mean=`, the limit is looked for at which
pieces have that many characters on average. Prints {"took": {splitter: {"seconds", "processor"}}, "spans":
{"splitter, size": {file: [[start, end], …]}}}, in characters. What is timed is the cutting at the first plain size.
"""

import json
import sys
import time
from pathlib import Path

from semantic_text_splitter import MarkdownSplitter, TextSplitter

KINDS = {"MarkdownSplitter": MarkdownSplitter, "TextSplitter": TextSplitter}
folder, *sizes = sys.argv[1:]
# Read as they are: offsets count from the files' own line ends.
texts = {file.stem: file.read_bytes().decode("utf-8") for file in sorted(Path(folder).glob("*.md"))}


def cut(kind, most):
    splitter = KINDS[kind](most)
    return {name: [(at, at + len(piece)) for at, piece in splitter.chunk_indices(text)] for name, text in texts.items()}


def mean(spans):
    lengths = [end - start for pieces in spans.values() for start, end in pieces]
    return sum(lengths) / max(len(lengths), 1)


def with_mean(kind, wanted):
    """The pieces at the limit whose mean comes nearest to what is wanted: means grow with limits, by and large."""
    low, high, best = wanted // 2, wanted * 8, None
    while low <= high:
        middle = (low + high) // 2
        spans = cut(kind, middle)
        if best is None or abs(mean(spans) - wanted) < abs(mean(best) - wanted):
            best = spans
        low, high = (middle + 1, high) if mean(spans) < wanted else (low, middle - 1)
    return best


spans, took = {}, {}
for kind in KINDS:
    for size in sizes:
        if size.startswith("mean="):
            spans[f"{kind}, {size}"] = with_mean(kind, int(size.removeprefix("mean=")))
            continue
        seconds, processor = time.perf_counter(), time.process_time()
        spans[f"{kind}, {size}"] = cut(kind, int(size))
        took.setdefault(kind, {"seconds": time.perf_counter() - seconds, "processor": time.process_time() - processor})
print(json.dumps({"took": took, "spans": spans}))
