"""HTML: tamis beside trafilatura on the pages of three sets, bytes in, main text and metadata out."""

import gzip
import tempfile
from pathlib import Path

from harness import Skip, reached, table
from peers import SPEED_HEADER, less, speeds

# justext, which trafilatura calls, wants lxml_html_clean; lxml no longer brings it.
PACKAGES = ("trafilatura", "lxml_html_clean")

READ = Path(__file__).with_name("read_with_trafilatura.py")


def pages(data):
    """The gzipped pages of the three sets there are."""
    files = [*data.glob("html_scrapinghub/html/*.html.gz"), *data.glob("html_trafilatura/html/*.html.gz")]
    return sorted([*files, *data.glob("html_readability/*/source.html.gz")])


def section(data, peers):
    files = pages(data)
    if not files:
        raise Skip("no set of HTML pages is there")
    with tempfile.TemporaryDirectory() as folder:
        for i, file in enumerate(files):
            Path(folder, f"{i:04}.html").write_bytes(gzip.decompress(file.read_bytes()))
        took = peers.in_turns(
            {
                "starting": peers.starting,
                "tamis": lambda: peers.tamis("extract", folder, "--format", "jsonl"),
                "trafilatura": lambda: peers.in_python(READ, "default", folder),
                "trafilatura, fast": lambda: peers.in_python(READ, "fast", folder),
            }
        )
    start = took.pop("starting")
    took["tamis"] = less(took["tamis"], start)
    yield "## Web pages"
    yield ""
    yield (
        f"{len(files)} pages; `tamis extract --format jsonl` on one thread, written out as JSON, without the "
        f"{1000 * start['seconds']:.0f} ms of starting; {peers.versions('trafilatura', 'lxml', 'htmldate')} through "
        "`bare_extraction` in one Python process with its default settings and with `fast=True`, without starting and "
        "without reading the files. Both give the main text, title, authors, language and dates."
    )
    yield ""
    yield from table(SPEED_HEADER, speeds(took, len(files)))
    yield ""
    ratio = took["trafilatura"]["seconds"] / took["tamis"]["seconds"]
    yield f"At least 10 times as many pages a second as trafilatura: {reached(ratio >= 10)}."
    yield ""
