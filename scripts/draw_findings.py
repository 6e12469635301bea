"""Draws findings at random from what `tamis check --format json` says, to be read one by one.

    draw_findings.py CHECK.json [--seed N] [--count N] [--rule PREFIX]

Prints how many findings each rule has, then the drawn ones with what they quote and what stands against it. The same seed
draws the same findings of the same file. What is drawn is to be judged in its context, by opening the documents: would a
careful editor agree? docs/findings.md says what was drawn so far, and how many were right.
"""

import argparse
import collections
import json
import random


def read():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("check")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--rule", default="", help="only rules that start so")
    return parser.parse_args()


def show(place, finding):
    line = finding["line"] or "-"
    print(f"\n[{place}] {finding['rule']} ({finding['severity']})  {finding['document']}:{line}")
    print(f"    {finding['message']}\n    here:  {finding['quote']}")
    if finding.get("counterpart"):
        print(f"    there: {finding['counterpart']['document']}: {finding['counterpart']['quote']}")


def main():
    wanted = read()
    with open(wanted.check, encoding="utf-8") as file:
        check = json.load(file)
    findings = [one for one in check["findings"] if one["rule"].startswith(wanted.rule)]
    print(f"{check['documents']} documents, {check['chunks']} chunks, score {check['score']}")
    for rule, count in collections.Counter(one["rule"] for one in findings).most_common():
        print(f"{count:8} {rule}")
    drawn = random.Random(wanted.seed).sample(findings, min(wanted.count, len(findings)))
    for place, finding in enumerate(drawn, start=1):
        show(place, finding)


if __name__ == "__main__":
    main()
