#!/usr/bin/env python3
"""Writes pairs of sentences with their relation, for training the judge of two passages.

    judge_pairs.py --wordnet DIR --out FILE [--count N] [--seed N]

Every pair is generated: a sentence is an example of use from WordNet's glosses, whose licence allows it, or written from
the patterns below, which are ours; the other one is the same sentence after edits whose effect is known. Synonyms, moved
phrases and other ways to write a number keep what is said (duplicate); a clause more or a more general word keeps part of
it (overlap); an antonym, a sibling, another number, date, name or order, a denial or its loss exclude it (contradiction);
another subject or time, or another sentence, leave it be (neutral). Most pairs are of a long sentence and a short one about
the same subject (`judge_evidence.py`). No data set of others is used. Output is JSON lines
{"a", "b", "relation", "edit"}.
"""

import argparse
import json
import random
from pathlib import Path

from build_opposition import FIELDS, PARTS, Part, examples
from judge_evidence import Evidence

FIRST = "Anna Omar Lucia Peter Mei Ivan Sofia Daniel Priya Tom Elena Marco Ruth Hana Victor Nadia".split()
LAST = "Berg Costa Lindqvist Okafor Tanaka Moreau Novak Silva Keller Haddad Jensen Rossi Patel Byrne Duarte Weiss".split()
MAKERS = "Norlink Adastra Veltron Quillon Brightwater Solvane Medira Harrow Kestrel Lumina Ostara Pinewood".split()
CITIES = "Lisbon Oslo Vienna Madrid Boston Chicago Paris London Berlin Rome Athens Dublin Warsaw Tokyo Sydney Cairo".split()
COUNTRIES = "Portugal Norway Austria Spain Canada Brazil France England Germany Italy Greece Ireland Poland Japan India".split()
DEMONYMS = "Portuguese Norwegian Austrian Spanish Canadian Brazilian French English German Italian Greek Irish Polish".split()
MONTHS = "January February March April May June July August September October November December".split()
SMALL = "two three four five six seven eight nine ten eleven twelve".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
UNITS = "days hours minutes seconds weeks months MB GB km meters kg percent".split()
THINGS = (
    "the gateway|the scheduler|the archive service|the mobile app|the billing module|the cache|the north warehouse|"
    "the pump|the new library|the backup job|the premium plan|the sensor|the export tool|the laboratory|the printer"
).split("|")
TRADES = "actor singer engineer painter novelist footballer physicist producer lawyer historian drummer chemist".split()
WORKS = "film novel album painting song play magazine building bridge ship".split()

# Slots: {p} person, {m} maker, {c} city, {l} country, {d} demonym, {n} number, {w} number word, {u} unit, {o} ordinal,
# {y} year, {date} date, {t} thing, {j} trade, {k} work. A slot with a 2 takes another value of its kind.
PATTERNS = """\
{p} was born in {c} on {date}.|{p} is a {d} {j}.|{p} was born in {l} in {y} and became a {j}.
{m} was founded by {p} in {c} in {y}.|{m} has {n} employees in {l}.|The owner of {t} is {p}.
{t} keeps deleted records for {n} {u}.|{t} accepts at most {n} requests per minute.|{t} listens on port {n}.
{t} must be restarted every {n} {u}.|Support for {t} ends on {date}.|{t} is enabled by default.
{t} is available in {l} and {l2}.|{t} weighs {n} kg and runs for {n2} hours.|{t} was released by {m} in {y}.
The {k} was released on {date} by {m}.|The {k} was written by {p} and produced by {p2}.|{t} requires approval by {p}.
{p} works for {m} as a {j}.|{m} is the {o} largest supplier in {l}.|{p} won the {o} prize in {c}.
Customers may return an order within {n} {u}.|Visitors must sign in at the {o} door of {t}.|{p} reports to {p2}.
{m} sold {t} to {m2} in {y}.|{t} supports encrypted connections.|{t} is located in {c}.|{t} can be shared by {w} users.
The {d} {k} won {w} awards in {y}.|{p} is best known for the {k} about {c}.|{m} is a {d} maker of {t}.
{t} has {w} doors and {w2} windows.|All staff must carry a badge in {c}.|{t} stores the logs in {l}.
{t} increases the load by {n} percent.|{t} reduces the cost of storage.|{p} started at {m} before {p2} joined.
The {k} stars {p} and was filmed in {l}.|Only {p} can change the settings of {t}.|{t} is faster than {t2}.
The {d} {k} is based on a story by {p}.|The meeting takes place in {c} on {date}.|{t} was closed in {y}.""".replace(
    "\n", "|"
).split("|")

LEADS = ("According to the report, ", "In general, ", "As the manual says, ", "For most customers, ", "In practice, ")
TAILS = (
    ", as described in the guide", ", which surprised many people", " and is checked every week", " in most regions",
    ", although some details are not known", ", together with several others", " during the summer",
    ", and nobody had expected it", " after a long review", " with the help of a small team",
)
AUXILIARIES = "is are was were can will must should has had would could does may".split()
EXCLUSIVE = {"artifact", "animal", "plant", "food", "substance", "location", "time", "attribute", "shape", "body",
             "quantity", "object", "adj.all", "adj.pert"}
CONCRETE = {"artifact", "animal", "plant", "food", "substance", "body", "object"}


# Share of the pairs that `judge_evidence.py` makes.
EVIDENCE = 0.75


class Words:
    """What can stand in a word's place, from WordNet's first senses."""

    def __init__(self, parts):
        self.synonyms, self.siblings, self.above, self.opposites, self.nouns, self.things = {}, {}, {}, {}, [], []
        for part in parts:
            children = {}
            for offset in part.synsets:
                children.setdefault(part.parent(offset), []).append(offset)
            for offset, (field, _, _, pointers, _) in part.synsets.items():
                words = self.usual(part, offset)
                if FIELDS[field] in CONCRETE:
                    self.things += words
                for word in words:
                    self.synonyms.setdefault(word, set()).update(set(words) - {word})
                    for symbol, target, letter, ends in pointers:
                        if symbol == "!" and letter == part.letter and part.synsets[offset][2][int(ends[:2], 16) - 1] == word:
                            other = part.synsets[target][2][int(ends[2:], 16) - 1]
                            if "_" not in other:
                                self.opposites.setdefault(word, []).append(other)
                if part.letter != "n":
                    continue
                self.nouns += words
                parent = part.parent(offset)
                if parent and FIELDS[field] in EXCLUSIVE:
                    near = [w for child in children[parent] if child != offset for w in self.usual(part, child)]
                    for word in words:
                        self.siblings[word] = near
                for word in words:
                    self.above[word] = self.usual(part, parent) if parent else []

    @staticmethod
    def usual(part, offset):
        words = part.synsets[offset][2]
        return [w for w in words if "_" not in w and part.lemma(offset, w) and ":" not in part.lemma(offset, w)]


def fill(pattern, rng):
    """A sentence from a pattern, and its slots with their values."""
    kinds = {
        "p": lambda: f"{rng.choice(FIRST)} {rng.choice(LAST)}", "m": lambda: rng.choice(MAKERS),
        "c": lambda: rng.choice(CITIES), "l": lambda: rng.choice(COUNTRIES), "d": lambda: rng.choice(DEMONYMS),
        "n": lambda: str(rng.choice((2, 3, 5, 7, 10, 12, 14, 15, 20, 24, 30, 45, 60, 90, 100, 250, 500, 8080))),
        "w": lambda: rng.choice(SMALL), "u": lambda: rng.choice(UNITS), "o": lambda: rng.choice(ORDINALS),
        "y": lambda: str(rng.randint(1910, 2024)), "t": lambda: rng.choice(THINGS), "j": lambda: rng.choice(TRADES),
        "k": lambda: rng.choice(WORKS),
        "date": lambda: f"{rng.choice(MONTHS)} {rng.randint(1, 28)}, {rng.randint(1910, 2024)}",
    }
    slots = {}
    for name, make in kinds.items():
        slots[name] = make()
        slots[name + "2"] = next(value for value in iter(make, None) if value != slots[name])
    used = [name for name in slots if "{" + name + "}" in pattern]
    return slots, used


def say(pattern, slots):
    text = pattern.format(**slots)
    return text[0].upper() + text[1:]


class Maker:
    def __init__(self, rng, words, sentences):
        self.rng, self.words, self.sentences = rng, words, sentences

    def base(self):
        """A sentence, and a way to make one that differs in one slot, where it comes from a pattern."""
        rng = self.rng
        if rng.random() < 0.5:
            return rng.choice(self.sentences), None
        pattern = rng.choice(PATTERNS)
        return None, (pattern, *fill(pattern, rng))

    def swap_word(self, text, table, keep_case=True):
        """The text with one word replaced by one from the table, or None."""
        tokens = text.split(" ")
        order = list(range(len(tokens)))
        self.rng.shuffle(order)
        for at in order:
            core = tokens[at].strip(".,;:!?\"'()")
            options = [w for w in table.get(core, ()) if w.lower() != core.lower()]
            if len(core) > 2 and options:
                tokens[at] = tokens[at].replace(core, self.rng.choice(options))
                return " ".join(tokens)
        return None

    def other_thing(self, text):
        """Another thing that can be touched in the place of one."""
        things = set(self.words.things)
        return self.swap_word(text, {w: [self.rng.choice(self.words.things)] for w in text.replace(".", "").split() if w in things})

    def freed(self, text):
        """What must be done as what may be."""
        return text.replace(" must ", " may ", 1) if " must " in text else None

    def deny(self, text):
        tokens = text.split(" ")
        places = [i for i, word in enumerate(tokens[:-1]) if word in AUXILIARIES]
        if places:
            at = self.rng.choice(places)
            if tokens[at + 1] in ("not", "never"):
                return " ".join(tokens[: at + 1] + tokens[at + 2 :])
            return " ".join(tokens[: at + 1] + [self.rng.choice(("not", "never", "not", "no longer"))] + tokens[at + 1 :])
        for i in range(1, len(tokens) - 1):
            word = tokens[i]
            if word.endswith("s") and not word.endswith("ss") and word[:-1] in self.words.synonyms and word.islower():
                return " ".join(tokens[:i] + ["does", "not", word[:-1]] + tokens[i + 1 :])
        return None

    def same(self, text):
        """Another way to say the same."""
        rng = self.rng
        edits = [
            lambda t: self.swap_word(t, self.words.synonyms),
            lambda t: t.replace("must ", "has to ", 1),
            lambda t: t[:-1] if t.endswith(".") else t + ".",
            lambda t: t.replace(" the ", " a ", 1),
            lambda t: self.digits(t),
            lambda t: self.fronted(t),
        ]
        for edit in rng.sample(edits, rng.choice((1, 1, 2))):
            text = edit(text) or text
        return text

    def digits(self, text):
        tokens = text.split(" ")
        return " ".join(str(SMALL.index(t) + 2) if t in SMALL else t for t in tokens)

    def fronted(self, text):
        """`… in 1990.` as `In 1990, …`."""
        body = text.rstrip(".")
        at = max(body.rfind(" in "), body.rfind(" on "))
        tail = body[at + 1 :]
        if at < 10 or len(tail.split()) > 4:
            return None
        head = body[:at]
        head = head if head.split()[0][:1].isupper() and head.split()[0] not in ("The", "A", "All", "Only") else head[0].lower() + head[1:]
        return f"{tail[0].upper()}{tail[1:]}, {head}."

    def longer(self, text):
        """The same with more said."""
        rng = self.rng
        body = text.rstrip(".")
        kind = rng.random()
        if kind < 0.25:
            lead = rng.choice(LEADS)
            return lead + text
        if kind < 0.5:
            return body + rng.choice(TAILS) + "."
        if kind < 0.75:
            other, made = self.base()
            other = other or say(made[0], made[1])
            return rng.choice((f"{body}, and {other}", f"{other.rstrip('.')}, while {text}", f"{body}; {other}"))
        return rng.choice(LEADS) + body + rng.choice(TAILS) + rng.choice(TAILS) + "."

    def shorter(self, text):
        """The text without a phrase at its end or its front."""
        body = text.rstrip(".")
        for mark in (", ", " and ", " in ", " on ", " for ", " with ", " by "):
            at = body.rfind(mark)
            if at > 0 and len(body[:at].split()) >= 4:
                return body[:at] + "."
        return None

    def against(self, text, made):
        """An edit that excludes the sentence: what kind it is and the other sentence."""
        rng = self.rng
        if made:
            pattern, slots, used = made
            subject = used_first(pattern, used)
            free = [name for name in used if name != subject and name[0] != "u"] or None
            if free and rng.random() < 0.75:
                name = rng.choice(free)
                other = dict(slots)
                fresh, _ = fill(pattern, rng)
                other[name] = next(f[name] for f in iter(lambda: fill(pattern, rng)[0], None) if f[name] != slots[name])
                return "slot " + name.rstrip("2"), say(pattern, other)
            if "p2" in used and "p" in used or "m2" in used:
                kind = "p" if "p2" in used else "m"
                other = dict(slots)
                other[kind], other[kind + "2"] = slots[kind + "2"], slots[kind]
                if pattern.count("{p2}") + pattern.count("{m2}") and "and produced" not in pattern:
                    return "roles", say(pattern, other)
        edits = [
            ("denial", self.deny), ("denial", self.deny),
            ("antonym", lambda t: self.swap_word(t, self.words.opposites)),
            ("antonym", lambda t: self.swap_word(t, self.words.opposites)),
            ("sibling", lambda t: self.swap_word(t, self.words.siblings)),
            ("sibling", lambda t: self.swap_word(t, self.words.siblings)),
            ("thing", self.other_thing),
            ("duty", self.freed),
        ]
        rng.shuffle(edits)
        for kind, edit in edits:
            other = edit(text)
            if other and other != text:
                return kind, other
        return None

    def another(self, text, made):
        """A sentence that leaves the first one be."""
        rng = self.rng
        kind = rng.random()
        if made and kind < 0.45:
            pattern, slots, used = made
            subject = used_first(pattern, used)
            others, _ = fill(pattern, rng)
            other = dict(slots)
            if subject:
                other[subject] = next(
                    f[subject] for f in iter(lambda: fill(pattern, rng)[0], None) if f[subject] != slots[subject]
                )
            for name in used:
                if name != subject and rng.random() < 0.6:
                    other[name] = others[name]
            return "subject", say(pattern, other)
        if made and kind < 0.6:
            pattern, slots, used = made
            years = rng.sample(range(1990, 2025), 2)
            name = next((n for n in used if n[0] in "nwcl" and n != used_first(pattern, used)), None)
            if name and "y" not in used and "date" not in used:
                other = dict(slots)
                other[name] = fill(pattern, rng)[0][name]
                lower = lambda t: t if t.split()[0] not in ("The", "All", "Only") else t[0].lower() + t[1:]
                return "time", (f"In {years[0]}, {lower(say(pattern, slots))}", f"In {years[1]}, {lower(say(pattern, other))}")
        if made and kind < 0.75:
            slots = made[1]
            for _ in range(20):
                pattern = rng.choice(PATTERNS)
                used = [n for n in slots if "{" + n + "}" in pattern]
                if pattern != made[0] and set(used) & set(made[2]):
                    fresh, _ = fill(pattern, rng)
                    shared = rng.choice(sorted(set(used) & set(made[2])))
                    fresh[shared] = slots[shared]
                    return "other claim", say(pattern, fresh)
        if kind < 0.83:
            changed = self.against(text, made)
            denied = self.deny(changed[1]) if changed and changed[0] not in ("denial", "duty") else None
            if denied:
                return "denied other", denied
        if kind < 0.9:
            other = text
            for _ in range(rng.choice((2, 2, 3))):
                other = self.random_noun(other) or other
            if other != text:
                return "other words", (self.deny(other) or other) if rng.random() < 0.2 else other
        other, made = self.base()
        return "unrelated", other or say(made[0], made[1])

    def random_noun(self, text):
        tokens = text.split(" ")
        places = [i for i, t in enumerate(tokens) if t.strip(".,").lower() in self.words.above and len(t) > 3]
        if not places:
            return None
        at = self.rng.choice(places)
        core = tokens[at].strip(".,")
        tokens[at] = tokens[at].replace(core, self.rng.choice(self.words.nouns))
        return " ".join(tokens)

    def pair(self):
        rng = self.rng
        text, made = self.base()
        text = text or say(made[0], made[1])
        kind = rng.choices(("contradiction", "duplicate", "overlap", "neutral"), (38, 18, 24, 20))[0]
        if kind == "duplicate":
            other = self.same(text)
            return text, other, kind, "same"
        if kind == "overlap":
            form = rng.random()
            if form < 0.15:
                other = self.swap_word(text, self.words.above)
                return (text, other, kind, "general") if other else None
            short = text if form < 0.6 else self.shorter(text) or text
            long = text if short != text and rng.random() < 0.5 else self.longer(text)
            return long, (self.same(short) if rng.random() < 0.5 else short), kind, "part"
        if kind == "neutral":
            edit, other = self.another(text, made)
            if isinstance(other, tuple):
                return *other, kind, edit
            long = self.longer(text) if rng.random() < 0.3 else text
            return long, other, kind, edit
        found = self.against(text, made)
        if not found:
            return None
        edit, other = found
        form = rng.random()
        if form < 0.3:
            text = self.longer(text)
        elif form < 0.45:
            other = self.longer(other)
        elif form < 0.6:
            text = self.longer(text)
            other = self.same(other)
        elif form < 0.75:
            other = self.same(other)
        return text, other, kind, edit


def used_first(pattern, used):
    """The slot that a pattern opens with: its subject."""
    return next((name for name in used if pattern.replace("The ", "").startswith("{" + name + "}")), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    parts = [Part(arguments.wordnet, letter) for letter in PARTS]
    rng = random.Random(arguments.seed)
    words = Words(parts)
    maker = Maker(rng, words, list(dict.fromkeys(examples(parts))))
    evidence = Evidence(rng, words, parts)
    seen = 0
    with arguments.out.open("w", encoding="utf-8") as out:
        while seen < arguments.count:
            made = evidence.pair() if rng.random() < EVIDENCE else maker.pair()
            if made is None or made[0] == made[1] and made[2] != "duplicate":
                continue
            a, b, relation, edit = made
            if rng.random() < 0.5:
                a, b = b, a
            out.write(json.dumps({"a": a, "b": b, "relation": relation, "edit": edit}) + "\n")
            seen += 1


if __name__ == "__main__":
    main()
