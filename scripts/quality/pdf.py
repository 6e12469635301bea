"""PDFs: their text beside what pdftotext and pypdf make of them, damaged and hostile files, and speed.

The peers are measured where they are installed: `pdftotext` on the path (Debian: poppler-utils), pypdf as a module of
the Python that runs this.
"""

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Skip, binary, parse_jsonl, percent, reached, read_jsonl, score, table, tamis

MAX_SECONDS = 10
MAX_MEMORY = 1 << 30

PYPDF = """
import json, logging, sys, time
import pypdf
logging.disable(logging.CRITICAL)
for file in sys.argv[1:]:
    start = time.process_time()
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            reader.decrypt("")
        pages = [page.extract_text() for page in reader.pages]
    except Exception:
        pages = []
    print(json.dumps({"pages": len(pages), "text": "\\n".join(pages), "seconds": time.process_time() - start}))
"""


def one_spaced(text):
    return " ".join(text.replace("\ufeff", "").split())


def edit_distance(a, b):
    """Levenshtein's distance between two texts, by rows of bits (Hyyrö 2003): a column of the table at a time."""
    if len(a) < len(b):
        a, b = b, a
    places = {}
    for i, c in enumerate(b):
        places[c] = places.get(c, 0) | 1 << i
    mask, last = (1 << len(b)) - 1, 1 << max(len(b) - 1, 0)
    up, down, distance = mask, 0, len(b)
    if not b:
        return len(a)
    for c in a:
        here = places.get(c, 0)
        diagonal = (((here & up) + up) ^ up) | here | down
        plus, minus = down | ~(diagonal | up) & mask, up & diagonal
        distance += bool(plus & last) - bool(minus & last)
        plus = (plus << 1 | 1) & mask
        minus = minus << 1 & mask
        up, down = minus | ~(diagonal | plus) & mask, plus & diagonal
    return distance


def similarity(found, expected):
    """1 − edit distance ÷ the longer length, on characters, any run of white space being one space."""
    found, expected = one_spaced(found), one_spaced(expected)
    longest = max(len(found), len(expected))
    return 1.0 if longest == 0 else 1 - edit_distance(found, expected) / longest


def amounts(answer):
    """The figures of an answer that a filing states: those with a thousands' comma or a decimal point."""
    return set(re.findall(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?![\d]|[.,]\d)", answer))


def holds_amount(text, amount):
    return re.search(rf"(?<![\d.,]){re.escape(amount)}(?!\d|[.,]\d)", text) is not None


def user_seconds():
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def by_tamis(files):
    """The plain text of each file, by its path."""
    return {file: tamis("extract", file, "--format", "text") for file in files}


def by_pdftotext(files):
    if not shutil.which("pdftotext"):
        return None
    run = lambda file: subprocess.run(["pdftotext", "-enc", "UTF-8", file, "-"], capture_output=True, check=False)
    return {file: run(file).stdout.decode("utf-8", "replace") for file in files}


def by_pypdf(files):
    done = subprocess.run([sys.executable, "-c", PYPDF, *map(str, files)], capture_output=True, check=False)
    if done.returncode:
        return None
    lines = parse_jsonl(done.stdout.decode("utf-8", "replace"))
    return {file: line["text"] for file, line in zip(files, lines, strict=True)}


def readers(files):
    """The texts of all readers there are, ours first."""
    texts = {"tamis": by_tamis(files), "pdftotext": by_pdftotext(files), "pypdf": by_pypdf(files)}
    for name in [name for name, read in texts.items() if read is None]:
        print(f"pdf: {name} is not installed, and not measured", file=sys.stderr)
        del texts[name]
    return texts


def best_peer(figures):
    return max((figure for name, figure in figures.items() if name != "tamis"), default=None)


def text_of_files(data):
    folder = data / "pdf_pdfbox_text"
    files = sorted(folder.glob("*.pdf"))
    if not files:
        raise Skip("pdf_pdfbox_text is not there")
    expected = {
        file: [Path(f"{file}{end}").read_text(encoding="utf-8") for end in (".txt", "-sorted.txt")] for file in files
    }
    means = {}
    for name, texts in readers(files).items():
        scores = [max(similarity(texts[file], wanted) for wanted in expected[file]) for file in files]
        means[name] = sum(scores) / len(scores)
    peer = best_peer(means)
    yield "### Text (pdf_pdfbox_text)"
    yield ""
    yield (
        f"{len(files)} files that were reported as bugs of a reader. Mean similarity to the text expected, in the order "
        "drawn or sorted by place, whichever is nearer: 1 − edit distance ÷ the longer length, in characters, any run of "
        "white space being one."
    )
    yield ""
    yield from table(("", "similarity"), [(name, f"{mean:.4f}") for name, mean in means.items()])
    yield ""
    yield f"At least .95: {reached(means['tamis'] >= 0.95)}."
    if peer is not None:
        yield f"Above the better of the peers: {reached(means['tamis'] > peer)}."
    yield ""


def answers(data):
    folder = data / "pdf_sec10q"
    questions = read_jsonl(folder / "questions.jsonl")
    files = sorted((folder / "docs").glob("*.pdf"))
    texts = readers(files)
    rows, figures, read_by_any = [], {}, set()
    wanted = [(question, amount) for question in questions for amount in sorted(amounts(question["answer"]))]
    for name, read in texts.items():
        by_name = {file.name: text for file, text in read.items()}
        found = in_row = 0
        for number, (question, amount) in enumerate(wanted):
            lines = [line for source in question["source_docs"] for line in by_name.get(source, "").split("\n")]
            holding = [line for line in lines if holds_amount(line, amount)]
            found += bool(holding)
            if holding:
                read_by_any.add(number)
            # A figure says something only beside what it is a figure of.
            in_row += any(re.search(r"[A-Za-z]{3,}", line) for line in holding)
        figures[name] = in_row / len(wanted)
        rows.append((name, percent(found, len(wanted)), percent(in_row, len(wanted))))
    peer = best_peer(figures)
    yield "### Figures of filings (pdf_sec10q)"
    yield ""
    yield (
        f"{len(files)} quarterly reports, {len(questions)} questions whose answers state {len(wanted)} figures: how many are "
        "in the text of the reports that answer them, and how many in a line that also has a word, so that it is known "
        f"what they are figures of. {len(wanted) - len(read_by_any)} of them no reader finds: their answers state sums and "
        "shares, or billions where the report states millions."
    )
    yield ""
    yield from table(("", "found", "found with its row"), rows)
    yield ""
    if peer is not None:
        all_there_are = figures["tamis"] >= len(read_by_any) / len(wanted)
        yield (
            f"With its row more often than by the better of the peers: {reached(figures['tamis'] > peer)}; every figure that "
            f"any reader finds, with its row: {reached(all_there_are)}."
        )
        yield ""


def read_alone(file):
    """One file in a process of its own: its object, the seconds it took and its peak memory; no object where it broke."""
    command = [binary(), "-q", "extract", str(file), "--format", "jsonl"]
    script = (
        "import resource, subprocess, sys\n"
        f"done = subprocess.run(sys.argv[1:], capture_output=True, timeout={4 * MAX_SECONDS})\n"
        "sys.stdout.buffer.write(done.stdout)\n"
        "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
        "sys.exit(done.returncode)\n"
    )
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, cwd=elsewhere, check=False)
    seconds = time.monotonic() - start
    last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
    memory = int(last) * 1024 if last.isdigit() else 0
    objects = parse_jsonl(done.stdout.decode("utf-8")) if done.returncode in (0, 1) else []
    return (objects[0] if objects else None), seconds, memory


def damaged(data):
    folder = data / "pdf_robust"
    expected = read_jsonl(folder / "expect.jsonl")
    broken, slow, opened, with_text, wanted_text, same_pages, with_pages, peak = [], [], 0, 0, 0, 0, 0, 0
    for file in expected:
        read, seconds, memory = read_alone(folder / file["file"])
        peak = max(peak, memory)
        if read is None:
            broken.append(file["file"])
            continue
        if seconds > MAX_SECONDS:
            slow.append(file["file"])
        pages = len(read.get("pages") or [])
        opened += pages > 0
        if "pages" in file["pypdf"]:
            with_pages += 1
            same_pages += pages == file["pypdf"]["pages"]
        if file["pypdf"].get("chars_first10"):
            wanted_text += 1
            with_text += bool(read["text"].strip())
    yield "### Damaged files (pdf_robust)"
    yield ""
    yield (
        f"{len(expected)} files that broke a reader once, each in a process of its own. "
        f"Broken down: {len(broken)} (none: {reached(not broken)}); longer than {MAX_SECONDS} s: {len(slow)} "
        f"(none: {reached(not slow)}); peak memory {peak / 2**20:.0f} MiB (below 1 GiB: {reached(peak < MAX_MEMORY)}). "
        f"Opened: {percent(opened, len(expected))} (at least 98 %: {reached(opened >= 0.98 * len(expected))}; "
        f"pypdf {percent(sum('error' not in file['pypdf'] for file in expected), len(expected))}). "
        f"Text from {percent(with_text, wanted_text)} of the {wanted_text} files where pypdf finds some "
        f"(at least 98 %: {reached(with_text >= 0.98 * wanted_text)}). As many pages as pypdf finds in "
        f"{same_pages} of {with_pages}."
    )
    for name in broken + slow:
        yield f"- {name}"
    yield ""


def speed(data):
    files = sorted((data / "pdf_sec10q" / "docs").glob("*.pdf"))
    if not files:
        raise Skip("pdf_sec10q is not there")
    # Any command loads its settings first; that is not reading.
    with tempfile.TemporaryDirectory() as empty:
        Path(empty, "a.txt").write_text("A text.", encoding="utf-8")
        start = user_seconds()
        tamis("extract", empty, "--format", "jsonl")
        starting = user_seconds() - start
    start = user_seconds()
    read = parse_jsonl(tamis("extract", files[0].parent, "--format", "jsonl"))
    ours = user_seconds() - start - starting
    pages = sum(len(document["pages"]) for document in read)
    rows = [("tamis", f"{1000 * ours / pages:.2f}", "1")]
    took = {}
    for name, run in (("pdftotext", by_pdftotext), ("pypdf", by_pypdf)):
        start = user_seconds()
        if run(files) is not None:
            took[name] = user_seconds() - start
            rows.append((name, f"{1000 * took[name] / pages:.2f}", f"{took[name] / ours:.1f}"))
    yield "### Speed"
    yield ""
    yield f"{pages} pages of the quarterly reports, one run, processor time in user mode; ours without that of starting."
    yield ""
    yield from table(("", "ms a page", "times ours"), rows)
    yield ""
    if "pypdf" in took:
        yield f"At least 10 times as fast as pypdf: {reached(took['pypdf'] >= 10 * ours)}."
        yield ""


def section(data):
    """pdf_pdfbox_text, pdf_sec10q and pdf_robust through `tamis extract`."""
    yield "## PDF"
    yield ""
    for part in (text_of_files, answers, damaged, speed):
        try:
            yield from part(data)
        except Skip as missing:
            yield f"Skipped: {missing}."
            yield ""


if __name__ == "__main__":
    score(section)
