"""The whole way from files to topics and repeated strings: the usual stack beside ours, each in a process of its own.

    python tests/benchmarks/pipeline.py 10            # megabytes; 50 is the size that is quoted
    python tests/benchmarks/pipeline.py 10 --jsonl    # one table of texts instead of a folder of files

Both read the same documents of about 1.5 kB, cut at ends of sentences out of the texts of BENCH_CORPUS and BENCH_LABELLED and
put in random order. Beyond the size of these (about 9 MB of ../shared/corpora) further documents are chained word by word, see
`texts`: 90 strings of 2 to 12 characters a kB repeat in the real 9 MB, 75 in 9 MB chained, 90 in both together, so made text
makes counting neither harder nor easier. Words and least counts are the same for both ways; `perplexity` is that of half of
the words of documents held out, given the other half.

The usual stack is what a competent user writes: files opened one by one, jieba, a set of stop words, gensim, and counters one
length at a time, which hold less memory than all lengths at once. Ours also repairs the texts, finds their articles and
keeps the account of every character, on disk and with two processes (`stream_corpus`); `s` are seconds of the processor of
both, `wall` those of the clock, and the memory of the two counts twice that of the larger.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from measured import against, cost, fresh, keep, markdown, usage, versions

ROOT = Path(__file__).resolve().parents[2]
K = 20
PASSES = 10  # of gensim over the documents
SWEEPS = 30  # of Gibbs sampling over them; enough for a better perplexity than gensim's
LEAST = 5  # documents with a term
LENGTHS = range(2, 13)  # characters of a repeated string
BATCH = 500_000  # characters of a part
PROCESSES = 2  # of ours while it reads
PIECE = re.compile("[^。！？!?；;…\r\n]+")


def main() -> None:
    """Make the documents, run both ways, print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("megabytes", type=float, nargs="?", default=10)
    parser.add_argument("--jsonl", action="store_true", help="the documents are the rows of one file")
    parser.add_argument("--against", help="an earlier result, to print the change")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        STEPS[asked.step[0]](*asked.step[1:])
        return
    kind = "jsonl" if asked.jsonl else "files"
    rows = [{"MB": asked.megabytes, "kind": kind} | row for row in both(asked.megabytes, kind)]
    print(f"Documents of {asked.megabytes:g} MB as {kind}; seconds of the processor, peak so far.\n")
    print(markdown(beside(rows)))
    print(f"\nKept as {keep([row | {'versions': versions()} for row in rows], 'pipeline').name}")
    if asked.against:
        print(markdown(against(rows, asked.against, ("MB", "kind", "way", "stage"))))


def both(megabytes: float, kind: str) -> list[dict]:
    """The stages of both ways, and how well their topics fit."""
    with tempfile.TemporaryDirectory() as folder:
        fresh(__file__, "--step", "make", megabytes, kind, folder)
        rows = []
        for way in ("usual", "ours"):
            stages = fresh(__file__, "--step", way, folder)
            rows += [{"way": way} | row for row in [*stages, total(stages)]]
        for row, fit in zip([row for row in rows if row["stage"] == "LDA"], fresh(__file__, "--step", "judge", folder)):
            row["found"] = fit["perplexity"]
        return rows


def total(stages: list[dict]) -> dict:
    """All stages together."""
    sums = {name: sum(row[name] for row in stages) for name in ("seconds", "wall")}
    return {"stage": "all", **sums, "peak_MB": max(row["peak_MB"] for row in stages), "found": None}


def beside(rows: list[dict]) -> list[dict]:
    """Both ways in one row a stage."""
    table = []
    for usual, ours in zip(*([row for row in rows if row["way"] == way] for way in ("usual", "ours"))):
        row = {"stage": ours["stage"]}
        for name, of in (("usual", usual), ("ours", ours)):
            row |= {f"{name} s": of["seconds"], f"{name} wall": of["wall"], f"{name} MB": of["peak_MB"]}
        row |= {f"times as fast, {name}": usual[of] / ours[of] for name, of in (("s", "seconds"), ("wall", "wall"))}
        row["memory"] = ours["peak_MB"] / usual["peak_MB"]
        table.append(row | {"usual found": usual["found"], "ours found": ours["found"]})
    return table


# -- what runs in processes of its own --------------------------------------------------------------------------------


def stage(name: str, work, count=len, children: int = 0):
    """Do a stage and print what it used and how much it found."""
    used, result = cost(work, children)
    print(json.dumps({"stage": name} | used | {"found": count(result)}), flush=True)
    return result


def start(imports) -> None:
    """Print what the process has used so far, imports included."""
    cost_of_imports, _ = cost(imports)
    print(json.dumps({"stage": "start"} | cost_of_imports | {"seconds": usage()["seconds"], "found": None}), flush=True)


def make(megabytes: str, kind: str, folder: str) -> None:
    """Write the documents, and a twentieth as many more that nobody reads before the judge."""
    import texts

    documents = texts.real(1.05 * float(megabytes))
    n = round(len(documents) / 1.05)
    place = Path(folder, "documents")
    place.mkdir()
    if kind == "jsonl":
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in documents[:n])
        (place / "texts.jsonl").write_text("\n".join(lines), "utf-8")
    else:
        for number, text in enumerate(documents[:n]):
            (place / f"n{number:06}.txt").write_text(text, "utf-8")
    Path(folder, "held_out.json").write_text(json.dumps(documents[n:]), "utf-8")


def usual(folder: str) -> None:
    """The usual stack."""
    start(lambda: __import__("jieba") and __import__("gensim.models"))
    import jieba
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

    texts = stage("read", lambda: opened(Path(folder, "documents")))
    stop = {line.split("#")[0].strip() for line in (ROOT / "qdlib/lexicons/stopwords.txt").open(encoding="utf-8")}
    tokens = stage("segment", lambda: [jieba.lcut(text) for text in texts])
    words = stage(
        "content words", lambda: [[w for w in t if len(w) > 1 and w.isalpha() and w not in stop] for t in tokens]
    )
    dictionary, bags = stage("count", lambda: counted(words, Dictionary()), lambda found: len(found[0]))
    settings = {"num_topics": K, "passes": PASSES, "random_state": 0}
    model = stage("LDA", lambda: LdaModel(bags, id2word=dictionary, **settings), lambda model: None)
    stage("repeated strings", lambda: strings(texts))
    save(Path(folder, "usual.npz"), [dictionary[i] for i in range(len(dictionary))], model.get_topics())


def opened(place: Path) -> list[str]:
    """The texts of a folder of files, or of one JSON lines file."""
    texts = []
    for path in sorted(place.iterdir()):
        with path.open(encoding="utf-8") as file:
            texts += [json.loads(line)["text"] for line in file] if path.suffix == ".jsonl" else [file.read()]
    return texts


def counted(words: list[list[str]], dictionary):
    """gensim's dictionary and bags of words."""
    dictionary.add_documents(words)
    dictionary.filter_extremes(no_below=LEAST, no_above=1.0, keep_n=None)
    return dictionary, [dictionary.doc2bow(document) for document in words]


def strings(texts: list[str]) -> list[tuple[str, int, float, float]]:
    """Strings that occur at least 3 times with the entropies of their neighbours."""
    pieces, rows = [piece for text in texts for piece in PIECE.findall(text)], []
    for n in LENGTHS:
        counts = Counter(piece[i : i + n] for piece in pieces for i in range(len(piece) - n + 1))
        counts = {string: count for string, count in counts.items() if count >= 3}
        left, right = defaultdict(Counter), defaultdict(Counter)
        for number, piece in enumerate(pieces):
            for i in range(len(piece) - n + 1):
                string = piece[i : i + n]
                if string in counts:
                    left[string][piece[i - 1] if i else number] += 1
                    right[string][piece[i + n] if i + n < len(piece) else number] += 1
        rows += [(string, count, entropy(left[string]), entropy(right[string])) for string, count in counts.items()]
    return rows


def entropy(counts: Counter) -> float:
    """Entropy of counts in bits."""
    total = counts.total()
    return math.log2(total) - sum(n * math.log2(n) for n in counts.values()) / total


def ours(folder: str) -> None:
    """The same with qdlib."""
    start(lambda: __import__("qdlib"))
    import qdlib as qd

    place, out = Path(folder, "documents"), Path(folder, "corpus")
    settings = {"batch_chars": BATCH, "processes": PROCESSES}
    stored = stage("read", lambda: qd.stream_corpus(place, out, **settings), lambda _: None, PROCESSES)
    tokens = stage("segment", lambda: list(stored.tokens()))  # done with the reading: here they are only fetched
    words = stage("content words", lambda: qd.content_words(tokens, min_chars=2))
    stage("count", lambda: qd.document_term_matrix(words, min_documents=LEAST), lambda table: table.shape[1])
    settings = {"engine": "tomotopy", "iterations": SWEEPS, "min_documents": LEAST}
    model = stage("LDA", lambda: qd.fit_lda(words, K, **settings), lambda model: None)
    tokens.clear(), words.clear()
    texts = stored.documents()["text"]
    stage("repeated strings", lambda: qd.repeated_strings(texts, max_chars=max(LENGTHS), fragments=True))
    save(Path(folder, "ours.npz"), list(model.topic_terms.columns), model.topic_terms.to_numpy())


def save(path: Path, terms: list[str], topics) -> None:
    """Keep the topics for the judge."""
    import numpy as np

    np.savez(path, terms=np.array(terms), topics=topics)


def judge(folder: str) -> None:
    """Print the perplexity of both models, on the terms that both know."""
    import numpy as np

    import qdlib as qd

    documents = json.loads(Path(folder, "held_out.json").read_text("utf-8"))
    words = qd.content_words(qd.segment(documents), min_chars=2)
    models = [dict(np.load(Path(folder, f"{way}.npz"))) for way in ("usual", "ours")]
    known = sorted(set(models[0]["terms"].tolist()) & set(models[1]["terms"].tolist()))
    number, rng = {term: i for i, term in enumerate(known)}, np.random.default_rng(0)
    numbers = [rng.permutation([number[w] for w in document if w in number]).astype(int) for document in words]
    for model in models:
        place = {term: i for i, term in enumerate(model["terms"].tolist())}
        topics = model["topics"][:, [place[term] for term in known]]
        scores = [foreseen(topics / topics.sum(axis=1, keepdims=True), own) for own in numbers if len(own) > 1]
        print(json.dumps({"perplexity": float(np.exp(-np.concatenate(scores).mean()))}))


def foreseen(topics, words, alpha: float = 0.1, rounds: int = 50):
    """Log probabilities of every other word, with the document's topics found from the rest by expectation maximisation."""
    import numpy as np

    given, theta = topics[:, words[::2]], np.full(len(topics), 1 / len(topics))
    for _ in range(rounds):
        shares = theta[:, None] * given
        theta = alpha + (shares / shares.sum(axis=0)).sum(axis=1)
        theta /= theta.sum()
    return np.log(theta @ topics[:, words[1::2]])


STEPS = {"make": make, "usual": usual, "ours": ours, "judge": judge}


if __name__ == "__main__":
    main()
