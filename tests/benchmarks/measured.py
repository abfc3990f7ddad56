"""What a piece of work costs, measured in a fresh process, and how results are kept, compared and printed.

A runner of our own, since pytest-benchmark and pyperf measure neither children's processor time nor the peak of one stage.
The starting process imports nothing heavy: on Linux a new process inherits the peak of the one that started it.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
PACKAGES = (
    "qdlib numpy pandas jieba rjieba gensim tomotopy scikit-learn numba ahocorasick-rs opencc ftfy"
).split()


def usage(children: int = 0) -> dict[str, float]:
    """Seconds of the processor so far, ended children included, the clock, and the peak in MB.

    The peak is that of the largest process; where `children` worked side by side, of this one and that many times the
    largest of them, which is more than they had at any one time.
    """
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, largest = (part.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3) for part in both)
    peak = own + children * largest if children else max(own, largest)
    seconds = sum(part.ru_utime + part.ru_stime for part in both)
    return {"seconds": seconds, "wall": time.perf_counter(), "peak_MB": peak}


def cost(work, children: int = 0) -> tuple[dict[str, float], object]:
    """What the work used and what it returned."""
    before = usage()
    result = work()
    after = usage(children)
    return {name: after[name] - before[name] for name in ("seconds", "wall")} | {"peak_MB": after["peak_MB"]}, result


def fresh(script: str | Path, *arguments: object) -> list[dict]:
    """Run a script in a new process; return the JSON lines that it prints."""
    command = [sys.executable, "-W", "ignore", str(script), *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def medians(runs: list[dict]) -> dict[str, float]:
    """The medians of several runs, number by number."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def machine() -> str:
    """The class of the machine: processors, memory and kind, nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()}cpu-{memory:.0f}gb-{platform.machine()}".lower()


def versions() -> str:
    """The versions of Python and of the packages at work."""
    found = [f"python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return "; ".join(found)


def keep(rows: list[dict], name: str) -> Path:
    """Write rows to `results/<name>-<date>-<machine class>.csv`."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{date.today()}-{machine()}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def against(rows: list[dict], path: str, keys: tuple[str, ...]) -> list[dict]:
    """How many times as long and as large each row is as in an earlier result."""
    with open(path, newline="", encoding="utf-8") as file:
        earlier = {tuple(row[key] for key in keys): row for row in csv.DictReader(file)}
    changes = []
    for row in rows:
        old = earlier.get(tuple(str(row[key]) for key in keys))
        if old:
            change = {name: row[name] / float(old[name]) for name in ("seconds", "peak_MB")}
            changes.append({key: row[key] for key in keys} | {f"{name}, times": x for name, x in change.items()})
    return changes


def markdown(rows: list[dict]) -> str:
    """Rows as a Markdown table, numbers to three digits and to the right."""
    if not rows:
        return "(no rows)"
    numbers = [name for name in rows[0] if any(isinstance(row[name], (int, float)) for row in rows)]
    lines = [list(rows[0]), ["---:" if name in numbers else "---" for name in rows[0]]]
    lines += [[_cell(value) for value in row.values()] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    """A value as a table shows it."""
    if not isinstance(value, float):
        return "" if value is None else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
