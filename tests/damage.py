"""The forward process of byte-blind pinyin injection: damage clean simplified text as the programs on hacked pages do."""

import random
import re
from functools import cache

CUT_PAIRS = (b"\xa3\xa1", b"\xa3\xbf", b"\xa3\xbb")  # ！？；
NARROW = str.maketrans("，：（）？；！", ",:()?;!")


@cache
def traditional():
    """Simplified to traditional, character for character, as far as GBK has the traditional one."""
    from opencc import OpenCC

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    table = dict(zip(characters, OpenCC("s2t").convert("\n".join(characters)).split("\n")))
    # characters that are traditional ones too; a converter without words leaves them
    keep = set("干后里么只面斗群范于余筑并准台系借")
    return {a: b for a, b in table.items() if a != b and a not in keep and len(gbk(b)) == 2}


def gbk(text):
    """The GBK bytes, `?` for what has none."""
    codes = (character.encode("gb18030") for character in text)
    return b"".join(code if len(code) < 3 else b"?" for code in codes)


@cache
def reading(character, tones=True):
    """The first reading of a character."""
    from pypinyin import Style, pinyin

    return pinyin(character, style=Style.TONE if tones else Style.NORMAL)[0][0]


def damage(text, *, share=1.0, cut=True, narrow=True, seed=0, form="({})", tones=True, both=False):
    """Return the damaged page.

    Args:
        text: clean simplified text.
        share: share of the traditional characters that are listed for a gloss, drawn at random.
        cut: whether the bytes are cut at the codes of ！？； where they stand across two characters.
        narrow: whether punctuation ends half-width.
        seed: of the draw and of the order in which the listed characters are looked for.
        form: of the gloss; tones: whether it has them.
        both: whether the list has characters, too, that are the same in both scripts.
    """
    page = "".join(traditional().get(character, character) for character in text)
    han = {character for character in page if "\u4e00" <= character <= "\u9fff"}
    candidates = sorted(han if both else han & set(traditional().values()))
    listed = random.Random(seed).sample(candidates, round(share * len(candidates)))
    data = gbk(page)
    for character in listed:
        data = data.replace(gbk(character), gbk(character) + gbk(form.format(reading(character, tones))))
    shown = decode(data, cut)
    return shown.translate(NARROW) if narrow else shown


def decode(data, cut):
    """Decode as the tolerant reader did: in parts cut at CUT_PAIRS, `?` for a byte that cannot pair with the next, which it swallows."""
    parts = re.split(b"(" + b"|".join(CUT_PAIRS) + b")", data) if cut else [data]
    return "".join(decode_part(part) for part in parts)


def decode_part(data):
    """Decode one part."""
    shown, at = [], 0
    while at < len(data):
        if data[at] <= 0x80:
            shown.append(chr(data[at]))
            at += 1
            continue
        try:
            shown.append(data[at : at + 2].decode("gb18030"))
        except UnicodeDecodeError:
            shown.append("?")
            at -= data[at + 1 : at + 2] == b"\n"  # pages were edited line by line, so no line end was swallowed
        at += 2
    return "".join(shown)
