"""Broken encodings and page furniture, as single short texts."""

import tempfile
from collections import Counter
from pathlib import Path

from harness import Skip, grade, parse_jsonl, percent, precision_recall, reached, read_jsonl, score, table, tamis, write_jsonl


def chunks_by_document(chunks):
    grouped = {}
    for chunk in chunks:
        grouped.setdefault(chunk["document"], []).append(chunk)
    return grouped


def has_mojibake(chunks):
    return any(finding["rule"] == "structure.mojibake" for chunk in chunks for finding in chunk["findings"])


def is_furniture(chunks):
    """Held back for its structure alone: a document with no chunks left counts as well."""
    return not chunks or any(
        finding["dimension"] == "structure" and finding["severity"] == "error"
        for chunk in chunks
        for finding in chunk["findings"]
    )


def structure_score(chunks):
    return min((chunk["scores"]["structure"] for chunk in chunks), default=0.0)


def auc(bad, good):
    """The chance that a bad item scores below a good one; ties count half (Mann-Whitney)."""
    counts_bad, counts_good = Counter(bad), Counter(good)
    below = wins = 0
    for value in sorted(counts_bad | counts_good):
        wins += counts_good[value] * (below + counts_bad[value] / 2)
        below += counts_bad[value]
    return wins / (len(bad) * len(good))


def wanted_text(case):
    """A text of tq_mojibake decoded as it should be; its `fixed` also straightens quotes and takes letters apart."""
    return case["fixed_encoding"] or case["fixed"]


def repaired(texts):
    """What `tamis extract` makes of texts, each a plain document of its own: {id: text}."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_jsonl(Path(folder, "documents.jsonl"), [{"id": name, "text": text} for name, text in texts.items()])
        return {read["uri"]: read["text"] for read in parse_jsonl(tamis("extract", file, "--format", "jsonl"))}


def mojibake(data):
    cases = read_jsonl(data / "tq_mojibake" / "cases.jsonl")
    graded = chunks_by_document(grade([{"id": case["id"], "text": case["original"]} for case in cases]))
    read = repaired({case["id"]: case["original"] for case in cases})
    flagged = {case["id"] for case in cases if has_mojibake(graded.get(case["id"], []))}
    # What differs in quotes or ligatures alone was decoded as it should be.
    broken = {case["id"] for case in cases if wanted_text(case) != case["original"]}
    right = {case["id"] for case in cases if read.get(case["id"], "").strip() == wanted_text(case).strip()}
    touched = {case["id"] for case in cases if read.get(case["id"], "").strip() != case["original"].strip()} - broken
    p, r, f1 = precision_recall(len(flagged & broken), len(flagged), len(broken))
    helped = len(broken & (right | flagged))
    yield "### Mojibake (tq_mojibake)"
    yield ""
    yield (
        f"{len(cases)} texts, {len(broken)} decoded wrongly. Put right to the letter while reading: "
        f"{percent(len(right & broken), len(broken))}; put right or found: {percent(helped, len(broken))} "
        f"(at least 95 %: {reached(helped >= 0.95 * len(broken))}). Sound texts changed: {len(touched)} "
        f"(none: {reached(not touched)}). Found, repaired or not: precision {p:.3f}, recall {r:.3f}, F1 {f1:.3f}."
    )
    yield ""
    rows = []
    for kind in sorted({case["file"] for case in cases}):
        ids = {case["id"] for case in cases if case["file"] == kind}
        bad, sound = ids & broken, ids - broken
        cells = (f"{len(right & bad)} of {len(bad)}", f"{len(flagged & bad)} of {len(bad)}")
        rows.append((kind, *cells, f"{len(touched & sound)} of {len(sound)}", f"{len(flagged & sound)} of {len(sound)}"))
    yield from table(("kind", "broken and put right", "broken and found", "sound but changed", "sound but flagged"), rows)
    yield ""


def segments(data):
    cases = read_jsonl(data / "tq_segments" / "segments.jsonl")
    graded = chunks_by_document(grade([{"id": str(i), "text": case["text"]} for i, case in enumerate(cases)]))
    chunks = [graded.get(str(i), []) for i in range(len(cases))]
    bad = [found for found, case in zip(chunks, cases) if case["label"] == "boilerplate"]
    good = [found for found, case in zip(chunks, cases) if case["label"] == "content"]
    hits, alarms = sum(map(is_furniture, bad)), sum(map(is_furniture, good))
    p, r, f1 = precision_recall(hits, hits + alarms, len(bad))
    yield "### Content against page furniture (tq_segments)"
    yield ""
    yield (
        f"{len(bad)} segments of page furniture, {len(good)} of content, each graded as a document of its own. "
        f"Held back by a structure rule: precision {p:.3f}, recall {r:.3f}, F1 {f1:.3f}; "
        f"{percent(alarms, len(good))} of the content lost. "
        f"The structure score alone tells them apart with an area under the curve of "
        f"{auc(list(map(structure_score, bad)), list(map(structure_score, good))):.3f}."
    )
    yield ""


def section(data):
    """tq_mojibake and tq_segments through `tamis grade`."""
    yield "## Structure"
    yield ""
    for part in (mojibake, segments):
        try:
            yield from part(data)
        except Skip as missing:
            yield f"Skipped: {missing}."
            yield ""


if __name__ == "__main__":
    score(section)
