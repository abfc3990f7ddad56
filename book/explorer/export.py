"""Write the data of the explorer for a folder of texts: its slogans mined, its topics as notebook 03 chose them."""

import sys
from pathlib import Path

import pandas as pd

import qdlib as qd

ROLES = ["lead", "abstract", "body", "quote"]  # running text, as in notebook 03
FEWEST = 20  # paragraphs with words; of fewer there are no topics to speak of


def main(place: str, out: str, grid: str = "", home: str = "") -> None:
    """Write `data.js` into the folder `out`; `grid` is the table of `choose_k` that notebook 03 saved with its figure."""
    corpus = qd.load_corpus(place)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    qd.save_explorer_data(corpus, folder / "data.js", qd.mine_slogans(corpus), topics(corpus, grid), home)
    print(f"{corpus}\nOpen {folder / 'index.html'} (data: {(folder / 'data.js').stat().st_size / 1e6:.1f} MB)")


def topics(corpus: qd.Corpus, grid: str) -> qd.TopicModel | None:
    """The model of notebook 03: its number of topics and its most stable seed, from the table it saved; none without it."""
    paragraphs = corpus.documents("paragraph", roles=ROLES)
    words = qd.content_words(qd.segment(paragraphs["text"]), min_chars=2)
    if not Path(grid).is_file() or sum(map(bool, words)) < FEWEST:
        return None
    tried = pd.read_csv(grid)
    k = qd.pick_k(tried)
    seed = tried[tried["k"] == k].sort_values(["stability", "seed"], ascending=[False, True])["seed"].iloc[0]
    return qd.fit_lda(words, k=k, seed=int(seed), engine="tomotopy", documents=paragraphs)


if __name__ == "__main__":
    main(*sys.argv[1:])
