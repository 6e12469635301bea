"""The scorers' own arithmetic, on answers small enough to reckon by hand."""

import math
import unittest

import acceptance
import chunking
import contradiction
import duplicates
import freshness
import harness
import html_pages
import pdf
import planted
import retrieval
import structure


def finding(rule, counterpart=None, severity="error", quote="q", spans=((0, 1),)):
    return {
        "rule": rule,
        "dimension": rule.split(".")[0],
        "severity": severity,
        "quote": quote,
        "spans": spans,
        "counterpart": counterpart,
    }


def chunk(document, verdict="accept", findings=(), structure_score=1.0):
    return {
        "document": document,
        "verdict": verdict,
        "findings": list(findings),
        "scores": {"structure": structure_score},
    }


class Chunking(unittest.TestCase):
    def test_overlap(self):
        gold = {("a", 0, 10), ("a", 5, 20), ("b", 0, 10)}
        recall, precision, iou = chunking.overlap_scores({("a", 10, 30), ("c", 0, 10)}, gold)
        self.assertEqual((recall, precision, iou), (10 / 30, 10 / 30, 10 / 50))
        self.assertEqual(chunking.overlap_scores(set(), gold), (0.0, 0.0, 0.0))

    def test_splitters_lose_nothing(self):
        text = "One two.\n\nThree four five six. Seven\neight\n\n" + "x" * 25
        for cut in (chunking.fixed, chunking.recursive):
            pieces = cut(text, 12)
            self.assertEqual("".join(text[a:b] for a, b in pieces), text)
            self.assertTrue(all(b - a <= 12 for a, b in pieces))
        self.assertEqual(text[slice(*chunking.recursive(text, 12)[0])], "One two.\n\n")

    def test_spans_count_characters(self):
        self.assertEqual(chunking.character_spans([(0, 3), (3, 5)], "éaé"), [(0, 2), (2, 3)])

    def test_the_best_chunk_holds_the_words_asked_for(self):
        texts = {"a": "the mill turns. the sieve stands."}
        ranker = chunking.Ranker([("a", 0, 15), ("a", 15, 33)], texts)
        self.assertEqual(ranker.best("Which sieve?", 1), {("a", 15, 33)})


class Harness(unittest.TestCase):
    def test_precision_recall(self):
        self.assertEqual(harness.precision_recall(1, 2, 4), (0.5, 0.25, 1 / 3))
        self.assertEqual(harness.precision_recall(0, 0, 4), (1.0, 0.0, 0.0))

    def test_lines_end_with_newline_alone(self):
        self.assertEqual(harness.parse_jsonl('{"a": "x\u2028y"}\n{"a": "\x85"}\n'), [{"a": "x\u2028y"}, {"a": "\x85"}])

    def test_table(self):
        self.assertEqual(list(harness.table(("a", "b"), [(1, 2)])), ["| a | b |", "|---|---:|", "| 1 | 2 |"])


class Acceptance(unittest.TestCase):
    chunks = [
        chunk("v1/a", "quarantine", [finding("duplication.near"), finding("duplication.near")]),
        chunk("v1/b", "accept", [finding("freshness.stale", severity="warn")]),
        chunk("v2/a", "accept"),
    ]

    def test_a_rule_counts_once_a_chunk(self):
        having, held = acceptance.by_rule(self.chunks)
        self.assertEqual(having, {"duplication.near": 1, "freshness.stale": 1})
        self.assertEqual((held["duplication.near"], held["freshness.stale"]), (1, 0))

    def test_groups(self):
        self.assertEqual(acceptance.by_group(self.chunks), {"v1": (1, 2), "v2": (1, 1)})


class Contradiction(unittest.TestCase):
    def test_both_sides_of_a_conflict_count_once(self):
        a = {"document": "a", "quote": "port 1", "spans": [[0, 6]]}
        b = {"document": "b", "quote": "port 2", "spans": [[3, 9]]}
        chunks = [
            chunk("a", findings=[finding("contradiction.number", b, quote="port 1", spans=[[0, 6]])]),
            chunk(
                "b",
                findings=[
                    finding("contradiction.number", a, quote="port 2", spans=[[3, 9]]),
                    finding("duplication.near", a),
                ],
            ),
        ]
        self.assertEqual(contradiction.conflicts(chunks), {"contradiction.number": 1})

    def test_two_conflicts_in_the_same_words_count_twice(self):
        b = [{"document": "b", "quote": "default: 2", "spans": [[at, at + 9]]} for at in (0, 40)]
        found = [finding("contradiction.number", b[i], quote="default: 1", spans=[[at, at + 9]]) for i, at in ((0, 5), (1, 50))]
        self.assertEqual(contradiction.conflicts([chunk("a", findings=found)]), {"contradiction.number": 2})


class Duplicates(unittest.TestCase):
    def test_pairs_from_clusters_and_findings(self):
        answer = {
            "clusters": [{"kind": "near", "canonical": "a", "members": ["a", "b", "c", "not-a-document"]}],
            "findings": [
                {**finding("duplication.near", {"document": "d"}), "document": "e"},
                {**finding("duplication.near", {"document": "f"}), "document": "f"},
                {**finding("contradiction.number", {"document": "a"}), "document": "f"},
            ],
        }
        pairs = duplicates.duplicate_pairs(answer, set("abcdef"))
        self.assertEqual(pairs, {frozenset(pair) for pair in ("ab", "ac", "bc", "de")})


class Freshness(unittest.TestCase):
    @staticmethod
    def chunk(document, tokens, overall, fresh=1.0):
        return {**chunk(document), "tokens": tokens, "scores": {"overall": overall, "freshness": fresh}}

    def test_a_corpus_is_scored_over_its_tokens(self):
        chunks = [self.chunk("a", 30, 1.0), self.chunk("b", 10, 0.2)]
        self.assertAlmostEqual(freshness.corpus_score(chunks), 80)
        self.assertEqual(freshness.bands(chunks), ["75.0 %", "0.0 %", "0.0 %", "25.0 %"])
        self.assertEqual(freshness.corpus_score([]), 100)

    def test_stale_documents_are_to_lie_below_current_ones(self):
        chunks = [
            {**self.chunk("old", 1, 1, 0.2), "findings": [{**finding("freshness.stale"), "dimension": "freshness"}] * 2},
            self.chunk("new", 1, 1, 0.9),
            self.chunk("aside", 1, 1, 0.0),
        ]
        area, marked = freshness.told_apart(chunks, {"old": True, "new": False})
        self.assertEqual((area, marked), (1.0, {True: {"freshness.stale": 1}, False: {}}))

    def test_plants_fall_on_every_nth_document(self):
        documents = [{"id": str(i), "uri": str(i), "markdown": "Some text."} for i in range(10)]
        made = freshness.planted(documents, 2)
        self.assertEqual([d["id"] for d in made][:4], ["0", "1", "copies/1", "2"])
        untouched = sum(d["markdown"] == "Some text." for d in made)
        self.assertEqual((len(made), untouched), (11, 7))


class HtmlPages(unittest.TestCase):
    def test_shingles_of_short_texts(self):
        self.assertEqual(html_pages.shingles("one two"), {("one", "two"): 1})
        self.assertEqual(html_pages.shingles("a b c d e"), {("a", "b", "c", "d"): 1, ("b", "c", "d", "e"): 1})
        self.assertEqual(html_pages.shingles("..."), {})

    def test_shingle_scores_are_means_over_pages(self):
        pairs = [("a b c d e", "a b c d"), ("", "x y"), ("", "")]
        p, r, f1 = html_pages.shingle_scores(pairs)
        self.assertEqual((p, r), (0.75, 2 / 3))
        self.assertAlmostEqual(f1, 2 * p * r / (p + r))

    def test_segments_apart_from_white_space(self):
        self.assertEqual(html_pages.segment_counts("one\n two three", ["one two", "four"], ["two  three"]), (1, 1))

    def test_dates_by_day(self):
        self.assertEqual(html_pages.date_verdict("2024-03-01T10:00:00Z", "2024-03-01"), "right")
        self.assertEqual(html_pages.date_verdict("2024-03-02T00:00:00Z", "2024-03-01T23:00:00"), "wrong")
        self.assertEqual(html_pages.date_verdict(None, "2024-03-01"), "none")

    def test_structure_of_both_sides(self):
        html = "<h2>Why <i>so</i></h2><ul><li>one<ul><li>two</li></ul></li></ul><table><tr><td>3</td></tr></table><pre>x = 1</pre>"
        expected = html_pages.Structure(html).found
        self.assertEqual(
            expected,
            {"headings": ["Why so"], "list items": ["two", "one"], "table cells": ["3"], "code blocks": ["x = 1"]},
        )
        ours = html_pages.markdown_structure("## Why so\n\n- one\n  - [two](/x)\n\n| 3 |\n|---|\n\n```py\nx = 1\n```\ny = 2")
        self.assertEqual(
            ours, {"headings": "Whyso", "list items": "onetwo", "table cells": "3", "code blocks": "x1"}
        )


class Pdf(unittest.TestCase):
    def test_edit_distance(self):
        for a, b, distance in (("kitten", "sitting", 3), ("", "abc", 3), ("abc", "abc", 0), ("ab" * 60, "ba" * 60, 2)):
            self.assertEqual(pdf.edit_distance(a, b), distance)
            self.assertEqual(pdf.edit_distance(b, a), distance)

    def test_similarity_takes_any_white_space_for_one(self):
        self.assertEqual(pdf.similarity("a \n b\tc", "\ufeffa b c"), 1.0)
        self.assertEqual(pdf.similarity("", ""), 1.0)
        self.assertEqual(pdf.similarity("abcd", ""), 0.0)
        self.assertEqual(pdf.similarity("abcd", "abxd"), 0.75)

    def test_amounts_of_an_answer(self):
        answer = "Sales were $82,959 million (up 7.8 %) in the 3 months of 2022, on 1,234,567.5 units."
        self.assertEqual(pdf.amounts(answer), {"82,959", "7.8", "1,234,567.5"})
        self.assertTrue(pdf.holds_amount("| Sales | $ 82,959 |", "82,959"))
        self.assertFalse(pdf.holds_amount("182,959 or 82,9590", "82,959"))


class Retrieval(unittest.TestCase):
    def test_a_document_ranks_where_its_best_chunk_does(self):
        hits = [{"rank": 3, "document": "b"}, {"rank": 1, "document": "a"}, {"rank": 2, "document": "a"}]
        self.assertEqual(retrieval.ranked_documents({"hits": hits}), ["a", "b"])

    def test_ndcg(self):
        self.assertEqual(retrieval.ndcg(["a", "b"], {"a", "b"}), 1.0)
        self.assertAlmostEqual(retrieval.ndcg(["x", "a"], {"a"}), 1 / math.log2(3))
        self.assertEqual(retrieval.ndcg(["x"] * 10 + ["a"], {"a"}), 0.0)

    def test_a_query_without_an_answer_is_a_miss(self):
        answers = [{"id": "1", "hits": [{"rank": 1, "document": "a"}]}]
        self.assertEqual(retrieval.judge(answers, {"1": {"a"}, "2": {"b"}}), (0.5, 0.5))


class Structure(unittest.TestCase):
    def test_furniture_is_what_structure_holds_back(self):
        self.assertTrue(structure.is_furniture([chunk("a", findings=[finding("structure.navigation")])]))
        self.assertFalse(structure.is_furniture([chunk("a", findings=[finding("structure.too_short", severity="warn")])]))
        self.assertFalse(structure.is_furniture([chunk("a", findings=[finding("duplication.exact")])]))
        self.assertTrue(structure.is_furniture([]))

    def test_auc(self):
        self.assertEqual(structure.auc([0.1, 0.2], [0.8, 0.9]), 1.0)
        self.assertEqual(structure.auc([0.5], [0.5]), 0.5)
        self.assertEqual(structure.auc([0.2, 0.9], [0.5]), 0.5)


class Planted(unittest.TestCase):
    def test_a_pair_is_found_from_either_side_and_a_file_by_its_rule(self):
        items = list(planted.planted([{"rule": "a.b", "files": ["x"], "pairs": [["x", "y"]]}]))
        self.assertEqual(items, [("a.b", "x", None), ("a.b", "x", "y")])
        said = {"rule": "a.b", "uri": "y", "counterpart": {"uri": "x"}}
        self.assertEqual([planted.is_found(item, [said]) for item in items], [False, True])
        self.assertFalse(planted.is_found(items[1], [{**said, "rule": "a.c"}]))


if __name__ == "__main__":
    unittest.main()
