"""Pairs made from WordNet's definitions and from findings of our own, beside those that judge_pairs.py edits word by word.

A definition says what a thing is, whose it is, what it has and when it was: statements about it are read off it (overlap),
set against it by another kind, nationality, year or part (contradiction), or taken from what else is said of it or from
another thing's definition (neutral). A finding says that something raises, lowers or does not change something else, in
one of many wordings for each direction. WordNet's licence allows the use of its text; the findings are ours.
"""

import re

DEMONYMS = (
    "American British English French German Italian Spanish Portuguese Dutch Swedish Norwegian Danish Finnish Polish Russian "
    "Austrian Hungarian Greek Turkish Irish Scottish Welsh Canadian Australian Japanese Chinese Indian Brazilian Mexican"
).split()
KINDS = (
    "film|book|song|album|city|river|mountain|painter|singer|actor|politician|physicist|writer|soldier|company|band|novel|"
    "bird|fish|tree|disease|tool|game|dance|language|painting|building|planet|island|insect|drug|machine|dish|sport|lawyer"
).split("|")
UP = (
    "{a} increases {b}|{a} was associated with higher {b}|{a} enhances {b}|{b} rose after {a}|{a} promotes {b}|"
    "higher levels of {a} lead to greater {b}|{a} is positively correlated with {b}|{a} raises the risk of {b}|"
    "{a} significantly elevated {b}|{a} leads to {b}|{b} is stimulated by {a}|{a} induces {b}|{a} accelerates {b}|"
    "loss of {a} decreased {b}|{a} contributes to {b}|{a} activates {b}|an increase in {b} was seen with {a}"
).split("|")
DOWN = (
    "{a} decreases {b}|{a} was associated with lower {b}|{a} inhibits {b}|{b} fell after {a}|{a} suppresses {b}|"
    "higher levels of {a} lead to less {b}|{a} is negatively correlated with {b}|{a} lowers the risk of {b}|"
    "{a} significantly reduced {b}|{a} prevents {b}|{b} is blocked by {a}|{a} impairs {b}|{a} slows {b}|"
    "loss of {a} increased {b}|{a} protects against {b}|{a} represses {b}|a reduction in {b} was seen with {a}"
).split("|")
NULL = (
    "{a} has no effect on {b}|{a} was not associated with {b}|{a} does not change {b}|{b} was similar with and without {a}|"
    "no association was found between {a} and {b}|{a} did not alter {b}|{a} is not related to {b}|"
    "{b} did not differ significantly by {a}|there was no evidence that {a} affects {b}|{a} plays no role in {b}|"
    "{b} remained unchanged after {a}|{a} is ineffective against {b}|{a} had little influence on {b}"
).split("|")
DRAWN = (
    "{a} affects {b}|{a} is related to {b}|{a} plays a role in {b}|{a} is involved in {b}|{a} influences {b}|"
    "there is a link between {a} and {b}|{b} depends on {a}|{a} is important for {b}|{a} regulates {b}"
).split("|")
LEADS = (
    "We found that |Our results show that |In this study, |CONCLUSIONS |RESULTS |These findings suggest that |In {g}, |"
    "Taken together, the data indicate that |Among {g}, |Here we report that |In contrast to earlier work, |"
).split("|")
TAILS = (
    " (odds ratio {x}, 95% CI {y} to {z})| in {g}| (P = 0.0{n})| compared with controls| over {n} years of follow-up|"
    ", and this did not depend on age| in a dose-dependent manner| after adjustment for age and sex||||"
).split("|")
GROUPS = (
    "adults|children|older women|mice|rats|patients with diabetes|healthy volunteers|smokers|cultured cells|premature infants|"
    "zebrafish embryos|men over 50|kidney transplant recipients|yeast"
).split("|")
MEASURES = (
    "mortality|cell growth|blood pressure|bone density|insulin sensitivity|memory performance|tumour size|gene expression|"
    "inflammation|lung function|sleep quality|weight gain|muscle strength|viral replication|wound healing|hospital stay|"
    "kidney failure|stroke|depression|breast cancer|fertility|heart rate|apoptosis|neuron survival|T cell activation"
).split("|")
AGENTS = (
    "aspirin|regular exercise|vitamin D|smoking|the p38 kinase|caffeine|zinc|a low-salt diet|metformin|early surgery|ozone|"
    "folic acid|the Hox protein|antibiotic treatment|obesity|interleukin-6|air pollution|breast feeding|statins|mTOR signalling|"
    "night work|the vaccine|oxidative stress|a mutation in LMK1|deletion of Srp2|screening|alcohol|physical therapy|ginseng"
).split("|")


def upper(text):
    return text[:1].upper() + text[1:]


def article(noun):
    return ("an " if noun[:1].lower() in "aeio" else "a ") + noun


class Definition:
    """A thing with what WordNet's gloss says of it."""

    def __init__(self, part, offset):
        _, _, words, pointers, gloss = part.synsets[offset]
        self.names = [word.replace("_", " ") for word in words]
        self.single = any(symbol == "@i" for symbol, *_ in pointers)
        self.years = re.search(r"\((?:born in )?(\d{4})-?(\d{4})?\)", gloss)
        text = re.sub(r"\([^)]*\)", "", gloss.partition('"')[0])
        self.parts = [" ".join(part.split()) for part in text.split(";") if len(part.split()) > 2]
        self.parent = part.parent(offset)
        self.kinds = []
        above = self.parent
        while above and len(self.kinds) < 6:
            self.kinds += [word.replace("_", " ") for word in part.synsets[above][2][:2]]
            above = part.parent(above)
        self.person = any(kind in ("person", "individual") for kind in self.kinds) or self.single and self.years

    def is_good(self):
        first = self.parts[0] if self.parts else ""
        words = first.split()
        return bool(self.parent and self.kinds and 3 <= len(words) <= 30 and first.isascii() and words[-1] != "etc.")

    def name(self):
        return max(self.names, key=len) if self.single else self.names[0]

    def said(self, rng):
        """The first part of the gloss as a sentence's predicate."""
        first = self.parts[0]
        first = re.sub(r"^United States ", "American ", first)
        bare = first.split()[0].lower() not in ("a", "an", "the", "any", "one", "someone", "something", "anything")
        return article(first) if bare and (self.single or rng.random() < 0.8) else first


class Texts:
    def __init__(self, rng, part, words):
        self.rng, self.words = rng, words
        made = (Definition(part, offset) for offset in part.synsets)
        self.all = [definition for definition in made if definition.is_good()]
        self.single = [definition for definition in self.all if definition.single]
        self.by_parent = {}
        for definition in self.all:
            self.by_parent.setdefault(definition.parent, []).append(definition)

    def pair(self):
        """Two texts, how they relate and by what edit."""
        return self.finding() if self.rng.random() < 0.3 else self.definition()

    # Definitions.

    def definition(self):
        rng = self.rng
        thing = rng.choice(self.single if rng.random() < 0.5 else self.all)
        name, was = thing.name(), "was" if thing.person and thing.years else "is"
        short = rng.choice((name, name, name.split()[-1] if thing.person else name))
        subject = rng.choice((name, name, short, ("He" if thing.person else "It")))
        dates = ""
        if thing.years and rng.random() < 0.7:
            dates = f" ({thing.years[1]} -- {thing.years[2] or 'present'})"
        text = f"{upper(subject)}{dates} {was} {thing.said(rng)}"
        if len(thing.parts) > 1 and rng.random() < 0.35:
            text += rng.choice((" , ", "; ", ", and ")) + thing.parts[1]
        kind = rng.choices(("contradiction", "overlap", "neutral"), (48, 36, 16))[0]
        made = getattr(self, kind)(thing, upper(short), was)
        if made is None:
            return None
        edit, claim = made
        return upper(text) + rng.choice((".", " .")), upper(claim) + ".", kind, edit

    def prefix(self, predicate):
        """A predicate cut where a phrase begins."""
        words = predicate.split()
        cuts = [i for i, word in enumerate(words) if i > 1 and word in CUTS]
        return " ".join(words[: self.rng.choice(cuts)]).rstrip(",") if cuts else predicate

    def later(self, predicate):
        """The genus with a phrase further back: what lies between is left out."""
        words = predicate.split()
        cuts = [i for i, word in enumerate(words) if i > 1 and word in CUTS]
        if len(cuts) < 2:
            return None
        at = self.rng.randrange(1, len(cuts))
        end = cuts[at + 1] if at + 1 < len(cuts) else len(words)
        return " ".join(words[: cuts[0]] + words[cuts[at] : end]).replace(",", "")

    def overlap(self, thing, name, was):
        rng = self.rng
        predicate = thing.said(rng)
        options = [("genus", f"{name} {was} {article(kind)}") for kind in thing.kinds[:3]]
        options += [("shortened", f"{name} {was} {self.prefix(predicate)}")] * 3
        if later := self.later(predicate):
            options += [("shortened", f"{name} {was} {later}")] * 3
        options.append(("denied other", f"{name} {was} not {article(self.foreign(thing))}"))
        worded = self.words_for(self.prefix(predicate), self.words.synonyms)
        if worded:
            options += [("synonym", f"{name} {was} {worded}")] * 2
        if changed := self.other_words(self.prefix(predicate)):
            options.append(("denied other", f"{name} {was} not {changed}"))
        options += self.true_dates(thing, name)
        found = re.search(r"\(?(born|located|situated|found|used|made|noted|famous) (in|of|at|on|by|for|from|to) ([^,;]+)", predicate)
        if found:
            options += [("shortened", f"{name} {was} {found[0]}")] * 3
        return rng.choice(options)

    def contradiction(self, thing, name, was):
        rng = self.rng
        predicate = thing.said(rng)
        short = self.prefix(predicate)
        options = [("other kind", f"{name} {was} {article(self.foreign(thing))}")] * 2
        options.append(("denial", f"{name} {was} {rng.choice(('not', 'not', 'never'))} {short}"))
        options.append(("denial", f"{name} {was} not {article(rng.choice(thing.kinds[:2]))}"))
        for base in (short, self.later(predicate) or short, predicate):
            if changed := self.other_words(base):
                options += [("other words", f"{name} {was} {changed}")] * 2
        others = [rng.choice(self.by_parent[thing.parent])] + ([] if thing.single else [rng.choice(self.all)])
        for other in others:
            said = self.prefix(other.said(rng))
            # What a thing shares with its like, such as the nationality and the trade, is true of both.
            if len(set(said.split()) - set(predicate.split())) >= 2 and not set(other.names) & set(thing.names):
                options.append(("other definition", f"{name} {was} {said}"))
        found = re.search(r"(born|located|situated|found|used|made|noted|famous) (in|of|at|on|by|for|from|to) ([^,;]+)", predicate)
        if found and (changed := self.other_words(found[0])):
            options += [("other words", f"{name} {was} {changed}")] * 3
        options += self.false_dates(thing, name)
        return rng.choice(options)

    def neutral(self, thing, name, was):
        rng = self.rng
        other = rng.choice(self.by_parent[thing.parent] if rng.random() < 0.6 else self.all)
        if other is thing or set(other.names) & set(thing.names):
            return None
        if len(thing.parts) > 1 and rng.random() < 0.25:
            more = thing.parts[-1]
            return "more said", f"{name}: {more}" if not more.startswith(("a ", "the ")) else f"{name} {was} {more}"
        return "another thing", f"{upper(other.name())} is {self.prefix(other.said(rng))}"

    def foreign(self, thing):
        """Another kind of thing."""
        known = set(thing.kinds) | set(thing.names) | set(thing.parts[0].split())
        return next(kind for kind in iter(lambda: self.rng.choice(KINDS), None) if kind not in known)

    def true_dates(self, thing, name):
        if not thing.years:
            return []
        born, died = thing.years[1], thing.years[2]
        options = [("date", f"{name} was born in {born}"), ("date", f"{name} was born in the {born[:3]}0s")]
        if died:
            options += [("date", f"{name} died in {died}"), ("denied other", f"{name} did not die in {int(died) - 3}")]
        return options

    def false_dates(self, thing, name):
        if not thing.years:
            return []
        born, died = int(thing.years[1]), int(thing.years[2] or 0)
        by = self.rng.choice((-31, -12, -9, -2, -1, 1, 3, 10, 22, 50))
        options = [("date", f"{name} was born in {born + by}"), ("date", f"{name} was born in the {(born + 40) // 10}0s")]
        if died:
            options += [("date", f"{name} died in {died + by}"), ("date", f"{name} was born in {died}")]
        return options

    def words_for(self, text, table):
        """The text with one word as the table has it."""
        tokens = text.split(" ")
        places = [i for i, word in enumerate(tokens) if len(word) > 2 and table.get(word)]
        if not places:
            return None
        at = self.rng.choice(places)
        options = sorted(word for word in table[tokens[at]] if word != tokens[at])
        if not options:
            return None
        return " ".join(tokens[:at] + [self.rng.choice(options)] + tokens[at + 1 :])

    def other_words(self, text):
        """The text with a nationality, number, name, antonym, sibling or noun put in another's place."""
        rng, tokens = self.rng, text.split(" ")
        edits = []
        for i, word in enumerate(tokens):
            core = word.strip(",.")
            if core in DEMONYMS:
                edits += [(i, rng.choice([d for d in DEMONYMS if d != core]))] * 6
            elif core.isdigit():
                edits += [(i, str(int(core) + rng.choice((-20, -5, -1, 1, 2, 10))))] * 4
            elif i and core[:1].isupper():
                edits += [(i, rng.choice(PLACES if core in PLACES else NAMES))] * 4
            elif self.words.opposites.get(core):
                edits += [(i, rng.choice(self.words.opposites[core]))] * 3
            elif self.words.siblings.get(core):
                edits += [(i, rng.choice(self.words.siblings[core]))] * 2
            elif core in self.words.above and len(core) > 3:
                edits.append((i, rng.choice(self.words.nouns if rng.random() < 0.5 else KINDS)))
        if not edits:
            return None
        at, instead = rng.choice(edits)
        return " ".join(tokens[:at] + [instead] + tokens[at + 1 :])

    # Findings.

    def finding(self):
        rng = self.rng
        a, a2 = rng.sample(AGENTS, 2)
        b, b2 = rng.sample(MEASURES, 2)
        ways = {"up": UP, "down": DOWN, "null": NULL}
        way = rng.choice(("up", "up", "down", "down", "null"))
        text = rng.choice(ways[way]).format(a=a, b=b)
        kind = rng.choices(("contradiction", "overlap", "neutral"), (42, 38, 20))[0]
        if kind == "contradiction":
            other = rng.choice([known for known in ways if known != way])
            edit, claim = f"{way} {other}", rng.choice(ways[other] + (DRAWN if way == "null" else [])).format(a=a, b=b)
            if way != "null" and rng.random() < 0.1:
                edit, claim = "denial", self.denied(text) or claim
        elif kind == "overlap":
            same = ways[way] + (DRAWN if way != "null" else [])
            edit, claim = f"{way} {way}", rng.choice(same).format(a=a, b=b)
        else:
            pair = rng.choice(((a2, b), (a, b2), (a2, b2)))
            edit, claim = "other finding", rng.choice(UP + DOWN + NULL + DRAWN).format(a=pair[0], b=pair[1])
        return self.wrapped(text), upper(claim) + ".", kind, edit

    def denied(self, text):
        return text.replace(" is ", " is not ", 1) if " is " in text else text.replace(" was ", " was not ", 1) if " was " in text else None

    def wrapped(self, text):
        rng = self.rng
        lead = rng.choice(LEADS)
        slots = {"g": rng.choice(GROUPS), "n": rng.randint(2, 9), "x": f"{rng.uniform(0.3, 3):.2f}",
                 "y": f"{rng.uniform(0.2, 1):.2f}", "z": f"{rng.uniform(1, 5):.2f}"}
        return upper(lead.format(**slots) + text + rng.choice(TAILS).format(**slots)) + "."


CUTS = set("of in on at for with by used having that which who and from to or native found made located where whose born".split())
PLACES = (
    "France Germany Italy Spain Norway Poland Russia Greece Turkey Ireland Canada Australia Japan China India Brazil Mexico "
    "Africa Europe Asia London Paris Rome Berlin Vienna Boston Chicago California Texas England Scotland Egypt Iran"
).split()
NAMES = "Roman Alaska Virginia Napoleon Shakespeare Congress Pacific Baltic Darwin Bach Luther Homer Nile Oxford Ohio".split()
