"""Contradictions: labelled pairs of our own, defaults and lines that changed in a manual, and texts that agree."""

from collections import Counter, defaultdict

import manuals
from harness import ROOT, grade, precision_recall, reached, read_json, read_jsonl, score, table

PAIRS = ROOT / "scoring" / "tests" / "contradiction_pairs.jsonl"
PAGES = ROOT / "scoring" / "tests" / "page_pairs.jsonl"


def sides(chunk, finding):
    """Both sides of a finding as (document, quote), the same from whichever it is seen."""
    other = finding["counterpart"]
    return tuple(sorted([(chunk["document"], finding["quote"]), (other["document"], other["quote"])]))


def places(chunk, finding):
    """Where both sides stand. Quotes do not tell: a page can give two settings the same default in the same words."""
    other = finding["counterpart"]
    at = [(chunk["document"], finding["spans"]), (other["document"], other["spans"])]
    return tuple(sorted((document, *map(tuple, spans)) for document, spans in at))


def disagreements(chunks):
    """Findings of the contradiction dimension with their sides; a conflict seen from both of its sides comes once."""
    seen = set()
    for chunk in chunks:
        for finding in chunk["findings"]:
            if finding["dimension"] != "contradiction" or finding.get("counterpart") is None:
                continue
            conflict = (finding["rule"], places(chunk, finding))
            if conflict not in seen:
                seen.add(conflict)
                yield finding, sides(chunk, finding)


def conflicts(chunks):
    """How many conflicts there are, by rule."""
    return Counter(finding["rule"] for finding, _ in disagreements(chunks))


def fires(pair):
    """Whether a pair of small documents, graded as a folder of two, has a conflict."""
    documents = [{"id": f"{side}.md", "markdown": pair[side], "uri": f"{side}.md"} for side in ("a", "b")]
    return bool(conflicts(grade(documents)))


def counted(pairs, kinds):
    """A table of what is found of pairs, by the kinds that `kinds` gives each."""
    counts = defaultdict(Counter)
    for pair in pairs:
        found = fires(pair)
        for kind in (*kinds(pair), "all"):
            counts[kind][pair["relation"], found] += 1
    rows = []
    for kind in sorted(counts, key=lambda kind: (kind == "all", kind)):
        count = counts[kind]
        hits, missed = count["contradiction", True], count["contradiction", False]
        alarms, quiet = count["none", True], count["none", False]
        precision, recall, _ = precision_recall(hits, hits + alarms, hits + missed)
        shown = (f"{recall:.2f}" if hits + missed else "–", f"{precision:.2f}" if hits + alarms else "–")
        rows.append((kind.replace("_", " "), hits + missed, hits, alarms + quiet, alarms, *shown))
    yield from table(("kind", "contradictions", "found", "others", "alarms", "recall", "precision"), rows)


def facts(data, found):
    """Documented defaults of etcd's flags: those that changed must be found, the others must stay quiet."""
    rows, wrong = [], []
    names = [finding["message"] for finding, _ in found]
    for label in ("changed", "unchanged"):
        flags = [fact["flag"] for fact in read_jsonl(data / "stale_etcd" / "facts.jsonl") if fact["label"] == label]
        flagged = [flag for flag in flags if any(message.startswith(f"{flag} default ") for message in names)]
        wrong += set(flags) ^ set(flagged) if label == "changed" else flagged
        good = len(flagged) == (len(flags) if label == "changed" else 0)
        rows.append((f"{label} defaults", len(flags), len(flagged), reached(good)))
    yield from table(("flags of etcd", "flags", "with a conflict", "target: all changed, no other"), rows)
    if wrong:
        yield ""
        yield "Wrong: " + ", ".join(f"`{flag}`" for flag in sorted(wrong)) + "."


def plain(text):
    """Text as quotes show it: one line."""
    return " ".join(text.split())


def revisions(data, found):
    """Lines of etcd's manual that were rewritten from one version to the next."""
    quotes = defaultdict(set)
    for _, both in found:
        for document, quote in both:
            quotes[document].add(quote.rstrip("…"))
    counts = defaultdict(Counter)
    for line in read_jsonl(data / "stale_etcd" / "revisions.jsonl"):
        old = plain(line["old"])
        counts[line["type"]]["all"] += 1
        counts[line["type"]]["found"] += any(quote in old for quote in quotes[line["old_id"]] if len(quote) > 10)
    rows = [(kind.replace("_", " "), count["all"], count["found"]) for kind, count in sorted(counts.items())]
    yield from table(("what a rewritten line changed", "lines", "with a conflict"), rows)


def timeqa(data):
    """Articles of Wikipedia about people and places, whose facts hold for a time each."""
    articles = {}
    for record in read_json(data / "stale_timeqa" / "human_annotated_train.json"):
        articles[record["link"]] = record["paras"]
    return [
        {"id": link, "uri": link, "title": link.rsplit("/", 1)[-1].replace("_", " "), "markdown": "\n\n".join(paras)}
        for link, paras in articles.items()
    ]


def controls(data):
    """Texts that agree with themselves."""
    rows = []
    for name, documents in (
        ("Rust book, current (stale_rustbook)", manuals.rust_book(data, manuals.NEWEST_EDITION)),
        (f"etcd {manuals.NEWEST_STABLE} (stale_etcd)", manuals.etcd(data, manuals.NEWEST_STABLE)),
        ("articles with dated facts (stale_timeqa)", timeqa(data)),
    ):
        chunks = grade(documents)
        counts = conflicts(chunks)
        total = sum(counts.values())
        rate = 1000 * total / len(chunks) if chunks else 0
        rules = ", ".join(f"`{rule}` {count}" for rule, count in counts.most_common()) or "none"
        rows.append((name, len(chunks), total, f"{rate:.1f}", rules, reached(rate <= 1)))
    yield from table(("text", "chunks", "conflicts", "per 1,000 chunks", "by rule", "target: at most 1"), rows)


def section(data):
    """What is found of statements that cannot both be true, and false alarms."""
    yield "## Contradictions"
    yield ""
    yield "Pairs of small documents in our own words (`scoring/tests/contradiction_pairs.jsonl`), each graded as a folder"
    yield "of two. They were written before the rules were, and then the rules were mended by them: they show what is"
    yield "covered, and no more. 81 of them were written when all others were judged rightly: on first sight 38 of their 44"
    yield "contradictions were found, and none of the 37 others was taken for one. 28 came with what they test, as did the clauses. Those in other words were"
    yield "written when 5 of 12 like them were found: on first sight 5 of their 24 contradictions were, and none of the 30 others."
    yield ""
    yield from counted(read_jsonl(PAIRS), lambda pair: [pair["kind"]])
    yield ""
    yield "Pairs of pages (`scoring/tests/page_pairs.jsonl`) by an author who did not know the rules, a third of them in nearly the"
    yield "same words and the others in other words; what is no contradiction looks like one. Those that were read had part in"
    yield "mending the rules. On first sight, before that, 37 of the 170 contradictions were found, and 4 of the 110 others."
    yield ""
    yield from counted(read_jsonl(PAGES), lambda pair: ["read" if pair["seen"] else "never read"])
    yield ""
    yield "Nine versions of etcd's manual graded together (stale_etcd)."
    yield ""
    found = list(disagreements(grade(manuals.etcd(data))))
    yield from facts(data, found)
    yield ""
    yield from revisions(data, found)
    yield ""
    yield "## Contradictions where there are none"
    yield ""
    yield from controls(data)
    yield ""


if __name__ == "__main__":
    score(section)
