"""Runs tamis and the programs people use today on the same files, interleaved, and writes who is how fast.

    run.py [--data DIR] [--out FILE] [--rounds N] [SECTION…]

A section is a file beside this one. It names the packages it needs from PyPI (`PACKAGES`) and yields the lines of its
Markdown (`section(data, peers)`); to add one, write the file and name it in SECTIONS. Without --out the report goes to
stdout. A data set or a program that is not there is said, and the rest goes on.
"""

import argparse
import datetime
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "quality"))

from harness import Failed, Skip  # noqa: E402
from peers import Peers  # noqa: E402

SECTIONS = ("web_pages", "pdf_files", "chunk_cuts", "duplication", "search")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data", help="the folder of data sets")
    parser.add_argument("--out", type=Path, help="where to write the report")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs; the median counts")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"any of {', '.join(SECTIONS)}; all without one")
    arguments = parser.parse_args()
    unknown = set(arguments.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section is called {', '.join(sorted(unknown))}: there are {', '.join(SECTIONS)}")
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if not arguments.data.is_dir():
        print(f"bench-peers: skipped, there are no data sets in {arguments.data}; name their folder with DATA=…")
        return
    modules = [importlib.import_module(name) for name in arguments.sections or SECTIONS]
    peers = Peers(arguments.rounds)
    lines = [
        "# Beside the programs people use today",
        "",
        f"Written by `make bench-peers` on {datetime.date.today()} with {peers.version()}, on {peers.machine()}. Do not edit.",
        "",
        "All sides read the same files in the same run, taking turns. Times vary with the machine; ratios are what counts.",
        "",
    ]
    for module in modules:
        print(f"bench-peers: {module.__name__}", file=sys.stderr, flush=True)
        peers.install(module.PACKAGES)
        try:
            lines += module.section(arguments.data.resolve(), peers)
        except Skip as missing:
            lines += [f"{module.__name__}: skipped, {missing}.", ""]
        except Failed as problem:
            sys.exit(f"bench-peers: {module.__name__}: {problem}")
    text = "\n".join(lines).rstrip("\n") + "\n"
    print(text)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text, encoding="utf-8")
        print(f"bench-peers: wrote {arguments.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
