// The explorer: one page for looking rather than reading. All data is in window.QDLIB, set by data.js beside it.
import { render } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Concordance } from "./concordance.jsx";
import { Corpus } from "./corpus.js";
import { Slogans } from "./slogans.jsx";
import { passageOf, SourcePanel } from "./source.jsx";
import { useAddress, useChoice, useNarrow } from "./state.js";
import "./style.css";
import { Topics } from "./topics.jsx";
import { languages, speaker } from "./words.js";

const FORMAT = 1; // of qdlib.explorer
const TABS = { concordance: Concordance, slogans: Slogans, topics: Topics };

function App({ corpus }) {
  const [state, change] = useAddress();
  const [language, setLanguage] = useChoice("qdlib-language", navigator.language.startsWith("zh") ? "zh" : "en");
  const narrow = useNarrow();
  const t = speaker(language);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = `${t("title")} · qdlib`;
  }, [language]);
  const tab = TABS[state.tab] ? state.tab : "concordance";
  const Tab = TABS[tab];
  const covered = narrow && state.at && passageOf(corpus, state.at);
  return (
    <>
      <a class="skip" href="#results" onClick={(event) => { event.preventDefault(); document.getElementById("results")?.focus(); }}>{t("skip")}</a>
      <Head {...{ corpus, t, language, setLanguage }} />
      <main>
        <Tabs {...{ tab, change, t }} />
        <div class={covered ? "split open" : "split"}>
          <div class="list" role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`} inert={!!covered}><Tab {...{ corpus, state, change, t }} /></div>
          <SourcePanel {...{ corpus, state, narrow, change, t }} />
        </div>
      </main>
      <p id="note" role="status" />
    </>
  );
}

function Head({ corpus, t, language, setLanguage }) {
  const n = corpus.sources.reduce((sum, source) => sum + source.n, 0).toLocaleString("en");
  return (
    <header class="top">
      <div>
        <h1>{t("title")}</h1>
        <p class="quiet">{t("corpus")} {corpus.fingerprint} · {t("stats", corpus.sources.length, corpus.paragraphs.length.toLocaleString("en"), n)}</p>
      </div>
      <nav aria-label={t("settings")}>
        {/^[\w./-]+$/.test(corpus.home ?? "") && <a href={corpus.home}>{t("home")}</a>}
        <button type="button" id="language" lang={language === "zh" ? "en" : "zh"} onClick={() => setLanguage(languages.find((one) => one !== language))}>{t("language")}</button>
        <Theme t={t} />
      </nav>
    </header>
  );
}

/** Light or dark, remembered under the names that the book's theme uses, so that both pages agree. */
function Theme({ t }) {
  const [mode, setMode] = useChoice("mode", "auto");
  const [, setTheme] = useChoice("theme", "light");
  useLayoutEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const theme = mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
      Object.assign(document.documentElement.dataset, { mode, theme });
      setTheme(theme);
    };
    apply();
    dark.addEventListener("change", apply);
    return () => dark.removeEventListener("change", apply);
  }, [mode]);
  return (
    <label class="inline"><span>{t("theme")}</span>
      <select id="theme" value={mode} onChange={(event) => setMode(event.currentTarget.value)}>{["auto", "light", "dark"].map((one) => <option value={one}>{t(one)}</option>)}</select>
    </label>
  );
}

function Tabs({ tab, change, t }) {
  const names = Object.keys(TABS);
  const list = useRef(null);
  const move = (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const next = names[(names.indexOf(tab) + way + names.length) % names.length];
    change({ tab: next });
    list.current.querySelector(`#tab-${next}`).focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t("parts")} ref={list} onKeyDown={move}>
      {names.map((name) => (
        <button type="button" role="tab" id={`tab-${name}`} aria-selected={tab === name} aria-controls="panel" tabindex={tab === name ? 0 : -1} onClick={() => change({ tab: name })}>{t(name)}</button>
      ))}
    </div>
  );
}

const root = document.getElementById("app");
if (window.QDLIB?.format === FORMAT) render(<App corpus={new Corpus(window.QDLIB)} />, root);
else root.textContent = languages.map((language) => speaker(language)("wrong_format")).join(" ");
