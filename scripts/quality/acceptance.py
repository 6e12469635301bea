"""How much of a good manual comes through, and what becomes of its old versions when they lie beside it."""

from collections import Counter

import manuals
from harness import grade, percent, reached, score, table

TARGET = 0.95


def accepted(chunks):
    return sum(chunk["verdict"] == "accept" for chunk in chunks)


def by_rule(chunks):
    """How many chunks have a finding of a rule, and how many of those were held back."""
    having, held = Counter(), Counter()
    for chunk in chunks:
        for rule in {finding["rule"] for finding in chunk["findings"]}:
            having[rule] += 1
            held[rule] += chunk["verdict"] != "accept"
    return having, held


def by_group(chunks):
    """Accepted and all chunks by edition or version: the first folder of the id."""
    groups = {}
    for chunk in chunks:
        group = groups.setdefault(chunk["document"].split("/")[0], [])
        group.append(chunk)
    return {name: (accepted(group), len(group)) for name, group in groups.items()}


def manual(title, parts, together):
    """One manual: `parts` are (name, documents, must reach the target), each graded alone; then all of it at once."""
    yield f"### {title}"
    yield ""
    rows, rules = [], {}
    for name, documents, target in parts:
        chunks = grade(documents)
        share = accepted(chunks) / len(chunks) if chunks else 0
        mark = f"{TARGET:.0%}: {reached(share >= TARGET)}" if target else ""
        rows.append((f"{name}, alone", len(documents), len(chunks), percent(accepted(chunks), len(chunks)), mark))
        rules[name] = by_rule(chunks)
    chunks = grade(together)
    rows.append(("all together", len(together), len(chunks), percent(accepted(chunks), len(chunks)), ""))
    for name, (good, count) in by_group(chunks).items():
        rows.append((f"all together: {name}", "", count, percent(good, count), ""))
    rules["all together"] = by_rule(chunks)
    yield from table(("documents graded", "documents", "chunks", "accepted", "target"), rows)
    yield ""
    yield "Chunks with a finding, and in brackets those of them held back:"
    yield ""
    names = list(rules)
    seen = sorted({rule for having, _ in rules.values() for rule in having})
    yield from table(
        ("rule", *names),
        [(f"`{rule}`", *(f"{rules[n][0][rule]} ({rules[n][1][rule]})" for n in names)) for rule in seen],
    )
    yield ""


def section(data):
    """Chunk acceptance on stale_rustbook and stale_etcd."""
    yield "## Chunks accepted"
    yield ""
    yield "A sound technical manual should pass nearly whole; its superseded versions should not."
    yield ""
    editions = ("first", "second", "2018", manuals.NEWEST_EDITION)
    book = [(name, manuals.rust_book(data, name), name == manuals.NEWEST_EDITION) for name in editions]
    yield from manual("The Rust book, four editions (stale_rustbook)", book, manuals.rust_book(data))
    newest = [(manuals.NEWEST_STABLE, manuals.etcd(data, manuals.NEWEST_STABLE), True)]
    yield from manual("etcd's manual, nine versions (stale_etcd)", newest, manuals.etcd(data))


if __name__ == "__main__":
    score(section)
