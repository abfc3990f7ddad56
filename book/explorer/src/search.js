// The concordance: the same lines as `qd.kwic` gives, in the same orders.

const WIDTHS = new Map([[" ", "\u3000"]]);
for (let code = 0x21; code < 0x7f; code++) WIDTHS.set(String.fromCodePoint(code), String.fromCodePoint(code + 0xfee0));
for (const [narrow, wide] of [...WIDTHS]) WIDTHS.set(wide, narrow);

const WORD = "\\p{L}\\p{N}_";
const MARKS = `[^${WORD}+＋]`;
const QUOTES = "[“”‘’「」『』\"'＂＇]";
const IGNORED = { width: "", quotes: QUOTES, marks: MARKS };
const SENTENCE = /[^。！？!?…]*[。！？!?…]+[”’」』）)]*|[^。！？!?…]+$/g;
const LIMIT = 2000; // milliseconds; an expression that takes longer is stopped

/** A plain string as an expression: each character in either width, what is ignored free between them. */
function plain(query, ignore) {
  const ignored = IGNORED[ignore];
  const counted = ignored ? query.replace(new RegExp(ignored, "gu"), "") : query;
  if (!counted) throw new Error("nothing");
  const escape = (text) => text.replace(/[\\\][^$.*+?(){}|/-]/g, "\\$&");
  const either = Array.from(counted, (c) => (WIDTHS.has(c) ? `[${escape(c + WIDTHS.get(c))}]` : escape(c)));
  return either.join(ignored && `${ignored}*`);
}

const EDGE = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
const OUTSIDE = {
  "(?P<": "(?<", "\\w": `[${WORD}]`, "\\W": `[^${WORD}]`, "\\d": "\\p{Nd}", "\\D": "\\P{Nd}", "\\A": "^", "\\Z": "$", ".": "[^\\n]",
  "\\b": EDGE, "\\B": `(?!${EDGE})`,
};
const INSIDE = { "\\w": WORD, "\\d": "\\p{Nd}", "\\D": "\\P{Nd}" };

// What Python can say and JavaScript cannot: possessive and atomic groups, conditions, comments, other letters, named characters.
const FOREIGN = /[*+?}]\+|\(\?(?:[>(#]|[aLux]+[:)])|\\N\{|\{,\d+\}/;

/** An expression of Python as one of JavaScript: the source and its flags. What neither can say alike is left, to be refused. */
export function translated(pattern) {
  let inside = false;
  const [, letters = ""] = pattern.match(/^\(\?([ims]+)\)/) ?? [];
  const body = letters ? pattern.slice(letters.length + 3) : pattern;
  const source = body.replace(/\(\?P<|\(\?P=(\w+)\)|\\U([\da-f]{8})|\\[\s\S]|[[\].]/giu, (found, name, code) => {
    if (name && !inside) return `\\k<${name}>`;
    if (code) return `\\u{${code}}`;
    if (/^\\[^\p{L}\p{N}\\^$.*+?()[\]{}|/-]$/u.test(found) || (found === "\\-" && !inside)) return found.slice(1);
    if (found === "." && letters.includes("s")) return found;
    if (found === "\\W" && inside) throw new Foreign(`[${found}]`); // it would stand for all that is not ASCII
    const told = (inside ? INSIDE : OUTSIDE)[found] ?? found;
    if (found === "[") inside = true;
    if (found === "]") inside = false;
    return told;
  });
  return [source, `dgu${letters}`];
}

/** A form that is sound in Python and that this page cannot take. */
export class Foreign extends Error {}

/** The source and flags that JavaScript takes for a pattern; throws `Foreign`, or an error that gives its own reason last. */
function compiled(pattern) {
  const [source, flags] = translated(pattern);
  try {
    new RegExp(source, flags);
  } catch (error) {
    const form = pattern.match(FOREIGN)?.[0];
    throw form ? new Foreign(form) : new Error(error.message.split(": ").at(-1));
  }
  return [source, flags];
}

// It is handed to a worker as text, so it may use nothing but its arguments.
function scan(texts, source, flags) {
  const expression = new RegExp(source, flags);
  const found = [];
  texts.forEach((text, index) => {
    for (const match of text.matchAll(expression)) {
      const span = match.groups && "keyword" in match.groups ? match.indices.groups.keyword : match.indices[0];
      if (span && span[1] > span[0]) found.push([index, span[0], span[1]]);
    }
  });
  return found;
}

let worker = null;
let cancel = null;

/** Scan beside the page, so that an expression that runs away can be stopped. */
function scanAside(texts, source, flags) {
  cancel?.();
  if (!worker) {
    const code = `let texts; const scan = ${scan}; onmessage = ({ data }) => {
      if (data.texts) texts = data.texts; else postMessage(scan(texts, data.source, data.flags)); };`;
    worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    worker.postMessage({ texts });
  }
  return new Promise((resolve, reject) => {
    const stop = (error) => {
      clearTimeout(timer);
      worker?.terminate();
      worker = cancel = null;
      reject(error);
    };
    const timer = setTimeout(() => stop(new Error("slow")), LIMIT);
    cancel = () => stop(new Error("newer"));
    worker.onerror = (event) => stop(new Error(event.message));
    worker.onmessage = ({ data }) => {
      clearTimeout(timer);
      cancel = null;
      resolve(data);
    };
    worker.postMessage({ source, flags });
  });
}

/** All lines of a concordance in the order of the corpus. Throws `nothing` and `slow`, `Foreign`, or the fault of the expression. */
export async function search(corpus, query, { regex = false, ignore = "width", window = 15, within = "paragraph" } = {}) {
  if (!query) return [];
  const [source, flags] = regex ? compiled(query) : [plain(query, ignore), "dgu"];
  const found = regex ? await scanAside(corpus.texts, source, flags) : scan(corpus.texts, source, flags);
  return found.map(([index, from, to]) => line(corpus.paragraphs[index], from, to, query, window, within));
}

function line(paragraph, from, to, pattern, window, within) {
  const { points } = paragraph;
  const [start, end] = [points.point(from), points.point(to)];
  const bounds = within === "paragraph" ? [0, points.length] : sentenceBounds(points);
  const low = Math.max(start - window, bounds.findLast((bound) => bound <= start));
  const high = Math.min(end + window, bounds.find((bound) => bound >= end));
  return lineOf(paragraph, start, end, low, high, pattern);
}

function sentenceBounds(points) {
  return [0, ...Array.from(points.text.matchAll(SENTENCE), (found) => points.point(found.index + found[0].length))];
}

/** A line for a stretch of a paragraph; its raw place is worked out when it is asked for. */
export function lineOf(paragraph, start, end, low = start - 15, high = end + 15, pattern = "") {
  const { points, source, article } = paragraph;
  return {
    paragraph, source, article, start, end, pattern,
    left: points.slice(Math.max(low, 0), start), keyword: points.slice(start, end), right: points.slice(end, high),
    get raw() { return paragraph.origin(start, end); },
    get line() { return source.lineOf(paragraph.rawAt(start)[0]); },
    get spans() { return paragraph.spans(start, end); },
    get position() { return (paragraph.before + start) / article.n; },
  };
}

const codes = (text) => Array.from(text, (c) => c.codePointAt(0));
const counted = (text) => codes(text.replace(new RegExp(MARKS, "gu"), ""));
const KEYS = {
  left: (row) => counted(row.left).reverse(),
  right: (row) => counted(row.right),
  keyword: (row) => counted(row.keyword),
  source: (row) => [row.source.index],
  date: (row) => [row.article.date ? 0 : 1, ...codes(row.article.date)],
};
export const ORDERS = ["corpus", ...Object.keys(KEYS)];

/** Lines put in order as `qd.sort_lines` does: marks passed over, characters by code point, alike ones as they come. */
export function sorted(lines, by, down = false) {
  if (by === "corpus") return down ? lines.toReversed() : lines;
  const rows = lines.map((row) => [KEYS[by](row), row]);
  rows.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
  return rows.map(([, row]) => row);
}

function compare(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** How lines lie over the sources: count and rate of each, in how many there are some, and Gries's DP. */
export function dispersion(corpus, lines) {
  const own = corpus.sources.map(() => []);
  for (const row of lines) own[row.source.index].push(row);
  const total = corpus.sources.reduce((sum, source) => sum + source.n, 0);
  const rows = corpus.sources.map((source, i) => ({ source, lines: own[i], n: own[i].length, rate: source.n ? (own[i].length / source.n) * 10000 : 0 }));
  const apart = rows.map(({ source, n }) => Math.abs(n / (lines.length || 1) - source.n / total));
  return { rows, range: rows.filter((row) => row.n).length, dp: apart.reduce((sum, x) => sum + x, 0) / 2 };
}
