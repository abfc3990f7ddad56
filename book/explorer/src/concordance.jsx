// The concordance: search as one types, lines with their keywords under each other, and where they stand in each source.
import Papa from "papaparse";
import { useEffect, useMemo, useState } from "preact/hooks";
import { dispersion, Foreign, ORDERS, search, sorted } from "./search.js";
import { at, citation, Copy, Seen } from "./text.jsx";

const PAGE = 200;
const MANY = 12; // of more sources those without a line are left out of the table
// What a spreadsheet would take for a formula, an apostrophe and the sign of a missing value: guarded, so that reading takes exactly one off.
const GUARDED = /^(?:[\t\r\n']|\s*[=+\-@＝＋－＠]|NA$)/;

export function Concordance({ corpus, state, change, t }) {
  const { lines, fault } = useLines(corpus, state);
  const only = corpus.sources.find((source) => source.name === state.only);
  const shown = useMemo(() => {
    const rows = only ? lines.filter((row) => row.source === only) : lines;
    return sorted(rows, ORDERS.includes(state.sort) ? state.sort : "corpus", !!state.down);
  }, [lines, state.sort, state.down, only]);
  return (
    <section aria-label={t("concordance")}>
      <Form {...{ corpus, state, change, t, fault }} />
      <div id="results" tabindex={-1}>
        {!state.q && <Welcome {...{ corpus, change, t }} />}
        {state.q && !fault && <Dispersion {...{ corpus, lines, only, change, t }} />}
        {state.q && only && (
          <p class="filtered">
            <span>{t("filtered", shown.length.toLocaleString("en"))}<bdi><Seen text={only.label} /></bdi></span>
            <button type="button" class="small" id="all" onClick={() => change({ only: "" })}>{t("all")}</button>
          </p>
        )}
        {shown.length > 0 && <Lines key={state.q + state.regex + state.only} {...{ corpus, rows: shown, state, change, t }} />}
      </div>
    </section>
  );
}

/** The lines of the query, found again whenever it changes. */
function useLines(corpus, { q, regex, ignore, within, window }) {
  const [result, setResult] = useState({ lines: [], fault: null });
  useEffect(() => {
    let stale = false;
    const wide = Math.min(Math.max(Number.parseInt(window, 10) || 0, 0), 200);
    search(corpus, q, { regex: !!regex, ignore: regex ? "width" : ignore, within, window: wide }).then(
      (lines) => stale || setResult({ lines, fault: null }),
      (error) => stale || error.message === "newer" || setResult({ lines: [], fault: error })
    );
    return () => { stale = true; };
  }, [corpus, q, regex, ignore, within, window]);
  return result;
}

function Form({ state, change, t, fault }) {
  const told = fault && ({ nothing: t("empty"), slow: t("slow") }[fault.message] ?? t(fault instanceof Foreign ? "foreign" : "fault", fault.message));
  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <label class="query">
        <span>{t("query")}</span>
        <input type="search" id="q" lang="zh" value={state.q} autocomplete="off" spellcheck={false} aria-invalid={!!fault}
          aria-describedby="fault" onInput={(event) => change({ q: event.currentTarget.value })} />
      </label>
      <div class="options">
        <label class="check">
          <input type="checkbox" id="regex" checked={!!state.regex} onChange={(event) => change({ regex: event.currentTarget.checked ? "1" : "" })} />
          <span>{t("regex")}</span>
        </label>
        <Choice id="ignore" label={t("ignore")} value={state.ignore} disabled={!!state.regex} options={["width", "quotes", "marks"]} t={t}
          choose={(ignore) => change({ ignore })} />
        <Choice id="within" label={t("within")} value={state.within} options={["paragraph", "sentence"]} t={t} choose={(within) => change({ within })} />
        <label>
          <span>{t("window")}</span>
          <input type="number" id="window" min={0} max={200} value={state.window} onInput={(event) => change({ window: event.currentTarget.value })} />
        </label>
        <Choice id="sort" label={t("sort")} value={state.sort} options={ORDERS} prefix="order_" t={t} choose={(sort) => change({ sort, down: "" })} />
      </div>
      <p id="fault" role="alert" class="fault">{told}</p>
    </form>
  );
}

export function Choice({ id, label, value, options, prefix = "", disabled, choose, t }) {
  return (
    <label>
      <span>{label}</span>
      <select id={id} value={value} disabled={disabled} onChange={(event) => choose(event.currentTarget.value)}>
        {options.map((option) => <option value={option}>{t(prefix + option)}</option>)}
      </select>
    </label>
  );
}

/** Before anything is typed: what to do, and the most frequent slogans to begin with. */
function Welcome({ corpus, change, t }) {
  const counts = new Map();
  for (const { slogan, type } of corpus.slogans) if (type !== "four_char") counts.set(slogan, (counts.get(slogan) ?? 0) + 1);
  const first = [...counts].filter(([slogan]) => slogan.length < 12).sort((a, b) => b[1] - a[1]).slice(0, 8);
  return (
    <div class="welcome">
      <p>{t("hint")}</p>
      {first.length > 0 && (
        <p class="examples">
          <span>{t("try")}</span>
          {first.map(([slogan]) => <button type="button" lang="zh" onClick={() => change({ q: slogan, regex: "" })}><Seen text={slogan} /></button>)}
        </p>
      )}
    </div>
  );
}

/** One strip a source, a tick for each line; a press on its name leaves the lines of that source only. */
function Dispersion({ corpus, lines, only, change, t }) {
  const spread = dispersion(corpus, lines);
  const rows = spread.rows.filter((row) => row.n || row.source === only || corpus.sources.length <= MANY);
  const most = Math.max(...spread.rows.map((row) => row.rate), 1e-9);
  return (
    <>
      <p class="count" role="status">
        {lines.length ? t("found", lines.length.toLocaleString("en"), spread.range, corpus.sources.length) : t("nothing")}
        {lines.length > 0 && <span class="quiet"> · {t("dp", spread.dp.toFixed(2))}</span>}
      </p>
      {lines.length > 0 && (
        <div class="scroll dispersion" tabindex={0} role="region" aria-label={t("dispersion")}>
          <table>
            <caption>{t("dispersion")}</caption>
            <thead><tr><th scope="col">{t("source")}</th><th scope="col">{t("count")}</th><th scope="col" colspan={2}>{t("per")}</th><th scope="col">{t("position")}</th></tr></thead>
            <tbody>
              {rows.map((row) => (
                <tr class={only && only !== row.source ? "faint" : ""}>
                  <th scope="row">
                    <button type="button" class="plain" aria-pressed={only === row.source} aria-label={t("only", row.source.label)}
                      onClick={() => change({ only: only === row.source ? "" : row.source.name })}><Seen text={row.source.label} /></button>
                  </th>
                  <td class="number">{row.n}</td>
                  <td class="number">{row.rate.toFixed(1)}</td>
                  <td class="bar"><span style={{ width: `${(row.rate / most) * 100}%` }} /></td>
                  <td class="strip"><Strip source={row.source} lines={row.lines} t={t} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Strip({ source, lines, t }) {
  const places = new Set(lines.map((row) => Math.round((row.raw[0] / (source.length || 1)) * 1000)));
  return (
    <svg viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label={t("times", lines.length)}>
      <line x1="0" x2="1000" y1="7" y2="7" class="axis" />
      {[...places].map((x) => <line x1={x} x2={x} y1="1" y2="13" class="tick" />)}
    </svg>
  );
}

const COLUMNS = ["left", "keyword", "right", "source", "date", "line"];

function Lines({ corpus, rows, state, change, t }) {
  const [most, setMost] = useState(PAGE);
  const sortBy = (key) => change(state.sort === key ? { down: state.down ? "" : "1" } : { sort: key, down: "" });
  const direction = (key) => (state.sort === key ? (state.down ? "descending" : "ascending") : undefined);
  return (
    <>
      <div class="kwic" role="table" aria-label={t("concordance")} aria-rowcount={rows.length + 1} onKeyDown={walk}>
        <div role="row" class="head">
          {COLUMNS.map((key) => (
            <div role="columnheader" class={key} aria-sort={direction(key)}>
              {key === "line" ? t(key) : <button type="button" class="plain" onClick={() => sortBy(key)}>{t(key)}<span aria-hidden="true" class="arrow">{{ ascending: "▲", descending: "▼" }[direction(key)] ?? ""}</span></button>}
            </div>
          ))}
          <div role="columnheader" class="tools"><span class="hidden">{t("cite")}</span></div>
        </div>
        {rows.slice(0, most).map((row) => <Line key={`${row.paragraph.index}.${row.start}`} {...{ corpus, row, state, change, t }} />)}
      </div>
      <p class="below">
        {rows.length > most && <button type="button" onClick={() => setMost(most + PAGE)}>{t("more", Math.min(PAGE, rows.length - most))}</button>}
        <button type="button" id="csv" onClick={() => save(rows, state)}>{t("csv")}</button>
      </p>
    </>
  );
}

/** Arrow keys lead from line to line. */
function walk(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const keywords = [...event.currentTarget.querySelectorAll(".keyword button[aria-keyshortcuts]")];
  const next = way && keywords[keywords.indexOf(document.activeElement) + way];
  if (!next || !keywords.includes(document.activeElement)) return;
  next.focus();
  event.preventDefault();
}

function Line({ corpus, row, state, change, t }) {
  const place = at(row);
  const open = () => change({ at: place });
  return (
    <div role="row" class={state.at === place ? "line chosen" : "line"} onClick={open}>
      <div role="cell" class="left" lang="zh"><bdi><Seen text={row.left} /></bdi></div>
      <div role="cell" class="keyword" lang="zh">
        <button type="button" class="plain" aria-keyshortcuts="ArrowUp ArrowDown" title={t("open", row.line, row.source.name)} aria-current={state.at === place ? "true" : undefined}
          onClick={(event) => { event.stopPropagation(); open(); }}><bdi><Seen text={row.keyword} /></bdi></button>
      </div>
      <div role="cell" class="right" lang="zh"><bdi><Seen text={row.right} /></bdi></div>
      <div role="cell" class="source"><bdi><Seen text={outlet(row)} /></bdi></div>
      <div role="cell" class="date">{row.article.date || <span class="quiet">{t("undated")}</span>}</div>
      <div role="cell" class="line number"><span class="narrow">{t("at_line", row.line)}</span><span class="broad">{row.line}</span></div>
      <div role="cell" class="tools"><Copy t={t} label={`${t("cite")}: ${t("at_line", row.line)}`} text={() => citation(corpus, row)}>❝</Copy></div>
    </div>
  );
}

/** The source in short: its outlet, since its date has a column of its own, else the name of its file. */
function outlet({ article, source }) {
  return article.outlet || source.name;
}

/** A text as a cell that `qd.read_table` gives back: not run by a spreadsheet, NUL and halves of characters spelt out. */
function guarded(text) {
  if (!/[\0\p{Cs}]/u.test(text)) return GUARDED.test(text) ? `'${text}` : text;
  return "'\\" + text.replace(/[\\\0\p{Cs}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Hand the lines out as a CSV that Excel opens as text: with BOM, and with nothing it would take for a formula. */
function save(rows, state) {
  const table = rows.map((row) => ({
    left: row.left, keyword: row.keyword, right: row.right, article_id: row.article.article_id, date: row.article.date, source: row.source.name,
    line: row.line, role: row.paragraph.role, position: row.position, paragraph: row.paragraph.number, offset: row.start,
    start: row.raw[0], end: row.raw[1], pattern: row.pattern,
  }));
  const cells = table.map((row) => Object.values(row).map((value) => (typeof value === "string" ? guarded(value) : value)));
  const text = "\ufeff" + Papa.unparse({ fields: Object.keys(table[0]), data: cells });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = `concordance-${state.q.replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 40)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
