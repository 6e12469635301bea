"""Web pages: the main content, its structure, and what a page says about itself."""

import gzip
import re
import tempfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from harness import Skip, parse_jsonl, percent, precision_recall, reached, read_json, read_jsonl, score, table, tamis

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def unpacked(files, folder):
    """The gzipped pages of `files`, {name: path}, as plain `NAME.html` in a folder."""
    for name, file in files.items():
        Path(folder, f"{name}.html").write_bytes(gzip.decompress(Path(file).read_bytes()))


def extracted(files):
    """What `tamis extract` reads of gzipped pages: {name: (object, plain text)}."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked(files, folder)
        objects = {Path(read["uri"]).stem: read for read in parse_jsonl(tamis("extract", folder, "--format", "jsonl"))}
        return {
            name: (objects[name], tamis("extract", Path(folder, f"{name}.html"), "--format", "text")) for name in files
        }


def shingles(text, size=4):
    """The runs of four words, as a multiset; all of a shorter text."""
    words = re.findall(r"\w+", text)
    if len(words) < size:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))


def shingle_scores(pairs):
    """Mean precision and recall over (found, wanted) texts, and the F1 of the means, as html_scrapinghub defines it."""
    precisions, recalls = [], []
    for found, wanted in pairs:
        found, wanted = shingles(found), shingles(wanted)
        both = (found & wanted).total()
        if not found and not wanted:
            precisions.append(1.0)
            recalls.append(1.0)
        if found:
            precisions.append(both / found.total())
        if wanted:
            recalls.append(both / wanted.total())
    p = sum(precisions) / len(precisions) if precisions else 0.0
    r = sum(recalls) / len(recalls) if recalls else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def one_spaced(text):
    return " ".join((text or "").split())


def segment_counts(text, wanted, unwanted):
    """How many wanted and how many unwanted segments stand in a text, white space apart."""
    text = one_spaced(text)
    return sum(one_spaced(s) in text for s in wanted), sum(one_spaced(s) in text for s in unwanted)


def date_verdict(found, wanted):
    """Whether a time found (RFC 3339, or none) falls on the day wanted."""
    if not found:
        return "none"
    return "right" if found[:10] == wanted[:10] else "wrong"


class Structure(HTMLParser):
    """The words of the headings, list items, table cells and code blocks of a page."""

    KINDS = {**dict.fromkeys(HEADINGS, "headings"), "li": "list items", "td": "table cells", "th": "table cells", "pre": "code blocks"}

    def __init__(self, html):
        super().__init__()
        self.found = {kind: [] for kind in self.KINDS.values()}
        self.open = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in self.KINDS:
            self.open.append((tag, []))

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            _, words = self.open.pop()
            # What holds parts of the same kind is their frame, and no part itself.
            if words:
                self.found[self.KINDS[tag]].append(one_spaced(" ".join(words)))

    def handle_data(self, data):
        if self.open and data.strip():
            self.open[-1][1].append(data)


def plain_words(text):
    """A text down to its letters, so that Markdown's marks make no difference."""
    return re.sub(r"\W+|_", "", text)


def markdown_structure(text):
    """The lines of Markdown that are headings, list items and table rows, and its code, each kind as one text."""
    parts = {"headings": [], "list items": [], "table cells": [], "code blocks": []}
    in_code = False
    in_item = False
    for line in text.split("\n"):
        bare = line.lstrip("> ")
        if bare.startswith("```"):
            in_code = not in_code
        elif in_code:
            parts["code blocks"].append(line)
        elif re.match(r"#{1,6} ", bare):
            parts["headings"].append(bare)
        elif bare.startswith("|"):
            parts["table cells"].append(bare)
        elif re.match(r"(-|\d+\.) ", bare) or (in_item and line.startswith("  ")):
            parts["list items"].append(bare)
            in_item = True
        elif bare:
            in_item = False
    # Targets of links are no words; what looks like one in code is.
    texts = {kind: "\n".join(lines) for kind, lines in parts.items()}
    bare = {kind: text if kind == "code blocks" else re.sub(r"\]\([^)\s]*\)", "", text) for kind, text in texts.items()}
    return {kind: plain_words(text) for kind, text in bare.items()}


def scrapinghub(data):
    truth = read_json(data / "html_scrapinghub" / "ground-truth.json")
    read = extracted({name: data / "html_scrapinghub" / "html" / f"{name}.html.gz" for name in truth})
    p, r, f1 = shingle_scores([(read[name][1], truth[name]["articleBody"]) for name in truth])
    yield "### Main content, word by word (html_scrapinghub)"
    yield ""
    yield f"{len(truth)} news and blog pages, runs of four words against the article's text."
    yield ""
    rows = [("tamis", f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}")]
    rows += [("rs_trafilatura, published", ".951", ".990", ".970"), ("trafilatura 2.0.0, published", ".938", ".978", ".958")]
    yield from table(("", "precision", "recall", "F1"), rows)
    yield ""
    yield f"F1 at least 0.970: {reached(f1 >= 0.970)}. The published figures are of all 181 pages of the set."
    yield ""


def trafilatura(data):
    gold = read_jsonl(data / "html_trafilatura" / "gold.jsonl")
    read = extracted({page["id"]: data / "html_trafilatura" / page["html"] for page in gold})
    counts = [segment_counts(read[page["id"]][1], page["with"], page["without"]) for page in gold]
    right, kept = (sum(column) for column in zip(*counts))
    wanted = sum(len(page["with"]) for page in gold)
    p, r, f1 = precision_recall(right, right + kept, wanted)
    yield "### Main content, by segments (html_trafilatura)"
    yield ""
    yield (
        f"{len(gold)} pages in many languages, {wanted} segments that belong and "
        f"{sum(len(page['without']) for page in gold)} that do not."
    )
    yield ""
    rows = [("tamis", f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}"), ("trafilatura 2.2.0, published", ".906", ".943", ".924")]
    yield from table(("", "precision", "recall", "F1"), rows)
    yield ""
    yield f"F1 at least 0.93: {reached(f1 >= 0.93)}."
    yield ""
    dated = [page for page in gold if page.get("date")]
    verdicts = Counter(date_verdict(read[page["id"]][0]["published_at"], page["date"]) for page in dated)
    yield (
        f"Publication date, on the {len(dated)} pages that have one: right {percent(verdicts['right'], len(dated))} "
        f"(at least 90 %: {reached(verdicts['right'] >= 0.9 * len(dated))}), "
        f"wrong {percent(verdicts['wrong'], len(dated))} "
        f"(at most 5 %: {reached(verdicts['wrong'] <= 0.05 * len(dated))}), none {percent(verdicts['none'], len(dated))}."
    )
    titled = [page for page in gold if page.get("title")]
    same = sum(one_spaced(read[page["id"]][0]["title"]) == one_spaced(page["title"]) for page in titled)
    yield f"Title as noted by hand: {percent(same, len(titled))} of {len(titled)}, to the letter."
    yield ""


def readability(data):
    folder = data / "html_readability"
    names = sorted(path.parent.name for path in folder.glob("*/source.html.gz"))
    if not names:
        raise Skip("html_readability is not there")
    read = extracted({name: folder / name / "source.html.gz" for name in names})
    said = {name: read_json(folder / name / "expected-metadata.json") for name in names}
    yield "### Structure and metadata (html_readability)"
    yield ""
    yield f"{len(names)} pages; what is expected is what Readability.js keeps of them, looked over by its authors."
    yield ""
    wanted, kept = Counter(), Counter()
    for name in names:
        expected = Structure((folder / name / "expected.html").read_text(encoding="utf-8")).found
        ours = markdown_structure(read[name][0]["text"])
        for kind, parts in expected.items():
            wanted[kind] += len(parts)
            kept[kind] += sum(plain_words(part) in ours[kind] for part in parts)
    rows = [(kind, wanted[kind], kept[kind], percent(kept[kind], wanted[kind])) for kind in wanted]
    yield from table(("part", "expected", "kept as such", "share"), rows)
    yield ""
    titled = [name for name in names if said[name].get("title")]
    same = sum(one_spaced(read[name][0]["title"]) == one_spaced(said[name]["title"]) for name in titled)
    dated = [name for name in names if said[name].get("publishedTime")]
    days = Counter(date_verdict(read[name][0]["published_at"], said[name]["publishedTime"]) for name in dated)
    yield (
        f"The same title on {same} of {len(titled)} pages; of {len(dated)} publication times the same day {days['right']}, "
        f"another {days['wrong']}, none {days['none']}."
    )
    yield ""


def section(data):
    """html_scrapinghub, html_trafilatura and html_readability through `tamis extract`."""
    yield "## Web pages"
    yield ""
    for part in (scrapinghub, trafilatura, readability):
        try:
            yield from part(data)
        except Skip as missing:
            yield f"Skipped: {missing}."
            yield ""


if __name__ == "__main__":
    score(section)
