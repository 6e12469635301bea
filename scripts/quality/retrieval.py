"""Search quality on scientific abstracts: lexical, vector and hybrid over the same curated index."""

import json
import math
import tempfile
from pathlib import Path

from harness import Skip, parse_jsonl, reached, read_jsonl, score, table, tamis, write_jsonl

MODES = ("lexical", "vector", "hybrid")
DEEP = 100  # documents a run is judged to
CHUNKS = 400  # chunks asked for, so that more than DEEP documents are among them
LEXICAL_TARGET = 0.66

# The set's SOURCE.txt, by number of queries: nDCG@10 and recall@100 as others publish or computed them.
REFERENCES = {
    809: [("BM25 (k1 = .9, b = .4), plain", ".695", ".926")],
    300: [
        ("BM25, Anserini flat", ".679", ".925"),
        ("BM25 multifield, BEIR paper", ".665", "–"),
        ("all-MiniLM-L6-v2, MTEB", ".645", "–"),
    ],
}


def read_qrels(path):
    """Relevant documents by query."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[1:]
    except FileNotFoundError:
        raise Skip(f"{path.parent.name}/{path.name} is not there") from None
    relevant = {}
    for query, document, grade in (line.split("\t") for line in lines if line):
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    return relevant


def ranked_documents(answer):
    """A document ranks where its best chunk ranks."""
    hits = sorted(answer["hits"], key=lambda hit: hit["rank"])
    return list(dict.fromkeys(hit["document"] for hit in hits))


def ndcg(ranking, relevant, depth=10):
    """Normalised discounted cumulative gain with binary relevance, as trec_eval's ndcg_cut."""
    gain = sum(1 / math.log2(rank + 2) for rank, document in enumerate(ranking[:depth]) if document in relevant)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(relevant))))
    return gain / ideal


def recall(ranking, relevant, depth=DEEP):
    return len(relevant.intersection(ranking[:depth])) / len(relevant)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def judge(answers, relevant):
    """nDCG@10 and recall@100 over all judged queries; one without an answer counts as nothing found."""
    rankings = {answer["id"]: ranked_documents(answer) for answer in answers}
    return (
        mean(ndcg(rankings.get(query, []), documents) for query, documents in relevant.items()),
        mean(recall(rankings.get(query, []), documents) for query, documents in relevant.items()),
    )


def section(data):
    """nDCG@10 and recall@100 on ir_scifact."""
    folder = data / "ir_scifact"
    corpus = read_jsonl(folder / "corpus.jsonl")
    relevant = read_qrels(folder / "qrels.tsv")
    queries = [
        {"id": q["_id"], "query": q["text"]} for q in read_jsonl(folder / "queries.jsonl") if q["_id"] in relevant
    ]
    documents = [{"id": d["_id"], "title": d["title"], "text": d["text"]} for d in corpus]
    figures = {}
    with tempfile.TemporaryDirectory() as work:
        store = Path(work, "store")
        source = write_jsonl(Path(work, "scifact.jsonl"), documents)
        asked = write_jsonl(Path(work, "queries.jsonl"), queries)
        ingested = json.loads(tamis("ingest", source, "--format", "json", data=store))
        for mode in MODES:
            answers = parse_jsonl(
                tamis("search", "--queries", asked, "--mode", mode, "-k", CHUNKS, "--format", "json", data=store)
            )
            figures[mode] = judge(answers, relevant)
    chunks = ingested["chunks"]
    yield "## Retrieval"
    yield ""
    yield (
        f"ir_scifact: {len(documents):,} abstracts, {len(queries)} queries; "
        f"{chunks['accepted']:,} chunks indexed, {chunks['quarantined']:,} held back."
    )
    yield ""
    rows = [(f"tamis, {mode}", f"{n:.3f}", f"{r:.3f}") for mode, (n, r) in figures.items()]
    yield from table(("", "nDCG@10", "recall@100"), rows + REFERENCES.get(len(queries), []))
    yield ""
    lexical, vector, hybrid = (figures[mode][0] for mode in MODES)
    yield f"- lexical at least {LEXICAL_TARGET}: {reached(lexical >= LEXICAL_TARGET)}"
    yield f"- hybrid not below the better of its legs: {reached(hybrid >= max(lexical, vector))}"
    yield ""


if __name__ == "__main__":
    score(section)
