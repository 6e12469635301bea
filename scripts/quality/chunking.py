"""How well chunks fit the passages that answer questions, beside splitters that know nothing of structure."""

import math
import re
import tempfile
from collections import Counter
from pathlib import Path

from harness import Skip, parse_jsonl, read_jsonl, score, table, tamis, write_jsonl

RETRIEVED = 5  # chunks a question, as in the published comparison
RECURSIVE = ("\n\n", "\n", ". ", " ")


def merged(spans):
    """Spans without overlap, in order."""
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def length(spans):
    return sum(end - start for start, end in merged(spans))


def common(a, b):
    """How many characters two lists of spans share."""
    return sum(max(0, min(e, f) - max(s, t)) for s, e in merged(a) for t, f in merged(b))


def overlap_scores(chunks, gold):
    """Recall, precision and intersection over union of retrieved chunks, {(corpus, start, end)}, against the excerpts."""
    corpora = {corpus for corpus, _, _ in chunks | gold}

    def of(spans, corpus):
        return [(start, end) for name, start, end in spans if name == corpus]

    both = sum(common(of(chunks, corpus), of(gold, corpus)) for corpus in corpora)
    found = sum(length(of(chunks, corpus)) for corpus in corpora)
    wanted = sum(length(of(gold, corpus)) for corpus in corpora)
    return both / wanted, both / found if found else 0.0, both / (found + wanted - both)


def fixed(text, size):
    """Pieces of equal length."""
    return [(start, min(start + size, len(text))) for start in range(0, len(text), size)]


def recursive(text, size, start=0, separators=RECURSIVE):
    """Pieces of at most `size`, cut at the largest separators that allow it and put together again while they fit."""
    if len(text) <= size or not separators:
        return [(start + a, start + b) for a, b in fixed(text, size)]
    pieces, at = [], 0
    for part in re.split(f"(?<={re.escape(separators[0])})", text):
        if part:
            whole = [(start + at, start + at + len(part))]
            pieces += whole if len(part) <= size else recursive(part, size, start + at, separators[1:])
        at += len(part)
    packed = []
    for a, b in pieces:
        if packed and b - packed[-1][0] <= size:
            packed[-1] = (packed[-1][0], b)
        else:
            packed.append((a, b))
    return packed


def words(text):
    return re.findall(r"\w+", text.lower())


class Ranker:
    """BM25 (k1 = .9, b = .4) over chunks: the same for all splitters, so that only the cuts differ."""

    def __init__(self, chunks, texts):
        self.chunks = chunks
        counts = [Counter(words(texts[corpus][start:end])) for corpus, start, end in chunks]
        self.lengths = [count.total() for count in counts]
        self.mean = sum(self.lengths) / len(counts)
        self.postings = {}
        for place, count in enumerate(counts):
            for word, times in count.items():
                self.postings.setdefault(word, []).append((place, times))

    def best(self, query, number):
        scores = Counter()
        for word in set(words(query)):
            found = self.postings.get(word, [])
            weight = math.log(1 + (len(self.chunks) - len(found) + 0.5) / (len(found) + 0.5))
            for place, times in found:
                norm = 0.9 * (1 - 0.4 + 0.4 * self.lengths[place] / self.mean)
                scores[place] += weight * times / (times + norm)
        return {self.chunks[place] for place, _ in sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:number]}


def measure(chunks, texts, questions):
    """Means over the questions: recall, precision and IoU of the best chunks; precision where just those are retrieved
    that touch the excerpts (precision omega), which no ranking can better."""
    ranker = Ranker(chunks, texts)
    rows = []
    for question, gold in questions:
        touching = {c for c in chunks if any(c[0] == g[0] and c[1] < g[2] and g[1] < c[2] for g in gold)}
        rows.append((*overlap_scores(ranker.best(question, RETRIEVED), gold), overlap_scores(touching, gold)[1]))
    return [sum(column) / len(rows) for column in zip(*rows)]


def character_spans(pieces, text):
    """Spans in bytes as spans in characters."""
    starts, at = {}, 0
    for place, c in enumerate(text):
        starts[at] = place
        at += len(c.encode("utf-8"))
    starts[at] = len(text)
    return [(starts[start], starts[end]) for start, end in pieces]


def read(data):
    """The texts of chunk_chroma by their names, and its questions, each with the excerpts that answer it as
    {(text, start, end)} in characters."""
    folder = data / "chunk_chroma"
    found = read_jsonl(folder / "questions.jsonl")
    files = {name: folder / "corpora" / f"{name}.md" for name in {question["corpus"] for question in found}}
    if not all(file.is_file() for file in files.values()):
        raise Skip("chunk_chroma/corpora is not there")
    # Read as they are: the excerpts are counted from the files' own line ends.
    texts = {name: file.read_bytes().decode("utf-8") for name, file in sorted(files.items())}
    questions = [
        (question["text"], {(question["corpus"], r["start_index"], r["end_index"]) for r in question["references"]})
        for question in found
    ]
    return texts, questions


def ours(texts, settings=None):
    """The chunks that tamis makes of the texts, with these settings (TOML) or its own, as [(text, start, end)]."""
    with tempfile.TemporaryDirectory() as folder:
        documents = [{"id": name, "markdown": text} for name, text in texts.items()]
        arguments = ["grade", write_jsonl(Path(folder, "documents.jsonl"), documents), "--format", "jsonl"]
        if settings:
            Path(folder, "tamis.toml").write_text(settings, encoding="utf-8")
            arguments += ["--config", Path(folder, "tamis.toml")]
        graded = parse_jsonl(tamis(*arguments))
    spans = {name: [tuple(chunk["span"]) for chunk in graded if chunk["document"] == name] for name in texts}
    return [(name, a, b) for name in texts for a, b in character_spans(spans[name], texts[name])]


def cut(texts, splitter, size):
    """The pieces that a splitter of this file makes of the texts, as [(text, start, end)]."""
    return [(name, a, b) for name, text in texts.items() for a, b in splitter(text, size)]


def mean_size(chunks):
    """How many characters a chunk has on average."""
    return sum(end - start for _, start, end in chunks) / len(chunks)


def section(data):
    """chunk_chroma: recall, precision and IoU of chunks against the excerpts that answer questions."""
    texts, questions = read(data)
    sides = {"tamis": ours(texts)}
    size = round(mean_size(sides["tamis"]))
    for label, splitter, width in (
        (f"equal pieces of {size} characters, tamis' mean", fixed, size),
        ("equal pieces of 800 characters", fixed, 800),
        (f"recursive splitter, {size} characters", recursive, size),
        ("recursive splitter, 800 characters", recursive, 800),
    ):
        sides[label] = cut(texts, splitter, width)
    figures = {label: measure(chunks, texts, questions) for label, chunks in sides.items()}
    yield "## Chunking"
    yield ""
    yield (
        f"chunk_chroma: {len(questions)} questions on {len(texts)} texts, the best {RETRIEVED} chunks by one BM25 for all sides, "
        "measured in characters. Precision omega is that of the chunks that touch the excerpts, whatever the ranking."
    )
    yield ""
    rows = [(label, len(sides[label]), *(f"{figure:.3f}" for figure in figures[label])) for label in sides]
    yield from table(("", "chunks", "recall", "precision", "IoU", "precision omega"), rows)
    yield ""
    yield (
        "The set's source gives no figures that can be checked offline; it recommends the recursive splitter at 200 tokens "
        "(about 800 characters) without overlap, which stands above as written here. Beside text-splitter's: `make bench-peers`."
    )
    yield ""


if __name__ == "__main__":
    score(section)
