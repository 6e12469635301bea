"""Collects the Markdown of every crate tamis is built from: READMEs, changelogs, guides.

    demo_docs.py OUT

Copies OUT/<crate>-<version>/…, each file dated with the day its crate was published, as the registry's index on this
machine has it: packed crates carry no times of their own. The same lock file gives the same folder.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

SUFFIXES = (".md", ".markdown")
# Packages of other package managers that a crate was packed with: none of tamis is built from them.
FOREIGN = {"node_modules"}


def registry_packages():
    """Name, version and folder of every package from a registry that this platform's build uses."""
    host = next(
        line.split(": ", 1)[1]
        for line in run(["rustc", "-vV"]).splitlines()
        if line.startswith("host: ")
    )
    metadata = json.loads(
        run(["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", host])
    )
    used = {node["id"] for node in metadata["resolve"]["nodes"]}
    for package in metadata["packages"]:
        if package["id"] in used and (package["source"] or "").startswith(("registry+", "sparse+")):
            yield package["name"], package["version"], Path(package["manifest_path"]).parent


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"demo: `{' '.join(command[:2])}` failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def index_path(name):
    """Where a registry index keeps a crate: https://doc.rust-lang.org/cargo/reference/registry-index.html."""
    name = name.lower()
    if len(name) < 3:
        return Path(str(len(name)), name)
    if len(name) == 3:
        return Path("3", name[0], name)
    return Path(name[:2], name[2:4], name)


def published(name, version, folder):
    """When a version was published, in seconds; when cargo unpacked it, where the index does not say."""
    index = folder.parents[2] / "index" / folder.parent.name / ".cache" / index_path(name)
    try:
        entries = index.read_bytes().split(b"\0")
    except OSError:
        entries = []
    for entry in entries:
        if entry.startswith(b"{"):
            try:
                release = json.loads(entry)
            except ValueError:
                continue
            if release.get("vers") == version and release.get("pubtime"):
                return datetime.fromisoformat(release["pubtime"].replace("Z", "+00:00")).timestamp()
    return (folder / ".cargo-ok").stat().st_mtime


def markdown_files(folder):
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - FOREIGN)
        for name in sorted(files):
            path = Path(root, name)
            if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink():
                yield path


def copy_package(folder, date, out):
    """Copies a package's files into `out`, whole or not at all."""
    files = list(markdown_files(folder))
    if not files:
        return
    unfinished = Path(tempfile.mkdtemp(prefix=".", dir=out.parent))
    for file in files:
        copy = unfinished / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        os.utime(copy, (date, date))
    unfinished.chmod(0o755)
    try:
        unfinished.rename(out)
    except OSError:  # another demo was faster
        shutil.rmtree(unfinished)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    wanted = set()
    for name, version, folder in sorted(registry_packages()):
        copy = out / f"{name}-{version}"
        wanted.add(copy.name)
        if not copy.exists():
            copy_package(folder, published(name, version, folder), copy)
    for other in out.iterdir():
        if other.name not in wanted:
            shutil.rmtree(other, ignore_errors=True)
    files = list(markdown_files(out))
    size = sum(file.stat().st_size for file in files)
    print(f"{len(files)} Markdown files of {len(wanted)} crates, {size / 1e6:.1f} MB, in {out}")


if __name__ == "__main__":
    main()
