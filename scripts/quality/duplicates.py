"""Near-duplicate articles among a thousand, and what twice the input costs."""

from itertools import combinations

from harness import Skip, check, precision_recall, read_jsonl, score, table


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
