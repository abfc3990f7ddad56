"""Pages against the hand annotation: every paragraph whole, in its article, in order; nothing of the furniture let in."""

import re
from types import SimpleNamespace

import pytest
from conftest import cases, gold
from hypothesis import given
from hypothesis import strategies as st

from qdlib.lines import classify, read_lines
from qdlib.pages import _edits, _Paragraph, _text_of, split_page
from qdlib.repair import repair, replay
from qdlib.traced import TracedText

_NARROW = str.maketrans("，：；？！（）％", ",:;?!()%")
HEAD_ROLES = ("headline", "subtitle", "byline", "dateline", "title")


def plain(text):
    """Width and white space set aside, as the annotation asks."""
    return re.sub(r"\s", "", text.translate(_NARROW))


@pytest.fixture(scope="module")
def found(corpus):
    """Per source: articles in order, each its metadata and its paragraphs without the head."""
    tables = {}
    for article in corpus.articles.to_dict("records"):
        rows = corpus.paragraphs[corpus.paragraphs["article_id"] == article["article_id"]]
        rows = rows[~rows["role"].isin(HEAD_ROLES)]
        article["paragraphs"] = list(zip(rows["role"], map(plain, rows["text"])))
        tables.setdefault(article["source"], []).append(article)
    return tables


SOURCES = sorted({article["source"] for article in gold("articles")})


@pytest.mark.parametrize("source", SOURCES)
def test_paragraphs_are_exact_and_in_order(found, source):
    wanted = [
        [(p["role"], plain(p["text"])) for p in a["paragraphs"]] for a in gold("articles") if a["source"] == source
    ]
    assert sorted(a["paragraphs"] for a in found[source]) == sorted(wanted)


@pytest.mark.parametrize("source", SOURCES)
def test_headline_byline_date_and_genre_are_those_of_the_annotation(found, source):
    def about(article):
        fields = ("headline", "subtitle", "byline", "date", "genre")
        outlet = article["outlet"] if isinstance(article["outlet"], str) else article["outlet"]["name"]
        return [plain(article[name] or "") for name in fields] + [outlet]

    wanted = [about(a) for a in gold("articles") if a["source"] == source]
    assert sorted(map(about, found[source])) == sorted(wanted)


@pytest.mark.parametrize("source", SOURCES)
def test_no_furniture_is_let_in_and_no_article_thrown_out(corpus, source):
    texts = plain("\n".join(corpus.paragraphs.loc[corpus.paragraphs["source"] == source, "text"]))
    ledger = corpus.ledger[(corpus.ledger["source"] == source) & corpus.ledger["rule"].str.contains("furniture")]
    for item in gold("furniture")[source]:
        for line in item["text"].split("\n"):
            if len(line) > 3:
                assert plain(line) not in texts, f"{item['kind']} {line!r} is in an article"
    assert len(ledger) > 0


def test_every_paragraph_has_its_true_first_line(corpus):
    wanted = {(a["source"], plain(p["text"])): p["lines"][0] for a in gold("articles") for p in a["paragraphs"]}
    got = {(r.source, plain(r.text)): r.line for r in corpus.paragraphs.itertuples()}
    assert {key: got.get(key) for key in wanted} == wanted


def page(*lines):
    """A page of these lines, split."""
    return split_page(TracedText.of("\n\n".join(lines)))


BODY = "各级各部门要认真贯彻落实会议精神，把思想和行动统一到决策部署上来，确保各项任务落到实处。"


def test_a_word_across_the_joint_brings_a_cut_paragraph_together():
    cut = page(
        "某市召开城市更新推进会",
        "本报记者 王小明",
        BODY,
        "今年以来，全市新增绿地面积达到三百万平",
        BODY,
        "方米，市民出行更加便利，环境明显改善。",
    )
    assert [text.text for role, text in cut.articles[0].paragraphs if role == "body"] == [
        BODY, "今年以来，全市新增绿地面积达到三百万平方米，市民出行更加便利，环境明显改善。", BODY,
    ]  # fmt: skip


def test_a_caption_is_a_piece_of_its_own_that_hangs_on_its_article():
    articles = page("某市召开城市更新推进会", "本报记者 王小明", BODY, "■推进会现场。李小红 摄", BODY).articles
    assert [(a.genre, a.part_of, a.byline) for a in articles] == [
        ("news", None, "本报记者 王小明"),
        ("caption", 0, "李小红 摄"),
    ]


def test_a_passage_below_another_articles_rest_goes_back_to_the_article_it_is_about():
    found = page(
        "渔港码头修葺一新", "本报记者 王小明", "渔港码头的渔船陆续归航，渔民们忙着卸下满舱的鱼虾。",
        "渔港码头扩建以后，渔船靠泊不再排队，渔民们把鱼虾运往各地市",
        "图书馆夜间开放", "本报记者 李小红", "图书馆延长夜间开放时间，读者下班后也能借阅书籍。",
        "图书馆还在阅览室增设了座椅，读者借阅书",
        "场，收入比去年增加三成。",
        "籍更加方便。",
        "渔船归航的时候，码头上的渔民笑着说，满舱的鱼虾就是好日子。",
    ).articles  # fmt: skip
    assert [[text.text[-6:] for role, text in article.paragraphs if role in ("lead", "body")] for article in found] == [
        ["满舱的鱼虾。", "年增加三成。", "就是好日子。"],
        ["能借阅书籍。", "籍更加方便。"],
    ]


@pytest.mark.parametrize(
    "head",
    [["本版新闻", "甲区建成湿地公园", "乙区修好一座老桥", "丙区办起农民夜校", "乙区修好一座老桥"], ["放大缩小默认", "乙区修好一座老桥"],
     ["新闻中心 政务公开 办事服务 互动交流 走进乙区", "乙区修好一座老桥"], ["A02 要闻", "乙区修好一座老桥"]],
)  # fmt: skip
def test_contents_toolbars_and_menus_above_the_headline_are_no_part_of_it(head):
    article = page(*head, "本报记者 王小明", BODY).articles[0]
    assert [(role, text.text) for role, text in article.paragraphs][:2] == [
        ("headline", "乙区修好一座老桥"),
        ("byline", "本报记者 王小明"),
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("首页 > 新闻 > 地方", "navigation"), ("打开APP查看更多精彩内容", "navigation"), ("（下转第三版）", "navigation"), ("相关阅读", "recommendation"),
        ("（责编：王小明、李小红）", "credit"), ("责任编辑：王小明", "credit"), ("版权声明：未经授权不得转载。", "copyright"),
        ("分享到： 微信 微博", "share"), ("阅读 （1234）", "counter"), ("来源：某某网", "dateline"), ("2022年7月19日 08:19 某某日报", "dateline"),
        ("□本报记者 王小明 通讯员 李小红", "byline"), ("新华社北京7月1日电 （记者王小明）全国会议今天召开，会议总结了工作，部署了任务。", "dispatch"),
        ("市发展改革委主任王小明：", "speaker"), ("记者手记", "label"), ("核心阅读", "abstract"), ("甲县| 乙县| 丙县| 丁县| 戊县| 己县| 庚县| 辛县|", "spam"),
        (BODY, "body"), ("抓项目促发展 优环境惠民生", "heading"), ("一、2021年工作回顾", "heading"),
    ],
)  # fmt: skip
def test_a_line_is_told_by_its_form(line, kind):
    lines, _ = classify(read_lines(line))
    assert [found.kind for found in lines] == [kind]


def test_a_wrapped_line_that_begins_with_a_date_and_opens_a_quotation_is_no_dateline():
    lines, _ = classify(read_lines("1941年7月7日某委员会发表的《宣言》明确地说:“目前的形势"))
    assert [line.kind for line in lines] != ["dateline"]


@pytest.mark.parametrize("line", ["[2] Е.Б.Мякинченко, Методология управления", "Ουδέν κακόν αμιγές", "이것은 시험이다"])
def test_a_line_in_another_script_is_no_ornament(line):
    kinds = [found.kind for found in classify(read_lines(f"{line}\n① * ~ ※"))[0]]
    assert kinds[0] != "ornament" == kinds[1]


def test_a_headline_as_long_as_a_wrapped_line_does_not_take_the_dispatch_below_it():
    wrapped = ["据当地报纸今天报道反对派武装的人员已经逼近到距离首", "都二十五公里的地方而政府军正从各地赶来增援守卫机场", "和港口外交人士说双方在首都附近和机场一带活动人数尚", "不清楚有关方面正在试图说服他们同政府举行谈判以结束", "持续了数月的战斗并避免更多伤亡。"]  # fmt: skip
    text = "\n".join(["           某国反政府武装逼近首都百姓撤离", "新华社某地5月17日电（记者王小明）反对派组织的武装人", *wrapped])
    assert split_page(TracedText.of(text)).articles[0].headline == "某国反政府武装逼近首都百姓撤离"


def test_a_headline_is_not_cut_within_brackets():
    assert page("【 文献号 】1-759", BODY).articles[0].headline == "【 文献号 】1-759"


def test_a_betting_suffix_and_a_counter_are_cut_out_of_their_lines():
    result = page(
        "某市扎实推进作风建设常态化长效化-某某博彩官方旗舰厅", "2022-12-31 08:19 某某日报阅读 （31357）", BODY
    )
    assert result.articles[0].headline == "某市扎实推进作风建设常态化长效化"
    ledger = result.account.ledger()
    assert ledger.loc[ledger["rule"].str.startswith("furniture"), "before"].tolist() == [
        "-某某博彩官方旗舰厅",
        "阅读 （31357）",
    ]


@pytest.mark.parametrize(
    ("lines", "date", "basis"),
    [
        (["某市召开会议", "2022年7月19日 08:19 某某日报", BODY], "2022-07-19", "explicit"),
        (
            ["某市召开会议", "本报记者 王小明", "本报12月31日讯 今天，2022年全市工作会议召开。" + BODY],
            "2023-01-01",
            "inferred",
        ),
        (
            ["某市召开会议", "本报记者 王小明", "岁末年初，自去年12月起，全市学习党的二十大精神。" + BODY],
            "2023-01",
            "inferred",
        ),
        (["某市召开会议", "本报12月31日讯 今天，某市谈到1947年开始执行的协议。" + BODY], "", ""),
        (["某市召开会议", "本报记者 王小明", BODY], "", ""),
    ],
)
def test_a_date_is_given_as_precisely_as_the_page_proves_it(lines, date, basis):
    article = page(*lines).articles[0]
    assert article.date == date and article.date_basis.split(":")[0] == basis


@given(
    st.lists(
        st.sampled_from(
            [BODY, "短句", "（责编：王小明）", "■图。李小红 摄", "", "王", "市长王小明：", "　　", "a b", "😀", "1"]
        ),
        max_size=12,
    )
)
def test_every_character_is_in_a_paragraph_or_dropped_by_a_rule(lines):
    text = "\n".join(lines)
    result = split_page(TracedText.of(text))
    ledger = result.account.ledger()
    assert "".join(ledger["before"]) == text
    kept = sorted(span for a in result.articles for _, t in a.paragraphs for span in t.spans())
    assert sum(end - start for start, end in kept) == sum(
        p.end - p.start for p in result.account.pieces if p.action != "removed"
    )
    dropped = ledger[ledger["action"] == "removed"]
    assert dropped["rule"].str.match("layout|furniture").all()
    assert (dropped.loc[dropped["rule"] == "layout", "before"].str.strip() == "").all()


@pytest.mark.parametrize("text", ["", " \n ", "一", "没有标点的一行文字" * 5000, "\n".join(["行"] * 2000)])
def test_odd_pages_are_split_without_fuss(text):
    assert "".join(split_page(TracedText.of(text)).account.ledger()["before"]) == text


@pytest.mark.parametrize(
    "text",
    [
        "首页 > " * 12 + "关于进一步加强城市更新和城市建设工作的通知" * 3,
        "a > " * 200 + "。",
        "QQ好友" * 60 + "#",
        "标题：" + "?" * 400,
        "(" * 20_000 + "国" + ")" * 20_000,
        "> " * 5000,
    ],
)
def test_no_pattern_runs_away(text):
    # before their patterns were mended these took minutes to years
    account = split_page(repair(text)).account
    assert replay(text, account.ledger()) == account.text


def test_the_rows_of_a_list_stay_paragraphs_of_their_own():
    rows = [
        "市南区 1463.71 3.2",
        "市北区 1089.14 2.9",
        "李沧区 600.10 3.0",
        "崂山区 999.10 3.1",
        "城阳区 888.20 4.0",
        "即墨区 700.10 4.2",
    ]
    paragraphs = page("各区市经济运行情况", BODY, *rows).articles[0].paragraphs
    assert [text.text for role, text in paragraphs if role == "body"] == [BODY, *rows]


# -- pages of many kinds, each line marked by hand --------------------------------------------------------------------

KINDS_OF_ROLE = {
    "h": ("headline",),
    "s": ("subtitle",),
    "y": ("byline",),
    "d": ("dateline", "source"),
    "b": ("subhead",),
}


def marked_articles(case):
    """What the marks say: the captions and, for each article by number, its paragraphs as (mark, text).

    A third entry of a line is junk inside it; `+` goes on with the last paragraph of the article that is left open.
    """
    articles, captions = {}, []
    for mark, text, *junk in case["lines"]:
        text = re.sub(r"\s", "", text.replace(junk[0], "") if junk else text)
        if mark == "c":
            captions.append(text)
        elif mark and mark != "-":
            number, kind = mark.strip("+hsydb"), mark.strip("+0123456789")
            paragraphs = articles.setdefault(number, [])
            if mark.endswith("+"):
                cut = next((n for n in range(len(paragraphs) - 1, 0, -1) if paragraphs[n][1][-1] not in "。！？”"), -1)
                paragraphs[cut] = kind, paragraphs[cut][1] + text
            else:
                paragraphs.append((kind, text))
    return articles, captions


def mark_of(role):
    """The mark that stands for a role; none for running text."""
    return next((mark for mark, roles in KINDS_OF_ROLE.items() if role in roles), "")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case["label"], marks=[pytest.mark.xfail(strict=True)] if case.get("known_failure") else []
        )
        for case in cases("pages")
    ],
)
def test_pages_of_many_kinds_are_taken_apart_as_marked(case):
    result = split_page(TracedText.of("\n".join(text for _, text, *_ in case["lines"])))
    wanted, captions = marked_articles(case)
    found = [a for a in result.articles if a.genre != "caption" or a.headline]
    got = [sorted((mark_of(role), re.sub(r"\s", "", text.text)) for role, text in a.paragraphs) for a in found]
    assert got == [sorted(paragraphs) for paragraphs in wanted.values()]
    assert [re.sub(r"\s", "", a.paragraphs[0][1].text) for a in result.articles if a not in found] == captions
    for number, about in case["about"].items():
        article = found[list(wanted).index(number)]
        assert {name: getattr(article, name) for name in about} == about
        assert {proof.field for proof in article.evidence} >= set(about)


def test_junk_at_the_end_of_a_headings_first_line_is_furniture_and_the_line_end_a_space():
    text, junk = TracedText.of("前一行-广告\n后一行"), [(3, 6, "spam")]
    heading = _Paragraph("subhead", [(0, 3), (7, 10)], "前一行后一行")
    assert _text_of(text, heading, junk).text == "前一行 后一行"
    account = text.edit(_edits(len(text), [SimpleNamespace(paragraphs=[heading])], junk))
    assert [row[2:5] for row in account.rows()] == [
        ("kept", "", "前一行"),
        ("removed", "furniture: spam", "-广告"),
        ("replaced", "layout", "\n"),
        ("kept", "", "后一行"),
    ]
