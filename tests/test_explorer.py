"""The explorer: its data is the corpus to the last raw character, and the page finds, sorts and shows as qdlib does.

The page is tested in Chromium, with the parts that `make explorer` installs. Where something is missing these tests are skipped,
unless BOOK is set (`BOOK=1 make test`).
"""

import csv
import io
import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from conftest import BROWSER, corpus_of

import qdlib as qd
from qdlib.concordance import _cell
from qdlib.readers import CorpusWarning
from qdlib.variants import KINDS

HERE = Path(__file__).parent.parent / "book" / "explorer"
MISSING = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
MISSING += [] if BROWSER else ["Chromium"]
MISSING += (
    []
    if shutil.which("node") and (HERE / "node_modules").is_dir()
    else ["node and the parts that make explorer installs"]
)
in_browser = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("BOOK"),
    reason=f"the explorer is tested with BOOK=1 make test; missing: {', '.join(MISSING)}",
)

# Made up to harm a page: mark-up, the end of a script, entities, line ends of JavaScript, marks that turn the direction,
# characters that are none, are unseen, private or outside the basic plane; and formulas for spreadsheets.
HOSTILE = """鱼市今日开门
　　渔民说：<img src=x onerror="window.harmed=1">，鱼市 &lt;b&gt; 开门</script><script>window.harmed=2</script>。
　　鱼市\u2028分行\u2029再分，\u202e反向鱼市\u200f\u2066写\u2069字，零\u200b宽，私用\ue000字，笑脸😀鱼市🐟，生僻𠮷鱼市。
　　=HYPERLINK("x")鱼市，{{鱼市}} ${鱼市} `鱼市` \\u0041 \\鱼市 ]]> <!-- 鱼市 -->。
　　＝鱼市+鱼市，@鱼市，1２鱼市 ab ＡＢ，空\x00字。
"""


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A corpus of two files whose texts would harm a careless page, one with a name to match."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "a.txt").write_text(HOSTILE, "utf-8", newline="")
    (folder / "b <i>&amp; é.txt").write_text(HOSTILE.replace("鱼市", "集市鱼市"), "utf-8", newline="")
    return qd.load_corpus(folder)


@pytest.fixture(scope="session")
def mined(corpus):
    return qd.mine_slogans(corpus)


@pytest.fixture(scope="session")
def model(corpus):
    paragraphs = corpus.documents("paragraph", roles=["lead", "body"])
    words = qd.content_words(qd.segment(paragraphs["text"]), min_chars=2)
    return qd.fit_lda(words, k=3, seed=1, engine="tomotopy", iterations=50, documents=paragraphs)


# -- the data ---------------------------------------------------------------------------------------------------------


def raw_texts(data):
    """The raw text of each source, put together from its runs."""
    return {
        one["name"]: "".join(run if isinstance(run, str) else run[2] for run in one["runs"]) for one in data["sources"]
    }


def test_the_data_holds_every_raw_character_with_its_fate(corpus, root):
    data = qd.explorer_data(corpus)
    assert raw_texts(data) == {path.name: path.read_text("utf-8") for path in (root / "seeds").glob("*.txt")}
    fates = {one["name"]: [0, 0, 0] for one in data["sources"]}
    for one in data["sources"]:
        for run in one["runs"]:
            action, before = (0, run) if isinstance(run, str) else (run[0], run[2])
            fates[one["name"]][action] += len(before)
    counts = corpus.sources.set_index("source")[["kept", "replaced", "removed"]]
    assert fates == {name: row.tolist() for name, row in counts.iterrows()}


def test_every_character_of_a_paragraph_is_led_to_its_raw_place(corpus):
    data = qd.explorer_data(corpus)
    raws = list(raw_texts(data).values())
    rows = zip(corpus.paragraphs["article_id"], corpus.paragraphs["paragraph"])
    for key, (_, source, _, _, text, pieces) in zip(rows, data["paragraphs"]):
        assert sum(pieces[::3]) == len(text)
        here = 0
        for length, start, end in zip(pieces[::3], pieces[1::3], pieces[2::3]):
            assert end or raws[source][start : start + length] == text[here : here + length]
            assert corpus.origin(*key, here, here + 1)[:2] == (start, end or start + 1)
            here += length


def test_slogans_and_topics_are_those_of_the_tables(corpus, mined, model):
    data = qd.explorer_data(corpus, mined, model)
    texts = [row[4] for row in data["paragraphs"]]
    assert [texts[row[0]][row[4] : row[4] + len(row[1])] for row in data["slogans"]] == mined["slogan"].tolist()
    assert {row[0] for row in data["variants"]} == set(mined["family"])
    assert len(data["topics"]) == 3
    for told, (_, best) in zip(data["topics"], model.representative(1).iterrows()):
        assert [term for term, _ in told["terms"]] == model.top_words(12)[told["topic"]]
        assert texts[told["paragraphs"][0][0]] == best["text"] and told["paragraphs"][0][1] == round(best["share"], 4)
        shares = [share for _, share in told["paragraphs"]]
        assert shares == sorted(shares, reverse=True)


def test_the_script_is_plain_and_gives_the_data_back(hostile, tmp_path):
    qd.save_explorer_data(hostile, tmp_path / "data.js", home="../index.html")
    written = (tmp_path / "data.js").read_text("utf-8")
    assert not re.search(
        r"[<>&\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\u200b-\u200f\u202a-\u202e\ud800-\udfff\ue000-\uf8ff]", written
    )
    assert written.count("\n") == 1 and written.startswith("window.QDLIB={") and written.endswith("};\n")
    assert json.loads(written[len("window.QDLIB=") : -2]) == qd.explorer_data(hostile) | {"home": "../index.html"}
    qd.save_explorer_data(hostile, tmp_path / "again.js", home="../index.html")
    assert (tmp_path / "again.js").read_text("utf-8") == written


def test_one_undated_line_is_all_there_is(tmp_path):
    (tmp_path / "a.txt").write_text("\ufeff鱼市开门。\n", "utf-8")
    corpus = qd.load_corpus(tmp_path)
    data = qd.explorer_data(corpus, qd.mine_slogans(corpus))
    (source,), (article,) = data["sources"], data["articles"]
    assert "".join(run for run in source["runs"] if isinstance(run, str)) == "鱼市开门。"
    assert (source["name"], article["date"], article["headline"], article["outlet"]) == ("a.txt", "", "", "")
    start = raw_texts(data)["a.txt"].index("鱼")
    assert data["paragraphs"] == [[0, 0, 0, "body", "鱼市开门。", [5, start, 0]]]
    assert data["slogans"] == data["variants"] == data["topics"] == []


def test_a_source_that_could_not_be_read_is_told(tmp_path):
    (tmp_path / "a.txt").write_text("", "utf-8")
    (tmp_path / "b.txt").write_text("鱼市开门。", "utf-8")
    with pytest.warns(CorpusWarning, match="a.txt: is empty"):
        corpus = qd.load_corpus(tmp_path)
    empty, full = qd.explorer_data(corpus)["sources"]
    assert empty["runs"] == [] and "is empty" in empty["problem"]
    assert full["runs"] == ["鱼市开门。"] and full["problem"] == ""


def test_a_corpus_of_nothing_gives_a_script_of_nothing(tmp_path):
    qd.save_explorer_data(corpus_of(), tmp_path / "data.js")
    data = json.loads((tmp_path / "data.js").read_text("utf-8")[len("window.QDLIB=") : -2])
    assert all(data[part] == [] for part in ("sources", "articles", "paragraphs", "slogans", "variants", "topics"))


def test_what_is_of_another_corpus_is_refused(hostile, mined, model):
    with pytest.raises(ValueError, match="mined has .* where this corpus has none"):
        qd.explorer_data(hostile, mined)
    with pytest.raises(ValueError, match="no paragraph of this corpus"):
        qd.explorer_data(hostile, model=model)
    bare = qd.fit_lda([["鱼市", "渔民"], ["鱼市", "开门"]] * 3, k=2, seed=1, engine="tomotopy", iterations=10)
    with pytest.raises(ValueError, match="article_id, text; fit it with documents="):
        qd.explorer_data(hostile, model=bare)


def test_an_empty_table_of_slogans_is_no_fault(hostile, mined):
    assert qd.explorer_data(hostile, mined.head(0))["slogans"] == []


def test_the_lock_of_the_front_end_names_no_registry():
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert all(part["integrity"].startswith("sha512-") and "resolved" not in part for part in parts.values())
    pins = wanted["dependencies"] | wanted["devDependencies"]
    assert {name: parts[f"node_modules/{name}"]["version"] for name in pins} == pins


def test_no_text_can_become_markup_or_code():
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|DOMParser|createContextualFragment|setHTML|\beval\b|new Function"
    sources = sorted((HERE / "src").iterdir())
    assert len(sources) > 5
    assert [path.name for path in sources if re.search(sinks, path.read_text("utf-8"))] == []


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    """The page, bundled anew."""
    assert not MISSING, f"BOOK is set, but there is no {', '.join(MISSING)}"
    out = tmp_path_factory.mktemp("explorer")
    subprocess.run(["node", "build.mjs", out], cwd=HERE, check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def seeds_page(dist, corpus, mined, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "explorer"
    shutil.copytree(dist, folder)
    qd.save_explorer_data(corpus, folder / "data.js", mined, model, home="../index.html")
    return (folder / "index.html").as_uri()


@pytest.fixture(scope="session")
def hostile_page(dist, hostile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "explorer"
    shutil.copytree(dist, folder)
    qd.save_explorer_data(hostile, folder / "data.js", qd.mine_slogans(hostile))
    return (folder / "index.html").as_uri()


@pytest.fixture
def tab(chromium):
    """A tab that notes faults, dialogues and requests beyond the disk; none may be left at the end."""
    context = chromium.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    page, faults = context.new_page(), []
    page.set_default_timeout(5000)
    page.on("console", lambda message: message.type in ("error", "warning") and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    page.on(
        "request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or faults.append(request.url)
    )
    yield page
    assert faults == []
    context.close()


def saved(tab):
    """The rows of the concordance as the page saves them."""
    with tab.expect_download() as download:
        tab.locator("#csv").click()
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def look_up(tab, page, query, **options):
    """Open the page anew, type a query and set the options as a reader would."""
    tab.goto("about:blank")
    tab.goto(page)
    if options.pop("regex", False):
        tab.locator("#regex").check()
    for name, value in options.items():
        field = tab.locator(f"#{name}")
        field.fill(str(value)) if name == "window" else field.select_option(value)
    tab.locator("#q").fill(query)
    tab.wait_for_selector(".count, .fault:not(:empty)")


SEARCHES = [
    ("市民", {}),
    ("的", {"sort": "left"}),
    ("，", {"sort": "right", "window": 30}),
    ("2022", {"sort": "date"}),
    ("起步就是冲刺开局就是决战", {"ignore": "marks"}),
    ("把手", {"within": "sentence", "window": 40, "ignore": "quotes"}),
    ("(", {}),
    (r"\d+(?:\.\d+)?[万亿]", {"regex": True, "sort": "keyword"}),
    (r"(?P<keyword>城市)(?=更新|建设)", {"regex": True, "sort": "right"}),
    (r"^.{2}|\w$", {"regex": True, "window": 0}),
    (r"\b\w{2}\b[^\w\d]", {"regex": True}),
    (r"(?i)[a-z\-]+\W|\“(?P<keyword>.)(?P=keyword)?", {"regex": True}),
]


@in_browser
@pytest.mark.parametrize("query, options", SEARCHES)
def test_the_concordance_is_that_of_kwic(tab, seeds_page, corpus, query, options):
    look_up(tab, seeds_page, query, **options)
    expected = qd.kwic(corpus, query, **options)
    assert len(expected) > 0
    found = pd.DataFrame(saved(tab))
    assert list(found) == list(expected)
    for name in ("line", "paragraph", "offset", "start", "end"):
        assert found[name].astype(int).tolist() == expected[name].tolist()
    assert found["position"].astype(float).tolist() == pytest.approx(expected["position"].tolist(), abs=1e-12)
    for name in ("left", "keyword", "right", "article_id", "date", "source", "role", "pattern"):
        assert [text.removeprefix("'") for text in found[name]] == expected[name].tolist()
    shown = tab.locator(".kwic .line[role=row]").evaluate_all(
        "rows => rows.map(row => ['left', 'keyword', 'right'].map(name => row.querySelector('.' + name).textContent))"
    )
    assert shown == [[*map(_cell, row)] for row in expected[["left", "keyword", "right"]].head(200).to_numpy()]


@in_browser
def test_dispersion_is_that_of_gries_over_the_sources(tab, seeds_page, corpus):
    look_up(tab, seeds_page, "市民")
    counts = qd.kwic(corpus, "市民")["source"].value_counts()
    sizes = corpus.paragraphs["text"].str.len().groupby(corpus.paragraphs["source"]).sum()
    counts = counts.reindex(sizes.index, fill_value=0)
    dp = (counts / counts.sum() - sizes / sizes.sum()).abs().sum() / 2
    told = tab.locator(".count").text_content()
    assert told.startswith(f"{counts.sum()} lines in {(counts > 0).sum()} of 5 sources") and f"DP = {dp:.2f}" in told
    rows = tab.locator(".dispersion tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(1, 3).map(cell => cell.textContent))"
    )
    assert rows == [[str(n), f"{n / size * 10000:.1f}"] for n, size in zip(counts, sizes)]
    tab.locator(".dispersion tbody th button").first.click()
    assert len(saved(tab)) == counts.iloc[0]


@in_browser
def test_a_choice_of_one_source_can_always_be_undone(tab, seeds_page, corpus):
    lines = qd.kwic(corpus, "作风能力")
    absent = next(name for name in corpus.sources["source"] if name not in set(lines["source"]))
    tab.goto(seeds_page + f"#q=作风能力&only={absent}")
    tab.get_by_text("Shown: 0 lines of").wait_for()
    assert tab.locator(".kwic").count() == 0
    tab.locator("#all").click()
    assert tab.locator(".kwic .line[role=row]").count() == len(lines) and tab.locator("#all").count() == 0
    tab.goto(seeds_page + "#q=作风能力&only=nowhere.txt")
    tab.wait_for_selector(".kwic")
    assert tab.locator(".kwic .line[role=row]").count() == len(lines)


@in_browser
def test_a_copy_that_the_browser_refuses_is_told_with_its_text(tab, seeds_page, corpus):
    look_up(tab, seeds_page, "作风能力")
    tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    tab.locator(".kwic .tools button").first.click()
    note = tab.locator("#note")
    note.get_by_text("did not allow copying").wait_for()
    assert note.is_visible() and corpus.fingerprint in note.text_content()


@in_browser
def test_an_input_method_is_not_disturbed(tab, seeds_page):
    tab.goto(seeds_page)
    tab.locator("#q").focus()
    keyboard = tab.context.new_cdp_session(tab)
    for typed in ("s", "shi", "shi min"):
        keyboard.send(
            "Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)}
        )
        tab.wait_for_function("text => document.getElementById('q').value === text", arg=typed)
    keyboard.send("Input.insertText", {"text": "市民"})
    tab.wait_for_selector(".kwic")
    assert tab.locator("#q").input_value() == "市民"


@in_browser
def test_hostile_text_is_shown_as_text_and_found_as_by_kwic(tab, hostile_page, hostile):
    look_up(tab, hostile_page, "鱼市", window=40)
    expected = qd.kwic(hostile, "鱼市", window=40)
    rows = saved(tab)
    assert [(row["source"], int(row["start"]), int(row["end"]), int(row["line"])) for row in rows] == [
        *expected[["source", "start", "end", "line"]].itertuples(index=False, name=None)
    ]
    assert any(row["left"].startswith("'＝") or row["left"].startswith("'=") for row in rows)
    assert not any(re.match(r"[=+\-@\t\r＝＋－＠]", value) for row in rows for value in row.values())
    for place in range(len(rows)):
        tab.locator(".kwic .line[role=row] .keyword button").nth(place).click()
        assert tab.locator("#raw mark").first.is_visible()
    for name in ("slogans", "topics"):
        tab.locator(f"#tab-{name}").click()
    assert tab.evaluate(
        "[window.harmed, document.images.length, document.scripts.length, document.querySelectorAll('bdi i').length]"
    ) == [None, 0, 2, 0]


@in_browser
@pytest.mark.parametrize("pattern", ["市|=|NA", "'|市\0", "[\\\\\0]|空"])
def test_the_saved_lines_are_those_of_kwic_when_they_are_read_again(tab, dist, tmp_path, pattern):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("鱼市\n=鱼市开门。\nNA\n'鱼市，\\u0000鱼市\\空。\n", "utf-8")
    corpus = qd.load_corpus(tmp_path / "texts")
    shutil.copytree(dist, tmp_path / "explorer")
    qd.save_explorer_data(corpus, tmp_path / "explorer" / "data.js")
    tab.goto((tmp_path / "explorer" / "index.html").as_uri() + f"#regex=1&q={quote(pattern)}")
    with tab.expect_download() as download:
        tab.locator("#csv").click()
    download.value.save_as(tmp_path / "lines.csv")
    assert b"\0" not in (tmp_path / "lines.csv").read_bytes()
    expected = qd.kwic(corpus, pattern, regex=True)
    assert len(expected) > 0
    pd.testing.assert_frame_equal(qd.read_table(tmp_path / "lines.csv", qd.kwic), expected)


@in_browser
def test_a_line_opens_its_raw_source_with_the_passage_and_its_ledger(tab, seeds_page, corpus):
    look_up(tab, seeds_page, "作风能力")
    lines = qd.kwic(corpus, "作风能力")
    place = lines.index[lines["source"].str.startswith("003")][0]
    at = lines.loc[place]
    tab.locator(".kwic .line[role=row] .keyword button").nth(place).click()
    raw = "".join(corpus.ledger.loc[corpus.ledger["source"] == at["source"], "before"])[at["start"] : at["end"]]
    assert "".join(tab.locator("#raw mark").all_text_contents()) == raw != "作风能力"
    assert tab.locator(".reading mark").text_content() == "作风能力"
    traced = corpus.trace(at["source"], at["start"], at["end"])
    shown = tab.locator("#ledger tbody tr").evaluate_all(
        "rows => rows.map(row => [row.dataset.action, +row.dataset.start, +row.dataset.end])"
    )
    assert shown == traced[["action", "start", "end"]].to_numpy().tolist()
    assert set(traced["action"]) == {"kept", "replaced", "removed"}
    tab.locator("#raw").focus()
    tab.keyboard.press("ArrowRight")  # to the first changed run of the passage
    first = traced[traced["action"] != "kept"].iloc[0]
    told = tab.locator("#fate").text_content()
    assert first["rule"] in told and f"{first['before']} → {first['after']}" in told
    tab.get_by_role("button", name="Copy citation").last.click()
    assert (
        f"{at['source']}, line {at['line']}, characters {at['start']}-{at['end']} (corpus {corpus.fingerprint})"
        in tab.evaluate("navigator.clipboard.readText()")
    )


@in_browser
def test_the_address_keeps_the_place_and_the_back_button_leads_back(tab, chromium, seeds_page):
    look_up(tab, seeds_page, "市民", sort="left")
    tab.locator(".kwic .line[role=row] .keyword button").nth(3).click()
    title, address = tab.locator(".panel h2").text_content(), tab.url
    assert "q=%E5%B8%82%E6%B0%91" in address and "sort=left" in address and "&at=" in address
    fresh = chromium.new_page()
    fresh.goto(address)
    assert fresh.locator("#q").input_value() == "市民" and fresh.locator(".panel h2").text_content() == title
    assert fresh.locator("#raw mark").first.is_visible() and fresh.locator(".kwic .chosen").count() == 1
    fresh.close()
    tab.go_back()
    assert tab.locator(".panel.blank").is_visible() and tab.locator("#q").input_value() == "市民"
    tab.goto(seeds_page + "#at=nowhere.txt:1-2")
    tab.get_by_text("a place that this corpus does not have").wait_for()


@in_browser
def test_a_family_opens_its_wordings_and_a_wording_its_occurrences(tab, seeds_page, corpus, mined):
    counted = mined[~mined["nested"]].groupby("family").size()
    name = counted.idxmax()
    tab.goto(seeds_page + "#tab=slogans")
    first = tab.locator(".family").first
    assert first.locator(".name").text_content() == name and f"{counted.max()}×" in first.text_content()
    first.click()
    wordings = qd.find_variants(mined).query("family == @name")["wording"].tolist()
    assert tab.locator(".wording strong").all_text_contents() == wordings
    assert tab.locator(".uses > li").count() == (mined["family"] == name).sum()
    tab.locator(".use").first.click()
    assert tab.locator(".reading mark").text_content() == tab.locator(".use mark").first.text_content()


@in_browser
def test_a_topic_opens_its_words_and_paragraphs(tab, seeds_page, model):
    tab.goto(seeds_page + "#tab=topics&topic=1")
    words = tab.locator(".terms button").evaluate_all("buttons => buttons.map(button => button.firstChild.textContent)")
    assert words == model.top_words(12)[1]
    best = model.representative(2).query("topic == 1")["text"].tolist()
    assert tab.locator(".use .paragraph").all_text_contents()[:2] == best
    tab.locator(".use").first.click()
    assert tab.locator(".reading mark").text_content() == best[0]


@in_browser
def test_an_expression_that_is_wrong_or_runs_away_is_told(tab, seeds_page):
    look_up(tab, seeds_page, "(好", regex=True)
    assert tab.locator("#fault").text_content() == "Not a valid regular expression: Unterminated group"
    tab.locator("#q").fill(r"(?:[^x]+)+x{9}")
    tab.get_by_text("takes too long").wait_for()
    tab.locator("#q").fill("市民")
    tab.wait_for_selector(".kwic")
    assert tab.locator("#fault").text_content() == ""


@in_browser
@pytest.mark.parametrize(
    "pattern, form", [("市民++", "++"), ("(?>市|民)民", "(?>"), ("(市)?(?(1)民|政)", "(?("), (r"[\W，]民", r"[\W]"), (r"\N{DIGIT ONE}", r"\N{")]
)
def test_what_python_can_say_and_the_page_cannot_is_told_by_its_form(tab, seeds_page, corpus, pattern, form):
    re.compile(pattern)
    look_up(tab, seeds_page, pattern, regex=True)
    told = tab.locator("#fault").text_content()
    assert told == f"Python can say {form}, but JavaScript, which reads it on this page, cannot; qd.kwic finds it."
    assert tab.locator(".kwic").count() == 0


@in_browser
def test_the_page_speaks_chinese_and_keeps_the_theme_of_the_book(tab, seeds_page):
    tab.goto(seeds_page)
    tab.locator("#language").click()
    assert tab.locator("h1").text_content() == "语料检索" and tab.evaluate("document.documentElement.lang") == "zh-CN"
    tab.locator("#theme").select_option("dark")
    tab.reload()
    assert tab.locator("h1").text_content() == "语料检索"
    assert tab.evaluate("[document.documentElement.dataset.theme, localStorage.mode]") == ["dark", "dark"]


@in_browser
def test_every_label_is_there_in_both_languages():
    code = (
        'import { speaker } from "./src/words.js"; import { readFileSync, readdirSync } from "node:fs";'
        'const used = readdirSync("src").flatMap((name) => [...readFileSync(`src/${name}`, "utf8").matchAll(/\\bt\\("(\\w+)"/g)].map((found) => found[1]));'
        'console.log(JSON.stringify([...new Set(used)].filter((key) => speaker("zh")(key) === key)));'
    )
    missing = subprocess.run(
        ["node", "--input-type=module", "-e", code], cwd=HERE, capture_output=True, text=True, check=True
    )
    assert json.loads(missing.stdout) == []


@in_browser
def test_numbers_take_the_right_word_and_changes_are_named_in_chinese():
    code = (
        'import { speaker } from "./src/words.js"; const [en, zh] = ["en", "zh"].map(speaker); const kinds = JSON.parse(process.argv[1]);'
        'console.log(JSON.stringify([en("found", "1", 1, 1), en("found", "1,001", 2, 5), en("variants", 1), zh("variants", 1),'
        " kinds.filter((kind) => zh(kind) === kind || en(kind) !== kind)]));"
    )
    kinds = json.dumps([*KINDS, "repunctuated", "reworded"])
    told = subprocess.run(
        ["node", "--input-type=module", "-e", code, kinds], cwd=HERE, capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == [
        "1 line in 1 of 1 source", "1,001 lines in 2 of 5 sources", "1 wording", "1 种表述", [],
    ]  # fmt: skip


PLACES = (
    "",
    "#q=%E4%BD%9C%E9%A3%8E&only=003_640841af2d42bf82.txt",
    "#q=%E4%BD%9C%E9%A3%8E&at=003_640841af2d42bf82.txt:356-366",
    "#tab=slogans",
    "#tab=topics&topic=0",
)


def show(page, address):
    """Open the page anew at an address, in the slogans with a family open."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("h1")
    if "slogans" in address:
        page.locator(".family").first.click()


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_reports_no_fault(chromium, seeds_page, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page, faults = chromium.new_page(color_scheme=scheme), []
    for place in PLACES:
        show(page, seeds_page + place)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        faults += [(place, v["id"], v["nodes"][0]["html"][:100]) for v in found]
    page.close()
    assert faults == []


@in_browser
@pytest.mark.parametrize("width", [360, 800])
def test_nothing_is_wider_than_the_window(chromium, seeds_page, width):
    page, wide = chromium.new_page(viewport={"width": width, "height": 800}), []
    for place in PLACES:
        show(page, seeds_page + place)
        wide += [place] if page.evaluate("document.documentElement.scrollWidth") > width else []
    page.close()
    assert wide == []


@in_browser
def test_all_can_be_reached_and_used_by_the_keyboard(tab, seeds_page):
    tab.goto(seeds_page)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.locator("#tab-concordance").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.id") == "tab-slogans"
    tab.locator(".family").first.focus()
    tab.keyboard.press("Enter")
    tab.locator(".use").first.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#raw mark").first.is_visible()
