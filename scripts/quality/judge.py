"""The judge of two passages, on pairs that others labelled, and on pairs that must stay silent."""

import tempfile
import time
import zlib
from itertools import combinations
from pathlib import Path

from harness import parse_jsonl, percent, precision_recall, reached, read_json, read_jsonl, score, table, tamis, write_jsonl

BINS = 10
MOST_CONTROLS = 4_000


def judged(pairs):
    """`tamis compare --pairs` on (a, b): one answer a pair, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        lines = ({"id": str(at), "a": a, "b": b} for at, (a, b) in enumerate(pairs))
        file = write_jsonl(Path(folder, "pairs.jsonl"), lines)
        start = time.monotonic()
        answers = parse_jsonl(tamis("compare", "--pairs", file))
        seconds = time.monotonic() - start
    return answers, seconds


def says(answer):
    return answer["relation"] == "contradiction"


class Labelled:
    """A set of pairs that says of each whether it is a contradiction, with tamis' answers."""

    def __init__(self, data, folder):
        rows = read_jsonl(data / folder / "pairs.jsonl")
        self.take(rows, *judged([(row["premise"], row["hypothesis"]) for row in rows]))

    def take(self, rows, answers, seconds):
        self.rows, self.answers, self.seconds = rows, answers, seconds
        self.truth = [row["label"] == "contradiction" for row in self.rows]
        self.said = [says(answer) for answer in self.answers]
        self.sure = [answer["probabilities"]["contradiction"] for answer in self.answers]

    def halves(self):
        """Two halves of the pairs, by the sum of a pair's id."""
        for wanted in (0, 1):
            half = Labelled.__new__(Labelled)
            at = [i for i, row in enumerate(self.rows) if zlib.crc32(row["id"].encode()) % 2 == wanted]
            half.take([self.rows[i] for i in at], [self.answers[i] for i in at], self.seconds)
            yield half

    def accuracy(self):
        return sum(t == s for t, s in zip(self.truth, self.said)) / len(self.rows)

    def precision_recall(self):
        hits = sum(t and s for t, s in zip(self.truth, self.said))
        return precision_recall(hits, sum(self.said), sum(self.truth))

    def false_alarms(self):
        others = [s for t, s in zip(self.truth, self.said) if not t]
        return sum(others) / len(others)


def by_category(labelled):
    """Right answers by the category of a pair and whether it is a contradiction."""
    groups = {}
    for row, truth, said in zip(labelled.rows, labelled.truth, labelled.said):
        counts = groups.setdefault(row["category"], {True: [0, 0], False: [0, 0]})[truth]
        counts[0] += truth == said
        counts[1] += 1
    for name, counts in sorted(groups.items()):
        yield (name, *(f"{right} of {all_}" if all_ else "–" for right, all_ in (counts[True], counts[False])))


def reliability(sets):
    """What was said to be likely, against how often it was so; the expected calibration error of each set."""
    rows, errors = [], {}
    for name, labelled in sets.items():
        total, error = len(labelled.rows), 0
        for at in range(BINS):
            inside = [
                (p, t) for p, t in zip(labelled.sure, labelled.truth) if at / BINS <= p and (p < (at + 1) / BINS or at == BINS - 1)
            ]
            if not inside:
                rows.append((name, at, 0, "–", "–"))
                continue
            said = sum(p for p, _ in inside) / len(inside)
            true = sum(t for _, t in inside) / len(inside)
            error += abs(said - true) * len(inside) / total
            rows.append((name, at, len(inside), f"{said:.2f}", f"{true:.2f}"))
        errors[name] = error
    return rows, errors


def ramdocs(data):
    """Pairs of documents found for one question, by what they are to each other."""
    kinds = {"correct and misinformed": [], "correct, another answer": [], "correct, same answer": [], "correct and noise": []}
    for question in read_jsonl(data / "con_ramdocs" / "ramdocs.jsonl"):
        for a, b in combinations(question["documents"], 2):
            types = {a["type"], b["type"]}
            if types == {"correct", "misinfo"}:
                kinds["correct and misinformed"].append((a["text"], b["text"]))
            elif types == {"correct", "noise"}:
                kinds["correct and noise"].append((a["text"], b["text"]))
            elif types == {"correct"}:
                same = a["answer"] == b["answer"]
                kinds["correct, same answer" if same else "correct, another answer"].append((a["text"], b["text"]))
    return {name: [says(answer) for answer in judged(pairs)[0]] for name, pairs in kinds.items()}


def timeqa(data):
    """Neighbouring paragraphs of articles that tell what held in which years: none contradicts another."""
    pairs = []
    for article in read_json(data / "stale_timeqa" / "human_annotated_train.json"):
        paragraphs = [p["text"] if isinstance(p, dict) else p for p in article["paras"]]
        pairs += [(a, b) for a, b in zip(paragraphs, paragraphs[1:]) if len(a) > 80 and len(b) > 80]
    step = max(1, len(pairs) // MOST_CONTROLS)
    return [says(answer) for answer in judged(pairs[::step])[0]]


def section(data):
    """Contradiction against the rest on con_breaking_nli, con_fever_symmetric, con_scifact; con_ramdocs; stale_timeqa."""
    yield "## The judge of two passages"
    yield ""
    yield "`tamis compare --pairs`: is the likeliest relation a contradiction? Trained on generated pairs only. The figures of"
    yield "others are those in the sets' SOURCE.txt: models trained on SNLI or FEVER, which these sets were built to break."
    yield ""
    nli = Labelled(data, "con_breaking_nli")
    fever = Labelled(data, "con_fever_symmetric")
    scifact = Labelled(data, "con_scifact")
    rows = []
    for name, labelled, target, good, others in (
        ("con_breaking_nli", nli, "accuracy .90, false alarms .15", nli.accuracy() >= 0.9 and nli.false_alarms() <= 0.15,
         "accuracy: WordNet rule .858, KIM .835, ESIM .656, decomposable attention .519"),
        ("con_fever_symmetric", fever, "accuracy .70", fever.accuracy() >= 0.7, "accuracy: BERT .575–.616"),
        ("con_scifact", scifact, "F1 .45", scifact.precision_recall()[2] >= 0.45, "F1: negation or number differs .268"),
    ):
        p, r, f1 = labelled.precision_recall()
        rows.append((name, len(labelled.rows), f"{labelled.accuracy():.3f}", f"{p:.3f}", f"{r:.3f}", f"{f1:.3f}",
                     f"{labelled.false_alarms():.3f}", f"{len(labelled.rows) / labelled.seconds:,.0f}",
                     f"{target}: {reached(good)}", others))
    yield from table(("set", "pairs", "accuracy", "precision", "recall", "F1", "false alarms", "pairs a second", "target",
                      "others"), rows)
    yield ""
    yield "con_breaking_nli by category, right answers:"
    yield ""
    yield from table(("category", "contradictions", "others"), list(by_category(nli)))
    yield ""
    sets = {"con_breaking_nli": nli, "con_fever_symmetric": fever, "con_scifact": scifact}
    yield "By halves of the pairs, by the sum of their ids: how far a figure may be off by chance."
    yield ""
    rows = [
        (name, half, len(part.rows), f"{part.accuracy():.3f}", *(f"{value:.3f}" for value in part.precision_recall()),
         f"{part.false_alarms():.3f}")
        for name, labelled in sets.items()
        for half, part in zip(("first", "second"), labelled.halves())
    ]
    yield from table(("set", "half", "pairs", "accuracy", "precision", "recall", "F1", "false alarms"), rows)
    yield ""
    rows, errors = reliability(sets)
    yield "Reliability: the mean probability of a contradiction that was said, and the share that were. Expected calibration"
    yield "error: " + ", ".join(f"{name} {error:.3f}" for name, error in errors.items()) + "."
    yield ""
    yield from table(("set", "tenth", "pairs", "said", "true"), rows)
    yield ""
    yield "Documents found for one ambiguous question (con_ramdocs). Only the first row should be called contradictions; two"
    yield "correct documents with different answers are about different things of one name."
    yield ""
    found = ramdocs(data)
    yield from table(("pairs of documents", "pairs", "called contradictions", "share"),
                     [(name, len(said), sum(said), percent(sum(said), len(said))) for name, said in found.items()])
    yield ""
    hits = sum(found["correct and misinformed"])
    p, r, f1 = precision_recall(hits, sum(map(sum, found.values())), len(found["correct and misinformed"]))
    yield f"Precision {p:.3f}, recall {r:.3f}, F1 {f1:.3f}."
    yield ""
    said = timeqa(data)
    yield f"Neighbouring paragraphs of dated biographies and histories (stale_timeqa), none of which contradicts another: "
    yield f"{sum(said)} of {len(said):,} called contradictions ({1000 * sum(said) / len(said):.1f} in 1,000)."
    yield ""


if __name__ == "__main__":
    score(section)
