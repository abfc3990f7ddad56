// Topics: their words, their share of the text, and the paragraphs that hold most of them.
import { useState } from "preact/hooks";
import { lineOf } from "./search.js";
import { at, Seen } from "./text.jsx";

const PAGE = 8;
const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

export function Topics({ corpus, state, change, t }) {
  if (!corpus.topics.length) return <p class="welcome">{t("no_topics")}</p>;
  const most = Math.max(...corpus.topics.map((topic) => topic.high));
  return (
    <section aria-label={t("topics")}>
      <ul class="families" id="results" tabindex={-1}>
        {corpus.topics.map((topic) => <Topic key={topic.topic} {...{ corpus, topic, most, state, change, t }} />)}
      </ul>
    </section>
  );
}

function Topic({ corpus, topic, most, state, change, t }) {
  const open = state.topic === String(topic.topic);
  const part = (share) => `${(share / most) * 100}%`;
  return (
    <li>
      <button type="button" class="family topic" aria-expanded={open} onClick={() => change({ topic: open ? "" : String(topic.topic) })}>
        <span class="name"><span class="quiet">{t("topic", topic.topic)}</span> <span lang="zh"><Seen text={topic.name.join(" · ")} /></span></span>
        <span class="quiet">{t("share", percent(topic.share), percent(topic.low), percent(topic.high))}</span>
        <span class="measure" aria-hidden="true"><span class="value" style={{ width: part(topic.share) }} /><span class="reach" style={{ left: part(topic.low), width: part(topic.high - topic.low) }} /></span>
      </button>
      {open && <Inside {...{ corpus, topic, state, change, t }} />}
    </li>
  );
}

function Inside({ corpus, topic, state, change, t }) {
  const [shown, setShown] = useState(PAGE);
  const likeliest = topic.terms[0][1];
  return (
    <div class="wordings">
      <h2>{t("terms")}</h2>
      <ol class="terms" lang="zh">
        {topic.terms.map(([term, probability]) => (
          <li><button type="button" class="plain" onClick={() => change({ tab: "concordance", q: term, regex: "", only: "", ignore: "width" })}>
            <Seen text={term} /><span class="bar" style={{ width: `${(probability / likeliest) * 100}%` }} aria-hidden="true" /><span class="quiet">{probability.toFixed(3)}</span>
          </button></li>
        ))}
      </ol>
      <h2>{t("ranked")}</h2>
      <ol class="uses">
        {topic.paragraphs.slice(0, shown).map(([index, share]) => {
          const paragraph = corpus.paragraphs[index];
          const row = lineOf(paragraph, 0, paragraph.points.length);
          const place = at(row);
          return (
            <li key={index}>
              <button type="button" class="use" aria-current={state.at === place ? "true" : undefined} onClick={() => change({ at: place })}>
                <span class="paragraph" lang="zh"><Marked text={paragraph.text} terms={topic.terms} /></span>
                <span class="quiet"><b>{percent(share)}</b> · <bdi><Seen text={paragraph.source.label} /></bdi>, {t("at_line", row.line)}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {topic.paragraphs.length > shown && <button type="button" onClick={() => setShown(shown + PAGE)}>{t("more", Math.min(PAGE, topic.paragraphs.length - shown))}</button>}
    </div>
  );
}

/** A text with the words of the topic set off. */
function Marked({ text, terms }) {
  const words = terms.map(([term]) => term.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).sort((a, b) => b.length - a.length);
  return text.split(new RegExp(`(${words.join("|")})`, "u")).map((part, i) => (i % 2 ? <em><Seen text={part} /></em> : <Seen text={part} />));
}
