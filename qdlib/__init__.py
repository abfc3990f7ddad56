"""Helpers of a reproducible study of Chinese official discourse."""

from qdlib.actors import find_organisations, find_persons
from qdlib.alignment import explain_parallel
from qdlib.coding import coding_sheet, score_coding
from qdlib.concordance import aligned, kwic, sort_lines
from qdlib.corpus import Corpus, load_corpus
from qdlib.diffusion import adoption, first_uses, occurrences, spread, timeline
from qdlib.domains import check_claims, compare_domains, metaphor_rates
from qdlib.duplicates import find_duplicates
from qdlib.families import group_families
from qdlib.formulaicity import formulaicity
from qdlib.formulas import expand_formulas
from qdlib.intrusion import score_intrusion, topic_intrusion, word_intrusion
from qdlib.measures import (
    agreement,
    association,
    coherence,
    dispersion,
    dispersion_by_chance,
    keyness,
    rate_interval,
    share_interval,
)
from qdlib.metaphor import find_metaphors, metaphor_lexicon
from qdlib.networks import collocation_network, keyness_by_group
from qdlib.places import cross, find_places, praise_and_blame
from qdlib.prominence import (
    article_share,
    collocates,
    count_by_place,
    count_by_voice,
    string_keyness,
    wording_dispersion,
)
from qdlib.quantities import find_quantities, quantity_density
from qdlib.repair import repair
from qdlib.robustness import robustness
from qdlib.selection import against_chance, choose_k, held_out, pick_k, shuffle_words, stable_topics
from qdlib.slogans import mine_slogans
from qdlib.strings import count_wordings, repeated_strings, token_audit
from qdlib.systems import find_systems, register_systems
from qdlib.templates import find_templates, template_of
from qdlib.times import find_times
from qdlib.topics import TopicModel, fit_lda, load_topics, match_topics, name_topics
from qdlib.traced import TracedText
from qdlib.variants import containment, describe_change, find_variants
from qdlib.voices import find_quotations, voice_shares
from qdlib.wordings import find_wordings
from qdlib.words import (
    content_words,
    cooccurrences,
    document_term_matrix,
    jieba_frequencies,
    read_lexicon,
    segment,
    tokenizer,
)

__version__ = "0.1.0"


def __getattr__(name: str):
    """Load the figures' functions, and matplotlib with them, only when they are used."""
    if name in ("save_figure", "use_house_style", "gloss"):
        from qdlib import figures

        return getattr(figures, name)
    raise AttributeError(f"module 'qdlib' has no attribute {name!r}")
