"""PDF: tamis beside pypdf, pdfplumber and poppler's pdftotext on quarterly reports."""

from pathlib import Path

from harness import Skip, reached, table
from peers import SPEED_HEADER, less, speeds

PACKAGES = ("pypdf", "pdfplumber")

READ = Path(__file__).with_name("read_with_python.py")


def section(data, peers):
    files = sorted(data.glob("pdf_sec10q/docs/*.pdf"))
    if not files:
        raise Skip("pdf_sec10q is not there")
    pdftotext = peers.program("pdftotext", "poppler-utils")
    counted = []

    def python(name):
        took = peers.in_python(READ, name, *files)
        counted.append(took["pages"])
        return took

    def by_pdftotext():
        runs = [peers.command(pdftotext, "-enc", "UTF-8", file, "-") for file in files]
        return {key: sum(run[key] for run in runs) for key in ("seconds", "processor")}

    sides = {
        "starting": peers.starting,
        "tamis": lambda: peers.tamis("extract", files[0].parent, "--format", "jsonl"),
        "pypdf": lambda: python("pypdf"),
        "pdfplumber": lambda: python("pdfplumber"),
    }
    if pdftotext:
        sides["pdftotext"] = by_pdftotext
    took = peers.in_turns(sides)
    start = took.pop("starting")
    took["tamis"] = less(took["tamis"], start)
    yield "## PDF"
    yield ""
    yield (
        f"{len(files)} quarterly reports (pdf_sec10q), {counted[0]} pages; `tamis extract --format jsonl` on one thread, "
        f"without the {1000 * start['seconds']:.0f} ms of starting; {peers.versions('pypdf', 'pdfplumber')} with "
        "`extract_text()` of every page, without starting; pdftotext once a file, with starting (it takes few milliseconds)."
    )
    yield ""
    yield from table(SPEED_HEADER, speeds(took, counted[0]))
    yield ""
    ratio = took["pypdf"]["seconds"] / took["tamis"]["seconds"]
    yield f"At least 10 times as many pages a second as pypdf: {reached(ratio >= 10)}."
    if not pdftotext:
        yield "pdftotext is not installed, and was left out."
    yield ""
