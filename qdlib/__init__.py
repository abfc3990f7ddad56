"""Helpers of a reproducible study of Chinese official discourse."""

from qdlib.concordance import aligned, kwic
from qdlib.corpus import Corpus, load_corpus
from qdlib.duplicates import find_duplicates
from qdlib.families import group_families
from qdlib.formulas import expand_formulas
from qdlib.intrusion import score_intrusion, topic_intrusion, word_intrusion
from qdlib.measures import agreement, association, coherence, dispersion, dispersion_by_chance, keyness, share_interval
from qdlib.parallelism import explain_parallel
from qdlib.repair import repair
from qdlib.robustness import robustness
from qdlib.selection import against_chance, choose_k, held_out, pick_k, shuffle_words, stable_topics
from qdlib.slogans import mine_slogans
from qdlib.strings import count_wordings, repeated_strings, token_audit
from qdlib.topics import TopicModel, fit_lda, load_topics, match_topics, name_topics
from qdlib.traced import TracedText
from qdlib.words import content_words, cooccurrences, document_term_matrix, read_lexicon, segment, tokenizer

__version__ = "0.1.0"


def __getattr__(name: str):
    """Load the figures' functions, and matplotlib with them, only when they are used."""
    if name in ("save_figure", "use_house_style", "gloss"):
        from qdlib import figures

        return getattr(figures, name)
    raise AttributeError(f"module 'qdlib' has no attribute {name!r}")
