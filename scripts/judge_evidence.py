"""A long sentence that says several things of one subject, and a short one about it: what it says, denies, or leaves open.

Part of what `judge_pairs.py` writes. The long sentences are made of WordNet's glosses of people and things, or of the
facts below, which are ours. The short one repeats one of the facts in the same or other words (overlap), says one that
cannot be true beside them (contradiction), or says something that they leave open (neutral). Effects, where one thing
raises or lowers another, have a sign; their verbs are ours too.
"""

import re

from build_opposition import FIELDS

NATIONS = (
    "American English French German Italian Spanish Russian Irish Scottish Dutch Greek Roman Austrian Swedish Norwegian "
    "Danish Polish Hungarian Swiss Canadian Australian Japanese Chinese Indian Welsh British Belgian Portuguese Czech"
).split()
LANDS = (
    "Portugal Norway Austria Spain Canada Brazil France England Germany Italy Greece Ireland Poland Japan India Mexico"
).split()
CITIES = "Lisbon Oslo Vienna Madrid Boston Chicago Paris London Berlin Rome Athens Dublin Warsaw Tokyo Sydney Cairo".split()
MONTHS = "January February March April May June July August September October November December".split()
COUNTS = "one two three four five six seven eight nine ten twelve".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
FIRST = "Anna Omar Lucia Peter Mei Ivan Sofia Daniel Priya Tom Elena Marco Ruth Hana Victor Nadia James Mary".split()
MIDDLE = "Lee Rose Paul Jane Alan May Louise Grant Cole Dean".split()
LAST = "Berg Costa Lindqvist Okafor Tanaka Moreau Novak Silva Keller Haddad Jensen Rossi Patel Byrne Duarte Weiss".split()
TRADES = (
    "actor singer painter novelist footballer physicist producer lawyer historian drummer chemist politician poet "
    "journalist architect dancer composer swimmer director surgeon"
).split()
KINDS = "film|novel|album|television series|song|video game|play|magazine|documentary".split("|")
GENRES = "comedy|drama|horror|crime|science fiction|romantic|historical|animated|war|musical".split("|")
MAKERS = "Norlink Adastra Veltron Quillon Brightwater Solvane Medira Harrow Kestrel Lumina Ostara Pinewood".split()
TITLES = (
    "The Long River|Glass Mountain|Winter Harbour|Nine Lanterns|A Quiet Road|Northbound|The Salt Garden|Paper Kings|"
    "Blue Meridian|The Last Orchard|Silent Tide|Copper Sky"
).split("|")
SYSTEMS = (
    "gateway|scheduler|archive service|mobile app|billing module|cache|pump|backup job|premium plan|sensor|export tool|"
    "printer|message queue|login page|search index|proxy"
).split("|")
UP = (
    "increases|raises|enhances|promotes|stimulates|activates|improves|boosts|elevates|accelerates|strengthens|induces|"
    "up-regulates|expands"
).split("|")
DOWN = (
    "decreases|reduces|lowers|inhibits|suppresses|impairs|blocks|diminishes|slows|weakens|represses|limits|"
    "down-regulates|prevents"
).split("|")
NULL = "does not affect|has no effect on|does not change|is not associated with|is unrelated to|does not influence".split("|")
HIGH = "a higher|an increased|an elevated|a greater".split("|")
LOW = "a lower|a reduced|a decreased|a diminished".split("|")
LOSS = "Loss of|Deletion of|A lack of|Inhibition of|Removal of|Deficiency of|Knockdown of".split("|")
GAIN = "Overexpression of|Activation of|Addition of|An increase in|Stimulation of".split("|")
SETTINGS = (
    "We found that|Our results show that|In this trial,|These data indicate that|In mice,|In a study of 412 patients,|"
    "Taken together, the measurements suggest that|In the tests of last year,"
).split("|")
ENDINGS = (
    "in a dose-dependent manner|over a period of six months|in most of the samples|compared with the control group|"
    "independently of age|through a mechanism that is not understood|in both groups|under normal conditions"
).split("|")
ASIDES = (
    "known for a long career|as the press reported at the time|much discussed since|together with several others|"
    "after a long preparation|which drew large crowds|with the help of friends"
).split("|")
DENIED = {
    "was": ("was not", "was never", "was by no means"),
    "is": ("is not", "is by no means", "is no longer"),
    "had": ("had no", "never had"),
    "has": ("has no", "does not have"),
}


def article(words):
    return ("an " if words[0].lower() in "aeio" else "a ") + words


class Fact:
    """One thing said of a subject: how long sentences say it (`long`), and short ones (`short`, of which one is taken)."""

    def __init__(self, name, long, short, other):
        self.name, self.long, self.short, self.other = name, long, short, other


class Evidence:
    """Makes pairs of a long sentence and a short one."""

    def __init__(self, rng, words, parts):
        self.rng, self.words = rng, words
        self.people = list(self.glossed(parts[0]))
        self.things = list(self.defined(parts[0]))
        self.matters = [w for w in words.nouns if len(w) > 4]

    # What WordNet tells of people and things.

    def glossed(self, part):
        """People of WordNet: name, nation, trade, what else is said, years."""
        for number, _, names, pointers, gloss in part.synsets.values():
            if FIELDS[number] != "person" or not any(symbol == "@i" for symbol, *_ in pointers):
                continue
            name = max(names, key=len).replace("_", " ")
            found = re.match(
                r"(?:United States|[A-Z][a-z]+) ([a-z]+(?: and [a-z]+)?)((?: (?:who|noted|remembered|whose|and) [^(;]+)?) ?"
                r"(?:\(born in [^)]*\) )?\((\d{4})-(\d{4})\)",
                gloss,
            )
            nation = gloss.split()[0] if gloss else ""
            nation = "American" if nation == "United" else nation
            if found and nation in NATIONS and " " in name:
                yield name, nation, found[1], found[2].strip(), int(found[3]), int(found[4])

    def defined(self, part):
        """Things of WordNet with a definition of two parts: noun, what it is, what is said of it."""
        for number, _, names, pointers, gloss in part.synsets.values():
            if FIELDS[number] not in ("artifact", "animal", "food", "substance", "plant", "object", "body", "group"):
                continue
            definition = gloss.split(";")[0].strip()
            found = re.fullmatch(
                r"(?:an? |the )?((?:[a-z-]+ ){0,3}[a-z-]+) (?:(?:that|which) (is|are|has|have|can|may) ([a-z ,'-]+)|"
                r"(used|made|found|having|containing|covered|designed|consisting) ([a-z ,'-]+))",
                definition,
            )
            name = names[0].replace("_", " ")
            if found and name.islower() and len(definition.split()) <= 18 and not any(s == "@i" for s, *_ in pointers):
                verb, rest = (found[2], found[3]) if found[2] else (found[4], found[5])
                verb = {"are": "is", "have": "has", "having": "has", "containing": "contains", "consisting": "consists"}.get(
                    verb, verb
                )
                verb = f"is {verb}" if verb in ("used", "made", "found", "covered", "designed") else verb
                yield name, found[1], f"{verb} {rest}", definition

    # Sentences of the facts of one subject.

    def day(self):
        return f"{self.rng.randint(1, 28)} {self.rng.choice(MONTHS)} {self.rng.randint(1890, 2020)}"

    def but(self, options, taken):
        """One of the options that is not taken."""
        return self.rng.choice([option for option in options if option not in taken])

    def person(self):
        """A person's facts: the long sentence's beginning, its further clauses, and what can be said of each."""
        rng = self.rng
        if rng.random() < 0.5 and self.people:
            name, nation, trade, more, born, died = rng.choice(self.people)
            trades, born, died = trade.split(" and "), str(born), str(died)
            lived = f"( {born} – {died} )" if rng.random() < 0.6 else f"( born {born} , died {died} )"
            clauses = [more] if more else []
        else:
            first, last = rng.choice(FIRST), rng.choice(LAST)
            name, nation, clauses = f"{first} {last}", rng.choice(NATIONS), []
            trades = rng.sample(TRADES, rng.choice((1, 2, 2, 3)))
            born, died, day = str(rng.randint(1890, 1990)), None, f"{rng.randint(1, 28)} {rng.choice(MONTHS)}"
            lived = f"( born {day} {born} )" if rng.random() < 0.7 else f"(born {' '.join(reversed(day.split()))}, {born})"
        city, count, prize = rng.choice(CITIES), rng.choice(COUNTS), rng.choice(ORDINALS)
        full = name
        if rng.random() < 0.3 and name.count(" ") == 1:
            full = name.replace(" ", f" {rng.choice(MIDDLE)} ")
        was = "was" if died or rng.random() < 0.4 else "is"
        role = trades[0] if len(trades) == 1 else ", ".join(trades[:-1]) + " and " + trades[-1]
        facts = [
            ("nation", f"{was} {article(nation)}", [f"{was} {article(nation)} {trades[0]}", f"{was} {nation}"],
             lambda: [f"{was} {article(self.but(NATIONS, [nation]))} {trades[0]}", f"{was} {self.but(NATIONS, [nation])}"]),
            ("trade", None, [f"{was} {article(t)}" for t in trades] + [f"worked as {article(trades[0])}"],
             lambda: [f"{was} {article(self.but(TRADES, trades))}", f"{was} not {article(rng.choice(trades))}",
                      f"{was} never {article(rng.choice(trades))}", f"{was} only {article(self.but(TRADES, trades))}"]),
            ("birth", None, [f"was born in {born}"],
             lambda: [f"was born in {self.but(map(str, range(1890, 2000)), [born])}", f"was not born in {born}"]),
        ]
        if died:
            facts.append(("death", None, [f"died in {died}"], lambda: [f"died in {int(died) + rng.choice((-9, -4, 3, 12))}", "is still alive"]))
        extras = [
            (f"was born in {city}", [f"comes from {city}", f"was born in {city}"],
             lambda: [f"was born in {self.but(CITIES, [city])}", f"comes from {self.but(CITIES, [city])}"]),
            (f"won {count} prizes", [f"won {count} prizes", f"received {count} awards"],
             lambda: [f"won {self.but(COUNTS, [count])} prizes", "never won a prize", "won no prizes", "has yet to win a prize"]),
            (f"never worked in {city}", [f"never worked in {city}", f"did not work in {city}"],
             lambda: [f"worked in {city}", f"spent a year at work in {city}"]),
            (f"refused to appear in {city}", [f"refused to appear in {city}", f"did not appear in {city}"],
             lambda: [f"appeared in {city}"]),
            (f"wrote {count} books about {city}", [f"wrote about {city}", f"wrote {count} books"],
             lambda: ["never wrote a book", f"wrote {self.but(COUNTS, [count])} books"]),
            (f"finished {prize} in the race of {born}", [f"finished {prize}"], lambda: [f"finished {self.but(ORDINALS, [prize])}"]),
            (f"moved to {city} in 1995", [f"moved to {city}", "moved in 1995"],
             lambda: [f"moved to {self.but(CITIES, [city])} in 1995", f"moved to {city} in 2003", f"refused to move to {city}"]),
        ]
        taken = rng.sample(extras, rng.choice((0, 1, 1, 2)))
        open_ones = [e for e in extras if e not in taken]
        facts += [("more", None, short, other) for _, short, other in taken]
        clauses += [f"who {long}" if at == 0 and not clauses else long for at, (long, _, _) in enumerate(taken)]
        head = f"{full} {lived} {was} {article(nation)} {role}"
        body = head + (" " + " and ".join(clauses) if clauses else "")
        open_facts = [s for _, short, other in open_ones for s in short + other()]
        return name, body, facts, open_facts, ("He", "She")

    def work(self):
        """A film, a book, a product of the mind."""
        rng = self.rng
        title, kind, genre, nation = rng.choice(TITLES), rng.choice(KINDS), rng.choice(GENRES), rng.choice(NATIONS)
        year, maker = str(rng.randint(1950, 2022)), rng.choice(MAKERS)
        director, star = (f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(2))
        city, count, month = rng.choice(CITIES), rng.choice(COUNTS), rng.choice(MONTHS)
        facts = [
            ("nation", None, [f"is {article(nation)} {kind}", f"is {nation}"],
             lambda: [f"is {article(self.but(NATIONS, [nation]))} {kind}", f"is a solely {self.but(NATIONS, [nation])} {kind}"]),
            ("kind", None, [f"is {article(kind)}", f"is {article(genre)} {kind}"],
             lambda: [f"is {article(self.but(KINDS, [kind]))}", f"is not {article(kind)}",
                      f"is {article(self.but(GENRES, [genre]))} {kind}", "is a person", "is a city", "is a ship"]),
            ("year", None, [f"was released in {year}", f"came out in {year}"],
             lambda: [f"was released in {self.but(map(str, range(1950, 2023)), [year])}", "was never released", "has yet to be released"]),
        ]
        extras = [
            (f"directed by {director}", [f"was directed by {director}", f"has {director} as its director"],
             lambda: [f"was directed by {self.but(FIRST, [director.split()[0]])} {self.but(LAST, [director.split()[1]])}",
                      f"was not directed by {director}"]),
            (f"starring {star}", [f"stars {star}"], lambda: [f"does not star {star}"]),
            (f"produced by {maker}", [f"was produced by {maker}", f"was made by {maker}"],
             lambda: [f"was produced by {self.but(MAKERS, [maker])}", f"was made by {self.but(MAKERS, [maker])}"]),
            (f"set in {city}", [f"is set in {city}", f"takes place in {city}"],
             lambda: [f"is set in {self.but(CITIES, [city])}", f"takes place in {self.but(CITIES, [city])}"]),
            (f"nominated for {count} awards", [f"was nominated for {count} awards", "was nominated for awards"],
             lambda: ["was nominated for no awards", f"was nominated for {self.but(COUNTS, [count])} awards", "received zero nominations"]),
            (f"first shown in {month}", [f"was first shown in {month}"], lambda: [f"was first shown in {self.but(MONTHS, [month])}"]),
        ]
        taken = rng.sample(extras, rng.choice((1, 2, 2, 3)))
        facts += [("more", None, short, other) for _, short, other in taken]
        body = f"{title} is {article(year if rng.random() < 0.6 else nation)} {nation + ' ' if True else ''}{genre} {kind} "
        body = f"{title} is a {year} {nation} {genre} {kind} " if rng.random() < 0.6 else f"{title} , released in {year} , is {article(nation)} {genre} {kind} "
        body += " and ".join(long for long, _, _ in taken)
        open_facts = [s for e in extras if e not in taken for s in e[1] + e[2]()]
        return title, body, facts, open_facts, ("It", f"The {kind}")

    def system(self):
        """A part of a system, as manuals describe it."""
        rng = self.rng
        thing = rng.choice(SYSTEMS)
        number, other_number = rng.sample((2, 3, 5, 7, 10, 12, 14, 15, 20, 24, 30, 45, 60, 90, 100, 250, 500), 2)
        unit, city, maker = rng.choice("days hours minutes seconds MB GB".split()), rng.choice(CITIES), rng.choice(MAKERS)
        colour, third = rng.choice("red blue green white black yellow".split()), rng.choice(ORDINALS)
        facts = [
            (f"keeps records for {number} {unit}", [f"keeps records for {number} {unit}", f"stores records for {number} {unit}"],
             lambda: [f"keeps records for {other_number} {unit}", "keeps no records", "does not keep records", "deletes records at once"]),
            ("is enabled by default", ["is enabled by default", "is active by default"],
             lambda: ["is disabled by default", "is not enabled by default"]),
            (f"is operated from {city}", [f"is operated from {city}", f"runs in {city}"], lambda: [f"is operated from {self.but(CITIES, [city])}"]),
            (f"is made by {maker}", [f"is made by {maker}", f"is a product of {maker}"], lambda: [f"is made by {self.but(MAKERS, [maker])}"]),
            ("supports encrypted connections", ["supports encrypted connections", "can use encryption"],
             lambda: ["does not support encrypted connections", "supports only unencrypted connections", "lacks support for encrypted connections"]),
            ("must be restarted after a change", ["must be restarted after a change", "needs a restart after a change"],
             lambda: ["need not be restarted after a change", "must be restarted before a change", "must not be restarted after a change"]),
            (f"shows a {colour} light", [f"shows a {colour} light"],
             lambda: [f"shows a {self.but('red blue green white black yellow'.split(), [colour])} light", "shows no light"]),
            (f"answers within {number} milliseconds", [f"answers within {number} milliseconds"], lambda: [f"answers within {other_number} milliseconds"]),
            (f"fails at the {third} attempt", [f"fails at the {third} attempt"], lambda: [f"fails at the {self.but(ORDINALS, [third])} attempt"]),
        ]
        taken = rng.sample(facts, rng.choice((1, 2, 3)))
        open_facts = [s for e in facts if e not in taken for s in e[1] + e[2]()]
        said = [long for long, _, _ in taken]
        body = f"The {thing} " + (", ".join(said[:-1]) + " and " + said[-1] if len(said) > 1 else said[0])
        return f"The {thing}", body, [("fact", None, short, other) for _, short, other in taken], open_facts, ("It", f"This {thing.split()[-1]}")

    def about_subject(self):
        rng = self.rng
        make = rng.choices((self.person, self.work, self.system), (5, 4, 3))[0]
        subject, body, facts, open_facts, pronouns = make()
        if rng.random() < 0.2 and body.startswith(subject):
            body = rng.choice(pronouns) + body[len(subject) :]
        if rng.random() < 0.3:
            body = f"{body} , {rng.choice(ASIDES)}" if rng.random() < 0.5 else f"{body}, {rng.choice(ASIDES)}"
        kind = rng.choices(("contradiction", "overlap", "neutral"), (38, 34, 28))[0]
        if kind == "neutral":
            said = rng.choice(open_facts)
            if rng.random() < 0.15:
                return body + ".", f"{make()[0]} {rng.choice(rng.choice(facts)[2])}.", kind, "other subject"
            return body + ".", f"{subject} {said}.", kind, "open fact"
        name, _, short, other = rng.choice(facts)
        said = rng.choice(other() if kind == "contradiction" else short)
        claim = f"{subject} {said}."
        if kind == "overlap" and rng.random() < 0.3:
            other_said = rng.choice(rng.choice(facts)[2])
            claim = claim if other_said == said else f"{subject} {said} and {other_said}."
        if rng.random() < 0.12:
            claim = claim.replace(".", f" {rng.choice(('.', ' .'))}").replace("  ", " ").strip()
        if kind == "overlap" and rng.random() < 0.3:
            claim = self.words_changed(claim)
        return body + ".", claim, kind, f"fact {name}"

    def words_changed(self, text):
        """The text with a synonym, if there is one."""
        tokens = text.split(" ")
        at = self.rng.randrange(len(tokens))
        options = sorted(w for w in self.words.synonyms.get(tokens[at].strip("."), ()) if "_" not in w)
        if options and len(tokens[at]) > 3:
            tokens[at] = self.rng.choice(options) + ("." if tokens[at].endswith(".") else "")
        return " ".join(tokens)

    def about_thing(self):
        """A definition of WordNet, and a sentence about the same thing."""
        rng = self.rng
        name, is_a, says, definition = rng.choice(self.things)
        whole = f"{article(name).capitalize()} is {article(definition) if not re.match('an? |the ', definition) else definition}"
        if rng.random() < 0.4:
            whole += f", {rng.choice(ASIDES)}"
        kind = rng.choices(("contradiction", "overlap", "neutral"), (4, 4, 2))[0]
        the = article(name).capitalize()
        if kind == "overlap":
            said = rng.choice((f"{the} {says}", f"{the} is {article(is_a)}"))
            return whole + ".", self.words_changed(said) + ".", kind, "definition"
        if kind == "neutral":
            other = rng.choice(self.things)
            return whole + ".", f"{the} {other[2]}." if rng.random() < 0.5 else f"{article(other[0]).capitalize()} {other[2]}.", kind, "other definition"
        options = []
        verb, _, rest = says.partition(" ")
        options.append(f"{the} {verb} not {rest}" if verb in ("is", "can", "may") else f"{the} does not {verb.rstrip('s')} {rest}")
        options.append(f"{the} is never {rest}" if verb == "is" else options[0])
        siblings = self.words.siblings.get(is_a.split()[-1])
        if siblings:
            options.append(f"{the} is {article(rng.choice(siblings))}")
        changed = self.swapped(says)
        if changed:
            options += [f"{the} {changed}"] * 2
        return whole + ".", rng.choice(options) + ".", kind, "definition"

    def swapped(self, text):
        """The text with an antonym or a sibling in the place of a word."""
        tokens = text.split(" ")
        order = list(range(len(tokens)))
        self.rng.shuffle(order)
        for at in order:
            options = self.words.opposites.get(tokens[at]) or self.words.siblings.get(tokens[at])
            if options:
                return " ".join([*tokens[:at], self.rng.choice(options), *tokens[at + 1 :]])
        return None

    # Effects.

    def matter(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.25:
            return "".join(rng.choice("ABCDEFGKLMNPRSTX") for _ in range(rng.choice((3, 4)))) + rng.choice(("", "1", "2", "-3"))
        noun = rng.choice(self.matters)
        if kind < 0.5:
            return f"{noun} {rng.choice('levels activity production signalling growth formation expression risk'.split())}"
        return noun

    def effect(self, one, other, sign, rng):
        """A sentence in which one thing raises (1), lowers (-1) or leaves (0) another."""
        form = rng.random()
        if sign == 0:
            return f"{one} {rng.choice(NULL)} {other}"
        up, down = (UP, DOWN) if sign > 0 else (DOWN, UP)
        if form < 0.55:
            return f"{one} {rng.choice(up)} {other}"
        if form < 0.7:
            return f"{rng.choice(LOSS)} {one} {rng.choice(down)} {other}"
        if form < 0.8:
            return f"{rng.choice(GAIN)} {one} {rng.choice(up)} {other}"
        if form < 0.92:
            return f"{one} is associated with {rng.choice(HIGH if sign > 0 else LOW)} {other}"
        return f"{other} {'rises' if sign > 0 else 'falls'} with {one}"

    def about_effect(self):
        rng = self.rng
        one, other = self.matter(), self.matter()
        sign = rng.choice((1, -1, 1, -1, 0))
        kind = rng.choices(("contradiction", "overlap", "neutral"), (4, 4, 2))[0]
        evidence = self.effect(one, other, sign, rng)
        if rng.random() < 0.6:
            lead = rng.choice(SETTINGS)
            evidence = f"{lead} {evidence}"
        if rng.random() < 0.6:
            evidence += " " + rng.choice(ENDINGS)
        if rng.random() < 0.3:
            evidence += f", whereas {self.effect(self.matter(), self.matter(), rng.choice((1, -1, 0)), rng)}"
        if kind == "overlap":
            claim = self.effect(one, other, sign, rng)
        elif kind == "contradiction":
            claim = self.effect(one, other, rng.choice([s for s in (1, -1, 0) if s != sign]), rng)
        else:
            swap = rng.random()
            claim = self.effect(one if swap < 0.5 else self.matter(), self.matter() if swap < 0.5 else other, rng.choice((1, -1, 0)), rng)
        return evidence[0].upper() + evidence[1:] + ".", claim[0].upper() + claim[1:] + ".", kind, f"effect {sign}"

    def pair(self):
        make = self.rng.choices((self.about_subject, self.about_thing, self.about_effect), (5, 3, 2))[0]
        return make()
