"""Subjects: who a sentence says acts, by the forms of names; nobody where it names nobody. All names are made up."""

import time

import pytest

from qdlib.subjects import acting, subject


@pytest.mark.parametrize(
    ("sentence", "wording", "actor"),
    [
        ("云溪区城建局把“马上就办”作为要求", "马上就办", ("云溪区城建局", "organisation")),
        ("近日，云溪市行政审批服务局推出新办法，实行“马上就办”", "马上就办", ("云溪市行政审批服务局", "organisation")),
        ("柳河镇始终坚持“项目为先”", "项目为先", ("柳河镇", "place")),
        ("云溪区“双百”中心4日召开会议，部署“马上就办”", "马上就办", ("云溪区“双百”中心", "organisation")),
        ("云溪市市长王小明强调，要“马上就办”", "马上就办", ("云溪市市长王小明", "person")),
        ("省委全会提出，要马上就办", "马上就办", ("省委全会", "meeting")),
        ("“云溪2030行动方案”提出，打造“五大工程”", "五大工程", ("“云溪2030行动方案”", "document")),
        ("中国共产党领导人民，马上就办", "马上就办", ("中国共产党", "organisation")),
        ("以“马上就办”为主题，云溪市科技局开展活动", "马上就办", ("云溪市科技局", "organisation")),
        ("云溪市科技局：马上就办不过夜", "马上就办", ("云溪市科技局", "organisation")),
        ("（3）云溪区城建局坚持马上就办", "马上就办", ("云溪区城建局", "organisation")),
        ("柳河区、云溪区分别提出“马上就办”", "马上就办", ("柳河区、云溪区", "place")),
    ],
)
def test_the_one_who_acts(sentence, wording, actor):
    assert acting(sentence, sentence.index(wording)) == actor


@pytest.mark.parametrize(
    ("sentence", "wording"),
    [
        ("机关干部坚持马上就办", "马上就办"),  # no organisation, though the word ends like one
        ("在云溪区，马上就办成了习惯", "马上就办"),  # where, not who
        ("云溪区的干部马上就办", "马上就办"),  # theirs, not they
        ("会议强调马上就办", "马上就办"),  # which meeting, the sentence does not say
        ("云溪市科技局推出新办法；马上就办成了习惯", "马上就办"),  # another part of the sentence
        ("指导沿河村组开展马上就办", "马上就办"),  # a verb, though offices are called by it
        ("新技术所带来的马上就办", "马上就办"),
        ("马上就办的云溪区上线新平台", "马上就办"),  # behind it
        ("马上就办", "马上就办"),
        ("“”", "”"),
        ("😀\ue000马上就办", "马上就办"),
    ],
)
def test_nobody_where_nobody_is_named(sentence, wording):
    assert acting(sentence, sentence.index(wording)) == ("", "")


def test_the_longest_name_before_the_predicate_is_taken():
    assert subject("云溪市政府办公室督查室推进工作")[0] != "云溪市政府"
    assert subject("云溪区城建局推进工作") == ("云溪区城建局", "organisation")


def test_a_clause_without_end_costs_no_more_than_its_head():
    begun = time.process_time()
    assert acting("云溪区推进" + "好" * 10_000 + "马上就办", 10_005) == ("云溪区", "place")
    assert time.process_time() - begun < 8  # a dictionary may have to be loaded first


def test_a_word_that_only_ends_like_an_office_does_not_act():
    assert acting("骗局推进清理", 2) == ("", "") and acting("教育局推进清理", 3) == ("教育局", "organisation")
