// Slogan families: a family opens its wordings, a wording its occurrences, an occurrence its raw source.
import { useMemo, useState } from "preact/hooks";
import { Choice } from "./concordance.jsx";
import { lineOf } from "./search.js";
import { at, Seen, Snippet } from "./text.jsx";

const PAGE = 200;
const TYPES = ["any", "slogan", "campaign_name", "numeric_formula", "quotation_motto", "four_char", "tifa"];
const ORDERS = {
  count: (a, b) => b.count - a.count || b.sources - a.sources,
  spread: (a, b) => b.sources - a.sources || b.count - a.count,
  name: (a, b) => a.name.localeCompare(b.name, "zh"),
};

export function Slogans({ corpus, state, change, t }) {
  const families = useMemo(() => gather(corpus), [corpus]);
  const [most, setMost] = useState(PAGE);
  const shown = families
    .filter((family) => !state.type || state.type === "any" || family.types.has(state.type))
    .filter((family) => !state.find || family.wordings.some(({ wording }) => wording.includes(state.find)))
    .sort(ORDERS[state.order] ?? ORDERS.count);
  if (!families.length) return <p class="welcome">{t("no_slogans")}</p>;
  return (
    <section aria-label={t("slogans")}>
      <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <div class="options">
          <label class="wide"><span>{t("filter")}</span><input type="search" id="find" lang="zh" value={state.find} onInput={(event) => change({ find: event.currentTarget.value })} /></label>
          <Choice id="type" label={t("type")} value={state.type || "any"} options={TYPES} t={t} choose={(type) => change({ type: type === "any" ? "" : type })} />
          <Choice id="order" label={t("sort")} value={state.order} options={Object.keys(ORDERS)} prefix="by_" t={t} choose={(order) => change({ order })} />
        </div>
      </form>
      <p class="count" role="status" id="results" tabindex={-1}>{t("families", shown.length, shown.reduce((sum, family) => sum + family.count, 0))}</p>
      <ul class="families">
        {shown.slice(0, most).map((family) => <Family key={family.name} {...{ family, state, change, t }} />)}
      </ul>
      {shown.length > most && <p class="below"><button type="button" onClick={() => setMost(most + PAGE)}>{t("more", Math.min(PAGE, shown.length - most))}</button></p>}
    </section>
  );
}

/** The families with their wordings in the order of `find_variants`, occurrences inside longer slogans marked but not counted. */
function gather(corpus) {
  const families = new Map();
  const wordings = new Map();
  for (const [name, wording, changed, detail, of] of corpus.variants) {
    const entry = { wording, change: changed, detail, of, rows: [] };
    wordings.set(`${name}\n${wording}`, entry);
    if (!families.has(name)) families.set(name, { name, wordings: [], types: new Set(), count: 0 });
    families.get(name).wordings.push(entry);
  }
  for (const found of corpus.slogans) {
    const family = families.get(found.family);
    wordings.get(`${found.family}\n${found.slogan}`)?.rows.push(found);
    family?.types.add(found.type);
    if (family && !found.nested) family.count += 1;
  }
  for (const family of families.values())
    family.sources = new Set(family.wordings.flatMap(({ rows }) => rows.map((row) => row.paragraph.source))).size;
  return [...families.values()];
}

function Family({ family, state, change, t }) {
  const open = state.family === family.name;
  return (
    <li>
      <button type="button" class="family" aria-expanded={open} onClick={() => change({ family: open ? "" : family.name })}>
        <span class="name" lang="zh"><Seen text={family.name} /></span>
        <span class="tags">{[...family.types].map((type) => <span class={`tag ${type}`}>{t(type)}</span>)}</span>
        <span class="quiet">{t("times", family.count)} · {t("in_sources", family.sources)} · {t("variants", family.wordings.length)}</span>
      </button>
      {open && <ul class="wordings">{family.wordings.map((entry) => <Wording key={entry.wording} {...{ entry, state, change, t }} />)}</ul>}
    </li>
  );
}

function Wording({ entry, state, change, t }) {
  return (
    <li>
      <p class="wording">
        <strong lang="zh"><Seen text={entry.wording} /></strong>
        {entry.change !== "same" && <span class="quiet">{entry.change.split(" + ").map((kind) => t(kind)).join(" + ")}: <span lang="zh"><Seen text={entry.detail} /></span></span>}
        <button type="button" class="small" onClick={() => change({ tab: "concordance", q: entry.wording, regex: "", only: "", ignore: "marks" })}>{t("as_concordance")}</button>
      </p>
      <ul class="uses">
        {entry.rows.map((found) => {
          const row = lineOf(found.paragraph, found.offset, found.offset + Array.from(found.slogan).length);
          const place = at(row);
          return (
            <li key={`${found.paragraph.index}.${found.offset}`}>
              <button type="button" class="use" aria-current={state.at === place ? "true" : undefined} title={found.features} onClick={() => change({ at: place })}>
                <Snippet row={row} />
                <span class="quiet"><bdi><Seen text={row.source.label} /></bdi>, {t("at_line", row.line)}{found.nested && ` · ${t("nested")}`}{found.speaker && <> · <bdi lang="zh"><Seen text={found.speaker} /></bdi></>}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </li>
  );
}
