// From disk a page may not read another one, so results are listed without excerpts there.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// A result opens at the first place found, not at the head of a long notebook.
window.addEventListener("load", () => {
  if (!location.hash) document.querySelector("article span.highlighted")?.scrollIntoView({ block: "center" });
});

// The arrows that open a branch of the contents have no name for a screen reader in the theme.
document.addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll("nav summary")) arrow.setAttribute("aria-label", "Pages below this one");
});
