"""A page's lines: read them and tell what each is.

Everything here is general knowledge about Chinese newspaper and web pages: how bylines, datelines, credits and menus are
worded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

from qdlib.words import read_lexicon

# Patterns see one copy of the text, character for character, in which both widths of punctuation look the same.
_NARROW = str.maketrans("，：；？！（）｜丨︱│＞　\u00a0\t０１２３４５６７８９", ",:;?!()||||>   0123456789")


@dataclass(slots=True)
class Line:
    """A line of a page: its spans in the page's text, its narrow text, and what it was found to be."""

    spans: list[tuple[int, int]]
    text: str
    indent: int = 0
    after_gap: bool = True
    kind: str = ""


HAN = r"\u3400-\u9fff"
_ONE = "[" + "".join(w for w in " ".join(read_lexicon("surnames")).split() if len(w) == 1) + "]"
_TWO = "|".join(w for w in " ".join(read_lexicon("surnames")).split() if len(w) == 2)
NAME = rf"(?:(?:{_TWO})[{HAN}]{{1,2}}|{_ONE}[{HAN}]{{1,2}}|[{HAN}]{{1,5}}·[{HAN}·]{{1,9}})"
PAPER = rf"[{HAN}]{{1,6}}?(?:日报|晚报|早报|晨报|时报|商报|都市报|青年报|周报|快报|导报|法制报|法治报|工人报)"
DATE = r"((?:19|20)\d\d)(?: ?[-/.年] ?| )(\d{1,2}) ?[-/.月] ?(\d{1,2})(?!\d) ?日?"
# A line that ends so is complete: a mark that ends a sentence, perhaps with closing quotes or a signature in brackets.
CLOSED = re.compile(r"[。!?…;:.](?:[”’」』\"]*\([^()]{1,150}\))?[”’」』\")》】＊*\ue000-\uf8ff]*$")
_MAY_CLOSE = frozenset([*"”’」』\")》】＊*", *map(chr, range(0xE000, 0xF900))])


def is_closed(text: str) -> bool:
    """Whether a line is complete: its last character mostly tells."""
    last = text[-1:]
    return last != "" and (last in "。!?…;:." or last in _MAY_CLOSE and bool(CLOSED.search(text)))


DISPATCH = re.compile(
    rf"^据?(?:{PAPER}|本报|本刊|新华社|中新社|新华网|人民网|中新网)[{HAN}/、]{{0,10}} ?(?:(\d{{1,2}})月(\d{{1,2}})日)?(?:专?电|讯)(?![{HAN}]?[员录])"
)
SIGNED = re.compile(rf"[。!?”…]\s*\(((?:[^()]*(?:评论员|记者|通讯员|撰稿|作者|执笔|文/)[^()]*)|完|{NAME})\)$")
NUMBERED = re.compile(r"^(?:第?[一二三四五六七八九十]+[、.章节条]|\([一二三四五六七八九十\d]+\)|\d{1,2}[、.](?!\d))")
LABEL = re.compile(
    r"^[【\[■◆]?(?:(?P<commentary>记者(?:手记|观察|感言|点评)|采访手记|编[后余]|编辑点评|(?:今日|一周|本报|每日)?(?:短评|快评|时评|微评|锐评|点评)|今日评论)"
    r"|(?P<voices>(?:基层|百姓|群众|市民|网友|读者|专家|企业|各界|一线|代表|委员|嘉宾)的?(?:声音|心声|观点|感言|热议|说|建议|之声))"
    r"|(?P<caption>图片(?:新闻|报道)|新闻图片|图说新闻|光影故事)"
    r"|(?P<brief>(?:新闻|相关|背景)?链接|新闻(?:背景|延伸|助读)|背景资料|名词解释|延伸报道))[】\]:]?$"
)
_JOB = r"(?:记者|通讯员|撰稿人?|评论员|撰文|采写|执笔|作者|实习生|文/图|图/文|文字)"
_OFFICE = r"(?:总理|主席|委员长|书记|[省市县区州镇乡村厅局处部院校会社站所馆]长|主任|检察长|(?:董事|理事|秘书)长|总?经理|教授|研究员)"
_NAMES = rf"(?:(?:[ :|、/·]+[{HAN}·]{{2,4}})+|{NAME}(?:[ 、]+[{HAN}·]{{2,4}})*|(?:{NAME}){{2,}})"
_BYLINES = [
    re.compile(rf"^.{{0,24}}?{_JOB}{_NAMES}(?: *.{{0,8}}{_JOB}{_NAMES})*$"),  # 本报记者 甲某 通讯员 乙某
    re.compile(rf"^[{HAN}]{{0,24}}{_OFFICE} *{NAME}$"),  # 国务院总理 甲某
    re.compile(rf"^(?:原创 [^ ,。:]{{2,12}}|作者 ?:? ?{NAME}(?:[, ][^。]{{2,30}})?)$"),
    re.compile(r"^本版(?:撰稿|采写|文字)|^本[报刊](?:特约)?评论员$"),
]
_SQUARE_BYLINE = re.compile(rf"^[□■◎] ?[{HAN}]{{2,4}}(?: [{HAN}]{{2,4}})*$")
_COMMENTATOR = re.compile(rf"^\([{HAN}/]{{2,12}}评论员\)$")
_PHOTO_CREDIT = re.compile(
    rf"(?:。[^。(]{{0,16}}(?:记者|通讯员)(?: [{HAN}]{{2,4}}|{NAME})"  # behind a full stop none but a photographer is named
    rf"|摄(?:影报道)?(?:\([^()]{{2,10}}\))?|供图|摄影|图片|资料图片?|(?:新华社|中新社)发)\)?$"
)
MARKED = re.compile(r"^(?:[■◥◤▲△▼▽◆►▶◀◢◣↑↓←→]|图为|图片?(?:\d*|[①-⑳一二三四五]) ?:|\(?资料图)")
_SPEAKER = re.compile(rf"^[^,。;!?]{{0,44}}(?<![一二三四五六七八九十]){NAME}:$")
_NO_SPEAKER = re.compile(r"^(?:各位|同志们|朋友们|女士们)|(?:以下|如下|方面|工作|主要|问题)[^”]{0,4}:$")


def _is_spam(text: str) -> bool:
    """Eight or more short names parted by bars, or a line mostly of betting words."""
    if text.count("|") > 6:
        items = [item.strip() for item in text.split(":")[-1].split("|") if item.strip()]
        names = sum(bool(re.fullmatch(f"[{HAN}]{{2,8}}", item)) for item in items)
        if len(items) >= 8 and names >= 0.9 * len(items):
            return True
    return 3 * sum(map(len, _betting().findall(text))) > len(text)


@cache
def _betting() -> re.Pattern:
    """Pattern of the betting words."""
    return re.compile("|".join(" ".join(read_lexicon("betting")).split()))


_REPORTED = re.compile(r"[ /]+(?:文/图|图/文|文|图|文并图|摄影报道|综合报道|报道|整理)$")  # behind the names


_NO_BYLINE = re.compile("[。!?;摄]")


def _is_byline(text: str) -> bool:
    """An outlet or office and names, and nothing else."""
    if len(text) > 150 or _NO_BYLINE.search(text):
        return False
    bare = _REPORTED.sub("", text.strip("□■◆●▲◎()【】 "))
    by_office = len(bare) < 32 and _BYLINES[1].match(bare)
    return bool(
        by_office
        or _BYLINES[0].match(bare)
        or _BYLINES[2].match(bare)
        or _BYLINES[3].match(bare)
        or _SQUARE_BYLINE.match(text)
        or _COMMENTATOR.match(text)
    )


def _is_caption(text: str) -> bool:
    """A picture's text: a photographer at its end, or a mark at its head and no more than two sentences."""
    credit = ("图" in text or "摄" in text or "发" in text or "记" in text or "通讯" in text) and _PHOTO_CREDIT.search(text)
    marked = MARKED.match(text)
    if credit and len(text) <= 200:
        return bool("。" in text or marked or len(text) < 60)
    ended = text[-1] in "。)" or text[0] in "图▲△▼▽"
    return bool(marked and len(text) <= 150 and text.count("。") <= 2 and ended)


def _is_breadcrumb(text: str) -> bool:
    """Two or more short names parted by > or ›, as a site shows where a page belongs."""
    if " >" not in text and "> " not in text and "›" not in text and "»" not in text and "→" not in text:
        return False
    parts = re.split(r" *[>›»→]+ *", text)
    return len(parts) > 1 and all(1 <= len(part) <= 16 and not re.search("[。=]", part) for part in parts if part)


def _is_speaker(text: str) -> bool:
    """Office and name with a colon, above what that person says."""
    return bool(_SPEAKER.match(text)) and not _NO_SPEAKER.search(text)


_TWO_HAN = re.compile(f"[{HAN}].*?[{HAN}]", re.DOTALL)
_NO_HEADING = re.compile(
    r"^(?:各位|同志们|朋友们|谢谢|附件\d*:.*\.\w{3,4}$)"
    r"|^(?:记者|主持人|问|答|甲|乙)[^:]{0,4}:.{4,}|^各[^:]{2,20}[,、][^:]{2,30}:$|如下:$"
)  # the latter: a question or answer of an interview; whom a notice is addressed to
_ADDRESS = re.compile("(?:同志们|朋友们|乡亲们?|同学们|女士们|先生们|战友们)[^:]{0,8}[:!]$")


def _is_heading(text: str) -> bool:
    """Short, without a full stop, and not closed by a mark - or a few words before a colon."""
    if len(text) > 75 or "。" in text or _ADDRESS.search(text):
        return False
    if _NO_HEADING.search(text):
        return False
    return (not is_closed(text) or len(text) <= 30 and text[-1] in ":!?") and bool(_TWO_HAN.search(text))


_SECTION = re.compile(r"^(?:PART|Part|NO|No)?[. ]?0?\d{1,2}[.、]?$")  # a number set above a subhead
# The name of the site or of the paper's channel, above the article.
_SITE = re.compile(
    rf"^[{HAN}A-Za-z·]{{2,12}}(?:网|在线|门户|网站|客户端|频道|融媒|电视台|广播电视台|融媒体中心)(?:首页)?$"
)


@cache
def _terms() -> tuple[dict[str, str], frozenset[str]]:
    """The kind of each fixed term of web pages, and the names of sections, which stand for themselves only beside others."""
    rows = [entry.upper().split() for entry in read_lexicon("furniture")]
    kinds = {term: row[0].lower() for row in reversed(rows) for term in row[1:] if row[0] != "SECTION"}
    return kinds, frozenset(term for row in rows if row[0] == "SECTION" for term in row[1:])


def _run_together(part: str, kinds: Container[str]) -> list[str]:
    """The fixed terms that a string of a toolbar is made of, where their gaps were lost; else the string."""
    if part in kinds or len(part) > 40 or not any(part[:end] in kinds for end in range(2, 9)):
        return [part]
    cuts: list[list[str] | None] = [[]]
    for end in range(1, len(part) + 1):
        start = next((i for i in range(max(0, end - 8), end - 1) if cuts[i] is not None and part[i:end] in kinds), None)
        cuts.append(None if start is None else [*cuts[start], part[start:end]])
    return cuts[-1] or [part]


_COUNTED = re.compile(r"^[\d.,万+]+|[\d.,万+]+次?$")
_MARKS = r"\s|/>›»«<·•_:,、。!?~+#*^→←↓↑◆■▲▼()\[\]【】{}《》—–=\-"
_BETWEEN_TERMS = re.compile(f"[{_MARKS}]+")
# Ten characters or more between two marks are no term, though they may be several run together.
_NO_TERM = re.compile(rf"(?<![^{_MARKS}])[^{_MARKS}\d.万][^{_MARKS}]{{8,}}[^{_MARKS}\d.万次](?![^{_MARKS}])")


@lru_cache(1 << 12)
def menu_kind(text: str, at_top: bool = False) -> str:
    """Kind of a line made of the fixed terms of web pages alone, of five short words mostly such; else nothing."""
    if len(text) > 160 or "。" in text[:-1]:
        return ""
    kinds, sections = _terms()
    found = _NO_TERM.search(text)
    if found and not any(found[0][:end].upper() in kinds for end in range(2, 9)):
        return ""
    if len(text) < 8 and " " in text:
        text = text.replace(" ", "")  # set in wide letters
    parts = [_COUNTED.sub("", part).upper() for part in _BETWEEN_TERMS.split(text)]
    parts = [part for part in parts if part]
    if len(parts) == 2 and parts[0] in sections and re.match(f"[{HAN} ]{{2,6}}[·|][{HAN} ]{{2,9}}$", text):
        return "masthead"
    parts = _run_together(parts[0], kinds) if len(parts) == 1 and parts[0] not in sections else parts
    fixed = [part for part in parts if part in kinds]
    known = len(fixed) + sum(part in sections and part not in kinds for part in parts)
    alone = len(fixed) == len(parts) and sum(map(len, parts)) > 1
    listed = known == len(parts) and (at_top or len(parts) > 2 and (fixed or len(parts) > 4))
    mostly = fixed and len(parts) > 4 and max(map(len, parts)) <= 6 and 2 * known > len(parts) and "、" not in text
    if not parts or not (alone or listed or mostly):
        return ""
    return kinds[fixed[0]] if fixed else "navigation"


_NAMED = r"(?:新闻|文章|阅读|视频|图集|图片|图文|专题|资讯|排行|热榜|榜单?|回顾|推荐|报道|稿件|话题|内容|看点|热[点文词]|精彩|关注|喜欢|看|帖子|博文|信息|动态)"
_CALLED = (
    r"(?:精彩|相关|热门|猜你|为您?你?|编辑|今日|延伸|更多|推荐|大家都在|热点|往期|24小时|一?周|每日|本[周月日]|最[新热]|点击|阅读"
    r"|新闻|视频|图[片文]|特别|独家|重点|同类|其他|本[网站类]|频道|延展|扩展|热[读评]|人气|您可能|你可能|感兴趣)"
)
_ROLE = (
    r"(?:责任|值班|本[期版]|图片|文字|新媒体|微信|网络|见习|实习|特约|执行|栏目|稿件|内容|视频|融媒体?)?(?:编辑|编校|编审|主编|总编(?:辑|室)?|副总编辑?|总监|校对|校审|校检|审读|审核|审校|审签|审定"
    r"|初审|复审|终审|[一二三]审|[一二三]校|美编|美术|版式(?:设计)?|排版|组版|制版|监制|总监制|出品人?|策划|总策划|统筹|剪辑|后期|配音|海报|视觉|动画|制图|制作|运营|签发|检校|检查"
    r"|图片?来源|图源|责编|设计|值班[^ :/|]{0,4})"
)
_REPRINT = (
    r"(?:转载|版权|侵权|侵犯|本[网站报]|著作权|个人观点|不代表|仅代表|仅供参考|联系删除|授权|法律责任|来源于?网络|信息之目的)"
)
# Latin with marks, Greek, Cyrillic and on to Mongolian, kana, Hangul: a line of these is a quotation or a reference, no ornament.
_OTHER_LETTERS = r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u1fff\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3"
# What a line is: the first that fits, of those for lines so long. Those up to `masthead` are furniture, no part of any article.
_KINDS: list[tuple[str, int, str | Callable[[str], object]]] = [
    ("spam", 400, _is_spam),
    (
        "counter",
        40,
        r"^(?:阅读|浏览|点击|评论|访问|播放|点赞|人气|热度)(?:量|数|次数)? ?[:(]* ?\d[\d,.万+]*\)?次?$|^\d{1,3} ?/ ?\d{1,3}$|^\d{7,}$|^(?:阅读|浏览|点击|访问)(?:量|数|次数) ?: ?次?$"
        r"|^共? ?\d{1,4} ?页(?: ?第? ?\d{1,4} ?页)?$|^\d[\d,.万+]* ?(?:次|条|人)?(?:已?阅读|浏览|点击|评论|播放|参与|点赞|跟帖|赞过|打赏)$",
    ),
    (
        "copyright",
        400,
        r"^[(【]?(?:(?:版权|免责|法律)[^,。:]{0,6}[声申]明|版权所有|免责声明|特别声明|转载声明|转载请|如需转载|凡(?:本网|注明|转载)|欢迎转载|网站标识码|Powered by)|^[^。]{0,60}(?:Copyright|©|版权所有$|ICP[备证]|[公网]安备)"
        r"|^[^。]{0,40}(?:许可证(?:编)?号?:|如有侵权|侵[权删].{0,8}(?:联系|删除)|All Rights? Reserved|(?:视听|电信业务|新闻信息服务).{0,8}许可)"
        r"|^[^。]{0,8}未经.{0,12}(?:授权|许可|同意).{0,20}(?:转载|复制|摘编|镜像)|^(?:违法|不良)[^,。]{0,14}(?:举报|投诉)[^,。]{0,24}$"
        rf"|^[(【\[*■]*(?:郑重|本站|本网|网站|平台|严正|温馨|风险)?(?:声明|说明|提示|注)[】\]]? ?:.*{_REPRINT}|^(?:本文|本(?:网|站|网站|平台)(?:所|刊)|以上|文中|文章|图文|素材|部分|图片).{{0,24}}{_REPRINT}"
        r"|^(?:主办|承办|主管|协办|技术支持|运营|建设维护|地址|版权所有)(?:单位)? ?:.{2,40}(?:主办|承办|主管|协办|技术支持|运营|维护|邮编|电话|版权).{0,40}$",
    ),
    (
        "contact",
        120,
        r"^(?:(?:全国)?服务|新闻|爆料|报料|投稿|举报|读者|广告|发行|订报|客服|投诉|值班|采编|商务合作|通联)[^:,。]{0,6}(?:电话|热线|邮箱|传真|QQ|微信)? ?: ?[^。]*(?:\d{5}|\d{3}-\d{3}|@)",
    ),
    (
        "credit",
        120,
        rf"^\(?(?:本文|文中|本版|文内)?(?:图片|照片|供图|图)[^。:,]{{0,16}}(?:提供|供图)\)?$"
        rf"|^[(【\[]?(?:{_ROLE} ?[:/|]|(?:责任?编辑?|主编|编辑|美编|校对|审读|审核|编审|监制|排版|版式(?:设计)?|终审|初审|复审|值班\S{{0,4}}|本版\S{{0,4}}编辑) [^ ]{{2,4}}(?: |$|[)】]))[^。]{{0,80}}$",
    ),
    ("navigation", 200, _is_breadcrumb),
    (
        "navigation",
        200,
        r"^\(?(?:下转|上接|紧接|相关报道见)[^()。]{1,14}版\)?$|^(?:当前|您(?:现在)?(?:所在)?的?)?位置(?=$|[ :]|[是为])|^/?(?:阅读|查看)?(?:上|下)一[篇页条期版](?:[: ].*)?$|^(?:\[|【)?字[体号] ?:.{0,20}$|^\S{2,10}APP$|^打开APP.*|^打开\S{2,8} 查看.{2,16}$|^下载APP.*",
    ),
    (
        "comments",
        40,
        r"^(?:最新|热门|精彩|全部|网友|用户|文章)?(?:评论|留言|跟帖)(?:\(?\d*\)?|区|列表)?$|^.{0,8}查看(?:更多|全部)?评论.{0,8}$|^(?:发表|我要|写)评论.{0,6}$|^暂无评论$"
        r"|^\d+ ?条(?:评论|回复|留言|跟帖)$|^(?:网友|用户)?(?:评论|留言|跟帖).{0,8}(?:仅代表|仅供).{0,20}$|^(?:请)?(?:先)?登录后?.{0,6}(?:评论|发表|回复|留言).{0,6}$|^文明上网.{0,16}$",
    ),
    (
        "recommendation",
        24,
        rf"^(?!图片新闻|图片报道|新闻图片)[\[【■◆▌|]?(?:{_CALLED}{{1,2}}{_NAMED}{{1,2}}|猜你喜欢|(?:你|您)可能(?:还|也|会)?(?:喜欢|感兴趣).{{0,4}}|大家(?:都|还)在[看搜]|热搜榜|相关阅读.{{0,4}}|延伸阅读.{{0,4}})[>:\]】]*$",
    ),
    (
        "share",
        60,
        r"^(?:分享(?:到|至)?|转发)?[: ]*(?:(?:微信|微博|新浪微博|QQ(?:空间|好友)?|朋友圈|复制链接|抖音|今日头条|Facebook|Twitter)[ 、|/]*)+$"
        r"|^(?:分享|转发)(?:到|至|给|让).{0,20}$|^(?:微信)?扫(?:一扫|码|描).{0,24}(?:分享|关注|查看|阅读|打开|下载|订阅|二维码).{0,12}$|^扫码?.{0,12}$|^(?:用|打开)微信.{0,24}$"
        r"|^点击(?:进入|查看|阅读|观看).{0,30}$|^长按.{0,12}(?:二维码|识别|关注).{0,12}$|^(?:欢迎|记得|别忘|喜欢|觉得|点个).{0,12}(?:关注|点赞|在看|分享|转发|星标).{0,10}$|^关注(?:我们|公众号.{0,12})$"
        r"|^点击.{0,10}(?:蓝字|原文|关注|下载|订阅|名片|在看).{0,12}$|^(?:更多|精彩)[^。]{0,14}(?:请|点击|下载|关注|尽在).{0,24}$|^收录于.{0,12}$|^#[^#\s]{2,16}#?(?: ?\d+ ?[个篇])?(?: #[^#\s]{2,16}#?)*$",
    ),
    ("navigation", 200, menu_kind),
    (
        "ornament",
        400,
        rf"^[^{HAN}A-Za-z0-9{_OTHER_LETTERS}\ue000-\uf8ff]+$|^[-—=~·*\s]*(?:THE )?END[-—=~·*\s]*$|^\((?:全文|本文)?完\)$|^(?:全文完|本文完)$",
    ),
    (
        "masthead",
        80,
        rf"^客户端:|^(?:微信号|功能介绍) \S|^(?P<name>[{HAN}]{{3,16}}) (?P=name)$"
        rf"|^(?:发布于|发表于|IP属地) ?:? ?[{HAN}]{{2,8}}$|^.{{2,20}}官方[账帐]号$|^{PAPER}(?:社)?(?: +[^。,]{{1,12}}){{0,2}}$|^{PAPER} *{DATE}[^。,]{{0,30}}$|^第? ?[A-Z]?\d{{1,3}} ?版(?:[: ].{{0,12}})?$"
        rf"|^[^。,:]{{0,16}}{DATE}[ |]*(?:星期|周)[一二三四五六日天]|^(?:国内统一|邮发代号|今日\d+版|总第?\d+期|网址:|.{{0,8}}CN\d\d-)",
    ),
    (
        "dateline",
        160,
        rf"^\({DATE}\)$|^(?:(?:作者|编辑|来源|浏览|点击) ?[:|] ?\S{{1,16}} +){{0,3}}(?:\S{{0,4}}时间 ?:? ?|日期 ?:? ?|稿源 ?:.*|(?:文章)?来源 ?[:|][^。]{{1,30}} )?{DATE}(?:[ ,]*\d\d:\d\d(?::\d\d)?)?[^。,“]{{0,60}}$"
        rf"|^(?:来源|稿源|文章来源|信息来源|本文来源|新闻来源) ?[:|][^。]{{1,40}}$|^(?:原创 *)?[^\s。,:]{{2,16}}(?: [^\s。,:]{{2,12}})? +{DATE} +\d\d:\d\d[^。,]{{0,24}}$",
    ),
    (
        "source",
        120,
        r"^《 ?[^《》]{2,12} ?》 ?\( ?(?:19|20)\d\d.{4,30}\)$|^\(?(?:原载|据|转自|摘自|来源|本文来源)[: ]?《?[^。,]{2,30}\)$|^(?:以下|本)(?:文章|内容)来源于[^。]{2,40}$|^\(?原(?:标题|题|文链接) ?:.{4,60}$"
        r"|^(?:索引号|发文(?:机[关构]|单位|字号|日期)|发布(?:机[关构]|单位|日期)|制发机关|成文日期|公开(?:日期|方式|范围|目录|时限)|生成日期|(?:公文)?文号|文件编号|主题(?:分类|词)"
        r"|(?:体裁|组配|信息|公文)分类|公文种类|服务对象|有效性|时效性|公文时效|施行日期|废止日期|有效期|信息(?:来源|索引号?)|关键[词字]|标签|责任部门) ?:.{0,80}$"
        r"|^[\u3400-\u9fff]{2,12}[〔\[(](?:19|20)\d\d[〕\])] ?(?:第 ?)?\d{1,4} ?号$|^\(此件.{2,12}\)$",
    ),
    (
        "signature",
        30,
        rf"^\({NAME}(?: {NAME})*\)$|^\([{HAN}、/ ]{{2,20}}(?:处|科|局|委|部|办|室|站|中心|街道|镇|乡|政府|公司|协会|大队|支队|学校|学院|供稿)\)$",
    ),
    ("byline", 150, _is_byline),
    ("caption", 200, _is_caption),
    ("label", 20, LABEL.match),
    ("abstract", 20, r"^[【\[■]?(?:核心(?:阅读|提示)|内容提要|摘要|导读|提要|阅读提示)[】\]:]?$"),
    ("speaker", 60, _is_speaker),
    ("dispatch", 400, DISPATCH.match),
    ("heading", 75, _is_heading),
]
KINDS = [(kind, longest, test if callable(test) else re.compile(test, re.I).match) for kind, longest, test in _KINDS]
FURNITURE = frozenset(kind for kind, _, _ in KINDS[: [kind for kind, *_ in KINDS].index("dateline")]) | {"placeholder", "briefs"}

# Junk inside a line of the page's head that is otherwise the article's: its name, the kinds of line it is cut out of.
_TITLE, _HEAD = ("heading",), ("heading", "dateline", "body")
_JUNK: list[tuple[str, tuple[str, ...], Callable[[], re.Pattern]]] = [
    ("spam", _TITLE, lambda: re.compile(rf"[-_|—–]+ ?(?=[^-_|]*(?:{_betting().pattern}))[^-_|。]{{2,30}}$")),
    (
        "site name",
        _TITLE,
        lambda: re.compile(rf"(?<=..........)[-_|] ?[{HAN}]{{0,8}}(?:网|新闻|频道|门户|客户端|日报|晚报)$"),
    ),
    (
        "reprinter",
        _TITLE,
        lambda: re.compile(rf"^(?:{PAPER}|新华社|央视|人民网|新华网|光明网)[^ ,:]{{0,8}}: ?(?=\S{{6}})"),
    ),
    ("counter", _HEAD, lambda: re.compile(r"(?:阅读|浏览|点击|评论|访问)(?:量|数|次数)?[ :]*\(?\d[\d,.万+]*\)?次?$")),
]


# In one long line a gap of two or more spaces is the indent of a paragraph whose line break was lost; and a speech's
# title, its dated subtitle and its address stand on lines of their own. Not broken: an office and the name set after it.
_LOST_BREAK = re.compile(r" (?<=[^\s理席记长任] ) +(?=\S)")  # a space first: the quicker to search for
_SPEECH_HEAD = re.compile(
    r"(?<=[^。 ])(?=(?:各位代表|各位委员|同志们)[:!,])|(?<=\S)(?=(?:——|－－|--) ?(?:19|20)\d\d年)|(?<=会议上)(?=[^,。]{2,24}(?: |各位|$))"
)


def _heads_of_speech(text: str) -> list[str]:
    """Title, date and address of a speech, which stand within a few hundred characters, and the rest."""
    *heads, last = _SPEECH_HEAD.split(text[:300])
    return [*heads, last + text[300:]]


def _parts(line: str, at_top: bool) -> list[str]:
    """A line broken where its line breaks were lost; an ordinary one is whole."""
    parts = _LOST_BREAK.split(line) if len(line) > 120 and "  " in line else [line]
    if at_top:
        parts = [piece for part in parts for piece in _heads_of_speech(part)]
    return [part.strip() for part in parts if part.strip()]


_OFFICE_ALONE = re.compile(
    rf"^(?:中共)?[{HAN}、 ]{{2,40}}(?:政府|委员会|办公[厅室]|委|局|厅|部|院|署|会|党组|公司|领导小组|指挥部|大学|中心)$"
)
_TITLE_BELOW = re.compile(
    r"^(?:关于|印发|转发|批转)[^。]{4,80}(?:通知|意见|决定|方案|办法|规定|公告|通告|通报|报告|批复|请示|函|规划|细则|条例|措施|的实施)[^。]{0,14}$"
)
_FIELD = re.compile(rf"^[{HAN}]{{2,8}} ?:")


def read_lines(text: str) -> list[Line]:
    """Return the lines of a page that are not blank, those a narrow column broke hard put together again."""
    flat = text
    for wide, narrow in _NARROW.items():  # several times as fast as `translate` where few characters change
        flat = flat.replace(chr(wide), chr(narrow))
    lines, here, gap = [], 0, True
    for raw in flat.splitlines(keepends=True):
        body = raw.strip()
        if body:
            start = here + raw.index(body[0])
            indent = start - here
            for part in _parts(body, at_top=len(lines) < 4):
                start = flat.index(part, start)
                lines.append(Line([(start, start + len(part))], part, indent, after_gap=gap))
                start, indent, gap = start + len(part), 2, True
        gap = not body
        here += len(raw)
    return _vertical(_titled(_unwrapped(lines, flat)))


def _joined(lines: list[Line], kind: str = "") -> Line:
    """One line made of several."""
    spans = [span for line in lines for span in line.spans]
    return Line(spans, "".join(line.text for line in lines), lines[0].indent, lines[0].after_gap, kind)


def _columns(text: str) -> int:
    """Width in print: a Chinese character counts two."""
    return len(text.encode("gbk", "replace"))


_ALONE = (*FURNITURE, "byline", "dateline")  # kinds of line that no line break cuts


def _unwrapped(lines: list[Line], flat: str) -> list[Line]:
    """Put hard-wrapped lines together: full lines of one width whose next line follows at once and is not indented."""
    follow = [(a, b) for a, b in zip(lines, lines[1:]) if not b.after_gap]
    widths = Counter((_columns(a.text) + 2 * a.indent) // 4 for a, _ in follow if not is_closed(a.text))
    if len(follow) < 5 or not widths:
        return lines
    column = max(widths, key=lambda width: (widths[width] + widths[width + 1], width))
    most = widths[column] + widths[column + 1]
    if most < max(4, 0.4 * len(follow)) or not 6 <= column <= 45:
        return lines

    def full(line: Line) -> bool:
        return _columns(line.text) + 2 * line.indent >= 4 * column - 4

    indents = Counter(b.indent for a, b in follow if full(a))
    usual = indents.most_common(1)[0][0] if indents else 0
    runs = [[lines[0]]]
    for line in lines[1:]:
        if (
            full(runs[-1][-1])
            and {_kind_by_form(runs[-1][-1].text), _kind_by_form(line.text)}.isdisjoint(_ALONE)
            and not line.after_gap
            and not DISPATCH.match(line.text)
            and line.indent <= usual
            and line.text[0] not in "【□■"
            and not _FIELD.match(line.text)
        ):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [run[0] if len(run) == 1 else _joined(run) for run in runs]


def _titled(lines: list[Line]) -> list[Line]:
    """Put the title of an official document together: the office on one line, 关于 and what it is about on the next."""
    done: list[Line] = []
    for line in lines:
        if done and _TITLE_BELOW.match(line.text) and _OFFICE_ALONE.match(done[-1].text):
            done[-1] = _joined([done[-1], line])
        else:
            done.append(line)
    return done


def _vertical(lines: list[Line]) -> list[Line]:
    """Put lines of one character each together: a name or a heading set vertically."""
    if all(len(line.text) > 1 for line in lines):
        return lines
    done, run = [], []
    for line in [*lines, Line([], "")]:
        if len(line.text) == 1 and re.match(f"[{HAN}]", line.text):
            run.append(line)
            continue
        if len(run) > 1:
            word = "".join(one.text for one in run)
            run = [_joined(run, "name" if len(run) <= 4 and re.fullmatch(NAME, word) else "heading")]
        done += run
        run = []
        done.append(line)
    return done[:-1]


def _kind_of(text: str, in_head: bool) -> str:
    """The kind of a line by its form; also furniture between ornaments, or several pieces of furniture on one line."""
    if len(text) > 400:
        return "body"
    text = _SPREAD.sub(r"\1\2", text) if text[1:2] == " " else text
    if in_head and (_PAGE_NUMBER.match(text) or _is_row(text)):
        return "masthead"
    if in_head and (_SITE.match(text) or menu_kind(text, at_top=True)):
        return "masthead" if _SITE.match(text) else menu_kind(text, at_top=True)
    kind = _kind_by_form(text)
    if in_head and kind == "credit" and re.search(DATE, text):
        return "dateline"
    if kind in FURNITURE or len(text) > 80:
        return kind
    bare, parts = text.strip(_ORNAMENTS), [part for part in _BETWEEN_PARTS.split(text) if part and not part.isdigit()]
    others = [bare] if bare and bare != text else parts if len(parts) > 1 else []
    return _kind_by_form(others[0]) if others and all(_kind_by_form(other) in FURNITURE for other in others) else kind


_PAGE_NUMBER = re.compile(rf"^[A-Z]?\d{{1,3}}版? ?[:|/·]? ?[{HAN}·]{{2,6}}$|^[{HAN}·]{{2,6}} ?[:|/·]? ?[A-Z]?0\d版?$")


def _is_row(text: str) -> bool:
    """Whether a line is a row of five or more short names, as the menu of a site is."""
    parts = text.split()
    return len(parts) > 4 and all(re.fullmatch(f"[{HAN}]{{2,6}}", part) for part in parts)


_SPREAD = re.compile(rf"^([{HAN}]) +([{HAN}])(?= ?[:|/])")  # two letters set as wide as four
_ORNAMENTS = " ↑↓→←↗↘⬆⬇👆👇▲▼△▽▶►*·~/"
_BETWEEN_PARTS = re.compile(r"[\]】)]? +[\[【(]?|[\]】][\[【]?|^[\[【]")


@lru_cache(1 << 12)  # of the lines at hand: hard-wrapped ones are asked for again and again
def _kind_by_form(text: str) -> str:
    """The first kind whose test a line passes; a term of web pages has kinds of its own."""
    for kind, test in _tests(len(text)):
        if test(text):
            return menu_kind(text) or kind if kind == "navigation" else kind
    return "body"


@cache
def _tests(n: int) -> list[tuple[str, Callable[[str], object]]]:
    """The kinds that a line of n characters may have, with their tests."""
    return [(kind, test) for kind, longest, test in KINDS if n <= longest]


def classify(lines: list[Line]) -> tuple[list[Line], list[tuple[int, int, str]]]:
    """Give each line its kind; return the lines and the junk spans `(start, end, kind)` cut out of them."""
    junk: list[tuple[int, int, str]] = []
    in_head = True
    for line in lines:
        line.kind = line.kind or _kind_of(line.text, in_head)
        in_head = in_head and not _is_running(line)
        if in_head and len(line.spans) == 1:
            junk += _cut_junk(line)
    junk += _cut_repeated(lines)
    _find_contents(lines)
    _find_turns(lines)
    _find_recommended(lines)
    _find_site_head(lines)
    _find_authors(lines)
    triples, beside = [*zip([Line([], ""), *lines], lines, lines[1:])], FURNITURE | {"dateline", "source"}
    for above, line, after in reversed(triples):
        if line.kind == "contact" and above.kind == "body" and after.kind not in FURNITURE:
            line.kind = "body"  # whom a notice says to ask
        elif after.kind == "credit" and line.kind in ("heading", "caption") and _SHORT_FIELD.match(line.text):
            line.kind = "credit"
        elif line.kind == "body" and above.kind in beside and _COUNT.match(line.text) and (
            after.kind in beside or not line.text.isdigit()
        ):
            line.kind = "counter"
        if line.kind == "byline" and above.kind == "body" and after.kind == "heading" and _is_mere_label(line.text):
            line.kind = "heading"
        if line.kind == "speaker" and after.kind != "body":  # a label above a subhead, not above what somebody says
            line.kind = "heading"
        elif line.kind == "heading" and _is_signature(above, line, after):
            line.kind = "signature"
        elif line.kind == "heading" and above.kind == "body" and line.text[-1] in "!?" and _SECTION.match(after.text):
            line.kind = "body"  # the last words above a section
        elif line.kind == "body" and after.kind == "heading" and _SECTION.match(line.text):
            line.kind = "heading"
    _find_tail(lines)
    _find_lists(lines)
    return lines, junk


def _find_contents(lines: list[Line]) -> None:
    """Above a headline that is printed again, three or more headings are the page's table of contents."""
    heads = [line for line in lines[: _first(lines, ("body", "dispatch", "byline"))] if line.kind == "heading"]
    said: set[str] = set()
    for n, line in enumerate(heads):
        if line.text in said and n > 2:
            for one in heads[:n]:
                one.kind = "navigation"
        said.add(line.text)


_COUNT = re.compile(r"^[\d,.万+]+[个篇次条人]?$")


def _is_mere_label(text: str) -> bool:
    """Whether a square stands before what is no person's name."""
    return bool(_SQUARE_BYLINE.match(text)) and not re.fullmatch(NAME, text[1:].strip().split()[0])


_DATE_ALONE = re.compile(rf"{DATE}\Z")


def _is_signature(above: Line, line: Line, after: Line) -> bool:
    """Whether a line is an office above the date it signs on, or above another office that does."""
    dated = bool(_DATE_ALONE.match(after.text))
    if _OFFICE_ALONE.match(line.text):
        return dated or after.kind == "signature"
    return dated and above.kind == "body" and len(line.text) < 20


_NAME_ALONE = re.compile(rf"(?:{NAME}|[{HAN}](?: [{HAN}]){{1,2}})\Z")


def _find_authors(lines: list[Line]) -> None:
    """A person's name alone on a line below a longer headline, above all running text, is a byline."""
    headed = False
    for i, line in enumerate(lines):
        if _is_running(line):
            return
        named = headed and line.kind == "heading" and _NAME_ALONE.match(line.text)
        if named and following(lines, i + 1) != "heading":
            line.kind = "byline"
        headed = headed or line.kind == "heading" and len(line.text) >= 6


def _is_running(line: Line) -> bool:
    """Whether a line is running text for sure."""
    return line.kind in ("body", "dispatch") and len(line.text) > 60


def _is_sentence(line: Line) -> bool:
    """Whether a line is running text that ends with a full stop."""
    return line.kind in ("body", "dispatch") and len(line.text) > 20 and line.text.rstrip("”")[-1:] == "。"


def _find_recommended(lines: list[Line]) -> None:
    """What stands below the head of a list of other pages belongs to the list, down to running text with its own head.

    A head with running text right below it is a label of that text. Below a head of comments, running text may be a comment.
    """
    i = 0
    while i < len(lines):
        kind, begin = lines[i].kind, i + 1
        if kind not in ("recommendation", "comments"):
            i += 1
            continue
        ends = ("dispatch", "byline") if kind == "comments" else ("dispatch",)
        i = next((j for j in range(begin, len(lines)) if lines[j].kind in ends or kind != "comments" and _is_running(lines[j])), len(lines))  # fmt: skip
        end = i if i == len(lines) else _head_above(lines, i, begin)
        if kind == "recommendation" and begin < len(lines) and _is_sentence(lines[begin]):
            lines[begin - 1].kind, i = "heading", begin
            continue
        for line in lines[begin:end]:
            if line.kind not in FURNITURE:
                line.kind = kind


def _head_above(lines: list[Line], i: int, begin: int) -> int:
    """The first line of the head of the running text at `i`: dates and bylines, and the one headline above them."""
    while i > begin and lines[i - 1].kind in ("byline", "dateline", "source"):
        i -= 1
    return i - 1 if i > begin and lines[i - 1].kind == "heading" else i


_TURN = re.compile(r"^(【[^】]{1,16}】|[^:。,【]{1,12}:)(?=.{4})")


def _find_turns(lines: list[Line]) -> None:
    """Short turns of a talk are text, not headings: the name before them returns, or stands in the same brackets."""
    texts = [line for line in lines if line.kind in ("heading", "body")]
    turns = [(line, found[1]) for line in texts if (found := _TURN.match(line.text))]
    said = Counter(name for _, name in turns)
    bracketed = any(n > 1 and name[0] == "【" for name, n in said.items())
    if any(line.kind == "speaker" for line in lines):
        for line, after in zip(lines, lines[1:]):
            if line.kind == "heading" and line.text[-1] == ":" and after.kind == "body":
                line.kind = "speaker"  # a name that is in no list
    for line, name in turns:
        if said[name] > 1 or bracketed and name[0] == "【":
            line.kind = "body"


def _first(lines: list[Line], kinds: Container[str], start: int = 0) -> int:
    """Index of the first line of some kinds, from `start`; the number of lines if there is none."""
    return next((i for i in range(start, len(lines)) if lines[i].kind in kinds), len(lines))


def _find_site_head(lines: list[Line]) -> None:
    """Above the menus of a page stands the site's own heading, if one with a date or byline stands below them."""
    dated = ("dateline", "source", "byline", "dispatch")
    begin = _first(lines, ("body", "item", *dated))
    for above, line, after in zip(lines, lines[1:], lines[2:begin]):
        if line.kind == after.kind == "heading" and len(line.text) < 5 and above.kind in ("navigation", "masthead"):
            line.kind = "masthead"  # the section's name
    if begin == len(lines) or lines[begin].kind not in dated:
        return
    heads = [i for i in range(begin) if lines[i].kind == "heading"]
    menu = max((i for i in range(heads[-1] if heads else 0) if lines[i].kind in FURNITURE), default=0)
    for i in heads:
        if i < menu and not _shared(lines[i].text, lines[heads[-1]].text):
            lines[i].kind = "masthead"


def _shared(a: str, b: str) -> bool:
    """Whether two titles are the same but for what a site adds."""
    return a[:6] in b or b[:6] in a


_CLOSING = FURNITURE - {"placeholder", "masthead", "briefs"}


_SHORT_FIELD = re.compile(r"^\S{2,4} ?[:|/] ?[^。!?]{2,16}$")


def _find_tail(lines: list[Line]) -> None:
    """Below the last text a heading heads nothing: past the buttons it is one of them, if closed the last words."""
    texts = ("dispatch", "speaker", "caption", "item", "name")
    _find_legal(lines)
    last = next((i for i in reversed(range(len(lines))) if lines[i].kind in texts or _ends_text(lines[i])), len(lines))
    closed = False
    for line in lines[last + 1 :]:
        closed = closed or line.kind in _CLOSING or line.kind == "heading" and bool(_SHORT_FIELD.match(line.text))
        if line.kind in ("heading", "body", "label") and (closed or is_closed(line.text)):
            line.kind = "navigation" if closed else "body"


def _find_legal(lines: list[Line]) -> None:
    """Running text below all other that is about rights in what the site prints is its notice."""
    for line in reversed(lines):
        if line.kind == "body" and len(set(_LEGAL.findall(line.text))) > 2:
            line.kind = "copyright"
        elif line.kind not in FURNITURE and line.kind != "heading":
            return


_LEGAL = re.compile("转载|版权|授权|著作权|侵权|镜像|摘编|未经|许可|注明|来源|稿件|作品|本网|本站|法律责任|删除")


def _ends_text(line: Line) -> bool:
    """Whether a line is running text, as far as its last mark tells."""
    return line.kind == "body" and line.text[-1] in "。!?”)…" and bool(_FOUR_HAN.search(line.text))


_FOUR_HAN = re.compile(rf"(?:[{HAN}].*?){{4}}", re.DOTALL)


def _cut_junk(line: Line) -> Iterator[tuple[int, int, str]]:
    """Cut junk off one line of the head and yield its spans."""
    for kind, lines, pattern in _JUNK:
        found = line.kind in lines and pattern().search(line.text)
        if found and found[0] != line.text:
            ((start, end),) = line.spans
            yield start + found.start(), start + found.end(), kind
            rest = line.text[: found.start()] or line.text[found.end() :]
            left = start if found.start() else start + found.end()
            kept = rest.strip()
            left += rest.index(kept[0])
            line.spans, line.text = [(left, left + len(kept))], kept


def _cut_repeated(lines: list[Line]) -> Iterator[tuple[int, int, str]]:
    """Cut off a page's title what it has, after a dash, beyond the headline that repeats it; yield the spans."""
    heads = [line for line in lines[:30] if line.kind == "heading" and len(line.spans) == 1]
    for title, headline in combinations(heads[:6], 2):
        more = title.text.removeprefix(headline.text)
        if len(headline.text) > 5 and more != title.text and re.match(" ?[-_|—–]", more):
            ((start, end),) = title.spans
            yield end - len(more), end, "site name"
            title.spans, title.text = [(start, end - len(more))], headline.text


_FIELD_AND_VALUE = re.compile(f"[{HAN}]{{2,8}}:.")
_CHAPTER = re.compile("[一二三四五六七八九十]+、.")


def _is_field(line: Line) -> bool:
    """Whether a line is the name of a field and its value."""
    return line.kind in ("heading", "item") and bool(_FIELD_AND_VALUE.match(line.text))


def _is_section(lines: list[Line], i: int) -> bool:
    """Whether a heading is numbered and the next line is not: what stands below it is no list of headings."""
    return bool(_CHAPTER.match(lines[i].text)) and i + 1 < len(lines) and not _CHAPTER.match(lines[i + 1].text)


def _find_lists(lines: list[Line]) -> None:
    """Five or more short lines in a row are a list, a table or verse, not headings: each is a paragraph of its own.

    Three are enough where no blank line stands between them, as in verse; a line set off above them is their heading.
    """
    for i, (above, line) in enumerate(zip(lines, lines[1:])):
        fields = _is_field(above) and _is_field(line)
        below_number = above.kind == "heading" and _is_section(lines, i) and not NUMBERED.match(line.text)
        if line.kind == "heading" and (fields or below_number):
            line.kind = "item"
            above.kind = "item" if fields else above.kind
    run: list[Line] = []
    for i, line in enumerate([*lines, Line([], "", kind="end")]):
        if line.kind == "heading" and not _is_section(lines, i):
            run.append(line)
            continue
        if run and line.kind in ("byline", "dispatch") and following(lines, i + 1) not in ("heading", "end", "label"):
            run.pop()  # the headline of what follows
        titled = len(run) > 1 and run[1].after_gap and not all(one.after_gap for one in run[2:])
        if len(run) > 4 or len(run) > 3 and titled:
            for one in run[1:] if titled or i == len(run) else run:
                one.kind = "item"
        run = []


def following(lines: list[Line], i: int) -> str:
    """Kind of the first line from `i` on that is neither caption nor furniture; `end` if there is none."""
    rest = (lines[j].kind for j in range(i, len(lines)))  # no slice: it would copy the rest of the page each time
    return next((kind for kind in rest if kind not in FURNITURE and kind != "caption"), "end")
