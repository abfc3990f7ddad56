// The corpus as `qdlib.explorer` wrote it, with places counted in characters (code points), as Python counts them.

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** A text cut and counted by code points; most texts have no character outside the basic plane and need no table. */
export class Text {
  constructor(text) {
    this.text = text;
    this.cells = PAIR.test(text) ? Array.from(text) : null;
    this.length = this.cells ? this.cells.length : text.length;
  }
  slice(start, end) {
    return this.cells ? this.cells.slice(start, end).join("") : this.text.slice(start, end);
  }
  /** The place in code points of a place in units of UTF-16. */
  point(unit) {
    return this.cells ? Array.from(this.text.slice(0, unit)).length : unit;
  }
}

export class Corpus {
  constructor(data) {
    Object.assign(this, data);
    this.sources = data.sources.map((source, index) => new Source(source, index, data.rules));
    this.paragraphs = data.paragraphs.map((row, index) => new Paragraph(row, index, this));
    this.texts = this.paragraphs.map((paragraph) => paragraph.text);
    for (const paragraph of this.paragraphs) paragraph.measure();
    this.slogans = data.slogans.map(
      ([paragraph, slogan, type, family, offset, nested, quoted, place, speaker, score, features]) =>
        ({ paragraph: this.paragraphs[paragraph], slogan, type, family, offset, nested, quoted, place, speaker, score, features })
    );
  }
  /** The paragraph, if any, that a raw place stands in. */
  paragraphAt(source, start) {
    return this.paragraphs.find((one) => one.source === source && one.covers(start));
  }
}

/** One raw file: its runs of characters, each with one fate. */
class Source {
  constructor({ runs, ...about }, index, rules) {
    Object.assign(this, about, { index, n: 0 });
    let start = 0;
    this.runs = runs.map((run, index) => {
      const [action, rule, before, after] = typeof run === "string" ? [0, -1, run, run] : run;
      const end = start + new Text(before).length;
      const made = { index, start, end, action: ["kept", "replaced", "removed"][action], rule: rule < 0 ? "" : rules[rule], before, after };
      start = end;
      return made;
    });
    this.length = start;
  }
  /** The lines of the file, each a list of stretches of one run. */
  get lines() {
    return (this._lines ??= this._cut());
  }
  _cut() {
    const lines = [[]];
    for (const run of this.runs) {
      let start = run.start;
      run.before.split("\n").forEach((text, i) => {
        if (i) {
          lines.at(-1).end = start;
          lines.push([]);
          start += 1;
        }
        const end = start + new Text(text).length;
        // a line end that was changed is shown as such
        if (text || run.action !== "kept") lines.at(-1).push({ run, text, start, end, last: end === run.end });
        start = end;
      });
    }
    let from = 0;
    this.starts = lines.map((line) => {
      const here = from;
      from = (line.end ?? this.length) + 1;
      return here;
    });
    return lines;
  }
  /** The line of a raw place, counted from 1. */
  lineOf(place) {
    this.lines;
    return lastAtMost(this.starts, place) + 1;
  }
  /** The runs that a raw span touches. */
  touched(start, end) {
    this.runStarts ??= this.runs.map((run) => run.start);
    return this.runs.slice(lastAtMost(this.runStarts, start), end > start ? lastAtMost(this.runStarts, end - 1) + 1 : 0);
  }
}

class Paragraph {
  constructor([article, source, number, role, text, pieces], index, corpus) {
    Object.assign(this, { index, number, role, text, points: new Text(text), source: corpus.sources[source], article: corpus.articles[article] });
    this.pieces = [];
    for (let i = 0, offset = 0; i < pieces.length; i += 3) {
      const [length, start, end] = pieces.slice(i, i + 3);
      this.pieces.push({ offset, length, start, end: end || start + length, kept: !end });
      offset += length;
    }
    this.offsets = this.pieces.map((piece) => piece.offset);
  }
  /** Count its characters to those of its article and its source. */
  measure() {
    this.before = this.article.n ?? 0;
    this.article.n = this.before + this.points.length;
    this.source.n += this.points.length;
  }
  piece(offset) {
    return this.pieces[lastAtMost(this.offsets, offset)];
  }
  /** The raw span a character came from: itself if it was kept, the whole run if it was replaced. */
  rawAt(offset) {
    const piece = this.piece(offset);
    const raw = piece.start + offset - piece.offset;
    return piece.kept ? [raw, raw + 1] : [piece.start, piece.end];
  }
  origin(start, end) {
    return [this.rawAt(start)[0], this.rawAt(end - 1)[1]];
  }
  /** The raw spans of a stretch, one where nothing but removed characters stands between. */
  spans(start, end) {
    const spans = [];
    for (const piece of this.pieces.slice(lastAtMost(this.offsets, start), lastAtMost(this.offsets, end - 1) + 1)) {
      const from = piece.kept ? piece.start + Math.max(start - piece.offset, 0) : piece.start;
      const to = piece.kept ? piece.start + Math.min(end - piece.offset, piece.length) : piece.end;
      const last = spans.at(-1);
      if (last && from >= last[1] && this.source.touched(last[1], from).every((run) => run.action === "removed")) last[1] = to;
      else if (!last || from < last[0] || to > last[1]) spans.push([from, to]);
    }
    return spans;
  }
  covers(raw) {
    return this.pieces.some((piece) => piece.start <= raw && raw < piece.end);
  }
}

/** Index of the last number that is not above a value; numbers ascend. */
function lastAtMost(numbers, value) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}
