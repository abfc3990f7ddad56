"""Readers: the encodings Chinese text is found in, and bad files named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.readers import ReadError, decode, find_sources, read_source

SIMPLIFIED = "青岛各区市各部门以“起步就是冲刺，开局就是决战”的精气神起好步、开好局。" * 5
TRADITIONAL = "青島各區市各部門以「起步就是衝刺，開局就是決戰」的精氣神起好步、開好局。" * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_simplified_text_is_read_in_any_of_its_encodings(encoding):
    assert decode(SIMPLIFIED.encode(encoding)) == (SIMPLIFIED, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030"])
def test_traditional_text_is_read_in_any_of_its_encodings(encoding):
    assert decode(TRADITIONAL.encode(encoding)) == (TRADITIONAL, encoding)


@given(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\ufeff"), min_size=1).filter(str.strip)
)
def test_utf8_is_always_read_as_utf8(text):
    assert decode(text.encode())[0] == text


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(data):
    try:
        text, encoding = decode(data)
    except ReadError as error:
        assert len(str(error)) > 10
    else:
        assert text.encode(encoding) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not text"),
        (b"\xff\xfe\xd8", "breaks off"),
        (b"\xff\xff\xff", "neither UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_named(data, reason):
    with pytest.raises(ReadError, match=reason):
        decode(data)


def test_sources_are_found_in_order_and_below_folders(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ["b.txt", "a.txt", "sub/c.TXT", "notes.md"]:
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
    assert "cannot be opened" in read_source(tmp_path).problem
