"""What curation buys: questions asked of every edition of two manuals at once, with and without quarantine."""

import json
import tempfile
from pathlib import Path

from harness import read_jsonl, score, table, tamis, write_jsonl
from manuals import CURRENT_VERSIONS, NEWEST_EDITION, document

# The sets, and the editions a reader of today may be sent to.
MANUALS = {"stale_etcd": CURRENT_VERSIONS, "stale_rustbook": {NEWEST_EDITION}}


def title(record):
    """The title it was given, else its first heading."""
    headings = (line.lstrip("# ").strip() for line in record["text"].split("\n") if line.startswith("# "))
    return record.get("title") or next(headings, "")


def questions(records, current):
    """One a page that has a title of its own and more than one edition: its title, to be answered by the current one."""
    pages, named = {}, {}
    for record in records:
        pages.setdefault(record.get("page") or record["file"], []).append(record)
    for page, records in pages.items():
        relevant = [one for one in records if (one.get("version") or one["edition"]) in current]
        if relevant and len(records) > len(relevant):
            named.setdefault(title(relevant[-1]), []).append((page, [one["id"] for one in relevant]))
    for words, candidates in sorted(named.items()):
        if words and len(candidates) == 1:
            page, relevant = candidates[0]
            yield {"id": page, "query": words, "relevant": relevant}


def section(data):
    """Accuracy on questions about pages of which the corpus holds many editions."""
    rows = []
    for name, current in MANUALS.items():
        records = read_jsonl(data / name / "docs.jsonl")
        asked = list(questions(records, current))
        with tempfile.TemporaryDirectory() as work:
            work = Path(work)
            documents = write_jsonl(work / "docs.jsonl", map(document, records))
            tamis("ingest", documents, data=work / "corpus")
            golden = write_jsonl(work / "golden.jsonl", asked)
            answer = tamis("eval", "--golden", golden, "--compare", "raw", "--format", "json", data=work / "corpus")
        result = json.loads(answer)
        for which in ("raw", "curated"):
            figures = result[which]
            rows.append(
                (
                    name,
                    which,
                    result[f"{which}_chunks"],
                    len(asked),
                    f"{figures['accuracy']:.3f}",
                    f"{figures['mrr']:.3f}",
                )
            )
    yield "## What curation buys"
    yield ""
    yield "Every edition of a manual in one corpus, as crawls leave them. A question is the title of a page; right is the"
    yield "page of the current edition in the first place. `raw` is the same search over everything that was read."
    yield ""
    yield from table(("set", "corpus", "chunks", "questions", "accuracy", "MRR"), rows)


if __name__ == "__main__":
    score(section)
