"""The audit of vectors: what it says of neighbours beyond what was known, on texts that agree and on texts that do not."""

import json
import tempfile
from pathlib import Path

import manuals
from harness import Skip, read_jsonl, reached, score, table, tamis, write_jsonl

# The first so many abstracts: embedding all takes minutes, and shows nothing else.
ABSTRACTS = 1000


def abstracts(data):
    """Abstracts of papers, full of figures, each about a study of its own."""
    records = read_jsonl(data / "ir_scifact" / "corpus.jsonl")[:ABSTRACTS]
    return [{"id": one["_id"], "uri": one["_id"], "title": one["title"], "text": one["text"]} for one in records]


def disagreeing(data):
    """Snippets found for questions, of which some give a wrong answer. The answer stands in the name."""
    found = {}
    for record in read_jsonl(data / "con_ramdocs" / "ramdocs.jsonl"):
        for number, one in enumerate(record["documents"]):
            found.setdefault(one["text"], f"{record['id']}/{one['answer']}/{number}")
    return [{"id": name, "uri": name, "text": text} for text, name in found.items()]


def audited(documents):
    """What the audit did in a corpus of these documents, and the pairs that it found to contradict each other."""
    with tempfile.TemporaryDirectory() as work:
        corpus = Path(work, "corpus")
        tamis("ingest", write_jsonl(Path(work, "docs.jsonl"), documents), data=corpus)
        summary = json.loads(tamis("audit", "--format", "json", data=corpus))
        listed = json.loads(tamis("conflicts", "--limit", "100000", "--format", "json", data=corpus))["items"]
    seen = [one for one in listed if one["disagreements"][0]["rule"] == "contradiction.paraphrase"]
    return summary, [[side["document"] for side in one["sides"]] for one in seen]


def section(data):
    """False alarms on texts that agree, and what it adds where texts disagree."""
    yield "## The audit of vectors"
    yield ""
    yield "`tamis audit` after `tamis ingest`, without a model for a second opinion: pairs of nearest chunks that contradict or"
    yield "repeat each other in other words, and that grading did not find."
    yield ""
    rows = []
    for name, load in (
        ("Rust book, current (stale_rustbook)", lambda: manuals.rust_book(data, manuals.NEWEST_EDITION)),
        (f"etcd {manuals.NEWEST_STABLE} (stale_etcd)", lambda: manuals.etcd(data, manuals.NEWEST_STABLE)),
        ("abstracts (ir_scifact)", lambda: abstracts(data)),
    ):
        try:
            summary, _ = audited(load())
        except Skip as missing:
            yield f"Skipped: {missing}."
            continue
        alarms = summary["contradictions"]
        rate = 1000 * alarms / max(summary["chunks"], 1)
        rows.append((name, summary["chunks"], summary["pairs"], alarms, summary["paraphrases"], reached(rate <= 1)))
    header = ("text that agrees", "chunks", "pairs", "contradictions", "repetitions", "target: at most 1 in 1,000 chunks")
    yield from table(header, rows)
    yield ""
    summary, pairs = audited(disagreeing(data))
    answers = [[document.split("/")[:2] for document in pair] for pair in pairs]
    apart = sum(one[0] == other[0] and one[1] != other[1] for one, other in answers)
    header = ("snippets that disagree", "chunks", "pairs", "contradictions", "of one question, with different answers")
    yield from table(header, [("con_ramdocs", summary["chunks"], summary["pairs"], len(pairs), apart)])
    yield ""


if __name__ == "__main__":
    score(section)
