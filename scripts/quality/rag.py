"""Search quality on documentation and on code: lexical, vector and hybrid over the same curated index."""

import json
import tempfile
from pathlib import Path

from harness import parse_jsonl, reached, read_jsonl, score, table, tamis, write_jsonl
from retrieval import MODES, mean, ranked_documents, read_qrels, recall

CHUNKS = 100

# By set: what the target counts, the target, and the figures of the set's SOURCE.txt.
SETS = {
    "rag_anthropic_docs": (
        "MRR",
        0.80,
        [
            ("BM25 (k1 = 1.2, b = .75, Porter), plain", ".769", ".674", ".756", ".900"),
            ("Voyage-2 embeddings, as published (all 100 queries)", ".737", "–", "–", "–"),
            ("the same, summaries indexed, reranked by a language model", ".865", "–", "–", "–"),
        ],
    ),
    "rag_codebase": (
        "pass@10",
        0.90,
        [
            ("BM25 (k1 = 1.2, b = .75, Porter), plain", ".601", ".689", ".782", ".851"),
            ("Voyage-2 embeddings, as published (all 248 queries)", "–", ".809", ".872", ".901"),
            ("the same with contexts written by a language model, BM25 beside them", "–", ".864", ".932", ".950"),
        ],
    ),
}


def reciprocal_rank(ranking, relevant):
    return next((1 / rank for rank, document in enumerate(ranking, 1) if document in relevant), 0.0)


def judge(answers, relevant):
    """MRR and pass@5, 10 and 20; a query without an answer counts as nothing found."""
    rankings = {answer["id"]: ranked_documents(answer) for answer in answers}
    pairs = [(rankings.get(query, []), documents) for query, documents in relevant.items()]
    passes = [mean(recall(ranking, documents, depth) for ranking, documents in pairs) for depth in (5, 10, 20)]
    return {
        "MRR": mean(reciprocal_rank(ranking, documents) for ranking, documents in pairs),
        **dict(zip(("pass@5", "pass@10", "pass@20"), passes)),
    }


def one(data, name):
    target, least, references = SETS[name]
    folder = data / name
    corpus = read_jsonl(folder / "corpus.jsonl")
    relevant = read_qrels(folder / "qrels.tsv")
    queries = [
        {"id": q["_id"], "query": q["text"]} for q in read_jsonl(folder / "queries.jsonl") if q["_id"] in relevant
    ]
    # Of the code, the title is the number of a file and says nothing.
    documents = [
        {"id": d["_id"], "text": d["text"], **({"title": d["title"]} if name != "rag_codebase" else {})} for d in corpus
    ]
    with tempfile.TemporaryDirectory() as work:
        store = Path(work, "store")
        source = write_jsonl(Path(work, f"{name}.jsonl"), documents)
        asked = write_jsonl(Path(work, "queries.jsonl"), queries)
        chunks = json.loads(tamis("ingest", source, "--format", "json", data=store))["chunks"]
        figures = {
            mode: judge(
                parse_jsonl(tamis("search", "--queries", asked, "--mode", mode, "-k", CHUNKS, data=store)), relevant
            )
            for mode in MODES
        }
    yield f"### {name}"
    yield ""
    yield (
        f"{len(documents):,} documents, {len(queries)} queries; "
        f"{chunks['accepted']:,} chunks indexed, {chunks['quarantined']:,} held back."
    )
    yield ""
    rows = [(f"tamis, {mode}", *(f"{value:.3f}" for value in found.values())) for mode, found in figures.items()]
    yield from table(("", "MRR", "pass@5", "pass@10", "pass@20"), rows + references)
    yield ""
    yield f"- hybrid {target} at least {least}: {reached(figures['hybrid'][target] >= least)}"
    yield ""


def section(data):
    """MRR and pass@k on rag_anthropic_docs and rag_codebase."""
    yield "## Retrieval from documentation and code"
    yield ""
    for name in SETS:
        yield from one(data, name)


if __name__ == "__main__":
    score(section)
