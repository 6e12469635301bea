"""One task of a peer on a file of passages; prints one JSON object. Run by duplication.py in the peers' environment."""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

VALUES = 128
SIMILAR = 0.7


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def alike(sets, pairs):
    """Of candidate pairs those that are alike."""
    return [pair for pair in pairs if len(sets[pair[0]] & sets[pair[1]]) >= SIMILAR * len(sets[pair[0]] | sets[pair[1]])]


def brute_force(sets):
    holders = defaultdict(list)
    for name, of in sets.items():
        for one in of:
            holders[one].append(name)
    shared = defaultdict(int)
    for names in holders.values():
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                shared[min(a, b), max(a, b)] += 1
    return [(a, b) for (a, b), n in shared.items() if n >= SIMILAR * (len(sets[a]) + len(sets[b]) - n)]


def rensa_sketch(items):
    from rensa import RMinHash

    sketch = RMinHash(num_perm=VALUES, seed=42)
    sketch.update(items)
    return sketch


def datasketch_sketch(items):
    from datasketch import MinHash

    sketch = MinHash(num_perm=VALUES)
    sketch.update_batch([item.encode("utf-8") for item in items])
    return sketch


def timed_sketches(make, texts):
    """Seconds for the sketches alone, and with cutting the texts into shingles."""
    start, processor = time.perf_counter(), time.process_time()
    sets = [list(shingles(text)) for text in texts]
    cut = time.process_time() - processor
    for items in sets:
        make(items)
    whole = time.process_time() - processor
    return {"seconds": time.perf_counter() - start, "processor": whole, "alone": whole - cut}


def lsh_rensa(sets):
    from rensa import RMinHashLSH

    start = time.perf_counter()
    sketches = {name: rensa_sketch(list(items)) for name, items in sets.items() if items}
    index = RMinHashLSH(threshold=SIMILAR, num_perm=VALUES, num_bands=32)
    names = list(sketches)
    for number, name in enumerate(names):
        index.insert(number, sketches[name])
    pairs = set()
    for number, name in enumerate(names):
        for other in index.query(sketches[name]):
            if other != number and sketches[name].jaccard(sketches[names[other]]) >= SIMILAR:
                pairs.add((min(name, names[other]), max(name, names[other])))
    return {"pairs": sorted(pairs), "seconds": time.perf_counter() - start}


def lsh_datasketch(sets):
    from datasketch import MinHashLSH

    start = time.perf_counter()
    sketches = {name: datasketch_sketch(list(items)) for name, items in sets.items() if items}
    index = MinHashLSH(threshold=SIMILAR, num_perm=VALUES)
    for name, sketch in sketches.items():
        index.insert(name, sketch)
    pairs = {(min(name, other), max(name, other)) for name in sketches for other in index.query(sketches[name]) if other != name}
    return {"pairs": alike(sets, sorted(pairs)), "seconds": time.perf_counter() - start}


def text_dedup(file):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(file), "--split", "train",
                   "--column", "text", "--output", str(out), "--num_proc", "1", "--threshold", str(SIMILAR), "--ngram", "3",
                   "--cache_dir", str(Path(folder, "cache"))]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        from datasets import load_from_disk

        return {"kept": len(load_from_disk(str(out))), "seconds": seconds}


def main():
    task, file = sys.argv[1], sys.argv[2]
    with open(file, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    if task == "text-dedup":
        print(json.dumps(text_dedup(file)))
        return
    sets = {record["id"]: shingles(record["text"]) for record in records}
    if task == "brute-force":
        print(json.dumps({"pairs": brute_force(sets)}))
    elif task == "lsh-rensa":
        print(json.dumps(lsh_rensa(sets)))
    elif task == "lsh-datasketch":
        print(json.dumps(lsh_datasketch(sets)))
    else:
        make = {"sketch-rensa": rensa_sketch, "sketch-datasketch": datasketch_sketch}[task]
        print(json.dumps(timed_sketches(make, [record["text"] for record in records])))


if __name__ == "__main__":
    main()
