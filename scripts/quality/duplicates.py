"""Near-duplicate articles among a thousand, pages and their editions by kind, and what twice the input costs."""

from itertools import combinations

import manuals
from harness import Skip, check, precision_recall, read_jsonl, score, table

KINDS = ("exact", "near", "revised", "rewritten")


def duplicate_pairs(answer, ids):
    """The pairs of documents that `tamis check` calls copies: from its clusters, and from each finding's counterpart."""
    pairs = set()
    for cluster in answer["clusters"]:
        members = {name for name in (cluster["canonical"], *cluster["members"]) if name in ids}
        pairs |= {frozenset(pair) for pair in combinations(members, 2)}
    for finding in answer["findings"]:
        other = finding.get("counterpart")
        if finding["dimension"] == "duplication" and other and other["document"] != finding["document"]:
            pairs.add(frozenset((finding["document"], other["document"])))
    return pairs


def document_pairs(answer):
    """The pairs of documents of which most stands in the other or in a third, and those that say much the same in
    other words."""
    copies, reworded = set(), set()
    for cluster in answer["document_clusters"]:
        names = [cluster["canonical"], *(member["document"] for member in cluster["members"])]
        copies |= {frozenset(pair) for pair in combinations(set(names), 2)}
    for finding in answer["findings"]:
        other = finding.get("counterpart")
        if finding["rule"] == "duplication.reworded" and other and other["document"] != finding["document"]:
            reworded.add(frozenset((finding["document"], other["document"])))
    return copies, reworded


def by_kind(name, documents, page, gold):
    """Rows for one manual: of the pairs of editions of one page, those found, by kind; of pairs across pages, the alarms."""
    answer, _ = check(documents)
    copies, reworded = document_pairs(answer)
    across = {pair for pair in copies if len({page[one] for one in pair}) > 1}
    across_reworded = {pair for pair in reworded - copies if len({page[one] for one in pair}) > 1}
    for kind in KINDS:
        pairs = {pair for pair, of in gold.items() if of == kind}
        found = pairs & copies
        either = pairs & (copies | reworded)
        p, r, f1 = precision_recall(len(found), len(found) + len(across), len(pairs))
        more = precision_recall(len(either), len(either) + len(across) + len(across_reworded), len(pairs))
        yield (f"{name}: {kind}", len(pairs), len(found), f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}", *(f"{value:.3f}" for value in more))
    everything = set(gold)
    p, r, f1 = precision_recall(len(everything & copies), len(everything & copies) + len(across), len(everything))
    found = everything & (copies | reworded)
    more = precision_recall(len(found), len(found) + len(across) + len(across_reworded), len(everything))
    row = (len(everything), len(everything & copies), f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}")
    yield (f"{name}: all", *row, *(f"{value:.3f}" for value in more))
    yield (f"{name}: across pages (alarms)", "", len(across), "", "", "", "", len(across_reworded), "")


def etcd(data):
    records = manuals.etcd_records(data)
    pairs = read_jsonl(data / "stale_etcd" / "family_pairs.jsonl")
    gold = {frozenset((pair["a"], pair["b"])): pair["kind"].removesuffix("_body") for pair in pairs}
    return by_kind("etcd", manuals.etcd(data), {r["id"]: r["page"] for r in records}, gold)


def rustbook(data):
    documents = manuals.rust_book(data)
    pairs = read_jsonl(data / "stale_rustbook" / "family_pairs.jsonl")
    gold = {frozenset((pair["a"], pair["b"])): pair["kind"] for pair in pairs}
    return by_kind("Rust book", documents, {d["id"]: d["id"].split("/", 1)[1] for d in documents}, gold)


def doubling(documents):
    """Seconds for half of the documents and for all of them, the better of two runs each."""
    half = documents[: len(documents) // 2]
    return tuple(min(check(part)[1] for _ in range(2)) for part in (half, documents))


def section(data):
    """Near-duplicates on neardup_minhash_articles; time on doubling the input, on ir_scifact."""
    yield "## Near-duplicates"
    yield ""
    articles = [{"id": r["id"], "text": r["text"]} for r in read_jsonl(data / "neardup_minhash_articles" / "articles.jsonl")]
    gold = {frozenset((p["a"], p["b"])) for p in read_jsonl(data / "neardup_minhash_articles" / "pairs.jsonl")}
    answer, _ = check(articles)
    found = duplicate_pairs(answer, {article["id"] for article in articles})
    p, r, f1 = precision_recall(len(found & gold), len(found), len(gold))
    yield f"{len(articles):,} news articles, {len(gold)} true pairs (neardup_minhash_articles); the target is 1 and 1."
    yield ""
    row = (len(found), len(found & gold), f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}")
    yield from table(("", "pairs found", "of them true", "precision", "recall", "F1"), [("tamis check", *row)])
    yield ""
    yield "### Pages and their editions, by kind"
    yield ""
    yield "All editions graded together. A pair of documents is found where most of one stands in the other, or most of both"
    yield "in a third (`document_clusters`); pairs across pages are the negatives. The last three columns count"
    yield "`duplication.reworded` as well, which holds nothing back."
    yield ""
    header = ("", "pairs", "found", "precision", "recall", "F1", "precision, reworded too", "recall", "F1")
    rows = []
    for manual in (etcd, rustbook):
        try:
            rows += manual(data)
        except Skip as missing:
            yield f"Skipped: {missing}."
    yield from table(header, rows)
    yield ""
    try:
        corpus = read_jsonl(data / "ir_scifact" / "corpus.jsonl")
    except Skip as missing:
        yield f"Time on doubling the input: skipped, {missing}."
    else:
        documents = [{"id": r["_id"], "title": r["title"], "text": r["text"]} for r in corpus]
        half, whole = doubling(documents)
        yield (
            f"Twice the input, {len(documents) // 2:,} to {len(documents):,} abstracts (ir_scifact), "
            f"takes {whole / half:.2f} times as long; all pairs compared would take 4 times."
        )
    yield ""


if __name__ == "__main__":
    score(section)
