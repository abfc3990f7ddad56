"""Readers: every kind of file comes out as its text, and a bad one is set aside with its reason."""

import csv
import io
import json
import os
import zipfile
import zlib

import docx
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qdlib.readers as readers
from qdlib.figures import use_house_style
from qdlib.readers import find_sources, read_source, read_sources

TEXT = "某市召开城市更新推进会。\n各级各部门要认真贯彻落实会议精神，把各项任务落到实处。"


def by_name(place, **options):
    """The sources of a place by their names."""
    return {source.name: source for source in read_sources(place, **options)}


def test_sources_are_found_in_order_and_below_folders(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ["b.txt", "a.txt", "sub/c.TXT", "notes.md", ".hidden.txt", "~$open.docx"]:
        (tmp_path / name).write_text("文", "utf-8")
    assert [name for name, _ in find_sources(tmp_path)] == ["a.txt", "b.txt", "sub/c.TXT"]
    assert [name for name, _ in find_sources([tmp_path / "b.txt"])] == ["b.txt"]


def test_missing_and_empty_places_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere' does not exist"):
        find_sources(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="holds no text"):
        find_sources(tmp_path)
    with pytest.raises(ValueError, match="an empty list"):
        find_sources([])
    (tmp_path / "a.txt").write_text("文", "utf-8")
    with pytest.raises(ValueError, match="two sources are named 'a.txt'"):
        find_sources([tmp_path, tmp_path / "a.txt"])


def test_a_bad_file_is_a_source_with_its_problem(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"\0\1\2")
    source = read_source(path)
    assert (source.name, source.text, source.encoding) == ("bad.txt", "", "")
    assert "is not text" in source.problem and len(source.sha256) == 64
    assert "is no file" in read_source(tmp_path).problem


def test_undecodable_bytes_are_kept_and_counted(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode() + b"\xff\xfe" + TEXT.encode())
    source = read_source(path)
    assert source.text == TEXT + "\ufffd\ufffd" + TEXT and source.note.startswith("2 undecodable bytes")


# -- web pages ----------------------------------------------------------------------------------------------------------

PARAGRAPHS = [
    f"第{i}段：各级各部门要认真贯彻落实会议精神，把各项任务落到实处，不断提升城市品质和群众获得感。" for i in range(6)
]
HTML = f"""<html><head><title>推进会召开-某市新闻网</title><meta charset="gb2312"><script>var x = "脚本";</script></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a">新闻</a></li></ul></div>
<article><h1>城市更新推进会召开</h1><p>2022-03-04 来源：某市日报</p>{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article>
<div class="footer"><p>版权所有 某市新闻网</p></div></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page_gives_all_that_is_visible_and_says_what_is_outside(tmp_path, encoding):
    path = tmp_path / "page.html"
    path.write_bytes(HTML.encode(encoding))  # the charset that the page names is a lie in one of the two
    source = read_source(path)
    assert source.encoding == encoding and "脚本" not in source.text
    inside = source.text
    for start, end in reversed(source.outside):
        inside = inside[:start] + inside[end:]
    assert inside.rstrip("\n").split("\n")[-6:] == PARAGRAPHS
    assert "首页" in source.text and "首页" not in inside and "版权所有" not in inside
    missed = sum(end - start for start, end in source.outside)
    assert source.note == f"{missed} of {len(source.text)} visible characters are outside the main text"


def test_a_page_without_a_main_text_is_kept_whole(tmp_path):
    (tmp_path / "a.html").write_text("<p>短</p><p>句</p>", "utf-8")
    source = read_source(tmp_path / "a.html")
    assert source.text == "短\n句" and not source.outside and not source.note
    (tmp_path / "b.html").write_text("<html><script>1</script></html>", "utf-8")
    assert "shows no text" in read_source(tmp_path / "b.html").problem


# -- other programs' files ----------------------------------------------------------------------------------------------


def test_a_pdf_of_two_columns_is_read_column_by_column(tmp_path):
    use_house_style()
    with plt.rc_context({"pdf.fonttype": 42}):
        figure = plt.figure(figsize=(8, 11))
        for column in (0, 1):
            for row in range(8):
                figure.text(
                    0.1 + 0.45 * column, 0.9 - 0.02 * row, f"第{column + 1}栏第{row + 1}行各项任务落到实处", fontsize=10
                )
        figure.savefig(tmp_path / "a.pdf")
        plt.close(figure)
    source = read_source(tmp_path / "a.pdf")
    places = [source.text.find(f"第{c}栏第{r}行") for c in (1, 2) for r in range(1, 9)]
    assert source.encoding == "pdf" and -1 not in places and places == sorted(places)


def test_lines_of_a_pdf_that_its_edge_cut_are_put_together_and_no_others(tmp_path):
    full = "政府工作报告提出全年发展的主要预期目标是稳中求进"  # 24 characters fill a line
    lines = [
        (2, full[2:]), (0, full), (0, "经济增长。"),  # a paragraph with its indent
        (2, full[2:-1] + "。"), (2, full[2:]), (0, full[:9]),  # two: the first ends at the edge, the second is indented
        (0, "一、工作回顾"), (0, full), (0, full[:-2]), (0, "和民生。"),  # a mark that may open no line takes a character along
    ]  # fmt: skip
    use_house_style()
    with plt.rc_context({"pdf.fonttype": 42}):
        figure = plt.figure(figsize=(8, 11))
        for row, (indent, text) in enumerate(lines):  # set as official documents are, the lines 1.75 times their size apart
            figure.text((100 + 12 * indent) / 576, 0.9 - 21 * row / 792, text, fontsize=12)
        figure.savefig(tmp_path / "a.pdf")
        plt.close(figure)
    assert read_source(tmp_path / "a.pdf").text.split("\n\n") == [
        full[2:] + full + "经济增长。", full[2:-1] + "。", full[2:] + full[:9], "一、工作回顾", full + full[:-2] + "和民生。"
    ]  # fmt: skip


def test_a_word_file_gives_paragraphs_and_tables_in_order(tmp_path):
    document = docx.Document()
    document.add_paragraph("第一段")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "左", "右"
    document.add_paragraph("末段")
    document.core_properties.title = "题目"
    document.save(tmp_path / "a.docx")
    source = read_source(tmp_path / "a.docx")
    assert source.text == "第一段\n左\n右\n末段" and source.hints["headline"] == "题目"


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".zip", ".parquet", ".html", ".jsonl", ".csv"])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 broken", b"PK\x03\x04broken", b"PAR1", b"\0" * 50, b"\xff" * 50])
def test_a_file_that_is_not_what_its_suffix_says_is_set_aside(tmp_path, suffix, data):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    (tmp_path / "good.txt").write_text(TEXT, "utf-8")
    found = by_name(tmp_path)
    assert found.pop("good.txt").text == TEXT
    assert found and all(source.problem and not source.text for source in found.values())


def test_an_old_format_is_named_and_not_passed_over(tmp_path):
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    assert read_source(tmp_path / "a.doc").problem == "is a .doc file, which is not read; save it as .docx"
    assert [name for name, _ in find_sources(tmp_path)] == ["a.doc"]


# -- tables -------------------------------------------------------------------------------------------------------------

ROWS = [{"title": "甲", "date": "2021-01-05", "text": TEXT}, {"title": "乙", "date": "2022/3/4", "text": TEXT * 2}]


def write_table(path, rows):
    """Write rows in the format of the path's suffix."""
    if path.suffix == ".parquet":
        pd.DataFrame(rows).to_parquet(path)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0], delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(text.getvalue(), "gb18030" if path.suffix == ".csv" else "utf-8")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_a_table_gives_a_source_a_row_with_its_other_columns(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    write_table(path, ROWS)
    first, second = read_sources(path)
    assert (first.name, second.name) == (f"t{suffix}#1", f"t{suffix}#2")
    assert [first.text.replace("\r\n", "\n"), second.text.replace("\r\n", "\n")] == [TEXT, TEXT * 2]
    assert first.given == {"title": "甲", "date": "2021-01-05"} and first.sha256 != second.sha256


def test_the_text_column_can_be_named_and_is_missed_with_a_reason(tmp_path):
    write_table(tmp_path / "t.csv", [{"id": "1", "speech": TEXT}])
    assert read_sources(tmp_path / "t.csv", text="speech")[0].text.replace("\r", "") == TEXT
    problem = read_sources(tmp_path / "t.csv")[0].problem
    assert "has no text column" in problem and "only id, speech" in problem and "text=" in problem


def test_bad_rows_are_set_aside_and_the_rest_read(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "一"}\n{broken\n[1]\n{"text": ""}\n{"text": 5}\n\n{"text": "六"}\n', "utf-8"
    )
    found = by_name(tmp_path)
    assert {name: source.text for name, source in found.items() if source.text} == {
        "a.jsonl#1": "一",
        "a.jsonl#6": "六",
    }
    reasons = [found[f"a.jsonl#{n}"].problem for n in (2, 3, 4, 5)]
    assert ["JSON object" in r for r in reasons] == [True, True, False, False] and "no text in column" in reasons[3]
    (tmp_path / "b.csv").write_text("id,text\n1,甲,乙\n2,丙\n", "utf-8")
    found = by_name(tmp_path / "b.csv")
    assert "has 3 fields but its header 2" in found["b.csv#1"].problem and found["b.csv#2"].text == "丙"


def test_a_table_that_names_the_files_is_their_metadata(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "b.txt").write_text(TEXT, "utf-8")
    (tmp_path / "metadata.csv").write_text(f"file,place,sha256\na.txt,青岛,{'0' * 64}\nb,烟台,\n", "utf-8")
    found = by_name(tmp_path)
    assert list(found) == ["a.txt", "b.txt"]
    assert found["a.txt"].given["place"] == "青岛" and found["b.txt"].given == {"place": "烟台"}
    assert "sha256 differs" in found["a.txt"].note and not found["b.txt"].note


# -- zips and other hazards ---------------------------------------------------------------------------------------------


def test_a_zip_is_read_like_a_folder_and_its_hazards_are_named(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.txt", TEXT)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("sub/good.txt", TEXT)
        archive.writestr("../../evil.txt", TEXT)
        archive.writestr("/abs.txt", TEXT)
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("__MACOSX/._good.txt", b"\0")
        archive.writestr("t.jsonl", json.dumps({"text": TEXT}))
        archive.writestr("picture.png", b"\x89PNG")
    found = by_name(tmp_path)
    assert {name for name, source in found.items() if not source.problem} == {"a.zip/sub/good.txt", "a.zip/t.jsonl#1"}
    problems = {name: source.problem for name, source in found.items() if source.problem}
    assert "leads out of its zip" in problems["a.zip/../../evil.txt"] and "leads out" in problems["a.zip//abs.txt"]
    assert "a zip inside a.zip" in problems["a.zip/inner.zip"] and len(problems) == 3
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_names_that_chinese_windows_packed_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("QQQQ.txt", TEXT)
    data = (tmp_path / "a.zip").read_bytes().replace(b"QQQQ", "青岛".encode("gb18030"))
    (tmp_path / "a.zip").write_bytes(data)
    assert list(by_name(tmp_path)) == ["a.zip/青岛.txt"]


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LIMIT", 1000)
    monkeypatch.setattr(readers, "UNPACKED", 5000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "文" * 10_000)
    assert "would unpack to 30,000 bytes in 1 files" in read_sources(tmp_path)[0].problem
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "文" * 1000)
        archive.writestr("b.txt", TEXT)
    found = by_name(tmp_path)
    assert "more than the 1,000" in found["bomb.zip/a.txt"].problem and found["bomb.zip/b.txt"].text == TEXT


def test_a_header_that_lies_about_the_size_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LIMIT", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "x" * 4000)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for place in [i for i in range(len(data) - 4) if data[i : i + 4] == (4000).to_bytes(4, "little")]:
        data[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    (source,) = read_sources(tmp_path)
    assert source.problem and not source.text


def test_a_file_or_line_beyond_the_limit_is_named_and_the_rest_read(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LIMIT", 1000)
    (tmp_path / "big.txt").write_text("文" * 400, "utf-8")
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x" * 5000}) + '\n{"text": "短"}\n', "utf-8")
    found = by_name(tmp_path)
    assert "holds 1,200 bytes, more than the 1,000" in found["big.txt"].problem
    assert "longer than 1,000 bytes" in found["a.jsonl#1"].problem and found["a.jsonl#2"].text == "短"


def test_a_file_that_changes_while_it_is_read_is_read_again_and_then_set_aside(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("文", "utf-8")
    grown = []

    def growing(file, size):
        data = file.read()
        if len(grown) < limit:
            grown.append(1)
            path.write_text("文" * (len(grown) + 1), "utf-8")
        return data

    monkeypatch.setattr(readers, "_whole", growing)
    limit = 1
    assert read_source(path).text == "文文"
    limit = 9
    assert "changed while it was read" in read_source(path).problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    assert "is no file" in read_source(tmp_path / "a.txt").problem


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a good file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    document = docx.Document()
    document.add_paragraph(TEXT)
    document.save(folder / "a.docx")
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.html", HTML)
    figure = plt.figure()
    figure.text(0.1, 0.5, "text")
    figure.savefig(folder / "a.pdf")
    plt.close(figure)
    (folder / "a.html").write_text(HTML, "utf-8")
    for suffix in (".csv", ".jsonl", ".parquet"):
        write_table(folder / f"a{suffix}", ROWS)
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@given(
    st.sampled_from([".docx", ".zip", ".pdf", ".html", ".csv", ".jsonl", ".parquet"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=8)), min_size=1, max_size=8),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damage_to_a_file_of_any_kind_raises(whole, tmp_path, suffix, damages):
    data = whole[suffix]
    for place, cut, new in damages:
        at = int(place * len(data))
        data = data[:at] + new + data[at + cut :]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    assert all(bool(source.problem) != bool(source.text) for source in read_sources(path))


def test_control_characters_in_a_web_page_are_no_obstacle(tmp_path):
    (tmp_path / "a.html").write_text("<p>前\x01&#2;后</p><?pi x?><p>末</p>", "utf-8")
    source = read_source(tmp_path / "a.html")
    assert not source.problem and "后" in source.text and "末" in source.text


def test_what_cannot_be_opened_in_a_folder_is_named_and_hidden_folders_are_passed_over(tmp_path):
    (tmp_path / "good.txt").write_text(TEXT, "utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "note.txt").write_text(TEXT, "utf-8")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
    found = by_name(tmp_path)
    assert found.pop("good.txt").text == TEXT
    assert set(found) == {"gone.txt", "pipe.txt"} - ({"pipe.txt"} if not hasattr(os, "mkfifo") else set())
    assert all("is no file" in source.problem for source in found.values())


def test_a_file_name_that_is_not_utf8_is_read_as_chinese_windows_wrote_it(tmp_path):
    try:
        with open(os.fsencode(tmp_path) + b"/" + "青岛".encode("gb18030") + b".txt", "w", encoding="utf-8") as file:
            file.write(TEXT)
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    assert by_name(tmp_path)["青岛.txt"].text == TEXT


def test_names_in_a_zip_may_be_utf8_without_saying_so(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("QQQQQQ.txt", TEXT)
    data = (tmp_path / "a.zip").read_bytes().replace(b"QQQQQQ", "青岛".encode())
    (tmp_path / "a.zip").write_bytes(data)
    assert list(by_name(tmp_path)) == ["a.zip/青岛.txt"]


def test_a_zip_without_a_text_says_so(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("picture.png", b"x")
        archive.writestr(".hidden/a.txt", TEXT)
    assert "holds no text" in by_name(tmp_path)["a.zip"].problem


def test_one_bad_row_of_a_table_costs_that_row(tmp_path):
    (tmp_path / "a.csv").write_text('\n\nTitle|Text\n甲|一\n"乙"乙|二\n丙|三\n', "utf-8")
    found = by_name(tmp_path)
    assert {name: source.text for name, source in found.items()} == {"a.csv#1": "一", "a.csv#2": "", "a.csv#3": "三"}
    assert "mend its quotation marks" in found["a.csv#2"].problem and found["a.csv#1"].given == {"Title": "甲"}
    (tmp_path / "a.csv").write_text("text,text\n一,二\n", "utf-8")
    assert "several columns named 'text'" in by_name(tmp_path)["a.csv"].problem
    (tmp_path / "a.csv").write_text('text,title\n"一,甲\n', "utf-8")
    assert list(by_name(tmp_path)) == ["a.csv#1"]  # named once


def test_cells_of_several_values_are_json_and_a_bare_string_is_no_row(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "一", "tags": ["x", "乙"]}\n"一"\n', "utf-8")
    found = by_name(tmp_path)
    assert found["a.jsonl#1"].given == {"tags": '["x", "乙"]'}
    assert found["a.jsonl#2"].problem == "is no JSON object; write one object a line"


def test_texts_kept_as_bytes_in_a_parquet_file_are_decoded(tmp_path):
    pd.DataFrame({"text": [TEXT.encode("gb18030"), b"\x89PNG\0\0\1"]}).to_parquet(tmp_path / "a.parquet")
    found = by_name(tmp_path)
    assert found["a.parquet#1"].text == TEXT and "holds bytes in column 'text'" in found["a.parquet#2"].problem


def test_a_table_that_repeats_a_long_text_is_read_up_to_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "UNPACKED", 3_000)
    write_table(tmp_path / "a.jsonl", [{"text": "文" * 1000}] * 50)
    found = read_sources(tmp_path)
    assert [bool(source.text) for source in found] == [True, True, True, False]
    assert "nothing is read from here on" in found[-1].problem


def test_what_stands_beside_the_body_of_a_word_file_is_counted(tmp_path):
    document = docx.Document()
    document.add_paragraph("正文\t有\n换行")
    document.sections[0].header.paragraphs[0].text = "页眉四字"
    document.save(tmp_path / "a.docx")
    source = read_source(tmp_path / "a.docx")
    assert source.text == "正文\t有\n换行"
    assert source.note == "4 characters in headers, footers, notes and comments are not read"


def make_pdf(path, content, entry=b""):
    """Write a PDF of one page by hand."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entry, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(data)
    path.write_bytes(data + b"xref\n0 6\n" + table + trailer)


def test_a_pdf_page_of_countless_boxes_is_read_from_top_to_bottom(tmp_path):
    words = [b"1 0 0 1 %d %d Tm (w%d) Tj " % (20 + 50 * (i % 11), 780 - 8 * (i // 11), i) for i in range(990)]
    make_pdf(tmp_path / "a.pdf", b"BT /F 4 Tf " + b"".join(words) + b"ET")
    found = read_source(tmp_path / "a.pdf").text.split()
    assert len(set(found)) == 990 and found[0] == "w0"


def test_a_pdf_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LIMIT", 100_000)
    make_pdf(tmp_path / "a.pdf", zlib.compress(b" " * 1_000_000), b"/Filter/FlateDecode")
    assert "unpacks to more than 100,000 bytes" in read_source(tmp_path / "a.pdf").problem
    make_pdf(tmp_path / "a.pdf", zlib.compress(b"BT /F 9 Tf 9 9 Td (good) Tj ET"), b"/Filter/FlateDecode")
    assert read_source(tmp_path / "a.pdf").text.strip() == "good"


def test_rows_before_the_first_with_a_text_are_named_and_not_passed_over(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n{"id": 2, "text": "二"}\n{"id": 3}\n', "utf-8")
    found = by_name(tmp_path)
    assert [bool(found[f"a.jsonl#{n}"].problem) for n in (1, 2, 3)] == [True, False, True]
    assert "has no text in column 'text'" in found["a.jsonl#1"].problem


def test_half_a_character_in_a_cell_is_shown_as_lost(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "一", "title\\udc00": "甲\\ud800"}\n', "utf-8")
    assert by_name(tmp_path)["a.jsonl#1"].given == {"title\ufffd": "甲\ufffd"}


def test_of_two_names_of_a_file_in_a_table_the_full_one_counts(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "sub/a.txt"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    (tmp_path / "m.csv").write_text("file,place\na.txt,青岛\nsub/a.txt,烟台\n", "utf-8")
    assert {name: source.given["place"] for name, source in by_name(tmp_path).items()} == {
        "a.txt": "青岛",
        "sub/a.txt": "烟台",
    }


def test_a_table_is_in_the_place_of_its_file_whatever_other_tables_say(tmp_path):
    for name in ("t.jsonl", "m.csv", "n.csv", "z.txt"):
        (tmp_path / name).write_text(json.dumps({"text": TEXT}) if name[0] == "t" else "file,x\nz.txt,1\n", "utf-8")
    (tmp_path / "n.csv").write_text("file,x\nnobody,1\n", "utf-8")
    assert [source.name for source in read_sources(tmp_path)] == ["n.csv", "t.jsonl#1", "z.txt"]


def test_a_table_of_endless_metadata_is_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "UNPACKED", 1000)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "m.jsonl").write_text('{"file": "a.txt", "note": "%s"}\n' % ("文" * 100) * 20, "utf-8")
    found = by_name(tmp_path)
    assert "has no text column" in found["m.jsonl"].problem and not found["a.txt"].given


def test_a_parquet_file_of_one_large_row_group_is_read_and_one_that_swells_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "UNPACKED", 1000)
    monkeypatch.setattr(readers, "EXPANSION", 1)
    pd.DataFrame({"text": [TEXT + str(n) for n in range(100)]}).to_parquet(tmp_path / "a.parquet", compression=None)
    assert not by_name(tmp_path)["a.parquet#1"].problem
    pd.DataFrame({"text": [TEXT * 99]}).to_parquet(tmp_path / "b.parquet", compression="zstd")
    assert "more than 1 times its file" in by_name(tmp_path)["b.parquet"].problem
