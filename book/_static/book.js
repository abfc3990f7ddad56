// From disk a page may not read another one, so the texts of all come as a script with the search page, and excerpts are made of it.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
const SHOWN = 2; // places of a page
const AROUND = 40; // characters on each side

document.addEventListener("DOMContentLoaded", () => {
  const results = document.getElementById("search-results");
  const query = new URLSearchParams(location.search).get("q")?.trim();
  if (!results || !query) return;
  const script = document.head.appendChild(document.createElement("script"));
  script.src = "texts.js";
  script.onload = () => {
    const watch = new MutationObserver(arrange);
    arrange();
    function arrange() {
      watch.disconnect();
      for (const item of results.querySelectorAll("ul.search > li:not([data-places])")) quote(item, query);
      // Pages of the text that say it oftest come first, below names and titles; those alike stay as they were.
      const pages = [...results.querySelectorAll("ul.search > li.kind-text")];
      pages.sort((a, b) => b.dataset.places - a.dataset.places).forEach((item) => item.parentElement.append(item));
      watch.observe(results, { childList: true, subtree: true });
    }
  };
});

/** Say under a result how often its page has the query, and show the first places. */
function quote(item, query) {
  const page = decodeURI(item.querySelector("a").getAttribute("href")).replace(/\.html.*$/, "");
  const text = TEXTS[page] ?? "";
  // A word in letters is found where one begins.
  const expression = (word) => (/^\w/.test(word) ? "(?<![a-z])" : "") + word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const found = (words) => [...text.matchAll(new RegExp(words.map(expression).join("|"), "giu"))];
  const places = found([query]);
  item.dataset.places = places.length;
  if (!item.classList.contains("kind-text")) return;
  if (places.length) {
    const count = item.appendChild(document.createElement("span"));
    count.className = "places";
    count.textContent = places.length === 1 ? "1 place" : `${places.length} places`;
  }
  // A page may have the words in another form, or not next to each other.
  const stems = splitQuery(query).map((word) => new Stemmer().stemWord(word.toLowerCase()));
  for (const { index, 0: { length } } of (places.length ? places : found(stems)).slice(0, SHOWN)) {
    const line = item.appendChild(document.createElement("p"));
    line.className = "context";
    line.append("… ", text.slice(Math.max(index - AROUND, 0), index));
    line.appendChild(document.createElement("mark")).append(text.slice(index, index + length));
    line.append(text.slice(index + length, index + length + AROUND), " …");
  }
}

window.addEventListener("load", () => {
  // The theme loads the search on every page, by which Sphinx tells its search page, where nothing is marked.
  if (!document.getElementById("search-results")) SphinxHighlight.highlightSearchWords();
  // A result opens at the first place found, not at the head of a long notebook; one that is folded is unfolded.
  setTimeout(() => {
    const places = [...document.querySelectorAll("article span.highlighted")];
    const first = places.find((place) => place.checkVisibility()) ?? places[0];
    for (let fold = first?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (!location.hash) first?.scrollIntoView({ block: "center" });
  }, 50);
});

// Numbers of a table stand to the right, as JupyterLab has them; words, which that would leave ragged, to the left.
document.addEventListener("DOMContentLoaded", () => {
  const number = /^(?:[-−+]?[\d.,]+(?:e[-+]?\d+)?\s?%?|NaN|inf|)$/;
  for (const table of document.querySelectorAll(".cell_output table.dataframe")) {
    const rows = [...(table.tBodies[0]?.rows ?? [])].map((row) => [...row.querySelectorAll("td")]);
    const heads = [...(table.tHead?.rows ?? [])].map((row) => [...row.cells]).filter((cells) => cells.every((cell) => cell.colSpan === 1));
    for (let column = 1; column <= (rows[0]?.length ?? 0); column++) { // counted from the right, since labels of rows may span
      const cells = rows.map((row) => row.at(-column));
      if (cells.every((cell) => number.test(cell.textContent.trim()))) continue;
      for (const cell of [...cells, ...heads.map((row) => row.at(-column))]) cell?.classList.add("words");
    }
    for (const label of table.querySelectorAll("tbody th")) if (!number.test(label.textContent.trim())) label.classList.add("words");
  }
});

// The arrows that open a branch of the contents have no name for a screen reader in the theme.
document.addEventListener("DOMContentLoaded", () => {
  const name = document.documentElement.lang.startsWith("zh") ? "下级页面" : "Pages below this one";
  for (const arrow of document.querySelectorAll("nav summary")) arrow.setAttribute("aria-label", name);
});
