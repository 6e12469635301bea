"""What the sections share: peers installed beside tamis, and both sides timed in turns."""

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from harness import Failed, binary


class Peers:
    """A virtual environment of peers in tamis' cache folder, and a stopwatch."""

    def __init__(self, rounds):
        self.rounds = rounds
        cache = os.environ.get("TAMIS_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "tamis")
        self.folder = Path(cache, "peers")
        self.python = self.folder / "bin" / "python"

    def version(self):
        try:
            return subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            sys.exit(f"bench-peers: {binary()} does not run: `make build` builds it, TAMIS names another")

    def machine(self):
        model = platform.processor() or platform.machine()
        try:
            lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n")
            model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
        except (OSError, StopIteration):
            pass
        return f"{os.cpu_count()} processors ({model}), Python {platform.python_version()}"

    def install(self, packages):
        """Packages from PyPI, through the user's own pip configuration; their newest versions unless they name one."""
        if not self.python.exists():
            venv.create(self.folder, with_pip=True)
        if not packages:
            return
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", *packages]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PIP_USER": "0"}, check=False)
        if done.returncode:
            last = (done.stderr.strip().split("\n") or [""])[-1]
            sys.exit(f"bench-peers: pip could not install {' '.join(packages)}: {last}")

    def versions(self, *packages):
        """`name version` of each package, joined."""
        code = "import importlib.metadata as m, sys; print(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"
        return subprocess.run([str(self.python), "-c", code, *packages], capture_output=True, text=True, check=True).stdout.strip()

    def program(self, name, debian):
        """The path of a program, installed from Debian's packages where it is missing and that is possible; else none."""
        if not shutil.which(name) and shutil.which("apt-get"):
            root = [] if os.geteuid() == 0 else ["sudo", "-n"]
            for command in (["update"], ["install", "--no-install-recommends", debian]):
                try:
                    subprocess.run([*root, "apt-get", "-qq", "-y", *command], capture_output=True, check=False)
                except OSError:
                    break
        if not shutil.which(name):
            print(f"bench-peers: {name} is missing and left out; Debian and Ubuntu: apt-get install {debian}", file=sys.stderr)
        return shutil.which(name)

    def in_python(self, script, *arguments):
        """Runs a script of a peer; it prints one JSON object, as {"seconds": wall, "processor": seconds, …}."""
        done = subprocess.run([str(self.python), str(script), *map(str, arguments)], capture_output=True, check=False)
        if done.returncode:
            last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
            raise Failed(f"{script} ended with {done.returncode}: {last}")
        return json.loads(done.stdout.decode("utf-8").strip().split("\n")[-1])

    def command(self, *arguments):
        """Runs a program to its end and says what it took, its output thrown away."""
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        with tempfile.TemporaryDirectory() as elsewhere:
            done = subprocess.run([*map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=elsewhere, check=False)
        took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in (0, 1):
            last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
            raise Failed(f"{arguments[0]} ended with {done.returncode}: {last}")
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {"seconds": took, "processor": processor}

    def tamis(self, *arguments):
        """What `tamis ARGUMENTS` takes."""
        return self.command(binary(), "-q", *arguments)

    def starting(self):
        """What any command of tamis takes before it does its work, such as loading settings."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.txt").write_text("A text.", encoding="utf-8")
            return self.tamis("extract", folder, "--format", "jsonl")

    def in_turns(self, sides):
        """Runs each side once a round, another one first each time. Medians of what each took, by its name."""
        took = {name: [] for name in sides}
        names = list(sides)
        for i in range(self.rounds):
            for name in names[i % len(names) :] + names[: i % len(names)]:
                took[name].append(sides[name]())
        return {
            name: {key: statistics.median(run[key] for run in runs) for key in ("seconds", "processor")}
            for name, runs in took.items()
        }


def less(took, start):
    """What is left of a time when that of starting is taken off."""
    return {key: max(took[key] - start[key], 1e-9) for key in ("seconds", "processor")}


def speeds(took, pages, ours="tamis"):
    """Rows of a table: pages a second by the clock and by processor time, and how many times as many ours reads."""
    rows = []
    for name, times in took.items():
        rate = {key: pages / times[key] for key in ("seconds", "processor")}
        ratio = {key: times[key] / took[ours][key] for key in ("seconds", "processor")}
        ratios = ("1", "1") if name == ours else (f"{ratio['seconds']:.1f}", f"{ratio['processor']:.1f}")
        rows.append((name, f"{rate['seconds']:,.0f}", ratios[0], f"{1000 / rate['processor']:.2f}", ratios[1]))
    return rows


SPEED_HEADER = ("", "pages a second", "times", "processor ms a page", "times")
