"""Duplicates: sketching a core, and finding the copies among the passages of one corpus, beside rensa, datasketch and
text-dedup. What is right is told by comparing all pairs."""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from harness import Failed, ROOT, check, precision_recall, read_jsonl, table, write_jsonl

# text-dedup's own requirements bring Spark and TensorFlow; these are what its MinHash needs.
PACKAGES = ("rensa", "datasketch", "datasets", "click", "click-option-group", "bitarray", "ftfy", "pybloom-live",
            "regex", "rich", "scipy", "xxhash", "zstandard", "fire")
WITHOUT_REQUIREMENTS = ("text-dedup==0.4.0",)

HERE = Path(__file__).resolve().parent
WORDS = 150


def passages(data):
    """The Rust book's editions cut at every 300 words, so that all sides compare the same passages."""
    found = []
    for record in read_jsonl(data / "stale_rustbook" / "docs.jsonl"):
        words = record["text"].split()
        for start in range(0, len(words), WORDS):
            found.append({"id": f"{record['id']}#{start}", "text": " ".join(words[start : start + WORDS])})
    return found


def ours(file):
    """Seconds of one core for the fingerprints of the file's passages, by the example that only does this."""
    # The whole workspace, for a single package would be built again with features of its own.
    build = ["cargo", "build", "--release", "--locked", "--workspace", "--example", "fingerprints"]
    example = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"), "release", "examples", "fingerprints")
    for command in (build, [str(example), str(file)]):
        done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
        if done.returncode:
            raise Failed(f"the example fingerprints: {done.stderr.decode('utf-8', 'replace').strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def section(data, peers):
    """Sketching by each side, in turns; then pairs found by each at a similarity of .7."""
    documents = passages(data)
    python = str(peers.python)
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", *WITHOUT_REQUIREMENTS],
                          capture_output=True, check=False)
    text_dedup = done.returncode == 0
    lines = ["## Duplicates", ""]
    with tempfile.TemporaryDirectory() as folder:
        file = write_jsonl(Path(folder, "passages.jsonl"), documents)
        gold = {tuple(pair) for pair in peers.in_python(HERE / "find_duplicates.py", "brute-force", file)["pairs"]}
        sides = {"tamis": lambda: ours(file)}
        for name in ("rensa", "datasketch"):
            sides[name] = lambda name=name: peers.in_python(HERE / "find_duplicates.py", f"sketch-{name}", file)
        took = peers.in_turns(sides)
        lines += [
            f"{len(documents):,} passages of at most {WORDS} words (the Rust book, four editions), one core, from the text. tamis makes",
            "all its keys: the hash of the normalised text, bands and winnowed keys. Sketches alone start from shingles as strings.",
            "",
        ]
        rows = []
        for name, times in took.items():
            alone = f"{len(documents) / times['alone']:,.0f}" if "alone" in times else "·"
            ratio = times["processor"] / took["tamis"]["processor"]
            rows.append((name, f"{len(documents) / times['processor']:,.0f}", f"{ratio:.1f}", alone))
        lines += [*table(("", "passages a second", "times ours", "sketches alone"), rows), ""]
        found = {"rensa": "lsh-rensa", "datasketch, threshold .7": "lsh-datasketch"}
        rows = []
        answer, seconds = check(documents)
        rules = ("duplication.exact", "duplication.near")
        links = {tuple(sorted((finding["document"], finding["counterpart"]["document"])))
                 for finding in answer["findings"] if finding["rule"] in rules}
        groups = [set(cluster["members"]) for cluster in answer["clusters"]]
        missed = [pair for pair in gold if not any(pair[0] in group and pair[1] in group for group in groups)]
        texts = {document["id"]: document["text"] for document in documents}
        figures = sum(figures_of(texts[a]) != figures_of(texts[b]) for a, b in missed)
        rows.append(("tamis check", f"{len(links):,}", f"{len(links & gold) / max(len(links), 1):.3f}",
                     f"{1 - len(missed) / max(len(gold), 1):.3f}", "·", f"{seconds:.2f}"))
        for name, task in found.items():
            result = peers.in_python(HERE / "find_duplicates.py", task, file)
            rows.append((name, *counted({tuple(pair) for pair in result["pairs"]}, gold), f"{result['seconds']:.2f}"))
        if text_dedup:
            result = peers.in_python(HERE / "find_duplicates.py", "text-dedup", file)
            kept = result["kept"]
            lines += [f"text-dedup 0.4.0 at .7 keeps {kept:,} of {len(documents):,} passages in {result['seconds']:.1f} s.", ""]
        else:
            lines += ["text-dedup could not be installed and is left out.", ""]
        lines += [
            f"Pairs with a Jaccard similarity of at least .7 over three-word shingles: {len(gold):,} by comparing all. tamis links",
            "each copy to the one that stands, so its pairs are links, and its recall counts the pairs that are in one cluster. It",
            "reads words as they are shown, without Markdown, so that a pair near .7 can be on either side of it here. Of the",
            f"{len(missed)} pairs that it leaves out, {figures} differ in a figure; what differs in names of a program, in a denial or in one",
            "word throughout is no copy to it either. (`tamis duplicates --recall` holds its keys against comparing all pairs.)",
            "",
            *table(("", "pairs", "precision", "recall", "F1", "seconds"), rows),
            "",
        ]
    return lines


def figures_of(text):
    return sorted(re.findall(r"\d+(?:\.\d+)*", text))


def counted(pairs, gold):
    p, r, f1 = precision_recall(len(pairs & gold), len(pairs), len(gold))
    return (f"{len(pairs):,}", f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}")
