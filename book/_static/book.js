// From disk a page may not read another one, so results are listed without excerpts there.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

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

// The arrows that open a branch of the contents have no name for a screen reader in the theme.
document.addEventListener("DOMContentLoaded", () => {
  const name = document.documentElement.lang.startsWith("zh") ? "下级页面" : "Pages below this one";
  for (const arrow of document.querySelectorAll("nav summary")) arrow.setAttribute("aria-label", name);
});
