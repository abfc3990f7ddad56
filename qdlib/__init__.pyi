from .actors import find_organisations, find_persons
from .alignment import explain_parallel
from .coding import coding_sheet, score_coding
from .concordance import aligned, kwic, sort_lines
from .corpus import Corpus, load_corpus
from .described import codebook
from .diffusion import adoption, first_uses, occurrences, spread, timeline
from .domains import check_claims, compare_domains, metaphor_rates
from .duplicates import find_duplicates
from .explorer import explorer_data, save_explorer_data
from .families import group_families
from .figures import gloss, save_figure, use_house_style
from .formulaic import formulaicity
from .formulas import expand_formulas
from .groups import source_groups
from .interactive import browse, browse_kwic
from .interchange import export_corpus, import_corpus
from .intrusion import score_intrusion, topic_intrusion, word_intrusion
from .measures import (
    agreement,
    association,
    coherence,
    dispersion,
    dispersion_by_chance,
    keyness,
    rate_interval,
    share_interval,
)
from .metaphor import find_metaphors, metaphor_lexicon
from .networks import collocation_network, keyness_by_group
from .places import cross, find_places, praise_and_blame
from .prominence import (
    article_share,
    collocates,
    count_by_place,
    count_by_voice,
    string_keyness,
    wording_dispersion,
)
from .quantities import find_quantities, quantity_density
from .repair import repair
from .selection import against_chance, choose_k, held_out, pick_k, shuffle_words, stable_topics
from .sensitivity import robustness
from .slogans import mine_slogans
from .stored import StoredCorpus, document_terms, open_corpus, term_counts
from .streaming import stream_corpus
from .strings import count_wordings, repeated_strings, token_audit
from .systems import find_systems, register_systems
from .tables import read_table, write_table
from .templates import find_templates, template_of
from .times import find_times
from .topics import TopicModel, fit_lda, load_topics, match_topics, name_topics
from .traced import TracedText
from .variants import containment, describe_change, find_variants
from .voices import find_quotations, voice_shares
from .wordings import find_wordings
from .words import (
    content_words,
    cooccurrences,
    document_term_matrix,
    jieba_frequencies,
    read_lexicon,
    segment,
    tokenizer,
    word_lists,
)
