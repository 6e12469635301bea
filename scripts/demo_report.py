"""Sums up the review queue: what was held back most, with evidence, and who copies whom.

    tamis quarantine list --format json | demo_report.py DOCS

DOCS is the folder the documents are in. Reads the queue as {"items": […]}, as a list or as one object a line; an item
carries its findings, and the rules that hold it back as its reasons.
"""

import json
import sys
import textwrap
from collections import Counter, defaultdict

DOCS = sys.argv[1].rstrip("/") if len(sys.argv) == 2 else sys.exit(__doc__)
REASONS, CLUSTERS = 6, 4  # how many of each are shown
WIDTH = 100
TELLING = 40  # characters of quoted evidence worth showing


def read_items(text):
    try:
        value = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    return value["items"] if isinstance(value, dict) else value


def where(thing):
    """A document's address inside the folder: crate and file."""
    address = thing.get("uri") or thing.get("document") or "?"
    return address.split(f"{DOCS}/")[-1]


def quote(text, indent):
    line = " ".join((text or "").split())
    shortened = textwrap.shorten(line, WIDTH - len(indent) - 2, placeholder=" …") if line else ""
    return f"{indent}“{shortened or line[: WIDTH - len(indent) - 2]}”"


def print_reasons(items):
    counts, examples = Counter(), {}
    for item in items:
        counts.update(item["reasons"])
        for finding in item["findings"]:
            shown = examples.setdefault(finding["rule"], (item, finding))[1]
            # A quote too short to tell anything gives way to a longer one.
            if len(shown.get("quote") or "") < min(TELLING, len(finding.get("quote") or "")):
                examples[finding["rule"]] = (item, finding)
    for rule, count in counts.most_common(REASONS):
        print(f"  {count:>5}  {rule}")
        if rule in examples:
            item, finding = examples[rule]
            print(f"         {where(item)}: {finding['message']}")
            print(quote(finding["quote"], " " * 11))
            other = finding.get("counterpart")
            if other:
                print(f"         against {where(other)}")
                print(quote(other.get("quote"), " " * 11))


def clusters(items):
    """Documents that hold passages of one another, as sets; the largest first."""
    parent = {}

    def find(x):
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for item in items:
        for finding in item["findings"]:
            other = finding.get("counterpart")
            if finding["dimension"] == "duplication" and other:
                parent[find(where(item))] = find(where(other))
    groups = defaultdict(set)
    for name in list(parent):
        groups[find(name)].add(name)
    return sorted((sorted(group) for group in groups.values() if len(group) > 1), key=lambda g: (-len(g), g))


def print_clusters(items):
    found = clusters(items)
    print(f"  {len(found)} groups of files that repeat one another; the largest:")
    for group in found[:CLUSTERS]:
        shown = ", ".join(group[:4]) + (f" and {len(group) - 4} more" if len(group) > 4 else "")
        print(textwrap.fill(shown, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False))


def main():
    items = read_items(sys.stdin.read())
    print("Held back most often, one chunk quoted for each")
    print_reasons(items)
    print()
    print("Copies")
    print_clusters(items)


if __name__ == "__main__":
    main()
