"""Chunks: tamis beside text-splitter and pieces of equal length, by how well they hold the passages that answer questions."""

import tempfile
from pathlib import Path

import chunking
from harness import table

PACKAGES = ("semantic-text-splitter",)

CUT = Path(__file__).with_name("chunk_with_text_splitter.py")
PUBLISHED = 800  # characters, about the 200 tokens that the set's source recommends
TARGET = 256  # tokens that tamis aims at unless it is told otherwise


def of_size(texts, size, usual):
    """The chunks of tamis when it is told to aim at so many characters, given how many its usual ones have."""
    target = round(TARGET * size / usual)
    return target, chunking.ours(texts, f"[chunks]\ntarget = {target}\nmax = {2 * target}\n")


def section(data, peers):
    texts, questions = chunking.read(data)
    ours = chunking.ours(texts)
    usual = round(chunking.mean_size(ours))
    target, smaller = of_size(texts, PUBLISHED, usual)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, f"{name}.md").write_bytes(text.encode("utf-8"))
        sizes = (str(PUBLISHED), f"mean={PUBLISHED}", str(usual), f"mean={usual}")
        theirs = peers.in_python(CUT, folder, *sizes)
    sides = {"tamis": ours, f"tamis, aiming at {target} tokens": smaller}
    for size in (usual, PUBLISHED):
        sides[f"equal pieces of {size} characters"] = chunking.cut(texts, chunking.fixed, size)
    for label, spans in theirs["spans"].items():
        kind, size = label.split(", ")
        most = f"{size.removeprefix('mean=')} characters on average" if "=" in size else f"at most {size} characters"
        sides[f"{kind}, {most}"] = [(name, start, end) for name, pieces in spans.items() for start, end in pieces]
    rows = []
    # By size, for whoever retrieves larger pieces finds more and finds it less precisely.
    for label, chunks in sorted(sides.items(), key=lambda side: -chunking.mean_size(side[1])):
        figures = chunking.measure(chunks, texts, questions)
        rows.append((label, len(chunks), round(chunking.mean_size(chunks)), *(f"{figure:.3f}" for figure in figures)))
    megabytes = sum(len(text.encode("utf-8")) for text in texts.values()) / 1e6
    speeds = ", ".join(f"{kind} {megabytes / took['seconds']:,.1f}" for kind, took in theirs["took"].items())
    yield "## Chunks"
    yield ""
    yield (
        f"chunk_chroma: {len(questions)} questions on {len(texts)} texts, the best {chunking.RETRIEVED} chunks by one BM25 for all "
        f"sides, measured in characters; {peers.versions('semantic-text-splitter')} is text-splitter's binding for Python. "
        "Precision omega is that of the chunks that touch the excerpts, whatever the ranking. Sides are in the order of their "
        "mean size, because recall grows with it and precision falls: only neighbours compare."
    )
    yield ""
    yield from table(("", "chunks", "characters", "recall", "precision", "IoU", "precision omega"), rows)
    yield ""
    yield (
        f"Megabytes a second of text-splitter, by characters, called from Python: {speeds}. tamis cuts by tokens, while it "
        "reads, and has no command that only cuts; `cargo bench --bench chunk` is its own figure."
    )
    yield ""
