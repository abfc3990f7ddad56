// Text of the corpus on the page: always as text, with every character seen.

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const PARTS = /([\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}])/u;

/** A text of which no character is unseen, breaks a line or turns the direction: such ones show their code point. */
export function Seen({ text }) {
  if (!UNSEEN.test(text)) return text;
  return text.split(PARTS).map((part, i) => (i % 2 ? <span class="unseen">{codePoint(part)}</span> : part));
}

export function codePoint(character) {
  return `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

/** A concordance line without its table: context, keyword, context. */
export function Snippet({ row }) {
  return (
    <span class="snippet" lang="zh">
      <bdi><Seen text={row.left} /></bdi><mark><bdi><Seen text={row.keyword} /></bdi></mark><bdi><Seen text={row.right} /></bdi>
    </span>
  );
}

let fading;

/** Say something at the foot of the page for a while. */
function say(text, seconds) {
  const note = document.getElementById("note");
  note.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { note.textContent = ""; }, seconds * 1000);
}

/** A button that says whether the text was copied; if not, the text stands long enough to be copied by hand. */
export function Copy({ t, label, text, children }) {
  const copy = async (event) => {
    event.stopPropagation();
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(text());
      say(`${t("copied")}: ${text()}`, 4);
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    } catch {
      say(`${t("uncopied")}: ${text()}`, 30);
    }
  };
  return <button type="button" class="small copy" aria-label={label} title={label} onClick={copy}>{children ?? label}</button>;
}

/** How a line is cited: wording, who printed it, file, line and raw characters, and the corpus they are counted in. */
export function citation(corpus, { keyword, article, source, line, raw }) {
  const long = Array.from(keyword);
  const shown = long.length > 60 ? `${long.slice(0, 60).join("")}…` : keyword;
  const head = [article?.outlet, article?.date, article?.headline && `《${article.headline}》`].filter(Boolean).join(", ");
  return `“${shown}”, ${head ? `${head}; ` : ""}${source.name}, line ${line}, characters ${raw[0]}-${raw[1]} (corpus ${corpus.fingerprint})`;
}

/** The address of a passage. */
export function at(row) {
  return `${row.source.name}:${row.spans.map((span) => span.join("-")).join(",")}`;
}
