"""Every stage beside its peers on the same text in the same run, at two sizes: `make bench`.

    python tests/benchmarks/bench.py                       # all stages, then the scores against annotations and labels
    python tests/benchmarks/bench.py kwic load_corpus      # these stages only
    python tests/benchmarks/bench.py --against results/bench-2026-01-31-2cpu-16gb-x86_64.csv

Each figure is the median of several runs, each run a process of its own that reads its input, does the stage once on a few
lines, so that dictionaries are loaded, and then once on all. `s` are seconds of the processor, children's included; `growth` is
the time at eight times the text over eight times the time (1 is proportional); `peak` is the most the process held, imports and
input included; `ratio` is the peer's seconds over ours. For the texts see `texts`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import against, cost, fresh, keep, markdown, medians, versions

ROOT = Path(__file__).resolve().parents[2]
TIMES = 8
PARTS = 20  # of a corpus, for dispersion
SEARCHES = [("城市", False), ("的", False), ("，", False), ("[一二三]个[^，。]{2}", True)]
# Comparisons that print tables of their own: scores, other sizes, the whole pipeline.
OTHERS = ("repairs", "pages", "slogans", "topics", "segmenting", "strings", "topic_speed", "pipeline")


def main() -> None:
    """Print the table and keep it; then the other comparisons, if no stage was named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("stages", nargs="*", help=f"of {', '.join(STAGES)}; all if none is named")
    parser.add_argument(
        "--megabytes", type=float, default=1.0, help=f"the smaller size; the larger is {TIMES} times it"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--against", help="an earlier result, to print the change")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        STEPS[asked.step[0]](*asked.step[1:])
        return
    rows = measure(asked.stages or list(STAGES), asked.megabytes, asked.runs)
    print(markdown([{name: row[name] for name in SHOWN} for row in rows]))
    print(f"\nn = {asked.runs} runs a figure; {versions()}; kept as {keep(rows, 'bench').name}")
    if asked.against:
        print(markdown(against(rows, asked.against, ("stage", "MB", "peer"))))
    for name in () if asked.stages else OTHERS:
        script = Path(__file__).with_name(f"{name}.py")
        if script.exists():
            print(f"\n## {name}\n", flush=True)
            subprocess.run([sys.executable, script], check=True)


def measure(stages: list[str], megabytes: float, runs: int) -> list[dict]:
    """A row for each stage and peer, at the larger size."""
    with tempfile.TemporaryDirectory() as folder:
        small, large, few = (Path(folder, name) for name in ("small", "large", "few"))
        for place, size in ((few, 0.02), (small, megabytes), (large, TIMES * megabytes)):
            fresh(__file__, "--step", "prepare", size, place)

        def used(stage: str, who: str, place: Path) -> dict:
            return medians([fresh(__file__, "--step", "run", stage, who, place, few)[0] for _ in range(runs)])

        rows = []
        for stage in stages:
            print(stage, file=sys.stderr)
            less, ours = used(stage, "qdlib", small), used(stage, "qdlib", large)
            for peer in STAGES[stage][2] or [""]:
                rows.append(row(stage, runs, less, ours, peer, used(stage, peer, large) if peer else {}))
        return rows


def row(stage: str, n: int, less: dict, ours: dict, peer: str, theirs: dict) -> dict:
    """One row of the result."""
    seconds = theirs.get("seconds")
    return {
        "stage": stage,
        "text": STAGES[stage][0],
        "MB": round(ours["MB"], 2),
        "n": n,
        "seconds": ours["seconds"],
        "MB/s": ours["MB"] / ours["seconds"],
        "wall": ours["wall"],
        "peak_MB": ours["peak_MB"],
        "growth": ours["seconds"] / less["seconds"] / (ours["MB"] / less["MB"]),
        "peer": peer,
        "peer_seconds": seconds,
        "peer_peak_MB": theirs.get("peak_MB"),
        "ratio": seconds / ours["seconds"] if peer else None,
        "versions": versions(),
    }


SHOWN = ["stage", "MB", "seconds", "MB/s", "growth", "peak_MB", "peer", "peer_seconds", "peer_peak_MB", "ratio"]


# -- what runs in processes of its own --------------------------------------------------------------------------------


def prepare(megabytes: str, place: str) -> None:
    """Write every kind of input of one size; lists of texts and tables, each with its megabytes."""
    import repairs
    import texts

    import qdlib as qd

    size, folder = float(megabytes), Path(place)
    documents = texts.shuffled(size)
    damaged = "".join(documents)[: int(size * 5000)]
    (folder / "files").mkdir(parents=True)
    for number, text in enumerate(documents):
        (folder / "files" / f"n{number:06}.txt").write_text(text, "utf-8")
    tokens = qd.segment(documents)
    inputs = {
        "files": folder / "files",
        "texts": documents,
        "real": texts.real(size),
        "damaged": [repairs.damage(damaged[i : i + 5000], share=0.5, seed=i) for i in range(0, len(damaged), 5000)],
        "tokens": tokens,
        "words": qd.content_words(tokens),
        "corpus": qd.load_corpus(folder / "files"),
    }
    for name, value in inputs.items():
        mb = texts.n_bytes(value if name in ("real", "damaged") else documents) / 1e6
        (folder / f"{name}.pickle").write_bytes(pickle.dumps((mb, value)))


def run(stage: str, who: str, place: str, few: str) -> None:
    """Do a stage once on a few lines and once on all, and print what that used."""
    kind, ours, peers = STAGES[stage]
    work = ours if who == "qdlib" else peers[who]
    work(*given(few, kind)[1:])
    megabytes, value = given(place, kind)
    used, _ = cost(lambda: work(value))
    print(json.dumps(used | {"MB": megabytes}))


def given(place: str, kind: str) -> tuple[float, object]:
    """An input and its megabytes."""
    return pickle.loads(Path(place, f"{kind}.pickle").read_bytes())


STEPS = {"prepare": prepare, "run": run}


def _qd(name: str, *arguments, **settings):
    """A function of qdlib with its arguments after the first, imported when it is called."""

    def work(value):
        import qdlib as qd

        return getattr(qd, name)(value, *arguments, **settings)

    return work


def _read_and_repair(folder: Path) -> list:
    import qdlib as qd
    from qdlib.readers import read_sources

    return [qd.repair(source.text) for source in read_sources(folder)]


def _repair(texts: list[str]) -> list:
    import qdlib as qd

    return [qd.repair(text) for text in texts]


def _opened(folder: Path) -> list[str]:
    return [path.read_text("utf-8") for path in sorted(folder.iterdir())]


def _opencc(folder: Path) -> list[str]:
    from opencc import OpenCC

    return list(map(OpenCC("t2s").convert, _opened(folder)))


def _ftfy(folder: Path) -> list[str]:
    import ftfy

    return list(map(ftfy.fix_text, _opened(folder)))


def _jieba(texts: list[str] | Path) -> list:
    import jieba

    return [jieba.lcut(text) for text in (_opened(texts) if isinstance(texts, Path) else texts)]


def _filter(tokens: list[list[str]]) -> list[list[str]]:
    import qdlib as qd

    stop = set(qd.read_lexicon("stopwords"))
    return [[token for token in document if token.isalpha() and token not in stop] for document in tokens]


def _vectorizer(words: list[list[str]]):
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(analyzer=str.split).fit_transform(map(" ".join, words))


def _doc2bow(words: list[list[str]]) -> list:
    from gensim.corpora import Dictionary

    dictionary = Dictionary(words)
    return [dictionary.doc2bow(document) for document in words]


def _kwic(corpus) -> int:
    import qdlib as qd

    return sum(len(qd.kwic(corpus, pattern, regex=regex)) for pattern, regex in SEARCHES)


def _finditer(corpus) -> int:
    joined = "\n".join(corpus.paragraphs["text"])
    return sum(sum(1 for _ in re.finditer(pattern, joined)) for pattern, _ in SEARCHES)


def _counter(texts: list[str]):
    import strings

    return strings.plain(texts)


def _wordings() -> list[str]:
    """Five hundred wordings to count: entries of the package's lists."""
    import qdlib as qd

    return qd.read_lexicon("official")[:500]


def _count_wordings(texts: list[str]):
    import qdlib as qd

    return qd.count_wordings(texts, _wordings())


def _str_count(texts: list[str]) -> dict[str, int]:
    return {wording: sum(text.count(wording) for text in texts) for wording in _wordings()}


def _alternation(texts: list[str]) -> int:
    pattern = re.compile("|".join(map(re.escape, sorted(_wordings(), key=len, reverse=True))))
    return sum(len(pattern.findall(text)) for text in texts)


def _counts(words: list[list[str]], parts: int) -> list:
    from collections import Counter

    return [Counter(word for document in words[part::parts] for word in document) for part in range(parts)]


def _keyness(words: list[list[str]]):
    import qdlib as qd

    return qd.keyness(*_counts(words, 2))


def _dispersion(words: list[list[str]]):
    import pandas as pd

    import qdlib as qd

    table = pd.DataFrame(_counts(words, PARTS)).fillna(0)
    return qd.dispersion(table, table.sum(axis=1))

    return qd.find_duplicates(corpus)


# Name: kind of input, ours, peers by name.
STAGES = {
    "read and repair": ("files", _read_and_repair, {"OpenCC t2s": _opencc, "ftfy": _ftfy}),
    "repair of damaged pages": ("damaged", _repair, {}),
    "load_corpus": ("files", _qd("load_corpus"), {"jieba.lcut": _jieba}),
    "segment": ("texts", _qd("segment"), {"jieba.lcut": _jieba}),
    "content_words": ("tokens", _qd("content_words"), {"list comprehension": _filter}),
    "document_term_matrix": (
        "words",
        _qd("document_term_matrix"),
        {"sklearn CountVectorizer": _vectorizer, "gensim doc2bow": _doc2bow},
    ),
    "kwic": ("corpus", _kwic, {"re.finditer": _finditer}),
    "repeated_strings": ("real", _qd("repeated_strings", fragments=True), {"Counter": _counter}),
    "count_wordings": ("texts", _count_wordings, {"str.count": _str_count, "re alternation": _alternation}),
    "keyness": ("words", _keyness, {}),
    "dispersion": ("words", _dispersion, {}),

} | {
    name: ("corpus", _qd(name), {})
    for name in (
        "find_duplicates", "mine_slogans", "find_systems", "find_quotations", "find_persons", "find_organisations", "find_places", "find_metaphors",
        "find_times", "find_quantities",
    )
}  # fmt: skip


if __name__ == "__main__":
    main()
