// The raw source of a passage: each run of characters coloured by its fate, the passage marked, its ledger below.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { addressOf } from "./state.js";
import { citation, Copy, Seen } from "./text.jsx";

const AROUND = 12; // lines shown on each side
const MOST_ROWS = 300; // of the ledger

/** The passage an address names, `source:start-end,start-end`; null if there is none. */
export function passageOf(corpus, address) {
  const cut = address.lastIndexOf(":");
  const source = corpus.sources.find((one) => one.name === address.slice(0, cut));
  const spans = address.slice(cut + 1).split(",").map((span) => span.split("-").map(Number));
  const sound = source && spans.every(([start, end]) => 0 <= start && start < end && end <= source.length);
  if (!sound) return null;
  const raw = [spans[0][0], spans.at(-1)[1]];
  const paragraph = corpus.paragraphAt(source, raw[0]);
  return { source, spans, raw, paragraph, article: paragraph?.article, line: source.lineOf(raw[0]) };
}

export function SourcePanel({ corpus, state, narrow, change, t }) {
  const passage = useMemo(() => state.at && passageOf(corpus, state.at), [corpus, state.at]);
  const heading = useRef(null);
  useEffect(() => {
    if (passage && narrow) heading.current?.focus(); // the panel covers the list, so focus goes with it
  }, [passage, narrow]);
  const close = () => {
    const line = document.querySelector('.list [aria-current="true"]');
    change({ at: "" });
    setTimeout(() => line?.focus());
  };
  if (!passage) return <aside class="panel blank" aria-label={t("raw")}><p>{state.at ? t("lost") : t("pick")}</p></aside>;
  const read = reading(passage);
  const whole = read ? read[1] : passage.source.touched(...passage.raw).map((run) => run.after).join("");
  return (
    <aside class="panel" aria-label={t("raw")} onKeyDown={(event) => event.key === "Escape" && close()}>
      <header>
        <h2 ref={heading} tabindex={-1}><bdi><Seen text={passage.source.label} /></bdi></h2>
        {passage.article?.headline && <p class="headline" lang="zh"><Seen text={passage.article.headline} /></p>}
        <p class="quiet"><bdi><Seen text={passage.source.name} /></bdi>, {t("at_line", passage.line)}, {passage.raw.join("–")}</p>
        {passage.source.note && <p class="quiet"><Seen text={passage.source.note} /></p>}
        <p class="actions">
          <Copy t={t} label={t("cite")} text={() => citation(corpus, { ...passage, keyword: whole })} />
          <Copy t={t} label={t("link")} text={() => location.href.split("#")[0] + addressOf(state)} />
          <button type="button" class="small" onClick={close}>{t("close")}</button>
        </p>
      </header>
      {read && <><h3>{t("reads")}</h3><p class="reading" lang="zh"><Seen text={read[0]} /><mark><Seen text={read[1]} /></mark><Seen text={read[2]} /></p></>}
      <Raw key={state.at} {...{ passage, t }} />
      <Ledger {...{ passage, t }} />
    </aside>
  );
}

/** The paragraph as it reads, cut before and after the characters that came from the passage. */
function reading({ paragraph, spans }) {
  if (!paragraph) return null;
  const inside = (offset) => {
    const [start, end] = paragraph.rawAt(offset);
    return spans.some((span) => start < span[1] && span[0] < end);
  };
  const offsets = Array.from({ length: paragraph.points.length }, (_, i) => i).filter(inside);
  if (!offsets.length) return null;
  const [from, to] = [offsets[0], offsets.at(-1) + 1];
  return [paragraph.points.slice(0, from), paragraph.points.slice(from, to), paragraph.points.slice(to)];
}

function Raw({ passage, t }) {
  const { source, spans } = passage;
  const { lines } = source;
  const [first, last] = [passage.line - 1, source.lineOf(Math.max(...spans.map((span) => span[1])) - 1) - 1];
  const [[from, to], setRange] = useState([Math.max(first - AROUND, 0), Math.min(last + AROUND + 1, lines.length)]);
  const [told, setTold] = useState(null);
  const [after, setAfter] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    const mark = box.current.querySelector("mark");
    if (mark) box.current.scrollTop += mark.getBoundingClientRect().top - box.current.getBoundingClientRect().top - box.current.clientHeight / 3;
  }, []);
  const tell = (event) => {
    const run = event.target.closest?.("[data-run]");
    if (run) setTold(source.runs[Number(run.dataset.run)]);
  };
  return (
    <>
      <div class="rawhead">
        <h3 id="rawname">{t("raw")}</h3>
        <p class="legend">{["kept", "replaced", "removed", "unsolved"].map((fate) => <span class={`run ${fate}`}>{t(fate)}</span>)}</p>
        <label class="check"><input type="checkbox" id="after" checked={after} onChange={(event) => setAfter(event.currentTarget.checked)} /><span>{t("after")}</span></label>
      </div>
      <div class={after ? "raw with-after" : "raw"} id="raw" lang="zh" ref={box} tabindex={0} role="group" aria-labelledby="rawname" aria-describedby="fate"
        onPointerOver={tell} onFocusIn={tell} onKeyDown={(event) => step(event, box.current)}>
        {from > 0 && <button type="button" class="small" onClick={() => setRange([Math.max(from - 4 * AROUND, 0), to])}>{t("earlier")}</button>}
        {lines.slice(from, to).map((line, i) => (
          <div class="rawline" key={from + i}>
            <span class="lineno" aria-hidden="true">{from + i + 1}</span>
            <span class="content">{line.map((stretch) => <Stretch {...{ stretch, spans, index: stretch.run.index }} />)}</span>
          </div>
        ))}
        {to < lines.length && <button type="button" class="small" onClick={() => setRange([from, Math.min(to + 4 * AROUND, lines.length)])}>{t("later")}</button>}
      </div>
      <p id="fate" class="fate" aria-live="polite">
        {told ? <><span class={`run ${fate(told)}`}>{t(fate(told))}</span> <b>{told.rule || "—"}</b> <span lang="zh"><Change run={told} /></span> <span class="quiet">{told.start}–{told.end}</span></> : t("hover")}
      </p>
    </>
  );
}

const fate = (run) => (run.action === "kept" && run.rule ? "unsolved" : run.action);

/** A stretch of one run on one line, cut where the passage begins and ends. */
function Stretch({ stretch, spans, index }) {
  const { run, text, start, last } = stretch;
  const cells = Array.from(text);
  const cuts = [0, ...spans.flat().map((place) => place - start).filter((cut) => 0 < cut && cut < cells.length), cells.length].sort((a, b) => a - b);
  const parts = cuts.slice(1).map((to, i) => {
    const part = text ? <Seen text={cells.slice(cuts[i], to).join("")} /> : "↵";
    const marked = spans.some((span) => span[0] <= start + cuts[i] && start + cuts[i] < span[1]);
    return marked ? <mark>{part}</mark> : part;
  });
  if (run.action === "kept" && !run.rule) return parts;
  return (
    <span class={`run ${fate(run)}`} data-run={index} tabindex={-1}>
      <span class="before">{parts}</span>{last && run.action === "replaced" && <span class="after" aria-hidden="true"><Seen text={run.after} /></span>}
    </span>
  );
}

/** Arrow keys lead from one changed run to the next. */
function step(event, box) {
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!way) return;
  const runs = [...box.querySelectorAll("[data-run]")];
  const marked = runs.findIndex((run) => run.querySelector("mark") || run.closest("mark"));
  const here = runs.indexOf(document.activeElement);
  const next = here < 0 ? Math.max(marked, 0) : Math.min(Math.max(here + way, 0), runs.length - 1);
  runs[next]?.focus();
  event.preventDefault();
}

function Change({ run }) {
  if (run.action === "kept") return <Brief text={run.before} />;
  return <><Brief text={run.before} /> → {run.after ? <Brief text={run.after} /> : "∅"}</>;
}

/** A text cut in its middle if it is long. */
function Brief({ text }) {
  const cells = Array.from(text);
  return <span class="brief"><Seen text={cells.length > 60 ? `${cells.slice(0, 40).join("")} … ${cells.slice(-15).join("")}` : text} /></span>;
}

function Ledger({ passage, t }) {
  const { source, spans } = passage;
  const rows = spans.flatMap(([start, end]) => source.touched(start, end));
  return (
    <div class="scroll" tabindex={0} role="region" aria-label={t("ledger")}>
      <table class="ledger" id="ledger">
        <caption>{t("ledger")}</caption>
        <thead><tr>{["action", "rule", "line", "place", "change"].map((key) => <th scope="col">{t(key)}</th>)}</tr></thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((run) => (
            <tr data-action={run.action} data-start={run.start} data-end={run.end}>
              <td><span class={`run ${fate(run)}`}>{t(fate(run))}</span></td>
              <td>{run.rule || "—"}</td><td class="number">{source.lineOf(run.start)}</td><td class="number">{run.start}–{run.end}</td>
              <td lang="zh"><Change run={run} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p class="quiet">{MOST_ROWS} / {rows.length}</p>}
    </div>
  );
}
