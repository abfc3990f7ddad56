"""Actors and places: persons where something vouches for them, organisations, places, praise and blame, who is named with what."""

import time
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib import actors, places
from qdlib.actors import (
    find_organisations,
    find_persons,
    name_at,
    name_before,
    organisations_in,
    persons_in,
    role_before,
)
from qdlib.corpus import sentence_spans
from qdlib.places import cross, find_places, gazetteer, judge, places_in, praise_and_blame


@pytest.fixture
def corpus_of(tmp_path):
    """A function that makes a corpus of texts, one file each, paragraphs parted by blank lines."""

    def made(*texts):
        for i, text in enumerate(texts):
            (tmp_path / f"{i}.txt").write_text(f"学校办好家长学堂\n\n{text}\n", "utf-8")
        return qd.load_corpus(tmp_path)

    return made


def names(text):
    return [(person.name, person.role, person.organisation) for person in persons_in(text)]


# -- persons ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("区教育局局长陈小芳出席会议。", [("陈小芳", "局长", "区教育局")]),
        ("村长陈小芳说，桥修好了。", [("陈小芳", "村长", "")]),
        ("云海市教育局党组书记、局长陈小芳说，要多读书。", [("陈小芳", "党组书记、局长", "云海市教育局")]),
        ("副局长刘大为、王一鸣参加。", [("刘大为", "副局长", ""), ("王一鸣", "副局长", "")]),
        ("云海市教育局分管招生工作的副局长鲁明介绍，名额增加。", [("鲁明", "副局长", "云海市教育局")]),
        ("时任云海市教育局局长的陈小芳说，好。", [("陈小芳", "局长", "云海市教育局")]),
        ("周敏（云海中学教师）发言。", [("周敏", "教师", "云海中学")]),
        ("周敏是云海中学教师，今年三十岁。", [("周敏", "教师", "云海中学")]),
        ("赵女士是海风餐饮有限公司经理。", [("赵女士", "经理", "海风餐饮有限公司")]),
        ("王先生和赵女士都来了。", [("王先生", "", ""), ("赵女士", "", "")]),
        ("“阅读达人”不是“领读工匠”陈小芳。", [("陈小芳", "领读工匠", "")]),
        ("英国学者约翰·史密斯到访。", [("约翰·史密斯", "学者", "英国")]),
        ("陈小芳表示，要多读书。", [("陈小芳", "", "")]),
        ("居民孙红也来了。", [("孙红", "居民", "")]),
        ("教练周书和：", [("周书和", "教练", "")]),
    ],
)
def test_a_name_is_found_where_something_vouches_for_it(text, wanted):
    assert names(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "局长高度重视，市民都说好，居民安全感提高。",  # words that begin with a surname
        "本报记者钱多多报道。",
        "男女儿童乐园开放了。",  # 女儿 is no word there
        "解决某些问题，任何人不得例外。",
        "陈小芳走进教室。",  # nothing vouches
        "推进“送书进校园·三进三看”，干部进校园·三听三看。",
        "",
        "局长",
    ],
)
def test_no_person_is_found_where_nothing_vouches_or_a_word_begins_like_a_name(text):
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("鲁明介绍，", "鲁明"),
        ("韩梅所在的", "韩梅"),
        ("高渊当天", "高渊"),
        ("周书和：", "周书和"),
        ("孙大荣积极", "孙大荣"),
        ("欧阳小兰说", "欧阳小兰"),
        ("王明先生", "王明先生"),
        ("王小明先生", "王小明"),
        ("王先生来", "王先生"),
        ("高兴地", ""),
        ("桌子", ""),
    ],
)
def test_a_name_ends_where_the_next_word_begins(text, name):
    assert text[: name_at(text, 0)] == name


def test_the_name_before_a_place_is_the_one_behind_a_role():
    assert name_before("区教育局局长鲁明", 8) == 6
    assert name_before("司马长风", 4) == 0
    assert name_before("提出了要求", 5) == -1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("云海市教育局副局长", ("副局长", "云海市教育局")),
        ("养老服务管家", ("养老服务管家", "")),
        ("海风餐饮有限公司党委副书记、总经理", ("党委副书记、总经理", "海风餐饮有限公司")),
        ("看望了东山村村民", ("村民", "东山村")),
        ("今天下午", ("", "")),
    ],
)
def test_role_and_organisation_are_told_apart(text, wanted):
    assert role_before(text, len(text)) == wanted


def test_a_person_is_found_again_by_name_with_the_role_first_told_and_traced(corpus_of):
    corpus = corpus_of(
        "区教育局局长陈小芳走进校园，来到操场，同大家一起看了孩子们的早操和晨读，直到铃声响起。\n\n孩子们都围住陈小芳，问了许多问题，一直到中午也不肯散去，大家都很高兴。"
    )
    table = find_persons(corpus)
    assert list(table.columns) == actors.PERSON_COLUMNS
    assert table[["name", "role", "organisation"]].values.tolist() == [["陈小芳", "局长", "区教育局"]] * 2
    raw = (corpus.sources["source"].iloc[0], table["start"].tolist(), table["end"].tolist())
    text = "学校办好家长学堂\n\n区教育局局长陈小芳"
    assert raw[1][0] == len(text) - 3 and raw[2][0] == len(text)
    assert table["line"].tolist() == [3, 5]


# -- organisations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("联合市教育局开展活动", ["市教育局"]),
        ("记者从省科技厅获悉", ["省科技厅"]),
        ("云海市人民政府办公室和东海集团有限公司签约", ["云海市人民政府办公室", "东海集团有限公司"]),
        ("云海市委组织部部署工作", ["云海市委组织部"]),
        ("柳溪镇党工委和云海水产合作社签约", ["柳溪镇党工委", "云海水产合作社"]),
        ("刘女士在杭州清河集团上班", ["杭州清河集团"]),
        ("全局上下、打破僵局，全部到位", []),
        ("市教育局局长出席", ["市教育局"]),
        ("公司开业，政府支持", []),
        ("深入参与联合国活动，指导6个街道便民服务中心，加强党组织建设", ["联合国", "街道便民服务中心"]),
        ("局", []),
        ("", []),
    ],
)
def test_organisations_are_found_from_their_place_to_their_head_noun(text, wanted):
    found = organisations_in(text)
    assert [name for _, _, name in found] == wanted
    assert all(text[start:end] == name for start, end, name in found)


# -- places -----------------------------------------------------------------------------------------------------------

OWN = "# made up\n[district]\n南湖区 云海市 南湖\n[town]\n石桥镇 南湖区\n"


@pytest.fixture
def own(tmp_path_factory):
    """A gazetteer of a made-up city."""
    path = tmp_path_factory.mktemp("lists") / "own.txt"
    path.write_text(OWN, "utf-8")
    return path


def test_another_city_s_gazetteer_can_be_put_in_its_place(own):
    found = [place[2:] for place in places_in("南湖、南湖路和石桥镇，城阳区", own)]
    assert found == [("南湖区", "district", "云海市"), ("石桥镇", "town", "南湖区")]


def test_a_town_that_became_a_street_office_is_the_same_place(own):
    assert [place.place for place in places_in("石桥街道", own)] == ["石桥镇"]


def test_the_gazetteer_of_qingdao_has_its_ten_districts_each_town_below_one_of_them():
    forms = gazetteer()
    districts = {name for name, kind, _ in forms.values() if kind == "district"}
    assert len(districts) == 10
    assert {parent for _, kind, parent in forms.values() if kind in ("town", "area")} <= districts
    assert forms["西海岸新区"] == forms["黄岛区"] == ("黄岛区", "district", "青岛市")


def test_towns_and_communities_are_found_by_form_below_the_place_before_them():
    found = [place[2:] for place in places_in("城阳区云岭街道东风社区")]
    assert found == [
        ("城阳区", "district", "青岛市"),
        ("云岭街道", "town", "城阳区"),
        ("东风社区", "community", "云岭街道"),
    ]


@pytest.mark.parametrize(
    "text",
    ["城市南部", "上海市南外滩", "全市北部", "崂山茶飘香", "各街道、老旧社区", "建设美丽乡村", "新型城镇", "发展乡村教育"],
)
def test_what_only_looks_like_a_place_is_none(text):
    assert places_in(text) == []


def test_a_district_keeps_the_character_that_the_city_before_it_ends_in():
    assert [place.place for place in places_in("青岛市市南区，我市市北区，到市南")] == ["青岛市", "市南区", "市北区", "市南区"]


def test_a_district_whose_name_begins_where_its_city_s_ends_is_the_district(tmp_path):
    path = tmp_path / "places.txt"
    path.write_text("[city]\n云州市 河东省 云州\n[district]\n市南区 云州市 市南\n", "utf-8")
    assert [place.place for place in places_in("云州市南区和云州市市南区", path)] == ["市南区", "云州市", "市南区"]
    assert [place.place for place in places_in("云州市南部的山区", path)] == ["云州市"]


def test_a_gazetteer_with_a_line_it_cannot_read_says_which(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text("[district]\n南湖区\n", "utf-8")
    with pytest.raises(ValueError, match="南湖区"):
        gazetteer(path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        gazetteer("nowhere.txt")


# -- praise and blame -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "word", "side", "rule"),
    [
        ("石桥镇没有短板。", "短板", "blame", "negated"),
        ("石桥镇补齐了短板。", "短板", "blame", "remedied"),
        ("石桥镇的欠账已经清零。", "欠账", "blame", "remedied"),
        ("石桥镇短板明显。", "短板", "blame", ""),
        ("石桥镇的短板还没有补齐。", "短板", "blame", ""),
        ("石桥镇有难以克服的短板。", "短板", "blame", ""),
        ("石桥镇至今没有补齐短板。", "短板", "blame", ""),
        ("石桥镇在全市创先进。", "先进", "praise", "aimed at"),
        ("石桥镇被通报。", "通报", "blame", ""),
        ("石桥镇力争率先建成。", "率先", "praise", "aimed at"),
        ("石桥镇率先建成。", "率先", "praise", ""),
        ("石桥镇不是标杆。", "标杆", "praise", "negated"),
        ("要补齐差距，石桥镇排在末位。", "末位", "blame", ""),  # the remedy stands in another clause
    ],
)
def test_negation_remedies_and_aims_are_neither_praise_nor_blame(sentence, word, side, rule):
    start = sentence.index(word)
    assert judge(sentence, side, start, start + len(word)) == rule


def test_praise_and_blame_are_counted_in_sentences_that_name_a_district(corpus_of):
    corpus = corpus_of(
        "崂山区率先建成新校，受到表扬，家长和孩子们都很高兴，学校里一片欢声笑语。城阳区被通报，限期整改，大家议论纷纷，要求马上行动起来。天气排名靠后。"
    )
    table = praise_and_blame(corpus, find_places(corpus))
    assert list(table.columns) == places.JUDGED_COLUMNS
    assert set(zip(table["place"], table["word"], table["side"])) == {
        ("崂山区", "率先", "praise"), ("崂山区", "表扬", "praise"), ("城阳区", "通报", "blame"), ("城阳区", "整改", "blame")
    }  # fmt: skip


def test_a_place_named_twice_in_a_sentence_is_judged_once(corpus_of):
    corpus = corpus_of("城阳区开会，城阳区的学校被通报。城阳区的另一所学校也被通报，大家议论纷纷，要求马上行动起来。")
    table = praise_and_blame(corpus, find_places(corpus))
    assert table["sentence"].str[:8].tolist() == ["城阳区开会，城阳", "城阳区的另一所学"]


def test_the_role_of_a_person_is_that_told_first_also_where_the_name_comes_before_it(corpus_of):
    text = "孙志远说，桥要修好，路也要修好，大家都要来。\n\n镇长孙志远来到新桥。\n\n村民孙志远走了。"
    table = find_persons(corpus_of(text))
    assert table["role"].tolist() == ["镇长", "镇长", "村民"]


@pytest.mark.parametrize("text", ["云州市布局产业", "云州市格局已变", "云州市全部完成", "云州市局部有雨"])
def test_a_word_that_only_ends_like_an_office_is_none(text):
    assert organisations_in(text) == []


def test_a_surname_that_is_more_often_a_word_needs_the_end_of_the_name():
    assert [actors.name_at(text, 0) for text in ("于中修桥", "于中，", "孙中修桥")] == [0, 2, 3]


# -- who is named with what -------------------------------------------------------------------------------------------


def counted_by_hand(documents, one, other):
    """Pairs in the same document, by looking into each."""
    pairs = {}
    for a, b in product(one, other):
        together = sum(a in document and b in document for document in documents)
        if together:
            n_one, n_other = (sum(name in document for document in documents) for name in (a, b))
            pairs[a, b] = (together, n_one, n_other, round(n_one * n_other / len(documents), 9))
    return pairs


@pytest.mark.parametrize("within", places.WITHIN)
def test_counts_of_two_tables_agree_with_a_look_into_every_unit(corpus_of, within):
    texts = [
        "崂山区和市教育局一起来到学校，同老师们座谈，听取大家的意见和建议，并走进了课堂。城阳区也来了人。\n\n市教育局在城阳区开会，研究新学年的各项工作，要求各校做好准备，不留死角。",
        "崂山区今天没有开会，孩子们在操场上玩得很开心，一直到天黑才回家，老师们也都累了。\n\n市科技局在崂山区办展览，来的人很多，排队的队伍一直到了街对面，大家兴致很高。",
    ]
    corpus = corpus_of(*texts)
    one, other = find_places(corpus), find_organisations(corpus)
    found = cross(corpus, one, other, within)
    units = corpus.documents(within)["text"].tolist()
    wanted = counted_by_hand(units, ["崂山区", "城阳区"], ["市教育局", "市科技局"])
    rows = {(r.one, r.other): (r.together, r.n_one, r.n_other, round(r.expected, 9)) for r in found.itertuples()}
    assert rows == wanted


def test_what_cannot_be_crossed_is_said(corpus_of):
    corpus = corpus_of("崂山区今天没有开会。")
    table = find_places(corpus)
    with pytest.raises(ValueError, match="within must be one of"):
        cross(corpus, table, table, "page")
    with pytest.raises(ValueError, match="other lacks start"):
        cross(corpus, table, table.drop(columns="start"))


# -- bad input --------------------------------------------------------------------------------------------------------


def test_a_corpus_without_names_gives_empty_tables_with_the_same_columns(corpus_of):
    corpus = corpus_of("天黑了，下雨了。")
    people, offices, spots = find_persons(corpus), find_organisations(corpus), find_places(corpus)
    assert list(people.columns) == actors.PERSON_COLUMNS and not len(people)
    assert list(offices.columns) == actors.ORGANISATION_COLUMNS and not len(offices)
    assert list(spots.columns) == places.PLACE_COLUMNS and not len(spots)
    assert list(praise_and_blame(corpus, spots).columns) == places.JUDGED_COLUMNS
    assert list(cross(corpus, spots, people).columns) == places.CROSS_COLUMNS


@given(st.text(alphabet="王先生局长市南区委说的，。“”（）·、和1A\ue000😀\ud800镇街道社村", max_size=60))
def test_any_text_gives_spans_in_order_that_hold_what_they_name(text):
    for found in ([p[:3] for p in persons_in(text)], organisations_in(text)):
        assert all(text[start:end] == name for start, end, name in found)
        assert all(a[1] <= b[0] for a, b in zip(found, found[1:]))
    spots = places_in(text)
    assert all(a.end <= b.start for a, b in zip(spots, spots[1:]))


@pytest.mark.parametrize(
    "piece", ["王先生说", "市教育局", "教育局局长", "东风社区", "王小明·", "区", "A.", "委员会办公室"]
)
def test_time_grows_with_length_only(piece):
    def seconds(n):
        text = piece * (n // len(piece))
        start = time.process_time()
        persons_in(text), organisations_in(text), places_in(text)
        return time.process_time() - start

    seconds(1000)
    assert seconds(16000) < 8 * max(seconds(4000), 0.05)


def test_tables_are_the_same_whatever_the_order_of_sets(corpus_of):
    corpus = corpus_of("区教育局局长陈小芳、副局长王一鸣到崂山区、城阳区。")
    pd.testing.assert_frame_equal(find_persons(corpus), find_persons(corpus))


def test_every_character_lies_in_its_own_sentence_also_where_a_paragraph_is_interrupted(corpus):
    units = places._sentence_units(corpus)
    for at in corpus.paragraphs[corpus.paragraphs["spans"].map(len) > 1].itertuples():
        cut = [] if at.role in actors.CREDITS else sentence_spans(at.text)
        for k, sentence in ((k, at.text[i:j].strip()) for i, j in cut for k in range(i, j) if at.text[k].strip()):
            raw = corpus.origin(at.article_id, at.paragraph, k, k + 1)[0]
            assert places._unit_at(units[at.source], raw)[1] == sentence
