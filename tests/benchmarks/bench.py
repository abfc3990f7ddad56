"""Every stage beside its peers on the same text in the same run, at two sizes: `make bench`.

    python tests/benchmarks/bench.py                       # all stages, then the scores against annotations and labels
    python tests/benchmarks/bench.py kwic load_corpus      # these stages only
    python tests/benchmarks/bench.py --against results/bench-2026-01-31-2cpu-16gb-x86_64.csv

Each figure is the median of several runs, each run a process of its own that reads its input, does the stage once on a few
texts, so that dictionaries are loaded, and then once on all. `s` are seconds of the processor, children's included; `growth` is
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
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from measured import against, cost, fresh, keep, markdown, medians, versions

import qdlib as qd

TIMES = 8
PARTS = 20  # of a corpus, for dispersion
SEARCHES = [("城市", False), ("的", False), ("，", False), ("[一二三]个[^，。]{2}", True)]
# Functions of a corpus alone, which have no peer.
TABLES = (
    "find_duplicates", "mine_slogans", "find_systems", "find_quotations", "find_persons", "find_organisations", "find_places",
    "find_metaphors", "find_times", "find_quantities",
)  # fmt: skip
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
        for place, size in ((few, megabytes / 4), (small, megabytes), (large, TIMES * megabytes)):
            fresh(__file__, "--step", "prepare", size, place)

        def used(stage: str, who: str, place: Path) -> dict:
            return medians([fresh(__file__, "--step", "run", stage, who, place, few)[0] for _ in range(runs)])

        rows = []
        for stage in stages:
            print(stage, file=sys.stderr)
            less, ours = used(stage, "qdlib", small), used(stage, "qdlib", large)
            for peer in [peer for peer in STAGES[stage][2] if peer != "ftfy" or find_spec("ftfy")] or [""]:
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
    """Write every kind of input of one size, each with its megabytes."""
    import repairs
    import texts

    size, folder = float(megabytes), Path(place)
    documents = texts.shuffled(size)
    pages = ["".join(documents[i : i + 10]) for i in range(0, max(1, len(documents) // 50), 10)]
    (folder / "files").mkdir(parents=True)
    for number, text in enumerate(documents):
        (folder / "files" / f"n{number:06}.txt").write_text(text, "utf-8")
    inputs = {"files": folder / "files", "texts": documents, "real": texts.real(size)}
    inputs["damaged"] = [repairs.damage(page, share=0.5, seed=seed) for seed, page in enumerate(pages)]
    inputs["tokens"] = qd.segment(documents)
    inputs["words"] = qd.content_words(inputs["tokens"])
    inputs["corpus"] = qd.load_corpus(folder / "files")
    for name, value in inputs.items():
        mb = texts.n_bytes(value if name in ("real", "damaged") else documents) / 1e6
        (folder / f"{name}.pickle").write_bytes(pickle.dumps((mb, value)))


def run(stage: str, who: str, place: str, few: str) -> None:
    """Do a stage once on the few texts and once on all, and print what that used."""
    kind, ours, peers = STAGES[stage]
    work = ours if who == "qdlib" else peers[who]
    work(given(few, kind)[1])
    if who == "qdlib" and kind == "files":  # tables that only some damage asks for
        list(map(qd.repair, given(few, "damaged")[1]))
    megabytes, value = given(place, kind)
    print(json.dumps(cost(lambda: work(value))[0] | {"MB": megabytes}))


def given(place: str, kind: str) -> tuple[float, object]:
    """The megabytes of an input, and the input."""
    return pickle.loads(Path(place, f"{kind}.pickle").read_bytes())


STEPS = {"prepare": prepare, "run": run}


# -- stages and peers: nothing heavy is imported before it is used ----------------------------------------------------


def opened(folder: Path) -> list[str]:
    """The texts of a folder."""
    return [path.read_text("utf-8") for path in sorted(folder.iterdir())]


def read_and_repair(folder: Path) -> list:
    from qdlib.readers import read_sources

    return [qd.repair(source.text) for source in read_sources(folder)]


def opencc(folder: Path) -> list[str]:
    from opencc import OpenCC

    return list(map(OpenCC("t2s").convert, opened(folder)))


def ftfy(folder: Path) -> list[str]:
    from ftfy import fix_text

    return list(map(fix_text, opened(folder)))


def jieba(texts: list[str]) -> list[list[str]]:
    from jieba import lcut

    return list(map(lcut, texts))


def filtered(tokens: list[list[str]]) -> list[list[str]]:
    stop = set(qd.read_lexicon("stopwords"))
    return [[token for token in document if token.isalpha() and token not in stop] for document in tokens]


def vectorizer(words: list[list[str]]):
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(analyzer=str.split).fit_transform(map(" ".join, words))


def doc2bow(words: list[list[str]]) -> list:
    from gensim.corpora import Dictionary

    dictionary = Dictionary(words)
    return [dictionary.doc2bow(document) for document in words]


def kwic(corpus) -> list:
    return [qd.kwic(corpus, pattern, regex=regex) for pattern, regex in SEARCHES]


def finditer(corpus) -> list:
    joined = "\n".join(corpus.paragraphs["text"])
    return [list(re.finditer(pattern, joined)) for pattern, _ in SEARCHES]


def counter(texts: list[str]):
    import strings

    return strings.plain(texts)


def wordings() -> list[str]:
    """Wordings to count."""
    return qd.read_lexicon("official")[:500]


def str_count(texts: list[str]) -> list[int]:
    return [sum(text.count(wording) for text in texts) for wording in wordings()]


def alternation(texts: list[str]) -> Counter:
    pattern = re.compile("|".join(map(re.escape, sorted(wordings(), key=len, reverse=True))))
    return Counter(found for text in texts for found in pattern.findall(text))


def counts(words: list[list[str]], parts: int) -> list[Counter]:
    """Counts of terms in parts of a corpus."""
    return [Counter(word for document in words[part::parts] for word in document) for part in range(parts)]


def dispersion(words: list[list[str]]):
    from pandas import DataFrame

    table = DataFrame(counts(words, PARTS)).fillna(0)
    return qd.dispersion(table, table.sum(axis=1))


# Name: kind of input, ours, peers by name.
STAGES = {
    "read and repair": ("files", read_and_repair, {"OpenCC t2s": opencc, "ftfy": ftfy}),
    "repair of damaged pages": ("damaged", lambda texts: list(map(qd.repair, texts)), {}),
    "load_corpus": (
        "files",
        lambda folder: qd.load_corpus(folder),
        {"jieba.lcut": lambda folder: jieba(opened(folder))},
    ),
    "segment": ("texts", lambda texts: qd.segment(texts), {"jieba.lcut": jieba}),
    "content_words": ("tokens", lambda tokens: qd.content_words(tokens), {"list comprehension": filtered}),
    "document_term_matrix": (
        "words",
        lambda words: qd.document_term_matrix(words),
        {"sklearn CountVectorizer": vectorizer, "gensim doc2bow": doc2bow},
    ),
    "kwic": ("corpus", kwic, {"re.finditer": finditer}),
    "repeated_strings": ("real", lambda texts: qd.repeated_strings(texts, fragments=True), {"Counter": counter}),
    "count_wordings": (
        "texts",
        lambda texts: qd.count_wordings(texts, wordings()),
        {"str.count": str_count, "re alternation": alternation},
    ),
    "keyness": ("words", lambda words: qd.keyness(*counts(words, 2)), {}),
    "dispersion": ("words", dispersion, {}),
} | {name: ("corpus", lambda corpus, name=name: getattr(qd, name)(corpus), {}) for name in TABLES}


if __name__ == "__main__":
    main()
