#!/usr/bin/env python3
"""Compiles WordNet into the table by which the judge tells opposites, exclusive siblings and synonyms.

    build_opposition.py --wordnet DIR --table FILE [--sentences FILE]

DIR is the `usr/share/wordnet` of Debian's package wordnet-base (3.0): `apt-get download wordnet-base && dpkg-deb -x …`.
The table keeps the hierarchy, by method and for no list of topics. Left out are senses beyond the fourth, terms of three
words and more and, where WordNet's tagged texts never use them, terms of two words, plants, animals and single things
with a name, but for places that have parts of their own. --sentences writes the example sentences of WordNet's glosses,
one a line: what the judge is trained on.

The table is text, with a line a synset, in the order of a walk through the hierarchy:

    DEPTH [@FIELD] LEMMA…

Its parent is the nearest line above with a smaller depth. `@FIELD` is WordNet's lexicographer file, where it is not the
parent's. A lemma has its rank among the senses of its word behind a colon, unless it is the first; `~noun` says what an
adjective pertains to. The sections are `[noun]`, `[verb]`, `[adjective]`, `[adverb]`, then `[opposite]` (part of speech and
two lemmas) and `[irregular]` (part of speech, form, lemma).
"""

import argparse
import re
import sys
from pathlib import Path

PARTS = {"n": ("noun", "noun"), "v": ("verb", "verb"), "a": ("adjective", "adj"), "r": ("adverb", "adv")}
MAX_RANK = 4
MIN_PARTS = 3
FIELDS = (
    "adj.all adj.pert adv.all tops act animal artifact attribute body cognition communication event feeling food group "
    "location motive object person phenomenon plant possession process quantity relation shape state substance time "
    "verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation "
    "verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather adj.ppl"
).split()
HEADER = """\
# Compiled from WordNet 3.0 (Debian package wordnet-base) by scripts/build_opposition.py. Do not edit.
# WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved. The licence is in WORDNET-LICENSE.
"""


class Part:
    """WordNet's synsets of one part of speech."""

    def __init__(self, folder, letter):
        self.letter = letter
        self.name, file = PARTS[letter]
        self.synsets, self.rank, self.met = {}, {}, set()
        kinds = {"n": "1", "v": "2", "a": "35", "r": "4"}[letter]
        for line in lines(folder / "cntlist.rev"):
            key, rank, _ = line.split()
            word, _, rest = key.partition("%")
            if rest[0] in kinds:
                self.met.add((word, int(rank)))
        for line in lines(folder / f"index.{file}"):
            fields = line.split()
            count = int(fields[2])
            for at, offset in enumerate(fields[-count:], 1):
                self.rank[fields[0], offset] = at
        for line in lines(folder / f"data.{file}"):
            data, _, gloss = line.partition(" | ")
            fields = data.split()
            count = int(fields[3], 16)
            words = [re.sub(r"\([a-z]+\)$", "", fields[4 + 2 * i]) for i in range(count)]
            at = 5 + 2 * count
            pointers = [tuple(fields[at + 4 * i : at + 4 * i + 4]) for i in range(int(fields[at - 1]))]
            self.synsets[fields[0]] = (int(fields[1]), fields[2], words, pointers, gloss)

    def lemma(self, offset, word):
        """A word's lemma with its rank, or None where it is left out."""
        number, _, _, pointers, _ = self.synsets[offset]
        field, lower = FIELDS[number], word.lower()
        rank = self.rank.get((lower, offset), 99)
        if rank > MAX_RANK or not re.fullmatch(r"[a-z][a-z0-9_'-]*", lower):
            return None
        met = (lower, rank) in self.met
        instance = any(symbol == "@i" for symbol, *_ in pointers)
        place = field == "location" and sum(symbol == "%p" for symbol, *_ in pointers) >= MIN_PARTS
        rare = "_" in word or instance or field in ("animal", "plant")
        if word.count("_") > 1 or rare and not met and not place:
            return None
        return lower if rank == 1 else f"{lower}:{rank}"

    def lemmas(self, offset):
        return list(dict.fromkeys(filter(None, (self.lemma(offset, word) for word in self.synsets[offset][2]))))

    def parent(self, offset):
        """The first synset above: a hypernym, or the head that a satellite adjective belongs to."""
        kind, pointers = self.synsets[offset][1], self.synsets[offset][3]
        wanted = ("&",) if kind == "s" else ("@", "@i") if self.letter in "nv" else ()
        return next((target for symbol, target, *_ in pointers if symbol in wanted), None)


def lines(path):
    try:
        text = path.read_text(encoding="latin-1")
    except OSError as problem:
        sys.exit(f"build_opposition: cannot read {path}: {problem.strerror}; --wordnet names WordNet's folder")
    return [line for line in text.split("\n") if line and not line.startswith("  ")]


def tree(part, nouns):
    """The lines of a part of speech, parents before children."""
    children, roots = {}, []
    for offset in part.synsets:
        above = part.parent(offset)
        children.setdefault(above, []).append(offset) if above else roots.append(offset)

    def walk(offset, depth, field):
        own = part.synsets[offset][0]
        mark = [] if own == field else ["@" + FIELDS[own]]
        below = [line for child in children.get(offset, ()) for line in walk(child, depth + 1, own)]
        words = part.lemmas(offset) + pertains(part, offset, nouns)
        if not words and not below:
            return []
        return [" ".join([str(depth), *mark, *(words or ["-"])]), *below]

    if part.letter == "r":
        with_use = [o for o in roots if len(part.lemmas(o)) > 1 or any(p[0] == "!" for p in part.synsets[o][3])]
        roots = with_use
    for root in roots:
        yield from walk(root, 0, None)


def pertains(part, offset, nouns):
    """What an adjective pertains to: for one that is made from a name or another noun."""
    if part.letter != "a":
        return []
    found = []
    for symbol, target, letter, ends in part.synsets[offset][3]:
        if symbol == "\\" and letter == "n":
            lemma = nouns.lemma(target, nouns.synsets[target][2][int(ends[2:], 16) - 1])
            found += ["~" + lemma] if lemma else []
    return found


def opposites(part):
    for offset, (_, _, words, pointers, _) in part.synsets.items():
        for symbol, target, letter, ends in pointers:
            if symbol == "!" and letter == part.letter and ends != "0000":
                a = part.lemma(offset, words[int(ends[:2], 16) - 1])
                b = part.lemma(target, part.synsets[target][2][int(ends[2:], 16) - 1])
                if a and b and a < b:
                    yield f"{part.letter} {a} {b}"


def irregular(folder, part, known):
    for line in lines(folder / f"{PARTS[part.letter][1]}.exc"):
        form, *lemmas = line.split()
        if "_" not in form and lemmas and lemmas[0] in known:
            yield f"{part.letter} {form} {lemmas[0]}"


def examples(parts):
    """Example sentences of the glosses: five words and more, which a shorter example of use is not."""
    for part in parts:
        for *_, gloss in part.synsets.values():
            for sentence in re.findall(r'"([^"]+)"', gloss):
                sentence = " ".join(sentence.split()).rstrip(";,- ")
                if len(sentence.split()) >= 5 and sentence.isascii():
                    yield sentence


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--sentences", type=Path)
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    parts = [Part(arguments.wordnet, letter) for letter in PARTS]
    out = [HEADER.rstrip("\n")]
    for part in parts:
        out += [f"[{part.name}]", *tree(part, parts[0])]
    out += ["[opposite]", *(line for part in parts for line in opposites(part))]
    out += ["[irregular]"]
    for part in parts:
        known = {word for word, _ in part.rank}
        out += irregular(arguments.wordnet, part, known)
    arguments.table.write_text("\n".join(out) + "\n", encoding="utf-8")
    if arguments.sentences:
        arguments.sentences.write_text("\n".join(dict.fromkeys(examples(parts))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
