"""Encodings: those Chinese text is found in, bytes that fit none, and bytes that are no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.encodings import LOST, DecodeError, decode

SIMPLIFIED = "青岛各区市各部门以“起步就是冲刺，开局就是决战”的精气神起好步、开好局。\n" * 5
TRADITIONAL = "青島各區市各部門以「起步就是衝刺，開局就是決戰」的精氣神起好步、開好局。\n" * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_simplified_text_is_read_in_any_of_its_encodings(encoding):
    assert decode(SIMPLIFIED.encode(encoding)) == (SIMPLIFIED, encoding, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "big5", "gb18030"])
def test_traditional_text_is_read_in_any_of_its_encodings(encoding):
    assert decode(TRADITIONAL.encode(encoding)) == (TRADITIONAL, encoding, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs"])
@pytest.mark.parametrize("place", [40, 41, 42, 101])
def test_a_bad_byte_costs_no_more_than_the_characters_it_stands_in(encoding, place):
    text = SIMPLIFIED if encoding != "big5hkscs" else TRADITIONAL
    data = text.encode(encoding)
    decoded = decode(data[:place] + b"\xff" + data[place:])
    assert decoded.encoding == encoding and 1 <= decoded.undecodable <= 4
    assert decoded.text.count(LOST) == decoded.undecodable
    assert decoded.text[:10] == text[:10] and decoded.text[-60:] == text[-60:]


def test_two_encodings_in_one_file_are_both_read_and_both_named():
    data = SIMPLIFIED.encode() + SIMPLIFIED.encode("gb18030")
    assert decode(data) == (SIMPLIFIED * 2, "utf-8+gb18030", 0)


def test_a_lost_character_that_the_text_itself_holds_is_not_counted():
    assert decode(f"青{LOST}岛".encode()).undecodable == 0
    assert decode((SIMPLIFIED + LOST).encode() + b"\xff").undecodable == 1


@given(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff"), min_size=1).filter(
        str.strip
    )
)
def test_utf8_is_always_read_as_utf8(text):
    try:
        assert decode(text.encode())[:2] == (text, "utf-8")
    except DecodeError as error:
        assert "by its first bytes" in str(error)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_reason_and_each_loss_counted(data):
    try:
        text, encoding, lost = decode(data)
    except DecodeError as error:
        assert len(str(error)) > 10
    else:
        assert text.count(LOST) >= lost
        assert lost or "+" in encoding or text.encode(encoding) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\1\2", "is not text"),
        (b"\xff\xff\xff", "is not text"),
        (bytes(range(256)) * 20, "is not text"),
        (b"%PDF-1.7 x", "a PDF file by its first bytes"),
        (b"PK\x03\x04xx", "a zip, docx or xlsx file"),
    ],
)
def test_bytes_that_are_no_text_are_named(data, reason):
    with pytest.raises(DecodeError, match=reason):
        decode(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_without_a_mark_are_read_whatever_the_share_of_latin(encoding):
    for text in (
        "The city of Qingdao (青岛) lies in Shandong.\n" * 3,
        "青岛日报，第1版",
        "plain ASCII, line 1\nline 2\n",
    ):
        assert decode(text.encode(encoding)) == (text, encoding, 0)


def test_national_text_with_much_latin_is_not_taken_for_utf16():
    text = "Received 1998, revised 1999.\n内容提要\n" + "English words stand here in pairs of letters.\n" * 20
    assert decode(text.encode("gb18030")) == (text, "gb18030", 0)


@pytest.mark.parametrize("text", ["要闻", "报纸", "今日头版", "青岛日报社"])
def test_a_few_characters_are_enough(text):
    assert decode(text.encode("gb18030")) == (text, "gb18030", 0)


def test_marks_of_big5_that_hong_kong_and_taiwan_agree_on_are_read_as_they_do():
    text = "① 會議強調，要把責任落實到每個部門；② 各區要抓緊進度。\n"
    assert decode(text.encode("big5hkscs")).text == text


def test_rare_characters_of_four_bytes_are_read():
    text = "地名𠮷野、㐂𪚥等字在字库之外，照样读出。\n"
    assert decode(text.encode("gb18030")) == (text, "gb18030", 0)


def test_lines_in_two_encodings_are_told_apart_however_short():
    lines = ["第一行", "要闻", "各级各部门要认真贯彻落实会议精神", "头版", "把各项任务落到实处"] * 4
    data = b"\n".join(line.encode("utf-8" if number % 3 else "gb18030") for number, line in enumerate(lines))
    assert decode(data) == ("\n".join(lines), "utf-8+gb18030", 0)
