"""Runs every scorer and writes their sections into one file.

    run.py [--data DIR] [--out FILE] [SCORER…]

Without --out the file goes to stdout. A data set that is not there is skipped with a line.
"""

import argparse
import datetime
import subprocess
import sys
from pathlib import Path

from harness import binary

HERE = Path(__file__).resolve().parent
SCORERS = (
    "planted",
    "acceptance",
    "freshness",
    "duplicates",
    "contradiction",
    "audit",
    "judge",
    "structure",
    "chunking",
    "html_pages",
    "pdf",
    "retrieval",
    "rag",
    "curation",
)


def version():
    try:
        done = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"quality: {binary()} does not run: `make build` builds it, TAMIS names another")
    return done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--out", type=Path)
    parser.add_argument("scorers", nargs="*", metavar="SCORER", help=f"any of {', '.join(SCORERS)}; all without one")
    arguments = parser.parse_args()
    unknown = set(arguments.scorers) - set(SCORERS)
    if unknown:
        parser.error(f"no scorer is called {', '.join(sorted(unknown))}: there are {', '.join(SCORERS)}")
    if not arguments.data.is_dir():
        print(f"quality: skipped, there are no data sets in {arguments.data}; name their folder with DATA=…")
        return
    lines = [
        "# Quality",
        "",
        f"Written by `make quality` on {datetime.date.today()} with {version()}. Do not edit.",
        "",
        "The sets are public and made by others. Figures are of the product as it is called from outside: the `tamis`",
        "binary with its default policy.",
        "",
    ]
    failed = 0
    for name in arguments.scorers or SCORERS:
        print(f"quality: {name}", file=sys.stderr, flush=True)
        command = [sys.executable, str(HERE / f"{name}.py"), "--data", str(arguments.data.resolve())]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
        lines += [done.stdout.rstrip("\n"), ""]
        failed += done.returncode != 0
    text = "\n".join(lines).rstrip("\n") + "\n"
    if failed:
        print(text)
        sys.exit(f"quality: {failed} scorers failed; nothing was written")
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text, encoding="utf-8")
        print(f"quality: wrote {arguments.out}", file=sys.stderr)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
