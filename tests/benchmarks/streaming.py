"""Whether memory stays bounded while a corpus grows: `stream_corpus` on so many megabytes, and on an eighth of them.

    python tests/benchmarks/streaming.py 1000         # a gigabyte: about ten minutes for two processes

The texts are the rows of one JSON lines file: those of `texts`, and beyond their size texts chained word by word. `s` are
seconds of the processor, those of all processes; `peak MB` is that of the process that reads and writes, and as many times
that of the largest that makes parts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from measured import cost, fresh, keep, markdown, versions

BATCH = 500_000  # characters of a part
COLUMNS = (
    "asked MB",
    "MB",
    "texts",
    "articles",
    "tokens",
    "parts",
    "processes",
    "s",
    "wall",
    "peak MB",
    "MB/s",
    "MB out",
)


def main() -> None:
    """Stream both sizes, print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("megabytes", type=float, nargs="?", default=100)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        STEPS[asked.step[0]](*asked.step[1:])
        return
    rows = [streamed(megabytes, asked.processes) for megabytes in (asked.megabytes / 8, asked.megabytes)]
    print(markdown(rows))
    print(f"\nKept as {keep([row | {'versions': versions()} for row in rows], 'streaming').name}")


def streamed(megabytes: float, processes: int) -> dict:
    """One run on so many megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        fresh(__file__, "--step", "make", megabytes, folder)
        (row,) = fresh(__file__, "--step", "stream", folder, processes)
    row = {"asked MB": megabytes, "processes": processes} | row | {"MB/s": row["MB"] / row["wall"]}
    return {name: row[name] for name in COLUMNS}


# -- what runs in processes of its own --------------------------------------------------------------------------------


def make(megabytes: str, folder: str) -> None:
    """Write the texts."""
    import texts

    with Path(folder, "texts.jsonl").open("w", encoding="utf-8") as file:
        for text in texts.real(float(megabytes), 5 * texts.DOCUMENT):
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")


def stream(folder: str, processes: str) -> None:
    """Print what a run used and found."""
    import qdlib as qd
    from qdlib.stored import parts_of

    place, out, n = Path(folder, "texts.jsonl"), Path(folder, "corpus"), int(processes)
    used, stored = cost(lambda: qd.stream_corpus(place, out, batch_chars=BATCH, processes=n), n if n > 1 else 0)
    found = {
        "MB": place.stat().st_size / 1e6,
        "texts": sum(map(len, stored.batches("sources", ["source"]))),
        "articles": sum(map(len, stored.batches("articles", ["source"]))),
        "tokens": int(sum(table["count"].sum() for table in stored.batches("counts", ["count"]))),
        "parts": len(parts_of(out)),
        "MB out": sum(path.stat().st_size for path in out.rglob("*.parquet")) / 1e6,
    }
    print(json.dumps(found | {"s": used["seconds"], "wall": used["wall"], "peak MB": used["peak_MB"]}))


STEPS = {"make": make, "stream": stream}


if __name__ == "__main__":
    main()
