"""Planted defects, class by class among clean files, as `tamis check` reports a folder."""

import json
import shutil
import tempfile
from pathlib import Path

from harness import ROOT, Failed, precision_recall, read_json, score, table, tamis

FIXTURES = ROOT / "tests" / "fixtures"


def findings(*folders):
    """What `tamis check` finds in the files of these folders, laid into one."""
    with tempfile.TemporaryDirectory() as together:
        for folder in folders:
            shutil.copytree(folder, together, dirs_exist_ok=True)
        found = json.loads(tamis("check", together, "--format", "json"))["findings"]
    root = f"{Path(together).name}/"
    for finding in found:
        for side in (finding, finding.get("counterpart") or {}):
            if "uri" in side:
                side["uri"] = side["uri"].removeprefix(root)
    return found


def planted(expectations):
    """What a class expects, one (rule, file, file it stands against or None) each."""
    for expected in expectations:
        yield from ((expected["rule"], file, None) for file in expected.get("files", ()))
        yield from ((expected["rule"], *pair) for pair in expected.get("pairs", ()))


def is_found(item, found):
    rule, one, other = item
    sides = {(f["uri"], (f.get("counterpart") or {}).get("uri")) for f in found if f["rule"] == rule}
    if other is None:
        return any(uri == one for uri, _ in sides)
    return (one, other) in sides or (other, one) in sides


def section(_data):
    """Planted defects: how many are found with their rule, and what is said of the clean files beside them."""
    classes = read_json(FIXTURES / "planted" / "expected.json")
    clean = FIXTURES / "clean"
    names = {file.relative_to(clean).as_posix() for file in clean.rglob("*") if file.is_file()}
    rows, hits, wanted, alarms = [], 0, 0, 0
    for name, expectations in classes.items():
        found = findings(FIXTURES / "planted" / name, clean)
        items = list(planted(expectations))
        if not items:
            raise Failed(f"{name} expects nothing")
        here = sum(is_found(item, found) for item in items)
        beside = sum(finding["uri"] in names for finding in found)
        rows.append((name.replace("_", " "), len(items), here, beside))
        hits, wanted, alarms = hits + here, wanted + len(items), alarms + beside
    precision, recall, f1 = precision_recall(hits, hits + alarms, wanted)
    yield "## Planted defects"
    yield ""
    yield (
        f"tests/fixtures, written by us: {len(classes)} classes, each in a folder with {len(names)} clean files of different "
        "kinds, checked by `tamis check`. Ten rival tools we measured found at most 8 of 26 such classes."
    )
    yield ""
    yield from table(("class", "planted", "found", "findings on clean files"), rows)
    yield ""
    yield f"In all {hits} of {wanted} are found (recall {recall:.3f}, precision {precision:.3f}, F1 {f1:.3f})."
    yield ""


if __name__ == "__main__":
    score(section)
