"""Near-duplicate articles among a thousand, pages and their editions by kind, and what twice the input costs."""

import re
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


def body(text):
    """A page without its front matter."""
    return text.split("\n---", 1)[-1] if text.startswith("---") else text


def shingles(text):
    """The runs of five words of a page's body, as the sets' labels were made by them."""
    words = re.findall(r"\w+", body(text).lower())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def kind_of(a, b):
    """The kind that the labels' own measure gives two pages, whose shingles these are."""
    share = len(a & b) / len(a | b) if a | b else 0
    return "exact" if share == 1 else "near" if share >= 0.8 else "revised" if share >= 0.3 else "rewritten"


def counts(pairs, said, alarms):
    """How many pairs are found, how many alarms there are beside them, and what that comes to."""
    found = len(pairs & said)
    p, r, f1 = precision_recall(found, found + alarms, len(pairs))
    return found, alarms, f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}"


def by_kind(name, documents, page, gold):
    """Rows for one manual, and what is to be said of them. Of the pairs of editions of one page those found, by kind; of
    pairs across pages the alarms, by the kind that the labels' own measure gives them."""
    answer, _ = check(documents)
    copies, reworded = document_pairs(answer)
    either = copies | reworded
    runs = {document["id"]: shingles(document["markdown"]) for document in documents}
    across = {pair: kind_of(*(runs[one] for one in pair)) for pair in either if len({page[one] for one in pair}) > 1}
    rows = []
    for kind in (*KINDS, "all"):
        pairs = {pair for pair, of in gold.items() if kind in (of, "all")}
        alarms = {pair for pair, of in across.items() if kind in (of, "all")}
        of_copies = counts(pairs, copies, len(alarms & copies))
        rows.append((f"{name}: {kind}", len(pairs), *of_copies, *counts(pairs, either, len(alarms))))
    held = {pair for pair in across if pair in copies}
    moved = {pair for pair in held if across[pair] != "rewritten"}
    pages = sorted({" and ".join(sorted({page[one] for one in pair})) for pair in moved})
    notes = []
    if held:
        notes.append(
            f"{name}: {len(moved)} of the {len(held)} alarms are as alike as the labels ask of editions of one page, which "
            f"they know by its path alone: pages that were moved or named anew ({', '.join(pages)})."
        )
    empty = {document["id"] for document in documents if not re.search(r"\w", body(document["markdown"]))}
    bare = [pair for pair, of in gold.items() if of == "exact" and pair <= empty]
    if bare:
        notes.append(
            f"{name}: {len(bare)} of the exact pairs are of pages with no word below their front matter, of which none can "
            f"be a copy (`structure.empty`); {len([pair for pair in bare if pair in copies])} of them were found."
        )
    return rows, notes


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
    yield "in a third (`document_clusters`). Pairs across pages are the negatives: an alarm counts against the kind that it would"
    yield "be by the measure the labels were made with (Jaccard similarity of runs of five words: near from .8, revised from .3)."
    yield "The last five columns count `duplication.reworded` as well, which holds nothing back."
    yield ""
    figures = ("found", "alarms", "precision", "recall", "F1")
    rows, notes = [], []
    for manual in (etcd, rustbook):
        try:
            more, said = manual(data)
        except Skip as missing:
            said = [f"Skipped: {missing}."]
        else:
            rows += more
        notes += said
    yield from table(("", "pairs", *figures, *(f"{figure}, reworded too" for figure in figures)), rows)
    for note in notes:
        yield ""
        yield note
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
