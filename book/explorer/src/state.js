// The address after # holds what is shown, so that a place can be linked and cited.
import { useEffect, useRef, useState } from "preact/hooks";

export const DEFAULTS = {
  tab: "concordance", q: "", regex: "", ignore: "width", within: "paragraph", window: "15", sort: "corpus", down: "", only: "",
  family: "", type: "", find: "", order: "count", topic: "", at: "",
};

function read() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([key, value]) => [key, given.get(key) ?? value]));
}

export function addressOf(state) {
  const changed = Object.entries(state).filter(([key, value]) => key in DEFAULTS && value !== DEFAULTS[key]);
  return "#" + new URLSearchParams(changed);
}

/** The state and a function that changes some of it; a change of tab or passage can be undone with the Back button. */
export function useAddress() {
  const [state, setState] = useState(read);
  const now = useRef(state); // several changes may come before the next drawing
  useEffect(() => {
    const follow = () => setState((now.current = read()));
    addEventListener("hashchange", follow);
    addEventListener("popstate", follow);
    return () => {
      removeEventListener("hashchange", follow);
      removeEventListener("popstate", follow);
    };
  }, []);
  const change = (some) => {
    const next = { ...now.current, ...some };
    now.current = next;
    setState(next);
    try {
      history["tab" in some || "at" in some ? "pushState" : "replaceState"](null, "", addressOf(next));
    } catch {
      // a browser that allows only so many changes a second keeps the older address
    }
  };
  return [state, change];
}

/** Whether the window is too narrow for two columns. */
export function useNarrow() {
  const query = matchMedia("(max-width: 60rem)");
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const follow = () => setNarrow(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return narrow;
}

/** A choice that is kept in the browser; without storage it lasts as long as the page. */
export function useChoice(key, first) {
  const [value, setValue] = useState(() => {
    try {
      return localStorage.getItem(key) || first;
    } catch {
      return first;
    }
  });
  const choose = (next) => {
    setValue(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // a browser without storage forgets it
    }
  };
  return [value, choose];
}
