"""Negative controls: one version of one manual should not contradict itself."""

from collections import Counter

import manuals
from harness import grade, score, table


def conflicts(chunks):
    """Findings of the contradiction dimension, by rule; a conflict seen from both of its sides counts once."""
    counts, seen = Counter(), set()
    for chunk in chunks:
        for finding in chunk["findings"]:
            other = finding.get("counterpart")
            if finding["dimension"] != "contradiction" or other is None:
                continue
            sides = sorted([(chunk["document"], finding["quote"]), (other["document"], other["quote"])])
            key = (finding["rule"], *map(tuple, sides))
            if key not in seen:
                seen.add(key)
                counts[finding["rule"]] += 1
    return counts


def section(data):
    """False alarms of the contradiction rules on manuals that agree with themselves."""
    yield "## Contradictions where there are none"
    yield ""
    yield "The newest Rust book, and etcd's manual for its newest stable release, each against itself."
    yield ""
    rows = []
    for name, documents in (
        ("Rust book, current (stale_rustbook)", manuals.rust_book(data, manuals.NEWEST_EDITION)),
        (f"etcd {manuals.NEWEST_STABLE} (stale_etcd)", manuals.etcd(data, manuals.NEWEST_STABLE)),
    ):
        chunks = grade(documents)
        counts = conflicts(chunks)
        total = sum(counts.values())
        rate = 1000 * total / len(chunks) if chunks else 0
        rules = ", ".join(f"`{rule}` {count}" for rule, count in counts.most_common()) or "none"
        rows.append((name, len(chunks), total, f"{rate:.1f}", rules))
    yield from table(("manual", "chunks", "conflicts", "per 1,000 chunks", "by rule"), rows)
    yield ""


if __name__ == "__main__":
    score(section)
