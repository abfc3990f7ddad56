"""Make newspaper pages out of whole articles, take them apart again, and score the parts beside doing nothing.

An article is a headline, a byline and some paragraphs that follow each other in a real text. A page is made of three, plain
or in five ways that dumps of pages are worse: with the site's and the paper's own lines around and between them, with
paragraphs cut by a picture's caption, with columns that change over in the middle of a paragraph or also between two, and
all of it. Which line belongs where is known, so every judgement of `pages` can be counted. The makers of furniture and names
below share nothing with the word lists of `qdlib`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from itertools import combinations
from statistics import fmean

import pandas as pd
from texts import base

from qdlib.pages import split_page
from qdlib.traced import TracedText

HEAD_ROLES = ("headline", "subtitle", "byline", "dateline", "title")
TOP = [
    "某某在线 > 新闻中心 > 要闻 > 正文", "您当前的位置：首页 > 政务要闻", "设为首页", "加入收藏", "登录", "注册", "无障碍浏览",
    "字号：大 中 小", "分享到：微信 微博 QQ空间", "打印本页", "浏览次数：1284", "下载APP",
]  # fmt: skip
BETWEEN = [
    "广告",
    "打开APP阅读全文",
    "第03版：要闻",
    "版权声明：本版作品未经书面授权，不得转载。",
    "上一篇：没有了",
    "分享到",
]
BOTTOM = [
    "（责任编辑：赵一鸣）", "责编：钱小川 审核：孙文", "相关阅读", "猜你喜欢", "返回顶部", "网站地图", "联系我们",
    "Copyright © 2010-2023 某某在线 All Rights Reserved", "鲁ICP备12345678号", "最新评论", "查看更多评论", "关闭窗口", "扫一扫 在手机打开当前页",
]  # fmt: skip


@dataclass
class Printed:
    """A printed line: its text, the number of its article (-1 for what is none) and of its paragraph in it."""

    text: str
    article: int = -1
    paragraph: int = -1


@dataclass
class Made:
    """A page made: its lines, and the headline and paragraphs of each article."""

    lines: list[Printed] = field(default_factory=list)
    headlines: list[str] = field(default_factory=list)
    paragraphs: list[list[str]] = field(default_factory=list)

    def text(self) -> str:
        """The page as its dump shows it."""
        return "\n\n".join(line.text for line in self.lines)


def documents(texts: list[str]) -> list[list[str]]:
    """Runs of four to seven whole paragraphs, 60 to 600 characters each, of some texts."""
    runs: list[list[str]] = []
    for text in texts:
        runs.append([])
        for line in map(str.strip, text.splitlines()):
            if 60 <= len(line) <= 600 and re.search("[。！？]”?$", line):
                runs[-1].append(line)
            elif runs[-1]:
                runs.append([])
    return [run[i : i + 7] for run in runs for i in range(0, len(run), 7) if len(run) - i >= 4]


def _headline(rng: random.Random, texts: list[list[str]]) -> str:
    """A clause of some text, as long as headlines are."""
    while True:
        clauses = re.findall(r"(?<=[，。；])[\u4e00-\u9fff“”]{10,22}(?=[，。；])", rng.choice(rng.choice(texts)))
        if clauses:
            return rng.choice(clauses)


def _name(rng: random.Random) -> str:
    """A reporter."""
    return rng.choice("赵钱孙李周吴郑王冯陈卫蒋沈韩杨") + rng.choice(
        ["一鸣", "小川", "文", "思远", "雪梅", "立", "建国", "晓彤"]
    )


def _cut(rng: random.Random, paragraph: str) -> tuple[str, str]:
    """A paragraph broken where a column ends: anywhere but at the end of a sentence, 20 characters in at least."""
    places = [i for i in range(20, len(paragraph) - 15) if not re.match(r"[。；！？：…”]", paragraph[i - 1 :])]
    at = rng.choice(places)
    return paragraph[:at], paragraph[at:]


def _flow(
    rng: random.Random, number: int, head: str, paragraphs: list[str], cuts: int, subheads, ends: bool
) -> list[list[Printed]]:
    """An article's lines, in pieces: a new one begins where a paragraph is cut, with `ends` also between paragraphs."""
    byline = rng.choice(["□某某日报记者 {}", "本报记者 {}", "本报记者 {} 通讯员 {}"])
    pieces = [[Printed(head, number), Printed(byline.format(_name(rng), _name(rng)), number)]]
    broken = set(rng.sample(range(len(paragraphs)), min(cuts, len(paragraphs))))
    for p, paragraph in enumerate(paragraphs):
        if subheads and p > 1 and rng.random() < 0.3:
            pieces[-1].append(Printed(_headline(rng, subheads)[:14], number))
        if ends and p > 1 and rng.random() < 0.2:
            pieces.append([])
        first, second = _cut(rng, paragraph) if p in broken else (paragraph, "")
        pieces[-1].append(Printed(first, number, p))
        if second:
            pieces.append([Printed(second, number, p)])
    return pieces


def make_page(
    rng: random.Random, texts: list[list[str]], *, furniture=False, captions=False, interleaved=False, ends=False
) -> Made:
    """A page of three articles; with captions or columns changing over, two paragraphs of each are cut."""
    made, flows = Made(), []
    for number, run in enumerate(rng.sample(texts, 3)):
        made.paragraphs.append(run)
        made.headlines.append(_headline(rng, texts))
        cuts = 2 if captions or interleaved else 0
        subheads = texts if rng.random() < 0.5 else None
        flows.append(_flow(rng, number, made.headlines[-1], run, cuts, subheads, ends))
    turns = [number for number, flow in enumerate(flows) for _ in flow]
    if interleaved:
        rng.shuffle(turns)
    for turn in turns:
        made.lines += flows[turn].pop(0)
        if captions and rng.random() < 0.5:
            clause = _headline(rng, texts)
            caption = rng.choice(["■{}。 {} 摄", "{}。本报记者 {} 摄", "图为{}。", "▲{}。（{} 供图）"])
            made.lines.append(Printed(caption.format(clause, _name(rng))))
        if furniture and rng.random() < 0.3:
            made.lines.append(Printed(rng.choice(BETWEEN)))
    if furniture:
        made.lines[:0] = [Printed(text) for text in rng.sample(TOP, 4)]
        made.lines += [Printed(text) for text in rng.sample(BOTTOM, 4)]
    return made


def found_by_us(made: Made) -> tuple[list[tuple[str, list[str]]], str]:
    """Headline and paragraphs of each article but the captions, and all text kept."""
    page = split_page(TracedText.of(made.text()))
    articles = [
        (article.headline, [text.text for role, text in article.paragraphs if role not in HEAD_ROLES])
        for article in page.articles
        if article.genre != "caption"
    ]
    return articles, "\n".join(text.text for article in page.articles for _, text in article.paragraphs)


def found_by_lines(made: Made) -> tuple[list[tuple[str, list[str]]], str]:
    """The baseline: the page is one article, its first line the headline, each line a paragraph."""
    lines = [line.text for line in made.lines]
    return [(lines[0], lines[1:])], "\n".join(lines)


def scores(made: Made, articles: list[tuple[str, list[str]]], kept: str) -> dict[str, float]:
    """Shares of what was made that was found again, and the pairwise F1 of which lines share an article."""
    homes = []
    for line in made.lines:
        if line.paragraph >= 0:
            home = next((n for n, (_, ps) in enumerate(articles) if any(line.text in p for p in ps)), None)
            homes.append((line.article, home))
    pairs = list(combinations(homes, 2))
    together = [(a[0] == b[0], a[1] == b[1] and a[1] is not None) for a, b in pairs]
    hits = sum(true and found for true, found in together)
    f1 = 2 * hits / max(1, sum(true for true, _ in together) + sum(found for _, found in together))
    exact = {p for _, ps in articles for p in ps}
    wanted = [p for ps in made.paragraphs for p in ps]
    lines = {line.text for line in made.lines}
    cut = [p for p in wanted if p not in lines]
    whole_lines = [p for p in exact if p not in lines]
    false = [p for p in whole_lines if p not in wanted and sum(line.text in p for line in made.lines) > 1]
    furniture = [
        line.text for line in made.lines if line.article < 0 and "摄" not in line.text and "图" not in line.text
    ]
    return {
        "paragraphs exact": fmean(p in exact for p in wanted),
        "article pairs F1": f1,
        "cut paragraphs rejoined": fmean(p in exact for p in cut) if cut else float("nan"),
        "false joins per page": len(false),
        "headlines": fmean(h in {found for found, _ in articles} for h in made.headlines),
        "furniture leaked": fmean(text in kept.split("\n") for text in furniture) if furniture else float("nan"),
    }


SETTINGS = {
    "plain": {},
    "furniture": {"furniture": True},
    "cut by captions": {"captions": True},
    "columns interleaved": {"interleaved": True},
    "columns that end with a paragraph too": {"interleaved": True, "ends": True},
    "all three": {"furniture": True, "captions": True, "interleaved": True},
}


def table(texts: list[str], n: int = 40, seed: int = 0) -> pd.DataFrame:
    """Means over `n` pages of each kind, ours beside the baseline."""
    runs = documents(texts)
    if len(runs) < 3:
        raise ValueError(f"texts must have at least 3 runs of 4 paragraphs of 60 to 600 characters, got {len(runs)}")
    rows = []
    for setting, how in SETTINGS.items():
        rng = random.Random(f"{seed} {setting}")
        pages = [make_page(rng, runs, **how) for _ in range(n)]
        for name, find in [("qdlib", found_by_us), ("each line a paragraph, one article", found_by_lines)]:
            each = pd.DataFrame([scores(made, *find(made)) for made in pages])
            rows.append({"page": setting, "n": n, "by": name, **each.mean().to_dict()})
    return pd.DataFrame(rows)


if __name__ == "__main__":
    print(table(base()).round(3).to_string(index=False, na_rep=""))
